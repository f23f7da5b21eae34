/* SPDX-License-Identifier: MIT */
/* The LRU lists of the zones and the per-CPU batches in front of them. */
#ifndef SIM_RECLAIM_LRU_H
#define SIM_RECLAIM_LRU_H

#include "mm/frame.h"
#include "reclaim/pagevec.h"

struct machine;
struct reclaim;
struct zone;

/* Per CPU. Kernel: mm/swap.c lru_add_pvecs, lru_add_active_pvecs, lru_rotate_pvecs [2.6.24] */
struct lru_pvecs {
    struct pagevec add;
    struct pagevec add_active;
    struct pagevec rotate;
};

/*
 * All below run on `cpu`, whose counter differences and batches they change; none blocks.
 * A page is on a list exactly when PG_lru is set, on the active one exactly when PG_active is too
 * (an isolated page may bear PG_active without PG_lru). Pages in a batch have neither.
 */

/* The page gets a reference and waits in the CPU's batch.
 * Kernel: mm/swap.c lru_cache_add() [2.6.24] */
void lru_cache_add(struct reclaim *reclaim, pfn_t page, unsigned cpu);
void lru_cache_add_active(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Empties the CPU's three batches. Kernel: mm/swap.c drain_cpu_pagevecs() [2.6.24] */
void lru_add_drain(struct reclaim *reclaim, unsigned cpu);

/* Kernel: mm/swap.c mark_page_accessed() [2.6.24] */
void mark_page_accessed(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/*
 * Writeback of the page is over: back to the tail of the inactive list if reclaim wanted it,
 * counters, and whoever waits for the page is woken.
 * Kernel: mm/filemap.c end_page_writeback() [2.6.24]
 */
void end_page_writeback(struct reclaim *reclaim, pfn_t page, unsigned cpu);

void get_page(struct reclaim *reclaim, pfn_t page);
/* Drops a reference; the last one takes the page off its list and frees it hot.
 * Kernel: mm/swap.c put_page() [2.6.24] */
void put_page(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/*
 * Drops a reference of each, oldest first; those that were the last are freed in groups of 14,
 * each group from its last to its first page.
 * Kernel: mm/swap.c release_pages() [2.6.24]
 */
void release_pages(struct reclaim *reclaim, const uint32_t *pfns, unsigned nr, bool cold,
                   unsigned cpu);

/* Drains the CPU's batches, then releases the vector and empties it.
 * Kernel: mm/swap.c __pagevec_release() [2.6.24] */
void pagevec_release(struct reclaim *reclaim, struct pagevec *pvec, bool cold, unsigned cpu);

/* Drops the last references of pages nobody else can reach and frees them cold, last to first.
 * Kernel: mm/swap.c __pagevec_release_nonlru() [2.6.24] */
void pagevec_release_nonlru(struct reclaim *reclaim, struct pagevec *pvec, unsigned cpu);

/* The list's sentinel. */
uint32_t zone_lru_list(const struct zone *zone, bool active);

#endif
