/* SPDX-License-Identifier: MIT */
/* Reading a machine back from its output. */
#include "stats/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "mm/vmstat.h"
#include "stats/json_fill.h"

#define NR_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* Appends to a VEC of the snapshot; false: no host memory. */
#define APPEND(snapshot, vec, element) \
    (vec_push((vec), (element)) || ((snapshot)->out_of_memory = true, false))

#define UINT_OF(type, member) #member, JSON_FILL_UINT, offsetof(type, member), 1, NULL, false
#define BOOL_OF(type, member) #member, JSON_FILL_BOOL, offsetof(type, member), 1, NULL, false
#define CALL(function)        JSON_FILL_CALL, 0, 1, function, false

static bool read_cpu_node(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;
    uint64_t nid;

    return json_fill_uint(scan, &nid) && APPEND(snapshot, &snapshot->cpu_nodes, nid);
}

static bool read_cpu_nodes(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_cpu_node, target);
}

static bool read_distance(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;
    uint64_t distance;

    return json_fill_uint(scan, &distance) && APPEND(snapshot, &snapshot->distances, distance);
}

static bool read_distance_row(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;

    snapshot->nr_distances++;
    return json_fill_each(scan, read_distance, target);
}

static bool read_distances(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;

    return json_fill_each(scan, read_distance_row, target) &&
           snapshot->distances.count == snapshot->nr_distances * snapshot->nr_distances;
}

static bool read_machine(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {UINT_OF(struct snapshot, page_size_bytes)},
        {UINT_OF(struct snapshot, pageblock_order)},
        {BOOL_OF(struct snapshot, numa)},
        {BOOL_OF(struct snapshot, highmem)},
        {"cpu_nodes", CALL(read_cpu_nodes)},
        {"distance", CALL(read_distances)},
    };

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

static bool read_config(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {{"machine", CALL(read_machine)}};

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

static bool read_node(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {UINT_OF(struct node_snapshot, node)},
        {UINT_OF(struct node_snapshot, present_pages)},
    };
    struct snapshot *snapshot = target;
    struct node_snapshot node;

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), &node) &&
           APPEND(snapshot, &snapshot->nodes, node);
}

static bool read_nodes(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_node, target);
}

/* null of a zone without memory. */
static bool read_booted_pcp(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {{UINT_OF(struct zone_snapshot, stat_threshold)}};

    return json_scan_next(scan) == JSON_NULL ||
           json_fill(scan, fields, NR_ELEMENTS(fields), target);
}

static bool read_booted_zone(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {"name", JSON_FILL_TEXT, offsetof(struct zone_snapshot, label), SNAPSHOT_ZONE_NAME_MAX,
         NULL, false},
        {UINT_OF(struct zone_snapshot, node)},
        {UINT_OF(struct zone_snapshot, start_pfn)},
        {UINT_OF(struct zone_snapshot, spanned_pages)},
        {UINT_OF(struct zone_snapshot, present_pages)},
        {"pcp", CALL(read_booted_pcp)},
    };
    struct snapshot *snapshot = target;
    struct zone_snapshot zone = {0};

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), &zone) &&
           strchr(zone.label, '/') != NULL && APPEND(snapshot, &snapshot->zones, zone);
}

static bool read_booted_zones(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_booted_zone, target);
}

static bool read_booted(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {BOOL_OF(struct snapshot, mobility_grouping)},
        {"nodes", CALL(read_nodes)},
        {"zones", CALL(read_booted_zones)},
    };

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

/* A member that holds a number for each shown migratetype, or an array of them for each. */
static bool read_free_blocks(struct json_scan *scan, void *target)
{
#define BLOCKS(type) \
    JSON_FILL_UINT, offsetof(struct zone_snapshot, free_blocks[type]), MAX_ORDER, NULL, false
    static const struct json_field fields[] = {
        {"unmovable", BLOCKS(MIGRATE_UNMOVABLE)},
        {"reclaimable", BLOCKS(MIGRATE_RECLAIMABLE)},
        {"movable", BLOCKS(MIGRATE_MOVABLE)},
        {"reserve", BLOCKS(MIGRATE_RESERVE)},
    };
#undef BLOCKS

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

static bool read_pageblocks(struct json_scan *scan, void *target)
{
#define PAGEBLOCKS(type) \
    JSON_FILL_UINT, offsetof(struct zone_snapshot, pageblocks[type]), 1, NULL, false
    static const struct json_field fields[] = {
        {"unmovable", PAGEBLOCKS(MIGRATE_UNMOVABLE)},
        {"reclaimable", PAGEBLOCKS(MIGRATE_RECLAIMABLE)},
        {"movable", PAGEBLOCKS(MIGRATE_MOVABLE)},
        {"reserve", PAGEBLOCKS(MIGRATE_RESERVE)},
    };
#undef PAGEBLOCKS

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

/* Room for them is there since the header. */
static bool read_pcp_cpu(struct json_scan *scan, void *target)
{
    struct zone_snapshot *zone = target;

    return zone->pcp_cpus.count < zone->pcp_cpus.capacity &&
           json_fill_uint(scan, &zone->pcp_cpus.items[zone->pcp_cpus.count++]);
}

static bool read_pcp_cpus(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_pcp_cpu, target);
}

static bool read_pcp_cold(struct json_scan *scan, void *target)
{
    struct zone_snapshot *zone = target;

    return zone->pcp_cold.count < zone->pcp_cold.capacity &&
           json_fill_uint(scan, &zone->pcp_cold.items[zone->pcp_cold.count++]);
}

static bool read_pcp_colds(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_pcp_cold, target);
}

static bool read_pcp(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {"cpus", CALL(read_pcp_cpus)},
        {"cpus_cold", CALL(read_pcp_colds)},
        {UINT_OF(struct zone_snapshot, hot_high)},
        {UINT_OF(struct zone_snapshot, hot_batch)},
        {UINT_OF(struct zone_snapshot, cold_high)},
        {UINT_OF(struct zone_snapshot, cold_batch)},
    };

    return json_fill_next(scan, fields, NR_ELEMENTS(fields), target);
}

/* As many as the kernel has counters: fewer without NUMA. */
static bool read_diffs(struct json_scan *scan, void *target)
{
    struct zone_snapshot *zone = target;
    size_t count = 0;

    if (json_scan_next(scan) != JSON_ARRAY_BEGIN)
        return false;
    while (json_scan_next(scan) == JSON_INTEGER && count < NR_VM_ZONE_STAT_ITEMS) {
        int64_t magnitude = (int64_t)(scan->magnitude & INT64_MAX);

        zone->diffs[count++] = scan->negative ? -magnitude : magnitude;
    }
    return scan->token == JSON_ARRAY_END;
}

#define ZONE_COUNTER(name, item)                                                             \
    {                                                                                        \
        name, JSON_FILL_UINT, offsetof(struct zone_snapshot, counters[item]), 1, NULL, false \
    }
#define ZONE_NUMA_COUNTER(name, item)                                                       \
    {                                                                                       \
        name, JSON_FILL_UINT, offsetof(struct zone_snapshot, counters[item]), 1, NULL, true \
    }
#define ZONE_ARRAY(member, count)                                                             \
    {                                                                                         \
#member, JSON_FILL_UINT, offsetof(struct zone_snapshot, member), (count), NULL, false \
    }

static const struct json_field zone_fields[] = {
    {"name", JSON_FILL_TEXT, offsetof(struct zone_snapshot, label), SNAPSHOT_ZONE_NAME_MAX, NULL,
     false},
    {UINT_OF(struct zone_snapshot, pages_min)},
    {UINT_OF(struct zone_snapshot, pages_low)},
    {UINT_OF(struct zone_snapshot, pages_high)},
    ZONE_ARRAY(lowmem_reserve, MAX_NR_ZONES),
    ZONE_ARRAY(nr_free, MAX_ORDER),
    {"free_blocks", CALL(read_free_blocks)},
    {"pcp", CALL(read_pcp)},
    {"pageblocks", CALL(read_pageblocks)},
    ZONE_COUNTER("nr_free_pages_exact", NR_FREE_PAGES),
    ZONE_COUNTER("nr_inactive", NR_INACTIVE),
    ZONE_COUNTER("nr_active", NR_ACTIVE),
    ZONE_COUNTER("nr_anon_pages", NR_ANON_PAGES),
    ZONE_COUNTER("nr_mapped", NR_FILE_MAPPED),
    ZONE_COUNTER("nr_file_pages", NR_FILE_PAGES),
    ZONE_COUNTER("nr_dirty", NR_FILE_DIRTY),
    ZONE_COUNTER("nr_writeback", NR_WRITEBACK),
    ZONE_COUNTER("nr_slab_reclaimable", NR_SLAB_RECLAIMABLE),
    ZONE_COUNTER("nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE),
    ZONE_COUNTER("nr_page_table_pages", NR_PAGETABLE),
    ZONE_COUNTER("nr_unstable", NR_UNSTABLE_NFS),
    ZONE_COUNTER("nr_bounce", NR_BOUNCE),
    ZONE_COUNTER("nr_vmscan_write", NR_VMSCAN_WRITE),
    ZONE_NUMA_COUNTER("numa_hit", NUMA_HIT),
    ZONE_NUMA_COUNTER("numa_miss", NUMA_MISS),
    ZONE_NUMA_COUNTER("numa_foreign", NUMA_FOREIGN),
    ZONE_NUMA_COUNTER("numa_interleave", NUMA_INTERLEAVE_HIT),
    ZONE_NUMA_COUNTER("numa_local", NUMA_LOCAL),
    ZONE_NUMA_COUNTER("numa_other", NUMA_OTHER),
    {"vm_stat_diff", CALL(read_diffs)},
    {UINT_OF(struct zone_snapshot, nr_scan_active)},
    {UINT_OF(struct zone_snapshot, nr_scan_inactive)},
    {UINT_OF(struct zone_snapshot, pages_scanned)},
    {"prev_priority", JSON_FILL_INT, offsetof(struct zone_snapshot, prev_priority), 1, NULL, false},
    {BOOL_OF(struct zone_snapshot, all_unreclaimable)},
};

/* The zones stand as in the header. */
static bool read_zone(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;
    char booted[SNAPSHOT_ZONE_NAME_MAX];
    struct zone_snapshot *zone;

    if (snapshot->nr_sampled == snapshot->zones.count)
        return false;
    zone = &snapshot->zones.items[snapshot->nr_sampled++];
    memcpy(booted, zone->label, sizeof(booted));
    return json_fill_next(scan, zone_fields, NR_ELEMENTS(zone_fields), zone) &&
           strcmp(zone->label, booted) == 0 && zone->pcp_cpus.count == zone->pcp_cold.count &&
           (zone->present_pages == 0 || zone->pcp_cpus.count == zone->pcp_cpus.capacity);
}

static bool read_zones(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;

    return json_fill_each(scan, read_zone, target) && snapshot->nr_sampled == snapshot->zones.count;
}

static bool read_named(struct json_scan *scan, const char *name, uint64_t *ret_value)
{
    return json_scan_next(scan) == JSON_KEY && json_scan_is(scan, name) &&
           json_fill_uint(scan, ret_value);
}

/* By the kernel's names in the kernel's order. */
static bool read_vmstat(struct json_scan *scan, void *target)
{
    struct snapshot *snapshot = target;
    unsigned nr_items = snapshot->numa ? NR_VM_ZONE_STAT_ITEMS : NUMA_HIT;

    if (json_scan_next(scan) != JSON_OBJECT_BEGIN)
        return false;
    for (unsigned item = 0; item < nr_items; item++)
        if (!read_named(scan, zone_stat_name(item), &snapshot->vmstat[item]))
            return false;
    for (unsigned item = 0; item < NR_VM_EVENT_ITEMS; item++)
        if (!read_named(scan, vm_event_name(item, snapshot->highmem), &snapshot->vm_events[item]))
            return false;
    return json_scan_next(scan) == JSON_OBJECT_END;
}

static bool read_cache_name(struct json_scan *scan, void *target)
{
    struct strbuf *name = target;

    if (json_scan_next(scan) != JSON_STRING)
        return false;
    strbuf_reset(name);
    json_scan_text(scan, name);
    return !name->failed;
}

static bool read_cache(struct json_scan *scan, void *target)
{
    static const struct json_field fields[] = {
        {"name", JSON_FILL_CALL, offsetof(struct cache_snapshot, name), 1, read_cache_name, false},
        {UINT_OF(struct cache_snapshot, size)},
        {UINT_OF(struct cache_snapshot, objects_per_slab)},
        {UINT_OF(struct cache_snapshot, slab_pages)},
        {UINT_OF(struct cache_snapshot, active_objects)},
        {UINT_OF(struct cache_snapshot, slabs)},
    };
    struct snapshot *snapshot = target;
    struct cache_snapshot cache = {0};

    if (json_fill_next(scan, fields, NR_ELEMENTS(fields), &cache) &&
        APPEND(snapshot, &snapshot->caches, cache))
        return true;
    snapshot->out_of_memory |= cache.name.failed;
    strbuf_fini(&cache.name);
    return false;
}

static bool read_caches(struct json_scan *scan, void *target)
{
    return json_fill_each(scan, read_cache, target);
}

static bool reserve_pcp(struct snapshot *snapshot)
{
    size_t nr_cpus = snapshot->cpu_nodes.count;

    for (size_t i = 0; i < snapshot->zones.count; i++) {
        struct zone_snapshot *zone = &snapshot->zones.items[i];

        free(zone->pcp_cpus.items);
        free(zone->pcp_cold.items);
        zone->pcp_cpus.items = calloc(nr_cpus, sizeof(uint64_t));
        zone->pcp_cold.items = calloc(nr_cpus, sizeof(uint64_t));
        if (!zone->pcp_cpus.items || !zone->pcp_cold.items) {
            snapshot->out_of_memory = true;
            return false;
        }
        zone->pcp_cpus.capacity = zone->pcp_cold.capacity = nr_cpus;
    }
    return true;
}

/* What those who use it rely on. */
static bool header_is_sound(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->nodes.count; i++)
        if (snapshot->nodes.items[i].node >= snapshot->nr_distances)
            return false;
    return snapshot->cpu_nodes.count > 0 && snapshot->pageblock_order < MAX_ORDER;
}

bool snapshot_read_header(struct snapshot *snapshot, const char *line, size_t length)
{
    static const struct json_field fields[] = {
        {"config", CALL(read_config)},
        {"booted", CALL(read_booted)},
    };
    struct json_scan scan;

    json_scan_init(&scan, line, length);
    return json_fill_next(&scan, fields, NR_ELEMENTS(fields), snapshot) &&
           json_scan_next(&scan) == JSON_END && header_is_sound(snapshot) && reserve_pcp(snapshot);
}

bool snapshot_read_tick(struct snapshot *snapshot, const char *line, size_t length)
{
    static const struct json_field fields[] = {
        {UINT_OF(struct snapshot, time_ns)},
        {"zones", CALL(read_zones)},
        {"vmstat", CALL(read_vmstat)},
        {"slabs", JSON_FILL_CALL, 0, 1, read_caches, true},
    };
    struct json_scan scan;

    json_scan_init(&scan, line, length);
    return json_fill_next(&scan, fields, NR_ELEMENTS(fields), snapshot) &&
           json_scan_next(&scan) == JSON_END;
}

void snapshot_fini(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; i < snapshot->zones.count; i++) {
        vec_fini(&snapshot->zones.items[i].pcp_cpus);
        vec_fini(&snapshot->zones.items[i].pcp_cold);
    }
    for (size_t i = 0; i < snapshot->caches.count; i++)
        strbuf_fini(&snapshot->caches.items[i].name);
    vec_fini(&snapshot->cpu_nodes);
    vec_fini(&snapshot->distances);
    vec_fini(&snapshot->nodes);
    vec_fini(&snapshot->zones);
    vec_fini(&snapshot->caches);
}

static uint64_t shown(uint64_t counter, int64_t diff)
{
    if (diff > 0 && counter < (uint64_t)diff)
        return 0;
    return counter - (uint64_t)diff;
}

uint64_t snapshot_zone_state(const struct zone_snapshot *zone, enum zone_stat_item item)
{
    return shown(zone->counters[item], zone->diffs[item]);
}

uint64_t snapshot_global_state(const struct snapshot *snapshot, enum zone_stat_item item)
{
    uint64_t diff = 0; /* modulo 2^64 */

    for (size_t i = 0; i < snapshot->zones.count; i++)
        diff += (uint64_t)snapshot->zones.items[i].diffs[item];
    return shown(snapshot->vmstat[item], (int64_t)diff);
}

uint64_t snapshot_node_state(const struct snapshot *snapshot, uint64_t nid,
                             enum zone_stat_item item)
{
    uint64_t state = 0;

    for (size_t i = 0; i < snapshot->zones.count; i++)
        if (snapshot->zones.items[i].node == nid)
            state += snapshot_zone_state(&snapshot->zones.items[i], item);
    return state;
}
