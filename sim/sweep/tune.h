/* SPDX-License-Identifier: MIT */
/* Which value to measure next, on the way to the smallest or largest one that meets a goal. */
#ifndef SIM_SWEEP_TUNE_H
#define SIM_SWEEP_TUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"

/*
 * The search knows no runs. It names a value and is told whether the goal is met there:
 *
 *     while (tune_next(&tune, &value)) {
 *         ... measure it ...
 *         if (!tune_add(&tune, value, met, err))
 *             return false;
 *     }
 *
 * It supposes that the goal is met from some value on: upwards when the smallest is wanted,
 * downwards for the largest; called the good side here. In this order:
 *
 *     1. bracketing: the starting value, then outwards by doubling or halving, to the good side
 *        while the goal is missed, else to the other, until both outcomes are there or the range
 *        ends;
 *     2. bisection between the two values that differ, until they are neighbours;
 *     3. probing: whether the supposition holds. The answer's neighbours, the ends of the range,
 *        then again and again the geometric middle of the widest gap between measured values.
 *
 * When a probe contradicts, 2 goes on at the new edge: the answer is always the outermost value
 * from which on every measured one meets the goal. Nothing but the outcomes decides.
 *
 * Cost: 2 log2(range) values at most for 1 and 2, `probes` for 3, log2(range) for each
 * contradiction met. A call of tune_next() costs O(values measured).
 */
struct tune_point {
    uint64_t value;
    bool met;
};

struct tune {
    uint64_t low, high; /* the range, both ends may be the answer */
    uint64_t start;     /* within it */
    bool largest;
    unsigned probes;               /* still to come */
    VEC(struct tune_point) points; /* ascending, no value twice */
};

/* No sysctl goes further, and products of two values fit 64 bits. */
#define TUNE_VALUE_MAX UINT64_C(0x7fffffff)

/*
 * `start` is moved into the range. Valid to end after `= {0}`. ERR_TUNE_RANGE: low > high, or high
 * above TUNE_VALUE_MAX.
 */
bool tune_init(struct tune *tune, uint64_t low, uint64_t high, uint64_t start, bool largest,
               unsigned probes, struct sim_error *err);
void tune_fini(struct tune *tune);

/* The value to measure next; false: nothing is left to ask. */
bool tune_next(const struct tune *tune, uint64_t *ret_value);

/* Takes in the outcome at a value of the range that was not measured yet. ERR_OUT_OF_MEMORY. */
bool tune_add(struct tune *tune, uint64_t value, bool met, struct sim_error *err);

/*
 * The smallest (largest) measured value from which on, to the good side, every measured one meets
 * the goal. False: there is none, the goal is missed at the outermost measured value.
 */
bool tune_answer(const struct tune *tune, uint64_t *ret_value);

/*
 * Whether the measured values agree with the supposition. False: the goal is met at *ret_met and
 * missed at *ret_missed, the next measured value on the good side; of several such pairs the one
 * furthest to that side.
 */
bool tune_is_monotonic(const struct tune *tune, uint64_t *ret_met, uint64_t *ret_missed);

#endif
