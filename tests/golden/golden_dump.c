/* SPDX-License-Identifier: MIT */
/* Printing a machine's state in the vectors' text form. */
#include "golden_dump.h"

#include <inttypes.h>

#include "mm/free_area.h"
#include "mm/pcp_hotcold.h"

/* ---- zonelists ---- */

void golden_zonelists(const struct machine *machine, FILE *out)
{
    unsigned lists = machine->numa ? ZONELISTS_MAX : MAX_NR_ZONES;

    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        if (!machine->nodes[nid].online)
            continue;
        for (unsigned index = 0; index < lists; index++) {
            const struct zonelist *zonelist = &machine->nodes[nid].zonelists[index];

            fprintf(out, "zonelist %" PRIu32 " %u", nid, index);
            for (unsigned i = 0; i < zonelist->length; i++) {
                const struct zone *zone = &machine->zones[zonelist->zones[i]];

                fprintf(out, " %u:%s", zone->nid, machine_zone_name(machine, zone->index));
            }
            fputc('\n', out);
        }
    }
}

/* ---- sum ---- */

struct hash {
    uint64_t value;
    uint64_t entries;
};

static void hash_add(struct hash *hash, uint64_t value)
{
    hash->value = (hash->value ^ value) * UINT64_C(0x100000001b3);
}

static void hash_page(void *context, pfn_t page, unsigned type)
{
    struct hash *hash = context;

    (void)type;
    hash_add(hash, page.nr);
    hash->entries++;
}

static void hash_pcp(struct hash *hash, const struct machine *machine,
                     const struct per_cpu_pages *pcp)
{
    hash->entries = 0;
    pcp_for_each(machine, pcp, hash_page, hash);
    hash_add(hash, hash->entries);
}

static uint64_t hash_zone(const struct machine *machine, const struct zone *zone,
                          uint64_t *ret_free_pages)
{
    const struct frame_table *table = &machine->frame_table;
    struct hash hash = {UINT64_C(0xcbf29ce484222325), 0};

    *ret_free_pages = 0;
    for (unsigned order = 0; order < MAX_ORDER; order++) {
        for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
            uint32_t list = zone_free_list(zone, order, type);
            uint64_t count = 0;

            for (uint32_t i = table->frames[list].next; i != list; i = table->frames[i].next) {
                hash_add(&hash, frame_block_pfn(table, i));
                count++;
            }
            hash_add(&hash, count);
            *ret_free_pages += count << order;
        }
    }
    if (zone_populated(zone))
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++)
                hash_pcp(&hash, machine, &zone->pageset[cpu].pcp[cold]);
    for (uint32_t block = 0; block < zone->nr_pageblocks; block++)
        hash_add(&hash, zone->pageblock_types[block]);
    return hash.value;
}

void golden_sum(const struct machine *machine, FILE *out)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];
        uint64_t free_pages;
        uint64_t hash;

        if (!zone->spanned_pages)
            continue;
        hash = hash_zone(machine, zone, &free_pages);
        fprintf(out, "sum %u %s %" PRId64 " %" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", zone->nid,
                machine_zone_name(machine, zone->index), zone->vm_stat[NR_FREE_PAGES], free_pages,
                zone_pcp_pages(machine, zone), hash);
    }
}

/* ---- dump ---- */

static void dump_lists(const struct machine *machine, const struct zone *zone, FILE *out)
{
    const struct frame_table *table = &machine->frame_table;

    for (unsigned order = 0; order < MAX_ORDER; order++) {
        for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
            uint32_t list = zone_free_list(zone, order, type);

            if (frame_list_empty(table->frames, list))
                continue;
            fprintf(out, "list %u %u %" PRIu32 ":", order, type, zone->nr_free_type[order][type]);
            for (uint32_t i = table->frames[list].next; i != list; i = table->frames[i].next)
                fprintf(out, " %" PRIu32, frame_block_pfn(table, i));
            fputc('\n', out);
        }
    }
}

static void dump_page(void *context, pfn_t page, unsigned type)
{
    FILE *out = context;

    fprintf(out, " %" PRIu32 "/%u", page.nr, type);
}

/* The counters a vector shows; the names are the vectors' own. */
static const struct {
    const char *name;
    enum zone_stat_item item;
} numa_counters[] = {{"hit", NUMA_HIT},
                     {"miss", NUMA_MISS},
                     {"foreign", NUMA_FOREIGN},
                     {"local", NUMA_LOCAL},
                     {"other", NUMA_OTHER}};

enum { NR_NUMA_COUNTERS = sizeof(numa_counters) / sizeof(numa_counters[0]) };

static void dump_pageset(const struct machine *machine, const struct per_cpu_pageset *pageset,
                         uint32_t cpu, FILE *out)
{
    static const char *const names[NR_PCP_LISTS] = {"hot", "cold"};

    fprintf(out, "pset %" PRIu32 " threshold %d diff %d", cpu, pageset->stat_threshold,
            pageset->vm_stat_diff[NR_FREE_PAGES]);
    if (machine->numa) {
        for (unsigned i = 0; i < NR_NUMA_COUNTERS; i++)
            fprintf(out, " %s %d", numa_counters[i].name,
                    pageset->vm_stat_diff[numa_counters[i].item]);
        fprintf(out, " expire %u", pageset->expire);
    }
    fputc('\n', out);
    for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++) {
        const struct per_cpu_pages *pcp = &pageset->pcp[cold];

        fprintf(out, "pcp %" PRIu32 " %s count %" PRIu32 " high %" PRIu32 " batch %" PRIu32 ":",
                cpu, names[cold], pcp->count, pcp->high, pcp->batch);
        pcp_for_each(machine, pcp, dump_page, out);
        fputc('\n', out);
    }
}

static void dump_zone(const struct machine *machine, const struct zone *zone, FILE *out)
{
    fprintf(out, "zone %u %s start %" PRIu32 " spanned %" PRIu64 " present %" PRIu64 "\n",
            zone->nid, machine_zone_name(machine, zone->index), zone->start_pfn,
            zone->spanned_pages, zone->present_pages);
    fprintf(out, "wmark min %" PRIu64 " low %" PRIu64 " high %" PRIu64 " reserve", zone->pages_min,
            zone->pages_low, zone->pages_high);
    for (unsigned j = 0; j < MAX_NR_ZONES; j++)
        fprintf(out, " %" PRIu64, zone->lowmem_reserve[j]);
    fprintf(out, "\nstat free %" PRId64, zone->vm_stat[NR_FREE_PAGES]);
    for (unsigned i = 0; machine->numa && i < NR_NUMA_COUNTERS; i++)
        fprintf(out, " %s %" PRId64, numa_counters[i].name, zone->vm_stat[numa_counters[i].item]);
    fprintf(out, "\nnr_free");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        fprintf(out, " %" PRIu64, zone->nr_free[order]);
    fputc('\n', out);
    dump_lists(machine, zone, out);
    for (uint32_t cpu = 0; zone_populated(zone) && cpu < machine->nr_cpus; cpu++)
        dump_pageset(machine, &zone->pageset[cpu], cpu, out);
    fprintf(out, "blocks ");
    for (uint32_t block = 0; block < zone->nr_pageblocks; block++)
        fputc('0' + zone->pageblock_types[block], out);
    fputc('\n', out);
}

static void dump_zonelist_caches(const struct machine *machine, FILE *out)
{
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        for (unsigned index = 0; machine->nodes[nid].online && index < MAX_NR_ZONES; index++) {
            const struct zonelist *zonelist = &machine->nodes[nid].zonelists[index];

            if (!zonelist->length)
                continue;
            fprintf(out, "zlc %" PRIu32 " %u zap %" PRIu64 " full", nid, index,
                    zonelist->last_full_zap);
            for (unsigned i = 0; i < zonelist->length; i++)
                fprintf(out, " %" PRIu64, zonelist->full_zones[i / 64] >> i % 64 & 1);
            fputc('\n', out);
        }
    }
}

void golden_dump_machine(const struct machine *machine, unsigned number, FILE *out)
{
    fprintf(out, "dump %u\n", number);
    fprintf(out,
            "jiffies %" PRIu64 " min_free_kbytes %" PRIu64 " grouping %d zone_reclaim_mode %" PRId32
            " zonelist_order %s totalreserve %" PRIu64 " vm_total %" PRIu64 " zeroed %" PRIu64 "\n",
            machine_jiffies(machine), machine->vm.min_free_kbytes,
            !machine->page_group_by_mobility_disabled, machine->vm.zone_reclaim_mode,
            machine->vm.numa_zonelist_order == ZONELIST_ORDER_NODE ? "Node" : "Zone",
            machine->totalreserve_pages, machine->vm_total_pages, machine->work.zeroed_pages);
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        const struct node *node = &machine->nodes[nid];

        if (node->online)
            fprintf(out,
                    "node %" PRIu32 " start %" PRIu32 " spanned %" PRIu64 " present %" PRIu64
                    " kswapd_max_order %" PRIu32 " kswapd_asleep %d\n",
                    nid, node->start_pfn, node->spanned_pages, node->present_pages,
                    node->kswapd_max_order, node->kswapd_asleep);
    }
    if (machine->numa)
        dump_zonelist_caches(machine, out);
    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (machine->zones[id].spanned_pages)
            dump_zone(machine, &machine->zones[id], out);
    fprintf(out, "events pgfree %" PRIu64 " pgalloc", machine->vm_events[PGFREE]);
    for (unsigned index = 0; index < MAX_NR_ZONES; index++)
        fprintf(out, " %" PRIu64, machine->vm_events[PGALLOC_ZONE0 + index]);
    fputc('\n', out);
}

void golden_dump(const struct machine *machine, unsigned number, FILE *out)
{
    golden_dump_machine(machine, number, out);
    fprintf(out, "enddump\n");
}
