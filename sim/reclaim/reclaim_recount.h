/* SPDX-License-Identifier: MIT */
/* Private to the checker: where it is and what it has counted. */
#ifndef SIM_RECLAIM_RECLAIM_RECOUNT_H
#define SIM_RECLAIM_RECLAIM_RECOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/machine.h"
#include "reclaim/backing_dev.h"

struct reclaim;

/* What lists and vectors say of a page. */
enum page_mark {
    MARK_PCP = 1,   /* on a per-CPU list of the allocator */
    MARK_LRU = 2,   /* on an LRU list */
    MARK_BATCH = 4, /* waits in a batch for its LRU list */
    MARK_FILE = 8,  /* in the page cache of a file */
};

/* Counters that are sums over pages. */
enum recounted {
    RECOUNT_INACTIVE,
    RECOUNT_ACTIVE,
    RECOUNT_ANON_PAGES,
    RECOUNT_FILE_MAPPED,
    RECOUNT_FILE_PAGES,
    RECOUNT_FILE_DIRTY,
    RECOUNT_WRITEBACK,
    NR_RECOUNTED,
};

struct recount {
    const struct reclaim *reclaim;
    uint8_t *marks;                  /* [max_pfn] */
    uint64_t listed[2 * MARK_BATCH]; /* pages with MARK_PCP, MARK_LRU, MARK_BATCH: by mark */
    uint64_t found[2 * MARK_BATCH];  /* ... met among the frames */
    uint64_t swapcache_pages;
    uint64_t off_list_pages; /* with a user, on no list and in no batch: they must be isolated */
    uint64_t dev_dirty[DEVICES_MAX];
    int64_t pages[NODES_MAX * MAX_NR_ZONES][NR_RECOUNTED];
    char *why;
    size_t why_size;
};

/* Says why, and is false. */
__attribute__((format(printf, 2, 3))) bool recount_broken(struct recount *count, const char *format,
                                                          ...);

/* Lists and batches of pages: marks their pages. */
bool recount_lists(struct recount *count);

/* Page caches, the dirty list, swap slots, devices: marks the pages of files. */
bool recount_owners(struct recount *count);

/* All frames, after both above: each page is in exactly one place. */
bool recount_frames(struct recount *count);

#endif
