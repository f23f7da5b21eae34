/* SPDX-License-Identifier: MIT */
/* Tests of metric values and their text forms. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "compare/metric_value.h"
#include "lib/test.h"

static struct metric_value milli(int128 value)
{
    return (struct metric_value){true, value};
}

static void expect_format(struct metric_value value, const char *expected)
{
    struct strbuf buf = {0};

    metric_value_format(&buf, value);
    ck_assert_str_eq(buf.data, expected);
    strbuf_fini(&buf);
}

static void expect_unit(int128 value, const char *metric, const char *expected)
{
    struct strbuf buf = {0};

    metric_value_format_unit(&buf, milli(value), metric);
    ck_assert_str_eq(buf.data, expected);
    strbuf_fini(&buf);
}

START_TEST(values_are_written_without_trailing_zeros)
{
    expect_format((struct metric_value){0}, "-");
    expect_format(milli(0), "0");
    expect_format(milli(42000), "42");
    expect_format(milli(-125), "-0.125");
    expect_format(milli(1), "0.001");
    expect_format(milli(-1500), "-1.5");
    expect_format(milli(100050), "100.05");
    expect_format(milli((int128)UINT64_MAX * 1000), "18446744073709551615");
    expect_format(metric_value_of(INT64_MIN), "-9223372036854775808");
    expect_format(milli(-METRIC_VALUE_MAX), "-1237940039285380274899124.224");
}
END_TEST

START_TEST(nanoseconds_get_the_largest_unit_that_fits)
{
    expect_unit(0, "late.total_ns", "0");
    expect_unit(999000, "late.total_ns", "999 ns");
    expect_unit(12345, "late.total_ns", "12.345 ns");
    expect_unit(1000000, "late.total_ns", "1.000 us");
    expect_unit(1250000000, "late.total_ns", "1.250 ms");
    expect_unit(-1250000000, "late.total_ns", "-1.250 ms");
    expect_unit((int128)61 * 1000000000000, "late.total_ns", "61.000 s");
    /* 999.9996 us is a millisecond once it is rounded */
    expect_unit(999999600, "late.total_ns", "1.000 ms");
    expect_unit(999999400, "late.total_ns", "999.999 us");
}
END_TEST

START_TEST(permille_become_percent)
{
    expect_unit(37000, "rates.cache_hit_permille", "3.7 %");
    expect_unit(1000000, "rates.cache_hit_permille", "100 %");
    expect_unit(37125, "rates.cache_hit_permille.mean", "3.713 %");
    expect_unit(37000, "alloc.count", "37");
}
END_TEST

START_TEST(a_missing_value_equals_itself_only)
{
    struct metric_value none = {.present = false, .milli = 5};

    ck_assert(metric_value_equal(none, (struct metric_value){0}));
    ck_assert(!metric_value_equal(none, milli(0)));
    ck_assert(!metric_value_equal(milli(5), none));
    ck_assert(metric_value_equal(milli(5), milli(5)));
    ck_assert(!metric_value_equal(milli(5), milli(6)));
}
END_TEST

START_TEST(division_rounds_half_away_from_zero)
{
    for (int dividend = -50; dividend <= 50; dividend++) {
        for (int divisor = 1; divisor <= 9; divisor++) {
            int size = dividend < 0 ? -dividend : dividend;
            int rounded = (2 * size + divisor) / (2 * divisor);

            ck_assert_int_eq((int)int128_divide(dividend, divisor),
                             dividend < 0 ? -rounded : rounded);
        }
    }
}
END_TEST

static void expect_parse(const char *text, int128 expected)
{
    struct metric_value value;

    ck_assert_msg(metric_value_parse(text, strlen(text), &value), "%s", text);
    ck_assert(value.present);
    ck_assert_msg(value.milli == expected, "%s", text);
}

START_TEST(numbers_are_read_with_sign_decimals_and_units)
{
    expect_parse("0", 0);
    expect_parse("-0", 0);
    expect_parse("42", 42000);
    expect_parse("+42", 42000);
    expect_parse("-1.5", -1500);
    expect_parse("0.001", 1);
    expect_parse("1.050", 1050);
    expect_parse("10ms", (int128)10000000 * 1000);
    expect_parse("-1.5us", -1500000);
    expect_parse("64MiB", (int128)67108864 * 1000);
    expect_parse("3m", (int128)180 * 1000000000 * 1000);
    expect_parse("18446744073709551615", (int128)UINT64_MAX * 1000);
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const texts[] = {
        "",     "-",      "--1", "+-1",  " 1",    "1 ",   "1.",
        ".5",   "1.2345", "1e3", "0x10", "-0x10", "010",  "1,5",
        "1.-5", "1.5.5",  "abc", "5%",   "10 ms", "10mz", "18446744073709551616",
        "NaN",  "1.5ns",
    };
    struct metric_value value = milli(77);

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        ck_assert_msg(!metric_value_parse(texts[i], strlen(texts[i]), &value), "%s", texts[i]);
    ck_assert(value.milli == 77);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    struct rng rng;
    struct strbuf buf = {0};

    rng_init(&rng, 1, "metric_value");
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t size = rng_next(&rng) >> rng_below(&rng, 64);
        struct metric_value value = milli(rng_below(&rng, 2) ? (int128)size : -(int128)size), again;

        strbuf_reset(&buf);
        metric_value_format(&buf, value);
        ck_assert(metric_value_parse(buf.data, buf.length, &again));
        ck_assert(metric_value_equal(value, again));
    }
    strbuf_fini(&buf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metric_value");

    TEST_CASE(suite, "format", values_are_written_without_trailing_zeros,
              nanoseconds_get_the_largest_unit_that_fits, permille_become_percent);
    TEST_CASE(suite, "numbers", a_missing_value_equals_itself_only,
              division_rounds_half_away_from_zero);
    TEST_CASE(suite, "parse", numbers_are_read_with_sign_decimals_and_units,
              what_is_no_number_is_refused, what_is_written_is_read_again);
    return test_run(suite);
}
