/* SPDX-License-Identifier: MIT */
/* The allocations of user memory, from their begin to their result. */
#ifndef SIM_USER_USER_REQUEST_H
#define SIM_USER_USER_REQUEST_H

#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "user/user_memory.h"

/* One page in the task's name, by its memory policy. */
static inline void user_request_init(struct alloc_request *request, struct user_memory *user,
                                     struct user_task *task, uint32_t gfp)
{
    caller_request_init(request, user->reclaim->machine, &task->caller, gfp, 0, -1);
}

/*
 * One page for page `page` of a region, by the region's policy, else the task's; NULL: of none.
 * DEVIATION: offsets count from the start of a region, as regions have no address: MPOL_INTERLEAVE
 * begins each anonymous region on the first node. In 2.6.24 it goes by the page's address.
 */
static inline void area_request_init(struct alloc_request *request, struct user_memory *user,
                                     struct user_task *task, uint32_t gfp,
                                     const struct vm_area *area, uint64_t page)
{
    struct policy_area place = {0};

    if (area)
        place = (struct policy_area){area->policy, area->file_first_page + page};
    caller_request_init_vma(request, user->reclaim->machine, &task->caller, gfp,
                            area ? &place : NULL);
}

/* One page of the page cache; a cpuset may spread them.
 * Kernel: mm/filemap.c __page_cache_alloc() [2.6.24] */
static inline void page_cache_request_init(struct alloc_request *request, struct user_memory *user,
                                           struct user_task *task, uint32_t gfp)
{
    int nid = -1;

    if (cpuset_do_page_mem_spread(task->task))
        nid = (int)cpuset_mem_spread_node(task->task);
    caller_request_init(request, user->reclaim->machine, &task->caller, gfp, 0, nid);
}

/* One go of it; who listens hears its result. */
static inline enum step user_request_step(struct alloc_request *request, struct user_memory *user,
                                          struct user_task *task)
{
    return caller_request_step(request, user->reclaim->machine, &task->caller);
}

#endif
