/* SPDX-License-Identifier: MIT */
/* Counters with per-CPU differences, their names, and the once-a-second refresh. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/zone_page_state.h"

/* 128 MiB of DMA32 on one node: grouping on, hot lists of 42 pages in batches of 7. */
static const struct memory_range one_zone[] = {{4096, 36864, 0}};

START_TEST(differences_are_folded_by_the_refresh)
{
    struct test_machine tm;
    struct machine_spec spec = test_machine_spec(one_zone, 1);

    spec.stat_threshold = 100;
    test_machine_boot(&tm, spec);
    take(&tm, 1, GFP_KERNEL);
    ck_assert_uint_eq(zone_page_state(zone_of(&tm, 0, 1), NR_FREE_PAGES), 32768);
    ck_assert_int_eq(machine_page_state_exact(&tm.machine, NR_FREE_PAGES), 32766);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_page_state(zone_of(&tm, 0, 1), NR_FREE_PAGES), 32766);
    ck_assert_int_eq(tm.machine.vm_stat[NUMA_HIT], 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(pages_of_remote_zones_are_drained_after_three_idle_refreshes)
{
    const struct memory_range two_nodes[] = {{4096, 36864, 0}, {36864, 69632, 1}};
    struct machine_spec spec = test_machine_spec(two_nodes, 2);
    struct test_machine tm;

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    spec.stat_threshold = 100;
    test_machine_boot(&tm, spec);
    take_on(&tm, 0, 0, GFP_KERNEL, 1);
    refresh_cpu_vm_stats(&tm.machine, 0);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone_of(&tm, 1, 1)), 6);
    refresh_cpu_vm_stats(&tm.machine, 0);
    ck_assert_uint_eq(zone_pcp_pages(&tm.machine, zone_of(&tm, 1, 1)), 0);
    test_machine_end(&tm);
}
END_TEST

/* The zone's global part and CPU 0's difference; the machine-wide part goes with the zone's. */
static void expect_state(struct test_machine *tm, int64_t global, int diff)
{
    ck_assert_int_eq(zone_of(tm, 0, 1)->vm_stat[NR_INACTIVE], global);
    ck_assert_int_eq(tm->machine.vm_stat[NR_INACTIVE], global);
    ck_assert_int_eq(zone_of(tm, 0, 1)->pageset[0].vm_stat_diff[NR_INACTIVE], diff);
}

static void boot_with_threshold(struct test_machine *tm, int threshold)
{
    struct machine_spec spec = test_machine_spec(one_zone, 1);

    spec.stat_threshold = threshold;
    test_machine_boot(tm, spec);
}

START_TEST(single_steps_overshoot_by_half_the_threshold)
{
    struct test_machine tm;
    struct zone *zone;

    boot_with_threshold(&tm, 5);
    zone = zone_of(&tm, 0, 1);
    for (int i = 1; i <= 5; i++) {
        inc_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
        expect_state(&tm, 0, i);
    }
    inc_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, 8, -2);
    for (int i = 3; i <= 5; i++)
        dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, 8, -5);
    dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, 0, 2);
    for (int i = 1; i >= -5; i--) {
        dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
        expect_state(&tm, 0, i);
    }
    dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, -8, 2);
    ck_assert_uint_eq(zone_page_state(zone, NR_INACTIVE), 0); /* lagging, read as none */
    ck_assert_int_eq(machine_page_state_exact(&tm.machine, NR_INACTIVE), -6);
    test_machine_end(&tm);
}
END_TEST

START_TEST(larger_steps_are_folded_whole)
{
    struct test_machine tm;
    struct zone *zone;

    boot_with_threshold(&tm, 5);
    zone = zone_of(&tm, 0, 1);
    mod_zone_page_state(&tm.machine, zone, NR_INACTIVE, 5, 0);
    expect_state(&tm, 0, 5);
    mod_zone_page_state(&tm.machine, zone, NR_INACTIVE, 1, 0);
    expect_state(&tm, 6, 0);
    mod_zone_page_state(&tm.machine, zone, NR_INACTIVE, -5, 0);
    expect_state(&tm, 6, -5);
    mod_zone_page_state(&tm.machine, zone, NR_INACTIVE, -1, 0);
    expect_state(&tm, 0, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(without_a_threshold_counters_are_exact)
{
    struct test_machine tm;
    struct zone *zone;

    boot_with_threshold(&tm, 0);
    zone = zone_of(&tm, 0, 1);
    inc_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, 1, 0);
    dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, 0, 0);
    dec_zone_state(&tm.machine, zone, NR_INACTIVE, 0);
    expect_state(&tm, -1, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(names_are_the_kernels)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(one_zone, 1));
    ck_assert_str_eq(machine_zone_name(&tm.machine, 2), "Normal");
    ck_assert_str_eq(zone_stat_name(NR_FREE_PAGES), "nr_free_pages");
    ck_assert_str_eq(zone_stat_name(NUMA_OTHER), "numa_other");
    ck_assert_str_eq(vm_event_name(PGALLOC_ZONE0 + 1, false), "pgalloc_dma32");
    ck_assert_str_eq(vm_event_name(PGALLOC_ZONE0 + 2, true), "pgalloc_high");
    ck_assert_str_eq(vm_event_name(PGFREE, false), "pgfree");
    ck_assert_str_eq(vm_event_name(PGROTATED, true), "pgrotated");
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vmstat");

    TEST_CASE(suite, "counters", differences_are_folded_by_the_refresh,
              pages_of_remote_zones_are_drained_after_three_idle_refreshes,
              single_steps_overshoot_by_half_the_threshold, larger_steps_are_folded_whole,
              without_a_threshold_counters_are_exact, names_are_the_kernels);
    return test_run(suite);
}
