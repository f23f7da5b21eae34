/* SPDX-License-Identifier: MIT */
/* The handlers behind /proc/sys/vm. */
#include "mm/sysctl.h"

#include "mm/pcp_hotcold.h"
#include "mm/watermark.h"
#include "mm/zonelist.h"

enum {
    PERCPU_PAGELIST_FRACTION_MIN = 8,
    ZONE_RECLAIM_MODE_MAX = 7,
    PERCENT_MAX = 100,
    PAGE_CLUSTER_MAX = 10,
};

const char *vm_sysctl_name(enum vm_sysctl_id id)
{
    static const char *const names[] = {
        [VM_MIN_FREE_KBYTES] = "min_free_kbytes",
        [VM_LOWMEM_RESERVE_RATIO] = "lowmem_reserve_ratio",
        [VM_PERCPU_PAGELIST_FRACTION] = "percpu_pagelist_fraction",
        [VM_NUMA_ZONELIST_ORDER] = "numa_zonelist_order",
        [VM_ZONE_RECLAIM_MODE] = "zone_reclaim_mode",
        [VM_SWAPPINESS] = "swappiness",
        [VM_DIRTY_RATIO] = "dirty_ratio",
        [VM_DIRTY_BACKGROUND_RATIO] = "dirty_background_ratio",
        [VM_DIRTY_WRITEBACK_CENTISECS] = "dirty_writeback_centisecs",
        [VM_DIRTY_EXPIRE_CENTISECS] = "dirty_expire_centisecs",
        [VM_LAPTOP_MODE] = "laptop_mode",
        [VM_PAGE_CLUSTER] = "page-cluster",
    };

    static_assert(sizeof(names) / sizeof(names[0]) == NR_VM_SYSCTLS, "one name a sysctl");
    return names[id];
}

bool vm_sysctl_exists(enum vm_sysctl_id id, bool numa)
{
    return numa || (id != VM_NUMA_ZONELIST_ORDER && id != VM_ZONE_RECLAIM_MODE);
}

unsigned vm_sysctl_nr_values(enum vm_sysctl_id id)
{
    return id == VM_LOWMEM_RESERVE_RATIO ? MAX_NR_ZONES - 1 : 1;
}

void vm_sysctl_limits(enum vm_sysctl_id id, uint64_t *ret_low, uint64_t *ret_high)
{
    static const struct {
        uint32_t low;
        uint32_t high;
    } limits[] = {
        [VM_MIN_FREE_KBYTES] = {0, INT32_MAX},
        [VM_LOWMEM_RESERVE_RATIO] = {0, INT32_MAX},
        [VM_PERCPU_PAGELIST_FRACTION] = {PERCPU_PAGELIST_FRACTION_MIN, INT32_MAX},
        [VM_NUMA_ZONELIST_ORDER] = {0, ZONELIST_ORDER_ZONE},
        [VM_ZONE_RECLAIM_MODE] = {0, ZONE_RECLAIM_MODE_MAX},
        [VM_SWAPPINESS] = {0, PERCENT_MAX},
        [VM_DIRTY_RATIO] = {0, PERCENT_MAX},
        [VM_DIRTY_BACKGROUND_RATIO] = {0, PERCENT_MAX},
        [VM_DIRTY_WRITEBACK_CENTISECS] = {0, INT32_MAX},
        [VM_DIRTY_EXPIRE_CENTISECS] = {0, INT32_MAX},
        [VM_LAPTOP_MODE] = {0, INT32_MAX},
        [VM_PAGE_CLUSTER] = {0, PAGE_CLUSTER_MAX},
    };

    static_assert(sizeof(limits) / sizeof(limits[0]) == NR_VM_SYSCTLS, "limits of each sysctl");
    *ret_low = limits[id].low;
    *ret_high = limits[id].high;
}

bool vm_sysctl_valid(enum vm_sysctl_id id, const uint64_t *values)
{
    uint64_t low, high;

    if (id >= NR_VM_SYSCTLS)
        return false;
    vm_sysctl_limits(id, &low, &high);
    for (unsigned i = 0; i < vm_sysctl_nr_values(id); i++) {
        if (values[i] < low || values[i] > high)
            return false;
    }
    return true;
}

/* Kernel: mm/page_alloc.c percpu_pagelist_fraction_sysctl_handler() [2.6.24] */
static void write_percpu_pagelist_fraction(struct machine *machine, uint32_t fraction)
{
    machine->vm.percpu_pagelist_fraction = fraction;
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];

        if (!zone_populated(zone))
            continue;
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            setup_pagelist_highmark(&zone->pageset[cpu], zone->present_pages / fraction);
    }
}

/* Kernel: mm/page_alloc.c numa_zonelist_order_handler() [2.6.24] */
static void write_numa_zonelist_order(struct machine *machine, enum zonelist_order order)
{
    if (order == machine->user_zonelist_order)
        return;
    machine->user_zonelist_order = order;
    build_all_zonelists(machine);
}

void vm_sysctl_write(struct machine *machine, enum vm_sysctl_id id, const uint64_t *values)
{
    SIM_ASSERT(vm_sysctl_valid(id, values));
    if (!vm_sysctl_exists(id, machine->numa))
        return;
    switch (id) {
    case VM_MIN_FREE_KBYTES:
        machine->vm.min_free_kbytes = values[0];
        setup_per_zone_pages_min(machine);
        break;
    case VM_LOWMEM_RESERVE_RATIO:
        for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
            machine->vm.lowmem_reserve_ratio[i] = (uint32_t)values[i];
        setup_per_zone_lowmem_reserve(machine);
        break;
    case VM_PERCPU_PAGELIST_FRACTION:
        write_percpu_pagelist_fraction(machine, (uint32_t)values[0]);
        break;
    case VM_NUMA_ZONELIST_ORDER:
        write_numa_zonelist_order(machine, (enum zonelist_order)values[0]);
        break;
    case VM_ZONE_RECLAIM_MODE:
        machine->vm.zone_reclaim_mode = (int32_t)values[0];
        break;
    case VM_SWAPPINESS:
        machine->vm.swappiness = (uint32_t)values[0];
        break;
    case VM_DIRTY_RATIO:
        machine->vm.dirty_ratio = (uint32_t)values[0];
        break;
    case VM_DIRTY_BACKGROUND_RATIO:
        machine->vm.dirty_background_ratio = (uint32_t)values[0];
        break;
    case VM_DIRTY_WRITEBACK_CENTISECS:
        machine->vm.dirty_writeback_centisecs = (uint32_t)values[0];
        break;
    case VM_DIRTY_EXPIRE_CENTISECS:
        machine->vm.dirty_expire_centisecs = (uint32_t)values[0];
        break;
    case VM_LAPTOP_MODE:
        machine->vm.laptop_mode = (uint32_t)values[0];
        break;
    case VM_PAGE_CLUSTER:
        machine->vm.page_cluster = (uint32_t)values[0];
        break;
    case NR_VM_SYSCTLS:
        SIM_ASSERT(!"not a sysctl");
        break;
    }
}

void vm_sysctl_read(const struct machine *machine, enum vm_sysctl_id id, uint64_t *ret_values)
{
    const struct vm_sysctl *vm = &machine->vm;

    switch (id) {
    case VM_MIN_FREE_KBYTES:
        ret_values[0] = vm->min_free_kbytes;
        break;
    case VM_LOWMEM_RESERVE_RATIO:
        for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
            ret_values[i] = vm->lowmem_reserve_ratio[i];
        break;
    case VM_PERCPU_PAGELIST_FRACTION:
        ret_values[0] = vm->percpu_pagelist_fraction;
        break;
    case VM_NUMA_ZONELIST_ORDER:
        ret_values[0] = machine->user_zonelist_order;
        break;
    case VM_ZONE_RECLAIM_MODE:
        ret_values[0] = (uint64_t)vm->zone_reclaim_mode;
        break;
    case VM_SWAPPINESS:
        ret_values[0] = vm->swappiness;
        break;
    case VM_DIRTY_RATIO:
        ret_values[0] = vm->dirty_ratio;
        break;
    case VM_DIRTY_BACKGROUND_RATIO:
        ret_values[0] = vm->dirty_background_ratio;
        break;
    case VM_DIRTY_WRITEBACK_CENTISECS:
        ret_values[0] = vm->dirty_writeback_centisecs;
        break;
    case VM_DIRTY_EXPIRE_CENTISECS:
        ret_values[0] = vm->dirty_expire_centisecs;
        break;
    case VM_LAPTOP_MODE:
        ret_values[0] = vm->laptop_mode;
        break;
    case VM_PAGE_CLUSTER:
        ret_values[0] = vm->page_cluster;
        break;
    case NR_VM_SYSCTLS:
        SIM_ASSERT(!"not a sysctl");
        break;
    }
}
