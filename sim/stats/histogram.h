/* SPDX-License-Identifier: MIT */
/* Histogram of 64-bit values with log-linear buckets: quantiles within 1/32, merged by addition. */
#ifndef SIM_STATS_HISTOGRAM_H
#define SIM_STATS_HISTOGRAM_H

#include <stdint.h>

/*
 * Values below 64 have a bucket each; above, each power of two is cut into 32 equal buckets, so a
 * bucket is never wider than 1/32 of its least value. Fixed size, no allocation: `= {0}` is empty,
 * assignment copies, and recording is a few instructions.
 *
 * Invariants: count is the sum of buckets[]; min, max and sum are exact (sum stays at UINT64_MAX
 * once it would exceed it); without values all are 0.
 */
enum {
    HISTOGRAM_SUB_BITS = 5,
    HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS,
};

struct histogram {
    uint64_t count;
    uint64_t sum;
    uint64_t min;
    uint64_t max;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* The bucket of a value. */
static inline unsigned histogram_bucket(uint64_t value)
{
    unsigned shift;

    if (value < (UINT64_C(2) << HISTOGRAM_SUB_BITS))
        return (unsigned)value;
    shift = 63 - HISTOGRAM_SUB_BITS - (unsigned)__builtin_clzll(value);
    return (shift << HISTOGRAM_SUB_BITS) + (unsigned)(value >> shift);
}

static inline void histogram_record(struct histogram *histogram, uint64_t value)
{
    if (histogram->count++ == 0 || value < histogram->min)
        histogram->min = value;
    if (value > histogram->max)
        histogram->max = value;
    if (__builtin_add_overflow(histogram->sum, value, &histogram->sum))
        histogram->sum = UINT64_MAX;
    histogram->buckets[histogram_bucket(value)]++;
}

/* Adds all values of `other`: the result is as if they had been recorded here, in any order. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/*
 * The value of rank ceil(count * permille / 1000) (at least 1) in ascending order, as the largest
 * value of its bucket, but never above max: at least the true value, at most 1/32 above it.
 * permille 0 gives min, 1000 gives max, both exact. 0 without values. O(HISTOGRAM_BUCKETS).
 */
uint64_t histogram_quantile(const struct histogram *histogram, unsigned permille);

/* sum / count, rounded down; 0 without values. */
uint64_t histogram_mean(const struct histogram *histogram);

#endif
