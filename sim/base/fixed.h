/* SPDX-License-Identifier: MIT */
/* Fixed-point logarithm, power and square root: the distributions' mathematics without floats. */
#ifndef SIM_BASE_FIXED_H
#define SIM_BASE_FIXED_H

#include <stdint.h>

/*
 * Qn means n fractional bits: a Q32 value v stands for v / 2^32. All functions are pure and give
 * the same bits on every platform; none allocates or fails.
 */
__extension__ typedef unsigned __int128 uint128;

#define FIXED_ONE_Q32 (UINT64_C(1) << 32)

/* log2(x) in Q32, not above the true value and less than 2^-30 below it; x > 0. */
uint64_t fixed_log2(uint64_t x);

/* 2^(fraction / 2^32) in Q63, so between 2^63 (1.0) and 2^64 - 1; relative error below 2^-57. */
uint64_t fixed_exp2(uint32_t fraction);

/* The largest integer whose square is not above x. Kernel: lib/int_sqrt.c int_sqrt() [2.6.24] */
uint32_t fixed_sqrt(uint64_t x);

#endif
