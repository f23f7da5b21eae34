/* SPDX-License-Identifier: MIT */
/* Limits, throttling, passes over dirty files, fsync and the pdflush threads. */
#include "base/units.h"
#include "core_case.h"

/* 10 % and 5 % of BARE_PAGES + 1; see case_begin(). */
enum { DIRTY_LIMIT = 819, BACKGROUND_LIMIT = 409, SECOND_FILE_PFN = 4096 };

#define JIFFY_NS   (4 * NSEC_PER_MSEC)
#define NO_TIMEOUT UINT64_MAX

/* Devices take their time here, and the task sleeps until it is woken. */
struct wb_case {
    struct core_case core; /* first: the owner's context */
    uint32_t disk;         /* 1 ms a page, no merging */
    struct address_space *file;
    uint64_t kupdate_ns; /* timer set last, 0: none */
    unsigned nr_kupdate_timers;
    uint32_t kthread; /* woken last */
    uint64_t slept_ns[NR_STALLS + 1];
    unsigned sleeps;
};

static struct wb_case c;

static void on_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)context;
    (void)arg;
    if (timer == RECLAIM_TIMER_DEVICE)
        return;
    c.kupdate_ns = at_ns;
    c.nr_kupdate_timers++;
}

static void on_wake(void *context, struct task *task)
{
    (void)context;
    ck_assert_ptr_null(task->waiting_on);
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)context;
    ck_assert_int_eq(kind, KTHREAD_PDFLUSH);
    c.kthread = arg;
    c.core.kthreads_woken++;
}

static struct reclaim *reclaim(void)
{
    return &c.core.bare.reclaim;
}

static struct machine *machine(void)
{
    return &c.core.bare.machine;
}

static struct address_space *add_file(uint32_t dev)
{
    struct address_space *file = address_space_create(reclaim(), dev);

    ck_assert_ptr_nonnull(file);
    return file;
}

static void begin(void)
{
    const struct backing_dev_spec disk = {
        .name = "slow", .nr_requests = 128, .max_request_pages = 1, .page_ns = NSEC_PER_MSEC};

    memset(&c, 0, sizeof(c));
    case_begin(&c.core);
    reclaim()->owner.timer = on_timer;
    reclaim()->owner.wake = on_wake;
    reclaim()->owner.kthread = on_kthread;
    c.disk = bare_device(&c.core.bare, &disk);
    c.file = add_file(c.disk);
}

static void end(void)
{
    case_end(&c.core);
}

static struct backing_dev *disk(void)
{
    return &reclaim()->devices[c.disk];
}

/* Pages [first, first + nr) of the file become dirty; they live from `pfn` on. */
static void dirty_at(struct address_space *file, uint32_t pfn, uint32_t first, uint32_t nr)
{
    bool refault;

    for (uint32_t i = first; i < first + nr; i++, pfn++) {
        if (find_get_slot(file, i) == CACHE_SLOT_EMPTY)
            ck_assert(add_to_page_cache(reclaim(), file, i, (pfn_t){pfn}, 0, &refault));
        ck_assert(set_page_dirty(reclaim(), (pfn_t){find_get_slot(file, i)}, 0));
    }
}

static void dirty(struct address_space *file, uint32_t first, uint32_t nr)
{
    dirty_at(file, file->id == c.file->id ? first : SECOND_FILE_PFN + first, first, nr);
}

static uint16_t page_flags(const struct address_space *file, uint32_t index)
{
    return page_frame(reclaim(), (pfn_t){find_get_slot(file, index)})->flags;
}

static unsigned pages_under_writeback(void)
{
    return (unsigned)machine()->vm_stat[NR_WRITEBACK];
}

/* The next completion of the slow disk, if there is one. */
static void complete_one(void)
{
    ck_assert(disk()->active);
    c.core.bare.clock.now_ns = disk()->completes_ns;
    reclaim_timer(reclaim(), RECLAIM_TIMER_DEVICE, c.disk);
}

/* Time passes up to `until_ns`, with what completes meanwhile. */
static void pass_until(uint64_t until_ns)
{
    while (disk()->active && disk()->completes_ns <= until_ns)
        complete_one();
    if (until_ns != NO_TIMEOUT)
        c.core.bare.clock.now_ns = until_ns;
}

/* The task sleeps as its wait says. */
static void sleep_as_told(struct task *task)
{
    struct wait wait = task->wait;
    uint64_t begin_ns = c.core.bare.clock.now_ns;

    if (wait.kind == WAIT_CPU)
        return;
    ck_assert_int_eq(wait.kind, WAIT_SLEEP);
    waitqueue_add(wait.queue, task);
    while (task->waiting_on && disk()->active && disk()->completes_ns <= wait.wake_ns)
        complete_one();
    if (task->waiting_on) {
        ck_assert_uint_ne(wait.wake_ns, NO_TIMEOUT);
        waitqueue_remove(task);
        c.core.bare.clock.now_ns = wait.wake_ns;
    }
    c.slept_ns[wait.stall] += c.core.bare.clock.now_ns - begin_ns;
    c.sleeps++;
}

#define RUN(step)                        \
    do {                                 \
        while ((step) == STEP_BLOCKED)   \
            sleep_as_told(&c.core.task); \
    } while (0)

static struct writeback_control orders(int64_t nr_to_write)
{
    return (struct writeback_control){
        .nr_to_write = nr_to_write, .only_dev = WRITEBACK_ANY_DEVICE, .work_stall = STALL_NONE};
}

/* One pass to its end; what came of it. */
static struct writeback_control pass(struct writeback_control wbc)
{
    RUN(writeback_inodes(reclaim(), &c.core.task, &wbc));
    return wbc;
}

/* ---- limits ---- */

/* Who is next, of those that a pass has not come to. */
static const struct address_space *next_inode(uint32_t dev, enum inode_list_kind kind)
{
    return reclaim()->writeback.inodes[dev][kind].first;
}

static void expect_limits(uint64_t background, uint64_t dirty_pages)
{
    struct dirty_limits limits = get_dirty_limits(reclaim(), &c.core.task);

    ck_assert_uint_eq(limits.background_pages, background);
    ck_assert_uint_eq(limits.dirty_pages, dirty_pages);
}

START_TEST(limits_are_shares_of_free_and_lru_pages)
{
    begin();
    expect_limits(BACKGROUND_LIMIT, DIRTY_LIMIT);
    machine()->vm_stat[NR_INACTIVE] = 800;
    machine()->vm_stat[NR_ACTIVE] = 199;
    machine()->vm_stat[NR_FREE_PAGES] = 9000;
    expect_limits(500, 1000);
    machine()->vm_stat[NR_FREE_PAGES] = -5; /* the global part lags */
    expect_limits(50, 100);
    machine()->vm_stat[NR_INACTIVE] = machine()->vm_stat[NR_ACTIVE] = 0;
    end();
}
END_TEST

START_TEST(the_dirty_ratio_is_5_at_least_and_the_background_one_below_it)
{
    begin();
    machine()->vm_stat[NR_FREE_PAGES] = 9999;
    machine()->vm.dirty_ratio = 1;
    machine()->vm.dirty_background_ratio = 5;
    expect_limits(200, 500);
    machine()->vm.dirty_background_ratio = 4;
    expect_limits(400, 500);
    end();
}
END_TEST

START_TEST(some_tasks_may_have_a_quarter_more)
{
    begin();
    c.core.task.flags = TASK_RT;
    expect_limits(BACKGROUND_LIMIT + 102, DIRTY_LIMIT + 204);
    c.core.task.flags = TASK_PF_LESS_THROTTLE;
    expect_limits(BACKGROUND_LIMIT + 102, DIRTY_LIMIT + 204);
    end();
}
END_TEST

START_TEST(high_memory_does_not_count)
{
    struct zone zones[MAX_NR_ZONES] = {0};

    begin();
    machine()->highmem = true;
    machine()->zones = zones;
    zones[2].vm_stat[NR_FREE_PAGES] = 4000;
    zones[2].vm_stat[NR_ACTIVE] = 193;
    machine()->vm_stat[NR_FREE_PAGES] = 8192;
    expect_limits(200, 400);
    zones[2].vm_stat[NR_INACTIVE] = 1000000; /* more than there is */
    expect_limits(0, 0);
    machine()->zones = c.core.bare.zones;
    end();
}
END_TEST

/* ---- throttle_vm_writeout ---- */

static void throttle(uint32_t gfp)
{
    struct throttle_writeout state = {0};

    RUN(throttle_vm_writeout(reclaim(), &c.core.task, &state, gfp));
}

START_TEST(reclaimers_wait_until_a_tenth_above_the_limit_is_under_writeback)
{
    begin();
    machine()->vm_stat[NR_WRITEBACK] = DIRTY_LIMIT + DIRTY_LIMIT / 10;
    throttle(GFP_KERNEL);
    ck_assert_uint_eq(c.sleeps, 0);
    machine()->vm_stat[NR_WRITEBACK] = 0;
    dirty(c.file, 0, 120);
    pass(orders(120));
    machine()->vm_stat[NR_WRITEBACK] += DIRTY_LIMIT + DIRTY_LIMIT / 10 - 10;
    throttle(GFP_KERNEL);
    ck_assert_uint_gt(c.sleeps, 1);
    ck_assert_uint_eq(disk()->count[IO_WRITE], 10);
    ck_assert_uint_eq(c.slept_ns[STALL_THROTTLE_VM_WRITEOUT], 110 * NSEC_PER_MSEC);
    end();
}
END_TEST

START_TEST(without_fs_or_io_they_wait_once)
{
    static const uint32_t gfps[] = {GFP_NOFS, GFP_NOIO};

    begin();
    machine()->vm_stat[NR_WRITEBACK] = 5000;
    for (unsigned i = 0; i < 2; i++) {
        throttle(gfps[i]);
        ck_assert_uint_eq(c.sleeps, i + 1);
        ck_assert_uint_eq(c.slept_ns[STALL_THROTTLE_VM_WRITEOUT], (i + 1) * 25 * JIFFY_NS);
    }
    end();
}
END_TEST

START_TEST(throttling_sleeps_even_where_nothing_is_congested)
{
    begin();
    machine()->params.wait_iff_congested = true;
    machine()->vm_stat[NR_WRITEBACK] = 5000;
    throttle(GFP_NOFS);
    ck_assert_uint_eq(c.sleeps, 1);
    end();
}
END_TEST

/* ---- passes ---- */

START_TEST(a_pass_writes_pages_in_order_in_whole_groups_and_goes_on_there)
{
    struct writeback_control wbc;

    begin();
    dirty(c.file, 0, 40);
    wbc = pass(orders(20));
    ck_assert_int_eq(wbc.nr_to_write, 20 - 28);
    ck_assert_uint_eq(c.file->writeback_index, 28);
    ck_assert_uint_eq(disk()->pages[1], 1); /* in the order of the file */
    ck_assert_uint_eq(pages_under_writeback(), 28);
    ck_assert_uint_eq(c.file->nr_dirty, 12);
    pass_until(NO_TIMEOUT);
    dirty(c.file, 0, 2);
    pass(orders(20));
    ck_assert_uint_eq(page_flags(c.file, 0) & PG_dirty, PG_dirty); /* behind it */
    pass(orders(20));
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(c.file->inode_list, INODE_LIST_NONE);
    pass_until(NO_TIMEOUT);
    ck_assert_uint_eq(pages_under_writeback(), 0);
    end();
}
END_TEST

START_TEST(the_oldest_file_is_first_and_goes_last_with_what_is_left)
{
    struct address_space *second;

    begin();
    second = add_file(c.disk);
    dirty(c.file, 0, 30);
    c.core.bare.clock.now_ns++;
    dirty(second, 0, 30);
    c.core.bare.clock.now_ns++;
    pass(orders(10));
    ck_assert_uint_eq(c.file->nr_dirty, 16);
    ck_assert_ptr_eq(next_inode(c.disk, INODE_LIST_IO), second);
    ck_assert_ptr_eq(next_inode(c.disk, INODE_LIST_DIRTY), c.file);
    ck_assert_uint_eq(c.file->dirtied_when_ns, 0); /* no younger one is behind it */
    pass(orders(10));
    ck_assert_uint_eq(second->nr_dirty, 16);
    ck_assert_ptr_eq(next_inode(c.disk, INODE_LIST_IO), c.file);
    end();
}
END_TEST

START_TEST(a_pass_does_not_touch_what_became_dirty_during_it)
{
    struct address_space *second;
    struct writeback_control wbc = orders(1000);

    begin();
    second = add_file(c.disk);
    dirty(c.file, 0, 200); /* more than the queue holds */
    ck_assert_int_eq(writeback_inodes(reclaim(), &c.core.task, &wbc), STEP_BLOCKED);
    sleep_as_told(&c.core.task);
    dirty(second, 0, 5);
    RUN(writeback_inodes(reclaim(), &c.core.task, &wbc));
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(second->nr_dirty, 5);
    end();
}
END_TEST

START_TEST(a_full_queue_is_waited_for_with_the_page_under_writeback)
{
    struct writeback_control wbc = orders(1000);

    begin();
    reclaim()->observer.wanted = UINT32_C(1) << RECLAIM_REQUEST_WAIT;
    dirty(c.file, 0, 130);
    ck_assert_int_eq(writeback_inodes(reclaim(), &c.core.task, &wbc), STEP_BLOCKED);
    ck_assert_int_eq(c.core.task.wait.stall, STALL_GET_REQUEST);
    ck_assert_ptr_eq(c.core.task.wait.queue, &disk()->waiters[IO_WRITE]);
    ck_assert_uint_eq(disk()->count[IO_WRITE], 128);
    ck_assert_uint_eq(page_flags(c.file, 128) & (PG_writeback | PG_dirty | PG_locked),
                      PG_writeback);
    ck_assert_uint_eq(page_flags(c.file, 129) & (PG_writeback | PG_dirty), PG_dirty);
    sleep_as_told(&c.core.task);
    RUN(writeback_inodes(reclaim(), &c.core.task, &wbc));
    ck_assert_uint_eq(c.core.bare.nr_events, 2);
    ck_assert_uint_eq(c.core.bare.events[0].dev, c.disk);
    ck_assert_uint_eq(c.slept_ns[STALL_GET_REQUEST], 2 * NSEC_PER_MSEC);
    pass_until(NO_TIMEOUT);
    ck_assert_uint_eq(pages_under_writeback(), 0);
    end();
}
END_TEST

START_TEST(a_nonblocking_pass_leaves_a_congested_device_for_others)
{
    struct address_space *fast;
    struct writeback_control wbc = orders(1000);

    begin();
    fast = add_file(0);
    dirty(c.file, 0, 200);
    dirty(fast, 0, 10);
    wbc.nonblocking = true;
    wbc = pass(wbc);
    ck_assert(wbc.encountered_congestion);
    /* 113 requests mark it, which is the first page of the ninth group */
    ck_assert_uint_eq(c.file->nr_dirty, 200 - 9 * 14);
    ck_assert_uint_eq(fast->nr_dirty, 0);
    ck_assert_uint_eq(c.sleeps, 0);
    wbc = orders(1000);
    wbc.nonblocking = true;
    wbc = pass(wbc);
    ck_assert_int_eq(wbc.nr_to_write, 1000);
    ck_assert(wbc.encountered_congestion);
    end();
}
END_TEST

START_TEST(a_pass_may_be_for_one_device)
{
    struct address_space *other;
    struct writeback_control wbc = orders(1000);

    begin();
    other = add_file(0);
    dirty(c.file, 0, 10);
    dirty(other, 0, 10);
    wbc.only_dev = 0;
    pass(wbc);
    ck_assert_uint_eq(c.file->nr_dirty, 10);
    ck_assert_uint_eq(other->nr_dirty, 0);
    end();
}
END_TEST

START_TEST(kupdate_takes_old_files_in_turns_and_keeps_their_age)
{
    struct address_space *second, *young;
    struct writeback_control wbc = orders(14);

    begin();
    second = add_file(c.disk);
    young = add_file(c.disk);
    wbc.for_kupdate = true;
    wbc.older_than_ns = 1;
    dirty(c.file, 0, 28);
    c.core.bare.clock.now_ns = 1;
    dirty(second, 0, 28);
    c.core.bare.clock.now_ns = 2;
    dirty_at(young, SECOND_FILE_PFN + 100, 0, 28);
    pass(wbc);
    ck_assert_uint_eq(c.file->nr_dirty, 14);
    ck_assert_ptr_eq(next_inode(c.disk, INODE_LIST_MORE_IO), c.file);
    ck_assert_uint_eq(c.file->dirtied_when_ns, 0);
    pass(wbc);
    ck_assert_uint_eq(second->nr_dirty, 14);
    pass(wbc);
    pass(wbc);
    ck_assert_uint_eq(c.file->nr_dirty + second->nr_dirty, 0);
    wbc = pass(wbc);
    ck_assert_int_eq(wbc.nr_to_write, 14);
    ck_assert_uint_eq(young->nr_dirty, 28);
    end();
}
END_TEST

START_TEST(kupdate_writes_young_files_that_another_pass_did_not_come_to)
{
    struct address_space *second;
    struct writeback_control wbc = orders(100);

    begin();
    c.core.bare.clock.now_ns = 10;
    second = add_file(c.disk);
    dirty(c.file, 0, 14);
    dirty(second, 0, 14);
    pass(orders(14));
    ck_assert_uint_eq(second->nr_dirty, 14);
    wbc.for_kupdate = true;
    pass(wbc);
    ck_assert_uint_eq(second->nr_dirty, 0);
    end();
}
END_TEST

START_TEST(devices_are_served_from_the_last_to_the_first)
{
    struct address_space *first;

    begin();
    first = add_file(0);
    dirty_at(first, SECOND_FILE_PFN, 0, 14);
    c.core.bare.clock.now_ns++;
    dirty(c.file, 0, 14);
    pass(orders(14));
    ck_assert_uint_eq(first->nr_dirty, 14);
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    end();
}
END_TEST

START_TEST(two_passes_may_write_pages_of_one_file)
{
    struct writeback_control first = orders(1000);

    begin();
    reclaim()->preemptible = true;
    dirty(c.file, 0, 42);
    ck_assert_int_eq(writeback_inodes(reclaim(), &c.core.task, &first), STEP_BLOCKED);
    ck_assert(c.file->being_written);
    pass(orders(14));
    ck_assert_uint_eq(c.file->nr_dirty, 14);
    ck_assert(c.file->being_written);
    ck_assert_ptr_eq(next_inode(c.disk, INODE_LIST_MORE_IO), c.file);
    RUN(writeback_inodes(reclaim(), &c.core.task, &first));
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(c.file->inode_list, INODE_LIST_NONE);
    end();
}
END_TEST

START_TEST(locked_pages_and_those_under_writeback_are_left_out)
{
    begin();
    dirty(c.file, 0, 5);
    ck_assert(trylock_page(reclaim(), (pfn_t){1}));
    set_page_writeback(reclaim(), (pfn_t){3}, 0);
    pass(orders(100));
    ck_assert_uint_eq(c.file->nr_dirty, 2);
    ck_assert_uint_eq(page_flags(c.file, 1) & PG_dirty, PG_dirty);
    ck_assert_uint_eq(page_flags(c.file, 3) & PG_dirty, PG_dirty);
    end();
}
END_TEST

START_TEST(files_without_a_write_are_left_alone_and_a_journal_may_refuse)
{
    struct writeback_control wbc;
    struct address_space *second;

    begin();
    second = add_file(0);
    dirty(c.file, 0, 5);
    dirty(second, 0, 5);
    c.file->writepage = WRITEPAGE_NONE;
    second->writepage = WRITEPAGE_ACTIVATES;
    wbc = pass(orders(100));
    ck_assert_int_eq(wbc.nr_to_write, 100);
    ck_assert_uint_eq(c.file->nr_dirty + second->nr_dirty, 10);
    c.file->writepage = WRITEPAGE_REDIRTIES;
    wbc = pass(orders(100));
    ck_assert_int_eq(wbc.nr_to_write, 95);
    ck_assert_uint_eq(wbc.pages_skipped, 5);
    ck_assert_uint_eq(c.file->nr_dirty, 5);
    ck_assert_uint_eq(pages_under_writeback(), 0);
    end();
}
END_TEST

START_TEST(a_preemptible_pass_works_in_groups)
{
    struct writeback_control wbc = orders(100);

    begin();
    reclaim()->preemptible = true;
    dirty(c.file, 0, 20);
    ck_assert_int_eq(writeback_inodes(reclaim(), &c.core.task, &wbc), STEP_BLOCKED);
    ck_assert_int_eq(c.core.task.wait.kind, WAIT_CPU);
    ck_assert_uint_eq(c.file->nr_dirty, 6);
    RUN(writeback_inodes(reclaim(), &c.core.task, &wbc));
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    end();
}
END_TEST

/* ---- fsync ---- */

static void fsync_file(struct address_space *file)
{
    struct file_sync sync = {0};

    RUN(file_fsync(reclaim(), &c.core.task, file, &sync));
}

START_TEST(fsync_writes_a_file_and_waits_for_all_of_it)
{
    struct address_space *second;

    begin();
    second = add_file(c.disk);
    dirty(c.file, 0, 10);
    dirty(c.file, 600, 10); /* in another chunk */
    dirty(second, 0, 10);
    fsync_file(c.file);
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(pages_under_writeback(), 0);
    ck_assert_uint_eq(second->nr_dirty, 10);
    ck_assert_uint_eq(c.slept_ns[STALL_WRITEBACK], 20 * NSEC_PER_MSEC);
    fsync_file(c.file);
    ck_assert_uint_eq(c.slept_ns[STALL_WRITEBACK], 20 * NSEC_PER_MSEC);
    end();
}
END_TEST

START_TEST(fsync_writes_a_page_again_that_was_dirtied_under_writeback)
{
    begin();
    reclaim()->observer.wanted = UINT32_C(1) << RECLAIM_PAGE_WAIT;
    dirty(c.file, 0, 3);
    pass(orders(10));
    ck_assert(set_page_dirty(reclaim(), (pfn_t){1}, 0));
    fsync_file(c.file);
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(disk()->pages_done[IO_WRITE], 4);
    ck_assert_uint_eq(c.core.bare.nr_events, 1);
    ck_assert_uint_eq(c.core.bare.events[0].pfn, 1);
    end();
}
END_TEST

START_TEST(fsync_of_a_file_in_memory_does_nothing)
{
    begin();
    c.file->writepage = WRITEPAGE_NONE;
    dirty(c.file, 0, 3);
    fsync_file(c.file);
    ck_assert_uint_eq(c.file->nr_dirty, 3);
    end();
}
END_TEST

/* ---- shares ---- */

START_TEST(a_share_follows_recent_events_and_decays)
{
    struct proportions all = {.shift = 4}; /* periods of 8 */
    struct proportion a = {0}, b = {0};

    ck_assert_uint_eq(proportion_scale(&all, &a, 1000), 0);
    proportion_add(&all, &a, 8);
    ck_assert_uint_eq(proportion_scale(&all, &a, 1000), 500); /* 8 halved of 8 */
    proportion_add(&all, &b, 4);
    ck_assert_uint_eq(proportion_scale(&all, &a, 1200), 400);
    ck_assert_uint_eq(proportion_scale(&all, &b, 1200), 400);
    proportion_add(&all, &b, 4 + 8 * 70);
    ck_assert_uint_eq(proportion_scale(&all, &a, UINT32_MAX), 0);
    ck_assert_uint_ge(proportion_scale(&all, &b, 1000), 800);
}
END_TEST

START_TEST(shares_outlive_a_change_of_the_period)
{
    struct proportions all = {.shift = 4};
    struct proportion a = {0};

    proportion_add(&all, &a, 12);
    ck_assert_uint_eq(proportion_scale(&all, &a, 1200), 800); /* 4 + 4 of 8 + 4 */
    proportions_change_shift(&all, 6);
    ck_assert_uint_eq(proportion_scale(&all, &a, 1200), 200); /* of 32 + 16 */
    proportions_change_shift(&all, 4);
    ck_assert_uint_eq(proportion_scale(&all, &a, 1200), 800);
}
END_TEST

START_TEST(another_dirty_ratio_sets_the_period_anew)
{
    struct proportions *completions;

    begin();
    completions = &reclaim()->writeback.completions;
    ck_assert_uint_eq(completions->shift, 11);
    machine()->vm_stat[NR_FREE_PAGES] = 8192 * 4;
    writeback_sysctl_written(reclaim(), VM_DIRTY_RATIO); /* the same value */
    ck_assert_uint_eq(completions->shift, 11);
    machine()->vm.dirty_ratio = 20;
    writeback_sysctl_written(reclaim(), VM_DIRTY_RATIO);
    ck_assert_uint_eq(completions->shift, 14);
    end();
}
END_TEST

START_TEST(a_device_may_have_its_share_but_no_more_than_is_left)
{
    begin();
    ck_assert_uint_eq(device_dirty_limit(reclaim(), 1000, c.disk), 0);
    writeback_completed(reclaim(), c.disk, 1024); /* a whole period, that is halved */
    ck_assert_uint_eq(device_dirty_limit(reclaim(), 1000, c.disk), 500);
    machine()->vm_stat[NR_FILE_DIRTY] = 600;
    machine()->vm_stat[NR_WRITEBACK] = 300;
    disk()->nr_dirty_pages = 50;
    ck_assert_uint_eq(device_dirty_limit(reclaim(), 1000, c.disk), 150);
    machine()->vm_stat[NR_FILE_DIRTY] = 6000;
    ck_assert_uint_eq(device_dirty_limit(reclaim(), 1000, c.disk), 50);
    end();
}
END_TEST

/* ---- writers ---- */

/* Dirties one page and balances; steps blocked on the way. */
static void write_one(uint32_t index)
{
    struct balance_dirty balance = {0};

    dirty(c.file, index, 1);
    RUN(balance_dirty_pages_ratelimited(reclaim(), &c.core.task, c.file, &balance));
}

START_TEST(writers_look_once_in_ratelimit_pages)
{
    begin();
    ck_assert_uint_eq(reclaim()->writeback.ratelimit_pages, BARE_PAGES / (2 * 32));
    reclaim()->writeback.ratelimit_pages = 16;
    machine()->vm_stat[NR_FILE_DIRTY] += BACKGROUND_LIMIT + 1;
    for (uint32_t i = 0; i < 15; i++)
        write_one(i);
    ck_assert_uint_eq(c.core.kthreads_woken, 0);
    write_one(15); /* over the background limit */
    ck_assert_uint_eq(c.core.kthreads_woken, 1);
    ck_assert_uint_eq(c.sleeps, 0);
    machine()->vm_stat[NR_FILE_DIRTY] -= BACKGROUND_LIMIT + 1;
    end();
}
END_TEST

START_TEST(a_writer_over_the_limit_writes_until_it_has_done_its_duty)
{
    begin();
    reclaim()->writeback.ratelimit_pages = 16;
    for (uint32_t i = 0; i < 607; i++)
        write_one(i); /* below the middle of both limits: small shares do not count */
    ck_assert_uint_eq(c.sleeps, 0);
    ck_assert_uint_eq(disk()->count[IO_WRITE], 0);
    for (uint32_t i = 607; i < 624; i++)
        write_one(i);
    /* 24 are to be written: two groups */
    ck_assert_uint_eq(disk()->count[IO_WRITE], 28);
    ck_assert(reclaim()->writeback.shares[c.disk].dirty_exceeded);
    ck_assert_uint_eq(c.sleeps, 0);
    for (uint32_t i = 624; i < 632; i++)
        write_one(i); /* 8 pages later again */
    ck_assert_uint_eq(disk()->count[IO_WRITE], 56);
    end();
}
END_TEST

START_TEST(a_writer_sleeps_when_others_have_written_all)
{
    struct balance_dirty balance = {0};

    begin();
    reclaim()->writeback.ratelimit_pages = 1;
    dirty(c.file, 0, 100);
    pass(orders(100));
    machine()->vm_stat[NR_WRITEBACK] += 1000; /* of other devices */
    dirty(c.file, 200, 1);
    ck_assert(trylock_page(reclaim(), (pfn_t){200})); /* left out */
    RUN(balance_dirty_pages_ratelimited(reclaim(), &c.core.task, c.file, &balance));
    ck_assert_uint_gt(c.slept_ns[STALL_BALANCE_DIRTY_PAGES], 0);
    ck_assert_uint_lt(disk()->nr_writeback_pages, 100); /* the share grows with what is done */
    ck_assert_uint_eq(c.file->nr_dirty, 1);
    machine()->vm_stat[NR_WRITEBACK] -= 1000;
    end();
}
END_TEST

START_TEST(a_file_that_nobody_writes_does_not_hold_its_writer)
{
    begin();
    reclaim()->writeback.ratelimit_pages = 1;
    c.file->writepage = WRITEPAGE_NONE;
    for (uint32_t i = 0; i < 2000; i++)
        write_one(i);
    ck_assert_uint_eq(c.sleeps, 0);
    end();
}
END_TEST

START_TEST(in_laptop_mode_only_writers_that_wrote_wake_pdflush)
{
    begin();
    reclaim()->writeback.ratelimit_pages = 1;
    machine()->vm.laptop_mode = 5;
    for (uint32_t i = 0; i < 600; i++)
        write_one(i);
    ck_assert_uint_eq(c.core.kthreads_woken, 0);
    for (uint32_t i = 600; i < 620; i++)
        write_one(i);
    ck_assert_uint_gt(c.core.kthreads_woken, 0);
    end();
}
END_TEST

/* ---- pdflush ---- */

static void run_pdflush(uint32_t thread)
{
    RUN(pdflush_step(reclaim(), &c.core.task, thread));
}

START_TEST(wakeup_pdflush_gives_work_to_the_thread_that_fell_idle_last)
{
    begin();
    reclaim()->observer.wanted = UINT32_C(1) << RECLAIM_WAKEUP_PDFLUSH;
    wakeup_pdflush(reclaim(), 0);
    ck_assert_uint_eq(c.kthread, 1);
    wakeup_pdflush(reclaim(), 77);
    ck_assert_uint_eq(c.kthread, 0);
    wakeup_pdflush(reclaim(), 78); /* nobody is idle */
    ck_assert_uint_eq(c.core.kthreads_woken, 2);
    ck_assert_uint_eq(c.core.bare.nr_events, 3);
    ck_assert_uint_eq(c.core.bare.events[0].pages, 0);
    ck_assert_uint_eq(c.core.bare.events[2].pages, 78);
    end();
}
END_TEST

START_TEST(background_work_ends_below_the_background_limit)
{
    begin();
    dirty(c.file, 0, 1500);
    pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0);
    run_pdflush(c.kthread);
    ck_assert_uint_lt(c.file->nr_dirty, BACKGROUND_LIMIT);
    ck_assert_uint_gt(c.file->nr_dirty, 0);
    ck_assert_uint_eq(c.slept_ns[STALL_GET_REQUEST], 0); /* congestion stops it before */
    ck_assert_uint_gt(c.slept_ns[STALL_NONE], 0);
    ck_assert_uint_eq(reclaim()->writeback.pdflush.nr_idle, 2);
    end();
}
END_TEST

START_TEST(asked_for_pages_are_written_below_the_limit_too)
{
    struct address_space *fast;

    begin();
    fast = add_file(0);
    dirty(fast, 0, 300);
    pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0);
    run_pdflush(c.kthread);
    ck_assert_uint_eq(fast->nr_dirty, 300);
    wakeup_pdflush(reclaim(), 0);
    run_pdflush(c.kthread);
    ck_assert_uint_eq(fast->nr_dirty, 0);
    ck_assert_uint_eq(reclaim()->writeback.pdflush.threads[c.kthread].pages_written, 300);
    end();
}
END_TEST

START_TEST(two_pdflushes_do_not_write_to_one_device)
{
    struct writeback_control wbc = orders(1000);

    begin();
    reclaim()->preemptible = true;
    dirty(c.file, 0, 100);
    wbc.for_pdflush = true;
    ck_assert_int_eq(writeback_inodes(reclaim(), &c.core.task, &wbc), STEP_BLOCKED);
    ck_assert(reclaim()->writeback.shares[c.disk].flushing);
    wakeup_pdflush(reclaim(), 50);
    run_pdflush(c.kthread);
    ck_assert_uint_eq(reclaim()->writeback.pdflush.threads[c.kthread].pages_written, 0);
    RUN(writeback_inodes(reclaim(), &c.core.task, &wbc));
    ck_assert(!reclaim()->writeback.shares[c.disk].flushing);
    end();
}
END_TEST

START_TEST(a_file_that_is_refused_does_not_keep_pdflush_awake)
{
    begin();
    c.file->writepage = WRITEPAGE_REDIRTIES;
    dirty(c.file, 0, 1500);
    wakeup_pdflush(reclaim(), 0);
    run_pdflush(c.kthread);
    ck_assert_uint_eq(c.sleeps, 1);
    end();
}
END_TEST

START_TEST(threads_come_when_all_are_busy_for_a_second_and_go_when_one_is_idle)
{
    struct pdflush_pool *pool;

    begin();
    pool = &reclaim()->writeback.pdflush;
    pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0);
    pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0);
    c.core.bare.clock.now_ns = NSEC_PER_SEC;
    run_pdflush(1);
    ck_assert_uint_eq(pool->nr_threads, 2);
    pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0);
    c.core.bare.clock.now_ns += NSEC_PER_SEC + 1;
    run_pdflush(1);
    ck_assert_uint_eq(pool->nr_threads, 3);
    ck_assert_uint_eq(pool->nr_idle, 2);
    ck_assert(pool->threads[2].alive);
    c.core.bare.clock.now_ns += NSEC_PER_SEC + 1;
    run_pdflush(0);
    ck_assert_uint_eq(pool->nr_threads, 2);
    ck_assert(!pool->threads[0].alive);
    ck_assert(pdflush_operation(reclaim(), PDFLUSH_BACKGROUND, 0));
    ck_assert_uint_eq(c.kthread, 1);
    end();
}
END_TEST

/* ---- the timer ---- */

START_TEST(the_timer_writes_what_is_old_and_is_set_again)
{
    begin();
    ck_assert_uint_eq(c.nr_kupdate_timers, 0);
    machine()->vm.dirty_writeback_centisecs = 500;
    machine()->vm.dirty_expire_centisecs = 3000;
    writeback_sysctl_written(reclaim(), VM_DIRTY_WRITEBACK_CENTISECS);
    writeback_sysctl_written(reclaim(), VM_DIRTY_WRITEBACK_CENTISECS);
    ck_assert_uint_eq(c.nr_kupdate_timers, 1);
    dirty(c.file, 0, 50);
    for (uint64_t s = 5; s <= 30; s += 5) {
        ck_assert_uint_eq(c.file->nr_dirty, 50);
        ck_assert_uint_eq(c.kupdate_ns, s * NSEC_PER_SEC);
        c.core.bare.clock.now_ns = c.kupdate_ns;
        reclaim_timer(reclaim(), RECLAIM_TIMER_KUPDATE, 0);
        run_pdflush(c.kthread);
    }
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_eq(c.kupdate_ns, 35 * NSEC_PER_SEC);
    end();
}
END_TEST

START_TEST(the_timer_comes_back_in_a_second_when_all_threads_are_busy)
{
    begin();
    machine()->vm.dirty_writeback_centisecs = 500;
    wakeup_pdflush(reclaim(), 1);
    wakeup_pdflush(reclaim(), 1);
    c.core.bare.clock.now_ns = 5 * NSEC_PER_SEC;
    writeback_timer(reclaim());
    ck_assert_uint_eq(c.kupdate_ns, 6 * NSEC_PER_SEC);
    machine()->vm.dirty_writeback_centisecs = 0;
    writeback_timer(reclaim());
    ck_assert_uint_eq(c.nr_kupdate_timers, 1);
    end();
}
END_TEST

START_TEST(periodic_work_outlasts_congestion_and_leaves_a_second_at_least)
{
    begin();
    machine()->vm.dirty_writeback_centisecs = 10;
    machine()->vm.dirty_expire_centisecs = 10;
    dirty(c.file, 0, 600);
    c.core.bare.clock.now_ns = NSEC_PER_SEC;
    writeback_timer(reclaim());
    run_pdflush(c.kthread);
    ck_assert_uint_eq(c.file->nr_dirty, 0);
    ck_assert_uint_gt(c.slept_ns[STALL_NONE], 0);
    ck_assert_uint_eq(c.kupdate_ns, c.core.bare.clock.now_ns + NSEC_PER_SEC);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writeback");

    TEST_CASE(suite, "limits", limits_are_shares_of_free_and_lru_pages,
              the_dirty_ratio_is_5_at_least_and_the_background_one_below_it,
              some_tasks_may_have_a_quarter_more, high_memory_does_not_count,
              a_share_follows_recent_events_and_decays, shares_outlive_a_change_of_the_period,
              another_dirty_ratio_sets_the_period_anew,
              a_device_may_have_its_share_but_no_more_than_is_left);
    TEST_CASE(suite, "throttle", reclaimers_wait_until_a_tenth_above_the_limit_is_under_writeback,
              without_fs_or_io_they_wait_once, throttling_sleeps_even_where_nothing_is_congested);
    TEST_CASE(suite, "pass", a_pass_writes_pages_in_order_in_whole_groups_and_goes_on_there,
              the_oldest_file_is_first_and_goes_last_with_what_is_left,
              a_pass_does_not_touch_what_became_dirty_during_it,
              a_full_queue_is_waited_for_with_the_page_under_writeback,
              a_nonblocking_pass_leaves_a_congested_device_for_others, a_pass_may_be_for_one_device,
              kupdate_takes_old_files_in_turns_and_keeps_their_age,
              kupdate_writes_young_files_that_another_pass_did_not_come_to,
              devices_are_served_from_the_last_to_the_first, two_passes_may_write_pages_of_one_file,
              locked_pages_and_those_under_writeback_are_left_out,
              files_without_a_write_are_left_alone_and_a_journal_may_refuse,
              a_preemptible_pass_works_in_groups);
    TEST_CASE(suite, "fsync", fsync_writes_a_file_and_waits_for_all_of_it,
              fsync_writes_a_page_again_that_was_dirtied_under_writeback,
              fsync_of_a_file_in_memory_does_nothing);
    TEST_CASE(suite, "writers", writers_look_once_in_ratelimit_pages,
              a_writer_over_the_limit_writes_until_it_has_done_its_duty,
              a_writer_sleeps_when_others_have_written_all,
              a_file_that_nobody_writes_does_not_hold_its_writer,
              in_laptop_mode_only_writers_that_wrote_wake_pdflush);
    TEST_CASE(suite, "pdflush", wakeup_pdflush_gives_work_to_the_thread_that_fell_idle_last,
              background_work_ends_below_the_background_limit,
              asked_for_pages_are_written_below_the_limit_too,
              two_pdflushes_do_not_write_to_one_device,
              a_file_that_is_refused_does_not_keep_pdflush_awake,
              threads_come_when_all_are_busy_for_a_second_and_go_when_one_is_idle);
    TEST_CASE(suite, "timer", the_timer_writes_what_is_old_and_is_set_again,
              the_timer_comes_back_in_a_second_when_all_threads_are_busy,
              periodic_work_outlasts_congestion_and_leaves_a_second_at_least);
    return test_run(suite);
}
