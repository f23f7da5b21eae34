/* SPDX-License-Identifier: MIT */
/* Zipf ranks: the weights, the frequencies drawn, the ends of the parameters. */
#include "base/zipf.h"

#include "lib/expect_near.h"
#include "lib/fail_malloc.h"
#include "lib/rng_that_draws.h"
#include "lib/test.h"

enum { DRAWS = 200000, WEIGHT_ONE_SHIFT = 43 };

static uint64_t weight_of(const struct zipf *zipf, uint32_t rank)
{
    return rank ? zipf->cumulative[rank] - zipf->cumulative[rank - 1] : zipf->cumulative[0];
}

START_TEST(with_exponent_0_all_ranks_weigh_the_same)
{
    struct zipf zipf;

    ck_assert(zipf_init(&zipf, 1000, 0));
    for (uint32_t rank = 0; rank < 1000; rank++)
        ck_assert_uint_eq(weight_of(&zipf, rank), UINT64_C(1) << WEIGHT_ONE_SHIFT);
    zipf_fini(&zipf);
}
END_TEST

/* The first rank's weight over that of rank k is k to the power of a whole exponent. */
static void expect_power_weights(uint32_t exponent)
{
    const uint64_t one = UINT64_C(1) << WEIGHT_ONE_SHIFT;
    struct zipf zipf;

    ck_assert(zipf_init(&zipf, 100, exponent * 1000));
    for (uint64_t k = 1; k <= 100; k++) {
        uint64_t power = 1;

        for (uint32_t i = 0; i < exponent; i++)
            power *= k;
        /* exponent * 2^-30 of the logarithm, and the last bit */
        expect_near(weight_of(&zipf, (uint32_t)k - 1), one / power,
                    (one / power * exponent >> 30) + 1);
    }
    zipf_fini(&zipf);
}

START_TEST(whole_exponents_weigh_by_powers_of_the_rank)
{
    for (uint32_t exponent = 1; exponent <= 8; exponent++)
        expect_power_weights(exponent);
}
END_TEST

START_TEST(broken_exponents_lie_between)
{
    struct zipf zipf;

    /* 4^-0.5 is a half, 4^-1.5 an eighth. */
    ck_assert(zipf_init(&zipf, 4, 500));
    ck_assert_uint_eq(weight_of(&zipf, 3), UINT64_C(1) << (WEIGHT_ONE_SHIFT - 1));
    zipf_fini(&zipf);
    ck_assert(zipf_init(&zipf, 4, 1500));
    ck_assert_uint_eq(weight_of(&zipf, 3), UINT64_C(1) << (WEIGHT_ONE_SHIFT - 3));
    zipf_fini(&zipf);
}
END_TEST

START_TEST(ranks_come_as_often_as_they_weigh)
{
    static const uint32_t exponents[] = {0, 500, 1000, 2000};

    for (unsigned e = 0; e < 4; e++) {
        uint64_t counts[11] = {0}; /* one more than may be drawn */
        struct zipf zipf;
        struct rng rng;

        rng_init(&rng, e, "zipf");
        ck_assert(zipf_init(&zipf, 10, exponents[e]));
        for (unsigned i = 0; i < DRAWS; i++) {
            uint32_t rank = zipf_draw(&zipf, &rng);

            counts[rank < 10 ? rank : 10]++;
        }
        for (uint32_t rank = 0; rank < 10; rank++)
            expect_near(counts[rank],
                        (uint64_t)((uint64_t)DRAWS * (weight_of(&zipf, rank) >> 20) /
                                   (zipf.cumulative[9] >> 20)),
                        5 * 224);
        ck_assert_uint_eq(counts[10], 0);
        zipf_fini(&zipf);
    }
}
END_TEST

START_TEST(the_median_rank_of_a_thousand_is_as_computed)
{
    /* s = 1: half of the harmonic number of 1000, 7.4855 / 2, is reached at rank 24 (1-based). */
    uint64_t below_median = 0, to_median = 0;
    struct zipf zipf;
    struct rng rng;

    rng_init(&rng, 1, "median");
    ck_assert(zipf_init(&zipf, 1000, 1000));
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t rank = zipf_draw(&zipf, &rng);

        below_median += rank < 23;
        to_median += rank < 24;
    }
    ck_assert_uint_lt(zipf.cumulative[22], zipf.cumulative[999] / 2);
    ck_assert_uint_gt(zipf.cumulative[23], zipf.cumulative[999] / 2);
    expect_near(below_median, 99774, 5 * 224);
    expect_near(to_median, 100888, 5 * 224);
    zipf_fini(&zipf);
}
END_TEST

START_TEST(the_draws_are_pinned)
{
    /* A change here changes the output of every run with Zipf numbers. */
    static const uint32_t pinned[] = {0, 141, 178, 56, 11, 569, 208, 931};
    struct zipf zipf;
    struct rng rng;

    rng_init(&rng, 1, "pinned");
    ck_assert(zipf_init(&zipf, 1000, 800));
    for (size_t i = 0; i < sizeof(pinned) / sizeof(pinned[0]); i++)
        ck_assert_uint_eq(zipf_draw(&zipf, &rng), pinned[i]);
    zipf_fini(&zipf);
}
END_TEST

START_TEST(many_draws_are_those_drawn_one_by_one)
{
    struct zipf zipf;
    struct rng one, many;

    rng_init(&one, 1, "many");
    rng_init(&many, 1, "many");
    ck_assert(zipf_init(&zipf, 5000, 1000));
    for (unsigned nr = 0; nr <= ZIPF_DRAWS_MAX; nr++) {
        uint32_t ranks[ZIPF_DRAWS_MAX];

        zipf_draw_many(&zipf, &many, ranks, nr);
        for (unsigned i = 0; i < nr; i++)
            ck_assert_uint_eq(ranks[i], zipf_draw(&zipf, &one));
    }
    zipf_fini(&zipf);
}
END_TEST

START_TEST(a_number_at_a_boundary_belongs_to_the_rank_that_begins_there)
{
    /* Four equal ranks: the two highest bits of a number are its rank. */
    struct zipf zipf;

    ck_assert(zipf_init(&zipf, 4, 0));
    for (uint64_t rank = 0; rank < 4; rank++) {
        struct rng first = rng_that_draws(rank << 62);
        struct rng last = rng_that_draws(rank << 62 | (UINT64_MAX >> 2));

        ck_assert_uint_eq(zipf_draw(&zipf, &first), rank);
        ck_assert_uint_eq(zipf_draw(&zipf, &last), rank);
    }
    zipf_fini(&zipf);
}
END_TEST

START_TEST(one_rank_is_always_drawn)
{
    struct zipf zipf;
    struct rng rng;

    rng_init(&rng, 1, "one");
    for (uint32_t exponent = 0; exponent <= 8000; exponent += 1000) {
        ck_assert(zipf_init(&zipf, 1, exponent));
        for (unsigned i = 0; i < 100; i++)
            ck_assert_uint_eq(zipf_draw(&zipf, &rng), 0);
        zipf_fini(&zipf);
    }
}
END_TEST

START_TEST(the_largest_table_neither_overflows_nor_falls)
{
    static const uint32_t exponents[] = {0, 1, 999, 8000};

    for (unsigned e = 0; e < 4; e++) {
        bool rises = true, within = true;
        struct zipf zipf;
        struct rng rng;

        rng_init(&rng, e, "largest");
        ck_assert(zipf_init(&zipf, ZIPF_N_MAX, exponents[e]));
        for (uint32_t rank = 1; rank < ZIPF_N_MAX; rank++)
            rises &= zipf.cumulative[rank] >= zipf.cumulative[rank - 1];
        for (unsigned i = 0; i < 1000; i++)
            within &= zipf_draw(&zipf, &rng) < ZIPF_N_MAX;
        ck_assert(rises && within);
        zipf_fini(&zipf);
    }
}
END_TEST

START_TEST(a_rank_without_weight_is_never_drawn)
{
    /* 42^8 is above 2^43 and 41^8 below: 41 ranks have weight. */
    struct zipf zipf;
    struct rng rng;
    uint32_t highest = 0;

    rng_init(&rng, 1, "weightless");
    ck_assert(zipf_init(&zipf, 1000, 8000));
    ck_assert_uint_eq(weight_of(&zipf, 40), 1);
    ck_assert_uint_eq(weight_of(&zipf, 41), 0);
    ck_assert_uint_eq(zipf.cumulative[40], zipf.cumulative[999]);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t rank = zipf_draw(&zipf, &rng);

        highest = rank > highest ? rank : highest;
    }
    ck_assert_uint_le(highest, 40);
    zipf_fini(&zipf);
}
END_TEST

START_TEST(without_memory_there_is_no_table)
{
    struct zipf zipf = {0};
    bool ok;

    fail_malloc_at(0);
    ok = zipf_init(&zipf, 10, 1000);
    ck_assert(fail_malloc_off());
    ck_assert(!ok);
    ck_assert_ptr_null(zipf.cumulative);
    zipf_fini(&zipf);
    zipf_fini(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zipf");

    TEST_CASE(suite, "weights", with_exponent_0_all_ranks_weigh_the_same,
              whole_exponents_weigh_by_powers_of_the_rank, broken_exponents_lie_between);
    TEST_CASE(suite, "draws", ranks_come_as_often_as_they_weigh,
              the_median_rank_of_a_thousand_is_as_computed, the_draws_are_pinned,
              many_draws_are_those_drawn_one_by_one);
    TEST_CASE(suite, "ends", a_number_at_a_boundary_belongs_to_the_rank_that_begins_there,
              one_rank_is_always_drawn, the_largest_table_neither_overflows_nor_falls,
              a_rank_without_weight_is_never_drawn, without_memory_there_is_no_table);
    return test_run(suite);
}
