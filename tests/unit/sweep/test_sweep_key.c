/* SPDX-License-Identifier: MIT */
/* Keys of runs, and the map from them. */
#include "sweep/sweep_key.h"

#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "sweep/key_map.h"

static struct sweep_key key_of(const char *first, const char *second)
{
    struct sweep_key key = sweep_key_begin();

    sweep_key_add(&key, first, strlen(first));
    sweep_key_add(&key, second, strlen(second));
    return key;
}

static void expect_text(struct sweep_key key, const char *expected)
{
    char text[SWEEP_KEY_TEXT];

    sweep_key_format(&key, text);
    ck_assert_str_eq(text, expected);
}

/* The basis is FNV's own; the others were computed by hand in another language. */
START_TEST(a_key_is_fnv1a_of_128_bits)
{
    struct sweep_key key = sweep_key_begin();

    expect_text(key, "6c62272e07bb014262b821756295c58d");
    sweep_key_add(&key, "", 0);
    expect_text(key, "9d30c1f78465995be47dda5e4e4e77ed");
    expect_text(key_of("foo", "bar"), "213e51fba229ea847beee6d9dddd61d2");
}
END_TEST

START_TEST(where_one_part_ends_matters)
{
    struct sweep_key ab_c = key_of("ab", "c");
    struct sweep_key a_bc = key_of("a", "bc");
    struct sweep_key abc_ = key_of("abc", "");

    ck_assert_int_ne(sweep_key_compare(&ab_c, &a_bc), 0);
    ck_assert_int_ne(sweep_key_compare(&ab_c, &abc_), 0);
}
END_TEST

START_TEST(a_key_survives_its_text)
{
    struct sweep_key key = key_of("some", "thing");
    struct sweep_key again = {0};
    char text[SWEEP_KEY_TEXT];

    sweep_key_format(&key, text);
    ck_assert(sweep_key_parse(&again, text, strlen(text)));
    ck_assert_int_eq(sweep_key_compare(&key, &again), 0);
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
    static const char *const bad[] = {
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdeg",
        "0123456789ABCDEF0123456789abcdef",
        "0x23456789abcdef0123456789abcdef",
    };
    struct sweep_key key = {7, 8};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(!sweep_key_parse(&key, bad[i], strlen(bad[i])), "%s", bad[i]);
    ck_assert_uint_eq(key.high, 7);
}
END_TEST

START_TEST(keys_are_ordered_as_their_texts)
{
    const struct sweep_key keys[] = {{0, 1}, {0, UINT64_MAX}, {1, 0}, {UINT64_MAX, 3}};

    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            char a[SWEEP_KEY_TEXT], b[SWEEP_KEY_TEXT];
            int by_text;

            sweep_key_format(&keys[i], a);
            sweep_key_format(&keys[k], b);
            by_text = strcmp(a, b);
            ck_assert_int_eq(sweep_key_compare(&keys[i], &keys[k]), (by_text > 0) - (by_text < 0));
        }
    }
}
END_TEST

START_TEST(a_map_finds_what_was_put_in_and_nothing_else)
{
    struct key_map map = {0};
    uint32_t value = 99;

    ck_assert(!key_map_get(&map, &(struct sweep_key){1, 1}, &value));
    for (uint32_t i = 0; i < 5000; i++)
        ck_assert(key_map_put(&map, &(struct sweep_key){i % 7, i / 7}, i));
    for (uint32_t i = 0; i < 5000; i++) {
        ck_assert(key_map_get(&map, &(struct sweep_key){i % 7, i / 7}, &value));
        ck_assert_uint_eq(value, i);
    }
    ck_assert(!key_map_get(&map, &(struct sweep_key){7, 3}, &value));
    ck_assert(!key_map_get(&map, &(struct sweep_key){3, 5000}, &value));
    ck_assert_uint_eq(map.count, 5000);
    key_map_fini(&map);
}
END_TEST

START_TEST(a_second_put_overwrites)
{
    struct key_map map = {0};
    const struct sweep_key key = {0, 0};
    uint32_t value;

    ck_assert(key_map_put(&map, &key, 1) && key_map_put(&map, &key, 2));
    ck_assert(key_map_get(&map, &key, &value));
    ck_assert_uint_eq(value, 2);
    ck_assert_uint_eq(map.count, 1);
    key_map_fini(&map);
}
END_TEST

START_TEST(a_map_that_cannot_grow_keeps_what_it_has)
{
    struct key_map map = {0};
    uint32_t put = 0;
    uint32_t value;
    bool failed;

    for (; put < 32; put++)
        ck_assert(key_map_put(&map, &(struct sweep_key){0, put}, put));
    fail_malloc_at(0);
    failed = !key_map_put(&map, &(struct sweep_key){0, put}, put);
    ck_assert(fail_malloc_off());
    ck_assert(failed);
    for (uint32_t i = 0; i < put; i++)
        ck_assert(key_map_get(&map, &(struct sweep_key){0, i}, &value) && value == i);
    key_map_fini(&map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_key");

    TEST_CASE(suite, "key", a_key_is_fnv1a_of_128_bits, where_one_part_ends_matters,
              a_key_survives_its_text, what_is_no_key_is_refused, keys_are_ordered_as_their_texts);
    TEST_CASE(suite, "map", a_map_finds_what_was_put_in_and_nothing_else, a_second_put_overwrites,
              a_map_that_cannot_grow_keeps_what_it_has);
    return test_run(suite);
}
