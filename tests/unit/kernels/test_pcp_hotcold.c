/* SPDX-License-Identifier: MIT */
/* Hot and cold lists: their order, their sizes, refills and flushes. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/pcp_hotcold.h"
#include "mm/sysctl.h"

/* 128 MiB of DMA32 on one node: grouping on, hot lists of 42 pages in batches of 7. */
static const struct memory_range one_zone[] = {{4096, 36864, 0}};

static const struct memory_range pc_4g[] = {{0, 159, 0}, {256, 786432, 0}, {1048576, 1310720, 0}};

static struct per_cpu_pages *hot(struct test_machine *tm)
{
    return &zone_of(tm, 0, 1)->pageset[0].pcp[PCP_HOT];
}

START_TEST(pcp_refills_by_batch_when_empty)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(hot(&tm)->batch, 7);
    ck_assert_uint_eq(hot(&tm)->count, 6);
    ck_assert_uint_eq(take(&tm, 0, GFP_KERNEL).nr, page.nr + 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(pcp_flushes_a_batch_from_the_tail_when_full)
{
    struct test_machine tm;
    pfn_t pages[60];

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    for (unsigned i = 0; i < 60; i++)
        pages[i] = take(&tm, 0, GFP_KERNEL);
    ck_assert_uint_eq(hot(&tm)->count, 3);
    for (unsigned i = 0; i < 38; i++)
        give(&tm, pages[i], 0);
    ck_assert_uint_eq(hot(&tm)->count, 41);
    give(&tm, pages[38], 0);
    ck_assert_uint_eq(hot(&tm)->count, 35);
    ck_assert_uint_eq(pcp_head(&tm.machine, hot(&tm)), pages[38].nr);
    test_machine_end(&tm);
}
END_TEST

START_TEST(cold_requests_and_frees_use_the_cold_list)
{
    struct test_machine tm;
    struct per_cpu_pages *cold;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    cold = &zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_COLD];
    page = take(&tm, 0, GFP_KERNEL | GFP_BIT_COLD);
    ck_assert_uint_eq(cold->count, cold->batch - 1);
    ck_assert_uint_eq(hot(&tm)->count, 0);
    free_cold_page(&tm.machine, page, 0);
    ck_assert_uint_eq(cold->count, cold->batch);
    page = take(&tm, 0, GFP_KERNEL);
    free_hot_page(&tm.machine, page, 0);
    ck_assert_uint_eq(hot(&tm)->count, hot(&tm)->batch);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_page_of_another_type_is_handed_out_when_the_zone_is_empty)
{
    struct test_machine tm;
    pfn_t page;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    page = take(&tm, 0, GFP_BIT_MOVABLE);
    drain_zone_to(&tm, 1, 0);
    tm.task.flags = TASK_PF_MEMALLOC;
    give(&tm, page, 0); /* remembers its pageblock's type, movable or reserve */
    ck_assert_uint_eq(take(&tm, 0, GFP_BIT_RECLAIMABLE).nr, page.nr);
    ck_assert(pfn_is_none(take(&tm, 0, GFP_BIT_RECLAIMABLE)));
    test_machine_end(&tm);
}
END_TEST

START_TEST(sequence_numbers_survive_their_wrap)
{
    struct test_machine tm;
    pfn_t pages[6];

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    for (unsigned i = 0; i < 6; i++)
        pages[i] = take(&tm, 0, i & 1 ? GFP_BIT_MOVABLE : 0);
    hot(&tm)->next_seq = UINT32_MAX - 2;
    for (unsigned i = 0; i < 6; i++)
        give(&tm, pages[i], 0);
    expect_sound(&tm);
    ck_assert_uint_lt(hot(&tm)->next_seq, 100);
    for (unsigned i = 6; i-- > 0;) {
        ck_assert_uint_eq(pcp_head(&tm.machine, hot(&tm)), pages[i].nr);
        ck_assert_uint_eq(take(&tm, 0, i & 1 ? GFP_BIT_MOVABLE : 0).nr, pages[i].nr);
    }
    test_machine_end(&tm);
}
END_TEST

START_TEST(drains_empty_one_cpus_lists_or_all)
{
    struct test_machine tm;
    struct machine_spec spec = test_machine_spec(one_zone, 1);
    const struct zone *zone;

    spec.nr_cpus = 3;
    test_machine_boot(&tm, spec);
    zone = zone_of(&tm, 0, 1);
    for (unsigned cpu = 0; cpu < 3; cpu++)
        take_on(&tm, cpu, 0, GFP_KERNEL, -1);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 18);
    drain_local_pages(&tm.machine, 1);
    ck_assert_uint_eq(zone->pageset[1].pcp[PCP_HOT].count, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 12);
    drain_all_local_pages(&tm.machine, 2);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone), 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(list_sizes_are_those_of_real_machines)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(pc_4g, 3));
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->pageset[0].pcp[PCP_HOT].high, 0);
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->pageset[0].pcp[PCP_HOT].batch, 1);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_HOT].high, 186);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_HOT].batch, 31);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_COLD].high, 62);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_COLD].batch, 15);
    test_machine_end(&tm);
}
END_TEST

START_TEST(percpu_pagelist_fraction_sizes_the_hot_list_only)
{
    struct test_machine tm;
    uint64_t fraction = 8;

    test_machine_boot(&tm, test_machine_spec(pc_4g, 3));
    vm_sysctl_write(&tm.machine, VM_PERCPU_PAGELIST_FRACTION, &fraction);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_HOT].high,
                      zone_of(&tm, 0, 1)->present_pages / 8);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_HOT].batch, 96);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_COLD].high, 62);
    fraction = 100000000;
    vm_sysctl_write(&tm.machine, VM_PERCPU_PAGELIST_FRACTION, &fraction);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->pageset[0].pcp[PCP_HOT].batch, 1);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pcp_hotcold");

    TEST_CASE(suite, "order", pcp_refills_by_batch_when_empty,
              pcp_flushes_a_batch_from_the_tail_when_full,
              cold_requests_and_frees_use_the_cold_list,
              a_page_of_another_type_is_handed_out_when_the_zone_is_empty,
              sequence_numbers_survive_their_wrap);
    TEST_CASE(suite, "drains", drains_empty_one_cpus_lists_or_all);
    TEST_CASE(suite, "sizes", list_sizes_are_those_of_real_machines,
              percpu_pagelist_fraction_sizes_the_hot_list_only);
    return test_run(suite);
}
