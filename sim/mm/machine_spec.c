/* SPDX-License-Identifier: MIT */
/* Defaults of a machine, and what no machine can be. */
#include "mm/machine_spec.h"

#include <stdlib.h>

enum { LOCAL_DISTANCE = 10, REMOTE_DISTANCE = 20 };

void machine_spec_init(struct machine_spec *spec, bool highmem)
{
    *spec = (struct machine_spec){
        .pageblock_order = 9,
        .numa = true,
        .highmem = highmem,
        .hz = 250,
        .initial_jiffies = 10000,
        .nr_cpus = 1,
        .zone_end_pfn = {4096, highmem ? 229376 : 1048576, UINT64_C(1) << 40},
        .page_struct_bytes = highmem ? 32 : 56,
        .stat_threshold = -1,
        .params = {.slub_max_order = 1, .slub_min_objects = 4, .cache_line_size = 64},
        .vm =
            {
                .min_free_kbytes_auto = true,
                .lowmem_reserve_ratio = {256, highmem ? 32 : 256, 32},
                .zone_reclaim_mode = -1,
                .swappiness = 60,
                .dirty_ratio = 10,
                .dirty_background_ratio = 5,
                .dirty_writeback_centisecs = 500,
                .dirty_expire_centisecs = 3000,
                .page_cluster = 3,
            },
    };
    for (unsigned from = 0; from < NODES_MAX; from++)
        for (unsigned to = 0; to < NODES_MAX; to++)
            spec->distance[from][to] = from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
}

static int compare_memory(const void *a, const void *b)
{
    const struct memory_range *left = a;
    const struct memory_range *right = b;

    return (left->start_pfn > right->start_pfn) - (left->start_pfn < right->start_pfn);
}

static bool check_ranges(const struct machine_spec *spec, struct sim_error *err)
{
    for (size_t i = 0; i < spec->nr_memory; i++) {
        const struct memory_range *range = &spec->memory[i];

        if (range->nid >= NODES_MAX)
            return sim_error_set(err, ERR_OUT_OF_RANGE, "node %u: nodes are 0 to %d", range->nid,
                                 NODES_MAX - 1);
        if (range->start_pfn >= range->end_pfn)
            return sim_error_set(err, ERR_NO_MEMORY, "a memory range of node %u is empty",
                                 range->nid);
        if (range->end_pfn > PFN_LIMIT)
            return sim_error_set(err, ERR_OUT_OF_RANGE, "memory beyond 16 TiB cannot be simulated");
    }
    for (size_t i = 0; i < spec->nr_reserved; i++)
        if (spec->reserved[i].start_pfn >= spec->reserved[i].end_pfn)
            return sim_error_set(err, ERR_MEMORY_OVERLAP, "a reserved range is empty");
    if (!spec->nr_memory)
        return sim_error_set(err, ERR_NO_MEMORY, "the machine has no memory");
    return true;
}

/* Sorted by address, a node's ranges must be neighbours and none may reach into the next. */
static bool check_overlap(const struct machine_spec *spec, struct sim_error *err)
{
    struct memory_range *sorted = calloc(spec->nr_memory, sizeof(*sorted));
    bool seen[NODES_MAX] = {false};
    bool ok = true;

    if (!sorted)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory to check the memory ranges");
    for (size_t i = 0; i < spec->nr_memory; i++)
        sorted[i] = spec->memory[i];
    qsort(sorted, spec->nr_memory, sizeof(*sorted), compare_memory);
    for (size_t i = 0; ok && i < spec->nr_memory; i++) {
        if (i && sorted[i - 1].end_pfn > sorted[i].start_pfn)
            ok = sim_error_set(err, ERR_MEMORY_OVERLAP,
                               "memory of node %u (pfn %llu to %llu) overlaps that of node %u "
                               "(from pfn %llu)",
                               sorted[i - 1].nid, (unsigned long long)sorted[i - 1].start_pfn,
                               (unsigned long long)sorted[i - 1].end_pfn, sorted[i].nid,
                               (unsigned long long)sorted[i].start_pfn);
        else if ((!i || sorted[i - 1].nid != sorted[i].nid) && seen[sorted[i].nid])
            ok = sim_error_set(err, ERR_MEMORY_OVERLAP,
                               "memory of node %u lies on both sides of another node's",
                               sorted[i].nid);
        seen[sorted[i].nid] = true;
    }
    free(sorted);
    return ok;
}

static bool check_zone_limits(const struct machine_spec *spec, struct sim_error *err)
{
    uint64_t lowest = 0;

    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++) {
        if (spec->zone_end_pfn[i] % MAX_ORDER_NR_PAGES)
            return sim_error_set(err, ERR_MEMORY_ALIGN,
                                 "a zone must end at a multiple of 4 MiB (1024 pages)");
        if (spec->zone_end_pfn[i] < lowest)
            return sim_error_set(err, ERR_OUT_OF_RANGE, "zone limits must ascend");
        lowest = spec->zone_end_pfn[i];
    }
    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > lowest)
            return sim_error_set(err, ERR_OUT_OF_RANGE, "memory of node %u lies above every zone",
                                 spec->memory[i].nid);
    return true;
}

static bool check_cpus(const struct machine_spec *spec, struct sim_error *err)
{
    if (spec->nr_cpus < 1 || spec->nr_cpus > CPUS_MAX)
        return sim_error_set(err, ERR_OUT_OF_RANGE, "a machine has 1 to %d CPUs", CPUS_MAX);
    for (uint32_t cpu = 0; cpu < spec->nr_cpus; cpu++) {
        if (spec->cpu_nid[cpu] >= NODES_MAX)
            return sim_error_set(err, ERR_OUT_OF_RANGE, "CPU %u is on node %u: nodes are 0 to %d",
                                 cpu, spec->cpu_nid[cpu], NODES_MAX - 1);
        if (!spec->numa && spec->cpu_nid[cpu] != 0)
            return sim_error_set(err, ERR_NO_MEMORY,
                                 "CPU %u is on node %u, but a UMA kernel has node 0 only", cpu,
                                 spec->cpu_nid[cpu]);
    }
    for (size_t i = 0; !spec->numa && i < spec->nr_memory; i++)
        if (spec->memory[i].nid != 0)
            return sim_error_set(err, ERR_NO_MEMORY,
                                 "memory is on node %u, but a UMA kernel has node 0 only",
                                 spec->memory[i].nid);
    return true;
}

static bool check_distances(const struct machine_spec *spec, struct sim_error *err)
{
    for (unsigned from = 0; from < NODES_MAX; from++)
        for (unsigned to = 0; to < NODES_MAX; to++)
            if (!spec->distance[from][to] || spec->distance[from][to] < spec->distance[from][from])
                return sim_error_set(err, ERR_BAD_DISTANCE,
                                     "distance from node %u to node %u is %u: the distance to "
                                     "itself must be the smallest, and none 0",
                                     from, to, spec->distance[from][to]);
    return true;
}

/* Watermarks are shares of low memory, so there must be some. */
static bool check_lowmem(const struct machine_spec *spec, struct sim_error *err)
{
    uint64_t lowmem_end = spec->zone_end_pfn[1];

    for (size_t i = 0; spec->highmem && i < spec->nr_memory; i++)
        if (spec->memory[i].start_pfn < lowmem_end)
            return true;
    if (spec->highmem)
        return sim_error_set(err, ERR_NO_MEMORY, "all memory is highmem: none is left to boot");
    return true;
}

bool machine_spec_check(const struct machine_spec *spec, struct sim_error *err)
{
    if (spec->pageblock_order != 9 && spec->pageblock_order != 10)
        return sim_error_set(err, ERR_OUT_OF_RANGE, "pageblock_order must be 9 or 10");
    if (spec->hz < 50 || spec->hz > 1000)
        return sim_error_set(err, ERR_OUT_OF_RANGE, "hz must be 50 to 1000");
    if (spec->vm.percpu_pagelist_fraction && spec->vm.percpu_pagelist_fraction < 8)
        return sim_error_set(err, ERR_OUT_OF_RANGE,
                             "percpu_pagelist_fraction must be 0 (off) or at least 8");
    if (spec->stat_threshold > 125)
        return sim_error_set(err, ERR_OUT_OF_RANGE, "stat_threshold must be at most 125");
    return check_ranges(spec, err) && check_overlap(spec, err) && check_zone_limits(spec, err) &&
           check_lowmem(spec, err) && check_cpus(spec, err) && check_distances(spec, err);
}
