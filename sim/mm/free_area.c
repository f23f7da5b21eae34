/* SPDX-License-Identifier: MIT */
/* Moving the free pages of a pageblock to another migratetype's lists. */
#include "mm/free_area.h"

/* The frame that represents a free block starting exactly at pfn, or NULL. */
static const struct frame *buddy_at(const struct machine *machine, uint32_t pfn)
{
    const struct frame_table *table = &machine->frame_table;
    const struct frame *frame = &table->frames[pfn];

    if (frame->flags & PG_buddy)
        return frame;
    if (pfn & (MAX_ORDER_NR_PAGES - 1))
        return NULL;
    frame = &table->frames[frame_of_block(table, pfn, MAX_ORDER - 1)];
    return frame->flags & PG_buddy ? frame : NULL;
}

static void move_block(struct machine *machine, struct zone *zone, uint32_t pfn, unsigned order,
                       unsigned type)
{
    free_area_del(machine, zone, frame_of_block(&machine->frame_table, pfn, order));
    free_area_add(machine, zone, pfn, order, type);
}

uint32_t move_freepages_block(struct machine *machine, struct zone *zone, uint32_t pfn,
                              unsigned type)
{
    uint32_t block_pages = UINT32_C(1) << machine->pageblock_order;
    uint32_t start = pfn & ~(block_pages - 1);
    uint32_t end = start + block_pages;
    uint32_t moved = 0;

    if (end > zone->start_pfn + zone->spanned_pages)
        return 0;
    if (start < zone->start_pfn)
        start = pfn;
    machine->work.moved_pages += end - start;
    while (start < end) {
        const struct frame *frame = buddy_at(machine, start);
        unsigned order;

        if (!frame) {
            start++;
            continue;
        }
        order = buddy_order(frame);
        move_block(machine, zone, start, order, type);
        start += UINT32_C(1) << order;
        moved += UINT32_C(1) << order;
    }
    return moved;
}
