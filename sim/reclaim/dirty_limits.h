/* SPDX-License-Identifier: MIT */
/* How much of memory may be dirty, in all and on each device, and who waits for writeback. */
#ifndef SIM_RECLAIM_DIRTY_LIMITS_H
#define SIM_RECLAIM_DIRTY_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "reclaim/congestion.h"

struct reclaim;

struct dirty_limits {
    uint64_t background_pages; /* pdflush begins to write above it */
    uint64_t dirty_pages;      /* writers are throttled above it */
};

/* Pages that could be dirty: free ones and those on the LRU lists, without high memory; >= 1.
 * Kernel: mm/page-writeback.c determine_dirtyable_memory() [2.6.24] */
uint64_t determine_dirtyable_memory(const struct reclaim *reclaim);

/* The limits for this task, which may be entitled to more. O(zones).
 * Kernel: mm/page-writeback.c get_dirty_limits() [2.6.24] */
struct dirty_limits get_dirty_limits(const struct reclaim *reclaim, const struct task *task);

/*
 * The part of `dirty_pages` that the device may have dirty or under writeback: its share of the
 * writes that were completed lately, and no more than is left of the whole.
 * DEVIATION: the share is not cut by the task's own part of all dirtied pages, which 2.6.24 counts
 * for stores into mapped pages alone, not for write(); completions are counted exactly, the
 * kernel's per-CPU differences are not modelled.
 * Kernel: mm/page-writeback.c get_dirty_limits() with a bdi, clip_bdi_dirty_limit() [2.6.24]
 */
uint64_t device_dirty_limit(struct reclaim *reclaim, uint64_t dirty_pages, uint32_t dev);

/* Machine-wide counter as decisions see it: without the CPUs' differences, negative reads as 0.
 * Kernel: include/linux/vmstat.h global_page_state() [2.6.24] */
uint64_t global_page_state(const struct reclaim *reclaim, unsigned item);

/* Where one throttle_vm_writeout() stands; zero before it. */
struct throttle_writeout {
    struct congestion_sleep sleep;
};

/*
 * Waits until few enough pages are under writeback; once only when `gfp` lacks __GFP_FS or
 * __GFP_IO. Kernel: mm/page-writeback.c throttle_vm_writeout() [2.6.24]
 */
enum step throttle_vm_writeout(struct reclaim *reclaim, struct task *task,
                               struct throttle_writeout *throttle, uint32_t gfp);

/* ---- shares of events, decaying ---- */

/* All events. Kernel: lib/proportions.c struct prop_global [2.6.24] */
struct proportions {
    unsigned shift; /* 2^(shift - 1) events are a period, >= 1 */
    uint64_t events;
};

/* Those of one party. Kernel: lib/proportions.c struct prop_local_percpu [2.6.24] */
struct proportion {
    uint64_t events; /* halved with each period */
    uint64_t period; /* multiple of the period's length, of the last event */
    unsigned shift;  /* of all, at that time; 0: there was none */
};

/* `count` events of one party. Kernel: lib/proportions.c __prop_inc_percpu() [2.6.24] */
void proportion_add(struct proportions *all, struct proportion *one, uint64_t count);

/* Makes the periods longer or shorter. Parties follow at their next event or question.
 * Kernel: lib/proportions.c prop_change_shift() [2.6.24] */
void proportions_change_shift(struct proportions *all, unsigned shift);

/* value * share, rounded down. Kernel: lib/proportions.c prop_fraction_percpu() [2.6.24] */
uint64_t proportion_scale(const struct proportions *all, struct proportion *one, uint64_t value);

#endif
