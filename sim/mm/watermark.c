/* SPDX-License-Identifier: MIT */
/* Computing watermarks and reserves from the sysctls. */
#include "mm/watermark.h"

#include "base/fixed.h"
#include "base/units.h"
#include "mm/free_area.h"

enum { SWAP_CLUSTER_MAX = 32, HIGHMEM_MIN_MAX_PAGES = 128 };

uint64_t auto_min_free_kbytes(uint64_t lowmem_kbytes)
{
    uint64_t kbytes = fixed_sqrt(lowmem_kbytes * 16);

    if (kbytes < 128)
        return 128;
    return kbytes > 65536 ? 65536 : kbytes;
}

uint64_t nr_free_zone_pages(const struct machine *machine, const struct zonelist *zonelist)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < zonelist->length; i++) {
        const struct zone *zone = &machine->zones[zonelist->zones[i]];

        if (zone->present_pages > zone->pages_high)
            sum += zone->present_pages - zone->pages_high;
    }
    return sum;
}

/*
 * The reserved pages and holes are sorted and the walk ascends, so one cursor over them suffices.
 * Kernel: mm/page_alloc.c setup_zone_migrate_reserve() [2.6.24]
 */
static void setup_zone_migrate_reserve(struct machine *machine, struct zone *zone)
{
    uint64_t block_pages = UINT64_C(1) << machine->pageblock_order;
    uint64_t wanted = (zone->pages_min + block_pages - 1) >> machine->pageblock_order;
    uint64_t end = zone->start_pfn + zone->spanned_pages;
    uint32_t reserve_left = zone->nr_pageblocks_of_type[MIGRATE_RESERVE];
    size_t range = 0;

    if (machine->page_group_by_mobility_disabled)
        return; /* every block reads as UNMOVABLE: nothing matches */
    for (uint64_t pfn = zone->start_pfn; pfn < end && (wanted || reserve_left);
         pfn += block_pages) {
        unsigned type = get_pageblock_migratetype(machine, zone, (uint32_t)pfn);

        if (type == MIGRATE_RESERVE)
            reserve_left--;
        while (range < machine->nr_unavailable && machine->unavailable[range].end_pfn <= pfn)
            range++;
        if (range < machine->nr_unavailable && machine->unavailable[range].start_pfn <= pfn)
            continue;
        if (wanted && type == MIGRATE_RESERVE) {
            wanted--;
        } else if (wanted && type == MIGRATE_MOVABLE) {
            set_pageblock_migratetype(machine, zone, (uint32_t)pfn, MIGRATE_RESERVE);
            move_freepages_block(machine, zone, (uint32_t)pfn, MIGRATE_RESERVE);
            wanted--;
        } else if (type == MIGRATE_RESERVE) {
            set_pageblock_migratetype(machine, zone, (uint32_t)pfn, MIGRATE_MOVABLE);
            move_freepages_block(machine, zone, (uint32_t)pfn, MIGRATE_MOVABLE);
        }
    }
}

/* Kernel: mm/page_alloc.c calculate_totalreserve_pages() [2.6.24] */
static void calculate_totalreserve_pages(struct machine *machine)
{
    uint64_t total = 0;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];
        uint64_t reserve = 0;

        for (unsigned j = zone->index; j < MAX_NR_ZONES; j++)
            if (zone->lowmem_reserve[j] > reserve)
                reserve = zone->lowmem_reserve[j];
        reserve += zone->pages_high;
        total += reserve < zone->present_pages ? reserve : zone->present_pages;
    }
    machine->totalreserve_pages = total;
}

static uint64_t highmem_pages_min(const struct zone *zone)
{
    uint64_t pages = zone->present_pages / 1024;

    if (pages < SWAP_CLUSTER_MAX)
        return SWAP_CLUSTER_MAX;
    return pages > HIGHMEM_MIN_MAX_PAGES ? HIGHMEM_MIN_MAX_PAGES : pages;
}

void setup_per_zone_pages_min(struct machine *machine)
{
    uint64_t pages_min = kb_to_pages(machine->vm.min_free_kbytes);
    uint64_t lowmem_pages = 0;

    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (!machine->zones[id].is_highmem)
            lowmem_pages += machine->zones[id].present_pages;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];
        /* 64 bits hold the product: both factors are below 2^32. */
        uint64_t share = lowmem_pages ? pages_min * zone->present_pages / lowmem_pages : 0;

        zone->pages_min = zone->is_highmem ? highmem_pages_min(zone) : share;
        zone->pages_low = zone->pages_min + (share >> 2);
        zone->pages_high = zone->pages_min + (share >> 1);
        setup_zone_migrate_reserve(machine, zone);
    }
    calculate_totalreserve_pages(machine);
}

void setup_per_zone_lowmem_reserve(struct machine *machine)
{
    uint32_t *ratio = machine->vm.lowmem_reserve_ratio;

    for (uint32_t first = 0; first < machine->nr_zones; first += MAX_NR_ZONES) {
        struct zone *zones = &machine->zones[first];

        for (unsigned j = 0; j < MAX_NR_ZONES; j++) {
            uint64_t present_pages = zones[j].present_pages;

            zones[j].lowmem_reserve[j] = 0;
            for (unsigned idx = j; idx-- > 0;) {
                if (ratio[idx] < 1)
                    ratio[idx] = 1;
                zones[idx].lowmem_reserve[j] = present_pages / ratio[idx];
                present_pages += zones[idx].present_pages;
            }
        }
    }
    calculate_totalreserve_pages(machine);
}
