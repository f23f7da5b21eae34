/* SPDX-License-Identifier: MIT */
/* Building the zonelists, and the cache of zones found full. */
#ifndef SIM_MM_ZONELIST_H
#define SIM_MM_ZONELIST_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/gfp.h"
#include "mm/machine.h"

/*
 * The index of the zonelist that a mask selects. Kernel: include/linux/gfp.h gfp_zone() [2.6.24]
 */
static inline unsigned gfp_zone(const struct machine *machine, uint32_t gfp)
{
    unsigned base = machine->numa && (gfp & GFP_BIT_THISNODE) ? MAX_NR_ZONES : 0;
    unsigned normal = machine->highmem ? 1 : 2;

    if (gfp & GFP_BIT_DMA)
        return base;
    if ((gfp & GFP_BIT_DMA32) && !machine->highmem)
        return base + 1;
    if ((gfp & GFP_BIT_HIGHMEM) && (gfp & GFP_BIT_MOVABLE))
        return base + 3;
    if ((gfp & GFP_BIT_HIGHMEM) && machine->highmem)
        return base + 2;
    return base + normal;
}

/* Kernel: include/linux/gfp.h allocflags_to_migratetype() [2.6.24] */
static inline unsigned gfp_migratetype(const struct machine *machine, uint32_t gfp)
{
    if (SIM_UNLIKELY(machine->page_group_by_mobility_disabled))
        return MIGRATE_UNMOVABLE;
    return (gfp & GFP_BIT_MOVABLE ? 2u : 0u) | (gfp & GFP_BIT_RECLAIMABLE ? 1u : 0u);
}

/*
 * Builds every online node's lists in the order that machine->user_zonelist_order asks for, and
 * with it vm_total_pages and mobility grouping; may set zone_reclaim_mode.
 * Kernel: mm/page_alloc.c build_all_zonelists() [2.6.24]
 */
void build_all_zonelists(struct machine *machine);

/* ---- the cache: which zones of a list were full lately (NUMA) ---- */

static inline bool zlc_zone_full(const struct zonelist *zonelist, unsigned position)
{
    return zonelist->has_cache && zonelist->full_zones[position / 64] >> position % 64 & 1;
}

/* Kernel: mm/page_alloc.c zlc_mark_zone_full() [2.6.24] */
static inline void zlc_mark_zone_full(struct zonelist *zonelist, unsigned position)
{
    if (zonelist->has_cache)
        zonelist->full_zones[position / 64] |= UINT64_C(1) << position % 64;
}

/* Forgets what is older than a second. Kernel: mm/page_alloc.c zlc_setup() [2.6.24] */
void zlc_setup(const struct machine *machine, struct zonelist *zonelist);

#endif
