/* SPDX-License-Identifier: MIT */
/* Tasks that sleep until something happens, in the order they came. */
#ifndef SIM_ENGINE_WAITQUEUE_H
#define SIM_ENGINE_WAITQUEUE_H

#include <stdbool.h>

#include "engine/task.h"

/* `= {0}` is empty. Links run through the tasks; nothing is allocated. */
struct waitqueue {
    struct task *first;
    struct task *last;
};

static inline bool waitqueue_active(const struct waitqueue *queue)
{
    return queue->first;
}

/* The owner of the simulation puts a task that answered WAIT_SLEEP here. It must not wait yet. */
void waitqueue_add(struct waitqueue *queue, struct task *task);

/* Takes the task off the queue it waits on, if any: woken, or its timeout has come. */
void waitqueue_remove(struct task *task);

#endif
