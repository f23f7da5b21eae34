/* SPDX-License-Identifier: MIT */
/* The slow model's node and zone sizes, counted page by page. */
#include <stdlib.h>
#include <string.h>

#include "lib/slow_mm.h"

enum { MOVABLE_INDEX = MAX_NR_ZONES - 1, NO_NODE = 255, PAGE_BYTES = 4096 };

/* Lowest and highest pfn that a zone type can have on any node. */
struct limits {
    uint64_t lowest[MAX_NR_ZONES];
    uint64_t highest[MAX_NR_ZONES];
};

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t round_up_1024(uint64_t pages)
{
    return (pages + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES * MAX_ORDER_NR_PAGES;
}

static uint64_t ram_between(const uint8_t *ram_nid, unsigned nid, uint64_t start, uint64_t end)
{
    uint64_t pages = 0;

    for (uint64_t pfn = start; pfn < end; pfn++)
        pages += ram_nid[pfn] == nid;
    return pages;
}

/* ---- ZONE_MOVABLE ---- */

/* The next range of RAM of the node at or after *start; false when there is none. */
static bool next_range(const struct slow_mm *mm, const uint8_t *ram_nid, unsigned nid,
                       uint64_t *start, uint64_t *ret_end)
{
    uint64_t pfn = *start;
    uint64_t node_end = mm->nodes[nid].start_pfn + mm->nodes[nid].spanned;

    while (pfn < node_end && ram_nid[pfn] != nid)
        pfn++;
    if (pfn >= node_end)
        return false;
    *start = pfn;
    while (pfn < node_end && ram_nid[pfn] == nid)
        pfn++;
    *ret_end = pfn;
    return true;
}

/* One node's share of one round. */
static void place_on_node(const struct slow_mm *mm, const uint8_t *ram_nid, unsigned nid,
                          uint64_t usable_start, uint64_t share, uint64_t *required,
                          uint64_t *movable_pfn)
{
    uint64_t next = mm->nodes[nid].start_pfn;
    uint64_t range_end;

    while (next_range(mm, ram_nid, nid, &next, &range_end)) {
        uint64_t start = larger(next, *movable_pfn);
        uint64_t pages;

        next = range_end;
        if (start >= range_end)
            continue;
        if (start < usable_start) {
            uint64_t low = smaller(range_end, usable_start) - start;

            share -= smaller(low, share);
            *required -= smaller(low, *required);
            if (range_end <= usable_start) {
                *movable_pfn = range_end;
                continue;
            }
            start = usable_start;
        }
        pages = smaller(range_end - start, share);
        *movable_pfn = start + pages;
        *required -= smaller(pages, *required);
        share -= pages;
        if (share == 0)
            break;
    }
}

static void find_movable_starts(const struct slow_mm *mm, const struct machine_spec *spec,
                                const uint8_t *ram_nid, uint64_t usable_start,
                                uint64_t movable_pfn[NODES_MAX])
{
    uint64_t total = 0;
    uint64_t usable_nodes = 0;
    uint64_t required = spec->kernelcore_pages;

    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        total += mm->nodes[nid].present;
        usable_nodes += mm->nodes[nid].present != 0;
    }
    if (spec->movablecore_pages)
        required = larger(required, total - round_up_1024(spec->movablecore_pages));
    if (!required)
        return;
    do {
        uint64_t share = required / usable_nodes;

        for (unsigned nid = 0; nid < NODES_MAX; nid++) {
            if (mm->nodes[nid].present == 0)
                continue;
            if (required < share)
                share = required / usable_nodes;
            place_on_node(mm, ram_nid, nid, usable_start, share, &required, &movable_pfn[nid]);
        }
        usable_nodes--;
    } while (usable_nodes > 0 && required > usable_nodes);
    for (unsigned nid = 0; nid < NODES_MAX; nid++)
        movable_pfn[nid] = round_up_1024(movable_pfn[nid]);
}

/* ---- spans ---- */

static void size_nodes(struct slow_mm *mm, const struct machine_spec *spec, uint8_t *ram_nid)
{
    memset(ram_nid, NO_NODE, mm->max_pfn);
    for (size_t i = 0; i < spec->nr_memory; i++) {
        const struct memory_range *range = &spec->memory[i];
        struct slow_node *node = &mm->nodes[range->nid];
        uint64_t end = larger(node->start_pfn + node->spanned, range->end_pfn);

        if (node->spanned == 0 || range->start_pfn < node->start_pfn)
            node->start_pfn = range->start_pfn;
        node->spanned = end - node->start_pfn;
        node->present += range->end_pfn - range->start_pfn;
        for (uint64_t pfn = range->start_pfn; pfn < range->end_pfn; pfn++)
            ram_nid[pfn] = (uint8_t)range->nid;
    }
    for (unsigned cpu = 0; cpu < mm->nr_cpus; cpu++)
        mm->nodes[mm->cpu_nid[cpu]].has_cpus = true;
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        mm->nodes[nid].online = mm->nodes[nid].spanned || mm->nodes[nid].has_cpus;
        mm->nodes[nid].kswapd_asleep = true;
    }
}

static struct limits zone_limits(struct slow_mm *mm, const struct machine_spec *spec,
                                 const uint8_t *ram_nid)
{
    struct limits limits = {0};

    while (ram_nid[limits.lowest[0]] == NO_NODE)
        limits.lowest[0]++;
    limits.highest[0] = spec->zone_end_pfn[0];
    for (unsigned i = 1; i < MOVABLE_INDEX; i++) {
        limits.lowest[i] = limits.highest[i - 1];
        limits.highest[i] = larger(spec->zone_end_pfn[i], limits.lowest[i]);
    }
    mm->movable_zone = MOVABLE_INDEX - 1;
    while (mm->movable_zone > 0 &&
           limits.highest[mm->movable_zone] <= limits.lowest[mm->movable_zone])
        mm->movable_zone--;
    return limits;
}

static uint64_t span_of(const struct slow_mm *mm, const struct limits *limits, unsigned nid,
                        unsigned index, uint64_t movable_pfn)
{
    uint64_t node_start = mm->nodes[nid].start_pfn;
    uint64_t node_end = node_start + mm->nodes[nid].spanned;
    uint64_t start = limits->lowest[index];
    uint64_t end = limits->highest[index];

    if (index == MOVABLE_INDEX && !movable_pfn)
        return 0;
    if (index == MOVABLE_INDEX) {
        start = movable_pfn;
        end = smaller(node_end, limits->highest[mm->movable_zone]);
    } else if (movable_pfn && start < movable_pfn && end > movable_pfn) {
        end = movable_pfn;
    } else if (movable_pfn && start >= movable_pfn) {
        end = start;
    }
    start = larger(start, node_start);
    end = smaller(end, node_end);
    return start < end ? end - start : 0;
}

static void size_zone(struct slow_mm *mm, const struct machine_spec *spec, const uint8_t *ram_nid,
                      struct slow_zone *zone)
{
    uint64_t block_pages = UINT64_C(1) << mm->pageblock_order;
    uint64_t memmap = zone->spanned * spec->page_struct_bytes / PAGE_BYTES;

    zone->present =
        ram_between(ram_nid, zone->nid, zone->start_pfn, zone->start_pfn + zone->spanned);
    if (zone->present >= memmap)
        zone->present -= memmap;
    if (zone->index == 0 && zone->present > spec->dma_reserve_pages)
        zone->present -= spec->dma_reserve_pages;
    zone->nr_blocks = (zone->spanned + block_pages - 1) / block_pages;
    zone->block_type = slow_calloc(zone->nr_blocks, 1);
}

void slow_size_zones(struct slow_mm *mm, const struct machine_spec *spec, uint8_t *ram_nid)
{
    uint64_t movable_pfn[NODES_MAX] = {0};
    struct limits limits;

    size_nodes(mm, spec, ram_nid);
    limits = zone_limits(mm, spec, ram_nid);
    find_movable_starts(mm, spec, ram_nid, limits.lowest[mm->movable_zone], movable_pfn);
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        uint64_t start = mm->nodes[nid].start_pfn;

        for (unsigned index = 0; index < MAX_NR_ZONES; index++) {
            struct slow_zone *zone = &mm->zones[nid][index];

            zone->nid = nid;
            zone->index = index;
            zone->start_pfn = start;
            zone->spanned = span_of(mm, &limits, nid, index, movable_pfn[nid]);
            zone->highmem = mm->highmem && (index == 2 || (index == 3 && mm->movable_zone == 2));
            start += zone->spanned;
            if (zone->spanned)
                size_zone(mm, spec, ram_nid, zone);
        }
    }
}
