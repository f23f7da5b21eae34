/* SPDX-License-Identifier: MIT */
/* Tests of the output's words. */
#include "lib/test.h"
#include "stats/fields.h"
#include "stats_sample.h"

static void expect_level(uint64_t free_pages, enum watermark_level level)
{
    struct zone zone = {.pages_min = 10, .pages_low = 12, .pages_high = 15};

    zone.vm_stat[NR_FREE_PAGES] = (int64_t)free_pages;
    ck_assert_int_eq(zone_watermark_level(&zone), level);
}

START_TEST(a_mark_is_passed_by_more_pages_than_it)
{
    expect_level(0, LEVEL_BELOW_MIN);
    expect_level(10, LEVEL_BELOW_MIN);
    expect_level(11, LEVEL_MIN_TO_LOW);
    expect_level(12, LEVEL_MIN_TO_LOW);
    expect_level(13, LEVEL_LOW_TO_HIGH);
    expect_level(15, LEVEL_LOW_TO_HIGH);
    expect_level(16, LEVEL_ABOVE_HIGH);
    expect_level((uint64_t)-5, LEVEL_BELOW_MIN); /* a lagging counter reads as 0 */
}
END_TEST

START_TEST(words_are_those_of_the_schema)
{
    ck_assert_str_eq(watermark_level_name(LEVEL_ABOVE_HIGH), "above_high");
    ck_assert_str_eq(watermark_level_name(LEVEL_BELOW_MIN), "below_min");
    ck_assert_str_eq(migratetype_name(MIGRATE_UNMOVABLE), "unmovable");
    ck_assert_str_eq(migratetype_name(MIGRATE_ISOLATE), "isolate");
    ck_assert_str_eq(writepage_name(WRITEPAGE_REDIRTIES), "redirties");
    ck_assert_str_eq(run_end_name(RUN_ENDED_INTERRUPTED), "interrupted");
    ck_assert_str_eq(run_end_name(RUN_ENDED_DURATION), "duration");
    ck_assert_str_eq(run_end_name(RUN_ENDED_PANIC), "panic");
    ck_assert_str_eq(invalid_free_name(INVALID_FREE_DOUBLE), "double");
    ck_assert_str_eq(zonelist_order_name(ZONELIST_ORDER_ZONE), "zone");
}
END_TEST

START_TEST(durations_have_three_decimals_from_a_microsecond_on)
{
    char text[DURATION_TEXT_MAX];

    ck_assert_str_eq(duration_text(0, text), "0 ns");
    ck_assert_str_eq(duration_text(999, text), "999 ns");
    ck_assert_str_eq(duration_text(1000, text), "1.000 us");
    ck_assert_str_eq(duration_text(20000999, text), "20.000 ms");
    ck_assert_str_eq(duration_text(UINT64_C(61000000000), text), "61.000 s");
}
END_TEST

START_TEST(shares_are_thousandths_rounded_down)
{
    char text[PERCENT_TEXT_MAX];
    uint64_t permille = 7;

    ck_assert(!permille_of(1, 0, &permille));
    ck_assert_uint_eq(permille, 7);
    ck_assert(permille_of(2, 3, &permille));
    ck_assert_uint_eq(permille, 666);
    ck_assert(permille_of(UINT64_MAX, UINT64_MAX, &permille));
    ck_assert_uint_eq(permille, 1000);
    ck_assert_str_eq(percent_text(1, 8, text), "12.5 %");
    ck_assert_str_eq(percent_text(1, 0, text), "0.0 %");
}
END_TEST

START_TEST(zones_are_called_by_node_and_name)
{
    struct machine machine = {.highmem = true};
    struct zone zone = {.nid = 63, .index = 2};
    char label[ZONE_LABEL_MAX];

    ck_assert_str_eq(zone_label(&machine, &zone, label), "63/HighMem");
    machine.highmem = false;
    zone.index = 3;
    ck_assert_str_eq(zone_label(&machine, &zone, label), "63/Movable");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fields");

    TEST_CASE(suite, "words", a_mark_is_passed_by_more_pages_than_it, words_are_those_of_the_schema,
              zones_are_called_by_node_and_name,
              durations_have_three_decimals_from_a_microsecond_on,
              shares_are_thousandths_rounded_down);
    return test_run(suite);
}
