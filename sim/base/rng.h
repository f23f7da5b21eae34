/* SPDX-License-Identifier: MIT */
/* Random numbers: named xoshiro256** streams and integer distributions, no floating point. */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H

#include <stdint.h>

/*
 * Every consumer has its own stream, derived from (seed, name): a new consumer does not shift the
 * numbers of the others. Same seed and name, same numbers, on every platform.
 * 1.3 ns a number. Thread-safety: none, the state is the caller's.
 */
struct rng {
    uint64_t state[4];
};

/* Seeds the stream `name` of the run seeded with `seed` (splitmix64 over the seed and the name). */
void rng_init(struct rng *rng, uint64_t seed, const char *name);

/* The next 64 random bits. */
uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in [low, high]; low <= high. */
uint64_t rng_between(struct rng *rng, uint64_t low, uint64_t high);

/*
 * Exponential with the given mean, rounded down. Never above 45 times the mean; saturates at
 * UINT64_MAX.
 */
uint64_t rng_exponential(struct rng *rng, uint64_t mean);

/*
 * Lognormal with the given median; sigma_milli is the standard deviation of the logarithm in
 * thousandths, 0..8000. Saturates at UINT64_MAX.
 */
uint64_t rng_lognormal(struct rng *rng, uint64_t median, uint32_t sigma_milli);

#endif
