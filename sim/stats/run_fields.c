/* SPDX-License-Identifier: MIT */
/* The machine-wide and run-wide counters as JSON. */
#include "stats/run_fields.h"

#include "stats/reclaim_fields.h"
#include "stats/slab_fields.h"
#include "stats/vmalloc_fields.h"

/* Sums of the zone counters with all per-CPU differences; one pass over the pagesets. */
static void sum_zone_stats(const struct machine *machine,
                           int64_t sums[static NR_VM_ZONE_STAT_ITEMS])
{
    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
        sums[item] = machine->vm_stat[item];
    for (unsigned i = 0; i < machine->nr_zones; i++) {
        const struct per_cpu_pageset *pageset = machine->zones[i].pageset;

        for (unsigned cpu = 0; pageset && cpu < machine->nr_cpus; cpu++)
            for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
                sums[item] += pageset[cpu].vm_stat_diff[item];
    }
}

/* Counted in sectors of 512 bytes, shown in KiB. Kernel: mm/vmstat.c vmstat_start() [2.6.24] */
static uint64_t shown_event(const struct machine *machine, unsigned item)
{
    uint64_t count = machine->vm_events[item];

    return item == PGPGIN || item == PGPGOUT ? count / 2 : count;
}

/* Kernel: mm/vmstat.c vmstat_show() [2.6.24] */
static void write_vmstat(struct json_stream *json, const struct machine *machine)
{
    int64_t sums[NR_VM_ZONE_STAT_ITEMS];
    /* a kernel built without NUMA does not have these */
    unsigned nr_items = machine->numa ? NR_VM_ZONE_STAT_ITEMS : NUMA_HIT;

    sum_zone_stats(machine, sums);
    json_key_object(json, "vmstat");
    for (unsigned item = 0; item < nr_items; item++)
        json_key_uint(json, zone_stat_name(item), sums[item] < 0 ? 0 : (uint64_t)sums[item]);
    for (unsigned item = 0; item < NR_VM_EVENT_ITEMS; item++)
        json_key_uint(json, vm_event_name(item, machine->highmem), shown_event(machine, item));
    json_end_object(json);
}

static void write_allocs(struct json_stream *json, const struct run_stats *stats)
{
    json_key_object(json, "alloc");
    json_key_uint(json, "count", stats->allocs);
    json_key_uint(json, "failed", stats->alloc_failures);
    json_key_uint(json, "slow_paths", stats->slow_paths);
    json_key_array(json, "failed_by_order");
    for (unsigned order = 0; order <= MAX_ORDER; order++)
        json_uint(json, stats->failed_by_order[order]);
    json_end_array(json);
    json_end_object(json);
}

static void write_frees(struct json_stream *json, const struct run_stats *stats)
{
    json_key_object(json, "free");
    json_key_uint(json, "count", stats->frees);
    json_key_uint(json, "of_failed", stats->frees_of_failed);
    json_key_uint(json, "unknown", stats->frees_unknown);
    json_key_uint(json, "double", stats->frees_double);
    json_key_uint(json, "dropped", stats->frees_dropped);
    json_key_uint(json, "of_reclaimed", stats->frees_of_reclaimed);
    json_end_object(json);
}

static void write_late(struct json_stream *json, const struct run_stats *stats)
{
    json_key_object(json, "late");
    json_key_uint(json, "ops", stats->late_ops);
    json_key_uint(json, "total_ns", stats->late_ns);
    json_key_uint(json, "max_ns", stats->late_max_ns);
    json_end_object(json);
}

/* Calls that may not be made. */
static void write_misuses(struct json_stream *json, const struct machine *machine)
{
    uint64_t count = 0;

    for (unsigned check = 0; check < NR_MISUSES; check++)
        count += machine->misuses[check];
    json_key_object(json, "misuses");
    json_key_uint(json, "count", count);
    json_key_uint(json, "lost_pages", machine->lost_pages);
    json_key_object(json, "by_check");
    for (unsigned check = 0; check < NR_MISUSES; check++)
        if (machine->misuses[check] > 0)
            json_key_uint(json, misuse_name((enum mm_misuse)check), machine->misuses[check]);
    json_end_object(json);
    json_end_object(json);
}

void run_fields_write(struct json_stream *json, const struct machine *machine,
                      const struct run_stats *stats)
{
    write_vmstat(json, machine);
    write_allocs(json, stats);
    histogram_write(json, "alloc_latency_ns", &stats->alloc_latency_ns);
    write_frees(json, stats);
    stalls_write(json, stats->stalls, stats->stall_ns);
    write_late(json, stats);
    reclaim_fields_write(json, machine, stats);
    calls_write(json, stats);
    slab_fields_write(json, stats->slub);
    vmalloc_fields_write(json, stats->vmalloc);
    json_key_object(json, "extfrag");
    json_key_uint(json, "events", stats->extfrag_events);
    json_key_uint(json, "steals", stats->extfrag_steals);
    json_end_object(json);
    json_key_uint(json, "tasks_blocked", stats->tasks_blocked);
    json_key_uint(json, "blocks_live", stats->blocks_live);
    json_key_uint(json, "pages_live", stats->pages_live);
    json_key_uint(json, "oom_kills", stats->oom_kills);
    json_key_uint(json, "ops_of_dead_tasks", stats->ops_of_dead_tasks);
    json_key_uint(json, "bad_pages", machine->bad_pages);
    write_misuses(json, machine);
}
