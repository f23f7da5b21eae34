/* SPDX-License-Identifier: MIT */
/* Carries out records: calls on mm, and what came of them. */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include "run/slice.h"

/* One go of the task at the record of its operation. */
enum step replay_step(struct simulation *sim, struct run_task *task, struct slice *slice);

/* A record that a dead task will not carry out. */
void replay_skip(struct simulation *sim, const struct operation *operation);

/*
 * A request of the task has its result, `latency_ns` after its begin: counted and, when it failed
 * or had to reclaim, wait or kill, reported.
 */
void replay_alloc_over(struct simulation *sim, const struct run_task *task,
                       const struct alloc_request *request, uint64_t begin_ns, uint64_t latency_ns);

/* Reports a request that the run ends in the middle of, if it had to reclaim, wait or kill. */
void replay_alloc_slow(struct simulation *sim, const struct run_task *task,
                       const struct alloc_request *request, uint64_t begin_ns);

#endif
