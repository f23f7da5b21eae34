/* SPDX-License-Identifier: MIT */
/* Writing dirty pages of files: what fits into a pass, or all of one file. */
#ifndef SIM_RECLAIM_WRITEBACK_INODES_H
#define SIM_RECLAIM_WRITEBACK_INODES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task.h"

struct address_space;
struct reclaim;

/* Pages that one pass of pdflush writes. Kernel: mm/page-writeback.c MAX_WRITEBACK_PAGES [2.6.24]
 */
enum { MAX_WRITEBACK_PAGES = 1024 };
#define WRITEBACK_ANY_DEVICE UINT32_MAX

/*
 * A pass of write-back: its orders, what came of it and where it stands. Zero, then the orders;
 * zero again before the next pass.
 * Kernel: include/linux/writeback.h struct writeback_control [2.6.24]
 */
struct writeback_control {
    /* orders */
    int64_t nr_to_write; /* pages; what is left of it, or less than 0: groups of 14 are finished */
    bool nonblocking;    /* leaves a congested device alone */
    bool for_kupdate;    /* of those not begun yet, files dirtied at or before older_than_ns */
    bool for_pdflush;    /* leaves a device alone that another pdflush writes to */
    bool sync_all;       /* waits for pages that are locked or under writeback: WB_SYNC_ALL */
    uint64_t older_than_ns;
    uint32_t only_dev;  /* files of this device, or WRITEBACK_ANY_DEVICE */
    uint8_t work_stall; /* what the time of its own work is booked on */

    /* results */
    bool encountered_congestion;
    uint64_t pages_skipped; /* that the file system did not want to write yet */

    /* position */
    bool begun;
    uint8_t page_state;
    bool scanned; /* never to go on at the begin of the file: it came from there or found pages */
    bool done;    /* ends with the group of pages at hand */
    uint32_t group_left;
    uint32_t next_index;
    uint32_t pfn;      /* waited for, or under writeback and not submitted yet */
    uint32_t dev;      /* at hand, if in_device */
    bool in_device;    /* its files are gone through */
    bool syncing;      /* the file at hand is this pass's own, not only its pages */
    uint64_t begin_ns; /* of the device */
    uint64_t wait_begin_ns;
    uint64_t skipped_before;
    struct address_space *mapping; /* at hand */
};

/*
 * Writes dirty pages of dirty files until nr_to_write is used up or every file had its turn: device
 * after device, the last one first, as if they were mounted in their order; of a device the files
 * that earlier passes left or did not come to, then the oldest; each from where the last pass left
 * it. for_kupdate: while some were left, younger ones wait. With a file that another pass is in,
 * pages are written all the same. Sleeps when a queue is full. With reclaim->preemptible it answers
 * WAIT_CPU between groups of pages.
 * DEVIATION: a locked page is left out unless sync_all, the kernel waits for it; a page is not
 * locked while its write waits for a request.
 * Kernel: fs/fs-writeback.c writeback_inodes(), sync_sb_inodes() [2.6.24], one file system a device
 */
enum step writeback_inodes(struct reclaim *reclaim, struct task *task,
                           struct writeback_control *wbc);

/* Writes and waits for all of a file: fsync(). Zero before it. */
struct file_sync {
    uint8_t state;
    struct writeback_control wbc;
    uint64_t next_index;
    uint64_t wait_begin_ns;
};

/* Kernel: mm/filemap.c filemap_fdatawrite(), filemap_fdatawait() [2.6.24] */
enum step file_fsync(struct reclaim *reclaim, struct task *task, struct address_space *mapping,
                     struct file_sync *sync);

/* Whether somebody is to write the file's pages: not those that live in memory only.
 * Kernel: include/linux/backing-dev.h mapping_cap_writeback_dirty() [2.6.24] */
bool mapping_cap_writeback_dirty(const struct address_space *mapping);

#endif
