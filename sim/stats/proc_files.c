/* SPDX-License-Identifier: MIT */
/* The files of /proc that tell of memory. */
#include "stats/proc_files.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "mm/vmstat.h"

/* The kernel names four of its five types; vsnprintf() has a word for the fifth. */
static const char *const type_names[] = {"Unmovable", "Reclaimable", "Movable", "Reserve",
                                         "<NULL>"};
static_assert(sizeof(type_names) / sizeof(type_names[0]) == MIGRATE_TYPES, "a name each");

const char *proc_file_name(enum proc_file file)
{
    static const char *const names[] = {
        [PROC_BUDDYINFO] = "buddyinfo",       [PROC_ZONEINFO] = "zoneinfo",
        [PROC_PAGETYPEINFO] = "pagetypeinfo", [PROC_VMSTAT] = "vmstat",
        [PROC_SLABINFO] = "slabinfo",
    };

    static_assert(sizeof(names) / sizeof(names[0]) == NR_PROC_FILES, "a name each");
    SIM_ASSERT(file < NR_PROC_FILES);
    return names[file];
}

/* Calls print() for the node's zones that have memory. Kernel: mm/vmstat.c walk_zones_in_node()
 * [2.6.24] */
static void walk_zones(struct strbuf *out, const struct snapshot *snapshot, uint64_t nid,
                       void (*print)(struct strbuf *out, const struct snapshot *snapshot,
                                     const struct zone_snapshot *zone))
{
    for (size_t i = 0; i < snapshot->zones.count; i++) {
        const struct zone_snapshot *zone = &snapshot->zones.items[i];

        if (zone->node == nid && zone->present_pages)
            print(out, snapshot, zone);
    }
}

/* "Normal" of "0/Normal". */
static const char *zone_name(const struct zone_snapshot *zone)
{
    return strchr(zone->label, '/') + 1;
}

static void print_orders(struct strbuf *out, const uint64_t *blocks)
{
    for (unsigned order = 0; order < MAX_ORDER; order++)
        strbuf_addf(out, "%6" PRIu64 " ", blocks[order]);
    strbuf_adds(out, "\n");
}

/* Kernel: mm/vmstat.c frag_show_print() [2.6.24] */
static void print_buddyinfo(struct strbuf *out, const struct snapshot *snapshot,
                            const struct zone_snapshot *zone)
{
    (void)snapshot;
    strbuf_addf(out, "Node %" PRIu64 ", zone %8s ", zone->node, zone_name(zone));
    print_orders(out, zone->nr_free);
}

/* Kernel: mm/vmstat.c pagetypeinfo_showfree_print() [2.6.24] */
static void print_free_blocks(struct strbuf *out, const struct snapshot *snapshot,
                              const struct zone_snapshot *zone)
{
    static const uint64_t none[MAX_ORDER];

    (void)snapshot;
    for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
        strbuf_addf(out, "Node %4" PRIu64 ", zone %8s, type %12s ", zone->node, zone_name(zone),
                    type_names[type]);
        print_orders(out, type < OUTPUT_MIGRATE_TYPES ? zone->free_blocks[type] : none);
    }
}

/*
 * Without grouping all pageblocks read as unmovable, whatever is stored.
 * Kernel: mm/vmstat.c pagetypeinfo_showblockcount_print() [2.6.24]
 */
static void print_pageblocks(struct strbuf *out, const struct snapshot *snapshot,
                             const struct zone_snapshot *zone)
{
    uint64_t counts[MIGRATE_TYPES] = {0};

    for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++)
        counts[snapshot->mobility_grouping ? type : MIGRATE_UNMOVABLE] += zone->pageblocks[type];
    strbuf_addf(out, "Node %" PRIu64 ", zone %8s ", zone->node, zone_name(zone));
    for (unsigned type = 0; type < MIGRATE_TYPES; type++)
        strbuf_addf(out, "%12" PRIu64 " ", counts[type]);
    strbuf_adds(out, "\n");
}

/* Kernel: mm/vmstat.c pagetypeinfo_show() [2.6.24] */
static void print_pagetypeinfo(struct strbuf *out, const struct snapshot *snapshot, uint64_t nid)
{
    strbuf_addf(out, "Page block order: %" PRIu64 "\nPages per block:  %" PRIu64 "\n\n",
                snapshot->pageblock_order, UINT64_C(1) << snapshot->pageblock_order);
    strbuf_addf(out, "%-43s ", "Free pages count per migrate type at order");
    for (int order = 0; order < MAX_ORDER; order++)
        strbuf_addf(out, "%6d ", order);
    strbuf_adds(out, "\n");
    walk_zones(out, snapshot, nid, print_free_blocks);
    strbuf_addf(out, "\n%-23s", "Number of blocks type ");
    for (unsigned type = 0; type < MIGRATE_TYPES; type++)
        strbuf_addf(out, "%12s ", type_names[type]);
    strbuf_adds(out, "\n");
    walk_zones(out, snapshot, nid, print_pageblocks);
}

static void print_levels(struct strbuf *out, const struct zone_snapshot *zone)
{
    strbuf_addf(out,
                "\n  pages free     %" PRIu64 "\n        min      %" PRIu64
                "\n        low      %" PRIu64 "\n        high     %" PRIu64
                "\n        scanned  %" PRIu64 " (a: %" PRIu64 " i: %" PRIu64 ")"
                "\n        spanned  %" PRIu64 "\n        present  %" PRIu64,
                snapshot_zone_state(zone, NR_FREE_PAGES), zone->pages_min, zone->pages_low,
                zone->pages_high, zone->pages_scanned, zone->nr_scan_active, zone->nr_scan_inactive,
                zone->spanned_pages, zone->present_pages);
}

static void print_pcp(struct strbuf *out, unsigned cpu, unsigned list, uint64_t count,
                      uint64_t high, uint64_t batch)
{
    strbuf_addf(out,
                "\n    cpu: %u pcp: %u\n              count: %" PRIu64
                "\n              high:  %" PRIu64 "\n              batch: %" PRIu64,
                cpu, list, count, high, batch);
}

static void print_pagesets(struct strbuf *out, const struct zone_snapshot *zone)
{
    strbuf_adds(out, "\n  pagesets");
    for (size_t cpu = 0; cpu < zone->pcp_cpus.count; cpu++) {
        uint64_t cold = zone->pcp_cold.items[cpu];

        print_pcp(out, (unsigned)cpu, 0, zone->pcp_cpus.items[cpu] - cold, zone->hot_high,
                  zone->hot_batch);
        print_pcp(out, (unsigned)cpu, 1, cold, zone->cold_high, zone->cold_batch);
        strbuf_addf(out, "\n  vm stats threshold: %" PRIu64, zone->stat_threshold);
    }
}

/* Kernel: mm/vmstat.c zoneinfo_show_print() [2.6.24] */
static void print_zoneinfo(struct strbuf *out, const struct snapshot *snapshot,
                           const struct zone_snapshot *zone)
{
    unsigned nr_items = snapshot->numa ? NR_VM_ZONE_STAT_ITEMS : NUMA_HIT;

    strbuf_addf(out, "Node %" PRIu64 ", zone %8s", zone->node, zone_name(zone));
    print_levels(out, zone);
    for (unsigned item = 0; item < nr_items; item++)
        strbuf_addf(out, "\n    %-12s %" PRIu64, zone_stat_name(item),
                    snapshot_zone_state(zone, item));
    strbuf_addf(out, "\n        protection: (%" PRIu64, zone->lowmem_reserve[0]);
    for (unsigned i = 1; i < MAX_NR_ZONES; i++)
        strbuf_addf(out, ", %" PRIu64, zone->lowmem_reserve[i]);
    strbuf_adds(out, ")");
    print_pagesets(out, zone);
    strbuf_addf(out,
                "\n  all_unreclaimable: %d\n  prev_priority:     %" PRId64
                "\n  start_pfn:         %" PRIu64 "\n",
                zone->all_unreclaimable, zone->prev_priority, zone->start_pfn);
}

/* Kernel: mm/vmstat.c vmstat_show() [2.6.24] */
static void print_vmstat(struct strbuf *out, const struct snapshot *snapshot)
{
    unsigned nr_items = snapshot->numa ? NR_VM_ZONE_STAT_ITEMS : NUMA_HIT;

    for (unsigned item = 0; item < nr_items; item++)
        strbuf_addf(out, "%s %" PRIu64 "\n", zone_stat_name(item),
                    snapshot_global_state(snapshot, item));
    for (unsigned item = 0; item < NR_VM_EVENT_ITEMS; item++)
        strbuf_addf(out, "%s %" PRIu64 "\n", vm_event_name(item, snapshot->highmem),
                    snapshot->vm_events[item]);
}

/* The newest cache first. Kernel: mm/slub.c print_slabinfo_header(), s_show() [2.6.24] */
static void print_slabinfo(struct strbuf *out, const struct snapshot *snapshot)
{
    strbuf_adds(out, "slabinfo - version: 2.1\n"
                     "# name            <active_objs> <num_objs> <objsize> <objperslab> "
                     "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
                     "<active_slabs> <num_slabs> <sharedavail>\n");
    for (size_t i = 0; i < snapshot->caches.count; i++) {
        const struct cache_snapshot *cache = &snapshot->caches.items[i];

        strbuf_addf(out, "%-17s %6" PRIu64 " %6" PRIu64 " %6" PRIu64 " %4" PRIu64 " %4" PRIu64,
                    cache->name.data ? cache->name.data : "", cache->active_objects,
                    cache->slabs * cache->objects_per_slab, cache->size, cache->objects_per_slab,
                    cache->slab_pages);
        strbuf_addf(out, " : tunables %4u %4u %4u", 0, 0, 0);
        strbuf_addf(out, " : slabdata %6" PRIu64 " %6" PRIu64 " %6u\n", cache->slabs, cache->slabs,
                    0);
    }
}

static void print_node(struct strbuf *out, const struct snapshot *snapshot, enum proc_file file,
                       uint64_t nid)
{
    if (file == PROC_BUDDYINFO)
        walk_zones(out, snapshot, nid, print_buddyinfo);
    else if (file == PROC_ZONEINFO)
        walk_zones(out, snapshot, nid, print_zoneinfo);
    else
        print_pagetypeinfo(out, snapshot, nid);
}

void proc_file_format(struct strbuf *out, const struct snapshot *snapshot, enum proc_file file)
{
    SIM_ASSERT(file < NR_PROC_FILES);
    if (file == PROC_VMSTAT)
        print_vmstat(out, snapshot);
    else if (file == PROC_SLABINFO)
        print_slabinfo(out, snapshot);
    else
        for (size_t i = 0; i < snapshot->nodes.count; i++)
            print_node(out, snapshot, file, snapshot->nodes.items[i].node);
}
