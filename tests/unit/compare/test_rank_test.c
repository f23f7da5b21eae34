/* SPDX-License-Identifier: MIT */
/* Tests of medians, their intervals and the rank test, against counting every case. */
#include <stdlib.h>

#include "base/rng.h"
#include "compare/rank_test.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

#define NONE ((struct metric_value){0})

static struct metric_value of(int value)
{
    return metric_value_of(value);
}

static void fill(struct metric_value *values, const int *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = of(from[i]);
}

START_TEST(median_of_an_odd_count_is_the_one_in_the_middle)
{
    struct metric_value values[] = {of(9), of(-3), of(4)};
    struct rank_median median = rank_median(values, 3);

    ck_assert(metric_value_equal(median.median, of(4)));
    ck_assert(metric_value_equal(median.low, of(-3)));
    ck_assert(metric_value_equal(median.high, of(9)));
    ck_assert_uint_eq(median.coverage_permille, 750);
}
END_TEST

START_TEST(median_of_an_even_count_is_the_mean_of_two)
{
    struct metric_value values[] = {of(1), of(8), of(3), of(2)};

    ck_assert(rank_median(values, 4).median.milli == 2500);
}
END_TEST

START_TEST(missing_values_rank_above_all_numbers)
{
    struct metric_value values[] = {NONE, of(1), NONE, of(7)};
    struct rank_median median = rank_median(values, 4);

    ck_assert(!median.median.present);
    ck_assert(metric_value_equal(median.low, of(1)));
    ck_assert(!median.high.present);
}
END_TEST

/* The slow model: of all 2^count ways to put values below or above the median, those in which fewer
 * than `rank` lie on one of the sides. */
static unsigned count_outside(unsigned count, unsigned rank)
{
    unsigned outside = 0;

    for (unsigned ways = 0; ways < 1U << count; ways++) {
        unsigned below = (unsigned)__builtin_popcount(ways);

        outside += below < rank || count - below < rank;
    }
    return outside;
}

START_TEST(interval_has_the_largest_rank_that_reaches_95_percent)
{
    for (unsigned count = 1; count <= 16; count++) {
        struct metric_value values[16];
        struct rank_median median;
        unsigned rank = 1;

        while (2 * (rank + 1) <= count + 1 && count_outside(count, rank + 1) * 20 <= 1U << count)
            rank++;
        for (unsigned i = 0; i < count; i++)
            values[i] = of((int)i + 1);
        median = rank_median(values, count);
        ck_assert(metric_value_equal(median.low, of((int)rank)));
        ck_assert(metric_value_equal(median.high, of((int)(count + 1 - rank))));
        ck_assert_uint_eq(median.coverage_permille,
                          ((1U << count) - count_outside(count, rank)) * 1000 >> count);
        ck_assert_int_eq(median.coverage_permille >= 950, count >= 6);
    }
}
END_TEST

/* Ranks in the tables of every textbook: 10 values have ranks 2 and 9, 20 have 6 and 15. */
START_TEST(interval_has_the_ranks_of_the_tables)
{
    static const struct {
        unsigned count, rank;
    } table[] = {{6, 1}, {8, 1}, {9, 2}, {10, 2}, {12, 3}, {15, 4}, {20, 6}, {30, 10}, {50, 18}};
    struct metric_value values[RANK_TEST_MAX];

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        for (unsigned k = 0; k < table[i].count; k++)
            values[k] = of((int)k + 1);
        ck_assert(
            metric_value_equal(rank_median(values, table[i].count).low, of((int)table[i].rank)));
    }
}
END_TEST

static int compare_with(struct metric_value left, struct metric_value right)
{
    if (!left.present || !right.present)
        return (int)right.present - (int)left.present;
    return (left.milli > right.milli) - (left.milli < right.milli);
}

/* Twice the midrank of a value among all: 1 + twice those below + those that tie, itself one. */
static int doubled_rank(const struct metric_value *pool, size_t count, size_t of_value)
{
    int rank = 1;

    for (size_t i = 0; i < count; i++) {
        int order = compare_with(pool[i], pool[of_value]);

        rank += order < 0 ? 2 : order == 0;
    }
    return rank;
}

/* The slow model: deals all values out in every way. */
static unsigned slow_p_permille(const struct metric_value *pool, size_t a_count, size_t count)
{
    int ranks[16], mean = (int)(a_count * (count + 1)), far = -mean;
    uint64_t all = 0, as_far = 0;

    for (size_t i = 0; i < count; i++) {
        ranks[i] = doubled_rank(pool, count, i);
        far += i < a_count ? ranks[i] : 0;
    }
    for (unsigned ways = 0; ways < 1U << count; ways++) {
        int sum = -mean;

        if ((size_t)__builtin_popcount(ways) != a_count)
            continue;
        for (size_t i = 0; i < count; i++)
            sum += ways >> i & 1 ? ranks[i] : 0;
        all++;
        as_far += abs(sum) >= abs(far);
    }
    return (unsigned)((as_far * 1000 + all - 1) / all);
}

START_TEST(rank_test_counts_as_dealing_in_every_way)
{
    enum { ROUNDS = 300 };
    struct rng rng;

    rng_init(&rng, 1, "rank_test");
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct metric_value pool[12];
        size_t a_count = 1 + rng_below(&rng, 6), b_count = 1 + rng_below(&rng, 6);
        unsigned p, spread = 1 + (unsigned)rng_below(&rng, 12);

        for (size_t i = 0; i < a_count + b_count; i++)
            pool[i] = rng_below(&rng, 8) ? of((int)rng_below(&rng, spread) - 3) : NONE;
        ck_assert(rank_test(pool, a_count, pool + a_count, b_count, &p));
        ck_assert_uint_eq(p, slow_p_permille(pool, a_count, a_count + b_count));
    }
}
END_TEST

START_TEST(equal_samples_do_not_differ)
{
    struct metric_value values[RANK_TEST_MAX];
    unsigned p;

    for (int i = 0; i < RANK_TEST_MAX; i++)
        values[i] = of(5);
    ck_assert(rank_test(values, 10, values, 10, &p));
    ck_assert_uint_eq(p, 1000);
    for (int i = 0; i < RANK_TEST_MAX; i++)
        values[i] = of(i);
    ck_assert(rank_test(values, RANK_TEST_MAX, values, RANK_TEST_MAX, &p));
    ck_assert_uint_eq(p, 1000);
    ck_assert(!rank_test_differs(p));
}
END_TEST

START_TEST(four_values_a_side_are_the_least_that_show_a_difference)
{
    static const int low[] = {1, 2, 3, 4}, high[] = {11, 12, 13, 14};
    struct metric_value a[4], b[4];
    unsigned p;

    fill(a, low, 4);
    fill(b, high, 4);
    ck_assert(rank_test(a, 3, b, 3, &p));
    ck_assert_uint_eq(p, 100);
    ck_assert(!rank_test_differs(p));
    ck_assert(rank_test(a, 4, b, 4, &p));
    ck_assert_uint_eq(p, 29); /* 2 of 70 */
    ck_assert(rank_test_differs(p));
}
END_TEST

START_TEST(the_order_of_the_samples_does_not_matter)
{
    static const int left[] = {5, 1, 9, 9, 2, 40, 7}, right[] = {8, 30, 31, 9};
    struct metric_value a[7], b[4];
    unsigned p, q;

    fill(a, left, 7);
    fill(b, right, 4);
    ck_assert(rank_test(a, 7, b, 4, &p) && rank_test(b, 4, a, 7, &q));
    ck_assert_uint_eq(p, q);
}
END_TEST

/* Critical values of U at 5 %, two-sided, of the published tables: 10 and 10 values, 23. */
START_TEST(critical_values_are_those_of_the_tables)
{
    static const struct {
        int count, critical;
    } table[] = {{5, 2}, {8, 13}, {10, 23}, {15, 64}, {20, 127}};

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        int n = table[i].count;

        for (int u = table[i].critical; u <= table[i].critical + 1; u++) {
            struct metric_value a[RANK_TEST_MAX], b[RANK_TEST_MAX];
            unsigned p;

            /* U counts the pairs in which a is above b: n for each of the first, then the rest */
            for (int k = 0; k < n; k++) {
                a[k] = of(k < u / n ? 1000 + k : k == u / n ? 10 * (u % n) - 5 : -10 - k);
                b[k] = of(10 * k);
            }
            ck_assert(rank_test(a, (size_t)n, b, (size_t)n, &p));
            ck_assert_int_eq(rank_test_differs(p), u <= table[i].critical);
        }
    }
}
END_TEST

START_TEST(the_largest_samples_that_are_apart_have_the_least_p)
{
    struct metric_value a[RANK_TEST_MAX], b[RANK_TEST_MAX];
    unsigned p;

    for (int i = 0; i < RANK_TEST_MAX; i++) {
        a[i] = of(i);
        b[i] = of(100 + i);
    }
    ck_assert(rank_test(a, RANK_TEST_MAX, b, RANK_TEST_MAX, &p));
    ck_assert_uint_eq(p, 1);
}
END_TEST

START_TEST(lack_of_memory_is_told)
{
    struct metric_value values[2] = {of(1), of(2)};
    unsigned p = 7;
    bool ok;

    fail_malloc_at(0);
    ok = rank_test(values, 1, values + 1, 1, &p);
    ck_assert(fail_malloc_off());
    ck_assert(!ok);
    ck_assert_uint_eq(p, 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rank_test");

    TEST_CASE(suite, "median", median_of_an_odd_count_is_the_one_in_the_middle,
              median_of_an_even_count_is_the_mean_of_two, missing_values_rank_above_all_numbers,
              interval_has_the_largest_rank_that_reaches_95_percent,
              interval_has_the_ranks_of_the_tables);
    TEST_CASE(suite, "test", rank_test_counts_as_dealing_in_every_way, equal_samples_do_not_differ,
              four_values_a_side_are_the_least_that_show_a_difference,
              the_order_of_the_samples_does_not_matter, critical_values_are_those_of_the_tables,
              the_largest_samples_that_are_apart_have_the_least_p, lack_of_memory_is_told);
    return test_run(suite);
}
