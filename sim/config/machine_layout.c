/* SPDX-License-Identifier: MIT */
/* The `machine` part of a machine file: nodes, CPUs, memory ranges, zones and boot options. */
#include "config/machine_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "config/cpu_list.h"
#include "config/key_value.h"
#include "config/page_count.h"
#include "yaml/yaml_value.h"

#define ZONE_ALIGN_BYTES ((uint64_t)MAX_ORDER_NR_PAGES << PAGE_SHIFT)

enum {
    LOCAL_DISTANCE = 10,
    REMOTE_DISTANCE = 20,
    STAT_THRESHOLD_MAX = 125,
};

/* A vmalloc space has room for an area of a page, and ends where the architecture's does. */
#define VMALLOC_PAGES_MIN    2
#define VMALLOC_PAGES_MAX_32 (UINT64_C(1) << (30 - PAGE_SHIFT))
#define VMALLOC_PAGES_MAX_64 (UINT64_C(1) << (45 - PAGE_SHIFT))

/* A memory range and where it was declared, for the overlap check. */
struct placed_range {
    struct memory_range range;
    const struct yaml_node *node;
};

struct layout {
    struct machine_config *config;
    const struct yaml_node *machine;
    const struct yaml_node *nodes;
    VEC(struct placed_range) placed;
    struct sim_error *err;
};

static bool out_of_memory(struct layout *l)
{
    return sim_error_set(l->err, ERR_OUT_OF_MEMORY, "no memory for the machine");
}

/* An absent key leaves *ret_pages alone. */
static bool get_pages(const struct yaml_node *node, uint64_t *ret_pages, struct sim_error *err)
{
    return config_get_pages(node, 0, PFN_LIMIT, ret_pages, err);
}

/* {start, size}, {start, end} or {start_pfn, end_pfn}. */
static bool read_range(const struct yaml_node *node, uint64_t *ret_start_pfn, uint64_t *ret_end_pfn,
                       struct sim_error *err)
{
    static const char *const by_address[] = {"start", "size", "end"};
    static const char *const by_pfn[] = {"start_pfn", "end_pfn"};
    const struct yaml_node *size_node = yaml_map_get(node, "size");
    const struct yaml_node *end_node = yaml_map_get(node, "end");
    const struct yaml_node *start_node;
    uint64_t start_pfn = 0;
    uint64_t end_pfn = 0;

    if (yaml_map_get(node, "start_pfn")) {
        if (!yaml_check_keys(node, by_pfn, NR_ITEMS(by_pfn), err) ||
            !yaml_get_uint(yaml_map_get(node, "start_pfn"), 0, PFN_LIMIT, &start_pfn, err) ||
            !yaml_require(node, "end_pfn", &end_node, err) ||
            !yaml_get_uint(end_node, 0, PFN_LIMIT, &end_pfn, err))
            return false;
    } else {
        if (!yaml_check_keys(node, by_address, NR_ITEMS(by_address), err) ||
            !yaml_require(node, "start", &start_node, err) ||
            !get_pages(start_node, &start_pfn, err))
            return false;
        if (end_node && size_node)
            return yaml_error_at(end_node, err, ERR_UNKNOWN_KEY, "give size or end, not both");
        if (end_node) {
            if (!get_pages(end_node, &end_pfn, err))
                return false;
        } else {
            uint64_t pages = 0;

            if (!yaml_require(node, "size", &size_node, err) || !get_pages(size_node, &pages, err))
                return false;
            if (pages > PFN_LIMIT - start_pfn)
                return yaml_error_at(size_node, err, ERR_OUT_OF_RANGE,
                                     "the range ends beyond the physical address space");
            end_pfn = start_pfn + pages;
        }
    }
    if (end_pfn <= start_pfn)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "the range is empty");
    *ret_start_pfn = start_pfn;
    *ret_end_pfn = end_pfn;
    return true;
}

static bool add_memory(struct layout *l, uint32_t nid, uint64_t start_pfn, uint64_t end_pfn,
                       const struct yaml_node *node)
{
    struct memory_range range = {.start_pfn = start_pfn, .end_pfn = end_pfn, .nid = nid};
    struct placed_range placed = {.range = range, .node = node};

    if (!vec_push(&l->config->memory, range) || !vec_push(&l->placed, placed))
        return out_of_memory(l);
    return true;
}

/* A size alone goes behind the memory declared so far. */
static bool read_memory_size(struct layout *l, uint32_t nid, const struct yaml_node *node)
{
    uint64_t start_pfn = 0;
    uint64_t pages = 0;

    for (size_t i = 0; i < l->config->memory.count; i++) {
        if (l->config->memory.items[i].end_pfn > start_pfn)
            start_pfn = l->config->memory.items[i].end_pfn;
    }
    if (!get_pages(node, &pages, l->err))
        return false;
    if (pages > PFN_LIMIT - start_pfn)
        return yaml_error_at(node, l->err, ERR_OUT_OF_RANGE,
                             "the range ends beyond the physical address space");
    return pages == 0 || add_memory(l, nid, start_pfn, start_pfn + pages, node);
}

static bool read_memory(struct layout *l, uint32_t nid, const struct yaml_node *node)
{
    if (!node)
        return true;
    if (node->kind == YAML_SCALAR)
        return read_memory_size(l, nid, node);
    if (!yaml_expect(node, YAML_SEQUENCE, l->err))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = yaml_seq_at(node, i);
        uint64_t start_pfn;
        uint64_t end_pfn;

        if (!yaml_expect(item, YAML_MAPPING, l->err) ||
            !read_range(item, &start_pfn, &end_pfn, l->err) ||
            !add_memory(l, nid, start_pfn, end_pfn, item))
            return false;
    }
    return true;
}

static int compare_placed(const void *left, const void *right)
{
    const struct placed_range *a = left;
    const struct placed_range *b = right;

    if (a->range.start_pfn != b->range.start_pfn)
        return a->range.start_pfn < b->range.start_pfn ? -1 : 1;
    return (a->range.end_pfn > b->range.end_pfn) - (a->range.end_pfn < b->range.end_pfn);
}

static bool declared_before(const struct yaml_node *a, const struct yaml_node *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static bool check_overlap(struct layout *l)
{
    const struct placed_range *widest;

    if (l->placed.count == 0)
        return yaml_error_at(l->nodes, l->err, ERR_NO_MEMORY, "the machine has no memory");
    qsort(l->placed.items, l->placed.count, sizeof(l->placed.items[0]), compare_placed);
    widest = &l->placed.items[0];
    for (size_t i = 1; i < l->placed.count; i++) {
        const struct placed_range *next = &l->placed.items[i];
        bool in_order = declared_before(widest->node, next->node);
        const struct placed_range *later = in_order ? next : widest;
        const struct placed_range *earlier = in_order ? widest : next;

        if (next->range.start_pfn < widest->range.end_pfn) {
            yaml_error_at(later->node, l->err, ERR_MEMORY_OVERLAP,
                          "the range overlaps the one of node %u at line %u", earlier->range.nid,
                          earlier->node->line);
            return false;
        }
        widest = next;
    }
    return true;
}

static bool read_distances(struct layout *l, uint32_t nid, const struct yaml_node *node)
{
    uint8_t *row = l->config->spec.distance[nid];

    if (!node)
        return true;
    if (!yaml_expect(node, YAML_SEQUENCE, l->err))
        return false;
    if (node->count != l->nodes->count)
        return yaml_error_at(node, l->err, ERR_BAD_DISTANCE, "%u distances for %u nodes",
                             node->count, l->nodes->count);
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t distance;

        if (!yaml_get_uint(yaml_seq_at(node, i), 1, UINT8_MAX, &distance, l->err))
            return false;
        row[i] = (uint8_t)distance;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        if (row[i] < row[nid])
            return yaml_error_at(yaml_seq_at(node, i), l->err, ERR_BAD_DISTANCE,
                                 "another node is nearer than node %u itself", nid);
    }
    return true;
}

static bool read_nodes(struct layout *l)
{
    static const char *const keys[] = {"cpus", "memory", "distances"};
    struct machine_spec *spec = &l->config->spec;
    struct cpu_list cpus = {.nr_cpus = 0};

    if (!yaml_require(l->machine, "nodes", &l->nodes, l->err) ||
        !yaml_expect(l->nodes, YAML_SEQUENCE, l->err))
        return false;
    if (l->nodes->count == 0 || l->nodes->count > NODES_MAX)
        return yaml_error_at(l->nodes, l->err, ERR_OUT_OF_RANGE, "a machine has 1 to %d nodes",
                             NODES_MAX);
    for (uint32_t from = 0; from < l->nodes->count; from++) {
        for (uint32_t to = 0; to < l->nodes->count; to++)
            spec->distance[from][to] = from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
    }
    for (uint32_t nid = 0; nid < l->nodes->count; nid++) {
        const struct yaml_node *node = yaml_seq_at(l->nodes, nid);

        if (!yaml_check_keys(node, keys, NR_ITEMS(keys), l->err) ||
            !cpu_list_read_node(&cpus, nid, node, l->err) ||
            !read_memory(l, nid, yaml_map_get(node, "memory")) ||
            !read_distances(l, nid, yaml_map_get(node, "distances")))
            return false;
    }
    if (!cpu_list_finish(&cpus, l->nodes, l->err))
        return false;
    spec->nr_cpus = cpus.nr_cpus;
    memcpy(spec->cpu_nid, cpus.nid, sizeof(spec->cpu_nid));
    spec->numa = l->nodes->count > 1;
    return check_overlap(l);
}

static bool read_reserved(struct layout *l)
{
    const struct yaml_node *list = yaml_map_get(l->machine, "reserved");

    if (!list)
        return true;
    if (!yaml_expect(list, YAML_SEQUENCE, l->err))
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *item = yaml_seq_at(list, i);
        struct reserved_range range;

        if (!yaml_expect(item, YAML_MAPPING, l->err) ||
            !read_range(item, &range.start_pfn, &range.end_pfn, l->err))
            return false;
        if (!vec_push(&l->config->reserved, range))
            return out_of_memory(l);
    }
    return true;
}

static bool read_zone_end(const struct yaml_node *node, uint64_t *end_pfn, struct sim_error *err)
{
    if (!get_pages(node, end_pfn, err))
        return false;
    if (node && (*end_pfn == 0 || *end_pfn % MAX_ORDER_NR_PAGES))
        return yaml_error_at(node, err, ERR_MEMORY_ALIGN, "a zone ends at a multiple of %u MiB",
                             (unsigned)(ZONE_ALIGN_BYTES >> 20));
    return true;
}

static bool read_zones(struct layout *l)
{
    static const char *const keys[] = {"dma_end", "dma32_end"};
    static const char *const highmem_keys[] = {"dma_end", "normal_end"};
    struct machine_spec *spec = &l->config->spec;
    const char *const *names = spec->highmem ? highmem_keys : keys;
    const struct yaml_node *zones = yaml_map_get(l->machine, "zones");
    const struct yaml_node *second = yaml_map_get(zones, names[1]);

    if (!yaml_check_keys(zones, names, 2, l->err) ||
        !read_zone_end(yaml_map_get(zones, names[0]), &spec->zone_end_pfn[0], l->err) ||
        !read_zone_end(second, &spec->zone_end_pfn[1], l->err))
        return false;
    if (spec->zone_end_pfn[1] <= spec->zone_end_pfn[0])
        return yaml_error_at(zones, l->err, ERR_OUT_OF_RANGE, "%s must be above dma_end", names[1]);
    return true;
}

/* The kernel ends its last zone where memory ends, which decides where kernelcore counts. */
static void end_last_zone(struct machine_spec *spec)
{
    uint64_t end_pfn = spec->zone_end_pfn[1];

    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > end_pfn)
            end_pfn = spec->memory[i].end_pfn;
    spec->zone_end_pfn[2] =
        (end_pfn + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES * MAX_ORDER_NR_PAGES;
}

/* "auto" and numbers for stat_threshold; "auto" and "off" for the grouping; true, false, auto. */
static bool read_automatic(struct layout *l)
{
    static const char *const groupings[] = {"auto", "off"};
    struct machine_spec *spec = &l->config->spec;
    const struct yaml_node *numa = yaml_map_get(l->machine, "numa");
    const struct yaml_node *threshold = yaml_map_get(l->machine, "stat_threshold");
    size_t grouping = 0;

    if (!config_is_auto(numa)) {
        if (!yaml_get_bool(numa, &spec->numa, l->err))
            return false;
        if (!spec->numa && l->nodes->count > 1)
            return yaml_error_at(numa, l->err, ERR_OUT_OF_RANGE, "%u nodes need a NUMA kernel",
                                 l->nodes->count);
    }
    if (!config_is_auto(threshold)) {
        uint64_t value;

        if (!yaml_get_uint(threshold, 0, STAT_THRESHOLD_MAX, &value, l->err))
            return false;
        spec->stat_threshold = (int32_t)value;
    }
    if (!yaml_get_choice(yaml_map_get(l->machine, "page_group_by_mobility"), groupings,
                         NR_ITEMS(groupings), &grouping, l->err))
        return false;
    spec->page_group_by_mobility_off = grouping == 1;
    return true;
}

static bool read_vmalloc_size(struct layout *l)
{
    struct machine_spec *spec = &l->config->spec;
    const struct yaml_node *size = yaml_map_get(l->machine, "vmalloc_size");
    uint64_t max = spec->highmem ? VMALLOC_PAGES_MAX_32 : VMALLOC_PAGES_MAX_64;
    uint64_t pages = 0;

    if (!config_is_auto(size) && !config_get_pages(size, VMALLOC_PAGES_MIN, max, &pages, l->err))
        return false;
    spec->vmalloc_bytes = pages << PAGE_SHIFT;
    return true;
}

static bool read_scalars(struct layout *l)
{
    struct machine_spec *spec = &l->config->spec;
    uint64_t hz = spec->hz;
    uint64_t pageblock_order = spec->pageblock_order;

    if (!yaml_get_uint(yaml_map_get(l->machine, "hz"), 50, 1000, &hz, l->err) ||
        !yaml_get_uint(yaml_map_get(l->machine, "pageblock_order"), 9, 10, &pageblock_order,
                       l->err) ||
        !yaml_get_uint(yaml_map_get(l->machine, "initial_jiffies"), 0, INT64_MAX,
                       &spec->initial_jiffies, l->err) ||
        !get_pages(yaml_map_get(l->machine, "kernelcore"), &spec->kernelcore_pages, l->err) ||
        !get_pages(yaml_map_get(l->machine, "movablecore"), &spec->movablecore_pages, l->err) ||
        !get_pages(yaml_map_get(l->machine, "dma_reserve"), &spec->dma_reserve_pages, l->err))
        return false;
    spec->hz = (uint32_t)hz;
    spec->pageblock_order = (uint32_t)pageblock_order;
    return true;
}

/* What only the whole machine shows gets the place of the part that is most likely to blame. */
static bool check_whole(struct layout *l)
{
    struct sim_error whole = {0};

    if (machine_spec_check(&l->config->spec, &whole))
        return true;
    return yaml_error_at(l->nodes, l->err, whole.code, "%s", whole.message);
}

static bool read_layout(struct layout *l)
{
    static const char *const keys[] = {
        "hz",
        "pageblock_order",
        "numa",
        "highmem",
        "nodes",
        "reserved",
        "zones",
        "kernelcore",
        "movablecore",
        "dma_reserve",
        "stat_threshold",
        "initial_jiffies",
        "page_group_by_mobility",
        "vmalloc_size",
    };
    struct machine_spec *spec = &l->config->spec;
    bool highmem = false;

    if (!yaml_check_keys(l->machine, keys, NR_ITEMS(keys), l->err) ||
        !yaml_get_bool(yaml_map_get(l->machine, "highmem"), &highmem, l->err))
        return false;
    machine_spec_init(spec, highmem);
    if (!read_nodes(l) || !read_reserved(l) || !read_zones(l) || !read_automatic(l) ||
        !read_scalars(l) || !read_vmalloc_size(l))
        return false;
    spec->memory = l->config->memory.items;
    spec->nr_memory = l->config->memory.count;
    end_last_zone(spec);
    spec->reserved = l->config->reserved.items;
    spec->nr_reserved = l->config->reserved.count;
    return check_whole(l);
}

bool machine_layout_read(struct machine_config *config, const struct yaml_node *machine,
                         struct sim_error *err)
{
    struct layout layout = {.config = config, .machine = machine, .err = err};
    bool ok = read_layout(&layout);

    vec_fini(&layout.placed);
    return ok;
}
