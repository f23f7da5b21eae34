/* SPDX-License-Identifier: MIT */
/* Allocating and freeing on a booted machine: lists, types, flags, counters. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/pcp_hotcold.h"
#include "mm/sysctl.h"
#include "mm/zonelist.h"

/* 128 MiB of DMA32 on one node: grouping on, hot lists of 42 pages in batches of 7. */
static const struct memory_range one_zone[] = {{4096, 36864, 0}};

static struct frame *frame_of(struct test_machine *tm, pfn_t page)
{
    return &tm->machine.frame_table.frames[page.nr];
}

static struct per_cpu_pages *hot(struct test_machine *tm)
{
    return &zone_of(tm, 0, 1)->pageset[0].pcp[PCP_HOT];
}

/* ---- per-CPU lists ---- */

START_TEST(pcp_refills_by_batch_when_empty)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(hot(&tm)->batch, 7);
    ck_assert_uint_eq(hot(&tm)->count, 6);
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr + 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(pcp_flushes_a_batch_from_the_tail_when_full)
{
    struct test_machine tm;
    pfn_t pages[60];

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    for (unsigned i = 0; i < 60; i++)
        pages[i] = take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(hot(&tm)->count, 3);
    for (unsigned i = 0; i < 38; i++)
        give(&tm, pages[i], 0);
    ck_assert_uint_eq(hot(&tm)->count, 41);
    give(&tm, pages[38], 0);
    ck_assert_uint_eq(hot(&tm)->count, 35);
    ck_assert_uint_eq(pcp_head(&tm.machine, hot(&tm)), pages[38].nr);
    test_machine_end(&tm);
}
END_TEST

START_TEST(cold_requests_and_frees_use_the_cold_list)
{
    struct test_machine tm;
    struct per_cpu_pages *cold;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    cold = &zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_COLD];
    page = take(&tm, 0, GFP_KERNEL | GFP_BIT_COLD);
    ck_assert_uint_eq(cold->count, cold->batch - 1);
    ck_assert_uint_eq(hot(&tm)->count, 0);
    free_cold_page(&tm.machine, page, 0);
    ck_assert_uint_eq(cold->count, cold->batch);
    page = take(&tm, 0, GFP_KERNEL);
    free_hot_page(&tm.machine, page, 0);
    ck_assert_uint_eq(hot(&tm)->count, hot(&tm)->batch);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_page_of_another_type_is_handed_out_when_the_zone_is_empty)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_BIT_MOVABLE);
    drain_zone_to(&tm, 1, 0);
    tm.task.flags = TASK_PF_MEMALLOC;
    give(&tm, page, 0); /* remembers its pageblock's type, movable or reserve */
    ck_assert_uint_eq(take(&tm, 0, GFP_BIT_RECLAIMABLE).nr, page.nr);
    ck_assert(pfn_is_none(take(&tm, 0, GFP_BIT_RECLAIMABLE)));
    test_machine_end(&tm);
}
END_TEST

START_TEST(sequence_numbers_survive_their_wrap)
{
    struct test_machine tm;
    pfn_t pages[6];

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    for (unsigned i = 0; i < 6; i++)
        pages[i] = take(&tm, 0, i & 1 ? GFP_BIT_MOVABLE : 0);
    hot(&tm)->next_seq = UINT32_MAX - 2;
    for (unsigned i = 0; i < 6; i++)
        give(&tm, pages[i], 0);
    expect_sound(&tm);
    ck_assert_uint_lt(hot(&tm)->next_seq, 100);
    for (unsigned i = 6; i-- > 0;) {
        ck_assert_uint_eq(pcp_head(&tm.machine, hot(&tm)), pages[i].nr);
        ck_assert_uint_eq(take(&tm, 0, i & 1 ? GFP_BIT_MOVABLE : 0).nr, pages[i].nr);
    }
    test_machine_end(&tm);
}
END_TEST

START_TEST(drains_empty_one_cpus_lists_or_all)
{
    struct test_machine tm;
    struct machine_spec spec = test_machine_spec(one_zone, 1);
    const struct zone *zone;

    spec.nr_cpus = 3;
    test_machine_boot(&tm, spec);
    zone = zone_of(&tm, 0, 1);
    for (unsigned cpu = 0; cpu < 3; cpu++)
        take_on(&tm, cpu, 0, GFP_KERNEL, -1);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 18);
    drain_local_pages(&tm.machine, 1);
    ck_assert_uint_eq(zone->pageset[1].pcp[PCP_HOT].count, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 12);
    drain_all_local_pages(&tm.machine, 2);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 0);
    test_machine_end(&tm);
}
END_TEST

/* ---- buddy ---- */

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

/* ---- pages ---- */

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
    give(&tm, page, 0);
    page = take(&tm, 4, GFP_KERNEL);
    frame_of(&tm, page)->flags = PG_reserved;
    give(&tm, page, 4);
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

/* ---- counters and questions ---- */

START_TEST(differences_are_folded_by_the_refresh)
{
    struct test_machine tm;
    struct machine_spec spec = test_machine_spec(one_zone, 1);

    spec.stat_threshold = 100;
    test_machine_boot(&tm, spec);
    take(&tm, 1, GFP_KERNEL);
    ck_assert_uint_eq(zone_page_state(zone_of(&tm, 0, 1), NR_FREE_PAGES), 32768);
    ck_assert_int_eq(machine_page_state_exact(&tm.machine, NR_FREE_PAGES), 32766);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_page_state(zone_of(&tm, 0, 1), NR_FREE_PAGES), 32766);
    ck_assert_int_eq(tm.machine.vm_stat[NUMA_HIT], 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(pages_of_remote_zones_are_drained_after_three_idle_refreshes)
{
    const struct memory_range two_nodes[] = {{4096, 36864, 0}, {36864, 69632, 1}};
    struct machine_spec spec = test_machine_spec(two_nodes, 2);
    struct test_machine tm;

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    spec.stat_threshold = 100;
    test_machine_boot(&tm, spec);
    take_on(&tm, 0, 0, GFP_KERNEL, 1);
    refresh_cpu_vm_stats(&tm.machine, 0);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone_of(&tm, 1, 1)), 6);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone_of(&tm, 1, 1)), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(names_are_the_kernels)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    ck_assert_str_eq(machine_zone_name(&tm.machine, 2), "Normal");
    ck_assert_str_eq(zone_stat_name(NR_FREE_PAGES), "nr_free_pages");
    ck_assert_str_eq(zone_stat_name(NUMA_OTHER), "numa_other");
    ck_assert_str_eq(vm_event_name(PGALLOC_ZONE0 + 1, false), "pgalloc_dma32");
    ck_assert_str_eq(vm_event_name(PGALLOC_ZONE0 + 2, true), "pgalloc_high");
    ck_assert_str_eq(vm_event_name(PGFREE, false), "pgfree");
    ck_assert_str_eq(vm_event_name(PGROTATED, true), "pgrotated");
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_pfn_is_found_in_its_zone)
{
    const struct memory_range memory[] = {{0, 159, 0}, {256, 8192, 0}};
    const struct reserved_range reserved = {1000, 1100};
    struct machine_spec spec = test_machine_spec(memory, 2);
    struct test_machine tm;

    spec.reserved = &reserved;
    spec.nr_reserved = 1;
    test_machine_boot(&tm, spec);
    ck_assert_ptr_eq(machine_pfn_zone(&tm.machine, 4095), zone_of(&tm, 0, 0));
    ck_assert_ptr_eq(machine_pfn_zone(&tm.machine, 4096), zone_of(&tm, 0, 1));
    ck_assert_ptr_null(machine_pfn_zone(&tm.machine, 8192));
    ck_assert(machine_page_reserved(&tm.machine, 200));
    ck_assert(machine_page_reserved(&tm.machine, 1099));
    ck_assert(!machine_page_reserved(&tm.machine, 1100));
    ck_assert(!machine_page_reserved(&tm.machine, 8000));
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page_alloc");

    TEST_CASE(suite, "pcp", pcp_refills_by_batch_when_empty,
              pcp_flushes_a_batch_from_the_tail_when_full,
              cold_requests_and_frees_use_the_cold_list,
              a_page_of_another_type_is_handed_out_when_the_zone_is_empty,
              sequence_numbers_survive_their_wrap, drains_empty_one_cpus_lists_or_all);
    TEST_CASE(suite, "buddy", split_blocks_merge_again,
              orders_beyond_the_largest_fail_without_a_trace, a_fallback_is_reported_with_its_block,
              a_small_fallback_leaves_the_pageblock_alone,
              a_reclaimable_fallback_takes_the_pageblocks_free_pages);
    TEST_CASE(suite, "pages", a_fresh_page_has_one_reference_and_no_flags,
              a_shared_page_stays_until_its_last_reference_goes,
              a_page_freed_with_users_left_is_a_bad_page, a_reserved_page_is_never_given_back,
              a_page_touched_while_free_is_reported_when_taken,
              a_reserved_page_is_refused_and_the_next_one_taken, zeroed_pages_are_counted,
              tails_of_a_compound_page_know_their_head, a_split_block_is_freed_page_by_page);
    TEST_CASE(suite, "counters", differences_are_folded_by_the_refresh,
              pages_of_remote_zones_are_drained_after_three_idle_refreshes, names_are_the_kernels,
              a_pfn_is_found_in_its_zone);
    return test_run(suite);
}
