/* SPDX-License-Identifier: MIT */
/* Caches of objects that come and go by number, and their shrinkers. */
#ifndef SIM_USER_SLAB_CACHE_H
#define SIM_USER_SLAB_CACHE_H

#include "mm/slub.h"
#include "reclaim/shrinker.h"
#include "user/user_spec.h"

struct user_memory;
struct user_task;

/*
 * A kmem_cache of mm/slub.h, which may be shared, and the objects of it that nobody holds by name:
 * they are freed oldest first, by steps and, if the spec has seeks, by a shrinker.
 *
 * DEVIATION: the kernel's dentries and inodes go by their own LRU lists; here an object that was
 * allocated earlier goes earlier.
 */
struct slab_cache {
    struct shrinker shrinker; /* first: the callback finds the cache by it */
    const struct cache_spec *spec;
    struct user_memory *user;
    struct kmem_cache *cache;
    struct slab_object *ring; /* of `capacity`, a power of two; the oldest at `head` */
    size_t head;
    size_t objects;
    size_t capacity;
};

/*
 * Registers the shrinker: the cache must stay where it is. The spec is kept. Its callback knows
 * objects in whole hundreds only, as those of 2.6.24 do at the default vfs_cache_pressure. False:
 * no host memory, or no slab can hold such an object. Kernel: fs/dcache.c shrink_dcache_memory()
 * [2.6.24]
 */
bool slab_cache_init(struct slab_cache *cache, struct user_memory *user,
                     const struct cache_spec *spec);
/* What the cache has in the model stays. */
void slab_cache_fini(struct slab_cache *cache);

/* Allocating `left` objects. Zero, then set cache, left and gfp. */
struct slab_alloc {
    bool in_request;
    struct slab_cache *cache;
    uint64_t left;
    uint32_t gfp;
    uint64_t failed; /* objects that got no memory; the call ends there */
    struct slab_request request;
};
enum step slab_alloc_step(struct slab_alloc *alloc, struct user_memory *user,
                          struct user_task *task);

/* The allocation that the call is blocked in, NULL for none; for reports. */
const struct alloc_request *slab_alloc_request(const struct slab_alloc *alloc);

/* The oldest objects, at most `nr`. Returns objects freed. */
uint64_t slab_free_objects(struct slab_cache *cache, uint64_t nr, unsigned cpu);

/* Whether its objects are allocated ones of its kmem_cache. O(objects). */
bool slab_cache_check(const struct slab_cache *cache);

#endif
