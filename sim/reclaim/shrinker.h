/* SPDX-License-Identifier: MIT */
/* Caches that give objects back when asked. */
#ifndef SIM_RECLAIM_SHRINKER_H
#define SIM_RECLAIM_SHRINKER_H

#include <stdint.h>

struct reclaim;
struct task;

/*
 * Registered by whoever owns the cache; stays where it is as long as it is registered.
 * Kernel: include/linux/mm.h struct shrinker [2.6.24]
 */
struct shrinker {
    /*
     * nr 0: the number of objects. Else frees up to nr of them and returns how many are left; -1:
     * not from this context.
     */
    int64_t (*shrink)(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task);
    uint32_t seeks; /* what recreating an object costs; 2 is usual, >= 1 */
    uint64_t nr;    /* objects asked for and not scanned yet */
    struct shrinker *next;
};

/* Appends to the list. Kernel: mm/vmscan.c register_shrinker() [2.6.24] */
void register_shrinker(struct reclaim *reclaim, struct shrinker *shrinker);

/*
 * Asks each cache for its share: as large a part of its objects as `scanned` is of `lru_pages`,
 * over its seeks. Returns objects freed. Never blocks.
 * Kernel: mm/vmscan.c shrink_slab() [2.6.24]
 */
uint64_t shrink_slab(struct reclaim *reclaim, struct task *task, uint64_t scanned, uint32_t gfp,
                     uint64_t lru_pages);

/*
 * A cache gave `nr` pages back in the task's name: reported to the reclaimer only where the
 * kernel's slab does (kernel_params.slab_reports_pages).
 * Kernel: mm/slab.c kmem_freepages() [2.6.24]
 */
void note_slab_pages_freed(struct reclaim *reclaim, struct task *task, uint64_t nr);

#endif
