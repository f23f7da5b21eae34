/* SPDX-License-Identifier: MIT */
/* Texts that are numbers, durations and sizes, and texts that are not. */
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

#include "lib/test.h"

struct uint_row {
    const char *text;
    uint64_t value;
};

static const uint64_t UNTOUCHED = UINT64_C(0x5a5a5a5a5a5a5a5a);

typedef bool parse_fn(const char *text, size_t length, uint64_t *ret_value);

/* A copy without terminator: reading past the length is a sanitizer report. */
static bool parse_exactly(parse_fn *parse, const char *text, uint64_t *ret_value)
{
    size_t length = strlen(text);
    char *copy = malloc(length + !length);
    bool ok;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, length);
    ok = parse(copy, length, ret_value);
    free(copy);
    return ok;
}

static void expect_values(parse_fn *parse, const struct uint_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value = UNTOUCHED;

        ck_assert_msg(parse_exactly(parse, rows[i].text, &value), "%s", rows[i].text);
        ck_assert_msg(value == rows[i].value, "%s is %llu", rows[i].text,
                      (unsigned long long)value);
    }
}

static void expect_refusals(parse_fn *parse, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value = UNTOUCHED;

        ck_assert_msg(!parse_exactly(parse, texts[i], &value), "'%s' is %llu", texts[i],
                      (unsigned long long)value);
        ck_assert_msg(value == UNTOUCHED, "'%s' changed the result", texts[i]);
    }
}

#define NR_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(pages_bytes_and_kb_convert_at_four_kib)
{
    ck_assert_uint_eq(PAGE_SIZE, 4096);
    ck_assert_uint_eq(pages_to_bytes(3), 12288);
    ck_assert_uint_eq(pages_to_kb(3), 12);
    ck_assert_uint_eq(kb_to_pages(12), 3);
    ck_assert_uint_eq(kb_to_pages(15), 3);
    ck_assert_uint_eq(kb_to_pages(3), 0);
}
END_TEST

START_TEST(unsigned_integers_are_decimal_or_hexadecimal)
{
    static const struct uint_row rows[] = {
        {"0", 0},
        {"1", 1},
        {"9", 9},
        {"10", 10},
        {"18446744073709551615", UINT64_MAX},
        {"0x0", 0},
        {"0xfF", 255},
        {"0x0020d2", 0x20d2},
        {"0xffffffffffffffff", UINT64_MAX},
        {"0x00000000000000000000001", 1},
    };

    expect_values(uint_parse, rows, NR_ITEMS(rows));
}
END_TEST

START_TEST(other_unsigned_integers_are_refused)
{
    static const char *const texts[] = {
        "",
        " ",
        "-1",
        "+1",
        "-0",
        "00",
        "01",
        "1 ",
        " 1",
        "1.0",
        "1e3",
        "1_000",
        "0x",
        "0X1",
        "0xg",
        "0x1 ",
        "x1",
        "a",
        "1a",
        "18446744073709551616",
        "18446744073709551620",
        "99999999999999999999",
        "0x10000000000000000",
        "\xd9\xa3",
    };

    expect_refusals(uint_parse, texts, NR_ITEMS(texts));
}
END_TEST

START_TEST(the_length_ends_the_text)
{
    uint64_t value;

    ck_assert(uint_parse("123", 2, &value));
    ck_assert_uint_eq(value, 12);
    ck_assert(duration_parse("10ms", 3, &value) && value == 10 * 60 * NSEC_PER_SEC);
    ck_assert(!size_parse("4GiB", 3, &value));
    ck_assert(!uint_parse("1\0"
                          "2",
                          3, &value));
}
END_TEST

START_TEST(signed_integers_reach_both_ends)
{
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-1", -1},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775807", -INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };

    for (size_t i = 0; i < NR_ITEMS(rows); i++) {
        int64_t value = 42;

        ck_assert_msg(int_parse(rows[i].text, strlen(rows[i].text), &value), "%s", rows[i].text);
        ck_assert_int_eq(value, rows[i].value);
    }
}
END_TEST

START_TEST(other_signed_integers_are_refused)
{
    static const char *const texts[] = {
        "",
        "-",
        "--1",
        "+1",
        "- 1",
        "-01",
        "01",
        "0x1",
        "-0x1",
        "1-",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "-18446744073709551616",
    };

    for (size_t i = 0; i < NR_ITEMS(texts); i++) {
        int64_t value = 42;

        ck_assert_msg(!int_parse(texts[i], strlen(texts[i]), &value), "'%s'", texts[i]);
        ck_assert_int_eq(value, 42);
    }
}
END_TEST

START_TEST(durations_have_every_unit_and_exact_fractions)
{
    static const struct uint_row rows[] = {
        {"0", 0},
        {"500", 500},
        {"0x10", 16},
        {"500ns", 500},
        {"250us", 250000},
        {"10ms", 10000000},
        {"2s", 2000000000},
        {"3m", 180000000000},
        {"1h", 3600000000000},
        {"0s", 0},
        {"0.0h", 0},
        {"1.5s", 1500000000},
        {"0.000000001s", 1},
        {"1.000000000s", 1000000000},
        {"1.0000000000000000000000000000000000s", 1000000000},
        {"0.5m", 30000000000},
        {"0.001us", 1},
        {"3.0ns", 3},
        {"0.0000000000025h", 9}, /* 3.6e12 ns an hour */
        {"18446744073.709551615s", UINT64_MAX},
        {"18446744073709551615ns", UINT64_MAX},
        {"5124095h", UINT64_C(5124095) * 3600 * NSEC_PER_SEC},
    };

    expect_values(duration_parse, rows, NR_ITEMS(rows));
}
END_TEST

START_TEST(other_durations_are_refused)
{
    static const char *const texts[] = {
        "",
        "s",
        "ms",
        ".5s",
        "1.s",
        "1.5",
        "1.",
        "-1s",
        "+1s",
        "1 s",
        "1s ",
        " 1s",
        "1S",
        "1MS",
        "1min",
        "1d",
        "1s2ms",
        "1.2.3s",
        "01s",
        "00.5s",
        "0x10s",
        "1e3s",
        "1,5s",
        "0.5ns",
        "0.0000000001s",
        "1.0000000005s",
        "0.0000000000001h",
        "18446744073.709551616s",
        "18446744074s",
        "18446744073709551616ns",
        "5124096h",
        "99999999999999999999999999s",
    };

    expect_refusals(duration_parse, texts, NR_ITEMS(texts));
}
END_TEST

START_TEST(sizes_have_every_unit_and_exact_fractions)
{
    static const struct uint_row rows[] = {
        {"0", 0},
        {"4096", 4096},
        {"0x1000", 4096},
        {"12B", 12},
        {"4096kB", UINT64_C(4096) << 10},
        {"128KiB", UINT64_C(128) << 10},
        {"64MiB", UINT64_C(64) << 20},
        {"4GiB", UINT64_C(4) << 30},
        {"1TiB", UINT64_C(1) << 40},
        {"1.5GiB", UINT64_C(3) << 29},
        {"0.25KiB", 256},
        {"0.0009765625KiB", 1},
        {"15.99609375TiB", UINT64_C(4095) << 32},
        {"16777215TiB", UINT64_C(16777215) << 40},
        {"18446744073709551615B", UINT64_MAX},
        {"18014398509481983.9990234375KiB", UINT64_MAX},
    };

    expect_values(size_parse, rows, NR_ITEMS(rows));
}
END_TEST

START_TEST(other_sizes_are_refused)
{
    static const char *const texts[] = {
        "",
        "B",
        "KiB",
        "1KB",
        "1MB",
        "1GB",
        "1TB",
        "1K",
        "1M",
        "1G",
        "1kib",
        "1KIB",
        "1mib",
        "1b",
        "1kiB",
        "1PiB",
        "1 MiB",
        "1MiB ",
        "-1MiB",
        "01MiB",
        "0x1MiB",
        ".5MiB",
        "1.MiB",
        "1.5",
        "0.5B",
        "0.1KiB",
        "0.3GiB",
        "16777216TiB",
        "18446744073709551616B",
        "18014398509481984KiB",
        "99999999999999999999TiB",
    };

    expect_refusals(size_parse, texts, NR_ITEMS(texts));
}
END_TEST

START_TEST(rates_are_bytes_per_second_in_decimal_or_binary_units)
{
    static const struct uint_row rows[] = {
        {"0", 0},
        {"4096", 4096},
        {"0x1000", 4096},
        {"512B/s", 512},
        {"512KiB/s", UINT64_C(512) << 10},
        {"64MiB/s", UINT64_C(64) << 20},
        {"1GiB/s", UINT64_C(1) << 30},
        {"60MB/s", 60000000},
        {"1.5MB/s", 1500000},
        {"0.000001MB/s", 1},
        {"1GB/s", 1000000000},
        {"18446744073.709551615GB/s", UINT64_MAX},
    };

    expect_values(rate_parse, rows, NR_ITEMS(rows));
}
END_TEST

START_TEST(other_rates_are_refused)
{
    static const char *const texts[] = {
        "",       "/s",       "MB/s",      "60MB",   "60 MB/s",         "60kB/s", "60KB/s",
        "60mb/s", "60Mbit/s", "60MB/sec",  "60MiB",  "1TB/s",           "-1MB/s", "1.MB/s",
        ".5MB/s", "0.5B/s",   "unlimited", "01MB/s", "18446744074GB/s",
    };

    expect_refusals(rate_parse, texts, NR_ITEMS(texts));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("units");

    TEST_CASE(suite, "conversion", pages_bytes_and_kb_convert_at_four_kib);
    TEST_CASE(suite, "integers", unsigned_integers_are_decimal_or_hexadecimal,
              other_unsigned_integers_are_refused, the_length_ends_the_text,
              signed_integers_reach_both_ends, other_signed_integers_are_refused);
    TEST_CASE(suite, "durations", durations_have_every_unit_and_exact_fractions,
              other_durations_are_refused);
    TEST_CASE(suite, "sizes", sizes_have_every_unit_and_exact_fractions, other_sizes_are_refused);
    TEST_CASE(suite, "rates", rates_are_bytes_per_second_in_decimal_or_binary_units,
              other_rates_are_refused);
    return test_run(suite);
}
