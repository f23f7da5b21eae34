/* SPDX-License-Identifier: MIT */
/* One item of a workload's `generators`. */
#ifndef SIM_CONFIG_GENERATOR_CONFIG_H
#define SIM_CONFIG_GENERATOR_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/workload_limits.h"
#include "config/workload_names.h"
#include "trace/generator.h"
#include "yaml/yaml_doc.h"

/*
 * Fills the spec from a mapping; its name belongs to the document. `duration_ns` is the
 * workload's, the default end: without either the generator would never stop (ERR_NO_DURATION).
 */
bool generator_config_read(const struct yaml_node *item, uint64_t duration_ns,
                           const struct workload_limits *limits, const struct workload_names *names,
                           struct generator_spec *ret_spec, struct sim_error *err);

#endif
