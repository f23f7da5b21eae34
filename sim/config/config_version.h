/* SPDX-License-Identifier: MIT */
/* The `version` key that every input file begins with. */
#ifndef SIM_CONFIG_CONFIG_VERSION_H
#define SIM_CONFIG_CONFIG_VERSION_H

#include <stdbool.h>

#include "yaml/yaml_value.h"

/* The root has a version and this mmsim reads it: else ERR_MISSING_KEY, ERR_BAD_VERSION. */
bool config_version_read(const struct yaml_node *root, struct sim_error *err);

#endif
