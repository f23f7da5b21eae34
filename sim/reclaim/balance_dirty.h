/* SPDX-License-Identifier: MIT */
/* What holds a writer back when too much is dirty. */
#ifndef SIM_RECLAIM_BALANCE_DIRTY_H
#define SIM_RECLAIM_BALANCE_DIRTY_H

#include <stdbool.h>
#include <stdint.h>

#include "reclaim/congestion.h"
#include "reclaim/writeback_inodes.h"

/* Where a writer stands; zero before it. */
struct balance_dirty {
    uint8_t state;
    bool within_limit; /* of the device, at the last look */
    bool below_limit;
    uint64_t background_pages; /* at the last look */
    uint64_t pages_written;
    struct writeback_control wbc;
    struct congestion_sleep sleep;
};

/*
 * To be called by the writer after it has dirtied a page; does something once in ratelimit_pages
 * of the CPU (8 while the device is over its limit): a writer whose device is over its limit
 * writes 1.5 times ratelimit_pages itself or sleeps until the device is below; over the background
 * limit pdflush is woken.
 * DEVIATION: pages of a device are counted exactly, the kernel's per-CPU differences are not
 * modelled; pages of files in memory do not bring the CPU's next look nearer, they are on no
 * device. Kernel: mm/page-writeback.c balance_dirty_pages_ratelimited_nr(), balance_dirty_pages()
 * [2.6.24]
 */
enum step balance_dirty_pages_ratelimited(struct reclaim *reclaim, struct task *task,
                                          struct address_space *mapping,
                                          struct balance_dirty *balance);

#endif
