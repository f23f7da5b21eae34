/* SPDX-License-Identifier: MIT */
/* Medians, their confidence interval, an exact rank test. */
#include "compare/rank_test.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"

__extension__ typedef unsigned __int128 uint128;

enum { POOL_MAX = 2 * RANK_TEST_MAX };

static int compare_values(const void *a, const void *b)
{
    const struct metric_value *left = a, *right = b;

    if (!left->present || !right->present)
        return left->present ? -1 : right->present;
    return (left->milli > right->milli) - (left->milli < right->milli);
}

/*
 * The largest rank j, from 1, for which j values or more lie on either side of the median with a
 * probability of 95 %; *ret_outside of 2^count equally likely cases do not.
 */
static size_t interval_rank(size_t count, uint64_t *ret_outside)
{
    const uint64_t cases = UINT64_C(1) << count;
    uint64_t ways = 1, outside = 2;
    size_t rank = 1;

    for (;;) {
        ways = ways * (count - rank + 1) / rank; /* to choose `rank` of them */
        if (rank + 1 > (count + 1) / 2 || (outside + 2 * ways) * 20 > cases)
            break;
        outside += 2 * ways;
        rank++;
    }
    *ret_outside = outside;
    return rank;
}

struct rank_median rank_median(struct metric_value *values, size_t count)
{
    struct rank_median result;
    uint64_t outside;
    size_t rank;

    SIM_ASSERT(count >= 1 && count <= RANK_TEST_MAX);
    qsort(values, count, sizeof(*values), compare_values);
    result.median = values[count / 2];
    if (count % 2 == 0 && result.median.present)
        result.median.milli =
            int128_divide(values[count / 2 - 1].milli + values[count / 2].milli, 2);
    rank = interval_rank(count, &outside);
    result.low = values[rank - 1];
    result.high = values[count - rank];
    result.coverage_permille = (unsigned)(((UINT64_C(1) << count) - outside) * 1000 >> count);
    return result;
}

/* One value of both samples together. */
struct pooled {
    struct metric_value value;
    bool in_a;
};

static int compare_pooled(const void *a, const void *b)
{
    const struct pooled *left = a, *right = b;

    return compare_values(&left->value, &right->value);
}

/* Twice the rank of each, ascending; the same for all that tie. Returns twice the rank sum of a. */
static uint32_t rank_pool(struct pooled *pool, size_t count, uint32_t *ranks)
{
    uint32_t sum = 0;

    qsort(pool, count, sizeof(*pool), compare_pooled);
    for (size_t from = 0, until; from < count; from = until) {
        for (until = from + 1;
             until < count && metric_value_equal(pool[from].value, pool[until].value); until++)
            ;
        for (size_t i = from; i < until; i++) {
            ranks[i] = (uint32_t)(from + 1 + until);
            sum += pool[i].in_a ? ranks[i] : 0;
        }
    }
    return sum;
}

/* ways[chosen * width + sum]: how many choices of that many ranks have that sum. */
static void count_choices(uint128 *ways, size_t width, const uint32_t *ranks, size_t count,
                          size_t most)
{
    size_t reached = 0; /* the largest sum so far */

    ways[0] = 1;
    for (size_t i = 0; i < count; i++) {
        size_t chosen = i < most ? i + 1 : most;

        for (; chosen > 0; chosen--) {
            uint128 *with = ways + chosen * width + ranks[i];
            const uint128 *without = ways + (chosen - 1) * width;

            for (size_t sum = 0; sum <= reached; sum++)
                with[sum] += without[sum];
        }
        reached += ranks[i];
    }
}

/* Of all choices, those whose sum is at least as far from the mean as `sum`, in thousandths. */
static unsigned share_as_far(const uint128 *ways, size_t width, uint32_t sum, uint32_t mean)
{
    uint32_t far = sum > mean ? sum - mean : mean - sum;
    uint128 all = 0, as_far = 0;

    for (uint32_t i = 0; i < width; i++) {
        all += ways[i];
        if ((i > mean ? i - mean : mean - i) >= far)
            as_far += ways[i];
    }
    return (unsigned)((as_far * 1000 + all - 1) / all);
}

bool rank_test(const struct metric_value *a, size_t a_count, const struct metric_value *b,
               size_t b_count, unsigned *ret_p_permille)
{
    struct pooled pool[POOL_MAX];
    uint32_t ranks[POOL_MAX], sum, all;
    size_t count = a_count + b_count, width;
    uint128 *ways;

    SIM_ASSERT(a_count >= 1 && a_count <= RANK_TEST_MAX);
    SIM_ASSERT(b_count >= 1 && b_count <= RANK_TEST_MAX);
    for (size_t i = 0; i < count; i++)
        pool[i] = (struct pooled){i < a_count ? a[i] : b[i - a_count], i < a_count};
    sum = rank_pool(pool, count, ranks);
    all = (uint32_t)(count * (count + 1)); /* twice the sum of all ranks */
    if (a_count > b_count) {               /* the smaller sample has fewer choices to count */
        sum = all - sum;
        a_count = b_count;
    }
    width = all + 1;
    ways = calloc((a_count + 1) * width, sizeof(*ways));
    if (!ways)
        return false;
    count_choices(ways, width, ranks, count, a_count);
    *ret_p_permille =
        share_as_far(ways + a_count * width, width, sum, (uint32_t)(a_count * (count + 1)));
    free(ways);
    return true;
}
