/* SPDX-License-Identifier: MIT */
/* Machine files: what each key becomes in the spec. What is refused: tests/cli/bad_inputs.py. */
#include <stdio.h>

#include "config_case.h"

#define HEAD "version: 1\nmachine:\n"

START_TEST(a_size_alone_makes_a_uma_machine_with_defaults)
{
    struct machine_config machine = must_read_machine(HEAD "  nodes: [{memory: 256MiB}]\n");
    const struct machine_spec *spec = &machine.spec;

    ck_assert_str_eq(machine.kernel, "linux-2.6.24");
    ck_assert_uint_eq(spec->nr_cpus, 1);
    ck_assert(!spec->numa && !spec->highmem && !spec->page_group_by_mobility_off);
    ck_assert_uint_eq(spec->nr_memory, 1);
    ck_assert_uint_eq(spec->memory[0].start_pfn, 0);
    ck_assert_uint_eq(spec->memory[0].end_pfn, 65536);
    ck_assert_uint_eq(spec->hz, 250);
    ck_assert_uint_eq(spec->pageblock_order, 9);
    ck_assert_int_eq(spec->stat_threshold, -1);
    ck_assert(spec->vm.min_free_kbytes_auto);
    ck_assert_int_eq(spec->vm.zone_reclaim_mode, -1);
    ck_assert_mem_eq(&machine.costs, &default_costs, sizeof(default_costs));
    machine_config_fini(&machine);
}
END_TEST

START_TEST(a_size_goes_behind_the_memory_before_it)
{
    struct machine_config machine =
        must_read_machine(HEAD "  nodes: [{memory: 64MiB}, {memory: 64MiB, cpus: 2}]\n");
    const struct machine_spec *spec = &machine.spec;

    ck_assert(spec->numa);
    ck_assert_uint_eq(spec->memory[1].start_pfn, 16384);
    ck_assert_uint_eq(spec->memory[1].end_pfn, 32768);
    ck_assert_uint_eq(spec->memory[1].nid, 1);
    ck_assert_uint_eq(spec->nr_cpus, 3);
    ck_assert_uint_eq(spec->cpu_nid[0], 0);
    ck_assert_uint_eq(spec->cpu_nid[2], 1);
    ck_assert_uint_eq(spec->distance[0][0], 10);
    ck_assert_uint_eq(spec->distance[0][1], 20);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(a_range_has_three_forms)
{
    struct machine_config machine =
        must_read_machine(HEAD "  nodes:\n    - memory:\n"
                               "        - {start: 0, size: 636KiB}\n"
                               "        - {start: 1MiB, end: 0x200000}\n"
                               "        - {start_pfn: 0x300, end_pfn: 1024}\n");
    const struct memory_range *memory = machine.spec.memory;

    ck_assert_uint_eq(machine.spec.nr_memory, 3);
    ck_assert(memory[0].start_pfn == 0 && memory[0].end_pfn == 159);
    ck_assert(memory[1].start_pfn == 256 && memory[1].end_pfn == 512);
    ck_assert(memory[2].start_pfn == 0x300 && memory[2].end_pfn == 0x400);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(cpus_are_a_number_a_list_or_ranges)
{
    struct machine_config machine =
        must_read_machine(HEAD "  nodes:\n"
                               "    - {cpus: \"0-1,4\", memory: 64MiB}\n"
                               "    - {cpus: [2, 3], memory: 64MiB}\n"
                               "    - {cpus: 2, memory: 64MiB}\n"
                               "    - {cpus: 0, memory: 64MiB}\n");
    static const uint8_t nids[] = {0, 0, 1, 1, 0, 2, 2};

    ck_assert_uint_eq(machine.spec.nr_cpus, 7);
    ck_assert_mem_eq(machine.spec.cpu_nid, nids, sizeof(nids));
    machine_config_fini(&machine);
}
END_TEST

START_TEST(every_key_of_the_machine_reaches_the_spec)
{
    struct machine_config machine =
        must_read_machine(HEAD "  hz: 1000\n"
                               "  pageblock_order: 10\n"
                               "  numa: true\n"
                               "  highmem: true\n"
                               "  zones: {dma_end: 8MiB, normal_end: 64MiB}\n"
                               "  kernelcore: 32MiB\n"
                               "  movablecore: 16MiB\n"
                               "  dma_reserve: 1MiB\n"
                               "  stat_threshold: 0\n"
                               "  vmalloc_size: 256MiB\n"
                               "  initial_jiffies: 4294892296\n"
                               "  page_group_by_mobility: off\n"
                               "  reserved: [{start: 0, size: 4KiB}]\n"
                               "  nodes: [{memory: 128MiB, distances: [7]}]\n"
                               "vm:\n"
                               "  min_free_kbytes: 4096\n"
                               "  lowmem_reserve_ratio: [1, 2, 3]\n"
                               "  percpu_pagelist_fraction: 8\n"
                               "  numa_zonelist_order: zone\n"
                               "  zone_reclaim_mode: 5\n");
    const struct machine_spec *spec = &machine.spec;

    ck_assert(spec->numa && spec->highmem && spec->page_group_by_mobility_off);
    ck_assert(spec->hz == 1000 && spec->pageblock_order == 10);
    ck_assert(spec->zone_end_pfn[0] == 2048 && spec->zone_end_pfn[1] == 16384);
    ck_assert(spec->kernelcore_pages == 8192 && spec->movablecore_pages == 4096);
    ck_assert(spec->dma_reserve_pages == 256 && spec->stat_threshold == 0);
    ck_assert_uint_eq(spec->initial_jiffies, 4294892296);
    ck_assert_uint_eq(spec->vmalloc_bytes, 256 << 20);
    ck_assert(spec->nr_reserved == 1 && spec->reserved[0].end_pfn == 1);
    ck_assert_uint_eq(spec->distance[0][0], 7);
    ck_assert(!spec->vm.min_free_kbytes_auto && spec->vm.min_free_kbytes == 4096);
    ck_assert(spec->vm.lowmem_reserve_ratio[0] == 1 && spec->vm.lowmem_reserve_ratio[2] == 3);
    ck_assert_uint_eq(spec->vm.percpu_pagelist_fraction, 8);
    ck_assert_int_eq(spec->vm.numa_zonelist_order, ZONELIST_ORDER_ZONE);
    ck_assert_int_eq(spec->vm.zone_reclaim_mode, 5);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(the_last_zone_ends_where_memory_ends)
{
    struct machine_config machine = must_read_machine(HEAD "  nodes: [{memory: 6GiB}]\n");
    struct machine_config small = must_read_machine(HEAD "  nodes: [{memory: 1GiB}]\n");

    ck_assert_uint_eq(machine.spec.zone_end_pfn[2], 6 * 262144);
    /* Below 4 GiB it is empty, so that kernelcore counts in ZONE_DMA32. */
    ck_assert_uint_eq(small.spec.zone_end_pfn[2], small.spec.zone_end_pfn[1]);
    machine_config_fini(&machine);
    machine_config_fini(&small);
}
END_TEST

START_TEST(the_sysctls_of_reclaim_have_the_defaults_of_the_kernel)
{
    struct machine_config machine = must_read_machine(HEAD "  nodes: [{memory: 64MiB}]\n");
    const struct vm_sysctl *vm = &machine.spec.vm;

    ck_assert(vm->swappiness == 60 && vm->page_cluster == 3 && vm->laptop_mode == 0);
    ck_assert(vm->dirty_ratio == 10 && vm->dirty_background_ratio == 5);
    ck_assert(vm->dirty_writeback_centisecs == 500 && vm->dirty_expire_centisecs == 3000);
    ck_assert(!machine.spec.params.wait_iff_congested && !machine.spec.params.slab_reports_pages);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(the_sysctls_of_reclaim_reach_the_spec)
{
    struct machine_config machine = must_read_machine(
        HEAD "  nodes: [{memory: 64MiB}]\n"
             "vm: {swappiness: 100, dirty_ratio: 99, dirty_background_ratio: 0, page-cluster: 10,\n"
             "  dirty_writeback_centisecs: 0, dirty_expire_centisecs: 2147483647,\n"
             "  laptop_mode: 5}\n"
             "kernel_params: {wait_iff_congested: true, slab_reports_pages: true}\n");
    const struct vm_sysctl *vm = &machine.spec.vm;

    ck_assert(vm->swappiness == 100 && vm->page_cluster == 10 && vm->laptop_mode == 5);
    ck_assert(vm->dirty_ratio == 99 && vm->dirty_background_ratio == 0);
    ck_assert_uint_eq(vm->dirty_writeback_centisecs, 0);
    ck_assert_uint_eq(vm->dirty_expire_centisecs, INT32_MAX);
    ck_assert(machine.spec.params.wait_iff_congested && machine.spec.params.slab_reports_pages);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(sysctls_have_the_ranges_of_the_kernel)
{
    static const char *const beyond[] = {
        "swappiness: 101",
        "dirty_ratio: 101",
        "dirty_background_ratio: 101",
        "page-cluster: 11",
        "dirty_writeback_centisecs: 2147483648",
        "dirty_expire_centisecs: 2147483648",
        "laptop_mode: 2147483648",
    };

    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), HEAD "  nodes: [{memory: 64MiB}]\nvm: {%s}\n", beyond[i]);
        refuse_machine(text, ERR_OUT_OF_RANGE, 4,
                       (uint32_t)(strcspn(beyond[i], " ") + strlen("vm: {x ")));
    }
}
END_TEST

START_TEST(page_cluster_has_the_spelling_of_the_kernel_only)
{
    struct sim_error err = refuse_machine(
        HEAD "  nodes: [{memory: 64MiB}]\nvm: {page_cluster: 3}\n", ERR_UNKNOWN_KEY, 4, 6);

    ck_assert_str_eq(err.hint, "did you mean page-cluster?");
}
END_TEST

START_TEST(auto_is_the_same_as_leaving_the_key_out)
{
    struct machine_config machine = must_read_machine(
        HEAD
        "  numa: auto\n  stat_threshold: auto\n  page_group_by_mobility: auto\n"
        "  vmalloc_size: auto\n"
        "  nodes: [{memory: 64MiB}]\n"
        "vm: {min_free_kbytes: auto, zone_reclaim_mode: auto, numa_zonelist_order: default}\n");
    struct machine_config plain = must_read_machine(HEAD "  nodes: [{memory: 64MiB}]\n");

    machine.spec.memory = plain.spec.memory;
    ck_assert_mem_eq(&machine.spec, &plain.spec, sizeof(plain.spec));
    machine_config_fini(&machine);
    machine_config_fini(&plain);
}
END_TEST

START_TEST(each_cost_has_its_key)
{
    struct machine_config machine = must_read_machine(
        HEAD "  nodes: [{memory: 64MiB}]\n"
             "costs: {alloc: 1, free: 2, zone_try: 3, buddy_block: 4, move_page: 5, zero_page: 6,\n"
             "  drain_list: 7, slow_path: 8, direct_reclaim: 9, kswapd_round: 10ns,\n"
             "  out_of_memory: 11us, scan_page: 12, unmap_page: 13, reclaim_page: 14,\n"
             "  slab_object: 15, submit_page: 16, access: 17, page_fault: 18, copy_page: 19,\n"
             "  fork: 20, sysctl: 21ms, kmalloc: 22, kfree: 23, vmalloc: 24}\n");
    const struct cost_spec costs = {1,  2,  3,  4,  5,  6,  7,  8,  9,        10, 11000, 12,
                                    13, 14, 15, 16, 17, 18, 19, 20, 21000000, 22, 23,    24};

    ck_assert_mem_eq(&machine.costs, &costs, sizeof(costs));
    machine_config_fini(&machine);
}
END_TEST

START_TEST(a_machine_file_is_told_from_a_workload)
{
    static const char machine[] = "machine: {nodes: []}\n";
    static const char workload[] = "machine: pc.yaml\n";
    struct sim_error err = {0};
    struct yaml_doc doc;

    ck_assert(yaml_doc_parse(&doc, "a", (const uint8_t *)machine, strlen(machine), NULL, &err));
    ck_assert(machine_config_recognises(&doc));
    yaml_doc_fini(&doc);
    ck_assert(yaml_doc_parse(&doc, "b", (const uint8_t *)workload, strlen(workload), NULL, &err));
    ck_assert(!machine_config_recognises(&doc));
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_missing_file_is_an_error_and_leaves_nothing_to_free)
{
    struct machine_config machine;
    struct sim_error err = {0};

    ck_assert(!machine_config_load(&machine, "/missing/m.yaml", NULL, NULL, &err));
    ck_assert_int_eq(err.code, ERR_OPEN);
    machine_config_fini(&machine);
    machine_config_fini(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine_config");

    TEST_CASE(suite, "memory and CPUs", a_size_alone_makes_a_uma_machine_with_defaults,
              a_size_goes_behind_the_memory_before_it, a_range_has_three_forms,
              cpus_are_a_number_a_list_or_ranges);
    TEST_CASE(suite, "keys", every_key_of_the_machine_reaches_the_spec,
              the_last_zone_ends_where_memory_ends, auto_is_the_same_as_leaving_the_key_out,
              each_cost_has_its_key);
    TEST_CASE(suite, "sysctls", the_sysctls_of_reclaim_have_the_defaults_of_the_kernel,
              the_sysctls_of_reclaim_reach_the_spec, sysctls_have_the_ranges_of_the_kernel,
              page_cluster_has_the_spelling_of_the_kernel_only);
    TEST_CASE(suite, "files", a_machine_file_is_told_from_a_workload,
              a_missing_file_is_an_error_and_leaves_nothing_to_free);
    return test_run(suite);
}
