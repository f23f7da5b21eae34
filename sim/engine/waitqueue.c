/* SPDX-License-Identifier: MIT */
/* The links of a wait queue. */
#include "engine/waitqueue.h"

#include "base/check.h"
#include "base/list.h"

void waitqueue_add(struct waitqueue *queue, struct task *task)
{
    SIM_ASSERT(!task->waiting_on);
    task->waiting_on = queue;
    list_append(queue->first, queue->last, task, next_waiting, prev_waiting);
}

void waitqueue_remove(struct task *task)
{
    struct waitqueue *queue = task->waiting_on;

    if (!queue)
        return;
    list_unlink(queue->first, queue->last, task, next_waiting, prev_waiting);
    task->waiting_on = NULL;
}
