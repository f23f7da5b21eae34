/* SPDX-License-Identifier: MIT */
/* What the numa_* counters say of one request, worked out by hand from the kernel's rules. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/cpuset.h"
#include "mm/mempolicy.h"

/*
 * Node 0 has DMA32 (with pfn 4096 and up) and Normal, nodes 1 and 2 Normal alone; node 2 is the
 * next best of 0 and 1, as it has no CPU, and node 0 that of 2.
 */
static const struct memory_range three_nodes[] = {
    {1046528, 1050624, 0}, {1050624, 1052672, 1}, {1052672, 1054720, 2}};

enum { NODES = 3, DMA32 = 1, NORMAL = 2 };

static const struct cpuset_spec cpusets[] = {{.name = "far", .parent = -1, .mems = 4}};

/* One request, and the node where each counter has moved. */
struct row {
    enum mpol_mode mode;
    nodemask nodes;
    uint32_t gfp;
    nodemask full; /* nodes without a free page */
    int hit, miss, foreign, interleave, local, other;
    unsigned cpu; /* its number is that of its node */
    unsigned order;
    int nid;          /* asked for, plus one; 0: by the policy */
    bool normal_full; /* the Normal zone of node 0 alone */
    bool in_cpuset;   /* of node 2 */
    bool in_interrupt;
    bool of_region;
    uint64_t page; /* of the region */
};

#define OF(name, node) .name = (node) + 1

/* Members that are left out are 0: a counter that stands still is not named. */
static const struct row rows[] = {
    /* default */
    {OF(hit, 0), OF(local, 0)},
    {.full = 1, OF(miss, 2), OF(foreign, 0), OF(other, 2)},
    {.full = 5, OF(miss, 1), OF(foreign, 0), OF(other, 1)},
    {.normal_full = true, OF(miss, 2), OF(foreign, 0), OF(other, 2)}, /* zones before nodes */
    {.normal_full = true, .full = 6, OF(hit, 0), OF(local, 0)},       /* a lower zone is no miss */
    {.cpu = 1, OF(hit, 1), OF(local, 1)},
    {.cpu = 1, .full = 2, OF(miss, 2), OF(foreign, 1), OF(other, 2)},
    {.cpu = 1, .full = 6, OF(miss, 0), OF(foreign, 1), OF(other, 0)},
    {.order = 3, OF(hit, 0), OF(local, 0)}, /* a block counts once */
    {.full = 7, .gfp = GFP_ATOMIC},         /* a failure counts nothing */
    /* alloc_pages_node() and __GFP_THISNODE, whatever the policy */
    {.nid = 3, OF(hit, 2), OF(other, 2)},
    {.nid = 3, .full = 4, OF(miss, 0), OF(foreign, 2), OF(local, 0)},
    {MPOL_INTERLEAVE, 2, .nid = 3, OF(hit, 2), OF(other, 2)},
    {MPOL_BIND, 2, .nid = 1, OF(hit, 0), OF(local, 0)},
    {MPOL_BIND, 2, .gfp = GFP_KERNEL | GFP_THISNODE, OF(hit, 0), OF(local, 0)},
    {MPOL_INTERLEAVE, 4, .gfp = GFP_KERNEL | GFP_THISNODE, .full = 1},
    {.nid = 3, .gfp = GFP_KERNEL | GFP_THISNODE, .full = 4},
    /* preferred */
    {MPOL_PREFERRED, 4, OF(hit, 2), OF(other, 2)},
    {MPOL_PREFERRED, 4, .full = 4, OF(miss, 0), OF(foreign, 2), OF(local, 0)},
    {MPOL_PREFERRED, 6, OF(hit, 1), OF(other, 1)}, /* the first of them */
    {MPOL_PREFERRED, 0, OF(hit, 0), OF(local, 0)},
    {MPOL_PREFERRED, 0, .cpu = 1, .full = 2, OF(miss, 2), OF(foreign, 1), OF(other, 2)},
    {MPOL_PREFERRED, 1, .cpu = 1, OF(hit, 0), OF(other, 0)},
    {MPOL_PREFERRED, 2, .cpu = 1, OF(hit, 1), OF(local, 1)},
    {MPOL_PREFERRED, 4, .gfp = GFP_KERNEL | GFP_BIT_DMA32, OF(hit, 0), OF(local, 0)},
    {MPOL_PREFERRED, 4, .in_interrupt = true, .gfp = GFP_ATOMIC, OF(hit, 0), OF(local, 0)},
    /* bind: whoever runs it, the first node of the list is the one that is asked */
    {MPOL_BIND, 6, OF(hit, 1), OF(other, 1)},
    {MPOL_BIND, 6, .full = 2, OF(miss, 2), OF(foreign, 1), OF(other, 2)},
    {MPOL_BIND, 3, .cpu = 1, OF(hit, 0), OF(other, 0)},
    {MPOL_BIND, 3, .cpu = 1, .full = 1, OF(miss, 1), OF(foreign, 0), OF(local, 1)},
    {MPOL_BIND, 3, .normal_full = true, OF(miss, 1), OF(foreign, 0), OF(other, 1)},
    {MPOL_BIND, 1, .normal_full = true, OF(hit, 0), OF(local, 0)},
    {MPOL_BIND, 4, .full = 4, .gfp = GFP_ATOMIC},
    {MPOL_BIND, 4, .gfp = GFP_KERNEL | GFP_BIT_DMA32, OF(hit, 0), OF(local, 0)},
    {MPOL_BIND, 4, .in_interrupt = true, .gfp = GFP_ATOMIC, OF(hit, 0), OF(local, 0)},
    /* interleave: a hit is a page of the first zone of the list of the node whose turn it is */
    {MPOL_INTERLEAVE, 5, OF(hit, 0), OF(interleave, 0), OF(local, 0)},
    {MPOL_INTERLEAVE, 4, OF(hit, 2), OF(interleave, 2), OF(other, 2)},
    {MPOL_INTERLEAVE, 4, .order = 2, OF(hit, 2), OF(interleave, 2), OF(other, 2)},
    {MPOL_INTERLEAVE, 4, .full = 4, OF(miss, 0), OF(foreign, 2), OF(local, 0)},
    {MPOL_INTERLEAVE, 1, .full = 1, OF(miss, 2), OF(foreign, 0), OF(other, 2)},
    {MPOL_INTERLEAVE, 1, .normal_full = true, .full = 6, OF(hit, 0), OF(local, 0)},
    {MPOL_INTERLEAVE, 2, .gfp = GFP_KERNEL | GFP_BIT_DMA32, OF(hit, 0), OF(interleave, 0),
     OF(local, 0)}, /* node 1 has no such zone: that of node 0 is the first of its list */
    {MPOL_INTERLEAVE, 4, .in_interrupt = true, .gfp = GFP_ATOMIC, OF(hit, 0), OF(local, 0)},
    /* a region's page by its offset, of which the kernel takes 32 bits */
    {MPOL_INTERLEAVE, 7, .of_region = true, .page = 5, OF(hit, 2), OF(interleave, 2), OF(other, 2)},
    {MPOL_INTERLEAVE, 7, .of_region = true, .page = UINT64_C(1) << 32, OF(hit, 0),
     OF(interleave, 0), OF(local, 0)},
    {MPOL_INTERLEAVE, 7, .of_region = true, .page = UINT64_MAX - 1, OF(hit, 2), OF(interleave, 2),
     OF(other, 2)},
    {MPOL_BIND, 2, .of_region = true, .full = 2, .gfp = GFP_ATOMIC},
    {MPOL_PREFERRED, 4, .of_region = true, .page = 7, OF(hit, 2), OF(other, 2)},
    /* a cpuset: what it passes over was asked for nevertheless */
    {.in_cpuset = true, OF(miss, 2), OF(foreign, 0), OF(other, 2)},
    {.in_cpuset = true, .nid = 2, OF(miss, 2), OF(foreign, 1), OF(other, 2)},
    {.in_cpuset = true, .nid = 2, .gfp = GFP_KERNEL | GFP_THISNODE, OF(hit, 1), OF(other, 1)},
    {.in_cpuset = true, .full = 4, .gfp = GFP_ATOMIC, OF(hit, 0), OF(local, 0)},
    {.in_cpuset = true, .full = 4, .gfp = GFP_KERNEL, OF(hit, 0), OF(local, 0)},
    {.in_cpuset = true, .full = 4, .gfp = GFP_USER | GFP_BIT_NORETRY},
    {MPOL_BIND, 4, .in_cpuset = true, OF(hit, 2), OF(other, 2)},
    {MPOL_INTERLEAVE, 4, .in_cpuset = true, OF(hit, 2), OF(interleave, 2), OF(other, 2)},
    {MPOL_PREFERRED, 0, .in_cpuset = true, .cpu = 1, OF(miss, 2), OF(foreign, 1), OF(other, 2)},
};

static struct test_machine tm;

static void begin(void)
{
    struct machine_spec spec = test_machine_spec(three_nodes, NODES);
    struct sim_error err = {0};

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    spec.vm.zone_reclaim_mode = 0;
    test_machine_boot(&tm, spec);
    ck_assert(cpusets_make(&tm.machine, cpusets, 1, &err));
}

/* Takes every page of the node, and gives those of its DMA32 zone back when they are spared. */
static void exhaust(unsigned nid, bool spare_dma32)
{
    static pfn_t spared[4096];
    unsigned nr_spared = 0;
    pfn_t page;

    tm.task.flags = TASK_PF_MEMALLOC;
    while (!pfn_is_none(page = take_on(&tm, 0, 0, GFP_BIT_THISNODE | GFP_BIT_NOWARN, (int)nid)))
        if (spare_dma32 && tm.machine.frame_table.frames[page.nr].zone % MAX_NR_ZONES == DMA32)
            spared[nr_spared++] = page;
    while (nr_spared > 0)
        give(&tm, spared[--nr_spared], 0);
    drain_local_pages(&tm.machine, 0);
    ck_assert_int_eq(zone_of(&tm, nid, NORMAL)->vm_stat[NR_FREE_PAGES], 0);
}

static void fill(const struct row *row)
{
    for (unsigned nid = 0; nid < NODES; nid++)
        if (node_isset(nid, row->full))
            exhaust(nid, false);
    if (row->normal_full)
        exhaust(0, true);
}

static void prepare_task(const struct row *row)
{
    const struct mempolicy_spec policy = {(uint8_t)row->mode, row->nodes};

    tm.task.cpu = row->cpu;
    tm.task.cpuset = row->in_cpuset ? &tm.machine.cpusets[0] : NULL;
    tm.task.flags = row->in_interrupt ? TASK_IN_INTERRUPT : 0;
    ck_assert_int_eq(set_mempolicy(&tm.machine, &tm.task, &policy), MPOL_OK);
}

static void ask(const struct row *row)
{
    const struct policy_area area = {tm.task.mempolicy, row->page};
    uint32_t gfp = row->gfp ? row->gfp : GFP_KERNEL;
    struct alloc_request request;

    if (row->of_region) {
        tm.task.mempolicy = NULL;
        alloc_request_init_vma(&request, &tm.machine, &tm.task, gfp, &area);
    } else {
        alloc_request_init(&request, &tm.machine, &tm.task, gfp, row->order, row->nid - 1);
    }
    ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_DONE);
    ck_assert_int_eq(pfn_is_none(request.page), !row->hit && !row->miss);
}

/* Of the node, all zones. */
static int64_t count(unsigned nid, enum zone_stat_item item)
{
    return zone_of(&tm, nid, DMA32)->vm_stat[item] + zone_of(&tm, nid, NORMAL)->vm_stat[item];
}

START_TEST(one_request_moves_the_counters_of_its_row)
{
    static const enum zone_stat_item items[] = {
        NUMA_HIT, NUMA_MISS, NUMA_FOREIGN, NUMA_INTERLEAVE_HIT, NUMA_LOCAL, NUMA_OTHER};
    const struct row *row = &rows[_i];
    const int expected[] = {row->hit,        row->miss,  row->foreign,
                            row->interleave, row->local, row->other};
    int64_t before[NODES][6];

    begin();
    fill(row);
    prepare_task(row);
    for (unsigned nid = 0; nid < NODES; nid++)
        for (unsigned i = 0; i < 6; i++)
            before[nid][i] = count(nid, items[i]);
    ask(row);
    for (unsigned nid = 0; nid < NODES; nid++)
        for (unsigned i = 0; i < 6; i++)
            ck_assert_msg(count(nid, items[i]) - before[nid][i] == (expected[i] == (int)nid + 1),
                          "row %d: counter %u of node %u moved by %d", _i, i, nid,
                          (int)(count(nid, items[i]) - before[nid][i]));
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numa_counters");
    TCase *tcase = tcase_create("rows");

    tcase_add_loop_test(tcase, one_request_moves_the_counters_of_its_row, 0,
                        sizeof(rows) / sizeof(rows[0]));
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
