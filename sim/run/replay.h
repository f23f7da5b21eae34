/* SPDX-License-Identifier: MIT */
/* Carries out records: calls on mm, and what came of them. */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include "run/slice.h"

/* One go of the task at the record of its operation. */
enum step replay_step(struct simulation *sim, struct run_task *task, struct slice *slice);

/* A record that a dead task will not carry out. */
void replay_skip(struct simulation *sim, const struct operation *operation);

/* A request of the task that has no page: counted and reported. */
void replay_alloc_failed(struct simulation *sim, const struct run_task *task,
                         const struct alloc_request *request);

/*
 * Reports a request of the task that had to reclaim, wait or kill, if it had to: it has its page,
 * or the run ends before (PFN_NONE).
 */
void replay_alloc_slow(struct simulation *sim, const struct run_task *task,
                       const struct alloc_request *request);

#endif
