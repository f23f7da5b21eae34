/* SPDX-License-Identifier: MIT */
/* Who a page of the LRU belongs to: what struct page's mapping, index and private say there. */
#ifndef SIM_RECLAIM_PAGE_OWNER_H
#define SIM_RECLAIM_PAGE_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/frame.h"

#define PAGE_MAPPING_NONE UINT32_C(0)
#define PAGE_MAPPING_ANON UINT32_C(0x80000000) /* the rest is the owner's business */

/*
 * Beside the frame table, because only pages with a user need it; untouched entries cost no
 * memory. An entry is valid from the page's entry into a cache or its first mapping until it is
 * freed, and stale after that.
 */
struct page_owner {
    uint32_t mapping; /* file: id of its address_space + 1 */
    uint32_t index;   /* page of the file, or the anonymous owner's own number */
    uint32_t swap;    /* swap_entry of a PG_swapcache page */
};

struct page_owner_table {
    struct page_owner *owners; /* [max_pfn] */
    uint64_t mapped_bytes;
};

/* False: no host address space. */
bool page_owner_table_init(struct page_owner_table *table, uint32_t max_pfn);
void page_owner_table_fini(struct page_owner_table *table);

static inline bool page_owner_is_anon(const struct page_owner *owner)
{
    return owner->mapping & PAGE_MAPPING_ANON;
}

#endif
