/* SPDX-License-Identifier: MIT */
/* The steps of one scripted task: what its `steps` list says, flattened. */
#ifndef SIM_CONFIG_STEP_CONFIG_H
#define SIM_CONFIG_STEP_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "base/vec.h"
#include "config/workload_limits.h"
#include "config/workload_names.h"
#include "run/run_spec.h"
#include "trace/name_table.h"
#include "yaml/yaml_doc.h"

/* A step and the node it came from. */
struct placed_step {
    struct step_spec step;
    const struct yaml_node *node;
};

/* What is known of a block id of the task. */
struct id_use {
    bool allocated;
    bool of_order_0; /* every allocation is */
};

/* What is known of a region of user memory that the task names. */
struct region_use {
    bool created;       /* by a step of the task, or of one that forks it (config/task_tree.h) */
    uint64_t max_pages; /* the largest it is created with */
    uint32_t number;    /* within the tree of tasks */
};

/* What the steps of a workload may name; all of it outlives the lists. */
struct step_scope {
    const struct workload_limits *limits;
    const struct workload_names *names;
    const struct file_spec *files;     /* by the numbers of their names */
    const struct cpuset_spec *cpusets; /* likewise */
};

/*
 * `struct step_list list = {.scope = &scope}` is empty. A loop is followed by its body; block ids
 * and regions are two sets of names, numbered in the order of their first use in the task.
 */
struct step_list {
    VEC(struct placed_step) steps;
    VEC(struct id_use) ids;
    struct name_table id_names;
    VEC(struct region_use) regions;
    struct name_table region_names;
    const struct step_scope *scope;
    nodemask mems;     /* where the task may have memory, unless it is forked */
    bool in_interrupt; /* the task is an interrupt handler: it has no user memory */
    bool endless;      /* a loop without end is among them */
};

/*
 * Adds the steps of the list `steps` and checks them as a whole: every freed id is allocated
 * somewhere (ERR_UNKNOWN_ID), hot and cold frees are of order 0 (ERR_BAD_ORDER), a loop without
 * end lets time pass (ERR_BAD_STEP). Regions, forks and what a cpuset has to say of policies are
 * left to task_tree_resolve().
 */
bool step_list_read(struct step_list *list, const struct yaml_node *steps, struct sim_error *err);

/* The node of a key of the step, or of all it says when that key is not there. */
const struct yaml_node *placed_step_value(const struct placed_step *placed, const char *key);

void step_list_fini(struct step_list *list);

#endif
