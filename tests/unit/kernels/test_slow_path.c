/* SPDX-License-Identifier: MIT */
/* __alloc_pages() after the first walk: reserves, reclaim, waits, OOM, and being interrupted. */
#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"

/* 16 MiB, min 256 / low 320 / high 384 pages. */
static const struct memory_range small[] = {{4096, 8192, 0}};

enum { ZONE = 1, MIN = 256, LOW = 320, HIGH = 384 };

static void boot_small(struct test_machine *tm)
{
    struct machine_spec spec = test_machine_spec(small, 1);

    spec.vm.min_free_kbytes_auto = false;
    spec.vm.min_free_kbytes = 1024;
    test_machine_boot(tm, spec);
    ck_assert_uint_eq(zone_of(tm, 0, ZONE)->pages_low, LOW);
}

/* Pages left when requests of this kind start to fail; batches of 1, so nothing hides. */
static uint64_t floor_of(struct test_machine *tm, uint32_t gfp)
{
    while (!pfn_is_none(take(tm, 0, gfp)))
        continue;
    return zone_page_state(zone_of(tm, 0, ZONE), NR_FREE_PAGES);
}

START_TEST(each_class_digs_to_its_own_floor)
{
    struct test_machine tm;

    boot_small(&tm);
    ck_assert_uint_eq(floor_of(&tm, GFP_KERNEL | GFP_BIT_NORETRY), MIN);
    ck_assert_uint_eq(floor_of(&tm, GFP_NOWAIT), MIN * 3 / 4);
    ck_assert_uint_eq(floor_of(&tm, GFP_KERNEL | GFP_BIT_HIGH | GFP_BIT_NORETRY), MIN / 2);
    ck_assert_uint_eq(floor_of(&tm, GFP_ATOMIC), MIN * 3 / 8);
    tm.task.flags = TASK_PF_MEMALLOC;
    ck_assert_uint_eq(floor_of(&tm, GFP_BIT_NOMEMALLOC), MIN * 3 / 8);
    ck_assert_uint_eq(floor_of(&tm, GFP_KERNEL), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_real_time_task_digs_deeper_unless_in_interrupt)
{
    struct test_machine tm;

    boot_small(&tm);
    tm.task.flags = TASK_RT | TASK_IN_INTERRUPT;
    ck_assert_uint_eq(floor_of(&tm, GFP_KERNEL | GFP_BIT_NORETRY), MIN);
    tm.task.flags = TASK_RT;
    ck_assert_uint_eq(floor_of(&tm, GFP_KERNEL | GFP_BIT_NORETRY), MIN * 3 / 4);
    test_machine_end(&tm);
}
END_TEST

START_TEST(memalloc_does_not_count_in_interrupt)
{
    struct test_machine tm;

    boot_small(&tm);
    tm.task.flags = TASK_PF_MEMALLOC | TASK_IN_INTERRUPT;
    ck_assert_uint_eq(floor_of(&tm, GFP_ATOMIC), MIN * 3 / 8);
    test_machine_end(&tm);
}
END_TEST

START_TEST(kswapd_is_woken_before_the_second_walk)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, LOW);
    tm.kswapd_wakeups = 0;
    ck_assert(!pfn_is_none(take(&tm, 0, GFP_KERNEL)));
    ck_assert_uint_eq(tm.kswapd_wakeups, 1);
    ck_assert_uint_eq(tm.direct_reclaims, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(thisnode_requests_neither_wake_kswapd_nor_reclaim)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, LOW);
    tm.kswapd_wakeups = 0;
    ck_assert(pfn_is_none(take(&tm, 0, GFP_KERNEL | GFP_THISNODE)));
    ck_assert_uint_eq(tm.kswapd_wakeups, 0);
    ck_assert_uint_eq(tm.direct_reclaims, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(an_empty_zonelist_fails_even_for_nofail)
{
    const struct memory_range second[] = {{4096, 8192, 1}};
    struct machine_spec spec = test_machine_spec(second, 1);
    struct test_machine tm;

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    test_machine_boot(&tm, spec);
    ck_assert(pfn_is_none(take(&tm, 0, GFP_KERNEL | GFP_BIT_NOFAIL | GFP_BIT_THISNODE)));
    ck_assert_uint_eq(tm.kswapd_wakeups, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(reclaim_runs_with_pf_memalloc_and_its_page_is_used)
{
    struct test_machine tm;
    pfn_t page;

    boot_small(&tm);
    page = take(&tm, 0, GFP_KERNEL);
    drain_zone_to(&tm, ZONE, MIN);
    tm.reclaim_frees = page;
    tm.reclaim_progress = 1;
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr);
    ck_assert_uint_eq(tm.direct_reclaims, 1);
    ck_assert_uint_eq(tm.resched_points, 2);
    ck_assert_uint_eq(tm.flags_in_reclaim, TASK_PF_MEMALLOC);
    ck_assert_uint_eq(tm.task.flags, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(without_progress_the_oom_killer_gives_the_victim_the_reserves)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, MIN);
    tm.oom_marks_caller = true;
    ck_assert(!pfn_is_none(take(&tm, 0, GFP_KERNEL)));
    ck_assert_uint_eq(tm.ooms, 1);
    ck_assert_uint_eq(tm.task.flags, TASK_TIF_MEMDIE);
    ck_assert_uint_eq(zone_of(&tm, 0, ZONE)->flags & ZONE_OOM_LOCKED, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_held_oom_lock_means_wait_and_start_again)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, MIN);
    zone_of(&tm, 0, ZONE)->flags |= ZONE_OOM_LOCKED;
    tm.block_every_operation = true;
    {
        struct alloc_request request;

        alloc_request_init(&request, &tm.machine, &tm.task, GFP_KERNEL, 0, -1);
        while (tm.timeouts == 0)
            ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_BLOCKED);
        ck_assert_uint_eq(tm.ooms, 0);
        ck_assert(!request.oom_locked);
        zone_of(&tm, 0, ZONE)->flags &= ~(uint32_t)ZONE_OOM_LOCKED;
        tm.oom_marks_caller = true;
        while (alloc_request_step(&tm.machine, &request) == STEP_BLOCKED)
            continue;
        ck_assert(!pfn_is_none(request.page));
    }
    test_machine_end(&tm);
}
END_TEST

START_TEST(costly_orders_are_not_worth_a_kill)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, MIN);
    ck_assert(pfn_is_none(take(&tm, 4, GFP_KERNEL | GFP_BIT_NOFAIL | GFP_BIT_REPEAT)));
    ck_assert_uint_eq(tm.ooms, 0);
    ck_assert_uint_eq(zone_of(&tm, 0, ZONE)->flags & ZONE_OOM_LOCKED, 0);
    test_machine_end(&tm);
}
END_TEST

/* Steps until `waits` congestion waits are over, then gives up; false: it ended by itself. */
static bool keeps_waiting(struct test_machine *tm, unsigned order, uint32_t gfp, unsigned waits)
{
    struct alloc_request request;
    enum step step;

    tm->congestion_waits = 0;
    tm->block_every_operation = true;
    alloc_request_init(&request, &tm->machine, &tm->task, gfp, order, -1);
    do
        step = alloc_request_step(&tm->machine, &request);
    while (step == STEP_BLOCKED && tm->congestion_waits < waits);
    alloc_request_abandon(&tm->machine, &request);
    tm->block_every_operation = false;
    return step == STEP_BLOCKED;
}

START_TEST(small_orders_retry_for_ever)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, MIN);
    ck_assert(keeps_waiting(&tm, 0, GFP_NOFS, 5));
    ck_assert(keeps_waiting(&tm, 3, GFP_NOFS, 5));
    ck_assert(!keeps_waiting(&tm, 4, GFP_NOFS, 5));
    ck_assert(keeps_waiting(&tm, 4, GFP_NOFS | GFP_BIT_REPEAT, 5));
    ck_assert(keeps_waiting(&tm, 4, GFP_NOFS | GFP_BIT_NOFAIL, 5));
    ck_assert(!keeps_waiting(&tm, 0, GFP_NOFS | GFP_BIT_NORETRY, 5));
    test_machine_end(&tm);
}
END_TEST

START_TEST(nofail_of_a_memalloc_task_waits_without_reclaim)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, 0);
    tm.task.flags = TASK_PF_MEMALLOC;
    ck_assert(keeps_waiting(&tm, 0, GFP_KERNEL | GFP_BIT_NOFAIL, 3));
    ck_assert_uint_eq(tm.direct_reclaims, 0);
    ck_assert(pfn_is_none(take(&tm, 0, GFP_KERNEL)));
    test_machine_end(&tm);
}
END_TEST

START_TEST(an_abandoned_request_leaves_nothing_behind)
{
    struct test_machine tm;
    struct alloc_request request;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, MIN);
    tm.block_every_operation = true;
    alloc_request_init(&request, &tm.machine, &tm.task, GFP_KERNEL, 0, -1);
    while (request.state != ALLOC_RECLAIM)
        ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_BLOCKED);
    ck_assert_uint_eq(tm.task.flags, TASK_PF_MEMALLOC);
    alloc_request_abandon(&tm.machine, &request);
    ck_assert_uint_eq(tm.task.flags, 0);

    alloc_request_init(&request, &tm.machine, &tm.task, GFP_KERNEL, 0, -1);
    while (request.state != ALLOC_OOM)
        ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_BLOCKED);
    ck_assert(zone_of(&tm, 0, ZONE)->flags & ZONE_OOM_LOCKED);
    alloc_request_abandon(&tm.machine, &request);
    ck_assert_uint_eq(zone_of(&tm, 0, ZONE)->flags & ZONE_OOM_LOCKED, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(blocking_changes_nothing_but_time)
{
    struct test_machine plain;
    struct test_machine blocking;

    boot_small(&plain);
    boot_small(&blocking);
    blocking.block_every_operation = true;
    plain.oom_marks_caller = blocking.oom_marks_caller = true;
    for (unsigned i = 0; i < 3000; i++) {
        unsigned order = i % 5;
        uint32_t gfp = i % 3 ? GFP_KERNEL : GFP_KERNEL | GFP_BIT_NORETRY;

        plain.task.flags = blocking.task.flags = 0;
        ck_assert_uint_eq(take(&plain, order, gfp).nr, take(&blocking, order, gfp).nr);
    }
    ck_assert_uint_eq(plain.ooms, blocking.ooms);
    ck_assert_uint_gt(plain.ooms, 0);
    ck_assert_uint_eq(plain.direct_reclaims, blocking.direct_reclaims);
    test_machine_end(&plain);
    test_machine_end(&blocking);
}
END_TEST

START_TEST(high_order_requests_drain_all_cpus_after_reclaim)
{
    struct machine_spec spec = test_machine_spec(small, 1);
    struct test_machine tm;

    spec.nr_cpus = 2;
    test_machine_boot(&tm, spec);
    drain_zone_to(&tm, ZONE, zone_of(&tm, 0, ZONE)->pages_min);
    tm.machine.work.drained_lists = 0;
    take(&tm, 1, GFP_KERNEL | GFP_BIT_NORETRY);
    ck_assert_uint_eq(tm.machine.work.drained_lists, 4);
    test_machine_end(&tm);
}
END_TEST

/* ---- zone_reclaim ---- */

START_TEST(zone_reclaim_that_frees_skips_the_second_test)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, 100);
    tm.machine.vm.zone_reclaim_mode = 1;
    tm.zone_reclaim_answer = true;
    ck_assert(!pfn_is_none(take(&tm, 0, GFP_KERNEL)));
    ck_assert_uint_eq(tm.zone_reclaims, 1);
    tm.zone_reclaim_answer = false;
    ck_assert(pfn_is_none(take(&tm, 0, GFP_NOWAIT)));
    test_machine_end(&tm);
}
END_TEST

/* Two nodes with a zone each, both at their min mark, reclaimed locally: zone 1 and zone 5. */
static const struct memory_range two_nodes[] = {{4096, 8192, 0}, {8192, 12288, 1}};

enum { ZONE_OF_NODE_1 = MAX_NR_ZONES + 1, ASKED_MAX = 64, NO_STATE = 255 };

/* What zone_reclaim() was asked, and in which walk it frees pages. */
struct asked {
    uint8_t frees_in; /* enum alloc_state */
    unsigned frees_zone;
    unsigned nr;
    uint8_t zones[ASKED_MAX];
    uint8_t states[ASKED_MAX];
    unsigned blocked_in[ALLOC_GOT_PG + 1];
};

struct local_machine {
    struct test_machine tm; /* first: the context of the operations */
    struct asked asked;
};

static enum step reclaim_locally(struct machine *machine, struct zone *zone,
                                 struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed)
{
    struct local_machine *local = machine->ops_context;
    struct asked *asked = &local->asked;

    (void)gfp;
    if (local->tm.block_every_operation && !request->walk.under_way) {
        asked->blocked_in[request->state]++;
        return task_sleep(request->task, 0, machine->clock->now_ns + 1, NULL);
    }
    ck_assert_uint_lt(asked->nr, ASKED_MAX);
    asked->zones[asked->nr] = zone->id;
    asked->states[asked->nr++] = request->state;
    *ret_reclaimed = request->state == asked->frees_in && zone->id == asked->frees_zone;
    return STEP_DONE;
}

static void boot_local(struct local_machine *local, bool blocks)
{
    struct machine_spec spec = test_machine_spec(two_nodes, 2);

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    spec.vm.min_free_kbytes_auto = false;
    spec.vm.min_free_kbytes = 2048;
    test_machine_boot(&local->tm, spec);
    local->tm.ops.zone_reclaim = reclaim_locally;
    drain_zone_to(&local->tm, ZONE, zone_of(&local->tm, 0, 1)->pages_min);
    drain_zone_to(&local->tm, ZONE_OF_NODE_1, zone_of(&local->tm, 1, 1)->pages_min);
    local->asked = (struct asked){0};
    local->tm.machine.vm.zone_reclaim_mode = 1;
    local->tm.block_every_operation = blocks;
}

static struct zonelist *zonelist_of(struct local_machine *local)
{
    struct alloc_request request;

    alloc_request_init(&request, &local->tm.machine, &local->tm.task, GFP_KERNEL, 0, -1);
    return request.zonelist;
}

/* A request whose local reclaim frees pages of one zone in one walk, with what the cache knows. */
static struct alloc_request request_locally(struct local_machine *local, uint8_t frees_in,
                                            unsigned frees_zone, uint64_t known_full)
{
    struct alloc_request request;

    local->asked = (struct asked){.frees_in = frees_in, .frees_zone = frees_zone};
    local->tm.reclaim_progress = frees_in == ALLOC_RECLAIMED_WALK;
    local->tm.oom_marks_caller = true;
    local->tm.task.flags = 0;
    zonelist_of(local)->full_zones[0] = known_full;
    alloc_request_init(&request, &local->tm.machine, &local->tm.task, GFP_KERNEL, 0, -1);
    while (alloc_request_step(&local->tm.machine, &request) == STEP_BLOCKED)
        continue;
    return request;
}

static void expect_same(struct local_machine *plain, struct local_machine *blocking,
                        const struct alloc_request *a, const struct alloc_request *b)
{
    ck_assert_uint_eq(a->page.nr, b->page.nr);
    ck_assert_uint_eq(a->alloc_flags, b->alloc_flags);
    ck_assert_uint_eq(a->nr_ooms, b->nr_ooms);
    ck_assert_uint_eq(a->nr_direct_reclaims, b->nr_direct_reclaims);
    ck_assert_uint_eq(zonelist_of(plain)->full_zones[0], zonelist_of(blocking)->full_zones[0]);
    ck_assert_uint_eq(plain->asked.nr, blocking->asked.nr);
    ck_assert_mem_eq(plain->asked.zones, blocking->asked.zones, ASKED_MAX);
    ck_assert_mem_eq(plain->asked.states, blocking->asked.states, ASKED_MAX);
    ck_assert(!b->walk.under_way);
    ck_assert(!b->blocked);
}

START_TEST(a_walk_blocked_in_zone_reclaim_goes_on_as_if_it_had_not)
{
    static const uint8_t walks[] = {ALLOC_RESTART, ALLOC_SLOW_WALK, ALLOC_RECLAIMED_WALK,
                                    ALLOC_OOM_WALK, NO_STATE};
    static struct local_machine plain;
    static struct local_machine blocking;

    boot_local(&plain, false);
    boot_local(&blocking, true);
    for (unsigned i = 0; i < sizeof(walks) * 2 * 4; i++) {
        unsigned zone = i / 5 % 2 ? ZONE_OF_NODE_1 : ZONE;
        uint64_t known_full = i / 10;
        struct alloc_request a = request_locally(&plain, walks[i % 5], zone, known_full);
        struct alloc_request b = request_locally(&blocking, walks[i % 5], zone, known_full);

        expect_same(&plain, &blocking, &a, &b);
        ck_assert(!pfn_is_none(b.page));
        ck_assert_uint_eq(b.nr_ooms, walks[i % 5] == NO_STATE);
        if (walks[i % 5] != NO_STATE)
            ck_assert_uint_gt(blocking.asked.blocked_in[walks[i % 5]], 0);
        give(&plain.tm, a.page, 0);
        give(&blocking.tm, b.page, 0);
        drain_local_pages(&plain.tm.machine, 0);
        drain_local_pages(&blocking.tm.machine, 0);
    }
    test_machine_end(&plain.tm);
    test_machine_end(&blocking.tm);
}
END_TEST

START_TEST(a_walk_without_watermarks_never_reclaims_locally)
{
    static struct local_machine local;
    struct alloc_request request;

    boot_local(&local, true);
    local.tm.task.flags = TASK_PF_MEMALLOC;
    alloc_request_init(&request, &local.tm.machine, &local.tm.task, GFP_KERNEL, 0, -1);
    while (alloc_request_step(&local.tm.machine, &request) == STEP_BLOCKED)
        continue;
    ck_assert_uint_eq(request.alloc_flags, ALLOC_NO_WATERMARKS);
    ck_assert(!pfn_is_none(request.page));
    ck_assert_uint_gt(local.asked.blocked_in[ALLOC_SLOW_WALK], 0);
    ck_assert_uint_eq(local.asked.blocked_in[ALLOC_NOFAIL_ALLOC], 0);
    test_machine_end(&local.tm);
}
END_TEST

START_TEST(what_began_is_ended_whatever_happens_to_the_zone_meanwhile)
{
    static struct local_machine local;
    struct alloc_request request;
    pfn_t spare;

    boot_local(&local, false);
    local.tm.task.flags = TASK_PF_MEMALLOC;
    spare = take(&local.tm, 6, GFP_KERNEL);
    local.tm.task.flags = 0;
    ck_assert(!pfn_is_none(spare));
    local.tm.block_every_operation = true;
    local.asked = (struct asked){.frees_in = NO_STATE};
    alloc_request_init(&request, &local.tm.machine, &local.tm.task, GFP_KERNEL, 0, -1);
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_BLOCKED);
    ck_assert(request.walk.under_way);
    local.tm.machine.vm.zone_reclaim_mode = 0;
    zonelist_of(&local)->full_zones[0] = UINT64_MAX;
    ck_assert_uint_eq(local.asked.nr, 0);
    alloc_request_step(&local.tm.machine, &request);
    ck_assert_uint_eq(local.asked.nr, 1);
    ck_assert_uint_eq(local.asked.zones[0], ZONE);
    alloc_request_abandon(&local.tm.machine, &request);
    give(&local.tm, spare, 6);
    test_machine_end(&local.tm);
}
END_TEST

START_TEST(a_zone_found_full_by_another_is_still_the_one_that_was_waited_for)
{
    static struct local_machine local;
    struct alloc_request request;

    boot_local(&local, true);
    local.asked = (struct asked){.frees_in = ALLOC_RESTART, .frees_zone = ZONE_OF_NODE_1};
    zonelist_of(&local)->full_zones[0] = 0;
    alloc_request_init(&request, &local.tm.machine, &local.tm.task, GFP_KERNEL, 0, -1);
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_BLOCKED);
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_BLOCKED);
    ck_assert(request.walk.cache_active);
    ck_assert(request.walk.cache_was_set_up);
    ck_assert_uint_eq(request.walk.position, 1);
    zonelist_of(&local)->full_zones[0] = UINT64_MAX;
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_DONE);
    ck_assert_uint_eq(local.asked.nr, 2);
    ck_assert_uint_ge(request.page.nr, 8192);
    ck_assert_uint_eq(request.state, ALLOC_GOT_PG);
    ck_assert(!request.entered_slow_path);
    give(&local.tm, request.page, 0);
    test_machine_end(&local.tm);
}
END_TEST

START_TEST(a_request_abandoned_in_zone_reclaim_has_no_page_and_no_walk)
{
    static struct local_machine local;
    struct alloc_request request;

    boot_local(&local, true);
    alloc_request_init(&request, &local.tm.machine, &local.tm.task, GFP_KERNEL, 0, -1);
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_BLOCKED);
    alloc_request_abandon(&local.tm.machine, &request);
    ck_assert(!request.walk.under_way);
    ck_assert(!request.blocked);
    ck_assert(pfn_is_none(request.page));
    ck_assert_int_eq(alloc_request_step(&local.tm.machine, &request), STEP_DONE);
    ck_assert_uint_eq(local.asked.nr, 0);
    test_machine_end(&local.tm);
}
END_TEST

START_TEST(a_request_begins_the_same_whatever_its_memory_held)
{
    struct test_machine tm;
    struct alloc_request request;

    boot_small(&tm);
    memset(&request, 0xff, sizeof(request));
    alloc_request_init(&request, &tm.machine, &tm.task, GFP_KERNEL, 3, -1);
    ck_assert_uint_eq(request.gfp, GFP_KERNEL);
    ck_assert_uint_eq(request.order, 3);
    ck_assert_uint_eq(request.cpu, 0);
    ck_assert_ptr_eq(request.task, &tm.task);
    ck_assert_uint_eq(request.state, ALLOC_RESTART);
    ck_assert(!request.blocked && !request.oom_locked && !request.entered_slow_path);
    ck_assert(!request.walk.under_way && !request.walk.cache_active);
    ck_assert(!request.walk.cache_was_set_up);
    ck_assert_uint_eq(request.walk.position, 0);
    ck_assert_uint_eq(request.alloc_flags | request.slow_alloc_flags, 0);
    ck_assert_uint_eq(request.did_some_progress, 0);
    ck_assert_ptr_null(request.refusals);
    ck_assert_uint_eq(request.max_refusals | request.nr_refusals, 0);
    ck_assert(pfn_is_none(request.page));
    ck_assert_uint_eq(request.nr_direct_reclaims | request.nr_congestion_waits | request.nr_ooms,
                      0);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slow_path");

    TEST_CASE(suite, "reserves", each_class_digs_to_its_own_floor,
              a_real_time_task_digs_deeper_unless_in_interrupt,
              memalloc_does_not_count_in_interrupt);
    TEST_CASE(suite, "kswapd", kswapd_is_woken_before_the_second_walk,
              thisnode_requests_neither_wake_kswapd_nor_reclaim,
              an_empty_zonelist_fails_even_for_nofail);
    TEST_CASE(suite, "reclaim", reclaim_runs_with_pf_memalloc_and_its_page_is_used,
              without_progress_the_oom_killer_gives_the_victim_the_reserves,
              a_held_oom_lock_means_wait_and_start_again, costly_orders_are_not_worth_a_kill,
              small_orders_retry_for_ever, nofail_of_a_memalloc_task_waits_without_reclaim,
              high_order_requests_drain_all_cpus_after_reclaim);
    TEST_CASE(suite, "blocking", an_abandoned_request_leaves_nothing_behind,
              blocking_changes_nothing_but_time,
              a_request_begins_the_same_whatever_its_memory_held);
    TEST_CASE(suite, "zone_reclaim", zone_reclaim_that_frees_skips_the_second_test,
              a_walk_blocked_in_zone_reclaim_goes_on_as_if_it_had_not,
              a_walk_without_watermarks_never_reclaims_locally,
              what_began_is_ended_whatever_happens_to_the_zone_meanwhile,
              a_zone_found_full_by_another_is_still_the_one_that_was_waited_for,
              a_request_abandoned_in_zone_reclaim_has_no_page_and_no_walk);
    return test_run(suite);
}
