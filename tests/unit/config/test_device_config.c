/* SPDX-License-Identifier: MIT */
/* Devices of a machine file: what each key becomes, and where values end. */
#include "config/device_config.h"

#include <stdio.h>

#include "config_case.h"

/* The items of `devices` begin on line 5. */
#define HEAD "version: 1\nmachine:\n  nodes: [{memory: 64MiB, cpus: 2}]\ndevices:\n"

START_TEST(a_machine_without_devices_has_a_disk_for_files)
{
    struct machine_config machine =
        must_read_machine("version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n");
    const struct device_list *list = &machine.devices;

    ck_assert(list->nr_devices == 1 && list->nr_swaps == 0 && list->for_files[0]);
    ck_assert_str_eq(list->devices[0].name, "disk");
    ck_assert(list->devices[0].nr_requests == 128 && list->devices[0].max_request_pages == 128);
    ck_assert(list->devices[0].seek_ns == 8000000 && list->devices[0].cpu == 0);
    ck_assert_uint_eq(list->devices[0].page_ns, 68267); /* 4096 bytes at 60 MB/s, rounded up */
    machine_config_fini(&machine);
}
END_TEST

START_TEST(every_key_of_a_device_reaches_the_spec)
{
    struct machine_config machine =
        must_read_machine(HEAD "  - {name: a, type: file, nr_requests: 4, max_request_size: 4KiB, "
                               "seek: 1us, bandwidth: 4096, cpu: 1}\n"
                               "  - {name: b, type: swap, size: 64MiB, priority: 32767}\n");
    const struct device_list *list = &machine.devices;
    const struct backing_dev_spec *a = &list->devices[0];

    ck_assert(list->nr_devices == 2 && list->nr_swaps == 1);
    ck_assert_str_eq(a->name, "a");
    ck_assert(a->nr_requests == 4 && a->max_request_pages == 1 && a->cpu == 1);
    ck_assert(a->seek_ns == 1000 && a->page_ns == 1000000000);
    ck_assert(list->for_files[0] && !list->for_files[1]);
    ck_assert_str_eq(list->devices[1].name, "b");
    ck_assert(list->swaps[0].backing_dev == 1 && list->swaps[0].pages == 16384);
    ck_assert(list->swaps[0].priority == 32767 && list->swaps[0].first_sector_page == 0);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(a_device_without_seek_and_with_unlimited_bandwidth_is_synchronous)
{
    struct machine_config machine =
        must_read_machine(HEAD "  - {name: a, type: file, seek: 0, bandwidth: unlimited}\n");

    ck_assert(machine.devices.devices[0].seek_ns == 0 && machine.devices.devices[0].page_ns == 0);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(bandwidth_becomes_the_time_of_a_page_rounded_up)
{
    static const struct {
        const char *bandwidth;
        uint64_t page_ns;
    } rows[] = {
        {"4MiB/s", 976563},
        {"100MB/s", 40960},
        {"1GB/s", 4096},
        {"1000GB/s", 5},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct machine_config machine;
        char text[256];

        snprintf(text, sizeof(text), HEAD "  - {name: a, type: file, bandwidth: %s}\n",
                 rows[i].bandwidth);
        machine = must_read_machine(text);
        ck_assert_uint_eq(machine.devices.devices[0].page_ns, rows[i].page_ns);
        machine_config_fini(&machine);
    }
}
END_TEST

START_TEST(swap_alone_leaves_the_default_disk)
{
    struct machine_config machine =
        must_read_machine(HEAD "  - {name: s, type: swap, size: 4KiB}\n"
                               "  - {name: t, type: swap, size: 536870908KiB, priority: auto}\n");
    const struct device_list *list = &machine.devices;

    ck_assert(list->nr_devices == 3 && list->nr_swaps == 2);
    ck_assert_str_eq(list->devices[2].name, "disk");
    ck_assert(list->swaps[0].pages == 1 && list->swaps[0].priority == -1);
    ck_assert(list->swaps[1].pages == (1 << 27) - 1 && list->swaps[1].priority == -1);
    machine_config_fini(&machine);
}
END_TEST

START_TEST(a_machine_has_sixteen_devices_at_most)
{
    char text[1024] = HEAD "  - {name: f, type: file}\n";
    struct machine_config machine;

    for (unsigned i = 1; i < 17; i++) {
        if (i == 16) {
            machine = must_read_machine(text);
            ck_assert_uint_eq(machine.devices.nr_devices, 16);
            machine_config_fini(&machine);
        }
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "  - {name: s%u, type: swap, size: 4KiB}\n", i);
    }
    refuse_machine(text, ERR_OUT_OF_RANGE, 21, 5);
}
END_TEST

START_TEST(the_default_disk_counts_among_them)
{
    char text[1024] = HEAD;

    for (unsigned i = 0; i < 16; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "  - {name: s%u, type: swap, size: 4KiB}\n", i);
    refuse_machine(text, ERR_OUT_OF_RANGE, 5, 3);
}
END_TEST

START_TEST(values_end_where_the_kernel_or_the_model_ends)
{
    static const struct {
        const char *item;
        enum sim_error_code code;
        uint32_t column;
    } rows[] = {
        {"{name: a, type: file, nr_requests: 3}", ERR_OUT_OF_RANGE, 40},
        {"{name: a, type: file, nr_requests: 1048577}", ERR_OUT_OF_RANGE, 40},
        {"{name: a, type: file, max_request_size: 0}", ERR_OUT_OF_RANGE, 45},
        {"{name: a, type: file, max_request_size: 5KiB}", ERR_MEMORY_ALIGN, 45},
        {"{name: a, type: file, seek: 11s}", ERR_OUT_OF_RANGE, 33},
        {"{name: a, type: file, bandwidth: 4095}", ERR_OUT_OF_RANGE, 38},
        {"{name: a, type: file, bandwidth: 60MB}", ERR_BAD_RATE, 38},
        {"{name: a, type: file, bandwidth: none}", ERR_BAD_RATE, 38},
        {"{name: a, type: file, cpu: 2}", ERR_UNKNOWN_CPU, 32},
        {"{name: a, type: file, size: 1GiB}", ERR_UNKNOWN_KEY, 27},
        {"{name: a, type: file, priority: 1}", ERR_UNKNOWN_KEY, 27},
        {"{name: a, type: disk}", ERR_UNKNOWN_NAME, 21},
        {"{name: a}", ERR_MISSING_KEY, 5},
        {"{type: file}", ERR_MISSING_KEY, 5},
        {"{name: a, type: swap}", ERR_MISSING_KEY, 5},
        {"{name: a, type: swap, size: 0}", ERR_OUT_OF_RANGE, 33},
        {"{name: a, type: swap, size: 512GiB}", ERR_OUT_OF_RANGE, 33},
        {"{name: a, type: swap, size: 4KiB, priority: 32768}", ERR_OUT_OF_RANGE, 49},
        {"{name: a, type: swap, size: 4KiB, priority: -1}", ERR_BAD_NUMBER, 49},
        {"{name: disk, type: swap, size: 4KiB}", ERR_DUPLICATE_NAME, 12},
        {"file", ERR_WRONG_TYPE, 5},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), HEAD "  - %s\n", rows[i].item);
        refuse_machine(text, rows[i].code, 5, rows[i].column);
    }
}
END_TEST

START_TEST(names_of_devices_are_unique)
{
    refuse_machine(HEAD "  - {name: a, type: file}\n  - {name: a, type: swap, size: 4KiB}\n",
                   ERR_DUPLICATE_NAME, 6, 12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device_config");

    TEST_CASE(suite, "defaults", a_machine_without_devices_has_a_disk_for_files,
              swap_alone_leaves_the_default_disk);
    TEST_CASE(suite, "keys", every_key_of_a_device_reaches_the_spec,
              a_device_without_seek_and_with_unlimited_bandwidth_is_synchronous,
              bandwidth_becomes_the_time_of_a_page_rounded_up);
    TEST_CASE(suite, "limits", a_machine_has_sixteen_devices_at_most,
              the_default_disk_counts_among_them, values_end_where_the_kernel_or_the_model_ends,
              names_of_devices_are_unique);
    return test_run(suite);
}
