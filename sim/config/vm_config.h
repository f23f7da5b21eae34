/* SPDX-License-Identifier: MIT */
/* The `vm` and `kernel_params` parts of a machine file. */
#ifndef SIM_CONFIG_VM_CONFIG_H
#define SIM_CONFIG_VM_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "mm/machine_spec.h"
#include "yaml/yaml_doc.h"

/*
 * The sysctls that hold at boot, into spec->vm, which has its defaults; spec->numa is known.
 * ERR_UNKNOWN_SYSCTL for what only a NUMA kernel has. A NULL node changes nothing.
 */
bool vm_config_read(struct machine_spec *spec, const struct yaml_node *node, struct sim_error *err);

/* The differences from the kernel as released. A NULL node changes nothing. */
bool kernel_params_read(struct kernel_params *params, const struct yaml_node *node,
                        struct sim_error *err);

#endif
