/* SPDX-License-Identifier: MIT */
/* Words to small numbers and back. */
#ifndef SIM_TRACE_NAME_TABLE_H
#define SIM_TRACE_NAME_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "base/vec.h"
#include "yaml/yaml_arena.h"

/*
 * A word holds no NUL. Numbers count from 0 in the order of the words' first appearance. `struct
 * name_table table = {0};` is empty. About 40 ns a look-up.
 */
struct name_entry {
    const char *text; /* NUL-terminated, stays where it is */
    uint32_t next;    /* with the same hash, plus 1; 0: none */
};

struct name_table {
    struct yaml_arena texts;
    VEC(struct name_entry) entries;
    struct hashmap first_by_hash;
};

void name_table_fini(struct name_table *table);

/* The number of the word, which is added when it is not there. False: no host memory. */
bool name_table_intern(struct name_table *table, const char *text, size_t length,
                       uint32_t *ret_number);

/* True and the number when the word is there. */
bool name_table_find(const struct name_table *table, const char *text, size_t length,
                     uint32_t *ret_number);

static inline uint32_t name_table_count(const struct name_table *table)
{
    return (uint32_t)table->entries.count;
}

static inline const char *name_table_text(const struct name_table *table, uint32_t number)
{
    return table->entries.items[number].text;
}

/* The known word nearest to `text`, or NULL: base/suggest.h over the table. */
const char *name_table_suggest(const struct name_table *table, const char *text);

#endif
