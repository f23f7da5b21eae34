/* SPDX-License-Identifier: MIT */
/* The steps of one scripted task: what its `steps` list says, flattened. */
#ifndef SIM_CONFIG_STEP_CONFIG_H
#define SIM_CONFIG_STEP_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "base/vec.h"
#include "config/workload_limits.h"
#include "run/run_spec.h"
#include "trace/name_table.h"
#include "yaml/yaml_doc.h"

/* A step and the node it came from. */
struct placed_step {
    struct step_spec step;
    const struct yaml_node *node;
};

/* What is known of an id of the task. */
struct id_use {
    bool allocated;
    bool of_order_0; /* every allocation is */
};

/*
 * `struct step_list list = {.limits = &limits}` is empty. A loop is followed by its body; ids are
 * numbered in the order of their first use and belong to the task.
 */
struct step_list {
    VEC(struct placed_step) steps;
    VEC(struct id_use) ids;
    struct name_table id_names;
    const struct workload_limits *limits;
    bool endless; /* a loop without end is among them */
};

/*
 * Adds the steps of the list `steps` and checks them as a whole: every freed id is allocated
 * somewhere (ERR_UNKNOWN_ID), hot and cold frees are of order 0 (ERR_BAD_ORDER), a loop without
 * end sleeps (ERR_BAD_STEP).
 */
bool step_list_read(struct step_list *list, const struct yaml_node *steps, struct sim_error *err);

void step_list_fini(struct step_list *list);

#endif
