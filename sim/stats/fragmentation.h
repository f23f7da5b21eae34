/* SPDX-License-Identifier: MIT */
/* How usable a zone's free memory is for blocks of an order: the kernel's two indices. */
#ifndef SIM_STATS_FRAGMENTATION_H
#define SIM_STATS_FRAGMENTATION_H

#include <stdint.h>

#include "mm/machine_spec.h"

/*
 * All functions take the free blocks of each order, `nr_free[MAX_ORDER]` (struct zone has it), and
 * an order below MAX_ORDER. Free pages are those in the buddy lists: pages on per-CPU lists are
 * not free here, as in the kernel. Values are thousandths, as integers. O(MAX_ORDER).
 */

/* Free pages in all blocks. */
uint64_t fragmentation_free_pages(const uint64_t nr_free[static MAX_ORDER]);

/* Free pages in blocks of at least `order`. */
uint64_t fragmentation_usable_pages(const uint64_t nr_free[static MAX_ORDER], unsigned order);

/*
 * The share of free pages that no block of `order` can be made of: 0 = all usable, 1000 = none,
 * also when nothing is free.
 * Kernel: mm/vmstat.c unusable_free_index() [2.6.35]
 */
unsigned fragmentation_unusable_index(const uint64_t nr_free[static MAX_ORDER], unsigned order);

/*
 * Why a block of `order` cannot be had: -1000 = it can; towards 0 memory is lacking, towards 1000
 * it is there but in pieces. 0 when nothing at all is free.
 * Kernel: mm/vmstat.c __fragmentation_index() [2.6.35]
 */
int fragmentation_index(const uint64_t nr_free[static MAX_ORDER], unsigned order);

#endif
