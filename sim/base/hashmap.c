/* SPDX-License-Identifier: MIT */
/* Open-addressing map from 64-bit keys to 64-bit values. */
#include "base/hashmap.h"

#include <stdlib.h>

#include "base/check.h"

enum { CAPACITY_MIN = 16 };

/* The high bits of a multiplicative hash; the fold lets the key's own high bits take part. */
static size_t home_of(uint64_t key, size_t capacity)
{
    uint64_t hash = (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(hash >> (__builtin_clzll(capacity) + 1));
}

/* The slot that holds key, or the free one where it would go. */
static size_t slot_of(const struct hashmap *map, uint64_t key)
{
    size_t at = home_of(key, map->capacity);

    while (map->slots[at].key != key && map->slots[at].key != HASHMAP_NO_KEY)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

void hashmap_fini(struct hashmap *map)
{
    if (!map)
        return;
    free(map->slots);
    *map = (struct hashmap){0};
}

static bool hashmap_grow(struct hashmap *map)
{
    struct hashmap grown = {.count = map->count};

    if (map->capacity > SIZE_MAX / 2 / sizeof(*grown.slots))
        return false;
    grown.capacity = map->capacity ? map->capacity * 2 : CAPACITY_MIN;
    grown.slots = malloc(grown.capacity * sizeof(*grown.slots));
    if (!grown.slots)
        return false;
    for (size_t i = 0; i < grown.capacity; i++)
        grown.slots[i] = (struct hashmap_slot){.key = HASHMAP_NO_KEY};
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key != HASHMAP_NO_KEY)
            grown.slots[slot_of(&grown, map->slots[i].key)] = map->slots[i];
    }
    free(map->slots);
    *map = grown;
    return true;
}

bool hashmap_put(struct hashmap *map, uint64_t key, uint64_t value)
{
    size_t at = 0;

    SIM_ASSERT(key != HASHMAP_NO_KEY);
    if (map->capacity) {
        at = slot_of(map, key);
        if (map->slots[at].key == key) {
            map->slots[at].value = value;
            return true;
        }
    }
    if (map->count >= map->capacity / 4 * 3) {
        if (!hashmap_grow(map))
            return false;
        at = slot_of(map, key);
    }
    map->slots[at] = (struct hashmap_slot){.key = key, .value = value};
    map->count++;
    return true;
}

bool hashmap_get(const struct hashmap *map, uint64_t key, uint64_t *ret_value)
{
    size_t at;

    if (map->count == 0 || key == HASHMAP_NO_KEY)
        return false;
    at = slot_of(map, key);
    if (map->slots[at].key != key)
        return false;
    *ret_value = map->slots[at].value;
    return true;
}

bool hashmap_remove(struct hashmap *map, uint64_t key, uint64_t *ret_value)
{
    size_t mask = map->capacity - 1;
    size_t hole;

    if (map->count == 0 || key == HASHMAP_NO_KEY)
        return false;
    hole = slot_of(map, key);
    if (map->slots[hole].key != key)
        return false;
    if (ret_value)
        *ret_value = map->slots[hole].value;
    map->count--;
    /* Pull back each entry that may stand in the hole without coming before its home. */
    for (size_t at = (hole + 1) & mask; map->slots[at].key != HASHMAP_NO_KEY;
         at = (at + 1) & mask) {
        size_t home = home_of(map->slots[at].key, map->capacity);

        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole].key = HASHMAP_NO_KEY;
    return true;
}
