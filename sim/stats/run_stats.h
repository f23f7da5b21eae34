/* SPDX-License-Identifier: MIT */
/* What a run counts beside the machine's own counters: latency, stalls, failures, lateness. */
#ifndef SIM_STATS_RUN_STATS_H
#define SIM_STATS_RUN_STATS_H

#include <stdint.h>

#include "mm/page_alloc.h"
#include "stats/histogram.h"

/*
 * Filled by run/, read by tick and summary. All totals since the start; a tick prints totals and
 * the reader takes differences.
 */
struct run_stats {
    uint64_t allocs;                         /* requests that finished, failed ones included */
    uint64_t frees;                          /* blocks and pieces given back */
    uint64_t alloc_failures;                 /* requests that got no page */
    uint64_t failed_by_order[MAX_ORDER + 1]; /* last: order >= MAX_ORDER */
    uint64_t slow_paths;                     /* requests that left the fast path */
    uint64_t oom_kills;
    uint64_t kswapd_wakeups;
    uint64_t extfrag_events;    /* blocks taken from another migratetype */
    uint64_t extfrag_steals;    /* ... with the pageblock retagged */
    uint64_t frees_of_failed;   /* frees of a block whose allocation had failed: skipped */
    uint64_t frees_unknown;     /* frees of an id not held (run time): skipped */
    uint64_t frees_double;      /* frees of an id freed before (run time): skipped */
    uint64_t ops_of_dead_tasks; /* records of a task the OOM killer ended: skipped */
    uint64_t blocks_live;
    uint64_t pages_live;
    uint32_t tasks_blocked; /* now asleep in an allocation */
    uint64_t stall_ns[NR_STALLS];
    uint64_t stalls[NR_STALLS];
    uint64_t late_ops; /* operations that started after their time */
    uint64_t late_ns;  /* their total lateness */
    uint64_t late_max_ns;
    struct histogram alloc_latency_ns;
    uint64_t events_processed;
};

#endif
