/* SPDX-License-Identifier: MIT */
/* Reclaimable slab caches: objects in order-0 pages, given back through a shrinker. */
#ifndef SIM_USER_SLAB_CACHE_H
#define SIM_USER_SLAB_CACHE_H

#include "base/vec.h"
#include "mm/page_alloc.h"
#include "reclaim/shrinker.h"
#include "user/user_spec.h"

struct user_memory;
struct user_task;

/*
 * Objects are freed oldest page first; a page whose objects are gone goes back at once
 * (NR_SLAB_RECLAIMABLE). Kernel: mm/slub.c, reclaimable caches [2.6.24]
 * DEVIATION: objects have no identity; frees empty the oldest page, so internal fragmentation of
 * slabs does not arise.
 */
struct slab_cache {
    struct shrinker shrinker; /* first: the callback finds the cache by it */
    const struct cache_spec *spec;
    struct user_memory *user;
    struct {
        uint32_t *items; /* pfns, [head, count) */
        size_t head, count, capacity;
    } pages;
    uint64_t objects;
    uint64_t oldest_freed; /* objects of the oldest page that are gone */
};

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

/* The oldest objects, at most `nr`. Returns objects freed. */
uint64_t slab_free_objects(struct slab_cache *cache, uint64_t nr, unsigned cpu);

#endif
