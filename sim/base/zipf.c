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

bool zipf_init(struct zipf *zipf, uint32_t n, uint32_t exponent_milli)
{
    uint64_t *cumulative;
    uint64_t total = 0;

    SIM_ASSERT(n >= 1 && n <= ZIPF_N_MAX);
    SIM_ASSERT(exponent_milli <= 8000);
    cumulative = malloc(n * sizeof(*cumulative));
    if (!cumulative)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        total += weight_of(i + 1, exponent_milli);
        cumulative[i] = total;
    }
    zipf->cumulative = cumulative;
    zipf->n = n;
    return true;
}

void zipf_fini(struct zipf *zipf)
{
    if (!zipf)
        return;
    free(zipf->cumulative);
    *zipf = (struct zipf){0};
}

uint32_t zipf_draw(const struct zipf *zipf, struct rng *rng)
{
    uint64_t at = rng_below(rng, zipf->cumulative[zipf->n - 1]);
    uint32_t low = 0, high = zipf->n - 1;

    /* The first rank whose cumulative weight is above `at`; ranks without weight are passed by. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (zipf->cumulative[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
