/* SPDX-License-Identifier: MIT */
/* The sweep file: axes, groups, filters, and what is refused. */
#include "sweep/sweep_file.h"

#include "base/strbuf.h"
#include "compare/metric_catalogue.h"
#include "lib/fail_malloc.h"
#include "sweep_case.h"

/* All points that pass, as "a,b c,d". */
static void expect_points(const char *text, const char *expected)
{
    struct sweep_file file;
    struct strbuf points = {0};
    uint32_t choice[SWEEP_AXES_MAX];

    must_read(&file, "dir/s.yaml", text);
    for (uint32_t point = 0; point < file.points; point++) {
        if (!sweep_file_point(&file, point, choice))
            continue;
        strbuf_adds(&points, points.length ? " " : "");
        for (size_t i = 0; i < file.axes.count; i++)
            strbuf_addf(&points, "%s%s", i ? "," : "",
                        file.axes.items[i].values.items[choice[i]].text);
    }
    ck_assert_str_eq(points.data ? points.data : "", expected);
    strbuf_fini(&points);
    sweep_file_fini(&file);
}

START_TEST(the_last_axis_runs_fastest)
{
    expect_points("workload: w.yaml\naxes: {vm.swappiness: [1, 2], seed: [7, 8, 9]}\n",
                  "1,7 1,8 1,9 2,7 2,8 2,9");
}
END_TEST

START_TEST(a_range_goes_up_by_steps_or_factors_and_keeps_within_its_end)
{
    expect_points("workload: w.yaml\naxes: {seed: {from: 3, to: 11, step: 4}}\n", "3 7 11");
    expect_points("workload: w.yaml\naxes: {seed: {from: 3, to: 10, step: 4}}\n", "3 7");
    expect_points("workload: w.yaml\naxes: {seed: {from: 3, to: 23, factor: 2}}\n", "3 6 12");
    expect_points("workload: w.yaml\naxes: {seed: {from: 3, to: 24, factor: 2}}\n", "3 6 12 24");
    expect_points("workload: w.yaml\naxes: {seed: {from: 5, to: 5, step: 1}}\n", "5");
    expect_points("workload: w.yaml\naxes: {seed: {from: 18446744073709551614, "
                  "to: 18446744073709551615, step: 1}}\n",
                  "18446744073709551614 18446744073709551615");
    expect_points("workload: w.yaml\naxes: {seed: {from: 9223372036854775808, "
                  "to: 18446744073709551615, factor: 3}}\n",
                  "9223372036854775808");
}
END_TEST

START_TEST(a_zip_group_advances_together_and_stands_where_it_stands)
{
    expect_points("workload: w.yaml\naxes: {seed: [1, 2]}\n"
                  "zip: [{vm.swappiness: [3, 4], vm.dirty_ratio: [5, 6]}]\n",
                  "1,3,5 1,4,6 2,3,5 2,4,6");
    expect_points("workload: w.yaml\nzip: [{vm.swappiness: [3, 4], vm.dirty_ratio: [5, 6]}]\n"
                  "axes: {seed: [1, 2]}\n",
                  "3,5,1 3,5,2 4,6,1 4,6,2");
}
END_TEST

START_TEST(filters_take_values_and_conditions_all_of_which_must_match)
{
    const char *axes = "workload: w.yaml\naxes: {vm.swappiness: [1, 10, 100], seed: [1, 2]}\n";
    char text[512];

    snprintf(text, sizeof(text), "%sexclude: [{vm.swappiness: '>= 10', seed: 2}]\n", axes);
    expect_points(text, "1,1 1,2 10,1 100,1");
    snprintf(text, sizeof(text), "%sonly: [{vm.swappiness: 10}, {seed: '== 1'}]\n", axes);
    expect_points(text, "1,1 10,1 10,2 100,1");
    snprintf(text, sizeof(text), "%sonly: [{seed: 1}]\nexclude: [{vm.swappiness: < 5}]\n", axes);
    expect_points(text, "10,1 100,1");
    snprintf(text, sizeof(text), "%sexclude: [{seed: '> 0'}]\n", axes);
    expect_points(text, "");
}
END_TEST

START_TEST(a_condition_knows_sizes_and_times)
{
    expect_points("workload: w.yaml\naxes: {workload.duration: [10ms, 1s, 2s]}\n"
                  "only: [{workload.duration: '>= 1s'}]\n",
                  "1s 2s");
}
END_TEST

static void expect_argument(const char *value, const char *argument, const char *shown)
{
    struct sweep_file file;
    char text[256];

    snprintf(text, sizeof(text), "workload: w.yaml\naxes: {vm.key: [%s]}\n", value);
    must_read(&file, "s.yaml", text);
    ck_assert_str_eq(file.axes.items[0].values.items[0].argument, argument);
    ck_assert_str_eq(file.axes.items[0].values.items[0].text, shown);
    sweep_file_fini(&file);
}

START_TEST(a_value_becomes_an_argument_of_set)
{
    expect_argument("64MiB", "vm.key=64MiB", "64MiB");
    expect_argument("'010'", "vm.key='010'", "010");
    expect_argument("\"it's\"", "vm.key='it''s'", "it's");
    expect_argument("''", "vm.key=''", "");
    expect_argument("~", "vm.key=null", "null");
    expect_argument("[1, 2, [a, 'b']]", "vm.key=[1, 2, [a, 'b']]", "[1, 2, [a, 'b']]");
    expect_argument("{a: 1, 'b c': []}", "vm.key={a: 1, 'b c': []}", "{a: 1, 'b c': []}");
}
END_TEST

START_TEST(files_are_seen_from_the_sweep_file)
{
    struct sweep_file file;

    must_read(&file, "dir/s.yaml",
              "machine: m.yaml\naxes: {workload: [w.yaml, ../x/w.yaml, /w.yaml]}\n");
    ck_assert_str_eq(file.machine_path, "dir/m.yaml");
    ck_assert_str_eq(file.axes.items[0].values.items[0].argument, "dir/w.yaml");
    ck_assert_str_eq(file.axes.items[0].values.items[1].argument, "dir/../x/w.yaml");
    ck_assert_str_eq(file.axes.items[0].values.items[1].text, "../x/w.yaml");
    ck_assert_str_eq(file.axes.items[0].values.items[2].argument, "/w.yaml");
    sweep_file_fini(&file);
}
END_TEST

START_TEST(what_is_not_said_has_a_default)
{
    struct sweep_file file;

    must_read(&file, "dir/burst.yaml", "workload: w.yaml\naxes: {seed: [1]}\n");
    ck_assert_str_eq(file.name, "burst");
    ck_assert_ptr_null(file.machine_path);
    ck_assert_int_eq(file.keep, SWEEP_KEEP_METRICS);
    ck_assert_int_eq(file.reclaim, RECLAIM_CAPTURED);
    ck_assert(!file.tick_ns.given && !file.until_ns.given);
    ck_assert_uint_eq(file.timeout_ns, 0);
    ck_assert_uint_eq(file.memory_bytes, 0);
    ck_assert_uint_eq(file.metrics.count, metric_headline_count);
    sweep_file_fini(&file);
}
END_TEST

START_TEST(everything_can_be_said)
{
    struct sweep_file file;

    must_read(&file, "s.yaml",
              "name: all\ndescription: of it\nworkload: w.yaml\nset: {vm.swappiness: 0}\n"
              "axes: {seed: [1]}\nmetrics: [alloc.failed, time_ns]\nkeep: output\ntick: 5ms\n"
              "until: 2s\nreclaim: simulated\nlimits: {timeout: 1m, memory: 1GiB}\n");
    ck_assert_str_eq(file.name, "all");
    ck_assert_str_eq(file.settings.items[0].argument, "vm.swappiness=0");
    ck_assert_str_eq(file.metrics.items[1], "time_ns");
    ck_assert_int_eq(file.keep, SWEEP_KEEP_OUTPUT);
    ck_assert_int_eq(file.reclaim, RECLAIM_SIMULATED);
    ck_assert(file.tick_ns.given && file.tick_ns.value == 5000000);
    ck_assert(file.until_ns.given && file.until_ns.value == 2000000000);
    ck_assert_uint_eq(file.timeout_ns, UINT64_C(60000000000));
    ck_assert_uint_eq(file.memory_bytes, UINT64_C(1) << 30);
    sweep_file_fini(&file);
}
END_TEST

static const struct {
    const char *text; /* from line 2 on */
    enum sim_error_code code;
    uint32_t line, column;
} bad_files[] = {
    {"axes: {seed: [1]}", ERR_MISSING_KEY, 1, 1},
    {"workload: w.yaml", ERR_SWEEP_EMPTY, 1, 1},
    {"workload: w.yaml\naxes: {}", ERR_SWEEP_EMPTY, 1, 1},
    {"workload: w.yaml\naxis: {seed: [1]}", ERR_UNKNOWN_KEY, 3, 1},
    {"workload: '-'\naxes: {seed: [1]}", ERR_SWEEP_AXIS, 2, 11},
    {"workload: w.yaml\naxes: [seed]", ERR_WRONG_TYPE, 3, 7},
    {"workload: w.yaml\naxes: {seed: 1}", ERR_SWEEP_AXIS, 3, 14},
    {"workload: w.yaml\naxes: {seed: []}", ERR_SWEEP_AXIS, 3, 14},
    {"workload: w.yaml\naxes: {seed: [1, x]}", ERR_BAD_NUMBER, 3, 18},
    {"workload: w.yaml\naxes: {a=b: [1]}", ERR_SWEEP_AXIS, 3, 8},
    {"workload: w.yaml\naxes: {vm.a: [\"x\\ny\"]}", ERR_SWEEP_AXIS, 3, 15},
    {"workload: w.yaml\naxes: {seed: {from: 1, to: 2}}", ERR_SWEEP_AXIS, 3, 14},
    {"workload: w.yaml\naxes: {seed: {from: 1, to: 2, step: 1, factor: 2}}", ERR_SWEEP_AXIS, 3, 14},
    {"workload: w.yaml\naxes: {seed: {from: 1, step: 1}}", ERR_MISSING_KEY, 3, 14},
    {"workload: w.yaml\naxes: {seed: {from: 2, to: 1, step: 1}}", ERR_OUT_OF_RANGE, 3, 28},
    {"workload: w.yaml\naxes: {seed: {from: 0, to: 1, factor: 2}}", ERR_OUT_OF_RANGE, 3, 21},
    {"workload: w.yaml\naxes: {seed: {from: 1, to: 2, factor: 1}}", ERR_OUT_OF_RANGE, 3, 39},
    {"workload: w.yaml\naxes: {seed: {from: 1, to: 2, step: 0}}", ERR_OUT_OF_RANGE, 3, 37},
    {"workload: w.yaml\naxes: {machine: {from: 1, to: 2, step: 1}}", ERR_SWEEP_AXIS, 3, 17},
    {"workload: w.yaml\naxes: {seed: {from: 0, to: 1000000, step: 1}}", ERR_SWEEP_AXIS, 3, 14},
    {"workload: w.yaml\naxes: {seed: {from: 0, to: 18446744073709551615, step: 1}}", ERR_SWEEP_AXIS,
     3, 14},
    {"workload: w.yaml\naxes:\n  seed: {from: 1, to: 1001, step: 1}\n"
     "  vm.a: {from: 1, to: 1000, step: 1}",
     ERR_SWEEP_EMPTY, 5, 9},
    {"workload: w.yaml\nzip: {seed: [1]}", ERR_WRONG_TYPE, 3, 6},
    {"workload: w.yaml\nzip: [{}]", ERR_SWEEP_AXIS, 3, 7},
    {"workload: w.yaml\nzip: [{seed: [1, 2], vm.a: [1]}]", ERR_SWEEP_AXIS, 3, 22},
    {"workload: w.yaml\naxes: {workload: [v.yaml]}", ERR_SWEEP_AXIS, 3, 8},
    {"workload: w.yaml\naxes: {machine: [m.yaml]}\nzip: [{machine: [n.yaml]}]", ERR_SWEEP_AXIS, 4,
     8},
    {"workload: w.yaml\naxes: {vm.a: [1], vm: [{a: 2}]}", ERR_SWEEP_AXIS, 3, 19},
    {"workload: w.yaml\naxes: {'vm.a[0]': [1], vm.a: [2]}", ERR_SWEEP_AXIS, 3, 24},
    {"workload: w.yaml\naxes: {seed: [1], workload.seed: [2]}", ERR_SWEEP_AXIS, 3, 19},
    {"workload: w.yaml\ntick: 1ms\naxes: {workload.tick: [2ms]}", ERR_SWEEP_AXIS, 4, 8},
    {"workload: w.yaml\nuntil: 1s\nset: {workload.duration: 2s}\naxes: {seed: [1]}", ERR_SWEEP_AXIS,
     4, 26},
    {"workload: w.yaml\nset: {vm.a: 1}\naxes: {vm.a: [1]}", ERR_SWEEP_AXIS, 3, 13},
    {"workload: w.yaml\nset: {vm.a: 1, vm: 2}\naxes: {seed: [1]}", ERR_SWEEP_AXIS, 3, 20},
    {"workload: w.yaml\nset: {seed: 1}\naxes: {vm.a: [1]}", ERR_SWEEP_AXIS, 3, 7},
    {"workload: w.yaml\nset: [vm.a]\naxes: {seed: [1]}", ERR_WRONG_TYPE, 3, 6},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: {seed: 1}", ERR_WRONG_TYPE, 4, 7},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [seed]", ERR_WRONG_TYPE, 4, 8},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{}]", ERR_SWEEP_FILTER, 4, 8},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{sed: 1}]", ERR_SWEEP_FILTER, 4, 9},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{seed: 2}]", ERR_SWEEP_FILTER, 4, 15},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{seed: [1]}]", ERR_WRONG_TYPE, 4, 15},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{seed: '>= x'}]", ERR_BAD_CONDITION, 4, 15},
    {"workload: w.yaml\naxes: {seed: [1]}\nonly: [{seed: '<= baseline'}]", ERR_BAD_CONDITION, 4,
     15},
    {"workload: w.yaml\naxes: {vm.a: [1, [2]]}\nonly: [{vm.a: '> 1'}]", ERR_SWEEP_FILTER, 4, 15},
    {"workload: w.yaml\naxes: {seed: [1]}\nmetrics: []", ERR_BAD_METRIC, 4, 10},
    {"workload: w.yaml\naxes: {seed: [1]}\nmetrics: [a, a]", ERR_BAD_METRIC, 4, 14},
    {"workload: w.yaml\naxes: {seed: [1]}\nmetrics: ['a..b']", ERR_BAD_METRIC, 4, 11},
    {"workload: w.yaml\naxes: {seed: [1]}\nkeep: all", ERR_UNKNOWN_NAME, 4, 7},
    {"workload: w.yaml\naxes: {seed: [1]}\nreclaim: both", ERR_UNKNOWN_NAME, 4, 10},
    {"workload: w.yaml\naxes: {seed: [1]}\ntick: 0", ERR_OUT_OF_RANGE, 4, 7},
    {"workload: w.yaml\naxes: {seed: [1]}\nlimits: {time: 1s}", ERR_UNKNOWN_KEY, 4, 10},
    {"workload: w.yaml\naxes: {seed: [1]}\nlimits: {memory: 1GB}", ERR_BAD_SIZE, 4, 18},
};

START_TEST(a_mistake_has_its_code_and_place)
{
    struct sweep_file file;
    struct sim_error err = {0};

    ck_assert_msg(!case_read(&file, "s.yaml", bad_files[_i].text, &err), "%s", bad_files[_i].text);
    if (err.code != bad_files[_i].code)
        ck_abort_msg("%s: %s: %s", bad_files[_i].text, sim_error_code_name(err.code), err.message);
    expect_place(&err, bad_files[_i].code, bad_files[_i].line, bad_files[_i].column);
    sweep_file_fini(&file);
}
END_TEST

START_TEST(too_many_axes_are_refused)
{
    struct strbuf text = {0};
    struct sweep_file file;
    struct sim_error err = {0};

    strbuf_adds(&text, "workload: w.yaml\naxes:\n");
    for (int i = 0; i <= SWEEP_AXES_MAX; i++)
        strbuf_addf(&text, "  vm.a%d: [1]\n", i);
    ck_assert(!case_read(&file, "s.yaml", text.data, &err));
    expect_place(&err, ERR_SWEEP_AXIS, 4 + SWEEP_AXES_MAX, 11);
    sweep_file_fini(&file);
    strbuf_fini(&text);
}
END_TEST

START_TEST(a_sweep_file_is_told_by_its_axes)
{
    static const char *const texts[] = {"axes: {}", "zip: []", "tasks: []", "[axes]"};
    struct sim_error err = {0};

    for (size_t i = 0; i < 4; i++) {
        struct yaml_doc doc = {0};

        ck_assert(
            yaml_doc_parse(&doc, "s", (const uint8_t *)texts[i], strlen(texts[i]), NULL, &err));
        ck_assert_int_eq(sweep_file_recognises(&doc), i < 2);
        yaml_doc_fini(&doc);
    }
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const char *text = "workload: w.yaml\nset: {vm.swappiness: 0}\n"
                       "axes: {seed: [1, 2], vm.a: {from: 1, to: 3, step: 1}}\n"
                       "zip: [{machine: [m.yaml]}]\nonly: [{seed: 1}]\nexclude: [{vm.a: '> 2'}]\n"
                       "metrics: [alloc.failed, time_ns]\n";
    bool ok;

    for (unsigned n = 0;; n++) {
        struct sweep_file file;
        struct sim_error err = {0};

        fail_malloc_at(n);
        ok = case_read(&file, "s.yaml", text, &err);
        sweep_file_fini(&file);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_file");
    TCase *mistakes = tcase_create("mistakes");

    TEST_CASE(suite, "grid", the_last_axis_runs_fastest,
              a_range_goes_up_by_steps_or_factors_and_keeps_within_its_end,
              a_zip_group_advances_together_and_stands_where_it_stands,
              filters_take_values_and_conditions_all_of_which_must_match,
              a_condition_knows_sizes_and_times);
    TEST_CASE(suite, "values", a_value_becomes_an_argument_of_set,
              files_are_seen_from_the_sweep_file, what_is_not_said_has_a_default,
              everything_can_be_said, a_sweep_file_is_told_by_its_axes);
    tcase_add_loop_test(mistakes, a_mistake_has_its_code_and_place, 0,
                        sizeof(bad_files) / sizeof(bad_files[0]));
    suite_add_tcase(suite, mistakes);
    TEST_CASE(suite, "limits", too_many_axes_are_refused, every_allocation_may_fail);
    return test_run(suite);
}
