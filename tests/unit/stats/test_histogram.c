/* SPDX-License-Identifier: MIT */
/* Tests of the histogram, against a sorted array. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/test.h"
#include "stats/histogram.h"

enum { VALUES = 5000 };

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* The slow model: the value of rank ceil(count * permille / 1000) of a sorted array. */
static uint64_t sorted_quantile(const uint64_t *sorted, unsigned count, unsigned permille)
{
    unsigned rank = (count * permille + 999) / 1000;

    return sorted[rank ? rank - 1 : 0];
}

/* Values of all magnitudes, the same for every run. */
static void fill(uint64_t *values, unsigned count, const char *stream)
{
    struct rng rng;

    rng_init(&rng, 1, stream);
    for (unsigned i = 0; i < count; i++)
        values[i] = rng_next(&rng) >> rng_below(&rng, 64);
}

static void record_all(struct histogram *histogram, const uint64_t *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        histogram_record(histogram, values[i]);
}

START_TEST(histogram_without_values_answers_zero)
{
    struct histogram histogram = {0};

    ck_assert_uint_eq(histogram_quantile(&histogram, 500), 0);
    ck_assert_uint_eq(histogram_quantile(&histogram, 1000), 0);
    ck_assert_uint_eq(histogram_mean(&histogram), 0);
}
END_TEST

START_TEST(buckets_are_contiguous_and_ascend)
{
    ck_assert_uint_eq(histogram_bucket(0), 0);
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t power = UINT64_C(1) << bit;

        ck_assert_uint_eq(histogram_bucket(power), histogram_bucket(power - 1) + 1);
        for (uint64_t step = 0; step < 32 && bit >= 6; step++) {
            uint64_t first = power + (step << (bit - 5));

            ck_assert_uint_eq(histogram_bucket(first), histogram_bucket(first - 1) + 1);
        }
    }
    ck_assert_uint_eq(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}
END_TEST

START_TEST(values_below_64_are_exact)
{
    for (uint64_t value = 0; value < 64; value++) {
        struct histogram histogram = {0};

        histogram_record(&histogram, value);
        histogram_record(&histogram, UINT64_MAX);
        ck_assert_uint_eq(histogram_quantile(&histogram, 500), value);
    }
}
END_TEST

START_TEST(quantiles_are_within_a_32nd_above_the_sorted_array)
{
    static uint64_t values[VALUES];

    for (unsigned count = 1; count <= VALUES; count = count * 3 + 1) {
        struct histogram histogram = {0};

        fill(values, count, "quantiles");
        record_all(&histogram, values, count);
        qsort(values, count, sizeof(*values), compare);
        for (unsigned permille = 0; permille <= 1000; permille++) {
            uint64_t exact = sorted_quantile(values, count, permille);
            uint64_t answer = histogram_quantile(&histogram, permille);

            ck_assert_uint_ge(answer, exact);
            ck_assert_uint_le(answer - exact, exact / 32);
        }
    }
}
END_TEST

START_TEST(extremes_count_and_sum_are_exact)
{
    static uint64_t values[VALUES];
    struct histogram histogram = {0};
    uint64_t sum = 0;

    fill(values, VALUES, "extremes");
    for (unsigned i = 0; i < VALUES; i++)
        sum += values[i] >>= 16;
    record_all(&histogram, values, VALUES);
    qsort(values, VALUES, sizeof(*values), compare);
    ck_assert_uint_eq(histogram.min, values[0]);
    ck_assert_uint_eq(histogram.max, values[VALUES - 1]);
    ck_assert_uint_eq(histogram.count, VALUES);
    ck_assert_uint_eq(histogram.sum, sum);
    ck_assert_uint_eq(histogram_mean(&histogram), sum / VALUES);
    ck_assert_uint_eq(histogram_quantile(&histogram, 0), histogram.min);
    ck_assert_uint_eq(histogram_quantile(&histogram, 1000), histogram.max);
}
END_TEST

START_TEST(merging_is_recording_everything)
{
    static uint64_t values[VALUES];
    struct histogram left = {0}, right = {0}, all = {0}, empty = {0};

    fill(values, VALUES, "merge");
    record_all(&left, values, VALUES / 3);
    record_all(&right, values + VALUES / 3, VALUES - VALUES / 3);
    record_all(&all, values, VALUES);
    histogram_merge(&left, &right);
    histogram_merge(&left, &empty);
    histogram_merge(&empty, &left);
    ck_assert(memcmp(&left, &all, sizeof(all)) == 0);
    ck_assert(memcmp(&empty, &all, sizeof(all)) == 0);
}
END_TEST

START_TEST(sum_stays_at_the_largest_value)
{
    struct histogram histogram = {0}, other = {0};

    histogram_record(&histogram, UINT64_MAX);
    histogram_record(&histogram, 1);
    ck_assert_uint_eq(histogram.sum, UINT64_MAX);
    histogram_record(&other, 5);
    histogram_merge(&histogram, &other);
    ck_assert_uint_eq(histogram.sum, UINT64_MAX);
    ck_assert_uint_eq(histogram_quantile(&histogram, 999), UINT64_MAX);
}
END_TEST

START_TEST(rank_of_a_huge_count_does_not_overflow)
{
    struct histogram histogram = {.count = UINT64_MAX, .min = 1, .max = 9};

    histogram.buckets[1] = UINT64_MAX / 2;
    histogram.buckets[9] = UINT64_MAX - UINT64_MAX / 2;
    ck_assert_uint_eq(histogram_quantile(&histogram, 499), 1);
    ck_assert_uint_eq(histogram_quantile(&histogram, 501), 9);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("histogram");

    TEST_CASE(suite, "buckets", histogram_without_values_answers_zero,
              buckets_are_contiguous_and_ascend, values_below_64_are_exact);
    TEST_CASE(suite, "quantiles", quantiles_are_within_a_32nd_above_the_sorted_array,
              rank_of_a_huge_count_does_not_overflow);
    TEST_CASE(suite, "totals", extremes_count_and_sum_are_exact, merging_is_recording_everything,
              sum_stays_at_the_largest_value);
    return test_run(suite);
}
