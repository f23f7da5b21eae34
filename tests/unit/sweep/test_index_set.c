/* SPDX-License-Identifier: MIT */
/* Sets of numbers as array expressions. */
#include "sweep/index_set.h"

#include "lib/fail_malloc.h"
#include "lib/test.h"

/* Which of the characters of `picture` are 'x', as an expression. */
static void expect(const char *picture, uint32_t base, const char *expression)
{
    struct index_set set;
    struct strbuf text = {0};
    uint32_t limit = 0;

    while (picture[limit])
        limit++;
    ck_assert(index_set_init(&set, limit));
    for (uint32_t i = 0; i < limit; i++) {
        if (picture[i] == 'x')
            index_set_add(&set, i);
    }
    index_set_format(&text, &set, base);
    ck_assert_str_eq(text.data ? text.data : "", expression);
    strbuf_fini(&text);
    index_set_fini(&set);
}

START_TEST(numbers_in_a_row_are_a_range_from_three_on)
{
    expect("", 0, "");
    expect("....", 0, "");
    expect("x", 0, "0");
    expect(".x.x", 0, "1,3");
    expect("xx.", 0, "0,1");
    expect(".xxx", 0, "1-3");
    expect("xxxx.x.xx.xxx", 0, "0-3,5,7,8,10-12");
}
END_TEST

START_TEST(the_base_moves_every_number)
{
    expect("xx.x", 1, "1,2,4");
    expect("xxx.xxx", 7, "7-9,11-13");
}
END_TEST

START_TEST(ranges_cross_words)
{
    struct index_set set;
    struct strbuf text = {0};

    ck_assert(index_set_init(&set, 200));
    for (uint32_t i = 60; i < 130; i++)
        index_set_add(&set, i);
    index_set_add(&set, 199);
    index_set_format(&text, &set, 0);
    ck_assert_str_eq(text.data, "60-129,199");
    strbuf_fini(&text);
    index_set_fini(&set);
}
END_TEST

START_TEST(a_number_counts_once)
{
    struct index_set set;

    ck_assert(index_set_init(&set, 3));
    index_set_add(&set, 2);
    index_set_add(&set, 2);
    ck_assert_uint_eq(set.count, 1);
    ck_assert(index_set_has(&set, 2));
    ck_assert(!index_set_has(&set, 1));
    index_set_fini(&set);
}
END_TEST

START_TEST(without_memory_there_is_no_set)
{
    struct index_set set;
    bool ok;

    fail_malloc_at(0);
    ok = index_set_init(&set, 10);
    fail_malloc_off();
    ck_assert(!ok);
    index_set_fini(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index_set");

    TEST_CASE(suite, "format", numbers_in_a_row_are_a_range_from_three_on,
              the_base_moves_every_number, ranges_cross_words);
    TEST_CASE(suite, "set", a_number_counts_once, without_memory_there_is_no_set);
    return test_run(suite);
}
