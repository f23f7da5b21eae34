/* SPDX-License-Identifier: MIT */
/* Regions must be there when their step comes: through loops, exits and forks. */
#include "config_case.h"

#define HEAD "version: 1\nduration: 1s\ntasks:\n"

/* The steps begin on line 6. */
#define STEPS HEAD "  - name: a\n    steps:\n"
#define ANON  "      - anon: {id: x, size: 4KiB}\n"
#define TOUCH "      - touch: {id: x}\n"
#define UNMAP "      - unmap: x\n"

static void accept(const char *text)
{
    struct workload_config workload = must_read_workload(text);

    workload_config_fini(&workload);
}

START_TEST(a_region_is_used_between_its_creation_and_its_end)
{
    accept(STEPS ANON TOUCH "      - mlock: x\n      - munlock: x\n" UNMAP ANON TOUCH);
    refuse_workload(STEPS TOUCH ANON, ERR_UNKNOWN_ID, 6, 21);
    refuse_workload(STEPS ANON UNMAP TOUCH, ERR_UNKNOWN_ID, 8, 21);
    refuse_workload(STEPS ANON UNMAP UNMAP, ERR_UNKNOWN_ID, 8, 16);
    refuse_workload(STEPS ANON TOUCH ANON, ERR_ID_IN_USE, 8, 20);
}
END_TEST

START_TEST(a_loop_leaves_regions_as_it_found_them)
{
    accept(STEPS "      - loop: {count: 9, steps: [{anon: {id: x, size: 4KiB}}, {touch: {id: x}}, "
                 "{unmap: x}]}\n");
    accept(STEPS ANON "      - loop: {count: 9, steps: [{unmap: x}, "
                      "{anon: {id: x, size: 4KiB}}]}\n" TOUCH);
    refuse_workload(STEPS "      - loop: {count: 2, steps: [{anon: {id: x, size: 4KiB}}]}\n",
                    ERR_ID_IN_USE, 6, 46);
    refuse_workload(STEPS ANON "      - loop: {count: 2, steps: [{touch: {id: x}}, {unmap: x}]}\n",
                    ERR_UNKNOWN_ID, 7, 47);
    refuse_workload(STEPS "      - loop: {steps: [{sleep: 1ms}, {anon: {id: x, size: 4KiB}}]}\n",
                    ERR_ID_IN_USE, 6, 50);
}
END_TEST

START_TEST(a_loop_of_one_pass_may_change_them)
{
    accept(STEPS "      - loop: {count: 1, steps: [{anon: {id: x, size: 4KiB}}]}\n" TOUCH);
}
END_TEST

START_TEST(nested_loops_are_followed)
{
    refuse_workload(STEPS ANON "      - loop: {count: 2, steps: [{loop: {count: 2, steps: "
                               "[{touch: {id: x}}]}}, {unmap: x}]}\n",
                    ERR_UNKNOWN_ID, 7, 73);
}
END_TEST

START_TEST(steps_that_are_never_reached_do_not_count)
{
    accept(STEPS ANON "      - exit\n" ANON);
    accept(STEPS ANON "      - loop: {steps: [{sleep: 1ms}]}\n" ANON);
    accept(STEPS "      - loop: {count: 2, steps: [{anon: {id: x, size: 4KiB}}, exit]}\n");
}
END_TEST

START_TEST(a_child_begins_with_what_its_parent_has_then)
{
    accept(HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {fork: b}, {unmap: x}]}\n"
                "  - {name: b, forked: true, steps: [{touch: {id: x}}, {unmap: x}]}\n");
    refuse_workload(HEAD
                    "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {unmap: x}, {fork: b}]}\n"
                    "  - {name: b, forked: true, steps: [{touch: {id: x}}]}\n",
                    ERR_UNKNOWN_ID, 5, 50);
    refuse_workload(HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {fork: b}]}\n"
                         "  - {name: b, forked: true, steps: [{anon: {id: x, size: 4KiB}}]}\n",
                    ERR_ID_IN_USE, 5, 49);
}
END_TEST

START_TEST(what_a_grandchild_needs_passes_through_its_parent)
{
    accept(HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {fork: b}]}\n"
                "  - {name: b, forked: true, steps: [{fork: c}]}\n"
                "  - {name: c, forked: true, steps: [{touch: {id: x}}]}\n");
    refuse_workload(HEAD
                    "  - {name: a, steps: [{fork: b}, {anon: {id: x, size: 4KiB}}, {fork: b}]}\n"
                    "  - {name: b, forked: true, steps: [{fork: c}]}\n"
                    "  - {name: c, forked: true, steps: [{touch: {id: x}}]}\n",
                    ERR_UNKNOWN_ID, 6, 50);
}
END_TEST

START_TEST(a_forking_loop_keeps_to_what_the_child_needs)
{
    refuse_workload(HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, "
                         "{loop: {count: 2, steps: [{fork: b}, {unmap: x}]}}]}\n"
                         "  - {name: b, forked: true, steps: [{touch: {id: x}}]}\n",
                    ERR_UNKNOWN_ID, 5, 50);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("region_flow");

    TEST_CASE(suite, "steps", a_region_is_used_between_its_creation_and_its_end,
              steps_that_are_never_reached_do_not_count);
    TEST_CASE(suite, "loops", a_loop_leaves_regions_as_it_found_them,
              a_loop_of_one_pass_may_change_them, nested_loops_are_followed);
    TEST_CASE(suite, "forks", a_child_begins_with_what_its_parent_has_then,
              what_a_grandchild_needs_passes_through_its_parent,
              a_forking_loop_keeps_to_what_the_child_needs);
    return test_run(suite);
}
