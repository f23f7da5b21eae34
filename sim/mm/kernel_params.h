/* SPDX-License-Identifier: MIT */
/* What may differ between kernels of one generation: build options and later patches. */
#ifndef SIM_MM_KERNEL_PARAMS_H
#define SIM_MM_KERNEL_PARAMS_H

#include <stdbool.h>

/* All zero is 2.6.24 as released with its default configuration. */
struct kernel_params {
    /*
     * Reclaim and the allocator sleep in congestion_wait() only while some device is congested for
     * writing, as wait_iff_congested() does since 2.6.36; 2.6.24 always sleeps.
     */
    bool wait_iff_congested;
    bool slab_reports_pages; /* freed slab pages count as reclaimed: SLAB; SLUB does not say */
};

#endif
