/* SPDX-License-Identifier: MIT */
/* congestion_wait(): how long it lasts and what it says. */
#include "reclaim/congestion.h"

#include "bare_reclaim.h"
#include "base/units.h"

#define JIFFY_NS (4 * NSEC_PER_MSEC)

static const struct backing_dev_spec disk = {
    .name = "disk", .nr_requests = 128, .max_request_pages = 1, .page_ns = NSEC_PER_MSEC};

START_TEST(it_sleeps_for_its_timeout)
{
    struct bare_reclaim bare;
    struct congestion_sleep sleep = {0};
    struct task task = {0};

    bare_begin(&bare);
    bare.clock.now_ns = 1000;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 25, STALL_CONGESTION_WAIT),
                     STEP_BLOCKED);
    ck_assert_int_eq(task.wait.kind, WAIT_SLEEP);
    ck_assert_int_eq(task.wait.stall, STALL_CONGESTION_WAIT);
    ck_assert_uint_eq(task.wait.wake_ns, 1000 + 25 * JIFFY_NS);
    ck_assert_ptr_eq(task.wait.queue, &bare.reclaim.congestion_waiters);
    bare.clock.now_ns = task.wait.wake_ns;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 25, STALL_CONGESTION_WAIT),
                     STEP_DONE);
    bare_end(&bare);
}
END_TEST

START_TEST(the_next_one_begins_anew)
{
    struct bare_reclaim bare;
    struct congestion_sleep sleep = {0};
    struct task task = {0};

    bare_begin(&bare);
    congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT);
    congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT);
    bare.clock.now_ns = 77;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT),
                     STEP_BLOCKED);
    ck_assert_uint_eq(task.wait.wake_ns, 77 + 5 * JIFFY_NS);
    bare_end(&bare);
}
END_TEST

/* Sleeps from 1000 on for 25 jiffies, goes on after `after_ns`, and returns the event. */
static struct reclaim_event event_of_sleep(uint64_t after_ns)
{
    struct bare_reclaim bare;
    struct congestion_sleep sleep = {0};
    struct task task = {0};

    bare_begin(&bare);
    bare.reclaim.observer.wanted = UINT32_C(1) << RECLAIM_CONGESTION_WAIT;
    bare.clock.now_ns = 1000;
    congestion_wait(&bare.reclaim, &task, &sleep, 25, STALL_CONGESTION_WAIT);
    ck_assert_uint_eq(bare.nr_events, 0);
    bare.clock.now_ns += after_ns;
    congestion_wait(&bare.reclaim, &task, &sleep, 25, STALL_CONGESTION_WAIT);
    ck_assert_uint_eq(bare.nr_events, 1);
    ck_assert_ptr_eq(bare.events[0].task, &task);
    bare_end(&bare);
    return bare.events[0];
}

START_TEST(it_tells_whether_it_was_woken)
{
    struct reclaim_event woken = event_of_sleep(2 * JIFFY_NS);
    struct reclaim_event over = event_of_sleep(25 * JIFFY_NS);

    ck_assert(woken.woken);
    ck_assert(!over.woken);
    ck_assert_uint_eq(over.timeout, 25);
    ck_assert_uint_eq(over.begin_ns, 1000);
}
END_TEST

START_TEST(wait_iff_congested_sleeps_only_while_a_device_is)
{
    struct bare_reclaim bare;
    struct congestion_sleep sleep = {0};
    struct task task = {0};
    uint32_t dev;

    bare_begin(&bare);
    bare_device(&bare, &disk);
    dev = bare_device(&bare, &disk);
    bare.machine.params.wait_iff_congested = true;
    bare.reclaim.devices[dev].congested[IO_READ] = true;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT),
                     STEP_DONE);
    bare.reclaim.devices[dev].congested[IO_READ] = false;
    bare.reclaim.devices[dev].congested[IO_WRITE] = true;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT),
                     STEP_BLOCKED);
    bare.reclaim.devices[dev].congested[IO_WRITE] = false;
    ck_assert_int_eq(congestion_wait(&bare.reclaim, &task, &sleep, 5, STALL_CONGESTION_WAIT),
                     STEP_DONE);
    bare_end(&bare);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("congestion");

    TEST_CASE(suite, "wait", it_sleeps_for_its_timeout, the_next_one_begins_anew,
              it_tells_whether_it_was_woken, wait_iff_congested_sleeps_only_while_a_device_is);
    return test_run(suite);
}
