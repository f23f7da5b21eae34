/* SPDX-License-Identifier: MIT */
/* The migratetype of each pageblock. */
#ifndef SIM_MM_PAGEBLOCK_H
#define SIM_MM_PAGEBLOCK_H

#include <stdint.h>

#include "mm/machine.h"

/* Blocks are counted from the zone's start, not from pfn 0. */
static inline uint32_t pageblock_index(const struct machine *machine, const struct zone *zone,
                                       uint32_t pfn)
{
    return (pfn - zone->start_pfn) >> machine->pageblock_order;
}

/*
 * Unmovable for all while mobility grouping is off, whatever is stored.
 * Kernel: include/linux/mmzone.h get_pageblock_migratetype() [2.6.24]
 */
static inline unsigned get_pageblock_migratetype(const struct machine *machine,
                                                 const struct zone *zone, uint32_t pfn)
{
    if (SIM_UNLIKELY(machine->page_group_by_mobility_disabled))
        return MIGRATE_UNMOVABLE;
    return zone->pageblock_types[pageblock_index(machine, zone, pfn)];
}

/* Stores in every case. Kernel: mm/page_alloc.c set_pageblock_migratetype() [2.6.24] */
static inline void set_pageblock_migratetype(const struct machine *machine, struct zone *zone,
                                             uint32_t pfn, unsigned type)
{
    uint8_t *stored = &zone->pageblock_types[pageblock_index(machine, zone, pfn)];

    zone->nr_pageblocks_of_type[*stored]--;
    zone->nr_pageblocks_of_type[type]++;
    *stored = (uint8_t)type;
}

#endif
