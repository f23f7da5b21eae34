/* SPDX-License-Identifier: MIT */
/* Words to small numbers and back. */
#include "trace/name_table.h"

#include <string.h>

#include "base/file.h"
#include "base/suggest.h"

void name_table_fini(struct name_table *table)
{
    yaml_arena_fini(&table->texts);
    vec_fini(&table->entries);
    hashmap_fini(&table->first_by_hash);
    *table = (struct name_table){0};
}

/* Any key but HASHMAP_NO_KEY. */
static uint64_t hash_of(const char *text, size_t length)
{
    return fnv1a64(text, length) >> 1;
}

static bool find_hashed(const struct name_table *table, uint64_t hash, const char *text,
                        size_t length, uint32_t *ret_number)
{
    uint64_t first;

    if (!hashmap_get(&table->first_by_hash, hash, &first))
        return false;
    for (uint32_t at = (uint32_t)first + 1; at != 0; at = table->entries.items[at - 1].next) {
        const char *known = table->entries.items[at - 1].text;

        if (strncmp(known, text, length) == 0 && known[length] == '\0') {
            *ret_number = at - 1;
            return true;
        }
    }
    return false;
}

bool name_table_find(const struct name_table *table, const char *text, size_t length,
                     uint32_t *ret_number)
{
    return find_hashed(table, hash_of(text, length), text, length, ret_number);
}

bool name_table_intern(struct name_table *table, const char *text, size_t length,
                       uint32_t *ret_number)
{
    uint64_t hash = hash_of(text, length), first;
    struct name_entry entry = {0};
    uint32_t number = name_table_count(table);

    if (find_hashed(table, hash, text, length, ret_number))
        return true;
    if (number == UINT32_MAX || !vec_reserve(&table->entries, table->entries.count + 1))
        return false;
    if (hashmap_get(&table->first_by_hash, hash, &first))
        entry.next = (uint32_t)first + 1;
    entry.text = yaml_arena_copy(&table->texts, text, length);
    if (!entry.text || !hashmap_put(&table->first_by_hash, hash, number))
        return false;
    table->entries.items[table->entries.count++] = entry;
    *ret_number = number;
    return true;
}

const char *name_table_suggest(const struct name_table *table, const char *text)
{
    const char *best = NULL;

    /* pairwise, as the words do not stand in an array of pointers; ties go to the earlier one */
    for (uint32_t i = 0; i < name_table_count(table); i++) {
        const char *pair[2] = {best, name_table_text(table, i)};

        best = best ? suggest_word(text, pair, 2) : suggest_word(text, pair + 1, 1);
    }
    return best;
}
