/* SPDX-License-Identifier: MIT */
/* What the allocator's slow path waits for, asked twice: once to begin and once it is over. */
#include "base/units.h"
#include "core_case.h"

#define JIFFY_NS (4 * NSEC_PER_MSEC)

static struct core_case c;
static struct alloc_request request;

static void on_kill(void *context, struct process *victim, bool memdie)
{
    (void)context;
    ck_assert(memdie);
    victim->task->flags |= TASK_TIF_MEMDIE;
}

static void begin_case(uint32_t events)
{
    case_begin(&c);
    c.bare.reclaim.owner.kill = on_kill;
    c.bare.reclaim.observer.wanted = events;
    c.bare.clock.now_ns = 7000;
    request = (struct alloc_request){
        .task = &c.task, .zonelist = &c.zonelist, .gfp = GFP_KERNEL, .order = 2};
}

static void expect_sleep(unsigned stall, uint64_t wake_ns)
{
    ck_assert_int_eq(c.task.wait.kind, WAIT_SLEEP);
    ck_assert_int_eq(c.task.wait.stall, stall);
    ck_assert_uint_eq(c.task.wait.wake_ns, wake_ns);
    request.blocked = true;
    case_sleep_through(&c);
}

START_TEST(direct_reclaim_is_begun_once_and_its_result_is_the_kernels)
{
    begin_case(0);
    c.bare.reclaim.preemptible = true;
    case_fill(&c, 0, 64, false);
    c.bare.zones[0].nr_scan_inactive = SWAP_CLUSTER_MAX - 1;
    while (reclaim_try_to_free_pages(&c.bare.machine, &request) == STEP_BLOCKED)
        request.blocked = true;
    ck_assert(request.blocked);
    ck_assert_uint_eq(c.bare.machine.vm_events[ALLOCSTALL], 1);
    ck_assert_uint_eq(request.did_some_progress, 1);
    ck_assert_uint_ge(c.nr_freed, SWAP_CLUSTER_MAX);
    ck_assert_uint_eq(c.state.direct.sc.order, 2);
    ck_assert_uint_eq(c.state.direct.sc.gfp, GFP_KERNEL);
    request.blocked = false;
    c.bare.reclaim.preemptible = false;
    c.bare.zones[0].flags = ZONE_ALL_UNRECLAIMABLE;
    while (reclaim_try_to_free_pages(&c.bare.machine, &request) == STEP_BLOCKED)
        request.blocked = true;
    ck_assert_uint_eq(request.did_some_progress, 0);
    ck_assert_uint_eq(c.bare.machine.vm_events[ALLOCSTALL], 2);
    case_end(&c);
}
END_TEST

START_TEST(congestion_is_waited_for_anew_each_time)
{
    begin_case(0);
    for (unsigned i = 0; i < 2; i++) {
        request.blocked = false;
        c.state.sleep.sleeping = true; /* as a wait that was abandoned leaves it */
        ck_assert_int_eq(reclaim_congestion_wait(&c.bare.machine, &request, 5), STEP_BLOCKED);
        ck_assert_ptr_eq(c.task.wait.queue, &c.bare.reclaim.congestion_waiters);
        expect_sleep(STALL_CONGESTION_WAIT, 7000 + (i + 1) * 5 * JIFFY_NS);
        ck_assert_int_eq(reclaim_congestion_wait(&c.bare.machine, &request, 5), STEP_DONE);
    }
    case_end(&c);
}
END_TEST

START_TEST(a_timeout_is_slept_through_on_no_queue)
{
    begin_case(1U << RECLAIM_SLEEP);
    ck_assert_int_eq(reclaim_schedule_timeout(&c.bare.machine, &request, 3), STEP_BLOCKED);
    ck_assert_ptr_null(c.task.wait.queue);
    ck_assert_uint_eq(c.bare.nr_events, 0);
    expect_sleep(STALL_OOM, 7000 + 3 * JIFFY_NS);
    ck_assert_int_eq(reclaim_schedule_timeout(&c.bare.machine, &request, 3), STEP_DONE);
    ck_assert_uint_eq(c.bare.nr_events, 1);
    ck_assert_ptr_eq(c.bare.events[0].task, &c.task);
    ck_assert_uint_eq(c.bare.events[0].timeout, 3);
    ck_assert_uint_eq(c.bare.events[0].begin_ns, 7000);
    case_end(&c);
}
END_TEST

START_TEST(cond_resched_yields_once_and_only_to_somebody)
{
    begin_case(0);
    ck_assert_int_eq(reclaim_cond_resched(&c.bare.machine, &request), STEP_DONE);
    c.other_task_waits = true;
    ck_assert_int_eq(reclaim_cond_resched(&c.bare.machine, &request), STEP_BLOCKED);
    ck_assert_int_eq(c.task.wait.kind, WAIT_YIELD);
    ck_assert_int_eq(c.task.wait.stall, STALL_RESCHED);
    request.blocked = true;
    ck_assert_int_eq(reclaim_cond_resched(&c.bare.machine, &request), STEP_DONE);
    case_end(&c);
}
END_TEST

/* Two processes with a task each, of which `victim` is much the larger. */
static void add_processes(struct process *victim, struct task *victim_task, struct process *other,
                          struct task *other_task)
{
    *victim = (struct process){
        .comm = "victim", .pid = 10, .mm = 1, .total_vm_pages = 1000, .task = victim_task};
    *other = (struct process){
        .comm = "other", .pid = 11, .mm = 2, .total_vm_pages = 10, .task = other_task};
    process_add(&c.bare.reclaim.processes, victim, NULL);
    process_add(&c.bare.reclaim.processes, other, NULL);
}

START_TEST(who_is_not_killed_gives_the_victim_a_jiffy)
{
    struct process victim, other;
    struct task victim_task = {.id = 2};

    begin_case(1U << RECLAIM_OOM | 1U << RECLAIM_SLEEP | 1U << RECLAIM_OOM_PANIC);
    add_processes(&victim, &victim_task, &other, &c.task);
    c.state.process = &other;
    ck_assert_int_eq(reclaim_out_of_memory(&c.bare.machine, &request), STEP_BLOCKED);
    ck_assert(victim.sigkill);
    expect_sleep(STALL_OOM, 7000 + JIFFY_NS);
    ck_assert_int_eq(reclaim_out_of_memory(&c.bare.machine, &request), STEP_DONE);
    ck_assert_uint_eq(c.bare.machine.work.ooms, 1);
    ck_assert_uint_eq(c.bare.nr_events, 2);
    ck_assert_int_eq(c.bare.events[0].kind, RECLAIM_OOM);
    ck_assert_ptr_eq(c.bare.events[0].task, &c.task);
    ck_assert_uint_eq(c.bare.events[0].order, 2);
    ck_assert_uint_eq(c.bare.events[0].gfp, GFP_KERNEL);
    ck_assert_int_eq(c.bare.events[1].kind, RECLAIM_SLEEP);
    ck_assert_uint_eq(c.bare.events[1].timeout, 1);
    ck_assert_uint_eq(c.bare.events[1].begin_ns, 7000);
    case_end(&c);
}
END_TEST

START_TEST(the_victim_itself_goes_on_at_once)
{
    struct process victim, other;
    struct task other_task = {.id = 2};

    begin_case(0);
    add_processes(&victim, &c.task, &other, &other_task);
    c.state.process = &victim;
    ck_assert_int_eq(reclaim_out_of_memory(&c.bare.machine, &request), STEP_DONE);
    ck_assert_uint_eq(c.task.flags & TASK_TIF_MEMDIE, TASK_TIF_MEMDIE);
    case_end(&c);
}
END_TEST

START_TEST(nobody_to_kill_is_told_as_a_panic)
{
    begin_case(1U << RECLAIM_OOM | 1U << RECLAIM_OOM_PANIC);
    ck_assert_int_eq(reclaim_out_of_memory(&c.bare.machine, &request), STEP_BLOCKED);
    ck_assert_uint_eq(c.bare.nr_events, 2);
    ck_assert_int_eq(c.bare.events[1].kind, RECLAIM_OOM_PANIC);
    ck_assert_ptr_eq(c.bare.events[1].task, &c.task);
    expect_sleep(STALL_OOM, 7000 + JIFFY_NS);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wait");

    TEST_CASE(suite, "waits", direct_reclaim_is_begun_once_and_its_result_is_the_kernels,
              congestion_is_waited_for_anew_each_time, a_timeout_is_slept_through_on_no_queue,
              cond_resched_yields_once_and_only_to_somebody);
    TEST_CASE(suite, "oom", who_is_not_killed_gives_the_victim_a_jiffy,
              the_victim_itself_goes_on_at_once, nobody_to_kill_is_told_as_a_panic);
    return test_run(suite);
}
