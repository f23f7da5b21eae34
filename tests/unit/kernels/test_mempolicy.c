/* SPDX-License-Identifier: MIT */
/* Which pages a policy or a cpuset lets a task have, and what the NUMA counters say of it. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/alloc_failure.h"
#include "mm/cpuset.h"
#include "mm/mempolicy.h"

/* Node 0 has DMA32 (with pfn 4096 and up) and Normal, nodes 1 and 2 Normal alone. */
static const struct memory_range three_nodes[] = {
    {1046528, 1050624, 0}, {1050624, 1052672, 1}, {1052672, 1054720, 2}};

enum { NORMAL = 2 };

static struct test_machine tm;

static void begin(void)
{
    struct machine_spec spec = test_machine_spec(three_nodes, 3);

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    spec.vm.zone_reclaim_mode = 0;
    test_machine_boot(&tm, spec);
}

static int64_t count(unsigned nid, enum zone_stat_item item)
{
    return zone_of(&tm, nid, NORMAL)->vm_stat[item];
}

static void set_policy(enum mpol_mode mode, nodemask nodes)
{
    const struct mempolicy_spec spec = {(uint8_t)mode, nodes};

    ck_assert_int_eq(set_mempolicy(&tm.machine, &tm.task, &spec), MPOL_OK);
}

/* Every page of the node is taken, whatever policy and cpuset say. */
static void exhaust(unsigned nid)
{
    uint32_t flags = tm.task.flags;

    tm.task.flags |= TASK_PF_MEMALLOC;
    for (unsigned order = MAX_ORDER; order-- > 0;)
        while (!pfn_is_none(take_on(&tm, 0, order, GFP_BIT_THISNODE | GFP_BIT_NOWARN, (int)nid)))
            continue;
    tm.task.flags = flags;
}

static unsigned node_of(pfn_t page)
{
    ck_assert(!pfn_is_none(page));
    return tm.machine.zones[tm.machine.frame_table.frames[page.nr].zone].nid;
}

static pfn_t take_vma(const struct policy_area *area, uint32_t gfp)
{
    struct alloc_request request;

    alloc_request_init_vma(&request, &tm.machine, &tm.task, gfp, area);
    ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_DONE);
    return request.page;
}

START_TEST(the_default_policy_takes_the_local_node)
{
    begin();
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 0);
    tm.task.cpu = 1;
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 1);
    ck_assert_int_eq(count(0, NUMA_HIT), 1);
    ck_assert_int_eq(count(0, NUMA_LOCAL), 1);
    ck_assert_int_eq(count(1, NUMA_HIT), 1);
    ck_assert_int_eq(count(1, NUMA_LOCAL), 1);
    ck_assert_int_eq(count(1, NUMA_OTHER), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_preferred_node_comes_first_and_misses_when_it_is_full)
{
    begin();
    set_policy(MPOL_PREFERRED, node_bit(2) | node_bit(1));
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 1); /* the first of them */
    ck_assert_int_eq(count(1, NUMA_HIT), 1);
    ck_assert_int_eq(count(1, NUMA_OTHER), 1); /* the CPU is on node 0 */
    exhaust(1);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 2); /* its zonelist: without CPUs first */
    ck_assert_int_eq(count(2, NUMA_MISS), 1);
    ck_assert_int_eq(count(1, NUMA_FOREIGN), 1);
    set_policy(MPOL_PREFERRED, 0); /* of the CPU */
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(bind_never_leaves_its_nodes)
{
    pfn_t page;
    unsigned pages = 0;

    begin();
    set_policy(MPOL_BIND, node_bit(1) | node_bit(2));
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 1);
    ck_assert_int_eq(count(1, NUMA_HIT), 1);
    while (!pfn_is_none(page = take(&tm, 0, GFP_ATOMIC | GFP_BIT_NOWARN))) {
        ck_assert_uint_ne(node_of(page), 0);
        pages++;
    }
    ck_assert_uint_gt(pages, 3000);
    ck_assert_int_gt(count(2, NUMA_MISS), 1000);
    ck_assert_int_eq(count(1, NUMA_FOREIGN), count(2, NUMA_MISS));
    test_machine_end(&tm);
}
END_TEST

START_TEST(requests_for_low_zones_are_not_bound)
{
    begin();
    set_policy(MPOL_BIND, node_bit(1));
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL | GFP_BIT_DMA32)), 0);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(interleave_takes_turns_and_counts_its_hits)
{
    begin();
    set_policy(MPOL_INTERLEAVE, node_bit(0) | node_bit(2));
    for (unsigned i = 0; i < 6; i++)
        ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), i % 2 * 2);
    ck_assert_int_eq(count(0, NUMA_INTERLEAVE_HIT), 3);
    ck_assert_int_eq(count(2, NUMA_INTERLEAVE_HIT), 3);
    ck_assert_int_eq(count(2, NUMA_HIT), 3);
    ck_assert_int_eq(count(2, NUMA_OTHER), 3);
    exhaust(2);
    take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 0); /* node 2's turn */
    ck_assert_int_eq(count(0, NUMA_INTERLEAVE_HIT), 4);
    ck_assert_int_eq(count(2, NUMA_INTERLEAVE_HIT), 3);
    ck_assert(pfn_is_none(take(&tm, MAX_ORDER, GFP_KERNEL)));
    ck_assert_uint_eq(tm.task.il_next, 0); /* it took no turn */
    test_machine_end(&tm);
}
END_TEST

START_TEST(named_nodes_thisnode_and_interrupts_know_no_policy)
{
    begin();
    set_policy(MPOL_INTERLEAVE, node_bit(2));
    ck_assert_uint_eq(node_of(take_on(&tm, 0, 0, GFP_KERNEL, 1)), 1);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL | GFP_THISNODE)), 0);
    tm.task.flags = TASK_IN_INTERRUPT;
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_ATOMIC)), 0);
    ck_assert_int_eq(count(2, NUMA_INTERLEAVE_HIT), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_region_interleaves_by_offset_and_goes_before_the_task)
{
    const struct mempolicy_spec spec = {MPOL_INTERLEAVE, node_bit(0) | node_bit(1) | node_bit(2)};
    const struct mempolicy_spec none = {MPOL_DEFAULT, 0};
    struct policy_area area = {0};

    begin();
    set_policy(MPOL_PREFERRED, node_bit(1));
    ck_assert_uint_eq(node_of(take_vma(&area, GFP_HIGHUSER_MOVABLE)), 1);
    ck_assert_int_eq(mbind_policy(&tm.machine, &tm.task, &spec, &area.policy), MPOL_OK);
    for (area.page = 7; area.page < 10; area.page++)
        ck_assert_uint_eq(node_of(take_vma(&area, GFP_HIGHUSER_MOVABLE)), area.page % 3);
    set_policy(MPOL_INTERLEAVE, node_bit(1) | node_bit(2));
    ck_assert_int_eq(mbind_policy(&tm.machine, &tm.task, &none, &area.policy), MPOL_OK);
    ck_assert_ptr_null(area.policy);
    area.page = 5; /* the task's policy, the region's offset */
    ck_assert_uint_eq(node_of(take_vma(&area, GFP_HIGHUSER_MOVABLE)), 2);
    ck_assert_uint_eq(tm.task.il_next, 1);
    ck_assert_uint_eq(node_of(take_vma(NULL, GFP_HIGHUSER_MOVABLE)), 1); /* a turn */
    ck_assert_uint_eq(tm.task.il_next, 2);
    test_machine_end(&tm);
}
END_TEST

START_TEST(the_slab_allocator_looks_where_the_policy_says)
{
    begin();
    ck_assert_uint_eq(slab_node(&tm.machine, &tm.task), 0);
    set_policy(MPOL_BIND, node_bit(2));
    ck_assert_uint_eq(slab_node(&tm.machine, &tm.task), 2);
    set_policy(MPOL_PREFERRED, node_bit(1));
    ck_assert_uint_eq(slab_node(&tm.machine, &tm.task), 1);
    set_policy(MPOL_INTERLEAVE, node_bit(0) | node_bit(2));
    ck_assert_uint_eq(slab_node(&tm.machine, &tm.task), 0);
    ck_assert_uint_eq(slab_node(&tm.machine, &tm.task), 2);
    test_machine_end(&tm);
}
END_TEST

START_TEST(the_system_calls_refuse_what_the_kernel_does)
{
    static const struct mempolicy_spec bad[] = {{MPOL_DEFAULT, 1},
                                                {MPOL_BIND, 0},
                                                {MPOL_INTERLEAVE, 0},
                                                {MPOL_BIND, UINT64_C(1) << 3},
                                                {MPOL_PREFERRED, UINT64_C(9)}};
    struct mempolicy *policy = NULL;

    begin();
    set_policy(MPOL_BIND, node_bit(1));
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(set_mempolicy(&tm.machine, &tm.task, &bad[i]), MPOL_EINVAL);
        ck_assert_int_eq(mbind_policy(&tm.machine, &tm.task, &bad[i], &policy), MPOL_EINVAL);
    }
    ck_assert_uint_eq(tm.task.mempolicy->mode, MPOL_BIND);
    ck_assert_uint_eq(tm.machine.policies.count, 1);
    set_policy(MPOL_BIND, node_bit(1));
    ck_assert_uint_eq(tm.machine.policies.count, 1); /* the same one again */
    test_machine_end(&tm);
}
END_TEST

/* ---- cpusets ---- */

static const struct cpuset_spec cpusets[] = {
    {.name = "outer", .parent = -1, .mems = 6, .mem_exclusive = true},
    {.name = "inner", .parent = 0, .mems = 4},
    {.name = "spread", .parent = 0, .mems = 6, .memory_spread_page = true},
};

static void begin_in_cpuset(unsigned index)
{
    struct sim_error err = {0};

    begin();
    ck_assert(cpusets_make(&tm.machine, cpusets, 3, &err));
    tm.task.cpuset = &tm.machine.cpusets[index];
}

START_TEST(a_task_has_memory_of_its_cpuset)
{
    begin_in_cpuset(1);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 2);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_ATOMIC)), 2);
    ck_assert_int_eq(count(2, NUMA_MISS), 2);
    ck_assert_int_eq(count(0, NUMA_FOREIGN), 2);
    ck_assert_uint_eq(node_of(take_on(&tm, 0, 0, GFP_KERNEL | GFP_THISNODE, 0)), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(low_on_memory_the_kernel_escapes_to_the_exclusive_cpuset_and_users_do_not)
{
    begin_in_cpuset(1);
    exhaust(2);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_KERNEL)), 1);
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_ATOMIC)), 0); /* anywhere */
    tm.oom_marks_caller = true;
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_USER)), 0); /* once it is the OOM killer's */
    ck_assert_uint_eq(tm.ooms, 1);
    tm.task.flags = 0;
    ck_assert(pfn_is_none(take(&tm, 0, GFP_USER | GFP_BIT_NORETRY)));
    tm.task.flags = TASK_IN_INTERRUPT;
    ck_assert_uint_eq(node_of(take(&tm, 0, GFP_ATOMIC)), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_refused_request_names_the_cpuset)
{
    struct zone_refusal refusals[8];
    struct alloc_request request;

    begin_in_cpuset(1);
    exhaust(2);
    alloc_request_init(&request, &tm.machine, &tm.task, GFP_USER | GFP_BIT_NORETRY, 0, -1);
    request.refusals = refusals;
    request.max_refusals = 8;
    ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_DONE);
    ck_assert_uint_eq(request.nr_refusals, 4);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(refusals[i].refusal, tm.machine.zones[refusals[i].zone_id].nid == 2
                                                  ? REFUSED_WATERMARK
                                                  : REFUSED_CPUSET);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_policy_is_cut_to_the_cpuset)
{
    const struct mempolicy_spec all = {MPOL_INTERLEAVE, 7};
    const struct mempolicy_spec out = {MPOL_BIND, 1};
    struct mempolicy *policy;

    begin_in_cpuset(0);
    ck_assert_int_eq(set_mempolicy(&tm.machine, &tm.task, &all), MPOL_EINVAL);
    ck_assert_int_eq(mbind_policy(&tm.machine, &tm.task, &all, &policy), MPOL_OK);
    ck_assert_uint_eq(policy->nodes, 6);
    ck_assert_int_eq(mbind_policy(&tm.machine, &tm.task, &out, &policy), MPOL_EINVAL);
    test_machine_end(&tm);
}
END_TEST

START_TEST(page_cache_is_spread_by_the_rotor)
{
    begin_in_cpuset(2);
    ck_assert(cpuset_do_page_mem_spread(&tm.task));
    ck_assert_uint_eq(cpuset_mem_spread_node(&tm.task), 1);
    ck_assert_uint_eq(cpuset_mem_spread_node(&tm.task), 2);
    ck_assert_uint_eq(cpuset_mem_spread_node(&tm.task), 1);
    tm.task.cpuset = &tm.machine.cpusets[0];
    ck_assert(!cpuset_do_page_mem_spread(&tm.task));
    test_machine_end(&tm);
}
END_TEST

START_TEST(cpusets_keep_the_rules_of_their_parents_and_siblings)
{
    const struct cpuset_spec none = {.parent = -1};
    const struct cpuset_spec beyond = {.parent = 1, .mems = 6};
    const struct cpuset_spec exclusive_in_shared = {.parent = 1, .mems = 4, .mem_exclusive = true};
    const struct cpuset_spec beside = {.parent = -1, .mems = 3};
    const struct cpuset_spec apart = {.parent = -1, .mems = 1};
    struct sim_error err = {0};

    ck_assert_int_eq(cpuset_spec_check(&none, cpusets, 3), CPUSET_NO_MEMS);
    ck_assert_int_eq(cpuset_spec_check(&beyond, cpusets, 3), CPUSET_NOT_IN_PARENT);
    ck_assert_int_eq(cpuset_spec_check(&exclusive_in_shared, cpusets, 3), CPUSET_PARENT_SHARED);
    ck_assert_int_eq(cpuset_spec_check(&beside, cpusets, 3), CPUSET_OVERLAPS_SIBLING);
    ck_assert_int_eq(cpuset_spec_check(&apart, cpusets, 3), CPUSET_OK);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(cpuset_spec_check(&cpusets[i], cpusets, i), CPUSET_OK);
    begin();
    ck_assert(!cpusets_make(&tm.machine,
                            &(struct cpuset_spec){.name = "x", .parent = -1, .mems = 8}, 1, &err));
    ck_assert_int_eq(err.code, ERR_BAD_CPUSET);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mempolicy");

    TEST_CASE(suite, "policies", the_default_policy_takes_the_local_node,
              a_preferred_node_comes_first_and_misses_when_it_is_full, bind_never_leaves_its_nodes,
              requests_for_low_zones_are_not_bound, interleave_takes_turns_and_counts_its_hits,
              named_nodes_thisnode_and_interrupts_know_no_policy,
              a_region_interleaves_by_offset_and_goes_before_the_task,
              the_slab_allocator_looks_where_the_policy_says,
              the_system_calls_refuse_what_the_kernel_does);
    TEST_CASE(suite, "cpusets", a_task_has_memory_of_its_cpuset,
              low_on_memory_the_kernel_escapes_to_the_exclusive_cpuset_and_users_do_not,
              a_refused_request_names_the_cpuset, a_policy_is_cut_to_the_cpuset,
              page_cache_is_spread_by_the_rotor,
              cpusets_keep_the_rules_of_their_parents_and_siblings);
    return test_run(suite);
}
