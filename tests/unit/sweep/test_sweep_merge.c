/* SPDX-License-Identifier: MIT */
/* From a manifest and segments to the merged file, its table and its database. */
#include "sweep/sweep_merge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "sweep/segment.h"
#include "sweep/sweep_failures.h"
#include "sweep/sweep_sqlite.h"

#define KEY(digit) "0000000000000000000000000000000" digit
#define MANIFEST_HEAD                                                                          \
    "{\"type\":\"sweep\",\"schema_version\":1,\"tool\":{\"version\":\"1\"},\"name\":\"grid\"," \
    "\"runs\":3,\"axes\":[\"vm.x\",\"a,b\"],\"metrics\":[\"m\"],\"keep\":\"metrics\","         \
    "\"tick_ns\":null,\"until_ns\":null,\"reclaim\":\"captured\",\"timeout_ns\":0,"            \
    "\"memory_bytes\":0,\"inputs\":[{\"path\":\"m\",\"fnv1a64\":\"0000000000000000\"}]}\n"
#define MANIFEST_RUN(index, key, a, b)                                                        \
    "{\"type\":\"run\",\"index\":" index ",\"key\":\"" key "\",\"machine\":0,\"workload\":0," \
    "\"seed\":null,\"set\":[],\"values\":[\"" a "\",\"" b "\"]}\n"
#define RESULT(key, metrics) \
    "{\"type\":\"run\",\"key\":\"" key "\",\"ended\":\"duration\",\"metrics\":{" metrics "}}"

/* The plan's order is not that of the keys. */
static const char manifest_text[] = MANIFEST_HEAD MANIFEST_RUN("0", KEY("c"), "1", "x")
    MANIFEST_RUN("1", KEY("a"), "2", "\\\"") MANIFEST_RUN("2", KEY("b"), "3", "y z");

static const char *const all[] = {RESULT(KEY("a"), "\"m\":1"),
                                  RESULT(KEY("b"), "\"n\":-0.5,\"m\":null"),
                                  RESULT(KEY("c"), "\"m\":3,\"n\":4")};

struct fixture {
    char dir[32];
    struct sweep_manifest manifest;
    struct sweep_results results;
};

static void add_file(const struct fixture *fixture, const char *name, const char *text)
{
    struct strbuf path = {0};
    struct sim_error err = {0};

    strbuf_addf(&path, "%s/%s", fixture->dir, name);
    ck_assert(whole_file_write(path.data, text, strlen(text), &err));
    strbuf_fini(&path);
}

/* One segment of these lines. */
static void add_segment(const struct fixture *fixture, const char *const *lines, size_t count)
{
    struct segment_writer writer;
    struct sim_error err = {0};

    ck_assert(segment_writer_init(&writer, fixture->dir, &err));
    for (size_t i = 0; i < count; i++) {
        struct sweep_key key;

        ck_assert(sweep_key_parse(&key, strstr(lines[i], "key") + 6, 32));
        ck_assert(segment_writer_add(&writer, &key, lines[i], strlen(lines[i]), 0, &err));
    }
    ck_assert(segment_writer_commit(&writer, &err));
    segment_writer_fini(&writer);
}

static void set_up(struct fixture *fixture)
{
    struct sim_error err = {0};

    *fixture = (struct fixture){.dir = "/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(fixture->dir));
    add_file(fixture, "manifest.jsonl", manifest_text);
    ck_assert(sweep_manifest_open(&fixture->manifest, fixture->dir, "1", &err));
}

static void tear_down(struct fixture *fixture)
{
    struct strbuf command = {0};

    sweep_results_fini(&fixture->results);
    sweep_manifest_close(&fixture->manifest);
    strbuf_addf(&command, "rm -r %s", fixture->dir);
    ck_assert_int_eq(system(command.data), 0);
    strbuf_fini(&command);
}

static enum sim_error_code read_results(struct fixture *fixture)
{
    struct sim_error err = {0};

    sweep_results_fini(&fixture->results);
    return sweep_results_read(&fixture->results, &fixture->manifest, &err) ? ERR_NONE : err.code;
}

typedef bool (*write_function)(const struct sweep_merge *merge, FILE *stream,
                               struct sim_error *err);

static bool write_csv(const struct sweep_merge *merge, FILE *stream, struct sim_error *err)
{
    struct sweep_table table;
    bool ok = sweep_table_init(&table, merge, err) && sweep_table_write_csv(&table, stream, err);

    sweep_table_fini(&table);
    return ok;
}

/* What a merge of the fixture's results writes; NULL with the code when it fails. The caller's. */
static char *merged(struct fixture *fixture, write_function write, enum sim_error_code *ret_code)
{
    struct sweep_merge merge;
    struct sim_error err = {0};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    bool ok = sweep_merge_init(&merge, &fixture->results, &err) && write(&merge, stream, &err);

    fclose(stream);
    sweep_merge_fini(&merge);
    *ret_code = err.code;
    if (ok)
        return text;
    free(text);
    return NULL;
}

static void expect(struct fixture *fixture, write_function write, const char *expected)
{
    enum sim_error_code code;
    char *text = merged(fixture, write, &code);

    ck_assert_int_eq(code, ERR_NONE);
    ck_assert_str_eq(text, expected);
    free(text);
}

#define MERGED(key, index, a, b, metrics)                                               \
    "{\"type\":\"run\",\"key\":\"" key "\",\"index\":" index ",\"axes\":{\"vm.x\":\"" a \
    "\",\"a,b\":\"" b "\"},\"ended\":\"duration\",\"metrics\":{" metrics "}}\n"
static const char merged_text[] = MANIFEST_HEAD MERGED(KEY("a"), "1", "2", "\\\"", "\"m\":1")
    MERGED(KEY("b"), "2", "3", "y z", "\"n\":-0.5,\"m\":null")
        MERGED(KEY("c"), "0", "1", "x", "\"m\":3,\"n\":4");

START_TEST(runs_are_merged_in_the_order_of_their_keys)
{
    struct fixture fixture;

    set_up(&fixture);
    add_segment(&fixture, all, 3);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    expect(&fixture, sweep_merge_write, merged_text);
    tear_down(&fixture);
}
END_TEST

START_TEST(segments_and_repetitions_make_no_difference)
{
    const char *const last_two[] = {all[2], all[1]};
    const char *const foreign[] = {RESULT(KEY("9"), "\"m\":9")};
    struct fixture fixture;

    set_up(&fixture);
    add_segment(&fixture, last_two, 2);
    add_segment(&fixture, all, 2);
    add_segment(&fixture, foreign, 1);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    ck_assert_uint_eq(fixture.results.found, 3);
    ck_assert_uint_eq(fixture.results.again, 1);
    ck_assert_uint_eq(fixture.results.foreign, 1);
    expect(&fixture, sweep_merge_write, merged_text);
    tear_down(&fixture);
}
END_TEST

START_TEST(two_results_of_a_run_that_differ_are_refused)
{
    const char *const other[] = {RESULT(KEY("b"), "\"n\":-0.5,\"m\":0")};
    struct fixture fixture;

    set_up(&fixture);
    add_segment(&fixture, all, 3);
    add_segment(&fixture, other, 1);
    ck_assert_int_eq(read_results(&fixture), ERR_SWEEP_DUPLICATE);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_missing_run_is_named_and_nothing_is_merged)
{
    struct fixture fixture;
    struct index_set missing;
    enum sim_error_code code;

    set_up(&fixture);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    ck_assert_uint_eq(fixture.results.found, 0);
    add_segment(&fixture, all, 2); /* of indices 1 and 2 */
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    ck_assert_ptr_null(merged(&fixture, sweep_merge_write, &code));
    ck_assert_int_eq(code, ERR_SWEEP_INCOMPLETE);
    ck_assert(sweep_results_missing(&fixture.results, 0, &missing));
    ck_assert(missing.count == 1 && index_set_has(&missing, 0));
    index_set_fini(&missing);
    ck_assert(sweep_results_missing(&fixture.results, 2, &missing));
    ck_assert(missing.count == 1 && index_set_has(&missing, 0) && missing.limit == 2);
    index_set_fini(&missing);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_table_has_the_metrics_of_all_runs)
{
    struct fixture fixture;

    set_up(&fixture);
    add_segment(&fixture, all, 3);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    expect(&fixture, write_csv,
           "key,index,vm.x,\"a,b\",ended,m,n\r\n" KEY("a") ",1,2,\"\"\"\",duration,1,\r\n" KEY(
               "b") ",2,3,y z,duration,,-0.5\r\n" KEY("c") ",0,1,x,duration,3,4\r\n");
    tear_down(&fixture);
}
END_TEST

START_TEST(a_database_is_written_or_said_to_be_impossible)
{
    struct fixture fixture;
    struct sweep_merge merge;
    struct sweep_table table;
    struct sim_error err = {0};
    struct strbuf path = {0};

    set_up(&fixture);
    add_segment(&fixture, all, 3);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    strbuf_addf(&path, "%s/out.db", fixture.dir);
    ck_assert(sweep_merge_init(&merge, &fixture.results, &err));
    ck_assert(sweep_table_init(&table, &merge, &err));
    if (sweep_sqlite_write(&table, path.data, &err))
        ck_assert_int_eq(access(path.data, R_OK), 0);
    else
        ck_assert_int_eq(err.code, ERR_NO_SQLITE);
    sweep_table_fini(&table);
    sweep_merge_fini(&merge);
    strbuf_fini(&path);
    tear_down(&fixture);
}
END_TEST

START_TEST(failures_are_those_of_runs_without_a_result)
{
    struct fixture fixture;
    struct sweep_failures failures;
    struct sim_error err = {0};
    struct strbuf folder = {0};

    set_up(&fixture);
    strbuf_addf(&folder, "%s/failed", fixture.dir);
    ck_assert(whole_file_folder(folder.data, &err));
    add_file(&fixture, "failed/" KEY("c") ".json",
             "{\"reason\":\"crashed\",\"message\":\"killed by signal 11\"}");
    add_file(&fixture, "failed/" KEY("a") ".json", "{\"message\":\"old\"}");
    add_file(&fixture, "failed/" KEY("b") ".json", "{\"message\":7}");
    add_file(&fixture, "failed/" KEY("9") ".json", "{\"message\":\"foreign\"}");
    add_file(&fixture, "failed/other", "{\"message\":\"foreign\"}");
    add_segment(&fixture, all, 2);
    ck_assert_int_eq(read_results(&fixture), ERR_NONE);
    ck_assert(sweep_failures_read(&failures, &fixture.results, &err));
    ck_assert_uint_eq(failures.runs.count, 1);
    ck_assert_uint_eq(failures.runs.items[0].index, 0);
    ck_assert_str_eq(failures.runs.items[0].reason, "killed by signal 11");
    sweep_failures_fini(&failures);
    strbuf_fini(&folder);
    tear_down(&fixture);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct fixture fixture;
    bool reached = true;

    set_up(&fixture);
    add_segment(&fixture, all, 3);
    for (unsigned n = 0; reached; n++) {
        struct sweep_merge merge = {0};
        struct sim_error err = {0};
        FILE *stream = fopen("/dev/null", "w");
        bool ok;

        sweep_results_fini(&fixture.results);
        fail_malloc_at(n);
        ok = sweep_results_read(&fixture.results, &fixture.manifest, &err) &&
             sweep_merge_init(&merge, &fixture.results, &err) &&
             sweep_merge_write(&merge, stream, &err) && write_csv(&merge, stream, &err);
        reached = fail_malloc_off();
        ck_assert_int_eq(ok, !reached);
        ck_assert_int_eq(err.code, reached ? ERR_OUT_OF_MEMORY : ERR_NONE);
        sweep_merge_fini(&merge);
        fclose(stream);
    }
    tear_down(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_merge");

    TEST_CASE(suite, "lines", runs_are_merged_in_the_order_of_their_keys,
              segments_and_repetitions_make_no_difference,
              two_results_of_a_run_that_differ_are_refused,
              a_missing_run_is_named_and_nothing_is_merged);
    TEST_CASE(suite, "tables", a_table_has_the_metrics_of_all_runs,
              a_database_is_written_or_said_to_be_impossible);
    TEST_CASE(suite, "failures", failures_are_those_of_runs_without_a_result,
              every_allocation_may_fail);
    return test_run(suite);
}
