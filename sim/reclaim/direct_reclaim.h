/* SPDX-License-Identifier: MIT */
/* Reclaim in the context of the allocating task. */
#ifndef SIM_RECLAIM_DIRECT_RECLAIM_H
#define SIM_RECLAIM_DIRECT_RECLAIM_H

#include "mm/node.h"
#include "reclaim/shrink.h"

/* try_to_free_pages() under way. */
struct direct_reclaim {
    uint8_t state;
    struct scan_control sc;
    const struct zonelist *zonelist;
    int32_t priority;
    uint32_t next_zone; /* position in the list */
    bool all_unreclaimable;
    uint64_t nr_reclaimed;
    uint64_t total_scanned;
    uint64_t lru_pages;
    uint64_t begin_ns;
    uint64_t scanned; /* in shrink_zone, for the event */
    uint64_t freed;   /* ... and freed there */
    struct shrink_zone shrink;
    struct congestion_sleep sleep;
    uint64_t ret; /* the result: 1 is "look again" */
};

/*
 * Begin, then step until STEP_DONE and read `ret`. The task must bear TASK_PF_MEMALLOC meanwhile.
 * Kernel: mm/vmscan.c try_to_free_pages() [2.6.24]
 */
void direct_reclaim_begin(struct direct_reclaim *direct, struct reclaim *reclaim, struct task *task,
                          const struct zonelist *zonelist, unsigned order, uint32_t gfp);
enum step direct_reclaim_step(struct direct_reclaim *direct, struct reclaim *reclaim,
                              struct task *task);

#endif
