/* SPDX-License-Identifier: MIT */
/* Carries out operations: calls on mm, what they cost, and what came of them. */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include <stdint.h>

#include "run/simulation_state.h"

/* How a slice of an operation ended. */
enum slice_end {
    SLICE_DONE,   /* the operation is over */
    SLICE_SLEEPS, /* until request.wake_ns, off its CPU */
    SLICE_WORKS,  /* until request.wake_ns, on its CPU */
    SLICE_YIELDS, /* others of its CPU go first */
};

/*
 * Runs the task's operation, from its beginning or from where it was blocked. What happens to the
 * machine happens now; *ret_cost_ns, at least 1, is how long the CPU is busy with it.
 */
enum slice_end replay_slice(struct simulation *sim, struct run_task *task, uint64_t *ret_cost_ns);

/*
 * Ends the task: its user blocks go back, its scripted ones are forgotten, what waits for it is
 * counted as ops_of_dead_tasks. Returns the cost.
 */
uint64_t replay_end_task(struct simulation *sim, struct run_task *task);

/* What is known of a block before it is there: BLOCK_USER, BLOCK_COMPOUND. */
unsigned replay_block_flags(const struct trace_record *record);

/* An operation that a dead task will not do. */
void replay_skip(struct simulation *sim, const struct operation *operation);

/* A sleep inside the task's allocation is over, or cut short by the end of the run. */
void replay_stall_over(struct simulation *sim, struct run_task *task);

/* A free that cannot be; counted and reported. */
void replay_invalid_free(struct simulation *sim, const struct run_task *task, uint64_t id,
                         enum invalid_free reason);

/* In whose name things happen now. */
struct event_cause replay_cause(const struct simulation *sim);

#endif
