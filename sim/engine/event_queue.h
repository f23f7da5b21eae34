/* SPDX-License-Identifier: MIT */
/* The future: events ordered by (time, insertion). */
#ifndef SIM_ENGINE_EVENT_QUEUE_H
#define SIM_ENGINE_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A 4-ary heap keyed (time_ns, seq); seq is the number of the insertion, so events of the same
 * time come out in the order they went in. Events are plain data: what `kind` and `arg` mean is
 * the business of whoever put them in. There is no cancelling; an event that may become stale
 * carries a generation in its arg.
 *
 * What happens mostly makes something else happen, so the place of an event that is taken stays
 * open for the next one put in, which saves the way of the last entry to the root and down again.
 *
 * Invariant (event_queue_check): no entry is earlier than its parent, nor than the event last taken
 * while its place is open; every seq < next_seq.
 */
struct event {
    uint64_t time_ns;
    uint64_t seq; /* set by event_queue_push() */
    uint32_t kind;
    uint32_t arg;
};

struct event_queue {
    struct event *heap;
    size_t count; /* of events */
    size_t capacity;
    uint64_t next_seq;
    bool root_is_open; /* heap[0] has been taken: the events are heap[1] to heap[count] */
};

/* `struct event_queue queue = {0};` is empty. */
void event_queue_fini(struct event_queue *queue);

/* O(log4 n). False: no host memory, nothing changed. */
bool event_queue_push(struct event_queue *queue, uint64_t time_ns, uint32_t kind, uint32_t arg);

/* Removes the earliest event into *ret_event; false when there is none. */
bool event_queue_pop(struct event_queue *queue, struct event *ret_event);

bool event_queue_check(const struct event_queue *queue);

#endif
