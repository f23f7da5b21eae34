/* SPDX-License-Identifier: MIT */
/* The allocations of user memory, from their begin to their result. */
#ifndef SIM_USER_USER_REQUEST_H
#define SIM_USER_USER_REQUEST_H

#include "user/user_memory.h"

/* One page, from the task's node on, in the task's name. */
static inline void user_request_init(struct alloc_request *request, struct user_memory *user,
                                     struct user_task *task, uint32_t gfp)
{
    caller_request_init(request, user->reclaim->machine, &task->caller, gfp, 0, -1);
}

/* One go of it; who listens hears its result. */
static inline enum step user_request_step(struct alloc_request *request, struct user_memory *user,
                                          struct user_task *task)
{
    return caller_request_step(request, user->reclaim->machine, &task->caller);
}

#endif
