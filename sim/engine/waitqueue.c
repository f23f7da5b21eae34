/* SPDX-License-Identifier: MIT */
/* The links of a wait queue. */
#include "engine/waitqueue.h"

#include <stddef.h>

#include "base/check.h"

void waitqueue_add(struct waitqueue *queue, struct task *task)
{
    SIM_ASSERT(!task->waiting_on);
    task->waiting_on = queue;
    task->next_waiting = NULL;
    task->prev_waiting = queue->last;
    if (queue->last)
        queue->last->next_waiting = task;
    else
        queue->first = task;
    queue->last = task;
}

void waitqueue_remove(struct task *task)
{
    struct waitqueue *queue = task->waiting_on;

    if (!queue)
        return;
    if (task->prev_waiting)
        task->prev_waiting->next_waiting = task->next_waiting;
    else
        queue->first = task->next_waiting;
    if (task->next_waiting)
        task->next_waiting->prev_waiting = task->prev_waiting;
    else
        queue->last = task->prev_waiting;
    task->waiting_on = NULL;
}
