/* SPDX-License-Identifier: MIT */
/* Tasks come, by declaration or by fork(), and go, by themselves or killed. */
#ifndef SIM_RUN_TASK_LIFE_H
#define SIM_RUN_TASK_LIFE_H

#include "run/simulation_state.h"

/*
 * Makes a process of a task of the table: its CPU, its address space, what the OOM killer asks.
 * `spec` may be NULL, `parent` too. False: ERR_UNKNOWN_CPU, ERR_OUT_OF_MEMORY.
 */
bool task_life_begin(struct simulation *sim, struct run_task *task, const struct task_spec *spec,
                     struct run_task *parent, struct sim_error *err);

/*
 * fork(): a copy of the spec's task with the parent's memory, called "NAME", or "NAME#2" and so on
 * when that is taken. Its script begins at `begin_ns`. False: ERR_OUT_OF_MEMORY.
 */
bool task_life_fork(struct simulation *sim, struct run_task *parent, uint32_t spec,
                    struct sim_error *err);

/*
 * The task ends: its user blocks and its address space go back, blocks of its script are forgotten,
 * what waits for it is counted as ops_of_dead_tasks. Returns the cost.
 */
uint64_t task_life_end(struct simulation *sim, struct run_task *task);

#endif
