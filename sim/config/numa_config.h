/* SPDX-License-Identifier: MIT */
/* Memory policies, and the items of a workload's `cpusets`. */
#ifndef SIM_CONFIG_NUMA_CONFIG_H
#define SIM_CONFIG_NUMA_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/workload_limits.h"
#include "config/workload_names.h"
#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "yaml/yaml_doc.h"

/*
 * `{mode, nodes}`, or a mode alone. NULL leaves the policy alone. ERR_BAD_MEMPOLICY: a UMA kernel
 * has none, or the nodes do not fit the mode.
 */
bool mempolicy_config_read(const struct yaml_node *node, const struct workload_limits *limits,
                           struct mempolicy_spec *ret_policy, struct sim_error *err);

/* The same of a mapping's own keys `mode` and `nodes`, which it must have checked. */
bool mempolicy_config_read_keys(const struct yaml_node *mapping,
                                const struct workload_limits *limits,
                                struct mempolicy_spec *ret_policy, struct sim_error *err);

/*
 * Reads an item of `cpusets` behind those that are there and declares its name. ERR_BAD_CPUSET: a
 * UMA kernel has none, or mkdir and writes to its files would fail in the kernel.
 */
bool cpuset_config_read(const struct yaml_node *item, const struct workload_limits *limits,
                        struct workload_names *names, const struct cpuset_spec *before,
                        uint32_t nr_before, struct cpuset_spec *ret_cpuset, struct sim_error *err);

/* Which of them the node names, from 1 on; 0 when there is no node. ERR_BAD_CPUSET: on a UMA
 * kernel. */
bool cpuset_config_find(const struct yaml_node *node, const struct workload_limits *limits,
                        const struct workload_names *names, uint32_t *ret_cpuset,
                        struct sim_error *err);

#endif
