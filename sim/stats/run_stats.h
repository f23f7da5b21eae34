/* SPDX-License-Identifier: MIT */
/* What a run counts beside the machine's own counters: latency, stalls, failures, lateness. */
#ifndef SIM_STATS_RUN_STATS_H
#define SIM_STATS_RUN_STATS_H

#include <stdint.h>

#include "mm/page_alloc.h"
#include "mm/stall.h"
#include "mm/vmalloc.h"
#include "stats/histogram.h"
#include "user/user_memory.h"

/*
 * Filled by run/, read by tick and summary. All totals since the start; a tick prints totals and
 * the reader takes differences.
 */
/* One actor's losses; by task name, forked copies under their own names. */
struct task_stats {
    const char *name; /* owned by run */
    uint64_t stall_ns[NR_STALLS];
    uint64_t stalls[NR_STALLS];
    uint64_t direct_reclaims;
    uint64_t direct_reclaim_ns; /* from begin to end, sleeps included */
    uint64_t cpu_ns;
    uint64_t minor_faults;
    uint64_t major_faults;
    bool oom_killed;
};

/* Calls of an API that allocates in smaller pieces than pages. */
struct call_count {
    uint64_t count; /* that came to a result */
    uint64_t failed;
};

enum { NR_CALL_COUNTS = 2 }; /* kmalloc, kmem_cache_alloc */

struct run_stats {
    uint64_t allocs;                         /* requests that finished, failed ones included */
    uint64_t frees;                          /* blocks and pieces given back */
    uint64_t alloc_failures;                 /* requests that got no page */
    uint64_t failed_by_order[MAX_ORDER + 1]; /* last: order >= MAX_ORDER */
    uint64_t slow_paths;                     /* requests that left the fast path */
    struct call_count calls[NR_CALL_COUNTS]; /* beside their page requests */
    const struct slub *slub;                 /* caches: read only; NULL: none */
    uint64_t oom_kills;
    uint64_t kswapd_wakeups;
    uint64_t extfrag_events;     /* blocks taken from another migratetype */
    uint64_t extfrag_steals;     /* ... with the pageblock retagged */
    uint64_t frees_of_failed;    /* frees of a block whose allocation had failed: skipped */
    uint64_t frees_unknown;      /* frees of an id not held (run time): skipped */
    uint64_t frees_double;       /* frees of an id freed before (run time): skipped */
    uint64_t frees_of_reclaimed; /* frees of a page that simulated reclaim had taken: skipped */
    uint64_t frees_dropped;      /* frees by the captured kernel's reclaim: left to the model's */
    uint64_t ops_of_dead_tasks;  /* records of a task the OOM killer ended: skipped */
    uint64_t blocks_live;
    uint64_t pages_live;
    uint32_t tasks_blocked;              /* now asleep in an operation */
    const struct reclaim *reclaim;       /* devices, swap, kswapd, dirty limits: read only */
    const struct vmalloc_space *vmalloc; /* mm/vmalloc.h; NULL: nobody has one */
    const struct user_work *user;        /* faults, cache hits, refaults */
    const struct task_stats *tasks;      /* [nr_tasks]; kernel threads among them */
    size_t nr_tasks;
    struct histogram direct_reclaim_ns; /* each direct reclaim, begin to end */
    uint64_t congestion_waits;          /* calls that slept */
    uint64_t congestion_wait_timeouts;  /* ... for the whole timeout */
    uint64_t kswapd_ns;                 /* kswapd threads awake, all nodes */
    uint64_t shrink_scanned;            /* pages shrink_page_list() looked at */
    uint64_t killed_pages;              /* pages that victims of the OOM killer gave back */
    uint64_t stall_ns[NR_STALLS];
    uint64_t stalls[NR_STALLS];
    uint64_t late_ops; /* operations that started after their time */
    uint64_t late_ns;  /* their total lateness */
    uint64_t late_max_ns;
    struct histogram alloc_latency_ns;
    uint64_t events_processed;
};

#endif
