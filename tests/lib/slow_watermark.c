/* SPDX-License-Identifier: MIT */
/* The slow model's watermarks, reserves and sysctl writes. */
#include "lib/slow_mm.h"

bool slow_watermark_ok(const struct slow_zone *zone, unsigned order, uint64_t mark,
                       unsigned classzone, unsigned alloc_flags)
{
    int64_t min = (int64_t)mark;
    int64_t visible = zone->stat[SLOW_FREE] > 0 ? zone->stat[SLOW_FREE] : 0;
    int64_t free_pages = visible - (INT64_C(1) << order) + 1;

    slow_must(order < MAX_ORDER);
    if (alloc_flags & SLOW_HIGH)
        min -= min / 2;
    if (alloc_flags & SLOW_HARDER)
        min -= min / 4;
    if ((uint64_t)free_pages <= (uint64_t)min + zone->lowmem_reserve[classzone])
        return false;
    for (unsigned o = 0; o < order; o++) {
        free_pages -= (int64_t)(zone->nr_free[o] << o);
        min >>= 1;
        if (free_pages <= min)
            return false;
    }
    return true;
}

static void set_reserve_block(struct slow_mm *mm, struct slow_zone *zone, struct slow_page *page,
                              unsigned type)
{
    slow_set_block_type(mm, page, type);
    slow_move_freepages_block(mm, zone, page, type);
}

static void setup_migrate_reserve(struct slow_mm *mm, struct slow_zone *zone)
{
    uint64_t block_pages = UINT64_C(1) << mm->pageblock_order;
    uint64_t wanted = (zone->pages_min + block_pages - 1) / block_pages;

    for (uint64_t pfn = zone->start_pfn; pfn < zone->start_pfn + zone->spanned;
         pfn += block_pages) {
        struct slow_page *page = &mm->pages[pfn];
        unsigned type;

        if (page->reserved)
            continue;
        type = slow_block_type(mm, page);
        if (wanted > 0 && type == SLOW_RESERVE) {
            wanted--;
        } else if (wanted > 0 && type == SLOW_MOVABLE) {
            set_reserve_block(mm, zone, page, SLOW_RESERVE);
            wanted--;
        } else if (type == SLOW_RESERVE) {
            set_reserve_block(mm, zone, page, SLOW_MOVABLE);
        }
    }
}

static void calculate_totalreserve(struct slow_mm *mm)
{
    mm->totalreserve_pages = 0;
    for_each_slow_zone(mm, zone)
    {
        uint64_t most = 0;

        for (unsigned j = zone->index; j < MAX_NR_ZONES; j++)
            if (zone->lowmem_reserve[j] > most)
                most = zone->lowmem_reserve[j];
        most += zone->pages_high;
        mm->totalreserve_pages += most > zone->present ? zone->present : most;
    }
}

void slow_setup_pages_min(struct slow_mm *mm)
{
    uint64_t pages_min = mm->min_free_kbytes / 4;
    uint64_t lowmem = 0;

    for_each_slow_zone(mm, zone) if (!zone->highmem) lowmem += zone->present;
    for_each_slow_zone(mm, zone)
    {
        uint64_t t = lowmem ? pages_min * zone->present / lowmem : 0;

        zone->pages_min = t;
        if (zone->highmem) {
            zone->pages_min = zone->present / 1024;
            if (zone->pages_min < 32)
                zone->pages_min = 32;
            if (zone->pages_min > 128)
                zone->pages_min = 128;
        }
        zone->pages_low = zone->pages_min + t / 4;
        zone->pages_high = zone->pages_min + t / 2;
        setup_migrate_reserve(mm, zone);
    }
    calculate_totalreserve(mm);
}

void slow_setup_lowmem_reserve(struct slow_mm *mm)
{
    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
        if (mm->lowmem_reserve_ratio[i] < 1)
            mm->lowmem_reserve_ratio[i] = 1;
    for_each_slow_zone(mm, zone)
    {
        for (unsigned j = 0; j < MAX_NR_ZONES; j++) {
            uint64_t above = 0;

            for (unsigned k = zone->index + 1; k <= j; k++)
                above += mm->zones[zone->nid][k].present;
            zone->lowmem_reserve[j] =
                j > zone->index ? above / mm->lowmem_reserve_ratio[zone->index] : 0;
        }
    }
    calculate_totalreserve(mm);
}

void slow_write_min_free_kbytes(struct slow_mm *mm, uint64_t kbytes)
{
    mm->min_free_kbytes = kbytes;
    slow_setup_pages_min(mm);
}

void slow_write_lowmem_reserve_ratio(struct slow_mm *mm, const uint64_t ratio[MAX_NR_ZONES - 1])
{
    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
        mm->lowmem_reserve_ratio[i] = ratio[i];
    slow_setup_lowmem_reserve(mm);
}

void slow_write_percpu_pagelist_fraction(struct slow_mm *mm, uint64_t fraction)
{
    for_each_slow_zone(mm, zone)
    {
        for (unsigned cpu = 0; zone->pageset && cpu < mm->nr_cpus; cpu++) {
            struct slow_pcp *hot = &zone->pageset[cpu].pcp[SLOW_HOT];

            hot->high = zone->present / fraction;
            hot->batch = hot->high / 4 > 1 ? hot->high / 4 : 1;
            if (hot->high / 4 > 96)
                hot->batch = 96;
        }
    }
}

void slow_write_zonelist_order(struct slow_mm *mm, enum zonelist_order order)
{
    if (!mm->numa || order == mm->wanted_order)
        return;
    mm->wanted_order = order;
    slow_build_all_zonelists(mm);
}
