/* SPDX-License-Identifier: MIT */
/* The allocations of user memory, from their begin to their result. */
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
    task->request_begin_ns = user->reclaim->machine->clock->now_ns;
}

/* One go of it; who listens hears its result. */
static inline enum step user_request_step(struct alloc_request *request, struct user_memory *user,
                                          struct user_task *task)
{
    enum step step = alloc_request_step(user->reclaim->machine, request);

    if (step == STEP_DONE && user->listener.request_done)
        user->listener.request_done(user->listener.context, task, request);
    return step;
}

#endif
