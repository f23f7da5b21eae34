/* SPDX-License-Identifier: MIT */
/* References to blocks, orders that frees claim, and calls that may not be made. */
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

struct misuse_case {
    struct run_builder rb;
    struct list_source *events;
    struct task_spec *task;
    uint64_t free_before;
};

static void begin(struct misuse_case *c)
{
    run_builder_init(&c->rb, PAGES);
    c->rb.output.events = true;
    c->events = run_add_source(&c->rb, "app", 0);
    c->task = run_add_task(&c->rb, "script", 0);
}

static void play(struct misuse_case *c)
{
    run_start(&c->rb);
    c->free_before = free_pages_of(&c->rb);
    run_to_end(&c->rb);
}

/* `held` pages are still the run's, `lost` ones nobody's. */
static void expect_pages(const struct misuse_case *c, uint64_t held, uint64_t lost)
{
    ck_assert_uint_eq(simulation_stats(c->rb.sim)->pages_live, held);
    ck_assert_uint_eq(simulation_machine(c->rb.sim)->lost_pages, lost);
    ck_assert_uint_eq(free_pages_of(&c->rb), c->free_before - held - lost);
}

static void expect_misuses(const struct misuse_case *c, enum mm_misuse check, uint64_t count)
{
    ck_assert_uint_eq(simulation_machine(c->rb.sim)->misuses[check], count);
}

static uint64_t all_misuses(const struct misuse_case *c)
{
    uint64_t count = 0;

    for (unsigned check = 0; check < NR_MISUSES; check++)
        count += simulation_machine(c->rb.sim)->misuses[check];
    return count;
}

static struct step_spec *step_use(struct misuse_case *c, enum trace_op op, uint64_t count)
{
    struct step_spec *step = step_free(c->task, 1, count, 1);

    step->record.op = (uint8_t)op;
    return step;
}

static void step_claim(struct misuse_case *c, unsigned order)
{
    struct step_spec *step = step_use(c, TRACE_FREE_PAGES, 0);

    step->record.flags = TRACE_CLAIMS_ORDER;
    step->record.order = (uint8_t)order;
}

/* ---- references ---- */

START_TEST(a_block_stays_until_its_last_reference_goes)
{
    for (unsigned puts = 1; puts <= 2; puts++) {
        struct misuse_case c;

        begin(&c);
        add_alloc(c.events, 1000, 1, 3, GFP_KERNEL | GFP_BIT_COMP);
        add_op(c.events, 2000, TRACE_GET_PAGE, 1);
        add_op(c.events, 2000, TRACE_GET_PAGE, 1);
        add_free(c.events, 3000, 1);
        for (unsigned i = 0; i < puts; i++)
            add_op(c.events, 4000 + i, TRACE_PUT_PAGE, 1);
        play(&c);
        expect_pages(&c, puts == 2 ? 0 : 8, 0);
        ck_assert_uint_eq(all_misuses(&c), 0);
        run_builder_fini(&c.rb);
    }
}
END_TEST

START_TEST(a_script_lists_a_block_once_for_each_reference)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 2, 2, GFP_KERNEL);
    step_use(&c, TRACE_GET_PAGE, 0);
    step_use(&c, TRACE_FREE_PAGES, 3);
    step_sleep(c.task, 1000);
    play(&c);
    expect_pages(&c, 4, 0);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees, 1);
    ck_assert_uint_eq(all_misuses(&c), 0);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(references_may_come_while_the_page_is_still_to_come)
{
    struct misuse_case c;

    /* both tasks are on one CPU: what is asked for at one time waits */
    begin(&c);
    add_alloc(c.events, 1000, 9, 10, GFP_KERNEL | GFP_BIT_ZERO);
    add_alloc(c.events, 1000, 1, 0, GFP_KERNEL);
    add_op(c.events, 1000, TRACE_GET_PAGE, 1)->task = add_task(c.events, "other", 0);
    add_op(c.events, 1000, TRACE_PUT_PAGE, 1)->task = 1;
    add_op(c.events, 1000, TRACE_PUT_PAGE, 1)->task = 1;
    play(&c);
    expect_pages(&c, 1024, 0);
    ck_assert_uint_eq(all_misuses(&c), 0);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_put_of_a_larger_block_frees_its_first_page)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 3, GFP_KERNEL);
    step_use(&c, TRACE_PUT_PAGE, 0);
    play(&c);
    expect_pages(&c, 0, 7);
    expect_misuses(&c, MISUSE_LOST_PAGES, 1);
    run_builder_fini(&c.rb);
}
END_TEST

static void step_part(struct misuse_case *c, unsigned part, unsigned order)
{
    struct step_spec *step = step_use(c, TRACE_FREE_PART, 0);

    step->record.part = part;
    step->record.order = (uint8_t)order;
}

START_TEST(the_references_of_a_split_block_are_to_its_first_page)
{
    for (unsigned last = 0; last < 2; last++) {
        struct misuse_case c;

        begin(&c);
        step_alloc(c.task, 1, 2, 2, GFP_KERNEL);
        step_use(&c, TRACE_GET_PAGE, 0);
        step_part(&c, 1, 0); /* once a block, though each is listed twice */
        step_part(&c, 0, 1); /* its first page stays */
        step_part(&c, 2, 1);
        if (last)
            step_part(&c, 0, 0);
        play(&c);
        expect_pages(&c, last ? 0 : 2, 0);
        expect_misuses(&c, MISUSE_PUT_PAGE_TESTZERO, 2);
        ck_assert_uint_eq(all_misuses(&c), 2);
        run_builder_fini(&c.rb);
    }
}
END_TEST

START_TEST(parts_and_references_of_records_may_come_in_any_order)
{
    for (unsigned gap_ns = 0; gap_ns < 2; gap_ns++) {
        struct misuse_case c;
        uint32_t other;

        begin(&c);
        other = add_task(c.events, "other", 0);
        add_alloc(c.events, 1000, 9, 10, GFP_KERNEL | GFP_BIT_ZERO);
        add_alloc(c.events, 1000, 1, 1, GFP_KERNEL);
        /* without a gap the block is still to come */
        add_op(c.events, 1000 + gap_ns * 1000000, TRACE_GET_PAGE, 1)->task = other;
        add_part(c.events, 2000000, 1, 0, 0)->task = other;
        add_part(c.events, 2000000, 1, 1, 0)->task = other;
        add_part(c.events, 2000000, 1, 0, 0)->task = other;
        add_free(c.events, 3000000, 1);
        play(&c);
        expect_pages(&c, 1024, 0);
        ck_assert_uint_eq(all_misuses(&c), 0);
        ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees_double, 1);
        run_builder_fini(&c.rb);
    }
}
END_TEST

START_TEST(an_exit_leaves_what_has_other_references)
{
    for (unsigned split = 0; split < 2; split++) {
        struct misuse_case c;

        begin(&c);
        step_alloc(c.task, 1, 2, 2, GFP_HIGHUSER);
        step_part(&c, 3, 0); /* splits it */
        step_alloc(c.task, 2, 1, 1, GFP_HIGHUSER);
        step_use(&c, TRACE_GET_PAGE, 0)->record.id = split ? 1 : 2;
        step_exit(c.task);
        play(&c);
        expect_pages(&c, 2, 0);
        ck_assert_uint_eq(all_misuses(&c), 0);
        run_builder_fini(&c.rb);
    }
}
END_TEST

START_TEST(a_first_page_that_is_back_takes_no_reference)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 1, GFP_KERNEL);
    step_part(&c, 0, 0);
    step_alloc(c.task, 2, 1, 0, GFP_KERNEL); /* another's now */
    step_use(&c, TRACE_GET_PAGE, 0);
    step_part(&c, 1, 0);
    play(&c);
    expect_pages(&c, 1, 0);
    expect_misuses(&c, MISUSE_GET_PAGE, 1);
    ck_assert_uint_eq(all_misuses(&c), 1);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_block_has_as_many_references_as_can_be_counted)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 0, GFP_KERNEL);
    for (unsigned i = 0; i < 16; i++)
        step_use(&c, TRACE_GET_PAGE, 0)->line = 100 + i;
    c.rb.spec.path = "script.yaml";
    run_start(&c.rb);
    ck_assert(!simulation_run(c.rb.sim, &c.rb.err));
    ck_assert_int_eq(c.rb.err.code, ERR_TOO_MANY);
    ck_assert_str_eq(c.rb.err.file, "script.yaml");
    ck_assert_uint_eq(c.rb.err.line, 115);
    run_builder_fini(&c.rb);
}
END_TEST

/* ---- orders ---- */

START_TEST(the_right_order_may_be_claimed)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 3, 2, GFP_KERNEL);
    step_claim(&c, 2);
    play(&c);
    expect_pages(&c, 0, 0);
    ck_assert_uint_eq(all_misuses(&c), 0);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_smaller_order_loses_pages_and_a_larger_one_is_refused)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 4, GFP_KERNEL);
    step_claim(&c, 1);
    step_alloc(c.task, 1, 1, 2, GFP_KERNEL);
    step_claim(&c, 63);
    step_alloc(c.task, 1, 1, 3, GFP_KERNEL | GFP_BIT_COMP);
    step_claim(&c, 0);
    play(&c);
    expect_pages(&c, 4 + 8, 14);
    expect_misuses(&c, MISUSE_LOST_PAGES, 1);
    expect_misuses(&c, MISUSE_FREE_PAGES_CHECK, 1);
    expect_misuses(&c, MISUSE_DESTROY_COMPOUND_PAGE, 1);
    ck_assert_uint_eq(all_misuses(&c), 3);
    ck_assert_uint_eq(count_text(&c.rb, "\"event\":\"misuse\""), 3);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(the_tail_of_a_split_block_goes_back)
{
    struct misuse_case c;
    struct step_spec *part;

    begin(&c);
    step_alloc(c.task, 1, 2, 3, GFP_KERNEL);
    step_use(&c, TRACE_SPLIT_PAGE, 0);
    part = step_use(&c, TRACE_FREE_PART, 0);
    part->record.order = 1;
    part->record.part = 6;
    step_sleep(c.task, 1000);
    part = step_use(&c, TRACE_FREE_PART, 0);
    part->record.order = 2;
    play(&c);
    expect_pages(&c, 4, 0);
    ck_assert_uint_eq(all_misuses(&c), 0);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_block_that_is_back_in_pieces_leaves_the_list)
{
    struct misuse_case c;
    struct step_spec *part;

    begin(&c);
    step_loop(c.task, 3, 4);
    step_alloc(c.task, 1, 2, 1, GFP_KERNEL);
    part = step_use(&c, TRACE_FREE_PART, 0);
    part->record.part = 1;
    step_use(&c, TRACE_FREE_PART, 0);
    step_sleep(c.task, 1000);
    play(&c);
    expect_pages(&c, 0, 0);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees, 12);
    ck_assert_uint_eq(all_misuses(&c), 0);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(an_order_of_a_split_block_is_that_of_its_first_page)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 2, GFP_KERNEL);
    step_use(&c, TRACE_SPLIT_PAGE, 0);
    step_claim(&c, 0);
    step_alloc(c.task, 1, 1, 2, GFP_KERNEL);
    step_use(&c, TRACE_SPLIT_PAGE, 0);
    step_claim(&c, 2);
    play(&c);
    expect_pages(&c, 3 + 4, 0);
    expect_misuses(&c, MISUSE_FREE_PAGES_CHECK, 1);
    run_builder_fini(&c.rb);
}
END_TEST

/* ---- twice ---- */

START_TEST(a_part_that_is_back_is_freed_twice)
{
    struct misuse_case c;
    struct step_spec *part;

    begin(&c);
    step_alloc(c.task, 1, 1, 3, GFP_KERNEL);
    for (unsigned first = 6; first > 2; first--) { /* 6 and 7, then 5 and 6: one of them anew */
        part = step_use(&c, TRACE_FREE_PART, 0);
        part->record.order = 1;
        part->record.part = first;
    }
    play(&c);
    expect_pages(&c, 3, 0);
    expect_misuses(&c, MISUSE_PUT_PAGE_TESTZERO, 3);
    ck_assert_uint_eq(all_misuses(&c), 3);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_script_that_frees_twice_is_seen)
{
    struct misuse_case c;

    begin(&c);
    step_use(&c, TRACE_FREE_PAGES, 0); /* nothing yet: not wrong */
    step_alloc(c.task, 1, 2, 0, GFP_KERNEL);
    step_use(&c, TRACE_FREE_PAGES, 0);
    step_use(&c, TRACE_FREE_PAGES, 0);
    play(&c);
    expect_pages(&c, 0, 0);
    expect_misuses(&c, MISUSE_PUT_PAGE_TESTZERO, 1);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees_double, 1);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(what_failed_is_not_freed_twice)
{
    struct misuse_case c;

    begin(&c);
    step_loop(c.task, 3, 3);
    step_alloc(c.task, 1, 1, MAX_ORDER, GFP_KERNEL);
    step_use(&c, TRACE_FREE_PAGES, 0);
    step_sleep(c.task, 1000);
    play(&c);
    ck_assert_uint_eq(all_misuses(&c), 0);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees_of_failed, 3);
    run_builder_fini(&c.rb);
}
END_TEST

/* ---- addresses ---- */

START_TEST(a_zeroed_page_may_not_be_of_highmem)
{
    struct misuse_case c;

    begin(&c);
    step_alloc(c.task, 1, 1, 0, GFP_HIGHUSER)->record.op = TRACE_GET_ZEROED_PAGE;
    step_use(&c, TRACE_FREE_PAGES, 0);
    play(&c);
    expect_pages(&c, 0, 0);
    expect_misuses(&c, MISUSE_GET_ZEROED_PAGE, 1);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->allocs, 0);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->frees_of_failed, 1);
    run_builder_fini(&c.rb);
}
END_TEST

START_TEST(a_page_of_highmem_has_no_address)
{
    struct misuse_case c;

    begin(&c);
    machine_spec_init(&c.rb.spec.machine, true);
    c.rb.memory[1] = (struct memory_range){UINT64_C(1) << 18, (UINT64_C(1) << 18) + 8192, 0};
    c.rb.spec.machine.memory = c.rb.memory;
    c.rb.spec.machine.nr_memory = 2;
    step_alloc(c.task, 1, 1, 1, GFP_HIGHUSER)->record.op = TRACE_GET_FREE_PAGES;
    step_alloc(c.task, 1, 1, 1, GFP_KERNEL)->record.op = TRACE_GET_FREE_PAGES;
    play(&c);
    expect_pages(&c, 2, 2);
    expect_misuses(&c, MISUSE_PAGE_ADDRESS, 1);
    ck_assert_uint_eq(simulation_stats(c.rb.sim)->alloc_failures, 0);
    run_builder_fini(&c.rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse_of_blocks");

    TEST_CASE(suite, "references", a_block_stays_until_its_last_reference_goes,
              a_script_lists_a_block_once_for_each_reference,
              references_may_come_while_the_page_is_still_to_come,
              a_put_of_a_larger_block_frees_its_first_page,
              the_references_of_a_split_block_are_to_its_first_page,
              parts_and_references_of_records_may_come_in_any_order,
              an_exit_leaves_what_has_other_references,
              a_first_page_that_is_back_takes_no_reference,
              a_block_has_as_many_references_as_can_be_counted);
    TEST_CASE(suite, "orders", the_right_order_may_be_claimed,
              a_smaller_order_loses_pages_and_a_larger_one_is_refused,
              the_tail_of_a_split_block_goes_back, a_block_that_is_back_in_pieces_leaves_the_list,
              an_order_of_a_split_block_is_that_of_its_first_page);
    TEST_CASE(suite, "twice", a_part_that_is_back_is_freed_twice, a_script_that_frees_twice_is_seen,
              what_failed_is_not_freed_twice);
    TEST_CASE(suite, "addresses", a_zeroed_page_may_not_be_of_highmem,
              a_page_of_highmem_has_no_address);
    return test_run(suite);
}
