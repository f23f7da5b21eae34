/* SPDX-License-Identifier: MIT */
/* xoshiro256** streams seeded by splitmix64, and integer distributions over them. */
#include "base/rng.h"

#include <stdbool.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/fixed.h"

#define LN2_Q64   UINT64_C(0xb17217f7d1cf79ab)
#define LOG2E_Q32 UINT64_C(6196328019)

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void rng_init(struct rng *rng, uint64_t seed, const char *name)
{
    /* The seed is scrambled before the name joins: seed ^ hash alone would let pairs collide. */
    uint64_t state = splitmix64(&seed) ^ fnv1a64(name, strlen(name));

    /* Four steps of a bijection are four different numbers, so the state is never all zero. */
    for (unsigned i = 0; i < 4; i++)
        rng->state[i] = splitmix64(&state);
}

static uint64_t rotate_left(uint64_t x, unsigned count)
{
    return x << count | x >> (64 - count);
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    uint128 product;

    SIM_ASSERT(bound > 0);
    product = (uint128)rng_next(rng) * bound;
    /* Lemire: the high half is the result; some low halves are one too many and are drawn again. */
    if ((uint64_t)product < bound) {
        uint64_t excess = -bound % bound;

        while ((uint64_t)product < excess)
            product = (uint128)rng_next(rng) * bound;
    }
    return (uint64_t)(product >> 64);
}

uint64_t rng_between(struct rng *rng, uint64_t low, uint64_t high)
{
    SIM_ASSERT(low <= high);
    if (high - low == UINT64_MAX)
        return rng_next(rng);
    return low + rng_below(rng, high - low + 1);
}

static uint64_t saturate(uint128 value)
{
    return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
}

uint64_t rng_exponential(struct rng *rng, uint64_t mean)
{
    /* -ln(U) for U = u / 2^64 in (0, 1]; the sum wraps to 0 for U = 1. */
    uint64_t u = rng_next(rng) + 1;
    uint64_t minus_log2_q32 = u == 0 ? 0 : (UINT64_C(64) << 32) - fixed_log2(u);
    uint64_t minus_ln_q32 = (uint64_t)((uint128)minus_log2_q32 * LN2_Q64 >> 64);

    return saturate((uint128)mean * minus_ln_q32 >> 32);
}

/* |Z| in Q28 of a standard normal Z, at most 9.5; *ret_negative is its sign. Marsaglia polar. */
static uint32_t normal_q28(struct rng *rng, bool *ret_negative)
{
    int64_t u;
    uint64_t u_squared;
    uint128 radius; /* squared, Q64 */
    uint64_t minus_2ln_q32, ratio_q64;

    do {
        uint64_t bits = rng_next(rng);
        int64_t v = 2 * (int64_t)(bits & UINT32_MAX) + 1 - ((int64_t)1 << 32);

        /* Odd numbers: symmetric about zero and never zero. */
        u = 2 * (int64_t)(bits >> 32) + 1 - ((int64_t)1 << 32);
        u_squared = (uint64_t)(u < 0 ? -u : u) * (uint64_t)(u < 0 ? -u : u);
        radius = (uint128)u_squared + (uint64_t)(v < 0 ? -v : v) * (uint64_t)(v < 0 ? -v : v);
    } while (radius > UINT64_MAX);

    minus_2ln_q32 =
        (uint64_t)((uint128)((UINT64_C(64) << 32) - fixed_log2((uint64_t)radius)) * LN2_Q64 >> 63);
    ratio_q64 = (uint64_t)(((uint128)u_squared << 64) / radius);
    *ret_negative = u < 0;
    /* Z^2 = (u^2 / radius) * (-2 ln radius), at most 88.8: it fits Q56. */
    return fixed_sqrt((uint64_t)((uint128)ratio_q64 * minus_2ln_q32 >> 40));
}

uint64_t rng_lognormal(struct rng *rng, uint64_t median, uint32_t sigma_milli)
{
    bool negative;
    uint32_t z_q28 = normal_q28(rng, &negative);
    uint64_t power_q32; /* |log2(result / median)|, below 2^39 */
    unsigned whole;
    uint128 scaled;

    SIM_ASSERT(sigma_milli <= 8000);
    power_q32 = (uint64_t)(((uint128)sigma_milli * z_q28 * LOG2E_Q32 >> 28) / 1000);
    whole = (unsigned)(power_q32 >> 32);
    if (negative) {
        uint32_t fraction = (uint32_t)-power_q32;

        if (fraction != 0)
            whole++; /* 2^-(w + f) = 2^(1 - f) / 2^(w + 1) */
        scaled = (uint128)median * fixed_exp2(fraction) >> 63;
        return whole < 64 ? (uint64_t)(scaled >> whole) : 0;
    }
    if (median == 0)
        return 0;
    if (whole > 63)
        return UINT64_MAX;
    return saturate((uint128)median * fixed_exp2((uint32_t)power_q32) >> (63 - whole));
}
