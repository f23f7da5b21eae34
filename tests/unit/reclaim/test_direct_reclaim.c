/* SPDX-License-Identifier: MIT */
/* try_to_free_pages(): how it descends, waits, asks others for help, and what it answers. */
#include "core_case.h"

static struct core_case c;

enum { PRIORITIES = DEF_PRIORITY + 1, NEVER = -1 };

/* What each priority did, by the events. */
struct notes {
    unsigned priorities;
    int last_priority;
    unsigned zones_scanned[BARE_ZONES];
    int first_pdflush_priority;
    unsigned pdflush_calls;
    uint64_t pdflush_pages[PRIORITIES];
    uint64_t lru_pages[PRIORITIES];
    uint64_t slab_scanned[PRIORITIES];
    unsigned slab_calls;
    uint32_t scan_at; /* bit per priority: its scan of zone 0 makes a batch */
    unsigned waits;
    int first_wait_priority;
    struct reclaim_event end;
};

static struct notes notes;

static void on_event(void *context, const struct reclaim_event *event)
{
    (void)context;
    switch (event->kind) {
    case RECLAIM_PRIORITY:
        ck_assert_ptr_eq(event->task, &c.task);
        ck_assert_int_eq(event->priority, DEF_PRIORITY - (int)notes.priorities);
        notes.priorities++;
        notes.last_priority = event->priority;
        c.bare.zones[0].nr_scan_inactive =
            notes.scan_at >> event->priority & 1 ? SWAP_CLUSTER_MAX - 1 : 0;
        break;
    case RECLAIM_SHRINK_ZONE_BEGIN:
        ck_assert_int_eq(event->priority, notes.last_priority);
        notes.zones_scanned[event->zone->id]++;
        break;
    case RECLAIM_WAKEUP_PDFLUSH:
        if (notes.pdflush_calls == 0)
            notes.first_pdflush_priority = notes.last_priority;
        notes.pdflush_pages[notes.pdflush_calls++] = event->pages;
        break;
    case RECLAIM_SHRINK_SLAB:
        notes.slab_scanned[notes.slab_calls] = event->scanned;
        notes.lru_pages[notes.slab_calls++] = event->lru_pages;
        break;
    case RECLAIM_DIRECT_END:
        notes.end = *event;
        break;
    default:
        break;
    }
}

static void begin_case(void)
{
    case_begin(&c);
    notes = (struct notes){.first_pdflush_priority = NEVER, .first_wait_priority = NEVER};
    c.bare.reclaim.observer = (struct reclaim_observer){
        .event = on_event,
        .wanted = 1U << RECLAIM_PRIORITY | 1U << RECLAIM_SHRINK_ZONE_BEGIN |
                  1U << RECLAIM_WAKEUP_PDFLUSH | 1U << RECLAIM_SHRINK_SLAB |
                  1U << RECLAIM_DIRECT_END};
}

static void two_zones(void)
{
    c.zonelist = (struct zonelist){.length = 2, .zones = {1, 0}};
}

/* One step; false: it is done. */
static bool step(void)
{
    struct direct_reclaim *direct = &c.state.direct;

    if (direct_reclaim_step(direct, &c.bare.reclaim, &c.task) == STEP_DONE)
        return false;
    if (notes.waits++ == 0)
        notes.first_wait_priority = direct->priority;
    return true;
}

static void reclaim_begin(unsigned order, uint32_t gfp)
{
    direct_reclaim_begin(&c.state.direct, &c.bare.reclaim, &c.task, &c.zonelist, order, gfp);
}

/* The kernel's result. */
static uint64_t reclaim_all(void)
{
    reclaim_begin(0, GFP_KERNEL);
    while (step())
        case_sleep_through(&c);
    return c.state.direct.ret;
}

START_TEST(a_whole_cluster_of_pages_ends_it)
{
    begin_case();
    case_fill(&c, 0, 64, false);
    notes.scan_at = 1 << 11;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.priorities, 2);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 11);
    ck_assert_uint_eq(c.bare.machine.vm_events[ALLOCSTALL], 1);
    ck_assert_uint_eq(c.bare.machine.work.direct_reclaims, 1);
    case_end(&c);
}
END_TEST

START_TEST(a_page_less_than_a_cluster_descends_to_priority_0)
{
    begin_case();
    case_fill(&c, 0, SWAP_CLUSTER_MAX - 1, false);
    notes.scan_at = 1 << 11;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX - 1);
    ck_assert_uint_eq(notes.priorities, PRIORITIES);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 0);
    case_end(&c);
}
END_TEST

START_TEST(what_each_priority_freed_adds_up)
{
    begin_case();
    case_fill(&c, 0, 16, false);
    case_fill(&c, BARE_PAGES - 16, 16, false);
    two_zones();
    notes.scan_at = 1 << 11;
    c.bare.zones[1].nr_scan_inactive = SWAP_CLUSTER_MAX - 1;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(c.nr_freed, 32);
    ck_assert_uint_eq(notes.end.freed, 32);
    ck_assert_uint_eq(notes.priorities, 2);
    case_end(&c);
}
END_TEST

START_TEST(nothing_freed_is_progress_as_long_as_a_zone_is_not_given_up)
{
    begin_case();
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(notes.priorities, PRIORITIES);
    ck_assert_uint_eq(notes.zones_scanned[0], PRIORITIES);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_given_up_is_scanned_at_the_first_priority_only)
{
    begin_case();
    two_zones();
    c.bare.zones[1].flags = ZONE_ALL_UNRECLAIMABLE;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(notes.zones_scanned[0], PRIORITIES);
    ck_assert_uint_eq(notes.zones_scanned[1], 1);
    case_end(&c);
}
END_TEST

START_TEST(no_progress_when_all_zones_are_given_up)
{
    begin_case();
    two_zones();
    c.bare.zones[0].flags = c.bare.zones[1].flags = ZONE_ALL_UNRECLAIMABLE;
    ck_assert_uint_eq(reclaim_all(), 0);
    ck_assert_uint_eq(notes.priorities, PRIORITIES);
    case_end(&c);
}
END_TEST

START_TEST(only_priority_0_decides_whether_all_zones_are_given_up)
{
    for (unsigned given_up = 0; given_up < 2; given_up++) {
        begin_case();
        case_fill_kept(&c, 0, 64);
        c.bare.reclaim.preemptible = true;
        notes.scan_at = 1 << 12;
        c.bare.zones[0].flags = given_up ? 0 : ZONE_ALL_UNRECLAIMABLE;
        reclaim_begin(0, GFP_KERNEL);
        ck_assert(step());
        c.bare.zones[0].flags = given_up ? ZONE_ALL_UNRECLAIMABLE : 0; /* kswapd, or a free */
        while (step())
            continue;
        ck_assert_uint_eq(c.state.direct.ret, !given_up);
        case_end(&c);
    }
}
END_TEST

START_TEST(some_pages_are_no_progress_when_all_zones_are_given_up)
{
    begin_case();
    case_fill(&c, 0, 20, false);
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    notes.scan_at = 1 << DEF_PRIORITY;
    ck_assert_uint_eq(reclaim_all(), 0);
    ck_assert_uint_eq(c.nr_freed, 20);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_without_pages_is_no_zone)
{
    begin_case();
    two_zones();
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    c.bare.zones[1].present_pages = 0;
    ck_assert_uint_eq(reclaim_all(), 0);
    ck_assert_uint_eq(notes.zones_scanned[1], 0);
    case_end(&c);
}
END_TEST

START_TEST(zones_remember_the_lowest_priority_while_it_descends)
{
    begin_case();
    two_zones();
    case_fill_kept(&c, 0, 64);
    c.bare.zones[1].flags = ZONE_ALL_UNRECLAIMABLE;
    notes.scan_at = 1 << 7 | 1 << 5;
    c.bare.zones[0].prev_priority = 6;
    reclaim_begin(0, GFP_KERNEL);
    ck_assert(step());
    ck_assert_int_eq(c.state.direct.priority, 7);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 6);
    ck_assert_int_eq(c.bare.zones[1].prev_priority, 7); /* noted though skipped */
    case_sleep_through(&c);
    ck_assert(step());
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 5);
    ck_assert_int_eq(c.bare.zones[1].prev_priority, 5);
    case_end(&c);
}
END_TEST

START_TEST(all_zones_of_the_list_get_the_priority_reached)
{
    begin_case();
    two_zones();
    case_fill(&c, 0, 64, false);
    c.bare.zones[1].flags = ZONE_ALL_UNRECLAIMABLE;
    c.bare.zones[0].prev_priority = c.bare.zones[1].prev_priority = 3;
    notes.scan_at = 1 << 10;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 10);
    ck_assert_int_eq(c.bare.zones[1].prev_priority, 10);
    case_end(&c);
}
END_TEST

START_TEST(enough_freed_is_progress_though_all_zones_are_given_up)
{
    begin_case();
    case_fill(&c, 0, 64, false);
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    notes.scan_at = 1 << DEF_PRIORITY;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    case_end(&c);
}
END_TEST

/* ---- waits ---- */

START_TEST(it_waits_after_each_scan_below_priority_10)
{
    begin_case();
    case_fill_kept(&c, 0, 64);
    notes.scan_at = UINT32_MAX;
    c.bare.clock.now_ns = 1000;
    reclaim_begin(0, GFP_KERNEL);
    ck_assert(step());
    ck_assert_int_eq(c.task.wait.stall, STALL_CONGESTION_WAIT);
    ck_assert_uint_eq(c.task.wait.wake_ns, 1000 + UINT64_C(100000000)); /* 25 jiffies */
    ck_assert_ptr_eq(c.task.wait.queue, &c.bare.reclaim.congestion_waiters);
    do
        case_sleep_through(&c);
    while (step());
    ck_assert_uint_eq(notes.waits, 10); /* the last one after priority 0 */
    ck_assert_int_eq(notes.first_wait_priority, 9);
    case_end(&c);
}
END_TEST

START_TEST(it_does_not_wait_after_a_priority_that_scanned_nothing)
{
    begin_case();
    case_fill_kept(&c, 0, SWAP_CLUSTER_MAX);
    notes.scan_at = 1 << 12 | 1 << 10 | 1 << 4;
    reclaim_all();
    ck_assert_uint_eq(notes.waits, 2); /* at priority 0 the list is a batch by itself */
    ck_assert_int_eq(notes.first_wait_priority, 4);
    case_end(&c);
}
END_TEST

START_TEST(work_in_batches_leads_to_the_same_end)
{
    begin_case();
    c.bare.reclaim.preemptible = true;
    case_fill(&c, 0, 64, false);
    notes.scan_at = 1 << 11;
    reclaim_begin(0, GFP_KERNEL);
    while (step()) {
        ck_assert_int_eq(c.task.wait.kind, WAIT_CPU);
        ck_assert_int_eq(c.task.wait.stall, STALL_DIRECT_RECLAIM);
    }
    ck_assert_uint_gt(notes.waits, 0);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 11);
    case_end(&c);
}
END_TEST

/* ---- writing ---- */

START_TEST(pdflush_is_asked_once_much_was_scanned_and_at_each_priority_then)
{
    begin_case();
    case_fill_kept(&c, 0, 64);
    notes.scan_at = 1 << 12 | 1 << 11;
    reclaim_all();
    ck_assert_int_eq(notes.first_pdflush_priority, 11);
    ck_assert_uint_eq(notes.pdflush_pages[0], 64);
    ck_assert_uint_eq(notes.pdflush_pages[1], 64); /* scanned nothing itself */
    ck_assert_uint_eq(notes.pdflush_calls, 12);
    case_end(&c);
}
END_TEST

START_TEST(one_and_a_half_clusters_are_not_much_yet)
{
    begin_case();
    case_fill_kept(&c, 0, 32);
    for (uint32_t pfn = 0; pfn < 16; pfn++) { /* counted twice: 48 in all */
        case_map_file(&c, pfn, false);
        c.mlocked[pfn] = true;
    }
    notes.scan_at = 1 << 12;
    reclaim_all();
    ck_assert_uint_eq(notes.slab_scanned[0], 48);
    ck_assert_uint_eq(notes.pdflush_calls, 0);
    case_end(&c);
}
END_TEST

START_TEST(in_laptop_mode_it_writes_only_once_much_was_scanned)
{
    begin_case();
    c.bare.machine.vm.laptop_mode = 1;
    case_fill_dirty(&c, 0, 64);
    notes.scan_at = UINT32_MAX;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.pdflush_calls, 1);
    ck_assert_uint_eq(notes.pdflush_pages[0], 0); /* all of it, as the disk spins now */
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 10);
    for (uint32_t pfn = 0; pfn < 64; pfn++)
        if (bare_frame(&c.bare, pfn)->flags & PG_dirty)
            cancel_dirty_page(&c.bare.reclaim, (pfn_t){pfn}, 0);
    case_end(&c);
}
END_TEST

START_TEST(elsewhere_it_writes_at_once)
{
    begin_case();
    case_fill_dirty(&c, 0, 32);
    notes.scan_at = 1 << 12;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    ck_assert_uint_eq(notes.pdflush_calls, 0);
    case_end(&c);
}
END_TEST

START_TEST(mapped_pages_are_taken_too)
{
    begin_case();
    case_fill(&c, 0, 32, false);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, false);
    notes.scan_at = 1 << 12;
    ck_assert_uint_eq(reclaim_all(), 1);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    case_end(&c);
}
END_TEST

/* ---- caches ---- */

static unsigned slab_asked;
static uint32_t slab_gfp;

/* An empty cache that gives ten pages back whenever it is looked at. */
static int64_t ten_pages(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    (void)shrinker;
    ck_assert_uint_eq(nr, 0);
    ck_assert_ptr_eq(task, &c.task);
    slab_asked++;
    slab_gfp = gfp;
    note_slab_pages_freed(&c.bare.reclaim, task, 10);
    return 0;
}

START_TEST(pages_that_caches_report_count_once)
{
    struct shrinker cache = {.shrink = ten_pages, .seeks = 2};

    begin_case();
    slab_asked = 0;
    c.bare.machine.params.slab_reports_pages = true;
    register_shrinker(&c.bare.reclaim, &cache);
    c.state.reclaimed_slab = 1000; /* before it began */
    reclaim_begin(0, GFP_NOFS);
    while (step())
        case_sleep_through(&c);
    ck_assert_uint_eq(slab_asked, 4);
    ck_assert_uint_eq(slab_gfp, GFP_NOFS);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 9);
    ck_assert_uint_eq(notes.end.freed, 0); /* from the lists */
    case_end(&c);
}
END_TEST

START_TEST(caches_that_do_not_report_never_suffice)
{
    struct shrinker cache = {.shrink = ten_pages, .seeks = 2};

    begin_case();
    slab_asked = 0;
    register_shrinker(&c.bare.reclaim, &cache);
    reclaim_all();
    ck_assert_uint_eq(slab_asked, PRIORITIES);
    case_end(&c);
}
END_TEST

START_TEST(caches_are_asked_by_the_scan_of_the_priority_and_the_pages_of_the_beginning)
{
    begin_case();
    two_zones();
    case_fill(&c, 0, 20, false);
    case_fill(&c, 100, 5, true);
    case_fill(&c, BARE_PAGES - 7, 7, false);
    notes.scan_at = 1 << 12;
    reclaim_all();
    ck_assert_uint_eq(notes.slab_calls, PRIORITIES);
    for (unsigned i = 0; i < PRIORITIES; i++)
        ck_assert_uint_eq(notes.lru_pages[i], 32);
    ck_assert_uint_eq(notes.slab_scanned[0], 20);
    ck_assert_uint_eq(notes.slab_scanned[1], 0);
    case_end(&c);
}
END_TEST

/* ---- the request ---- */

START_TEST(it_reclaims_for_the_order_and_mask_of_the_request)
{
    begin_case();
    two_zones();
    case_fill(&c, 98, 60, false); /* the tail's block: 98 and 99, the others have four pages */
    notes.scan_at = 1 << 12;
    c.bare.clock.now_ns = 77;
    reclaim_begin(2, GFP_NOFS);
    c.bare.clock.now_ns = 99;
    ck_assert(!step());
    ck_assert_uint_eq(c.nr_freed, 34);
    ck_assert_ptr_eq(notes.end.task, &c.task);
    ck_assert_ptr_eq(notes.end.zone, &c.bare.zones[1]);
    ck_assert_uint_eq(notes.end.order, 2);
    ck_assert_uint_eq(notes.end.gfp, GFP_NOFS);
    ck_assert_uint_eq(notes.end.ret, 1);
    ck_assert_int_eq(notes.end.priority, DEF_PRIORITY);
    ck_assert_uint_eq(notes.end.scanned, 34);
    ck_assert_uint_eq(notes.end.freed, 34);
    ck_assert_uint_eq(notes.end.begin_ns, 77);
    case_end(&c);
}
END_TEST

START_TEST(the_end_tells_what_all_priorities_scanned)
{
    begin_case();
    two_zones();
    case_fill_kept(&c, 0, SWAP_CLUSTER_MAX);
    case_fill_kept(&c, BARE_PAGES - 16, 16);
    notes.scan_at = 1 << 11 | 1 << 10 | 1;
    c.bare.zones[1].nr_scan_inactive = SWAP_CLUSTER_MAX - 1;
    c.bare.zones[1].flags = ZONE_ALL_UNRECLAIMABLE;
    reclaim_all();
    ck_assert_uint_eq(notes.end.scanned, 32 + 32 + 32 + 64);
    ck_assert_uint_eq(notes.end.freed, 0);
    ck_assert_int_eq(notes.end.priority, 0);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("direct_reclaim");

    TEST_CASE(suite, "result", a_whole_cluster_of_pages_ends_it,
              a_page_less_than_a_cluster_descends_to_priority_0, what_each_priority_freed_adds_up,
              nothing_freed_is_progress_as_long_as_a_zone_is_not_given_up,
              a_zone_given_up_is_scanned_at_the_first_priority_only,
              no_progress_when_all_zones_are_given_up,
              only_priority_0_decides_whether_all_zones_are_given_up,
              enough_freed_is_progress_though_all_zones_are_given_up,
              some_pages_are_no_progress_when_all_zones_are_given_up,
              a_zone_without_pages_is_no_zone);
    TEST_CASE(suite, "prev_priority", zones_remember_the_lowest_priority_while_it_descends,
              all_zones_of_the_list_get_the_priority_reached);
    TEST_CASE(suite, "waits", it_waits_after_each_scan_below_priority_10,
              it_does_not_wait_after_a_priority_that_scanned_nothing,
              work_in_batches_leads_to_the_same_end);
    TEST_CASE(suite, "writing", pdflush_is_asked_once_much_was_scanned_and_at_each_priority_then,
              one_and_a_half_clusters_are_not_much_yet,
              in_laptop_mode_it_writes_only_once_much_was_scanned, elsewhere_it_writes_at_once,
              mapped_pages_are_taken_too);
    TEST_CASE(suite, "caches", pages_that_caches_report_count_once,
              caches_that_do_not_report_never_suffice,
              caches_are_asked_by_the_scan_of_the_priority_and_the_pages_of_the_beginning);
    TEST_CASE(suite, "request", it_reclaims_for_the_order_and_mask_of_the_request,
              the_end_tells_what_all_priorities_scanned);
    return test_run(suite);
}
