/* SPDX-License-Identifier: MIT */
/* Which zonelist a mask selects, in which order it is built, and mobility grouping. */
#include <stdio.h>
#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/sysctl.h"
#include "mm/zonelist.h"

static const struct memory_range nodes_3[] = {
    {0, 1048576, 0}, {1048576, 2097152, 0}, {2097152, 2621440, 1}, {2621440, 3145728, 2}};

static const struct memory_range small[] = {{4096, 36864, 0}};

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

int main(void)
{
    Suite *suite = suite_create("zonelist");

    TEST_CASE(suite, "zonelists", zonelists_follow_numa_zonelist_order_at_run_time,
              a_mask_selects_its_zonelist);
    TEST_CASE(suite, "grouping", mobility_grouping_is_off_on_small_machines_or_on_demand);
    return test_run(suite);
}
