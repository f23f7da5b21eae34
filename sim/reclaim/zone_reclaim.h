/* SPDX-License-Identifier: MIT */
/* Reclaim from the local zone before another node's memory is used. */
#ifndef SIM_RECLAIM_ZONE_RECLAIM_H
#define SIM_RECLAIM_ZONE_RECLAIM_H

#include "reclaim/shrink.h"

/* zone_reclaim() under way. */
struct zone_reclaim {
    uint8_t state;
    struct scan_control sc;
    struct zone *zone;
    uint32_t order;
    int32_t priority;
    uint64_t nr_reclaimed; /* pages of caches included */
    uint64_t freed;        /* by shrink_zone alone */
    uint64_t begin_ns;
    struct shrink_zone shrink;
    bool ret; /* the zone is to be used without another test */
};

/*
 * Begin, then step until STEP_DONE and read `ret`. What the tests refuse is done at once.
 * Kernel: mm/vmscan.c zone_reclaim(), __zone_reclaim() [2.6.24]
 */
void zone_reclaim_begin(struct zone_reclaim *request, struct reclaim *reclaim, struct task *task,
                        struct zone *zone, unsigned order, uint32_t gfp);
enum step zone_reclaim_step(struct zone_reclaim *request, struct reclaim *reclaim,
                            struct task *task);

#endif
