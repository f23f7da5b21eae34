/* SPDX-License-Identifier: MIT */
/* What reclaim asks of those who map pages. */
#ifndef SIM_RECLAIM_RMAP_H
#define SIM_RECLAIM_RMAP_H

#include <stdbool.h>

#include "mm/frame.h"

/* Kernel: include/linux/rmap.h SWAP_* [2.6.24] */
enum swap_result { SWAP_SUCCESS, SWAP_AGAIN, SWAP_FAIL };

/*
 * Called for mapped pages only (frame.mapcount > 0). They may change counters on `cpu`; none may
 * allocate or block.
 */
struct rmap_ops {
    /* Sums and clears the young bits of its mappings; mlocked file mappings count and keep theirs.
     * Kernel: mm/rmap.c page_referenced() [2.6.24] */
    unsigned (*page_referenced)(void *context, pfn_t page);
    /*
     * Takes away all mappings: for each, mapcount and count drop by 1, and a swap-cache page's slot
     * gains a use that the mapping's owner remembers. With the last one NR_ANON_PAGES or
     * NR_FILE_MAPPED drops.
     * Kernel: mm/rmap.c try_to_unmap() [2.6.24]
     */
    enum swap_result (*try_to_unmap)(void *context, pfn_t page, unsigned cpu);
    /*
     * A dirty file page is about to be written: its mappings become clean and write-protected, so
     * that the next write to it faults and marks it dirty again. True: some were not. NULL:
     * mappings are never writable. Kernel: mm/rmap.c page_mkclean() [2.6.24]
     */
    bool (*page_mkclean)(void *context, pfn_t page);
    void *context;
};

#endif
