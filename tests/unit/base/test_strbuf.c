/* SPDX-License-Identifier: MIT */
/* The growable string, and how it remembers that memory ran out. */
#include "base/strbuf.h"

#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

START_TEST(appended_pieces_follow_each_other)
{
    struct strbuf buf = {0};

    strbuf_adds(&buf, "one");
    strbuf_add(&buf, " two and more", 4);
    strbuf_addf(&buf, " %d %s", 3, "four");
    ck_assert_str_eq(buf.data, "one two 3 four");
    ck_assert_uint_eq(buf.length, strlen("one two 3 four"));
    ck_assert(!buf.failed);
    strbuf_fini(&buf);
}
END_TEST

START_TEST(nul_bytes_are_bytes_like_others)
{
    struct strbuf buf = {0};

    strbuf_add(&buf, "a\0b", 3);
    ck_assert_uint_eq(buf.length, 3);
    ck_assert_mem_eq(buf.data, "a\0b", 4);
    strbuf_fini(&buf);
}
END_TEST

START_TEST(empty_appends_add_nothing)
{
    struct strbuf buf = {0};

    strbuf_add(&buf, NULL, 0);
    strbuf_adds(&buf, "");
    strbuf_addf(&buf, "%s", "");
    ck_assert_uint_eq(buf.length, 0);
    ck_assert(!buf.failed);
    ck_assert_str_eq(buf.data, "");
    strbuf_fini(&buf);
}
END_TEST

START_TEST(the_data_is_terminated_at_every_length)
{
    struct strbuf buf = {0};

    for (size_t length = 1; length < 300; length++) {
        strbuf_add(&buf, "x", 1);
        ck_assert_uint_eq(strlen(buf.data), length);
        ck_assert_uint_gt(buf.capacity, buf.length);
    }
    strbuf_fini(&buf);
    for (int width = 1; width < 300; width++) {
        strbuf_addf(&buf, "%*d", width, 7);
        ck_assert_uint_eq(strlen(buf.data), (size_t)width);
        strbuf_fini(&buf);
    }
}
END_TEST

START_TEST(a_reset_buffer_is_empty_and_keeps_its_memory)
{
    struct strbuf buf = {0};
    const char *data;

    strbuf_reset(&buf);
    ck_assert_ptr_null(buf.data);
    strbuf_adds(&buf, "something");
    data = buf.data;
    strbuf_reset(&buf);
    ck_assert_uint_eq(buf.length, 0);
    ck_assert_ptr_eq(buf.data, data);
    ck_assert_str_eq(buf.data, "");
    strbuf_adds(&buf, "else");
    ck_assert_str_eq(buf.data, "else");
    strbuf_fini(&buf);
}
END_TEST

START_TEST(an_ended_buffer_is_empty_and_may_be_ended_again)
{
    struct strbuf buf = {0};

    strbuf_adds(&buf, "something");
    strbuf_fini(&buf);
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.length, 0);
    strbuf_fini(&buf);
    strbuf_fini(NULL);
}
END_TEST

START_TEST(after_a_failure_every_append_is_without_effect)
{
    struct strbuf buf = {0};

    strbuf_adds(&buf, "kept");
    fail_malloc_at(0);
    strbuf_addf(&buf, "%100d", 1);
    ck_assert(fail_malloc_off());
    ck_assert(buf.failed);
    strbuf_adds(&buf, "a");
    strbuf_add(&buf, "b", 1);
    strbuf_addf(&buf, "%d", 1);
    ck_assert(buf.failed);
    ck_assert_str_eq(buf.data, "kept");
    ck_assert_uint_eq(buf.length, 4);
    strbuf_reset(&buf);
    ck_assert(!buf.failed);
    strbuf_adds(&buf, "again");
    ck_assert_str_eq(buf.data, "again");
    strbuf_fini(&buf);
}
END_TEST

START_TEST(the_first_append_may_fail)
{
    struct strbuf buf = {0};

    fail_malloc_at(0);
    strbuf_adds(&buf, "lost");
    ck_assert(fail_malloc_off());
    ck_assert(buf.failed);
    ck_assert_ptr_null(buf.data);
    strbuf_reset(&buf);
    strbuf_fini(&buf);
}
END_TEST

START_TEST(each_allocation_of_a_long_text_may_be_the_one_that_fails)
{
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct strbuf buf = {0};

        fail_malloc_at(n);
        for (int i = 0; i < 1000; i++)
            strbuf_addf(&buf, "%03d", i);
        refused = fail_malloc_off();
        ck_assert_int_eq(buf.failed, refused);
        if (!refused)
            ck_assert_uint_eq(buf.length, 3000);
        for (size_t i = 0; i < buf.length; i += 3)
            ck_assert_int_eq(buf.data[i], (char)('0' + i / 300));
        ck_assert_uint_eq(buf.length % 3, 0);
        strbuf_fini(&buf);
    }
    ck_assert_uint_gt(n, 5);
}
END_TEST

START_TEST(a_length_beyond_the_address_space_fails)
{
    struct strbuf buf = {0};

    strbuf_adds(&buf, "kept");
    strbuf_add(&buf, "x", SIZE_MAX - 4);
    ck_assert(buf.failed);
    ck_assert_str_eq(buf.data, "kept");
    strbuf_fini(&buf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strbuf");

    TEST_CASE(suite, "appending", appended_pieces_follow_each_other,
              nul_bytes_are_bytes_like_others, empty_appends_add_nothing,
              the_data_is_terminated_at_every_length, a_reset_buffer_is_empty_and_keeps_its_memory,
              an_ended_buffer_is_empty_and_may_be_ended_again);
    TEST_CASE(suite, "failures", after_a_failure_every_append_is_without_effect,
              the_first_append_may_fail, each_allocation_of_a_long_text_may_be_the_one_that_fails,
              a_length_beyond_the_address_space_fails);
    return test_run(suite);
}
