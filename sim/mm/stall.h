/* SPDX-License-Identifier: MIT */
/* What a task may lose time to. */
#ifndef SIM_MM_STALL_H
#define SIM_MM_STALL_H

/* Index of stall times; each is named after the kernel function that waits. */
enum stall {
    STALL_RESCHED,              /* cond_resched(): another task had the CPU */
    STALL_DIRECT_RECLAIM,       /* its own work in try_to_free_pages() and zone_reclaim() */
    STALL_CONGESTION_WAIT,      /* congestion_wait() of the allocator and of reclaim */
    STALL_OOM,                  /* out_of_memory() and the sleeps around it */
    STALL_THROTTLE_VM_WRITEOUT, /* throttle_vm_writeout(): too many pages under writeback */
    STALL_GET_REQUEST,          /* get_request_wait(): the device's queue was full */
    STALL_WRITEBACK,            /* wait_on_page_writeback() */
    STALL_BALANCE_DIRTY_PAGES,  /* balance_dirty_pages(): a writer over the dirty limit */
    STALL_PAGE_READ,            /* wait_on_page_locked(): a read of a file */
    STALL_SWAPIN,               /* ... of a swapped-out page */
    NR_STALLS,
    STALL_NONE = NR_STALLS, /* a wait that is no stall: a thread without work, a paced task */
};

/* "direct_reclaim" ...: as the output spells it. */
const char *stall_name(enum stall stall);

#endif
