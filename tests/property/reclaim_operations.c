/* SPDX-License-Identifier: MIT */
/* Drawing operations of the reclaim vectors. */
#include "reclaim_operations.h"

#include <inttypes.h>
#include <string.h>

#include "mm/gfp.h"

#define PICK(rng, array) ((array)[rng_below(rng, sizeof(array) / sizeof((array)[0]))])

enum { BLOCK_SLOTS = 120 };

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

/* ---- phases ---- */

static uint32_t random_gfp(struct rng *rng)
{
    static const uint32_t masks[] = {GFP_HIGHUSER_MOVABLE,
                                     GFP_HIGHUSER_MOVABLE,
                                     GFP_HIGHUSER_MOVABLE,
                                     GFP_KERNEL,
                                     GFP_KERNEL,
                                     GFP_USER,
                                     GFP_NOFS,
                                     GFP_NOIO,
                                     GFP_NOWAIT,
                                     GFP_ATOMIC,
                                     GFP_KERNEL | GFP_BIT_DMA,
                                     GFP_KERNEL | GFP_BIT_NORETRY,
                                     GFP_KERNEL | GFP_BIT_NOFAIL,
                                     GFP_NOFS | GFP_BIT_NOFAIL,
                                     GFP_KERNEL | GFP_BIT_REPEAT,
                                     GFP_KERNEL | GFP_BIT_THISNODE,
                                     GFP_KERNEL | GFP_THISNODE,
                                     GFP_HIGHUSER,
                                     GFP_ATOMIC | GFP_BIT_NOMEMALLOC,
                                     GFP_KERNEL | GFP_BIT_DMA32,
                                     GFP_KERNEL | GFP_BIT_RECLAIMABLE,
                                     GFP_BIT_WAIT | GFP_BIT_FS};
    uint32_t mask = PICK(rng, masks);

    if (one_in(rng, 8))
        mask |= GFP_BIT_COLD;
    if (one_in(rng, 12))
        mask ^= UINT32_C(1) << rng_below(rng, 21);
    return mask & GFP_ALL_BITS;
}

static void next_phase(struct reclaim_operations *ops)
{
    static const uint32_t grow[] = {60, 40, 30, 20, 10};
    static const uint32_t file[] = {0, 20, 50, 50, 80, 100};
    static const uint32_t orders[] = {0, 0, 1, 3, 4, 5, 9};
    static const char *const flags[] = {"-", "-",  "d",  "m", "my", "r",
                                        "b", "dm", "bd", "y", "mr", "l"};
    struct rng *rng = ops->rng;

    ops->phase = (struct reclaim_phase){
        .left = (uint32_t)rng_between(rng, 10, 150),
        .gfp = one_in(rng, 2) ? GFP_HIGHUSER_MOVABLE : random_gfp(rng),
        .grow = PICK(rng, grow),
        .file = PICK(rng, file),
        .order_max = PICK(rng, orders),
        .one_cpu = one_in(rng, 2),
        .cpu = (uint32_t)rng_below(rng, ops->machine->nr_cpus),
        .flags = PICK(rng, flags),
    };
}

static uint32_t random_cpu(struct reclaim_operations *ops)
{
    if (ops->phase.one_cpu && !one_in(ops->rng, 20))
        return ops->phase.cpu;
    return (uint32_t)rng_below(ops->rng, ops->machine->nr_cpus);
}

static int random_nid(struct reclaim_operations *ops)
{
    if (!one_in(ops->rng, 4))
        return -1;
    return (int)rng_below(ops->rng, ops->machine->nr_nids);
}

static uint32_t phase_gfp(struct reclaim_operations *ops)
{
    return one_in(ops->rng, 10) ? random_gfp(ops->rng) : ops->phase.gfp;
}

/* ---- pages of users ---- */

static uint64_t random_count(struct reclaim_operations *ops)
{
    return rng_between(ops->rng, 1, one_in(ops->rng, 4) ? 200 : 30);
}

static const char *random_flags(struct reclaim_operations *ops, char flags[8])
{
    static const char letters[] = "bBdmyrl";
    size_t length = 0;

    if (!one_in(ops->rng, 6))
        return ops->phase.flags;
    for (size_t i = 0; i < sizeof(letters) - 1; i++)
        if (one_in(ops->rng, letters[i] == 'l' || letters[i] == 'B' ? 12 : 3))
            flags[length++] = letters[i];
    if (length == 0)
        flags[length++] = '-';
    flags[length] = '\0';
    return flags;
}

static const char *new_pages_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;
    uint64_t count = random_count(ops);
    uint64_t slot = ops->next_slot;
    char buffer[8];
    const char *flags = random_flags(ops, buffer);
    bool file = rng_below(rng, 100) < ops->phase.file;
    uint32_t cpu = random_cpu(ops);
    uint32_t gfp = phase_gfp(ops);
    int nid = random_nid(ops);
    uint64_t number = rng_below(rng, RECLAIM_FILES);

    if (one_in(rng, 5))
        count = 1;
    ops->next_slot = slot + count >= ops->machine->slots ? 0 : slot + count;
    if (count == 1 && file)
        return script_add(script, "lf %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d %" PRIu64 " %s",
                          slot, cpu, gfp, nid, number, flags);
    if (count == 1)
        return script_add(script, "la %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d %s", slot, cpu, gfp,
                          nid, flags);
    if (file)
        return script_add(script,
                          "lfs %" PRIu64 " %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d %" PRIu64 " %s",
                          slot, count, cpu, gfp, nid, number, flags);
    return script_add(script, "las %" PRIu64 " %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d %s", slot,
                      count, cpu, gfp, nid, flags);
}

/* Slots behind the newest are the oldest ones. */
static uint64_t random_slot(struct reclaim_operations *ops)
{
    struct rng *rng = ops->rng;
    uint64_t slots = ops->machine->slots;

    if (one_in(rng, 3))
        return (ops->next_slot + slots - 1 - rng_below(rng, 300)) % slots;
    return rng_below(rng, slots);
}

static const char *touch_line(struct reclaim_operations *ops, struct script *script)
{
    uint64_t slot = random_slot(ops);
    uint32_t cpu = random_cpu(ops);
    uint32_t gfp = phase_gfp(ops);
    int nid = random_nid(ops);

    if (one_in(ops->rng, 4))
        return script_add(script, "touch %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d", slot, cpu, gfp,
                          nid);
    return script_add(script, "touchs %" PRIu64 " %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d", slot,
                      random_count(ops), cpu, gfp, nid);
}

static const char *change_line(struct reclaim_operations *ops, struct script *script)
{
    static const char *const verbs[] = {"acc", "acc", "dirty", "dirty", "um",    "ml", "pin",
                                        "lk",  "del", "del",   "del",   "unpin", "wb", "wb"};
    struct rng *rng = ops->rng;
    const char *verb = PICK(rng, verbs);
    uint64_t count = random_count(ops);
    uint64_t value = random_cpu(ops);
    uint64_t slot = random_slot(ops);
    bool rare = false;

    if (strcmp(verb, "ml") == 0 || strcmp(verb, "lk") == 0) {
        value = one_in(rng, 3);
        rare = value;
    }
    if (rare || strcmp(verb, "pin") == 0)
        count = count / 8 + 1;
    else if (verb[0] == 'l' || verb[0] == 'm' || strcmp(verb, "unpin") == 0)
        count *= 20;
    else if (verb[0] == 'd' && one_in(rng, 5))
        count *= 5;
    if (one_in(rng, 4))
        return script_add(script, "%s %" PRIu64 " %" PRIu64, verb, slot, value);
    return script_add(script, "%ss %" PRIu64 " %" PRIu64 " %" PRIu64, verb, slot, count, value);
}

/* ---- blocks and slabs ---- */

static const char *block_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;
    uint64_t slot = rng_below(rng, BLOCK_SLOTS);
    uint32_t cpu = random_cpu(ops);
    uint64_t order = rng_between(rng, 0, one_in(rng, 12) ? 11 : ops->phase.order_max);

    if (one_in(rng, 2))
        return script_add(script, "a %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %" PRIu64 " %d", slot,
                          cpu, phase_gfp(ops), order, random_nid(ops));
    return script_add(script, "%c %" PRIu64 " %" PRIu32 " %d", one_in(rng, 5) ? 's' : 'f', slot,
                      cpu, one_in(rng, 3));
}

static const char *slab_line(struct reclaim_operations *ops, struct script *script)
{
    return script_add(script, "slab %" PRIu64 " %" PRIu64 " %" PRIu32 " 0x%" PRIx32 " %d",
                      rng_below(ops->rng, RECLAIM_SHRINKERS), random_count(ops), random_cpu(ops),
                      phase_gfp(ops) & ~(uint32_t)GFP_BIT_MOVABLE, random_nid(ops));
}

/* ---- reclaim by hand ---- */

static const char *reclaim_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;
    uint32_t cpu = random_cpu(ops);
    uint64_t order = rng_between(rng, 0, ops->phase.order_max);
    uint64_t nid = rng_below(rng, ops->machine->nr_nids);

    switch (rng_below(rng, 4)) {
    case 0:
        return script_add(script, "kswapd %" PRIu64, nid);
    case 1:
        return script_add(script, "kswapdo %" PRIu64 " %" PRIu64, nid, order);
    case 2:
        return script_add(script,
                          "zreclaim %" PRIu32 " 0x%" PRIx32 " %" PRIu64 " %" PRIu64 " %" PRIu64,
                          cpu, phase_gfp(ops), order, nid, rng_below(rng, 4));
    default:
        return script_add(script, "reclaim %" PRIu32 " 0x%" PRIx32 " %" PRIu64 " %d", cpu,
                          phase_gfp(ops), order, random_nid(ops));
    }
}

/* ---- time, lists, counters ---- */

static const char *time_line(struct reclaim_operations *ops, struct script *script)
{
    static const uint64_t us[] = {0, 37, 1000, 3999, 4000, 50000, 1000000};
    struct rng *rng = ops->rng;
    uint32_t cpu = random_cpu(ops);

    switch (rng_below(rng, 8)) {
    case 0:
        return script_add(script, "drain %" PRIu32, cpu);
    case 1:
        return script_add(script, "drainall %" PRIu32, cpu);
    case 2:
        return script_add(script, "vmstat %" PRIu32, cpu);
    case 3:
        return script_add(script, "j %" PRIu64, rng_below(rng, 300));
    case 4:
    case 5:
        return script_add(script, "lrudrain %" PRIu32, cpu);
    default:
        return script_add(script, "t %" PRIu64 " %" PRIu32, PICK(rng, us) + rng_below(rng, 100),
                          cpu);
    }
}

/* ---- settings ---- */

static const char *sysctl_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;

    switch (rng_below(rng, 6)) {
    case 0:
        return script_add(script, "min_free_kbytes %" PRIu64,
                          rng_between(rng, 20, ops->machine->pages / 4));
    case 1:
        return script_add(script, "percpu_pagelist_fraction %" PRIu64, rng_between(rng, 8, 500));
    case 2:
        return script_add(script, "lowmem_reserve_ratio %" PRIu64 " %" PRIu64 " %" PRIu64,
                          rng_between(rng, 2, 300), rng_between(rng, 2, 300),
                          rng_between(rng, 2, 64));
    default:
        return reclaim_sysctl_line(rng, script);
    }
}

static const char *process_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;

    switch (rng_below(rng, 6)) {
    case 0:
        return script_add(script, "badness");
    case 1:
        return script_add(script, "oomexit %d", !one_in(rng, 6));
    case 2:
    case 3:
        return script_add(script, "cur %" PRIu64, rng_below(rng, ops->pid_max + 1));
    default:
        if (one_in(rng, 3) && ops->pid_max < 60)
            ops->pid_max++;
        return reclaim_process_line(rng, ops->machine, ops->pid_max, script);
    }
}

static const char *setting_line(struct reclaim_operations *ops, struct script *script)
{
    struct rng *rng = ops->rng;

    switch (rng_below(rng, 15)) {
    case 0:
        return script_add(script, "kmode %" PRIu64, rng_below(rng, 3));
    case 1:
        return script_add(script, "klimit %" PRIu64, rng_between(rng, 1, 2));
    case 2:
        return script_add(script, "waitlimit %" PRIu64, rng_below(rng, 5));
    case 3:
        return script_add(script, "slabaccount %d", one_in(rng, 2));
    case 4:
        return script_add(script, "task %" PRIu64, one_in(rng, 2) ? 0 : rng_below(rng, 16));
    case 5:
        return script_add(script, "task 0");
    case 6:
        return script_add(script, "ksleep %" PRIu64, rng_below(rng, ops->machine->nr_nids));
    case 7:
        return script_add(script, "limits");
    case 8:
        return reclaim_device_line(rng, ops->machine, script);
    case 9:
        return reclaim_file_line(rng, script);
    case 10:
        return reclaim_shrinker_line(rng, script);
    case 11:
        return script_add(script, "trace %" PRIu64, rng_below(rng, 4));
    default:
        return sysctl_line(ops, script);
    }
}

void reclaim_operations_init(struct reclaim_operations *ops, struct rng *rng,
                             const struct reclaim_machine *machine)
{
    *ops = (struct reclaim_operations){.rng = rng, .machine = machine, .pid_max = 9};
    next_phase(ops);
}

typedef const char *draw_line(struct reclaim_operations *ops, struct script *script);

const char *reclaim_operation(struct reclaim_operations *ops, struct script *script)
{
    const struct {
        uint64_t weight;
        draw_line *draw;
    } kinds[] = {
        {ops->phase.grow, new_pages_line},
        {10, touch_line},
        {25, change_line},
        {12, block_line},
        {4, slab_line},
        {5, reclaim_line},
        {7, time_line},
        {6, setting_line},
        {3, process_line},
    };
    uint64_t total = 0;
    uint64_t pick;
    size_t i = 0;

    if (ops->phase.left-- == 0)
        next_phase(ops);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
        total += kinds[k].weight;
    for (pick = rng_below(ops->rng, total); pick >= kinds[i].weight; i++)
        pick -= kinds[i].weight;
    return kinds[i].draw(ops, script);
}
