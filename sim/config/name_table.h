/* SPDX-License-Identifier: MIT */
/* Names numbered in the order of their first use. */
#ifndef SIM_CONFIG_NAME_TABLE_H
#define SIM_CONFIG_NAME_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "base/vec.h"

/* `struct name_table names = {0};` is empty. The strings are the caller's and outlive it. */
struct name_table {
    struct hashmap numbers; /* hash, moved on by one while taken by another name -> number */
    VEC(const char *) names;
};

/*
 * The number of `name`, which gets the next one when it is new. False: no host memory. O(1).
 */
bool name_table_intern(struct name_table *table, const char *name, uint64_t *ret_number);
void name_table_fini(struct name_table *table);

#endif
