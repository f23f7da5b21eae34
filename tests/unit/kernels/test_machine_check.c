/* SPDX-License-Identifier: MIT */
/* The checker sees each invariant that is broken. */
#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/free_area.h"
#include "mm/pcp_hotcold.h"

static const struct memory_range small[] = {{4096, 36864, 0}};

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

START_TEST(pages_are_conserved_through_every_kind_of_use)
{
    struct test_machine tm;
    pfn_t block, page;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    block = take(&tm, 5, GFP_KERNEL);
    page = take(&tm, 0, GFP_KERNEL | GFP_BIT_COLD);
    ck_assert(machine_pages_conserved(&tm.machine));
    give(&tm, page, 0);
    split_page(&tm.machine, block, 5);
    for (uint32_t i = 0; i < 32; i++)
        give(&tm, (pfn_t){block.nr + i}, 0);
    ck_assert(machine_pages_conserved(&tm.machine));
    tm.machine.vm_events[PGFREE]++; /* a page came back that was never taken */
    expect_broken(&tm, "lost or there twice");
    tm.machine.vm_events[PGFREE]--;
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine_check");

    TEST_CASE(suite, "checker", the_checker_sees_each_broken_invariant,
              the_checker_sees_unmerged_buddies_and_torn_lists,
              pages_are_conserved_through_every_kind_of_use);
    return test_run(suite);
}
