/* SPDX-License-Identifier: MIT */
/* Tasks that fork each other: which of them are possible, and the regions they share. */
#ifndef SIM_CONFIG_TASK_TREE_H
#define SIM_CONFIG_TASK_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/task_config.h"

/*
 * Relates the tasks of a workload, in the order of their declaration:
 *
 * - A task forks tasks that are `forked` and stand below it, so that there is an end to forking;
 *   every forked task is forked by some step (ERR_BAD_FORK).
 * - A step uses regions that its task creates, or one that forks it, directly or not
 *   (ERR_UNKNOWN_ID, the likely name in the hint), and touches within them (ERR_OUT_OF_RANGE).
 * - A step's memory policy has nodes of the task's cpuset, which a forked task has from those that
 *   fork it (ERR_BAD_MEMPOLICY).
 * - Regions are numbered over all tasks that are connected by forks; every task gets the count.
 */
bool task_tree_resolve(struct task_draft *tasks, uint32_t nr_tasks, struct sim_error *err);

#endif
