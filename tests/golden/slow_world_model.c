/* SPDX-License-Identifier: MIT */
/* A machine with the slow model's reclaim behind a vector's script. */
#include "slow_world_model.h"

#include <stddef.h>

static struct slow_world *world_of(struct golden_world *script)
{
    return (struct slow_world *)((char *)script - offsetof(struct slow_world, script));
}

void slow_world_enter(struct slow_world *world, unsigned cpu)
{
    world->cpu = cpu;
    slow_enter(&world->reclaim, cpu, world->script.task);
}

/* ---- hooks ---- */

static void on_kswapd(void *context, unsigned nid, unsigned order)
{
    const struct slow_world *world = context;

    slow_say(&world->reclaim, 0, "e kswapd %u %u\n", nid, order);
}

static bool on_zone_reclaim(void *context, struct slow_zone *zone, uint32_t gfp, unsigned order)
{
    struct slow_world *world = context;

    return slow_zone_reclaim(&world->reclaim, zone, gfp, order);
}

static uint64_t on_reclaim(void *context, const struct slow_zonelist *list, uint32_t gfp,
                           unsigned order, unsigned cpu)
{
    struct slow_world *world = context;

    (void)cpu;
    return slow_try_to_free_pages(&world->reclaim, list, order, gfp);
}

static bool within_limit(struct slow_world *world)
{
    return ++world->script.waits <= world->script.wait_limit;
}

static bool on_congestion_wait(void *context, unsigned timeout)
{
    struct slow_world *world = context;

    slow_congestion_wait(&world->reclaim, timeout);
    return within_limit(world);
}

static bool on_oom(void *context, const struct slow_zonelist *list, uint32_t gfp, unsigned order,
                   unsigned cpu)
{
    struct slow_world *world = context;

    (void)cpu;
    return slow_out_of_memory(&world->reclaim, list, gfp, order) && within_limit(world);
}

/* ---- the model ---- */

static void *model_boot(struct golden_world *script, const struct machine_spec *spec)
{
    struct slow_world *world = world_of(script);
    const struct slow_hooks hooks = {
        .context = world,
        .kswapd = on_kswapd,
        .zone_reclaim = on_zone_reclaim,
        .try_to_free_pages = on_reclaim,
        .congestion_wait = on_congestion_wait,
        .out_of_memory = on_oom,
    };

    slow_mm_boot(&world->reclaim.mm, spec, &hooks);
    slow_reclaim_boot(&world->reclaim, spec, script->out);
    return world;
}

static void model_end(void *self)
{
    struct slow_world *world = self;

    slow_reclaim_fini(&world->reclaim);
}

static enum golden_result model_alloc(void *self, const struct golden_call *call, uint32_t *ret_pfn)
{
    struct slow_world *world = self;
    struct slow_mm *mm = &world->reclaim.mm;

    slow_world_enter(world, call->cpu);
    switch (slow_alloc(mm, call->cpu, mm->task, call->gfp, call->order, call->nid, ret_pfn)) {
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
    struct slow_world *world = self;

    slow_world_enter(world, cpu);
    slow_free(&world->reclaim.mm, pfn, order, cpu, cold);
}

static void model_split(void *self, uint32_t pfn, unsigned order)
{
    struct slow_world *world = self;

    slow_split(&world->reclaim.mm, pfn, order);
}

static void model_drain(void *self, unsigned cpu)
{
    struct slow_world *world = self;

    slow_world_enter(world, cpu);
    slow_drain(&world->reclaim.mm, cpu);
}

static void model_drain_all(void *self, unsigned cpu)
{
    struct slow_world *world = self;

    slow_world_enter(world, cpu);
    slow_drain_all(&world->reclaim.mm, cpu);
}

static void model_vmstat(void *self, unsigned cpu)
{
    struct slow_world *world = self;

    slow_world_enter(world, cpu);
    slow_refresh_vm_stats(&world->reclaim.mm, cpu);
}

static void model_kswapd_sleep(void *self, unsigned nid)
{
    struct slow_world *world = self;

    world->reclaim.mm.nodes[nid].kswapd_asleep = true;
    world->reclaim.mm.nodes[nid].kswapd_max_order = 0;
}

static void model_add_jiffies(void *self, uint64_t jiffies)
{
    struct slow_world *world = self;
    uint64_t jiffy_us = 1000000 / world->reclaim.mm.hz;

    slow_pass_time(&world->reclaim, world->reclaim.now_us + jiffies * jiffy_us);
}

static void model_sysctl(void *self, enum vm_sysctl_id id, const uint64_t *values)
{
    struct slow_world *world = self;
    struct slow_mm *mm = &world->reclaim.mm;

    switch (id) {
    case VM_MIN_FREE_KBYTES:
        slow_write_min_free_kbytes(mm, values[0]);
        break;
    case VM_LOWMEM_RESERVE_RATIO:
        slow_write_lowmem_reserve_ratio(mm, values);
        break;
    case VM_PERCPU_PAGELIST_FRACTION:
        slow_write_percpu_pagelist_fraction(mm, values[0]);
        break;
    case VM_NUMA_ZONELIST_ORDER:
        slow_write_zonelist_order(mm, (enum zonelist_order)values[0]);
        break;
    case VM_ZONE_RECLAIM_MODE:
        if (mm->numa)
            mm->zone_reclaim_mode = (int)values[0];
        break;
    default:
        slow_must(!"a line of the reclaim vectors' own");
        break;
    }
}

static void model_zonelists(void *self, FILE *out)
{
    const struct slow_world *world = self;

    slow_zonelists(&world->reclaim.mm, out);
}

static void model_sum(void *self, FILE *out)
{
    struct slow_world *world = self;

    slow_sum(&world->reclaim.mm, out);
    slow_reclaim_sum(&world->reclaim, out);
}

static void model_dump(void *self, unsigned number, FILE *out)
{
    struct slow_world *world = self;

    slow_dump(&world->reclaim.mm, number, out);
    slow_reclaim_dump(&world->reclaim, out);
    fprintf(out, "enddump\n");
}

/* The slow model checks itself as it goes: slow_must(). */
static bool model_check(void *self, char *why, size_t why_size)
{
    (void)self;
    (void)why;
    (void)why_size;
    return true;
}

static const struct golden_model slow_world_model = {
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
    .check = model_check,
};

void slow_world_init(struct slow_world *world, FILE *out)
{
    *world = (struct slow_world){.cpu = 0};
    golden_world_init(&world->script, &slow_world_model, out);
}

void slow_world_fini(struct slow_world *world)
{
    golden_world_fini(&world->script);
}
