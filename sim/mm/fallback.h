/* SPDX-License-Identifier: MIT */
/* Taking a block from another migratetype, and the pageblock with it. */
#ifndef SIM_MM_FALLBACK_H
#define SIM_MM_FALLBACK_H

#include <stdint.h>

#include "mm/free_area.h"

/*
 * The largest block of the first type in the fallback order that has one; free pages around it
 * change their type with it when the block is large or the request reclaimable. RESERVE comes
 * last. NO_PFN when the zone has no block of the order at all.
 * Kernel: mm/page_alloc.c __rmqueue_fallback() [2.6.24]
 */
uint32_t rmqueue_fallback(struct machine *machine, struct zone *zone, unsigned order, unsigned type,
                          unsigned cpu);

/* Kernel: mm/page_alloc.c __rmqueue() [2.6.24] */
static inline uint32_t rmqueue(struct machine *machine, struct zone *zone, unsigned order,
                               unsigned type, unsigned cpu)
{
    uint32_t pfn = rmqueue_smallest(machine, zone, order, type, cpu);

    return SIM_LIKELY(pfn != NO_PFN) ? pfn : rmqueue_fallback(machine, zone, order, type, cpu);
}

#endif
