/* SPDX-License-Identifier: MIT */
/* zone_reclaim(): when it is worth trying, how hard it tries, and what it may do. */
#include "core_case.h"

static struct core_case c;

/* Of a zone of 4096 pages: 1 and 5 percent. */
enum { MIN_UNMAPPED = 40, MIN_SLAB = 204 };

struct notes {
    unsigned nr_scans;
    int priorities[16];
    unsigned nr_slab;
    struct reclaim_event slab; /* the last */
    unsigned nr_ends;
    struct reclaim_event end;
    uint32_t task_flags; /* while it worked */
    uint32_t zone_flags;
};

static struct notes notes;

static void on_event(void *context, const struct reclaim_event *event)
{
    (void)context;
    switch (event->kind) {
    case RECLAIM_SHRINK_ZONE_BEGIN:
        notes.task_flags = c.task.flags;
        notes.zone_flags = event->zone->flags;
        notes.priorities[notes.nr_scans++ % 16] = event->priority;
        break;
    case RECLAIM_SHRINK_SLAB:
        notes.task_flags = c.task.flags;
        notes.nr_slab++;
        notes.slab = *event;
        break;
    case RECLAIM_ZONE_RECLAIM:
        notes.nr_ends++;
        notes.end = *event;
        break;
    default:
        break;
    }
}

static void begin_case(void)
{
    case_begin(&c);
    notes = (struct notes){0};
    c.bare.machine.vm.zone_reclaim_mode = 1;
    c.bare.reclaim.observer =
        (struct reclaim_observer){.event = on_event,
                                  .wanted = 1U << RECLAIM_SHRINK_ZONE_BEGIN |
                                            1U << RECLAIM_SHRINK_SLAB | 1U << RECLAIM_ZONE_RECLAIM};
}

static void set_state(enum zone_stat_item item, int64_t pages)
{
    c.bare.zones[0].vm_stat[item] = pages;
}

static void begin_request(unsigned order, uint32_t gfp)
{
    zone_reclaim_begin(&c.state.zone_reclaim, &c.bare.reclaim, &c.task, &c.bare.zones[0], order,
                       gfp);
}

static bool reclaim(unsigned order, uint32_t gfp)
{
    begin_request(order, gfp);
    ck_assert_int_eq(zone_reclaim_step(&c.state.zone_reclaim, &c.bare.reclaim, &c.task), STEP_DONE);
    return c.state.zone_reclaim.ret;
}

static bool tries(uint32_t gfp)
{
    unsigned before = notes.nr_ends;
    uint32_t flags = c.bare.zones[0].flags;
    uint32_t task_flags = c.task.flags;

    reclaim(0, gfp);
    ck_assert_uint_eq(c.bare.zones[0].flags, flags); /* released, or not taken */
    if (notes.nr_ends == before)
        ck_assert_uint_eq(c.task.flags, task_flags);
    return notes.nr_ends > before;
}

/* ---- whether ---- */

START_TEST(little_unmapped_file_and_slab_is_not_worth_it)
{
    begin_case();
    set_state(NR_FILE_PAGES, MIN_UNMAPPED + 7);
    set_state(NR_FILE_MAPPED, 7);
    set_state(NR_SLAB_RECLAIMABLE, MIN_SLAB);
    ck_assert(!tries(GFP_KERNEL));
    ck_assert_uint_eq(c.bare.machine.work.direct_reclaims, 0);
    set_state(NR_FILE_MAPPED, 6);
    ck_assert(tries(GFP_KERNEL));
    ck_assert_uint_eq(c.bare.machine.work.direct_reclaims, 1);
    set_state(NR_FILE_MAPPED, 7);
    set_state(NR_SLAB_RECLAIMABLE, MIN_SLAB + 1);
    ck_assert(tries(GFP_KERNEL));
    set_state(NR_FILE_PAGES, 0);
    set_state(NR_FILE_MAPPED, 0);
    case_end(&c);
}
END_TEST

START_TEST(counters_that_lag_make_it_worth_it)
{
    begin_case();
    set_state(NR_FILE_MAPPED, 1);
    ck_assert(tries(GFP_KERNEL));
    set_state(NR_FILE_MAPPED, 0);
    case_end(&c);
}
END_TEST

START_TEST(a_zone_given_up_is_not_tried)
{
    begin_case();
    case_fill(&c, 0, 100, false);
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    ck_assert(!tries(GFP_KERNEL));
    case_end(&c);
}
END_TEST

START_TEST(who_may_not_wait_or_reclaims_already_does_not_try)
{
    begin_case();
    case_fill(&c, 0, 100, false);
    ck_assert(!tries(GFP_ATOMIC));
    c.task.flags = TASK_PF_MEMALLOC;
    ck_assert(!tries(GFP_KERNEL));
    c.task.flags = TASK_RT;
    ck_assert(tries(GFP_KERNEL));
    ck_assert_uint_eq(c.task.flags, TASK_RT);
    case_end(&c);
}
END_TEST

START_TEST(a_node_with_cpus_of_its_own_is_left_to_them)
{
    struct node nodes[2] = {{.has_cpus = true}, {.has_cpus = true}};

    begin_case();
    c.bare.machine.nodes = nodes;
    case_fill_kept(&c, 0, 100);
    c.task.cpu = 1;
    c.bare.machine.cpu_nid[1] = 1;
    ck_assert(!tries(GFP_KERNEL));
    nodes[0].has_cpus = false;
    ck_assert(tries(GFP_KERNEL));
    nodes[0].has_cpus = true;
    c.task.cpu = 0;
    ck_assert(tries(GFP_KERNEL));
    c.bare.machine.nodes = &c.node;
    case_end(&c);
}
END_TEST

START_TEST(one_at_a_time_reclaims_from_a_zone)
{
    begin_case();
    case_fill(&c, 0, 100, false);
    c.bare.zones[0].flags = ZONE_RECLAIM_LOCKED;
    ck_assert(!tries(GFP_KERNEL));
    ck_assert_uint_eq(c.nr_freed, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_tests_before_the_lock_do_not_take_it)
{
    begin_case();
    case_fill(&c, 0, 100, false);
    begin_request(0, GFP_ATOMIC);
    ck_assert_uint_eq(c.bare.zones[0].flags, 0);
    begin_request(0, GFP_KERNEL);
    ck_assert_uint_eq(c.bare.zones[0].flags, ZONE_RECLAIM_LOCKED);
    ck_assert_uint_eq(c.task.flags, TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE);
    ck_assert_int_eq(zone_reclaim_step(&c.state.zone_reclaim, &c.bare.reclaim, &c.task), STEP_DONE);
    ck_assert_uint_eq(c.bare.zones[0].flags, 0);
    ck_assert_uint_eq(c.task.flags, 0);
    case_end(&c);
}
END_TEST

/* ---- how hard ---- */

START_TEST(it_descends_from_priority_4_until_it_has_the_block)
{
    begin_case();
    case_fill(&c, 0, 100, false); /* 7 and 13 and 26: a batch at priority 2 */
    c.bare.clock.now_ns = 5;
    ck_assert(reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 3);
    ck_assert_int_eq(notes.priorities[0], 4);
    ck_assert_int_eq(notes.priorities[2], 2);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 2); /* stays */
    ck_assert_uint_eq(notes.task_flags, TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE);
    ck_assert_uint_eq(notes.zone_flags, ZONE_RECLAIM_LOCKED);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGSCAN_DIRECT_ZONE0], 64);
    ck_assert_uint_eq(notes.end.freed, 64);
    ck_assert_uint_eq(notes.end.scanned, 64);
    ck_assert_uint_eq(notes.end.ret, 1);
    ck_assert_uint_eq(notes.end.begin_ns, 5);
    ck_assert_ptr_eq(notes.end.zone, &c.bare.zones[0]);
    ck_assert_ptr_eq(notes.end.task, &c.task);
    case_end(&c);
}
END_TEST

START_TEST(in_vain_it_comes_to_priority_0_and_fails)
{
    begin_case();
    case_fill_kept(&c, 0, 64);
    c.bare.zones[0].prev_priority = 3;
    ck_assert(!reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 5);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 0);
    ck_assert_uint_eq(notes.end.ret, 0);
    case_end(&c);
}
END_TEST

START_TEST(a_lower_priority_noted_before_stays)
{
    begin_case();
    case_fill(&c, 0, 1024, false);
    c.bare.zones[0].prev_priority = 3;
    ck_assert(reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 1);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, 3);
    case_end(&c);
}
END_TEST

START_TEST(fewer_pages_than_the_block_has_are_no_success)
{
    begin_case();
    case_fill(&c, 0, 63, false);
    ck_assert(!reclaim(6, GFP_KERNEL));
    ck_assert_uint_eq(c.nr_freed, 63);
    ck_assert_uint_eq(notes.end.order, 6);
    c.nr_freed = 0;
    case_fill(&c, 100, 64, false);
    ck_assert(reclaim(6, GFP_KERNEL));
    case_end(&c);
}
END_TEST

START_TEST(a_batch_is_the_block_but_32_at_least)
{
    begin_case();
    case_fill(&c, 0, 512, false); /* 33 at priority 4 */
    ck_assert(reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 1);
    ck_assert_uint_eq(c.state.zone_reclaim.sc.swap_cluster_max, 32);
    ck_assert(reclaim(6, GFP_KERNEL));
    ck_assert_uint_eq(c.state.zone_reclaim.sc.swap_cluster_max, 64);
    ck_assert_uint_gt(notes.nr_scans, 2);
    case_end(&c);
}
END_TEST

START_TEST(as_many_pages_as_the_block_has_suffice)
{
    begin_case();
    case_fill(&c, 0, 496, false); /* 32 at priority 4 */
    ck_assert(reclaim(5, GFP_KERNEL));
    ck_assert_uint_eq(c.nr_freed, 32);
    ck_assert_uint_eq(notes.nr_scans, 1);
    case_end(&c);
}
END_TEST

START_TEST(it_is_never_lumpy)
{
    begin_case();
    case_fill(&c, 98, 100, false);
    reclaim(3, GFP_KERNEL);
    ck_assert_uint_eq(c.state.zone_reclaim.sc.order, 0);
    case_end(&c);
}
END_TEST

/* Whether 64 pages on the list go in the given mode. */
static bool pages_go(int mode, bool dirty, bool mapped)
{
    bool ret;

    begin_case();
    c.bare.machine.vm.zone_reclaim_mode = mode;
    case_fill(&c, 0, 64, false);
    for (uint32_t pfn = 0; pfn < 64; pfn++) {
        if (dirty)
            set_page_dirty(&c.bare.reclaim, (pfn_t){pfn}, 0);
        if (mapped)
            case_map_file(&c, pfn, false);
    }
    case_fill_kept(&c, 100, MIN_UNMAPPED + 1); /* so that it tries */
    ret = reclaim(0, GFP_KERNEL);
    for (uint32_t pfn = 0; pfn < 64; pfn++)
        if (bare_frame(&c.bare, pfn)->flags & PG_dirty)
            cancel_dirty_page(&c.bare.reclaim, (pfn_t){pfn}, 0);
    case_end(&c);
    return ret;
}

START_TEST(the_mode_says_whether_it_writes_and_unmaps)
{
    ck_assert(pages_go(1, false, false));
    ck_assert(!pages_go(1, true, false));
    ck_assert(!pages_go(5, true, false));
    ck_assert(pages_go(3, true, false));
    ck_assert(!pages_go(1, false, true));
    ck_assert(!pages_go(3, false, true));
    ck_assert(pages_go(5, false, true));
}
END_TEST

/* ---- caches ---- */

/* A cache of pages of one object each, in zone 0. */
static int64_t shrink_pages(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    int64_t *pages = &c.bare.zones[0].vm_stat[NR_SLAB_RECLAIMABLE];

    (void)shrinker;
    ck_assert_uint_eq(gfp, GFP_KERNEL);
    ck_assert_ptr_eq(task, &c.task);
    *pages -= *pages < (int64_t)nr ? *pages : (int64_t)nr;
    return *pages;
}

START_TEST(caches_alone_are_shrunk_without_a_scan)
{
    struct shrinker cache = {.shrink = shrink_pages, .seeks = 2};

    begin_case();
    register_shrinker(&c.bare.reclaim, &cache);
    c.state.reclaimed_slab = 77;
    c.state.zone_reclaim.freed = 9; /* of the last time */
    set_state(NR_FILE_PAGES, MIN_UNMAPPED);
    set_state(NR_SLAB_RECLAIMABLE, 256);
    ck_assert(reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 0);
    ck_assert_uint_eq(notes.nr_slab, 1);
    ck_assert_uint_eq(notes.slab.lru_pages, 0); /* the order, as in the kernel */
    ck_assert_uint_eq(notes.end.freed, 0);
    ck_assert_uint_eq(c.state.zone_reclaim.nr_reclaimed, 256);
    ck_assert_uint_eq(c.state.reclaimed_slab, 0);
    ck_assert_int_eq(c.bare.zones[0].prev_priority, DEF_PRIORITY);
    set_state(NR_FILE_PAGES, 0);
    case_end(&c);
}
END_TEST

START_TEST(caches_are_shrunk_again_until_the_block_is_there)
{
    struct shrinker cache = {.shrink = shrink_pages, .seeks = UINT32_C(1) << 6};

    begin_case();
    register_shrinker(&c.bare.reclaim, &cache);
    set_state(NR_SLAB_RECLAIMABLE, 2048);
    /* 4 * 32 / 64 * pages / 10: 409, 3 batches; then 332 and the rest of 25: 2 batches */
    ck_assert(reclaim(9, GFP_KERNEL));
    ck_assert_uint_eq(notes.slab.lru_pages, 9);
    ck_assert_uint_eq(notes.nr_slab, 2);
    ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_SLAB_RECLAIMABLE], 2048 - 5 * 128);
    case_end(&c);
}
END_TEST

START_TEST(caches_that_free_nothing_are_asked_once)
{
    begin_case();
    set_state(NR_SLAB_RECLAIMABLE, 300);
    ck_assert(!reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_slab, 1);
    case_end(&c);
}
END_TEST

START_TEST(caches_come_after_the_lists_with_what_all_priorities_scanned)
{
    begin_case();
    case_fill_kept(&c, 0, 64);
    set_state(NR_SLAB_RECLAIMABLE, MIN_SLAB + 1);
    ck_assert(!reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_scans, 5);
    ck_assert_uint_eq(notes.nr_slab, 1);
    ck_assert_uint_eq(notes.slab.scanned, notes.end.scanned);
    ck_assert_uint_gt(notes.end.scanned, 100);
    case_end(&c);
}
END_TEST

START_TEST(few_pages_of_caches_are_left_alone)
{
    struct shrinker cache = {.shrink = shrink_pages, .seeks = 2};

    begin_case();
    register_shrinker(&c.bare.reclaim, &cache);
    case_fill_kept(&c, 0, 64);
    set_state(NR_SLAB_RECLAIMABLE, MIN_SLAB);
    ck_assert(!reclaim(0, GFP_KERNEL));
    ck_assert_uint_eq(notes.nr_slab, 0);
    case_end(&c);
}
END_TEST

/* ---- the allocator's operation ---- */

START_TEST(what_waits_goes_on_with_the_walk)
{
    struct alloc_request request = {.task = &c.task};
    unsigned waits = 0;
    bool reclaimed = false;

    begin_case();
    c.bare.reclaim.preemptible = true;
    case_fill(&c, 0, 100, false);
    while (reclaim_zone_reclaim(&c.bare.machine, &c.bare.zones[0], &request, GFP_KERNEL,
                                &reclaimed) == STEP_BLOCKED) {
        ck_assert(!reclaimed);
        ck_assert_int_eq(c.task.wait.kind, WAIT_CPU);
        ck_assert_uint_eq(c.bare.zones[0].flags, ZONE_RECLAIM_LOCKED);
        request.walk.under_way = true;
        waits++;
    }
    ck_assert_uint_gt(waits, 0);
    ck_assert(reclaimed);
    ck_assert_uint_eq(notes.nr_scans, 3);
    ck_assert_uint_eq(c.bare.zones[0].flags, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_operation_reclaims_for_the_order_of_the_request)
{
    struct alloc_request request = {.task = &c.task, .order = 6};
    bool reclaimed = true;

    begin_case();
    case_fill(&c, 0, 63, false);
    ck_assert_int_eq(
        reclaim_zone_reclaim(&c.bare.machine, &c.bare.zones[0], &request, GFP_KERNEL, &reclaimed),
        STEP_DONE);
    ck_assert(!reclaimed);
    ck_assert_uint_eq(c.nr_freed, 63);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zone_reclaim");

    TEST_CASE(suite, "whether", little_unmapped_file_and_slab_is_not_worth_it,
              counters_that_lag_make_it_worth_it, a_zone_given_up_is_not_tried,
              who_may_not_wait_or_reclaims_already_does_not_try,
              a_node_with_cpus_of_its_own_is_left_to_them, one_at_a_time_reclaims_from_a_zone,
              the_tests_before_the_lock_do_not_take_it);
    TEST_CASE(suite, "how hard", it_descends_from_priority_4_until_it_has_the_block,
              in_vain_it_comes_to_priority_0_and_fails, a_lower_priority_noted_before_stays,
              fewer_pages_than_the_block_has_are_no_success, a_batch_is_the_block_but_32_at_least,
              as_many_pages_as_the_block_has_suffice, it_is_never_lumpy,
              the_mode_says_whether_it_writes_and_unmaps);
    TEST_CASE(suite, "caches", caches_alone_are_shrunk_without_a_scan,
              caches_are_shrunk_again_until_the_block_is_there,
              caches_that_free_nothing_are_asked_once,
              caches_come_after_the_lists_with_what_all_priorities_scanned,
              few_pages_of_caches_are_left_alone);
    TEST_CASE(suite, "operation", what_waits_goes_on_with_the_walk,
              the_operation_reclaims_for_the_order_of_the_request);
    return test_run(suite);
}
