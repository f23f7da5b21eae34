/* SPDX-License-Identifier: MIT */
/* The files of a workload, and where they lie on their devices. */
#ifndef SIM_CONFIG_FILE_CONFIG_H
#define SIM_CONFIG_FILE_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "config/task_config.h"
#include "config/user_step_config.h"
#include "config/workload_limits.h"
#include "config/workload_names.h"
#include "user/user_spec.h"
#include "yaml/yaml_doc.h"

/* One item of `files`; its name goes into names->files. Where it lies is not known yet. */
bool file_config_read(const struct yaml_node *item, const struct workload_limits *limits,
                      struct workload_names *names, struct file_spec *ret_file,
                      struct sim_error *err);

/*
 * Once all steps are read: files follow each other on their device in the order of their
 * declaration, each with room for what the steps write behind its end; what steps read and map lies
 * within (ERR_OUT_OF_RANGE).
 */
bool file_config_place(struct file_spec *files, size_t nr_files, const struct task_draft *tasks,
                       size_t nr_tasks, struct sim_error *err);

#endif
