/* SPDX-License-Identifier: MIT */
/* The hot and cold per-CPU page lists of 2.6.24: one mixed list of single pages each. */
#ifndef SIM_MM_PCP_HOTCOLD_H
#define SIM_MM_PCP_HOTCOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/fallback.h"
#include "mm/machine.h"

/*
 * The kernel keeps one list with pages of all remembered migratetypes and walks it for a page of
 * the wanted type. Here each type has its own list and each page the sequence number of its place
 * in the common order, so that "first of this type", "head" and "tail" are O(1). A literal single
 * list is the slow model the tests compare with.
 *
 * Invariants: per type, sequence numbers fall from head to tail; all are below next_seq and no
 * two are equal; count is the number of pages on the four lists together.
 */

enum { PCP_HOT, PCP_COLD, NR_PCP_LISTS };

/* Sizes a zone's lists for one CPU. Kernel: mm/page_alloc.c setup_pageset() [2.6.24] */
void setup_pageset(struct per_cpu_pageset *pageset, uint32_t batch);

/* Kernel: mm/page_alloc.c zone_batchsize() [2.6.24] */
uint32_t zone_batchsize(const struct zone *zone);

/* Kernel: mm/page_alloc.c setup_pagelist_highmark() [2.6.24] */
void setup_pagelist_highmark(struct per_cpu_pageset *pageset, uint64_t high);

/*
 * Gives `count` pages from the tail back to the buddy lists; count <= pcp->count.
 * Kernel: mm/page_alloc.c free_pages_bulk() [2.6.24]
 */
void pcp_flush(struct machine *machine, struct zone *zone, struct per_cpu_pages *pcp,
               uint32_t count, unsigned cpu);

/*
 * Takes up to `batch` single pages of `type` from the buddy lists and puts them in front, the
 * first obtained at the head. The list must hold no page of that type.
 * Kernel: mm/page_alloc.c rmqueue_bulk() [2.6.24]
 */
void pcp_refill(struct machine *machine, struct zone *zone, struct per_cpu_pages *pcp,
                unsigned type, unsigned cpu);

/* The page at the head of the common order; the list is not empty. */
uint32_t pcp_head(const struct machine *machine, const struct per_cpu_pages *pcp);

/* Visits the pages from head to tail with the migratetype each remembers. */
void pcp_for_each(const struct machine *machine, const struct per_cpu_pages *pcp,
                  void (*visit)(void *context, pfn_t page, unsigned type), void *context);

/* Renumbers a list whose sequence numbers run out. */
void pcp_renumber(struct machine *machine, struct per_cpu_pages *pcp);

/* pcp_put() on a list whose sequence numbers have run out. */
void pcp_put_renumbered(struct machine *machine, struct zone *zone, uint32_t pfn, unsigned cpu,
                        unsigned cold);

static inline uint32_t pcp_type_list(const struct per_cpu_pages *pcp, unsigned type)
{
    return pcp->head + type;
}

/* The next `n` sequence numbers; the last of them is the largest. Returns the first. */
static inline uint32_t pcp_take_seqs(struct machine *machine, struct per_cpu_pages *pcp, uint32_t n)
{
    uint32_t first;

    if (SIM_UNLIKELY(pcp->next_seq > UINT32_MAX - n))
        pcp_renumber(machine, pcp);
    first = pcp->next_seq;
    pcp->next_seq += n;
    return first;
}

/*
 * One page of the wanted type, or, when the zone has none to refill with, whatever stands at the
 * head; NO_PFN when the list is empty then.
 * Kernel: mm/page_alloc.c buffered_rmqueue(), order 0 [2.6.24]
 */
static inline uint32_t pcp_take(struct machine *machine, struct zone *zone, unsigned cpu,
                                unsigned cold, unsigned type)
{
    struct frame *frames = machine->frame_table.frames;
    struct per_cpu_pages *pcp = &zone->pageset[cpu].pcp[cold];
    uint32_t list = pcp_type_list(pcp, type);
    uint32_t pfn = frames[list].next;

    if (SIM_UNLIKELY(pfn == list)) {
        pcp_refill(machine, zone, pcp, type, cpu);
        if (pcp->count == 0)
            return NO_PFN;
        pfn = frames[list].next;
        if (pfn == list)
            pfn = pcp_head(machine, pcp);
    }
    frame_list_del(frames, pfn);
    frames[pfn].pcp_seq = 0;
    pcp->count--;
    return pfn;
}

/*
 * Puts a page at the head, remembering the readable type of its pageblock, and flushes a batch
 * when the list is full. What seldom happens ends it: so nothing has to be kept over a call.
 * Kernel: mm/page_alloc.c free_hot_cold_page() [2.6.24]
 */
static inline void pcp_put(struct machine *machine, struct zone *zone, uint32_t pfn, unsigned cpu,
                           unsigned cold)
{
    struct frame *frames = machine->frame_table.frames;
    struct per_cpu_pages *pcp = &zone->pageset[cpu].pcp[cold];
    unsigned type = get_pageblock_migratetype(machine, zone, pfn);

    if (SIM_UNLIKELY(pcp->next_seq == UINT32_MAX)) {
        pcp_put_renumbered(machine, zone, pfn, cpu, cold);
        return;
    }
    frames[pfn].pcp_seq = pcp->next_seq++;
    frames[pfn].private = (uint8_t)(type | FRAME_ON_PCP);
    frame_list_insert(frames, pcp_type_list(pcp, type), pfn);
    pcp->count++;
    if (SIM_UNLIKELY(pcp->count >= pcp->high))
        pcp_flush(machine, zone, pcp, pcp->batch, cpu);
}

#endif
