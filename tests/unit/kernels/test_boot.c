/* SPDX-License-Identifier: MIT */
/* A machine right after boot. */
#include "lib/machine_builder.h"
#include "lib/test.h"

static const struct memory_range pc_4g[] = {{0, 159, 0}, {256, 786432, 0}, {1048576, 1310720, 0}};

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

START_TEST(a_pfn_is_found_in_its_zone)
{
    const struct memory_range memory[] = {{0, 159, 0}, {256, 8192, 0}};
    const struct reserved_range reserved = {1000, 1100};
    struct machine_spec spec = test_machine_spec(memory, 2);
    struct test_machine tm;

    spec.reserved = &reserved;
    spec.nr_reserved = 1;
    test_machine_boot(&tm, spec);
    ck_assert_ptr_eq(machine_pfn_zone(&tm.machine, 4095), zone_of(&tm, 0, 0));
    ck_assert_ptr_eq(machine_pfn_zone(&tm.machine, 4096), zone_of(&tm, 0, 1));
    ck_assert_ptr_null(machine_pfn_zone(&tm.machine, 8192));
    ck_assert(machine_page_reserved(&tm.machine, 200));
    ck_assert(machine_page_reserved(&tm.machine, 1099));
    ck_assert(!machine_page_reserved(&tm.machine, 1100));
    ck_assert(!machine_page_reserved(&tm.machine, 8000));
    test_machine_end(&tm);
}
END_TEST

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

int main(void)
{
    Suite *suite = suite_create("boot");

    TEST_CASE(suite, "spec", boot_takes_the_sysctls_of_the_spec, a_pfn_is_found_in_its_zone);
    TEST_CASE(suite, "size", a_terabyte_boots_without_touching_its_frames,
              a_frame_table_beyond_32_bits_is_refused);
    return test_run(suite);
}
