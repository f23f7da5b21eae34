/* SPDX-License-Identifier: MIT */
/* The files of a node that tell of memory. */
#include "stats/node_files.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"

const char *node_file_name(enum node_file file)
{
    static const char *const names[] = {
        [NODE_NUMASTAT] = "numastat",
        [NODE_MEMINFO] = "meminfo",
        [NODE_DISTANCE] = "distance",
    };

    static_assert(sizeof(names) / sizeof(names[0]) == NR_NODE_FILES, "a name each");
    SIM_ASSERT(file < NR_NODE_FILES);
    return names[file];
}

static void print_numastat(struct strbuf *out, const struct snapshot *snapshot, uint64_t nid)
{
    static const struct {
        const char *name;
        enum zone_stat_item item;
    } lines[] = {
        {"numa_hit", NUMA_HIT},         {"numa_miss", NUMA_MISS},
        {"numa_foreign", NUMA_FOREIGN}, {"interleave_hit", NUMA_INTERLEAVE_HIT},
        {"local_node", NUMA_LOCAL},     {"other_node", NUMA_OTHER},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        strbuf_addf(out, "%s %" PRIu64 "\n", lines[i].name,
                    snapshot_node_state(snapshot, nid, lines[i].item));
}

/* One line; `title` has its colon and the blanks behind it. */
static void print_kb(struct strbuf *out, uint64_t nid, const char *title, uint64_t kb)
{
    strbuf_addf(out, "Node %" PRIu64 " %-13s %8" PRIu64 " kB\n", nid, title, kb);
}

/* Present and free pages of the node's highmem. */
static void sum_highmem(const struct snapshot *snapshot, uint64_t nid, uint64_t *ret_total,
                        uint64_t *ret_free)
{
    *ret_total = *ret_free = 0;
    for (size_t i = 0; i < snapshot->zones.count; i++) {
        const struct zone_snapshot *zone = &snapshot->zones.items[i];

        if (zone->node != nid || strcmp(strchr(zone->label, '/'), "/HighMem") != 0)
            continue;
        *ret_total += zone->present_pages;
        *ret_free += snapshot_zone_state(zone, NR_FREE_PAGES);
    }
}

static void print_lines(struct strbuf *out, const struct snapshot *snapshot, uint64_t nid)
{
    static const struct {
        const char *title;
        enum zone_stat_item item;
    } lines[] = {
        {"Dirty:", NR_FILE_DIRTY},          {"Writeback:", NR_WRITEBACK},
        {"FilePages:", NR_FILE_PAGES},      {"Mapped:", NR_FILE_MAPPED},
        {"AnonPages:", NR_ANON_PAGES},      {"PageTables:", NR_PAGETABLE},
        {"NFS_Unstable:", NR_UNSTABLE_NFS}, {"Bounce:", NR_BOUNCE},
    };
    uint64_t kb = snapshot->page_size_bytes / 1024;
    uint64_t reclaimable = snapshot_node_state(snapshot, nid, NR_SLAB_RECLAIMABLE);
    uint64_t unreclaimable = snapshot_node_state(snapshot, nid, NR_SLAB_UNRECLAIMABLE);

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        print_kb(out, nid, lines[i].title, kb * snapshot_node_state(snapshot, nid, lines[i].item));
    print_kb(out, nid, "Slab:", kb * (reclaimable + unreclaimable));
    print_kb(out, nid, "SReclaimable:", kb * reclaimable);
    print_kb(out, nid, "SUnreclaim:", kb * unreclaimable);
}

/* Active and Inactive are in pages, whatever stands behind them: so the kernel prints them. */
static void print_meminfo(struct strbuf *out, const struct snapshot *snapshot,
                          const struct node_snapshot *node)
{
    uint64_t kb = snapshot->page_size_bytes / 1024;
    uint64_t nid = node->node;
    uint64_t total = node->present_pages;
    uint64_t free_pages = snapshot_node_state(snapshot, nid, NR_FREE_PAGES);
    uint64_t high_total, high_free;

    strbuf_adds(out, "\n");
    print_kb(out, nid, "MemTotal:", kb * total);
    print_kb(out, nid, "MemFree:", kb * free_pages);
    print_kb(out, nid, "MemUsed:", kb * (total - free_pages));
    print_kb(out, nid, "Active:", snapshot_node_state(snapshot, nid, NR_ACTIVE));
    print_kb(out, nid, "Inactive:", snapshot_node_state(snapshot, nid, NR_INACTIVE));
    if (snapshot->highmem) {
        sum_highmem(snapshot, nid, &high_total, &high_free);
        print_kb(out, nid, "HighTotal:", kb * high_total);
        print_kb(out, nid, "HighFree:", kb * high_free);
        print_kb(out, nid, "LowTotal:", kb * (total - high_total));
        print_kb(out, nid, "LowFree:", kb * (free_pages - high_free));
    }
    print_lines(out, snapshot, nid);
}

static void print_distance(struct strbuf *out, const struct snapshot *snapshot, uint64_t nid)
{
    for (size_t i = 0; i < snapshot->nodes.count; i++) {
        uint64_t to = snapshot->nodes.items[i].node;

        strbuf_addf(out, "%s%" PRIu64, i ? " " : "",
                    snapshot->distances.items[nid * snapshot->nr_distances + to]);
    }
    strbuf_adds(out, "\n");
}

void node_file_format(struct strbuf *out, const struct snapshot *snapshot,
                      const struct node_snapshot *node, enum node_file file)
{
    SIM_ASSERT(file < NR_NODE_FILES);
    if (file == NODE_NUMASTAT)
        print_numastat(out, snapshot, node->node);
    else if (file == NODE_MEMINFO)
        print_meminfo(out, snapshot, node);
    else
        print_distance(out, snapshot, node->node);
}
