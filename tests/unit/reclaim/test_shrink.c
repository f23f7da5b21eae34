/* SPDX-License-Identifier: MIT */
/* What scanning a zone takes, frees, keeps and counts. */
#include "core_case.h"

static struct core_case c;

/* `nr` clean file pages from pfn `first` on, the first one nearest to the tail. */
static void fill(uint32_t first, uint32_t nr, bool active)
{
    for (uint32_t pfn = first; pfn < first + nr; pfn++)
        case_file_on_lru(&c, pfn, active);
}

static bool was_freed(uint32_t pfn)
{
    for (unsigned i = 0; i < c.nr_freed; i++)
        if (c.freed[i] == pfn)
            return true;
    return false;
}

START_TEST(a_scan_begins_when_the_visits_add_up_to_a_batch)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 40, false);
    for (unsigned visit = 1; visit < SWAP_CLUSTER_MAX; visit++) {
        ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
        ck_assert_uint_eq(c.bare.zones[0].nr_scan_inactive, visit);
    }
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(c.bare.zones[0].nr_scan_inactive, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_oldest_clean_pages_go_and_are_freed_cold)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 64, false);
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), SWAP_CLUSTER_MAX);
    ck_assert(was_freed(0));
    ck_assert(was_freed(31));
    ck_assert(!was_freed(32));
    ck_assert(c.freed_cold[0]);
    ck_assert_uint_eq(c.freed[0], 13);
    ck_assert_uint_eq(c.mapping->nrpages, 32);
    ck_assert_uint_eq(sc.nr_scanned, 32);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGSCAN_DIRECT_ZONE0], 32);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGSTEAL_ZONE0], 32);
    ck_assert_uint_eq(c.bare.zones[0].pages_scanned, 32);
    ck_assert_uint_eq(c.bare.reclaim.isolated_pages, 0);
    case_end(&c);
}
END_TEST

START_TEST(kswapd_counts_its_scans_apart)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 64, false);
    c.task.flags = TASK_PF_KSWAPD;
    c.bare.zones[0].nr_scan_inactive = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGSCAN_DIRECT_ZONE0], 0);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGSCAN_KSWAPD_ZONE0], 32);
    ck_assert_uint_eq(c.bare.machine.vm_events[KSWAPD_STEAL], 32);
    case_end(&c);
}
END_TEST

START_TEST(a_short_list_of_kept_pages_is_gone_through_again_and_again)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 7, false);
    for (uint32_t pfn = 0; pfn < 7; pfn++)
        get_page(&c.bare.reclaim, (pfn_t){pfn}); /* somebody uses it */
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
    ck_assert_uint_eq(sc.nr_scanned, 35);
    ck_assert_uint_eq(c.bare.zones[0].pages_scanned, 35);
    case_end(&c);
}
END_TEST

START_TEST(unmapped_active_pages_are_deactivated_though_referenced)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 32, true);
    bare_frame(&c.bare, 0)->flags |= PG_referenced;
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 0);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_INACTIVE], 32);
    ck_assert_uint_ne(bare_frame(&c.bare, 0)->flags & PG_referenced, 0);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGDEACTIVATE], 32);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGREFILL_ZONE0], 32);
    case_end(&c);
}
END_TEST

START_TEST(mapped_pages_stay_active_and_keep_their_references_until_it_gets_hard)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 32, true);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, pfn < 10);
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 32);
    ck_assert(c.young[0]);
    c.bare.zones[0].prev_priority = 0; /* somebody had a hard time before */
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 10);
    ck_assert(!c.young[0]);
    case_end(&c);
}
END_TEST

START_TEST(swappiness_100_takes_mapped_pages_at_once)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    c.bare.machine.vm.swappiness = 100;
    fill(0, 32, true);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, false);
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 0);
    case_end(&c);
}
END_TEST

START_TEST(where_all_memory_is_reserve_mapped_pages_are_taken)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    c.bare.machine.vm_total_pages = 0;
    fill(0, 32, true);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, false);
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 0);
    case_end(&c);
}
END_TEST

START_TEST(anonymous_pages_stay_active_without_swap)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_anon_on_lru(&c, pfn, true, false);
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, 0);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 32);
    case_end(&c);
}
END_TEST

START_TEST(anonymous_pages_go_to_swap)
{
    const struct swap_spec swap = {.pages = 100};
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    ck_assert(swapon(&c.bare.reclaim, &swap));
    for (uint32_t pfn = 0; pfn < 64; pfn++)
        case_anon_on_lru(&c, pfn, false, pfn == 5);
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 31);
    ck_assert_uint_eq(c.bare.machine.vm_events[PSWPOUT], 31);
    ck_assert_uint_eq(c.bare.reclaim.swap.nr_free_pages, 100 - 31);
    ck_assert_uint_eq(c.bare.reclaim.swap.cache_pages, 0);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ANON_PAGES], 33);
    /* the young one was activated, and looked at twice like each mapped page */
    expect_list(&c, 0, true, (const uint32_t[]){5}, 1);
    ck_assert_uint_eq(sc.nr_scanned, 64);
    case_end(&c);
}
END_TEST

START_TEST(without_a_slot_anonymous_pages_are_activated)
{
    const struct swap_spec swap = {.pages = 1};
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    ck_assert(swapon(&c.bare.reclaim, &swap));
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_anon_on_lru(&c, pfn, false, false);
    ck_assert_uint_eq(case_shrink(&c, &sc, 0), 1);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 31);
    case_end(&c);
}
END_TEST

START_TEST(mlocked_pages_are_activated)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    case_file_on_lru(&c, 0, false);
    case_map_file(&c, 0, false);
    c.mlocked[0] = true;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
    expect_list(&c, 0, true, (const uint32_t[]){0}, 1);
    case_end(&c);
}
END_TEST

START_TEST(a_referenced_page_of_a_file_nobody_maps_is_not_protected)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    case_file_on_lru(&c, 0, false);
    bare_frame(&c.bare, 0)->flags |= PG_referenced;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    c.bare.zones[0].nr_scan_inactive = 31;
    case_file_on_lru(&c, 1, false);
    bare_frame(&c.bare, 1)->flags |= PG_referenced;
    c.mapping->nr_mmap = 1;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
    expect_list(&c, 0, true, (const uint32_t[]){1}, 1);
    case_end(&c);
}
END_TEST

/* The outcome for a dirty page under the given orders. */
static bool dirty_page_goes(struct scan_control sc, enum writepage_kind kind)
{
    bool freed;

    case_begin(&c);
    c.mapping->writepage = (uint8_t)kind;
    case_file_on_lru(&c, 0, false);
    set_page_dirty(&c.bare.reclaim, (pfn_t){0}, 0);
    c.bare.zones[0].nr_scan_inactive = 31;
    freed = case_shrink(&c, &sc, DEF_PRIORITY) == 1;
    if (!freed)
        cancel_dirty_page(&c.bare.reclaim, (pfn_t){0}, 0);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_FILE_DIRTY], 0);
    case_end(&c);
    return freed;
}

START_TEST(a_dirty_page_is_written_only_by_those_who_may)
{
    struct scan_control sc = case_orders(0);

    ck_assert(dirty_page_goes(sc, WRITEPAGE_WRITES));
    ck_assert(!dirty_page_goes(sc, WRITEPAGE_NONE));
    ck_assert(!dirty_page_goes(sc, WRITEPAGE_ACTIVATES));
    ck_assert(!dirty_page_goes(sc, WRITEPAGE_REDIRTIES));
    sc.may_writepage = false;
    ck_assert(!dirty_page_goes(sc, WRITEPAGE_WRITES));
    sc = case_orders(0);
    sc.gfp = GFP_NOFS;
    ck_assert(!dirty_page_goes(sc, WRITEPAGE_WRITES));
}
END_TEST

START_TEST(a_congested_device_gets_no_pages_but_from_kswapd)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    case_file_on_lru(&c, 0, false);
    set_page_dirty(&c.bare.reclaim, (pfn_t){0}, 0);
    c.bare.reclaim.devices[0].congested[IO_WRITE] = true;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
    c.state.writing_dev = 1; /* its own writer goes on */
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    c.bare.reclaim.devices[0].congested[IO_WRITE] = false;
    case_end(&c);
}
END_TEST

START_TEST(a_full_queue_makes_the_reclaimer_wait_and_go_on)
{
    const struct backing_dev_spec slow = {
        .name = "slow", .nr_requests = 1, .max_request_pages = 1, .page_ns = 1000};
    struct scan_control sc = case_orders(0);
    struct shrink_zone shrink;

    case_begin(&c);
    backing_dev_change(&c.bare.reclaim.devices[0], &slow);
    fill(0, 2, false);
    set_page_dirty(&c.bare.reclaim, (pfn_t){0}, 0);
    set_page_dirty(&c.bare.reclaim, (pfn_t){1}, 0);
    c.task.flags = TASK_PF_SWAPWRITE;
    c.bare.zones[0].nr_scan_inactive = 31;
    memset(&shrink, 0, sizeof(shrink));
    shrink_zone_begin(&shrink, &c.bare.reclaim, &c.task, &c.bare.zones[0], DEF_PRIORITY, &sc);
    ck_assert_int_eq(shrink_zone_step(&shrink, &c.bare.reclaim, &c.task), STEP_BLOCKED);
    ck_assert_int_eq(c.task.wait.kind, WAIT_SLEEP);
    ck_assert_int_eq(c.task.wait.stall, STALL_GET_REQUEST);
    ck_assert_uint_eq(c.bare.reclaim.isolated_pages, 2);
    waitqueue_add(c.task.wait.queue, &c.task);
    c.bare.clock.now_ns = c.bare.timer_ns[0];
    backing_dev_complete(&c.bare.reclaim, 0);
    ck_assert_uint_eq(c.bare.nr_woken, 1);
    ck_assert_int_eq(shrink_zone_step(&shrink, &c.bare.reclaim, &c.task), STEP_DONE);
    c.bare.clock.now_ns = c.bare.timer_ns[0];
    backing_dev_complete(&c.bare.reclaim, 0);
    ck_assert_uint_eq(c.bare.reclaim.isolated_pages, 0);
    case_end(&c);
}
END_TEST

START_TEST(lumpy_reclaim_takes_the_block_around_a_page)
{
    struct scan_control sc = case_orders(2);

    case_begin(&c);
    fill(98, 60, false); /* the tail's block: 98 and 99, the others have four pages */
    case_file_on_lru(&c, 1000, true);
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 34);
    for (uint32_t pfn = 98; pfn < 132; pfn++)
        ck_assert(was_freed(pfn));
    case_end(&c);
}
END_TEST

START_TEST(costly_orders_take_active_neighbours_and_wait_for_writes)
{
    struct scan_control sc = case_orders(4);
    struct shrink_zone shrink;

    case_begin(&c);
    case_file_on_lru(&c, 65, true);
    case_file_on_lru(&c, 64, false);
    get_page(&c.bare.reclaim, (pfn_t){64}); /* will not go: a second, waiting pass */
    c.bare.zones[0].nr_scan_inactive = 31;
    memset(&shrink, 0, sizeof(shrink));
    shrink_zone_begin(&shrink, &c.bare.reclaim, &c.task, &c.bare.zones[0], DEF_PRIORITY, &sc);
    ck_assert_int_eq(shrink_zone_step(&shrink, &c.bare.reclaim, &c.task), STEP_BLOCKED);
    ck_assert_int_eq(c.task.wait.stall, STALL_CONGESTION_WAIT);
    ck_assert_uint_eq(c.task.wait.wake_ns, UINT64_C(100000000));
    ck_assert(was_freed(65));
    ck_assert_uint_eq(c.bare.machine.vm_events[PGDEACTIVATE], 1);
    case_end(&c);
}
END_TEST

START_TEST(preemptible_work_stops_after_each_batch)
{
    struct scan_control sc = case_orders(0);
    struct shrink_zone shrink;
    unsigned stops = 0;

    case_begin(&c);
    c.bare.reclaim.preemptible = true;
    fill(0, 64, false);
    memset(&shrink, 0, sizeof(shrink));
    shrink_zone_begin(&shrink, &c.bare.reclaim, &c.task, &c.bare.zones[0], 0, &sc);
    while (shrink_zone_step(&shrink, &c.bare.reclaim, &c.task) == STEP_BLOCKED) {
        ck_assert_int_eq(c.task.wait.kind, WAIT_CPU);
        stops++;
    }
    ck_assert_uint_eq(shrink.nr_reclaimed, 64);
    ck_assert_uint_ge(stops, 2);
    case_end(&c);
}
END_TEST

START_TEST(pages_that_somebody_locked_or_writes_are_kept)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 3, false);
    trylock_page(&c.bare.reclaim, (pfn_t){0});
    set_page_writeback(&c.bare.reclaim, (pfn_t){1}, 0);
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    ck_assert(was_freed(2));
    end_page_writeback(&c.bare.reclaim, (pfn_t){1}, 0);
    case_end(&c);
}
END_TEST

START_TEST(buffers_are_released_unless_pinned)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 2, false);
    for (uint32_t pfn = 0; pfn < 2; pfn++) {
        bare_frame(&c.bare, pfn)->flags |= PG_private;
        get_page(&c.bare.reclaim, (pfn_t){pfn});
    }
    bare_frame(&c.bare, 1)->flags |= PG_owner_priv_1;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    ck_assert(was_freed(0));
    expect_list(&c, 0, true, (const uint32_t[]){1}, 1);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_scanned_three_times_over_gives_up_its_mapped_pages)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 32, true);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, false);
    c.bare.zones[0].pages_scanned = 95;
    c.bare.zones[0].nr_scan_active = 31;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 32);
    ck_assert_uint_eq(c.bare.zones[0].pages_scanned, 95 + 32);
    c.bare.zones[0].pages_scanned = 96;
    c.bare.zones[0].nr_scan_active = 31;
    sc.may_swap = false;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 32);
    c.bare.zones[0].pages_scanned = 96;
    c.bare.zones[0].nr_scan_active = 31;
    sc.may_swap = true;
    case_shrink(&c, &sc, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_ACTIVE], 0);
    case_end(&c);
}
END_TEST

START_TEST(a_referenced_dirty_page_is_written_the_next_time)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 32, false);
    for (uint32_t pfn = 1; pfn < 32; pfn++)
        get_page(&c.bare.reclaim, (pfn_t){pfn});
    set_page_dirty(&c.bare.reclaim, (pfn_t){0}, 0);
    bare_frame(&c.bare, 0)->flags |= PG_referenced;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 0);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_VMSCAN_WRITE], 0);
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_VMSCAN_WRITE], 1);
    case_end(&c);
}
END_TEST

START_TEST(a_dirty_page_with_buffers_is_written)
{
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    fill(0, 1, false);
    set_page_dirty(&c.bare.reclaim, (pfn_t){0}, 0);
    bare_frame(&c.bare, 0)->flags |= PG_private;
    get_page(&c.bare.reclaim, (pfn_t){0});
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    case_end(&c);
}
END_TEST

START_TEST(pages_in_the_swap_cache_are_written_without_the_file_system)
{
    const struct swap_spec swap = {.pages = 100};
    struct scan_control sc = case_orders(0);

    case_begin(&c);
    ck_assert(swapon(&c.bare.reclaim, &swap));
    case_anon_on_lru(&c, 0, false, false);
    sc.gfp = GFP_NOFS;
    c.bare.zones[0].nr_scan_inactive = 31;
    ck_assert_uint_eq(case_shrink(&c, &sc, DEF_PRIORITY), 1);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shrink");

    TEST_CASE(suite, "inactive", a_scan_begins_when_the_visits_add_up_to_a_batch,
              the_oldest_clean_pages_go_and_are_freed_cold, kswapd_counts_its_scans_apart,
              a_short_list_of_kept_pages_is_gone_through_again_and_again,
              preemptible_work_stops_after_each_batch);
    TEST_CASE(suite, "active", unmapped_active_pages_are_deactivated_though_referenced,
              mapped_pages_stay_active_and_keep_their_references_until_it_gets_hard,
              a_zone_scanned_three_times_over_gives_up_its_mapped_pages,
              swappiness_100_takes_mapped_pages_at_once,
              where_all_memory_is_reserve_mapped_pages_are_taken,
              anonymous_pages_stay_active_without_swap);
    TEST_CASE(suite, "pages", anonymous_pages_go_to_swap,
              without_a_slot_anonymous_pages_are_activated, mlocked_pages_are_activated,
              a_referenced_page_of_a_file_nobody_maps_is_not_protected,
              pages_that_somebody_locked_or_writes_are_kept, buffers_are_released_unless_pinned);
    TEST_CASE(suite, "writing", a_referenced_dirty_page_is_written_the_next_time,
              a_dirty_page_with_buffers_is_written,
              pages_in_the_swap_cache_are_written_without_the_file_system,
              a_dirty_page_is_written_only_by_those_who_may,
              a_congested_device_gets_no_pages_but_from_kswapd,
              a_full_queue_makes_the_reclaimer_wait_and_go_on);
    TEST_CASE(suite, "lumpy", lumpy_reclaim_takes_the_block_around_a_page,
              costly_orders_take_active_neighbours_and_wait_for_writes);
    return test_run(suite);
}
