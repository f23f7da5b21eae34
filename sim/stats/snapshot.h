/* SPDX-License-Identifier: MIT */
/* A machine at one moment, read back from the header and one tick of a run's output. */
#ifndef SIM_STATS_SNAPSHOT_H
#define SIM_STATS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "mm/zone.h"
#include "stats/fields.h"

enum {
    SNAPSHOT_ZONE_NAME_MAX = ZONE_LABEL_MAX,
};

/* A zone with a span; what has no other unit is pages. */
struct zone_snapshot {
    char label[SNAPSHOT_ZONE_NAME_MAX]; /* "0/Normal" */
    uint64_t node;
    uint64_t start_pfn;
    uint64_t spanned_pages;
    uint64_t present_pages;
    uint64_t stat_threshold;
    uint64_t pages_min;
    uint64_t pages_low;
    uint64_t pages_high;
    uint64_t lowmem_reserve[MAX_NR_ZONES];
    uint64_t counters[NR_VM_ZONE_STAT_ITEMS]; /* with all per-CPU differences */
    int64_t diffs[NR_VM_ZONE_STAT_ITEMS];     /* ... which are these in sum */
    uint64_t nr_free[MAX_ORDER];              /* blocks */
    uint64_t free_blocks[OUTPUT_MIGRATE_TYPES][MAX_ORDER];
    uint64_t pageblocks[OUTPUT_MIGRATE_TYPES]; /* pageblocks, as stored */
    uint64_t nr_scan_active;
    uint64_t nr_scan_inactive;
    uint64_t pages_scanned;
    int64_t prev_priority;
    bool all_unreclaimable;
    VEC(uint64_t) pcp_cpus; /* hot and cold list of each CPU together */
    VEC(uint64_t) pcp_cold;
    uint64_t hot_high;
    uint64_t hot_batch;
    uint64_t cold_high;
    uint64_t cold_batch;
};

struct node_snapshot {
    uint64_t node;
    uint64_t present_pages;
};

/* A cache that has had a slab. */
struct cache_snapshot {
    struct strbuf name; /* as the workload has it; empty: data may be NULL */
    uint64_t size;      /* bytes of an object's place */
    uint64_t objects_per_slab;
    uint64_t slab_pages;
    uint64_t active_objects; /* as /proc/slabinfo counts: a CPU's slab counts as full */
    uint64_t slabs;
};

/* Begin with all zero; fini in every case. */
struct snapshot {
    uint64_t page_size_bytes;
    uint64_t pageblock_order;
    bool numa;
    bool highmem;
    bool mobility_grouping; /* in force */
    VEC(uint64_t) cpu_nodes;
    VEC(uint64_t) distances;           /* of node nid: distances from [nid * nr_distances] on */
    size_t nr_distances;               /* nodes of the matrix */
    VEC(struct node_snapshot) nodes;   /* online, ascending */
    VEC(struct zone_snapshot) zones;   /* node ascending, then zone ascending */
    VEC(struct cache_snapshot) caches; /* the newest first */
    uint64_t time_ns;
    uint64_t vmstat[NR_VM_ZONE_STAT_ITEMS]; /* with all per-CPU differences */
    uint64_t vm_events[NR_VM_EVENT_ITEMS];  /* as /proc/vmstat shows them */
    size_t nr_sampled;                      /* zones read from the tick so far */
    bool out_of_memory;                     /* why a read failed: the host has no memory */
};

/*
 * Takes in a run's header line, then one tick or summary line of it. Lines are as long as `length`
 * says; nothing points into them afterwards. False: they are not what a run of this version writes,
 * or out_of_memory. O(length of the line).
 */
bool snapshot_read_header(struct snapshot *snapshot, const char *line, size_t length);
bool snapshot_read_tick(struct snapshot *snapshot, const char *line, size_t length);

void snapshot_fini(struct snapshot *snapshot);

/* Counters as the kernel's files show them: without the per-CPU differences, negative reads as 0.
 * Kernel: include/linux/vmstat.h zone_page_state(), global_page_state() [2.6.24] */
uint64_t snapshot_zone_state(const struct zone_snapshot *zone, enum zone_stat_item item);
uint64_t snapshot_global_state(const struct snapshot *snapshot, enum zone_stat_item item);
/* Kernel: include/linux/vmstat.h node_page_state() [2.6.24] */
uint64_t snapshot_node_state(const struct snapshot *snapshot, uint64_t nid,
                             enum zone_stat_item item);

#endif
