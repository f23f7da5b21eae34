/* SPDX-License-Identifier: MIT */
/* Who runs where and when: CPUs, their queues, and tasks between ready and asleep. */
#ifndef SIM_RUN_SCHEDULER_H
#define SIM_RUN_SCHEDULER_H

#include "run/simulation_state.h"

/* An idle task has something to do: it joins its CPU's queue and runs now if the CPU is free. */
void scheduler_ready(struct simulation *sim, struct run_task *task);

/* EVENT_CPU, EVENT_WAKE, EVENT_SCRIPT. */
void scheduler_cpu_done(struct simulation *sim, uint32_t cpu);
void scheduler_wake(struct simulation *sim, uint32_t task);
void scheduler_script_due(struct simulation *sim, uint32_t task);

/* Whether another task waits for the CPU. */
bool scheduler_need_resched(const struct simulation *sim, uint32_t cpu);

/* When the last CPU will be done with what it does now. */
uint64_t scheduler_quiet_ns(const struct simulation *sim);

#endif
