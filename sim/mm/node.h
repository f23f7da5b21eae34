/* SPDX-License-Identifier: MIT */
/* A NUMA node and its zonelists. */
#ifndef SIM_MM_NODE_H
#define SIM_MM_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine_spec.h"

enum {
    ZONELISTS_MAX = 2 * MAX_NR_ZONES, /* with fallback, then __GFP_THISNODE */
    ZONELIST_LENGTH_MAX = NODES_MAX * MAX_NR_ZONES,
};

/*
 * The zones an allocation may use, best first, and which of them were found full lately.
 * Kernel: include/linux/mmzone.h struct zonelist, struct zonelist_cache [2.6.24]
 */
struct zonelist {
    uint16_t length;
    bool has_cache; /* NUMA, lists with fallback */
    bool is_custom; /* of MPOL_BIND: a walk passes over zones above its gfp_zone() */
    uint8_t zones[ZONELIST_LENGTH_MAX];
    uint64_t full_zones[ZONELIST_LENGTH_MAX / 64]; /* bit per position */
    uint64_t last_full_zap;                        /* jiffies */
};

/* Kernel: include/linux/mmzone.h struct pglist_data [2.6.24] */
struct node {
    uint32_t nid;
    bool online;
    bool has_cpus;
    uint32_t start_pfn;
    uint64_t spanned_pages;
    uint64_t present_pages;     /* spanned less holes: without the zones' memmap charge */
    struct zonelist *zonelists; /* [ZONELISTS_MAX], UMA: [MAX_NR_ZONES] */
    uint32_t kswapd_max_order;
    bool kswapd_asleep;
};

#endif
