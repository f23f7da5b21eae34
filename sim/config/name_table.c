/* SPDX-License-Identifier: MIT */
/* Names numbered in the order of their first use. */
#include "config/name_table.h"

#include <string.h>

#include "base/file.h"

bool name_table_intern(struct name_table *table, const char *name, uint64_t *ret_number)
{
    uint64_t key = fnv1a64(name, strlen(name));
    uint64_t number;

    for (;; key++) {
        if (key == HASHMAP_NO_KEY)
            key = 0;
        if (!hashmap_get(&table->numbers, key, &number))
            break;
        if (strcmp(table->names.items[number], name) == 0) {
            *ret_number = number;
            return true;
        }
    }
    number = table->names.count;
    if (!vec_reserve(&table->names, table->names.count + 1) ||
        !hashmap_put(&table->numbers, key, number))
        return false;
    table->names.items[table->names.count++] = name;
    *ret_number = number;
    return true;
}

void name_table_fini(struct name_table *table)
{
    hashmap_fini(&table->numbers);
    vec_fini(&table->names);
}
