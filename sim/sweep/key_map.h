/* SPDX-License-Identifier: MIT */
/* Map from the keys of runs to numbers. */
#ifndef SIM_SWEEP_KEY_MAP_H
#define SIM_SWEEP_KEY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sweep/sweep_key.h"

/*
 * `struct key_map map = {0};` is empty. Open addressing by the key's low half, which is a hash
 * already; whole keys are compared. At most 1/2 full, 24 bytes a slot. Nothing is taken out, and
 * there is no order to walk in.
 */
struct key_map_slot {
    struct sweep_key key;
    uint32_t value;
    bool used;
};

struct key_map {
    struct key_map_slot *slots; /* NULL until the first put */
    size_t capacity;            /* 0 or a power of two */
    size_t count;
};

void key_map_fini(struct key_map *map);

/* Inserts or overwrites. False: no host memory, the map is as it was. */
bool key_map_put(struct key_map *map, const struct sweep_key *key, uint32_t value);

/* True and *ret_value when the key is there. */
bool key_map_get(const struct key_map *map, const struct sweep_key *key, uint32_t *ret_value);

#endif
