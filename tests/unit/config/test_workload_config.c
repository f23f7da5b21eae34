/* SPDX-License-Identifier: MIT */
/* Workload files: what tasks, generators and events become. */
#include "config_case.h"
#include "engine/task.h"
#include "mm/gfp.h"
#include "mm/sysctl.h"

#define HEAD  "version: 1\nduration: 1s\n"
#define STEPS HEAD "tasks:\n  - name: a\n    steps:\n"

/* The steps of the only task. */
static const struct step_spec *steps_of(const struct workload_config *workload, unsigned count)
{
    ck_assert_uint_eq(workload->tasks.count, 1);
    ck_assert_uint_eq(workload->tasks.items[0].nr_steps, count);
    return workload->tasks.items[0].steps;
}

START_TEST(the_head_has_defaults)
{
    struct workload_config workload = must_read_workload(HEAD);

    ck_assert_str_eq(workload.name, "w");
    ck_assert_str_eq(workload.description, "");
    ck_assert_ptr_null(workload.machine_path);
    ck_assert_uint_eq(workload.seed, 1);
    ck_assert_uint_eq(workload.tick_ns, 100000000);
    ck_assert_uint_eq(workload.duration_ns, 1000000000);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(the_head_is_read_and_the_machine_is_seen_from_the_workload)
{
    struct workload_config workload = must_read_workload(
        "version: 1\nname: n\ndescription: d\nmachine: ../m.yaml\nseed: 18446744073709551615\n"
        "duration: 2s\ntick: 5ms\n");

    ck_assert_str_eq(workload.name, "n");
    ck_assert_str_eq(workload.description, "d");
    ck_assert_str_eq(workload.machine_path, "dir/../m.yaml");
    ck_assert_uint_eq(workload.seed, UINT64_MAX);
    ck_assert_uint_eq(workload.tick_ns, 5000000);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_task_has_a_cpu_flags_and_a_start)
{
    struct workload_config workload = must_read_workload(
        HEAD "tasks: [{name: a, cpu: 3, start: 7ms, flags: [PF_MEMALLOC, in_interrupt, rt_task, "
             "TIF_MEMDIE]}, {name: b}]\n");
    const struct task_spec *tasks = workload.tasks.items;

    ck_assert_str_eq(tasks[0].name, "a");
    ck_assert_int_eq(tasks[0].cpu, 3);
    ck_assert_uint_eq(tasks[0].start_ns, 7000000);
    ck_assert_uint_eq(tasks[0].flags,
                      TASK_PF_MEMALLOC | TASK_IN_INTERRUPT | TASK_RT | TASK_TIF_MEMDIE);
    ck_assert_int_eq(tasks[1].cpu, -1);
    ck_assert_uint_eq(tasks[1].nr_steps, 0);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(allocating_steps_fill_the_record)
{
    struct workload_config workload = must_read_workload(
        STEPS "      - alloc_pages: {id: x, order: 2, gfp: GFP_ATOMIC, count: 5, node: 1}\n"
              "      - alloc_pages: {id: y}\n"
              "      - get_dma_pages: {id: x, order: 1}\n"
              "      - get_zeroed_page: {id: z, gfp: 0x20}\n");
    const struct step_spec *step = steps_of(&workload, 4);

    ck_assert(step[0].op == STEP_RECORD && step[0].record.op == TRACE_ALLOC_PAGES);
    ck_assert(step[0].record.id == 0 && step[0].record.order == 2 && step[0].count == 5);
    ck_assert(step[0].record.gfp == GFP_ATOMIC && step[0].record.node == 1 && step[0].line == 6);
    ck_assert(step[1].record.id == 1 && step[1].record.order == 0 && step[1].count == 1);
    ck_assert(step[1].record.gfp == GFP_KERNEL && step[1].record.node == -1);
    ck_assert(step[2].record.id == 0 && step[2].record.op == TRACE_GET_DMA_PAGES);
    ck_assert(step[3].record.id == 2 && step[3].record.gfp == GFP_ATOMIC);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(freeing_steps_take_all_or_some)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - alloc_pages: {id: x}\n"
                                 "      - free_pages: x\n"
                                 "      - free_cold_page: {id: x, count: 3, every: 2}\n"
                                 "      - split_page: {id: x}\n"
                                 "      - drain_local_pages\n"
                                 "      - drain_all_local_pages:\n");
    const struct step_spec *step = steps_of(&workload, 6);

    ck_assert(step[1].record.op == TRACE_FREE_PAGES && step[1].count == 0);
    ck_assert(step[2].record.op == TRACE_FREE_COLD_PAGE);
    ck_assert(step[2].count == 3 && step[2].every == 2);
    ck_assert(step[3].record.op == TRACE_SPLIT_PAGE);
    ck_assert(step[4].record.op == TRACE_DRAIN_LOCAL_PAGES);
    ck_assert(step[5].record.op == TRACE_DRAIN_ALL_LOCAL_PAGES);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(loops_lie_before_their_bodies)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - loop:\n"
                                 "          count: 3\n"
                                 "          steps:\n"
                                 "            - sleep: 1ms\n"
                                 "            - loop: {steps: [{sleep: 2ms}, exit]}\n"
                                 "      - until: 9ms\n");
    const struct step_spec *step = steps_of(&workload, 6);

    ck_assert(step[0].op == STEP_LOOP && step[0].count == 3 && step[0].nr_steps == 4);
    ck_assert(step[1].op == STEP_SLEEP && step[1].duration_ns == 1000000);
    ck_assert(step[2].op == STEP_LOOP && step[2].count == 0 && step[2].nr_steps == 2);
    ck_assert(step[4].op == STEP_EXIT);
    ck_assert(step[5].op == STEP_UNTIL && step[5].record.time_ns == 9000000);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(sysctl_steps_take_the_values_of_the_kernel)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - sysctl: {vm.min_free_kbytes: 4096}\n"
                                 "      - sysctl: {lowmem_reserve_ratio: [1, 2, 3]}\n"
                                 "      - sysctl: {numa_zonelist_order: zone}\n"
                                 "      - sysctl: {vm.page-cluster: 0}\n"
                                 "      - sysctl: {swappiness: 100}\n");
    const struct step_spec *step = steps_of(&workload, 5);

    ck_assert(step[0].record.op == TRACE_SYSCTL && step[0].record.sysctl == VM_MIN_FREE_KBYTES);
    ck_assert_uint_eq(step[0].record.values[0], 4096);
    ck_assert_uint_eq(step[1].record.sysctl, VM_LOWMEM_RESERVE_RATIO);
    ck_assert_uint_eq(step[1].record.values[2], 3);
    ck_assert_uint_eq(step[2].record.values[0], ZONELIST_ORDER_ZONE);
    ck_assert(step[3].record.sysctl == VM_PAGE_CLUSTER && step[3].record.values[0] == 0);
    ck_assert(step[4].record.sysctl == VM_SWAPPINESS && step[4].record.values[0] == 100);
    workload_config_fini(&workload);
}
END_TEST

/* The records of the only source. */
static unsigned count_records(struct workload_config *workload, struct trace_record *ret_last)
{
    struct sim_error err = {0};
    unsigned count = 0;

    ck_assert_uint_eq(workload->sources.count, 1);
    while (trace_source_next(workload->sources.items[0], ret_last, &err) == TRACE_RECORD)
        count++;
    ck_assert(!sim_error_is_set(&err));
    return count;
}

START_TEST(a_sysctl_step_keeps_to_the_ranges_of_the_kernel)
{
    refuse_workload(STEPS "      - sysctl: {swappiness: 101}\n", ERR_OUT_OF_RANGE, 6, 30);
    refuse_workload(STEPS "      - sysctl: {page-cluster: 11}\n", ERR_OUT_OF_RANGE, 6, 32);
    refuse_workload(STEPS "      - sysctl: {page_cluster: 1}\n", ERR_UNKNOWN_SYSCTL, 6, 18);
}
END_TEST

START_TEST(events_become_a_source)
{
    struct workload_config workload = must_read_workload(
        HEAD "events:\n"
             "  - {t: 1ms, task: a, op: alloc_pages, id: x, order: 1, gfp: GFP_ATOMIC}\n"
             "  - [2ms, b, free_pages, x]\n"
             "  - [3ms, b, sysctl, lowmem_reserve_ratio, 1, 2, 3]\n"
             "  - {t: 4ms, task: b, op: sysctl, name: vm.min_free_kbytes, value: 128}\n"
             "  - [5ms, b, sysctl, vm.dirty_ratio, 7]\n");
    struct trace_record last;

    ck_assert_uint_eq(count_records(&workload, &last), 5);
    ck_assert_uint_eq(workload.sources.items[0]->nr_tasks, 2);
    ck_assert(last.op == TRACE_SYSCTL && last.sysctl == VM_DIRTY_RATIO);
    ck_assert(last.values[0] == 7 && last.time_ns == 5000000);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_list_of_events_can_be_replaced)
{
    struct workload_config workload;
    struct set_options sets = {0};
    struct sim_error err = {0};
    struct trace_record last;

    ck_assert(set_options_add(&sets, "workload.events=[[5ms, z, alloc_pages, q]]"));
    ck_assert(workload_config_open_bytes(&workload, "w.yaml",
                                         bytes_of(HEAD "events:\n  - [1ms, a, alloc_pages, x]\n"
                                                       "  - [2ms, a, free_pages, x]\n"),
                                         &sets, &err) &&
              workload_config_load(&workload, NULL, &err));
    ck_assert_uint_eq(count_records(&workload, &last), 1);
    ck_assert_uint_eq(last.time_ns, 5000000);
    workload_config_fini(&workload);
    set_options_fini(&sets);
}
END_TEST

START_TEST(a_generator_ends_with_the_workload)
{
    struct workload_config workload =
        must_read_workload(HEAD "generators: [{name: g, gap: 100ms, lifetime: 1ms}]\n");
    struct trace_record last;

    /* Arrivals at 100 ms ... 900 ms, each with its free; the last one ends at 1 s at the latest. */
    ck_assert_uint_ge(count_records(&workload, &last), 18);
    ck_assert_uint_le(last.time_ns, 1001000000);
    ck_assert_str_eq(workload.sources.items[0]->tasks[0].name, "g");
    workload_config_fini(&workload);
}
END_TEST

static void expect_refused(const char *text, enum sim_error_code code)
{
    struct workload_config workload;
    struct sim_error err = {0};

    ck_assert(!read_workload(text, &workload, &err));
    ck_assert_msg(err.code == code, "%s: %s", sim_error_code_name(err.code), err.message);
    workload_config_fini(&workload);
}

START_TEST(a_generator_makes_any_allocating_call)
{
    struct workload_config workload = must_read_workload(
        HEAD "caches: [{name: x, objects_per_page: 8}, {name: y, objects_per_page: 8}]\n"
             "generators:\n"
             "  - {name: a, gap: 900ms, op: kzalloc, size: {uniform: {min: 1KiB, max: 1KiB}}}\n"
             "  - {name: b, gap: 900ms, op: kmem_cache_alloc, cache: y, gfp: GFP_ATOMIC}\n"
             "  - {name: c, gap: 900ms, op: vmalloc_node, size: 5000, node: 0}\n"
             "  - {name: d, gap: 900ms, op: __get_free_page}\n");
    struct trace_record records[4];
    struct sim_error err = {0};

    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(trace_source_next(workload.sources.items[i], &records[i], &err),
                         TRACE_RECORD);
    ck_assert_uint_eq(records[0].op, TRACE_KMALLOC);
    ck_assert_uint_eq(records[0].gfp, GFP_KERNEL | GFP_BIT_ZERO);
    ck_assert_uint_eq(records[0].size_bytes, 1024);
    ck_assert_uint_eq(records[1].op, TRACE_KMEM_CACHE_ALLOC);
    ck_assert_uint_eq(records[1].cache, 1);
    ck_assert_uint_eq(records[2].op, TRACE_VMALLOC);
    ck_assert_uint_eq(records[2].gfp, GFP_KERNEL | GFP_BIT_HIGHMEM);
    ck_assert_int_eq(records[2].node, 0);
    ck_assert_uint_eq(records[3].op, TRACE_GET_FREE_PAGES);
    ck_assert_uint_eq(records[3].order, 0);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_generator_has_the_arguments_of_its_call)
{
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kmalloc}]\n", ERR_MISSING_KEY);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kmem_cache_alloc, cache: x}]\n",
                   ERR_UNKNOWN_CACHE);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kmalloc, size: 1, order: 1}]\n",
                   ERR_BAD_ORDER);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: alloc_page, order: 1}]\n",
                   ERR_BAD_ORDER);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kmalloc, size: 1, node: 0}]\n",
                   ERR_UNKNOWN_KEY);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kmalloc_node, size: 1}]\n",
                   ERR_MISSING_KEY);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: vmalloc, size: 1, gfp: GFP_NOIO}]\n",
                   ERR_UNKNOWN_KEY);
    expect_refused(HEAD "generators: [{name: a, gap: 1ms, op: kfree}]\n", ERR_UNKNOWN_NAME);
}
END_TEST

START_TEST(steps_make_the_calls_by_all_their_names)
{
    struct workload_config workload =
        must_read_workload(HEAD "caches: [{name: x, objects_per_page: 8}]\n"
                                "tasks:\n  - name: a\n    steps:\n"
                                "      - alloc_page: {id: p, gfp: GFP_ATOMIC, count: 3}\n"
                                "      - alloc_pages_node: {id: p, node: 0, order: 2}\n"
                                "      - kzalloc: {id: k, size: 4KiB}\n"
                                "      - kmem_cache_alloc: {id: k, cache: x}\n"
                                "      - vmalloc_32: {id: v, size: 1MiB}\n"
                                "      - get_page: p\n"
                                "      - __free_pages: {id: p, order: 2, every: 4}\n"
                                "      - __free_page: {id: p, count: 2}\n"
                                "      - put_page: p\n"
                                "      - free_part: {id: p, order: 1, part: 2}\n"
                                "      - kfree: k\n"
                                "      - vfree: {id: v}\n");
    const struct step_spec *steps = workload.tasks.items[0].steps;

    ck_assert_uint_eq(workload.tasks.items[0].nr_steps, 12);
    ck_assert_uint_eq(steps[0].record.op, TRACE_ALLOC_PAGES);
    ck_assert_uint_eq(steps[0].count, 3);
    ck_assert_uint_eq(steps[1].record.order, 2);
    ck_assert_int_eq(steps[1].record.node, 0);
    ck_assert_uint_eq(steps[2].record.size_bytes, 4096);
    ck_assert_uint_eq(steps[2].record.gfp, GFP_KERNEL | GFP_BIT_ZERO);
    ck_assert_uint_eq(steps[3].record.cache, 0);
    ck_assert_uint_eq(steps[4].record.gfp, 0);
    ck_assert_uint_eq(steps[5].record.op, TRACE_GET_PAGE);
    ck_assert_uint_eq(steps[6].record.flags, TRACE_CLAIMS_ORDER);
    ck_assert_uint_eq(steps[6].record.order, 2);
    ck_assert_uint_eq(steps[7].record.flags, TRACE_CLAIMS_ORDER);
    ck_assert_uint_eq(steps[7].record.order, 0);
    ck_assert_uint_eq(steps[8].record.flags, 0);
    ck_assert_uint_eq(steps[9].record.part, 2);
    ck_assert_uint_eq(steps[11].record.op, TRACE_VFREE);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(node_minus_1_is_the_cpu_s_for_pages_and_none_for_others)
{
    struct workload_config workload =
        must_read_workload(HEAD "tasks:\n  - name: a\n    steps:\n"
                                "      - alloc_pages_node: {id: p, node: -1}\n"
                                "      - alloc_pages: {id: p, node: -1}\n"
                                "      - kmalloc_node: {id: k, size: 1, node: -1}\n"
                                "      - vmalloc_node: {id: v, size: 1, node: -1}\n");
    static const int16_t nodes[] = {TRACE_NODE_LOCAL, TRACE_BY_POLICY, TRACE_BY_POLICY,
                                    TRACE_BY_POLICY};

    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(workload.tasks.items[0].steps[i].record.node, nodes[i]);
    workload_config_fini(&workload);
    expect_refused(HEAD "tasks: [{name: a, steps: [{alloc_pages_node: {id: p, node: -2}}]}]\n",
                   ERR_BAD_NUMBER);
    expect_refused(HEAD "tasks: [{name: a, steps: [{alloc_pages_node: {id: p, node: '-1'}}]}]\n",
                   ERR_WRONG_TYPE);
}
END_TEST

START_TEST(steps_have_the_arguments_of_their_call)
{
#define STEP(text) HEAD "tasks:\n  - name: a\n    steps:\n      - " text "\n"
    expect_refused(STEP("kmalloc: {id: k}"), ERR_MISSING_KEY);
    expect_refused(STEP("kmalloc: {id: k, size: 1, order: 0}"), ERR_UNKNOWN_KEY);
    expect_refused(STEP("alloc_page: {id: k, order: 0}"), ERR_UNKNOWN_KEY);
    expect_refused(STEP("alloc_pages_node: {id: k}"), ERR_MISSING_KEY);
    expect_refused(STEP("kmem_cache_alloc: {id: k, cache: x}"), ERR_UNKNOWN_CACHE);
    expect_refused(STEP("vmalloc: {id: k, size: 1, gfp: GFP_KERNEL}"), ERR_UNKNOWN_KEY);
    expect_refused(STEP("free_part: k"), ERR_BAD_STEP);
    expect_refused(STEP("free_part: {id: k, order: 0}"), ERR_MISSING_KEY);
    expect_refused(STEP("kfree: k"), ERR_UNKNOWN_ID);
    expect_refused(STEP("free_page: {id: k, order: 0}"), ERR_UNKNOWN_KEY);
    expect_refused(HEAD "tasks: [{name: a, flags: [in_interrupt], steps: [{vmalloc: {id: v, "
                        "size: 1}}]}]\n",
                   ERR_BAD_STEP);
    expect_refused(HEAD "tasks: [{name: a, flags: [in_interrupt]}]\n"
                        "events: [[1ms, a, vmalloc, v, 1]]\n",
                   ERR_BAD_EVENT);
    expect_refused(HEAD "tasks: [{name: a}, {name: b, flags: [in_interrupt]}]\n"
                        "events: [[1ms, a, vmalloc, v, 1], {t: 2ms, task: b, op: vfree, id: v}]\n",
                   ERR_BAD_EVENT);
#undef STEP
}
END_TEST

START_TEST(the_seed_decides_what_a_generator_draws)
{
    static const char text[] =
        HEAD "generators: [{name: g, gap: {exponential: {mean: 1ms}}, order: {0: 1, 3: 1}}]\n";
    uint64_t times[2];

    for (unsigned i = 0; i < 2; i++) {
        struct workload_config workload;
        struct sim_error err = {0};
        struct trace_record record;

        ck_assert(workload_config_open_bytes(&workload, "w.yaml", bytes_of(text), NULL, &err));
        workload.seed = i;
        ck_assert(workload_config_load(&workload, NULL, &err));
        count_records(&workload, &record);
        times[i] = record.time_ns;
        workload_config_fini(&workload);
    }
    ck_assert_uint_ne(times[0], times[1]);
}
END_TEST

START_TEST(a_shorter_duration_than_a_start_is_no_mistake)
{
    struct workload_config workload;
    struct sim_error err = {0};
    struct trace_record record;

    ck_assert(workload_config_open_bytes(
        &workload, "w.yaml", bytes_of(HEAD "generators: [{name: g, gap: 1ms, start: 500ms}]\n"),
        NULL, &err));
    workload.duration_ns = 1000000;
    ck_assert(workload_config_load(&workload, NULL, &err));
    ck_assert_uint_eq(count_records(&workload, &record), 0);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_run_spec_borrows_from_both_configs)
{
    struct machine_config machine =
        must_read_machine("version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n");
    struct workload_config workload = must_read_workload(HEAD "tasks: [{name: a}]\n");
    struct run_spec run;

    workload_config_fill(&workload, &machine, &run);
    ck_assert_ptr_eq(run.machine.memory, machine.memory.items);
    ck_assert_ptr_eq(run.tasks, workload.tasks.items);
    ck_assert_uint_eq(run.nr_tasks, 1);
    ck_assert_uint_eq(run.costs.alloc_ns, default_costs.alloc_ns);
    ck_assert_uint_eq(run.duration_ns, 1000000000);
    ck_assert_str_eq(run.kernel, "linux-2.6.24");
    workload_config_fini(&workload);
    machine_config_fini(&machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workload_config");

    TEST_CASE(suite, "head", the_head_has_defaults,
              the_head_is_read_and_the_machine_is_seen_from_the_workload);
    TEST_CASE(suite, "tasks", a_task_has_a_cpu_flags_and_a_start, allocating_steps_fill_the_record,
              freeing_steps_take_all_or_some, loops_lie_before_their_bodies,
              sysctl_steps_take_the_values_of_the_kernel,
              a_sysctl_step_keeps_to_the_ranges_of_the_kernel,
              steps_make_the_calls_by_all_their_names,
              node_minus_1_is_the_cpu_s_for_pages_and_none_for_others,
              steps_have_the_arguments_of_their_call);
    TEST_CASE(suite, "sources", events_become_a_source, a_list_of_events_can_be_replaced,
              a_generator_ends_with_the_workload, a_generator_makes_any_allocating_call,
              a_generator_has_the_arguments_of_its_call, the_seed_decides_what_a_generator_draws,
              a_shorter_duration_than_a_start_is_no_mistake);
    TEST_CASE(suite, "run spec", a_run_spec_borrows_from_both_configs);
    return test_run(suite);
}
