/* SPDX-License-Identifier: MIT */
/* The search for a value that meets a goal, on curves whose answer is known. */
#include "sweep/tune.h"

#include "lib/fail_malloc.h"
#include "lib/test.h"

/* A goal as bits: bit v tells whether value v meets it. */
typedef uint64_t curve_t;

enum { ORDER_MAX = 128 };

/* What a search asked for, in its order, and what came out. */
struct search {
    struct tune tune;
    uint64_t order[ORDER_MAX];
    unsigned asked;
    bool found;
    uint64_t answer;
    bool monotonic;
    uint64_t met, missed;
};

/* Searches; met(v) is v >= step, or v <= step where the largest is wanted. */
static void search_step(struct search *search, uint64_t step)
{
    struct sim_error err = {0};
    uint64_t value;

    search->asked = 0;
    while (tune_next(&search->tune, &value)) {
        bool met = search->tune.largest ? value <= step : value >= step;

        ck_assert_uint_lt(search->asked, ORDER_MAX);
        search->order[search->asked++] = value;
        ck_assert(tune_add(&search->tune, value, met, &err));
    }
    search->found = tune_answer(&search->tune, &search->answer);
    search->monotonic = tune_is_monotonic(&search->tune, &search->met, &search->missed);
    tune_fini(&search->tune);
}

static void begin(struct search *search, uint64_t low, uint64_t high, uint64_t start, bool largest,
                  unsigned probes)
{
    struct sim_error err = {0};

    *search = (struct search){0};
    ck_assert(tune_init(&search->tune, low, high, start, largest, probes, &err));
}

/* The same on any curve of values 0..63; the tune stays for the caller to look at. */
static void search_curve(struct search *search, curve_t curve)
{
    struct sim_error err = {0};
    uint64_t value;

    while (tune_next(&search->tune, &value)) {
        search->order[search->asked++] = value;
        ck_assert(tune_add(&search->tune, value, curve >> value & 1, &err));
    }
    search->found = tune_answer(&search->tune, &search->answer);
    search->monotonic = tune_is_monotonic(&search->tune, &search->met, &search->missed);
}

static void expect_order(const struct search *search, const uint64_t *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        ck_assert_uint_eq(search->order[i], values[i]);
    ck_assert_uint_eq(search->asked, count);
}

START_TEST(doubles_until_the_goal_is_met_then_bisects)
{
    static const uint64_t order[] = {100, 200, 400, 800, 600, 500, 450,
                                     475, 487, 481, 484, 482, 483};
    struct search search;

    begin(&search, 0, 100000, 100, false, 0);
    search_step(&search, 483);
    expect_order(&search, order, sizeof(order) / sizeof(order[0]));
    ck_assert(search.found && search.monotonic);
    ck_assert_uint_eq(search.answer, 483);
}
END_TEST

START_TEST(halves_while_the_goal_is_met)
{
    static const uint64_t order[] = {100, 50, 25, 12, 18, 15, 13, 14};
    struct search search;

    begin(&search, 0, 100000, 100, false, 0);
    search_step(&search, 14);
    expect_order(&search, order, sizeof(order) / sizeof(order[0]));
    ck_assert_uint_eq(search.answer, 14);
}
END_TEST

START_TEST(the_largest_is_searched_the_other_way_round)
{
    static const uint64_t met[] = {10, 20, 40, 30, 25, 22, 23};
    static const uint64_t missed[] = {40, 20, 30, 25, 22, 23};
    struct search search;

    begin(&search, 0, 100, 10, true, 0);
    search_step(&search, 22);
    expect_order(&search, met, sizeof(met) / sizeof(met[0]));
    ck_assert_uint_eq(search.answer, 22);
    begin(&search, 0, 100, 40, true, 0);
    search_step(&search, 22);
    expect_order(&search, missed, sizeof(missed) / sizeof(missed[0]));
    ck_assert_uint_eq(search.answer, 22);
}
END_TEST

START_TEST(every_step_is_found_from_every_start)
{
    for (uint64_t step = 3; step <= 41; step++) {
        for (uint64_t start = 0; start <= 45; start++) {
            for (unsigned largest = 0; largest < 2; largest++) {
                struct search search;

                begin(&search, 3, 40, start, largest, 3);
                search_step(&search, largest ? step - 1 : step);
                ck_assert_msg(search.monotonic, "step %u", (unsigned)step);
                ck_assert_uint_eq(search.found, largest ? step > 3 : step < 41);
                if (search.found)
                    ck_assert_uint_eq(search.answer, largest ? step - 1 : step);
            }
        }
    }
}
END_TEST

START_TEST(a_goal_met_everywhere_is_met_at_the_end_of_the_range)
{
    struct search search;

    begin(&search, 128, 65536, 1901, false, 8);
    search_step(&search, 0);
    ck_assert(search.found && search.monotonic);
    ck_assert_uint_eq(search.answer, 128);
    begin(&search, 128, 65536, 1901, true, 8);
    search_step(&search, 65536);
    ck_assert_uint_eq(search.answer, 65536);
}
END_TEST

START_TEST(a_goal_met_nowhere_has_no_answer)
{
    static const uint64_t order[] = {7, 14, 28, 56, 60};
    struct search search;

    begin(&search, 1, 60, 7, false, 0);
    search_step(&search, 61);
    expect_order(&search, order, sizeof(order) / sizeof(order[0]));
    ck_assert(!search.found && search.monotonic);
}
END_TEST

START_TEST(a_range_of_one_value_is_one_measurement)
{
    struct search search;

    begin(&search, 5, 5, 9, false, 8);
    search_step(&search, 5);
    ck_assert_uint_eq(search.asked, 1);
    ck_assert(search.found);
    ck_assert_uint_eq(search.answer, 5);
}
END_TEST

START_TEST(the_start_is_moved_into_the_range)
{
    struct search search;

    begin(&search, 8, 100, 0, false, 0);
    search_step(&search, 8);
    ck_assert_uint_eq(search.order[0], 8);
    begin(&search, 8, 100, 1000, false, 0);
    search_step(&search, 8);
    ck_assert_uint_eq(search.order[0], 100);
}
END_TEST

START_TEST(doubling_leaves_zero)
{
    static const uint64_t order[] = {0, 1, 2, 4, 3};
    struct search search;

    begin(&search, 0, 100, 0, false, 0);
    search_step(&search, 4);
    expect_order(&search, order, sizeof(order) / sizeof(order[0]));
}
END_TEST

START_TEST(the_widest_range_takes_few_measurements)
{
    for (uint64_t step = 1; step <= TUNE_VALUE_MAX / 2; step *= 3) {
        struct search search;

        begin(&search, 0, TUNE_VALUE_MAX, 1000, false, 8);
        search_step(&search, step);
        ck_assert(search.found);
        ck_assert_uint_eq(search.answer, step);
        ck_assert_uint_le(search.asked, 2 * 31 + 8);
    }
}
END_TEST

START_TEST(a_range_that_is_none_is_refused)
{
    struct sim_error err = {0};
    struct tune tune = {0};

    ck_assert(!tune_init(&tune, 2, 1, 1, false, 0, &err));
    ck_assert_int_eq(err.code, ERR_TUNE_RANGE);
    err = (struct sim_error){0};
    ck_assert(!tune_init(&tune, 0, TUNE_VALUE_MAX + 1, 1, false, 0, &err));
    ck_assert_int_eq(err.code, ERR_TUNE_RANGE);
    tune_fini(&tune);
}
END_TEST

START_TEST(probes_are_the_neighbour_the_ends_and_the_widest_gaps)
{
    /* Bracketing and bisection ask for the first six. */
    static const uint64_t order[] = {16, 32, 24, 20, 18, 17, 19, 0, 1000, 180, 3, 424, 76};
    struct search search;

    begin(&search, 0, 1000, 16, false, 7);
    search_step(&search, 18);
    expect_order(&search, order, sizeof(order) / sizeof(order[0]));
}
END_TEST

START_TEST(probes_end_when_every_value_is_measured)
{
    struct search search;

    begin(&search, 0, 9, 4, false, 1000);
    search_step(&search, 7);
    ck_assert_uint_eq(search.asked, 10);
}
END_TEST

START_TEST(a_hole_beyond_the_answer_is_found_and_the_answer_moves_behind_it)
{
    /* 8..20 and 30..63 meet it; from 10 the search settles at 8, then a probe meets the hole. */
    const curve_t curve = ~UINT64_C(0) << 30 | (UINT64_C(0x1fff) << 8);
    struct search search;

    begin(&search, 0, 63, 10, false, 8);
    search_curve(&search, curve);
    ck_assert(search.found && !search.monotonic);
    ck_assert_uint_eq(search.answer, 30);
    ck_assert(curve >> search.met & 1);
    ck_assert(!(curve >> search.missed & 1));
    ck_assert_uint_lt(search.met, search.missed);
    tune_fini(&search.tune);
}
END_TEST

START_TEST(a_goal_met_on_the_other_side_only_has_no_answer_and_says_so)
{
    struct search search;

    begin(&search, 0, 63, 10, false, 8);
    search_curve(&search, 0xfff); /* 0..11: the largest should have been asked for */
    ck_assert(!search.found && !search.monotonic);
    ck_assert_uint_lt(search.met, 12);
    ck_assert_uint_ge(search.missed, 12);
    tune_fini(&search.tune);
}
END_TEST

/* What tune_answer() promises, word by word. */
static void expect_answer_of_points(const struct search *search, curve_t curve)
{
    const struct tune *tune = &search->tune;
    uint64_t bad_neighbour = search->answer + (tune->largest ? 1 : -UINT64_C(1));
    uint64_t bad_end = tune->largest ? tune->high : tune->low;
    bool neighbour_measured = search->found && search->answer == bad_end;

    for (size_t i = 0; i < tune->points.count; i++) {
        const struct tune_point *point = &tune->points.items[i];
        bool good_side = search->found && (tune->largest ? point->value <= search->answer
                                                         : point->value >= search->answer);

        ck_assert_uint_eq(point->met, curve >> point->value & 1);
        if (good_side)
            ck_assert(point->met);
        if (search->found && point->value == bad_neighbour) {
            ck_assert(!point->met);
            neighbour_measured = true;
        }
    }
    ck_assert(neighbour_measured || !search->found);
}

START_TEST(on_any_curve_the_answer_is_an_edge_of_what_was_measured)
{
    enum { LOW = 1, HIGH = 9 };

    for (curve_t bits = 0; bits < UINT64_C(1) << (HIGH - LOW + 1); bits++) {
        for (unsigned way = 0; way < 8; way++) {
            struct search search;

            begin(&search, LOW, HIGH, LOW + way, way & 1, way / 2);
            search_curve(&search, bits << LOW);
            expect_answer_of_points(&search, bits << LOW);
            tune_fini(&search.tune);
        }
    }
}
END_TEST

START_TEST(with_enough_probes_any_curve_is_seen_as_it_is)
{
    enum { HIGH = 9 };

    for (curve_t curve = 0; curve < UINT64_C(1) << (HIGH + 1); curve++) {
        struct search search;
        uint64_t answer = HIGH + 1;

        begin(&search, 0, HIGH, curve % (HIGH + 1), false, HIGH + 1);
        search_curve(&search, curve);
        while (answer > 0 && curve >> (answer - 1) & 1)
            answer--;
        ck_assert_uint_eq(search.asked, HIGH + 1);
        ck_assert_uint_eq(search.found, answer <= HIGH);
        if (search.found)
            ck_assert_uint_eq(search.answer, answer);
        ck_assert_uint_eq(search.monotonic, (curve & ((UINT64_C(1) << answer) - 1)) == 0);
        tune_fini(&search.tune);
    }
}
END_TEST

START_TEST(without_host_memory_a_point_is_refused)
{
    struct sim_error err = {0};
    struct search search;
    bool ok;

    begin(&search, 0, 9, 4, false, 0);
    fail_malloc_at(0);
    ok = tune_add(&search.tune, 4, true, &err);
    ck_assert(fail_malloc_off());
    ck_assert(!ok);
    ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    ck_assert_uint_eq(search.tune.points.count, 0);
    tune_fini(&search.tune);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tune");

    TEST_CASE(suite, "edge", doubles_until_the_goal_is_met_then_bisects,
              halves_while_the_goal_is_met, the_largest_is_searched_the_other_way_round,
              every_step_is_found_from_every_start,
              a_goal_met_everywhere_is_met_at_the_end_of_the_range,
              a_goal_met_nowhere_has_no_answer, a_range_of_one_value_is_one_measurement,
              the_start_is_moved_into_the_range, doubling_leaves_zero,
              the_widest_range_takes_few_measurements, a_range_that_is_none_is_refused);
    TEST_CASE(suite, "probes", probes_are_the_neighbour_the_ends_and_the_widest_gaps,
              probes_end_when_every_value_is_measured,
              a_hole_beyond_the_answer_is_found_and_the_answer_moves_behind_it,
              a_goal_met_on_the_other_side_only_has_no_answer_and_says_so,
              on_any_curve_the_answer_is_an_edge_of_what_was_measured,
              with_enough_probes_any_curve_is_seen_as_it_is,
              without_host_memory_a_point_is_refused);
    return test_run(suite);
}
