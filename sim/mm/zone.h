/* SPDX-License-Identifier: MIT */
/* A zone: watermarks, free lists, per-CPU lists and counters of one kind of memory on one node. */
#ifndef SIM_MM_ZONE_H
#define SIM_MM_ZONE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "mm/machine_spec.h"
#include "mm/vmstat.h"

/* Kernel: include/linux/mmzone.h [2.6.24] (the numbers changed in 4.4) */
enum migratetype {
    MIGRATE_UNMOVABLE,
    MIGRATE_RECLAIMABLE,
    MIGRATE_MOVABLE,
    MIGRATE_RESERVE,
    MIGRATE_ISOLATE,
    MIGRATE_TYPES,
    MIGRATE_PCPTYPES = MIGRATE_ISOLATE, /* what a page on a per-CPU list may remember */
};

/* Sentinels behind zone.lru_base. */
enum { LRU_INACTIVE, LRU_ACTIVE, NR_LRU_LISTS };

enum {
    ZONE_ALL_UNRECLAIMABLE = 1 << 0,
    ZONE_RECLAIM_LOCKED = 1 << 1,
    ZONE_OOM_LOCKED = 1 << 2,
};

/*
 * One per-CPU list (hot or cold). The kernel's single list is kept as one list per remembered
 * migratetype, all frames carrying a sequence number that restores the common order; see
 * mm/pcp_hotcold.h.
 */
struct per_cpu_pages {
    uint32_t count;
    uint32_t high;     /* a free that reaches it flushes `batch` pages */
    uint32_t batch;    /* >= 1 */
    uint32_t next_seq; /* of the next page put at the head */
    uint32_t head;     /* frame index of the sentinel of type 0; the other types follow */
};

/* Kernel: include/linux/mmzone.h struct per_cpu_pageset [2.6.24] */
struct per_cpu_pageset {
    struct per_cpu_pages pcp[2]; /* 0 hot, 1 cold */
    int8_t stat_threshold;
    uint8_t expire; /* refreshes until remote pages are drained (NUMA) */
    int8_t vm_stat_diff[NR_VM_ZONE_STAT_ITEMS];
};

static_assert(sizeof(struct per_cpu_pageset) <= 64, "one cache line");

/*
 * Invariants (zone_check, same numbers):
 *  1. for each order and type, nr_free_type is the number of blocks on that list, and nr_free the
 *     sum over the types
 *  2. bit o of nonempty[t] is set exactly when list (o, t) holds a block
 *  3. vm_stat[NR_FREE_PAGES] + the per-CPU differences == sum over orders of nr_free << order
 *  4. every listed block is PG_buddy with its order, aligned to it and inside the span
 *  5. for each per-CPU list, count is the number of its pages
 *  6. no two free buddies of one order below 10 that belong to the zone stand unmerged
 *  7. min <= low <= high
 *  8. nr_pageblocks_of_type is the number of pageblocks stored with that type
 */
struct zone {
    /* read by every allocation */
    uint64_t pages_min;
    uint64_t pages_low;
    uint64_t pages_high;
    uint64_t lowmem_reserve[MAX_NR_ZONES];
    int64_t vm_stat[NR_VM_ZONE_STAT_ITEMS]; /* global part, without the per-CPU differences */
    struct per_cpu_pageset *pageset;        /* [nr_cpus] */

    uint64_t nr_free[MAX_ORDER]; /* blocks of each order, all migratetypes */
    uint32_t list_base;          /* frame index of the sentinel of (order 0, type 0) */
    uint16_t nonempty[MIGRATE_TYPES];
    uint32_t nr_free_type[MAX_ORDER][MIGRATE_TYPES]; /* blocks on each list */

    uint8_t *pageblock_types; /* enum migratetype of each pageblock from start_pfn on */
    uint32_t nr_pageblocks;
    uint32_t nr_pageblocks_of_type[MIGRATE_TYPES]; /* as stored, whatever is readable */

    uint32_t start_pfn;
    uint64_t spanned_pages;
    uint64_t present_pages;  /* spanned less holes less the memmap charge */
    uint32_t lru_base;       /* frame index of the inactive list's sentinel; active follows */
    uint64_t nr_scan_active; /* pages to scan that have not made a batch yet */
    uint64_t nr_scan_inactive;
    uint64_t pages_scanned; /* since the last page freed into the zone */
    int32_t prev_priority;
    uint32_t flags; /* ZONE_* */
    uint8_t id;     /* index in machine.zones: nid * MAX_NR_ZONES + index */
    uint8_t nid;
    uint8_t index; /* zone type, 0..3 */
    bool is_highmem;
};

static inline bool zone_populated(const struct zone *zone)
{
    return zone->present_pages != 0;
}

/* The sentinel of the free list (order, type). */
static inline uint32_t zone_free_list(const struct zone *zone, unsigned order, unsigned type)
{
    return zone->list_base + order * MIGRATE_TYPES + type;
}

/*
 * A counter as the kernel's decisions see it: the global part only, negative reads as 0. It may be
 * off by threshold * CPUs in either direction.
 * Kernel: include/linux/vmstat.h zone_page_state() [2.6.24]
 */
static inline uint64_t zone_page_state(const struct zone *zone, enum zone_stat_item item)
{
    return zone->vm_stat[item] < 0 ? 0 : (uint64_t)zone->vm_stat[item];
}

#endif
