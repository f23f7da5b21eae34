/* SPDX-License-Identifier: MIT */
/* The machines that tables of calls are about, and the words of those tables. */
#ifndef TESTS_UNIT_CONFIG_API_MACHINE_H
#define TESTS_UNIT_CONFIG_API_MACHINE_H

#include "mm/zone.h"

enum api_machine {
    UMA,        /* 0/DMA 16 MiB, 0/DMA32 496 MiB, 0/Normal 512 MiB */
    UMA_OFF,    /* the same, pages never grouped by mobility */
    MOVABLE,    /* the same with kernelcore: 0/Normal 88 MiB, 0/Movable 424 MiB */
    NUMA,       /* node 0 as UMA, 1/Normal 1 GiB; CPU n on node n */
    NUMA_SMALL, /* ... with 4 MiB on node 1 */
    I386,       /* 0/DMA 16 MiB, 0/Normal 496 MiB, 0/HighMem 512 MiB */
    NR_API_MACHINES,
};

/* clang-format off */
static const char *const api_machines[NR_API_MACHINES] = {
    [UMA] = "{zones: {dma_end: 16MiB, dma32_end: 512MiB}, nodes: [{memory: 1GiB}]}",
    [UMA_OFF] = "{zones: {dma_end: 16MiB, dma32_end: 512MiB}, nodes: [{memory: 1GiB}],"
                " page_group_by_mobility: off}",
    [MOVABLE] = "{zones: {dma_end: 16MiB, dma32_end: 512MiB}, nodes: [{memory: 1GiB}],"
                " kernelcore: 600MiB}",
    [NUMA] = "{zones: {dma_end: 16MiB, dma32_end: 512MiB},"
             " nodes: [{memory: 1GiB}, {memory: 1GiB}]}",
    [NUMA_SMALL] = "{zones: {dma_end: 16MiB, dma32_end: 512MiB},"
                   " nodes: [{memory: 1GiB}, {memory: 4MiB}]}",
    [I386] = "{highmem: true, zones: {dma_end: 16MiB, normal_end: 512MiB},"
             " nodes: [{memory: 1GiB}]}",
};
/* clang-format on */

/* `caches` of every workload. */
#define API_CACHES                                                        \
    "caches:\n"                                                           \
    "- {name: plain, object_size: 200, flags: []}\n"                      \
    "- {name: uneven, object_size: 700, flags: []}\n"                     \
    "- {name: inodes, object_size: 200, flags: [SLAB_RECLAIM_ACCOUNT]}\n" \
    "- {name: dma, object_size: 200, flags: [SLAB_CACHE_DMA]}\n"

/* What a page of the result shows. */
enum {
    API_COMPOUND = 1 << 0,
    API_ZEROED = 1 << 1, /* the allocator cleared every page */
};

/* What each request counts in the zone it was served from (and in `foreign`). */
enum {
    API_HIT = 1 << 0,
    API_MISS = 1 << 1,
    API_LOCAL = 1 << 2,
    API_OTHER = 1 << 3,
};

#define UNMOVABLE    MIGRATE_UNMOVABLE
#define RECLAIMABLE  MIGRATE_RECLAIMABLE
#define MOVABLE_TYPE MIGRATE_MOVABLE
#define FAILS        NULL

#endif
