/* SPDX-License-Identifier: MIT */
/* A random stream whose next number the test chooses: the extremes, exactly. */
#ifndef TESTS_LIB_RNG_THAT_DRAWS_H
#define TESTS_LIB_RNG_THAT_DRAWS_H

#include "base/rng.h"
#include "lib/test.h"

/* A stream whose next 64 bits are `bits`: the output function run backwards. */
static inline struct rng rng_that_draws(uint64_t bits)
{
    const uint64_t ninth = UINT64_C(0x8e38e38e38e38e39); /* times 9 is 1 modulo 2^64 */
    const uint64_t fifth = UINT64_C(0xcccccccccccccccd);
    uint64_t rotated = bits * ninth;
    struct rng rng = {{1, (rotated >> 7 | rotated << 57) * fifth, 3, 4}};
    struct rng copy = rng;

    ck_assert_uint_eq(rng_next(&copy), bits);
    return rng;
}

#endif
