/* SPDX-License-Identifier: MIT */
/* The slow model's state in the vectors' text form. */
#include <inttypes.h>

#include "lib/slow_mm.h"

/* The loops below only read; for_each_slow_zone() wants a mutable machine. */
static const struct slow_zone *zone_at(const struct slow_mm *mm, unsigned i)
{
    return &mm->zones[i / MAX_NR_ZONES][i % MAX_NR_ZONES];
}

enum { NR_ZONES = NODES_MAX * MAX_NR_ZONES };

static uint64_t pfn_of(const struct slow_mm *mm, const struct slow_link *link)
{
    return slow_pfn(mm, (const struct slow_page *)link);
}

void slow_zonelists(const struct slow_mm *mm, FILE *out)
{
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        for (unsigned i = 0; mm->nodes[nid].online && i < (mm->numa ? 8u : 4u); i++) {
            fprintf(out, "zonelist %u %u", nid, i);
            for (struct slow_zone *const *z = mm->nodes[nid].zonelists[i].zones; *z; z++)
                fprintf(out, " %u:%s", (*z)->nid, slow_zone_name(mm, (*z)->index));
            fputc('\n', out);
        }
    }
}

/* ---- sum ---- */

struct digest {
    uint64_t hash;
    uint64_t count; /* of the list at hand */
};

static void add(struct digest *digest, uint64_t value)
{
    digest->hash ^= value;
    digest->hash *= UINT64_C(0x100000001b3);
}

static void add_list(struct digest *digest, const struct slow_mm *mm, const struct slow_link *head)
{
    digest->count = 0;
    for (const struct slow_link *link = head->next; link != head; link = link->next) {
        add(digest, pfn_of(mm, link));
        digest->count++;
    }
    add(digest, digest->count);
}

static void sum_zone(const struct slow_mm *mm, const struct slow_zone *zone, FILE *out)
{
    struct digest digest = {.hash = UINT64_C(0xcbf29ce484222325)};
    uint64_t free_pages = 0;
    uint64_t pcp_pages = 0;

    for (unsigned order = 0; order < MAX_ORDER; order++) {
        for (unsigned type = 0; type < SLOW_TYPES; type++) {
            add_list(&digest, mm, &zone->free_list[order][type]);
            free_pages += digest.count << order;
        }
    }
    for (unsigned cpu = 0; slow_populated(zone) && cpu < mm->nr_cpus; cpu++) {
        for (unsigned cold = 0; cold < 2; cold++) {
            add_list(&digest, mm, &zone->pageset[cpu].pcp[cold].list);
            pcp_pages += zone->pageset[cpu].pcp[cold].count;
        }
    }
    for (uint64_t block = 0; block < zone->nr_blocks; block++)
        add(&digest, zone->block_type[block]);
    fprintf(out, "sum %u %s %" PRId64 " %" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", zone->nid,
            slow_zone_name(mm, zone->index), zone->stat[SLOW_FREE], free_pages, pcp_pages,
            digest.hash);
}

void slow_sum(const struct slow_mm *mm, FILE *out)
{
    for (unsigned i = 0; i < NR_ZONES; i++)
        if (zone_at(mm, i)->spanned)
            sum_zone(mm, zone_at(mm, i), out);
}

/* ---- dump ---- */

static const char *const numa_names[SLOW_ALLOCATOR_ITEMS] = {"free",    "hit",   "miss",
                                                             "foreign", "local", "other"};

static void dump_lists(const struct slow_mm *mm, const struct slow_zone *zone, FILE *out)
{
    for (unsigned order = 0; order < MAX_ORDER; order++) {
        for (unsigned type = 0; type < SLOW_TYPES; type++) {
            const struct slow_link *head = &zone->free_list[order][type];
            unsigned count = 0;

            if (slow_list_empty(head))
                continue;
            for (const struct slow_link *link = head->next; link != head; link = link->next)
                count++;
            fprintf(out, "list %u %u %u:", order, type, count);
            for (const struct slow_link *link = head->next; link != head; link = link->next)
                fprintf(out, " %" PRIu64, pfn_of(mm, link));
            fputc('\n', out);
        }
    }
}

static void dump_pageset(const struct slow_mm *mm, const struct slow_zone *zone, unsigned cpu,
                         FILE *out)
{
    const struct slow_pageset *pageset = &zone->pageset[cpu];

    fprintf(out, "pset %u threshold %d diff %d", cpu, pageset->threshold, pageset->diff[SLOW_FREE]);
    for (unsigned i = 1; mm->numa && i < SLOW_ALLOCATOR_ITEMS; i++)
        fprintf(out, " %s %d", numa_names[i], pageset->diff[i]);
    if (mm->numa)
        fprintf(out, " expire %u", pageset->expire);
    fputc('\n', out);
    for (unsigned cold = 0; cold < 2; cold++) {
        const struct slow_pcp *pcp = &pageset->pcp[cold];

        fprintf(out, "pcp %u %s count %" PRIu64 " high %" PRIu64 " batch %" PRIu64 ":", cpu,
                cold ? "cold" : "hot", pcp->count, pcp->high, pcp->batch);
        for (const struct slow_link *link = pcp->list.next; link != &pcp->list; link = link->next)
            fprintf(out, " %" PRIu64 "/%u", pfn_of(mm, link),
                    ((const struct slow_page *)link)->private);
        fputc('\n', out);
    }
}

static void dump_zone(const struct slow_mm *mm, const struct slow_zone *zone, FILE *out)
{
    fprintf(out, "zone %u %s start %" PRIu64 " spanned %" PRIu64 " present %" PRIu64 "\n",
            zone->nid, slow_zone_name(mm, zone->index), zone->start_pfn, zone->spanned,
            zone->present);
    fprintf(out, "wmark min %" PRIu64 " low %" PRIu64 " high %" PRIu64 " reserve", zone->pages_min,
            zone->pages_low, zone->pages_high);
    for (unsigned j = 0; j < MAX_NR_ZONES; j++)
        fprintf(out, " %" PRIu64, zone->lowmem_reserve[j]);
    fprintf(out, "\nstat");
    for (unsigned i = 0; i < (mm->numa ? SLOW_ALLOCATOR_ITEMS : 1u); i++)
        fprintf(out, " %s %" PRId64, numa_names[i], zone->stat[i]);
    fprintf(out, "\nnr_free");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        fprintf(out, " %" PRIu64, zone->nr_free[order]);
    fputc('\n', out);
    dump_lists(mm, zone, out);
    for (unsigned cpu = 0; slow_populated(zone) && cpu < mm->nr_cpus; cpu++)
        dump_pageset(mm, zone, cpu, out);
    fprintf(out, "blocks ");
    for (uint64_t block = 0; block < zone->nr_blocks; block++)
        fputc('0' + zone->block_type[block], out);
    fputc('\n', out);
}

static void dump_caches(const struct slow_mm *mm, FILE *out)
{
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        for (unsigned i = 0; mm->nodes[nid].online && i < MAX_NR_ZONES; i++) {
            const struct slow_zonelist *list = &mm->nodes[nid].zonelists[i];

            if (!list->zones[0])
                continue;
            fprintf(out, "zlc %u %u zap %" PRIu64 " full", nid, i, list->last_full_zap);
            for (unsigned z = 0; list->zones[z]; z++)
                fprintf(out, " %d", list->full[z]);
            fputc('\n', out);
        }
    }
}

void slow_dump(const struct slow_mm *mm, unsigned number, FILE *out)
{
    fprintf(out, "dump %u\n", number);
    fprintf(out, "jiffies %" PRIu64 " min_free_kbytes %" PRIu64, mm->jiffies, mm->min_free_kbytes);
    fprintf(out, " grouping %d zone_reclaim_mode %d", !mm->grouping_off, mm->zone_reclaim_mode);
    fprintf(out, " zonelist_order %s", mm->current_order == ZONELIST_ORDER_NODE ? "Node" : "Zone");
    fprintf(out, " totalreserve %" PRIu64 " vm_total %" PRIu64 " zeroed %" PRIu64 "\n",
            mm->totalreserve_pages, mm->vm_total_pages, mm->zeroed_pages);
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        const struct slow_node *node = &mm->nodes[nid];

        if (!node->online)
            continue;
        fprintf(out, "node %u start %" PRIu64 " spanned %" PRIu64 " present %" PRIu64, nid,
                node->start_pfn, node->spanned, node->present);
        fprintf(out, " kswapd_max_order %u kswapd_asleep %d\n", node->kswapd_max_order,
                node->kswapd_asleep);
    }
    if (mm->numa)
        dump_caches(mm, out);
    for (unsigned i = 0; i < NR_ZONES; i++)
        if (zone_at(mm, i)->spanned)
            dump_zone(mm, zone_at(mm, i), out);
    fprintf(out, "events pgfree %" PRIu64 " pgalloc", mm->pgfree);
    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        fprintf(out, " %" PRIu64, mm->pgalloc[i]);
    fputc('\n', out);
}

void slow_scan_state(const struct slow_mm *mm, FILE *out)
{
    for (unsigned i = 0; i < NR_ZONES; i++) {
        const struct slow_zone *zone = zone_at(mm, i);

        if (zone->spanned)
            fprintf(out, "scan %u %s unreclaimable %d scanned %" PRIu64 " oom %d\n", zone->nid,
                    slow_zone_name(mm, zone->index), zone->all_unreclaimable, zone->pages_scanned,
                    zone->oom_locked);
    }
}
