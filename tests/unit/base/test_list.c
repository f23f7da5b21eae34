/* SPDX-License-Identifier: MIT */
/* Lists through members. */
#include "base/list.h"

#include "lib/test.h"

struct item {
    struct item *next, *prev;
    struct item *other_next, *other_prev;
    int number;
};

struct ends {
    struct item *first, *last;
};

/* Forwards and backwards the list holds exactly these numbers. */
static void expect(const struct ends *list, const int *numbers, int nr)
{
    const struct item *item = list->first;

    for (int i = 0; i < nr; i++, item = item->next)
        ck_assert_int_eq(item->number, numbers[i]);
    ck_assert_ptr_null(item);
    item = list->last;
    for (int i = nr; i-- > 0; item = item->prev)
        ck_assert_int_eq(item->number, numbers[i]);
    ck_assert_ptr_null(item);
}

START_TEST(elements_stand_where_they_were_put)
{
    struct item items[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    struct ends list = {0};

    expect(&list, NULL, 0);
    list_append(list.first, list.last, &items[1], next, prev);
    list_append(list.first, list.last, &items[2], next, prev);
    list_prepend(list.first, list.last, &items[0], next, prev);
    expect(&list, (const int[]){0, 1, 2}, 3);
}
END_TEST

START_TEST(an_element_can_go_from_either_end_and_from_the_middle)
{
    for (int gone = 0; gone < 3; gone++) {
        struct item items[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
        struct ends list = {0};
        int left[2] = {gone == 0, gone == 2 ? 1 : 2};

        for (int i = 0; i < 3; i++)
            list_append(list.first, list.last, &items[i], next, prev);
        list_unlink(list.first, list.last, &items[gone], next, prev);
        ck_assert_ptr_null(items[gone].next);
        ck_assert_ptr_null(items[gone].prev);
        expect(&list, left, 2);
    }
}
END_TEST

START_TEST(the_last_element_leaves_an_empty_list)
{
    struct item item = {.number = 7};
    struct ends list = {0};

    list_prepend(list.first, list.last, &item, next, prev);
    list_unlink(list.first, list.last, &item, next, prev);
    expect(&list, NULL, 0);
}
END_TEST

START_TEST(an_element_can_be_in_two_lists)
{
    struct item items[2] = {{.number = 0}, {.number = 1}};
    struct ends list = {0}, other = {0};

    for (int i = 0; i < 2; i++) {
        list_append(list.first, list.last, &items[i], next, prev);
        list_append(other.first, other.last, &items[i], other_next, other_prev);
    }
    list_unlink(other.first, other.last, &items[0], other_next, other_prev);
    expect(&list, (const int[]){0, 1}, 2);
    ck_assert_ptr_eq(other.first, &items[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("list");

    TEST_CASE(suite, "list", elements_stand_where_they_were_put,
              an_element_can_go_from_either_end_and_from_the_middle,
              the_last_element_leaves_an_empty_list, an_element_can_be_in_two_lists);
    return test_run(suite);
}
