/* SPDX-License-Identifier: MIT */
/* Reclaimable slab caches: objects in order-0 pages, given back through a shrinker. */
#ifndef SIM_USER_SLAB_CACHE_H
#define SIM_USER_SLAB_CACHE_H

#include "mm/page_alloc.h"
#include "reclaim/shrinker.h"
#include "user/user_spec.h"

struct user_memory;
struct user_task;

/*
 * Objects fill the newest page and are freed from the oldest on; a page whose objects are gone goes
 * back at once. Pages are PG_slab, linked by frame.next, and count as NR_SLAB_RECLAIMABLE.
 * A cache with SLAB_RECLAIM_ACCOUNT. Kernel: mm/slub.c struct kmem_cache [2.6.24]
 *
 * DEVIATION: objects have no identity; frees empty the oldest page, so internal fragmentation of
 * slabs does not arise. No empty slabs are kept.
 *
 * Invariants (slab_cache_check):
 *  1. nr_pages is the number of pages in the list, each PG_slab with one reference
 *  2. objects <= nr_pages * objects_per_page - oldest_freed
 *  3. every page holds an object: oldest_freed < objects_per_page, and fewer than objects_per_page
 *     places behind the newest object are free
 */
struct slab_cache {
    struct shrinker shrinker; /* first: the callback finds the cache by it */
    const struct cache_spec *spec;
    struct user_memory *user;
    uint32_t first_page; /* pfn of the oldest, valid while nr_pages > 0 */
    uint32_t last_page;
    uint64_t nr_pages;
    uint64_t objects;
    uint64_t oldest_freed; /* objects of the oldest page that are gone */
};

/*
 * Registers the shrinker: the cache must stay where it is. The spec is kept. Nothing is to be
 * ended. Its callback knows objects in whole hundreds only, as those of 2.6.24 do at the default
 * vfs_cache_pressure. Kernel: fs/dcache.c shrink_dcache_memory() [2.6.24]
 */
void slab_cache_init(struct slab_cache *cache, struct user_memory *user,
                     const struct cache_spec *spec);

/* Allocating `left` objects. Zero, then set cache, left and gfp. */
struct slab_alloc {
    uint8_t state;
    struct slab_cache *cache;
    uint64_t left;
    uint32_t gfp;
    uint64_t failed; /* objects that got no page; the call ends there */
    struct alloc_request request;
};
enum step slab_alloc_step(struct slab_alloc *alloc, struct user_memory *user,
                          struct user_task *task);

/* The allocation that the call is blocked in, NULL for none; for reports. */
const struct alloc_request *slab_alloc_request(const struct slab_alloc *alloc);

/* The oldest objects, at most `nr`. Returns objects freed. */
uint64_t slab_free_objects(struct slab_cache *cache, uint64_t nr, unsigned cpu);

/* Verifies the invariants. O(pages). */
bool slab_cache_check(const struct slab_cache *cache);

#endif
