/* SPDX-License-Identifier: MIT */
/* Pages from allocation to free: flags, references, compound and split blocks. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/pcp_hotcold.h"

/* 128 MiB of DMA32 on one node: grouping on, hot lists of 42 pages in batches of 7. */
static const struct memory_range one_zone[] = {{4096, 36864, 0}};

static struct frame *frame_of(struct test_machine *tm, pfn_t page)
{
    return &tm->machine.frame_table.frames[page.nr];
}

START_TEST(a_fresh_page_has_one_reference_and_no_flags)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    frame_of(&tm, page)->flags = PG_uptodate | PG_referenced | PG_error | PG_readahead;
    give(&tm, page, 0);
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr);
    ck_assert_uint_eq(frame_of(&tm, page)->flags, 0);
    ck_assert_uint_eq(frame_of(&tm, page)->count, 1);
    ck_assert_uint_eq(tm.bad_pages, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_shared_page_stays_until_its_last_reference_goes)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 2, GFP_KERNEL);
    frame_of(&tm, page)->count++;
    give(&tm, page, 2);
    ck_assert_uint_eq(tm.machine.vm_events[PGFREE], 32768);
    give(&tm, page, 2);
    ck_assert_uint_eq(tm.machine.vm_events[PGFREE], 32768 + 4);
    test_machine_end(&tm);
}
END_TEST

START_TEST(orders_beyond_the_largest_fail_without_a_trace)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    ck_assert(pfn_is_none(take(&tm, MAX_ORDER, GFP_KERNEL | GFP_BIT_NOFAIL)));
    ck_assert_uint_eq(tm.kswapd_wakeups, 0);
    ck_assert_uint_eq(tm.machine.work.zones_tried, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(zeroed_pages_are_counted)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    take(&tm, 3, GFP_KERNEL | GFP_BIT_ZERO);
    take(&tm, 0, GFP_KERNEL | GFP_BIT_ZERO);
    take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(tm.machine.work.zeroed_pages, 9);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_page_freed_with_users_left_is_a_bad_page)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    frame_of(&tm, page)->mapcount = 1;
    give(&tm, page, 0);
    page = take(&tm, 1, GFP_KERNEL);
    frame_of(&tm, page)->flags = PG_locked;
    give(&tm, page, 1);
    ck_assert_uint_eq(tm.bad_pages, 2);
    ck_assert_uint_eq(tm.machine.bad_pages, 2);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_reserved_page_is_never_given_back)
{
    struct test_machine tm;
    uint64_t freed;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    freed = tm.machine.vm_events[PGFREE];
    page = take(&tm, 0, GFP_KERNEL);
    frame_of(&tm, page)->flags = PG_reserved;
    ck_assert(!free_pages(&tm.machine, page, 0, 0));
    page = take(&tm, 4, GFP_KERNEL);
    frame_of(&tm, page)->flags = PG_reserved;
    ck_assert(!free_pages(&tm.machine, page, 4, 0));
    ck_assert_uint_eq(tm.machine.vm_events[PGFREE], freed);
    ck_assert_uint_eq(tm.bad_pages, 2);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_page_touched_while_free_is_reported_when_taken)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    give(&tm, page, 0);
    frame_of(&tm, page)->flags = PG_dirty;
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr);
    ck_assert_uint_eq(tm.bad_pages, 1);
    ck_assert_uint_eq(frame_of(&tm, page)->flags, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_reserved_page_is_refused_and_the_next_one_taken)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    give(&tm, page, 0);
    frame_of(&tm, page)->flags = PG_reserved;
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr + 1);
    ck_assert_uint_eq(tm.bad_pages, 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(tails_of_a_compound_page_know_their_head)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 4, GFP_KERNEL | GFP_BIT_COMP);
    ck_assert_uint_eq(compound_head(&tm.machine, (pfn_t){page.nr + 15}).nr, page.nr);
    ck_assert_uint_eq(compound_head(&tm.machine, (pfn_t){page.nr + 16}).nr, page.nr + 16);
    ck_assert_uint_eq(compound_head(&tm.machine, page).nr, page.nr);
    give(&tm, page, 4);
    ck_assert_uint_eq(compound_head(&tm.machine, (pfn_t){page.nr + 15}).nr, page.nr + 15);
    page = take(&tm, 4, GFP_KERNEL);
    ck_assert_uint_eq(compound_head(&tm.machine, (pfn_t){page.nr + 3}).nr, page.nr + 3);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_split_block_is_freed_page_by_page)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 3, GFP_KERNEL);
    split_page(&tm.machine, page, 3);
    for (unsigned i = 0; i < 8; i++) {
        ck_assert_uint_eq(page_block_order(&tm.machine, (pfn_t){page.nr + i}), 0);
        give(&tm, (pfn_t){page.nr + i}, 0);
    }
    drain_all_local_pages(&tm.machine, 0);
    ck_assert_uint_eq(zone_page_state(zone_of(&tm, 0, 1), NR_FREE_PAGES), 32768);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->nr_free[10], 32);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page_alloc");

    TEST_CASE(suite, "pages", a_fresh_page_has_one_reference_and_no_flags,
              a_shared_page_stays_until_its_last_reference_goes,
              orders_beyond_the_largest_fail_without_a_trace, zeroed_pages_are_counted);
    TEST_CASE(suite, "bad pages", a_page_freed_with_users_left_is_a_bad_page,
              a_reserved_page_is_never_given_back, a_page_touched_while_free_is_reported_when_taken,
              a_reserved_page_is_refused_and_the_next_one_taken);
    TEST_CASE(suite, "blocks", tails_of_a_compound_page_know_their_head,
              a_split_block_is_freed_page_by_page);
    return test_run(suite);
}
