/* SPDX-License-Identifier: MIT */
/* When the host has no memory: an error, no crash, and nothing is leaked. */
#include "config_case.h"
#include "lib/fail_malloc.h"

static const char machine_text[] =
    "version: 1\n"
    "machine:\n"
    "  nodes: [{memory: 64MiB, cpus: \"0-1\"}, {memory: [{start: 1GiB, size: 64MiB}]}]\n"
    "  reserved: [{start: 0, size: 4KiB}]\n"
    "vm: {min_free_kbytes: 1024}\n"
    "devices: [{name: sda, type: file}, {name: swap0, type: swap, size: 1MiB}]\n";

static const char workload_text[] =
    "version: 1\n"
    "machine: m.yaml\n"
    "duration: 1s\n"
    "files: [{name: log, size: 1MiB}]\n"
    "caches: [{name: dentry, object_size: 200}]\n"
    "tasks:\n"
    "  - name: a\n"
    "    steps:\n"
    "      - anon: {id: heap, size: 1MiB}\n"
    "      - write: {file: log}\n"
    "      - slab_alloc: {cache: dentry}\n"
    "      - fork: child\n"
    "      - alloc_pages: {id: x, gfp: GFP_KERNEL|__GFP_ZERO}\n"
    "      - loop: {count: 2, steps: [{sleep: 1ms}, {free_pages: x}]}\n"
    "  - {name: child, forked: true, steps: [{touch: {id: heap}}]}\n"
    "generators:\n"
    "  - {name: g, gap: {exponential: {mean: 1ms}}, count: {zipf: {n: 9, exponent: 1}}}\n"
    "events:\n"
    "  - [1ms, a, alloc_pages, y]\n"
    "  - [2ms, a, free_pages, y]\n";

START_TEST(a_machine_file_survives_every_failed_allocation)
{
    for (unsigned n = 0;; n++) {
        struct machine_config machine;
        struct sim_error err = {0};
        bool ok;

        fail_malloc_at(n);
        ok = read_machine(machine_text, &machine, &err);
        machine_config_fini(&machine);
        if (!fail_malloc_off()) {
            ck_assert(ok);
            return;
        }
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
}
END_TEST

START_TEST(a_workload_survives_every_failed_allocation)
{
    for (unsigned n = 0;; n++) {
        struct workload_config workload;
        struct sim_error err = {0};
        struct file_bytes bytes = bytes_of(workload_text);
        bool ok;

        fail_malloc_at(n);
        ok = workload_config_open_bytes(&workload, "w.yaml", bytes, NULL, &err) &&
             workload_config_load(&workload, NULL, &err);
        workload_config_fini(&workload);
        if (!fail_malloc_off()) {
            ck_assert(ok);
            return;
        }
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_no_memory");

    TEST_CASE(suite, "failed allocations", a_machine_file_survives_every_failed_allocation,
              a_workload_survives_every_failed_allocation);
    return test_run(suite);
}
