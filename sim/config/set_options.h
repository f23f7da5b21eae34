/* SPDX-License-Identifier: MIT */
/* The --set arguments of one command, shared out between the machine and the workload file. */
#ifndef SIM_CONFIG_SET_OPTIONS_H
#define SIM_CONFIG_SET_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/vec.h"
#include "yaml/yaml_doc.h"

/*
 * "workload.KEY=VALUE" changes the workload's KEY, everything else the machine file. Within a file
 * the arguments keep their order. The strings are the caller's and outlive the options.
 */
struct set_options {
    VEC(const char *) machine;
    VEC(const char *) workload; /* without the prefix */
};

/* Adds one argument; false: no host memory. Whether it is KEY=VALUE is found when it is applied. */
bool set_options_add(struct set_options *sets, const char *argument);
void set_options_fini(struct set_options *sets);

/* Applies the machine's, or the workload's, arguments to the document. `sets` may be NULL. */
bool set_options_apply_machine(const struct set_options *sets, struct yaml_doc *doc,
                               struct sim_error *err);
bool set_options_apply_workload(const struct set_options *sets, struct yaml_doc *doc,
                                struct sim_error *err);

/*
 * Makes an error that stands in a workload argument show the argument as it was typed. For any
 * other error, or none, nothing changes.
 */
void set_options_restore_place(const struct set_options *sets, struct sim_error *err);

#endif
