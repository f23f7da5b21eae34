/* SPDX-License-Identifier: MIT */
/* Which traced block holds each page of the captured machine. */
#ifndef SIM_TRACE_PAGE_OWNERS_H
#define SIM_TRACE_PAGE_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "base/vec.h"

/*
 * A sparse array over page frame numbers, in chunks that are made when first named, and the blocks
 * its entries point to. `struct page_owners owners = {0};` is empty.
 *
 *   nr_live    == blocks that are held
 *   live_pages == sum of their `left`
 *   a page's owner is block b  <=>  the page is one of b's and has not come back
 */
struct captured_block {
    uint64_t id;
    uint64_t pfn;  /* of the first page */
    uint32_t left; /* pages that have not come back */
    uint8_t order;
};

enum {
    PAGE_OWNER_UNNAMED = 0, /* the trace has not named the page yet */
    PAGE_OWNER_NONE = 1,    /* it has, and no block holds the page */
    PAGE_OWNER_BLOCK = 2,   /* and above: index of the block + 2 */
};

struct page_owners {
    struct hashmap chunk_index; /* chunk number -> index in chunks */
    VEC(uint32_t *) chunks;
    VEC(struct captured_block) blocks;
    VEC(uint32_t) spare; /* indices of blocks that are gone */
    uint64_t nr_live;
    uint64_t live_pages;
    uint64_t cached_number; /* of the chunk used last, plus 1; 0: none */
    uint32_t *cached;
};

void page_owners_fini(struct page_owners *owners);

/* Above this no page frame number is taken for one: 2^52 bytes. */
#define PAGE_OWNERS_PFN_MAX ((UINT64_C(1) << 40) - 1)

/* The page's entry, PAGE_OWNER_*. O(1), 2-10 ns. */
uint32_t page_owners_get(struct page_owners *owners, uint64_t pfn);

/* A new block over pages that no block holds. False: no host memory. */
bool page_owners_add(struct page_owners *owners, uint64_t id, uint64_t pfn, unsigned order);

/*
 * Takes `count` pages at `pfn`, all of one block, from it; a block without pages is gone.
 * For entry PAGE_OWNER_NONE and _UNNAMED use page_owners_name().
 */
void page_owners_take(struct page_owners *owners, uint32_t entry, uint64_t pfn, uint64_t count);

/* Notes that the trace named the page. False: no host memory. */
bool page_owners_name(struct page_owners *owners, uint64_t pfn);

static inline const struct captured_block *page_owners_block(const struct page_owners *owners,
                                                             uint32_t entry)
{
    return &owners->blocks.items[entry - PAGE_OWNER_BLOCK];
}

#endif
