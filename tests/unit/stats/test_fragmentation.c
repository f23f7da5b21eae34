/* SPDX-License-Identifier: MIT */
/* Tests of the fragmentation indices, against the kernel's formulas done step by step. */
#include "base/rng.h"
#include "lib/test.h"
#include "stats/fragmentation.h"

enum { ROUNDS = 2000 };

/* What the kernel gathers for an order before it computes either index. */
struct contig_page_info {
    uint64_t free_pages;
    uint64_t free_blocks_total;
    uint64_t free_blocks_suitable;
};

static struct contig_page_info gather(const uint64_t *nr_free, unsigned suitable_order)
{
    struct contig_page_info info = {0};

    for (unsigned order = 0; order < MAX_ORDER; order++) {
        info.free_blocks_total += nr_free[order];
        info.free_pages += nr_free[order] << order;
        if (order >= suitable_order)
            info.free_blocks_suitable += nr_free[order] << (order - suitable_order);
    }
    return info;
}

static void expect_as_kernel(const uint64_t *nr_free)
{
    for (unsigned order = 0; order < MAX_ORDER; order++) {
        struct contig_page_info info = gather(nr_free, order);
        uint64_t usable = info.free_blocks_suitable << order;
        uint64_t requested = UINT64_C(1) << order;
        unsigned unusable = 1000;
        int index = 0;

        if (info.free_pages)
            unusable = (unsigned)((info.free_pages - usable) * 1000 / info.free_pages);
        if (info.free_blocks_suitable)
            index = -1000;
        else if (info.free_blocks_total)
            index =
                1000 - (int)((1000 + info.free_pages * 1000 / requested) / info.free_blocks_total);
        ck_assert_uint_eq(fragmentation_usable_pages(nr_free, order), usable);
        ck_assert_uint_eq(fragmentation_unusable_index(nr_free, order), unusable);
        ck_assert_int_eq(fragmentation_index(nr_free, order), index);
    }
    ck_assert_uint_eq(fragmentation_free_pages(nr_free), gather(nr_free, 0).free_pages);
}

START_TEST(with_nothing_free_all_is_unusable_and_nothing_fragmented)
{
    const uint64_t nr_free[MAX_ORDER] = {0};

    for (unsigned order = 0; order < MAX_ORDER; order++) {
        ck_assert_uint_eq(fragmentation_unusable_index(nr_free, order), 1000);
        ck_assert_int_eq(fragmentation_index(nr_free, order), 0);
    }
}
END_TEST

START_TEST(single_pages_are_useless_for_larger_orders)
{
    const uint64_t nr_free[MAX_ORDER] = {1000};

    ck_assert_uint_eq(fragmentation_unusable_index(nr_free, 0), 0);
    ck_assert_uint_eq(fragmentation_unusable_index(nr_free, 1), 1000);
    ck_assert_int_eq(fragmentation_index(nr_free, 0), -1000);
    /* 1000 - (1000 + 1000000 / 2) / 1000 */
    ck_assert_int_eq(fragmentation_index(nr_free, 1), 499);
    /* 1000 - (1000 + 1000000 / 1024) / 1000 */
    ck_assert_int_eq(fragmentation_index(nr_free, 10), 999);
}
END_TEST

START_TEST(one_small_block_means_lack_of_memory)
{
    const uint64_t nr_free[MAX_ORDER] = {1};

    /* 1000 - (1000 + 1000 / 1024) / 1 */
    ck_assert_int_eq(fragmentation_index(nr_free, 10), 0);
}
END_TEST

START_TEST(indices_follow_the_kernel_for_any_free_lists)
{
    struct rng rng;

    rng_init(&rng, 1, "fragmentation");
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t nr_free[MAX_ORDER] = {0};
        unsigned orders = (unsigned)rng_below(&rng, MAX_ORDER + 1);

        for (unsigned order = 0; order < orders; order++)
            nr_free[order] = rng_below(&rng, 3) ? rng_below(&rng, UINT64_C(2) << (order * 3)) : 0;
        expect_as_kernel(nr_free);
    }
}
END_TEST

START_TEST(largest_machine_does_not_overflow)
{
    uint64_t nr_free[MAX_ORDER] = {0};

    nr_free[0] = nr_free[1] = UINT64_C(1) << 32;
    expect_as_kernel(nr_free);
    nr_free[10] = UINT64_C(1) << 22;
    expect_as_kernel(nr_free);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fragmentation");

    TEST_CASE(suite, "indices", with_nothing_free_all_is_unusable_and_nothing_fragmented,
              single_pages_are_useless_for_larger_orders, one_small_block_means_lack_of_memory,
              indices_follow_the_kernel_for_any_free_lists, largest_machine_does_not_overflow);
    return test_run(suite);
}
