/* SPDX-License-Identifier: MIT */
/* What a workload may name of its machine, and the readers of such names. */
#ifndef SIM_CONFIG_WORKLOAD_LIMITS_H
#define SIM_CONFIG_WORKLOAD_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/machine_config.h"
#include "mm/nodemask.h"
#include "yaml/yaml_doc.h"

/* The machine's numbers; 0 or NULL = no machine is known, then only the model's own limits hold. */
struct workload_limits {
    uint32_t nr_cpus;
    uint32_t nr_nodes;
    nodemask memory_nodes; /* those with memory */
    bool uma;              /* its kernel is a UMA one */
    const struct device_list *devices;
};

/* `config` may be NULL; its devices are borrowed. */
struct workload_limits workload_limits_of(const struct machine_config *config);

/* Readers of optional keys: a NULL node leaves the output alone. */

/* ERR_UNKNOWN_CPU when the machine does not have it. */
bool limits_read_cpu(const struct workload_limits *limits, const struct yaml_node *node,
                     int32_t *ret_cpu, struct sim_error *err);

/* ERR_UNKNOWN_NODE when the machine does not have it. */
bool limits_read_nid(const struct workload_limits *limits, const struct yaml_node *node,
                     int16_t *ret_nid, struct sim_error *err);

/* A GFP mask in text, as the machine's kernel reads it: ERR_BAD_GFP. */
bool limits_read_gfp(const struct workload_limits *limits, const struct yaml_node *node,
                     uint32_t *ret_gfp, struct sim_error *err);

#endif
