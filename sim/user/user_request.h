/* SPDX-License-Identifier: MIT */
/* How the allocations of user memory begin. */
#ifndef SIM_USER_USER_REQUEST_H
#define SIM_USER_USER_REQUEST_H

#include "user/user_memory.h"

/* One page, from the task's node on, in the task's name. */
static inline void user_request_init(struct alloc_request *request, struct user_memory *user,
                                     struct user_task *task, uint32_t gfp)
{
    alloc_request_init(request, user->reclaim->machine, task->task, gfp, 0, -1);
    request->refusals = task->refusals;
    request->max_refusals = task->max_refusals;
}

#endif
