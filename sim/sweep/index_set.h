/* SPDX-License-Identifier: MIT */
/* A set of small numbers, written as a scheduler's array expression. */
#ifndef SIM_SWEEP_INDEX_SET_H
#define SIM_SWEEP_INDEX_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Numbers below `limit`, one bit each. All-zero is the empty set of limit 0. */
struct index_set {
    uint64_t *words;
    uint32_t limit;
    uint32_t count; /* == number of bits set */
};

bool index_set_init(struct index_set *set, uint32_t limit); /* false: no host memory */
void index_set_fini(struct index_set *set);

void index_set_add(struct index_set *set, uint32_t index);
bool index_set_has(const struct index_set *set, uint32_t index);

/*
 * "3,7-9,12": ascending, three or more in a row as a range, two as two. Every number is shown with
 * `base` added. Nothing for the empty set. O(limit).
 */
void index_set_format(struct strbuf *buf, const struct index_set *set, uint32_t base);

#endif
