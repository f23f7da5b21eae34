/* SPDX-License-Identifier: MIT */
/* Who runs where and when: CPUs, their queues, and tasks between ready and asleep. */
#ifndef SIM_RUN_SCHEDULER_H
#define SIM_RUN_SCHEDULER_H

#include "run/simulation_state.h"

/*
 * Tasks of a CPU take turns, first come first served; who works for long (WAIT_CPU, WAIT_YIELD)
 * goes behind the others after each part of it. A sleeper gives its CPU up when its work so far is
 * paid for.
 */

/* An idle task has something to do: it joins its CPU's queue and runs now if the CPU is free. */
void scheduler_ready(struct simulation *sim, struct run_task *task);

/*
 * The same in the middle of a call on the model, where nobody can begin to run: the task joins the
 * queue of its CPU, which will look. An idle task, or a BLOCKED one that was taken off its wait
 * queue.
 */
void scheduler_wake(struct simulation *sim, struct run_task *task);

/* EVENT_CPU; EVENT_WAKE at the present time. */
void scheduler_cpu_done(struct simulation *sim, uint32_t cpu);
void scheduler_timeout(struct simulation *sim, struct run_task *task);

/* Whether another task waits for the CPU. */
bool scheduler_need_resched(const struct simulation *sim, uint32_t cpu);

/* Whether nobody uses the CPU or waits for it. */
bool scheduler_cpu_idle(const struct simulation *sim, uint32_t cpu);

/* When the last CPU will be done with what it does now. */
uint64_t scheduler_quiet_ns(const struct simulation *sim);

#endif
