/* SPDX-License-Identifier: MIT */
/* Write-back as a whole: limits, passes over dirty files, throttled writers, pdflush, the timer. */
#ifndef SIM_RECLAIM_WRITEBACK_H
#define SIM_RECLAIM_WRITEBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/sysctl.h"
#include "reclaim/backing_dev.h"
#include "reclaim/balance_dirty.h"
#include "reclaim/dirty_limits.h"
#include "reclaim/inode_list.h"
#include "reclaim/pdflush.h"
#include "reclaim/writeback_inodes.h"

/* What write-back knows of one device.
 * Kernel: include/linux/backing-dev.h struct backing_dev_info [2.6.24] */
struct writeback_share {
    struct proportion completions;
    bool dirty_exceeded; /* writers look at their limit more often */
    bool flushing;       /* a pdflush writes to it: BDI_pdflush */
};

/*
 * DEVIATION: no laptop timer: in laptop mode writes follow writers and the periodic timer alone.
 */
struct writeback {
    struct pdflush_pool pdflush;
    struct inode_list inodes[DEVICES_MAX][NR_INODE_LISTS]; /* [INODE_LIST_NONE] stays empty */
    uint64_t nr_dirty_files;                               /* with dirty pages */
    bool timer_pending;
    uint32_t dirty_ratio; /* for which the periods of completions were set */
    struct proportions completions;
    struct writeback_share shares[DEVICES_MAX];
    uint32_t *ratelimits; /* [nr_cpus] pages dirtied since the last balance */
    uint64_t ratelimit_pages;
};

/*
 * Sets the limits' period by the memory that is free now, and the periodic timer. False: no host
 * memory. Kernel: mm/page-writeback.c page_writeback_init(), writeback_set_ratelimit() [2.6.24]
 */
bool writeback_init(struct reclaim *reclaim);
void writeback_fini(struct reclaim *reclaim);

/*
 * To be called after vm_sysctl_write(): another dirty_ratio changes the length of the periods by
 * which devices' shares decay; the periodic timer is set if none is pending and its interval is not
 * 0. DEVIATION: a pending one keeps its time; the kernel counts the new interval from now.
 * Kernel: mm/page-writeback.c dirty_ratio_handler(), dirty_writeback_centisecs_handler() [2.6.24]
 */
void writeback_sysctl_written(struct reclaim *reclaim, enum vm_sysctl_id id);

/* The periodic timer (RECLAIM_TIMER_KUPDATE) is due.
 * Kernel: mm/page-writeback.c wb_timer_fn() [2.6.24] */
void writeback_timer(struct reclaim *reclaim);

/* A pdflush has done the periodic work that began then; the timer is set again.
 * Kernel: mm/page-writeback.c wb_kupdate(), its end [2.6.24] */
void writeback_period_over(struct reclaim *reclaim, uint64_t begin_ns);

/* Writes of pages of the device's files were completed; for its share of the limit.
 * Kernel: mm/page-writeback.c __bdi_writeout_inc() [2.6.24] */
void writeback_completed(struct reclaim *reclaim, uint32_t dev, uint32_t nr_pages);

#endif
