/* SPDX-License-Identifier: MIT */
/* The machine as its builder describes it, before boot. Plain data: config fills it, tests too. */
#ifndef SIM_MM_MACHINE_SPEC_H
#define SIM_MM_MACHINE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mm/kernel_params.h"

enum {
    MAX_ORDER = 11, /* orders 0..10 */
    MAX_ORDER_NR_PAGES = 1 << (MAX_ORDER - 1),
    MAX_NR_ZONES = 4,
    NODES_MAX = 64, /* MAX_NUMNODES of x86-64 */
    CPUS_MAX = 256,
};

/* Page frame numbers are below this: 16 TiB of physical address space less one block. */
#define PFN_LIMIT UINT64_C(0xfffff000)

/* [start_pfn, end_pfn) of RAM on node nid. */
struct memory_range {
    uint64_t start_pfn;
    uint64_t end_pfn;
    uint32_t nid;
};

/* [start_pfn, end_pfn) that boot never gives to the allocator; it still counts as present. */
struct reserved_range {
    uint64_t start_pfn;
    uint64_t end_pfn;
};

enum zonelist_order {
    ZONELIST_ORDER_DEFAULT,
    ZONELIST_ORDER_NODE,
    ZONELIST_ORDER_ZONE,
};

/* The sysctls of vm.* that boot applies; the run-time ones are in mm/sysctl.h. */
struct vm_sysctl {
    bool min_free_kbytes_auto; /* boot computes it from lowmem */
    uint64_t min_free_kbytes;
    uint32_t lowmem_reserve_ratio[MAX_NR_ZONES - 1]; /* below 1 is taken as 1 */
    uint32_t percpu_pagelist_fraction;               /* 0 = off, else >= 8 */
    enum zonelist_order numa_zonelist_order;
    int32_t zone_reclaim_mode;       /* -1 = by distance, else bits 1 (on), 2 (write), 4 (swap) */
    uint32_t swappiness;             /* 0..100 */
    uint32_t dirty_ratio;            /* percent, 0..100 */
    uint32_t dirty_background_ratio; /* percent, 0..100 */
    uint32_t dirty_writeback_centisecs; /* period of pdflush; 0 = never */
    uint32_t dirty_expire_centisecs;    /* age at which it writes */
    uint32_t laptop_mode;               /* seconds after I/O; 0 = off */
    /* Swap-in reads 2^this slots; 0..10. DEVIATION: the kernel begins with 2 below 16 MiB. */
    uint32_t page_cluster;
};

/*
 * Zones by index: 0 DMA, 1 DMA32, 2 Normal, 3 Movable; with highmem: 0 DMA, 1 Normal, 2 HighMem,
 * 3 Movable. zone_end_pfn[i] is the upper limit of zone i; multiples of 1024. The kernel sets the
 * last one to the end of memory; a limit beyond it keeps an empty highest zone in the reckoning of
 * kernelcore.
 * The arrays are the caller's; machine_init() copies what it keeps.
 */
struct machine_spec {
    uint32_t pageblock_order; /* 9 or 10 */
    bool numa;                /* NUMA kernel: zonelist cache, NUMA counters, __GFP_THISNODE */
    bool highmem;
    bool page_group_by_mobility_off; /* never group, whatever the size of memory */
    uint32_t hz;
    uint64_t initial_jiffies;
    uint32_t nr_cpus; /* 1..CPUS_MAX, all online */
    uint8_t cpu_nid[CPUS_MAX];
    const struct memory_range *memory;
    size_t nr_memory;
    const struct reserved_range *reserved;
    size_t nr_reserved;
    uint64_t zone_end_pfn[MAX_NR_ZONES - 1];
    uint8_t distance[NODES_MAX][NODES_MAX]; /* 10 = local */
    uint64_t kernelcore_pages;              /* 0 = not given */
    uint64_t movablecore_pages;
    uint64_t dma_reserve_pages; /* taken off the present pages of zone 0 */
    uint32_t page_struct_bytes; /* sizeof(struct page) of the modelled kernel: charged to zones */
    uint64_t vmalloc_bytes;     /* of the vmalloc space; 0 = as the architecture has it */
    int32_t stat_threshold;     /* per-CPU counter threshold; -1 = computed, 0 = exact counters */
    struct vm_sysctl vm;
    struct kernel_params params;
};

/*
 * A UMA-like default: one CPU, no memory, 4 KiB pages, HZ 250, pageblock order 9, limits 16 MiB
 * and 4 GiB (highmem: 16 MiB and 896 MiB), distances 10/20, all sysctls automatic; 56 bytes for a
 * page's struct, as on 64 bits (highmem: 32).
 */
void machine_spec_init(struct machine_spec *spec, bool highmem);

/*
 * Refuses what no machine can be: empty or overlapping ranges (per pfn), interleaved node spans,
 * pfn beyond PFN_LIMIT or above every zone, zone limits not ascending multiples of 1024, highmem
 * without lowmem, CPUs on nodes that cannot be, distances of 0 or a local
 * distance other than the smallest of its row, HZ 0, pageblock order other than 9 or 10. Errors
 * without a place: the caller knows the document.
 */
bool machine_spec_check(const struct machine_spec *spec, struct sim_error *err);

#endif
