/* SPDX-License-Identifier: MIT */
/* Tests of failures: what is kept of a request, and refusals in words. */
#include "lib/test.h"
#include "stats/failure.h"
#include "stats_sample.h"

static void expect_words(struct zone_refusal refusal, unsigned order, const char *words)
{
    struct zone zone = {.pages_min = 128, .pages_low = 160, .pages_high = 192};
    struct machine machine = {.zones = &zone, .nr_zones = 1};
    char text[192];

    refusal_format(&machine, &refusal, order, text, sizeof(text));
    ck_assert_str_eq(text, words);
}

START_TEST(watermark_refusal_names_the_mark_and_the_reserve)
{
    struct zone_refusal refusal = {.refusal = REFUSED_WATERMARK,
                                   .free_pages = 120,
                                   .required_pages = 189,
                                   .lowmem_reserve = 61,
                                   .mark_pages = 128};

    expect_words(refusal, 0, "0/DMA refused: free 120 <= min 128 + lowmem_reserve 61");
    expect_words(refusal, 3,
                 "0/DMA refused: free 120 <= min 128 + lowmem_reserve 61 + 7 for order 3");
    refusal.mark_pages = 160;
    expect_words(refusal, 0, "0/DMA refused: free 120 <= low 160 + lowmem_reserve 61");
    refusal.mark_pages = 192;
    expect_words(refusal, 0, "0/DMA refused: free 120 <= high 192 + lowmem_reserve 61");
    refusal.mark_pages = 48;
    expect_words(refusal, 0, "0/DMA refused: free 120 <= lowered min 48 + lowmem_reserve 61");
    refusal.mark_pages = 130;
    expect_words(refusal, 0, "0/DMA refused: free 120 <= mark 130 + lowmem_reserve 61");
}
END_TEST

START_TEST(order_refusal_names_the_order_at_which_blocks_ran_out)
{
    expect_words((struct zone_refusal){.refusal = REFUSED_WATERMARK_ORDER,
                                       .free_pages = 5,
                                       .required_pages = 32,
                                       .failed_order = 1,
                                       .mark_pages = 128},
                 3, "0/DMA refused: above order 1, this block taken, free 5 <= 32 (min 128 / 4)");
}
END_TEST

START_TEST(other_refusals_have_words_too)
{
    expect_words((struct zone_refusal){.refusal = REFUSED_NO_BLOCK}, 4,
                 "0/DMA refused: no free block of order 4 or more");
    expect_words((struct zone_refusal){.refusal = REFUSED_CPUSET}, 0,
                 "0/DMA refused: its node is out of the task's cpuset");
    expect_words((struct zone_refusal){.refusal = REFUSED_GFP_ZONE}, 0,
                 "0/DMA refused: it lies above the zones that the gfp mask allows");
    expect_words((struct zone_refusal){.refusal = REFUSED_NOT}, 0, "0/DMA would give a page now");
}
END_TEST

START_TEST(a_failed_request_is_explained_zone_by_zone)
{
    static struct sample sample;
    const struct failure *failure = sample.state.kept;

    sample_boot_numa(&sample);
    sample_exhaust(&sample, GFP_ATOMIC);
    failure = sample.state.kept;
    ck_assert_uint_eq(failure->gfp, GFP_ATOMIC);
    ck_assert_uint_eq(failure->nr_refusals, 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(failure->refusals[i].refusal, REFUSED_WATERMARK);
        ck_assert_int_le(failure->refusals[i].free_pages, failure->refusals[i].required_pages);
    }
    sample_fini(&sample);
}
END_TEST

START_TEST(no_more_refusals_are_kept_than_there_is_room_for)
{
    static struct sample sample;
    struct alloc_request request;
    struct zone_refusal refusals[2];
    struct failure failure;

    sample_boot_numa(&sample);
    sample_exhaust(&sample, GFP_ATOMIC);
    alloc_request_init(&request, &sample.machine, &sample.task, GFP_ATOMIC, 0, 1);
    request.refusals = refusals;
    request.max_refusals = 2;
    alloc_request_step(&sample.machine, &request);
    failure_init(&failure, &sample.machine, &request, "nic");
    ck_assert_uint_eq(failure.nr_refusals, 2);
    ck_assert_uint_eq(failure.node, 1);
    sample_fini(&sample);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failure");

    TEST_CASE(suite, "words", watermark_refusal_names_the_mark_and_the_reserve,
              order_refusal_names_the_order_at_which_blocks_ran_out, other_refusals_have_words_too);
    TEST_CASE(suite, "requests", a_failed_request_is_explained_zone_by_zone,
              no_more_refusals_are_kept_than_there_is_room_for);
    return test_run(suite);
}
