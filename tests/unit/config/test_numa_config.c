/* SPDX-License-Identifier: MIT */
/* Memory policies and cpusets in workloads: what they become, and what the kernel would refuse. */
#include <stdio.h>

#include "config_case.h"

#define HEAD "version: 1\nduration: 1s\n"

static const char numa_machine[] =
    "version: 1\nmachine: {nodes: [{memory: 64MiB}, {memory: 64MiB}, {cpus: 1, memory: 0}]}\n";
static const char uma_machine[] = "version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n";

static struct workload_config must_read(const char *text, const struct machine_config *machine)
{
    struct workload_config workload;
    struct sim_error err = {0};

    ck_assert_msg(workload_config_open_bytes(&workload, "w.yaml", bytes_of(text), NULL, &err) &&
                      workload_config_load(&workload, machine, &err),
                  "%u:%u: %s", err.line, err.column, err.message);
    return workload;
}

static void expect_refused(const char *machine_text, const char *text, enum sim_error_code code,
                           uint32_t line, uint32_t column)
{
    struct machine_config machine = must_read_machine(machine_text);
    struct workload_config workload;
    struct sim_error err = {0};

    ck_assert(workload_config_open_bytes(&workload, "w.yaml", bytes_of(text), NULL, &err));
    ck_assert(!workload_config_load(&workload, &machine, &err));
    expect_place(&err, code, line, column);
    workload_config_fini(&workload);
    machine_config_fini(&machine);
}

START_TEST(cpusets_hang_below_their_parents)
{
    struct workload_config workload = must_read(
        HEAD "cpusets:\n"
             "  - {name: a, mems: \"0-1\", mem_exclusive: true, memory_spread_page: true}\n"
             "  - {name: b, parent: a, mems: [1]}\n"
             "  - {name: c, parent: a, mems: 0, memory_spread_page: false}\n"
             "tasks: [{name: t, cpuset: b, mempolicy: {mode: bind, nodes: 1}}, {name: u}]\n",
        NULL);
    const struct cpuset_spec *cpusets = workload.cpusets.items;

    ck_assert_uint_eq(workload.cpusets.count, 3);
    ck_assert(cpusets[0].parent == -1 && cpusets[0].mems == 3 && cpusets[0].mem_exclusive);
    ck_assert(cpusets[1].parent == 0 && cpusets[1].mems == 2 && !cpusets[1].mem_exclusive);
    ck_assert(cpusets[0].memory_spread_page && cpusets[1].memory_spread_page);
    ck_assert(!cpusets[2].memory_spread_page);
    ck_assert_uint_eq(workload.tasks.items[0].cpuset, 2);
    ck_assert_uint_eq(workload.tasks.items[1].cpuset, 0);
    ck_assert_uint_eq(workload.tasks.items[0].mempolicy.mode, MPOL_BIND);
    ck_assert_uint_eq(workload.tasks.items[0].mempolicy.nodes, 2);
    ck_assert_uint_eq(workload.tasks.items[1].mempolicy.mode, MPOL_DEFAULT);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(policies_are_read_in_all_their_forms)
{
    struct workload_config workload =
        must_read(HEAD "tasks:\n  - name: t\n    mempolicy: preferred\n    steps:\n"
                       "      - set_mempolicy: {mode: interleave, nodes: \"0,2-3\"}\n"
                       "      - set_mempolicy: default\n"
                       "      - anon: {id: r, size: 4KiB, mempolicy: {mode: bind, nodes: 63}}\n"
                       "      - mbind: {id: r, mode: preferred, nodes: [1, 0]}\n",
                  NULL);
    const struct task_spec *task = &workload.tasks.items[0];

    ck_assert(task->mempolicy.mode == MPOL_PREFERRED && task->mempolicy.nodes == 0);
    ck_assert_uint_eq(task->steps[0].user.op, USER_SET_MEMPOLICY);
    ck_assert(task->steps[0].user.policy.mode == MPOL_INTERLEAVE);
    ck_assert_uint_eq(task->steps[0].user.policy.nodes, 13);
    ck_assert(task->steps[1].user.policy.mode == MPOL_DEFAULT);
    ck_assert(task->steps[2].user.op == USER_ANON && task->steps[2].user.policy.mode == MPOL_BIND);
    ck_assert_uint_eq(task->steps[2].user.policy.nodes, UINT64_C(1) << 63);
    ck_assert(task->steps[3].user.op == USER_MBIND && task->steps[3].user.policy.nodes == 3);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(what_the_kernel_would_refuse_has_a_place)
{
    static const struct {
        const char *text;
        enum sim_error_code code;
        uint32_t line, column;
    } bad[] = {
        {"cpusets: [{name: a, mems: []}]\n", ERR_BAD_CPUSET, 3, 27},
        {"cpusets: [{name: a, mems: 2}]\n", ERR_BAD_CPUSET, 3, 27},
        {"cpusets: [{name: a, mems: 3}]\n", ERR_UNKNOWN_NODE, 3, 27},
        {"cpusets: [{name: a, mems: 1-0}]\n", ERR_OUT_OF_RANGE, 3, 27},
        {"cpusets: [{name: a, mems: x}]\n", ERR_BAD_NUMBER, 3, 27},
        {"cpusets: [{name: a, mems: {0: 1}}]\n", ERR_BAD_NUMBER, 3, 27},
        {"cpusets: [{name: a, mems: [[0]]}]\n", ERR_BAD_NUMBER, 3, 28},
        {"cpusets: [{name: a}]\n", ERR_MISSING_KEY, 3, 11},
        {"cpusets: [{name: a, mems: 0}, {name: a, mems: 1}]\n", ERR_DUPLICATE_NAME, 3, 38},
        {"cpusets: [{name: a, mems: 0}, {name: b, parent: a, mems: 1}]\n", ERR_BAD_CPUSET, 3, 58},
        {"cpusets: [{name: b, parent: b, mems: 1}]\n", ERR_UNKNOWN_CPUSET, 3, 29},
        {"cpusets: [{name: a, mems: 0}, {name: b, mems: 0, mem_exclusive: true}]\n", ERR_BAD_CPUSET,
         3, 47},
        {"tasks: [{name: t, cpuset: x}]\n", ERR_UNKNOWN_CPUSET, 3, 27},
        {"tasks: [{name: t, mempolicy: bind}]\n", ERR_BAD_MEMPOLICY, 3, 30},
        {"tasks: [{name: t, mempolicy: {mode: default, nodes: 0}}]\n", ERR_BAD_MEMPOLICY, 3, 37},
        {"tasks: [{name: t, mempolicy: {nodes: 0}}]\n", ERR_MISSING_KEY, 3, 30},
        {"tasks: [{name: t, flags: [in_interrupt], mempolicy: preferred}]\n", ERR_UNKNOWN_KEY, 3,
         42},
        {"cpusets: [{name: a, mems: 0}]\n"
         "tasks: [{name: t, cpuset: a, mempolicy: {mode: bind, nodes: 1}}]\n",
         ERR_BAD_MEMPOLICY, 4, 41},
        {"cpusets: [{name: a, mems: 0}]\n"
         "tasks: [{name: t, cpuset: a, steps: [{set_mempolicy: {mode: bind, nodes: 0-1}}]}]\n",
         ERR_BAD_MEMPOLICY, 4, 54},
        {"cpusets: [{name: a, mems: 0}]\n"
         "tasks: [{name: t, cpuset: a, steps: [{anon: {id: r, size: 4KiB}},\n"
         "  {mbind: {id: r, mode: interleave, nodes: 1}}]}]\n",
         ERR_BAD_MEMPOLICY, 5, 11},
        {"cpusets: [{name: a, mems: 0}]\n"
         "tasks: [{name: t, cpuset: a, steps: [\n"
         "  {anon: {id: r, size: 4KiB, mempolicy: {mode: bind, nodes: 1}}}]}]\n",
         ERR_BAD_MEMPOLICY, 5, 41},
        {"tasks: [{name: t, steps: [{mbind: {id: r, mode: default}}]}]\n", ERR_UNKNOWN_ID, 3, 40},
        {"cpusets: [{name: a, mems: 0}]\n"
         "tasks: [{name: t, steps: [{fork: u}]}, {name: u, forked: true, cpuset: a}]\n",
         ERR_UNKNOWN_KEY, 4, 64},
    };
    char text[512];

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(text, sizeof(text), HEAD "%s", bad[i].text);
        expect_refused(numa_machine, text, bad[i].code, bad[i].line, bad[i].column);
    }
}
END_TEST

START_TEST(a_forked_task_has_the_cpuset_of_each_that_forks_it)
{
#define FAMILY                                                                           \
    HEAD "cpusets: [{name: a, mems: 0}, {name: b, mems: 0-1}]\n"                         \
         "tasks:\n"                                                                      \
         "- {name: one, cpuset: b, steps: [{anon: {id: r, size: 4KiB}}, {fork: mid}]}\n" \
         "- {name: two, cpuset: a, steps: [{anon: {id: r, size: 4KiB}}, {fork: mid}]}\n" \
         "- {name: mid, forked: true, steps: [{fork: end}]}\n"
    expect_refused(numa_machine,
                   FAMILY "- {name: end, forked: true, steps:\n"
                          "  [{set_mempolicy: {mode: preferred, nodes: 1}}]}\n",
                   ERR_BAD_MEMPOLICY, 9, 20);
    expect_refused(numa_machine,
                   FAMILY "- {name: end, forked: true, steps:\n"
                          "  [{mbind: {id: r, mode: bind, nodes: 1}}]}\n",
                   ERR_BAD_MEMPOLICY, 9, 12);
}
END_TEST

START_TEST(a_uma_kernel_has_neither)
{
    expect_refused(uma_machine, HEAD "cpusets: [{name: a, mems: 0}]\n", ERR_BAD_CPUSET, 3, 11);
    expect_refused(uma_machine, HEAD "tasks: [{name: t, mempolicy: preferred}]\n",
                   ERR_BAD_MEMPOLICY, 3, 30);
    expect_refused(uma_machine,
                   HEAD "tasks: [{name: t, steps: [{set_mempolicy: {mode: bind, nodes: 0}}]}]\n",
                   ERR_BAD_MEMPOLICY, 3, 43);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numa_config");

    TEST_CASE(suite, "numa", cpusets_hang_below_their_parents, policies_are_read_in_all_their_forms,
              what_the_kernel_would_refuse_has_a_place,
              a_forked_task_has_the_cpuset_of_each_that_forks_it, a_uma_kernel_has_neither);
    return test_run(suite);
}
