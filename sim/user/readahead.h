/* SPDX-License-Identifier: MIT */
/* Readahead: how many pages a read brings along, and starting their reads. */
#ifndef SIM_USER_READAHEAD_H
#define SIM_USER_READAHEAD_H

#include "mm/page_alloc.h"
#include "reclaim/address_space.h"

struct file;
struct user_memory;
struct user_task;

enum { READAHEAD_MAX_PAGES = 32 }; /* 128 kB: VM_MAX_READAHEAD */

#define RA_PREV_NONE UINT64_MAX

/* What was read last, by which the next read is judged.
 * Kernel: include/linux/fs.h struct file_ra_state [2.6.24] */
struct file_ra_state {
    uint64_t start;      /* where the window read last begins */
    uint32_t size;       /* its pages; 0: none yet */
    uint32_t async_size; /* this many pages before its end the next one is started */
    int64_t mmap_miss;   /* misses less hits of page faults */
    uint64_t prev_pos;   /* last page of the last read(); RA_PREV_NONE at first */
};

/*
 * Starting the reads of one range of a file: all pages are allocated (cold) before the first is
 * entered into the cache, those that adjoin are entered before the first of them is submitted. A
 * page that cannot be had ends the range. It may wait in the allocations and for requests of the
 * device, not for the reads. Filled by the functions below, then stepped. Plain data.
 */
struct readahead {
    uint8_t state;
    bool allocating;      /* the request below is under way */
    bool request_waiting; /* the device's queue was full */
    bool failed;          /* some page of the range could not be had */
    struct file *file;
    uint64_t start;
    uint64_t asked;  /* the page that somebody wants now; the others are read ahead */
    uint32_t nr;     /* pages of the range, none beyond the end of the file */
    uint32_t marker; /* the page of the range that gets PG_readahead; nr or more: none */
    uint32_t pos;
    uint32_t run_end; /* pages before it are in the cache */
    uint64_t wait_begin_ns;
    uint32_t pool[READAHEAD_MAX_PAGES]; /* pfns, of the first nr: UINT32_MAX where none is needed */
    struct alloc_request request;
};

/*
 * The range that a miss of page `index` is to read, or with `hit_marker` the access to a marked
 * page, when the caller wants req_pages pages from there on. False: none.
 * Kernel: mm/readahead.c ondemand_readahead() [2.6.24]
 */
bool ondemand_readahead(struct readahead *read, struct file *file, bool hit_marker, uint64_t index,
                        uint64_t req_pages);

/* A range of `nr` pages, at most READAHEAD_MAX_PAGES, without a marker. */
void readahead_range(struct readahead *read, struct file *file, uint64_t start, uint32_t nr,
                     uint64_t asked);

/*
 * Starts the reads of those pages of the range that are not in the cache.
 * Kernel: mm/readahead.c __do_page_cache_readahead(), fs/mpage.c mpage_readpages() [2.6.24]
 */
enum step readahead_step(struct readahead *read, struct user_memory *user, struct user_task *task);

#endif
