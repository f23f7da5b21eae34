/* SPDX-License-Identifier: MIT */
/* The future: a 4-ary heap of events ordered by (time, insertion). */
#include "engine/event_queue.h"

#include <stdlib.h>

#include "base/vec.h"

/* Four children share little more than a cache line: fewer misses than a binary heap. */
enum { ARITY = 4 };

static bool is_before(const struct event *a, const struct event *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->seq < b->seq;
}

void event_queue_fini(struct event_queue *queue)
{
    if (!queue)
        return;
    free(queue->heap);
    *queue = (struct event_queue){0};
}

/* Lets the hole at the root sink to where `event` may stand. */
static void sift_down(struct event_queue *queue, const struct event *event)
{
    size_t hole = 0;

    for (;;) {
        size_t first = hole * ARITY + 1;
        size_t end = first + ARITY < queue->count ? first + ARITY : queue->count;
        size_t best = first;

        if (first >= queue->count)
            break;
        for (size_t child = first + 1; child < end; child++) {
            if (is_before(&queue->heap[child], &queue->heap[best]))
                best = child;
        }
        if (!is_before(&queue->heap[best], event))
            break;
        queue->heap[hole] = queue->heap[best];
        hole = best;
    }
    queue->heap[hole] = *event;
}

bool event_queue_push(struct event_queue *queue, uint64_t time_ns, uint32_t kind, uint32_t arg)
{
    struct event event = {.time_ns = time_ns, .seq = queue->next_seq, .kind = kind, .arg = arg};
    size_t hole = queue->count;

    if (queue->root_is_open) {
        queue->root_is_open = false;
        queue->next_seq++;
        queue->count++;
        sift_down(queue, &event);
        return true;
    }
    if (queue->count == queue->capacity &&
        !vec_grow(&queue->heap, &queue->capacity, sizeof(*queue->heap), queue->count + 1))
        return false;
    queue->next_seq++;
    queue->count++;
    while (hole > 0) {
        size_t parent = (hole - 1) / ARITY;

        if (!is_before(&event, &queue->heap[parent]))
            break;
        queue->heap[hole] = queue->heap[parent];
        hole = parent;
    }
    queue->heap[hole] = event;
    return true;
}

bool event_queue_pop(struct event_queue *queue, struct event *ret_event)
{
    if (queue->count == 0)
        return false;
    if (queue->root_is_open) {
        const struct event last = queue->heap[queue->count];

        sift_down(queue, &last);
    }
    *ret_event = queue->heap[0];
    queue->count--;
    queue->root_is_open = queue->count > 0;
    return true;
}

bool event_queue_check(const struct event_queue *queue)
{
    size_t end = queue->count + queue->root_is_open;

    if (end > queue->capacity || (queue->root_is_open && queue->count == 0))
        return false;
    for (size_t i = 0; i < end; i++) {
        if (queue->heap[i].seq >= queue->next_seq)
            return false;
        if (i > 0 && is_before(&queue->heap[i], &queue->heap[(i - 1) / ARITY]))
            return false;
    }
    return true;
}
