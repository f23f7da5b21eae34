/* SPDX-License-Identifier: MIT */
/* Whether the regions that steps use are there when their turn comes. */
#ifndef SIM_CONFIG_REGION_FLOW_H
#define SIM_CONFIG_REGION_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/task_config.h"

/*
 * Follows the steps of resolved tasks (config/task_tree.h) through loops and forks. ERR_UNKNOWN_ID
 * at a step whose region is not created yet or unmapped again, ERR_ID_IN_USE at one that creates a
 * region which is there. The answer is exact: steps have no branches, so a run does the same.
 */
bool region_flow_check(const struct task_draft *tasks, uint32_t nr_tasks, struct sim_error *err);

#endif
