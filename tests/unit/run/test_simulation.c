/* SPDX-License-Identifier: MIT */
/* Whole small runs: time, order, lateness, the end. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

#define JIFFY_NS (4 * NSEC_PER_MSEC)

/* ---- cost and latency ---- */

START_TEST(allocation_takes_its_cost_and_no_more)
{
    struct run_builder rb;
    struct list_source *events;

    run_builder_init(&rb, PAGES);
    events = run_add_source(&rb, "app", 0);
    add_alloc(events, 1000, 1, 0, GFP_KERNEL);
    add_alloc(events, 5000, 2, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->allocs, 2);
    ck_assert_uint_eq(simulation_stats(rb.sim)->alloc_latency_ns.min, RUN_ALLOC_NS);
    ck_assert_uint_eq(simulation_stats(rb.sim)->alloc_latency_ns.max, RUN_ALLOC_NS);
    ck_assert_uint_eq(simulation_stats(rb.sim)->late_ops, 0);
    ck_assert_uint_eq(simulation_stats(rb.sim)->blocks_live, 2);
    ck_assert_uint_eq(simulation_progress(rb.sim).now_ns, 5000 + RUN_ALLOC_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(record_behind_a_busy_cpu_is_late_by_what_is_left_of_it)
{
    struct run_builder rb;
    struct list_source *events;

    run_builder_init(&rb, PAGES);
    events = run_add_source(&rb, "app", 0);
    add_alloc(events, 1000, 1, 0, GFP_KERNEL);
    add_alloc(events, 1030, 2, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->late_ops, 1);
    ck_assert_uint_eq(simulation_stats(rb.sim)->late_ns, RUN_ALLOC_NS - 30);
    ck_assert_uint_eq(simulation_stats(rb.sim)->alloc_latency_ns.max, RUN_ALLOC_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(tasks_of_two_cpus_do_not_wait_for_each_other)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    add_alloc(run_add_source(&rb, "a", 0), 1000, 1, 0, GFP_KERNEL);
    add_alloc(run_add_source(&rb, "b", 1), 1000, 1, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->late_ops, 0);
    ck_assert_uint_eq(simulation_progress(rb.sim).now_ns, 1000 + RUN_ALLOC_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(arrival_at_the_moment_a_cpu_becomes_free_waits_its_turn)
{
    const struct run_stats *stats;
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    /* Its only record is fetched at the beginning and so comes before what is scheduled later. */
    add_alloc(run_add_source(&rb, "c", 0), 1000 + RUN_ALLOC_NS, 1, 0, GFP_KERNEL);
    add_alloc(run_add_source(&rb, "a", 0), 1000, 1, 0, GFP_KERNEL);
    add_alloc(run_add_source(&rb, "b", 0), 1050, 1, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->late_ops, 2);
    ck_assert_uint_eq(stats->late_max_ns, RUN_ALLOC_NS);
    ck_assert_uint_eq(stats->late_ns, RUN_ALLOC_NS - 50 + RUN_ALLOC_NS);
    ck_assert_uint_eq(simulation_progress(rb.sim).now_ns, 1000 + 3 * RUN_ALLOC_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(interrupts_go_before_real_time_tasks_and_these_before_others)
{
    const struct run_stats *stats;
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    run_add_task(&rb, "irq", 0)->flags = TASK_IN_INTERRUPT;
    run_add_task(&rb, "rt", 0)->flags = TASK_RT;
    add_alloc(run_add_source(&rb, "busy", 0), 1000, 1, 0, GFP_ATOMIC);
    add_alloc(run_add_source(&rb, "other", 0), 1010, 1, 0, GFP_ATOMIC);
    add_alloc(run_add_source(&rb, "rt", 0), 1020, 1, 0, GFP_ATOMIC);
    add_alloc(run_add_source(&rb, "irq", 0), 1030, 1, 0, GFP_ATOMIC);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->late_ops, 3);
    ck_assert_uint_eq(stats->late_ns, 70 + 180 + 290);
    ck_assert_uint_eq(stats->late_max_ns, 290); /* the other one's, though it came first */
    run_builder_fini(&rb);
}
END_TEST

START_TEST(tasks_of_the_same_name_are_one_task)
{
    struct run_builder rb;
    struct list_source *events;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    step_alloc(run_add_task(&rb, "app", -1), 1, 1, 0, GFP_KERNEL);
    events = run_add_source(&rb, "other", 0);
    add_task(events, "app", 1); /* the first CPU that is named */
    add_alloc(events, 0, 1, 0, GFP_KERNEL)->task = 1;
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->late_ops, 1);
    ck_assert_uint_eq(count_text(&rb, "\"tasks_blocked\":0"), 2);
    run_builder_fini(&rb);
}
END_TEST

/* ---- blocking ---- */

/* A task that takes every page there is, beginning at 0. */
static struct task_spec *exhaust(struct run_builder *rb)
{
    struct task_spec *hog = run_add_task(rb, "hog", 0);

    hog->flags = TASK_PF_MEMALLOC;
    step_alloc(hog, 1, PAGES, 0, GFP_KERNEL | GFP_BIT_NOWARN);
    return hog;
}

static void build_congested(struct run_builder *rb)
{
    struct task_spec *hog;
    struct list_source *events;

    run_builder_init(rb, PAGES);
    rb->spec.machine.nr_cpus = 2;
    hog = exhaust(rb);
    step_until(hog, 40 * NSEC_PER_MSEC);
    step_free(hog, 1, 2000, 1);
    events = run_add_source(rb, "nofs", 1);
    add_alloc(events, 10 * NSEC_PER_MSEC, 1, 0, GFP_NOFS);
    add_alloc(events, 11 * NSEC_PER_MSEC, 2, 0, GFP_NOFS);
}

START_TEST(lateness_behind_a_congestion_wait_is_exact)
{
    /* Asleep from 10 ms on, twice HZ/50; memory is back at 40 ms. */
    uint64_t wait_ns = 5 * JIFFY_NS;
    uint64_t done_ns = RUN_ALLOC_NS + RUN_SLOW_PATH_NS + 3 * RUN_DIRECT_RECLAIM_NS + 2 * wait_ns;
    const struct run_stats *stats;
    struct run_builder rb;

    build_congested(&rb);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->stalls[STALL_CONGESTION_WAIT], 2);
    ck_assert_uint_eq(stats->stall_ns[STALL_CONGESTION_WAIT], 2 * wait_ns);
    ck_assert_uint_eq(stats->stalls[STALL_DIRECT_RECLAIM], 3);
    ck_assert_uint_eq(stats->stall_ns[STALL_DIRECT_RECLAIM], 3 * RUN_DIRECT_RECLAIM_NS);
    ck_assert_uint_eq(stats->alloc_latency_ns.max, done_ns);
    ck_assert_uint_eq(stats->late_max_ns, done_ns - NSEC_PER_MSEC);
    ck_assert_uint_eq(stats->tasks_blocked, 0);
    ck_assert_uint_eq(simulation_machine(rb.sim)->vm_events[ALLOCSTALL], 3);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(blocked_task_is_counted_while_it_sleeps)
{
    struct run_builder rb;

    build_congested(&rb);
    rb.spec.tick_ns = NSEC_PER_MSEC;
    run_start(&rb);
    run_until(&rb, 12 * NSEC_PER_MSEC);
    ck_assert_uint_eq(simulation_stats(rb.sim)->tasks_blocked, 1);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->tasks_blocked, 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(cond_resched_lets_the_other_task_of_the_cpu_run)
{
    const struct run_stats *stats;
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.duration_ns = 50 * NSEC_PER_MSEC;
    rb.spec.machine.nr_cpus = 2;
    exhaust(&rb);
    /* Both come while the CPU is busy; the second has its turn when the first offers it. */
    add_alloc(run_add_source(&rb, "before", 1), 10 * NSEC_PER_MSEC - 10, 1, 0, GFP_ATOMIC);
    add_alloc(run_add_source(&rb, "nofs", 1), 10 * NSEC_PER_MSEC, 1, 0, GFP_NOFS);
    add_alloc(run_add_source(&rb, "atomic", 1), 10 * NSEC_PER_MSEC, 1, 0, GFP_ATOMIC);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_ge(stats->stalls[STALL_RESCHED], 1);
    ck_assert_uint_eq(stats->stall_ns[STALL_RESCHED], RUN_ALLOC_NS + RUN_SLOW_PATH_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(sleepers_that_get_nowhere_end_the_run)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.tick_ns = 60 * NSEC_PER_SEC;
    rb.spec.machine.nr_cpus = 2;
    exhaust(&rb);
    add_alloc(run_add_source(&rb, "nofs", 1), NSEC_PER_SEC, 1, 0, GFP_NOFS);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->tasks_blocked, 1);
    ck_assert_uint_ge(simulation_progress(rb.sim).now_ns, 11 * NSEC_PER_SEC);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, 12 * NSEC_PER_SEC);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"summary\""), 1);
    run_builder_fini(&rb);
}
END_TEST

/* ---- the OOM killer and exits ---- */

START_TEST(oom_ends_the_task_and_frees_its_user_pages)
{
    const struct run_stats *stats;
    struct run_builder rb;
    struct task_spec *task;
    uint64_t free_before;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "eater", 0);
    step_alloc(task, 1, 100, 0, GFP_KERNEL);
    step_alloc(task, 2, PAGES, 0, GFP_HIGHUSER_MOVABLE);
    step_sleep(task, NSEC_PER_SEC);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->oom_kills, 1);
    ck_assert_uint_eq(stats->alloc_failures, 0); /* the last one drew on the reserve */
    ck_assert_uint_eq(stats->pages_live, 100);
    ck_assert_uint_eq(free_pages_of(&rb), free_before - 100);
    ck_assert_uint_eq(count_text(&rb, "\"victim\":\"eater\""), 1);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, NSEC_PER_SEC);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(records_of_a_dead_task_are_skipped_and_counted)
{
    struct run_builder rb;
    struct list_source *events;
    uint32_t other;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    run_add_task(&rb, "app", 0);
    step_alloc(&rb.tasks[0], 1, 1, 0, GFP_KERNEL);
    step_exit(&rb.tasks[0]);
    rb.tasks[0].start_ns = 5000;
    events = run_add_source(&rb, "app", 0);
    other = add_task(events, "other", 1);
    add_alloc(events, 1000, 1, 0, GFP_HIGHUSER_MOVABLE); /* goes with the task */
    add_alloc(events, 2000, 2, 0, GFP_KERNEL);           /* stays */
    add_alloc(events, 10000, 3, 0, GFP_KERNEL);          /* skipped */
    add_free(events, 11000, 1)->task = other;            /* skipped */
    add_free(events, 12000, 3)->task = other;            /* skipped */
    add_free(events, 13000, 2)->task = other;
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->ops_of_dead_tasks, 3);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees_double, 0);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees_unknown, 0);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees, 2);
    ck_assert_uint_eq(simulation_stats(rb.sim)->blocks_live, 1); /* the script's */
    run_builder_fini(&rb);
}
END_TEST

/* ---- output ---- */

START_TEST(ticks_come_at_multiples_and_once_at_the_end)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.tick_ns = 10 * NSEC_PER_MSEC;
    rb.spec.duration_ns = 25 * NSEC_PER_MSEC;
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"tick\""), 3);
    ck_assert_uint_eq(count_text(&rb, "{\"type\":\"tick\",\"time_ns\":10000000,"), 1);
    ck_assert_uint_eq(count_text(&rb, "{\"type\":\"tick\",\"time_ns\":20000000,"), 1);
    ck_assert_uint_eq(count_text(&rb, "{\"type\":\"tick\",\"time_ns\":25000000,"), 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(tick_at_the_end_is_written_once)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.tick_ns = 10 * NSEC_PER_MSEC;
    rb.spec.duration_ns = 20 * NSEC_PER_MSEC;
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"tick\""), 2);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(summary_is_last_and_also_alone)
{
    struct run_builder rb;
    char *summary = NULL;
    size_t size;

    run_builder_init(&rb, PAGES);
    rb.spec.duration_ns = NSEC_PER_MSEC;
    rb.output.summary_stream = tmpfile();
    run_start(&rb);
    run_to_end(&rb);
    run_read_stream(rb.output.summary_stream, &summary, &size);
    ck_assert_uint_gt(rb.size, size);
    ck_assert_str_eq(rb.lines + rb.size - size, summary);
    ck_assert_int_eq(strncmp(summary, "{\"type\":\"summary\"", 17), 0);
    fclose(rb.output.summary_stream);
    free(summary);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(run_without_a_reader_works)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.output.stream = NULL;
    add_alloc(run_add_source(&rb, "app", -1), 1000, 1, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->allocs, 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(interrupted_run_closes_its_output)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.duration_ns = NSEC_PER_SEC;
    run_start(&rb);
    run_until(&rb, 150 * NSEC_PER_MSEC);
    ck_assert(simulation_interrupt(rb.sim, &rb.err));
    ck_assert_int_eq(simulation_step(rb.sim, &rb.err), SIMULATION_DONE);
    run_flush(&rb);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"summary\""), 1);
    ck_assert_uint_eq(count_text(&rb, "interrupted"), 1);
    run_builder_fini(&rb);
}
END_TEST

/* ---- independence ---- */

static void expect_same_output(struct run_builder *a, struct run_builder *b)
{
    run_flush(a);
    run_flush(b);
    ck_assert_uint_eq(a->size, b->size);
    ck_assert_int_eq(memcmp(a->lines, b->lines, a->size), 0);
}

static void build_eater(struct run_builder *rb)
{
    struct task_spec *task;

    run_builder_init(rb, PAGES);
    task = run_add_task(rb, "eater", 0);
    step_loop(task, 20, 3);
    step_alloc(task, 1, 300, 1, GFP_HIGHUSER_MOVABLE);
    step_free(task, 1, 100, 3);
    step_sleep(task, 7 * NSEC_PER_MSEC);
}

/* Everything at once: a disk, swap, dirty pages, kernel threads, a forked task. */
static void build_pressure(struct run_builder *rb, enum access_pattern pattern)
{
    struct task_spec *reader;
    struct task_spec *parent;
    struct user_op_spec *touch;
    uint32_t disk;

    run_builder_init(rb, PAGES);
    rb->spec.machine.nr_cpus = 2;
    rb->spec.duration_ns = 300 * NSEC_PER_MSEC;
    rb->spec.costs.scan_page_ns = 100;
    rb->spec.costs.access_ns = 100;
    disk = run_add_device(rb, 20000, 3000);
    run_add_swap(rb, disk, 8000);
    run_add_file(rb, disk, 6000);
    run_add_file(rb, disk, 2000);
    reader = run_add_task(rb, "reader", 0);
    step_loop(reader, 0, 1);
    step_read(reader, 0);
    parent = run_add_task(rb, "parent", 1);
    step_anon(parent, 0, 3000);
    step_fork(parent, 2);
    step_loop(parent, 0, 2);
    touch = step_touch(parent, 0, true);
    touch->access.pattern = (uint8_t)pattern;
    touch->access.count = 2000;
    step_user(parent, USER_WRITE)->file = 1;
    run_add_task(rb, "child", 0)->forked = true;
    step_loop(&rb->tasks[2], 0, 1);
    step_touch(&rb->tasks[2], 0, true)->access.pattern = ACCESS_RANDOM;
}

START_TEST(interleaved_simulations_under_pressure_write_what_each_writes_alone)
{
    struct run_builder alone[2];
    struct run_builder turns[2];
    enum simulation_step step[2] = {SIMULATION_MORE, SIMULATION_MORE};

    for (unsigned i = 0; i < 2; i++) {
        enum access_pattern pattern = i == 0 ? ACCESS_SEQUENTIAL : ACCESS_RANDOM;

        build_pressure(&alone[i], pattern);
        build_pressure(&turns[i], pattern);
        run_start(&alone[i]);
        run_to_end(&alone[i]);
        ck_assert_uint_gt(simulation_stats(alone[i].sim)->user->swapins, 0);
        run_start(&turns[i]);
    }
    while (step[0] == SIMULATION_MORE || step[1] == SIMULATION_MORE)
        for (unsigned i = 0; i < 2; i++)
            step[i] = simulation_step(turns[i].sim, &turns[i].err);
    for (unsigned i = 0; i < 2; i++) {
        expect_same_output(&alone[i], &turns[i]);
        run_builder_fini(&alone[i]);
        run_builder_fini(&turns[i]);
    }
}
END_TEST

START_TEST(interleaved_simulations_write_what_each_writes_alone)
{
    struct run_builder alone[2];
    struct run_builder turns[2];
    enum simulation_step step[2] = {SIMULATION_MORE, SIMULATION_MORE};

    build_congested(&alone[0]);
    build_eater(&alone[1]);
    build_congested(&turns[0]);
    build_eater(&turns[1]);
    for (unsigned i = 0; i < 2; i++) {
        run_start(&alone[i]);
        run_to_end(&alone[i]);
        run_start(&turns[i]);
    }
    while (step[0] == SIMULATION_MORE || step[1] == SIMULATION_MORE)
        for (unsigned i = 0; i < 2; i++)
            step[i] = simulation_step(turns[i].sim, &turns[i].err);
    for (unsigned i = 0; i < 2; i++) {
        expect_same_output(&alone[i], &turns[i]);
        run_builder_fini(&alone[i]);
        run_builder_fini(&turns[i]);
    }
}
END_TEST

START_TEST(second_run_over_the_same_spec_is_equal)
{
    struct run_builder first;
    struct run_builder second;

    build_congested(&first);
    run_start(&first);
    run_to_end(&first);
    build_congested(&second);
    run_start(&second);
    run_until(&second, 15 * NSEC_PER_MSEC);
    simulation_destroy(second.sim); /* paused for ever; the sources begin again */
    rewind(second.stream);
    run_start(&second);
    run_to_end(&second);
    expect_same_output(&first, &second);
    run_builder_fini(&first);
    run_builder_fini(&second);
}
END_TEST

/* ---- random runs ---- */

enum { RANDOM_SEEDS = 30, RANDOM_RECORDS = 1500, RANDOM_IDS = 200 };

static void add_random_record(struct list_source *events, struct rng *rng, uint64_t time_ns,
                              unsigned *held)
{
    static const uint32_t masks[] = {
        GFP_KERNEL, GFP_HIGHUSER_MOVABLE,      GFP_ATOMIC,
        GFP_NOFS,   GFP_KERNEL | GFP_BIT_COMP, GFP_KERNEL | GFP_BIT_NORETRY};
    static const uint8_t frees[] = {TRACE_FREE_PAGES, TRACE_FREE_HOT_PAGE, TRACE_FREE_COLD_PAGE,
                                    TRACE_FREE_PART,  TRACE_SPLIT_PAGE,    TRACE_GET_PAGE,
                                    TRACE_PUT_PAGE};
    uint64_t id = rng_below(rng, RANDOM_IDS);
    uint8_t op = frees[rng_below(rng, 7)];
    struct trace_record *record;

    if (!held[id]) {
        record =
            add_alloc(events, time_ns, id, (unsigned)rng_below(rng, 8), masks[rng_below(rng, 6)]);
        held[id] = 1;
    } else if (op == TRACE_FREE_PART) {
        /* May be the last piece, so that the id must not be allocated again without a free. */
        record = add_part(events, time_ns, id, (uint32_t)rng_below(rng, 4), 0);
    } else {
        record = add_op(events, time_ns, op, id);
        held[id] += op == TRACE_GET_PAGE;
        held[id] -= trace_op_drops(op);
        if (op == TRACE_FREE_PAGES && rng_below(rng, 8) == 0) {
            record->flags |= TRACE_CLAIMS_ORDER;
            record->order = (uint8_t)rng_below(rng, 8);
        }
    }
    record->task = (uint32_t)rng_below(rng, 4);
}

START_TEST(random_runs_account_for_every_page)
{
    struct run_builder rb;
    unsigned held[RANDOM_IDS] = {0};
    uint64_t free_before;
    uint64_t time_ns = 0;
    struct list_source *events;
    struct rng rng;

    rng_init(&rng, (uint64_t)_i, "random runs");
    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    rb.spec.machine.stat_threshold = -1;
    step_loop(run_add_task(&rb, "script", 1), 10, 3);
    step_alloc(&rb.tasks[0], 1, 40, 1, GFP_HIGHUSER_MOVABLE);
    step_free(&rb.tasks[0], 1, 30, 2);
    step_sleep(&rb.tasks[0], NSEC_PER_MSEC);
    events = run_add_source(&rb, "a", -1);
    add_task(events, "b", -1);
    add_task(events, "c", -1);
    add_task(events, "script", -1);
    for (unsigned i = 0; i < RANDOM_RECORDS; i++) {
        time_ns += rng_below(&rng, 2000 + 100000 * (uint64_t)(_i % 3));
        add_random_record(events, &rng, time_ns, held);
    }
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(free_pages_of(&rb) + simulation_stats(rb.sim)->pages_live +
                          simulation_machine(rb.sim)->lost_pages,
                      free_before);
    ck_assert_uint_gt(simulation_machine(rb.sim)->lost_pages, 0);
    run_builder_fini(&rb);
}
END_TEST

/* ---- errors ---- */

START_TEST(source_error_stops_the_run_and_leaves_a_valid_prefix)
{
    struct run_builder rb;
    struct list_source *events;

    run_builder_init(&rb, PAGES);
    events = run_add_source(&rb, "app", 0);
    add_alloc(events, 1000, 1, 0, GFP_KERNEL);
    add_alloc(events, 250 * NSEC_PER_MSEC, 2, 0, GFP_KERNEL);
    events->ends_in_error = true;
    run_start(&rb);
    ck_assert(!simulation_run(rb.sim, &rb.err));
    ck_assert_int_eq(rb.err.code, ERR_TRACE_CHECKSUM);
    run_flush(&rb);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"tick\""), 2);
    ck_assert_uint_eq(count_text(&rb, "\"type\":\"summary\""), 0);
    ck_assert_int_eq(rb.lines[rb.size - 1], '\n');
    rb.err = (struct sim_error){0};
    ck_assert_int_eq(simulation_step(rb.sim, &rb.err), SIMULATION_ERROR);
    ck_assert_int_eq(rb.err.code, ERR_TRACE_CHECKSUM);
    run_builder_fini(&rb);
}
END_TEST

static void expect_create_error(struct run_builder *rb, enum sim_error_code code)
{
    ck_assert_ptr_null(simulation_create(&rb->spec, &rb->output, &rb->err));
    ck_assert_int_eq(rb->err.code, code);
    run_builder_fini(rb);
}

static void expect_record_error(const struct trace_record *record, enum sim_error_code code)
{
    struct run_builder rb;
    struct list_source *events;

    run_builder_init(&rb, PAGES);
    events = run_add_source(&rb, "app", 0);
    add_alloc(events, 1000, 1, 0, GFP_KERNEL);
    ck_assert(vec_push(&events->records, *record));
    run_start(&rb);
    ck_assert(!simulation_run(rb.sim, &rb.err));
    ck_assert_int_eq(rb.err.code, code);
    run_builder_fini(&rb);
}

START_TEST(records_that_cannot_be_are_refused)
{
    const struct trace_record good = {.time_ns = 2000, .id = 2, .node = -1};
    struct trace_record bad;

    bad = good, bad.op = NR_TRACE_OPS;
    expect_record_error(&bad, ERR_TRACE_CORRUPT);
    bad = good, bad.task = 1;
    expect_record_error(&bad, ERR_TRACE_CORRUPT);
    bad = good, bad.id = UINT64_MAX;
    expect_record_error(&bad, ERR_TRACE_CORRUPT);
    bad = good, bad.time_ns = 999;
    expect_record_error(&bad, ERR_TIME_ORDER);
    bad = good, bad.id = 1;
    expect_record_error(&bad, ERR_ID_IN_USE);
    bad = good, bad.node = 1;
    expect_record_error(&bad, ERR_UNKNOWN_NODE);
    bad = good, bad.op = TRACE_SYSCTL, bad.sysctl = NR_VM_SYSCTLS;
    expect_record_error(&bad, ERR_UNKNOWN_SYSCTL);
}
END_TEST

START_TEST(specs_that_cannot_run_are_refused)
{
    struct run_builder rb;
    struct task_spec *task;

    run_builder_init(&rb, PAGES);
    rb.spec.kernel = "linux-0.01";
    expect_create_error(&rb, ERR_BAD_KERNEL);

    run_builder_init(&rb, PAGES);
    run_add_source(&rb, "app", 1);
    expect_create_error(&rb, ERR_UNKNOWN_CPU);

    run_builder_init(&rb, PAGES);
    step_sleep(run_add_task(&rb, "app", 0), 1);
    step_sleep(run_add_task(&rb, "app", 0), 1);
    expect_create_error(&rb, ERR_DUPLICATE_NAME);

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "app", 0);
    step_loop(task, 0, 1);
    step_sleep(task, 1);
    expect_create_error(&rb, ERR_NO_DURATION);

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "app", 0);
    step_loop(task, 2, 2);
    step_sleep(task, 1);
    expect_create_error(&rb, ERR_BAD_STEP);
}
END_TEST

START_TEST(full_disk_stops_the_run)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    rb.spec.duration_ns = NSEC_PER_SEC;
    rb.output.stream = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(rb.output.stream);
    expect_create_error(&rb, ERR_WRITE);
    fclose(rb.output.stream);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("simulation");
    TCase *random_case;

    TEST_CASE(suite, "cost", allocation_takes_its_cost_and_no_more,
              record_behind_a_busy_cpu_is_late_by_what_is_left_of_it,
              tasks_of_two_cpus_do_not_wait_for_each_other,
              interrupts_go_before_real_time_tasks_and_these_before_others,
              arrival_at_the_moment_a_cpu_becomes_free_waits_its_turn,
              tasks_of_the_same_name_are_one_task);
    TEST_CASE(suite, "blocking", lateness_behind_a_congestion_wait_is_exact,
              blocked_task_is_counted_while_it_sleeps,
              cond_resched_lets_the_other_task_of_the_cpu_run,
              sleepers_that_get_nowhere_end_the_run);
    TEST_CASE(suite, "death", oom_ends_the_task_and_frees_its_user_pages,
              records_of_a_dead_task_are_skipped_and_counted);
    TEST_CASE(suite, "output", ticks_come_at_multiples_and_once_at_the_end,
              tick_at_the_end_is_written_once, summary_is_last_and_also_alone,
              run_without_a_reader_works, interrupted_run_closes_its_output);
    TEST_CASE(suite, "independence", interleaved_simulations_write_what_each_writes_alone,
              interleaved_simulations_under_pressure_write_what_each_writes_alone,
              second_run_over_the_same_spec_is_equal);
    TEST_CASE(suite, "errors", source_error_stops_the_run_and_leaves_a_valid_prefix,
              records_that_cannot_be_are_refused, specs_that_cannot_run_are_refused,
              full_disk_stops_the_run);
    random_case = tcase_create("random");
    tcase_set_timeout(random_case, 120);
    tcase_add_loop_test(random_case, random_runs_account_for_every_page, 0, RANDOM_SEEDS);
    suite_add_tcase(suite, random_case);
    return test_run(suite);
}
