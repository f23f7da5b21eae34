/* SPDX-License-Identifier: MIT */
/* Run-time writes to vm.* as workload files write them. */
#ifndef SIM_CONFIG_SYSCTL_CONFIG_H
#define SIM_CONFIG_SYSCTL_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "mm/sysctl.h"
#include "trace/record.h"
#include "yaml/yaml_doc.h"

/*
 * The sysctl of this name, with or without "vm."; ERR_UNKNOWN_SYSCTL, without a place, when there
 * is none or only a NUMA kernel has it and this one is not. The hint has the likely name.
 */
bool sysctl_find(const char *name, bool numa, enum vm_sysctl_id *ret_id, struct sim_error *err);

/* The same; the error stands at the node. */
bool sysctl_find_at(const struct yaml_node *node, const char *name, bool numa,
                    enum vm_sysctl_id *ret_id, struct sim_error *err);

/*
 * The sysctl `name` (with or without "vm.") written with `value`: a number, a list of three for
 * lowmem_reserve_ratio, one of default, node and zone for numa_zonelist_order. Fills sysctl and
 * values[]. ERR_UNKNOWN_SYSCTL at the name, or ERR_OUT_OF_RANGE when the kernel would refuse it.
 */
bool sysctl_write_read(const struct yaml_node *name, const struct yaml_node *value, bool numa,
                       struct trace_record *record, struct sim_error *err);

#endif
