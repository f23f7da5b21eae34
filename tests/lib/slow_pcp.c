/* SPDX-License-Identifier: MIT */
/* The slow model's per-CPU lists: one mixed list each, walked for the wanted type. */
#include "lib/slow_mm.h"

static uint64_t at_least_one(uint64_t value)
{
    return value < 1 ? 1 : value;
}

uint64_t slow_batchsize(const struct slow_zone *zone)
{
    uint64_t b = zone->present / 1024;

    if (b * 4096 > 512 * 1024)
        b = 128;
    b = at_least_one(b / 4);
    return (UINT64_C(1) << (slow_fls(b + b / 2) - 1)) - 1;
}

void slow_setup_pageset(struct slow_pageset *pageset, uint64_t batch)
{
    pageset->pcp[SLOW_HOT].high = 6 * batch;
    pageset->pcp[SLOW_HOT].batch = at_least_one(batch);
    pageset->pcp[SLOW_COLD].high = 2 * batch;
    pageset->pcp[SLOW_COLD].batch = at_least_one(batch / 2);
}

void slow_free_pages_bulk(struct slow_mm *mm, struct slow_zone *zone, struct slow_pcp *pcp,
                          uint64_t count, unsigned cpu)
{
    zone->all_unreclaimable = false;
    zone->pages_scanned = 0;
    while (count--) {
        struct slow_page *page = (struct slow_page *)pcp->list.prev;

        slow_must(!slow_list_empty(&pcp->list));
        slow_list_del(&page->lru);
        slow_free_one_page(mm, page, 0, cpu);
        pcp->count--;
    }
}

/* Each page behind the one before it, the first right behind the head. */
static void refill(struct slow_mm *mm, struct slow_zone *zone, struct slow_pcp *pcp, unsigned type,
                   unsigned cpu)
{
    struct slow_link *after = &pcp->list;

    for (uint64_t i = 0; i < pcp->batch; i++) {
        struct slow_page *page = slow_rmqueue(mm, zone, 0, type, cpu);

        if (!page)
            break;
        slow_list_add(&page->lru, after);
        page->private = type;
        after = &page->lru;
        pcp->count++;
    }
}

struct slow_page *slow_pcp_take(struct slow_mm *mm, struct slow_zone *zone, unsigned cpu,
                                unsigned cold, unsigned type)
{
    struct slow_pcp *pcp = &zone->pageset[cpu].pcp[cold];
    struct slow_link *link;

    if (pcp->count == 0)
        refill(mm, zone, pcp, type, cpu);
    if (pcp->count == 0)
        return NULL;
    for (link = pcp->list.next; link != &pcp->list; link = link->next)
        if (((struct slow_page *)link)->private == type)
            break;
    if (link == &pcp->list) {
        refill(mm, zone, pcp, type, cpu);
        link = pcp->list.next;
    }
    slow_list_del(link);
    pcp->count--;
    return (struct slow_page *)link;
}

void slow_pcp_put(struct slow_mm *mm, struct slow_page *page, unsigned cpu, unsigned cold)
{
    struct slow_pcp *pcp = &page->zone->pageset[cpu].pcp[cold];

    page->private = slow_block_type(mm, page);
    slow_list_add(&page->lru, &pcp->list);
    pcp->count++;
    if (pcp->count >= pcp->high)
        slow_free_pages_bulk(mm, page->zone, pcp, pcp->batch, cpu);
}

void slow_drain(struct slow_mm *mm, unsigned cpu)
{
    for_each_slow_zone(mm, zone)
    {
        if (!slow_populated(zone))
            continue;
        for (unsigned cold = 0; cold < 2; cold++) {
            struct slow_pcp *pcp = &zone->pageset[cpu].pcp[cold];

            slow_free_pages_bulk(mm, zone, pcp, pcp->count, cpu);
        }
    }
}

void slow_drain_all(struct slow_mm *mm, unsigned cpu)
{
    slow_drain(mm, cpu);
    for (unsigned other = 0; other < mm->nr_cpus; other++)
        if (other != cpu)
            slow_drain(mm, other);
}

static void expire_remote(struct slow_mm *mm, struct slow_zone *zone, unsigned cpu)
{
    struct slow_pageset *pageset = &zone->pageset[cpu];

    if (pageset->expire == 0 ||
        (pageset->pcp[SLOW_HOT].count == 0 && pageset->pcp[SLOW_COLD].count == 0))
        return;
    if (zone->nid == mm->cpu_nid[cpu]) {
        pageset->expire = 0;
        return;
    }
    pageset->expire--;
    if (pageset->expire > 0)
        return;
    for (unsigned cold = 0; cold < 2; cold++) {
        struct slow_pcp *pcp = &pageset->pcp[cold];
        uint64_t count = pcp->batch < pcp->count ? pcp->batch : pcp->count;

        slow_free_pages_bulk(mm, zone, pcp, count, cpu);
    }
}

void slow_refresh_vm_stats(struct slow_mm *mm, unsigned cpu)
{
    for_each_slow_zone(mm, zone)
    {
        struct slow_pageset *pageset;

        if (!slow_populated(zone))
            continue;
        pageset = &zone->pageset[cpu];
        for (unsigned item = 0; item < SLOW_ITEMS; item++) {
            if (pageset->diff[item] == 0)
                continue;
            zone->stat[item] += pageset->diff[item];
            pageset->diff[item] = 0;
            pageset->expire = 3;
        }
        if (mm->numa)
            expire_remote(mm, zone, cpu);
    }
}
