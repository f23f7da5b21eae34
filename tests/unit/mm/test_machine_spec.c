/* SPDX-License-Identifier: MIT */
/* What a machine may be, and how its memory becomes zones. */
#include <stdlib.h>

#include "lib/test.h"
#include "mm/machine_spec.h"
#include "mm/range_list.h"
#include "mm/zone_span.h"

static struct machine_spec spec_of(const struct memory_range *memory, size_t count)
{
    struct machine_spec spec;

    machine_spec_init(&spec, false);
    spec.memory = memory;
    spec.nr_memory = count;
    return spec;
}

static void accept_spec(const struct machine_spec *spec)
{
    struct sim_error err = {0};

    ck_assert_msg(machine_spec_check(spec, &err), "%s", err.message);
}

static void refuse_spec(const struct machine_spec *spec, enum sim_error_code code)
{
    struct sim_error err = {0};

    ck_assert(!machine_spec_check(spec, &err));
    ck_assert_msg(err.code == code, "%s", err.message);
}

static const struct memory_range one_node[] = {{0, 4096, 0}};

START_TEST(a_plain_machine_is_accepted)
{
    struct machine_spec spec = spec_of(one_node, 1);

    accept_spec(&spec);
}
END_TEST

START_TEST(a_machine_without_memory_is_refused)
{
    const struct memory_range empty[] = {{8, 8, 0}};
    struct machine_spec spec = spec_of(NULL, 0);

    refuse_spec(&spec, ERR_NO_MEMORY);
    spec = spec_of(empty, 1);
    refuse_spec(&spec, ERR_NO_MEMORY);
}
END_TEST

START_TEST(overlapping_memory_is_refused)
{
    const struct memory_range overlap[] = {{100, 300, 0}, {0, 101, 0}};
    const struct memory_range touching[] = {{100, 300, 0}, {0, 100, 0}};
    struct machine_spec spec = spec_of(overlap, 2);

    refuse_spec(&spec, ERR_MEMORY_OVERLAP);
    spec = spec_of(touching, 2);
    accept_spec(&spec);
}
END_TEST

START_TEST(interleaved_nodes_are_refused)
{
    const struct memory_range interleaved[] = {{0, 100, 0}, {100, 200, 1}, {200, 300, 0}};
    struct machine_spec spec = spec_of(interleaved, 3);

    refuse_spec(&spec, ERR_MEMORY_OVERLAP);
}
END_TEST

START_TEST(absurd_sizes_are_refused)
{
    const struct memory_range huge[] = {{0, PFN_LIMIT + 1, 0}};
    const struct memory_range far_node[] = {{0, 100, NODES_MAX}};
    struct machine_spec spec = spec_of(huge, 1);

    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec = spec_of(far_node, 1);
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec = spec_of(one_node, 1);
    spec.nr_cpus = CPUS_MAX + 1;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec.nr_cpus = 0;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec.nr_cpus = 1;
    spec.cpu_nid[0] = NODES_MAX;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
}
END_TEST

START_TEST(constants_out_of_range_are_refused)
{
    struct machine_spec spec = spec_of(one_node, 1);

    spec.pageblock_order = 8;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec = spec_of(one_node, 1);
    spec.hz = 0;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec = spec_of(one_node, 1);
    spec.vm.percpu_pagelist_fraction = 7;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
    spec = spec_of(one_node, 1);
    spec.stat_threshold = 126;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
}
END_TEST

START_TEST(zone_limits_must_be_ascending_multiples_of_4_mib)
{
    struct machine_spec spec = spec_of(one_node, 1);

    spec.zone_end_pfn[0] = 4097;
    refuse_spec(&spec, ERR_MEMORY_ALIGN);
    spec.zone_end_pfn[0] = spec.zone_end_pfn[1] + 1024;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
}
END_TEST

START_TEST(memory_above_every_zone_is_refused)
{
    struct machine_spec spec = spec_of(one_node, 1);

    spec.zone_end_pfn[0] = spec.zone_end_pfn[1] = 1024;
    spec.zone_end_pfn[2] = 4096;
    accept_spec(&spec);
    spec.zone_end_pfn[2] = 3072;
    refuse_spec(&spec, ERR_OUT_OF_RANGE);
}
END_TEST

START_TEST(a_uma_kernel_has_one_node)
{
    const struct memory_range second[] = {{0, 4096, 0}, {4096, 8192, 1}};
    struct machine_spec spec = spec_of(second, 2);

    accept_spec(&spec);
    spec.numa = false;
    refuse_spec(&spec, ERR_NO_MEMORY);
    spec = spec_of(one_node, 1);
    spec.numa = false;
    spec.cpu_nid[0] = 1;
    refuse_spec(&spec, ERR_NO_MEMORY);
}
END_TEST

START_TEST(a_node_is_nearest_to_itself)
{
    struct machine_spec spec = spec_of(one_node, 1);

    spec.distance[0][1] = 9;
    refuse_spec(&spec, ERR_BAD_DISTANCE);
    spec.distance[0][1] = 0;
    refuse_spec(&spec, ERR_BAD_DISTANCE);
}
END_TEST

START_TEST(highmem_alone_cannot_boot)
{
    const struct memory_range high[] = {{229376, 262144, 0}};
    const struct reserved_range empty = {5, 5};
    struct machine_spec spec;

    machine_spec_init(&spec, true);
    spec.memory = high;
    spec.nr_memory = 1;
    refuse_spec(&spec, ERR_NO_MEMORY);
    spec.memory = one_node;
    accept_spec(&spec);
    spec.reserved = &empty;
    spec.nr_reserved = 1;
    refuse_spec(&spec, ERR_MEMORY_OVERLAP);
}
END_TEST

/* ---- ranges ---- */

START_TEST(ranges_are_sorted_joined_and_cut)
{
    const struct memory_range memory[] = {{200, 300, 0}, {0, 100, 0}, {100, 200, 0}, {400, 500, 0}};
    const struct reserved_range reserved[] = {{
                                                  450,
                                                  600,
                                              },
                                              {50, 60},
                                              {55, 70},
                                              {290, 410}};
    struct machine_spec spec = spec_of(memory, 4);
    struct range_list list = {0};

    ck_assert(range_list_of_node(&list, &spec, 0));
    ck_assert_uint_eq(list.count, 2);
    ck_assert(range_list_subtract(&list, reserved, 4));
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(list.items[0].end_pfn, 50);
    ck_assert_uint_eq(list.items[1].start_pfn, 70);
    ck_assert_uint_eq(list.items[1].end_pfn, 290);
    ck_assert_uint_eq(list.items[2].start_pfn, 410);
    ck_assert_uint_eq(list.items[2].end_pfn, 450);
    ck_assert_uint_eq(range_list_pages_within(&list, 40, 80), 20);
    range_list_fini(&list);
}
END_TEST

START_TEST(holes_and_reserved_pages_are_unavailable)
{
    const struct memory_range memory[] = {{0, 100, 0}, {150, 200, 0}};
    const struct reserved_range reserved = {90, 110};
    struct machine_spec spec = spec_of(memory, 2);
    struct reserved_range *ranges;
    size_t count;

    spec.reserved = &reserved;
    spec.nr_reserved = 1;
    ck_assert(range_list_unavailable(&spec, &ranges, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(ranges[0].start_pfn, 90);
    ck_assert_uint_eq(ranges[0].end_pfn, 150);
    free(ranges);
}
END_TEST

/* ---- zones ---- */

START_TEST(zones_are_cut_at_16_mib_and_4_gib)
{
    const struct memory_range memory[] = {{0, 159, 0}, {256, 786432, 0}, {1048576, 1310720, 0}};
    struct machine_spec spec = spec_of(memory, 3);
    struct zone_layout layout;

    ck_assert(zone_layout_init(&layout, &spec));
    ck_assert_uint_eq(layout.spans[0].spanned_pages, 4096);
    ck_assert_uint_eq(layout.spans[0].absent_pages, 97);
    ck_assert_uint_eq(layout.spans[1].start_pfn, 4096);
    ck_assert_uint_eq(layout.spans[1].spanned_pages, 1044480);
    ck_assert_uint_eq(layout.spans[1].absent_pages, 262144);
    ck_assert_uint_eq(layout.spans[2].spanned_pages, 262144);
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 0);
    ck_assert_uint_eq(layout.node_absent[0], 97 + 262144);
}
END_TEST

START_TEST(kernelcore_is_spread_over_the_nodes)
{
    const struct memory_range memory[] = {{0, 65536, 0}, {65536, 131072, 1}};
    struct machine_spec spec = spec_of(memory, 2);
    struct zone_layout layout;

    spec.zone_end_pfn[2] = 131072;
    spec.kernelcore_pages = 65536;
    ck_assert(zone_layout_init(&layout, &spec));
    ck_assert_uint_eq(layout.movable_zone, 1);
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 32768);
    ck_assert_uint_eq(layout.spans[MAX_NR_ZONES + 3].start_pfn, 98304);
    ck_assert_uint_eq(layout.spans[MAX_NR_ZONES + 3].spanned_pages, 32768);
}
END_TEST

START_TEST(movablecore_is_what_kernelcore_leaves)
{
    const struct memory_range memory[] = {{0, 65536, 0}};
    struct machine_spec spec = spec_of(memory, 1);
    struct zone_layout layout;

    spec.zone_end_pfn[2] = 65536;
    spec.movablecore_pages = 1000; /* rounded up to 1024 */
    ck_assert(zone_layout_init(&layout, &spec));
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 1024);
    spec.movablecore_pages = 100000; /* more than there is: the kernel keeps everything */
    ck_assert(zone_layout_init(&layout, &spec));
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 0);
}
END_TEST

START_TEST(a_limit_beyond_memory_leaves_no_movable_zone)
{
    const struct memory_range memory[] = {{0, 65536, 0}};
    struct machine_spec spec = spec_of(memory, 1);
    struct zone_layout layout;

    spec.kernelcore_pages = 1024;
    ck_assert(zone_layout_init(&layout, &spec));
    ck_assert_uint_eq(layout.movable_zone, 2);
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 0);
}
END_TEST

START_TEST(kernelcore_below_the_movable_zone_counts_first)
{
    const struct memory_range memory[] = {
        {0, 1048576, 0}, {1048576, 1310720, 0}, {1310720, 1572864, 1}};
    struct machine_spec spec = spec_of(memory, 3);
    struct zone_layout layout;

    spec.zone_end_pfn[2] = 1572864;
    spec.kernelcore_pages = 1048576 + 100000;
    ck_assert(zone_layout_init(&layout, &spec));
    /* The low 4 GiB are taken off first; each node then keeps half of the other 100000 pages. */
    ck_assert_uint_eq(layout.spans[3].start_pfn, 1048576 + 50176);
    ck_assert_uint_eq(layout.spans[3].spanned_pages, 262144 - 50176);
    ck_assert_uint_eq(layout.spans[MAX_NR_ZONES + 3].spanned_pages, 262144 - 50176);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine_spec");

    TEST_CASE(suite, "check", a_plain_machine_is_accepted, a_machine_without_memory_is_refused,
              overlapping_memory_is_refused, interleaved_nodes_are_refused,
              absurd_sizes_are_refused, constants_out_of_range_are_refused,
              zone_limits_must_be_ascending_multiples_of_4_mib, memory_above_every_zone_is_refused,
              a_uma_kernel_has_one_node, a_node_is_nearest_to_itself, highmem_alone_cannot_boot);
    TEST_CASE(suite, "ranges", ranges_are_sorted_joined_and_cut,
              holes_and_reserved_pages_are_unavailable);
    TEST_CASE(suite, "zones", zones_are_cut_at_16_mib_and_4_gib,
              kernelcore_is_spread_over_the_nodes, movablecore_is_what_kernelcore_leaves,
              a_limit_beyond_memory_leaves_no_movable_zone,
              kernelcore_below_the_movable_zone_counts_first);
    return test_run(suite);
}
