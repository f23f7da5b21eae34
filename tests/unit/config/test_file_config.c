/* SPDX-License-Identifier: MIT */
/* Files and slab caches of a workload: their keys, and where files lie. */
#include <stdio.h>

#include "config_case.h"
#include "mm/slab_layout.h"
#include "reclaim/address_space.h"

#define HEAD "version: 1\nduration: 1s\n"

static const char two_disks[] = "version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n"
                                "devices:\n"
                                "  - {name: swap0, type: swap, size: 1MiB}\n"
                                "  - {name: sda, type: file}\n"
                                "  - {name: sdb, type: file}\n";

static bool read_on_two_disks(const char *text, struct workload_config *workload,
                              struct sim_error *err)
{
    struct machine_config machine = must_read_machine(two_disks);
    bool ok = workload_config_open_bytes(workload, "w.yaml", bytes_of(text), NULL, err) &&
              workload_config_load(workload, &machine, err);

    machine_config_fini(&machine);
    return ok;
}

START_TEST(files_follow_each_other_on_their_device)
{
    struct workload_config workload;
    struct sim_error err = {0};
    const struct file_spec *file;

    ck_assert(read_on_two_disks(HEAD "files:\n"
                                     "  - {name: a, size: 4KiB}\n"
                                     "  - {name: b, size: 1MiB, device: sdb}\n"
                                     "  - {name: c, size: 1TiB, device: sda}\n"
                                     "  - {name: d, size: 8KiB, device: sdb, writepage: none}\n",
                                &workload, &err));
    file = workload.files.items;
    ck_assert_uint_eq(workload.files.count, 4);
    ck_assert_str_eq(file[0].name, "a");
    ck_assert(file[0].device == 1 && file[0].pages == 1 && file[0].first_sector_page == 0);
    ck_assert(file[1].device == 2 && file[1].pages == 256 && file[1].first_sector_page == 0);
    ck_assert(file[2].device == 1 && file[2].first_sector_page == 1);
    ck_assert(file[3].device == 2 && file[3].first_sector_page == 256);
    ck_assert(file[0].writepage == WRITEPAGE_WRITES && file[3].writepage == WRITEPAGE_NONE);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_file_has_room_for_what_steps_write_behind_its_end)
{
    struct workload_config workload =
        must_read_workload(HEAD "files: [{name: a, size: 4KiB}, {name: b, size: 4KiB}]\n"
                                "tasks:\n  - name: t\n    steps:\n"
                                "      - loop: {count: 2, steps: [{write: {file: a, offset: 8KiB, "
                                "size: 8KiB}}]}\n"
                                "      - read: {file: a, size: 16KiB}\n");

    ck_assert_uint_eq(workload.files.items[0].pages, 1);
    ck_assert_uint_eq(workload.files.items[1].first_sector_page, 4);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_file_lies_on_a_device_for_files)
{
    static const struct {
        const char *device;
        const char *hint;
    } rows[] = {{"sdc", "did you mean sda?"}, {"swap0", "the first one is sda"}};

    for (size_t i = 0; i < 2; i++) {
        struct workload_config workload;
        struct sim_error err = {0};
        char text[128];

        snprintf(text, sizeof(text), HEAD "files: [{name: a, size: 4KiB, device: %s}]\n",
                 rows[i].device);
        ck_assert(!read_on_two_disks(text, &workload, &err));
        expect_place(&err, ERR_UNKNOWN_DEVICE, 3, 39);
        ck_assert_str_eq(err.hint, rows[i].hint);
        workload_config_fini(&workload);
    }
}
END_TEST

START_TEST(the_run_gets_the_files_the_caches_and_the_devices)
{
    struct machine_config machine = must_read_machine(two_disks);
    struct workload_config workload;
    struct sim_error err = {0};
    struct run_spec run;

    ck_assert(workload_config_open_bytes(
        &workload, "w.yaml",
        bytes_of(HEAD "files: [{name: a, size: 4KiB}]\ncaches: [{name: c, object_size: 200}]\n"),
        NULL, &err));
    ck_assert(workload_config_load(&workload, &machine, &err));
    workload_config_fill(&workload, &machine, &run);
    ck_assert(run.nr_devices == 3 && run.devices == machine.devices.devices);
    ck_assert(run.nr_swaps == 1 && run.swaps == machine.devices.swaps);
    ck_assert(run.nr_files == 1 && run.files == workload.files.items);
    ck_assert(run.nr_caches == 1 && run.caches == workload.caches.items);
    ck_assert_int_eq(run.reclaim_replay, RECLAIM_CAPTURED);
    workload_config_fini(&workload);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(each_kind_of_writepage_has_its_word)
{
    static const char *const words[] = {
        [WRITEPAGE_WRITES] = "writes",
        [WRITEPAGE_NONE] = "none",
        [WRITEPAGE_ACTIVATES] = "activates",
        [WRITEPAGE_REDIRTIES] = "redirties",
    };

    for (unsigned kind = 0; kind < 4; kind++) {
        struct workload_config workload;
        char text[128];

        snprintf(text, sizeof(text), HEAD "files: [{name: a, size: 4KiB, writepage: %s}]\n",
                 words[kind]);
        workload = must_read_workload(text);
        ck_assert_uint_eq(workload.files.items[0].writepage, kind);
        workload_config_fini(&workload);
    }
}
END_TEST

START_TEST(caches_have_objects_seeks_and_the_need_for_a_file_system)
{
    struct workload_config workload =
        must_read_workload(HEAD "caches:\n"
                                "  - {name: a, objects_per_page: 4096}\n"
                                "  - {name: b, object_size: 4096, seeks: 1000, fs_only: true}\n"
                                "  - {name: c, object_size: 192B, seeks: 1}\n"
                                "  - {name: d, object_size: 1MiB, align: 64,\n"
                                "     flags: [SLAB_HWCACHE_ALIGN, SLAB_CACHE_DMA]}\n"
                                "  - {name: e, object_size: 8, flags: [],\n"
                                "     shrinker: {seeks: 3, fs_only: true}}\n");
    const struct cache_spec *cache = workload.caches.items;

    ck_assert_uint_eq(workload.caches.count, 5);
    ck_assert_str_eq(cache[0].name, "a");
    ck_assert(cache[0].objects_per_page == 4096 && cache[0].seeks == 2 && !cache[0].fs_only);
    ck_assert(cache[1].object_size == 4096 && cache[1].seeks == 1000 && cache[1].fs_only);
    ck_assert(cache[2].object_size == 192 && cache[2].seeks == 1);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(cache[i].flags, SLAB_RECLAIM_ACCOUNT);
    ck_assert_uint_eq(cache[3].flags, SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA);
    ck_assert(cache[3].align == 64 && cache[3].seeks == 0);
    ck_assert(cache[4].flags == 0 && cache[4].seeks == 3 && cache[4].fs_only);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(bad_files_and_caches_are_refused_where_they_are_wrong)
{
    static const struct {
        const char *line;
        enum sim_error_code code;
        uint32_t column;
    } rows[] = {
        {"files: [{size: 4KiB}]", ERR_MISSING_KEY, 9},
        {"files: [{name: a}]", ERR_MISSING_KEY, 9},
        {"files: [{name: a, size: 0}]", ERR_OUT_OF_RANGE, 25},
        {"files: [{name: a, size: 2TiB}]", ERR_OUT_OF_RANGE, 25},
        {"files: [{name: a, size: 1KiB}]", ERR_OUT_OF_RANGE, 25},
        {"files: [{name: a, size: 5KiB}]", ERR_MEMORY_ALIGN, 25},
        {"files: [{name: a, size: 4KiB, writepage: write}]", ERR_UNKNOWN_NAME, 42},
        {"files: [{name: a, size: 4KiB, dev: sda}]", ERR_UNKNOWN_KEY, 31},
        {"files: [{name: a, size: 4KiB}, {name: a, size: 4KiB}]", ERR_DUPLICATE_NAME, 39},
        {"files: {name: a}", ERR_WRONG_TYPE, 8},
        {"caches: [{name: a}]", ERR_MISSING_KEY, 10},
        {"caches: [{objects_per_page: 1}]", ERR_MISSING_KEY, 10},
        {"caches: [{name: a, objects_per_page: 0}]", ERR_OUT_OF_RANGE, 38},
        {"caches: [{name: a, objects_per_page: 4097}]", ERR_OUT_OF_RANGE, 38},
        {"caches: [{name: a, object_size: 4194305}]", ERR_OUT_OF_RANGE, 33},
        {"caches: [{name: a, object_size: 8, align: 24}]", ERR_OUT_OF_RANGE, 43},
        {"caches: [{name: a, objects_per_page: 8, align: 8}]", ERR_UNKNOWN_KEY, 41},
        {"caches: [{name: a, object_size: 8, flags: [SLAB_PANIC]}]", ERR_UNKNOWN_NAME, 44},
        {"caches: [{name: a, object_size: 8, flags: SLAB_CACHE_DMA}]", ERR_WRONG_TYPE, 43},
        {"caches: [{name: a, object_size: 8, seeks: 2, shrinker: {seeks: 2}}]", ERR_UNKNOWN_KEY,
         36},
        {"caches: [{name: a, object_size: 8, objects_per_page: 8}]", ERR_UNKNOWN_KEY, 20},
        {"caches: [{name: a, object_size: 8, seeks: 0}]", ERR_OUT_OF_RANGE, 43},
        {"caches: [{name: a, object_size: 8, fs_only: 1}]", ERR_WRONG_TYPE, 45},
        {"caches: [{name: a, object_size: 8}, {name: a, object_size: 8}]", ERR_DUPLICATE_NAME, 44},
        {"caches: [{name: kmalloc-96, object_size: 96}]", ERR_DUPLICATE_NAME, 17},
        {"caches: [{name: size-96, object_size: 96}]", ERR_DUPLICATE_NAME, 17},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), HEAD "%s\n", rows[i].line);
        refuse_workload(text, rows[i].code, 3, rows[i].column);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_config");

    TEST_CASE(suite, "files", files_follow_each_other_on_their_device,
              a_file_has_room_for_what_steps_write_behind_its_end,
              a_file_lies_on_a_device_for_files, each_kind_of_writepage_has_its_word);
    TEST_CASE(suite, "caches", caches_have_objects_seeks_and_the_need_for_a_file_system);
    TEST_CASE(suite, "rules", the_run_gets_the_files_the_caches_and_the_devices,
              bad_files_and_caches_are_refused_where_they_are_wrong);
    return test_run(suite);
}
