/* SPDX-License-Identifier: MIT */
/* Sleeping until some queue drains. */
#ifndef SIM_RECLAIM_CONGESTION_H
#define SIM_RECLAIM_CONGESTION_H

#include "engine/waitqueue.h"

struct reclaim;

/* Where one wait stands; zero before it. */
struct congestion_sleep {
    bool sleeping;
    uint64_t begin_ns;
};

/*
 * Sleeps at most `timeout` jiffies, until a write completion leaves its queue below the off
 * threshold, whichever comes first. With kernel_params.wait_iff_congested it returns at once while
 * no device is congested for writing, except for STALL_THROTTLE_VM_WRITEOUT and
 * STALL_BALANCE_DIRTY_PAGES. `stall`: what the time is booked on.
 * Kernel: mm/backing-dev.c congestion_wait() [2.6.24]
 */
enum step congestion_wait(struct reclaim *reclaim, struct task *task,
                          struct congestion_sleep *sleep, unsigned timeout, unsigned stall);

#endif
