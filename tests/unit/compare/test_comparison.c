/* SPDX-License-Identifier: MIT */
/* Tests of comparing some runs, and of the reports on it. */
#include "compare/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report.h"
#include "compare_sample.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

static struct comparison comparison;
static struct thresholds thresholds;
static struct sim_error err;

static void set_up(void)
{
    comparison = (struct comparison){.tool_version = "1", .nr_sides = 2, .nr_seeds = 1};
    thresholds = (struct thresholds){0};
    err = (struct sim_error){0};
}

static void tear_down(void)
{
    comparison_fini(&comparison);
    thresholds_fini(&thresholds);
}

static bool take(size_t side, size_t seed, const char *text)
{
    struct result_facts other = {0};
    struct result_facts *facts = seed == 0 ? &comparison.sides[side].facts : &other;
    struct byte_lines lines = sample_lines(text);
    const char *line;
    size_t length;
    bool ok = true;

    while (ok && byte_lines_next(&lines, &line, &length, &err))
        ok = result_facts_line(facts, line, length, &err) &&
             metric_set_line(comparison.metrics, line, length, &err);
    comparison.sides[side].name = side == 0 ? "a" : side == 1 ? "b" : "c";
    result_facts_fini(&other);
    return ok && comparison_take(&comparison, side, seed, &err);
}

static bool begin(const char *metric, const char *condition)
{
    if (condition && !thresholds_add(&thresholds, condition, &err))
        return false;
    return comparison_init(&comparison, &metric, metric ? 1 : 0, &thresholds, &err);
}

static bool find_difference(const char *a, const char *b)
{
    struct byte_lines lines[2] = {sample_lines(a), sample_lines(b)};
    struct line_source sources[2] = {sample_source(&lines[0]), sample_source(&lines[1])};

    return difference_find(&comparison.sides[1].difference, &sources[0], &sources[1], true, &err);
}

#define RUN(free, stalls)       \
    SAMPLE_HEADER("10", "true") \
    SAMPLE_EVENT("3", "k" stalls) SAMPLE_TICK("10", free, "1", "0") SAMPLE_SUMMARY("12", stalls)

static bool compare(const char *metric, const char *condition, const char *a, const char *b)
{
    return begin(metric, condition) && take(0, 0, a) && take(1, 0, b) &&
           comparison_settle(&comparison, &err) && find_difference(a, b);
}

static const struct comparison_cell *cell(size_t row)
{
    return &comparison.rows.items[row].cells[1];
}

START_TEST(a_lower_stall_is_better)
{
    ck_assert(compare("vmstat.allocstall", NULL, RUN("5", "4"), RUN("5", "1")));
    ck_assert_uint_eq(comparison.rows.count, 1);
    ck_assert_int_eq(cell(0)->verdict, VERDICT_BETTER);
    ck_assert(cell(0)->change.milli == -3000);
    ck_assert(comparison_differs(&comparison));
    ck_assert(!comparison_passed(&comparison));
}
END_TEST

START_TEST(equal_runs_pass)
{
    ck_assert(compare("zones[*].free.min", NULL, RUN("5", "4"), RUN("5", "4")));
    ck_assert_int_eq(cell(0)->verdict, VERDICT_EQUAL);
    ck_assert(!comparison_differs(&comparison));
    ck_assert(comparison_passed(&comparison));
}
END_TEST

START_TEST(a_missing_value_is_no_change)
{
    ck_assert(compare("late.ops", NULL, RUN("5", "4"), RUN("6", "4")));
    ck_assert_int_eq(cell(0)->verdict, VERDICT_EQUAL);
    ck_assert(!cell(0)->value.present);
    ck_assert(comparison_differs(&comparison));
}
END_TEST

START_TEST(thresholds_decide_alone)
{
    ck_assert(
        compare("late.ops", "vmstat.allocstall <= baseline * 2", RUN("5", "4"), RUN("6", "8")));
    ck_assert(comparison_passed(&comparison));
    tear_down();
    set_up();
    ck_assert(compare(NULL, "vmstat.allocstall no worse than 10%", RUN("5", "4"), RUN("6", "5")));
    ck_assert_uint_eq(comparison_broken(&comparison), 1);
    ck_assert(!comparison_passed(&comparison));
    ck_assert(comparison.cases.items[0].limit.milli == 4400);
}
END_TEST

START_TEST(a_metric_that_nobody_knows_is_an_error_with_its_place)
{
    ck_assert(!compare("vmstat.allocstal", NULL, RUN("5", "4"), RUN("5", "4")));
    ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
    tear_down();
    set_up();
    ck_assert(!compare(NULL, "zones[1/DMA].free == 0", RUN("5", "4"), RUN("5", "4")));
    ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
    ck_assert_str_eq(err.file, "--threshold 'zones[1/DMA].free == 0'");
}
END_TEST

START_TEST(what_the_headline_lacks_is_not_missed)
{
    ck_assert(compare(NULL, NULL, RUN("5", "4"), RUN("5", "4")));
    ck_assert_uint_eq(comparison.rows.count, 2);
    ck_assert_str_eq(comparison.rows.items[0].name, "time_ns");
    ck_assert_str_eq(comparison.rows.items[1].name, "vmstat.allocstall");
}
END_TEST

#define TWO_ZONES                                                                   \
    SAMPLE_HEADER("10", "true")                                                     \
    "{\"type\":\"summary\",\"time_ns\":12,\"ended\":\"idle\",\"zones\":[{\"name\":" \
    "\"0/A\",\"free\":1},{\"name\":\"0/DMA\",\"free\":5}],\"vmstat\":{\"allocstall\":0}}\n"

START_TEST(an_element_of_one_side_only_has_a_row)
{
    ck_assert(begin("zones[*].free", "zones[0/A].free == 1") && take(0, 0, RUN("5", "4")) &&
              take(1, 0, TWO_ZONES) && comparison_settle(&comparison, &err));
    ck_assert_uint_eq(comparison.rows.count, 3);
    ck_assert_str_eq(comparison.rows.items[0].name, "zones[0/A].free");
    ck_assert_str_eq(comparison.rows.items[1].name, "zones[0/DMA].free");
    ck_assert_str_eq(comparison.rows.items[2].name, "zones[0/A].free");
    ck_assert(!comparison.rows.items[2].cells[0].exists && cell(2)->exists);
    ck_assert_int_eq(cell(2)->verdict, VERDICT_NONE);
    ck_assert(comparison_passed(&comparison));
}
END_TEST

START_TEST(an_element_that_the_candidate_lacks_meets_nothing)
{
    ck_assert(begin(NULL, "zones[0/A].free != 7") && take(0, 0, TWO_ZONES) &&
              take(1, 0, RUN("5", "4")) && comparison_settle(&comparison, &err));
    ck_assert_uint_eq(comparison_broken(&comparison), 1);
}
END_TEST

START_TEST(other_ticks_and_no_direction_are_refused)
{
    ck_assert(begin("time_ns", NULL) && take(0, 0, RUN("5", "4")) &&
              take(1, 0, SAMPLE_HEADER("11", "true") SAMPLE_SUMMARY("12", "0")));
    ck_assert(!comparison_settle(&comparison, &err));
    ck_assert_int_eq(err.code, ERR_NOT_COMPARABLE);
    tear_down();
    set_up();
    ck_assert(!begin(NULL, "zones[*].free no worse"));
    ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
}
END_TEST

START_TEST(unfinished_and_foreign_files_are_refused)
{
    ck_assert(begin("time_ns", NULL));
    ck_assert(!take(0, 0, SAMPLE_HEADER("10", "true") SAMPLE_TICK("10", "1", "1", "0")));
    ck_assert_int_eq(err.code, ERR_RESULT_UNFINISHED);
    tear_down();
    set_up();
    ck_assert(begin("time_ns", NULL));
    ck_assert(!take(0, 0, SAMPLE_SUMMARY("12", "0")));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    tear_down();
    set_up();
    ck_assert(begin("time_ns", NULL));
    ck_assert(!take(0, 0, "{\"type\":\"header\",\"schema_version\":99}\n"));
    ck_assert_int_eq(err.code, ERR_RESULT_VERSION);
}
END_TEST

static void take_seeds(const char *const *base, const char *const *candidate)
{
    comparison.nr_seeds = 4;
    ck_assert(begin("vmstat.allocstall", NULL));
    for (size_t seed = 0; seed < 4; seed++)
        ck_assert(take(0, seed, base[seed]));
    for (size_t seed = 0; seed < 4; seed++)
        ck_assert(take(1, seed, candidate[seed]));
    ck_assert(comparison_settle(&comparison, &err));
}

static const char *const low_runs[] = {RUN("5", "1"), RUN("5", "2"), RUN("5", "3"), RUN("5", "4")};
static const char *const high_runs[] = {RUN("5", "5"), RUN("5", "6"), RUN("5", "7"), RUN("5", "8")};
static const char *const mixed_runs[] = {RUN("5", "1"), RUN("5", "9"), RUN("5", "3"),
                                         RUN("5", "4")};

START_TEST(seeds_that_lie_apart_show_a_difference)
{
    take_seeds(low_runs, high_runs);
    ck_assert(comparison.rows.items[0].cells[0].value.milli == 2500);
    ck_assert(cell(0)->value.milli == 6500);
    ck_assert_int_eq(cell(0)->verdict, VERDICT_WORSE);
    ck_assert(!comparison_passed(&comparison));
}
END_TEST

START_TEST(seeds_that_overlap_show_none)
{
    take_seeds(low_runs, mixed_runs);
    ck_assert_int_eq(cell(0)->verdict, VERDICT_UNSHOWN);
    ck_assert(comparison_passed(&comparison));
}
END_TEST

START_TEST(settings_that_differ_are_listed)
{
    struct strbuf other = {0};

    strbuf_adds(&other, "{\"type\":\"header\",\"schema_version\":1,\"tool\":{\"name\":\"mmsim\","
                        "\"version\":\"1\"},\"kernel\":\"linux\",\"workload\":\"w\",\"seed\":8,"
                        "\"tick_ns\":10,\"duration_ns\":0,\"events\":false,\"inputs\":[],\"config\""
                        ":{\"machine\":{\"hz\":250},\"vm\":{\"swappiness\":60,\"ratio\":[1,3]},"
                        "\"devices\":[{\"name\":\"sda\",\"seek_ns\":9}]}}\n");
    strbuf_adds(&other, SAMPLE_SUMMARY("12", "4"));
    ck_assert(begin("time_ns", NULL) && take(0, 0, RUN("5", "4")) && take(1, 0, other.data) &&
              comparison_settle(&comparison, &err));
    strbuf_fini(&other);
    ck_assert_uint_eq(comparison.settings.items.count, 4);
    ck_assert_str_eq(comparison.settings.items.items[0].key, "seed");
    ck_assert_str_eq(comparison.settings.items.items[0].values[1], "8");
    ck_assert_str_eq(comparison.settings.items.items[1].key, "inputs.machine");
    ck_assert_ptr_null(comparison.settings.items.items[1].values[1]);
    ck_assert_str_eq(comparison.settings.items.items[2].key, "vm.ratio");
    ck_assert_str_eq(comparison.settings.items.items[2].values[0], "[1,2]");
    ck_assert_str_eq(comparison.settings.items.items[3].key, "devices[sda].seek_ns");
}
END_TEST

static void expect_report(enum report_format format, const char *words)
{
    struct strbuf text = {0};

    report_add(&text, &comparison, format, false);
    ck_assert(!text.failed);
    ck_assert_msg(strstr(text.data, words), "no '%s' in\n%s", words, text.data);
    strbuf_fini(&text);
}

START_TEST(each_report_has_the_broken_threshold)
{
    ck_assert(compare(NULL, "vmstat.allocstall < 3", RUN("5", "4"), RUN("6", "5")));
    expect_report(REPORT_TABLE, "1 of 1 threshold is broken\n");
    expect_report(REPORT_TABLE,
                  "vmstat.allocstall     4          5      +1  +25.0 %  BROKEN (< 3)\n");
    expect_report(REPORT_TABLE, "broken  vmstat.allocstall < 3: 5 (base 4, limit 3)\n");
    expect_report(REPORT_TABLE, "tick 1 (10 ns), zone 0/DMA: free is 5 in the base, 6 in");
    expect_report(REPORT_TABLE, "base       0.000000003 s, k4: goes to sleep\n");
    expect_report(REPORT_MARKDOWN,
                  "| `vmstat.allocstall` | 4 | 5 | +1 | +25.0 % | **BROKEN (< 3)** |\n");
    expect_report(REPORT_JSON, "\"thresholds\":[{\"metric\":\"vmstat.allocstall\",\"condition\":"
                               "\"< 3\",\"side\":1,\"value\":5,\"baseline\":4,\"operator\":\"<\","
                               "\"limit\":3,\"met\":false}]");
    expect_report(REPORT_JUNIT, "<testcase classname=\"w\" name=\"vmstat.allocstall &lt; 3\" "
                                "time=\"0\">\n      <failure message=\"");
}
END_TEST

static bool report_without_memory(unsigned n, enum report_format format)
{
    struct strbuf text = {0};
    bool reached;

    fail_malloc_at(n);
    report_add(&text, &comparison, format, true);
    reached = fail_malloc_off();
    ck_assert(!reached || text.failed);
    strbuf_fini(&text);
    return reached;
}

START_TEST(a_result_names_its_workload_without_escapes)
{
    static const char head[] = "{\"type\":\"header\",\"schema_version\":1,\"workload\":\"";
    struct result_facts facts = {0};
    char line[512];
    char cut[FACT_TEXT_MAX];
    int length;

    length = snprintf(line, sizeof(line), "%sa\\\"b\\u00e9\"}", head);
    ck_assert(result_facts_line(&facts, line, (size_t)length, &err));
    ck_assert_str_eq(facts.workload, "a\"b\xc3\xa9");
    result_facts_fini(&facts);
    memset(cut, 'x', sizeof(cut));
    cut[FACT_TEXT_MAX - 2] = '\0';
    length = snprintf(line, sizeof(line), "%s%s\xc3\xa9!\"}", head, cut);
    facts = (struct result_facts){0};
    ck_assert(result_facts_line(&facts, line, (size_t)length, &err));
    ck_assert_str_eq(facts.workload, cut); /* half a character would be left of the next */
    result_facts_fini(&facts);
}
END_TEST

START_TEST(lines_may_end_in_cr_lf)
{
    struct byte_lines lines = sample_lines("ab\r\n\r\n\nc\r");
    const char *line;
    size_t length;

    ck_assert(byte_lines_next(&lines, &line, &length, &err) && length == 2);
    ck_assert(byte_lines_next(&lines, &line, &length, &err) && length == 0);
    ck_assert(byte_lines_next(&lines, &line, &length, &err) && length == 0);
    ck_assert(!byte_lines_next(&lines, &line, &length, &err));
}
END_TEST

START_TEST(a_report_without_memory_has_failed)
{
    ck_assert(compare(NULL, "vmstat.allocstall < 3", RUN("5", "4"), RUN("6", "5")));
    for (enum report_format format = REPORT_TABLE; format <= REPORT_JUNIT; format++)
        for (unsigned n = 0; report_without_memory(n, format); n++)
            ;
}
END_TEST

START_TEST(a_comparison_without_memory_is_an_error)
{
    bool ok = false;

    ck_assert(thresholds_add(&thresholds, "zones[*].free.mean < 3", &err));
    for (unsigned n = 0; !ok; n++) {
        bool reached;

        comparison = (struct comparison){.nr_sides = 2, .nr_seeds = 1};
        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = comparison_init(&comparison, NULL, 0, &thresholds, &err) &&
             take(0, 0, RUN("5", "4")) && take(1, 0, RUN("6", "5")) &&
             comparison_settle(&comparison, &err);
        reached = fail_malloc_off();
        if (reached)
            ck_assert(!ok && err.code == ERR_OUT_OF_MEMORY);
        comparison_fini(&comparison);
    }
    comparison = (struct comparison){0};
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comparison");
    TCase *tcase = tcase_create("comparison");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_lower_stall_is_better);
    tcase_add_test(tcase, equal_runs_pass);
    tcase_add_test(tcase, a_missing_value_is_no_change);
    tcase_add_test(tcase, thresholds_decide_alone);
    tcase_add_test(tcase, a_metric_that_nobody_knows_is_an_error_with_its_place);
    tcase_add_test(tcase, what_the_headline_lacks_is_not_missed);
    tcase_add_test(tcase, an_element_of_one_side_only_has_a_row);
    tcase_add_test(tcase, an_element_that_the_candidate_lacks_meets_nothing);
    tcase_add_test(tcase, other_ticks_and_no_direction_are_refused);
    tcase_add_test(tcase, unfinished_and_foreign_files_are_refused);
    tcase_add_test(tcase, seeds_that_lie_apart_show_a_difference);
    tcase_add_test(tcase, seeds_that_overlap_show_none);
    tcase_add_test(tcase, settings_that_differ_are_listed);
    tcase_add_test(tcase, each_report_has_the_broken_threshold);
    tcase_add_test(tcase, a_result_names_its_workload_without_escapes);
    tcase_add_test(tcase, lines_may_end_in_cr_lf);
    tcase_add_test(tcase, a_report_without_memory_has_failed);
    tcase_add_test(tcase, a_comparison_without_memory_is_an_error);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
