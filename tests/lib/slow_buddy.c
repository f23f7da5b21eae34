/* SPDX-License-Identifier: MIT */
/* The slow model's buddy lists: merge, split, fallback, moving a pageblock. */
#include "lib/slow_mm.h"

/* The block of a page counts from the start of its zone. */
static uint8_t *block_of(const struct slow_mm *mm, const struct slow_page *page)
{
    uint64_t block = (slow_pfn(mm, page) - page->zone->start_pfn) >> mm->pageblock_order;

    slow_must(block < page->zone->nr_blocks);
    return &page->zone->block_type[block];
}

unsigned slow_block_type(const struct slow_mm *mm, const struct slow_page *page)
{
    return mm->grouping_off ? SLOW_UNMOVABLE : *block_of(mm, page);
}

void slow_set_block_type(struct slow_mm *mm, const struct slow_page *page, unsigned type)
{
    *block_of(mm, page) = (uint8_t)type;
}

/* ---- free ---- */

static bool is_buddy(const struct slow_page *page, const struct slow_page *buddy, unsigned order)
{
    return buddy->zone == page->zone && buddy->buddy && buddy->private == order;
}

void slow_free_one_page(struct slow_mm *mm, struct slow_page *page, unsigned order, unsigned cpu)
{
    struct slow_zone *zone = page->zone;
    unsigned type = slow_block_type(mm, page); /* before any merge */
    uint64_t index = slow_pfn(mm, page) % (2 * MAX_ORDER_NR_PAGES);

    slow_must(index % (UINT64_C(1) << order) == 0 && !page->buddy);
    slow_mod_state(zone, SLOW_FREE, INT64_C(1) << order, cpu);
    while (order < MAX_ORDER - 1) {
        uint64_t buddy_pfn = slow_pfn(mm, page) - index + (index ^ (UINT64_C(1) << order));
        struct slow_page *buddy;

        if (buddy_pfn >= mm->max_pfn)
            break;
        buddy = &mm->pages[buddy_pfn];
        if (!is_buddy(page, buddy, order))
            break;
        slow_list_del(&buddy->lru);
        zone->nr_free[order]--;
        buddy->buddy = false;
        buddy->private = 0;
        if (buddy < page)
            page = buddy;
        index &= ~(UINT64_C(1) << order);
        order++;
    }
    page->buddy = true;
    page->private = order;
    slow_list_add(&page->lru, &zone->free_list[order][type]);
    zone->nr_free[order]++;
}

/* ---- take ---- */

static void unmark(struct slow_page *page)
{
    slow_list_del(&page->lru);
    page->buddy = false;
    page->private = 0;
}

static void expand(struct slow_zone *zone, struct slow_page *page, unsigned low, unsigned high,
                   unsigned type)
{
    for (int h = (int)high - 1; h >= (int)low; h--) {
        struct slow_page *upper = page + (UINT64_C(1) << h);

        slow_list_add(&upper->lru, &zone->free_list[h][type]);
        zone->nr_free[h]++;
        upper->buddy = true;
        upper->private = (uint32_t)h;
    }
}

static struct slow_page *rmqueue_smallest(struct slow_zone *zone, unsigned order, unsigned type,
                                          unsigned cpu)
{
    for (unsigned o = order; o < MAX_ORDER; o++) {
        struct slow_link *list = &zone->free_list[o][type];
        struct slow_page *page;

        if (slow_list_empty(list))
            continue;
        page = (struct slow_page *)list->next;
        unmark(page);
        zone->nr_free[o]--;
        slow_mod_state(zone, SLOW_FREE, -(INT64_C(1) << order), cpu);
        expand(zone, page, order, o, type);
        return page;
    }
    return NULL;
}

/* Moves what is free from `start` to `end`, both included. */
static uint64_t move_freepages(struct slow_mm *mm, struct slow_zone *zone, uint64_t start,
                               uint64_t end, unsigned type)
{
    uint64_t moved = 0;

    for (uint64_t pfn = start; pfn <= end;) {
        struct slow_page *page = &mm->pages[pfn];
        unsigned order = page->private;

        if (!page->buddy) {
            pfn++;
            continue;
        }
        slow_must(page->zone == zone);
        slow_list_del(&page->lru);
        slow_list_add(&page->lru, &zone->free_list[order][type]);
        pfn += UINT64_C(1) << order;
        moved += UINT64_C(1) << order;
    }
    return moved;
}

uint64_t slow_move_freepages_block(struct slow_mm *mm, struct slow_zone *zone,
                                   struct slow_page *page, unsigned type)
{
    uint64_t block_pages = UINT64_C(1) << mm->pageblock_order;
    uint64_t start = slow_pfn(mm, page) / block_pages * block_pages;
    uint64_t end = start + block_pages - 1;

    if (start < zone->start_pfn)
        start = slow_pfn(mm, page);
    if (end >= zone->start_pfn + zone->spanned)
        return 0;
    return move_freepages(mm, zone, start, end, type);
}

/* Rows as the kernel has them: RESERVE is passed over, what is not named is 0. */
static const uint8_t fallbacks[SLOW_TYPES][SLOW_TYPES - 1] = {
    [SLOW_UNMOVABLE] = {SLOW_RECLAIMABLE, SLOW_MOVABLE, SLOW_RESERVE},
    [SLOW_RECLAIMABLE] = {SLOW_UNMOVABLE, SLOW_MOVABLE, SLOW_RESERVE},
    [SLOW_MOVABLE] = {SLOW_RECLAIMABLE, SLOW_UNMOVABLE, SLOW_RESERVE},
    [SLOW_RESERVE] = {SLOW_RESERVE, SLOW_RESERVE, SLOW_RESERVE},
};

static struct slow_page *steal(struct slow_mm *mm, struct slow_zone *zone, unsigned order,
                               unsigned type, unsigned from_order, unsigned from_type, unsigned cpu)
{
    struct slow_page *page = (struct slow_page *)zone->free_list[from_order][from_type].next;
    unsigned rest_type = from_type;

    zone->nr_free[from_order]--;
    if (from_order >= mm->pageblock_order / 2 || type == SLOW_RECLAIMABLE) {
        uint64_t moved = slow_move_freepages_block(mm, zone, page, type);

        if (moved >= UINT64_C(1) << (mm->pageblock_order - 1))
            slow_set_block_type(mm, page, type);
        rest_type = type;
    }
    unmark(page);
    slow_mod_state(zone, SLOW_FREE, -(INT64_C(1) << order), cpu);
    if (from_order == mm->pageblock_order)
        slow_set_block_type(mm, page, type);
    expand(zone, page, order, from_order, rest_type);
    return page;
}

struct slow_page *slow_rmqueue(struct slow_mm *mm, struct slow_zone *zone, unsigned order,
                               unsigned type, unsigned cpu)
{
    struct slow_page *page = rmqueue_smallest(zone, order, type, cpu);

    if (page)
        return page;
    for (int o = MAX_ORDER - 1; o >= (int)order; o--) {
        for (unsigned i = 0; i < SLOW_TYPES - 1; i++) {
            unsigned from = fallbacks[type][i];

            if (from != SLOW_RESERVE && !slow_list_empty(&zone->free_list[o][from]))
                return steal(mm, zone, order, type, (unsigned)o, from, cpu);
        }
    }
    return rmqueue_smallest(zone, order, SLOW_RESERVE, cpu);
}
