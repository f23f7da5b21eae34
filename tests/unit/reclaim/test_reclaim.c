/* SPDX-License-Identifier: MIT */
/* Setting the layer up with and without host memory, its devices, timers and wake-ups. */
#include <stdlib.h>

#include "core_case.h"
#include "lib/fail_malloc.h"

/* A machine as large as the bare one, and reclaim to be set up on it. Must not move. */
struct setup {
    struct machine machine;
    struct zone zones[MAX_NR_ZONES];
    struct node node;
    struct clock clock;
    struct reclaim reclaim;
    struct reclaim_owner owner;
    struct rmap_ops rmap;
    unsigned nr_kupdate_timers;
};

static void on_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)arg;
    (void)at_ns;
    ((struct setup *)context)->nr_kupdate_timers += timer == RECLAIM_TIMER_KUPDATE;
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)context;
    (void)arg;
    ck_assert_int_eq(kind, KTHREAD_PDFLUSH);
}

static void prepare(struct setup *s)
{
    *s = (struct setup){0};
    s->machine = (struct machine){
        .ops_context = &s->reclaim,
        .clock = &s->clock,
        .zones = s->zones,
        .nodes = &s->node,
        .nr_zones = MAX_NR_ZONES,
        .nr_nodes = 1,
        .nr_cpus = 2,
        .hz = 250,
        .frame_table.max_pfn = BARE_PAGES,
        .vm.dirty_writeback_centisecs = 500,
    };
    s->owner = (struct reclaim_owner){.context = s, .timer = on_timer, .kthread = on_kthread};
    s->rmap = (struct rmap_ops){.context = s};
}

START_TEST(a_reclaim_just_set_up_has_its_parts_and_a_timer)
{
    static struct setup s;
    struct sim_error err = {0};

    prepare(&s);
    ck_assert(reclaim_init(&s.reclaim, &s.machine, &s.owner, &s.rmap, &err));
    ck_assert_ptr_eq(s.reclaim.machine, &s.machine);
    ck_assert_ptr_eq(s.reclaim.owner.context, &s);
    ck_assert_ptr_eq(s.reclaim.rmap.context, &s);
    ck_assert_uint_eq(s.reclaim.lru_pvecs[1].rotate.nr, 0);
    ck_assert_uint_eq(s.reclaim.kswapds[0].state, 0);
    ck_assert_uint_eq(s.reclaim.page_owners.owners[BARE_PAGES - 1].mapping, PAGE_MAPPING_NONE);
    ck_assert_uint_eq(s.nr_kupdate_timers, 1);
    reclaim_fini(&s.reclaim);
    ck_assert_ptr_null(s.reclaim.lru_pvecs);
    reclaim_fini(&s.reclaim); /* nothing is left */
}
END_TEST

START_TEST(without_host_memory_nothing_is_held)
{
    static struct setup s;
    struct sim_error err = {0};
    bool ok = false;
    unsigned failed = 0;

    for (;; failed++) {
        prepare(&s);
        err = (struct sim_error){0};
        fail_malloc_at(failed);
        ok = reclaim_init(&s.reclaim, &s.machine, &s.owner, &s.rmap, &err);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
        ck_assert_ptr_null(s.reclaim.lru_pvecs);
        ck_assert_ptr_null(s.reclaim.page_owners.owners);
    }
    ck_assert(ok);
    ck_assert_uint_eq(failed, 3);
    reclaim_fini(&s.reclaim);
}
END_TEST

START_TEST(all_that_was_added_is_given_back)
{
    static const struct backing_dev_spec disk = {
        .name = "disk", .nr_requests = 128, .max_request_pages = 1, .page_ns = 5};
    static const struct swap_spec swap = {.pages = 300};
    static struct setup s;
    struct sim_error err = {0};
    uint32_t dev = 99;

    prepare(&s);
    ck_assert(reclaim_init(&s.reclaim, &s.machine, &s.owner, &s.rmap, &err));
    ck_assert(reclaim_add_device(&s.reclaim, &disk, &dev));
    ck_assert_uint_eq(dev, 0);
    ck_assert_ptr_nonnull(address_space_create(&s.reclaim, dev));
    ck_assert(swapon(&s.reclaim, &swap));
    reclaim_fini(&s.reclaim); /* leaks are seen by the sanitizer */
}
END_TEST

START_TEST(devices_are_numbered_up_to_their_maximum)
{
    static const struct backing_dev_spec disk = {
        .name = "disk", .nr_requests = 128, .max_request_pages = 1};
    static struct setup s;
    struct sim_error err = {0};
    uint32_t dev = 99;

    prepare(&s);
    ck_assert(reclaim_init(&s.reclaim, &s.machine, &s.owner, &s.rmap, &err));
    for (unsigned i = 0; i < DEVICES_MAX; i++) {
        ck_assert(reclaim_add_device(&s.reclaim, &disk, &dev));
        ck_assert_uint_eq(dev, i);
    }
    dev = 99;
    ck_assert(!reclaim_add_device(&s.reclaim, &disk, &dev));
    ck_assert_uint_eq(dev, 99);
    ck_assert_uint_eq(s.reclaim.nr_devices, DEVICES_MAX);
    reclaim_fini(&s.reclaim);
}
END_TEST

START_TEST(each_timer_reaches_its_owner)
{
    static const struct backing_dev_spec slow = {
        .name = "slow", .nr_requests = 4, .max_request_pages = 1, .page_ns = 1000};
    static struct core_case c;

    case_begin(&c);
    bare_device(&c.bare, &slow);
    c.mapping->backing_dev = 1;
    case_file_page(&c, 1);
    set_page_writeback(&c.bare.reclaim, (pfn_t){1}, 0);
    backing_dev_submit(&c.bare.reclaim, 1, IO_WRITE, 1, (pfn_t){1}, 0);
    c.bare.clock.now_ns = c.bare.timer_ns[1];
    reclaim_timer(&c.bare.reclaim, RECLAIM_TIMER_DEVICE, 1);
    ck_assert_uint_eq(bare_frame(&c.bare, 1)->flags & PG_writeback, 0);
    ck_assert_uint_eq(c.kthreads_woken, 0);
    c.bare.machine.vm.dirty_writeback_centisecs = 500;
    reclaim_timer(&c.bare.reclaim, RECLAIM_TIMER_KUPDATE, 0);
    ck_assert_uint_eq(c.kthreads_woken, 1);
    case_end(&c);
}
END_TEST

START_TEST(all_sleepers_are_woken_first_come_first)
{
    struct bare_reclaim *bare = calloc(1, sizeof(*bare));
    struct waitqueue queue = {0};
    struct task tasks[3];

    ck_assert_ptr_nonnull(bare);
    bare_begin(bare);
    for (uint32_t i = 0; i < 3; i++)
        bare_sleep(&tasks[i], i + 1, &queue);
    reclaim_wake_all(&bare->reclaim, &queue);
    ck_assert(!waitqueue_active(&queue));
    ck_assert_uint_eq(bare->nr_woken, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(bare->woken[i], i + 1);
    bare_end(bare);
    free(bare);
}
END_TEST

START_TEST(unlocking_a_page_wakes_who_waits_for_it)
{
    static struct core_case c;
    struct task waits, waits_elsewhere;
    pfn_t page = {300};

    case_begin(&c);
    ck_assert(trylock_page(&c.bare.reclaim, page));
    ck_assert(!trylock_page(&c.bare.reclaim, page));
    bare_sleep(&waits, 7, page_waitqueue(&c.bare.reclaim, page));
    bare_sleep(&waits_elsewhere, 8, page_waitqueue(&c.bare.reclaim, (pfn_t){301}));
    unlock_page(&c.bare.reclaim, page);
    ck_assert_uint_eq(c.bare.nr_woken, 1);
    ck_assert_uint_eq(c.bare.woken[0], 7);
    ck_assert(trylock_page(&c.bare.reclaim, page));
    waitqueue_remove(&waits_elsewhere);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reclaim");

    TEST_CASE(suite, "setup", a_reclaim_just_set_up_has_its_parts_and_a_timer,
              without_host_memory_nothing_is_held, all_that_was_added_is_given_back,
              devices_are_numbered_up_to_their_maximum);
    TEST_CASE(suite, "running", each_timer_reaches_its_owner,
              all_sleepers_are_woken_first_come_first, unlocking_a_page_wakes_who_waits_for_it);
    return test_run(suite);
}
