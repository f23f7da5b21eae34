/* SPDX-License-Identifier: MIT */
/* Zipf-distributed ranks from a precomputed integer table. */
#include "base/zipf.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/fixed.h"

/* The weight of rank 1. ZIPF_N_MAX of them still fit 64 bits. */
enum { WEIGHT_ONE_SHIFT = 43 };

/* rank^-(exponent_milli / 1000) in units of 2^-43, rounded down. */
static uint64_t weight_of(uint32_t rank, uint32_t exponent_milli)
{
    uint64_t power_q32 = exponent_milli * fixed_log2(rank) / 1000;
    uint32_t fraction = (uint32_t)-power_q32;
    /* 2^-(w + f) = 2^(1 - f) / 2^(w + 1) */
    unsigned halvings = (unsigned)(power_q32 >> 32) + (fraction != 0);
    unsigned shift = 63 - WEIGHT_ONE_SHIFT + halvings;

    return shift < 64 ? fixed_exp2(fraction) >> shift : 0;
}

/* The least shift that leaves at most one guide a rank. */
static uint32_t guide_shift(uint64_t total, uint32_t n)
{
    uint32_t shift = 0;

    while ((total - 1) >> shift >= n)
        shift++;
    return shift;
}

static void fill_guide(struct zipf *zipf)
{
    uint64_t last = (zipf->cumulative[zipf->n - 1] - 1) >> zipf->guide_shift;
    uint32_t rank = 0;

    for (uint64_t i = 0; i <= last; i++) {
        while (zipf->cumulative[rank] <= i << zipf->guide_shift)
            rank++;
        zipf->guide[i] = rank;
    }
    zipf->guide[last + 1] = zipf->n - 1;
}

bool zipf_init(struct zipf *zipf, uint32_t n, uint32_t exponent_milli)
{
    uint64_t *cumulative;
    uint64_t total = 0;

    SIM_ASSERT(n >= 1 && n <= ZIPF_N_MAX);
    SIM_ASSERT(exponent_milli <= 8000);
    /* The guide lies behind the weights. */
    cumulative = malloc(n * sizeof(*cumulative) + (n + 1) * sizeof(*zipf->guide));
    if (!cumulative)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        total += weight_of(i + 1, exponent_milli);
        cumulative[i] = total;
    }
    *zipf = (struct zipf){cumulative, (uint32_t *)(cumulative + n), guide_shift(total, n), n};
    fill_guide(zipf);
    return true;
}

void zipf_fini(struct zipf *zipf)
{
    if (!zipf)
        return;
    free(zipf->cumulative);
    *zipf = (struct zipf){0};
}

/* The first rank in [low, high] whose cumulative weight is above `at`; those without are passed by.
 */
static uint32_t find_rank(const struct zipf *zipf, uint64_t at, uint32_t low, uint32_t high)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (zipf->cumulative[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint32_t zipf_draw(const struct zipf *zipf, struct rng *rng)
{
    uint64_t at = rng_below(rng, zipf->cumulative[zipf->n - 1]);
    const uint32_t *guide = &zipf->guide[at >> zipf->guide_shift];

    return find_rank(zipf, at, guide[0], guide[1]);
}

void zipf_draw_many(const struct zipf *zipf, struct rng *rng, uint32_t *ranks, unsigned nr)
{
    uint64_t at[ZIPF_DRAWS_MAX];
    const uint32_t *guides[ZIPF_DRAWS_MAX];

    SIM_ASSERT(nr <= ZIPF_DRAWS_MAX);
    for (unsigned i = 0; i < nr; i++) {
        at[i] = rng_below(rng, zipf->cumulative[zipf->n - 1]);
        guides[i] = &zipf->guide[at[i] >> zipf->guide_shift];
        __builtin_prefetch(guides[i]);
    }
    for (unsigned i = 0; i < nr; i++)
        __builtin_prefetch(&zipf->cumulative[guides[i][0]]);
    for (unsigned i = 0; i < nr; i++)
        ranks[i] = find_rank(zipf, at[i], guides[i][0], guides[i][1]);
}
