/* SPDX-License-Identifier: MIT */
/* The root of the memory model: nodes, zones, frames and counters of one simulated machine. */
#ifndef SIM_MM_MACHINE_H
#define SIM_MM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "engine/clock.h"
#include "mm/frame.h"
#include "mm/kernel_ops.h"
#include "mm/machine_spec.h"
#include "mm/misuse.h"
#include "mm/node.h"
#include "mm/zone.h"

/*
 * Work done so far, for whoever turns work into virtual time (the model itself takes no time):
 * monotone counters, read before and after a call.
 */
struct mm_work {
    uint64_t zones_tried;     /* zones of a zonelist looked at */
    uint64_t buddy_blocks;    /* blocks taken from or given to the buddy lists */
    uint64_t moved_pages;     /* pages scanned by move_freepages() */
    uint64_t zeroed_pages;    /* pages cleared for __GFP_ZERO */
    uint64_t drained_lists;   /* per-CPU lists emptied by a drain */
    uint64_t scanned_pages;   /* pages taken off an LRU list by reclaim */
    uint64_t unmapped_pages;  /* mappings taken away by reclaim */
    uint64_t freed_lru_pages; /* pages of the LRU given back by reclaim */
    uint64_t slab_objects;    /* objects that shrinkers were asked to scan */
    uint64_t io_pages;        /* pages submitted to devices */
    uint64_t direct_reclaims; /* calls of try_to_free_pages() and zone_reclaim() */
    uint64_t kswapd_rounds;   /* passes of balance_pgdat() */
    uint64_t ooms;            /* calls of out_of_memory() */
};

/* A block taken from another migratetype's lists; given to the observer. */
struct mm_extfrag {
    const struct zone *zone;
    uint32_t block_pfn;
    uint8_t alloc_order;
    uint8_t fallback_order;
    uint8_t alloc_migratetype;
    uint8_t fallback_migratetype;
    bool change_ownership; /* the pageblock was retagged */
};

/* What --events wants to hear of the allocator. Called in cold paths only; may be NULL as a whole.
 */
struct mm_observer {
    void (*extfrag)(void *context, const struct mm_extfrag *extfrag);
    /* A sleeping kswapd of the zone's node is woken, or its order rises. */
    void (*wakeup_kswapd)(void *context, const struct zone *zone, unsigned order, bool woken);
    /* A page with state that it must not have was found; `flags` as found. */
    void (*bad_page)(void *context, pfn_t page, uint32_t flags);
    /* A call was made that may not be. */
    void (*misuse)(void *context, const struct mm_misuse_report *report);
    void *context;
};

struct cpuset;
struct mempolicy;

/*
 * Plain data: two machines are independent, and a machine can stop between any two calls.
 * Everything is visible to readers through const pointers; only mm, reclaim and kernels write.
 */
struct machine {
    const struct kernel_ops *ops;
    void *ops_context; /* of whoever supplied the ops that sleep */
    const struct clock *clock;
    const struct mm_observer *observer; /* NULL = nobody listens */

    struct frame_table frame_table;
    struct zone *zones; /* [nr_nodes * MAX_NR_ZONES], spanned or not */
    struct node *nodes; /* [nr_nodes] */
    uint32_t nr_zones;
    uint32_t nr_nodes; /* highest online node + 1 */
    uint32_t nr_cpus;
    uint8_t cpu_nid[CPUS_MAX];

    bool numa;
    bool highmem;
    bool page_group_by_mobility_off;      /* as the spec demands */
    bool page_group_by_mobility_disabled; /* in force */
    uint32_t pageblock_order;
    uint32_t hz;
    uint64_t initial_jiffies;

    struct kernel_params params;
    struct vm_sysctl vm; /* in force: no member is "auto" or "default" any more */
    enum zonelist_order user_zonelist_order; /* as written: DEFAULT lets the kernel choose */
    uint64_t totalreserve_pages;
    uint64_t vm_total_pages;
    uint8_t policy_zone; /* highest zone with pages, but Movable: MPOL_BIND is for it and above */

    int64_t vm_stat[NR_VM_ZONE_STAT_ITEMS]; /* machine-wide global parts */
    uint64_t vm_events[NR_VM_EVENT_ITEMS];
    struct mm_work work;
    uint64_t bad_pages;
    uint64_t misuses[NR_MISUSES];
    uint64_t lost_pages; /* in use for ever, and nobody's: MISUSE_LOST_PAGES */

    struct reserved_range *unavailable; /* reserved and holes, ascending, merged: PG_reserved */
    size_t nr_unavailable;
    uint8_t distance[NODES_MAX][NODES_MAX];
    VEC(struct mempolicy *) policies; /* mm/mempolicy.h: all that anybody ever had */
    struct cpuset *cpusets;           /* mm/cpuset.h; NULL: the root alone */
};

/*
 * Boots the machine: zones, zonelists, the hand-over of free memory, per-CPU lists, watermarks.
 * The spec must have passed machine_spec_check(). `ops` and `clock` are kept. A 1 TiB machine
 * takes well below 100 ms and 100 MB: cost grows with 4 MiB chunks, not with pages.
 * False: ERR_OUT_OF_MEMORY; nothing is held then.
 */
bool machine_init(struct machine *machine, const struct machine_spec *spec,
                  const struct kernel_ops *ops, void *ops_context, const struct clock *clock,
                  struct sim_error *err);
void machine_fini(struct machine *machine);

/* Kernel time: initial_jiffies plus whole ticks of HZ since the start. */
static inline uint64_t machine_jiffies(const struct machine *machine)
{
    return machine->initial_jiffies + machine->clock->now_ns / (UINT64_C(1000000000) / machine->hz);
}

/* "DMA", "DMA32", "Normal", "HighMem", "Movable" by the machine's layout. */
const char *machine_zone_name(const struct machine *machine, unsigned zone_index);

/* The zone that holds a pfn, NULL for none. O(zones). */
struct zone *machine_pfn_zone(const struct machine *machine, uint32_t pfn);

/* Whether boot kept the page from the allocator (reserved range or hole). O(log ranges). */
bool machine_page_reserved(const struct machine *machine, uint32_t pfn);

/* Machine-wide sum of a zone counter, exact (per-CPU differences included). O(zones * CPUs). */
int64_t machine_page_state_exact(const struct machine *machine, enum zone_stat_item item);

/* Pages on all per-CPU lists of a zone. O(CPUs). */
uint64_t zone_pcp_pages(const struct machine *machine, const struct zone *zone);

/*
 * Whether no page is lost or there twice, by the counters: what boot and frees gave less what
 * allocations took is free or on a per-CPU list. Cheap enough for every event: O(zones * CPUs).
 */
bool machine_pages_conserved(const struct machine *machine);

/*
 * Verifies the invariants of every zone (mm/zone.h) by recounting, and the above; O(free blocks +
 * listed pages). False and what is wrong in `why` otherwise.
 */
bool machine_check(const struct machine *machine, char *why, size_t why_size);

#endif
