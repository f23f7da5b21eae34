/* SPDX-License-Identifier: MIT */
/* What tune measures: goals, runs with seeds, the value that comes nearest, and the reports. */
#include "sweep/tune_curve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "sweep/tune_report.h"

static const char machine_text[] = "version: 1\nmachine: {nodes: [{memory: 64MiB, cpus: 1}]}\n";
/* More than there is: the larger the reserve, the more of it fails. */
static const char workload_text[] =
    "version: 1\nmachine: m.yaml\nseed: 7\ntick: 20ms\nduration: 100ms\ntasks:\n"
    "- {name: a, cpu: 0, steps: [alloc_pages: {id: x, count: 20000, gfp: GFP_ATOMIC}]}\n"
    "- {name: b, cpu: 0}\n";
static const char little_text[] = "version: 1\nmachine: m.yaml\ntick: 20ms\nduration: 40ms\n"
                                  "events: [[0, a, alloc_pages, x, 0, GFP_KERNEL]]\n";

/* A curve with the files of its runs. */
struct measured {
    char folder[32];
    char machine[48];
    char workload[48];
    struct set_options sets;
    struct tune_setting setting;
    struct tune_curve curve;
};

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
}

static void begin(struct measured *measured, const char *workload, uint64_t seeds)
{
    struct sim_error err = {0};

    *measured = (struct measured){.folder = "/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(measured->folder));
    snprintf(measured->machine, sizeof(measured->machine), "%s/m.yaml", measured->folder);
    snprintf(measured->workload, sizeof(measured->workload), "%s/w.yaml", measured->folder);
    write_text(measured->machine, machine_text);
    write_text(measured->workload, workload);
    measured->setting = (struct tune_setting){
        .choice = {.workload_path = measured->workload, .sets = &measured->sets},
        .key = "vm.min_free_kbytes",
        .seeds = seeds,
        .tool_version = "1.2.3",
    };
    ck_assert(tune_curve_init(&measured->curve, &err));
}

static void end(struct measured *measured)
{
    tune_curve_fini(&measured->curve);
    set_options_fini(&measured->sets);
    unlink(measured->machine);
    unlink(measured->workload);
    rmdir(measured->folder);
}

static void add_goal(struct measured *measured, const char *text)
{
    struct sim_error err = {0};

    ck_assert_msg(tune_curve_add_goal(&measured->curve, text, &err), "%s", err.message);
}

static bool measure(struct measured *measured, uint64_t value)
{
    struct sim_error err = {0};
    bool met;

    ck_assert_msg(tune_curve_measure(&measured->curve, &measured->setting, value, &met, &err), "%s",
                  err.message);
    return met;
}

/* The first metric of a run. */
static int64_t reading_of(const struct measured *measured, size_t run)
{
    size_t first = measured->curve.runs.items[run].first;

    return (int64_t)(measured->curve.readings.items[first].value.milli / 1000);
}

START_TEST(a_run_is_measured_at_its_value_with_each_seed)
{
    struct measured measured;

    begin(&measured, workload_text, 2);
    ck_assert(set_options_add(&measured.sets, "vm.min_free_kbytes=9000"));
    ck_assert(set_options_add(&measured.sets, "workload.duration=60ms"));
    add_goal(&measured, "alloc.failed >= 1");
    ck_assert(measure(&measured, 100));
    ck_assert(measure(&measured, 8000));
    ck_assert_uint_eq(measured.curve.runs.count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(measured.curve.runs.items[i].value, i < 2 ? 100 : 8000);
        ck_assert_uint_eq(measured.curve.runs.items[i].seed, 7 + i % 2);
    }
    ck_assert_int_eq(reading_of(&measured, 0), reading_of(&measured, 1));
    ck_assert_int_ne(reading_of(&measured, 1), reading_of(&measured, 2));
    ck_assert_uint_eq(measured.curve.names.count, 1);
    ck_assert_str_eq(measured.curve.names.items[0], "alloc.failed");
    end(&measured);
}
END_TEST

START_TEST(every_goal_is_asked_and_every_element)
{
    struct measured measured;
    const struct tune_run *run;

    begin(&measured, workload_text, 1);
    add_goal(&measured, "tasks[*].cpu_ns >= 0");
    add_goal(&measured, "alloc.failed_by_order[*] >= 0");
    add_goal(&measured, "tasks[*].cpu_ns < 1s");
    add_goal(&measured, "alloc.failed_by_order[*] < 3");
    ck_assert(!measure(&measured, 1000));
    run = &measured.curve.runs.items[0];
    for (size_t i = 0; i < measured.curve.goals.count; i++)
        ck_assert_uint_eq(tune_curve_met(&measured.curve, run, &measured.curve.goals.items[i]),
                          i < 3);
    ck_assert_uint_eq(measured.curve.goals.items[0].number, measured.curve.goals.items[2].number);
    ck_assert_uint_eq(measured.curve.names.count, 3 + 12);
    ck_assert_str_eq(measured.curve.names.items[1], "tasks[b].cpu_ns"); /* kswapd0 is the third */
    end(&measured);
}
END_TEST

START_TEST(goals_that_are_none_are_refused)
{
    static const struct {
        const char *text;
        enum sim_error_code code;
    } rows[] = {
        {"alloc.failed", ERR_BAD_CONDITION},
        {"alloc.failed <= baseline", ERR_BAD_CONDITION},
        {"alloc.failed no worse", ERR_BAD_CONDITION},
        {"alloc..failed == 0", ERR_BAD_METRIC},
    };
    struct measured measured;

    begin(&measured, workload_text, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sim_error err = {0};

        ck_assert(!tune_curve_add_goal(&measured.curve, rows[i].text, &err));
        ck_assert_msg(err.code == rows[i].code, "%s: %s", rows[i].text, err.message);
    }
    ck_assert_uint_eq(measured.curve.goals.count, 0);
    end(&measured);
}
END_TEST

START_TEST(an_error_leaves_the_curve_as_it_was)
{
    struct measured measured;
    struct sim_error err = {0};
    bool met;

    begin(&measured, workload_text, 1);
    add_goal(&measured, "alloc.failed >= 1");
    ck_assert(measure(&measured, 100));
    ck_assert(set_options_add(&measured.sets, "vm.swapiness=1"));
    ck_assert(!tune_curve_measure(&measured.curve, &measured.setting, 200, &met, &err));
    ck_assert_int_eq(err.code, ERR_UNKNOWN_KEY);
    ck_assert_uint_eq(measured.curve.runs.count, 1);
    ck_assert_uint_eq(measured.curve.readings.count, 1);
    end(&measured);
}
END_TEST

START_TEST(the_nearest_misses_the_fewest_goals_by_the_least)
{
    struct measured measured;
    size_t least = 0;

    begin(&measured, workload_text, 1);
    add_goal(&measured, "alloc.failed <= 1");
    for (uint64_t value = 2000; value <= 8000; value += 1000)
        ck_assert(!measure(&measured, value));
    for (size_t i = 1; i < measured.curve.runs.count; i++)
        least = reading_of(&measured, i) < reading_of(&measured, least) ? i : least;
    ck_assert_uint_eq(tune_curve_best(&measured.curve), measured.curve.runs.items[least].value);
    end(&measured);
    begin(&measured, workload_text, 1);
    add_goal(&measured, "zones[0/DMA].pages_min >= 100000");
    add_goal(&measured, "zones[0/DMA32].pages_min <= 0");
    measure(&measured, 2000); /* misses both, the first by the least */
    measure(&measured, 0);    /* misses the first only */
    measure(&measured, 1);
    ck_assert_uint_eq(tune_curve_best(&measured.curve), 0);
    end(&measured);
}
END_TEST

/* Searches and reports; false without host memory, and nothing is kept. */
static bool search_and_report(struct measured *measured, struct strbuf *json, struct strbuf *text)
{
    struct sim_error err = {0};
    struct tune tune = {0};
    const struct tune_report report = {
        .tune = &tune,
        .curve = &measured->curve,
        .setting = &measured->setting,
        .workload = "w",
        .in_force = 512,
    };
    uint64_t value;
    bool ok = tune_init(&tune, 510, 513, 512, false, 1, &err);

    ok = ok && tune_curve_init(&measured->curve, &err) &&
         tune_curve_add_goal(&measured->curve, "zones[*].nr_free_pages.min >= 0", &err) &&
         set_options_add(&measured->sets, "workload.seed=3");
    while (ok && tune_next(&tune, &value)) {
        bool met;

        ok = tune_curve_measure(&measured->curve, &measured->setting, value, &met, &err) &&
             tune_add(&tune, value, value >= 512, &err);
    }
    if (ok) {
        tune_report_json(&report, json);
        tune_report_text(&report, text);
        ok = !json->failed && !text->failed;
    }
    tune_fini(&tune);
    tune_curve_fini(&measured->curve);
    set_options_fini(&measured->sets);
    return ok;
}

START_TEST(the_report_has_the_answer_and_every_value)
{
    struct measured measured;
    struct strbuf json = {0};
    struct strbuf text = {0};

    begin(&measured, little_text, 1);
    tune_curve_fini(&measured.curve);
    ck_assert(search_and_report(&measured, &json, &text));
    ck_assert_ptr_nonnull(strstr(json.data, "\"answer\":512,\"monotonic\":true"));
    ck_assert_ptr_nonnull(strstr(json.data, "\"set\":[\"workload.seed=3\"]"));
    ck_assert_ptr_nonnull(strstr(json.data, "\"seeds\":[3]"));
    ck_assert_ptr_nonnull(strstr(json.data, "{\"value\":511,\"met\":false,\"runs\":[{\"seed\":3"));
    ck_assert_ptr_eq(strchr(json.data, '\n'), json.data + json.length - 1);
    ck_assert_ptr_nonnull(strstr(text.data, "vm.min_free_kbytes = 512 is the smallest value"));
    ck_assert_ptr_nonnull(strstr(text.data, "zones[0/DMA].nr_free_pages.min"));
    strbuf_fini(&json);
    strbuf_fini(&text);
    end(&measured);
}
END_TEST

START_TEST(without_host_memory_nothing_leaks_and_nothing_false_is_said)
{
    struct measured measured;
    struct strbuf expected[2] = {0};

    begin(&measured, little_text, 1);
    tune_curve_fini(&measured.curve);
    ck_assert(search_and_report(&measured, &expected[0], &expected[1]));
    for (unsigned n = 0;; n += 1 + n / 8) { /* ever sparser: runs allocate most, and much alike */
        struct strbuf json = {0};
        struct strbuf text = {0};
        bool ok, failed;

        fail_malloc_at(n);
        ok = search_and_report(&measured, &json, &text);
        failed = fail_malloc_off();
        if (ok) { /* a checker of the model does without */
            ck_assert_str_eq(json.data, expected[0].data);
            ck_assert_str_eq(text.data, expected[1].data);
        }
        strbuf_fini(&json);
        strbuf_fini(&text);
        if (!failed)
            break;
    }
    strbuf_fini(&expected[0]);
    strbuf_fini(&expected[1]);
    end(&measured);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tune_curve");

    TEST_CASE(suite, "runs", a_run_is_measured_at_its_value_with_each_seed,
              every_goal_is_asked_and_every_element, goals_that_are_none_are_refused,
              an_error_leaves_the_curve_as_it_was,
              the_nearest_misses_the_fewest_goals_by_the_least);
    TEST_CASE(suite, "report", the_report_has_the_answer_and_every_value,
              without_host_memory_nothing_leaks_and_nothing_false_is_said);
    return test_run(suite);
}
