/* SPDX-License-Identifier: MIT */
/* Calls that may not be made are seen by the kernel's check, reported and harmless. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/pcp_hotcold.h"

static const struct memory_range small[] = {{4096, 36864, 0}};

struct heard {
    unsigned count;
    struct mm_misuse_report last;
};

static void hear(void *context, const struct mm_misuse_report *report)
{
    struct heard *heard = context;

    heard->count++;
    heard->last = *report;
}

static const struct mm_observer *listen(struct heard *heard, struct mm_observer *observer)
{
    *heard = (struct heard){0};
    *observer = (struct mm_observer){.misuse = hear, .context = heard};
    return observer;
}

/* One report of that check since the last look. */
static void expect_misuse(struct heard *heard, enum mm_misuse check, uint32_t pfn)
{
    ck_assert_uint_eq(heard->count, 1);
    ck_assert_str_eq(misuse_name(heard->last.check), misuse_name(check));
    ck_assert_uint_eq(heard->last.page.nr, pfn);
    heard->count = 0;
}

static void boot(struct test_machine *tm, struct heard *heard, struct mm_observer *observer)
{
    test_machine_boot(tm, test_machine_spec(small, 1));
    tm->machine.observer = listen(heard, observer);
}

START_TEST(a_page_is_freed_once)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t single, block, rest;

    boot(&tm, &heard, &observer);
    single = take(&tm, 0, GFP_KERNEL);
    block = take(&tm, 3, GFP_KERNEL);
    rest = take(&tm, 3, GFP_KERNEL);
    ck_assert(free_pages(&tm.machine, single, 0, 0)); /* to a per-CPU list */
    ck_assert(free_pages(&tm.machine, block, 3, 0));  /* to the buddy lists */
    ck_assert_uint_eq(heard.count, 0);
    ck_assert(!free_pages(&tm.machine, single, 0, 0));
    expect_misuse(&heard, MISUSE_PUT_PAGE_TESTZERO, single.nr);
    ck_assert(!free_cold_page(&tm.machine, single, 0));
    expect_misuse(&heard, MISUSE_PUT_PAGE_TESTZERO, single.nr);
    ck_assert(!free_pages(&tm.machine, block, 3, 0));
    expect_misuse(&heard, MISUSE_PUT_PAGE_TESTZERO, block.nr);
    ck_assert(!free_pages(&tm.machine, (pfn_t){rest.nr + 1}, 0, 0)); /* inside a block */
    expect_misuse(&heard, MISUSE_PUT_PAGE_TESTZERO, rest.nr + 1);
    ck_assert_uint_eq(tm.machine.misuses[MISUSE_PUT_PAGE_TESTZERO], 4);
    give(&tm, rest, 3);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_free_that_claims_less_loses_the_rest)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    struct zone *zone;
    uint64_t pgfree;
    pfn_t block;

    boot(&tm, &heard, &observer);
    zone = zone_of(&tm, 0, 1);
    block = take(&tm, 4, GFP_KERNEL);
    pgfree = tm.machine.vm_events[PGFREE];
    ck_assert(free_pages(&tm.machine, block, 2, 0));
    expect_misuse(&heard, MISUSE_LOST_PAGES, block.nr);
    ck_assert_uint_eq(heard.last.order, 2);
    ck_assert_uint_eq(tm.machine.vm_events[PGFREE], pgfree + 4);
    ck_assert_uint_eq(tm.machine.lost_pages, 12);
    ck_assert_uint_eq(zone->nr_free[2], 1);
    expect_sound(&tm);
    block = take(&tm, 1, GFP_KERNEL);
    ck_assert(free_hot_page(&tm.machine, block, 0));
    expect_misuse(&heard, MISUSE_LOST_PAGES, block.nr);
    ck_assert_uint_eq(tm.machine.lost_pages, 13);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_free_that_claims_more_is_refused)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t block, other;

    boot(&tm, &heard, &observer);
    block = take(&tm, 3, GFP_KERNEL);
    other = (pfn_t){block.nr + 8};
    while (take(&tm, 3, GFP_KERNEL).nr != other.nr)
        ;
    ck_assert(!free_pages(&tm.machine, block, 4, 0));
    expect_misuse(&heard, MISUSE_FREE_PAGES_CHECK, other.nr);
    ck_assert(!free_pages(&tm.machine, block, 63, 0));
    expect_misuse(&heard, MISUSE_FREE_PAGES_CHECK, other.nr);
    give(&tm, other, 3);
    ck_assert(!free_pages(&tm.machine, block, 4, 0)); /* the other is free: PG_buddy */
    expect_misuse(&heard, MISUSE_FREE_PAGES_CHECK, other.nr);
    ck_assert(!free_pages(&tm.machine, (pfn_t){UINT32_MAX - 1}, 0, 0));
    expect_misuse(&heard, MISUSE_FREE_PAGES_CHECK, UINT32_MAX - 1);
    give(&tm, block, 3);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_free_that_claims_free_pages_is_seen_by_where_it_begins)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t page[3];

    boot(&tm, &heard, &observer);
    do
        page[0] = take(&tm, 0, GFP_KERNEL);
    while (page[0].nr % 4 != 0);
    for (unsigned i = 1; i < 3; i++) {
        page[i] = take(&tm, 0, GFP_KERNEL);
        ck_assert_uint_eq(page[i].nr, page[0].nr + i);
    }
    give(&tm, page[1], 0); /* on a per-CPU list, where nothing marks it */
    ck_assert(!free_pages(&tm.machine, page[0], 1, 0));
    expect_misuse(&heard, MISUSE_FOREIGN_PAGES, page[0].nr);
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page[1].nr);
    give(&tm, page[2], 0);
    ck_assert(!free_pages(&tm.machine, page[1], 1, 0));
    expect_misuse(&heard, MISUSE_FREE_ONE_PAGE, page[1].nr);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_block_before_one_of_the_largest_free_ones_runs_into_its_head)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t page, large;

    boot(&tm, &heard, &observer);
    large = take(&tm, MAX_ORDER - 1, GFP_KERNEL);
    do
        page = take(&tm, 1, GFP_KERNEL);
    while (page.nr + 2 != large.nr);
    give(&tm, large, MAX_ORDER - 1);
    ck_assert(!free_pages(&tm.machine, page, 2, 0));
    expect_misuse(&heard, MISUSE_FREE_PAGES_CHECK, page.nr + 2);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_compound_page_goes_as_a_whole)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t block;

    boot(&tm, &heard, &observer);
    block = take(&tm, 3, GFP_KERNEL | GFP_BIT_COMP);
    ck_assert(!free_pages(&tm.machine, block, 0, 0));
    expect_misuse(&heard, MISUSE_DESTROY_COMPOUND_PAGE, block.nr);
    ck_assert(!free_pages(&tm.machine, block, 4, 0));
    expect_misuse(&heard, MISUSE_DESTROY_COMPOUND_PAGE, block.nr);
    ck_assert(!split_page(&tm.machine, block, 3));
    expect_misuse(&heard, MISUSE_SPLIT_PAGE, block.nr);
    ck_assert(free_pages(&tm.machine, block, 3, 0));
    ck_assert(!split_page(&tm.machine, block, 3));
    expect_misuse(&heard, MISUSE_SPLIT_PAGE, block.nr);
    test_machine_end(&tm);
}
END_TEST

START_TEST(the_last_reference_frees_the_page)
{
    struct test_machine tm;
    struct heard heard;
    struct mm_observer observer;
    pfn_t single, block;

    boot(&tm, &heard, &observer);
    single = take(&tm, 0, GFP_KERNEL);
    block = take(&tm, 2, GFP_KERNEL | GFP_BIT_COMP);
    ck_assert(page_get(&tm.machine, single) && page_get(&tm.machine, single));
    ck_assert(!free_pages(&tm.machine, single, 0, 0));
    ck_assert(!page_put(&tm.machine, single, 0));
    ck_assert(page_put(&tm.machine, single, 0));
    ck_assert(page_get(&tm.machine, (pfn_t){block.nr + 3})); /* of the head */
    ck_assert(!page_put(&tm.machine, (pfn_t){block.nr + 1}, 0));
    ck_assert(page_put(&tm.machine, block, 0));
    ck_assert_uint_eq(heard.count, 0);
    ck_assert(!page_get(&tm.machine, single));
    expect_misuse(&heard, MISUSE_GET_PAGE, single.nr);
    ck_assert(!page_put(&tm.machine, single, 0));
    expect_misuse(&heard, MISUSE_PUT_PAGE_TESTZERO, single.nr);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_page_has_no_more_references_than_fit)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    page = take(&tm, 0, GFP_KERNEL);
    for (unsigned i = 1; i < UINT16_MAX; i++)
        ck_assert(page_get(&tm.machine, page));
    ck_assert(!page_get(&tm.machine, page));
    for (unsigned i = 1; i < UINT16_MAX; i++)
        ck_assert(!page_put(&tm.machine, page, 0));
    ck_assert(page_put(&tm.machine, page, 0));
    test_machine_end(&tm);
}
END_TEST

START_TEST(each_check_has_a_name)
{
    for (unsigned a = 0; a < NR_MISUSES; a++)
        for (unsigned b = 0; b < a; b++)
            ck_assert_str_ne(misuse_name(a), misuse_name(b));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse");

    TEST_CASE(suite, "frees", a_page_is_freed_once, a_free_that_claims_less_loses_the_rest,
              a_free_that_claims_more_is_refused,
              a_free_that_claims_free_pages_is_seen_by_where_it_begins,
              a_block_before_one_of_the_largest_free_ones_runs_into_its_head,
              a_compound_page_goes_as_a_whole);
    TEST_CASE(suite, "references", the_last_reference_frees_the_page,
              a_page_has_no_more_references_than_fit);
    TEST_CASE(suite, "names", each_check_has_a_name);
    return test_run(suite);
}
