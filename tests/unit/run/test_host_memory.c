/* SPDX-License-Identifier: MIT */
/* Runs on a host that refuses one allocation after the other. */
#include <string.h>

#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

/* A run that uses everything that grows: sources, queues, pieces, lists, failures. */
static void build(struct run_builder *rb)
{
    struct task_spec *task;
    struct list_source *events;

    run_builder_init(rb, PAGES);
    rb->spec.tick_ns = 10 * NSEC_PER_MSEC;
    task = run_add_task(rb, "script", 0);
    step_loop(task, 3, 3);
    step_alloc(task, 1, 20, 1, GFP_HIGHUSER_MOVABLE);
    step_free(task, 1, 0, 3);
    step_sleep(task, 10 * NSEC_PER_MSEC);
    step_exit(task);
    events = run_add_source(rb, "app", 0);
    for (uint64_t i = 0; i < 40; i++)
        add_alloc(events, 1000, i, i % 4, GFP_KERNEL);
    add_part(events, 2000, 3, 0, 1);
    add_alloc(events, 3000, 40, MAX_ORDER, GFP_KERNEL);
    for (uint64_t i = 0; i < 40; i++)
        add_free(events, 20 * NSEC_PER_MSEC, i);
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

START_TEST(every_refused_allocation_ends_in_an_error_and_a_valid_prefix)
{
    unsigned refused = 0;

    for (bool again = true; again; refused++) {
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
        if (again) {
            ck_assert_msg(!ok, "allocation %u was refused and nobody minded", refused);
            ck_assert_int_eq(rb.err.code, ERR_OUT_OF_MEMORY);
        } else {
            ck_assert_msg(ok, "%s", rb.err.message);
            ck_assert_uint_eq(count_text(&rb, "\"type\":\"summary\""), 1);
        }
        run_builder_fini(&rb);
    }
    ck_assert_uint_gt(refused, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host_memory");

    TEST_CASE(suite, "refused", every_refused_allocation_ends_in_an_error_and_a_valid_prefix);
    return test_run(suite);
}
