/* SPDX-License-Identifier: MIT */
/* Zipf-distributed ranks from a precomputed integer table. */
#ifndef SIM_BASE_ZIPF_H
#define SIM_BASE_ZIPF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

/*
 * Rank k (1-based) of n has a weight proportional to k^-s. The cumulative weights are fixed-point
 * integers, so a draw is one random number and a search among the few ranks that a guide table
 * leaves: O(1) on average. O(n) memory.
 * A rank 2^43 times less likely than the first is never drawn.
 */
struct zipf {
    uint64_t *cumulative; /* [n], ascending; the last entry is the total weight */
    /* [(total - 1 >> guide_shift) + 2] first rank whose cumulative weight is above i << shift */
    uint32_t *guide;
    uint32_t guide_shift;
    uint32_t n;
};

#define ZIPF_N_MAX (UINT32_C(1) << 20)

/* 1 <= n <= ZIPF_N_MAX, exponent in thousandths 0..8000 (0 = uniform). False: no host memory. */
bool zipf_init(struct zipf *zipf, uint32_t n, uint32_t exponent_milli);
void zipf_fini(struct zipf *zipf);

/* A rank in [0, n): 0 is the most frequent. */
uint32_t zipf_draw(const struct zipf *zipf, struct rng *rng);

/* As `nr` calls of zipf_draw(), but the tables, larger than a cache, are waited for only once. */
enum { ZIPF_DRAWS_MAX = 16 };
void zipf_draw_many(const struct zipf *zipf, struct rng *rng, uint32_t *ranks, unsigned nr);

#endif
