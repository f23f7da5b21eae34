/* SPDX-License-Identifier: MIT */
/* Lines of results, taken apart. */
#include "sweep/result_line.h"

#include <string.h>

#include "lib/test.h"

#define HEAD "{\"type\":\"run\",\"key\":\"00\","

static bool parse(struct result_line *line, const char *text)
{
    struct sim_error err = {0};
    bool ok = result_line_parse(line, text, strlen(text), &err);

    ck_assert(ok || err.code == ERR_SWEEP_RESULT);
    return ok;
}

/* All metrics as NAME=VALUE, with ! at the end when something is wrong. */
static void expect_metrics(const char *metrics, const char *expected)
{
    struct strbuf text = {0}, name = {0}, found = {0};
    struct result_line line;
    const char *value;
    size_t length, position = 0;
    bool bad;

    strbuf_addf(&text, HEAD "\"ended\":\"duration\",\"metrics\":{%s}}", metrics);
    ck_assert(parse(&line, text.data));
    strbuf_adds(&found, "");
    while (strbuf_reset(&name),
           result_line_next_metric(&line, &position, &name, &value, &length, &bad))
        strbuf_addf(&found, "%s=%.*s ", name.data, (int)length, value);
    strbuf_adds(&found, bad ? "!" : "");
    ck_assert_str_eq(found.data, expected);
    strbuf_fini(&text);
    strbuf_fini(&name);
    strbuf_fini(&found);
}

START_TEST(the_outcome_reaches_from_ended_to_the_brace)
{
    struct result_line line;

    ck_assert(parse(&line, HEAD "\"ended\":\"duration\",\"metrics\":{\"a\":1},\"summary\":{}}"));
    ck_assert_int_eq(strncmp(line.outcome,
                             "\"ended\":\"duration\",\"metrics\":{\"a\":1},\"summary\":{}",
                             line.outcome_length),
                     0);
    ck_assert_uint_eq(line.outcome_length, strlen(line.outcome) - 1);
    ck_assert_uint_eq(line.ended_length, 8);
    ck_assert_int_eq(strncmp(line.ended, "duration", 8), 0);
}
END_TEST

START_TEST(metrics_come_in_order_with_their_values_as_they_stand)
{
    expect_metrics("", "");
    expect_metrics("\"a\":1", "a=1 ");
    expect_metrics("\"a.b\":-12,\"c\":0.125,\"d\":null", "a.b=-12 c=0.125 d=null ");
    expect_metrics("\"x\\\"y\\\\\":1,\"\":2", "x\"y\\=1 =2 ");
}
END_TEST

START_TEST(what_is_no_metric_is_noticed)
{
    expect_metrics("\"a\":1,\"b\":\"text\"", "a=1 !");
    expect_metrics("\"a\":1.", "!");
    expect_metrics("\"a\":-", "!");
    expect_metrics("\"a\":{}", "!");
    expect_metrics("\"a\":1 ,\"b\":2", "a=1 !");
    expect_metrics("\"a\"", "!");
    expect_metrics("7", "!");
}
END_TEST

START_TEST(what_is_no_result_is_refused)
{
    struct result_line line;

    ck_assert(!parse(&line, ""));
    ck_assert(!parse(&line, "[]"));
    ck_assert(!parse(&line, HEAD "\"ended\":\"duration\"}"));
    ck_assert(!parse(&line, HEAD "\"metrics\":{}}"));
    ck_assert(!parse(&line, HEAD "\"ended\":\"duration\",\"metrics\":{}"));
    ck_assert(!parse(&line, HEAD "\"ended\":7,\"metrics\":{}}"));
    ck_assert(!parse(&line, HEAD "\"ended\":\"duration\",\"metrics\":[]}"));
    ck_assert(!parse(&line, HEAD "\"metrics\":{},\"ended\":\"duration\"}"));
    ck_assert(!parse(&line, HEAD "\"ended\":\"duration\",\"metrics\":{}} {}"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result_line");

    TEST_CASE(suite, "line", the_outcome_reaches_from_ended_to_the_brace,
              what_is_no_result_is_refused);
    TEST_CASE(suite, "metrics", metrics_come_in_order_with_their_values_as_they_stand,
              what_is_no_metric_is_noticed);
    return test_run(suite);
}
