/* SPDX-License-Identifier: MIT */
/* The slow model behind a vector. */
#include <stdlib.h>

#include "golden_world.h"
#include "lib/slow_mm.h"

struct golden_slow {
    struct slow_mm mm;
    struct golden_world *world;
};

/* ---- hooks ---- */

static void on_kswapd(void *context, unsigned nid, unsigned order)
{
    const struct golden_slow *slow = context;

    golden_hook_kswapd(slow->world, nid, order);
}

static bool on_zone_reclaim(void *context, struct slow_zone *zone, uint32_t gfp, unsigned order)
{
    const struct golden_slow *slow = context;

    (void)gfp;
    return golden_hook_zone_reclaim(slow->world, zone->nid, slow_zone_name(&slow->mm, zone->index),
                                    order);
}

static uint64_t on_reclaim(void *context, const struct slow_zonelist *list, uint32_t gfp,
                           unsigned order, unsigned cpu)
{
    const struct golden_slow *slow = context;

    (void)list;
    return golden_hook_reclaim(slow->world, order, gfp, cpu);
}

static bool on_congestion_wait(void *context, unsigned timeout)
{
    const struct golden_slow *slow = context;

    return golden_hook_congestion_wait(slow->world, timeout);
}

static bool on_oom(void *context, const struct slow_zonelist *list, uint32_t gfp, unsigned order,
                   unsigned cpu)
{
    struct golden_slow *slow = context;
    bool memdie = false;
    bool go_on = golden_hook_oom(slow->world, order, gfp, cpu, &memdie);

    (void)list;
    if (memdie)
        slow->mm.task |= SLOW_TIF_MEMDIE;
    return go_on;
}

/* ---- the model ---- */

static void *model_boot(struct golden_world *world, const struct machine_spec *spec)
{
    struct golden_slow *slow = slow_calloc(1, sizeof(*slow));
    const struct slow_hooks hooks = {
        .context = slow,
        .kswapd = on_kswapd,
        .zone_reclaim = on_zone_reclaim,
        .try_to_free_pages = on_reclaim,
        .congestion_wait = on_congestion_wait,
        .out_of_memory = on_oom,
    };

    slow->world = world;
    slow_mm_boot(&slow->mm, spec, &hooks);
    return slow;
}

static void model_end(void *self)
{
    struct golden_slow *slow = self;

    slow_mm_fini(&slow->mm);
    free(slow);
}

static enum golden_result model_alloc(void *self, const struct golden_call *call, uint32_t *ret_pfn)
{
    struct golden_slow *slow = self;

    switch (
        slow_alloc(&slow->mm, call->cpu, call->task, call->gfp, call->order, call->nid, ret_pfn)) {
    case SLOW_PAGE:
        return GOLDEN_PAGE;
    case SLOW_FAIL:
        return GOLDEN_FAIL;
    case SLOW_LOOP:
        break;
    }
    return GOLDEN_LOOP;
}

static void model_free(void *self, uint32_t pfn, unsigned order, unsigned cpu, bool cold)
{
    struct golden_slow *slow = self;

    slow_free(&slow->mm, pfn, order, cpu, cold);
}

static void model_split(void *self, uint32_t pfn, unsigned order)
{
    struct golden_slow *slow = self;

    slow_split(&slow->mm, pfn, order);
}

static void model_drain(void *self, unsigned cpu)
{
    struct golden_slow *slow = self;

    slow_drain(&slow->mm, cpu);
}

static void model_drain_all(void *self, unsigned cpu)
{
    struct golden_slow *slow = self;

    slow_drain_all(&slow->mm, cpu);
}

static void model_vmstat(void *self, unsigned cpu)
{
    struct golden_slow *slow = self;

    slow_refresh_vm_stats(&slow->mm, cpu);
}

static void model_kswapd_sleep(void *self, unsigned nid)
{
    struct golden_slow *slow = self;

    slow->mm.nodes[nid].kswapd_asleep = true;
    slow->mm.nodes[nid].kswapd_max_order = 0;
}

static void model_add_jiffies(void *self, uint64_t jiffies)
{
    struct golden_slow *slow = self;

    slow->mm.jiffies += jiffies;
}

static void model_sysctl(void *self, enum vm_sysctl_id id, const uint64_t *values)
{
    struct golden_slow *slow = self;

    switch (id) {
    case VM_MIN_FREE_KBYTES:
        slow_write_min_free_kbytes(&slow->mm, values[0]);
        break;
    case VM_LOWMEM_RESERVE_RATIO:
        slow_write_lowmem_reserve_ratio(&slow->mm, values);
        break;
    case VM_PERCPU_PAGELIST_FRACTION:
        slow_write_percpu_pagelist_fraction(&slow->mm, values[0]);
        break;
    case VM_NUMA_ZONELIST_ORDER:
        slow_write_zonelist_order(&slow->mm, (enum zonelist_order)values[0]);
        break;
    case VM_ZONE_RECLAIM_MODE:
        if (slow->mm.numa)
            slow->mm.zone_reclaim_mode = (int)values[0];
        break;
    case VM_SWAPPINESS:
    case VM_DIRTY_RATIO:
    case VM_DIRTY_BACKGROUND_RATIO:
    case VM_DIRTY_WRITEBACK_CENTISECS:
    case VM_DIRTY_EXPIRE_CENTISECS:
    case VM_LAPTOP_MODE:
    case VM_PAGE_CLUSTER:
        break; /* nothing of the allocator's */
    case NR_VM_SYSCTLS:
        slow_must(false);
        break;
    }
}

static void model_zonelists(void *self, FILE *out)
{
    const struct golden_slow *slow = self;

    slow_zonelists(&slow->mm, out);
}

static void model_sum(void *self, FILE *out)
{
    const struct golden_slow *slow = self;

    slow_sum(&slow->mm, out);
}

static void model_dump(void *self, unsigned number, FILE *out)
{
    const struct golden_slow *slow = self;

    slow_dump(&slow->mm, number, out);
    fprintf(out, "enddump\n");
}

static void model_give_up(void *self)
{
    struct golden_slow *slow = self;

    for_each_slow_zone(&slow->mm, zone)
    {
        zone->all_unreclaimable = true;
        zone->pages_scanned = 1;
    }
}

static void model_scan_state(void *self, FILE *out)
{
    const struct golden_slow *slow = self;

    slow_scan_state(&slow->mm, out);
}

/* The slow model checks itself as it goes: slow_must(). */
static bool model_check(void *self, char *why, size_t why_size)
{
    (void)self;
    (void)why;
    (void)why_size;
    return true;
}

const struct golden_model golden_slow_model = {
    .boot = model_boot,
    .end = model_end,
    .alloc = model_alloc,
    .free = model_free,
    .split = model_split,
    .drain = model_drain,
    .drain_all = model_drain_all,
    .vmstat = model_vmstat,
    .kswapd_sleep = model_kswapd_sleep,
    .add_jiffies = model_add_jiffies,
    .sysctl = model_sysctl,
    .zonelists = model_zonelists,
    .sum = model_sum,
    .dump = model_dump,
    .give_up = model_give_up,
    .scan_state = model_scan_state,
    .check = model_check,
};
