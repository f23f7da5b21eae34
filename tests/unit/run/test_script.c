/* SPDX-License-Identifier: MIT */
/* The program counter of scripts: steps, loops and lists of blocks. */
#include "lib/test.h"
#include "run/script.h"

enum { STEPS_MAX = 16 };

struct program {
    struct step_spec steps[STEPS_MAX];
    uint32_t nr_steps;
    struct script script;
    struct script_next next;
    struct sim_error err;
};

static struct step_spec *add(struct program *program, enum step_op op)
{
    struct step_spec *step = &program->steps[program->nr_steps++];

    step->op = (uint8_t)op;
    return step;
}

static struct step_spec *add_record(struct program *program, enum trace_op op, uint64_t id,
                                    uint64_t count)
{
    struct step_spec *step = add(program, STEP_RECORD);

    step->record.op = (uint8_t)op;
    step->record.id = id;
    step->count = count;
    return step;
}

static void add_loop(struct program *program, uint64_t count, uint32_t nr_steps)
{
    struct step_spec *step = add(program, STEP_LOOP);

    step->count = count;
    step->nr_steps = nr_steps;
}

static void begin(struct program *program)
{
    ck_assert(script_init(&program->script, program->steps, program->nr_steps, &program->err));
}

static void expect(struct program *program, enum script_action action, uint64_t now_ns)
{
    ck_assert_int_eq(script_next(&program->script, now_ns, &program->next), action);
}

/* An id whose list holds the blocks 1..count. */
static void begin_with_blocks(struct program *program, uint32_t count)
{
    begin(program);
    for (uint32_t block = 1; block <= count; block++)
        ck_assert(script_add_block(&program->script, 0, block));
}

static void expect_block(struct program *program, uint32_t block, bool take)
{
    expect(program, SCRIPT_RECORD, 0);
    ck_assert_uint_eq(program->next.block, block);
    ck_assert_int_eq(program->next.take, take);
}

START_TEST(counted_step_is_done_count_times)
{
    struct program p = {0};

    add_record(&p, TRACE_ALLOC_PAGES, 7, 3);
    begin(&p);
    for (unsigned i = 0; i < 3; i++)
        expect(&p, SCRIPT_RECORD, i);
    expect(&p, SCRIPT_END, 3);
    expect(&p, SCRIPT_END, 4);
    script_fini(&p.script);
}
END_TEST

START_TEST(bare_step_is_done_once_whatever_its_count)
{
    struct program p = {0};

    add_record(&p, TRACE_DRAIN_LOCAL_PAGES, 0, 0);
    begin(&p);
    expect(&p, SCRIPT_RECORD, 0);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(nested_loops_multiply)
{
    struct program p = {0};
    unsigned passes = 0;

    add_loop(&p, 3, 3);
    add_loop(&p, 4, 1);
    add_record(&p, TRACE_DRAIN_LOCAL_PAGES, 0, 0);
    add(&p, STEP_SLEEP)->duration_ns = 5;
    begin(&p);
    for (uint64_t now_ns = 0; passes < 100; now_ns += 10) {
        enum script_action action = script_next(&p.script, now_ns, &p.next);

        if (action == SCRIPT_END)
            break;
        passes += action == SCRIPT_RECORD;
        if (action == SCRIPT_SLEEP)
            ck_assert_uint_eq(p.next.until_ns, now_ns + 5);
    }
    ck_assert_uint_eq(passes, 12);
    script_fini(&p.script);
}
END_TEST

START_TEST(loop_without_count_goes_on)
{
    struct program p = {0};

    add_loop(&p, 0, 1);
    add_record(&p, TRACE_DRAIN_LOCAL_PAGES, 0, 0);
    begin(&p);
    ck_assert(script_endless(&p.script));
    for (uint64_t now_ns = 0; now_ns < 1000; now_ns++)
        expect(&p, SCRIPT_RECORD, now_ns);
    script_fini(&p.script);
}
END_TEST

START_TEST(exit_in_a_loop_ends_it)
{
    struct program p = {0};

    add_loop(&p, 0, 1);
    add(&p, STEP_EXIT);
    begin(&p);
    ck_assert(!script_endless(&p.script));
    expect(&p, SCRIPT_EXIT, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(loop_in_which_no_time_passes_is_given_some)
{
    struct program p = {0};
    uint64_t now_ns = 100;

    add_loop(&p, 1000, 2);
    add_loop(&p, 1000, 0);
    add_loop(&p, 0, 0);
    begin(&p);
    for (unsigned i = 0; i < 10; i++) {
        expect(&p, SCRIPT_SLEEP, now_ns);
        ck_assert_uint_eq(p.next.until_ns, now_ns + 1);
        now_ns++;
    }
    script_fini(&p.script);
}
END_TEST

START_TEST(until_names_its_time_even_when_past)
{
    struct program p = {0};

    add(&p, STEP_UNTIL)->record.time_ns = 50;
    begin(&p);
    expect(&p, SCRIPT_SLEEP, 80);
    ck_assert_uint_eq(p.next.until_ns, 50);
    expect(&p, SCRIPT_END, 80);
    script_fini(&p.script);
}
END_TEST

START_TEST(free_takes_the_oldest_blocks_first)
{
    struct program p = {0};

    add_record(&p, TRACE_FREE_PAGES, 7, 2);
    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin_with_blocks(&p, 4);
    for (uint32_t block = 1; block <= 4; block++)
        expect_block(&p, block, true);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(free_of_every_third_leaves_the_others_in_order)
{
    struct program p = {0};
    const uint32_t left[] = {1, 2, 4, 5, 7};

    add_record(&p, TRACE_FREE_PAGES, 7, 0)->every = 3;
    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin_with_blocks(&p, 7);
    expect_block(&p, 3, true);
    expect_block(&p, 6, true);
    for (unsigned i = 0; i < 5; i++)
        expect_block(&p, left[i], true);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(counted_free_of_every_second_stops_at_its_count)
{
    struct program p = {0};
    const uint32_t left[] = {1, 3, 5, 6};

    add_record(&p, TRACE_FREE_PAGES, 7, 2)->every = 2;
    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin_with_blocks(&p, 6);
    expect_block(&p, 2, true);
    expect_block(&p, 4, true);
    for (unsigned i = 0; i < 4; i++)
        expect_block(&p, left[i], true);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(split_walks_the_list_and_leaves_it)
{
    struct program p = {0};

    add_record(&p, TRACE_SPLIT_PAGE, 7, 0);
    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin_with_blocks(&p, 2);
    expect_block(&p, 1, false);
    expect_block(&p, 2, false);
    expect_block(&p, 1, true);
    expect_block(&p, 2, true);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(free_names_the_failures_that_it_meets)
{
    struct program p = {0};

    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin_with_blocks(&p, 1);
    script_add_failure(&p.script, 0);
    expect_block(&p, 1, true);
    expect_block(&p, SCRIPT_NO_BLOCK, true);
    expect(&p, SCRIPT_END, 0);
    script_fini(&p.script);
}
END_TEST

START_TEST(long_lists_reuse_the_room_in_front)
{
    struct program p = {0};
    uint32_t block;

    add_record(&p, TRACE_FREE_PAGES, 7, 0);
    begin(&p);
    for (uint32_t i = 0; i < 10000; i++) {
        ck_assert(script_add_block(&p.script, 0, i));
        ck_assert(script_take_any(&p.script, &block));
        ck_assert_uint_eq(block, i);
    }
    ck_assert(!script_take_any(&p.script, &block));
    ck_assert_uint_le(p.script.lists[0].capacity, 64);
    script_fini(&p.script);
}
END_TEST

START_TEST(loop_that_reaches_past_its_surroundings_is_refused)
{
    struct program p = {0};

    add_loop(&p, 2, 2);
    add_loop(&p, 2, 2);
    add(&p, STEP_SLEEP)->duration_ns = 1;
    add(&p, STEP_SLEEP)->duration_ns = 1;
    ck_assert(!script_init(&p.script, p.steps, p.nr_steps, &p.err));
    ck_assert_int_eq(p.err.code, ERR_BAD_STEP);
    script_fini(&p.script);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("script");

    TEST_CASE(suite, "steps", counted_step_is_done_count_times,
              bare_step_is_done_once_whatever_its_count, until_names_its_time_even_when_past);
    TEST_CASE(suite, "loops", nested_loops_multiply, loop_without_count_goes_on,
              exit_in_a_loop_ends_it, loop_in_which_no_time_passes_is_given_some,
              loop_that_reaches_past_its_surroundings_is_refused);
    TEST_CASE(suite, "lists", free_takes_the_oldest_blocks_first,
              free_of_every_third_leaves_the_others_in_order,
              counted_free_of_every_second_stops_at_its_count, split_walks_the_list_and_leaves_it,
              free_names_the_failures_that_it_meets, long_lists_reuse_the_room_in_front);
    return test_run(suite);
}
