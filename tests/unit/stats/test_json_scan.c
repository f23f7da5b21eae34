/* SPDX-License-Identifier: MIT */
/* Tests of the JSON scanner. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/test.h"
#include "stats/json_scan.h"

/* The whole line as words: {} [] k:KEY s:TEXT i:NUMBER t f n, "!" for an error, "." for the end. */
static void tell(const char *line, char *words, size_t size)
{
    struct json_scan scan;
    size_t at = 0;

    json_scan_init(&scan, line, strlen(line));
    do {
        static const char *const plain[] = {
            [JSON_ERROR] = "!",      [JSON_END] = ".",         [JSON_OBJECT_BEGIN] = "{",
            [JSON_OBJECT_END] = "}", [JSON_ARRAY_BEGIN] = "[", [JSON_ARRAY_END] = "]",
            [JSON_TRUE] = "t",       [JSON_FALSE] = "f",       [JSON_NULL] = "n",
            [JSON_KEY] = "k:",       [JSON_STRING] = "s:",     [JSON_INTEGER] = "i:",
        };

        json_scan_next(&scan);
        at += (size_t)snprintf(words + at, size - at, "%s", plain[scan.token]);
        if (scan.token == JSON_KEY || scan.token == JSON_STRING)
            at += (size_t)snprintf(words + at, size - at, "%.*s", (int)scan.length, scan.text);
        if (scan.token == JSON_INTEGER)
            at += (size_t)snprintf(words + at, size - at, "%s%" PRIu64, scan.negative ? "-" : "",
                                   scan.magnitude);
        at += (size_t)snprintf(words + at, size - at, " ");
    } while (scan.token > JSON_END);
    words[at - 1] = '\0';
}

static void expect_words(const char *line, const char *expected)
{
    char words[512];

    tell(line, words, sizeof(words));
    ck_assert_str_eq(words, expected);
}

static void expect_error(const char *line)
{
    char words[512];

    tell(line, words, sizeof(words));
    ck_assert_msg(words[strlen(words) - 1] == '!', "%s gave %s", line, words);
}

START_TEST(every_token_comes_once_and_in_order)
{
    expect_words("{\"a\":[1,-2,{\"b\":null}],\"c\":true,\"d\":false,\"e\":\"x\"}",
                 "{ k:a [ i:1 i:-2 { k:b n } ] k:c t k:d f k:e s:x } .");
    expect_words("[]", "[ ] .");
    expect_words("{}", "{ } .");
    expect_words("7", "i:7 .");
    expect_words("[[],{}]", "[ [ ] { } ] .");
}
END_TEST

START_TEST(blanks_are_free)
{
    expect_words(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n", "{ k:a [ i:1 i:2 ] k:b { } } .");
}
END_TEST

START_TEST(integers_are_exact_to_64_bits)
{
    expect_words("18446744073709551615", "i:18446744073709551615 .");
    expect_words("-9223372036854775808", "i:-9223372036854775808 .");
    expect_words("-0", "i:0 .");
    expect_words("9007199254740993", "i:9007199254740993 .");
    expect_error("18446744073709551616");
    expect_error("-9223372036854775809");
    expect_error("100000000000000000000000000");
}
END_TEST

START_TEST(what_is_no_integer_is_refused)
{
    static const char *const lines[] = {"1.5", "1e3", "1E3", "01",  "-", "-a",
                                        "+1",  ".5",  "1.",  "0x1", "00"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        expect_error(lines[i]);
}
END_TEST

START_TEST(what_json_does_not_allow_is_refused)
{
    static const char *const lines[] = {
        "",          " ",         "{",           "[",
        "}",         "]",         "{]",          "[}",
        "{\"a\"}",   "{\"a\":}",  "{\"a\":1,}",  "[1,]",
        "[,1]",      "[1 2]",     "{\"a\" 1}",   "{1:2}",
        "{a:1}",     "1 1",       "{}{}",        "[]]",
        "tru",       "truex",     "nul",         "\"a",
        "\"\\\"",    "\"\\x\"",   "\"\\u12g4\"", "\"\\u123\"",
        "\"a\tb\"",  "\"a\nb\"",  "'a'",         "{\"a\":1 \"b\":2}",
        "[1}",       "{\"a\":1]", "//",          "{,}",
        "[\"a\":1]", "NaN",       "\"\\",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        expect_error(lines[i]);
}
END_TEST

START_TEST(an_error_and_the_end_stick)
{
    struct json_scan scan;

    json_scan_init(&scan, "[x", 2);
    ck_assert_int_eq(json_scan_next(&scan), JSON_ARRAY_BEGIN);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(json_scan_next(&scan), JSON_ERROR);
    ck_assert(!json_scan_skip(&scan));
    json_scan_init(&scan, "1", 1);
    ck_assert_int_eq(json_scan_next(&scan), JSON_INTEGER);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(json_scan_next(&scan), JSON_END);
}
END_TEST

START_TEST(nesting_ends_at_the_limit)
{
    char line[2 * JSON_SCAN_DEPTH_MAX + 3] = {0};
    struct json_scan scan;

    for (unsigned depth = JSON_SCAN_DEPTH_MAX; depth <= JSON_SCAN_DEPTH_MAX + 1; depth++) {
        memset(line, '[', depth);
        memset(line + depth, ']', depth);
        json_scan_init(&scan, line, 2 * depth);
        while (json_scan_next(&scan) > JSON_END)
            ;
        ck_assert_int_eq(scan.token, depth > JSON_SCAN_DEPTH_MAX ? JSON_ERROR : JSON_END);
        json_scan_init(&scan, line, 2 * depth);
        json_scan_next(&scan);
        ck_assert_int_eq(json_scan_skip(&scan), depth <= JSON_SCAN_DEPTH_MAX);
    }
}
END_TEST

START_TEST(every_prefix_of_a_line_is_refused)
{
    static const char line[] =
        "{\"a\":[1,-20,{\"b\":null,\"c\\n\":\"x\\u0041\"}],\"d\":[true,false]}";

    for (size_t length = 0; length < sizeof(line) - 1; length++) {
        char *copy = malloc(length + !length);
        struct json_scan scan;

        memcpy(copy, line, length);
        json_scan_init(&scan, copy, length);
        while (json_scan_next(&scan) > JSON_END)
            ;
        ck_assert_int_eq(scan.token, JSON_ERROR);
        free(copy);
    }
}
END_TEST

/* The scanner on the n-th token of the line, from 0. */
static struct json_scan scan_to(const char *line, unsigned n)
{
    struct json_scan scan;

    json_scan_init(&scan, line, strlen(line));
    for (unsigned i = 0; i <= n; i++)
        json_scan_next(&scan);
    return scan;
}

START_TEST(skipping_goes_over_one_value_whatever_it_is)
{
    static const char line[] = "{\"a\":{\"x]\":[\"}\\\"\",{}]},\"b\":[1,[2]],\"c\":\"]\",\"d\":4}";
    struct json_scan scan = scan_to(line, 0);
    char keys[8] = {0};

    for (unsigned i = 0; json_scan_next(&scan) == JSON_KEY; i++) {
        keys[i] = scan.text[0];
        ck_assert(json_scan_skip(&scan));
    }
    ck_assert_str_eq(keys, "abcd");
    ck_assert_int_eq(scan.token, JSON_OBJECT_END);
    ck_assert_int_eq(json_scan_next(&scan), JSON_END);
}
END_TEST

START_TEST(skipping_behind_a_scalar_does_nothing)
{
    struct json_scan scan = scan_to("[1,2]", 1);

    ck_assert(json_scan_skip(&scan));
    ck_assert_int_eq(json_scan_next(&scan), JSON_INTEGER);
    ck_assert_uint_eq(scan.magnitude, 2);
}
END_TEST

START_TEST(leaving_goes_behind_the_innermost_container)
{
    struct json_scan scan = scan_to("[{\"a\":1,\"b\":[2]},3]", 3);

    ck_assert(json_scan_leave(&scan));
    ck_assert_int_eq(json_scan_next(&scan), JSON_INTEGER);
    ck_assert_uint_eq(scan.magnitude, 3);
    ck_assert(json_scan_leave(&scan));
    ck_assert_int_eq(json_scan_next(&scan), JSON_END);
}
END_TEST

START_TEST(skipping_wants_balanced_brackets_and_whole_strings)
{
    static const char *const lines[] = {"[[}]",  "{\"a\":[}", "[\"", "[\"\\\"",
                                        "[\"\\", "[{]}",      "["};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct json_scan scan = scan_to(lines[i], 0);

        ck_assert_msg(!json_scan_skip(&scan), "%s", lines[i]);
        ck_assert_int_eq(scan.token, JSON_ERROR);
        ck_assert_int_eq(json_scan_next(&scan), JSON_ERROR);
    }
}
END_TEST

static void expect_text(const char *quoted, const char *expected)
{
    struct json_scan scan;
    struct strbuf buf = {0};

    json_scan_init(&scan, quoted, strlen(quoted));
    ck_assert_int_eq(json_scan_next(&scan), JSON_STRING);
    json_scan_text(&scan, &buf);
    ck_assert_str_eq(buf.data ? buf.data : "", expected);
    strbuf_fini(&buf);
}

START_TEST(escapes_are_resolved_on_demand)
{
    expect_text("\"\"", "");
    expect_text("\"plain\"", "plain");
    expect_text("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d");
    expect_text("\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t");
    expect_text("\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac");
    expect_text("\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!");
    expect_text("\"\\ud83d!\"", "\xef\xbf\xbd!");
    expect_text("\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd");
    expect_text("\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                                      "A");
    expect_text("\"a\\u0000b\"", "a\xef\xbf\xbd"
                                 "b");
    expect_text("\"\xc3\xa9\"", "\xc3\xa9");
}
END_TEST

START_TEST(words_are_compared_byte_for_byte)
{
    struct json_scan scan = scan_to("{\"time_ns\":1}", 1);

    ck_assert(json_scan_is(&scan, "time_ns"));
    ck_assert(!json_scan_is(&scan, "time"));
    ck_assert(!json_scan_is(&scan, "time_ns2"));
}
END_TEST

/* Appends a random value and, to `words`, what tell() says of it. */
static void draw(struct rng *rng, unsigned depth, struct strbuf *line, struct strbuf *words)
{
    unsigned kind = (unsigned)rng_below(rng, depth ? 6 : 4), count = (unsigned)rng_below(rng, 4);
    static const char *const scalars[][2] = {
        {"null", "n "}, {"true", "t "}, {"false", "f "}, {"\"a\\\\ ]\"", "s:a\\\\ ] "}};

    if (kind < 2) {
        uint64_t value = rng_next(rng) >> (1 + rng_below(rng, 63));

        strbuf_addf(line, "%s%" PRIu64, kind && value ? "-" : "", value);
        strbuf_addf(words, "i:%s%" PRIu64 " ", kind && value ? "-" : "", value);
        return;
    }
    if (kind < 4) {
        unsigned scalar = (unsigned)rng_below(rng, 4);

        strbuf_adds(line, scalars[scalar][0]);
        strbuf_adds(words, scalars[scalar][1]);
        return;
    }
    strbuf_adds(line, kind == 4 ? "[" : "{ ");
    strbuf_adds(words, kind == 4 ? "[ " : "{ ");
    for (unsigned i = 0; i < count; i++) {
        strbuf_adds(line, i ? "," : "");
        if (kind == 5) {
            strbuf_addf(line, "\"k%u\":", i);
            strbuf_addf(words, "k:k%u ", i);
        }
        draw(rng, depth - 1, line, words);
    }
    strbuf_adds(line, kind == 4 ? " ]" : "}");
    strbuf_adds(words, kind == 4 ? "] " : "} ");
}

START_TEST(random_values_are_told_as_they_were_written)
{
    enum { ROUNDS = 2000, WORDS = 65536 };
    char *words = malloc(WORDS);
    struct strbuf line = {0}, expected = {0};
    struct rng rng;

    rng_init(&rng, 1, "json_scan");
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct json_scan scan;

        strbuf_reset(&line);
        strbuf_reset(&expected);
        draw(&rng, 5, &line, &expected);
        strbuf_adds(&expected, ".");
        tell(line.data, words, WORDS);
        ck_assert_str_eq(words, expected.data);
        json_scan_init(&scan, line.data, line.length);
        json_scan_next(&scan);
        ck_assert(json_scan_skip(&scan));
        ck_assert_int_eq(json_scan_next(&scan), JSON_END);
    }
    strbuf_fini(&line);
    strbuf_fini(&expected);
    free(words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_scan");

    TEST_CASE(suite, "tokens", every_token_comes_once_and_in_order, blanks_are_free,
              integers_are_exact_to_64_bits, random_values_are_told_as_they_were_written);
    TEST_CASE(suite, "errors", what_is_no_integer_is_refused, what_json_does_not_allow_is_refused,
              an_error_and_the_end_stick, nesting_ends_at_the_limit,
              every_prefix_of_a_line_is_refused);
    TEST_CASE(suite, "skip", skipping_goes_over_one_value_whatever_it_is,
              skipping_behind_a_scalar_does_nothing, leaving_goes_behind_the_innermost_container,
              skipping_wants_balanced_brackets_and_whole_strings);
    TEST_CASE(suite, "text", escapes_are_resolved_on_demand, words_are_compared_byte_for_byte);
    return test_run(suite);
}
