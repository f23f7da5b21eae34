/* SPDX-License-Identifier: MIT */
/* The allocating call of a task's record, whichever allocator it goes to. */
#ifndef SIM_RUN_KERNEL_CALL_H
#define SIM_RUN_KERNEL_CALL_H

#include <stdbool.h>

#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

struct run_task;
struct simulation;
struct slice;

/* Where it stands; which member counts is the op's choice. */
struct kernel_call {
    bool under_way; /* not of calls for pages, which know it themselves */
    union {
        struct alloc_request pages;
        struct slab_request slab;
        struct vmalloc_request vmalloc;
    };
};

/*
 * One go of the task at a call that is not for pages: kmalloc(), kmem_cache_alloc(), vmalloc() and
 * vmalloc_32(). Page requests inside are counted and reported as the task's own. Settles the block
 * when done.
 */
enum step kernel_call_step(struct simulation *sim, struct run_task *task, struct slice *slice);

/* The page request that the task's allocating record is in, NULL: none. */
const struct alloc_request *kernel_call_request(const struct run_task *task);

/* When that request began. */
uint64_t kernel_call_request_begin_ns(const struct run_task *task);

/* What a call that is over got. */
struct kernel_call_result {
    bool ok;
    pfn_t page;     /* of pages and objects; of vmalloc() the number of the area */
    uint16_t index; /* of objects: slab_object.index */
};

struct kernel_call_result kernel_call_result(const struct run_task *task);

#endif
