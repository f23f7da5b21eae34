/* SPDX-License-Identifier: MIT */
/* Lists of flags by the kernel's names. */
#ifndef SIM_CONFIG_FLAG_LIST_H
#define SIM_CONFIG_FLAG_LIST_H

#include <stddef.h>

#include "yaml/yaml_value.h"

/* A flag and its bits. */
struct flag_name {
    const char *name;
    uint32_t bits;
};

enum { FLAG_NAMES_MAX = 8 };

/*
 * Adds the flags that the list names, of the `count` (at most FLAG_NAMES_MAX) there are; NULL adds
 * none. False: ERR_WRONG_TYPE, ERR_UNKNOWN_NAME.
 */
bool flag_list_read(const struct yaml_node *list, const struct flag_name *flags, size_t count,
                    uint32_t *ret_bits, struct sim_error *err);

#endif
