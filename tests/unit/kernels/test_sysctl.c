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

int main(void)
{
    Suite *suite = suite_create("sysctl");

    TEST_CASE(suite, "sysctls", sysctls_have_names_and_limits, a_uma_kernel_lacks_the_numa_sysctls,
              zone_reclaim_mode_is_written_as_it_is);
    return test_run(suite);
}
