/* SPDX-License-Identifier: MIT */
/* Sets of nodes as workloads write them. */
#ifndef SIM_CONFIG_NODE_LIST_H
#define SIM_CONFIG_NODE_LIST_H

#include <stdbool.h>

#include "base/error.h"
#include "config/workload_limits.h"
#include "mm/nodemask.h"
#include "yaml/yaml_doc.h"

/*
 * Reads `1`, `"0-1,3"` or `[0, 2]`; `[]` is the empty set. NULL leaves the set alone. A node that
 * the machine lacks is ERR_UNKNOWN_NODE, one without memory `code`.
 */
bool node_list_read(const struct workload_limits *limits, const struct yaml_node *node,
                    enum sim_error_code code, nodemask *ret_nodes, struct sim_error *err);

#endif
