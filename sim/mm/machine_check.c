/* SPDX-License-Identifier: MIT */
/* The checker of the invariants in mm/zone.h, with the same numbers. */
#include <stdarg.h>
#include <stdio.h>

#include "mm/free_area.h"
#include "mm/machine.h"
#include "mm/pcp_hotcold.h"

struct zone_check {
    const struct machine *machine;
    const struct zone *zone;
    char *why;
    size_t why_size;
};

__attribute__((format(printf, 2, 3))) static bool broken(const struct zone_check *check,
                                                         const char *format, ...)
{
    int used = snprintf(check->why, check->why_size, "zone %u/%s: ", check->zone->nid,
                        machine_zone_name(check->machine, check->zone->index));
    va_list args;

    va_start(args, format);
    if (used > 0 && (size_t)used < check->why_size)
        vsnprintf(check->why + used, check->why_size - (size_t)used, format, args);
    va_end(args);
    return false;
}

/* 4 and 6: one free block. */
static bool check_block(const struct zone_check *check, uint32_t index, unsigned order,
                        unsigned type)
{
    const struct frame_table *table = &check->machine->frame_table;
    const struct zone *zone = check->zone;
    const struct frame *frame = &table->frames[index];
    uint32_t pfn = frame_block_pfn(table, index);
    uint32_t pages = UINT32_C(1) << order;
    const struct frame *buddy = &table->frames[pfn ^ pages];

    if (!(frame->flags & PG_buddy) || buddy_order(frame) != order || buddy_type(frame) != type ||
        frame->zone != zone->id)
        return broken(check, "pfn %u on list (%u, %u) is not such a free block", pfn, order, type);
    if (pfn % pages || pfn < zone->start_pfn || pfn - zone->start_pfn + pages > zone->spanned_pages)
        return broken(check, "free block %u of order %u is not inside the zone", pfn, order);
    if (order < MAX_ORDER - 1 && buddy->flags & PG_buddy && buddy_order(buddy) == order &&
        buddy->zone == zone->id)
        return broken(check, "free buddies of order %u at pfn %u stand unmerged", order, pfn);
    return true;
}

/* 1, 2, 4, 6; adds the list's pages to *pages. */
static bool check_list(const struct zone_check *check, unsigned order, unsigned type,
                       int64_t *pages)
{
    const struct frame *frames = check->machine->frame_table.frames;
    const struct zone *zone = check->zone;
    uint32_t list = zone_free_list(zone, order, type);
    uint32_t count = 0;

    for (uint32_t index = frames[list].next; index != list; index = frames[index].next) {
        if (!check_block(check, index, order, type))
            return false;
        if (frames[frames[index].next].prev != index)
            return broken(check, "list (%u, %u) is torn", order, type);
        count++;
    }
    if (count != zone->nr_free_type[order][type])
        return broken(check, "list (%u, %u) has %u blocks, nr_free_type says %u", order, type,
                      count, zone->nr_free_type[order][type]);
    if (!!count != (zone->nonempty[type] >> order & 1))
        return broken(check, "nonempty of list (%u, %u) is wrong", order, type);
    *pages += (int64_t)count << order;
    return true;
}

/* 5: one per-CPU list. */
static bool check_pcp(const struct zone_check *check, const struct per_cpu_pages *pcp)
{
    const struct frame *frames = check->machine->frame_table.frames;
    uint32_t count = 0;

    for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++) {
        uint32_t list = pcp_type_list(pcp, type);
        uint64_t last_seq = pcp->next_seq;

        for (uint32_t pfn = frames[list].next; pfn != list; pfn = frames[pfn].next) {
            if (frames[pfn].private != (type | FRAME_ON_PCP) || frames[pfn].flags ||
                frames[pfn].zone != check->zone->id)
                return broken(check, "pfn %u does not belong on its per-CPU list", pfn);
            if (frames[pfn].pcp_seq >= last_seq)
                return broken(check, "per-CPU list out of order at pfn %u", pfn);
            last_seq = frames[pfn].pcp_seq;
            count++;
        }
    }
    if (count != pcp->count)
        return broken(check, "a per-CPU list holds %u pages, its count is %u", count, pcp->count);
    return true;
}

static bool check_pageblocks(const struct zone_check *check)
{
    const struct zone *zone = check->zone;
    uint32_t counts[MIGRATE_TYPES] = {0};

    for (uint32_t i = 0; i < zone->nr_pageblocks; i++)
        counts[zone->pageblock_types[i]]++;
    for (unsigned type = 0; type < MIGRATE_TYPES; type++)
        if (counts[type] != zone->nr_pageblocks_of_type[type])
            return broken(check, "%u pageblocks of type %u, counted as %u", counts[type], type,
                          zone->nr_pageblocks_of_type[type]);
    return true;
}

static bool check_zone(const struct zone_check *check)
{
    const struct machine *machine = check->machine;
    const struct zone *zone = check->zone;
    int64_t listed_pages = 0;
    int64_t counted_pages = zone->vm_stat[NR_FREE_PAGES];

    for (unsigned order = 0; order < MAX_ORDER; order++) {
        uint64_t blocks = 0;

        for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
            if (!check_list(check, order, type, &listed_pages))
                return false;
            blocks += zone->nr_free_type[order][type];
        }
        if (blocks != zone->nr_free[order])
            return broken(check, "nr_free of order %u is %llu, the lists hold %llu", order,
                          (unsigned long long)zone->nr_free[order], (unsigned long long)blocks);
    }
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++) {
        counted_pages += zone->pageset[cpu].vm_stat_diff[NR_FREE_PAGES];
        for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++)
            if (!check_pcp(check, &zone->pageset[cpu].pcp[cold]))
                return false;
    }
    if (counted_pages != listed_pages)
        return broken(check, "NR_FREE_PAGES is %lld, the lists hold %lld", (long long)counted_pages,
                      (long long)listed_pages);
    if (zone->pages_min > zone->pages_low || zone->pages_low > zone->pages_high)
        return broken(check, "watermarks do not ascend");
    return check_pageblocks(check);
}

bool machine_check(const struct machine *machine, char *why, size_t why_size)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone_check check = {machine, &machine->zones[id], why, why_size};

        if (check.zone->spanned_pages && !check_zone(&check))
            return false;
    }
    if (machine_pages_conserved(machine))
        return true;
    snprintf(why, why_size, "pages are lost or there twice");
    return false;
}
