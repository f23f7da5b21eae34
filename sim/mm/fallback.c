/* SPDX-License-Identifier: MIT */
/* The fallback order of migratetypes and the stealing of pageblocks. */
#include "mm/fallback.h"

enum { FALLBACKS = 2 };

/*
 * RESERVE is tried separately, so it does not stand here. A request that is both movable and
 * reclaimable has the number of RESERVE; its kernel row is RESERVE and then zero, which reads as
 * UNMOVABLE. Kernel: mm/page_alloc.c fallbacks[] [2.6.24]
 */
static const uint8_t fallbacks[MIGRATE_PCPTYPES][FALLBACKS] = {
    [MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
    [MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
    [MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
    [MIGRATE_RESERVE] = {MIGRATE_UNMOVABLE, MIGRATE_UNMOVABLE},
};

/* The highest order >= `order` of which the type has a block, or -1. */
static int largest_order(const struct zone *zone, unsigned type, unsigned order)
{
    unsigned candidates = zone->nonempty[type] & (~0u << order);

    return candidates ? 31 - __builtin_clz(candidates) : -1;
}

static uint32_t steal_block(struct machine *machine, struct zone *zone, unsigned order,
                            unsigned type, unsigned fallback_order, unsigned fallback_type,
                            unsigned cpu)
{
    uint32_t index = free_area_first(machine, zone, fallback_order, fallback_type);
    uint32_t pfn = frame_block_pfn(&machine->frame_table, index);
    unsigned remainder_type = fallback_type;
    bool retagged = false;

    if (fallback_order >= machine->pageblock_order >> 1 || type == MIGRATE_RECLAIMABLE) {
        uint32_t moved = move_freepages_block(machine, zone, pfn, type);

        if (moved >= UINT32_C(1) << (machine->pageblock_order - 1)) {
            set_pageblock_migratetype(machine, zone, pfn, type);
            retagged = true;
        }
        remainder_type = type;
    }
    free_area_del(machine, zone, index);
    mod_zone_page_state(machine, zone, NR_FREE_PAGES, -(INT64_C(1) << order), cpu);
    machine->work.buddy_blocks++;
    if (fallback_order == machine->pageblock_order) {
        set_pageblock_migratetype(machine, zone, pfn, type);
        retagged = true;
    }
    free_area_expand(machine, zone, pfn, order, fallback_order, remainder_type);

    if (machine->observer && machine->observer->extfrag) {
        const struct mm_extfrag extfrag = {
            .zone = zone,
            .block_pfn = pfn,
            .alloc_order = (uint8_t)order,
            .fallback_order = (uint8_t)fallback_order,
            .alloc_migratetype = (uint8_t)type,
            .fallback_migratetype = (uint8_t)fallback_type,
            .change_ownership = retagged,
        };

        machine->observer->extfrag(machine->observer->context, &extfrag);
    }
    return pfn;
}

uint32_t rmqueue_fallback(struct machine *machine, struct zone *zone, unsigned order, unsigned type,
                          unsigned cpu)
{
    int first = largest_order(zone, fallbacks[type][0], order);
    int second = largest_order(zone, fallbacks[type][1], order);

    /* Orders are searched downwards and types in turn within an order: the larger block wins. */
    if (first >= 0 && first >= second)
        return steal_block(machine, zone, order, type, (unsigned)first, fallbacks[type][0], cpu);
    if (second >= 0)
        return steal_block(machine, zone, order, type, (unsigned)second, fallbacks[type][1], cpu);
    return rmqueue_smallest(machine, zone, order, MIGRATE_RESERVE, cpu);
}
