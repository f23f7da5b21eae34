/* SPDX-License-Identifier: MIT */
/* What records do to blocks: ids, pieces, frees that cannot be, frees that come early. */
#include <stdlib.h>

#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

struct replay_case {
    struct run_builder rb;
    struct list_source *events;
    uint64_t free_before;
};

static void begin(struct replay_case *c)
{
    run_builder_init(&c->rb, PAGES);
    c->events = run_add_source(&c->rb, "app", 0);
}

static const struct run_stats *play(struct replay_case *c)
{
    run_start(&c->rb);
    c->free_before = free_pages_of(&c->rb);
    run_to_end(&c->rb);
    return simulation_stats(c->rb.sim);
}

static void end(struct replay_case *c)
{
    run_builder_fini(&c->rb);
}

/* Everything the records took is back. */
static void expect_all_back(struct replay_case *c)
{
    ck_assert_uint_eq(free_pages_of(&c->rb), c->free_before);
    ck_assert_uint_eq(simulation_stats(c->rb.sim)->blocks_live, 0);
    ck_assert_uint_eq(simulation_stats(c->rb.sim)->pages_live, 0);
}

/* ---- ids ---- */

START_TEST(freed_id_can_be_allocated_again)
{
    struct replay_case c;
    const struct run_stats *stats;

    begin(&c);
    for (uint64_t i = 0; i < 10; i++) {
        add_alloc(c.events, 1000 * i, 5, 2, GFP_KERNEL);
        add_free(c.events, 1000 * i + 500, 5);
    }
    stats = play(&c);
    ck_assert_uint_eq(stats->allocs, 10);
    ck_assert_uint_eq(stats->frees, 10);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(sources_have_ids_of_their_own)
{
    struct replay_case c;
    struct list_source *other;

    begin(&c);
    other = run_add_source(&c.rb, "other", 0);
    add_alloc(c.events, 1000, 1, 0, GFP_KERNEL);
    add_alloc(other, 2000, 1, 3, GFP_KERNEL);
    add_free(c.events, 3000, 1);
    ck_assert_uint_eq(play(&c)->pages_live, 8);
    end(&c);
}
END_TEST

START_TEST(unknown_and_double_frees_are_told_apart)
{
    struct replay_case c;
    const struct run_stats *stats;

    begin(&c);
    add_alloc(c.events, 1000, 3, 0, GFP_KERNEL);
    add_free(c.events, 2000, 3);
    add_free(c.events, 3000, 3);
    add_free(c.events, 4000, 4);
    stats = play(&c);
    ck_assert_uint_eq(stats->frees, 1);
    ck_assert_uint_eq(stats->frees_double, 1);
    ck_assert_uint_eq(stats->frees_unknown, 1);
    ck_assert_uint_eq(count_text(&c.rb, "\"event\":\"invalid_free\""), 2);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(free_of_a_failed_allocation_is_skipped)
{
    struct replay_case c;
    const struct run_stats *stats;

    begin(&c);
    add_alloc(c.events, 1000, 1, MAX_ORDER, GFP_KERNEL);
    add_free(c.events, 2000, 1);
    stats = play(&c);
    ck_assert_uint_eq(stats->alloc_failures, 1);
    ck_assert_uint_eq(stats->failed_by_order[MAX_ORDER], 1);
    ck_assert_uint_eq(stats->frees_of_failed, 1);
    ck_assert_uint_eq(stats->frees, 0);
    ck_assert_uint_eq(count_text(&c.rb, "\"event\":\"alloc_failure\""), 1);
    end(&c);
}
END_TEST

START_TEST(failure_says_which_check_refused)
{
    struct replay_case c;

    begin(&c);
    for (uint64_t i = 0; i < 5; i++)
        add_alloc(c.events, 1000 * (i + 1), i, 10, GFP_ATOMIC);
    ck_assert_uint_ge(play(&c)->alloc_failures, 1);
    ck_assert_uint_ge(count_text(&c.rb, "\"refusals\":[{"), 1);
    end(&c);
}
END_TEST

/* ---- the page API ---- */

START_TEST(zeroed_and_dma_pages_get_their_flags)
{
    struct replay_case c;

    begin(&c);
    add_op(c.events, 1000, TRACE_GET_ZEROED_PAGE, 1)->gfp = GFP_KERNEL;
    add_op(c.events, 2000, TRACE_GET_DMA_PAGES, 2)->order = 1;
    add_op(c.events, 3000, TRACE_GET_FREE_PAGES, 3)->gfp = GFP_KERNEL;
    add_op(c.events, 4000, TRACE_FREE_HOT_PAGE, 1);
    add_op(c.events, 5000, TRACE_FREE_PAGES, 2);
    add_op(c.events, 6000, TRACE_FREE_COLD_PAGE, 3);
    add_op(c.events, 7000, TRACE_DRAIN_LOCAL_PAGES, 0);
    add_op(c.events, 8000, TRACE_DRAIN_ALL_LOCAL_PAGES, 0);
    ck_assert_uint_eq(play(&c)->frees, 3);
    ck_assert_uint_eq(simulation_machine(c.rb.sim)->work.zeroed_pages, 1);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(sysctl_is_written_and_reported)
{
    struct replay_case c;
    struct trace_record *record;

    begin(&c);
    record = add_op(c.events, 1000, TRACE_SYSCTL, 0);
    record->sysctl = VM_MIN_FREE_KBYTES;
    record->values[0] = 2048;
    play(&c);
    ck_assert_uint_eq(simulation_machine(c.rb.sim)->vm.min_free_kbytes, 2048);
    ck_assert_uint_eq(count_text(&c.rb, "\"event\":\"sysctl\""), 1);
    ck_assert_uint_eq(simulation_progress(c.rb.sim).now_ns, 1000 + RUN_SYSCTL_NS);
    end(&c);
}
END_TEST

/* ---- pieces ---- */

START_TEST(split_block_comes_back_page_by_page)
{
    struct replay_case c;

    begin(&c);
    add_alloc(c.events, 1000, 1, 3, GFP_KERNEL);
    add_op(c.events, 2000, TRACE_SPLIT_PAGE, 1);
    add_free(c.events, 3000, 1);
    ck_assert_uint_eq(play(&c)->frees, 1);
    ck_assert_uint_eq(simulation_progress(c.rb.sim).now_ns, 3000 + 8 * RUN_FREE_NS);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(block_comes_back_in_pieces)
{
    struct replay_case c;
    const struct run_stats *stats;

    begin(&c);
    add_alloc(c.events, 1000, 1, 3, GFP_KERNEL);
    add_part(c.events, 2000, 1, 4, 2);
    add_part(c.events, 3000, 1, 0, 0);
    stats = play(&c);
    ck_assert_uint_eq(stats->blocks_live, 1);
    ck_assert_uint_eq(stats->pages_live, 3);
    end(&c);

    begin(&c);
    add_alloc(c.events, 1000, 1, 3, GFP_KERNEL);
    add_part(c.events, 2000, 1, 4, 2);
    add_part(c.events, 3000, 1, 0, 2);
    add_alloc(c.events, 4000, 1, 0, GFP_KERNEL); /* the id is free again */
    add_free(c.events, 5000, 1);
    ck_assert_uint_eq(play(&c)->frees, 3);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(rest_of_a_block_comes_back_with_its_id)
{
    struct replay_case c;

    begin(&c);
    add_alloc(c.events, 1000, 1, 2, GFP_KERNEL);
    add_part(c.events, 2000, 1, 1, 0);
    add_free(c.events, 3000, 1);
    play(&c);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(compound_page_comes_back_whole_with_its_last_piece)
{
    struct replay_case c;

    begin(&c);
    add_alloc(c.events, 1000, 1, 1, GFP_KERNEL | GFP_BIT_COMP);
    add_op(c.events, 1500, TRACE_SPLIT_PAGE, 1); /* not for compound pages */
    add_part(c.events, 2000, 1, 1, 0);
    ck_assert_uint_eq(play(&c)->pages_live, 2);
    end(&c);

    begin(&c);
    add_alloc(c.events, 1000, 1, 1, GFP_KERNEL | GFP_BIT_COMP);
    add_part(c.events, 2000, 1, 1, 0);
    add_part(c.events, 3000, 1, 0, 0);
    ck_assert_uint_eq(play(&c)->frees, 1);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(piece_outside_its_block_is_unknown)
{
    struct replay_case c;

    begin(&c);
    add_alloc(c.events, 1000, 1, 1, GFP_KERNEL);
    add_part(c.events, 2000, 1, 2, 0);
    add_part(c.events, 3000, 1, 0, 200);
    ck_assert_uint_eq(play(&c)->frees_unknown, 2);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->pages_live, 2);
    end(&c);
}
END_TEST

/* ---- frees that overtake their late allocation ---- */

/* "late" sleeps in congestion_wait() with id 1 while "other" works on the block. */
static void begin_late(struct replay_case *c, unsigned order)
{
    struct task_spec *hog;

    run_builder_init(&c->rb, PAGES);
    c->rb.spec.machine.nr_cpus = 2;
    hog = run_add_task(&c->rb, "hog", 0);
    hog->flags = TASK_PF_MEMALLOC;
    step_alloc(hog, 1, PAGES, 0, GFP_KERNEL | GFP_BIT_NOWARN);
    step_until(hog, 40 * NSEC_PER_MSEC);
    step_free(hog, 1, 0, 1);
    c->events = run_add_source(&c->rb, "late", 1);
    add_task(c->events, "other", 0);
    add_alloc(c->events, 10 * NSEC_PER_MSEC, 1, order, GFP_NOFS);
}

START_TEST(early_free_takes_effect_when_the_block_is_there)
{
    struct replay_case c;
    const struct run_stats *stats;

    begin_late(&c, 0);
    add_free(c.events, 11 * NSEC_PER_MSEC, 1)->task = 1;
    stats = play(&c);
    ck_assert_uint_gt(stats->stalls[STALL_CONGESTION_WAIT], 0);
    ck_assert_uint_eq(stats->frees_unknown + stats->frees_double + stats->frees_of_failed, 0);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(early_split_and_pieces_take_effect_when_the_block_is_there)
{
    struct replay_case c;

    begin_late(&c, 2);
    add_op(c.events, 11 * NSEC_PER_MSEC, TRACE_SPLIT_PAGE, 1)->task = 1;
    add_part(c.events, 12 * NSEC_PER_MSEC, 1, 2, 1)->task = 1;
    ck_assert_uint_eq(play(&c)->pages_live, 2);
    end(&c);

    begin_late(&c, 2);
    add_part(c.events, 12 * NSEC_PER_MSEC, 1, 2, 1)->task = 1;
    add_part(c.events, 12 * NSEC_PER_MSEC, 1, 0, 1)->task = 1;
    play(&c);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(id_freed_early_can_be_allocated_again_at_once)
{
    struct replay_case c;

    begin_late(&c, 0);
    add_free(c.events, 11 * NSEC_PER_MSEC, 1)->task = 1;
    add_alloc(c.events, 12 * NSEC_PER_MSEC, 1, 0, GFP_NOFS);
    ck_assert_uint_eq(play(&c)->blocks_live, 1);
    end(&c);
}
END_TEST

/* ---- scripts ---- */

START_TEST(script_frees_what_it_allocated)
{
    struct replay_case c;
    struct task_spec *task;

    begin(&c);
    task = run_add_task(&c.rb, "script", -1);
    step_loop(task, 5, 5);
    step_alloc(task, 1, 10, 1, GFP_KERNEL);
    step_alloc(task, 2, 3, 0, GFP_HIGHUSER_MOVABLE);
    step_free(task, 1, 0, 2);
    step_free(task, 1, 0, 1);
    step_free(task, 2, 0, 1);
    ck_assert_uint_eq(play(&c)->frees, 65);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->late_ops, 0);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(script_splits_and_frees_in_pieces)
{
    struct replay_case c;
    struct task_spec *task;
    struct step_spec *part;

    begin(&c);
    task = run_add_task(&c.rb, "script", 0);
    step_alloc(task, 1, 2, 2, GFP_KERNEL);
    step_free(task, 1, 0, 1)->record.op = TRACE_SPLIT_PAGE;
    part = step_free(task, 1, 0, 1); /* of both blocks */
    part->record.op = TRACE_FREE_PART;
    part->record.part = 3;
    step_sleep(task, 1000);
    step_free(task, 1, 0, 1);
    play(&c);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees, 4);
    expect_all_back(&c);
    end(&c);
}
END_TEST

START_TEST(script_frees_of_failed_allocations_are_counted)
{
    struct replay_case c;
    struct task_spec *task;

    begin(&c);
    task = run_add_task(&c.rb, "script", 0);
    step_alloc(task, 1, 3, MAX_ORDER, GFP_KERNEL);
    step_free(task, 1, 0, 1);
    ck_assert_uint_eq(play(&c)->frees_of_failed, 3);
    end(&c);
}
END_TEST

START_TEST(until_in_the_past_is_late)
{
    struct replay_case c;
    struct task_spec *task;

    begin(&c);
    task = run_add_task(&c.rb, "script", 0);
    step_alloc(task, 1, 10, 0, GFP_KERNEL);
    step_until(task, 400);
    step_alloc(task, 1, 1, 0, GFP_KERNEL);
    ck_assert_uint_eq(play(&c)->late_ops, 1);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->late_ns, 10 * RUN_ALLOC_NS - 400);
    end(&c);
}
END_TEST

START_TEST(tasks_of_one_cpu_take_turns)
{
    struct replay_case c;

    begin(&c);
    for (unsigned i = 0; i < 2; i++)
        step_alloc(run_add_task(&c.rb, i ? "b" : "a", 0), 1, 10, 0, GFP_KERNEL);
    play(&c);
    /* All but the first operation wait for one of the other task. */
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->late_ops, 19);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->late_max_ns, RUN_ALLOC_NS);
    ck_assert_uint_eq(simulation_progress(c.rb.sim).now_ns, 20 * RUN_ALLOC_NS);
    end(&c);
}
END_TEST

START_TEST(exit_frees_user_blocks_only)
{
    struct replay_case c;
    struct task_spec *task;

    begin(&c);
    task = run_add_task(&c.rb, "script", 0);
    step_alloc(task, 1, 10, 0, GFP_HIGHUSER_MOVABLE);
    step_alloc(task, 2, 3, 0, GFP_KERNEL);
    step_exit(task);
    step_alloc(task, 3, 3, 0, GFP_KERNEL);
    ck_assert_uint_eq(play(&c)->blocks_live, 3);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees, 10);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->allocs, 13);
    end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay");

    TEST_CASE(suite, "ids", freed_id_can_be_allocated_again, sources_have_ids_of_their_own,
              unknown_and_double_frees_are_told_apart, free_of_a_failed_allocation_is_skipped,
              failure_says_which_check_refused);
    TEST_CASE(suite, "page API", zeroed_and_dma_pages_get_their_flags,
              sysctl_is_written_and_reported);
    TEST_CASE(suite, "pieces", split_block_comes_back_page_by_page, block_comes_back_in_pieces,
              rest_of_a_block_comes_back_with_its_id,
              compound_page_comes_back_whole_with_its_last_piece,
              piece_outside_its_block_is_unknown);
    TEST_CASE(suite, "early", early_free_takes_effect_when_the_block_is_there,
              early_split_and_pieces_take_effect_when_the_block_is_there,
              id_freed_early_can_be_allocated_again_at_once);
    TEST_CASE(suite, "scripts", script_frees_what_it_allocated, script_splits_and_frees_in_pieces,
              script_frees_of_failed_allocations_are_counted, until_in_the_past_is_late,
              tasks_of_one_cpu_take_turns, exit_frees_user_blocks_only);
    return test_run(suite);
}
