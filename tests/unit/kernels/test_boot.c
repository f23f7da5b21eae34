/* SPDX-License-Identifier: MIT */
/* A machine after boot: zonelists, watermarks, reserves, and what sysctls change. */
#include <stdio.h>
#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/free_area.h"
#include "mm/pcp_hotcold.h"
#include "mm/sysctl.h"
#include "mm/watermark.h"
#include "mm/zonelist.h"

static const struct memory_range pc_4g[] = {{0, 159, 0}, {256, 786432, 0}, {1048576, 1310720, 0}};
static const struct memory_range small[] = {{4096, 36864, 0}};

/* ---- watermarks ---- */

START_TEST(min_free_kbytes_grows_with_the_root_of_lowmem)
{
    ck_assert_uint_eq(auto_min_free_kbytes(16 * 1024), 512);
    ck_assert_uint_eq(auto_min_free_kbytes(8192 * 1024), 11585);
    ck_assert_uint_eq(auto_min_free_kbytes(16384 * 1024), 16384);
    ck_assert_uint_eq(auto_min_free_kbytes(0), 128);
    ck_assert_uint_eq(auto_min_free_kbytes(UINT64_C(1) << 40), 65536);
}
END_TEST

START_TEST(watermarks_are_a_share_of_min_free_kbytes)
{
    struct test_machine tm;
    const struct zone *zone;

    test_machine_boot(&tm, test_machine_spec(pc_4g, 3));
    zone = zone_of(&tm, 0, 1);
    ck_assert_uint_eq(zone->pages_low, zone->pages_min + zone->pages_min / 4);
    ck_assert_uint_eq(zone->pages_high, zone->pages_min + zone->pages_min / 2);
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->lowmem_reserve[0], 0);
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->lowmem_reserve[1], zone->present_pages / 256);
    test_machine_end(&tm);
}
END_TEST

START_TEST(writing_min_free_kbytes_moves_the_reserve_blocks)
{
    struct test_machine tm;
    uint64_t kbytes = 16384;
    const struct zone *zone;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    zone = zone_of(&tm, 0, 1);
    ck_assert_uint_eq(zone->nr_pageblocks_of_type[MIGRATE_RESERVE], 1);
    vm_sysctl_write(&tm.machine, VM_MIN_FREE_KBYTES, &kbytes);
    expect_sound(&tm);
    ck_assert_uint_eq(zone->pages_min, 4096);
    ck_assert_uint_eq(zone->nr_pageblocks_of_type[MIGRATE_RESERVE], 8);
    ck_assert_uint_eq(zone->nr_free_type[10][MIGRATE_RESERVE], 4);
    kbytes = 1000;
    vm_sysctl_write(&tm.machine, VM_MIN_FREE_KBYTES, &kbytes);
    ck_assert_uint_eq(zone->nr_pageblocks_of_type[MIGRATE_RESERVE], 1);
    test_machine_end(&tm);
}
END_TEST

START_TEST(lowmem_reserve_follows_its_ratio)
{
    const uint64_t ratios[] = {0, 64, 32};
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(pc_4g, 3));
    vm_sysctl_write(&tm.machine, VM_LOWMEM_RESERVE_RATIO, ratios);
    ck_assert_uint_eq(tm.machine.vm.lowmem_reserve_ratio[0], 1);
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->lowmem_reserve[1], zone_of(&tm, 0, 1)->present_pages);
    ck_assert_uint_eq(zone_of(&tm, 0, 1)->lowmem_reserve[2],
                      zone_of(&tm, 0, 2)->present_pages / 64);
    test_machine_end(&tm);
}
END_TEST

/* ---- per-CPU lists ---- */

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

/* ---- zonelists ---- */

static const struct memory_range nodes_3[] = {
    {0, 1048576, 0}, {1048576, 2097152, 0}, {2097152, 2621440, 1}, {2621440, 3145728, 2}};

static void expect_zonelist(struct test_machine *tm, unsigned nid, unsigned index,
                            const char *expected)
{
    const struct zonelist *zonelist = &tm->machine.nodes[nid].zonelists[index];
    char text[256] = "";

    for (unsigned i = 0; i < zonelist->length; i++) {
        const struct zone *zone = &tm->machine.zones[zonelist->zones[i]];
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, " %u/%s", zone->nid,
                 machine_zone_name(&tm->machine, zone->index));
    }
    ck_assert_str_eq(text, expected);
}

START_TEST(zonelists_follow_numa_zonelist_order_at_run_time)
{
    struct machine_spec spec = test_machine_spec(nodes_3, 4);
    struct test_machine tm;
    uint64_t order = ZONELIST_ORDER_NODE;

    spec.distance[0][1] = spec.distance[1][0] = 30;
    spec.vm.zone_reclaim_mode = 0;
    test_machine_boot(&tm, spec);
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 0);
    ck_assert_int_eq(tm.machine.vm.numa_zonelist_order, ZONELIST_ORDER_ZONE);
    expect_zonelist(&tm, 0, 2, " 0/Normal 2/Normal 1/Normal 0/DMA32 0/DMA");
    vm_sysctl_write(&tm.machine, VM_NUMA_ZONELIST_ORDER, &order);
    expect_zonelist(&tm, 0, 2, " 0/Normal 0/DMA32 0/DMA 2/Normal 1/Normal");
    expect_zonelist(&tm, 1, 2, " 1/Normal 2/Normal 0/Normal 0/DMA32 0/DMA");
    expect_zonelist(&tm, 1, MAX_NR_ZONES + 2, " 1/Normal");
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 1); /* a node is farther than 20 */
    tm.machine.vm.zone_reclaim_mode = 0;
    vm_sysctl_write(&tm.machine, VM_NUMA_ZONELIST_ORDER, &order);
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 0); /* the same value rebuilds nothing */
    order = ZONELIST_ORDER_DEFAULT;
    vm_sysctl_write(&tm.machine, VM_NUMA_ZONELIST_ORDER, &order);
    ck_assert_int_eq(tm.machine.vm.numa_zonelist_order, ZONELIST_ORDER_ZONE);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_mask_selects_its_zonelist)
{
    struct machine numa = {.numa = true};
    struct machine uma_highmem = {.highmem = true};

    ck_assert_uint_eq(gfp_zone(&numa, GFP_KERNEL), 2);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_KERNEL | GFP_BIT_DMA | GFP_BIT_DMA32), 0);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_BIT_DMA32 | GFP_BIT_HIGHMEM), 1);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_HIGHUSER), 2);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_HIGHUSER_MOVABLE), 3);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_BIT_MOVABLE), 2);
    ck_assert_uint_eq(gfp_zone(&numa, GFP_KERNEL | GFP_BIT_THISNODE), 6);
    ck_assert_uint_eq(gfp_zone(&uma_highmem, GFP_KERNEL | GFP_BIT_THISNODE), 1);
    ck_assert_uint_eq(gfp_zone(&uma_highmem, GFP_HIGHUSER), 2);
    ck_assert_uint_eq(gfp_zone(&uma_highmem, GFP_BIT_DMA32), 1);
}
END_TEST

START_TEST(mobility_grouping_is_off_on_small_machines_or_on_demand)
{
    const struct memory_range tiny[] = {{4096, 6144, 0}};
    struct machine_spec spec = test_machine_spec(small, 1);
    struct test_machine tm;

    test_machine_boot(&tm, spec);
    ck_assert(!tm.machine.page_group_by_mobility_disabled);
    ck_assert_uint_eq(gfp_migratetype(&tm.machine, GFP_BIT_MOVABLE), MIGRATE_MOVABLE);
    test_machine_end(&tm);
    spec.page_group_by_mobility_off = true;
    test_machine_boot(&tm, spec);
    ck_assert(tm.machine.page_group_by_mobility_disabled);
    ck_assert_uint_eq(gfp_migratetype(&tm.machine, GFP_BIT_MOVABLE), MIGRATE_UNMOVABLE);
    test_machine_end(&tm);
    test_machine_boot(&tm, test_machine_spec(tiny, 1));
    ck_assert(tm.machine.page_group_by_mobility_disabled);
    test_machine_end(&tm);
}
END_TEST

/* ---- sysctls ---- */

START_TEST(sysctls_have_names_and_limits)
{
    const uint64_t big[] = {UINT64_C(1) << 31, 1, 1};
    const uint64_t seven[] = {7, 7, 7};
    const uint64_t eight[] = {8, 8, 8};

    ck_assert_str_eq(vm_sysctl_name(VM_ZONE_RECLAIM_MODE), "zone_reclaim_mode");
    ck_assert_uint_eq(vm_sysctl_nr_values(VM_LOWMEM_RESERVE_RATIO), 3);
    ck_assert_uint_eq(vm_sysctl_nr_values(VM_MIN_FREE_KBYTES), 1);
    ck_assert(!vm_sysctl_valid(VM_MIN_FREE_KBYTES, big));
    ck_assert(!vm_sysctl_valid(VM_LOWMEM_RESERVE_RATIO, big));
    ck_assert(!vm_sysctl_valid(VM_PERCPU_PAGELIST_FRACTION, seven));
    ck_assert(vm_sysctl_valid(VM_PERCPU_PAGELIST_FRACTION, eight));
    ck_assert(!vm_sysctl_valid(VM_NUMA_ZONELIST_ORDER, seven));
    ck_assert(vm_sysctl_valid(VM_ZONE_RECLAIM_MODE, seven));
    ck_assert(!vm_sysctl_valid(VM_ZONE_RECLAIM_MODE, eight));
    ck_assert(!vm_sysctl_valid(NR_VM_SYSCTLS, eight));
}
END_TEST

START_TEST(zone_reclaim_mode_is_written_as_it_is)
{
    struct test_machine tm;
    const uint64_t mode = 3;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    vm_sysctl_write(&tm.machine, VM_ZONE_RECLAIM_MODE, &mode);
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 3);
    test_machine_end(&tm);
}
END_TEST

START_TEST(boot_takes_the_sysctls_of_the_spec)
{
    struct machine_spec spec = test_machine_spec(pc_4g, 3);
    struct test_machine tm;

    spec.vm.min_free_kbytes_auto = false;
    spec.vm.min_free_kbytes = 5000;
    spec.vm.percpu_pagelist_fraction = 8;
    spec.vm.lowmem_reserve_ratio[0] = 10;
    spec.dma_reserve_pages = 100;
    test_machine_boot(&tm, spec);
    ck_assert_uint_eq(tm.machine.vm.min_free_kbytes, 5000);
    ck_assert_uint_eq(tm.machine.vm.percpu_pagelist_fraction, 8);
    ck_assert_uint_eq(tm.machine.vm.lowmem_reserve_ratio[0], 10);
    ck_assert_uint_eq(zone_of(&tm, 0, 0)->present_pages, 4096 - 97 - 56 - 100);
    test_machine_end(&tm);
}
END_TEST

/* ---- size ---- */

START_TEST(a_terabyte_boots_without_touching_its_frames)
{
    const struct memory_range tebibyte[] = {{0, UINT64_C(1) << 28, 0}};
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(tebibyte, 1));
    ck_assert_uint_eq(zone_of(&tm, 0, 2)->nr_free[10], (UINT64_C(1) << 18) - 1024);
    ck_assert(!pfn_is_none(take(&tm, 0, GFP_KERNEL)));
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_frame_table_beyond_32_bits_is_refused)
{
    struct frame_table table = {0};

    ck_assert(!frame_table_init(&table, UINT64_C(1) << 32, 1));
    ck_assert_ptr_null(table.frames);
    frame_table_fini(&table);
}
END_TEST

/* ---- the checker ---- */

static void expect_broken(struct test_machine *tm, const char *what)
{
    char why[256] = "";

    ck_assert(!machine_check(&tm->machine, why, sizeof(why)));
    ck_assert_msg(strstr(why, what) != NULL, "%s", why);
}

START_TEST(the_checker_sees_each_broken_invariant)
{
    struct test_machine tm;
    struct zone *zone;
    struct frame *head;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    zone = zone_of(&tm, 0, 1);
    take(&tm, 0, GFP_KERNEL);

    zone->nr_free_type[10][MIGRATE_MOVABLE]++;
    expect_broken(&tm, "nr_free_type");
    zone->nr_free_type[10][MIGRATE_MOVABLE]--;
    zone->nr_free[10]++;
    expect_broken(&tm, "nr_free of order 10");
    zone->nr_free[10]--;
    zone->nonempty[MIGRATE_ISOLATE] = 1;
    expect_broken(&tm, "nonempty");
    zone->nonempty[MIGRATE_ISOLATE] = 0;
    zone->vm_stat[NR_FREE_PAGES]++;
    expect_broken(&tm, "NR_FREE_PAGES");
    zone->vm_stat[NR_FREE_PAGES]--;
    zone->pages_low = zone->pages_high + 1;
    expect_broken(&tm, "watermarks");
    zone->pages_low = zone->pages_min;
    zone->nr_pageblocks_of_type[0]++;
    expect_broken(&tm, "pageblocks");
    zone->nr_pageblocks_of_type[0]--;
    zone->pageset[0].pcp[PCP_HOT].count++;
    expect_broken(&tm, "per-CPU list holds");
    zone->pageset[0].pcp[PCP_HOT].count--;

    head = &tm.machine.frame_table.frames[pcp_head(&tm.machine, &zone->pageset[0].pcp[PCP_HOT])];
    head->flags = PG_dirty;
    expect_broken(&tm, "does not belong");
    head->flags = 0;
    head->pcp_seq += 1000;
    expect_broken(&tm, "out of order");
    head->pcp_seq -= 1000;

    head = &tm.machine.frame_table.frames[free_area_first(&tm.machine, zone, 9, 0)];
    head->private = buddy_private(8, 0);
    expect_broken(&tm, "is not such a free block");
    head->private = buddy_private(9, 0);
    zone->start_pfn += 32768;
    expect_broken(&tm, "not inside the zone");
    zone->start_pfn -= 32768;
    test_machine_end(&tm);
}
END_TEST

START_TEST(the_checker_sees_unmerged_buddies_and_torn_lists)
{
    struct test_machine tm;
    struct zone *zone;
    pfn_t page;
    uint32_t first;
    uint32_t second;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    zone = zone_of(&tm, 0, 1);
    first = free_area_first(&tm.machine, zone, 10, MIGRATE_MOVABLE);
    second = tm.machine.frame_table.frames[first].next;
    tm.machine.frame_table.frames[second].prev = second;
    expect_broken(&tm, "torn");
    tm.machine.frame_table.frames[second].prev = first;

    page = take(&tm, 1, GFP_KERNEL);
    free_area_add(&tm.machine, zone, page.nr, 0, 0);
    free_area_add(&tm.machine, zone, page.nr + 1, 0, 0);
    expect_broken(&tm, "unmerged");
    machine_fini(&tm.machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boot");

    TEST_CASE(suite, "watermarks", min_free_kbytes_grows_with_the_root_of_lowmem,
              watermarks_are_a_share_of_min_free_kbytes,
              writing_min_free_kbytes_moves_the_reserve_blocks, lowmem_reserve_follows_its_ratio);
    TEST_CASE(suite, "lists", list_sizes_are_those_of_real_machines,
              percpu_pagelist_fraction_sizes_the_hot_list_only);
    TEST_CASE(suite, "zonelists", zonelists_follow_numa_zonelist_order_at_run_time,
              a_mask_selects_its_zonelist, mobility_grouping_is_off_on_small_machines_or_on_demand);
    TEST_CASE(suite, "sysctls", sysctls_have_names_and_limits,
              zone_reclaim_mode_is_written_as_it_is, boot_takes_the_sysctls_of_the_spec);
    TEST_CASE(suite, "size", a_terabyte_boots_without_touching_its_frames,
              a_frame_table_beyond_32_bits_is_refused);
    TEST_CASE(suite, "checker", the_checker_sees_each_broken_invariant,
              the_checker_sees_unmerged_buddies_and_torn_lists);
    return test_run(suite);
}
