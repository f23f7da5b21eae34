/* SPDX-License-Identifier: MIT */
/* What can be written to vm.* while the machine runs. */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/sysctl.h"

static const struct memory_range small[] = {{4096, 36864, 0}};

START_TEST(sysctls_have_names_and_limits)
{
    const uint64_t big[] = {UINT64_C(1) << 31, 1, 1};
    const uint64_t seven[] = {7, 7, 7};
    const uint64_t eight[] = {8, 8, 8};

    ck_assert_str_eq(vm_sysctl_name(VM_ZONE_RECLAIM_MODE), "zone_reclaim_mode");
    ck_assert_uint_eq(vm_sysctl_nr_values(VM_LOWMEM_RESERVE_RATIO), 3);
    ck_assert_uint_eq(vm_sysctl_nr_values(VM_MIN_FREE_KBYTES), 1);
    ck_assert(!vm_sysctl_valid(VM_MIN_FREE_KBYTES, big));
    ck_assert(!vm_sysctl_valid(VM_LOWMEM_RESERVE_RATIO, big));
    ck_assert(!vm_sysctl_valid(VM_PERCPU_PAGELIST_FRACTION, seven));
    ck_assert(vm_sysctl_valid(VM_PERCPU_PAGELIST_FRACTION, eight));
    ck_assert(!vm_sysctl_valid(VM_NUMA_ZONELIST_ORDER, seven));
    ck_assert(vm_sysctl_valid(VM_ZONE_RECLAIM_MODE, seven));
    ck_assert(!vm_sysctl_valid(VM_ZONE_RECLAIM_MODE, eight));
    ck_assert(!vm_sysctl_valid(NR_VM_SYSCTLS, eight));
}
END_TEST

START_TEST(a_uma_kernel_lacks_the_numa_sysctls)
{
    struct machine_spec spec = test_machine_spec(small, 1);
    struct test_machine tm;
    const uint64_t one = 1;

    spec.numa = false;
    test_machine_boot(&tm, spec);
    for (unsigned id = 0; id < NR_VM_SYSCTLS; id++)
        ck_assert(vm_sysctl_exists((enum vm_sysctl_id)id, true));
    ck_assert(vm_sysctl_exists(VM_MIN_FREE_KBYTES, false));
    ck_assert(!vm_sysctl_exists(VM_NUMA_ZONELIST_ORDER, false));
    ck_assert(!vm_sysctl_exists(VM_ZONE_RECLAIM_MODE, false));
    vm_sysctl_write(&tm.machine, VM_ZONE_RECLAIM_MODE, &one);
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 0);
    test_machine_end(&tm);
}
END_TEST

START_TEST(zone_reclaim_mode_is_written_as_it_is)
{
    struct test_machine tm;
    const uint64_t mode = 3;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    vm_sysctl_write(&tm.machine, VM_ZONE_RECLAIM_MODE, &mode);
    ck_assert_int_eq(tm.machine.vm.zone_reclaim_mode, 3);
    test_machine_end(&tm);
}
END_TEST

static uint64_t value_of(const struct test_machine *tm, enum vm_sysctl_id id)
{
    uint64_t value;

    vm_sysctl_read(&tm->machine, id, &value);
    return value;
}

START_TEST(what_was_written_is_read)
{
    struct test_machine tm;
    uint64_t low, high;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    ck_assert_uint_eq(value_of(&tm, VM_MIN_FREE_KBYTES), tm.machine.vm.min_free_kbytes);
    for (unsigned id = 0; id < NR_VM_SYSCTLS; id++) {
        uint64_t written[] = {0, 0, 0};
        uint64_t read[3];
        unsigned count = vm_sysctl_nr_values((enum vm_sysctl_id)id);

        vm_sysctl_limits((enum vm_sysctl_id)id, &low, &high);
        for (unsigned i = 0; i < count; i++)
            written[i] = low + (id + i) % (high - low + 1);
        vm_sysctl_write(&tm.machine, (enum vm_sysctl_id)id, written);
        vm_sysctl_read(&tm.machine, (enum vm_sysctl_id)id, read);
        for (unsigned i = 0; i < count; i++)
            ck_assert_uint_eq(read[i], written[i]);
    }
    test_machine_end(&tm);
}
END_TEST

/* Those of reclaim and writeback, with the kernel's defaults and largest values. */
static const struct {
    enum vm_sysctl_id id;
    const char *name;
    uint64_t initially;
    uint64_t max;
} plain[] = {
    {VM_SWAPPINESS, "swappiness", 60, 100},
    {VM_DIRTY_RATIO, "dirty_ratio", 10, 100},
    {VM_DIRTY_BACKGROUND_RATIO, "dirty_background_ratio", 5, 100},
    {VM_DIRTY_WRITEBACK_CENTISECS, "dirty_writeback_centisecs", 500, INT32_MAX},
    {VM_DIRTY_EXPIRE_CENTISECS, "dirty_expire_centisecs", 3000, INT32_MAX},
    {VM_LAPTOP_MODE, "laptop_mode", 0, INT32_MAX},
    {VM_PAGE_CLUSTER, "page-cluster", 3, 10},
};

enum { NR_PLAIN = sizeof(plain) / sizeof(plain[0]) };

START_TEST(sysctls_of_reclaim_take_effect_alone)
{
    struct test_machine tm;

    test_machine_boot(&tm, test_machine_spec(small, 1));
    for (unsigned i = 0; i < NR_PLAIN; i++)
        ck_assert_uint_eq(value_of(&tm, plain[i].id), plain[i].initially);
    for (unsigned i = 0; i < NR_PLAIN; i++) {
        const uint64_t value = plain[i].max - i % 2;

        vm_sysctl_write(&tm.machine, plain[i].id, &value);
        ck_assert_uint_eq(value_of(&tm, plain[i].id), value);
        for (unsigned later = i + 1; later < NR_PLAIN; later++)
            ck_assert_uint_eq(value_of(&tm, plain[later].id), plain[later].initially);
    }
    test_machine_end(&tm);
}
END_TEST

START_TEST(sysctls_of_reclaim_have_names_and_limits)
{
    const uint64_t zero = 0;

    uint64_t low, high;

    for (unsigned i = 0; i < NR_PLAIN; i++) {
        const uint64_t beyond = plain[i].max + 1;

        vm_sysctl_limits(plain[i].id, &low, &high);
        ck_assert_uint_eq(low, 0);
        ck_assert_uint_eq(high, plain[i].max);

        ck_assert_str_eq(vm_sysctl_name(plain[i].id), plain[i].name);
        ck_assert_uint_eq(vm_sysctl_nr_values(plain[i].id), 1);
        ck_assert(vm_sysctl_valid(plain[i].id, &zero));
        ck_assert(vm_sysctl_valid(plain[i].id, &plain[i].max));
        ck_assert(!vm_sysctl_valid(plain[i].id, &beyond));
        ck_assert(vm_sysctl_exists(plain[i].id, false));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sysctl");

    TEST_CASE(suite, "sysctls", sysctls_have_names_and_limits, a_uma_kernel_lacks_the_numa_sysctls,
              zone_reclaim_mode_is_written_as_it_is, what_was_written_is_read,
              sysctls_of_reclaim_take_effect_alone, sysctls_of_reclaim_have_names_and_limits);
    return test_run(suite);
}
