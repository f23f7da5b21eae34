/* SPDX-License-Identifier: MIT */
/* Single runs of a sweep: their result lines, their errors, and every allocation on the way. */
#include "sweep/sweep_job.h"

#include "base/whole_file.h"
#include "lib/fail_malloc.h"
#include "sweep/sweep_plan.h"
#include "sweep_case.h"

#define VERSION "1.2.3"

/* A planned sweep, ready to be run. */
struct job_case {
    struct sweep_case files;
    struct sweep_manifest manifest;
    struct sweep_jobs jobs;
};

static void job_case_init(struct job_case *test, const char *text)
{
    struct sweep_file file;
    struct sweep_plan plan;
    struct sim_error err = {0};

    *test = (struct job_case){0};
    case_init(&test->files);
    must_read(&file, test->files.sweep, text);
    ck_assert_msg(sweep_plan_write(&plan, &file, test->files.dir, VERSION, false, &err), "%s",
                  err.message);
    sweep_plan_fini(&plan);
    sweep_file_fini(&file);
    ck_assert_msg(sweep_manifest_open(&test->manifest, test->files.dir, VERSION, &err), "%s",
                  err.message);
    ck_assert_msg(sweep_jobs_init(&test->jobs, &test->manifest, VERSION, &err), "%s", err.message);
}

static void job_case_fini(struct job_case *test)
{
    sweep_jobs_fini(&test->jobs);
    sweep_manifest_close(&test->manifest);
    case_fini(&test->files);
}

/* The line of the run, without its key, which is not the same everywhere. */
static char *result_of(struct job_case *test, uint32_t index)
{
    static const char begin[] = "{\"type\":\"run\",\"key\":\"";
    struct strbuf line = {0};
    char key[SWEEP_KEY_TEXT];
    struct sim_error err = {0};
    char *rest;

    ck_assert_msg(sweep_jobs_do(&test->jobs, index, &line, &err), "%s", err.message);
    sweep_key_format(&test->manifest.runs.items[index].key, key);
    ck_assert_mem_eq(line.data, begin, strlen(begin));
    ck_assert_mem_eq(line.data + strlen(begin), key, strlen(key));
    rest = strdup(line.data + strlen(begin) + strlen(key));
    strbuf_fini(&line);
    return rest;
}

static void expect_result(struct job_case *test, uint32_t index, const char *text)
{
    char *result = result_of(test, index);

    ck_assert_str_eq(result, text);
    free(result);
}

START_TEST(a_result_is_how_the_run_ended_and_its_metrics)
{
    struct job_case test;

    job_case_init(
        &test, "workload: w.yaml\n"
               "axes: {\"workload.tasks[0].steps[0].alloc_pages.count\": [5, 70]}\n"
               "metrics: [alloc.count, \"alloc.count.integral\", \"alloc.count.first_above(99)\"]\n"
               "tick: 250ms\n"
               "until: 250ms\n");
    expect_result(&test, 1,
                  "\",\"ended\":\"duration\",\"metrics\":{\"alloc.count\":70,"
                  "\"alloc.count.integral\":17.5,\"alloc.count.first_above(99)\":null}}");
    expect_result(&test, 0,
                  "\",\"ended\":\"duration\",\"metrics\":{\"alloc.count\":5,"
                  "\"alloc.count.integral\":1.25,\"alloc.count.first_above(99)\":null}}");
    job_case_fini(&test);
}
END_TEST

START_TEST(a_summary_stands_in_the_result_as_it_is)
{
    struct job_case test;
    char *result;

    job_case_init(&test, "workload: w.yaml\naxes: {seed: [7]}\nmetrics: [alloc.count]\n"
                         "keep: summary\n");
    result = result_of(&test, 0);
    ck_assert_ptr_nonnull(
        strstr(result, "\"metrics\":{\"alloc.count\":5},\"summary\":{\"type\":\"summary\","));
    ck_assert_str_eq(result + strlen(result) - 2, "}}");
    free(result);
    job_case_fini(&test);
}
END_TEST

START_TEST(a_run_is_the_same_whatever_ran_before)
{
    struct job_case test;
    char *first;

    job_case_init(&test, "workload: w.yaml\naxes: {machine: [m.yaml, n.yaml], seed: [7, 8]}\n"
                         "keep: summary\n");
    first = result_of(&test, 0);
    for (uint32_t i = 3; i > 0; i--)
        free(result_of(&test, i));
    expect_result(&test, 0, first);
    free(first);
    job_case_fini(&test);
}
END_TEST

START_TEST(an_input_that_has_changed_is_refused)
{
    struct job_case test;
    struct sweep_jobs jobs;
    struct sim_error err = {0};

    job_case_init(&test, "workload: w.yaml\naxes: {seed: [7]}\n");
    case_write(&test.files, "m.yaml", "version: 1\nmachine: {nodes: [{memory: 65MiB}]}\n");
    ck_assert(!sweep_jobs_init(&jobs, &test.manifest, VERSION, &err));
    ck_assert_int_eq(err.code, ERR_SWEEP_INPUT);
    ck_assert_ptr_nonnull(strstr(err.file, "m.yaml"));
    sweep_jobs_fini(&jobs);
    sweep_jobs_fini(NULL);
    job_case_fini(&test);
}
END_TEST

START_TEST(a_metric_that_is_not_there_is_an_error)
{
    struct job_case test;
    struct strbuf line = {0};
    struct sim_error err = {0};

    job_case_init(&test, "workload: w.yaml\naxes: {seed: [7]}\nmetrics: [alloc.cuont]\n");
    ck_assert(!sweep_jobs_do(&test.jobs, 0, &line, &err));
    ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
    strbuf_fini(&line);
    job_case_fini(&test);
}
END_TEST

START_TEST(without_its_folder_no_output_is_kept)
{
    struct job_case test;
    struct strbuf line = {0};
    struct sim_error err = {0};

    job_case_init(&test, "workload: w.yaml\naxes: {seed: [7]}\nkeep: output\n");
    ck_assert(!sweep_jobs_do(&test.jobs, 0, &line, &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
    strbuf_fini(&line);
    job_case_fini(&test);
}
END_TEST

static bool do_all(const struct sweep_manifest *manifest, struct strbuf *line,
                   struct sim_error *err)
{
    struct sweep_jobs jobs;
    bool ok = sweep_jobs_init(&jobs, manifest, VERSION, err) && sweep_jobs_do(&jobs, 0, line, err);

    sweep_jobs_fini(&jobs);
    return ok;
}

/* What fails may be the memory of a checker, which does without then: the result is the same. */
START_TEST(each_allocation_may_be_the_one_that_fails)
{
    struct job_case test;
    struct strbuf whole = {0};
    bool reached = true;

    job_case_init(&test, "workload: w.yaml\naxes: {seed: [7]}\nkeep: summary\n"
                         "metrics: [alloc.count, \"zones[*].nr_free_pages.p50\"]\ntick: 500ms\n");
    ck_assert(do_all(&test.manifest, &whole, &(struct sim_error){0}));
    for (unsigned n = 0; reached; n++) {
        struct strbuf line = {0};
        struct sim_error err = {0};
        bool ok;

        fail_malloc_at(n);
        ok = do_all(&test.manifest, &line, &err);
        reached = fail_malloc_off();
        ck_assert_msg(ok || (reached && err.code == ERR_OUT_OF_MEMORY), "allocation %u: %s", n,
                      err.message);
        if (ok)
            ck_assert_str_eq(line.data, whole.data);
        strbuf_fini(&line);
    }
    strbuf_fini(&whole);
    job_case_fini(&test);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_job");

    TEST_CASE(suite, "results", a_result_is_how_the_run_ended_and_its_metrics,
              a_summary_stands_in_the_result_as_it_is, a_run_is_the_same_whatever_ran_before);
    TEST_CASE(suite, "errors", an_input_that_has_changed_is_refused,
              a_metric_that_is_not_there_is_an_error, without_its_folder_no_output_is_kept);
    TEST_CASE(suite, "memory", each_allocation_may_be_the_one_that_fails);
    return test_run(suite);
}
