/* SPDX-License-Identifier: MIT */
/* The slow model's zonelists: node scores with all their terms, NULL-terminated lists. */
#include "lib/slow_mm.h"
#include "mm/gfp.h"

enum { RECLAIM_DISTANCE = 20 };

unsigned slow_gfp_zone(const struct slow_mm *mm, uint32_t gfp)
{
    unsigned base = 0;

    if (mm->numa && (gfp & GFP_BIT_THISNODE))
        base = MAX_NR_ZONES;
    if (gfp & GFP_BIT_DMA)
        return base;
    if (!mm->highmem && (gfp & GFP_BIT_DMA32))
        return base + 1;
    if ((gfp & GFP_BIT_HIGHMEM) && (gfp & GFP_BIT_MOVABLE))
        return base + 3;
    if (mm->highmem)
        return gfp & GFP_BIT_HIGHMEM ? base + 2 : base + 1;
    return base + 2;
}

uint64_t slow_free_zone_pages(const struct slow_zonelist *zonelist)
{
    uint64_t sum = 0;

    for (struct slow_zone *const *z = zonelist->zones; *z; z++)
        if ((*z)->present > (*z)->pages_high)
            sum += (*z)->present - (*z)->pages_high;
    return sum;
}

/* ---- which order ---- */

static void add_present(struct slow_mm *mm, unsigned nid, uint64_t *low, uint64_t *total)
{
    unsigned normal = mm->highmem ? 1 : 2;

    for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
        if (i < normal)
            *low += mm->zones[nid][i].present;
        *total += mm->zones[nid][i].present;
    }
}

static enum zonelist_order default_order(struct slow_mm *mm)
{
    uint64_t low = 0;
    uint64_t total = 0;
    uint64_t average;
    unsigned with_memory = 0;

    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        add_present(mm, nid, &low, &total);
        with_memory += mm->nodes[nid].present != 0;
    }
    if (low == 0 || low > total / 2)
        return ZONELIST_ORDER_NODE;
    average = total / (with_memory + 1);
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        low = 0;
        total = 0;
        add_present(mm, nid, &low, &total);
        if (low > 0 && total > average && low > total * 70 / 100)
            return ZONELIST_ORDER_NODE;
    }
    return ZONELIST_ORDER_ZONE;
}

/* ---- the order of nodes ---- */

static int next_best_node(const struct slow_mm *mm, unsigned local, bool *used,
                          const uint64_t *node_load, unsigned online)
{
    uint64_t best_score = UINT64_MAX;
    int best = -1;

    if (!used[local]) {
        used[local] = true;
        return (int)local;
    }
    for (unsigned n = 0; n < NODES_MAX; n++) {
        uint64_t score;

        if (used[n] || mm->nodes[n].present == 0)
            continue;
        score = mm->distance[local][n];
        if (n < local)
            score++;
        if (mm->nodes[n].has_cpus)
            score++;
        score = score * online * NODES_MAX + node_load[n];
        if (score < best_score) {
            best_score = score;
            best = (int)n;
        }
    }
    if (best >= 0)
        used[best] = true;
    return best;
}

static unsigned order_nodes(struct slow_mm *mm, unsigned local, unsigned order[NODES_MAX])
{
    uint64_t node_load[NODES_MAX] = {0};
    bool used[NODES_MAX] = {false};
    unsigned online = 0;
    unsigned count = 0;
    unsigned load;
    unsigned previous = local;
    int nid;

    for (unsigned n = 0; n < NODES_MAX; n++)
        online += mm->nodes[n].online;
    load = online;
    while ((nid = next_best_node(mm, local, used, node_load, online)) >= 0) {
        if (mm->numa && mm->distance[local][nid] > RECLAIM_DISTANCE)
            mm->zone_reclaim_mode = 1;
        if (mm->distance[local][nid] != mm->distance[local][previous])
            node_load[nid] = load;
        previous = (unsigned)nid;
        load--;
        order[count++] = (unsigned)nid;
    }
    return count;
}

/* ---- the lists ---- */

static void append(struct slow_mm *mm, struct slow_zonelist *list, unsigned nid, unsigned index)
{
    unsigned end = 0;

    if (!slow_populated(&mm->zones[nid][index]))
        return;
    while (list->zones[end])
        end++;
    list->zones[end] = &mm->zones[nid][index];
    list->zones[end + 1] = NULL;
}

static void build_lists(struct slow_mm *mm, unsigned local)
{
    unsigned order[NODES_MAX] = {0};
    unsigned count = order_nodes(mm, local, order);

    for (unsigned i = 0; i < 2 * MAX_NR_ZONES; i++)
        mm->nodes[local].zonelists[i].zones[0] = NULL;
    for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
        struct slow_zonelist *list = &mm->nodes[local].zonelists[i];

        if (mm->current_order == ZONELIST_ORDER_NODE) {
            for (unsigned n = 0; n < count; n++)
                for (int type = (int)i; type >= 0; type--)
                    append(mm, list, order[n], (unsigned)type);
        } else {
            for (int type = (int)i; type >= 0; type--)
                for (unsigned n = 0; n < count; n++)
                    append(mm, list, order[n], (unsigned)type);
        }
        list->cached = mm->numa;
        for (unsigned z = 0; z < NODES_MAX * MAX_NR_ZONES; z++)
            list->full[z] = false;
        for (int type = (int)i; type >= 0; type--)
            append(mm, &mm->nodes[local].zonelists[MAX_NR_ZONES + i], local, (unsigned)type);
    }
}

void slow_build_all_zonelists(struct slow_mm *mm)
{
    const struct slow_node *boot_node = &mm->nodes[mm->cpu_nid[0]];

    mm->current_order = mm->wanted_order;
    if (!mm->numa)
        mm->current_order = ZONELIST_ORDER_ZONE;
    else if (mm->wanted_order == ZONELIST_ORDER_DEFAULT)
        mm->current_order = default_order(mm);
    for (unsigned nid = 0; nid < NODES_MAX; nid++)
        if (mm->nodes[nid].online)
            build_lists(mm, nid);
    mm->vm_total_pages =
        slow_free_zone_pages(&boot_node->zonelists[slow_gfp_zone(mm, GFP_HIGHUSER_MOVABLE)]);
    mm->grouping_off = mm->grouping_never ||
                       mm->vm_total_pages < (UINT64_C(1) << mm->pageblock_order) * SLOW_TYPES;
}
