/* SPDX-License-Identifier: MIT */
/* What a workload declares by name, and the readers of such names. */
#ifndef SIM_CONFIG_WORKLOAD_NAMES_H
#define SIM_CONFIG_WORKLOAD_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/name_table.h"
#include "yaml/yaml_doc.h"

/* By number: the index in the workload's list. `= {0}` is empty. */
struct workload_names {
    struct name_table tasks; /* behind the tasks: the generators */
    struct name_table files;
    struct name_table caches;
    struct name_table cpusets;
};

/*
 * The required `name` of an item, which must be new to the table (ERR_DUPLICATE_NAME); the text
 * belongs to the document.
 */
bool names_declare(struct name_table *table, const struct yaml_node *item, const char **ret_name,
                   struct sim_error *err);

/* The number of the file, cache or cpuset that the node names: ERR_UNKNOWN_FILE, _CACHE, _CPUSET.
 */
bool names_find_file(const struct workload_names *names, const struct yaml_node *node,
                     uint32_t *ret_file, struct sim_error *err);
bool names_find_cache(const struct workload_names *names, const struct yaml_node *node,
                      uint32_t *ret_cache, struct sim_error *err);

bool names_find_cpuset(const struct workload_names *names, const struct yaml_node *node,
                       uint32_t *ret_cpuset, struct sim_error *err);

/* The same of a task: ERR_UNKNOWN_TASK. */
bool names_find_task(const struct workload_names *names, const struct yaml_node *node,
                     uint32_t *ret_task, struct sim_error *err);

void workload_names_fini(struct workload_names *names);

#endif
