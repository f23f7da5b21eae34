/* SPDX-License-Identifier: MIT */
/* Fixed-point mathematics against true values computed to 60 digits. */
#include "base/fixed.h"

#include "base/rng.h"
#include "lib/expect_near.h"
#include "lib/test.h"

enum { ROUNDS = 20000 };

struct log2_row {
    uint64_t x;
    uint64_t floor_q32; /* the true logarithm, rounded down */
};

struct exp2_row {
    uint32_t fraction;
    uint64_t floor_q63; /* the true power, rounded down */
};

/* Any bit length alike. */
static uint64_t any_length(struct rng *rng)
{
    return rng_next(rng) >> rng_below(rng, 64) | 1;
}

START_TEST(the_logarithm_of_a_power_of_two_is_exact)
{
    for (unsigned bit = 0; bit < 64; bit++)
        ck_assert_uint_eq(fixed_log2(UINT64_C(1) << bit), (uint64_t)bit << 32);
}
END_TEST

START_TEST(the_logarithm_is_at_most_the_true_one_and_two_to_minus_30_near)
{
    static const struct log2_row rows[] = {
        {3, UINT64_C(0x195c01a39)},
        {5, UINT64_C(0x25269e12f)},
        {7, UINT64_C(0x2ceaecfea)},
        {10, UINT64_C(0x35269e12f)},
        {1000003, UINT64_C(0x13ee7b8fb8)},
        {UINT32_MAX, UINT64_C(0x1ffffffffe)},
        {UINT64_C(12345678901234567), UINT64_C(0x3574716c31)},
        {(UINT64_C(1) << 63) + 1, UINT64_C(0x3f00000000)},
        {UINT64_MAX, UINT64_C(0x3fffffffff)},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t result = fixed_log2(rows[i].x);

        ck_assert_uint_le(result, rows[i].floor_q32);
        ck_assert_uint_le(rows[i].floor_q32 - result, 3);
    }
}
END_TEST

START_TEST(the_logarithm_never_falls)
{
    struct rng rng;

    rng_init(&rng, 1, "log2");
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t x = any_length(&rng);

        ck_assert_uint_le(fixed_log2(x), fixed_log2(x == UINT64_MAX ? x : x + 1));
    }
}
END_TEST

START_TEST(doubling_adds_exactly_one_to_the_logarithm)
{
    struct rng rng;

    rng_init(&rng, 2, "log2");
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t x = any_length(&rng) >> 1 | 1;

        ck_assert_uint_eq(fixed_log2(2 * x), fixed_log2(x) + FIXED_ONE_Q32);
    }
}
END_TEST

START_TEST(the_power_is_two_to_minus_57_near)
{
    static const struct exp2_row rows[] = {
        {0, UINT64_C(0x8000000000000000)},          {1, UINT64_C(0x8000000058b90bfc)},
        {0x40000000, UINT64_C(0x9837f0518db8a96f)}, {0x80000000, UINT64_C(0xb504f333f9de6484)},
        {0xc0000000, UINT64_C(0xd744fccad69d6af4)}, {0x12345678, UINT64_C(0x86779e2e50c2a338)},
        {0xdeadbeef, UINT64_C(0xe9ea2910c2c22cc4)}, {0xffffffff, UINT64_C(0xffffffff4e8de808)},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect_near(fixed_exp2(rows[i].fraction), rows[i].floor_q63, rows[i].floor_q63 >> 57);
    }
}
END_TEST

START_TEST(the_power_rises_with_its_fraction)
{
    struct rng rng;

    rng_init(&rng, 1, "exp2");
    ck_assert_uint_eq(fixed_exp2(0), UINT64_C(1) << 63);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t fraction = (uint32_t)rng_below(&rng, UINT32_MAX);

        ck_assert_uint_lt(fixed_exp2(fraction), fixed_exp2(fraction + 1));
    }
}
END_TEST

START_TEST(the_power_undoes_the_logarithm)
{
    struct rng rng;

    rng_init(&rng, 1, "inverse");
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t mantissa = rng_next(&rng) | UINT64_C(1) << 63; /* [1, 2) in Q63 */
        uint64_t back = fixed_exp2((uint32_t)fixed_log2(mantissa));

        /* 2^-30 of the logarithm is less than 2^-30 of the number. */
        ck_assert_uint_le(back, mantissa + (mantissa >> 56));
        ck_assert_uint_le(mantissa - (back < mantissa ? back : mantissa), mantissa >> 30);
    }
}
END_TEST

static void expect_root(uint64_t x)
{
    uint64_t root = fixed_sqrt(x);

    ck_assert_msg((uint128)root * root <= x && (uint128)(root + 1) * (root + 1) > x,
                  "the root of %llu is not %llu", (unsigned long long)x, (unsigned long long)root);
}

START_TEST(the_root_is_the_largest_integer_whose_square_fits)
{
    struct rng rng;

    rng_init(&rng, 1, "sqrt");
    for (uint64_t x = 0; x < 5000; x++)
        expect_root(x);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t root = rng_below(&rng, UINT64_C(1) << 32);

        expect_root(any_length(&rng));
        expect_root(root * root);
        expect_root(root * root - (root != 0));
    }
    ck_assert_uint_eq(fixed_sqrt(UINT64_MAX), UINT32_MAX);
    ck_assert_uint_eq(fixed_sqrt((uint64_t)UINT32_MAX * UINT32_MAX), UINT32_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fixed");

    TEST_CASE(suite, "log2", the_logarithm_of_a_power_of_two_is_exact,
              the_logarithm_is_at_most_the_true_one_and_two_to_minus_30_near,
              the_logarithm_never_falls, doubling_adds_exactly_one_to_the_logarithm);
    TEST_CASE(suite, "exp2", the_power_is_two_to_minus_57_near, the_power_rises_with_its_fraction,
              the_power_undoes_the_logarithm);
    TEST_CASE(suite, "sqrt", the_root_is_the_largest_integer_whose_square_fits);
    return test_run(suite);
}
