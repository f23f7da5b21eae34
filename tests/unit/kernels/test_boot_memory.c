/* SPDX-License-Identifier: MIT */
/* Booting on a host that refuses one allocation after the other. */
#include <stdlib.h>

#include "kernels/linux_2_6_24.h"
#include "lib/fail_malloc.h"
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/range_list.h"

/* Two nodes with holes in either, and more ranges than a list has room for at first. */
static const struct memory_range two_nodes[] = {
    {0, 159, 0},       {256, 8192, 0},    {16384, 20000, 0}, {20480, 30000, 0},
    {30720, 32768, 0}, {40960, 49152, 1}, {49153, 50000, 1}, {51200, 60000, 1},
    {61440, 65536, 1}, {65540, 70000, 1}, {70001, 70002, 1}, {70003, 70004, 1},
    {70005, 70006, 1}, {70007, 70008, 1}, {70009, 70010, 1}, {70011, 131072, 1},
};
static const struct reserved_range reserved[] = {
    {0, 16},        {300, 400},     {9000, 16000},  {17000, 17001}, {18000, 18100},
    {19000, 19003}, {41000, 41500}, {43000, 43001}, {70000, 80000}, {100000, 100001},
};

enum {
    NR_MEMORY = sizeof(two_nodes) / sizeof(two_nodes[0]),
    NR_RESERVED = sizeof(reserved) / sizeof(reserved[0]),
};

static struct machine_spec rich_spec(void)
{
    struct machine_spec spec = test_machine_spec(two_nodes, NR_MEMORY);

    spec.reserved = reserved;
    spec.nr_reserved = NR_RESERVED;
    spec.nr_cpus = 4;
    spec.cpu_nid[2] = spec.cpu_nid[3] = 1;
    spec.zone_end_pfn[1] = 65536;
    spec.kernelcore_pages = 40000; /* a Movable zone */
    return spec;
}

static void expect_nothing_held(const struct machine *machine)
{
    ck_assert_ptr_null(machine->nodes);
    ck_assert_ptr_null(machine->zones);
    ck_assert_ptr_null(machine->unavailable);
    ck_assert_ptr_null(machine->frame_table.frames);
    ck_assert_uint_eq(machine->nr_zones, 0);
    ck_assert_uint_eq(machine->nr_nodes, 0);
}

/* Returns how many allocations a boot makes; each has been refused once. */
static unsigned boot_fails_at_each_allocation(const struct machine_spec *spec)
{
    const struct clock clock = {0};
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct machine machine;
        struct sim_error err = {0};
        char why[256] = "";
        bool ok;

        fail_malloc_at(n);
        ok = machine_init(&machine, spec, &linux_2_6_24_ops, NULL, &clock, &err);
        refused = fail_malloc_off();
        ck_assert_msg(ok == !refused, "allocation %u was refused and nobody minded", n);
        ck_assert_int_eq(err.code, refused ? ERR_OUT_OF_MEMORY : ERR_NONE);
        if (refused)
            expect_nothing_held(&machine);
        else
            ck_assert_msg(machine_check(&machine, why, sizeof(why)), "%s", why);
        machine_fini(&machine);
    }
    return n - 1;
}

START_TEST(a_numa_boot_without_memory_leaves_nothing)
{
    const struct machine_spec spec = rich_spec();

    /* Nodes, zones, their tables, zonelists and the ranges of either node. */
    ck_assert_uint_gt(boot_fails_at_each_allocation(&spec), 20);
}
END_TEST

START_TEST(a_uma_boot_without_memory_leaves_nothing)
{
    static const struct memory_range memory[] = {{0, 159, 0}, {256, 65536, 0}};
    struct machine_spec spec = test_machine_spec(memory, 2);

    spec.numa = false;
    ck_assert_uint_gt(boot_fails_at_each_allocation(&spec), 8);
}
END_TEST

START_TEST(a_highmem_boot_without_memory_leaves_nothing)
{
    static const struct memory_range memory[] = {{0, 262144, 0}};
    struct machine_spec spec;

    machine_spec_init(&spec, true);
    spec.memory = memory;
    spec.nr_memory = 1;
    ck_assert_uint_gt(boot_fails_at_each_allocation(&spec), 8);
}
END_TEST

START_TEST(a_machine_can_boot_after_it_could_not)
{
    const struct machine_spec spec = rich_spec();
    const struct clock clock = {0};
    struct machine machine;
    struct sim_error err = {0};
    bool ok;

    fail_malloc_at(3);
    ok = machine_init(&machine, &spec, &linux_2_6_24_ops, NULL, &clock, &err);
    ck_assert(fail_malloc_off());
    ck_assert(!ok);
    err = (struct sim_error){0};
    ck_assert(machine_init(&machine, &spec, &linux_2_6_24_ops, NULL, &clock, &err));
    machine_fini(&machine);
    machine_fini(&machine);
}
END_TEST

START_TEST(a_spec_that_cannot_be_checked_is_not_accepted)
{
    const struct machine_spec spec = rich_spec();
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct sim_error err = {0};
        bool ok;

        fail_malloc_at(n);
        ok = machine_spec_check(&spec, &err);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        ck_assert_int_eq(err.code, refused ? ERR_OUT_OF_MEMORY : ERR_NONE);
    }
    ck_assert_uint_ge(n, 2);
}
END_TEST

/* ---- range lists ---- */

START_TEST(the_ranges_of_a_node_need_memory)
{
    const struct machine_spec spec = rich_spec();
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct range_list list = {0};
        bool ok;

        fail_malloc_at(n);
        ok = range_list_of_node(&list, &spec, 1);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        if (ok)
            ck_assert_uint_eq(list.count, 11);
        range_list_fini(&list);
    }
    ck_assert_uint_ge(n, 3);
}
END_TEST

START_TEST(a_subtraction_without_memory_leaves_the_list_as_it_was)
{
    const struct machine_spec spec = rich_spec();
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct range_list list = {0};
        struct range_list before;
        bool ok;

        ck_assert(range_list_of_node(&list, &spec, 1));
        before = list;
        fail_malloc_at(n);
        ok = range_list_subtract(&list, reserved, NR_RESERVED);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        if (refused) {
            ck_assert_mem_eq(&list, &before, sizeof(list));
            ck_assert_uint_eq(range_list_pages_within(&list, 0, PFN_LIMIT), 87461);
        } else {
            ck_assert_uint_eq(range_list_pages_within(&list, 0, PFN_LIMIT), 76965);
        }
        range_list_fini(&list);
    }
    ck_assert_uint_ge(n, 4);
}
END_TEST

START_TEST(unavailable_pages_without_memory_are_not_told)
{
    const struct machine_spec spec = rich_spec();
    bool refused = true;
    unsigned n;

    for (n = 0; refused; n++) {
        struct reserved_range *ranges = NULL;
        size_t count = 42;
        bool ok;

        fail_malloc_at(n);
        ok = range_list_unavailable(&spec, &ranges, &count);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        if (refused) {
            ck_assert_ptr_null(ranges);
            ck_assert_uint_eq(count, 42);
        }
        free(ranges);
    }
    ck_assert_uint_ge(n, 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boot_memory");

    TEST_CASE(suite, "boot", a_numa_boot_without_memory_leaves_nothing,
              a_uma_boot_without_memory_leaves_nothing,
              a_highmem_boot_without_memory_leaves_nothing, a_machine_can_boot_after_it_could_not);
    TEST_CASE(suite, "spec", a_spec_that_cannot_be_checked_is_not_accepted);
    TEST_CASE(suite, "ranges", the_ranges_of_a_node_need_memory,
              a_subtraction_without_memory_leaves_the_list_as_it_was,
              unavailable_pages_without_memory_are_not_told);
    return test_run(suite);
}
