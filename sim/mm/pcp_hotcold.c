/* SPDX-License-Identifier: MIT */
/* Sizing, refilling and flushing of the hot and cold per-CPU lists. */
#include "mm/pcp_hotcold.h"

#include "base/units.h"

enum { NR_TYPES = MIGRATE_PCPTYPES };

/* Position of the highest set bit, counted from 1; 0 for 0. */
static unsigned fls32(uint32_t value)
{
    return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

uint32_t zone_batchsize(const struct zone *zone)
{
    const uint64_t half_mib_pages = 512 * 1024 / PAGE_SIZE;
    uint64_t batch = zone->present_pages / 1024;

    if (batch > half_mib_pages)
        batch = half_mib_pages;
    batch /= 4;
    if (batch < 1)
        batch = 1;
    /* One less than a power of two keeps lists of several CPUs from beating in step. */
    return (UINT32_C(1) << (fls32((uint32_t)(batch + batch / 2)) - 1)) - 1;
}

void setup_pageset(struct per_cpu_pageset *pageset, uint32_t batch)
{
    struct per_cpu_pages *hot = &pageset->pcp[PCP_HOT];
    struct per_cpu_pages *cold = &pageset->pcp[PCP_COLD];

    hot->high = 6 * batch;
    hot->batch = batch > 1 ? batch : 1;
    cold->high = 2 * batch;
    cold->batch = batch / 2 > 1 ? batch / 2 : 1;
}

void setup_pagelist_highmark(struct per_cpu_pageset *pageset, uint64_t high)
{
    struct per_cpu_pages *hot = &pageset->pcp[PCP_HOT];
    uint64_t batch = high / 4;

    if (batch < 1)
        batch = 1;
    if (high / 4 > PAGE_SHIFT * 8)
        batch = PAGE_SHIFT * 8;
    hot->high = (uint32_t)high;
    hot->batch = (uint32_t)batch;
}

void pcp_refill(struct machine *machine, struct zone *zone, struct per_cpu_pages *pcp,
                unsigned type, unsigned cpu)
{
    struct frame *frames = machine->frame_table.frames;
    uint32_t list = pcp_type_list(pcp, type);
    uint32_t seq = pcp_take_seqs(machine, pcp, pcp->batch) + pcp->batch;
    uint32_t tail = list;

    SIM_ASSERT(frame_list_empty(frames, list));
    for (uint32_t i = 0; i < pcp->batch; i++) {
        uint32_t pfn = rmqueue(machine, zone, 0, type, cpu);

        if (pfn == NO_PFN)
            break;
        frames[pfn].pcp_seq = --seq;
        frames[pfn].private = (uint8_t)(type | FRAME_ON_PCP);
        frames[pfn].zone = zone->id;
        frame_list_insert(frames, tail, pfn);
        tail = pfn;
        pcp->count++;
    }
}

uint32_t pcp_head(const struct machine *machine, const struct per_cpu_pages *pcp)
{
    const struct frame *frames = machine->frame_table.frames;
    uint32_t best = NO_PFN;

    for (unsigned type = 0; type < NR_TYPES; type++) {
        uint32_t list = pcp_type_list(pcp, type);
        uint32_t pfn = frames[list].next;

        if (pfn != list && (best == NO_PFN || frames[pfn].pcp_seq > frames[best].pcp_seq))
            best = pfn;
    }
    return best;
}

static uint32_t pcp_tail(const struct machine *machine, const struct per_cpu_pages *pcp)
{
    const struct frame *frames = machine->frame_table.frames;
    uint32_t best = NO_PFN;

    for (unsigned type = 0; type < NR_TYPES; type++) {
        uint32_t list = pcp_type_list(pcp, type);
        uint32_t pfn = frames[list].prev;

        if (pfn != list && (best == NO_PFN || frames[pfn].pcp_seq < frames[best].pcp_seq))
            best = pfn;
    }
    return best;
}

void pcp_flush(struct machine *machine, struct zone *zone, struct per_cpu_pages *pcp,
               uint32_t count, unsigned cpu)
{
    struct frame *frames = machine->frame_table.frames;

    SIM_ASSERT(count <= pcp->count);
    zone->flags &= ~(uint32_t)ZONE_ALL_UNRECLAIMABLE;
    zone->pages_scanned = 0;
    pcp->count -= count;
    while (count--) {
        uint32_t pfn = pcp_tail(machine, pcp);

        frame_list_del(frames, pfn);
        frames[pfn].pcp_seq = 0;
        free_one_page(machine, zone, pfn, 0, cpu);
    }
}

/*
 * Walks all pages in the common order by merging the per-type lists; the cursor is the next page
 * of each list.
 */
struct pcp_merge {
    uint32_t next[NR_TYPES];
};

static struct pcp_merge pcp_merge_begin(const struct frame *frames, const struct per_cpu_pages *pcp)
{
    struct pcp_merge merge;

    for (unsigned type = 0; type < NR_TYPES; type++)
        merge.next[type] = frames[pcp_type_list(pcp, type)].next;
    return merge;
}

static uint32_t pcp_merge_next(struct pcp_merge *merge, const struct frame *frames,
                               const struct per_cpu_pages *pcp)
{
    uint32_t best = NO_PFN;
    unsigned best_type = 0;

    for (unsigned type = 0; type < NR_TYPES; type++) {
        uint32_t pfn = merge->next[type];

        if (pfn == pcp_type_list(pcp, type))
            continue;
        if (best == NO_PFN || frames[pfn].pcp_seq > frames[best].pcp_seq) {
            best = pfn;
            best_type = type;
        }
    }
    if (best != NO_PFN)
        merge->next[best_type] = frames[best].next;
    return best;
}

void pcp_renumber(struct machine *machine, struct per_cpu_pages *pcp)
{
    struct frame *frames = machine->frame_table.frames;
    struct pcp_merge merge = pcp_merge_begin(frames, pcp);
    uint32_t seq = pcp->count;
    uint32_t pfn;

    while ((pfn = pcp_merge_next(&merge, frames, pcp)) != NO_PFN)
        frames[pfn].pcp_seq = --seq;
    pcp->next_seq = pcp->count;
}

void pcp_put_renumbered(struct machine *machine, struct zone *zone, uint32_t pfn, unsigned cpu,
                        unsigned cold)
{
    pcp_renumber(machine, &zone->pageset[cpu].pcp[cold]);
    pcp_put(machine, zone, pfn, cpu, cold);
}

void pcp_for_each(const struct machine *machine, const struct per_cpu_pages *pcp,
                  void (*visit)(void *context, pfn_t page, unsigned type), void *context)
{
    const struct frame *frames = machine->frame_table.frames;
    struct pcp_merge merge = pcp_merge_begin(frames, pcp);
    uint32_t pfn;

    while ((pfn = pcp_merge_next(&merge, frames, pcp)) != NO_PFN)
        visit(context, (pfn_t){pfn}, frames[pfn].private & ~(unsigned)FRAME_ON_PCP);
}
