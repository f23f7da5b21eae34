/* SPDX-License-Identifier: MIT */
/* Replays one golden vector of the 2.6.24 allocator: operations on stdin, results on stdout. */
#include <inttypes.h>
#include <stdio.h>

#include "golden_dump.h"
#include "golden_spec.h"
#include "golden_words.h"
#include "kernels/linux_2_6_24.h"
#include "mm/page_alloc.h"
#include "mm/sysctl.h"
#include "reclaim/kswapd.h"

/*
 * The allocator under test is the product's; only what the vectors script is replaced: direct
 * reclaim, congestion waits, the OOM killer and zone_reclaim.
 */

struct slot {
    pfn_t page;
    uint32_t order;
    uint32_t gfp;
};

enum oom_mode { OOM_NOTHING, OOM_MEMDIE, OOM_FREE_QUEUED };

struct world {
    struct machine machine;
    struct kernel_ops ops;
    struct clock clock;
    struct task task;
    uint32_t task_flags; /* as the last `task` line says */

    struct slot *slots;
    size_t nr_slots;
    uint32_t *queue; /* slots that direct reclaim frees, queue_head the next */
    size_t queue_head;
    size_t queue_count;
    size_t queue_capacity;

    uint64_t reclaim_max;
    enum oom_mode oom_mode;
    uint64_t zone_reclaims_left;
    bool zreclaim_events;
    unsigned wait_limit;
    unsigned waits; /* congestion_wait and out_of_memory calls of this operation */
    unsigned dumps;
};

static void add_jiffies(struct world *world, uint64_t jiffies)
{
    world->clock.now_ns += jiffies * (UINT64_C(1000000000) / world->machine.hz);
}

static struct slot *slot_at(struct world *world, const struct golden_words *words, unsigned word)
{
    uint64_t index = golden_uint(words, word);

    if (index >= world->nr_slots) {
        size_t count = (size_t)(index + 1) * 2;
        struct slot *slots = realloc(world->slots, count * sizeof(*slots));

        if (!slots)
            golden_fail(words, "out of memory");
        for (size_t i = world->nr_slots; i < count; i++)
            slots[i] = (struct slot){.page = PFN_NONE};
        world->slots = slots;
        world->nr_slots = count;
    }
    return &world->slots[index];
}

static void free_slot(struct world *world, struct slot *slot, unsigned cpu, bool cold)
{
    if (pfn_is_none(slot->page))
        return;
    if (cold && slot->order == 0)
        free_cold_page(&world->machine, slot->page, cpu);
    else
        free_pages(&world->machine, slot->page, slot->order, cpu);
    slot->page = PFN_NONE;
}

/* Frees up to `max` queued blocks the way reclaim does; returns their pages. */
static uint64_t free_queued(struct world *world, uint64_t max, unsigned cpu)
{
    uint64_t pages = 0;

    while (max && world->queue_head < world->queue_count) {
        struct slot *slot = &world->slots[world->queue[world->queue_head++]];

        if (pfn_is_none(slot->page))
            continue;
        pages += UINT64_C(1) << slot->order;
        free_slot(world, slot, cpu, true);
        max--;
    }
    return pages;
}

/* ---- the scripted operations ---- */

static struct world *world_of(struct machine *machine)
{
    return machine->ops_context;
}

static void hook_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order)
{
    if (kswapd_wakeup(machine, zone, order))
        printf("e kswapd %u %" PRIu32 "\n", zone->nid, machine->nodes[zone->nid].kswapd_max_order);
}

static bool hook_zone_reclaim(struct machine *machine, struct zone *zone,
                              const struct alloc_request *request, uint32_t gfp)
{
    struct world *world = world_of(machine);
    bool reclaimed = world->zone_reclaims_left > 0;

    (void)gfp;
    if (reclaimed)
        world->zone_reclaims_left--;
    if (reclaimed || world->zreclaim_events)
        printf("e zreclaim %u %s %" PRIu32 " %d\n", zone->nid,
               machine_zone_name(machine, zone->index), request->order, reclaimed);
    return reclaimed;
}

static enum step hook_cond_resched(struct machine *machine, struct alloc_request *request)
{
    (void)machine;
    (void)request;
    return STEP_DONE;
}

static enum step hook_try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    struct world *world = world_of(machine);

    request->did_some_progress = free_queued(world, world->reclaim_max, request->cpu);
    printf("e reclaim %" PRIu32 " 0x%" PRIx32 " %" PRIu64 "\n", request->order, request->gfp,
           request->did_some_progress);
    return STEP_DONE;
}

/* Counts a wait; past the limit the allocation is given up where it stands. */
static enum step counted(struct world *world, struct alloc_request *request)
{
    (void)request;
    return ++world->waits > world->wait_limit ? STEP_BLOCKED : STEP_DONE;
}

static enum step hook_congestion_wait(struct machine *machine, struct alloc_request *request,
                                      unsigned timeout)
{
    struct world *world = world_of(machine);

    printf("e cwait %u\n", timeout);
    add_jiffies(world, timeout);
    return counted(world, request);
}

static enum step hook_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                       unsigned timeout)
{
    (void)request;
    add_jiffies(world_of(machine), timeout);
    return STEP_DONE;
}

static enum step hook_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    struct world *world = world_of(machine);

    printf("e oom %" PRIu32 " 0x%" PRIx32 "\n", request->order, request->gfp);
    if (world->oom_mode == OOM_MEMDIE) {
        request->task->flags |= TASK_TIF_MEMDIE;
    } else {
        if (world->oom_mode == OOM_FREE_QUEUED)
            free_queued(world, UINT64_MAX, request->cpu);
        add_jiffies(world, 1);
    }
    return counted(world, request);
}

/* ---- operations ---- */

static void op_alloc(struct world *world, const struct golden_words *words)
{
    struct slot *slot = slot_at(world, words, 1);
    struct alloc_request request;
    uint32_t gfp = (uint32_t)golden_uint(words, 3);
    unsigned order = (unsigned)golden_uint(words, 4);

    world->task.cpu = (uint32_t)golden_uint(words, 2);
    world->waits = 0;
    alloc_request_init(&request, &world->machine, &world->task, gfp, order,
                       (int)golden_int(words, 5));
    if (alloc_request_step(&world->machine, &request) == STEP_BLOCKED) {
        alloc_request_abandon(&world->machine, &request);
        printf("a %s loop\n", words->word[1]);
    } else if (pfn_is_none(request.page)) {
        printf("a %s fail\n", words->word[1]);
    } else {
        printf("a %s %" PRIu32 "\n", words->word[1], request.page.nr);
    }
    *slot = (struct slot){request.page, order, gfp};
}

static void op_split(struct world *world, const struct golden_words *words)
{
    struct slot *slot = slot_at(world, words, 1);
    unsigned cpu = (unsigned)golden_uint(words, 2);
    bool cold = golden_uint(words, 3) != 0;
    uint32_t first = slot->page.nr;
    uint32_t pages = UINT32_C(1) << slot->order;

    if (pfn_is_none(slot->page))
        return;
    if (slot->gfp & GFP_BIT_COMP && slot->order > 0) {
        free_slot(world, slot, cpu, cold);
        return;
    }
    split_page(&world->machine, slot->page, slot->order);
    for (uint32_t i = 0; i < pages; i++) {
        *slot = (struct slot){.page = {first + i}};
        free_slot(world, slot, cpu, cold);
    }
}

static void op_queue(struct world *world, const struct golden_words *words)
{
    slot_at(world, words, 1);
    if (world->queue_count == world->queue_capacity) {
        size_t capacity = world->queue_capacity ? 2 * world->queue_capacity : 64;
        uint32_t *queue = realloc(world->queue, capacity * sizeof(*queue));

        if (!queue)
            golden_fail(words, "out of memory");
        world->queue = queue;
        world->queue_capacity = capacity;
    }
    world->queue[world->queue_count++] = (uint32_t)golden_uint(words, 1);
}

static void op_task(struct world *world, const struct golden_words *words)
{
    static const uint32_t flags[] = {TASK_PF_MEMALLOC, TASK_TIF_MEMDIE, TASK_RT, TASK_IN_INTERRUPT};
    uint64_t bits = golden_uint(words, 1);

    world->task_flags = 0;
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (bits >> i & 1)
            world->task_flags |= flags[i];
}

static void op_sysctl(struct world *world, const struct golden_words *words, enum vm_sysctl_id id)
{
    uint64_t values[MAX_NR_ZONES - 1] = {0};

    for (unsigned i = 0; i < vm_sysctl_nr_values(id); i++)
        values[i] = golden_uint(words, i + 1);
    vm_sysctl_write(&world->machine, id, values);
}

static void op_kswapd_sleep(struct world *world, const struct golden_words *words)
{
    uint64_t nid = golden_uint(words, 1);

    if (nid >= world->machine.nr_nodes)
        golden_fail(words, "no such node");
    world->machine.nodes[nid].kswapd_asleep = true;
    world->machine.nodes[nid].kswapd_max_order = 0;
}

static void run_line(struct world *world, const struct golden_words *words)
{
    struct machine *machine = &world->machine;

    world->task.flags = world->task_flags;
    if (golden_is(words, "a"))
        op_alloc(world, words);
    else if (golden_is(words, "f"))
        free_slot(world, slot_at(world, words, 1), (unsigned)golden_uint(words, 2),
                  golden_uint(words, 3) != 0);
    else if (golden_is(words, "s"))
        op_split(world, words);
    else if (golden_is(words, "drain"))
        drain_local_pages(machine, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "drainall"))
        drain_all_local_pages(machine, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "vmstat"))
        refresh_cpu_vm_stats(machine, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "j"))
        add_jiffies(world, golden_uint(words, 1));
    else if (golden_is(words, "ksleep"))
        op_kswapd_sleep(world, words);
    else if (golden_is(words, "task"))
        op_task(world, words);
    else if (golden_is(words, "rq"))
        op_queue(world, words);
    else if (golden_is(words, "rmax"))
        world->reclaim_max = golden_uint(words, 1);
    else if (golden_is(words, "oom"))
        world->oom_mode = (enum oom_mode)golden_uint(words, 1);
    else if (golden_is(words, "zr"))
        world->zone_reclaims_left = golden_uint(words, 1);
    else if (golden_is(words, "waitlimit"))
        world->wait_limit = (unsigned)golden_uint(words, 1);
    else if (golden_is(words, "min_free_kbytes"))
        op_sysctl(world, words, VM_MIN_FREE_KBYTES);
    else if (golden_is(words, "lowmem_reserve_ratio"))
        op_sysctl(world, words, VM_LOWMEM_RESERVE_RATIO);
    else if (golden_is(words, "percpu_pagelist_fraction"))
        op_sysctl(world, words, VM_PERCPU_PAGELIST_FRACTION);
    else if (golden_is(words, "zonelists"))
        golden_zonelists(machine);
    else if (golden_is(words, "sum"))
        golden_sum(machine);
    else if (golden_is(words, "dump"))
        golden_dump(machine, ++world->dumps);
    else
        golden_fail(words, "unknown operation");
}

static void boot(struct world *world, const struct golden_spec *spec,
                 const struct golden_words *words)
{
    struct sim_error err = {0};

    world->ops = linux_2_6_24_ops;
    world->ops.wakeup_kswapd = hook_wakeup_kswapd;
    world->ops.zone_reclaim = hook_zone_reclaim;
    world->ops.cond_resched = hook_cond_resched;
    world->ops.try_to_free_pages = hook_try_to_free_pages;
    world->ops.congestion_wait = hook_congestion_wait;
    world->ops.schedule_timeout = hook_schedule_timeout;
    world->ops.out_of_memory = hook_out_of_memory;
    world->oom_mode = OOM_MEMDIE;
    world->wait_limit = spec->wait_limit;
    world->zreclaim_events = spec->zreclaim_events;
    if (!machine_init(&world->machine, &spec->machine, &world->ops, world, &world->clock, &err))
        golden_fail(words, err.message);
    printf("boot pageblock_order %" PRIu32 " numa %d highmem %d\n", world->machine.pageblock_order,
           world->machine.numa, world->machine.highmem);
}

int main(void)
{
    struct golden_words words = {.line = 0};
    struct golden_spec spec;
    struct world world = {.queue = NULL};
    bool booted = false;
    char *line = NULL;
    size_t capacity = 0;
    int failed;

    golden_spec_init(&spec);
    while (getline(&line, &capacity, stdin) > 0) {
        words.line++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        golden_split(&words, line);
        if (!booted && golden_is(&words, "boot")) {
            boot(&world, &spec, &words);
            booted = true;
        } else if (booted) {
            run_line(&world, &words);
#if MMSIM_CHECKS >= MMSIM_CHECKS_FULL
            char why[256];

            /* After every line would be quadratic on the long vectors. */
            if ((words.line & 0x3ff) == 0 && !machine_check(&world.machine, why, sizeof(why)))
                golden_fail(&words, why);
#endif
        } else {
            golden_spec_line(&spec, &words);
        }
    }
    if (booted)
        machine_fini(&world.machine);
    free(world.slots);
    free(world.queue);
    free(line);
    golden_spec_fini(&spec);
    failed = ferror(stdin) || fflush(stdout) != 0;
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
