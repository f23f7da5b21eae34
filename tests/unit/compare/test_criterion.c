/* SPDX-License-Identifier: MIT */
/* Tests of conditions on metrics. */
#include <string.h>

#include "base/rng.h"
#include "compare/criterion.h"
#include "lib/test.h"

#define NONE ((struct metric_value){0})

static struct metric_value milli(int128 value)
{
    return (struct metric_value){true, value};
}

static struct criterion parsed(const char *text, const char *metric)
{
    struct criterion criterion;
    struct sim_error err = {0};

    ck_assert_msg(criterion_parse(&criterion, text, metric, true, &err), "%s: %s", text,
                  err.message);
    return criterion;
}

/* Whether value (thousandths) meets the condition with that baseline. */
static bool met(const char *text, int128 value, int128 baseline)
{
    struct criterion criterion = parsed(text, "alloc.failed");

    return criterion_met(&criterion, milli(value), milli(baseline));
}

START_TEST(absolute_conditions_compare_with_the_number)
{
    ck_assert(met("== 0", 0, 7) && !met("== 0", 1, 7));
    ck_assert(met("!=0", 1, 7) && !met("!= 0", 0, 7));
    ck_assert(met("<5", 4999, 7) && !met("< 5", 5000, 7));
    ck_assert(met("<=5", 5000, 7) && !met("<= 5", 5001, 7));
    ck_assert(met(">=-1.5", -1500, 7) && !met(">= -1.5", -1501, 7));
    ck_assert(met("> 10ms", (int128)10000001 * 1000, 7));
    ck_assert(!met(" > 10ms ", (int128)10000000 * 1000, 7));
    ck_assert(met("<= 64MiB", (int128)67108864 * 1000, 7));
}
END_TEST

START_TEST(relative_conditions_follow_the_baseline)
{
    ck_assert(met("<= baseline", 100, 100) && !met("<= baseline", 101, 100));
    ck_assert(met("<= baseline * 1.05", 105, 100) && !met("<= baseline*1.05", 106, 100));
    ck_assert(met("<= baseline + 5%", 105, 100) && !met("<= baseline+5%", 106, 100));
    ck_assert(met(">= baseline - 10%", 90, 100) && !met(">= baseline -10 %", 89, 100));
    ck_assert(met("<= baseline + 2", 2100, 100) && !met("<= baseline + 2", 2101, 100));
    ck_assert(met("<= baseline * 2 - 1", 1000, 1000) && !met("<= baseline*2-1", 1001, 1000));
    ck_assert(met("== baseline", 5, 5) && met("!= baseline", 5, 6));
    ck_assert(met("<= baseline + 0.001%", 100001, 100000));
    ck_assert(!met("<= baseline + 0.001%", 100002, 100000));
}
END_TEST

START_TEST(a_percentage_is_of_the_magnitude_below_zero_too)
{
    ck_assert(met(">= baseline - 10%", -110, -100) && !met(">= baseline - 10%", -111, -100));
    ck_assert(met("<= baseline + 10%", -90, -100) && !met("<= baseline + 10%", -89, -100));
    ck_assert(met(">= baseline * 1.1", -110, -100) && !met(">= baseline * 0.9", -100, -100));
}
END_TEST

START_TEST(comparisons_are_made_before_rounding)
{
    /* 5 % more than 0.001 is 0.00105 */
    ck_assert(met("< baseline * 1.05", 1, 1) && !met("< baseline * 1.05", 2, 1));
    ck_assert(!met("== baseline * 1.05", 1, 1));
}
END_TEST

START_TEST(no_worse_goes_by_the_direction_and_the_size)
{
    struct criterion lower = parsed("no worse", "alloc.failed");
    struct criterion higher = parsed("no worse than 10%", "zones[0/DMA].margin_low_pages.min");

    ck_assert_int_eq(lower.op, CRITERION_LE);
    ck_assert(criterion_met(&lower, milli(5), milli(5)));
    ck_assert(!criterion_met(&lower, milli(6), milli(5)));
    ck_assert_int_eq(higher.op, CRITERION_GE);
    ck_assert(criterion_met(&higher, milli(90), milli(100)));
    ck_assert(!criterion_met(&higher, milli(89), milli(100)));
    ck_assert(criterion_met(&higher, milli(-110), milli(-100)));
    ck_assert(!criterion_met(&higher, milli(-111), milli(-100)));
    lower = parsed("no  worse than 10 %", "alloc.failed");
    ck_assert(criterion_met(&lower, milli(-90), milli(-100)));
    ck_assert(!criterion_met(&lower, milli(-89), milli(-100)));
}
END_TEST

START_TEST(missing_values_meet_nothing_but_each_other)
{
    static const struct {
        const char *text;
        bool both, value_only, baseline_only;
    } cases[] = {
        {"== baseline", true, false, false},  {"<= baseline", true, false, false},
        {">= baseline", true, false, false},  {"no worse", true, false, false},
        {"< baseline", false, false, false},  {"> baseline", false, false, false},
        {"!= baseline", false, false, false}, {"== 0", false, true, false},
        {"<= 0", false, true, false},         {"!= 5", false, true, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct criterion criterion = parsed(cases[i].text, "alloc.failed");

        ck_assert_int_eq(criterion_met(&criterion, NONE, NONE), cases[i].both);
        ck_assert_int_eq(criterion_met(&criterion, milli(0), NONE), cases[i].value_only);
        ck_assert_int_eq(criterion_met(&criterion, NONE, milli(0)), cases[i].baseline_only);
    }
}
END_TEST

static void expect_limit(const char *text, int128 baseline, int128 expected)
{
    struct criterion criterion = parsed(text, "alloc.failed");

    ck_assert(criterion_limit(&criterion, milli(baseline)).milli == expected);
}

START_TEST(the_limit_is_rounded_for_messages)
{
    struct criterion criterion = parsed("<= baseline", "alloc.failed");

    expect_limit("<= 5", 77, 5000);
    expect_limit("<= baseline * 1.05", 979000, 1027950);
    expect_limit("<= baseline + 5%", 1, 1);
    expect_limit("<= baseline + 50%", 1, 2);
    expect_limit("no worse than 5%", -100000, -95000);
    ck_assert(!criterion_limit(&criterion, NONE).present);
    criterion = parsed("<= 5", "alloc.failed");
    ck_assert(criterion_limit(&criterion, NONE).milli == 5000);
}
END_TEST

START_TEST(what_is_no_condition_is_refused)
{
    static const char *const texts[] = {
        "",
        "5",
        "=5",
        "= 5",
        "<",
        "<= ",
        "<= x",
        "<= 5 6",
        "<= 5%",
        "=> 5",
        "<> 5",
        "<= 1.2345",
        "baseline",
        "<= baseline 5",
        "<= baseline * ",
        "<= baseline * x",
        "<= baseline + ",
        "<= baseline / 2",
        "<= baselines",
        "<= baseline5",
        "no",
        "worse",
        "nothing",
        "no worse 5%",
        "no worse than",
        "no worse than 5",
        "no worse than -5%",
        "no worse than x%",
        "noworse",
        "<= baseline * 10000",
        "<= baseline * -10000",
        "<= baseline + 1000000%",
        "<= baseline * 2 + 5%",
        "<= baseline + 5% + 3",
        "<= 2 * baseline",
        "<= 0x10",
        "<= 18446744073709551616",
        "== == 5",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct criterion criterion;
        struct sim_error err = {0};

        ck_assert_msg(!criterion_parse(&criterion, texts[i], "alloc.failed", true, &err), "%s",
                      texts[i]);
        ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
        ck_assert_str_ne(err.hint, "");
    }
}
END_TEST

START_TEST(a_goal_has_no_baseline)
{
    static const char *const texts[] = {"<= baseline", "no worse", "no worse than 5%"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct criterion criterion;
        struct sim_error err = {0};

        ck_assert(!criterion_parse(&criterion, texts[i], "alloc.failed", false, &err));
        ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
    }
}
END_TEST

START_TEST(no_worse_needs_a_direction)
{
    struct criterion criterion;
    struct sim_error err = {0};

    ck_assert(!criterion_parse(&criterion, "no worse", "alloc.count", true, &err));
    ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
    ck_assert(strstr(err.hint, "baseline"));
}
END_TEST

static void expect_split(const char *text, const char *metric, const char *condition)
{
    char name[64];
    const char *rest;
    struct sim_error err = {0};

    ck_assert_msg(criterion_split(text, name, sizeof(name), &rest, &err), "%s", text);
    ck_assert_str_eq(name, metric);
    ck_assert_str_eq(rest, condition);
}

START_TEST(metric_and_condition_are_split_at_the_operator)
{
    expect_split("vmstat.allocstall == 0", "vmstat.allocstall", "== 0");
    expect_split("  a.b<=5 ", "a.b", "<=5 ");
    expect_split("a.b no worse than 5%", "a.b", "no worse than 5%");
    expect_split("a.b\tno worse", "a.b", "no worse");
    expect_split("tasks[a <= b].x > 3", "tasks[a <= b].x", "> 3");
    expect_split("tasks[a\\] no worse].x != 3", "tasks[a\\] no worse].x", "!= 3");
    expect_split("z[0].f.first_below(4) >= 1s", "z[0].f.first_below(4)", ">= 1s");
    expect_split("node.now == 1", "node.now", "== 1");
}
END_TEST

START_TEST(what_has_no_metric_or_no_condition_is_not_split)
{
    static const char *const texts[] = {
        "",
        "a.b",
        "== 0",
        "  < 5",
        "tasks[a <= b]",
        "no worse",
        "a.very.long.name.that.does.not.fit.into.the.buffer.of.64.bytes.of.this.test == 0",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char name[64];
        const char *rest;
        struct sim_error err = {0};

        ck_assert_msg(!criterion_split(texts[i], name, sizeof(name), &rest, &err), "%s", texts[i]);
        ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
    }
}
END_TEST

START_TEST(the_largest_values_do_not_overflow)
{
    static const char *const texts[] = {"<= baseline * 9999.999 + 18446744073709551615",
                                        "<= baseline + 999999.999%", "no worse than 999999.999%",
                                        "<= baseline * -9999.999 - 18446744073709551615"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct criterion criterion = parsed(texts[i], "alloc.failed");

        for (int sign = -1; sign <= 1; sign += 2) {
            int128 base = METRIC_VALUE_MAX * sign, limit;

            limit = criterion_limit(&criterion, milli(base)).milli;
            ck_assert(limit / sign * (i == 3 ? -1 : 1) > 0 || i == 1 || i == 2);
            ck_assert(criterion_met(&criterion, milli(-METRIC_VALUE_MAX), milli(base)) ==
                      (-METRIC_VALUE_MAX <= limit));
            ck_assert(criterion_met(&criterion, milli(METRIC_VALUE_MAX), milli(base)) ==
                      (METRIC_VALUE_MAX <= limit));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("criterion");

    TEST_CASE(suite, "judge", absolute_conditions_compare_with_the_number,
              relative_conditions_follow_the_baseline,
              a_percentage_is_of_the_magnitude_below_zero_too, comparisons_are_made_before_rounding,
              no_worse_goes_by_the_direction_and_the_size,
              missing_values_meet_nothing_but_each_other, the_limit_is_rounded_for_messages,
              the_largest_values_do_not_overflow);
    TEST_CASE(suite, "parse", what_is_no_condition_is_refused, a_goal_has_no_baseline,
              no_worse_needs_a_direction);
    TEST_CASE(suite, "split", metric_and_condition_are_split_at_the_operator,
              what_has_no_metric_or_no_condition_is_not_split);
    return test_run(suite);
}
