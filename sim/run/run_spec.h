/* SPDX-License-Identifier: MIT */
/* What to run: the workload, the costs and the limits, as plain data that config fills. */
#ifndef SIM_RUN_RUN_SPEC_H
#define SIM_RUN_RUN_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/cpuset.h"
#include "mm/machine_spec.h"
#include "mm/mempolicy.h"
#include "mm/sysctl.h"
#include "reclaim/backing_dev.h"
#include "reclaim/swap.h"
#include "trace/generator.h"
#include "trace/record.h"
#include "user/user_spec.h"

/* Virtual nanoseconds of each modelled step; a run's time is nothing but these and the waits. */
struct cost_spec {
    uint64_t alloc_ns;          /* an allocation served by the first walk */
    uint64_t free_ns;           /* a free */
    uint64_t zone_try_ns;       /* each zone of the zonelist looked at */
    uint64_t buddy_block_ns;    /* each block moved from or to the buddy lists */
    uint64_t move_page_ns;      /* each page scanned when a pageblock changes its type */
    uint64_t zero_page_ns;      /* each page cleared */
    uint64_t drain_list_ns;     /* each per-CPU list emptied by a drain */
    uint64_t slow_path_ns;      /* entering the slow path */
    uint64_t direct_reclaim_ns; /* entering direct reclaim or zone_reclaim */
    uint64_t kswapd_round_ns;   /* one pass of balance_pgdat */
    uint64_t out_of_memory_ns;  /* choosing and killing a victim */
    uint64_t scan_page_ns;      /* each page reclaim takes off an LRU list and looks at */
    uint64_t unmap_page_ns;     /* each mapping it takes away */
    uint64_t reclaim_page_ns;   /* each page it frees */
    uint64_t slab_object_ns;    /* each object a shrinker scans */
    uint64_t submit_page_ns;    /* each page submitted to a device */
    uint64_t access_ns;         /* each page touched, read or written, at least */
    uint64_t page_fault_ns;     /* each fault, beside what it does */
    uint64_t copy_page_ns;      /* each page copied: read(), write(), copy on write */
    uint64_t fork_ns;           /* a fork, beside its page tables' access_ns */
    uint64_t sysctl_ns;         /* a sysctl write */
    uint64_t kmalloc_ns;        /* kmalloc() and kmem_cache_alloc(), beside their pages' */
    uint64_t kfree_ns;          /* kfree() and kmem_cache_free(), likewise */
    uint64_t vmalloc_ns;        /* vmalloc(), beside its pages' */
};

enum step_op {
    STEP_RECORD, /* one page API call or sysctl: `record`, ids are local to the task */
    STEP_USER,   /* one operation of user space: `user` */
    STEP_SLEEP,  /* for duration_ns */
    STEP_UNTIL,  /* until time_ns; in the past: at once, counted as late */
    STEP_LOOP,   /* the next nr_steps steps, count times (0 = for ever) */
    STEP_EXIT,
};

/*
 * A step of a scripted task. An allocating step with count n allocates n blocks and adds them to
 * the id, which names a list; a freeing step takes `count` blocks (0 = all) from it, oldest
 * first; with every = k it skips to each k-th block and leaves the others.
 */
struct step_spec {
    uint8_t op;                 /* enum step_op */
    struct trace_record record; /* time_ns unused */
    struct user_op_spec user;
    uint64_t count;
    uint64_t every; /* 0 and 1: each */
    uint64_t duration_ns;
    uint32_t nr_steps;     /* STEP_LOOP: length of the body that follows */
    uint32_t line, column; /* in the workload file */
};

struct task_spec {
    const char *name;
    int32_t cpu;    /* -1: round-robin over the CPUs, by declaration */
    uint32_t flags; /* TASK_* */
    uint64_t start_ns;
    bool forked; /* does not start by itself: a USER_FORK starts a copy of it */
    const struct step_spec *steps;
    uint32_t nr_steps;
    uint32_t nr_regions; /* numbers of regions that steps of it, or of its parents, use */
    /* what the OOM killer asks */
    int32_t nice;
    int32_t oom_adj; /* -17..15 */
    bool superuser;
    bool cap_sys_admin;
    bool cap_sys_rawio;
    /* of NUMA kernels; forked tasks have those of who forks them */
    uint32_t cpuset;                 /* number among the cpusets, from 1 on; 0: the root */
    struct mempolicy_spec mempolicy; /* when it starts */
};

/* What becomes of frees that the captured kernel's reclaim made. */
enum reclaim_replay {
    RECLAIM_CAPTURED,  /* they are replayed */
    RECLAIM_SIMULATED, /* they are dropped: their pages are clean page cache that reclaim may take
                        */
    NR_RECLAIM_REPLAYS,
};

/* "captured", "simulated". */
extern const char *const reclaim_replay_names[NR_RECLAIM_REPLAYS];

/*
 * A literal or binary trace: built by config, rewound and read by run, owned by the spec's owner.
 * Tasks of sources and scripts with the same name are the same task.
 */
struct run_spec {
    struct machine_spec machine;
    const char *kernel; /* "linux-2.6.24" */
    struct cost_spec costs;
    const struct backing_dev_spec *devices;
    size_t nr_devices;
    const struct swap_spec *swaps;
    size_t nr_swaps;

    const char *path; /* the workload's file, for errors in its steps; NULL: none */
    const char *name; /* of the workload */
    uint64_t seed;
    uint64_t tick_ns;     /* > 0 */
    uint64_t duration_ns; /* the run ends here; 0 = when nothing is left to happen */
    const struct task_spec *tasks;
    size_t nr_tasks;
    const struct file_spec *files;
    size_t nr_files;
    const struct cache_spec *caches;
    size_t nr_caches;
    const struct cpuset_spec *cpusets;
    size_t nr_cpusets;
    enum reclaim_replay reclaim_replay;
    struct trace_source **sources; /* literal events, generators, traces */
    size_t nr_sources;
};

#endif
