/* SPDX-License-Identifier: MIT */
/* How objects of a size lie in slabs: their distance, how many fit, the order of a slab. */
#ifndef SIM_MM_SLAB_LAYOUT_H
#define SIM_MM_SLAB_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* Flags of a cache, values as in the kernel. Kernel: include/linux/slab.h [2.6.24] */
enum {
    SLAB_HWCACHE_ALIGN = 0x2000,    /* objects begin cache lines */
    SLAB_CACHE_DMA = 0x4000,        /* slabs from ZONE_DMA */
    SLAB_RECLAIM_ACCOUNT = 0x20000, /* objects can be reclaimed: slabs are grouped so */
};

/* Bytes. Larger objects than KMALLOC_MAX_SIZE are refused by configs. */
#define KMALLOC_MAX_SIZE (UINT32_C(1) << 22)

/* What the layout of a kernel depends on. */
struct slab_rules {
    bool slab;                                  /* SLAB's choice of orders instead of SLUB's */
    bool small_machine;                         /* <= 32 MiB: SLAB breaks at order 0 */
    uint32_t word_size;                         /* of a pointer: 8, with highmem 4 */
    uint32_t cache_line;                        /* bytes */
    uint32_t min_objects, min_order, max_order; /* slub_min_objects ... */
};

/* The rules of a machine as its kernel_params say. */
struct slab_rules slab_rules_of(const struct machine *machine);

struct slab_layout {
    uint32_t size;    /* distance of objects in bytes */
    uint32_t objects; /* per slab, >= 1 */
    uint8_t order;    /* of a slab */
};

/*
 * What the alignment becomes by flags and object size.
 * Kernel: mm/slub.c calculate_alignment(), mm/slab.c kmem_cache_create() [2.6.24]
 */
uint32_t slab_alignment(const struct slab_rules *rules, uint32_t flags, uint32_t align,
                        uint32_t object_size);

/*
 * The layout for objects of `object_size` bytes in 1..KMALLOC_MAX_SIZE aligned to `align` (0 or a
 * power of two). SLUB: mm/slub.c calculate_sizes() without debugging or constructors; SLAB: with
 * its management of the objects in the slab. False: no slab can hold one.
 * Kernel: mm/slub.c calculate_order(), mm/slab.c calculate_slab_order() [2.6.24]
 */
bool slab_layout_init(struct slab_layout *layout, const struct slab_rules *rules,
                      uint32_t object_size, uint32_t align, uint32_t flags);

#endif
