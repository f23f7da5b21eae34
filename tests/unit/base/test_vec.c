/* SPDX-License-Identifier: MIT */
/* The growable array. */
#include "base/vec.h"

#include <stdint.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

struct wide {
    uint64_t words[3];
};

START_TEST(pushed_elements_stay_in_order)
{
    VEC(struct wide) vec = {0};

    for (uint64_t i = 0; i < 1000; i++) {
        const struct wide element = {{i, i * i, ~i}};

        ck_assert(vec_push(&vec, element));
        ck_assert_uint_eq(vec.count, i + 1);
        ck_assert_uint_le(vec.count, vec.capacity);
    }
    for (uint64_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(vec.items[i].words[0], i);
        ck_assert_uint_eq(vec.items[i].words[1], i * i);
        ck_assert_uint_eq(vec.items[i].words[2], ~i);
    }
    vec_fini(&vec);
}
END_TEST

START_TEST(an_ended_vec_is_empty_and_may_be_ended_again)
{
    VEC(int) vec = {0};

    vec_fini(&vec);
    ck_assert(vec_push(&vec, 7));
    vec_fini(&vec);
    ck_assert_ptr_null(vec.items);
    ck_assert_uint_eq(vec.count, 0);
    ck_assert_uint_eq(vec.capacity, 0);
    vec_fini(&vec);
}
END_TEST

START_TEST(reserving_gives_room_and_changes_no_element)
{
    VEC(int) vec = {0};
    const size_t nothing = 0;
    int *items;

    ck_assert(vec_reserve(&vec, nothing));
    ck_assert_ptr_null(vec.items);
    ck_assert(vec_push(&vec, 7));
    ck_assert(vec_reserve(&vec, 1000));
    ck_assert_uint_ge(vec.capacity, 1000);
    ck_assert_uint_eq(vec.count, 1);
    ck_assert_int_eq(vec.items[0], 7);
    items = vec.items;
    while (vec.count < 1000)
        ck_assert(vec_push(&vec, 8));
    ck_assert_ptr_eq(vec.items, items);
    vec_fini(&vec);
}
END_TEST

START_TEST(growth_doubles)
{
    VEC(char) vec = {0};
    unsigned growths = 0;

    for (unsigned i = 0; i < 100000; i++) {
        size_t before = vec.capacity;

        ck_assert(vec_push(&vec, 'x'));
        growths += vec.capacity != before;
    }
    ck_assert_uint_le(growths, 17);
    vec_fini(&vec);
}
END_TEST

START_TEST(a_size_beyond_the_address_space_is_refused)
{
    VEC(struct wide) vec = {0};
    const struct wide element = {{1, 2, 3}};

    ck_assert(!vec_reserve(&vec, SIZE_MAX));
    ck_assert(!vec_reserve(&vec, SIZE_MAX / sizeof(struct wide) + 1));
    ck_assert_ptr_null(vec.items);
    ck_assert_uint_eq(vec.capacity, 0);
    ck_assert(vec_push(&vec, element));
    ck_assert(!vec_reserve(&vec, SIZE_MAX / 2));
    ck_assert_uint_eq(vec.items[0].words[2], 3);
    vec_fini(&vec);
}
END_TEST

START_TEST(a_capacity_that_cannot_double_is_refused)
{
    int *items = NULL;
    size_t capacity = SIZE_MAX / 2 + 1;

    ck_assert(!vec_grow(&items, &capacity, sizeof(*items), SIZE_MAX));
    ck_assert_ptr_null(items);
    ck_assert_uint_eq(capacity, SIZE_MAX / 2 + 1);
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
    VEC(unsigned) vec = {0};

    for (unsigned i = 0; i < 100; i++) {
        bool full = vec.count == vec.capacity;
        size_t capacity = vec.capacity;
        bool ok;

        fail_malloc_at(0);
        ok = vec_push(&vec, i);
        ck_assert_int_eq(fail_malloc_off(), full);
        ck_assert_int_eq(ok, !full);
        if (full) {
            ck_assert_uint_eq(vec.count, i);
            ck_assert_uint_eq(vec.capacity, capacity);
            ck_assert(vec_push(&vec, i));
        }
    }
    for (unsigned i = 0; i < 100; i++)
        ck_assert_uint_eq(vec.items[i], i);
    vec_fini(&vec);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vec");

    TEST_CASE(suite, "content", pushed_elements_stay_in_order,
              an_ended_vec_is_empty_and_may_be_ended_again,
              reserving_gives_room_and_changes_no_element);
    TEST_CASE(suite, "growth", growth_doubles, a_size_beyond_the_address_space_is_refused,
              a_capacity_that_cannot_double_is_refused, without_memory_nothing_changes);
    return test_run(suite);
}
