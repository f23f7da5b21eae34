/* SPDX-License-Identifier: MIT */
/* Drawing nodes, ranges, holes, reserved pages and sysctls. */
#include "random_machine.h"

#include <inttypes.h>
#include <stdio.h>

#include "mm/machine_spec.h"

enum { RANGES_MAX = 4, FAR_PFN = 1048576, DISTANCE_IDS = 8 };

struct draft {
    struct rng *rng;
    struct script *script;
    const struct machine_wish *wish;
    struct random_machine machine;
    uint64_t start_pfn; /* of the lowest range */
    uint64_t end_pfn;
    uint64_t node_start[NODE_IDS];
};

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

static bool wished(struct rng *rng, int wish, uint64_t one_in_n)
{
    return wish < 0 ? one_in(rng, one_in_n) : wish > 0;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Mostly a multiple of something that matters: 1024, 512, 128, 64; or of nothing. */
static uint64_t random_aligned(struct rng *rng, uint64_t low, uint64_t high)
{
    static const uint64_t alignments[] = {1024, 512, 128, 64, 1, 1, 1};
    uint64_t alignment = alignments[rng_below(rng, sizeof(alignments) / sizeof(alignments[0]))];
    uint64_t value = rng_between(rng, low, high);
    uint64_t aligned = value - value % alignment;

    return aligned < low ? value : aligned;
}

/* ---- memory ---- */

static uint64_t range_pages_max(const struct draft *draft)
{
    struct rng *rng = draft->rng;

    if (wished(rng, draft->wish->tiny, 6))
        return rng_between(rng, 300, 3000);
    if (one_in(rng, 12))
        return 90000;
    return one_in(rng, 2) ? 12000 : 30000;
}

/*
 * Two ranges at the ends of a hole that together are what the page structs of the whole cost: all
 * of the zone is charged away, and yet there are pages in it.
 */
static uint64_t add_charged_ranges(struct draft *draft, uint32_t nid, uint64_t pfn)
{
    uint64_t spanned = rng_between(draft->rng, 200, 4000);
    uint64_t pages = spanned * 56 / 4096;

    draft->node_start[nid] = pfn;
    script_add(draft->script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid, pfn, pfn + 1);
    script_add(draft->script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid,
               pfn + spanned - pages + 1, pfn + spanned);
    draft->machine.total_pages += pages;
    return pfn + spanned;
}

/* Ranges of one node from pfn on, with holes or only touching each other; returns their end. */
static uint64_t add_ranges(struct draft *draft, uint32_t nid, uint64_t pfn, uint64_t pages_max)
{
    struct rng *rng = draft->rng;
    uint64_t ranges = one_in(rng, 2) ? 1 : rng_between(rng, 1, RANGES_MAX);

    draft->node_start[nid] = pfn;
    for (uint64_t i = 0; i < ranges; i++) {
        uint64_t end;

        if (i > 0 && !one_in(rng, 4))
            pfn += random_aligned(rng, 1, one_in(rng, 3) ? 3000 : 300);
        end = pfn + random_aligned(rng, 1, one_in(rng, 6) ? 200 : pages_max);
        /* Sizes are aligned above, so sometimes align the end itself. */
        if (one_in(rng, 2) && end / 64 * 64 > pfn)
            end = end / 64 * 64;
        /* A last pageblock of a single page. */
        if (one_in(rng, 8) && end / 1024 * 1024 > pfn)
            end = end / 1024 * 1024 + 1;
        script_add(draft->script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid, pfn, end);
        draft->machine.total_pages += end - pfn;
        pfn = end;
    }
    return pfn;
}

/* Node numbers need not follow the addresses, nor each other. */
static void draw_nids(struct draft *draft, uint32_t *nids, uint32_t count)
{
    uint32_t pool[NODE_IDS];
    uint32_t left =
        draft->machine.numa && one_in(draft->rng, 3) ? larger(count, DISTANCE_IDS) : count;

    for (uint32_t i = 0; i < left; i++)
        pool[i] = i;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t pick = one_in(draft->rng, 2) ? 0 : (uint32_t)rng_below(draft->rng, left);

        nids[i] = pool[pick];
        left--;
        for (uint32_t k = pick; k < left; k++)
            pool[k] = pool[k + 1];
    }
}

/*
 * So many nodes of two zones each that a zonelist is longer than a word of its cache, and at first
 * all of them full. A later min_free_kbytes may follow.
 */
static void add_many_nodes(struct draft *draft)
{
    struct random_machine *machine = &draft->machine;
    uint64_t pfn = rng_below(draft->rng, 2000);

    machine->nr_nids = (uint32_t)rng_between(draft->rng, 20, NODES_MAX - DISTANCE_IDS);
    draw_nids(draft, machine->nids, machine->nr_nids);
    draft->start_pfn = pfn;
    for (uint32_t i = 0; i < machine->nr_nids; i++) {
        uint64_t end = pfn + rng_between(draft->rng, 2048, 4096);

        draft->node_start[machine->nids[i]] = pfn;
        script_add(draft->script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, machine->nids[i], pfn,
                   end);
        draft->machine.total_pages += end - pfn;
        pfn = end;
    }
    draft->end_pfn = pfn;
    script_add(draft->script, "kernelcore %" PRIu32, 500 * machine->nr_nids);
    script_add(draft->script, "min_free_kbytes %d", INT32_MAX);
}

static void add_memory(struct draft *draft)
{
    struct rng *rng = draft->rng;
    struct random_machine *machine = &draft->machine;
    uint32_t count = machine->numa ? (uint32_t)rng_between(rng, 1, 5) : 1;
    uint64_t pages_max = range_pages_max(draft);
    uint32_t far_at = wished(rng, draft->wish->far, 10) ? (uint32_t)rng_below(rng, count) : count;
    uint64_t pfn = one_in(rng, 2) ? 0 : random_aligned(rng, 0, 6000);

    if (machine->numa && one_in(rng, 40)) {
        add_many_nodes(draft);
        return;
    }
    if (one_in(rng, 8))
        pfn = pfn / 64 * 64 | 64; /* not enough for freeing by words */
    draw_nids(draft, machine->nids, count);
    machine->nr_nids = count;
    draft->start_pfn = pfn;
    for (uint32_t i = 0; i < count; i++) {
        if (i == far_at)
            pfn = FAR_PFN - random_aligned(rng, 0, 20000);
        else if (i > 0 && one_in(rng, 2))
            pfn += random_aligned(rng, 1, 5000);
        if (i == 0)
            draft->start_pfn = pfn;
        if (one_in(rng, 20) && count > 1)
            pfn = add_charged_ranges(draft, machine->nids[i], pfn);
        else
            pfn = add_ranges(draft, machine->nids[i], pfn, pages_max);
    }
    draft->end_pfn = pfn;
}

/* Reserved ranges, many of them at the borders of a node's 64-page words. */
static void add_reserved(struct draft *draft)
{
    static const uint64_t lengths[] = {1, 1, 2, 31, 63, 64, 65, 128, 129, 500};
    struct rng *rng = draft->rng;
    uint64_t count = one_in(rng, 3) ? 0 : rng_between(rng, 1, 12);

    for (uint64_t i = 0; i < count; i++) {
        uint32_t nid = draft->machine.nids[rng_below(rng, draft->machine.nr_nids)];
        uint64_t start = draft->node_start[nid] + rng_below(rng, 200) * 64 + rng_below(rng, 3);
        uint64_t length = lengths[rng_below(rng, sizeof(lengths) / sizeof(lengths[0]))];

        if (one_in(rng, 3))
            start = rng_between(rng, draft->start_pfn, draft->end_pfn);
        if (start > draft->start_pfn && one_in(rng, 3))
            start--;
        if (one_in(rng, 12))
            length = rng_between(rng, 1, draft->machine.total_pages);
        script_add(draft->script, "reserve %" PRIu64 " %" PRIu64, start, start + length);
    }
    /* Every other word, or every other page, of a stretch. */
    if (one_in(rng, 8)) {
        uint64_t step = one_in(rng, 2) ? 64 : 1;
        uint64_t start = rng_between(rng, draft->start_pfn, draft->end_pfn);

        for (uint64_t i = 0; i < 40; i++)
            script_add(draft->script, "reserve %" PRIu64 " %" PRIu64, start + 2 * i * step,
                       start + (2 * i + 1) * step);
    }
}

/* Zone limits inside the memory; the last one is not below the end. */
static void add_zone_limits(struct draft *draft)
{
    struct rng *rng = draft->rng;
    uint64_t chunks = draft->end_pfn / MAX_ORDER_NR_PAGES + 1;
    uint64_t limit[2];

    if (draft->machine.nr_nids > DISTANCE_IDS) {
        script_add(draft->script, "zone_pfn 1024 2048 %d", 1 << 20);
        return;
    }
    if (one_in(rng, 4) && !draft->machine.highmem)
        return;
    limit[0] = rng_between(rng, one_in(rng, 5) ? 0 : 1, chunks);
    limit[1] = one_in(rng, 8) ? chunks : rng_between(rng, limit[0], chunks);
    if (draft->machine.highmem && limit[1] * MAX_ORDER_NR_PAGES <= draft->start_pfn)
        limit[1] = chunks;
    script_add(draft->script, "zone_pfn %" PRIu64 " %" PRIu64 " %" PRIu64,
               limit[0] * MAX_ORDER_NR_PAGES, limit[1] * MAX_ORDER_NR_PAGES,
               one_in(rng, 2) ? (chunks + rng_below(rng, 2)) * MAX_ORDER_NR_PAGES
                              : UINT64_C(1) << 40);
}

/* ---- CPUs and distances ---- */

static void add_node(struct random_machine *machine, uint32_t nid)
{
    for (uint32_t i = 0; i < machine->nr_nids; i++)
        if (machine->nids[i] == nid)
            return;
    machine->nids[machine->nr_nids++] = nid;
}

static void add_cpus(struct draft *draft)
{
    struct rng *rng = draft->rng;
    struct random_machine *machine = &draft->machine;
    uint32_t with_memory = machine->nr_nids;

    machine->nr_cpus = (uint32_t)rng_between(rng, 1, one_in(rng, 4) ? 16 : 4);
    if (one_in(rng, 60))
        machine->nr_cpus = (uint32_t)rng_between(rng, 100, CPUS_MAX);
    script_add(draft->script, "cpus %" PRIu32, machine->nr_cpus);
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++) {
        uint32_t nid = machine->nids[rng_below(rng, with_memory)];

        if (machine->numa && one_in(rng, 10))
            nid = (uint32_t)rng_below(rng, DISTANCE_IDS); /* perhaps a node without memory */
        if (!machine->numa)
            nid = 0;
        add_node(machine, nid);
        script_add(draft->script, "cpu_node %" PRIu32 " %" PRIu32, cpu, nid);
    }
}

static void add_distances(struct draft *draft)
{
    struct rng *rng = draft->rng;
    uint64_t most = one_in(rng, 2) ? 20 : 45;
    unsigned local = one_in(rng, 20) ? 25 : 10; /* 25: reclaim comes before going anywhere */

    for (uint32_t from = 0; from < DISTANCE_IDS; from++) {
        char row[SCRIPT_LINE_MAX] = "";
        size_t used = 0;

        for (uint32_t to = 0; to < NODE_IDS; to++) {
            unsigned further = (unsigned)rng_between(rng, !one_in(rng, 9) * 5, most - 10);

            used += (size_t)snprintf(row + used, sizeof(row) - used, " %u",
                                     local + (from == to ? 0 : further));
        }
        script_add(draft->script, "distance %" PRIu32 "%s", from, row);
    }
}

/* ---- options and sysctls ---- */

/* Nothing, little, some of it, or more than there is. */
static uint64_t share_of(struct rng *rng, uint64_t pages)
{
    switch (rng_below(rng, 6)) {
    case 0:
        return 1;
    case 1:
        return rng_between(rng, 1, 2000);
    case 2:
        return pages + rng_below(rng, 5000);
    default:
        return rng_between(rng, 1, pages);
    }
}

static void add_movable(struct draft *draft)
{
    struct rng *rng = draft->rng;
    uint64_t pages = draft->machine.total_pages;

    if (!one_in(rng, 3))
        script_add(draft->script, "kernelcore %" PRIu64, share_of(rng, pages));
    if (!one_in(rng, 3))
        script_add(draft->script, "movablecore %" PRIu64, share_of(rng, pages));
}

static void add_sysctls(struct draft *draft)
{
    struct rng *rng = draft->rng;
    struct script *script = draft->script;
    uint64_t pages = draft->machine.total_pages;

    if (one_in(rng, 6))
        script_add(script, "dma_reserve %" PRIu64, share_of(rng, pages) / 2);
    if (one_in(rng, 2))
        script_add(script, "min_free_kbytes %" PRIu64, random_min_free_kbytes(rng, pages));
    if (one_in(rng, 3))
        script_add(script, "lowmem_reserve_ratio %" PRIu64 " %" PRIu64 " %" PRIu64,
                   rng_below(rng, 300), rng_below(rng, 300), rng_below(rng, 64));
    if (one_in(rng, 3))
        script_add(script, "percpu_pagelist_fraction %" PRIu64,
                   rng_between(rng, 8, one_in(rng, 2) ? 50 : 20000));
    if (one_in(rng, 3))
        script_add(script, "stat_threshold %" PRIu64, one_in(rng, 3) ? 0 : rng_below(rng, 126));
    if (one_in(rng, 30))
        script_add(script, "page_group_by_mobility_off");
    if (one_in(rng, 4))
        script_add(script, "hz %d", one_in(rng, 2) ? 100 : 1000);
    if (one_in(rng, 3))
        script_add(script, "jiffies %" PRIu64, rng_below(rng, 3) * 1000);
    if (one_in(rng, 3))
        script_add(script, "zonelist_order %s", one_in(rng, 2) ? "node" : "zone");
    script_add(script, "waitlimit %" PRIu64, rng_below(rng, 7));
    script_add(script, "zreclaim_events 1");
}

uint64_t random_min_free_kbytes(struct rng *rng, uint64_t pages)
{
    switch (rng_below(rng, 5)) {
    case 0:
        return one_in(rng, 4) ? INT32_MAX : 0;
    case 1:
        return rng_below(rng, 200);
    case 2:
        return rng_below(rng, 8 * pages + 1); /* up to twice the memory */
    default:
        return rng_below(rng, pages / 2 + 1); /* up to an eighth */
    }
}

struct random_machine random_machine(struct rng *rng, const struct machine_wish *wish,
                                     struct script *script)
{
    struct draft draft = {.rng = rng, .script = script, .wish = wish};
    struct random_machine *machine = &draft.machine;

    machine->numa = !wished(rng, wish->numa < 0 ? -1 : !wish->numa, 4);
    machine->highmem = wished(rng, wish->highmem, 4);
    script_add(script, "config pageblock_order=%d numa=%d highmem=%d", one_in(rng, 3) ? 10 : 9,
               machine->numa, machine->highmem);
    add_memory(&draft);
    add_reserved(&draft);
    add_zone_limits(&draft);
    add_cpus(&draft);
    if (one_in(rng, 2))
        add_distances(&draft);
    if (machine->nr_nids <= DISTANCE_IDS && wished(rng, wish->movable, 3))
        add_movable(&draft);
    add_sysctls(&draft);
    return draft.machine;
}
