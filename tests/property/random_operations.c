/* SPDX-License-Identifier: MIT */
/* Drawing operations. */
#include "random_operations.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mm/gfp.h"

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

/* ---- phases ---- */

static uint32_t random_mask(struct rng *rng)
{
    static const uint32_t masks[] = {
        GFP_NOWAIT,
        GFP_ATOMIC,
        GFP_NOIO,
        GFP_NOFS,
        GFP_KERNEL,
        GFP_KERNEL,
        GFP_TEMPORARY,
        GFP_USER,
        GFP_HIGHUSER,
        GFP_HIGHUSER_MOVABLE,
        GFP_HIGHUSER_MOVABLE,
        GFP_USER | GFP_BIT_MOVABLE,
        GFP_NOFS | GFP_BIT_MOVABLE,
        GFP_BIT_DMA,
        GFP_KERNEL | GFP_BIT_DMA,
        GFP_KERNEL | GFP_BIT_DMA32,
        GFP_BIT_DMA | GFP_BIT_DMA32,
        GFP_KERNEL | GFP_THISNODE,
        GFP_KERNEL | GFP_BIT_THISNODE,
        GFP_ATOMIC | GFP_BIT_THISNODE | GFP_BIT_NOWARN,
        GFP_KERNEL | GFP_BIT_MOVABLE | GFP_BIT_RECLAIMABLE,
        GFP_ATOMIC | GFP_BIT_RECLAIMABLE,
        GFP_KERNEL | GFP_BIT_NOFAIL,
        GFP_NOFS | GFP_BIT_NOFAIL,
        GFP_KERNEL | GFP_BIT_REPEAT,
        GFP_KERNEL | GFP_BIT_NORETRY,
        GFP_ATOMIC | GFP_BIT_NOMEMALLOC,
    };
    uint32_t mask = masks[rng_below(rng, sizeof(masks) / sizeof(masks[0]))];

    if (one_in(rng, 3))
        mask |= GFP_BIT_COLD;
    if (one_in(rng, 5))
        mask |= GFP_BIT_COMP;
    if (one_in(rng, 8))
        mask |= GFP_BIT_ZERO;
    if (one_in(rng, 8))
        mask ^= UINT32_C(1) << rng_below(rng, 21);
    if (one_in(rng, 25))
        mask = (uint32_t)rng_next(rng);
    return mask & GFP_ALL_BITS;
}

static void next_phase(struct random_operations *ops)
{
    static const uint32_t tendency[] = {95, 80, 60, 50, 50, 40, 10, 3};
    static const uint32_t orders[] = {0, 0, 1, 3, 5, 10, 10};
    struct rng *rng = ops->rng;

    ops->phase = (struct phase){
        .left = (uint32_t)rng_between(rng, 20, one_in(rng, 4) ? 3000 : 400),
        .alloc_per_100 = tendency[rng_below(rng, sizeof(tendency) / sizeof(tendency[0]))],
        .order_max = orders[rng_below(rng, sizeof(orders) / sizeof(orders[0]))],
        .one_cpu = one_in(rng, 2),
        .cpu = (uint32_t)rng_below(rng, ops->machine->nr_cpus),
        .one_mask = one_in(rng, 2),
        .gfp = random_mask(rng),
        .oldest_first = one_in(rng, 3),
    };
}

static uint32_t random_cpu(struct random_operations *ops)
{
    if (ops->phase.one_cpu && !one_in(ops->rng, 30))
        return ops->phase.cpu;
    return (uint32_t)rng_below(ops->rng, ops->machine->nr_cpus);
}

/* ---- allocations and frees ---- */

static void push(struct slot_list *list, uint32_t slot)
{
    if (!vec_push(list, slot))
        abort();
}

/* What the last allocation came to. */
static void settle(struct random_operations *ops, const struct golden_world *world)
{
    if (!ops->pending)
        return;
    ops->pending = false;
    if (world->slots[ops->pending_slot].pfn == GOLDEN_NO_PFN)
        push(&ops->spare, ops->pending_slot);
    else
        push(&ops->live, ops->pending_slot);
}

static uint32_t random_order(struct random_operations *ops)
{
    if (one_in(ops->rng, 40))
        return (uint32_t)rng_below(ops->rng, 13);
    return (uint32_t)rng_between(ops->rng, 0, ops->phase.order_max);
}

static int random_nid(struct random_operations *ops)
{
    if (one_in(ops->rng, 2))
        return -1;
    return (int)ops->machine->nids[rng_below(ops->rng, ops->machine->nr_nids)];
}

static const char *alloc_line(struct random_operations *ops, struct script *script)
{
    bool own_mask = !ops->phase.one_mask || one_in(ops->rng, 12);
    uint32_t gfp = own_mask ? random_mask(ops->rng) : ops->phase.gfp;
    uint32_t slot = ops->slots_used;
    uint32_t cpu = random_cpu(ops);
    uint32_t order = random_order(ops);
    int nid = random_nid(ops);

    if (ops->spare.count)
        slot = ops->spare.items[--ops->spare.count];
    else
        ops->slots_used++;
    ops->pending = true;
    ops->pending_slot = slot;
    return script_add(script, "a %" PRIu32 " %" PRIu32 " 0x%" PRIx32 " %" PRIu32 " %d", slot, cpu,
                      gfp, order, nid);
}

/* Takes a slot off the live ones. */
static uint32_t pick_live(struct random_operations *ops)
{
    struct slot_list *live = &ops->live;
    /* "Oldest" is near enough: taking one out moves the youngest into its place. */
    size_t i = ops->phase.oldest_first ? live->count / 16 : live->count - 1;
    uint32_t slot;

    i = ops->phase.oldest_first || one_in(ops->rng, 4) ? i : rng_below(ops->rng, live->count);
    slot = live->items[i];
    live->items[i] = live->items[--live->count];
    return slot;
}

static const char *free_line(struct random_operations *ops, struct script *script)
{
    uint32_t slot = pick_live(ops);
    char verb = one_in(ops->rng, 6) ? 's' : 'f';
    bool cold = one_in(ops->rng, 3);

    push(&ops->spare, slot);
    return script_add(script, "%c %" PRIu32 " %" PRIu32 " %d", verb, slot, random_cpu(ops), cold);
}

/* ---- the others ---- */

static const char *queue_line(struct random_operations *ops, struct script *script)
{
    uint32_t slot = ops->live.count ? ops->live.items[rng_below(ops->rng, ops->live.count)] : 0;

    return script_add(script, "rq %" PRIu32, slot);
}

static const char *sysctl_line(struct random_operations *ops, struct script *script)
{
    static const char *const orders[] = {"default", "node", "zone"};
    struct rng *rng = ops->rng;

    switch (rng_below(rng, 5)) {
    case 0:
        return script_add(script, "min_free_kbytes %" PRIu64,
                          random_min_free_kbytes(rng, ops->machine->total_pages));
    case 1:
        return script_add(script, "lowmem_reserve_ratio %" PRIu64 " %" PRIu64 " %" PRIu64,
                          rng_below(rng, 300), rng_below(rng, 300), rng_below(rng, 64));
    case 2:
        return script_add(script, "percpu_pagelist_fraction %" PRIu64,
                          rng_between(rng, 8, one_in(rng, 2) ? 50 : 20000));
    case 3:
        return script_add(script, "numa_zonelist_order %s", orders[rng_below(rng, 3)]);
    default:
        return script_add(script, "zone_reclaim_mode %d", one_in(rng, 2));
    }
}

/* Bits of the caller; most of the time none. */
static const char *task_line(struct random_operations *ops, struct script *script)
{
    return script_add(script, "task %" PRIu64, one_in(ops->rng, 2) ? 0 : rng_below(ops->rng, 16));
}

static const char *rare_line(struct random_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;
    uint32_t cpu = random_cpu(ops);

    switch (rng_below(rng, 17)) {
    case 0:
        return script_add(script, "drain %" PRIu32, cpu);
    case 1:
        return script_add(script, "drainall %" PRIu32, cpu);
    case 2:
    case 3:
        return script_add(script, "vmstat %" PRIu32, cpu);
    case 4:
    case 5:
        return script_add(script, "j %" PRIu64, rng_below(rng, 400));
    case 6:
        return script_add(script, "ksleep %" PRIu32,
                          ops->machine->nids[rng_below(rng, ops->machine->nr_nids)]);
    case 7:
        return task_line(ops, script);
    case 8:
    case 9:
    case 10:
        return queue_line(ops, script);
    case 11:
        return script_add(script, "rmax %" PRIu64, rng_below(rng, 6));
    case 12:
        return script_add(script, "oom %" PRIu64, rng_below(rng, 3));
    case 13:
        return script_add(script, "zr %" PRIu64, rng_below(rng, 20));
    case 14:
        return script_add(script, "%s", one_in(rng, 2) ? "give_up" : "scan_state");
    case 15:
        return one_in(rng, 4) ? script_add(script, "age_lists %" PRIu64, rng_below(rng, 300))
                              : script_add(script, "waitlimit %" PRIu64, rng_below(rng, 7));
    default:
        return sysctl_line(ops, script);
    }
}

void random_operations_init(struct random_operations *ops, struct rng *rng,
                            const struct random_machine *machine)
{
    *ops = (struct random_operations){.rng = rng, .machine = machine};
    next_phase(ops);
}

void random_operations_fini(struct random_operations *ops)
{
    vec_fini(&ops->live);
    vec_fini(&ops->spare);
}

const char *random_operation(struct random_operations *ops, const struct golden_world *world,
                             struct script *script)
{
    settle(ops, world);
    if (ops->phase.left-- == 0)
        next_phase(ops);
    if (one_in(ops->rng, 20))
        return rare_line(ops, script);
    if (!ops->live.count || rng_below(ops->rng, 100) < ops->phase.alloc_per_100)
        return alloc_line(ops, script);
    return free_line(ops, script);
}
