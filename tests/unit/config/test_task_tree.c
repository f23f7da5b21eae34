/* SPDX-License-Identifier: MIT */
/* Tasks as processes: what the OOM killer asks, forks, and the regions that forked tasks share. */
#include <stdio.h>

#include "config_case.h"
#include "engine/task.h"

/* The tasks begin on line 4. */
#define HEAD "version: 1\nduration: 1s\ntasks:\n"

START_TEST(a_task_is_an_ordinary_process_by_default)
{
    struct workload_config workload = must_read_workload(HEAD "  - {name: a}\n");
    const struct task_spec *task = workload.tasks.items;

    ck_assert(task->nice == 0 && task->oom_adj == 0 && !task->forked && task->nr_regions == 0);
    ck_assert(!task->superuser && !task->cap_sys_admin && !task->cap_sys_rawio);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(what_the_oom_killer_asks_reaches_the_spec)
{
    struct workload_config workload = must_read_workload(
        HEAD "  - {name: a, nice: -20, oom_adj: -17, uid: 0, flags: [PF_LESS_THROTTLE],\n"
             "     capabilities: [CAP_SYS_ADMIN]}\n"
             "  - {name: b, nice: 19, oom_adj: 15, uid: 1, capabilities: [CAP_SYS_RAWIO]}\n");
    const struct task_spec *task = workload.tasks.items;

    ck_assert(task[0].nice == -20 && task[0].oom_adj == -17 && task[0].superuser);
    ck_assert(task[0].cap_sys_admin && !task[0].cap_sys_rawio);
    ck_assert_uint_eq(task[0].flags, TASK_PF_LESS_THROTTLE);
    ck_assert(task[1].nice == 19 && task[1].oom_adj == 15 && !task[1].superuser);
    ck_assert(!task[1].cap_sys_admin && task[1].cap_sys_rawio);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_fork_names_a_task_below)
{
    struct workload_config workload =
        must_read_workload(HEAD "  - {name: a, steps: [{fork: c}, {fork: {task: b, count: 3}}]}\n"
                                "  - {name: b, forked: true}\n"
                                "  - {name: c, forked: true, steps: [exit]}\n");
    const struct task_spec *task = workload.tasks.items;

    ck_assert(task[0].steps[0].op == STEP_USER && task[0].steps[0].user.op == USER_FORK);
    ck_assert(task[0].steps[0].user.child == 2);
    ck_assert(task[0].nr_steps == 3 && task[0].steps[1].op == STEP_LOOP);
    ck_assert(task[0].steps[1].count == 3 && task[0].steps[1].nr_steps == 1);
    ck_assert(task[0].steps[2].user.op == USER_FORK && task[0].steps[2].user.child == 1);
    ck_assert(!task[0].forked && task[1].forked && task[2].forked);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(forked_tasks_use_the_regions_of_those_that_fork_them)
{
    struct workload_config workload = must_read_workload(
        HEAD "  - {name: a, steps: [{anon: {id: x, size: 8KiB}}, {fork: c}]}\n"
             "  - {name: other, steps: [{anon: {id: x, size: 4KiB}}]}\n"
             "  - {name: c, forked: true, steps: [{anon: {id: y, size: 4KiB}}, {fork: d}]}\n"
             "  - {name: d, forked: true, steps: [{touch: {id: y}}, "
             "{touch: {id: x, size: 8KiB}}]}\n");
    const struct task_spec *task = workload.tasks.items;

    ck_assert(task[0].steps[0].user.region == 0 && task[0].nr_regions == 2);
    ck_assert(task[1].steps[0].user.region == 0 && task[1].nr_regions == 1);
    ck_assert(task[2].steps[0].user.region == 1 && task[2].nr_regions == 2);
    ck_assert(task[3].steps[0].user.region == 1 && task[3].steps[1].user.region == 0);
    ck_assert_uint_eq(task[3].nr_regions, 2);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(tasks_with_a_common_child_are_one_tree)
{
    struct workload_config workload = must_read_workload(
        HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {fork: c}]}\n"
             "  - {name: b, steps: [{anon: {id: y, size: 4KiB}}, {fork: c}]}\n"
             "  - {name: c, forked: true, steps: [{anon: {id: z, size: 4KiB}}]}\n");
    const struct task_spec *task = workload.tasks.items;

    ck_assert(task[0].steps[0].user.region == 0 && task[1].steps[0].user.region == 1);
    ck_assert(task[2].steps[0].user.region == 2 && task[0].nr_regions == 3);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(regions_of_children_and_siblings_are_unknown)
{
    struct sim_error err =
        refuse_workload(HEAD "  - {name: a, steps: [{touch: {id: x}}, {fork: b}]}\n"
                             "  - {name: b, forked: true, steps: [{anon: {id: x, size: 4KiB}}]}\n",
                        ERR_UNKNOWN_ID, 4, 36);

    ck_assert_str_eq(err.hint, "anon and mmap create regions");
    err = refuse_workload(
        HEAD "  - {name: a, steps: [{anon: {id: heap, size: 4KiB}}, {fork: b}, {fork: c}]}\n"
             "  - {name: b, forked: true, steps: [{anon: {id: x, size: 4KiB}}]}\n"
             "  - {name: c, forked: true, steps: [{unmap: heep}]}\n",
        ERR_UNKNOWN_ID, 6, 45);
    ck_assert_str_eq(err.hint, "did you mean heap?");
    refuse_workload(HEAD "  - {name: a, steps: [{fork: b}, {fork: c}]}\n"
                         "  - {name: b, forked: true, steps: [{anon: {id: x, size: 4KiB}}]}\n"
                         "  - {name: c, forked: true, steps: [{unmap: x}]}\n",
                    ERR_UNKNOWN_ID, 6, 45);
}
END_TEST

START_TEST(a_child_touches_within_the_region_of_its_parent)
{
    refuse_workload(HEAD "  - {name: a, steps: [{anon: {id: x, size: 4KiB}}, {fork: b}]}\n"
                         "  - {name: b, forked: true, steps: [{touch: {id: x, size: 8KiB}}]}\n",
                    ERR_OUT_OF_RANGE, 5, 59);
}
END_TEST

START_TEST(bad_forks_are_refused_where_they_are_wrong)
{
    static const struct {
        const char *tasks;
        enum sim_error_code code;
        uint32_t line, column;
    } rows[] = {
        {"  - {name: a, steps: [{fork: a}]}\n", ERR_BAD_FORK, 4, 30},
        {"  - {name: a, forked: true, steps: [{fork: a}]}\n", ERR_BAD_FORK, 4, 44},
        {"  - {name: a, steps: [{fork: {task: b}}]}\n  - {name: b}\n", ERR_BAD_FORK, 4, 37},
        {"  - {name: b, forked: true}\n  - {name: a, steps: [{fork: b}]}\n", ERR_BAD_FORK, 5, 30},
        {"  - {name: a}\n  - {name: b, forked: true}\n", ERR_BAD_FORK, 5, 23},
        {"  - {name: a, steps: [{fork: bee}]}\n", ERR_UNKNOWN_TASK, 4, 30},
        {"  - {name: a, steps: [{fork: {count: 2}}]}\n", ERR_MISSING_KEY, 4, 30},
        {"  - {name: a, steps: [{fork: {task: a, count: 0}}]}\n", ERR_OUT_OF_RANGE, 4, 47},
        {"  - {name: a, steps: [{fork: {task: a, count: 10001}}]}\n", ERR_OUT_OF_RANGE, 4, 47},
        {"  - {name: a, forked: true, start: 1s}\n", ERR_UNKNOWN_KEY, 4, 29},
        {"  - {name: a, nice: 20}\n", ERR_OUT_OF_RANGE, 4, 21},
        {"  - {name: a, nice: -21}\n", ERR_OUT_OF_RANGE, 4, 21},
        {"  - {name: a, oom_adj: 16}\n", ERR_OUT_OF_RANGE, 4, 24},
        {"  - {name: a, oom_adj: -18}\n", ERR_OUT_OF_RANGE, 4, 24},
        {"  - {name: a, uid: -1}\n", ERR_BAD_NUMBER, 4, 20},
        {"  - {name: a, uid: root}\n", ERR_BAD_NUMBER, 4, 20},
        {"  - {name: a, capabilities: [CAP_SYS_NICE]}\n", ERR_UNKNOWN_NAME, 4, 30},
        {"  - {name: a, capabilities: CAP_SYS_ADMIN}\n", ERR_WRONG_TYPE, 4, 29},
        {"  - {name: a, flags: [PF_LESS]}\n", ERR_UNKNOWN_NAME, 4, 23},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), HEAD "%s", rows[i].tasks);
        refuse_workload(text, rows[i].code, rows[i].line, rows[i].column);
    }
}
END_TEST

START_TEST(events_do_not_name_forked_tasks)
{
    refuse_workload(HEAD "  - {name: a, steps: [{fork: b}]}\n  - {name: b, forked: true}\n"
                         "events:\n  - [1ms, b, alloc_pages, x]\n",
                    ERR_BAD_FORK, 7, 11);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("task_tree");

    TEST_CASE(suite, "processes", a_task_is_an_ordinary_process_by_default,
              what_the_oom_killer_asks_reaches_the_spec);
    TEST_CASE(suite, "forks", a_fork_names_a_task_below, bad_forks_are_refused_where_they_are_wrong,
              events_do_not_name_forked_tasks);
    TEST_CASE(suite, "regions", forked_tasks_use_the_regions_of_those_that_fork_them,
              tasks_with_a_common_child_are_one_tree, regions_of_children_and_siblings_are_unknown,
              a_child_touches_within_the_region_of_its_parent);
    return test_run(suite);
}
