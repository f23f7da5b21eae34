/* SPDX-License-Identifier: MIT */
/* Writes to vm.* while the machine runs. */
#ifndef SIM_MM_SYSCTL_H
#define SIM_MM_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine.h"

enum vm_sysctl_id {
    VM_MIN_FREE_KBYTES,
    VM_LOWMEM_RESERVE_RATIO,     /* three values */
    VM_PERCPU_PAGELIST_FRACTION, /* 8 or more: once on, it cannot be turned off */
    VM_NUMA_ZONELIST_ORDER,      /* enum zonelist_order */
    VM_ZONE_RECLAIM_MODE,        /* 0..7 */
    VM_SWAPPINESS,               /* 0..100 */
    VM_DIRTY_RATIO,              /* 0..100 */
    VM_DIRTY_BACKGROUND_RATIO,   /* 0..100 */
    VM_DIRTY_WRITEBACK_CENTISECS,
    VM_DIRTY_EXPIRE_CENTISECS,
    VM_LAPTOP_MODE,
    VM_PAGE_CLUSTER, /* 0..10 */
    NR_VM_SYSCTLS,
};

/* "min_free_kbytes" ...: the name below /proc/sys/vm. */
const char *vm_sysctl_name(enum vm_sysctl_id id);

/* Whether the kernel has it: a UMA kernel has no numa_zonelist_order and no zone_reclaim_mode. */
bool vm_sysctl_exists(enum vm_sysctl_id id, bool numa);

/* The number of values a write takes: 1, or 3 for lowmem_reserve_ratio. */
unsigned vm_sysctl_nr_values(enum vm_sysctl_id id);

/* The smallest and the largest value that a write takes, of each of its values. */
void vm_sysctl_limits(enum vm_sysctl_id id, uint64_t *ret_low, uint64_t *ret_high);

/* Whether the kernel would accept these values (vm_sysctl_nr_values() of them). */
bool vm_sysctl_valid(enum vm_sysctl_id id, const uint64_t *values);

/*
 * Writes the sysctl with all its effects (watermarks, MIGRATE_RESERVE blocks, per-CPU lists,
 * zonelists). The values must be valid. Zonelist rebuilding fixes mobility grouping anew, as in
 * the kernel. Writing one that the kernel does not have changes nothing.
 * Kernel: mm/page_alloc.c *_sysctl_handler() [2.6.24]
 */
void vm_sysctl_write(struct machine *machine, enum vm_sysctl_id id, const uint64_t *values);

/*
 * The values in force, vm_sysctl_nr_values() of them. One that was never written may lie outside of
 * the limits: percpu_pagelist_fraction is 0 while it is off.
 */
void vm_sysctl_read(const struct machine *machine, enum vm_sysctl_id id, uint64_t *ret_values);

#endif
