/* SPDX-License-Identifier: MIT */
/* Tests of finding where two results differ first. */
#include "compare/difference.h"

#include "compare_sample.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

#define HEADER SAMPLE_HEADER("10", "true")

static struct difference difference;
static struct sim_error err;

static bool find(const char *a, const char *b, bool events)
{
    struct byte_lines lines[2] = {sample_lines(a), sample_lines(b)};
    struct line_source sources[2] = {sample_source(&lines[0]), sample_source(&lines[1])};

    difference_fini(&difference);
    err = (struct sim_error){0};
    return difference_find(&difference, &sources[0], &sources[1], events, &err);
}

static void expect(enum difference_kind kind, uint64_t tick, const char *path)
{
    ck_assert_msg(!sim_error_is_set(&err), "%s", err.message);
    ck_assert_int_eq(difference.kind, kind);
    ck_assert_uint_eq(difference.tick, tick);
    ck_assert_str_eq(difference.path, path);
}

START_TEST(equal_outputs_have_none)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("12", "0");
    const char *b =
        HEADER SAMPLE_EVENT("3", "k") SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("12", "0");

    ck_assert(find(a, a, true));
    expect(DIFFERENCE_NONE, 0, "");
    ck_assert(find(a, b, false));
    expect(DIFFERENCE_NONE, 0, "");
}
END_TEST

START_TEST(the_tick_the_zone_and_the_counter_are_found)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("20", "7", "1", "0")
        SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER SAMPLE_TICK("10", "5", "2", "0") SAMPLE_TICK("20", "8", "2", "1")
        SAMPLE_SUMMARY("22", "1");
    char zone[32];
    const char *rest;

    ck_assert(find(a, b, false));
    expect(DIFFERENCE_VALUE, 2, "zones[0/DMA].free");
    ck_assert_uint_eq(difference.time_ns, 20);
    ck_assert_str_eq(difference.values[0], "7");
    ck_assert_str_eq(difference.values[1], "8");
    ck_assert_uint_eq(difference.others, 1);
    ck_assert(difference_zone(&difference, zone, sizeof(zone), &rest));
    ck_assert_str_eq(zone, "0/DMA");
    ck_assert_str_eq(rest, "free");
}
END_TEST

START_TEST(settings_count_only_when_nothing_else_differs)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER SAMPLE_TICK("10", "5", "2", "0") SAMPLE_SUMMARY("22", "0");
    const char *c = HEADER SAMPLE_TICK("10", "5", "2", "0") SAMPLE_SUMMARY("22", "3");
    const char *rest;
    char zone[8];

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_SETTINGS, 1, "zones[0/DMA].pages_min");
    ck_assert(find(a, c, true));
    expect(DIFFERENCE_VALUE, 0, "vmstat.allocstall");
    ck_assert(!difference_zone(&difference, zone, sizeof(zone), &rest));
    ck_assert_str_eq(rest, "vmstat.allocstall");
}
END_TEST

START_TEST(the_first_event_since_the_last_equal_tick_is_the_cause)
{
    const char *a = HEADER SAMPLE_EVENT("1", "only-here") SAMPLE_TICK("10", "5", "1", "0")
        SAMPLE_EVENT("11", "same") SAMPLE_EVENT("12", "this") SAMPLE_TICK("20", "7", "1", "0")
            SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_EVENT("11", "same")
        SAMPLE_EVENT("13", "that") SAMPLE_EVENT("14", "more") SAMPLE_TICK("20", "8", "1", "0")
            SAMPLE_SUMMARY("22", "0");

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_VALUE, 2, "zones[0/DMA].free");
    ck_assert(difference.event_found && !difference.event_later);
    ck_assert_str_eq(difference.events[0].words.data, "this: goes to sleep");
    ck_assert_str_eq(difference.events[1].words.data, "that: goes to sleep");
    ck_assert_uint_eq(difference.events[1].time_ns, 13);
}
END_TEST

START_TEST(an_event_on_one_side_only_is_a_cause)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *b =
        HEADER SAMPLE_EVENT("3", "k") SAMPLE_TICK("10", "6", "1", "0") SAMPLE_SUMMARY("22", "0");

    ck_assert(find(a, b, true));
    ck_assert(difference.event_found);
    ck_assert_uint_eq(difference.events[0].words.length, 0);
    ck_assert_str_eq(difference.events[1].words.data, "k: goes to sleep");
}
END_TEST

START_TEST(without_an_earlier_event_the_next_one_is_told)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("20", "5", "1", "0")
        SAMPLE_EVENT("21", "late") SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER SAMPLE_TICK("10", "6", "1", "0") SAMPLE_TICK("20", "6", "1", "0")
        SAMPLE_SUMMARY("22", "0");
    const char *c = HEADER SAMPLE_TICK("10", "6", "1", "0") SAMPLE_TICK("20", "6", "1", "0")
        SAMPLE_EVENT("21", "late") SAMPLE_SUMMARY("22", "0");

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_VALUE, 1, "zones[0/DMA].free");
    ck_assert(difference.event_found && difference.event_later);
    ck_assert(find(a, c, true));
    ck_assert(!difference.event_found && !difference.event_later);
}
END_TEST

START_TEST(events_of_the_same_words_are_told_apart)
{
#define NODE(node)                                                                               \
    "{\"type\":\"event\",\"event\":\"kswapd_sleep\",\"time_ns\":3,\"task\":\"k\",\"node\":" node \
    "}\n"
    const char *a = HEADER NODE("0") SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER NODE("1") SAMPLE_TICK("10", "6", "1", "0") SAMPLE_SUMMARY("22", "0");

    ck_assert(find(a, b, true));
    ck_assert_str_eq(difference.events[0].words.data, "k: goes to sleep; node 0");
    ck_assert_str_eq(difference.events[1].words.data, "k: goes to sleep; node 1");
}
END_TEST

START_TEST(a_run_that_ends_earlier_is_a_difference)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("10", "0");
    const char *b = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("20", "5", "1", "0")
        SAMPLE_SUMMARY("22", "0");
    const char *between = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("15", "5", "1", "0")
        SAMPLE_SUMMARY("15", "0");

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_LENGTH, 1, "");
    ck_assert_str_eq(difference.values[0], "ends");
    ck_assert_str_eq(difference.values[1], "goes on");
    ck_assert(find(b, between, true));
    expect(DIFFERENCE_LENGTH, 1, "");
    ck_assert_str_eq(difference.values[1], "ends");
}
END_TEST

START_TEST(an_end_forgets_the_settings_that_differed_before)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("10", "0");
    const char *b = HEADER SAMPLE_TICK("10", "5", "2", "0") SAMPLE_TICK("20", "5", "2", "0")
        SAMPLE_SUMMARY("22", "0");

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_LENGTH, 1, "");
    ck_assert_uint_eq(difference.others, 0);
}
END_TEST

START_TEST(events_alone_differ_only_when_no_line_does)
{
    const char *a =
        HEADER SAMPLE_EVENT("1", "same") SAMPLE_TICK("10", "5", "1", "0") SAMPLE_EVENT("11", "this")
            SAMPLE_TICK("20", "5", "1", "0") SAMPLE_EVENT("21", "that") SAMPLE_SUMMARY("22", "0");
    const char *b = HEADER SAMPLE_EVENT("1", "same") SAMPLE_TICK("10", "5", "1", "0")
        SAMPLE_TICK("20", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *last = HEADER SAMPLE_EVENT("1", "same") SAMPLE_TICK("10", "5", "1", "0")
        SAMPLE_EVENT("11", "this") SAMPLE_TICK("20", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *counter = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("20", "5", "1", "0")
        SAMPLE_SUMMARY("22", "1");

    ck_assert(find(a, b, true));
    expect(DIFFERENCE_EVENTS, 2, "");
    ck_assert_uint_eq(difference.time_ns, 20);
    ck_assert(difference.event_found);
    ck_assert_str_eq(difference.events[0].words.data, "this: goes to sleep");
    ck_assert_uint_eq(difference.events[1].words.length, 0);
    ck_assert(find(last, a, true));
    expect(DIFFERENCE_EVENTS, 0, "");
    ck_assert_str_eq(difference.events[1].words.data, "that: goes to sleep");
    ck_assert(find(a, b, false));
    expect(DIFFERENCE_NONE, 0, "");
    ck_assert(find(last, counter, true));
    expect(DIFFERENCE_VALUE, 0, "vmstat.allocstall");
    ck_assert(!difference.event_found);
}
END_TEST

static void expect_error(const char *a, const char *b, enum sim_error_code code)
{
    ck_assert(!find(a, b, true));
    ck_assert_int_eq(err.code, code);
}

START_TEST(what_is_not_comparable_is_refused)
{
    const char *a = HEADER SAMPLE_TICK("10", "5", "1", "0") SAMPLE_TICK("20", "5", "1", "0")
        SAMPLE_SUMMARY("20", "0");
    const char *b = HEADER SAMPLE_TICK("11", "5", "1", "0") SAMPLE_TICK("20", "5", "1", "0")
        SAMPLE_SUMMARY("20", "0");

    expect_error(a, b, ERR_NOT_COMPARABLE);
    expect_error(a, HEADER SAMPLE_TICK("10", "5", "1", "0"), ERR_RESULT_UNFINISHED);
    expect_error(a, SAMPLE_SUMMARY("20", "0"), ERR_RESULT_FORMAT);
    expect_error(a, HEADER "{\"type\":\"other\"}\n", ERR_RESULT_FORMAT);
    expect_error(a, "", ERR_RESULT_FORMAT);
}
END_TEST

START_TEST(a_failed_allocation_is_an_error)
{
    const char *a =
        HEADER SAMPLE_EVENT("3", "i") SAMPLE_TICK("10", "5", "1", "0") SAMPLE_SUMMARY("22", "0");
    const char *b =
        HEADER SAMPLE_EVENT("3", "k") SAMPLE_TICK("10", "6", "1", "0") SAMPLE_SUMMARY("22", "0");
    bool ok;

    for (unsigned n = 0;; n++) {
        fail_malloc_at(n);
        ok = find(a, b, true);
        if (!fail_malloc_off())
            break;
        /* cJSON cannot tell lack of memory from a line that is no JSON */
        ck_assert(!ok && (err.code == ERR_OUT_OF_MEMORY || err.code == ERR_RESULT_FORMAT));
    }
    ck_assert(ok);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("difference");
    int code;

    TEST_CASE(suite, "ticks", equal_outputs_have_none, the_tick_the_zone_and_the_counter_are_found,
              settings_count_only_when_nothing_else_differs,
              a_run_that_ends_earlier_is_a_difference,
              an_end_forgets_the_settings_that_differed_before,
              events_alone_differ_only_when_no_line_does, what_is_not_comparable_is_refused);
    TEST_CASE(suite, "events", the_first_event_since_the_last_equal_tick_is_the_cause,
              an_event_on_one_side_only_is_a_cause, without_an_earlier_event_the_next_one_is_told,
              events_of_the_same_words_are_told_apart, a_failed_allocation_is_an_error);
    code = test_run(suite);
    difference_fini(&difference);
    return code;
}
