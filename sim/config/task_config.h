/* SPDX-License-Identifier: MIT */
/* One item of a workload's `tasks`. */
#ifndef SIM_CONFIG_TASK_CONFIG_H
#define SIM_CONFIG_TASK_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/step_config.h"
#include "run/run_spec.h"
#include "yaml/yaml_doc.h"

/* A task whose steps are read but not yet related to other tasks. */
struct task_draft {
    struct task_spec spec; /* without its steps; the name belongs to the document */
    struct step_list list;
    const struct yaml_node *node;
};

/*
 * Reads an item whose name is declared. A loop without end needs a duration (ERR_NO_DURATION; 0:
 * there is none). The scope outlives the draft, which is valid to end after a failure, too.
 */
bool task_config_read(struct task_draft *draft, const struct yaml_node *item,
                      const struct step_scope *scope, uint64_t duration_ns, struct sim_error *err);

/* Its steps without their places, in new memory: NULL for none, or without host memory (ERR_). */
bool task_draft_steps(const struct task_draft *draft, struct step_spec **ret_steps,
                      struct sim_error *err);

void task_draft_fini(struct task_draft *draft);

#endif
