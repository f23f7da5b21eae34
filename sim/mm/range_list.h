/* SPDX-License-Identifier: MIT */
/* Sorted lists of pfn ranges. */
#ifndef SIM_MM_RANGE_LIST_H
#define SIM_MM_RANGE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/machine_spec.h"

struct pfn_range {
    uint64_t start_pfn;
    uint64_t end_pfn;
};

/* Ascending, disjoint, not adjacent. `struct range_list list = {0};` is empty. */
struct range_list {
    struct pfn_range *items;
    size_t count;
    size_t capacity;
};

void range_list_fini(struct range_list *list);

/* The RAM of one node, adjacent ranges joined. False: no host memory, as for the others. */
bool range_list_of_node(struct range_list *list, const struct machine_spec *spec, uint32_t nid);

/* Takes the given ranges (any order, overlaps allowed) out of the list. */
bool range_list_subtract(struct range_list *list, const struct reserved_range *ranges,
                         size_t count);

/* The pages of the list inside [start_pfn, end_pfn). */
uint64_t range_list_pages_within(const struct range_list *list, uint64_t start_pfn,
                                 uint64_t end_pfn);

/*
 * The pages that boot withholds from the allocator: reserved ranges and the holes in node spans,
 * ascending and merged, in memory the caller frees.
 */
bool range_list_unavailable(const struct machine_spec *spec, struct reserved_range **ret_ranges,
                            size_t *ret_count);

#endif
