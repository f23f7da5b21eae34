/* SPDX-License-Identifier: MIT */
/* One zone's state as a JSON object. */
#include "stats/zone_fields.h"

#include "mm/pcp_hotcold.h"
#include "stats/fields.h"
#include "stats/fragmentation.h"

uint64_t zone_page_state_exact(const struct machine *machine, const struct zone *zone,
                               enum zone_stat_item item)
{
    int64_t state = zone->vm_stat[item];

    for (unsigned cpu = 0; zone->pageset && cpu < machine->nr_cpus; cpu++)
        state += zone->pageset[cpu].vm_stat_diff[item];
    return state < 0 ? 0 : (uint64_t)state;
}

void zone_watermarks_write(struct json_stream *json, const struct zone *zone)
{
    json_key_uint(json, "pages_min", zone->pages_min);
    json_key_uint(json, "pages_low", zone->pages_low);
    json_key_uint(json, "pages_high", zone->pages_high);
    json_key_array(json, "lowmem_reserve");
    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        json_uint(json, zone->lowmem_reserve[i]);
    json_end_array(json);
}

static void write_margins(struct json_stream *json, const struct zone *zone)
{
    int64_t free_pages = (int64_t)zone_page_state(zone, NR_FREE_PAGES);

    json_key_string(json, "level", watermark_level_name(zone_watermark_level(zone)));
    json_key_int(json, "margin_min_pages", free_pages - (int64_t)zone->pages_min);
    json_key_int(json, "margin_low_pages", free_pages - (int64_t)zone->pages_low);
    json_key_int(json, "margin_high_pages", free_pages - (int64_t)zone->pages_high);
}

static void write_free_blocks(struct json_stream *json, const struct zone *zone)
{
    json_key_array(json, "nr_free");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        json_uint(json, zone->nr_free[order]);
    json_end_array(json);
    json_key_object(json, "free_blocks");
    for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++) {
        json_key_array(json, migratetype_name(type));
        for (unsigned order = 0; order < MAX_ORDER; order++)
            json_uint(json, zone->nr_free_type[order][type]);
        json_end_array(json);
    }
    json_end_object(json);
}

static void write_fragmentation(struct json_stream *json, const struct zone *zone)
{
    json_key_array(json, "unusable_index");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        json_uint(json, fragmentation_unusable_index(zone->nr_free, order));
    json_end_array(json);
    json_key_array(json, "fragmentation_index");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        json_int(json, fragmentation_index(zone->nr_free, order));
    json_end_array(json);
}

/* The same on each CPU. */
static void write_pcp_limits(struct json_stream *json, const struct zone *zone)
{
    static const struct per_cpu_pageset none;
    const struct per_cpu_pageset *pageset = zone->pageset ? &zone->pageset[0] : &none;

    json_key_uint(json, "hot_high", pageset->pcp[PCP_HOT].high);
    json_key_uint(json, "hot_batch", pageset->pcp[PCP_HOT].batch);
    json_key_uint(json, "cold_high", pageset->pcp[PCP_COLD].high);
    json_key_uint(json, "cold_batch", pageset->pcp[PCP_COLD].batch);
}

static void write_pcp(struct json_stream *json, const struct machine *machine,
                      const struct zone *zone)
{
    uint64_t hot = 0, cold = 0;
    unsigned nr_cpus = zone->pageset ? machine->nr_cpus : 0;

    json_key_object(json, "pcp");
    json_key_array(json, "cpus");
    for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
        const struct per_cpu_pages *pcp = zone->pageset[cpu].pcp;

        json_uint(json, (uint64_t)pcp[PCP_HOT].count + pcp[PCP_COLD].count);
        hot += pcp[PCP_HOT].count;
        cold += pcp[PCP_COLD].count;
    }
    json_end_array(json);
    json_key_array(json, "cpus_cold");
    for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
        json_uint(json, zone->pageset[cpu].pcp[PCP_COLD].count);
    json_end_array(json);
    json_key_uint(json, "hot", hot);
    json_key_uint(json, "cold", cold);
    json_key_uint(json, "total", hot + cold);
    write_pcp_limits(json, zone);
    json_end_object(json);
}

static void write_counter(struct json_stream *json, const struct zone *zone, const int64_t *diffs,
                          enum zone_stat_item item)
{
    int64_t state = zone->vm_stat[item] + diffs[item];

    json_key_uint(json, zone_stat_name(item), state < 0 ? 0 : (uint64_t)state);
}

/* Counters with all per-CPU differences, and these differences; one pass over the pagesets. */
static void write_counters(struct json_stream *json, const struct machine *machine,
                           const struct zone *zone)
{
    /* a kernel built without NUMA does not have the rest */
    unsigned nr_items = machine->numa ? NR_VM_ZONE_STAT_ITEMS : NUMA_HIT;
    int64_t diffs[NR_VM_ZONE_STAT_ITEMS] = {0};

    for (unsigned cpu = 0; zone->pageset && cpu < machine->nr_cpus; cpu++)
        for (unsigned item = 0; item < nr_items; item++)
            diffs[item] += zone->pageset[cpu].vm_stat_diff[item];
    write_counter(json, zone, diffs, NR_ACTIVE);
    write_counter(json, zone, diffs, NR_INACTIVE);
    for (unsigned item = NR_ANON_PAGES; item < nr_items; item++)
        write_counter(json, zone, diffs, item);
    json_key_array(json, "vm_stat_diff");
    for (unsigned item = 0; item < nr_items; item++)
        json_int(json, diffs[item]);
    json_end_array(json);
}

/* Where scanning stands. */
static void write_scan(struct json_stream *json, const struct zone *zone)
{
    json_key_uint(json, "nr_scan_active", zone->nr_scan_active);
    json_key_uint(json, "nr_scan_inactive", zone->nr_scan_inactive);
    json_key_uint(json, "pages_scanned", zone->pages_scanned);
    json_key_int(json, "prev_priority", zone->prev_priority);
    json_key_bool(json, "all_unreclaimable", zone->flags & ZONE_ALL_UNRECLAIMABLE);
}

void zone_fields_write(struct json_stream *json, const struct machine *machine,
                       const struct zone *zone)
{
    char label[ZONE_LABEL_MAX];

    json_key_string(json, "name", zone_label(machine, zone, label));
    json_key_uint(json, "node", zone->nid);
    json_key_uint(json, "nr_free_pages", zone_page_state(zone, NR_FREE_PAGES));
    json_key_uint(json, "nr_free_pages_exact", zone_page_state_exact(machine, zone, NR_FREE_PAGES));
    zone_watermarks_write(json, zone);
    write_margins(json, zone);
    write_free_blocks(json, zone);
    write_fragmentation(json, zone);
    write_pcp(json, machine, zone);
    write_counters(json, machine, zone);
    write_scan(json, zone);
    json_key_object(json, "pageblocks");
    for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++)
        json_key_uint(json, migratetype_name(type), zone->nr_pageblocks_of_type[type]);
    json_end_object(json);
}
