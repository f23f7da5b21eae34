/* SPDX-License-Identifier: MIT */
/* kswapd: one per node, balances its zones in the background. */
#ifndef SIM_RECLAIM_KSWAPD_H
#define SIM_RECLAIM_KSWAPD_H

#include <stdbool.h>

#include "mm/machine.h"
#include "reclaim/shrink.h"

/* What one kswapd is doing. Valid to begin with when all zero. */
struct kswapd {
    uint8_t state;
    uint32_t order; /* what it balances for */
    struct scan_control sc;
    int32_t priority;
    int32_t end_zone;
    int32_t next_zone;
    bool all_zones_ok;
    uint64_t total_scanned;
    uint64_t nr_reclaimed;
    uint64_t lru_pages;
    uint64_t scanned; /* of the whole balance_pgdat, for the event */
    uint64_t freed;
    int32_t temp_priority[MAX_NR_ZONES];
    struct shrink_zone shrink;
    struct congestion_sleep sleep;
    uint64_t run_begin_ns; /* when it was woken; not before the last run's end */
    uint64_t run_end_ns;   /* when the last run's work is done: may lie ahead */
    uint64_t busy_ns;      /* length of all runs that have an end */
};

/*
 * Asks, in the name of `current`, for a zone to be balanced for blocks of `order`. No effect on an
 * unpopulated zone or one above its low watermark; a zone outside of the task's cpuset gets the
 * order only. True: its node's kswapd slept and is awake now.
 * Kernel: mm/vmscan.c wakeup_kswapd() [2.6.24]
 */
bool kswapd_wakeup(struct machine *machine, struct zone *zone, unsigned order,
                   const struct task *current);

/*
 * Runs an awake kswapd until it sleeps again (STEP_DONE) or must wait. Its task bears
 * TASK_PF_MEMALLOC, TASK_PF_SWAPWRITE and TASK_PF_KSWAPD and runs on its node's CPUs. Where
 * balance_pgdat() starts over it asks the owner's need_resched().
 * Kernel: mm/vmscan.c kswapd(), balance_pgdat() [2.6.24]
 */
enum step kswapd_step(struct reclaim *reclaim, struct task *task, unsigned nid);

/*
 * The go in which it fell asleep takes `cost_ns` from now: its run ends with it, and one that it is
 * woken for meanwhile begins there.
 */
void kswapd_worked(struct reclaim *reclaim, unsigned nid, uint64_t cost_ns);

/* How long it has been awake so far, the present run included. */
uint64_t kswapd_awake_ns(const struct reclaim *reclaim, unsigned nid);

/* Gives up where it stands (between two rounds) and sleeps. */
void kswapd_abandon(struct reclaim *reclaim, const struct task *task, unsigned nid);

#endif
