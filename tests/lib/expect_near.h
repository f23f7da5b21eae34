/* SPDX-License-Identifier: MIT */
/* Numbers that may be off by a little: counts of random draws, rounded results. */
#ifndef TESTS_LIB_EXPECT_NEAR_H
#define TESTS_LIB_EXPECT_NEAR_H

#include <stdint.h>

#include "lib/test.h"

/* Fails the test unless |value - expected| <= tolerance. */
static inline void expect_near(uint64_t value, uint64_t expected, uint64_t tolerance)
{
    uint64_t off = value > expected ? value - expected : expected - value;

    ck_assert_msg(off <= tolerance, "%llu is not %llu by %llu", (unsigned long long)value,
                  (unsigned long long)expected, (unsigned long long)tolerance);
}

#endif
