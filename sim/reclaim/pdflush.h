/* SPDX-License-Identifier: MIT */
/* The threads that write dirty pages in the background. */
#ifndef SIM_RECLAIM_PDFLUSH_H
#define SIM_RECLAIM_PDFLUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "reclaim/congestion.h"
#include "reclaim/writeback_inodes.h"

/* Kernel: mm/pdflush.c MIN_PDFLUSH_THREADS, MAX_PDFLUSH_THREADS [2.6.24] */
enum { PDFLUSH_THREADS_MIN = 2, PDFLUSH_THREADS_MAX = 8 };

enum pdflush_work { PDFLUSH_IDLE, PDFLUSH_BACKGROUND, PDFLUSH_KUPDATE };

struct pdflush {
    bool alive;
    uint8_t work; /* enum pdflush_work */
    uint8_t state;
    int64_t left_pages; /* that it is still to write whatever the limits say */
    uint64_t begin_ns;
    uint64_t idle_since_ns;
    struct writeback_control wbc;
    struct congestion_sleep sleep;

    /* so far */
    uint64_t runs;
    uint64_t pages_written;
};

/*
 * The thread that fell idle last is given the next work. When nobody has been idle for a second, a
 * thread that ends its work starts another one; when somebody has been idle for a second, it ends
 * itself. Invariant: alive threads are idle, listed in `idle`, or have work.
 * Kernel: mm/pdflush.c [2.6.24]
 */
struct pdflush_pool {
    struct pdflush threads[PDFLUSH_THREADS_MAX];
    uint32_t nr_threads; /* alive */
    uint8_t idle[PDFLUSH_THREADS_MAX];
    uint32_t nr_idle; /* the last one fell idle last */
    uint64_t last_empty_ns;
};

void pdflush_pool_init(struct pdflush_pool *pool);

/*
 * Gives an idle thread its work; the owner's kthread callback is called. False: none is idle.
 * nr_pages: what background work is to write at least.
 * Kernel: mm/pdflush.c pdflush_operation() [2.6.24]
 */
bool pdflush_operation(struct reclaim *reclaim, enum pdflush_work work, uint64_t nr_pages);

/*
 * Asks for `nr_pages` to be written (0: all that is dirty); told as RECLAIM_WAKEUP_PDFLUSH. Nothing
 * happens when all threads are busy. Kernel: mm/page-writeback.c wakeup_pdflush() [2.6.24]
 */
void wakeup_pdflush(struct reclaim *reclaim, uint64_t nr_pages);

/*
 * Runs a thread that has work until it has none (STEP_DONE) or must wait. Its task bears
 * TASK_PF_SWAPWRITE.
 * Kernel: mm/page-writeback.c background_writeout(), wb_kupdate() [2.6.24]
 */
enum step pdflush_step(struct reclaim *reclaim, struct task *task, uint32_t thread);

#endif
