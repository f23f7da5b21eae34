/* SPDX-License-Identifier: MIT */
/* kswapd, direct reclaim, waits and the OOM killer on a machine without LRU pages. */
#include "base/units.h"
#include "lib/test.h"
#include "reclaim/kswapd.h"
#include "reclaim/reclaim.h"

enum { LOW = 320, HIGH = 384, NR_NODES_HERE = 1 };

#define JIFFY_NS (4 * NSEC_PER_MSEC)

/* One node with the zones 0 and 2; no page of it is ever allocated. */
struct reclaim_case {
    struct machine machine;
    struct zone zones[MAX_NR_ZONES];
    struct node node;
    struct zonelist zonelist;
    struct clock clock;
    struct mm_observer observer;
    struct reclaim_context context;
    struct task task;
    struct alloc_request request;

    unsigned nr_woken;
    unsigned nr_observed;
    bool observed_woken;
    unsigned nr_killed;
    bool other_task_waits;
};

static void on_woken(void *owner, unsigned nid)
{
    struct reclaim_case *c = owner;

    ck_assert_uint_eq(nid, 0);
    c->nr_woken++;
}

static void on_observed(void *context, const struct zone *zone, unsigned order, bool woken)
{
    struct reclaim_case *c = context;

    (void)zone;
    (void)order;
    c->nr_observed++;
    c->observed_woken = woken;
}

static void on_kill(void *owner, const struct alloc_request *request)
{
    struct reclaim_case *c = owner;

    ck_assert_ptr_eq(request->task, &c->task);
    c->nr_killed++;
}

static bool on_need_resched(void *owner, unsigned cpu)
{
    const struct reclaim_case *c = owner;

    ck_assert_uint_eq(cpu, c->task.cpu);
    return c->other_task_waits;
}

static void set_free(struct zone *zone, int64_t pages)
{
    zone->vm_stat[NR_FREE_PAGES] = pages;
    zone->nr_free[0] = (uint64_t)pages;
}

static void begin(struct reclaim_case *c)
{
    *c = (struct reclaim_case){0};
    c->node = (struct node){.online = true, .kswapd_asleep = true};
    for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
        c->zones[i] = (struct zone){
            .id = (uint8_t)i,
            .index = (uint8_t)i,
            .present_pages = i % 2 == 0 ? 4096 : 0,
            .pages_min = 256,
            .pages_low = LOW,
            .pages_high = HIGH,
            .prev_priority = 5,
        };
        set_free(&c->zones[i], 1000);
    }
    c->zonelist = (struct zonelist){.length = 2, .zones = {2, 0}};
    c->context = (struct reclaim_context){
        .direct_reclaim_ns = 100,
        .kswapd_round_ns = 200,
        .out_of_memory_ns = 300,
        .owner = c,
        .need_resched = on_need_resched,
        .kswapd_woken = on_woken,
        .oom_kill = on_kill,
    };
    c->observer = (struct mm_observer){.wakeup_kswapd = on_observed, .context = c};
    c->clock.now_ns = 7000;
    c->machine = (struct machine){
        .ops_context = &c->context,
        .clock = &c->clock,
        .observer = &c->observer,
        .zones = c->zones,
        .nodes = &c->node,
        .nr_zones = MAX_NR_ZONES,
        .nr_nodes = NR_NODES_HERE,
        .hz = 250,
    };
    c->request = (struct alloc_request){.task = &c->task, .zonelist = &c->zonelist};
}

/* ---- kswapd ---- */

START_TEST(kswapd_is_not_woken_above_the_low_mark)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[2], LOW + 1);
    ck_assert(!kswapd_wakeup(&c.machine, &c.zones[2], 0));
    ck_assert(c.node.kswapd_asleep);
    set_free(&c.zones[2], LOW);
    ck_assert(kswapd_wakeup(&c.machine, &c.zones[2], 0));
    ck_assert(!c.node.kswapd_asleep);
}
END_TEST

START_TEST(kswapd_ignores_a_zone_without_pages)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[1], 0);
    ck_assert(!kswapd_wakeup(&c.machine, &c.zones[1], 3));
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
}
END_TEST

START_TEST(woken_kswapd_only_learns_a_higher_order)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[2], 0);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 1);
    ck_assert_uint_eq(c.nr_woken, 1);
    ck_assert_uint_eq(c.nr_observed, 1);
    ck_assert(c.observed_woken);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 0);
    ck_assert_uint_eq(c.nr_observed, 1);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 3);
    ck_assert_uint_eq(c.nr_woken, 1);
    ck_assert_uint_eq(c.nr_observed, 2);
    ck_assert(!c.observed_woken);
    ck_assert_uint_eq(c.node.kswapd_max_order, 3);
}
END_TEST

START_TEST(kswapd_gives_up_the_zones_below_the_highest_one_that_needs_it)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[2], 0);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 0);
    ck_assert(!kswapd_run(&c.machine, 0));
    ck_assert(c.node.kswapd_asleep);
    ck_assert_uint_eq(c.zones[0].flags, ZONE_ALL_UNRECLAIMABLE);
    ck_assert_uint_eq(c.zones[1].flags, 0); /* not populated */
    ck_assert_uint_eq(c.zones[2].flags, ZONE_ALL_UNRECLAIMABLE);
    ck_assert_int_eq(c.zones[2].prev_priority, 12);
    ck_assert_uint_eq(c.machine.vm_events[PAGEOUTRUN], 1);
}
END_TEST

START_TEST(kswapd_of_a_balanced_node_only_looks)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[2], LOW);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 0);
    set_free(&c.zones[2], 1000); /* while it woke up */
    ck_assert(!kswapd_run(&c.machine, 0));
    ck_assert_uint_eq(c.zones[0].flags | c.zones[2].flags, 0);
    ck_assert_uint_eq(c.machine.vm_events[PAGEOUTRUN], 1);
}
END_TEST

START_TEST(kswapd_goes_on_for_an_order_that_rose_meanwhile)
{
    struct reclaim_case c;

    begin(&c);
    set_free(&c.zones[2], 0);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 0);
    reclaim_wakeup_kswapd(&c.machine, &c.zones[2], 2);
    ck_assert(kswapd_run(&c.machine, 0));
    ck_assert(!c.node.kswapd_asleep);
    ck_assert_uint_eq(c.context.kswapd_order[0], 2);
    ck_assert(!kswapd_run(&c.machine, 0));
    ck_assert(c.node.kswapd_asleep);
    ck_assert_uint_eq(c.node.kswapd_max_order, 0);
}
END_TEST

/* ---- direct reclaim ---- */

START_TEST(direct_reclaim_takes_its_time_on_its_cpu)
{
    struct reclaim_case c;

    begin(&c);
    ck_assert_int_eq(reclaim_try_to_free_pages(&c.machine, &c.request), STEP_BLOCKED);
    ck_assert_uint_eq(c.request.wake_ns, 7100);
    ck_assert(c.context.blocked_on_cpu);
    c.request.blocked = true;
    ck_assert_int_eq(reclaim_try_to_free_pages(&c.machine, &c.request), STEP_DONE);
    ck_assert_uint_eq(c.machine.vm_events[ALLOCSTALL], 1);
    ck_assert_int_eq(c.zones[2].prev_priority, 0);
}
END_TEST

START_TEST(direct_reclaim_makes_no_progress_once_all_zones_are_given_up)
{
    struct reclaim_case c;

    begin(&c);
    c.request.blocked = true;
    c.zones[2].flags = ZONE_ALL_UNRECLAIMABLE;
    reclaim_try_to_free_pages(&c.machine, &c.request);
    ck_assert_uint_eq(c.request.did_some_progress, 1);
    c.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    reclaim_try_to_free_pages(&c.machine, &c.request);
    ck_assert_uint_eq(c.request.did_some_progress, 0);
}
END_TEST

START_TEST(zone_reclaim_finds_nothing)
{
    struct reclaim_case c;

    begin(&c);
    ck_assert(!reclaim_zone_reclaim(&c.machine, &c.zones[2], &c.request, 0));
}
END_TEST

/* ---- waits ---- */

START_TEST(waits_last_their_full_time_off_the_cpu)
{
    struct reclaim_case c;

    begin(&c);
    c.context.blocked_on_cpu = true;
    ck_assert_int_eq(reclaim_congestion_wait(&c.machine, &c.request, 5), STEP_BLOCKED);
    ck_assert_uint_eq(c.request.wake_ns, 7000 + 5 * JIFFY_NS);
    ck_assert(!c.context.blocked_on_cpu);
    ck_assert_int_eq(reclaim_schedule_timeout(&c.machine, &c.request, 1), STEP_BLOCKED);
    ck_assert_uint_eq(c.request.wake_ns, 7000 + JIFFY_NS);
    c.request.blocked = true;
    ck_assert_int_eq(reclaim_congestion_wait(&c.machine, &c.request, 5), STEP_DONE);
    ck_assert_int_eq(reclaim_schedule_timeout(&c.machine, &c.request, 1), STEP_DONE);
}
END_TEST

START_TEST(cond_resched_yields_only_to_somebody)
{
    struct reclaim_case c;

    begin(&c);
    ck_assert_int_eq(reclaim_cond_resched(&c.machine, &c.request), STEP_DONE);
    c.other_task_waits = true;
    ck_assert_int_eq(reclaim_cond_resched(&c.machine, &c.request), STEP_BLOCKED);
    ck_assert_uint_eq(c.request.wake_ns, 7000);
    c.request.blocked = true;
    ck_assert_int_eq(reclaim_cond_resched(&c.machine, &c.request), STEP_DONE);
}
END_TEST

/* ---- OOM ---- */

START_TEST(oom_killer_marks_and_reports_the_caller_after_its_time)
{
    struct reclaim_case c;

    begin(&c);
    ck_assert_int_eq(reclaim_out_of_memory(&c.machine, &c.request), STEP_BLOCKED);
    ck_assert_uint_eq(c.request.wake_ns, 7300);
    ck_assert(c.context.blocked_on_cpu);
    ck_assert_uint_eq(c.nr_killed, 0);
    c.request.blocked = true;
    ck_assert_int_eq(reclaim_out_of_memory(&c.machine, &c.request), STEP_DONE);
    ck_assert_uint_eq(c.nr_killed, 1);
    ck_assert_uint_eq(c.task.flags, TASK_TIF_MEMDIE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reclaim");

    TEST_CASE(suite, "kswapd", kswapd_is_not_woken_above_the_low_mark,
              kswapd_ignores_a_zone_without_pages, woken_kswapd_only_learns_a_higher_order,
              kswapd_gives_up_the_zones_below_the_highest_one_that_needs_it,
              kswapd_of_a_balanced_node_only_looks,
              kswapd_goes_on_for_an_order_that_rose_meanwhile);
    TEST_CASE(suite, "direct", direct_reclaim_takes_its_time_on_its_cpu,
              direct_reclaim_makes_no_progress_once_all_zones_are_given_up,
              zone_reclaim_finds_nothing);
    TEST_CASE(suite, "waits", waits_last_their_full_time_off_the_cpu,
              cond_resched_yields_only_to_somebody);
    TEST_CASE(suite, "oom", oom_killer_marks_and_reports_the_caller_after_its_time);
    return test_run(suite);
}
