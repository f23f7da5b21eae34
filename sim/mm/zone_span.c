/* SPDX-License-Identifier: MIT */
/* Zone limits, ZONE_MOVABLE, and the spans they cut out of each node. */
#include "mm/zone_span.h"

#include "mm/range_list.h"

enum { ZONE_MOVABLE_INDEX = MAX_NR_ZONES - 1 };

/* [lowest, highest) pfn of each zone type over the whole machine. */
struct zone_limits {
    uint64_t lowest[MAX_NR_ZONES];
    uint64_t highest[MAX_NR_ZONES];
};

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void find_node_spans(struct zone_layout *layout, const struct machine_spec *spec)
{
    for (uint32_t cpu = 0; cpu < spec->nr_cpus; cpu++)
        layout->nr_nodes = (uint32_t)max_u64(layout->nr_nodes, spec->cpu_nid[cpu] + UINT64_C(1));
    for (size_t i = 0; i < spec->nr_memory; i++) {
        const struct memory_range *range = &spec->memory[i];
        uint64_t *start = &layout->node_start[range->nid];
        uint64_t *end = &layout->node_end[range->nid];

        *start = *end ? min_u64(*start, range->start_pfn) : range->start_pfn;
        *end = max_u64(*end, range->end_pfn);
        layout->max_pfn = max_u64(layout->max_pfn, range->end_pfn);
        layout->nr_nodes = (uint32_t)max_u64(layout->nr_nodes, range->nid + UINT64_C(1));
    }
}

static struct zone_limits find_zone_limits(const struct machine_spec *spec)
{
    struct zone_limits limits = {0};
    uint64_t lowest = UINT64_MAX;

    for (size_t i = 0; i < spec->nr_memory; i++)
        lowest = min_u64(lowest, spec->memory[i].start_pfn);
    for (unsigned index = 0; index < ZONE_MOVABLE_INDEX; index++) {
        limits.lowest[index] = lowest;
        limits.highest[index] = max_u64(spec->zone_end_pfn[index], lowest);
        lowest = limits.highest[index];
    }
    return limits;
}

/*
 * By the limits, not by the memory: with a limit far above the end of memory the highest zone
 * counts even when it is empty. Kernel: mm/page_alloc.c find_usable_zone_for_movable() [2.6.24]
 */
static unsigned find_usable_zone_for_movable(const struct zone_limits *limits)
{
    unsigned index = ZONE_MOVABLE_INDEX;

    while (index-- > 0)
        if (limits->highest[index] > limits->lowest[index])
            return index;
    return 0;
}

/* What one node still has to keep as kernel memory, and what the whole machine has. */
struct kernelcore {
    uint64_t required_pages;
    uint64_t node_remaining_pages;
    uint64_t usable_start_pfn;
};

/*
 * Takes kernel memory from one range and moves on where the node's movable memory starts. False
 * when the node has given its share.
 */
static bool place_kernelcore(struct kernelcore *core, uint64_t start, uint64_t end,
                             uint64_t *movable_pfn)
{
    uint64_t pages;

    if (start < core->usable_start_pfn) {
        uint64_t kernel_pages = min_u64(end, core->usable_start_pfn) - start;

        core->node_remaining_pages -= min_u64(kernel_pages, core->node_remaining_pages);
        core->required_pages -= min_u64(kernel_pages, core->required_pages);
        if (end <= core->usable_start_pfn) {
            *movable_pfn = end;
            return true;
        }
        start = core->usable_start_pfn;
    }
    pages = min_u64(end - start, core->node_remaining_pages);
    core->required_pages -= min_u64(core->required_pages, pages);
    core->node_remaining_pages -= pages;
    *movable_pfn = start + pages;
    return core->node_remaining_pages != 0;
}

/*
 * Spreads kernelcore evenly; what a node cannot hold goes to the others in further rounds.
 * Kernel: mm/page_alloc.c find_zone_movable_pfns_for_nodes() [2.6.24]
 */
static void find_movable_pfns(const struct zone_layout *layout, const struct machine_spec *spec,
                              const struct range_list *memory, uint64_t usable_start,
                              uint64_t movable_pfn[NODES_MAX])
{
    struct kernelcore core = {.required_pages = spec->kernelcore_pages,
                              .usable_start_pfn = usable_start};
    uint64_t total_pages = 0;
    uint64_t usable_nodes = 0;

    for (uint32_t nid = 0; nid < layout->nr_nodes; nid++) {
        total_pages += range_list_pages_within(&memory[nid], 0, UINT64_MAX);
        usable_nodes += memory[nid].count != 0;
    }
    if (spec->movablecore_pages) {
        uint64_t movable = (spec->movablecore_pages + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES *
                           MAX_ORDER_NR_PAGES;

        /* The kernel's subtraction wraps for more movablecore than memory: all is kernelcore. */
        core.required_pages = max_u64(core.required_pages, total_pages - movable);
    }
    if (!core.required_pages)
        return;

    do {
        uint64_t node_pages = core.required_pages / usable_nodes;

        for (uint32_t nid = 0; nid < layout->nr_nodes; nid++) {
            if (memory[nid].count && core.required_pages < node_pages)
                node_pages = core.required_pages / usable_nodes;
            core.node_remaining_pages = node_pages;
            for (size_t i = 0; i < memory[nid].count; i++) {
                uint64_t start = max_u64(memory[nid].items[i].start_pfn, movable_pfn[nid]);
                uint64_t end = memory[nid].items[i].end_pfn;

                if (start < end && !place_kernelcore(&core, start, end, &movable_pfn[nid]))
                    break;
            }
        }
        usable_nodes--;
    } while (usable_nodes && core.required_pages > usable_nodes);

    for (uint32_t nid = 0; nid < layout->nr_nodes; nid++)
        movable_pfn[nid] =
            (movable_pfn[nid] + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES * MAX_ORDER_NR_PAGES;
}

/* One zone of one node. Kernel: mm/page_alloc.c zone_spanned_pages_in_node() [2.6.24] */
static struct pfn_range zone_range(const struct zone_layout *layout,
                                   const struct zone_limits *limits, uint32_t nid, unsigned index,
                                   uint64_t movable_pfn)
{
    struct pfn_range range = {limits->lowest[index], limits->highest[index]};

    if (index == ZONE_MOVABLE_INDEX) {
        if (!movable_pfn)
            return (struct pfn_range){0, 0};
        range.start_pfn = movable_pfn;
        range.end_pfn = limits->highest[layout->movable_zone];
    } else if (movable_pfn && range.start_pfn >= movable_pfn) {
        range.start_pfn = range.end_pfn;
    } else if (movable_pfn && range.end_pfn > movable_pfn) {
        range.end_pfn = movable_pfn;
    }
    range.start_pfn = max_u64(range.start_pfn, layout->node_start[nid]);
    range.end_pfn = min_u64(range.end_pfn, layout->node_end[nid]);
    if (range.start_pfn > range.end_pfn)
        range.end_pfn = range.start_pfn;
    return range;
}

bool zone_layout_init(struct zone_layout *layout, const struct machine_spec *spec)
{
    struct range_list memory[NODES_MAX] = {0};
    uint64_t movable_pfn[NODES_MAX] = {0};
    struct zone_limits limits;
    bool ok = true;

    *layout = (struct zone_layout){0};
    find_node_spans(layout, spec);
    limits = find_zone_limits(spec);
    layout->movable_zone = find_usable_zone_for_movable(&limits);
    for (uint32_t nid = 0; ok && nid < layout->nr_nodes; nid++)
        ok = range_list_of_node(&memory[nid], spec, nid);
    if (ok)
        find_movable_pfns(layout, spec, memory, limits.lowest[layout->movable_zone], movable_pfn);

    for (uint32_t nid = 0; ok && nid < layout->nr_nodes; nid++) {
        uint64_t start_pfn = layout->node_start[nid];

        layout->node_absent[nid] =
            layout->node_end[nid] - start_pfn -
            range_list_pages_within(&memory[nid], start_pfn, layout->node_end[nid]);
        for (unsigned index = 0; index < MAX_NR_ZONES; index++) {
            struct pfn_range range = zone_range(layout, &limits, nid, index, movable_pfn[nid]);
            uint64_t spanned = range.end_pfn - range.start_pfn;

            layout->spans[nid * MAX_NR_ZONES + index] = (struct zone_span){
                .start_pfn = start_pfn,
                .spanned_pages = spanned,
                .absent_pages =
                    spanned - range_list_pages_within(&memory[nid], range.start_pfn, range.end_pfn),
            };
            start_pfn += spanned;
        }
    }
    for (uint32_t nid = 0; nid < NODES_MAX; nid++)
        range_list_fini(&memory[nid]);
    return ok;
}
