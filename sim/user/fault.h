/* SPDX-License-Identifier: MIT */
/* One memory access, and the page fault it may take. */
#ifndef SIM_USER_FAULT_H
#define SIM_USER_FAULT_H

#include "user/file.h"
#include "user/mm_struct.h"

/* Zero, set area, page and write, then step until STEP_DONE and read failed. */
struct fault {
    uint8_t state;
    struct vm_area *area;
    uint64_t page; /* of the area */
    bool write;
    bool failed;    /* no memory for it, or the task is to die */
    bool major;     /* it waited for a read */
    pfn_t old_page; /* copy on write: referenced meanwhile */
    pfn_t new_page;
    struct file_page get;
    struct alloc_request request;
};

/*
 * Present: sets the young (and dirty) bit. Otherwise anonymous zero-fill, swap-in through the swap
 * cache with swapin_readahead, copy on write, or the file's page.
 * Kernel: mm/memory.c handle_mm_fault() [2.6.24]
 */
enum step fault_step(struct fault *fault, struct user_memory *user, struct user_task *task);

#endif
