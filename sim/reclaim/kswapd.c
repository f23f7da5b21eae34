/* SPDX-License-Identifier: MIT */
/* kswapd over zones without LRU pages: it looks, gives the zones up and sleeps. */
#include "reclaim/kswapd.h"

#include "mm/watermark.h"
#include "reclaim/reclaim.h"

enum { DEF_PRIORITY = 12 };

bool kswapd_wakeup(struct machine *machine, struct zone *zone, unsigned order)
{
    struct node *node = &machine->nodes[zone->nid];

    if (!zone_populated(zone) || zone_watermark_ok(zone, order, zone->pages_low, 0, 0))
        return false;
    if (node->kswapd_max_order < order)
        node->kswapd_max_order = order;
    if (!node->kswapd_asleep)
        return false;
    node->kswapd_asleep = false;
    return true;
}

void reclaim_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order)
{
    const struct mm_observer *observer = machine->observer;
    const struct node *node = &machine->nodes[zone->nid];
    struct reclaim_context *context = reclaim_context(machine);
    uint32_t max_order_before = node->kswapd_max_order;
    bool woken = kswapd_wakeup(machine, zone, order);

    if (woken) {
        context->kswapd_order[zone->nid] = node->kswapd_max_order;
        context->kswapd_woken(context->owner, zone->nid);
    }
    if ((woken || node->kswapd_max_order > max_order_before) && observer && observer->wakeup_kswapd)
        observer->wakeup_kswapd(observer->context, zone, order, woken);
}

static struct zone *node_zone(struct machine *machine, unsigned nid, unsigned index)
{
    return &machine->zones[nid * MAX_NR_ZONES + index];
}

/* The highest zone below its high watermark, -1 when the node is balanced. */
static int find_end_zone(struct machine *machine, unsigned nid, unsigned order)
{
    for (int i = MAX_NR_ZONES - 1; i >= 0; i--) {
        const struct zone *zone = node_zone(machine, nid, (unsigned)i);

        if (zone_populated(zone) && !zone_watermark_ok(zone, order, zone->pages_high, 0, 0))
            return i;
    }
    return -1;
}

/*
 * The first priority finds no page to scan in any zone up to the end zone, and 0 pages scanned are
 * six times 0 pages on the lists: the zones are given up. The next priority skips them all and the
 * round is over. Kernel: mm/vmscan.c balance_pgdat() [2.6.24]
 */
static void balance_pgdat(struct machine *machine, unsigned nid, unsigned order)
{
    int end_zone = find_end_zone(machine, nid, order);

    machine->vm_events[PAGEOUTRUN]++;
    for (int i = 0; i <= end_zone; i++) {
        struct zone *zone = node_zone(machine, nid, (unsigned)i);

        if (zone_populated(zone))
            zone->flags |= ZONE_ALL_UNRECLAIMABLE;
    }
    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        node_zone(machine, nid, i)->prev_priority = DEF_PRIORITY;
}

bool kswapd_run(struct machine *machine, unsigned nid)
{
    struct node *node = &machine->nodes[nid];
    struct reclaim_context *context = reclaim_context(machine);
    uint32_t new_order;

    SIM_ASSERT(!node->kswapd_asleep);
    balance_pgdat(machine, nid, context->kswapd_order[nid]);
    new_order = node->kswapd_max_order;
    node->kswapd_max_order = 0;
    if (context->kswapd_order[nid] < new_order) {
        context->kswapd_order[nid] = new_order;
        return true;
    }
    node->kswapd_asleep = true;
    return false;
}
