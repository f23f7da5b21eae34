/* SPDX-License-Identifier: MIT */
/* Map from the keys of runs to numbers. */
#include "sweep/key_map.h"

#include <stdlib.h>

enum { CAPACITY_MIN = 64 };

/* The slot that holds the key, or the free one where it would go. */
static struct key_map_slot *slot_of(const struct key_map *map, const struct sweep_key *key)
{
    size_t at = (size_t)key->low & (map->capacity - 1);

    while (map->slots[at].used && sweep_key_compare(&map->slots[at].key, key) != 0)
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

void key_map_fini(struct key_map *map)
{
    free(map->slots);
    *map = (struct key_map){0};
}

static bool grow(struct key_map *map)
{
    struct key_map grown = {.count = map->count};

    if (map->capacity > SIZE_MAX / 2 / sizeof(*grown.slots))
        return false;
    grown.capacity = map->capacity ? map->capacity * 2 : CAPACITY_MIN;
    grown.slots = calloc(grown.capacity, sizeof(*grown.slots));
    if (!grown.slots)
        return false;
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].used)
            *slot_of(&grown, &map->slots[i].key) = map->slots[i];
    }
    free(map->slots);
    *map = grown;
    return true;
}

bool key_map_put(struct key_map *map, const struct sweep_key *key, uint32_t value)
{
    struct key_map_slot *slot;

    if (map->count >= map->capacity / 2 && !grow(map))
        return false;
    slot = slot_of(map, key);
    map->count += !slot->used;
    *slot = (struct key_map_slot){*key, value, true};
    return true;
}

bool key_map_get(const struct key_map *map, const struct sweep_key *key, uint32_t *ret_value)
{
    const struct key_map_slot *slot;

    if (!map->capacity)
        return false;
    slot = slot_of(map, key);
    if (!slot->used)
        return false;
    *ret_value = slot->value;
    return true;
}
