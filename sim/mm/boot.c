/* SPDX-License-Identifier: MIT */
/* From a machine_spec to a machine ready for its first allocation. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "mm/free_area.h"
#include "mm/mempolicy.h"
#include "mm/pcp_hotcold.h"
#include "mm/range_list.h"
#include "mm/sysctl.h"
#include "mm/watermark.h"
#include "mm/zone_span.h"
#include "mm/zonelist.h"

enum {
    DEF_PRIORITY = 12,
    WORD_PAGES = 64, /* boot memory is handed over by words of a bitmap */
    WORD_ORDER = 6,
    STAT_THRESHOLD_MAX = 125,
};

static unsigned fls64(uint64_t value)
{
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

/* ---- sizes ---- */

static uint32_t lists_per_zone(const struct machine *machine)
{
    return MAX_ORDER * MIGRATE_TYPES + machine->nr_cpus * NR_PCP_LISTS * MIGRATE_PCPTYPES +
           NR_LRU_LISTS;
}

static void init_zone_lists(struct machine *machine, struct zone *zone, uint32_t first_head)
{
    struct frame *frames = machine->frame_table.frames;
    uint32_t head = first_head;

    zone->list_base = head;
    for (unsigned i = 0; i < MAX_ORDER * MIGRATE_TYPES; i++)
        frame_list_init(frames, head++);
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++) {
        for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++) {
            zone->pageset[cpu].pcp[cold].head = head;
            for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++)
                frame_list_init(frames, head++);
        }
    }
    zone->lru_base = head;
    for (unsigned i = 0; i < NR_LRU_LISTS; i++)
        frame_list_init(frames, head++);
}

/*
 * Every pageblock starts as MOVABLE, except one of a single page that begins on a pageblock
 * boundary: the kernel tags a block at its second page. Kernel: mm/page_alloc.c
 * memmap_init_zone() [2.6.24]
 */
static void init_pageblocks(const struct machine *machine, struct zone *zone)
{
    uint64_t block_pages = UINT64_C(1) << machine->pageblock_order;
    uint64_t last = zone->start_pfn + zone->spanned_pages - 1;

    memset(zone->pageblock_types, MIGRATE_MOVABLE, zone->nr_pageblocks);
    zone->nr_pageblocks_of_type[MIGRATE_MOVABLE] = zone->nr_pageblocks;
    if ((last - zone->start_pfn) % block_pages == 0 && last % block_pages == 0)
        set_pageblock_migratetype(machine, zone, (uint32_t)last, MIGRATE_UNMOVABLE);
}

/* Present pages less what the kernel takes for its page structs, which it only accounts. */
static uint64_t charged_present_pages(const struct machine_spec *spec, const struct zone_span *span,
                                      unsigned index)
{
    uint64_t present = span->spanned_pages - span->absent_pages;
    uint64_t memmap_pages = span->spanned_pages * spec->page_struct_bytes >> PAGE_SHIFT;

    if (present >= memmap_pages)
        present -= memmap_pages;
    if (index == 0 && present > spec->dma_reserve_pages)
        present -= spec->dma_reserve_pages;
    return present;
}

static bool init_zone(struct machine *machine, const struct machine_spec *spec, struct zone *zone,
                      const struct zone_span *span)
{
    uint64_t block_pages = UINT64_C(1) << machine->pageblock_order;

    zone->start_pfn = (uint32_t)span->start_pfn;
    zone->spanned_pages = span->spanned_pages;
    zone->present_pages = charged_present_pages(spec, span, zone->index);
    zone->nr_pageblocks = (uint32_t)((zone->spanned_pages + block_pages - 1) / block_pages);
    zone->pageblock_types = malloc(zone->nr_pageblocks);
    zone->pageset = aligned_alloc(64, machine->nr_cpus * sizeof(*zone->pageset));
    if (!zone->pageblock_types || !zone->pageset)
        return false;
    memset(zone->pageset, 0, machine->nr_cpus * sizeof(*zone->pageset));
    init_pageblocks(machine, zone);
    return true;
}

static bool init_zones(struct machine *machine, const struct machine_spec *spec,
                       const struct zone_layout *layout)
{
    uint32_t nr_heads = 0;
    uint32_t head;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];

        zone->id = (uint8_t)id;
        zone->nid = (uint8_t)(id / MAX_NR_ZONES);
        zone->index = (uint8_t)(id % MAX_NR_ZONES);
        zone->prev_priority = DEF_PRIORITY;
        zone->is_highmem = machine->highmem &&
                           (zone->index == 2 || (zone->index == 3 && layout->movable_zone == 2));
        if (layout->spans[id].spanned_pages == 0)
            continue;
        if (!init_zone(machine, spec, zone, &layout->spans[id]))
            return false;
        nr_heads += lists_per_zone(machine);
    }
    if (!frame_table_init(&machine->frame_table, layout->max_pfn, nr_heads))
        return false;
    head = machine->frame_table.heads_base;
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        if (machine->zones[id].spanned_pages == 0)
            continue;
        init_zone_lists(machine, &machine->zones[id], head);
        head += lists_per_zone(machine);
    }
    return true;
}

static bool init_nodes(struct machine *machine, const struct zone_layout *layout)
{
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        struct node *node = &machine->nodes[nid];

        node->nid = nid;
        node->start_pfn = (uint32_t)layout->node_start[nid];
        node->spanned_pages = layout->node_end[nid] - layout->node_start[nid];
        node->present_pages = node->spanned_pages - layout->node_absent[nid];
        node->kswapd_asleep = true;
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            node->has_cpus |= machine->cpu_nid[cpu] == nid;
        node->online = node->has_cpus || node->spanned_pages;
        node->zonelists = calloc(ZONELISTS_MAX, sizeof(*node->zonelists));
        if (!node->zonelists)
            return false;
    }
    return true;
}

/* ---- handing memory over ---- */

static struct zone *node_zone_of(struct machine *machine, uint32_t nid, uint32_t pfn)
{
    struct zone *zones = &machine->zones[nid * MAX_NR_ZONES];
    unsigned index = 0;

    while (pfn - zones[index].start_pfn >= zones[index].spanned_pages ||
           pfn < zones[index].start_pfn)
        index++;
    return &zones[index];
}

/* A single page, through the boot CPU's hot list. */
static void free_boot_page(struct machine *machine, uint32_t nid, uint32_t pfn)
{
    struct zone *zone = node_zone_of(machine, nid, pfn);

    machine->frame_table.frames[pfn].zone = zone->id;
    machine->vm_events[PGFREE]++;
    pcp_put(machine, zone, pfn, 0, PCP_HOT);
}

static void free_boot_word(struct machine *machine, uint32_t nid, uint32_t pfn)
{
    machine->vm_events[PGFREE] += WORD_PAGES;
    free_one_page(machine, node_zone_of(machine, nid, pfn), pfn, WORD_ORDER, 0);
}

/*
 * What freeing an aligned chunk in ascending pieces comes to: its pieces merge with each other
 * only, and the list is that of the last piece's pageblock.
 */
static void free_boot_chunk(struct machine *machine, uint32_t nid, uint32_t pfn,
                            uint32_t last_piece)
{
    struct zone *zone = node_zone_of(machine, nid, pfn);
    unsigned type = get_pageblock_migratetype(machine, zone, last_piece);

    machine->vm_events[PGFREE] += MAX_ORDER_NR_PAGES;
    machine->work.buddy_blocks++;
    mod_zone_page_state(machine, zone, NR_FREE_PAGES, MAX_ORDER_NR_PAGES, 0);
    free_area_add(machine, zone, pfn, MAX_ORDER - 1, type);
}

/* Whether a chunk begins here, as far as `end`, and no zone does inside it. */
static bool is_whole_chunk(struct machine *machine, uint32_t nid, uint64_t pfn, uint64_t end)
{
    return pfn % MAX_ORDER_NR_PAGES == 0 && end - pfn >= MAX_ORDER_NR_PAGES &&
           node_zone_of(machine, nid, (uint32_t)pfn) ==
               node_zone_of(machine, nid, (uint32_t)pfn + MAX_ORDER_NR_PAGES - 1);
}

/* On UMA the hot list delays single pages, so they do not merge in step with their freeing. */
static void free_boot_pages(struct machine *machine, uint32_t nid, uint64_t pfn, uint64_t end)
{
    while (pfn < end) {
        if (machine->numa && is_whole_chunk(machine, nid, pfn, end)) {
            free_boot_chunk(machine, nid, (uint32_t)pfn, (uint32_t)pfn + MAX_ORDER_NR_PAGES - 1);
            pfn += MAX_ORDER_NR_PAGES;
        } else {
            free_boot_page(machine, nid, (uint32_t)pfn++);
        }
    }
}

static void free_boot_words(struct machine *machine, uint32_t nid, uint64_t pfn, uint64_t end)
{
    while (pfn < end) {
        if (is_whole_chunk(machine, nid, pfn, end)) {
            free_boot_chunk(machine, nid, (uint32_t)pfn,
                            (uint32_t)pfn + MAX_ORDER_NR_PAGES - WORD_PAGES);
            pfn += MAX_ORDER_NR_PAGES;
        } else {
            free_boot_word(machine, nid, (uint32_t)pfn);
            pfn += WORD_PAGES;
        }
    }
}

/*
 * Words of the bitmap count from the node's start; a full one is freed whole when that start makes
 * it an aligned block. Kernel: mm/bootmem.c free_all_bootmem_core() [2.6.24]
 */
static void free_boot_range(struct machine *machine, const struct node *node,
                            const struct pfn_range *range)
{
    uint64_t start = node->start_pfn;
    uint64_t words_start =
        start + (range->start_pfn - start + WORD_PAGES - 1) / WORD_PAGES * WORD_PAGES;
    uint64_t words_end = start + (range->end_pfn - start) / WORD_PAGES * WORD_PAGES;
    bool whole_words = start % (2 * WORD_PAGES) == 0;

    if (!whole_words || words_start >= words_end) {
        free_boot_pages(machine, node->nid, range->start_pfn, range->end_pfn);
        return;
    }
    free_boot_pages(machine, node->nid, range->start_pfn, words_start);
    free_boot_words(machine, node->nid, words_start, words_end);
    free_boot_pages(machine, node->nid, words_end, range->end_pfn);
}

static bool free_all_bootmem(struct machine *machine, const struct machine_spec *spec)
{
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        struct range_list available = {0};

        if (!range_list_of_node(&available, spec, nid) ||
            !range_list_subtract(&available, spec->reserved, spec->nr_reserved)) {
            range_list_fini(&available);
            return false;
        }
        for (size_t i = 0; i < available.count; i++)
            free_boot_range(machine, &machine->nodes[nid], &available.items[i]);
        range_list_fini(&available);
    }
    return true;
}

/* Kernel: mm/page_alloc.c process_zones() [2.6.24] */
static void size_pagesets(struct machine *machine)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];

        if (zone->spanned_pages == 0)
            continue;
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            setup_pageset(&zone->pageset[cpu], zone_batchsize(zone));
    }
}

/* While NUMA kernels boot, lists hold nothing: every free is flushed at once. */
static void size_boot_pagesets(struct machine *machine)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (machine->zones[id].spanned_pages)
            for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
                setup_pageset(&machine->zones[id].pageset[cpu], 0);
}

/* Kernel: mm/vmstat.c refresh_zone_stat_thresholds() [2.6.24] */
static void set_stat_thresholds(struct machine *machine, int32_t forced)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];
        unsigned threshold = 2 * fls64(machine->nr_cpus) * (1 + fls64(zone->present_pages >> 15));

        if (!zone_populated(zone))
            continue;
        if (threshold > STAT_THRESHOLD_MAX)
            threshold = STAT_THRESHOLD_MAX;
        if (forced >= 0)
            threshold = (unsigned)forced;
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            zone->pageset[cpu].stat_threshold = (int8_t)threshold;
    }
}

/* ---- sysctls of the boot ---- */

static void apply_boot_sysctls(struct machine *machine, const struct machine_spec *spec)
{
    static const uint32_t default_ratio[2][MAX_NR_ZONES - 1] = {{256, 256, 32}, {256, 32, 32}};
    const struct zonelist *buffers =
        &machine->nodes[machine->cpu_nid[0]].zonelists[gfp_zone(machine, GFP_USER)];

    memcpy(machine->vm.lowmem_reserve_ratio, default_ratio[machine->highmem],
           sizeof(machine->vm.lowmem_reserve_ratio));
    machine->vm.min_free_kbytes =
        auto_min_free_kbytes(pages_to_kb(nr_free_zone_pages(machine, buffers)));
    setup_per_zone_pages_min(machine);
    setup_per_zone_lowmem_reserve(machine);
    set_stat_thresholds(machine, spec->stat_threshold);

    if (!spec->vm.min_free_kbytes_auto)
        vm_sysctl_write(machine, VM_MIN_FREE_KBYTES, &spec->vm.min_free_kbytes);
    memcpy(machine->vm.lowmem_reserve_ratio, spec->vm.lowmem_reserve_ratio,
           sizeof(machine->vm.lowmem_reserve_ratio));
    setup_per_zone_lowmem_reserve(machine);
    if (spec->vm.percpu_pagelist_fraction) {
        const uint64_t fraction = spec->vm.percpu_pagelist_fraction;

        vm_sysctl_write(machine, VM_PERCPU_PAGELIST_FRACTION, &fraction);
    }
    if (machine->numa && spec->vm.zone_reclaim_mode >= 0)
        machine->vm.zone_reclaim_mode = spec->vm.zone_reclaim_mode;
    machine->vm.swappiness = spec->vm.swappiness;
    machine->vm.dirty_ratio = spec->vm.dirty_ratio;
    machine->vm.dirty_background_ratio = spec->vm.dirty_background_ratio;
    machine->vm.dirty_writeback_centisecs = spec->vm.dirty_writeback_centisecs;
    machine->vm.dirty_expire_centisecs = spec->vm.dirty_expire_centisecs;
    machine->vm.laptop_mode = spec->vm.laptop_mode;
    machine->vm.page_cluster = spec->vm.page_cluster;
}

bool machine_init(struct machine *machine, const struct machine_spec *spec,
                  const struct kernel_ops *ops, void *ops_context, const struct clock *clock,
                  struct sim_error *err)
{
    struct zone_layout layout;

    *machine = (struct machine){
        .ops = ops,
        .ops_context = ops_context,
        .clock = clock,
        .nr_cpus = spec->nr_cpus,
        .numa = spec->numa,
        .highmem = spec->highmem,
        .page_group_by_mobility_off = spec->page_group_by_mobility_off,
        .pageblock_order = spec->pageblock_order,
        .hz = spec->hz,
        .initial_jiffies = spec->initial_jiffies,
        .user_zonelist_order = spec->vm.numa_zonelist_order,
        .params = spec->params,
    };
    memcpy(machine->cpu_nid, spec->cpu_nid, sizeof(machine->cpu_nid));
    memcpy(machine->distance, spec->distance, sizeof(machine->distance));

    if (!zone_layout_init(&layout, spec))
        goto no_memory;
    machine->nr_nodes = layout.nr_nodes;
    machine->nr_zones = layout.nr_nodes * MAX_NR_ZONES;
    machine->nodes = calloc(machine->nr_nodes, sizeof(*machine->nodes));
    machine->zones = calloc(machine->nr_zones, sizeof(*machine->zones));
    if (!machine->nodes || !machine->zones || !init_zones(machine, spec, &layout) ||
        !init_nodes(machine, &layout) ||
        !range_list_unavailable(spec, &machine->unavailable, &machine->nr_unavailable))
        goto no_memory;

    build_all_zonelists(machine);
    if (machine->numa)
        size_boot_pagesets(machine);
    else
        size_pagesets(machine);
    if (!free_all_bootmem(machine, spec))
        goto no_memory;
    size_pagesets(machine);
    apply_boot_sysctls(machine, spec);
    machine->work = (struct mm_work){0};
    return true;

no_memory:
    machine_fini(machine);
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the simulated machine's tables");
}

void machine_fini(struct machine *machine)
{
    for (uint32_t id = 0; machine->zones && id < machine->nr_zones; id++) {
        free(machine->zones[id].pageblock_types);
        free(machine->zones[id].pageset);
    }
    for (uint32_t nid = 0; machine->nodes && nid < machine->nr_nodes; nid++)
        free(machine->nodes[nid].zonelists);
    free(machine->zones);
    free(machine->nodes);
    free(machine->unavailable);
    mempolicies_free(machine);
    free(machine->cpusets);
    frame_table_fini(&machine->frame_table);
    *machine = (struct machine){0};
}
