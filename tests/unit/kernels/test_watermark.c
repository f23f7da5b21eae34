/* SPDX-License-Identifier: MIT */
/* Watermarks, reserves for higher zones, and the reserve pageblocks. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/sysctl.h"
#include "mm/watermark.h"

static const struct memory_range pc_4g[] = {{0, 159, 0}, {256, 786432, 0}, {1048576, 1310720, 0}};

static const struct memory_range small[] = {{4096, 36864, 0}};

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

int main(void)
{
    Suite *suite = suite_create("watermark");

    TEST_CASE(suite, "levels", min_free_kbytes_grows_with_the_root_of_lowmem,
              watermarks_are_a_share_of_min_free_kbytes);
    TEST_CASE(suite, "reserves", writing_min_free_kbytes_moves_the_reserve_blocks,
              lowmem_reserve_follows_its_ratio);
    return test_run(suite);
}
