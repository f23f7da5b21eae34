/* SPDX-License-Identifier: MIT */
/* Watermarks, reserves for higher zones, and the MIGRATE_RESERVE pageblocks. */
#ifndef SIM_MM_WATERMARK_H
#define SIM_MM_WATERMARK_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine.h"
#include "mm/page_alloc.h"

/* The mark after what ALLOC_HIGH and ALLOC_HARDER take off it. */
static inline int64_t watermark_lowered(uint64_t mark, uint32_t alloc_flags)
{
    int64_t min = (int64_t)mark;

    if (alloc_flags & ALLOC_HIGH)
        min -= min / 2;
    if (alloc_flags & ALLOC_HARDER)
        min -= min / 4;
    return min;
}

/*
 * Whether the zone keeps `mark` pages (and a share of it in blocks of the order) after the
 * allocation. classzone_idx: zone index of the first zone of the zonelist. The first comparison is
 * unsigned, as in the kernel: a request larger than what is free passes it and fails in the loop.
 * Kernel: mm/page_alloc.c zone_watermark_ok() [2.6.24]
 */
static inline bool zone_watermark_ok(const struct zone *zone, unsigned order, uint64_t mark,
                                     unsigned classzone_idx, uint32_t alloc_flags)
{
    int64_t min = watermark_lowered(mark, alloc_flags);
    int64_t free_pages = (int64_t)zone_page_state(zone, NR_FREE_PAGES) - (INT64_C(1) << order) + 1;

    SIM_ASSUME(order < MAX_ORDER);
    if ((uint64_t)free_pages <= (uint64_t)min + zone->lowmem_reserve[classzone_idx])
        return false;
    for (unsigned o = 0; o < order; o++) {
        free_pages -= (int64_t)(zone->nr_free[o] << o);
        min >>= 1;
        if (free_pages <= min)
            return false;
    }
    return true;
}

/* min_free_kbytes for this much lowmem. Kernel: mm/page_alloc.c init_per_zone_pages_min() [2.6.24]
 */
uint64_t auto_min_free_kbytes(uint64_t lowmem_kbytes);

/*
 * Pages of the zonelist's zones beyond their high watermarks.
 * Kernel: mm/page_alloc.c nr_free_zone_pages() [2.6.24]
 */
uint64_t nr_free_zone_pages(const struct machine *machine, const struct zonelist *zonelist);

/*
 * Watermarks from machine->vm.min_free_kbytes, then the RESERVE pageblocks and totalreserve.
 * Kernel: mm/page_alloc.c setup_per_zone_pages_min() [2.6.24]
 */
void setup_per_zone_pages_min(struct machine *machine);

/*
 * lowmem_reserve from machine->vm.lowmem_reserve_ratio; corrects ratios below 1.
 * Kernel: mm/page_alloc.c setup_per_zone_lowmem_reserve() [2.6.24]
 */
void setup_per_zone_lowmem_reserve(struct machine *machine);

#endif
