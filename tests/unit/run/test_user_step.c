/* SPDX-License-Identifier: MIT */
/* Scripts that use memory as user space does: reads, faults, swap, fork, exit, OOM. */
#include <string.h>

#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"
#include "run/simulation_state.h"

enum { PAGES = 4096 };

static const struct task_stats *stats_of(const struct run_builder *rb, const char *name)
{
    const struct run_stats *stats = simulation_stats(rb->sim);

    for (size_t i = 0; i < stats->nr_tasks; i++)
        if (strcmp(stats->tasks[i].name, name) == 0)
            return &stats->tasks[i];
    ck_abort_msg("no task is called %s", name);
    return NULL;
}

/* ---- files ---- */

START_TEST(reader_waits_for_its_disk_page_by_page)
{
    struct run_builder rb;
    struct task_spec *reader;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    run_add_file(&rb, run_add_device(&rb, 0, NSEC_PER_MSEC), 100);
    reader = run_add_task(&rb, "reader", 0);
    step_read(reader, 0);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->user->cache_hits + stats->user->cache_misses, 100);
    ck_assert_uint_ge(simulation_progress(rb.sim).now_ns, 100 * NSEC_PER_MSEC);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, 140 * NSEC_PER_MSEC);
    ck_assert_uint_gt(stats->stall_ns[STALL_PAGE_READ], 90 * NSEC_PER_MSEC);
    ck_assert_uint_eq(stats_of(&rb, "reader")->stall_ns[STALL_PAGE_READ],
                      stats->stall_ns[STALL_PAGE_READ]);
    ck_assert_uint_eq(stats->tasks_blocked, 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(second_reader_finds_the_file_in_the_cache)
{
    struct run_builder rb;
    struct task_spec *reader;

    run_builder_init(&rb, PAGES);
    run_add_file(&rb, run_add_device(&rb, 0, NSEC_PER_MSEC), 100);
    step_read(run_add_task(&rb, "first", 0), 0);
    reader = run_add_task(&rb, "second", 0);
    reader->start_ns = NSEC_PER_SEC;
    step_read(reader, 0);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(stats_of(&rb, "second")->stalls[STALL_PAGE_READ], 0);
    ck_assert_uint_ge(simulation_stats(rb.sim)->user->cache_hits, 100);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(paced_reader_keeps_to_its_rate_and_is_not_blocked_meanwhile)
{
    struct run_builder rb;
    struct user_op_spec *read;

    run_builder_init(&rb, PAGES);
    rb.spec.tick_ns = NSEC_PER_MSEC;
    run_add_file(&rb, run_add_device(&rb, 0, 1000), 1000);
    read = step_read(run_add_task(&rb, "reader", 0), 0);
    read->access.rate_pages_per_s = 1000;
    run_start(&rb);
    run_until(&rb, 500 * NSEC_PER_MSEC);
    ck_assert_uint_eq(simulation_stats(rb.sim)->tasks_blocked, 0);
    ck_assert_uint_ge(simulation_stats(rb.sim)->user->accesses, 480);
    ck_assert_uint_le(simulation_stats(rb.sim)->user->accesses, 530);
    run_to_end(&rb);
    ck_assert_uint_gt(simulation_progress(rb.sim).now_ns, 970 * NSEC_PER_MSEC);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, 1010 * NSEC_PER_MSEC);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(writer_is_done_when_fsync_has_written_it_all)
{
    struct run_builder rb;
    struct task_spec *writer;

    run_builder_init(&rb, PAGES);
    run_add_file(&rb, run_add_device(&rb, 0, NSEC_PER_MSEC), 100);
    writer = run_add_task(&rb, "writer", 0);
    step_user(writer, USER_WRITE)->access.nr_pages = 50;
    step_user(writer, USER_FSYNC);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->reclaim->devices[0].pages_done[IO_WRITE], 50);
    ck_assert_uint_ge(simulation_progress(rb.sim).now_ns, 50 * NSEC_PER_MSEC);
    ck_assert_uint_gt(stats_of(&rb, "writer")->stall_ns[STALL_WRITEBACK], 40 * NSEC_PER_MSEC);
    run_builder_fini(&rb);
}
END_TEST

/* ---- anonymous memory ---- */

START_TEST(exit_gives_anonymous_memory_back_and_an_ended_script_keeps_it)
{
    struct run_builder rb;
    struct task_spec *leaver;
    struct task_spec *stayer;
    uint64_t free_before;

    run_builder_init(&rb, PAGES);
    leaver = run_add_task(&rb, "leaver", 0);
    step_anon(leaver, 0, 300);
    step_touch(leaver, 0, true);
    step_exit(leaver);
    stayer = run_add_task(&rb, "stayer", 0);
    step_anon(stayer, 0, 20);
    step_touch(stayer, 0, true);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->user->minor_faults, 320);
    ck_assert_uint_eq(stats_of(&rb, "leaver")->minor_faults, 300);
    ck_assert_uint_eq(free_pages_of(&rb), free_before - 20);
    run_builder_fini(&rb);
}
END_TEST

static void build_swapper(struct run_builder *rb)
{
    struct task_spec *task;

    run_builder_init(rb, PAGES);
    run_add_swap(rb, run_add_device(rb, 10000, 1000), 4000);
    task = run_add_task(rb, "swapper", 0);
    step_anon(task, 0, PAGES + 500);
    step_touch(task, 0, true);
    step_touch(task, 0, false);
    step_exit(task);
}

START_TEST(more_memory_than_there_is_goes_to_swap_and_comes_back)
{
    struct run_builder rb;
    const struct run_stats *stats;

    build_swapper(&rb);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->oom_kills, 0);
    ck_assert_uint_eq(stats->alloc_failures, 0);
    ck_assert_uint_ge(simulation_machine(rb.sim)->vm_events[PSWPOUT], 500);
    ck_assert_uint_ge(stats->user->swapins, 500);
    ck_assert_uint_gt(stats->stall_ns[STALL_SWAPIN], 0);
    ck_assert_uint_gt(stats_of(&rb, "swapper")->major_faults, 0);
    ck_assert_uint_gt(stats->kswapd_ns, 0);
    ck_assert_uint_eq(stats->reclaim->swap.nr_free_pages, stats->reclaim->swap.total_pages);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(direct_reclaims_are_counted_by_task_and_as_a_whole)
{
    struct run_builder rb;
    const struct run_stats *stats;
    const struct task_stats *task;

    build_swapper(&rb);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    task = stats_of(&rb, "swapper");
    ck_assert_uint_gt(task->direct_reclaims, 0);
    ck_assert_uint_eq(task->direct_reclaims, stats->direct_reclaim_ns.count);
    ck_assert_uint_eq(task->direct_reclaim_ns, stats->direct_reclaim_ns.sum);
    ck_assert_uint_eq(task->direct_reclaims, simulation_machine(rb.sim)->vm_events[ALLOCSTALL]);
    ck_assert_uint_gt(stats->shrink_scanned, 0);
    ck_assert_uint_gt(count_text(&rb, "\"event\":\"try_to_free_pages_end\""), 0);
    ck_assert_uint_gt(count_text(&rb, "\"event\":\"alloc_slow\""), 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(allocations_inside_steps_are_allocations_of_the_run)
{
    struct run_builder rb;
    struct task_spec *task;

    run_builder_init(&rb, PAGES);
    rb.spec.costs.page_fault_ns = 1000;
    task = run_add_task(&rb, "app", 0);
    step_anon(task, 0, 300);
    step_touch(task, 0, true);
    step_touch(task, 0, true);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->allocs, 300);
    ck_assert_uint_eq(simulation_stats(rb.sim)->alloc_latency_ns.max, RUN_ALLOC_NS);
    ck_assert_uint_ge(stats_of(&rb, "app")->cpu_ns, 300 * (RUN_ALLOC_NS + 1000));
    ck_assert_uint_lt(stats_of(&rb, "app")->cpu_ns, 301 * (RUN_ALLOC_NS + 1000));
    run_builder_fini(&rb);
}
END_TEST

START_TEST(failed_allocation_inside_a_step_is_reported_as_any_other)
{
    struct run_builder rb;
    struct task_spec *task;
    struct user_op_spec *slab;

    run_builder_init(&rb, PAGES);
    run_add_cache(&rb);
    task = run_add_task(&rb, "hog", 0);
    task->flags = TASK_PF_MEMALLOC;
    step_alloc(task, 1, PAGES, 0, GFP_KERNEL);
    task = run_add_task(&rb, "app", 0);
    task->start_ns = NSEC_PER_SEC / 2;
    slab = step_user(task, USER_SLAB_ALLOC);
    slab->count = 100;
    slab->gfp = GFP_ATOMIC;
    step_sleep(task, NSEC_PER_SEC); /* what follows is done all the same */
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(count_text(&rb, "\"event\":\"alloc_failure\",\"time_ns\":500000000"), 1);
    ck_assert_uint_ge(count_text(&rb, "\"refusals\":[{"), 1);
    ck_assert_uint_ge(simulation_progress(rb.sim).now_ns, NSEC_PER_SEC);
    run_builder_fini(&rb);
}
END_TEST

/* ---- fork ---- */

/* The parent has 100 pages of its own and forks `children` workers, which write to all of them. */
static void build_family(struct run_builder *rb, unsigned children)
{
    struct task_spec *parent;
    struct task_spec *worker;

    run_builder_init(rb, PAGES);
    parent = run_add_task(rb, "parent", 0);
    worker = run_add_task(rb, "worker", 0);
    step_anon(parent, 0, 100);
    step_touch(parent, 0, true);
    step_loop(parent, children, 1);
    step_fork(parent, 1);
    worker->forked = true;
    step_touch(worker, 0, true);
    step_exit(worker);
}

START_TEST(forked_copies_begin_at_once_under_names_of_their_own)
{
    struct run_builder rb;
    uint64_t free_before;

    build_family(&rb, 3);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    ck_assert_uint_gt(stats_of(&rb, "worker")->cpu_ns, 0);
    ck_assert_uint_gt(stats_of(&rb, "worker#2")->cpu_ns, 0);
    ck_assert_uint_gt(stats_of(&rb, "worker#3")->cpu_ns, 0);
    ck_assert_uint_ge(simulation_stats(rb.sim)->user->copied_pages, 300);
    ck_assert_uint_eq(free_pages_of(&rb), free_before - 100);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(task_that_is_never_forked_never_runs)
{
    struct run_builder rb;

    build_family(&rb, 1);
    rb.tasks[0].nr_steps = 2;
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->user->minor_faults, 100);
    ck_assert_uint_eq(count_text(&rb, "worker"), 0);
    run_builder_fini(&rb);
}
END_TEST

/* ---- no memory ---- */

START_TEST(oom_killer_takes_the_biggest_and_its_memory_comes_back)
{
    struct run_builder rb;
    struct task_spec *small;
    struct task_spec *hog;
    const struct run_stats *stats;
    uint64_t free_before;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    hog = run_add_task(&rb, "hog", 0);
    step_anon(hog, 0, 2 * PAGES);
    step_touch(hog, 0, true);
    step_sleep(hog, NSEC_PER_SEC);
    small = run_add_task(&rb, "small", 1);
    step_anon(small, 0, 200);
    step_touch(small, 0, true);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->oom_kills, 1);
    ck_assert(stats_of(&rb, "hog")->oom_killed);
    ck_assert(!stats_of(&rb, "small")->oom_killed);
    ck_assert_uint_gt(stats->killed_pages, PAGES / 2);
    ck_assert_uint_eq(free_pages_of(&rb), free_before - 200);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, NSEC_PER_SEC);
    ck_assert_uint_eq(count_text(&rb, "\"victim\":\"hog\""), 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(victim_that_sleeps_dies_for_the_one_that_needs_memory)
{
    struct run_builder rb;
    struct task_spec *hog;
    struct task_spec *late;

    run_builder_init(&rb, PAGES);
    hog = run_add_task(&rb, "hog", 0);
    step_anon(hog, 0, 2500);
    step_touch(hog, 0, true);
    step_sleep(hog, 100 * NSEC_PER_SEC);
    late = run_add_task(&rb, "late", 0);
    late->start_ns = NSEC_PER_SEC;
    step_anon(late, 0, 2000);
    step_touch(late, 0, true);
    step_exit(late);
    run_start(&rb);
    run_until(&rb, 50 * NSEC_PER_SEC);
    ck_assert(stats_of(&rb, "hog")->oom_killed);
    ck_assert_uint_eq(simulation_stats(rb.sim)->user->minor_faults, 4500);
    ck_assert_uint_eq(simulation_stats(rb.sim)->user->failed_faults, 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(panic_ends_the_run_when_nobody_is_left_to_kill)
{
    struct run_builder rb;
    struct task_spec *task;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "protected", 0);
    task->oom_adj = OOM_DISABLE;
    step_anon(task, 0, 2 * PAGES);
    step_touch(task, 0, true);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->oom_kills, 0);
    ck_assert_uint_eq(count_text(&rb, "\"ended\":\"panic\""), 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(step_with_a_region_that_is_not_there_stops_the_run)
{
    struct run_builder rb;
    struct task_spec *task;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "app", 0);
    step_touch(task, 0, true);
    rb.steps[0][0].line = 7;
    run_start(&rb);
    ck_assert(!simulation_run(rb.sim, &rb.err));
    ck_assert_int_eq(rb.err.code, ERR_BAD_STEP);
    ck_assert_uint_eq(rb.err.line, 7);
    run_builder_fini(&rb);
}
END_TEST

static void expect_too_many(struct run_builder *rb)
{
    ck_assert(!simulation_run(rb->sim, &rb->err));
    ck_assert_int_eq(rb->err.code, ERR_TOO_MANY);
    run_builder_fini(rb);
}

START_TEST(more_than_a_pages_count_can_hold_stops_the_run)
{
    for (unsigned nr_before = FILE_MMAPS_MAX - 1; nr_before <= FILE_MMAPS_MAX; nr_before++) {
        struct run_builder rb;
        struct task_spec *parent;
        struct task_spec *child;

        run_builder_init(&rb, PAGES);
        run_add_file(&rb, run_add_device(&rb, 0, NSEC_PER_MSEC), 100);
        parent = run_add_task(&rb, "parent", 0);
        step_user(parent, USER_MMAP);
        step_fork(parent, 1);
        child = run_add_task(&rb, "child", 0);
        child->forked = true;
        run_start(&rb);
        rb.sim->user.files[0].mapping->nr_mmap = nr_before;
        expect_too_many(&rb);
    }
}
END_TEST

START_TEST(more_tasks_than_can_live_stop_the_run)
{
    struct run_builder rb;

    build_family(&rb, 1);
    run_start(&rb);
    rb.sim->user.nr_tasks = USER_TASKS_MAX;
    expect_too_many(&rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("user_step");

    TEST_CASE(suite, "files", reader_waits_for_its_disk_page_by_page,
              second_reader_finds_the_file_in_the_cache,
              paced_reader_keeps_to_its_rate_and_is_not_blocked_meanwhile,
              writer_is_done_when_fsync_has_written_it_all);
    TEST_CASE(suite, "anonymous", exit_gives_anonymous_memory_back_and_an_ended_script_keeps_it,
              more_memory_than_there_is_goes_to_swap_and_comes_back,
              direct_reclaims_are_counted_by_task_and_as_a_whole,
              allocations_inside_steps_are_allocations_of_the_run,
              failed_allocation_inside_a_step_is_reported_as_any_other);
    TEST_CASE(suite, "fork", forked_copies_begin_at_once_under_names_of_their_own,
              task_that_is_never_forked_never_runs);
    TEST_CASE(suite, "no memory", oom_killer_takes_the_biggest_and_its_memory_comes_back,
              victim_that_sleeps_dies_for_the_one_that_needs_memory,
              panic_ends_the_run_when_nobody_is_left_to_kill,
              step_with_a_region_that_is_not_there_stops_the_run,
              more_than_a_pages_count_can_hold_stops_the_run,
              more_tasks_than_can_live_stop_the_run);
    return test_run(suite);
}
