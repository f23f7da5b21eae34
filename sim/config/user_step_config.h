/* SPDX-License-Identifier: MIT */
/* The steps of a task that concern user memory, files, forks and slab caches. */
#ifndef SIM_CONFIG_USER_STEP_CONFIG_H
#define SIM_CONFIG_USER_STEP_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "config/step_config.h"
#include "user/user_spec.h"
#include "yaml/yaml_doc.h"

/* Regions of user memory and files are at most this large: 1 TiB. */
#define USER_PAGES_MAX (UINT64_C(1) << 28)

/* Copies of a task that one step forks. */
enum { FORK_COUNT_MAX = 10000 };

/* Whether the op reads or writes pages, which takes time. */
bool user_op_accesses(enum user_op op);

/*
 * Reads the value of a step `name` into step->user, whose op is set. Files, caches and tasks are
 * found by name; regions are noted in the list, under their number within the task. An interrupt
 * handler has slab caches only (ERR_BAD_STEP).
 */
bool user_step_read(struct step_list *list, const struct yaml_node *node, const char *name,
                    struct step_spec *step, struct sim_error *err);

#endif
