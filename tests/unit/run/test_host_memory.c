/* SPDX-License-Identifier: MIT */
/* Runs on a host that refuses one allocation after the other. */
#include <string.h>

#include "base/check.h"
#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 1024 };

/* Files, regions, swap, and tasks and threads that come at run time. */
static void add_user_steps(struct run_builder *rb)
{
    struct task_spec *parent = run_add_task(rb, "parent", 0);
    struct task_spec *child = run_add_task(rb, "child", 0);
    uint32_t device = run_add_device(rb, 1000, 100);

    run_add_swap(rb, device, PAGES);
    run_add_file(rb, device, 100);
    step_read(parent, 0);
    step_user(parent, USER_WRITE)->access.nr_pages = 100;
    step_anon(parent, 0, PAGES);
    step_touch(parent, 0, true);
    step_fork(parent, 2);
    child->forked = true;
    step_touch(child, 0, true)->access.nr_pages = 5;
    step_exit(child);
}

/* A run that uses everything that grows: sources, queues, pieces, lists, failures, memory. */
static void build(struct run_builder *rb)
{
    struct task_spec *task;
    struct list_source *events;

    run_builder_init(rb, PAGES);
    rb->spec.machine.vm.min_free_kbytes = 128;
    rb->spec.tick_ns = 10 * NSEC_PER_MSEC;
    task = run_add_task(rb, "script", 0);
    step_loop(task, 3, 3);
    step_alloc(task, 1, 20, 1, GFP_HIGHUSER_MOVABLE);
    step_free(task, 1, 0, 3);
    step_sleep(task, 10 * NSEC_PER_MSEC);
    step_exit(task);
    add_user_steps(rb);
    rb->spec.reclaim_replay = RECLAIM_SIMULATED;
    events = run_add_source(rb, "app", 0);
    for (uint64_t i = 0; i < 40; i++)
        add_alloc(events, 1000, i, i % 4, GFP_KERNEL);
    add_part(events, 2000, 3, 0, 1);
    add_alloc(events, 3000, 40, MAX_ORDER, GFP_KERNEL);
    add_alloc(events, 3000, 41, 0, GFP_HIGHUSER_MOVABLE);
    for (uint64_t i = 0; i < 40; i++)
        add_free(events, 20 * NSEC_PER_MSEC, i);
    add_free(events, 20 * NSEC_PER_MSEC, 41)->flags = TRACE_ORIGIN_RECLAIM;
}

/* Whole lines only, the header first. */
static void expect_valid_prefix(const struct run_builder *rb)
{
    static const char header[] = "{\"type\":\"header\"";

    if (rb->size == 0)
        return;
    ck_assert_int_eq(rb->lines[rb->size - 1], '\n');
    ck_assert_int_eq(strncmp(rb->lines, header, sizeof(header) - 1), 0);
}

/* Checkers allocate at every event; among so many a sample must do. */
static unsigned step(unsigned refused)
{
    return MMSIM_CHECKS >= MMSIM_CHECKS_FULL ? 1 + refused / 64 : 1;
}

/* The checkers do without what they are refused; then nothing may be missing. */
static void expect_undisturbed(const struct run_builder *rb, const struct run_builder *whole)
{
    ck_assert_int_ge(MMSIM_CHECKS, MMSIM_CHECKS_FULL);
    ck_assert_uint_eq(rb->size, whole->size);
    ck_assert_int_eq(memcmp(rb->lines, whole->lines, rb->size), 0);
}

START_TEST(every_refused_allocation_ends_in_an_error_and_a_valid_prefix)
{
    unsigned refused = 0;
    struct run_builder whole;

    build(&whole);
    run_start(&whole);
    run_to_end(&whole);
    for (bool again = true; again; refused += step(refused)) {
        struct run_builder rb;
        bool ok = false;

        build(&rb);
        fail_malloc_at(refused);
        rb.sim = simulation_create(&rb.spec, &rb.output, &rb.err);
        if (rb.sim)
            ok = simulation_run(rb.sim, &rb.err);
        again = fail_malloc_off();
        run_flush(&rb);
        expect_valid_prefix(&rb);
        if (again && ok) {
            expect_undisturbed(&rb, &whole);
        } else if (again) {
            ck_assert_int_eq(rb.err.code, ERR_OUT_OF_MEMORY);
        } else {
            ck_assert_msg(ok, "%s", rb.err.message);
            ck_assert_uint_eq(count_text(&rb, "\"type\":\"summary\""), 1);
        }
        run_builder_fini(&rb);
    }
    ck_assert_uint_gt(refused, 20);
    run_builder_fini(&whole);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host_memory");

    TEST_CASE(suite, "refused", every_refused_allocation_ends_in_an_error_and_a_valid_prefix);
    return test_run(suite);
}
