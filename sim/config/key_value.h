/* SPDX-License-Identifier: MIT */
/* Small things that every reader of keys here needs. */
#ifndef SIM_CONFIG_KEY_VALUE_H
#define SIM_CONFIG_KEY_VALUE_H

#include <stdbool.h>
#include <string.h>

#include "yaml/yaml_doc.h"

/* The number of elements of an array, for the key tables of this layer. */
#define NR_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

/* A key left to the simulator: not there, or the word `auto`. */
static inline bool config_is_auto(const struct yaml_node *node)
{
    return !node || (node->kind == YAML_SCALAR && strcmp(node->text, "auto") == 0);
}

#endif
