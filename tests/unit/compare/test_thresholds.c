/* SPDX-License-Identifier: MIT */
/* Tests of reading thresholds. */
#include "compare/thresholds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

static struct sim_error err;

static bool load(struct thresholds *thresholds, const char *text)
{
    char path[] = "/tmp/mmsim-thresholds-XXXXXX";
    int fd = mkstemp(path);
    bool ok;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    err = (struct sim_error){0};
    ok = thresholds_load(thresholds, path, &err);
    unlink(path);
    return ok;
}

static void expect(const char *text, enum sim_error_code code, unsigned line, unsigned column)
{
    struct thresholds thresholds = {0};

    ck_assert(!load(&thresholds, text));
    ck_assert_int_eq(err.code, code);
    ck_assert_uint_eq(err.line, line);
    ck_assert_uint_eq(err.column, column);
    thresholds_fini(&thresholds);
}

START_TEST(a_file_keeps_its_order_and_places)
{
    struct thresholds thresholds = {0};

    ck_assert(load(&thresholds, "version: 1\nname: n\ndescription: d\nthresholds:\n"
                                "  alloc.failed: [\"== 0\", no worse]\n"
                                "  zones[*].nr_free_pages.min: '>= baseline - 5%'\n"));
    ck_assert_uint_eq(thresholds.items.count, 3);
    ck_assert_str_eq(thresholds.items.items[1].metric, "alloc.failed");
    ck_assert_str_eq(thresholds.items.items[1].condition, "no worse");
    ck_assert_uint_eq(thresholds.items.items[1].line, 5);
    ck_assert_uint_eq(thresholds.items.items[1].column, 26);
    ck_assert_uint_eq(thresholds.items.items[1].metric_column, 3);
    ck_assert_str_eq(thresholds.items.items[2].condition, ">= baseline - 5%");
    thresholds_fini(&thresholds);
}
END_TEST

START_TEST(bad_files_have_a_code_and_a_place)
{
    expect("thresholds: {a: '== 0'}\n", ERR_MISSING_KEY, 1, 1);
    expect("version: 2\nthresholds: {a: '== 0'}\n", ERR_BAD_VERSION, 1, 10);
    expect("version: 1\nthreshold: {a: '== 0'}\n", ERR_UNKNOWN_KEY, 2, 1);
    expect("version: 1\nthresholds: {}\n", ERR_NOTHING_TO_COMPARE, 2, 13);
    expect("version: 1\nthresholds:\n", ERR_NOTHING_TO_COMPARE, 2, 12);
    expect("version: 1\nthresholds: [a]\n", ERR_WRONG_TYPE, 2, 13);
    expect("version: 1\nthresholds:\n  a: []\n", ERR_NOTHING_TO_COMPARE, 3, 6);
    expect("version: 1\nthresholds:\n  a: '= 0'\n", ERR_BAD_CONDITION, 3, 6);
    expect("version: 1\nthresholds:\n  'a..b': '== 0'\n", ERR_BAD_METRIC, 3, 3);
    expect("version: 1\nthresholds:\n  a: {max: 3}\n", ERR_WRONG_TYPE, 3, 6);
    expect("[1]\n", ERR_WRONG_TYPE, 1, 1);
}
END_TEST

START_TEST(the_command_line_adds_one_more)
{
    struct thresholds thresholds = {0};

    err = (struct sim_error){0};
    ck_assert(thresholds_add(&thresholds, " alloc.failed<= 3", &err));
    ck_assert_str_eq(thresholds.items.items[0].metric, "alloc.failed");
    ck_assert(!thresholds_add(&thresholds, "alloc.failed", &err));
    ck_assert_int_eq(err.code, ERR_BAD_CONDITION);
    ck_assert_str_eq(err.file, "--threshold 'alloc.failed'");
    ck_assert_uint_eq(thresholds.items.count, 1);
    thresholds_fini(&thresholds);
}
END_TEST

START_TEST(a_failed_allocation_is_an_error)
{
    const char *text = "version: 1\nthresholds:\n  a: ['== 0', '< 3']\n";
    char path[] = "/tmp/mmsim-thresholds-XXXXXX";
    int fd = mkstemp(path);
    bool ok = false;

    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    for (unsigned n = 0; !ok; n++) {
        struct thresholds thresholds = {0};

        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = thresholds_load(&thresholds, path, &err);
        if (fail_malloc_off())
            ck_assert(!ok && err.code == ERR_OUT_OF_MEMORY);
        thresholds_fini(&thresholds);
    }
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("thresholds");

    TEST_CASE(suite, "thresholds", a_file_keeps_its_order_and_places,
              bad_files_have_a_code_and_a_place, the_command_line_adds_one_more,
              a_failed_allocation_is_an_error);
    return test_run(suite);
}
