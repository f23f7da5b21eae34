/* SPDX-License-Identifier: MIT */
/* What user space does to memory: the root of the layer and its one call interface. */
#ifndef SIM_USER_USER_MEMORY_H
#define SIM_USER_USER_MEMORY_H

#include "base/error.h"
#include "base/rng.h"
#include "reclaim/reclaim.h"
#include "user/access.h"
#include "user/fault.h"
#include "user/file.h"
#include "user/mm_struct.h"
#include "user/slab_cache.h"
#include "user/user_spec.h"

/* Monotone counters: what a run's costs and statistics are made of. */
struct user_work {
    uint64_t accesses;     /* pages touched, read or written */
    uint64_t minor_faults; /* a page was mapped without I/O */
    uint64_t major_faults; /* ... after a read */
    uint64_t copied_pages; /* copy on write, read() and write() */
    uint64_t swapins;      /* pages read from swap */
    uint64_t cache_hits;   /* pages of read() found in the page cache */
    uint64_t cache_misses;
    uint64_t readahead_pages;
    uint64_t refaults;      /* pages read again that reclaim had taken */
    uint64_t failed_faults; /* accesses without memory for them */
};

/*
 * All files, caches and address spaces of a simulation. The owner wires rmap into reclaim_init()
 * by user_memory_rmap(). Plain data below its root.
 */
struct user_memory {
    struct reclaim *reclaim;
    struct file *files; /* [nr_files], as the specs */
    uint32_t nr_files;
    struct slab_cache *caches; /* [nr_caches] */
    uint32_t nr_caches;
    VEC(struct anon_vma *) anon_vmas; /* by id; NULL: free */
    VEC(uint32_t) free_anon_vmas;
    uint32_t next_mm;
    struct user_work work;
};

/* One task in this layer; lives beside its struct task, at a stable address. */
struct user_task {
    struct task *task;
    struct process process; /* listed in reclaim->processes while the task lives */
    struct mm_struct mm;
    struct rng rng;                /* its accesses */
    struct zone_refusal *refusals; /* room for explanations of its requests; may be NULL */
    uint16_t max_refusals;
};

/* The specs are kept. False: ERR_OUT_OF_MEMORY, nothing is held. */
bool user_memory_init(struct user_memory *user, struct reclaim *reclaim,
                      const struct file_spec *files, size_t nr_files,
                      const struct cache_spec *caches, size_t nr_caches, struct sim_error *err);
void user_memory_fini(struct user_memory *user);

/* For reclaim_init(), which comes before user_memory_init(): context is the struct user_memory. */
struct rmap_ops user_memory_rmap(struct user_memory *user);

/*
 * A new process with an empty address space. The caller has filled task->process.pid and the
 * members that badness() reads. Its streams come from (seed, name).
 */
void user_task_init(struct user_task *task, struct user_memory *user, struct task *current,
                    struct user_task *parent, uint64_t seed, const char *name);
/*
 * The memory of a dead or finished process goes back and it leaves the process list. Never blocks.
 * Kernel: mm/mmap.c exit_mmap() [2.6.24]
 */
void user_task_exit(struct user_task *task, struct user_memory *user);

/*
 * A forked child (fresh from user_task_init()) gets a copy of the parent's regions: anonymous pages
 * are shared until written. False: no host memory. Kernel: kernel/fork.c dup_mmap() [2.6.24]
 */
bool user_task_fork(struct user_task *child, struct user_task *parent, struct user_memory *user);

/* How a call ended. */
enum user_result {
    USER_OK,
    USER_NO_MEMORY,  /* some page could not be had: SIGBUS or ENOMEM; the rest was not done */
    USER_BAD_REGION, /* no such region now */
    USER_KILLED,     /* SIGKILL was pending; the rest was not done */
};

/*
 * One operation under way: begin, step until STEP_DONE, read result, end. The state of waits is the
 * task's. Between pages it answers WAIT_CPU when reclaim->preemptible and `quantum` accesses were
 * made, and WAIT_SLEEP (STALL_NONE) to keep to a rate.
 */
struct user_call {
    const struct user_op_spec *spec;
    uint8_t state;
    uint8_t result; /* enum user_result */
    bool in_access; /* the access at hand is not over */
    uint64_t page;
    uint64_t begin_ns;
    uint64_t done; /* accesses so far */
    uint64_t quantum_left;
    struct access access;
    union {
        struct file_io io;
        struct file_sync sync;
        struct slab_alloc slab;
        struct fault fault;
    };
};

/* USER_FORK is the owner's: it makes the child and calls user_task_fork(). */
void user_call_begin(struct user_call *call, const struct user_op_spec *spec,
                     const struct user_memory *user, struct user_task *task);
enum step user_call_step(struct user_call *call, struct user_memory *user, struct user_task *task);
void user_call_end(struct user_call *call);

/* The request that the call is blocked in, NULL for none; for reports. */
const struct alloc_request *user_call_request(const struct user_call *call);

/* Verifies page tables, counts and mapcounts against each other. O(mapped pages). */
bool user_memory_check(const struct user_memory *user, char *why, size_t why_size);

#endif
