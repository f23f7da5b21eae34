/* SPDX-License-Identifier: MIT */
/* Buddy lists: splitting, merging, and taking from other migratetypes. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/free_area.h"

/* 128 MiB of DMA32 on one node: grouping on, hot lists of 42 pages in batches of 7. */
static const struct memory_range one_zone[] = {{4096, 36864, 0}};

/*
 * Fills the zone with movable single pages, then frees every other page of one pageblock: only
 * blocks of order 0 are left, in a movable block.
 */
static uint32_t leave_single_movable_pages(struct test_machine *tm)
{
    uint32_t block = 0;

    tm->task.flags = TASK_PF_MEMALLOC;
    for (pfn_t page = take(tm, 0, GFP_BIT_MOVABLE); !pfn_is_none(page);
         page = take(tm, 0, GFP_BIT_MOVABLE))
        block = page.nr > block ? page.nr : block;
    block &= ~511u;
    for (uint32_t pfn = block; pfn < block + 512; pfn += 2)
        give(tm, (pfn_t){pfn}, 0);
    drain_all_local_pages(&tm->machine, 0);
    tm->extfrags = 0;
    return block;
}

START_TEST(split_blocks_merge_again)
{
    struct test_machine tm;
    uint64_t blocks;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    blocks = zone_of(&tm, 0, 1)->nr_free[10];
    page = take(&tm, 3, GFP_KERNEL);
    ck_assert_uint_eq(page_block_order(&tm.machine, page), 3);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free[10], blocks - 1);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free[3], 1);
    give(&tm, page, 3);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free[10], blocks);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free[3], 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_fallback_is_reported_with_its_block)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(tm.extfrags, 1);
    ck_assert_uint_eq(tm.last_extfrag.fallback_order, 10);
    ck_assert_uint_eq(tm.last_extfrag.alloc_migratetype, MIGRATE_UNMOVABLE);
    ck_assert_uint_eq(tm.last_extfrag.fallback_migratetype, MIGRATE_MOVABLE);
    ck_assert(tm.last_extfrag.change_ownership);
    take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(tm.extfrags, 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_small_fallback_leaves_the_pageblock_alone)
{
    struct test_machine tm;
    uint32_t block;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    block = leave_single_movable_pages(&tm);
    take(&tm, 0, 0);
    ck_assert_uint_eq(tm.last_extfrag.fallback_order, 0);
    ck_assert(!tm.last_extfrag.change_ownership);
    ck_assert_uint_eq(get_pageblock_migratetype(&tm.machine, zone_of(&tm, 0, 1), block),
                      MIGRATE_MOVABLE);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_reclaimable_fallback_takes_the_pageblocks_free_pages)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    leave_single_movable_pages(&tm);
    take(&tm, 0, GFP_BIT_RECLAIMABLE);
    ck_assert_uint_eq(tm.extfrags, 1);
    ck_assert(tm.last_extfrag.change_ownership); /* half of the block was free */
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free_type[0][MIGRATE_MOVABLE], 0);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("free_area");

    TEST_CASE(suite, "buddy", split_blocks_merge_again);
    TEST_CASE(suite, "fallback", a_fallback_is_reported_with_its_block,
              a_small_fallback_leaves_the_pageblock_alone,
              a_reclaimable_fallback_takes_the_pageblocks_free_pages);
    return test_run(suite);
}
