/* SPDX-License-Identifier: MIT */
/* The buddy lists of a zone: split, merge, and moving a pageblock's free pages between types. */
#ifndef SIM_MM_FREE_AREA_H
#define SIM_MM_FREE_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine.h"
#include "mm/pageblock.h"
#include "mm/zone_page_state.h"

/* "No block" among pfns. */
#define NO_PFN UINT32_MAX

/* ---- one block on or off its list ---- */

static inline uint8_t buddy_private(unsigned order, unsigned type)
{
    return (uint8_t)(order | type << 4);
}

static inline unsigned buddy_order(const struct frame *frame)
{
    return frame->private & 0xf;
}

static inline unsigned buddy_type(const struct frame *frame)
{
    return frame->private >> 4;
}

/* Puts a free block at the head of a list. */
static inline void free_area_add(struct machine *machine, struct zone *zone, uint32_t pfn,
                                 unsigned order, unsigned type)
{
    struct frame *frames = machine->frame_table.frames;
    uint32_t index = frame_of_block(&machine->frame_table, pfn, order);

    frames[index].flags = PG_buddy;
    frames[index].private = buddy_private(order, type);
    frames[index].zone = zone->id;
    frame_list_insert(frames, zone_free_list(zone, order, type), index);
    zone->nr_free[order]++;
    zone->nr_free_type[order][type]++;
    zone->nonempty[type] |= (uint16_t)(1u << order);
}

/* Takes the block represented by frame `index` off its list. */
static inline void free_area_del(struct machine *machine, struct zone *zone, uint32_t index)
{
    struct frame *frames = machine->frame_table.frames;
    unsigned order = buddy_order(&frames[index]);
    unsigned type = buddy_type(&frames[index]);

    frame_list_del(frames, index);
    frames[index].flags = 0;
    zone->nr_free[order]--;
    if (--zone->nr_free_type[order][type] == 0)
        zone->nonempty[type] &= (uint16_t) ~(1u << order);
}

/* The first block of a list that is not empty. */
static inline uint32_t free_area_first(const struct machine *machine, const struct zone *zone,
                                       unsigned order, unsigned type)
{
    return machine->frame_table.frames[zone_free_list(zone, order, type)].next;
}

/* ---- buddy ---- */

/*
 * Gives a block back: its list is that of the freed page's pageblock, decided before merging; the
 * types of the buddies it merges with do not matter.
 * Kernel: mm/page_alloc.c __free_one_page() [2.6.24]
 */
static inline void free_one_page(struct machine *machine, struct zone *zone, uint32_t pfn,
                                 unsigned order, unsigned cpu)
{
    const struct frame *frames = machine->frame_table.frames;
    unsigned type = get_pageblock_migratetype(machine, zone, pfn);

    mod_zone_page_state(machine, zone, NR_FREE_PAGES, INT64_C(1) << order, cpu);
    machine->work.buddy_blocks++;
    while (order < MAX_ORDER - 1) {
        uint32_t buddy = pfn ^ (UINT32_C(1) << order);
        const struct frame *frame = &frames[buddy];

        if (!(frame->flags & PG_buddy) || buddy_order(frame) != order || frame->zone != zone->id)
            break;
        free_area_del(machine, zone, buddy);
        pfn &= ~(UINT32_C(1) << order);
        order++;
    }
    free_area_add(machine, zone, pfn, order, type);
}

/*
 * Halves a block of `high` down to `low`: the upper halves go back to the lists of `type`.
 * Kernel: mm/page_alloc.c expand() [2.6.24]
 */
static inline void free_area_expand(struct machine *machine, struct zone *zone, uint32_t pfn,
                                    unsigned low, unsigned high, unsigned type)
{
    while (high > low) {
        high--;
        free_area_add(machine, zone, pfn + (UINT32_C(1) << high), high, type);
    }
}

/*
 * Takes a block of the wanted order from the smallest block of the type; NO_PFN when it has none.
 * Kernel: mm/page_alloc.c __rmqueue_smallest() [2.6.24]
 */
static inline uint32_t rmqueue_smallest(struct machine *machine, struct zone *zone, unsigned order,
                                        unsigned type, unsigned cpu)
{
    unsigned candidates = zone->nonempty[type] & (~0u << order);
    unsigned current;
    uint32_t index;
    uint32_t pfn;

    if (!candidates)
        return NO_PFN;
    current = (unsigned)__builtin_ctz(candidates);
    index = free_area_first(machine, zone, current, type);
    pfn = frame_block_pfn(&machine->frame_table, index);
    free_area_del(machine, zone, index);
    mod_zone_page_state(machine, zone, NR_FREE_PAGES, -(INT64_C(1) << order), cpu);
    machine->work.buddy_blocks++;
    free_area_expand(machine, zone, pfn, order, current, type);
    return pfn;
}

/*
 * Moves the free blocks of the pageblock around `pfn` to the lists of `type` and returns their
 * pages; 0 and nothing moved when the pageblock reaches past the end of the zone. The result may
 * exceed a pageblock when a larger block starts in it. A free block that starts below the
 * pageblock is not seen. O(pages of a pageblock).
 * Kernel: mm/page_alloc.c move_freepages_block() [2.6.24]
 */
uint32_t move_freepages_block(struct machine *machine, struct zone *zone, uint32_t pfn,
                              unsigned type);

#endif
