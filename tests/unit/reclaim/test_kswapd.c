/* SPDX-License-Identifier: MIT */
/* kswapd: who wakes it, which zones it scans how hard, when it starts over, gives up and sleeps. */
#include "core_case.h"

static struct core_case c;

enum { MIN = 16, LOW = 20, HIGH = 24, SPARE = 8 * HIGH, PLENTY = 1000, NOTED = 128 };

/* What it did, by the events. */
struct notes {
    unsigned nr_priorities;
    int priorities[NOTED];
    bool may_write[NOTED]; /* at the begin of each */
    unsigned zones_scanned[BARE_ZONES];
    unsigned nr_slab;
    struct reclaim_event slab[NOTED];
    unsigned nr_runs, nr_balances, nr_sleeps;
    uint32_t run_order;
    uint32_t balance_orders[4];
    struct reclaim_event end; /* of the last balance */
    uint32_t scan_at;         /* bit per priority: its scan of zone 0 makes a batch */
    unsigned kthreads;
    unsigned waits; /* sleeps */
    int first_wait_priority;
    unsigned nr_observed;
    bool observed_woken;
    uint32_t observed_order;
};

static struct notes notes;
static struct mm_observer observer;

static struct kswapd *kswapd(void)
{
    return &c.bare.reclaim.kswapds[0];
}

static void note_priority(const struct reclaim_event *event)
{
    ck_assert_uint_lt(notes.nr_priorities, NOTED);
    notes.may_write[notes.nr_priorities] = kswapd()->sc.may_writepage;
    notes.priorities[notes.nr_priorities++] = event->priority;
    c.bare.zones[0].nr_scan_inactive =
        notes.scan_at >> event->priority & 1 ? SWAP_CLUSTER_MAX - 1 : 0;
}

static void on_event(void *context, const struct reclaim_event *event)
{
    (void)context;
    switch (event->kind) {
    case RECLAIM_KSWAPD_RUN:
        notes.nr_runs++;
        notes.run_order = event->order;
        break;
    case RECLAIM_KSWAPD_SLEEP:
        notes.nr_sleeps++;
        break;
    case RECLAIM_BALANCE_BEGIN:
        notes.balance_orders[notes.nr_balances++ % 4] = event->order;
        break;
    case RECLAIM_BALANCE_END:
        notes.end = *event;
        break;
    case RECLAIM_PRIORITY:
        note_priority(event);
        break;
    case RECLAIM_SHRINK_ZONE_BEGIN:
        notes.zones_scanned[event->zone->id]++;
        break;
    case RECLAIM_SHRINK_SLAB:
        notes.slab[notes.nr_slab++ % NOTED] = *event;
        break;
    default:
        break;
    }
}

static void on_observed(void *context, const struct zone *zone, unsigned order, bool woken)
{
    (void)context;
    (void)zone;
    notes.nr_observed++;
    notes.observed_order = order;
    notes.observed_woken = woken;
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)context;
    ck_assert_int_eq(kind, KTHREAD_KSWAPD);
    ck_assert_uint_eq(arg, 0);
    notes.kthreads++;
}

static void set_free(unsigned zone, int64_t pages)
{
    c.bare.zones[zone].vm_stat[NR_FREE_PAGES] = pages;
    c.bare.zones[zone].nr_free[0] = (uint64_t)pages;
}

/* Freed pages are free at once. */
static bool free_into_zone(struct machine *machine, pfn_t page, unsigned cpu, unsigned cold)
{
    struct zone *zone = page_zone(reclaim_of(machine), page);

    case_free(machine, page, cpu, cold);
    zone->vm_stat[NR_FREE_PAGES]++;
    zone->nr_free[0]++;
    return true;
}

/* Zone 0 is short of pages, zone 1 has plenty; there are no others. */
static void begin_case(void)
{
    static struct kswapd the_kswapd;

    case_begin(&c);
    the_kswapd = (struct kswapd){0};
    c.bare.reclaim.kswapds = &the_kswapd;
    notes = (struct notes){.first_wait_priority = -1};
    for (unsigned i = 0; i < BARE_ZONES; i++) {
        c.bare.zones[i].pages_min = MIN;
        c.bare.zones[i].pages_low = LOW;
        c.bare.zones[i].pages_high = HIGH;
        set_free(i, PLENTY);
    }
    set_free(0, 0);
    c.ops.free_hot_cold_page = free_into_zone;
    c.bare.reclaim.owner.kthread = on_kthread;
    observer = (struct mm_observer){.wakeup_kswapd = on_observed};
    c.bare.machine.observer = &observer;
    c.bare.reclaim.observer = (struct reclaim_observer){.event = on_event, .wanted = UINT32_MAX};
    c.task.flags = TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE | TASK_PF_KSWAPD;
}

static void wake(unsigned zone, unsigned order)
{
    reclaim_wakeup_kswapd(&c.bare.machine, &c.bare.zones[zone], order, &c.task);
}

/* One step; false: it sleeps. */
static bool step(void)
{
    if (kswapd_step(&c.bare.reclaim, &c.task, 0) == STEP_DONE)
        return false;
    ck_assert_int_eq(c.task.wait.stall, STALL_NONE); /* nobody loses time */
    if (c.task.wait.kind == WAIT_SLEEP && notes.waits++ == 0)
        notes.first_wait_priority = kswapd()->priority;
    return true;
}

/* Until it sleeps. */
static void run(void)
{
    while (step())
        if (c.task.wait.kind == WAIT_SLEEP)
            case_sleep_through(&c);
    ck_assert(c.node.kswapd_asleep);
}

static void wake_and_run(void)
{
    c.node.kswapd_asleep = false;
    run();
}

/* ---- waking ---- */

START_TEST(it_is_woken_at_the_low_mark)
{
    begin_case();
    set_free(0, LOW + 1);
    wake(0, 0);
    ck_assert(c.node.kswapd_asleep);
    ck_assert_uint_eq(notes.kthreads, 0);
    ck_assert_uint_eq(notes.nr_observed, 0);
    set_free(0, LOW);
    wake(0, 0);
    ck_assert(!c.node.kswapd_asleep);
    ck_assert_uint_eq(notes.kthreads, 1);
    ck_assert(notes.observed_woken);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_without_pages_wakes_nobody)
{
    begin_case();
    c.bare.zones[0].present_pages = 0;
    wake(0, 3);
    ck_assert(c.node.kswapd_asleep);
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
    case_end(&c);
}
END_TEST

START_TEST(an_awake_one_only_learns_a_higher_order)
{
    begin_case();
    wake(0, 1);
    ck_assert_uint_eq(c.node.kswapd_max_order, 1);
    wake(0, 0);
    ck_assert_uint_eq(c.node.kswapd_max_order, 1);
    ck_assert_uint_eq(notes.nr_observed, 1);
    wake(0, 3);
    ck_assert_uint_eq(c.node.kswapd_max_order, 3);
    ck_assert_uint_eq(notes.nr_observed, 2);
    ck_assert_uint_eq(notes.observed_order, 3);
    ck_assert(!notes.observed_woken);
    ck_assert_uint_eq(notes.kthreads, 1);
    case_end(&c);
}
END_TEST

/* ---- which zones ---- */

START_TEST(on_a_node_that_is_well_by_then_it_only_looks)
{
    begin_case();
    wake(0, 0);
    set_free(0, HIGH + 1);
    c.bare.zones[0].prev_priority = c.bare.zones[1].prev_priority = 3;
    run();
    ck_assert_uint_eq(c.bare.machine.vm_events[PAGEOUTRUN], 1);
    ck_assert_uint_eq(c.bare.machine.work.kswapd_rounds, 1);
    ck_assert_uint_eq(notes.nr_priorities, 0);
    ck_assert_uint_eq(notes.nr_sleeps, 1);
    /* what direct reclaim had noted is wiped */
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    ck_assert_int_eq(c.bare.zones[1].prev_priority, DEF_PRIORITY);
    case_end(&c);
}
END_TEST

START_TEST(it_frees_until_the_zone_is_above_its_high_mark)
{
    begin_case();
    set_free(0, HIGH);
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    wake_and_run();
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(c.bare.machine.vm_events[PAGEOUTRUN], 2); /* the second one only looks */
    ck_assert_uint_eq(c.bare.machine.vm_events[KSWAPD_STEAL], SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.waits, 0);
    case_end(&c);
}
END_TEST

START_TEST(zones_above_the_highest_short_one_are_left_alone)
{
    begin_case();
    wake_and_run();
    ck_assert_uint_gt(notes.zones_scanned[0], 0);
    ck_assert_uint_eq(notes.zones_scanned[1], 0);
    ck_assert_uint_eq(c.bare.zones[1].flags, 0);
    case_end(&c);
}
END_TEST

START_TEST(zones_below_a_short_one_are_scanned_unless_they_have_plenty)
{
    for (unsigned more = 0; more < 2; more++) {
        begin_case();
        set_free(0, SPARE + more);
        set_free(1, 0);
        case_fill_kept(&c, 0, 5);
        wake_and_run();
        ck_assert_int_eq(notes.zones_scanned[0] > 0, more == 0);
        ck_assert_uint_gt(notes.zones_scanned[1], 0);
        /* the caches are asked either way, for each zone */
        ck_assert_uint_eq(notes.nr_slab, 2);
        ck_assert_uint_eq(notes.slab[0].lru_pages, 5);
        case_end(&c);
    }
}
END_TEST

START_TEST(what_a_lower_zone_keeps_for_the_short_one_does_not_count)
{
    begin_case();
    set_free(0, SPARE + 1);
    c.bare.zones[0].lowmem_reserve[1] = 1;
    set_free(1, 0);
    wake_and_run();
    ck_assert_uint_gt(notes.zones_scanned[0], 0);
    case_end(&c);
}
END_TEST

START_TEST(the_end_zone_is_sought_without_reserves)
{
    begin_case();
    set_free(0, HIGH + 1);
    c.bare.zones[0].lowmem_reserve[1] = 1000;
    wake_and_run();
    ck_assert_uint_eq(notes.nr_priorities, 0);
    case_end(&c);
}
END_TEST

START_TEST(zones_without_pages_are_passed_over)
{
    begin_case();
    c.bare.zones[0].present_pages = 0;
    set_free(1, 0);
    wake_and_run();
    ck_assert_uint_eq(notes.zones_scanned[0], 0);
    ck_assert_uint_eq(c.bare.zones[0].flags, 0);
    ck_assert_uint_gt(notes.zones_scanned[1], 0);
    case_end(&c);
}
END_TEST

/* ---- giving up ---- */

START_TEST(a_zone_with_nothing_on_its_lists_is_given_up_at_once)
{
    begin_case();
    wake_and_run();
    ck_assert_uint_eq(c.bare.zones[0].flags, ZONE_ALL_UNRECLAIMABLE);
    ck_assert_uint_eq(notes.nr_priorities, 1);
    ck_assert_uint_eq(c.bare.machine.vm_events[PAGEOUTRUN], 1);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_scanned_six_times_in_vain_is_given_up)
{
    begin_case();
    case_fill_kept(&c, 0, 32);
    notes.scan_at = UINT32_MAX;
    wake_and_run();
    ck_assert_uint_eq(c.bare.zones[0].flags, ZONE_ALL_UNRECLAIMABLE);
    ck_assert_uint_eq(c.bare.zones[0].pages_scanned, 6 * 32);
    ck_assert_uint_eq(notes.nr_priorities, 6);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_given_up_is_tried_once_a_run)
{
    begin_case();
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    case_fill_kept(&c, 0, 32);
    notes.scan_at = UINT32_MAX;
    wake_and_run();
    ck_assert_uint_eq(notes.nr_priorities, 1);
    ck_assert_uint_eq(notes.zones_scanned[0], 1);
    case_end(&c);
}
END_TEST

START_TEST(a_lower_zone_given_up_is_tried_only_at_the_first_priority)
{
    begin_case();
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    set_free(1, 0);
    case_fill_kept(&c, BARE_PAGES - 32, 32);
    c.bare.zones[1].nr_scan_inactive = SWAP_CLUSTER_MAX - 1;
    wake_and_run();
    ck_assert_uint_eq(notes.zones_scanned[0], c.bare.machine.vm_events[PAGEOUTRUN]);
    ck_assert_uint_gt(notes.zones_scanned[1], notes.zones_scanned[0]);
    case_end(&c);
}
END_TEST

static int64_t give_objects(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    (void)shrinker;
    (void)task;
    ck_assert_uint_eq(gfp, GFP_KERNEL);
    return nr == 0 ? 1000 : 900;
}

START_TEST(a_zone_is_not_given_up_while_caches_shrink)
{
    struct shrinker cache = {.shrink = give_objects, .seeks = 2};

    begin_case();
    register_shrinker(&c.bare.reclaim, &cache);
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    ck_assert(step()); /* comes to priority 0 and wants to start over */
    ck_assert_int_eq(c.task.wait.kind, WAIT_YIELD);
    ck_assert_uint_eq(notes.nr_priorities, DEF_PRIORITY + 1);
    ck_assert_uint_eq(c.bare.zones[0].flags, 0);
    case_end(&c);
}
END_TEST

/* ---- priorities and rounds ---- */

START_TEST(a_round_ends_with_the_priority_that_completes_a_cluster)
{
    begin_case();
    c.bare.zones[0].pages_high = 100;
    c.bare.zones[1].prev_priority = 4;
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << 10;
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_int_eq(c.task.wait.kind, WAIT_YIELD);
    ck_assert_uint_eq(notes.nr_priorities, 3);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 10);
    ck_assert_int_eq(c.bare.zones[1].prev_priority, DEF_PRIORITY); /* not touched */
    run();
    ck_assert_int_eq(notes.priorities[3], DEF_PRIORITY); /* starts over */
    ck_assert_uint_eq(c.nr_freed, 128);
    ck_assert_uint_eq(c.bare.machine.vm_events[PAGEOUTRUN], 5);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    case_end(&c);
}
END_TEST

START_TEST(zones_remember_the_lowest_priority_while_it_descends)
{
    begin_case();
    c.bare.reclaim.preemptible = true;
    case_fill_kept(&c, 0, 64);
    c.bare.zones[0].prev_priority = 11;
    notes.scan_at = 1 << 12 | 1 << 10;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_int_eq(kswapd()->priority, 12);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 11);
    ck_assert(step());
    ck_assert_int_eq(kswapd()->priority, 10);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 10);
    case_end(&c);
}
END_TEST

START_TEST(the_last_round_counts)
{
    begin_case();
    set_free(0, HIGH);
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    wake_and_run();
    ck_assert_uint_eq(notes.end.ret, 0); /* it found all well */
    ck_assert_uint_eq(notes.end.scanned, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.end.freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.nr_balances, 1);
    wake_and_run();
    ck_assert_uint_eq(notes.end.scanned, 0);
    case_end(&c);
}
END_TEST

START_TEST(it_waits_below_priority_10_even_after_success)
{
    begin_case();
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << 9;
    c.bare.clock.now_ns = 1000;
    wake(0, 0);
    ck_assert(step());
    ck_assert_int_eq(c.task.wait.kind, WAIT_SLEEP);
    ck_assert_uint_eq(c.task.wait.wake_ns, 1000 + UINT64_C(100000000)); /* 25 jiffies */
    ck_assert_ptr_eq(c.task.wait.queue, &c.bare.reclaim.congestion_waiters);
    ck_assert_int_eq(notes.first_wait_priority, 9);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    case_sleep_through(&c);
    run();
    ck_assert_uint_eq(notes.waits, 1);
    ck_assert_uint_eq(notes.nr_priorities, 4);
    ck_assert_uint_eq(kswapd()->busy_ns, UINT64_C(100000000));
    case_end(&c);
}
END_TEST

START_TEST(a_round_that_scanned_once_waits_at_each_later_priority)
{
    begin_case();
    case_fill_kept(&c, 0, 20);
    notes.scan_at = 1 << 12;
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    for (;;) {
        ck_assert(step());
        if (c.task.wait.kind == WAIT_YIELD)
            break;
        case_sleep_through(&c);
    }
    ck_assert_uint_eq(notes.waits, 10);
    ck_assert_int_eq(notes.first_wait_priority, 9);
    case_end(&c);
}
END_TEST

START_TEST(a_round_that_scanned_nothing_does_not_wait)
{
    struct shrinker cache = {.shrink = give_objects, .seeks = 2};

    begin_case();
    register_shrinker(&c.bare.reclaim, &cache);
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_int_eq(c.task.wait.kind, WAIT_YIELD);
    ck_assert_uint_eq(notes.waits, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_pages_on_the_lists_are_counted_at_each_priority_up_to_the_end_zone)
{
    begin_case();
    set_free(0, HIGH);
    set_free(1, HIGH);
    case_fill(&c, 0, 16, false);
    case_fill(&c, 100, 3, true);
    case_fill(&c, BARE_PAGES - 40, 40, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    c.bare.zones[1].nr_scan_inactive = 0;
    c.node.kswapd_asleep = false;
    step();
    ck_assert_uint_eq(notes.slab[0].lru_pages, 59); /* for zone 0 */
    ck_assert_uint_eq(notes.slab[0].scanned, 16);
    ck_assert_uint_eq(notes.slab[1].lru_pages, 59);
    ck_assert_uint_eq(notes.slab[1].scanned, 0);
    ck_assert_uint_eq(notes.slab[2].lru_pages, 43); /* priority 11 */
    case_end(&c);
}
END_TEST

/* ---- writing ---- */

START_TEST(in_laptop_mode_it_writes_only_once_much_was_scanned_in_vain)
{
    begin_case();
    c.bare.machine.vm.laptop_mode = 1;
    case_fill_dirty(&c, 0, 128);
    notes.scan_at = UINT32_MAX;
    wake_and_run();
    ck_assert(!notes.may_write[0]);
    ck_assert(!notes.may_write[2]); /* 64 were scanned */
    ck_assert(notes.may_write[3]);
    ck_assert_uint_eq(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(notes.nr_priorities, 4);
    for (uint32_t pfn = 0; pfn < 128; pfn++)
        if (bare_frame(&c.bare, pfn)->flags & PG_dirty)
            cancel_dirty_page(&c.bare.reclaim, (pfn_t){pfn}, 0);
    case_end(&c);
}
END_TEST

START_TEST(a_new_round_forgets_that_it_may_write)
{
    begin_case();
    c.bare.machine.vm.laptop_mode = 1;
    c.bare.zones[0].pages_high = 50;
    case_fill_dirty(&c, 0, 256);
    notes.scan_at = UINT32_MAX;
    wake_and_run();
    ck_assert(notes.may_write[3]);
    ck_assert_int_eq(notes.priorities[4], DEF_PRIORITY);
    ck_assert(!notes.may_write[4]);
    ck_assert(!notes.may_write[5]); /* nor what was scanned */
    for (uint32_t pfn = 0; pfn < 256; pfn++)
        if (bare_frame(&c.bare, pfn)->flags & PG_dirty)
            cancel_dirty_page(&c.bare.reclaim, (pfn_t){pfn}, 0);
    case_end(&c);
}
END_TEST

START_TEST(much_scanned_is_not_in_vain_if_two_thirds_were_freed)
{
    begin_case();
    c.bare.machine.vm.laptop_mode = 1;
    set_free(1, 0);
    c.bare.zones[1].pages_high = 100;
    case_fill(&c, 0, 32, false);
    case_fill(&c, BARE_PAGES - 64, 50, false);
    case_fill_kept(&c, BARE_PAGES - 14, 14);
    notes.scan_at = 1 << DEF_PRIORITY;
    c.bare.zones[1].nr_scan_inactive = 63;
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_uint_eq(kswapd()->total_scanned, 96);
    ck_assert_uint_eq(kswapd()->nr_reclaimed, 82);
    ck_assert(!kswapd()->sc.may_writepage);
    case_end(&c);
}
END_TEST

START_TEST(it_takes_mapped_pages_too)
{
    begin_case();
    case_fill(&c, 0, 32, false);
    for (uint32_t pfn = 0; pfn < 32; pfn++)
        case_map_file(&c, pfn, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    wake_and_run();
    ck_assert_uint_eq(c.nr_freed, 32);
    case_end(&c);
}
END_TEST

START_TEST(elsewhere_it_writes_at_once)
{
    begin_case();
    case_fill_dirty(&c, 0, 32);
    notes.scan_at = 1 << DEF_PRIORITY;
    wake_and_run();
    ck_assert(notes.may_write[0]);
    ck_assert_uint_eq(c.nr_freed, 32);
    case_end(&c);
}
END_TEST

/* ---- caches ---- */

/* An empty cache that gives ten pages back whenever it is looked at. */
static int64_t ten_pages(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    (void)shrinker;
    (void)nr;
    (void)gfp;
    note_slab_pages_freed(&c.bare.reclaim, task, 10);
    return 0;
}

START_TEST(pages_that_caches_report_count_once_for_each_zone)
{
    struct shrinker cache = {.shrink = ten_pages, .seeks = 2};

    begin_case();
    c.bare.machine.params.slab_reports_pages = true;
    register_shrinker(&c.bare.reclaim, &cache);
    case_fill_kept(&c, 0, 20);
    c.state.reclaimed_slab = 1000; /* before it began */
    c.other_task_waits = true;
    c.node.kswapd_asleep = false;
    for (;;) {
        ck_assert(step());
        if (c.task.wait.kind == WAIT_YIELD)
            break;
        case_sleep_through(&c);
    }
    ck_assert_uint_eq(notes.nr_priorities, 4); /* 40 pages */
    case_end(&c);
}
END_TEST

/* ---- running and sleeping ---- */

START_TEST(it_goes_on_for_an_order_that_rose_meanwhile)
{
    begin_case();
    set_free(0, HIGH);
    c.bare.zones[0].nr_free[3] = PLENTY;
    case_fill(&c, 0, 200, false);
    c.bare.reclaim.preemptible = true;
    notes.scan_at = 1 << DEF_PRIORITY;
    c.node.kswapd_max_order = 1;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    c.node.kswapd_max_order = 3;
    set_free(0, PLENTY);
    c.bare.zones[0].nr_free[0] = 0;
    run();
    ck_assert_uint_eq(notes.nr_runs, 1);
    ck_assert_uint_eq(notes.run_order, 1);
    ck_assert_uint_eq(notes.nr_balances, 2);
    ck_assert_uint_eq(notes.balance_orders[0], 1);
    ck_assert_uint_eq(notes.balance_orders[1], 3);
    ck_assert_uint_eq(notes.nr_sleeps, 1);
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_same_order_again_is_no_reason_to_go_on)
{
    begin_case();
    set_free(0, PLENTY);
    c.bare.zones[0].nr_free[0] = 0;
    c.node.kswapd_max_order = 2;
    wake_and_run();
    ck_assert_uint_eq(notes.nr_balances, 1);
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
    case_end(&c);
}
END_TEST

START_TEST(it_reclaims_lumpily_for_its_order)
{
    begin_case();
    set_free(0, PLENTY); /* all in single pages */
    case_fill(&c, 98, 60, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    c.node.kswapd_max_order = 2;
    c.bare.reclaim.preemptible = true;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_uint_eq(c.nr_freed, 34);
    case_end(&c);
}
END_TEST

START_TEST(it_yields_where_it_starts_over_and_only_there)
{
    begin_case();
    c.other_task_waits = true;
    set_free(0, HIGH);
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    c.node.kswapd_asleep = false;
    ck_assert(step());
    ck_assert_int_eq(c.task.wait.kind, WAIT_YIELD);
    ck_assert(!step()); /* all is well: no yield */
    ck_assert(c.node.kswapd_asleep);
    case_end(&c);
}
END_TEST

START_TEST(it_does_not_yield_to_nobody)
{
    begin_case();
    set_free(0, HIGH);
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    c.node.kswapd_asleep = false;
    ck_assert(!step());
    case_end(&c);
}
END_TEST

START_TEST(time_awake_counts_from_each_wake_up)
{
    begin_case();
    c.bare.clock.now_ns = 400;
    wake(0, 0);
    c.bare.clock.now_ns = 500; /* it waited for its CPU */
    case_fill_kept(&c, 0, 20);
    c.bare.reclaim.preemptible = true;
    notes.scan_at = 1 << DEF_PRIORITY;
    ck_assert(step());
    c.bare.clock.now_ns = 800;
    set_free(0, PLENTY);
    while (step())
        continue;
    ck_assert_uint_eq(kswapd()->busy_ns, 400);
    c.bare.clock.now_ns = 2000;
    set_free(0, LOW);
    wake(0, 0);
    set_free(0, PLENTY);
    c.bare.clock.now_ns = 2010;
    ck_assert(!step());
    ck_assert_uint_eq(kswapd()->busy_ns, 410);
    ck_assert_uint_eq(notes.nr_runs, 2);
    case_end(&c);
}
END_TEST

START_TEST(work_of_the_go_that_ends_a_run_is_time_awake)
{
    const struct reclaim *reclaim = &c.bare.reclaim;

    begin_case();
    c.bare.clock.now_ns = 400;
    wake(0, 0);
    set_free(0, PLENTY);
    c.bare.clock.now_ns = 500;
    ck_assert(!step());
    kswapd_worked(&c.bare.reclaim, 0, 70);
    ck_assert_uint_eq(kswapd_awake_ns(reclaim, 0), 100);
    c.bare.clock.now_ns = 540;
    ck_assert_uint_eq(kswapd_awake_ns(reclaim, 0), 140);
    set_free(0, LOW);
    wake(0, 0); /* for what it does when this work is done */
    c.bare.clock.now_ns = 560;
    ck_assert_uint_eq(kswapd_awake_ns(reclaim, 0), 160);
    c.bare.clock.now_ns = 600;
    ck_assert_uint_eq(kswapd_awake_ns(reclaim, 0), 200);
    set_free(0, PLENTY);
    ck_assert(!step());
    kswapd_worked(&c.bare.reclaim, 0, 5);
    c.bare.clock.now_ns = 9000;
    ck_assert_uint_eq(kswapd_awake_ns(reclaim, 0), 205);
    case_end(&c);
}
END_TEST

START_TEST(an_abandoned_one_sleeps_and_can_be_woken_again)
{
    begin_case();
    c.other_task_waits = true;
    set_free(0, HIGH - 4);
    case_fill(&c, 0, 200, false);
    notes.scan_at = 1 << DEF_PRIORITY;
    wake(0, 0);
    ck_assert(step());
    c.node.kswapd_max_order = 5;
    kswapd_abandon(&c.bare.reclaim, &c.task, 0);
    ck_assert(c.node.kswapd_asleep);
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
    ck_assert_uint_eq(notes.nr_sleeps, 1);
    set_free(0, LOW);
    wake(0, 0);
    ck_assert_uint_eq(notes.kthreads, 2);
    c.other_task_waits = false;
    run();
    ck_assert_uint_eq(notes.nr_runs, 2);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kswapd");

    TEST_CASE(suite, "waking", it_is_woken_at_the_low_mark, a_zone_without_pages_wakes_nobody,
              an_awake_one_only_learns_a_higher_order);
    TEST_CASE(suite, "zones", on_a_node_that_is_well_by_then_it_only_looks,
              it_frees_until_the_zone_is_above_its_high_mark,
              zones_above_the_highest_short_one_are_left_alone,
              zones_below_a_short_one_are_scanned_unless_they_have_plenty,
              what_a_lower_zone_keeps_for_the_short_one_does_not_count,
              the_end_zone_is_sought_without_reserves, zones_without_pages_are_passed_over);
    TEST_CASE(suite, "giving up", a_zone_with_nothing_on_its_lists_is_given_up_at_once,
              a_zone_scanned_six_times_in_vain_is_given_up, a_zone_given_up_is_tried_once_a_run,
              a_lower_zone_given_up_is_tried_only_at_the_first_priority,
              a_zone_is_not_given_up_while_caches_shrink);
    TEST_CASE(suite, "rounds", a_round_ends_with_the_priority_that_completes_a_cluster,
              zones_remember_the_lowest_priority_while_it_descends, the_last_round_counts,
              it_waits_below_priority_10_even_after_success,
              a_round_that_scanned_once_waits_at_each_later_priority,
              a_round_that_scanned_nothing_does_not_wait,
              the_pages_on_the_lists_are_counted_at_each_priority_up_to_the_end_zone);
    TEST_CASE(suite, "writing", in_laptop_mode_it_writes_only_once_much_was_scanned_in_vain,
              a_new_round_forgets_that_it_may_write,
              much_scanned_is_not_in_vain_if_two_thirds_were_freed, it_takes_mapped_pages_too,
              elsewhere_it_writes_at_once);
    TEST_CASE(suite, "caches", pages_that_caches_report_count_once_for_each_zone);
    TEST_CASE(suite, "running", it_goes_on_for_an_order_that_rose_meanwhile,
              the_same_order_again_is_no_reason_to_go_on, it_reclaims_lumpily_for_its_order,
              it_yields_where_it_starts_over_and_only_there, it_does_not_yield_to_nobody,
              time_awake_counts_from_each_wake_up, work_of_the_go_that_ends_a_run_is_time_awake,
              an_abandoned_one_sleeps_and_can_be_woken_again);
    return test_run(suite);
}
