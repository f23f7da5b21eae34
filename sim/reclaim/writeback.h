/* SPDX-License-Identifier: MIT */
/* Dirty limits, and the threads and writers that keep to them. */
#ifndef SIM_RECLAIM_WRITEBACK_H
#define SIM_RECLAIM_WRITEBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/waitqueue.h"
#include "reclaim/congestion.h"

struct address_space;
struct reclaim;

enum { PDFLUSH_THREADS_MIN = 2, PDFLUSH_THREADS_MAX = 8 };

struct dirty_limits {
    uint64_t background_pages;
    uint64_t dirty_pages;
};

/* Kernel: mm/page-writeback.c get_dirty_limits() [2.6.24] */
struct dirty_limits get_dirty_limits(const struct reclaim *reclaim, const struct task *task);

/* Where one throttle_vm_writeout() stands; zero before it. */
struct throttle_writeout {
    struct congestion_sleep sleep;
};

/* Kernel: mm/page-writeback.c throttle_vm_writeout() [2.6.24] */
enum step throttle_vm_writeout(struct reclaim *reclaim, struct task *task,
                               struct throttle_writeout *throttle, uint32_t gfp);

/* What a pass of write-back may do, and where it stands.
 * Kernel: include/linux/writeback.h struct writeback_control [2.6.24] */
struct writeback_control {
    int64_t nr_to_write; /* pages left */
    bool nonblocking;    /* give a congested device up */
    bool for_kupdate;    /* only files dirtied before older_than_ns */
    uint64_t older_than_ns;
    struct address_space *only; /* NULL: all dirty files */
    uint32_t only_dev;          /* files of this device; UINT32_MAX: of any */
    bool encountered_congestion;
    uint64_t pages_skipped;

    /* position */
    struct address_space *mapping; /* NULL: none chosen */
    uint32_t next_index;
    uint64_t files_left; /* dirty files not looked at in this pass */
    bool waiting;        /* for a request or for a page under writeback */
};

/*
 * Writes dirty pages of dirty files, oldest file first, in the order of their pages, until
 * nr_to_write is used up or nothing is left; sleeps when a queue is full (nonblocking: gives the
 * file up). Kernel: fs/fs-writeback.c writeback_inodes(), mm/page-writeback.c write_cache_pages()
 */
enum step writeback_inodes(struct reclaim *reclaim, struct task *task,
                           struct writeback_control *wbc);

/* Writes and waits for all of a file: fsync(). `sync` is zero before it.
 * Kernel: mm/filemap.c filemap_fdatawrite(), filemap_fdatawait() [2.6.24] */
struct file_sync {
    uint8_t state;
    struct writeback_control wbc;
    uint64_t next_index;
};
enum step file_fsync(struct reclaim *reclaim, struct task *task, struct address_space *mapping,
                     struct file_sync *sync);

/* Where a throttled writer stands; zero before it. */
struct balance_dirty {
    uint8_t state;
    uint64_t pages_written;
    struct writeback_control wbc;
    struct congestion_sleep sleep;
};

/*
 * To be called by the writer of a page; does something once in ratelimit_pages: over the limit the
 * writer writes itself and sleeps; over the background limit pdflush is woken. Per-device limits
 * are those of 2.6.24: each device's share follows its completed writes.
 * Kernel: mm/page-writeback.c balance_dirty_pages_ratelimited_nr(), balance_dirty_pages() [2.6.24]
 */
enum step balance_dirty_pages_ratelimited(struct reclaim *reclaim, struct task *task,
                                          struct address_space *mapping,
                                          struct balance_dirty *balance);

/*
 * Asks a pdflush thread to write `nr_pages` (0: all that is dirty). Nothing happens when all are
 * busy and no more may be made. Kernel: mm/page-writeback.c wakeup_pdflush() [2.6.24]
 */
void wakeup_pdflush(struct reclaim *reclaim, uint64_t nr_pages);

enum pdflush_work { PDFLUSH_IDLE, PDFLUSH_BACKGROUND, PDFLUSH_KUPDATE };

struct pdflush {
    uint8_t work; /* enum pdflush_work */
    uint64_t min_pages;
    uint64_t nr_to_write;
    struct writeback_control wbc;
    struct congestion_sleep sleep;
    uint8_t state;
    uint64_t runs;
    uint64_t pages_written;
};

/* Balance between devices and the counters of writers. */
struct writeback {
    struct pdflush threads[PDFLUSH_THREADS_MAX];
    struct address_space *first_dirty; /* oldest */
    struct address_space *last_dirty;
    uint64_t nr_dirty_files;
    uint64_t completions[16]; /* of each device, decaying: its share of the dirty limit */
    uint64_t completions_total;
    uint32_t *ratelimit; /* [nr_cpus] pages dirtied since the last balance */
    uint64_t ratelimit_pages;
};

/* Kernel: mm/page-writeback.c writeback_set_ratelimit() [2.6.24]. False: no host memory. */
bool writeback_init(struct reclaim *reclaim);
void writeback_fini(struct reclaim *reclaim);

/*
 * Runs a thread that has work (the owner's kthread callback said so) until it has none (STEP_DONE)
 * or must wait. Kernel: mm/page-writeback.c background_writeout(), wb_kupdate() [2.6.24]
 */
enum step pdflush_step(struct reclaim *reclaim, struct task *task, uint32_t thread);

/* The periodic timer (RECLAIM_TIMER_KUPDATE) is due. Kernel: mm/page-writeback.c wb_timer_fn() */
void writeback_timer(struct reclaim *reclaim);

/* A write of the device was completed; for its share of the limit. */
void writeback_completed(struct reclaim *reclaim, uint32_t dev, uint32_t nr_pages);

#endif
