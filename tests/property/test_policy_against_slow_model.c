/* SPDX-License-Identifier: MIT */
/* Random policies and cpusets: never other pages than those of the slow model. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/rng.h"
#include "kernels/linux_2_6_24.h"
#include "lib/machine_builder.h"
#include "lib/slow_mm.h"
#include "lib/test.h"
#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "reclaim/kswapd.h"

/* There may be CPUs on one more node, which has no memory. */
enum { NODES = 4, CPUS = 4, CPUSETS = 6, POLICIES = 12, TASKS = 6, BLOCKS_MAX = 8192 };

/* A task, and what the slow model keeps of it. */
struct twin_task {
    struct task task;
    unsigned slow_flags;
    const struct slow_cpuset *slow_cpuset;
    struct slow_policy *slow_policy;
    unsigned slow_il_next;
};

struct twin {
    struct test_machine tm;
    struct slow_mm slow;
    struct rng rng;
    struct memory_range memory[NODES];
    struct cpuset_spec cpusets[CPUSETS];
    struct slow_cpuset slow_cpusets[CPUSETS];
    struct slow_policy policies[POLICIES];
    unsigned nr_policies;
    struct twin_task tasks[TASKS];
    struct twin_task *running;
    struct {
        pfn_t page;
        unsigned order;
    } blocks[BLOCKS_MAX];
    unsigned nr_blocks;
    uint64_t seed;
    uint64_t op;
};

static unsigned draw(struct twin *t, unsigned below)
{
    return (unsigned)rng_below(&t->rng, below);
}

/* ---- reclaim of both: none, and the OOM killer takes who asks ---- */

static void wake_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                        const struct task *current)
{
    kswapd_wakeup(machine, zone, order, current);
}

static void slow_kswapd(void *context, unsigned nid, unsigned order)
{
    (void)context;
    (void)nid;
    (void)order;
}

static bool slow_zone_reclaim(void *context, struct slow_zone *zone, uint32_t gfp, unsigned order)
{
    (void)context;
    (void)zone;
    (void)gfp;
    (void)order;
    return false;
}

static uint64_t slow_reclaim(void *context, const struct slow_zonelist *list, uint32_t gfp,
                             unsigned order, unsigned cpu)
{
    (void)context;
    (void)list;
    (void)gfp;
    (void)order;
    (void)cpu;
    return 0;
}

static bool slow_wait(void *context, unsigned timeout)
{
    ((struct twin *)context)->slow.jiffies += timeout;
    return true;
}

static bool slow_oom(void *context, const struct slow_zonelist *list, uint32_t gfp, unsigned order,
                     unsigned cpu)
{
    (void)list;
    (void)gfp;
    (void)order;
    (void)cpu;
    ((struct twin *)context)->slow.task |= SLOW_TIF_MEMDIE;
    return true;
}

/* ---- the machine ---- */

static nodemask draw_nodes(struct twin *t, nodemask from)
{
    nodemask nodes = from & draw(t, 1 << NODES);

    return nodes ? nodes : from;
}

static void boot(struct twin *t)
{
    const struct slow_hooks hooks = {.context = t,
                                     .kswapd = slow_kswapd,
                                     .zone_reclaim = slow_zone_reclaim,
                                     .try_to_free_pages = slow_reclaim,
                                     .congestion_wait = slow_wait,
                                     .out_of_memory = slow_oom};
    struct machine_spec spec;
    uint32_t pfn = 0;

    for (unsigned n = 0; n < NODES; n++) {
        uint32_t end = pfn + 1024 * (1 + draw(t, 2));

        t->memory[n] = (struct memory_range){pfn, end, (uint8_t)n};
        pfn = end;
    }
    spec = test_machine_spec(t->memory, NODES);
    spec.nr_cpus = CPUS;
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        spec.cpu_nid[cpu] = (uint8_t)draw(t, NODES + 1);
    spec.zone_end_pfn[0] = 1024 * (1 + draw(t, 2));
    spec.zone_end_pfn[1] = spec.zone_end_pfn[0] + 1024 * (1 + draw(t, 2));
    spec.vm.zone_reclaim_mode = 0;
    spec.vm.min_free_kbytes = 256;
    spec.vm.min_free_kbytes_auto = false;
    if (draw(t, 3) == 0)
        spec.movablecore_pages = 1024;
    test_machine_boot(&t->tm, spec);
    t->tm.ops.wakeup_kswapd = wake_kswapd;
    t->tm.oom_marks_caller = true;
    slow_mm_boot(&t->slow, &spec, &hooks);
}

static void make_cpusets(struct twin *t)
{
    struct sim_error err = {0};

    for (unsigned i = 0; i < CPUSETS; i++) {
        struct cpuset_spec *spec = &t->cpusets[i];

        do {
            spec->name = "a cpuset";
            spec->parent = (int32_t)draw(t, i + 1) - 1;
            spec->mems =
                draw_nodes(t, spec->parent < 0 ? (1 << NODES) - 1 : t->cpusets[spec->parent].mems);
            spec->mem_exclusive = draw(t, 2);
        } while (cpuset_spec_check(spec, t->cpusets, i) != CPUSET_OK);
        t->slow_cpusets[i].parent = spec->parent < 0 ? NULL : &t->slow_cpusets[spec->parent];
        t->slow_cpusets[i].exclusive = spec->mem_exclusive;
        for (unsigned n = 0; n < NODES; n++)
            t->slow_cpusets[i].mems[n] = spec->mems >> n & 1;
    }
    ck_assert(cpusets_make(&t->tm.machine, t->cpusets, CPUSETS, &err));
}

/* NULL for the default. */
static struct slow_policy *slow_twin(struct twin *t, const struct mempolicy *policy)
{
    bool nodes[NODES_MAX] = {false};
    struct slow_policy *made = &t->policies[t->nr_policies++ % POLICIES];

    if (!policy)
        return NULL;
    for (unsigned n = 0; n < NODES; n++)
        nodes[n] = policy->nodes >> n & 1;
    slow_policy_init(made, &t->slow, (enum slow_policy_mode)policy->mode, nodes);
    return made;
}

static struct mempolicy_spec draw_policy(struct twin *t)
{
    struct mempolicy_spec spec = {.mode = (uint8_t)draw(t, NR_MPOL_MODES)};

    if (spec.mode != MPOL_DEFAULT)
        spec.nodes = draw(t, 1 << NODES);
    return spec;
}

/* The policies of tasks live as long as the tasks: each has a place of its own. */
static void change_policy(struct twin *t, unsigned i)
{
    struct twin_task *task = &t->tasks[i];
    const struct mempolicy_spec spec = draw_policy(t);

    if (set_mempolicy(&t->tm.machine, &task->task, &spec) != MPOL_OK)
        return;
    t->nr_policies = i;
    task->slow_policy = slow_twin(t, task->task.mempolicy);
    if (task->task.mempolicy && spec.mode == MPOL_INTERLEAVE)
        task->slow_il_next = task->task.il_next;
}

/* As if its cpuset had got other nodes: policies may be left without an allowed one. */
static void change_cpuset(struct twin *t, struct twin_task *task)
{
    unsigned cpuset = draw(t, CPUSETS + 2);

    task->task.cpuset = cpuset < CPUSETS ? &t->tm.machine.cpusets[cpuset] : NULL;
    task->slow_cpuset = cpuset < CPUSETS ? &t->slow_cpusets[cpuset] : NULL;
}

static void make_tasks(struct twin *t)
{
    for (unsigned i = 0; i < TASKS; i++) {
        struct twin_task *task = &t->tasks[i];

        *task = (struct twin_task){.task = {.cpu = draw(t, CPUS)}};
        change_cpuset(t, task);
        change_policy(t, i);
    }
}

/* ---- operations ---- */

static uint32_t draw_gfp(struct twin *t, const struct twin_task *task)
{
    static const uint32_t masks[] = {GFP_KERNEL,
                                     GFP_ATOMIC,
                                     GFP_USER,
                                     GFP_HIGHUSER,
                                     GFP_HIGHUSER_MOVABLE,
                                     GFP_KERNEL | GFP_BIT_DMA,
                                     GFP_ATOMIC | GFP_BIT_DMA32,
                                     GFP_KERNEL | GFP_THISNODE,
                                     GFP_KERNEL | GFP_BIT_THISNODE | GFP_BIT_NORETRY};

    uint32_t gfp = masks[draw(t, sizeof(masks) / sizeof(masks[0]))];

    /* Handlers never wait; here they would for ever. */
    return task->task.flags & TASK_IN_INTERRUPT ? gfp & ~(uint32_t)GFP_BIT_WAIT : gfp;
}

static void draw_flags(struct twin *t, struct twin_task *task)
{
    static const uint32_t fast[] = {
        0, 0, 0, 0, TASK_PF_MEMALLOC, TASK_IN_INTERRUPT, TASK_RT, TASK_TIF_MEMDIE};
    static const unsigned slow[] = {
        0, 0, 0, 0, SLOW_PF_MEMALLOC, SLOW_IN_INTERRUPT, SLOW_RT, SLOW_TIF_MEMDIE};
    unsigned which = draw(t, sizeof(slow) / sizeof(slow[0]));

    task->task.flags = fast[which];
    task->slow_flags = slow[which];
}

static pfn_t run_request(struct twin *t, struct alloc_request *request)
{
    while (alloc_request_step(&t->tm.machine, request) == STEP_BLOCKED)
        ck_abort_msg("nothing blocks here");
    return request->page;
}

static pfn_t fast_alloc(struct twin *t, struct twin_task *task, uint32_t gfp, unsigned order,
                        int nid, const struct policy_area *area)
{
    struct alloc_request request;

    if (area)
        alloc_request_init_vma(&request, &t->tm.machine, &task->task, gfp, area);
    else
        alloc_request_init(&request, &t->tm.machine, &task->task, gfp, order, nid);
    return run_request(t, &request);
}

static bool zone_same(const struct zone *zone, const struct slow_zone *slow)
{
    return zone->vm_stat[NR_FREE_PAGES] == slow->stat[SLOW_FREE] &&
           zone->vm_stat[NUMA_HIT] == slow->stat[SLOW_NUMA_HIT] &&
           zone->vm_stat[NUMA_MISS] == slow->stat[SLOW_NUMA_MISS] &&
           zone->vm_stat[NUMA_FOREIGN] == slow->stat[SLOW_NUMA_FOREIGN] &&
           zone->vm_stat[NUMA_LOCAL] == slow->stat[SLOW_NUMA_LOCAL] &&
           zone->vm_stat[NUMA_OTHER] == slow->stat[SLOW_NUMA_OTHER] &&
           zone->vm_stat[NUMA_INTERLEAVE_HIT] == (int64_t)slow->interleave_hits;
}

/* One assertion a step: each of them costs more than the step. */
static void expect_same(const struct twin *t, const struct twin_task *task)
{
    const struct machine *machine = &t->tm.machine;
    bool same = task->task.il_next == task->slow_il_next;

    for (uint32_t id = 0; id < NODES * MAX_NR_ZONES; id++)
        same &=
            zone_same(&machine->zones[id], &t->slow.zones[id / MAX_NR_ZONES][id % MAX_NR_ZONES]);
    for (unsigned n = 0; n < NODES; n++)
        same &= machine->nodes[n].kswapd_max_order == t->slow.nodes[n].kswapd_max_order &&
                machine->nodes[n].kswapd_asleep == t->slow.nodes[n].kswapd_asleep;
    ck_assert_msg(same, "seed %" PRIu64 ", operation %" PRIu64, t->seed, t->op);
}

static void allocate(struct twin *t, struct twin_task *task)
{
    uint32_t gfp = draw_gfp(t, task);
    unsigned order = draw(t, 8) ? 0 : draw(t, MAX_ORDER + 1);
    unsigned form = draw(t, 4);
    int nid = form == 0 ? (int)draw(t, t->tm.machine.nr_nodes) : -1;
    struct policy_area area = {.page = draw(t, 1000)};
    uint32_t slow_pfn = UINT32_MAX;
    pfn_t page;

    t->slow.cpuset = task->slow_cpuset;
    t->slow.jiffies = machine_jiffies(&t->tm.machine);
    if (form == 1) {
        const struct mempolicy_spec spec = draw_policy(t);
        struct slow_policy *policy;

        order = 0;
        if (mbind_policy(&t->tm.machine, &task->task, &spec, &area.policy) != MPOL_OK)
            return;
        t->nr_policies = POLICIES - 1;
        policy = slow_twin(t, area.policy);
        page = fast_alloc(t, task, gfp, 0, -1, &area);
        slow_alloc_vma(&t->slow, task->task.cpu, task->slow_flags, gfp,
                       policy ? policy : task->slow_policy, area.page, &slow_pfn);
    } else {
        page = fast_alloc(t, task, gfp, order, nid, NULL);
        if (nid >= 0)
            slow_alloc(&t->slow, task->task.cpu, task->slow_flags, gfp, order, nid, &slow_pfn);
        else
            slow_alloc_current(&t->slow, task->task.cpu, task->slow_flags, gfp, order,
                               task->slow_policy, &task->slow_il_next, &slow_pfn);
    }
    if (page.nr != slow_pfn)
        ck_abort_msg("seed %" PRIu64 ", operation %" PRIu64 ": pfn %u, not %u", t->seed, t->op,
                     (unsigned)page.nr, (unsigned)slow_pfn);
    if (pfn_is_none(page))
        return;
    SIM_ASSERT(t->nr_blocks < BLOCKS_MAX);
    t->blocks[t->nr_blocks].page = page;
    t->blocks[t->nr_blocks++].order = order;
}

static void release(struct twin *t, const struct twin_task *task)
{
    unsigned i = t->nr_blocks ? draw(t, t->nr_blocks) : 0;

    if (t->nr_blocks == 0)
        return;
    slow_free(&t->slow, t->blocks[i].page.nr, t->blocks[i].order, task->task.cpu, false);
    free_pages(&t->tm.machine, t->blocks[i].page, t->blocks[i].order, task->task.cpu);
    t->blocks[i] = t->blocks[--t->nr_blocks];
}

static void sleep_kswapd(struct twin *t, unsigned nid)
{
    t->tm.machine.nodes[nid].kswapd_asleep = t->slow.nodes[nid].kswapd_asleep = true;
    t->tm.machine.nodes[nid].kswapd_max_order = t->slow.nodes[nid].kswapd_max_order = 0;
}

/* Phases fill and empty the machine. */
static void operate(struct twin *t)
{
    unsigned i = draw(t, TASKS);
    struct twin_task *task = &t->tasks[i];
    bool filling = t->op / 1500 % 2 == 0;

    draw_flags(t, task);
    if (draw(t, 40) == 0)
        change_policy(t, i);
    else if (draw(t, 10) < (filling ? 9u : 3u))
        allocate(t, task);
    else
        release(t, task);
    if (draw(t, 60) == 0)
        change_cpuset(t, task);
    if (draw(t, 30) == 0)
        sleep_kswapd(t, draw(t, NODES));
    if (draw(t, 20) == 0)
        t->tm.clock.now_ns += UINT64_C(1) << draw(t, 30);
    expect_same(t, task);
}

static void compare_machine(uint64_t seed, uint64_t operations)
{
    struct twin *t = calloc(1, sizeof(*t));

    ck_assert_ptr_nonnull(t);
    t->seed = seed;
    rng_init(&t->rng, seed, "policies");
    boot(t);
    make_cpusets(t);
    make_tasks(t);
    for (t->op = 0; t->op < operations; t->op++)
        operate(t);
    slow_mm_fini(&t->slow);
    test_machine_end(&t->tm);
    free(t);
}

START_TEST(policies_and_cpusets_agree_with_the_slow_model)
{
    const char *percent = getenv("MMSIM_PROPERTY_PERCENT");
    unsigned seeds = percent ? 1 + (unsigned)(40 * strtoul(percent, NULL, 10) / 100) : 40;

    for (unsigned i = 0; i < seeds; i++)
        compare_machine(i + 1, 6000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy against the slow model");

    TEST_CASE(suite, "random policies", policies_and_cpusets_agree_with_the_slow_model);
    return test_run(suite);
}
