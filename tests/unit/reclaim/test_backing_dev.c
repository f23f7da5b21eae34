/* SPDX-License-Identifier: MIT */
/* Request queues: service, merging, congestion, waiting, and what a completion does. */
#include "reclaim/backing_dev.h"

#include "bare_reclaim.h"
#include "base/units.h"
#include "lib/fail_malloc.h"

#define MS NSEC_PER_MSEC

static struct backing_dev_spec disk_of(uint32_t nr_requests, uint32_t max_request_pages,
                                       uint64_t seek_ns, uint64_t page_ns)
{
    return (struct backing_dev_spec){
        .name = "disk",
        .nr_requests = nr_requests,
        .max_request_pages = max_request_pages,
        .cpu = 1,
        .seek_ns = seek_ns,
        .page_ns = page_ns,
    };
}

/* Writes page `pfn` to the device, at the place of the same number. */
static void write_page(struct bare_reclaim *bare, uint32_t dev, uint32_t pfn)
{
    set_page_writeback(&bare->reclaim, (pfn_t){pfn}, 0);
    backing_dev_submit(&bare->reclaim, dev, IO_WRITE, pfn, (pfn_t){pfn}, 0);
}

static void read_page(struct bare_reclaim *bare, uint32_t dev, uint32_t pfn)
{
    bare_frame(bare, pfn)->flags |= PG_locked;
    backing_dev_submit(&bare->reclaim, dev, IO_READ, pfn, (pfn_t){pfn}, 0);
}

static void complete(struct bare_reclaim *bare, uint32_t dev)
{
    clock_advance_to(&bare->clock, bare->reclaim.devices[dev].completes_ns);
    backing_dev_complete(&bare->reclaim, dev);
    ck_assert(backing_dev_check(&bare->reclaim.devices[dev]));
}

static void begin_with(struct bare_reclaim *bare, struct backing_dev_spec spec)
{
    bare_begin(bare);
    ck_assert_uint_eq(bare_device(bare, &spec), 0);
}

/* ---- service ---- */

START_TEST(pages_are_served_one_after_another)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(128, 1, 0, MS));
    bare.clock.now_ns = 500;
    write_page(&bare, 0, 9);
    write_page(&bare, 0, 3);
    ck_assert_uint_eq(bare.nr_timers, 1);
    ck_assert_uint_eq(bare.timer_ns[0], 500 + MS);
    complete(&bare, 0);
    ck_assert(!(bare_frame(&bare, 9)->flags & PG_writeback));
    ck_assert(bare_frame(&bare, 3)->flags & PG_writeback);
    ck_assert_uint_eq(bare.timer_ns[0], 500 + 2 * MS);
    complete(&bare, 0);
    ck_assert(!(bare_frame(&bare, 3)->flags & PG_writeback));
    ck_assert_uint_eq(bare.nr_timers, 2);
    ck_assert_uint_eq(bare.reclaim.devices[0].busy_ns, 2 * MS);
    ck_assert_uint_eq(bare.reclaim.devices[0].requests_done[IO_WRITE], 2);
    bare_end(&bare);
}
END_TEST

START_TEST(the_head_seeks_unless_the_request_follows_the_last_one)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(128, 1, 8 * MS, MS));
    write_page(&bare, 0, 0); /* the head stands there at the beginning */
    write_page(&bare, 0, 1);
    write_page(&bare, 0, 7);
    ck_assert_uint_eq(bare.timer_ns[0], MS);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.timer_ns[0], 2 * MS);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.timer_ns[0], 11 * MS);
    complete(&bare, 0);
    read_page(&bare, 0, 8);
    ck_assert_uint_eq(bare.timer_ns[0], 12 * MS);
    complete(&bare, 0);
    bare_end(&bare);
}
END_TEST

START_TEST(a_change_leaves_the_page_in_service_and_the_mark_alone)
{
    struct bare_reclaim bare;
    struct backing_dev_spec changed = disk_of(128, 1, 0, 5 * MS);

    begin_with(&bare, disk_of(4, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 4; pfn++)
        write_page(&bare, 0, pfn);
    backing_dev_change(&bare.reclaim.devices[0], &changed);
    ck_assert(bdi_write_congested(&bare.reclaim.devices[0]));
    ck_assert_uint_eq(bare.reclaim.devices[0].completes_ns, MS);
    complete(&bare, 0);
    ck_assert(!bdi_write_congested(&bare.reclaim.devices[0]));
    ck_assert_uint_eq(bare.reclaim.devices[0].completes_ns, 6 * MS);
    bare_end(&bare);
}
END_TEST

START_TEST(a_synchronous_device_is_done_at_once_on_the_submitting_cpu)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(4, 1, 0, 0));
    for (unsigned cpu = 0; cpu < BARE_CPUS; cpu++)
        bare.pagesets[0][cpu].stat_threshold = 10;
    for (uint32_t pfn = 0; pfn < 9; pfn++)
        write_page(&bare, 0, pfn);
    read_page(&bare, 0, 9);
    ck_assert_uint_eq(bare.nr_timers, 0);
    ck_assert_int_eq(bare.pagesets[0][0].vm_stat_diff[NR_WRITEBACK], 0);
    ck_assert_int_eq(bare.pagesets[0][1].vm_stat_diff[NR_WRITEBACK], 0);
    ck_assert(!backing_dev_full(&bare.reclaim.devices[0], IO_WRITE, 0));
    ck_assert_uint_eq(bare.reclaim.devices[0].pages_done[IO_WRITE], 9);
    ck_assert_int_eq(bare_frame(&bare, 9)->flags, PG_uptodate);
    bare_end(&bare);
}
END_TEST

START_TEST(completions_run_on_the_cpu_of_the_device)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(4, 1, 0, MS));
    for (unsigned cpu = 0; cpu < BARE_CPUS; cpu++)
        bare.pagesets[0][cpu].stat_threshold = 10;
    write_page(&bare, 0, 5);
    complete(&bare, 0);
    ck_assert_int_eq(bare.pagesets[0][0].vm_stat_diff[NR_WRITEBACK], 1);
    ck_assert_int_eq(bare.pagesets[0][1].vm_stat_diff[NR_WRITEBACK], -1);
    bare_end(&bare);
}
END_TEST

START_TEST(a_read_makes_the_page_uptodate_and_wakes_who_waits_for_it)
{
    struct bare_reclaim bare;
    struct task reader;

    begin_with(&bare, disk_of(4, 1, 0, MS));
    read_page(&bare, 0, 5);
    bare_sleep(&reader, 42, page_waitqueue(&bare.reclaim, (pfn_t){5}));
    complete(&bare, 0);
    ck_assert_int_eq(bare_frame(&bare, 5)->flags, PG_uptodate);
    ck_assert_uint_eq(bare.nr_woken, 1);
    ck_assert_uint_eq(bare.woken[0], 42);
    bare_end(&bare);
}
END_TEST

START_TEST(submissions_count_sectors_in_and_out)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(16, 128, 0, MS));
    for (uint32_t pfn = 0; pfn < 3; pfn++)
        write_page(&bare, 0, pfn);
    read_page(&bare, 0, 100);
    ck_assert_uint_eq(bare.machine.vm_events[PGPGOUT], 24);
    ck_assert_uint_eq(bare.machine.vm_events[PGPGIN], 8);
    ck_assert_uint_eq(bare.machine.work.io_pages, 4);
    bare_end(&bare);
}
END_TEST

START_TEST(only_pages_of_files_count_as_the_devices_writeback)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(16, 1, 0, MS));
    bare_frame(&bare, 2)->flags |= PG_swapcache;
    write_page(&bare, 0, 1);
    write_page(&bare, 0, 2);
    ck_assert_uint_eq(bare.reclaim.devices[0].nr_writeback_pages, 1);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.reclaim.devices[0].nr_writeback_pages, 0);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.reclaim.devices[0].nr_writeback_pages, 0);
    bare_end(&bare);
}
END_TEST

/* ---- merging ---- */

START_TEST(adjoining_pages_share_a_request_up_to_its_limit)
{
    struct bare_reclaim bare;
    const struct backing_dev *dev = &bare.reclaim.devices[0];

    begin_with(&bare, disk_of(16, 4, 8 * MS, MS));
    for (uint32_t pfn = 0; pfn < 10; pfn++)
        write_page(&bare, 0, pfn);
    ck_assert_uint_eq(dev->count[IO_WRITE], 4); /* the one in service, 4, 4, 1 */
    complete(&bare, 0);
    ck_assert_uint_eq(dev->completes_ns, 5 * MS);
    complete(&bare, 0);
    for (uint32_t pfn = 0; pfn < 10; pfn++)
        ck_assert_int_eq(!(bare_frame(&bare, pfn)->flags & PG_writeback), pfn < 5);
    ck_assert_uint_eq(dev->pages_done[IO_WRITE], 5);
    ck_assert_uint_eq(dev->requests_done[IO_WRITE], 2);
    bare_end(&bare);
}
END_TEST

START_TEST(what_goes_the_other_way_or_lies_elsewhere_is_not_merged)
{
    struct bare_reclaim bare;
    const struct backing_dev *dev = &bare.reclaim.devices[0];

    begin_with(&bare, disk_of(16, 128, 8 * MS, MS));
    write_page(&bare, 0, 50);
    write_page(&bare, 0, 10);
    read_page(&bare, 0, 11);
    write_page(&bare, 0, 11 + 1);
    write_page(&bare, 0, 14);
    write_page(&bare, 0, 13); /* in front: no */
    ck_assert_uint_eq(dev->count[IO_WRITE], 5);
    ck_assert_uint_eq(dev->count[IO_READ], 1);
    bare_end(&bare);
}
END_TEST

START_TEST(a_page_that_merges_finds_room_in_a_full_queue)
{
    struct bare_reclaim bare;
    const struct backing_dev *dev = &bare.reclaim.devices[0];

    begin_with(&bare, disk_of(4, 128, 8 * MS, MS));
    for (uint32_t pfn = 0; pfn < 40; pfn += 10)
        write_page(&bare, 0, pfn);
    ck_assert(backing_dev_full(dev, IO_WRITE, 90));
    ck_assert(!backing_dev_full(dev, IO_READ, 90));
    ck_assert(!backing_dev_full(dev, IO_WRITE, 31));
    write_page(&bare, 0, 31);
    ck_assert_uint_eq(dev->count[IO_WRITE], 4);
    ck_assert(backing_dev_full(dev, IO_WRITE, 31));
    bare_end(&bare);
}
END_TEST

START_TEST(a_long_queue_keeps_its_order)
{
    struct bare_reclaim bare;
    uint32_t submitted = 0;
    uint32_t completed = 0;

    begin_with(&bare, disk_of(5000, 1, 0, MS));
    while (completed < 3000) {
        for (unsigned i = 0; i < 3 && submitted < 3000; i++)
            write_page(&bare, 0, submitted++);
        complete(&bare, 0);
        ck_assert(!(bare_frame(&bare, completed)->flags & PG_writeback));
        completed++;
        if (completed < submitted)
            ck_assert(bare_frame(&bare, completed)->flags & PG_writeback);
    }
    bare_end(&bare);
}
END_TEST

START_TEST(without_host_memory_a_page_is_done_at_once_and_it_is_noted)
{
    struct bare_reclaim bare;
    const struct backing_dev *dev = &bare.reclaim.devices[0];
    bool reached;

    begin_with(&bare, disk_of(5000, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < dev->requests_capacity; pfn++)
        write_page(&bare, 0, pfn);
    for (unsigned n = 0; n < 2; n++) { /* both rings are full */
        bare.reclaim.out_of_memory = false;
        fail_malloc_at(n);
        write_page(&bare, 0, 1000 + n);
        reached = fail_malloc_off();
        ck_assert(reached);
        ck_assert(bare.reclaim.out_of_memory);
        ck_assert(!(bare_frame(&bare, 1000 + n)->flags & PG_writeback));
        ck_assert(backing_dev_check(dev));
    }
    bare.reclaim.out_of_memory = false;
    write_page(&bare, 0, 2000);
    ck_assert(!bare.reclaim.out_of_memory);
    ck_assert(bare_frame(&bare, 2000)->flags & PG_writeback);
    bare_end(&bare);
}
END_TEST

START_TEST(a_device_that_cannot_be_made_holds_nothing)
{
    struct backing_dev dev;
    struct backing_dev_spec spec = disk_of(128, 1, 0, MS);
    unsigned n = 0;
    bool ok, reached;

    do {
        fail_malloc_at(n++);
        ok = backing_dev_init(&dev, &spec);
        reached = fail_malloc_off();
        ck_assert_int_eq(ok, !reached);
    } while (reached);
    backing_dev_fini(&dev);
    ck_assert_uint_gt(n, 1);
}
END_TEST

/* ---- congestion ---- */

START_TEST(thresholds_are_seven_and_thirteen_sixteenths)
{
    static const uint32_t expected[][3] = {
        {128, 113, 103}, {16, 15, 12}, {8, 8, 6}, {4, 4, 3}, {2, 2, 1}, {1, 1, 1},
    };

    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        struct backing_dev_spec spec = disk_of(expected[i][0], 1, 0, MS);
        struct backing_dev dev;

        ck_assert(backing_dev_init(&dev, &spec));
        ck_assert_uint_eq(dev.congestion_on, expected[i][1]);
        ck_assert_uint_eq(dev.congestion_off, expected[i][2]);
        backing_dev_fini(&dev);
    }
}
END_TEST

START_TEST(the_queue_is_congested_from_113_requests_until_102)
{
    struct bare_reclaim bare;
    const struct backing_dev *dev = &bare.reclaim.devices[0];

    begin_with(&bare, disk_of(128, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 112; pfn++)
        write_page(&bare, 0, pfn);
    ck_assert(!bdi_write_congested(dev));
    write_page(&bare, 0, 112);
    ck_assert(bdi_write_congested(dev));
    while (dev->count[IO_WRITE] > 103) {
        complete(&bare, 0);
        ck_assert(bdi_write_congested(dev));
    }
    complete(&bare, 0);
    ck_assert(!bdi_write_congested(dev));
    bare_end(&bare);
}
END_TEST

START_TEST(reads_do_not_congest_writes)
{
    struct bare_reclaim bare;

    begin_with(&bare, disk_of(4, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 4; pfn++)
        read_page(&bare, 0, pfn);
    ck_assert(!bdi_write_congested(&bare.reclaim.devices[0]));
    ck_assert(backing_dev_full(&bare.reclaim.devices[0], IO_READ, 9));
    ck_assert(!backing_dev_full(&bare.reclaim.devices[0], IO_WRITE, 9));
    bare_end(&bare);
}
END_TEST

START_TEST(a_write_below_the_mark_wakes_congestion_wait_marked_or_not)
{
    struct bare_reclaim bare;
    struct task tasks[2];

    begin_with(&bare, disk_of(128, 1, 0, MS));
    for (unsigned i = 0; i < 2; i++)
        bare_sleep(&tasks[i], i + 1, &bare.reclaim.congestion_waiters);
    read_page(&bare, 0, 1);
    write_page(&bare, 0, 2);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 0);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 2);
    ck_assert_uint_eq(bare.woken[0], 1);
    ck_assert_uint_eq(bare.woken[1], 2);
    bare_end(&bare);
}
END_TEST

START_TEST(a_queue_that_stays_long_wakes_nobody)
{
    struct bare_reclaim bare;
    struct task task;

    begin_with(&bare, disk_of(128, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 104; pfn++)
        write_page(&bare, 0, pfn);
    bare_sleep(&task, 1, &bare.reclaim.congestion_waiters);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 0);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 1);
    bare_end(&bare);
}
END_TEST

/* ---- waiting for a request ---- */

START_TEST(each_completion_hands_its_request_to_one_waiter)
{
    struct bare_reclaim bare;
    struct backing_dev *dev = &bare.reclaim.devices[0];
    struct task tasks[3];

    begin_with(&bare, disk_of(4, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 4; pfn++)
        write_page(&bare, 0, pfn);
    for (unsigned i = 0; i < 3; i++)
        bare_sleep(&tasks[i], i + 1, &dev->waiters[IO_WRITE]);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 1);
    ck_assert_uint_eq(bare.woken[0], 1);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 2);
    ck_assert_uint_eq(bare.woken[1], 2);
    bare_end(&bare);
}
END_TEST

START_TEST(nobody_is_left_asleep_at_an_empty_queue)
{
    struct bare_reclaim bare;
    struct backing_dev *dev = &bare.reclaim.devices[0];
    struct task tasks[3];

    begin_with(&bare, disk_of(1, 1, 0, MS));
    write_page(&bare, 0, 1);
    for (unsigned i = 0; i < 3; i++)
        bare_sleep(&tasks[i], i + 1, &dev->waiters[IO_WRITE]);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 3);
    ck_assert(!waitqueue_active(&dev->waiters[IO_WRITE]));
    bare_end(&bare);
}
END_TEST

START_TEST(a_queue_made_shorter_wakes_nobody_before_it_has_room)
{
    struct bare_reclaim bare;
    struct backing_dev *dev = &bare.reclaim.devices[0];
    struct backing_dev_spec shorter = disk_of(2, 1, 0, MS);
    struct task task;

    begin_with(&bare, disk_of(4, 1, 0, MS));
    for (uint32_t pfn = 0; pfn < 4; pfn++)
        write_page(&bare, 0, pfn);
    backing_dev_change(dev, &shorter);
    bare_sleep(&task, 1, &dev->waiters[IO_WRITE]);
    complete(&bare, 0);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 0);
    complete(&bare, 0);
    ck_assert_uint_eq(bare.nr_woken, 1);
    bare_end(&bare);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backing_dev");

    TEST_CASE(suite, "service", pages_are_served_one_after_another,
              the_head_seeks_unless_the_request_follows_the_last_one,
              a_change_leaves_the_page_in_service_and_the_mark_alone,
              a_synchronous_device_is_done_at_once_on_the_submitting_cpu,
              completions_run_on_the_cpu_of_the_device,
              a_read_makes_the_page_uptodate_and_wakes_who_waits_for_it,
              submissions_count_sectors_in_and_out,
              only_pages_of_files_count_as_the_devices_writeback);
    TEST_CASE(suite, "merging", adjoining_pages_share_a_request_up_to_its_limit,
              what_goes_the_other_way_or_lies_elsewhere_is_not_merged,
              a_page_that_merges_finds_room_in_a_full_queue);
    TEST_CASE(suite, "rings", a_long_queue_keeps_its_order,
              without_host_memory_a_page_is_done_at_once_and_it_is_noted,
              a_device_that_cannot_be_made_holds_nothing);
    TEST_CASE(suite, "congestion", thresholds_are_seven_and_thirteen_sixteenths,
              the_queue_is_congested_from_113_requests_until_102, reads_do_not_congest_writes,
              a_write_below_the_mark_wakes_congestion_wait_marked_or_not,
              a_queue_that_stays_long_wakes_nobody);
    TEST_CASE(suite, "waiters", each_completion_hands_its_request_to_one_waiter,
              nobody_is_left_asleep_at_an_empty_queue,
              a_queue_made_shorter_wakes_nobody_before_it_has_room);
    return test_run(suite);
}
