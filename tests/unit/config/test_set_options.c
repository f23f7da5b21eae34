/* SPDX-License-Identifier: MIT */
/* --set: which file an argument changes, and how its errors look. */
#include "config_case.h"

START_TEST(the_prefix_decides_which_file_is_changed)
{
    struct set_options sets = {0};

    ck_assert(set_options_add(&sets, "vm.min_free_kbytes=1"));
    ck_assert(set_options_add(&sets, "workload.seed=2"));
    ck_assert(set_options_add(&sets, "machine.hz=100"));
    ck_assert_uint_eq(sets.machine.count, 2);
    ck_assert_str_eq(sets.machine.items[1], "machine.hz=100");
    ck_assert_uint_eq(sets.workload.count, 1);
    ck_assert_str_eq(sets.workload.items[0], "seed=2");
    set_options_fini(&sets);
}
END_TEST

START_TEST(an_error_in_a_workload_argument_shows_it_as_typed)
{
    struct workload_config workload;
    struct set_options sets = {0};
    struct sim_error err = {0};

    ck_assert(set_options_add(&sets, "workload.seed=many"));
    ck_assert(
        !workload_config_open_bytes(&workload, "w.yaml", bytes_of("version: 1\n"), &sets, &err));
    set_options_restore_place(&sets, &err);
    ck_assert_str_eq(err.file, "--set workload.seed=many");
    ck_assert(err.code == ERR_BAD_NUMBER && err.line == 1 && err.column == 15);
    workload_config_fini(&workload);
    set_options_fini(&sets);
}
END_TEST

START_TEST(an_error_elsewhere_keeps_its_place)
{
    struct set_options sets = {0};
    struct sim_error err = {0};

    ck_assert(set_options_add(&sets, "workload.seed=1"));
    sim_error_set(&err, ERR_BAD_NUMBER, "wrong");
    sim_error_add_place(&err, "--set seed=10", 1, 6);
    set_options_restore_place(&sets, &err);
    ck_assert_str_eq(err.file, "--set seed=10");
    set_options_restore_place(NULL, &err);
    ck_assert_uint_eq(err.column, 6);
    set_options_fini(&sets);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("set_options");

    TEST_CASE(suite, "arguments", the_prefix_decides_which_file_is_changed,
              an_error_in_a_workload_argument_shows_it_as_typed,
              an_error_elsewhere_keeps_its_place);
    return test_run(suite);
}
