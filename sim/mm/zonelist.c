/* SPDX-License-Identifier: MIT */
/* The order in which nodes and zones are tried. */
#include "mm/zonelist.h"

#include <string.h>

#include "mm/watermark.h"

enum { RECLAIM_DISTANCE = 20, PENALTY_FOR_NODE_WITH_CPUS = 1 };

/* The order of nodes as seen from one of them. */
struct node_order {
    uint32_t nids[NODES_MAX];
    uint32_t count;
};

static bool node_has_memory(const struct machine *machine, uint32_t nid)
{
    return machine->nodes[nid].present_pages != 0;
}

/*
 * The nearest node not yet used, the local one first. node_load is left out: the kernel clears it
 * for each list, where it cannot change the order. Kernel: mm/page_alloc.c find_next_best_node()
 * [2.6.24]
 */
static int find_next_best_node(const struct machine *machine, uint32_t local, const bool *used)
{
    unsigned best_score = UINT32_MAX;
    int best = -1;

    if (!used[local])
        return (int)local;
    for (uint32_t n = 0; n < machine->nr_nodes; n++) {
        unsigned score;

        if (used[n] || !node_has_memory(machine, n))
            continue;
        score = machine->distance[local][n] + (n < local);
        if (machine->nodes[n].has_cpus)
            score += PENALTY_FOR_NODE_WITH_CPUS;
        if (score < best_score) {
            best_score = score;
            best = (int)n;
        }
    }
    return best;
}

static struct node_order order_nodes(struct machine *machine, uint32_t local)
{
    struct node_order order = {.count = 0};
    bool used[NODES_MAX] = {false};
    int nid;

    while ((nid = find_next_best_node(machine, local, used)) >= 0) {
        if (machine->numa && machine->distance[local][nid] > RECLAIM_DISTANCE)
            machine->vm.zone_reclaim_mode = 1;
        used[nid] = true;
        order.nids[order.count++] = (uint32_t)nid;
    }
    return order;
}

static void zonelist_add(struct machine *machine, struct zonelist *zonelist, uint32_t nid,
                         unsigned index)
{
    const struct zone *zone = &machine->zones[nid * MAX_NR_ZONES + index];

    if (zone_populated(zone))
        zonelist->zones[zonelist->length++] = zone->id;
}

/* Kernel: mm/page_alloc.c build_zonelists_in_node_order(), ..._in_zone_order() [2.6.24] */
static void build_zonelist(struct machine *machine, struct zonelist *zonelist, unsigned highest,
                           const struct node_order *order, enum zonelist_order by)
{
    zonelist->length = 0;
    if (by == ZONELIST_ORDER_NODE) {
        for (uint32_t i = 0; i < order->count; i++)
            for (unsigned index = highest + 1; index-- > 0;)
                zonelist_add(machine, zonelist, order->nids[i], index);
    } else {
        for (unsigned index = highest + 1; index-- > 0;)
            for (uint32_t i = 0; i < order->count; i++)
                zonelist_add(machine, zonelist, order->nids[i], index);
    }
}

static void build_zonelists(struct machine *machine, struct node *node, enum zonelist_order by)
{
    struct node_order order = order_nodes(machine, node->nid);
    struct node_order local = {.nids = {node->nid}, .count = 1};

    for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
        struct zonelist *zonelist = &node->zonelists[i];

        build_zonelist(machine, zonelist, i, &order, by);
        zonelist->has_cache = machine->numa;
        memset(zonelist->full_zones, 0, sizeof(zonelist->full_zones));
        build_zonelist(machine, &node->zonelists[MAX_NR_ZONES + i], i, &local, by);
    }
}

/*
 * Zone order protects small low zones, node order locality: node order when there is no low
 * memory, when it is most of memory, or when it is most of some node.
 * Kernel: mm/page_alloc.c default_zonelist_order() [2.6.24]
 */
static enum zonelist_order default_zonelist_order(const struct machine *machine)
{
    const unsigned zone_normal = machine->highmem ? 1 : 2;
    uint64_t low_pages = 0;
    uint64_t total_pages = 0;
    uint64_t average_pages;
    unsigned nodes_with_memory = 0;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        if (machine->zones[id].index < zone_normal)
            low_pages += machine->zones[id].present_pages;
        total_pages += machine->zones[id].present_pages;
    }
    if (!low_pages || low_pages > total_pages / 2)
        return ZONELIST_ORDER_NODE;

    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++)
        nodes_with_memory += node_has_memory(machine, nid);
    average_pages = total_pages / (nodes_with_memory + 1);
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        uint64_t low = 0;
        uint64_t total = 0;

        for (unsigned index = 0; index < MAX_NR_ZONES; index++) {
            const struct zone *zone = &machine->zones[nid * MAX_NR_ZONES + index];

            if (index < zone_normal)
                low += zone->present_pages;
            total += zone->present_pages;
        }
        if (low && total > average_pages && low > total * 70 / 100)
            return ZONELIST_ORDER_NODE;
    }
    return ZONELIST_ORDER_ZONE;
}

/* Kernel: include/linux/mempolicy.h check_highest_zone() [2.6.24] */
static void check_highest_zone(struct machine *machine, const struct zone *zone)
{
    if (zone_populated(zone) && zone->index > machine->policy_zone &&
        zone->index < MAX_NR_ZONES - 1)
        machine->policy_zone = zone->index;
}

void build_all_zonelists(struct machine *machine)
{
    const struct node *boot_node = &machine->nodes[machine->cpu_nid[0]];
    enum zonelist_order by = machine->user_zonelist_order;

    if (!machine->numa)
        by = ZONELIST_ORDER_ZONE;
    else if (by == ZONELIST_ORDER_DEFAULT)
        by = default_zonelist_order(machine);
    machine->vm.numa_zonelist_order = by;

    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++)
        if (machine->nodes[nid].online)
            build_zonelists(machine, &machine->nodes[nid], by);

    for (uint32_t id = 0; id < machine->nr_zones; id++)
        check_highest_zone(machine, &machine->zones[id]);
    machine->vm_total_pages =
        nr_free_zone_pages(machine, &boot_node->zonelists[gfp_zone(machine, GFP_HIGHUSER_MOVABLE)]);
    machine->page_group_by_mobility_disabled =
        machine->page_group_by_mobility_off ||
        machine->vm_total_pages < (UINT64_C(1) << machine->pageblock_order) * MIGRATE_TYPES;
}

void zlc_setup(const struct machine *machine, struct zonelist *zonelist)
{
    uint64_t jiffies = machine_jiffies(machine);

    if (!zonelist->has_cache || jiffies - zonelist->last_full_zap <= machine->hz)
        return;
    memset(zonelist->full_zones, 0, sizeof(zonelist->full_zones));
    zonelist->last_full_zap = jiffies;
}
