/* SPDX-License-Identifier: MIT */
/* The `machine` part of a machine file: nodes, CPUs, memory ranges, zones and boot options. */
#ifndef SIM_CONFIG_MACHINE_LAYOUT_H
#define SIM_CONFIG_MACHINE_LAYOUT_H

#include <stdbool.h>

#include "base/error.h"
#include "config/machine_config.h"
#include "yaml/yaml_doc.h"

/*
 * Reads the mapping under `machine` into the config's spec and arrays, which are empty before, and
 * checks it as a whole (machine_spec_check()), every error with its place. The spec's vm part is
 * left alone but for the defaults, which depend on highmem.
 */
bool machine_layout_read(struct machine_config *config, const struct yaml_node *machine,
                         struct sim_error *err);

#endif
