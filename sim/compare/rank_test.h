/* SPDX-License-Identifier: MIT */
/* Whether two small samples differ: medians, their confidence interval, an exact rank test. */
#ifndef SIM_COMPARE_RANK_TEST_H
#define SIM_COMPARE_RANK_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/metric_value.h"

/*
 * Nothing is assumed of the values' distribution, nothing is approximated, no floating point. A
 * missing value ranks above all numbers and ties with its like: "never" is later than any moment.
 */
enum { RANK_TEST_MAX = 50 }; /* values of a sample */

/*
 * The median and an interval that holds the true one with the stated probability: the values of
 * rank j and n + 1 - j, with the largest j that reaches 95 %. Fewer than 6 values do not: then it
 * is least to largest, and the probability is below 950.
 */
struct rank_median {
    struct metric_value median; /* of an even count the mean of the two in the middle */
    struct metric_value low, high;
    unsigned coverage_permille; /* rounded down */
};

/* 1 to RANK_TEST_MAX values; they are sorted in place. A median between a number and a missing
 * value is missing. */
struct rank_median rank_median(struct metric_value *values, size_t count);

/*
 * The two-sided Mann-Whitney test: how many of all ways to deal the values out into samples of
 * these sizes give a rank sum at least as far from its mean as the one at hand, in thousandths,
 * rounded up. Ties share the mean of their ranks. Samples of less than 4 values cannot show a
 * difference. 1 to RANK_TEST_MAX values each. Cost: microseconds for 10 values a side, some 10 ms
 * and 8 MB for
 * 50. False: no host memory.
 */
bool rank_test(const struct metric_value *a, size_t a_count, const struct metric_value *b,
               size_t b_count, unsigned *ret_p_permille);

/* Whether that is a difference at the 5 % level. */
static inline bool rank_test_differs(unsigned p_permille)
{
    return p_permille <= 50;
}

#endif
