/* SPDX-License-Identifier: MIT */
/* Why a request got no page: the check that refused it, zone by zone. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/alloc_failure.h"

/* 16 MiB, min 256 / low 320 / high 384 pages. */
static const struct memory_range small[] = {{4096, 8192, 0}};

enum { ZONE = 1 };

static void boot_small(struct test_machine *tm)
{
    struct machine_spec spec = test_machine_spec(small, 1);

    spec.vm.min_free_kbytes_auto = false;
    spec.vm.min_free_kbytes = 1024;
    test_machine_boot(tm, spec);
}

static struct zone_refusal explain(struct test_machine *tm, unsigned order, uint32_t gfp)
{
    struct alloc_request request;
    struct zone_refusal refusal = {0};

    alloc_request_init(&request, &tm->machine, &tm->task, gfp, order, -1);
    ck_assert_int_eq(alloc_request_step(&tm->machine, &request), STEP_DONE);
    ck_assert_uint_eq(alloc_explain(&tm->machine, &request, &refusal, 1), 1);
    return refusal;
}

START_TEST(a_failure_names_the_watermark)
{
    struct test_machine tm;
    struct zone_refusal refusal;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, 96);
    refusal = explain(&tm, 0, GFP_ATOMIC);
    ck_assert_int_eq(refusal.refusal, REFUSED_WATERMARK);
    ck_assert_uint_eq(refusal.zone_id, ZONE);
    ck_assert_int_eq(refusal.free_pages, 96);
    ck_assert_int_eq(refusal.required_pages, 96);
    ck_assert_uint_eq(refusal.mark_pages, 96);
    ck_assert_str_eq(alloc_refusal_name(refusal.refusal), "watermark");
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_failure_names_the_order_whose_blocks_lack)
{
    struct test_machine tm;
    struct zone_refusal refusal;

    boot_small(&tm);
    tm.task.flags = TASK_PF_MEMALLOC;
    for (pfn_t page = take(&tm, 0, 0); !pfn_is_none(page); page = take(&tm, 0, 0))
        continue;
    for (uint32_t pfn = 4096; pfn < 8192; pfn += 2)
        give(&tm, (pfn_t){pfn}, 0);
    tm.task.flags = 0;
    refusal = explain(&tm, 2, GFP_ATOMIC);
    ck_assert_int_eq(refusal.refusal, REFUSED_WATERMARK_ORDER);
    ck_assert_uint_eq(refusal.failed_order, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_failure_without_watermarks_names_the_missing_block)
{
    struct test_machine tm;

    boot_small(&tm);
    drain_zone_to(&tm, ZONE, 0);
    tm.task.flags = TASK_PF_MEMALLOC;
    ck_assert_int_eq(explain(&tm, 0, GFP_KERNEL).refusal, REFUSED_NO_BLOCK);
    ck_assert_int_eq(explain(&tm, MAX_ORDER, GFP_KERNEL).refusal, REFUSED_NO_BLOCK);
    test_machine_end(&tm);
}
END_TEST

START_TEST(refusals_are_those_of_the_walk_and_not_of_the_drain_after_it)
{
    struct test_machine tm;
    struct alloc_request request;
    struct zone_refusal refusal = {0};
    struct machine_spec spec = test_machine_spec((struct memory_range[]){{4096, 36864, 0}}, 1);

    test_machine_boot(&tm, spec);
    drain_zone_to(&tm, ZONE, zone_of(&tm, 0, ZONE)->pages_min + 8);
    take(&tm, 0, GFP_NOFS | GFP_BIT_NORETRY); /* the rest of its batch waits on the hot list */
    alloc_request_init(&request, &tm.machine, &tm.task, GFP_NOFS | GFP_BIT_NORETRY, 1, -1);
    request.refusals = &refusal;
    request.max_refusals = 1;
    ck_assert_int_eq(alloc_request_step(&tm.machine, &request), STEP_DONE);
    ck_assert(pfn_is_none(request.page));
    ck_assert_uint_eq(request.nr_refusals, 1);
    ck_assert_int_eq(refusal.refusal, REFUSED_WATERMARK);
    ck_assert_int_eq(refusal.free_pages, (int64_t)zone_of(&tm, 0, ZONE)->pages_min + 1);
    ck_assert_uint_gt(zone_page_state(zone_of(&tm, 0, ZONE), NR_FREE_PAGES),
                      (uint64_t)refusal.free_pages);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_success_is_refused_by_nothing)
{
    struct test_machine tm;

    boot_small(&tm);
    ck_assert_int_eq(explain(&tm, 0, GFP_KERNEL).refusal, REFUSED_NOT);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc_failure");

    TEST_CASE(suite, "refusals", a_failure_names_the_watermark,
              a_failure_names_the_order_whose_blocks_lack,
              a_failure_without_watermarks_names_the_missing_block,
              refusals_are_those_of_the_walk_and_not_of_the_drain_after_it,
              a_success_is_refused_by_nothing);
    return test_run(suite);
}
