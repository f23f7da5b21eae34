/* SPDX-License-Identifier: MIT */
/* The names of /proc/vmstat, and the once-a-second upkeep of counters. */
#include "mm/vmstat.h"

#include "mm/page_alloc.h"
#include "mm/pcp_hotcold.h"
#include "mm/zone_page_state.h"

enum { REMOTE_EXPIRE = 3 }; /* refreshes without activity until remote pages are drained */

const char *zone_stat_name(enum zone_stat_item item)
{
    static const char *const names[] = {
        [NR_FREE_PAGES] = "nr_free_pages",
        [NR_INACTIVE] = "nr_inactive",
        [NR_ACTIVE] = "nr_active",
        [NR_ANON_PAGES] = "nr_anon_pages",
        [NR_FILE_MAPPED] = "nr_mapped",
        [NR_FILE_PAGES] = "nr_file_pages",
        [NR_FILE_DIRTY] = "nr_dirty",
        [NR_WRITEBACK] = "nr_writeback",
        [NR_SLAB_RECLAIMABLE] = "nr_slab_reclaimable",
        [NR_SLAB_UNRECLAIMABLE] = "nr_slab_unreclaimable",
        [NR_PAGETABLE] = "nr_page_table_pages",
        [NR_UNSTABLE_NFS] = "nr_unstable",
        [NR_BOUNCE] = "nr_bounce",
        [NR_VMSCAN_WRITE] = "nr_vmscan_write",
        [NUMA_HIT] = "numa_hit",
        [NUMA_MISS] = "numa_miss",
        [NUMA_FOREIGN] = "numa_foreign",
        [NUMA_INTERLEAVE_HIT] = "numa_interleave",
        [NUMA_LOCAL] = "numa_local",
        [NUMA_OTHER] = "numa_other",
    };

    static_assert(sizeof(names) / sizeof(names[0]) == NR_VM_ZONE_STAT_ITEMS, "one name an item");
    return names[item];
}

#define ZONE_NAMES(prefix, second, third) \
    prefix "_dma", prefix "_" second, prefix "_" third, prefix "_movable"

const char *vm_event_name(enum vm_event_item item, bool highmem)
{
#define EVENT_NAMES(second, third)                                                                \
    {                                                                                             \
        "pgpgin", "pgpgout", "pswpin", "pswpout", ZONE_NAMES("pgalloc", second, third), "pgfree", \
            "pgactivate", "pgdeactivate", "pgfault", "pgmajfault",                                \
            ZONE_NAMES("pgrefill", second, third), ZONE_NAMES("pgsteal", second, third),          \
            ZONE_NAMES("pgscan_kswapd", second, third),                                           \
            ZONE_NAMES("pgscan_direct", second, third), "pginodesteal", "slabs_scanned",          \
            "kswapd_steal", "kswapd_inodesteal", "pageoutrun", "allocstall", "pgrotated"          \
    }
    static const char *const names[2][NR_VM_EVENT_ITEMS] = {
        EVENT_NAMES("dma32", "normal"),
        EVENT_NAMES("normal", "high"),
    };
#undef EVENT_NAMES

    return names[highmem][item];
}

static void fold_differences(struct machine *machine, struct zone *zone,
                             struct per_cpu_pageset *pageset)
{
    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
        if (!pageset->vm_stat_diff[item])
            continue;
        zone_page_state_add(machine, zone, item, pageset->vm_stat_diff[item]);
        pageset->vm_stat_diff[item] = 0;
        pageset->expire = REMOTE_EXPIRE;
    }
}

/* Kernel: mm/page_alloc.c drain_zone_pages() [2.6.24] */
static void drain_zone_pages(struct machine *machine, struct zone *zone,
                             struct per_cpu_pageset *pageset, unsigned cpu)
{
    for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++) {
        struct per_cpu_pages *pcp = &pageset->pcp[cold];

        if (pcp->count)
            pcp_flush(machine, zone, pcp, pcp->count < pcp->batch ? pcp->count : pcp->batch, cpu);
    }
}

void refresh_cpu_vm_stats(struct machine *machine, unsigned cpu)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];
        struct per_cpu_pageset *pageset;

        if (!zone_populated(zone))
            continue;
        pageset = &zone->pageset[cpu];
        fold_differences(machine, zone, pageset);
        if (!machine->numa)
            continue;
        if (!pageset->expire || (!pageset->pcp[PCP_HOT].count && !pageset->pcp[PCP_COLD].count))
            continue;
        if (zone->nid == machine->cpu_nid[cpu])
            pageset->expire = 0;
        else if (--pageset->expire == 0)
            drain_zone_pages(machine, zone, pageset, cpu);
    }
}
