/* SPDX-License-Identifier: MIT */
/* Open-addressing map from 64-bit keys to 64-bit values. */
#ifndef SIM_BASE_HASHMAP_H
#define SIM_BASE_HASHMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Linear probing with backward-shift deletion, at most 3/4 full, grows by doubling. Any key but
 * HASHMAP_NO_KEY. About 9 ns for insert + find + delete. Iteration order is not offered: it would
 * be a way for hash order to influence results.
 */
#define HASHMAP_NO_KEY UINT64_MAX

struct hashmap_slot {
    uint64_t key;
    uint64_t value;
};

struct hashmap {
    struct hashmap_slot *slots; /* NULL until the first put */
    size_t capacity;            /* 0 or a power of two */
    size_t count;
};

/* `struct hashmap map = {0};` is an empty map. */
void hashmap_fini(struct hashmap *map);

/* Inserts or overwrites. False: no host memory, the map is as it was. */
bool hashmap_put(struct hashmap *map, uint64_t key, uint64_t value);

/* True and *ret_value when the key is there. */
bool hashmap_get(const struct hashmap *map, uint64_t key, uint64_t *ret_value);

/* True and *ret_value (may be NULL) when the key was there; it is gone afterwards. */
bool hashmap_remove(struct hashmap *map, uint64_t key, uint64_t *ret_value);

#endif
