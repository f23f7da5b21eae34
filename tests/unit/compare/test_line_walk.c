/* SPDX-License-Identifier: MIT */
/* Tests of holding two lines against each other. */
#include "compare/line_walk.h"

#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

static struct line_walk walk;

static void walk_lines(const char *a, const char *b)
{
    struct sim_error err = {0};

    ck_assert_msg(line_walk(&walk, a, strlen(a), b, strlen(b), &err), "%s", err.message);
}

static void expect_counter(uint64_t count, const char *path, const char *base,
                           const char *candidate)
{
    ck_assert_uint_eq(walk.counters.count, count);
    ck_assert_str_eq(walk.counters.path, path);
    ck_assert_str_eq(walk.counters.values[0], base);
    ck_assert_str_eq(walk.counters.values[1], candidate);
}

START_TEST(equal_lines_have_no_difference)
{
    const char *line = "{\"a\":[1,{\"b\":null}],\"c\":\"x\",\"d\":true}";

    walk_lines(line, line);
    ck_assert_uint_eq(walk.counters.count, 0);
    ck_assert_uint_eq(walk.settings.count, 0);
}
END_TEST

START_TEST(the_first_member_is_named_and_all_are_counted)
{
    walk_lines("{\"a\":1,\"b\":{\"c\":[1,2,-3]},\"d\":\"x\"}",
               "{\"a\":1,\"b\":{\"c\":[1,2,3]},\"d\":\"y\"}");
    expect_counter(2, "b.c[2]", "-3", "3");
    walk_lines("{\"a\":true,\"b\":null}", "{\"a\":false,\"b\":\"n\"}");
    expect_counter(2, "a", "true", "false");
}
END_TEST

START_TEST(elements_are_called_by_their_name)
{
    walk_lines("{\"zones\":[{\"name\":\"0/DMA\",\"f\":1},{\"name\":\"0/Normal\",\"f\":[2]}]}",
               "{\"zones\":[{\"name\":\"0/DMA\",\"f\":1},{\"name\":\"0/Normal\",\"f\":[3]}]}");
    expect_counter(1, "zones[0/Normal].f[0]", "2", "3");
    walk_lines("{\"z\":[{\"name\":\"a\"}]}", "{\"z\":[{\"name\":\"b\"}]}");
    expect_counter(1, "z[0].name", "a", "b");
}
END_TEST

START_TEST(members_that_repeat_a_setting_are_kept_apart)
{
    walk_lines("{\"pages_min\":1,\"lowmem_reserve\":[1,2],\"margin_low_pages\":-1,\"f\":1}",
               "{\"pages_min\":2,\"lowmem_reserve\":[1,3],\"margin_low_pages\":-2,\"f\":1}");
    ck_assert_uint_eq(walk.counters.count, 0);
    ck_assert_uint_eq(walk.settings.count, 3);
    ck_assert_str_eq(walk.settings.path, "pages_min");
    walk_lines("{\"pages_min\":1,\"f\":1}", "{\"pages_min\":2,\"f\":2}");
    expect_counter(1, "f", "1", "2");
}
END_TEST

START_TEST(lines_of_other_shape_end_the_walk_there)
{
    walk_lines("{\"a\":[1,2],\"b\":1}", "{\"a\":[1],\"b\":2}");
    expect_counter(1, "a[1]", "2", "nothing");
    walk_lines("{\"a\":[1],\"b\":1}", "{\"a\":[1,2],\"b\":1}");
    expect_counter(1, "a", "nothing", "2");
    walk_lines("{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}");
    ck_assert_uint_eq(walk.counters.count, 1);
    ck_assert_str_eq(walk.counters.path, "b");
    walk_lines("{\"a\":{\"b\":1},\"c\":1}", "{\"a\":4,\"c\":2}");
    ck_assert_uint_eq(walk.counters.count, 2);
}
END_TEST

START_TEST(what_is_no_json_is_refused)
{
    struct sim_error err = {0};

    ck_assert(!line_walk(&walk, "{\"a\":1", 6, "{\"a\":1}", 7, &err));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    err.code = ERR_NONE;
    ck_assert(!line_walk(&walk, "{\"a\":1}", 7, "{\"a\":1.5}", 9, &err));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
}
END_TEST

START_TEST(a_failed_allocation_is_an_error)
{
    const char *line = "{\"zones\":[{\"name\":\"0/DMA\",\"f\":1}],\"b\":2}";
    const char *other = "{\"zones\":[{\"name\":\"0/DMA\",\"f\":2}],\"b\":2}";
    bool ok = false;

    for (unsigned n = 0;; n++) {
        struct sim_error err = {0};

        fail_malloc_at(n);
        ok = line_walk(&walk, line, strlen(line), other, strlen(other), &err);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("line_walk");

    TEST_CASE(suite, "walk", equal_lines_have_no_difference,
              the_first_member_is_named_and_all_are_counted, elements_are_called_by_their_name,
              members_that_repeat_a_setting_are_kept_apart, lines_of_other_shape_end_the_walk_there,
              what_is_no_json_is_refused, a_failed_allocation_is_an_error);
    return test_run(suite);
}
