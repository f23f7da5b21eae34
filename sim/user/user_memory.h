/* SPDX-License-Identifier: MIT */
/* What user space does to memory: the root of the layer and its one call interface. */
#ifndef SIM_USER_USER_MEMORY_H
#define SIM_USER_USER_MEMORY_H

#include "base/error.h"
#include "base/rng.h"
#include "mm/alloc_caller.h"
#include "reclaim/reclaim.h"
#include "user/access.h"
#include "user/drop_caches.h"
#include "user/fault.h"
#include "user/file.h"
#include "user/mm_struct.h"
#include "user/slab_cache.h"
#include "user/user_spec.h"

/*
 * What may live at a time, so that the 16 bits of a page's count (mm/frame.h) suffice: one for each
 * task or region that maps it, one for each task that waits for it, a few for caches and reclaim.
 * DEVIATION: the kernel's own limits are in the same region (pid_max of 32768, vm.max_map_count of
 * 65536 regions of a process); beyond them it answers EAGAIN or ENOMEM, a run ends with an error.
 */
enum { USER_TASKS_MAX = 32000, FILE_MMAPS_MAX = 32000 };

/* Monotone counters: what a run's costs and statistics are made of. */
struct user_work {
    uint64_t accesses;     /* pages touched, read or written; entries that fork() copied */
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

struct user_task;

/*
 * All files, caches and address spaces of a simulation. The owner wires rmap into reclaim_init()
 * by user_memory_rmap(). Plain data below its root.
 *
 * Invariants (user_memory_check, same numbers):
 *  1. each page-table entry is 0, or present, or names a swap slot in use
 *  2. an area's rss_pages is the number of its present entries, an mm's total_vm_pages the sum of
 *     its areas' pages and part of its process's
 *  3. a page's mapcount is the number of entries that map it, all found from its page_owner; it
 *     has at least as many references
 *  4. pages of files are mapped where the page cache has them
 *  5. NR_ANON_PAGES and NR_FILE_MAPPED are the numbers of pages so mapped
 *  6. the uses of all swap slots are those of the entries, one for each page in the swap cache and
 *     one for each of a shared region's pages that are on swap; such a page is not in its cache
 *  7. every slab cache is sound
 */
struct user_memory {
    struct reclaim *reclaim;
    struct slub *slub;
    struct file *files; /* [nr_files], as the specs */
    uint32_t nr_files;
    struct slab_cache *caches; /* [nr_caches] */
    uint32_t nr_caches;
    VEC(struct file *) shmem_files;      /* behind shared anonymous memory: all there ever were */
    VEC(struct file *) free_shmem_files; /* ... that have no region now */
    VEC(struct anon_vma *) anon_vmas;    /* by id; NULL: free */
    VEC(uint32_t) free_anon_vmas;
    struct user_task *first_task, *last_task; /* that have not exited, in the order they came */
    uint32_t nr_tasks;                        /* ... at most USER_TASKS_MAX */
    struct zipf_tables zipf_tables;
    uint32_t next_mm;
    struct user_work work;
};

/* One task in this layer; lives beside its struct task, at a stable address. */
struct user_task {
    struct task *task;
    struct alloc_caller caller; /* of its page requests */
    struct process process;     /* listed in reclaim->processes while the task lives */
    struct mm_struct mm;
    struct rng rng; /* its accesses */
    struct user_task *next, *prev;
    VEC(uint64_t) slab_objects; /* by cache: allocated and not freed by the task */
};

/* The specs and slub, where the caches are made, are kept. False: ERR_OUT_OF_MEMORY, nothing is
 * held.
 */
bool user_memory_init(struct user_memory *user, struct reclaim *reclaim, struct slub *slub,
                      const struct file_spec *files, size_t nr_files,
                      const struct cache_spec *caches, size_t nr_caches, struct sim_error *err);
/* Tasks that have not exited must still be there and hold nothing of the host's afterwards; what
 * they have in the model stays as it is. */
void user_memory_fini(struct user_memory *user);

/* The file with that mapping. */
static inline struct file *user_memory_file(const struct user_memory *user, uint32_t mapping)
{
    SIM_ASSERT(user->reclaim->mappings.items[mapping]->host);
    return user->reclaim->mappings.items[mapping]->host;
}

/* For reclaim_init(), which comes before user_memory_init(): context is the struct user_memory. */
struct rmap_ops user_memory_rmap(struct user_memory *user);

/*
 * A new process with an empty address space. The caller has filled task->process.pid and the
 * members that badness() reads, and what task->caller needs but the task. Its stream of accesses
 * comes from (seed, name).
 */
void user_task_init(struct user_task *task, struct user_memory *user, struct task *current,
                    struct user_task *parent, uint64_t seed, const char *name);
/*
 * The memory of a dead or finished process goes back and it leaves the process list. No call of it
 * may be under way. Never blocks. Kernel: mm/mmap.c exit_mmap() [2.6.24]
 */
void user_task_exit(struct user_task *task, struct user_memory *user);

/* Whether a copy of all its regions is sure to stay within FILE_MMAPS_MAX. O(regions). */
bool user_task_may_fork(const struct user_task *parent);

/*
 * A forked child (fresh from user_task_init()) gets a copy of the parent's regions: anonymous pages
 * are shared until written. The parent may fork. False: no host memory, the child may have a part
 * of them.
 *
 * Kernel: kernel/fork.c dup_mmap() [2.6.24]
 */
bool user_task_fork(struct user_task *child, struct user_task *parent, struct user_memory *user);

/* Verifies the invariants. O(page tables + swap slots). False and what is wrong in `why`. */
bool user_memory_check(const struct user_memory *user, char *why, size_t why_size);

#endif
