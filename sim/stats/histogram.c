/* SPDX-License-Identifier: MIT */
/* Log-linear histogram: merging and quantiles. */
#include "stats/histogram.h"

#include "base/check.h"

enum { PERMILLE = 1000 };

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    if (other->count == 0)
        return;
    if (histogram->count == 0 || other->min < histogram->min)
        histogram->min = other->min;
    if (other->max > histogram->max)
        histogram->max = other->max;
    if (__builtin_add_overflow(histogram->sum, other->sum, &histogram->sum))
        histogram->sum = UINT64_MAX;
    histogram->count += other->count;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        histogram->buckets[i] += other->buckets[i];
}

/* The largest value that falls into a bucket. */
static uint64_t bucket_last(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2u << HISTOGRAM_SUB_BITS)
        return bucket;
    shift = (bucket >> HISTOGRAM_SUB_BITS) - 1;
    /* the topmost bucket ends at 2^64: the shift wraps to 0, less one is right */
    return ((bucket - ((uint64_t)shift << HISTOGRAM_SUB_BITS) + 1) << shift) - 1;
}

uint64_t histogram_quantile(const struct histogram *histogram, unsigned permille)
{
    uint64_t rank, seen = 0;

    SIM_ASSERT(permille <= PERMILLE);
    if (histogram->count == 0)
        return 0;
    if (permille == 0)
        return histogram->min;
    if (permille == PERMILLE)
        return histogram->max;
    /* ceil(count * permille / 1000) without a product that could overflow */
    rank = histogram->count / PERMILLE * permille +
           (histogram->count % PERMILLE * permille + PERMILLE - 1) / PERMILLE;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= rank)
            return bucket_last(i) < histogram->max ? bucket_last(i) : histogram->max;
    }
    return histogram->max;
}

uint64_t histogram_mean(const struct histogram *histogram)
{
    return histogram->count ? histogram->sum / histogram->count : 0;
}
