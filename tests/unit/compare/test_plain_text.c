/* SPDX-License-Identifier: MIT */
/* Tests of making names fit for a report. */
#include "compare/plain_text.h"

#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

static void expect(const char *text, const char *expected)
{
    struct strbuf out = {0};

    strbuf_adds(&out, "\t");
    plain_text_add(&out, text, strlen(text));
    ck_assert_str_eq(out.data + 1, expected);
    ck_assert_int_eq(out.data[0], '\t'); /* what was there is not its own */
    strbuf_fini(&out);
}

START_TEST(text_stays_as_it_is)
{
    expect("", "");
    expect("zones[0/DMA32].nr_free[9] <= \"10\" & more",
           "zones[0/DMA32].nr_free[9] <= \"10\" & more");
    expect("\xc3\xa9\xe5\x86\x85\xf0\x9f\x90\xa7", "\xc3\xa9\xe5\x86\x85\xf0\x9f\x90\xa7");
}
END_TEST

START_TEST(control_characters_are_question_marks)
{
    expect("a\nb\tc\rd\x1b[31me\x7f", "a?b?c?d?[31me?");
    expect("a\xc2\x85"
           "b\xc2\x9b"
           "c",
           "a??b??c");
    expect("\xef\xbf\xbe!\xef\xbf\xbf", "??"
                                        "?!??"
                                        "?");
}
END_TEST

START_TEST(what_is_no_utf8_is_a_question_mark)
{
    expect("\xff"
           "a\xc3",
           "?a?");
    expect("\xed\xa0\x80", "???");
}
END_TEST

START_TEST(a_failed_allocation_shows)
{
    struct strbuf out = {0};

    fail_malloc_at(0);
    plain_text_add(&out, "abc", 3);
    ck_assert(fail_malloc_off());
    ck_assert(out.failed);
    strbuf_fini(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plain_text");

    TEST_CASE(suite, "plain_text", text_stays_as_it_is, control_characters_are_question_marks,
              what_is_no_utf8_is_a_question_mark, a_failed_allocation_shows);
    return test_run(suite);
}
