/* SPDX-License-Identifier: MIT */
/* kmalloc() and caches of objects: the SLUB allocator of one simulated machine. */
#ifndef SIM_MM_SLUB_H
#define SIM_MM_SLUB_H

#include "base/error.h"
#include "mm/alloc_caller.h"
#include "mm/kmem_cache.h"

enum {
    KMALLOC_CACHES_MAX = 24, /* size classes, ascending; SLUB has 11, SLAB up to 19 */
};

/*
 * All caches: those of kmalloc() exist from the beginning, those of GFP_DMA from their first use,
 * others from kmem_cache_create(). A cache takes simulated memory only when it is used.
 *
 * DEVIATION: what the kernel itself has in slabs after boot is not there; kmem_cache_node is not.
 *
 * Plain data at a stable address; requests and caches point to it and to the machine.
 */
struct slub {
    struct machine *machine;
    struct slab_rules rules;
    VEC(struct kmem_cache *) caches; /* in the order of their creation: /proc/slabinfo reversed */
    uint32_t nr_kmalloc;
    uint32_t kmalloc_sizes[KMALLOC_CACHES_MAX];
    struct kmem_cache *kmalloc[KMALLOC_CACHES_MAX];
    struct kmem_cache *kmalloc_dma[KMALLOC_CACHES_MAX]; /* NULL until the first use */
    uint32_t defrag_looks; /* times that a look at other nodes' partial lists was considered */
    bool out_of_memory;    /* the host had none where no error can be returned: end the run */
};

/* False: ERR_OUT_OF_MEMORY, nothing is held. */
bool slub_init(struct slub *slub, struct machine *machine, struct sim_error *err);
/* Simulated memory stays as it is. */
void slub_fini(struct slub *slub);

/*
 * A new cache, or one that exists and may be shared (never with slub_nomerge or SLAB). The spec
 * must be in the limits that it names. NULL: no host memory, or no slab can hold such an object.
 * Kernel: mm/slub.c kmem_cache_create(), find_mergeable() [2.6.24]
 */
struct kmem_cache *kmem_cache_create(struct slub *slub, const struct kmem_cache_spec *spec);

/*
 * The cache that serves a kmalloc() of the size, 1..: NULL when pages do (or, with SLAB, nothing
 * does), or when the host has no memory for a DMA cache. Kernel: mm/slub.c get_slab() [2.6.24]
 */
struct kmem_cache *kmalloc_cache(struct slub *slub, uint64_t size_bytes, uint32_t gfp);

/* The largest size that a cache serves, in bytes. */
static inline uint64_t kmalloc_largest(const struct slub *slub)
{
    return slub->kmalloc_sizes[slub->nr_kmalloc - 1];
}

/*
 * One call of kmalloc() or kmem_cache_alloc(), from call to result. Init, step until STEP_DONE,
 * read `object` (SLAB_OBJECT_NULL: failed). It must stay where it is while blocked.
 */
struct slab_request {
    struct kmem_cache *cache; /* NULL: pages, or nothing */
    uint32_t gfp;
    int32_t nid; /* -1: of the CPU, by the task's policy */
    uint8_t state;
    uint8_t order; /* of the pages of a large kmalloc() */
    struct slab_object object;
    struct alloc_request pages;
};

/*
 * nid < 0: kmalloc(), else kmalloc_node(). Zero bytes give SLAB_ZERO_SIZE.
 * Kernel: mm/slub.c __kmalloc(), __kmalloc_node() [2.6.24] (large ones ignore the node)
 */
void kmalloc_request_init(struct slab_request *request, struct slub *slub, uint64_t size_bytes,
                          uint32_t gfp, int nid);
/* nid < 0: kmem_cache_alloc(), else kmem_cache_alloc_node(). Kernel: mm/slub.c [2.6.24] */
void kmem_cache_request_init(struct slab_request *request, struct kmem_cache *cache, uint32_t gfp,
                             int nid);

/*
 * Runs the request until it has its result or must wait as caller->task->wait says. O(1) but for
 * the pages of a new slab and the setting up of its objects.
 * Kernel: mm/slub.c slab_alloc(), __slab_alloc() [2.6.24]
 */
enum step slab_request_step(struct slab_request *request, struct slub *slub,
                            struct alloc_caller *caller);

/* The page request that it is blocked in, NULL: none. */
const struct alloc_request *slab_request_pages(const struct slab_request *request);

/* What is wrong with an object that is to be freed, in the words of SLUB's debug checks. */
enum slab_misuse {
    SLAB_FREE_OK,
    SLAB_ALREADY_FREE,   /* "Object already free" */
    SLAB_NOT_A_SLAB,     /* "Attempt to free object outside of slab": neither slab nor block */
    SLAB_INVALID_OBJECT, /* "Invalid object pointer" */
    SLAB_OTHER_CACHE,    /* "page slab pointer corrupt": it is of another cache */
    NR_SLAB_MISUSES,
};

/*
 * Gives the object back on `cpu`; NULL and ZERO_SIZE_PTR are nothing to do. Whatever it answers
 * but SLAB_FREE_OK: nothing was done. A SLAB_PAGES that is free already and waits on a per-CPU list
 * is not recognised: the caller must know that it is not. O(1).
 * Kernel: mm/slub.c kfree(), slab_free(), free_debug_processing() [2.6.24]
 */
enum slab_misuse kfree(struct slub *slub, struct slab_object object, unsigned cpu);
enum slab_misuse kmem_cache_free(struct kmem_cache *cache, struct slab_object object, unsigned cpu);

/* Verifies all caches. False and what is wrong in `why`. */
bool slub_check(const struct slub *slub, char *why, size_t why_size);

#endif
