/* SPDX-License-Identifier: MIT */
/* One cache of SLUB: slabs of equal objects, per-CPU slabs and per-node partial lists. */
#ifndef SIM_MM_KMEM_CACHE_H
#define SIM_MM_KMEM_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"
#include "base/vec.h"
#include "mm/frame.h"
#include "mm/machine.h"
#include "mm/slab_layout.h"

#define SLAB_SLOT_NONE UINT32_MAX

enum {
    SLAB_MIN_PARTIAL = 5,    /* partial slabs of a node that are kept even if empty */
    SLAB_DEFRAG_RATIO = 100, /* of 1024 looks for a slab on other nodes */
    SLAB_OBJECTS_MAX = 0xfff0,
};

/* Values of slab_object.index that are no objects of slabs; below SLAB_OBJECTS_MAX: one is. */
enum {
    SLAB_NULL = 0xfffd,      /* NULL: the call failed */
    SLAB_ZERO_SIZE = 0xfffe, /* ZERO_SIZE_PTR: kmalloc(0) */
    SLAB_PAGES = 0xffff,     /* the whole block at `page`: a kmalloc() past the largest cache */
};

/* What kmalloc() and kmem_cache_alloc() return: the index-th object of the slab at `page`. */
struct slab_object {
    pfn_t page; /* first page of the slab or block */
    uint16_t index;
};

#define SLAB_OBJECT_NULL ((struct slab_object){PFN_NONE, SLAB_NULL})

static inline bool slab_object_is_null(struct slab_object object)
{
    return object.index == SLAB_NULL;
}

/*
 * One slab, on one of: a partial list, a CPU (frozen), nowhere (full). `inuse` counts objects that
 * are not on `freelist`; those on the CPU's own freelist count as in use.
 * Kernel: include/linux/mm_types.h struct page [2.6.24]
 */
struct kmem_slab {
    uint32_t page; /* first pfn; in a spare slot nothing */
    uint32_t next; /* slots of the partial list, or of the spare slots */
    uint32_t prev;
    uint16_t inuse;
    uint16_t freelist; /* first free object, OBJECT_END: none */
    uint8_t nid;
    bool frozen;
};

/* Kernel: include/linux/slub_def.h struct kmem_cache_cpu [2.6.24] */
struct kmem_cache_cpu {
    uint32_t slab;     /* slot of the CPU's slab, SLAB_SLOT_NONE */
    uint16_t freelist; /* its objects to allocate next */
    uint8_t nid;       /* of the slab */
};

/* Kernel: include/linux/slub_def.h struct kmem_cache_node [2.6.24] */
struct kmem_cache_node {
    uint64_t nr_partial;
    uint64_t nr_slabs;
    uint32_t first; /* slots of the partial list, SLAB_SLOT_NONE */
    uint32_t last;
};

/* `links` of an object: the next free one, or one of these. */
enum { OBJECT_END = 0xfffe, OBJECT_IN_USE = 0xffff };

/* What kmem_cache_create() is told. */
struct kmem_cache_spec {
    const char *name;          /* must outlive the cache */
    uint32_t object_size;      /* bytes, 1..KMALLOC_MAX_SIZE */
    uint32_t align;            /* 0 or a power of two */
    uint32_t flags;            /* SLAB_* */
    uint32_t objects_per_page; /* > 0: one-page slabs of so many, whatever their size; not merged */
};

/* Sums over the cache; all O(1) to keep. */
struct kmem_cache_counts {
    uint64_t slabs;
    uint64_t partial;       /* slabs on partial lists */
    uint64_t partial_inuse; /* objects in use in them */
    uint64_t cpu_slabs;
    uint64_t held; /* objects that callers have */
};

/*
 * The head page of a slab is PG_slab; its frame's `next` is the slab's slot and `prev` the cache's
 * number. Objects have identity: freelists are LIFO, object by object, as the kernel's are.
 *
 * DEVIATION: the descriptors of caches, CPUs and nodes take no simulated memory; the kernel has
 * them by kmalloc() or in its image.
 *
 * Invariants (kmem_cache_check):
 *  1. a slab's free objects are those of its freelist and of its CPU's: the rest is OBJECT_IN_USE
 *  2. inuse is objects less the length of the slab's own freelist
 *  3. listed slabs are not frozen and have free objects; others that are not frozen have none
 *  4. nr_partial, nr_slabs and counts are what a recount finds
 *  5. each slab is PG_slab with one reference and leads back to its slot and cache
 */
struct kmem_cache {
    const char *name;
    struct machine *machine;
    struct slab_layout layout;
    uint32_t id; /* number in slub.caches */
    uint32_t object_size;
    uint32_t align;
    uint32_t flags;
    uint32_t refcount; /* names that share it */
    bool mergeable;
    bool ever_used; /* it has had a slab */
    char own_name[24];

    struct kmem_cache_cpu *cpus;   /* [nr_cpus] */
    struct kmem_cache_node *nodes; /* [nr_nodes] */
    VEC(struct kmem_slab) slabs;   /* by slot */
    VEC(uint16_t) links;           /* [slot * objects + object] */
    uint32_t spare;                /* first spare slot */
    struct kmem_cache_counts counts;
};

/* Bytes of a slab. */
static inline uint64_t kmem_cache_slab_bytes(const struct kmem_cache *cache)
{
    return PAGE_SIZE << cache->layout.order;
}

/*
 * Active objects as /proc/slabinfo counts them: a CPU's slab counts as full.
 * Kernel: mm/slub.c s_show() [2.6.24]
 */
static inline uint64_t kmem_cache_active_objects(const struct kmem_cache *cache)
{
    const struct kmem_cache_counts *counts = &cache->counts;

    return counts->partial_inuse + (counts->slabs - counts->partial) * cache->layout.objects;
}

/* Everything but its name and flags, which are the caller's to set. False: no host memory. */
bool kmem_cache_init(struct kmem_cache *cache, struct machine *machine, uint32_t id,
                     const struct slab_layout *layout);
void kmem_cache_fini(struct kmem_cache *cache);

/*
 * The next free object of the CPU's slab; NULL when it has no more or is on another node than
 * `nid` (-1: any will do): then it is no longer the CPU's. O(1).
 * Kernel: mm/slub.c slab_alloc(), __slab_alloc() [2.6.24]
 */
struct slab_object kmem_cache_take(struct kmem_cache *cache, unsigned cpu, int nid);

/* The first object of a slab that has just become the CPU's; it has free ones. */
struct slab_object kmem_cache_take_loaded(struct kmem_cache *cache, unsigned cpu);

/*
 * The first partial slab of the node becomes the slab of a CPU that has none; false: there is
 * none. Kernel: mm/slub.c get_partial_node() [2.6.24]
 */
bool kmem_cache_take_partial(struct kmem_cache *cache, unsigned cpu, unsigned nid);

/*
 * Makes a slab of the pages and the CPU's; what the CPU had meanwhile is put away. False: no host
 * memory; the pages are still the caller's. Kernel: mm/slub.c new_slab() [2.6.24]
 */
bool kmem_cache_add_slab(struct kmem_cache *cache, pfn_t page, unsigned cpu);

/* Whether the object is allocated. */
bool kmem_cache_holds(const struct kmem_cache *cache, struct slab_object object);

/* Takes back an object that is allocated. O(1). Kernel: mm/slub.c slab_free(), __slab_free()
 * [2.6.24] */
void kmem_cache_put(struct kmem_cache *cache, struct slab_object object, unsigned cpu);

/* Verifies the invariants; O(objects). False and what is wrong in `why`. */
bool kmem_cache_check(const struct kmem_cache *cache, char *why, size_t why_size);

/*
 * Empty slabs of the partial lists go back, the others are sorted, fullest first; the CPUs' slabs
 * are flushed before: the other CPUs' ascending, then the caller's own. False: no host memory,
 * nothing is sorted. Kernel: mm/slub.c kmem_cache_shrink() [2.6.24]
 * DEVIATION: the kernel's scratch array is a kmalloc(); ours is the host's.
 */
bool kmem_cache_shrink(struct kmem_cache *cache, unsigned cpu);

#endif
