/* SPDX-License-Identifier: MIT */
/* Questions a reader asks of a machine. */
#include "mm/machine.h"

#include "mm/pcp_hotcold.h"

const char *machine_zone_name(const struct machine *machine, unsigned zone_index)
{
    static const char *const names[2][MAX_NR_ZONES] = {
        {"DMA", "DMA32", "Normal", "Movable"},
        {"DMA", "Normal", "HighMem", "Movable"},
    };

    return names[machine->highmem][zone_index];
}

struct zone *machine_pfn_zone(const struct machine *machine, uint32_t pfn)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];

        if (pfn >= zone->start_pfn && pfn - zone->start_pfn < zone->spanned_pages)
            return zone;
    }
    return NULL;
}

bool machine_page_reserved(const struct machine *machine, uint32_t pfn)
{
    size_t low = 0;
    size_t high = machine->nr_unavailable;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (machine->unavailable[middle].end_pfn <= pfn)
            low = middle + 1;
        else
            high = middle;
    }
    return low < machine->nr_unavailable && machine->unavailable[low].start_pfn <= pfn;
}

int64_t machine_page_state_exact(const struct machine *machine, enum zone_stat_item item)
{
    int64_t sum = machine->vm_stat[item];

    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (machine->zones[id].pageset)
            for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
                sum += machine->zones[id].pageset[cpu].vm_stat_diff[item];
    return sum;
}

uint64_t zone_pcp_pages(const struct machine *machine, const struct zone *zone)
{
    uint64_t pages = 0;

    if (zone->pageset)
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            pages += zone->pageset[cpu].pcp[PCP_HOT].count + zone->pageset[cpu].pcp[PCP_COLD].count;
    return pages;
}

bool machine_pages_conserved(const struct machine *machine)
{
    int64_t given = (int64_t)machine->vm_events[PGFREE];
    int64_t held = machine_page_state_exact(machine, NR_FREE_PAGES);

    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        given -= (int64_t)machine->vm_events[PGALLOC_ZONE0 + i];
    for (uint32_t id = 0; id < machine->nr_zones; id++)
        held += (int64_t)zone_pcp_pages(machine, &machine->zones[id]);
    return given == held;
}
