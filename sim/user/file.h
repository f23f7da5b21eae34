/* SPDX-License-Identifier: MIT */
/* An open file: its page cache and its readahead. */
#ifndef SIM_USER_FILE_H
#define SIM_USER_FILE_H

#include "mm/page_alloc.h"
#include "reclaim/address_space.h"
#include "reclaim/writeback.h"
#include "user/user_spec.h"

struct user_memory;
struct user_task;

/* Kernel: include/linux/fs.h struct file_ra_state [2.6.24] */
struct file_ra_state {
    uint64_t start;      /* where the current window begins */
    uint32_t size;       /* its pages */
    uint32_t async_size; /* pages behind its end at which the next is started */
    uint64_t prev_pos;   /* last page read */
};

struct file {
    const struct file_spec *spec;
    struct address_space *mapping;
    uint64_t size_pages;
    struct file_ra_state ra; /* one for all readers: each task opens the file once. DEVIATION */
};

enum page_wait { PAGE_WAIT_NONE, PAGE_WAIT_READ };

/*
 * Getting one page of a file with its contents: found, or allocated, read with what readahead
 * brings along, and waited for. Zero, then file_page_begin(), then step.
 */
struct file_page {
    uint8_t state;
    struct file *file;
    uint64_t index;
    uint64_t req_pages; /* pages the reader will want from here on */
    pfn_t page; /* result: unlocked, up to date, with a reference of the caller; NONE: no memory */
    bool was_cached; /* no read was started for it */
    bool refault;
    uint32_t ra_left; /* pages of the readahead still to be started */
    uint64_t ra_next;
    struct alloc_request request;
};

void file_page_begin(struct file_page *get, struct file *file, uint64_t index, uint64_t req_pages);
/* Kernel: mm/filemap.c do_generic_mapping_read(), mm/readahead.c ondemand_readahead() [2.6.24] */
enum step file_page_step(struct file_page *get, struct user_memory *user, struct user_task *task);

/* read() and write() of one access after another. Zero before; valid to end when all zero. */
struct file_io {
    uint8_t state;
    struct file *file;
    uint64_t index;  /* page at hand */
    uint64_t left;   /* pages of the block at hand after it */
    uint64_t failed; /* pages that could not be had */
    struct file_page get;
    struct alloc_request request;
    struct balance_dirty balance;
};

void file_read_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages);
enum step file_read_step(struct file_io *io, struct user_memory *user, struct user_task *task);

/*
 * Overwrites whole pages: nothing is read. Extends the file.
 * Kernel: mm/filemap.c generic_perform_write_2copy() [2.6.24]
 */
void file_write_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages);
enum step file_write_step(struct file_io *io, struct user_memory *user, struct user_task *task);

/* Clean, unmapped, unlocked pages of all files leave the cache.
 * Kernel: fs/drop_caches.c drop_pagecache() [2.6.24]. Returns pages. */
uint64_t drop_pagecache(struct user_memory *user, unsigned cpu);

#endif
