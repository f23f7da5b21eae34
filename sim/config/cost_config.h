/* SPDX-License-Identifier: MIT */
/* The `costs` part of a machine file. */
#ifndef SIM_CONFIG_COST_CONFIG_H
#define SIM_CONFIG_COST_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "run/run_spec.h"
#include "yaml/yaml_doc.h"

/* The costs of a machine file without `costs`. docs/machine.md says where they come from. */
extern const struct cost_spec default_costs;

/* A cost or a seek is not longer than this. */
#define COST_MAX_NS UINT64_C(10000000000)

/* Changes the costs that the mapping has; NULL: none. */
bool cost_config_read(struct cost_spec *costs, const struct yaml_node *node, struct sim_error *err);

#endif
