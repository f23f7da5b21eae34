/* SPDX-License-Identifier: MIT */
/* Random numbers: the published sequences, the shapes of the distributions, their extremes. */
#include "base/rng.h"

#include <stdbool.h>

#include "base/units.h"
#include "lib/expect_near.h"
#include "lib/rng_that_draws.h"
#include "lib/test.h"

enum { DRAWS = 200000 };

/* The share of a part in thousandths, rounded. */
static unsigned permille(uint64_t part, uint64_t whole)
{
    return (unsigned)((part * 1000 + whole / 2) / whole);
}

/* ---- the published sequences ---- */

START_TEST(the_generator_is_xoshiro256_starstar)
{
    static const uint64_t published[] = {
        11520,
        0,
        1509978240,
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    struct rng rng = {{1, 2, 3, 4}};

    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
        ck_assert_uint_eq(rng_next(&rng), published[i]);
}
END_TEST

START_TEST(the_state_is_four_outputs_of_splitmix64)
{
    /* Seeds that, with an empty name, start splitmix64 at 0 and at 1234567. */
    static const struct {
        uint64_t seed;
        uint64_t published[4];
    } rows[] = {
        {UINT64_C(0x0e7346cfd90bc8ff),
         {UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4), UINT64_C(0x06c45d188009454f),
          UINT64_C(0xf88bb8a8724c81ec)}},
        {UINT64_C(0xdaa627983dbc9e23),
         {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
          UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rng rng;

        rng_init(&rng, rows[i].seed, "");
        ck_assert_mem_eq(rng.state, rows[i].published, sizeof(rng.state));
    }
}
END_TEST

START_TEST(seed_and_name_give_the_pinned_numbers)
{
    /* A change here changes the output of every run with random numbers. */
    static const struct {
        uint64_t seed;
        const char *name;
        uint64_t numbers[4];
    } rows[] = {
        {1,
         "test",
         {UINT64_C(0xe13b0fc31be18af3), UINT64_C(0xb2c8217bf0aa0b1f), UINT64_C(0x07cf174b002cb723),
          UINT64_C(0xe9ec1ba2705053fe)}},
        {2,
         "test",
         {UINT64_C(0xd5574c199d266b02), UINT64_C(0xb91f476959bd3f05), UINT64_C(0x5bdd2a38fd722ba1),
          UINT64_C(0x2d35163d6f8621e5)}},
        {1,
         "tesu",
         {UINT64_C(0x534a0adbd6b54ca6), UINT64_C(0x3946bf57c2411895), UINT64_C(0xeced531e7d2217ce),
          UINT64_C(0x9c91127ff220e46d)}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rng rng;

        rng_init(&rng, rows[i].seed, rows[i].name);
        for (unsigned j = 0; j < 4; j++)
            ck_assert_uint_eq(rng_next(&rng), rows[i].numbers[j]);
    }
}
END_TEST

START_TEST(the_distributions_give_the_pinned_numbers)
{
    struct rng rng;

    rng_init(&rng, 1, "pinned");
    ck_assert_uint_eq(rng_below(&rng, 1000000), 57009);
    ck_assert_uint_eq(rng_between(&rng, 5, 1000004), 583779);
    ck_assert_uint_eq(rng_exponential(&rng, NSEC_PER_SEC), 469233130);
    ck_assert_uint_eq(rng_lognormal(&rng, NSEC_PER_SEC, 1000), 557865476);
    ck_assert_uint_eq(rng_lognormal(&rng, NSEC_PER_SEC, 1000), 893131387);
}
END_TEST

/* ---- uniform ---- */

START_TEST(every_value_below_the_bound_is_equally_frequent)
{
    for (uint64_t bound = 1; bound <= 10; bound++) {
        uint64_t counts[11] = {0}; /* one more than may be drawn */
        struct rng rng;

        rng_init(&rng, bound, "below");
        for (unsigned i = 0; i < DRAWS; i++) {
            uint64_t value = rng_below(&rng, bound);

            counts[value < bound ? value : 10]++;
        }
        ck_assert_uint_eq(counts[10], 0);
        /* Five standard deviations, at most sqrt(DRAWS / 4). */
        for (uint64_t value = 0; value < bound; value++)
            expect_near(counts[value], DRAWS / bound, 5 * 224);
    }
}
END_TEST

START_TEST(a_bound_that_wastes_a_quarter_of_the_numbers_stays_uniform)
{
    /* Multiplying without rejection would make a third of the values twice as frequent. */
    const uint64_t bound = UINT64_C(3) << 62;
    uint64_t quarters[4] = {0};
    uint64_t residues[3] = {0};
    struct rng rng;

    rng_init(&rng, 1, "below");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t value = rng_below(&rng, bound);

        quarters[value >> 62]++;
        residues[value % 3]++;
    }
    for (unsigned i = 0; i < 3; i++) {
        expect_near(quarters[i], DRAWS / 3, 5 * 211);
        expect_near(residues[i], DRAWS / 3, 5 * 211);
    }
    ck_assert_uint_eq(quarters[3], 0);
}
END_TEST

START_TEST(a_number_that_would_bias_is_drawn_again)
{
    struct rng rng = rng_that_draws(0);
    struct rng after = rng;

    (void)rng_next(&after);
    ck_assert_uint_eq(rng_below(&rng, 3), rng_below(&after, 3));
    ck_assert_mem_eq(&rng, &after, sizeof(rng));

    /* A power of two divides all numbers evenly: 0 is as good as any. */
    rng = rng_that_draws(0);
    ck_assert_uint_eq(rng_below(&rng, 4), 0);
}
END_TEST

START_TEST(uniform_numbers_reach_both_ends)
{
    struct rng lowest = rng_that_draws(0);
    struct rng highest = rng_that_draws(UINT64_MAX);
    struct rng rng;

    ck_assert_uint_eq(rng_between(&lowest, 0, UINT64_MAX), 0);
    ck_assert_uint_eq(rng_between(&highest, 0, UINT64_MAX), UINT64_MAX);
    highest = rng_that_draws(UINT64_MAX);
    ck_assert_uint_eq(rng_below(&highest, UINT64_MAX), UINT64_MAX - 1);
    highest = rng_that_draws(UINT64_MAX);
    ck_assert_uint_eq(rng_between(&highest, 1, UINT64_MAX), UINT64_MAX);
    highest = rng_that_draws(UINT64_MAX);
    ck_assert_uint_eq(rng_between(&highest, 10, 13), 13);
    lowest = rng_that_draws(0);
    ck_assert_uint_eq(rng_between(&lowest, 10, 13), 10);

    rng_init(&rng, 1, "single");
    for (unsigned i = 0; i < 100; i++) {
        ck_assert_uint_eq(rng_between(&rng, 7, 7), 7);
        ck_assert_uint_eq(rng_between(&rng, UINT64_MAX, UINT64_MAX), UINT64_MAX);
        ck_assert_uint_eq(rng_below(&rng, 1), 0);
    }
}
END_TEST

START_TEST(the_uniform_mean_and_variance_are_those_of_the_range)
{
    uint64_t sum = 0, square_sum = 0;
    bool within = true;
    struct rng rng;

    rng_init(&rng, 1, "moments");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t value = rng_between(&rng, 1000, 2000);
        uint64_t off = value > 1500 ? value - 1500 : 1500 - value;

        within &= value >= 1000 && value <= 2000;
        sum += value;
        square_sum += off * off;
    }
    ck_assert(within);
    expect_near(sum / DRAWS, 1500, 4);
    expect_near(square_sum / DRAWS, (1001 * 1001 - 1) / 12, 900);
}
END_TEST

START_TEST(every_bit_is_set_half_of_the_time)
{
    unsigned counts[64] = {0};
    struct rng rng;

    rng_init(&rng, 1, "bits");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t bits = rng_next(&rng);

        for (unsigned bit = 0; bit < 64; bit++)
            counts[bit] += bits >> bit & 1;
    }
    for (unsigned bit = 0; bit < 64; bit++)
        expect_near(counts[bit], DRAWS / 2, 5 * 224);
}
END_TEST

/* ---- exponential ---- */

START_TEST(the_exponential_has_its_mean_median_and_variance)
{
    const uint64_t mean = 1000000;
    uint64_t sum = 0, below_median = 0, below_mean = 0;
    double square_sum = 0;
    struct rng rng;

    rng_init(&rng, 1, "exponential");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t value = rng_exponential(&rng, mean);
        double off = (double)value - (double)mean;

        sum += value;
        square_sum += off * off;
        below_median += value < 693147; /* ln 2 */
        below_mean += value < mean;     /* 1 - 1/e */
    }
    expect_near(sum / DRAWS, mean, mean / 90); /* 5 of mean / sqrt(DRAWS) */
    expect_near(permille(below_median, DRAWS), 500, 6);
    expect_near(permille(below_mean, DRAWS), 632, 6);
    /* The variance is the mean squared; its standard error is sqrt(8 / DRAWS) of it. */
    expect_near((uint64_t)(square_sum / DRAWS / 1e9), 1000, 32);
}
END_TEST

START_TEST(the_exponential_tail_falls_by_e_each_mean)
{
    static const unsigned tail[] = {1000, 368, 135, 50, 18, 7};
    uint64_t above[6] = {0};
    struct rng rng;

    rng_init(&rng, 2, "exponential");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t value = rng_exponential(&rng, 1000);

        for (unsigned mean = 0; mean < 6; mean++)
            above[mean] += value >= mean * 1000;
    }
    for (unsigned mean = 0; mean < 6; mean++)
        expect_near(permille(above[mean], DRAWS), tail[mean], 6);
}
END_TEST

START_TEST(the_exponential_stays_within_45_means)
{
    struct rng rarest = rng_that_draws(0);
    struct rng usual = rng_that_draws(UINT64_MAX);

    /* 64 ln 2 = 44.361 */
    ck_assert_uint_eq(rng_exponential(&rarest, 1000), 44361);
    ck_assert_uint_eq(rng_exponential(&usual, 1000), 0);
    usual = rng_that_draws(UINT64_MAX);
    ck_assert_uint_eq(rng_exponential(&usual, UINT64_MAX), 0);
    rarest = rng_that_draws(0);
    ck_assert_uint_eq(rng_exponential(&rarest, 0), 0);
    rarest = rng_that_draws(0);
    ck_assert_uint_eq(rng_exponential(&rarest, 1), 44);
}
END_TEST

START_TEST(the_exponential_saturates)
{
    struct rng rarest = rng_that_draws(0);
    struct rng median = rng_that_draws(UINT64_MAX / 2);

    ck_assert_uint_eq(rng_exponential(&rarest, UINT64_MAX), UINT64_MAX);
    rarest = rng_that_draws(0);
    ck_assert_uint_eq(rng_exponential(&rarest, UINT64_MAX / 44), UINT64_MAX);
    rarest = rng_that_draws(0);
    ck_assert_uint_lt(rng_exponential(&rarest, UINT64_MAX / 45), UINT64_MAX);
    /* ln 2 of 2^64 */
    expect_near(rng_exponential(&median, UINT64_MAX) >> 32, UINT64_C(0xb17217f7), 2);
}
END_TEST

/* ---- lognormal ---- */

/* The share of draws below median * e^(k sigma) is the normal one, for k of -2, -1, 0, 1, 2. */
static void expect_lognormal(uint32_t sigma_milli, const uint64_t limits[5])
{
    static const unsigned normal[5] = {23, 159, 500, 841, 977};
    uint64_t below[5] = {0};
    struct rng rng;

    rng_init(&rng, sigma_milli, "lognormal");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t value = rng_lognormal(&rng, 1000000000, sigma_milli);

        for (unsigned k = 0; k < 5; k++)
            below[k] += value < limits[k];
    }
    for (unsigned k = 0; k < 5; k++)
        expect_near(permille(below[k], DRAWS), normal[k], 6);
}

START_TEST(the_lognormal_has_its_median_and_its_spread)
{
    static const uint64_t half[5] = {367879441, 606530660, 1000000000, 1648721271, 2718281828};
    static const uint64_t one[5] = {135335283, 367879441, 1000000000, 2718281828, 7389056099};
    static const uint64_t three[5] = {2478752, 49787068, 1000000000, 20085536923, 403428793493};

    expect_lognormal(500, half);
    expect_lognormal(1000, one);
    expect_lognormal(3000, three);
}
END_TEST

START_TEST(the_lognormal_mean_is_above_its_median_as_it_must)
{
    /* exp(0.5^2 / 2) = 1.1331; the standard deviation of a draw is 0.604. */
    uint64_t sum = 0;
    struct rng rng;

    rng_init(&rng, 1, "lognormal");
    for (unsigned i = 0; i < DRAWS; i++)
        sum += rng_lognormal(&rng, 1000000, 500);
    expect_near(sum / DRAWS, 1133148, 6800);
}
END_TEST

START_TEST(a_lognormal_without_spread_is_its_median)
{
    struct rng rng;

    rng_init(&rng, 1, "sigma 0");
    for (unsigned i = 0; i < 1000; i++) {
        ck_assert_uint_eq(rng_lognormal(&rng, 12345, 0), 12345);
        ck_assert_uint_eq(rng_lognormal(&rng, UINT64_MAX, 0), UINT64_MAX);
        ck_assert_uint_eq(rng_lognormal(&rng, 0, 8000), 0);
    }
}
END_TEST

START_TEST(the_lognormal_saturates_above_and_ends_in_zero_below)
{
    /* Halves u = 7 and v = 1 of the polar method: a deviate of nearly nine. */
    struct rng highest = rng_that_draws(UINT64_C(0x8000000380000000));
    struct rng lowest = rng_that_draws(UINT64_C(0x7ffffffc80000000));

    ck_assert_uint_eq(rng_lognormal(&highest, 1, 8000), UINT64_MAX);
    ck_assert_uint_eq(rng_lognormal(&lowest, UINT64_MAX, 8000), 0);
    highest = rng_that_draws(UINT64_C(0x8000000380000000));
    ck_assert_uint_eq(rng_lognormal(&highest, UINT64_MAX, 1), UINT64_MAX);
    /* sqrt(2 ln(2^64 / 50) * 49 / 50) = 8.904, and e^8.904 = 7361.2 */
    highest = rng_that_draws(UINT64_C(0x8000000380000000));
    expect_near(rng_lognormal(&highest, 1000, 1000), 7361195, 100);
    lowest = rng_that_draws(UINT64_C(0x7ffffffc80000000));
    expect_near(rng_lognormal(&lowest, UINT64_C(1000000000), 1000), 135848, 100);
}
END_TEST

START_TEST(random_extremes_are_defined)
{
    bool within = true;
    struct rng rng;

    rng_init(&rng, 1, "extremes");
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t median = rng_next(&rng) >> rng_below(&rng, 64);

        (void)rng_lognormal(&rng, median, (uint32_t)rng_below(&rng, 8001));
        within &= rng_exponential(&rng, median) / 45 <= median;
    }
    ck_assert(within);
}
END_TEST

START_TEST(streams_of_other_names_are_unrelated)
{
    unsigned equal_bits = 0;
    struct rng a, b;

    rng_init(&a, 1, "task 1");
    rng_init(&b, 1, "task 2");
    for (unsigned i = 0; i < 10000; i++)
        equal_bits += (unsigned)__builtin_popcountll(~(rng_next(&a) ^ rng_next(&b)));
    expect_near(equal_bits, 320000, 5 * 400);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rng");

    TEST_CASE(suite, "sequences", the_generator_is_xoshiro256_starstar,
              the_state_is_four_outputs_of_splitmix64, seed_and_name_give_the_pinned_numbers,
              the_distributions_give_the_pinned_numbers, streams_of_other_names_are_unrelated);
    TEST_CASE(suite, "uniform", every_value_below_the_bound_is_equally_frequent,
              a_bound_that_wastes_a_quarter_of_the_numbers_stays_uniform,
              a_number_that_would_bias_is_drawn_again, uniform_numbers_reach_both_ends,
              the_uniform_mean_and_variance_are_those_of_the_range,
              every_bit_is_set_half_of_the_time);
    TEST_CASE(suite, "exponential", the_exponential_has_its_mean_median_and_variance,
              the_exponential_tail_falls_by_e_each_mean, the_exponential_stays_within_45_means,
              the_exponential_saturates);
    TEST_CASE(suite, "lognormal", the_lognormal_has_its_median_and_its_spread,
              the_lognormal_mean_is_above_its_median_as_it_must,
              a_lognormal_without_spread_is_its_median,
              the_lognormal_saturates_above_and_ends_in_zero_below, random_extremes_are_defined);
    return test_run(suite);
}
