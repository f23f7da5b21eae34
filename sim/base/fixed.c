/* SPDX-License-Identifier: MIT */
/* Fixed-point logarithm, power and square root, bit by bit. */
#include "base/fixed.h"

#include <stdbool.h>

#include "base/check.h"

enum { FRACTION_BITS = 32 };

/* 2^(1/2), 2^(1/4), 2^(1/8) ... in Q63. */
static const uint64_t roots_of_two[FRACTION_BITS] = {
    UINT64_C(0xb504f333f9de6484), UINT64_C(0x9837f0518db8a96f), UINT64_C(0x8b95c1e3ea8bd6e7),
    UINT64_C(0x85aac367cc487b15), UINT64_C(0x82cd8698ac2ba1d7), UINT64_C(0x8164d1f3bc030773),
    UINT64_C(0x80b1ed4fd999ab6c), UINT64_C(0x8058d7d2d5e5f6b1), UINT64_C(0x802c6436d0e04f51),
    UINT64_C(0x8016302f17467628), UINT64_C(0x800b179c82028fd1), UINT64_C(0x80058baf7fee3b5d),
    UINT64_C(0x8002c5d00fdcfcb7), UINT64_C(0x800162e61bed4a49), UINT64_C(0x8000b17292f702a4),
    UINT64_C(0x800058b92abbae02), UINT64_C(0x80002c5c8dade4d7), UINT64_C(0x8000162e44eaf636),
    UINT64_C(0x80000b1721fa7c19), UINT64_C(0x8000058b90de7e4d), UINT64_C(0x800002c5c8678f37),
    UINT64_C(0x80000162e431dba0), UINT64_C(0x800000b1721872d1), UINT64_C(0x80000058b90c1aa9),
    UINT64_C(0x8000002c5c8605a4), UINT64_C(0x800000162e4300e6), UINT64_C(0x8000000b17217ff8),
    UINT64_C(0x800000058b90bfdd), UINT64_C(0x80000002c5c85fe7), UINT64_C(0x8000000162e42ff2),
    UINT64_C(0x80000000b17217f8), UINT64_C(0x8000000058b90bfc),
};

uint64_t fixed_log2(uint64_t x)
{
    unsigned whole;
    uint64_t mantissa;
    uint32_t fraction = 0;

    SIM_ASSERT(x > 0);
    whole = 63 - (unsigned)__builtin_clzll(x);
    mantissa = x << (63 - whole); /* [1, 2) in Q63 */
    for (unsigned i = 0; i < FRACTION_BITS; i++) {
        uint128 square = (uint128)mantissa * mantissa; /* [1, 4) in Q126 */
        bool carry = square >> 127;

        fraction = fraction << 1 | carry;
        mantissa = (uint64_t)(square >> (carry ? 64 : 63));
    }
    return (uint64_t)whole << 32 | fraction;
}

uint64_t fixed_exp2(uint32_t fraction)
{
    uint64_t result = UINT64_C(1) << 63;

    for (unsigned i = 0; i < FRACTION_BITS; i++) {
        if (fraction >> (FRACTION_BITS - 1 - i) & 1)
            result = (uint64_t)((uint128)result * roots_of_two[i] >> 63);
    }
    return result;
}

uint32_t fixed_sqrt(uint64_t x)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
        if ((root | bit) * (root | bit) <= x)
            root |= bit;
    }
    return (uint32_t)root;
}
