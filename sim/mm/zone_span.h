/* SPDX-License-Identifier: MIT */
/* Where zones begin and end: the boot's arithmetic over memory ranges, without any state. */
#ifndef SIM_MM_ZONE_SPAN_H
#define SIM_MM_ZONE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine_spec.h"

struct zone_span {
    uint64_t start_pfn;
    uint64_t spanned_pages; /* 0: the node has no such zone */
    uint64_t absent_pages;  /* holes inside the span */
};

struct zone_layout {
    uint32_t nr_nodes;     /* highest node with memory or CPUs + 1 */
    uint64_t max_pfn;      /* end of the highest range */
    unsigned movable_zone; /* the ordinary zone type that ZONE_MOVABLE takes its pages from */
    uint64_t node_start[NODES_MAX];
    uint64_t node_end[NODES_MAX];
    uint64_t node_absent[NODES_MAX];
    struct zone_span spans[NODES_MAX * MAX_NR_ZONES];
};

/*
 * Kernel: mm/page_alloc.c free_area_init_nodes(), find_zone_movable_pfns_for_nodes(),
 * free_area_init_core() [2.6.24]. False: no host memory.
 */
bool zone_layout_init(struct zone_layout *layout, const struct machine_spec *spec);

#endif
