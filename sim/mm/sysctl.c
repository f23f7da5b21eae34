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

bool vm_sysctl_valid(enum vm_sysctl_id id, const uint64_t *values)
{
    switch (id) {
    case VM_MIN_FREE_KBYTES:
        return values[0] <= INT32_MAX;
    case VM_LOWMEM_RESERVE_RATIO:
        return values[0] <= INT32_MAX && values[1] <= INT32_MAX && values[2] <= INT32_MAX;
    case VM_PERCPU_PAGELIST_FRACTION:
        return values[0] >= PERCPU_PAGELIST_FRACTION_MIN && values[0] <= INT32_MAX;
    case VM_NUMA_ZONELIST_ORDER:
        return values[0] <= ZONELIST_ORDER_ZONE;
    case VM_ZONE_RECLAIM_MODE:
        return values[0] <= ZONE_RECLAIM_MODE_MAX;
    case VM_SWAPPINESS:
    case VM_DIRTY_RATIO:
    case VM_DIRTY_BACKGROUND_RATIO:
        return values[0] <= PERCENT_MAX;
    case VM_PAGE_CLUSTER:
        return values[0] <= PAGE_CLUSTER_MAX;
    case VM_DIRTY_WRITEBACK_CENTISECS:
    case VM_DIRTY_EXPIRE_CENTISECS:
    case VM_LAPTOP_MODE:
        return values[0] <= INT32_MAX;
    case NR_VM_SYSCTLS:
        break;
    }
    return false;
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
