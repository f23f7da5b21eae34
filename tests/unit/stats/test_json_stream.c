/* SPDX-License-Identifier: MIT */
/* Tests of the JSON writer: its text, what a parser reads back, and misuse. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/check.h"
#include "base/rng.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "stats/json_stream.h"

static struct json_stream begin(struct strbuf *buf)
{
    struct json_stream json;

    *buf = (struct strbuf){0};
    json_stream_init(&json, buf);
    return json;
}

static void expect_text(struct strbuf *buf, const char *text)
{
    ck_assert(!buf->failed);
    ck_assert_str_eq(buf->data, text);
    ck_assert_uint_eq(buf->length, strlen(text));
    strbuf_fini(buf);
}

START_TEST(members_and_elements_are_separated_by_commas)
{
    struct strbuf buf;
    struct json_stream json = begin(&buf);

    json_begin_object(&json);
    json_key_uint(&json, "a", 1);
    json_key_array(&json, "b");
    json_end_array(&json);
    json_key_array(&json, "c");
    json_uint(&json, 1);
    json_begin_array(&json);
    json_int(&json, -2);
    json_end_array(&json);
    json_begin_object(&json);
    json_end_object(&json);
    json_null(&json);
    json_end_array(&json);
    json_key_object(&json, "d");
    json_key_bool(&json, "e", true);
    json_key_bool(&json, "f", false);
    json_end_object(&json);
    json_key_escaped(&json, "g\"");
    json_string(&json, "h");
    json_key_int(&json, "i", 0);
    json_key_string(&json, "j", NULL);
    ck_assert(!json_stream_complete(&json));
    json_end_object(&json);
    ck_assert(json_stream_complete(&json));
    expect_text(&buf, "{\"a\":1,\"b\":[],\"c\":[1,[-2],{},null],\"d\":{\"e\":true,\"f\":false},"
                      "\"g\\\"\":\"h\",\"i\":0,\"j\":null}");
}
END_TEST

START_TEST(first_key_of_an_object_has_no_comma_when_escaped)
{
    struct strbuf buf;
    struct json_stream json = begin(&buf);

    json_begin_object(&json);
    json_key_escaped(&json, "\n");
    json_uint(&json, 1);
    json_end_object(&json);
    expect_text(&buf, "{\"\\n\":1}");
}
END_TEST

static void expect_integers(uint64_t value)
{
    char text[64];
    struct strbuf buf;
    struct json_stream json = begin(&buf);

    json_begin_array(&json);
    json_uint(&json, value);
    json_int(&json, (int64_t)value);
    json_end_array(&json);
    snprintf(text, sizeof(text), "[%" PRIu64 ",%" PRId64 "]", value, (int64_t)value);
    expect_text(&buf, text);
}

START_TEST(integers_are_exact_to_64_bits)
{
    struct rng rng;

    rng_init(&rng, 1, "integers");
    for (unsigned bit = 0; bit < 64; bit++)
        for (int offset = -2; offset <= 2; offset++)
            expect_integers((UINT64_C(1) << bit) + (uint64_t)(int64_t)offset);
    for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10)
        for (int offset = -1; offset <= 1; offset++)
            expect_integers(power + (uint64_t)(int64_t)offset);
    for (unsigned i = 0; i < 10000; i++)
        expect_integers(rng_next(&rng) >> rng_below(&rng, 64));
    expect_integers(UINT64_MAX);
    expect_integers((UINT64_C(1) << 53) + 1);
}
END_TEST

START_TEST(decimals_are_written_as_they_stand)
{
    struct strbuf buf;
    struct json_stream json = begin(&buf);

    json_begin_array(&json);
    json_decimal(&json, "0.5");
    json_decimal(&json, "-18446744073709551616.125");
    json_end_array(&json);
    expect_text(&buf, "[0.5,-18446744073709551616.125]");
}
END_TEST

START_TEST(a_parser_reads_back_every_ascii_byte)
{
    char text[128] = "";
    struct strbuf buf;
    struct json_stream json = begin(&buf);
    cJSON *read;

    for (int c = 1; c < 128; c++)
        text[c - 1] = (char)c;
    json_string(&json, text);
    read = cJSON_Parse(buf.data);
    ck_assert_ptr_nonnull(read);
    ck_assert_str_eq(cJSON_GetStringValue(read), text);
    for (size_t i = 0; i < buf.length; i++)
        ck_assert_int_ge(buf.data[i], 0x20);
    cJSON_Delete(read);
    strbuf_fini(&buf);
}
END_TEST

START_TEST(utf8_is_kept_and_what_is_not_is_replaced)
{
#define BAD "\xef\xbf\xbd"
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", ""},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
         "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7"},
        {"\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
         "\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
        {"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
        {"a\xff", "a" BAD},
        {"\x80\xbf", BAD BAD},
        {"\xc3", BAD},      /* cut off */
        {"\xc3(", BAD "("}, /* no continuation */
        {"\xe2\x82", BAD},  /* one maximal part */
        {"\xe2\x82(", BAD "("},
        {"\xf0\x9f\x90", BAD},
        {"\xf0\x9f\x90\xc3\xbc", BAD "\xc3\xbc"},
        {"\xc0\xaf", BAD BAD},                 /* overlong */
        {"\xe0\x80\xaf", BAD BAD BAD},         /* overlong */
        {"\xf0\x80\x80\xaf", BAD BAD BAD BAD}, /* overlong */
        {"\xed\xa0\x80", BAD BAD BAD},         /* surrogate */
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, /* above U+10FFFF */
        {"\xf5\x80", BAD BAD},
    };
#undef BAD

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct strbuf buf, text = {0};
        struct json_stream json = begin(&buf);

        json_string(&json, cases[i].in);
        strbuf_addf(&text, "\"%s\"", cases[i].out);
        ck_assert_msg(!strcmp(buf.data, text.data), "case %u: %s", i, buf.data);
        strbuf_fini(&text);
        strbuf_fini(&buf);
    }
}
END_TEST

static void write_everything(struct json_stream *json)
{
    json_begin_object(json);
    json_key_string(json, "some key", "some text that does not fit the first allocation at all");
    json_key_escaped(json, "another key, quite a long one so that the buffer has to grow again");
    json_begin_array(json);
    for (unsigned i = 0; i < 200; i++)
        json_uint(json, UINT64_MAX);
    json_end_array(json);
    json_key_int(json, "i", INT64_MIN);
    json_key_bool(json, "b", true);
    json_end_object(json);
}

START_TEST(lack_of_memory_shows_in_the_buffer_whenever_it_comes)
{
    unsigned nth = 0;

    for (;; nth++) {
        struct strbuf buf;
        struct json_stream json = begin(&buf);
        bool failed;

        fail_malloc_at(nth);
        write_everything(&json);
        failed = fail_malloc_off();
        ck_assert_int_eq(buf.failed, failed);
        ck_assert(json_stream_complete(&json));
        strbuf_fini(&buf);
        if (!failed)
            break;
    }
    ck_assert_uint_gt(nth, 3);
}
END_TEST

#if MMSIM_CHECKS >= MMSIM_CHECKS_CHEAP
static void value_without_key(struct json_stream *json)
{
    json_begin_object(json);
    json_uint(json, 1);
}

static void two_keys(struct json_stream *json)
{
    json_begin_object(json);
    json_key(json, "a");
    json_key(json, "b");
}

static void key_without_value(struct json_stream *json)
{
    json_begin_object(json);
    json_key(json, "a");
    json_end_object(json);
}

static void key_in_array(struct json_stream *json)
{
    json_begin_array(json);
    json_key(json, "a");
}

static void key_at_the_root(struct json_stream *json)
{
    json_key_escaped(json, "a");
}

static void array_ended_as_object(struct json_stream *json)
{
    json_begin_array(json);
    json_end_object(json);
}

static void object_ended_as_array(struct json_stream *json)
{
    json_begin_object(json);
    json_end_array(json);
}

static void end_without_begin(struct json_stream *json)
{
    json_end_array(json);
}

static void two_roots(struct json_stream *json)
{
    json_uint(json, 1);
    json_uint(json, 2);
}

static void too_deep(struct json_stream *json)
{
    for (unsigned i = 0; i <= JSON_DEPTH_MAX; i++)
        json_begin_array(json);
}

/* In a child, whatever CK_FORK says: the assertion aborts. */
static bool aborts(void (*misuse)(struct json_stream *))
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct strbuf buf;
        struct json_stream json = begin(&buf);

        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        misuse(&json);
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

START_TEST(misuse_is_an_assertion)
{
    void (*const misuses[])(struct json_stream *) = {
        value_without_key,
        two_keys,
        key_without_value,
        key_in_array,
        key_at_the_root,
        array_ended_as_object,
        object_ended_as_array,
        end_without_begin,
        two_roots,
        too_deep,
    };

    for (unsigned i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++)
        ck_assert_msg(aborts(misuses[i]), "misuse %u", i);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("json_stream");

    TEST_CASE(suite, "structure", members_and_elements_are_separated_by_commas,
              first_key_of_an_object_has_no_comma_when_escaped);
    TEST_CASE(suite, "values", integers_are_exact_to_64_bits, decimals_are_written_as_they_stand,
              a_parser_reads_back_every_ascii_byte, utf8_is_kept_and_what_is_not_is_replaced);
    TEST_CASE(suite, "failure", lack_of_memory_shows_in_the_buffer_whenever_it_comes);
#if MMSIM_CHECKS >= MMSIM_CHECKS_CHEAP
    TEST_CASE(suite, "misuse", misuse_is_an_assertion);
#endif
    return test_run(suite);
}
