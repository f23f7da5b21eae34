/* SPDX-License-Identifier: MIT */
/* What may differ between kernels of one generation: build options and later patches. */
#ifndef SIM_MM_KERNEL_PARAMS_H
#define SIM_MM_KERNEL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

/* Largest slub_min_order and slub_max_order: so many objects fit that 16 bits count them. */
enum { SLUB_ORDER_MAX = 6 };

/* machine_spec_init() makes it 2.6.24 as released with its default configuration. */
struct kernel_params {
    /*
     * Reclaim and the allocator sleep in congestion_wait() only while some device is congested for
     * writing, as wait_iff_congested() does since 2.6.36; 2.6.24 always sleeps.
     */
    bool wait_iff_congested;
    bool slab_reports_pages; /* freed slab pages count as reclaimed: SLAB; SLUB does not say */

    /*
     * SLAB's choice of slab orders, its objects per slab and its sizes of kmalloc(); lists and
     * per-CPU slabs stay SLUB's. 2.6.24 has SLUB unless it is configured otherwise.
     */
    bool slab;
    bool slub_nomerge;         /* each kmem_cache_create() makes a cache */
    uint8_t slub_min_order;    /* 0.. */
    uint8_t slub_max_order;    /* up to it objects per slab count more than little waste */
    uint16_t slub_min_objects; /* wanted per slab */
    uint16_t cache_line_size;  /* bytes, a power of two: SLAB_HWCACHE_ALIGN */
};

#endif
