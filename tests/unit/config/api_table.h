/* SPDX-License-Identifier: MIT */
/* The allocation API as a table: each call, and what the kernel's rules make of it. */
#ifndef TESTS_UNIT_CONFIG_API_TABLE_H
#define TESTS_UNIT_CONFIG_API_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "api_machine.h"
#include "mm/misuse.h"

/* Written by hand from the kernel's rules; nothing here was recorded from a run. */

/* One call of the page API on a fresh machine. */
struct page_row {
    uint8_t machine;
    uint8_t cpu;
    const char *call;
    const char *args;    /* beside the id, as in YAML */
    const char *zone;    /* NULL: the call fails */
    uint8_t type;        /* of the page's pageblock afterwards */
    uint8_t order;       /* pages taken, and the pgalloc_* of the zone */
    uint8_t flags;       /* API_COMPOUND ... */
    uint8_t numa;        /* API_HIT ... */
    const char *foreign; /* the zone that was meant, with API_MISS */
};

/* clang-format off */
static const struct page_row page_rows[] = {
    /* every composite mask, where there is no HighMem: the zone list ends at Normal */
    {UMA, 0, "alloc_pages", "", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_NOWAIT", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_ATOMIC", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_NOIO", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_NOFS", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_USER", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_TEMPORARY", "0/Normal", RECLAIMABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_HIGHUSER", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_HIGHUSER_MOVABLE", "0/Normal", MOVABLE_TYPE},
    {UMA, 0, "alloc_pages", "gfp: GFP_DMA", "0/DMA", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|GFP_DMA", "0/DMA", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_DMA32", "0/DMA32", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_DMA32", "0/DMA32", UNMOVABLE},
    /* both: DMA is looked at first */
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_DMA|__GFP_DMA32", "0/DMA", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_DMA|__GFP_HIGHMEM", "0/DMA", UNMOVABLE},
    /* the bits of mobility, alone and (as the kernel warns) together */
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_MOVABLE", "0/Normal", MOVABLE_TYPE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_RECLAIMABLE", "0/Normal", RECLAIMABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_MOVABLE|__GFP_RECLAIMABLE", "0/Normal", MIGRATE_RESERVE},
    {UMA_OFF, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_RECLAIMABLE", "0/Normal", UNMOVABLE},
    {UMA_OFF, 0, "alloc_pages", "gfp: GFP_HIGHUSER_MOVABLE", "0/Normal", UNMOVABLE},
    /* modifiers that choose nothing */
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_COLD", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_REPEAT", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_NOFAIL", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_HARDWALL", "0/Normal", UNMOVABLE},
    /* not a NUMA kernel: __GFP_THISNODE selects nothing */
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_THISNODE", "0/Normal", UNMOVABLE},
    /* what is done to the pages; a compound page begins at order 1 */
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_ZERO", "0/Normal", UNMOVABLE, 0, API_ZEROED},
    {UMA, 0, "alloc_pages", "order: 3, gfp: GFP_KERNEL|__GFP_ZERO", "0/Normal", UNMOVABLE, 3, API_ZEROED},
    {UMA, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_COMP", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_pages", "order: 1, gfp: GFP_KERNEL|__GFP_COMP", "0/Normal", UNMOVABLE, 1, API_COMPOUND},
    {UMA, 0, "alloc_pages", "order: 9, gfp: GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO", "0/Normal", MOVABLE_TYPE, 9, API_COMPOUND | API_ZEROED},
    /* orders */
    {UMA, 0, "alloc_pages", "order: 1", "0/Normal", UNMOVABLE, 1},
    {UMA, 0, "alloc_pages", "order: 4, gfp: GFP_ATOMIC", "0/Normal", UNMOVABLE, 4},
    {UMA, 0, "alloc_pages", "order: 9, gfp: GFP_TEMPORARY", "0/Normal", RECLAIMABLE, 9},
    {UMA, 0, "alloc_pages", "order: 10", "0/Normal", UNMOVABLE, 10},
    {UMA, 0, "alloc_pages", "order: 10, gfp: GFP_DMA32", "0/DMA32", UNMOVABLE, 10},
    {UMA, 0, "alloc_pages", "order: 11", FAILS, 0, 11},
    {UMA, 0, "alloc_pages", "order: 11, gfp: GFP_ATOMIC", FAILS, 0, 11},
    {UMA, 0, "alloc_pages", "order: 63, gfp: GFP_HIGHUSER_MOVABLE", FAILS, 0, 63},
    /* the other names */
    {UMA, 0, "alloc_page", "gfp: GFP_ATOMIC", "0/Normal", UNMOVABLE},
    {UMA, 0, "alloc_page", "gfp: GFP_HIGHUSER_MOVABLE", "0/Normal", MOVABLE_TYPE},
    {UMA, 0, "__get_free_pages", "order: 2, gfp: GFP_KERNEL", "0/Normal", UNMOVABLE, 2},
    {UMA, 0, "__get_free_pages", "order: 2, gfp: GFP_DMA", "0/DMA", UNMOVABLE, 2},
    {UMA, 0, "get_free_pages", "order: 2, gfp: GFP_NOFS", "0/Normal", UNMOVABLE, 2},
    {UMA, 0, "__get_free_pages", "order: 11", FAILS, 0, 11},
    {UMA, 0, "__get_free_page", "", "0/Normal", UNMOVABLE},
    {UMA, 0, "__get_free_page", "gfp: GFP_TEMPORARY", "0/Normal", RECLAIMABLE},
    {UMA, 0, "get_zeroed_page", "", "0/Normal", UNMOVABLE, 0, API_ZEROED},
    {UMA, 0, "get_zeroed_page", "gfp: GFP_ATOMIC", "0/Normal", UNMOVABLE, 0, API_ZEROED},
    {UMA, 0, "get_zeroed_page", "gfp: GFP_DMA32", "0/DMA32", UNMOVABLE, 0, API_ZEROED},
    {UMA, 0, "get_dma_pages", "order: 1", "0/DMA", UNMOVABLE, 1},
    {UMA, 0, "__get_dma_pages", "order: 5, gfp: GFP_ATOMIC", "0/DMA", UNMOVABLE, 5},
    {UMA, 0, "__get_dma_pages", "order: 11", FAILS, 0, 11},
    {UMA, 0, "alloc_pages_node", "node: 0, gfp: GFP_KERNEL", "0/Normal", UNMOVABLE},

    /* ZONE_MOVABLE is only for what may go to HighMem and is movable */
    {MOVABLE, 0, "alloc_pages", "gfp: GFP_HIGHUSER_MOVABLE", "0/Movable", MOVABLE_TYPE},
    {MOVABLE, 0, "alloc_pages", "order: 9, gfp: GFP_HIGHUSER_MOVABLE", "0/Movable", MOVABLE_TYPE, 9},
    {MOVABLE, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_MOVABLE", "0/Normal", MOVABLE_TYPE},
    {MOVABLE, 0, "alloc_pages", "gfp: GFP_HIGHUSER", "0/Normal", UNMOVABLE},
    {MOVABLE, 0, "alloc_pages", "gfp: GFP_KERNEL", "0/Normal", UNMOVABLE},

    /* HighMem; a 32-bit kernel has no ZONE_DMA32, its bit chooses nothing */
    {I386, 0, "alloc_pages", "gfp: GFP_KERNEL", "0/Normal", UNMOVABLE},
    {I386, 0, "alloc_pages", "gfp: GFP_USER", "0/Normal", UNMOVABLE},
    {I386, 0, "alloc_pages", "gfp: GFP_ATOMIC", "0/Normal", UNMOVABLE},
    {I386, 0, "alloc_pages", "gfp: GFP_HIGHUSER", "0/HighMem", UNMOVABLE},
    {I386, 0, "alloc_pages", "gfp: GFP_HIGHUSER_MOVABLE", "0/HighMem", MOVABLE_TYPE},
    {I386, 0, "alloc_pages", "gfp: GFP_ATOMIC|__GFP_HIGHMEM", "0/HighMem", UNMOVABLE},
    {I386, 0, "alloc_pages", "order: 3, gfp: GFP_HIGHUSER|__GFP_ZERO", "0/HighMem", UNMOVABLE, 3, API_ZEROED},
    {I386, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_MOVABLE", "0/Normal", MOVABLE_TYPE},
    {I386, 0, "alloc_pages", "gfp: GFP_DMA", "0/DMA", UNMOVABLE},
    {I386, 0, "alloc_pages", "gfp: GFP_KERNEL|__GFP_DMA32", "0/Normal", UNMOVABLE},
    {I386, 0, "get_zeroed_page", "", "0/Normal", UNMOVABLE, 0, API_ZEROED},
    {I386, 0, "__get_dma_pages", "order: 2", "0/DMA", UNMOVABLE, 2},

    /* by the CPU's node: each node's own list first */
    {NUMA, 0, "alloc_pages", "", "0/Normal", UNMOVABLE, 0, 0, API_HIT | API_LOCAL},
    {NUMA, 1, "alloc_pages", "", "1/Normal", UNMOVABLE, 0, 0, API_HIT | API_LOCAL},
    {NUMA, 1, "alloc_pages", "order: 4, gfp: GFP_ATOMIC", "1/Normal", UNMOVABLE, 4, 0, API_HIT | API_LOCAL},
    {NUMA, 1, "alloc_page", "gfp: GFP_HIGHUSER_MOVABLE", "1/Normal", MOVABLE_TYPE, 0, 0, API_HIT | API_LOCAL},
    {NUMA, 1, "get_zeroed_page", "", "1/Normal", UNMOVABLE, 0, API_ZEROED, API_HIT | API_LOCAL},
    {NUMA, 1, "__get_free_pages", "order: 1", "1/Normal", UNMOVABLE, 1, 0, API_HIT | API_LOCAL},
    /* a node without the zone: the list begins on another one, which is then what was meant */
    {NUMA, 1, "alloc_pages", "gfp: GFP_DMA", "0/DMA", UNMOVABLE, 0, 0, API_HIT | API_OTHER},
    {NUMA, 1, "__get_dma_pages", "order: 1", "0/DMA", UNMOVABLE, 1, 0, API_HIT | API_OTHER},
    {NUMA, 1, "alloc_pages", "gfp: GFP_DMA32", "0/DMA32", UNMOVABLE, 0, 0, API_HIT | API_OTHER},
    {NUMA, 1, "alloc_pages", "gfp: GFP_DMA|__GFP_THISNODE", FAILS, 0, 0},
    /* a named node */
    {NUMA, 0, "alloc_pages_node", "node: 0, gfp: GFP_KERNEL", "0/Normal", UNMOVABLE, 0, 0, API_HIT | API_LOCAL},
    {NUMA, 0, "alloc_pages_node", "node: 1, gfp: GFP_KERNEL", "1/Normal", UNMOVABLE, 0, 0, API_HIT | API_OTHER},
    {NUMA, 1, "alloc_pages_node", "node: 0, gfp: GFP_KERNEL, order: 3", "0/Normal", UNMOVABLE, 3, 0, API_HIT | API_OTHER},
    {NUMA, 1, "alloc_pages_node", "node: 0, gfp: GFP_KERNEL|__GFP_THISNODE", "0/Normal", UNMOVABLE, 0, 0, API_HIT | API_OTHER},
    {NUMA, 1, "alloc_pages_node", "node: 1, gfp: GFP_DMA32", "0/DMA32", UNMOVABLE, 0, 0, API_HIT | API_OTHER},
    {NUMA, 0, "alloc_pages_node", "node: 1, order: 11", FAILS, 0, 11},
    /* the node meant cannot: another one serves, or with __GFP_THISNODE nobody */
    {NUMA_SMALL, 1, "alloc_pages", "order: 10", "0/Normal", UNMOVABLE, 10, 0, API_MISS | API_OTHER, "1/Normal"},
    {NUMA_SMALL, 0, "alloc_pages_node", "node: 1, order: 10", "0/Normal", UNMOVABLE, 10, 0, API_MISS | API_LOCAL, "1/Normal"},
    {NUMA_SMALL, 1, "alloc_pages", "order: 10, gfp: GFP_NOWAIT|__GFP_THISNODE", FAILS, 0, 10},
};

/* Frees: the allocating call, then these; what comes back and where to. */
struct free_row {
    uint8_t machine;
    const char *alloc;
    const char *args;
    const char *frees[3]; /* "CALL" or "CALL ARGS", done to the id one after the other */
    uint16_t hot, cold;   /* pages on the CPU's lists */
    uint16_t buddy;       /* pages on the buddy lists */
};

static const struct free_row free_rows[] = {
    {UMA, "alloc_pages", "", {"free_pages"}, .hot = 1},
    {UMA, "alloc_pages", "", {"__free_pages"}, .hot = 1},
    {UMA, "alloc_pages", "", {"free_pages order: 0"}, .hot = 1},
    {UMA, "alloc_page", "", {"__free_page"}, .hot = 1},
    {UMA, "__get_free_page", "", {"free_page"}, .hot = 1},
    {UMA, "get_zeroed_page", "", {"free_page"}, .hot = 1},
    {UMA, "alloc_pages", "", {"free_hot_page"}, .hot = 1},
    {UMA, "alloc_pages", "", {"free_cold_page"}, .cold = 1},
    {UMA, "alloc_pages", "gfp: GFP_KERNEL|__GFP_COLD", {"free_cold_page"}, .cold = 1},
    {UMA, "alloc_pages", "order: 1", {"free_pages"}, .buddy = 2},
    {UMA, "alloc_pages", "order: 3", {"__free_pages order: 3"}, .buddy = 8},
    {UMA, "alloc_pages", "order: 3, gfp: GFP_KERNEL|__GFP_COMP", {"free_pages order: 3"}, .buddy = 8},
    {UMA, "alloc_pages", "order: 10", {"free_pages"}, .buddy = 1024},
    {UMA, "__get_dma_pages", "order: 2", {"free_pages order: 2"}, .buddy = 4},
    /* the batch of a small zone is 1 and its list holds nothing */
    {UMA, "alloc_pages", "gfp: GFP_DMA", {"free_pages"}, .buddy = 1},
    {UMA, "alloc_pages", "gfp: GFP_DMA", {"free_cold_page"}, .buddy = 1},
    /* split pages are pages of their own */
    {UMA, "alloc_pages", "order: 2", {"split_page", "free_pages"}, .hot = 4},
    {UMA, "alloc_pages", "order: 2", {"split_page", "free_part order: 0, part: 3"}, .hot = 1},
    {UMA, "alloc_pages", "order: 2", {"split_page", "free_part order: 0, part: 3", "free_part order: 0, part: 2"}, .hot = 2},
    {UMA, "alloc_pages", "order: 0", {"split_page", "free_pages"}, .hot = 1},
    {NUMA, "alloc_pages", "", {"free_pages"}, .hot = 1},
    {NUMA, "alloc_pages", "node: 1", {"free_pages"}, .hot = 1},
    {NUMA, "alloc_pages", "node: 1, order: 2", {"free_pages"}, .buddy = 4},
    {I386, "alloc_pages", "gfp: GFP_HIGHUSER_MOVABLE", {"free_pages"}, .hot = 1},
    /* an object goes back to its slab, which stays with the CPU; pages of a large one go back */
    {UMA, "kmalloc", "size: 64", {"kfree"}},
    {UMA, "kmalloc", "size: 2048", {"kfree"}},
    {UMA, "kmalloc", "size: 4096", {"kfree"}, .hot = 1},
    {UMA, "kmalloc", "size: 8192", {"kfree"}, .buddy = 2},
    {UMA, "kmalloc", "size: 0", {"kfree"}},
    {UMA, "kmem_cache_alloc", "cache: inodes", {"kmem_cache_free"}},
    /* the pages of an area; its descriptor and array were objects, its page tables stay */
    {UMA, "vmalloc", "size: 12288", {"vfree"}, .hot = 3},
    {I386, "vmalloc", "size: 12288", {"vfree"}, .hot = 3},
    {UMA, "vmalloc_32", "size: 4096", {"vfree"}, .hot = 1},
    /* address 0, the answer of a failed call, is ignored */
    {UMA, "alloc_pages", "order: 11", {"free_pages"}},
    {UMA, "__get_free_pages", "order: 11", {"free_pages order: 11"}},
    {UMA, "kmalloc", "size: 4194305", {"kfree"}},
    {UMA, "vmalloc", "size: 0", {"vfree"}},
};
/* clang-format on */

/* What one zone gave to a call of kmalloc() and its kin, new slabs and page tables included. */
struct call_share {
    const char *zone; /* NULL: nothing */
    uint16_t pages;
    uint16_t requests;
    uint8_t numa; /* what each request counts */
};

/* One call on a fresh machine, where every slab is new. */
struct call_row {
    uint8_t machine;
    uint8_t cpu;
    const char *call;
    const char *args;
    bool fails;
    struct call_share from[2];
    uint8_t slab_unreclaimable; /* nr_slab_* of from[0].zone, pages */
    uint8_t slab_reclaimable;
    uint16_t zeroed; /* pages that the allocator cleared */
    uint8_t type;    /* the new pageblock type in from[0].zone */
};

/* clang-format off */
static const struct call_row call_rows[] = {
    /* size classes: one new slab; 2048 is the largest, with slabs of order 1 */
    {UMA, 0, "kmalloc", "size: 0"},
    {UMA, 0, "kmalloc", "size: 1", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmalloc", "size: 96", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmalloc", "size: 1024", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmalloc", "size: 1025", .from = {{"0/Normal", 2, 1}}, .slab_unreclaimable = 2},
    {UMA, 0, "kmalloc", "size: 2048, gfp: GFP_ATOMIC", .from = {{"0/Normal", 2, 1}}, .slab_unreclaimable = 2},
    /* beyond half a page: pages, which are no slab's */
    {UMA, 0, "kmalloc", "size: 2049", .from = {{"0/Normal", 1, 1}}},
    {UMA, 0, "kmalloc", "size: 4096", .from = {{"0/Normal", 1, 1}}},
    {UMA, 0, "kmalloc", "size: 4097", .from = {{"0/Normal", 2, 1}}},
    {UMA, 0, "kmalloc", "size: 8193, gfp: GFP_NOFS", .from = {{"0/Normal", 4, 1}}},
    {UMA, 0, "kmalloc", "size: 4194304", .from = {{"0/Normal", 1024, 1}}},
    {UMA, 0, "kmalloc", "size: 4194305", .fails = true},
    /* zones; slabs take the bits of reclaim and place only, pages take all */
    {UMA, 0, "kmalloc", "size: 64, gfp: GFP_DMA", .from = {{"0/DMA", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmalloc", "size: 5000, gfp: GFP_KERNEL|GFP_DMA", .from = {{"0/DMA", 2, 1}}},
    {UMA, 0, "kmalloc", "size: 64, gfp: GFP_TEMPORARY", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmalloc", "size: 5000, gfp: GFP_TEMPORARY", .from = {{"0/Normal", 2, 1}}, .type = RECLAIMABLE},
    {UMA, 0, "kzalloc", "size: 64", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kzalloc", "size: 5000", .from = {{"0/Normal", 2, 1}}, .zeroed = 2},
    {I386, 0, "kmalloc", "size: 64", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {I386, 0, "kmalloc", "size: 2048", .from = {{"0/Normal", 2, 1}}, .slab_unreclaimable = 2},
    /* nodes; pages of a large one come from the CPU's whatever is asked */
    {NUMA, 1, "kmalloc", "size: 64", .from = {{"1/Normal", 1, 1, API_HIT | API_LOCAL}}, .slab_unreclaimable = 1},
    {NUMA, 0, "kmalloc_node", "size: 64, node: 1", .from = {{"1/Normal", 1, 1, API_HIT | API_OTHER}}, .slab_unreclaimable = 1},
    {NUMA, 0, "kmalloc_node", "size: 5000, node: 1", .from = {{"0/Normal", 2, 1, API_HIT | API_LOCAL}}},
    /* caches; 700 bytes leave too much of a page, so a slab is of order 1 */
    {UMA, 0, "kmem_cache_alloc", "cache: plain", .from = {{"0/Normal", 1, 1}}, .slab_unreclaimable = 1},
    {UMA, 0, "kmem_cache_alloc", "cache: uneven, gfp: GFP_ATOMIC", .from = {{"0/Normal", 2, 1}}, .slab_unreclaimable = 2},
    {UMA, 0, "kmem_cache_alloc", "cache: inodes", .from = {{"0/Normal", 1, 1}}, .slab_reclaimable = 1, .type = RECLAIMABLE},
    {UMA, 0, "kmem_cache_zalloc", "cache: inodes, gfp: GFP_NOFS", .from = {{"0/Normal", 1, 1}}, .slab_reclaimable = 1, .type = RECLAIMABLE},
    {UMA, 0, "kmem_cache_alloc", "cache: dma", .from = {{"0/DMA", 1, 1}}, .slab_unreclaimable = 1},
    {NUMA, 0, "kmem_cache_alloc_node", "cache: plain, node: 1", .from = {{"1/Normal", 1, 1, API_HIT | API_OTHER}}, .slab_unreclaimable = 1},

    /* vmalloc: descriptor and page array by kmalloc, pages one by one, three levels of page tables */
    {UMA, 0, "vmalloc", "size: 0", .fails = true},
    {UMA, 0, "vmalloc", "size: 1", .from = {{"0/Normal", 6, 6}}, .slab_unreclaimable = 2, .zeroed = 3},
    {UMA, 0, "vmalloc", "size: 12288", .from = {{"0/Normal", 8, 8}}, .slab_unreclaimable = 2, .zeroed = 3},
    /* an array of exactly a page is a large kmalloc(), cleared; a longer one is an area of its own */
    {UMA, 0, "vmalloc", "size: 2097152", .from = {{"0/Normal", 517, 517}}, .slab_unreclaimable = 1, .zeroed = 4},
    {UMA, 0, "vmalloc", "size: 2101248", .from = {{"0/Normal", 521, 521}}, .slab_unreclaimable = 2, .zeroed = 6},
    {UMA, 0, "vmalloc", "size: 2147483648", .fails = true}, /* more than there are frames */
    {UMA, 0, "vmalloc_32", "size: 4096", .from = {{"0/Normal", 5, 5}, {"0/DMA32", 1, 1}}, .slab_unreclaimable = 2, .zeroed = 3},
    {I386, 0, "vmalloc", "size: 4096", .from = {{"0/Normal", 3, 3}, {"0/HighMem", 1, 1}}, .slab_unreclaimable = 2, .zeroed = 1},
    {I386, 0, "vmalloc_32", "size: 4096", .from = {{"0/Normal", 4, 4}}, .slab_unreclaimable = 2, .zeroed = 1},
    {NUMA, 1, "vmalloc", "size: 4096", .from = {{"1/Normal", 6, 6, API_HIT | API_LOCAL}}, .slab_unreclaimable = 2, .zeroed = 3},
    /* a node for all but the page tables */
    {NUMA, 0, "vmalloc_node", "size: 4096, node: 1", .from = {{"1/Normal", 3, 3, API_HIT | API_OTHER}, {"0/Normal", 3, 3, API_HIT | API_LOCAL}}, .slab_unreclaimable = 2, .zeroed = 3},
};
/* clang-format on */

/* Calls that may not be made, as steps: events are refused where they are written. */
struct misuse_row {
    uint8_t machine;
    const char *alloc;
    const char *args;
    const char *then[3]; /* as free_row.frees */
    uint8_t check;       /* enum mm_misuse: the one check that sees one call */
    uint8_t taken;       /* pages that are not free at the end */
};

/* clang-format off */
static const struct misuse_row misuse_rows[] = {
    /* another allocator's */
    {UMA, "alloc_pages", "order: 1", {"kfree"}, MISUSE_SLAB_OUTSIDE, 2},
    {UMA, "alloc_pages", "", {"kmem_cache_free"}, MISUSE_SLAB_OUTSIDE, 1},
    {UMA, "alloc_pages", "", {"vfree"}, MISUSE_VFREE_AREA, 1},
    {UMA, "kmalloc", "size: 64", {"free_pages"}, MISUSE_FREE_PAGES_CHECK, 1},
    {UMA, "kmalloc", "size: 4096", {"kmem_cache_free"}, MISUSE_SLAB_OUTSIDE, 1},
    {UMA, "kmalloc", "size: 64", {"vfree"}, MISUSE_VFREE_AREA, 1},
    {UMA, "vmalloc", "size: 4096", {"kfree"}, MISUSE_SLAB_OUTSIDE, 6},
    {UMA, "vmalloc", "size: 4096", {"free_pages"}, MISUSE_VIRT_ADDR_VALID, 6},
    /* twice */
    {UMA, "alloc_pages", "", {"free_pages", "free_pages"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    {UMA, "alloc_pages", "order: 3", {"free_pages", "__free_pages"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    {UMA, "alloc_pages", "", {"free_hot_page", "free_cold_page"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    {UMA, "kmalloc", "size: 64", {"kfree", "kfree"}, MISUSE_SLAB_FREE_TWICE, 1},
    {UMA, "vmalloc", "size: 4096", {"vfree", "vfree"}, MISUSE_VFREE_AREA, 5},
    {UMA, "alloc_pages", "order: 1", {"free_pages", "free_part order: 0, part: 1"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    {UMA, "alloc_pages", "order: 1", {"free_part order: 1, part: 0", "free_pages"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    {UMA, "alloc_pages", "order: 1", {"free_part order: 0, part: 1", "free_part order: 0, part: 1"}, MISUSE_PUT_PAGE_TESTZERO, 1},
    {UMA, "alloc_pages", "order: 1", {"split_page", "free_pages", "put_page"}, MISUSE_PUT_PAGE_TESTZERO, 0},
    /* any other use of what is free */
    {UMA, "alloc_pages", "", {"free_pages", "get_page"}, MISUSE_GET_PAGE, 0},
    {UMA, "alloc_pages", "order: 2", {"free_pages", "split_page"}, MISUSE_SPLIT_PAGE, 0},
    /* another order than the block's */
    {UMA, "alloc_pages", "order: 2", {"free_pages order: 3"}, MISUSE_FREE_PAGES_CHECK, 4},
    {UMA, "alloc_pages", "order: 2", {"free_pages order: 11"}, MISUSE_FREE_PAGES_CHECK, 4},
    {UMA, "alloc_pages", "order: 2", {"free_pages order: 1"}, MISUSE_LOST_PAGES, 2},
    {UMA, "alloc_pages", "order: 2", {"free_page"}, MISUSE_LOST_PAGES, 3},
    {UMA, "alloc_pages", "order: 2, gfp: GFP_KERNEL|__GFP_COMP", {"free_pages order: 1"}, MISUSE_DESTROY_COMPOUND_PAGE, 4},
    {UMA, "alloc_pages", "order: 2, gfp: GFP_KERNEL|__GFP_COMP", {"free_pages order: 3"}, MISUSE_DESTROY_COMPOUND_PAGE, 4},
    /* what cannot be split */
    {UMA, "alloc_pages", "order: 2, gfp: GFP_KERNEL|__GFP_COMP", {"split_page"}, MISUSE_SPLIT_PAGE, 4},
    /* no address for a page of HighMem: one call does not begin, the other loses the page */
    {I386, "get_zeroed_page", "gfp: GFP_HIGHUSER", {NULL}, MISUSE_GET_ZEROED_PAGE, 0},
    {UMA, "get_zeroed_page", "gfp: GFP_ATOMIC|__GFP_HIGHMEM", {NULL}, MISUSE_GET_ZEROED_PAGE, 0},
    {I386, "__get_free_pages", "order: 1, gfp: GFP_HIGHUSER", {NULL}, MISUSE_PAGE_ADDRESS, 2},
    {I386, "kmalloc", "size: 8192, gfp: GFP_HIGHUSER", {NULL}, MISUSE_PAGE_ADDRESS, 2},
    /* no slab is made of such pages */
    {I386, "kmalloc", "size: 64, gfp: GFP_HIGHUSER", {NULL}, MISUSE_NEW_SLAB, 0},
    {UMA, "kmem_cache_alloc", "cache: plain, gfp: GFP_KERNEL|GFP_DMA32", {NULL}, MISUSE_NEW_SLAB, 0},
};
/* clang-format on */

#endif
