/* SPDX-License-Identifier: MIT */
/* The slow model's boot: every page initialised, then handed over word by word of a bitmap. */
#include <stdlib.h>

#include "lib/slow_mm.h"
#include "mm/gfp.h"

enum { NO_NODE = 255, WORD_BITS = 64, WORD_ORDER = 6 };

/* ---- pages ---- */

static void memmap_init(struct slow_mm *mm, struct slow_zone *zone)
{
    uint64_t block_pages = UINT64_C(1) << mm->pageblock_order;

    for (uint64_t pfn = zone->start_pfn; pfn < zone->start_pfn + zone->spanned; pfn++) {
        struct slow_page *page = &mm->pages[pfn];

        page->zone = zone;
        page->count = 1;
        page->reserved = true;
        if (pfn % block_pages != 0)
            slow_set_block_type(mm, page, SLOW_MOVABLE);
    }
}

static void init_lists(struct slow_mm *mm, struct slow_zone *zone)
{
    for (unsigned order = 0; order < MAX_ORDER; order++)
        for (unsigned type = 0; type < SLOW_TYPES; type++)
            slow_list_init(&zone->free_list[order][type]);
    zone->pageset = slow_calloc(mm->nr_cpus, sizeof(*zone->pageset));
    for (unsigned cpu = 0; cpu < mm->nr_cpus; cpu++) {
        for (unsigned cold = 0; cold < 2; cold++)
            slow_list_init(&zone->pageset[cpu].pcp[cold].list);
        slow_setup_pageset(&zone->pageset[cpu], mm->numa ? 0 : slow_batchsize(zone));
    }
}

/* ---- handing over ---- */

static void free_boot_block(struct slow_mm *mm, uint64_t pfn, unsigned order)
{
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++) {
        slow_must(mm->pages[pfn + i].zone && mm->pages[pfn + i].reserved);
        mm->pages[pfn + i].reserved = false;
        mm->pages[pfn + i].count = 0;
    }
    mm->pages[pfn].count = 1;
    slow_free(mm, (uint32_t)pfn, order, 0, false);
}

/* A set bit is a page that is not to be freed; beyond the node's end all are set. */
static uint64_t *boot_bitmap(const struct slow_mm *mm, const struct machine_spec *spec,
                             const uint8_t *ram_nid, unsigned nid)
{
    const struct slow_node *node = &mm->nodes[nid];
    uint64_t words = (node->spanned + WORD_BITS - 1) / WORD_BITS;
    uint64_t *bitmap = slow_calloc(words, sizeof(*bitmap));

    for (uint64_t i = 0; i < words * WORD_BITS; i++)
        if (i >= node->spanned || ram_nid[node->start_pfn + i] != nid)
            bitmap[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
    for (size_t r = 0; r < spec->nr_reserved; r++)
        for (uint64_t pfn = spec->reserved[r].start_pfn; pfn < spec->reserved[r].end_pfn; pfn++)
            if (pfn >= node->start_pfn && pfn - node->start_pfn < node->spanned)
                bitmap[(pfn - node->start_pfn) / WORD_BITS] |=
                    UINT64_C(1) << (pfn - node->start_pfn) % WORD_BITS;
    return bitmap;
}

static void hand_over_node(struct slow_mm *mm, const struct machine_spec *spec,
                           const uint8_t *ram_nid, unsigned nid)
{
    const struct slow_node *node = &mm->nodes[nid];
    bool whole_words = node->start_pfn == 0 || node->start_pfn % (2 * WORD_BITS) == 0;
    uint64_t *bitmap = boot_bitmap(mm, spec, ram_nid, nid);

    for (uint64_t i = 0; i < node->spanned; i += WORD_BITS) {
        uint64_t word = bitmap[i / WORD_BITS];

        if (whole_words && word == 0) {
            free_boot_block(mm, node->start_pfn + i, WORD_ORDER);
            continue;
        }
        for (unsigned bit = 0; bit < WORD_BITS; bit++)
            if (!(word >> bit & 1))
                free_boot_block(mm, node->start_pfn + i + bit, 0);
    }
    free(bitmap);
}

/* ---- the rest ---- */

static uint64_t int_sqrt(uint64_t value)
{
    uint64_t root = 0;

    while ((root + 1) * (root + 1) <= value)
        root++;
    return root;
}

static void init_min_free_kbytes(struct slow_mm *mm)
{
    const struct slow_node *boot_node = &mm->nodes[mm->cpu_nid[0]];
    uint64_t lowmem_kbytes =
        4 * slow_free_zone_pages(&boot_node->zonelists[slow_gfp_zone(mm, GFP_USER)]);

    mm->min_free_kbytes = int_sqrt(16 * lowmem_kbytes);
    if (mm->min_free_kbytes < 128)
        mm->min_free_kbytes = 128;
    if (mm->min_free_kbytes > 65536)
        mm->min_free_kbytes = 65536;
}

static void set_thresholds(struct slow_mm *mm, int forced)
{
    for_each_slow_zone(mm, zone)
    {
        unsigned t = 2 * slow_fls(mm->nr_cpus) * (1 + slow_fls(zone->present >> 15));

        for (unsigned cpu = 0; slow_populated(zone) && cpu < mm->nr_cpus; cpu++)
            zone->pageset[cpu].threshold = forced >= 0 ? forced : (int)(t > 125 ? 125 : t);
    }
}

static void apply_overrides(struct slow_mm *mm, const struct machine_spec *spec)
{
    uint64_t ratio[MAX_NR_ZONES - 1];

    if (!spec->vm.min_free_kbytes_auto)
        slow_write_min_free_kbytes(mm, spec->vm.min_free_kbytes);
    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
        ratio[i] = spec->vm.lowmem_reserve_ratio[i];
    slow_write_lowmem_reserve_ratio(mm, ratio);
    if (spec->vm.percpu_pagelist_fraction)
        slow_write_percpu_pagelist_fraction(mm, spec->vm.percpu_pagelist_fraction);
    if (mm->numa && spec->vm.zone_reclaim_mode >= 0)
        mm->zone_reclaim_mode = spec->vm.zone_reclaim_mode;
}

static void copy_spec(struct slow_mm *mm, const struct machine_spec *spec)
{
    mm->jiffies = spec->initial_jiffies;
    mm->hz = spec->hz;
    mm->numa = spec->numa;
    mm->grouping_never = spec->page_group_by_mobility_off;
    mm->highmem = spec->highmem;
    mm->pageblock_order = spec->pageblock_order;
    mm->nr_cpus = spec->nr_cpus;
    mm->wanted_order = spec->vm.numa_zonelist_order;
    for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
        mm->cpu_nid[cpu] = spec->cpu_nid[cpu];
    for (unsigned from = 0; from < NODES_MAX; from++)
        for (unsigned to = 0; to < NODES_MAX; to++)
            mm->distance[from][to] = spec->distance[from][to];
    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > mm->max_pfn)
            mm->max_pfn = spec->memory[i].end_pfn;
    mm->lowmem_reserve_ratio[0] = 256;
    mm->lowmem_reserve_ratio[1] = spec->highmem ? 32 : 256;
    mm->lowmem_reserve_ratio[2] = 32;
}

void slow_mm_boot(struct slow_mm *mm, const struct machine_spec *spec,
                  const struct slow_hooks *hooks)
{
    uint8_t *ram_nid;

    *mm = (struct slow_mm){.hooks = *hooks};
    copy_spec(mm, spec);
    mm->pages = slow_calloc(mm->max_pfn, sizeof(*mm->pages));
    ram_nid = slow_calloc(mm->max_pfn, 1);
    slow_size_zones(mm, spec, ram_nid);
    for_each_slow_zone(mm, zone)
    {
        if (zone->spanned) {
            init_lists(mm, zone);
            memmap_init(mm, zone);
        }
    }
    slow_build_all_zonelists(mm);
    for (unsigned nid = 0; nid < NODES_MAX; nid++)
        hand_over_node(mm, spec, ram_nid, nid);
    free(ram_nid);
    for_each_slow_zone(mm, zone) for (unsigned cpu = 0; zone->pageset && cpu < mm->nr_cpus; cpu++)
        slow_setup_pageset(&zone->pageset[cpu], slow_batchsize(zone));
    init_min_free_kbytes(mm);
    slow_setup_pages_min(mm);
    slow_setup_lowmem_reserve(mm);
    set_thresholds(mm, spec->stat_threshold);
    apply_overrides(mm, spec);
}

void slow_mm_fini(struct slow_mm *mm)
{
    for_each_slow_zone(mm, zone)
    {
        free(zone->pageset);
        free(zone->block_type);
    }
    free(mm->pages);
    *mm = (struct slow_mm){0};
}
