/* SPDX-License-Identifier: MIT */
/* Cpusets: the nodes on which a task may have memory. */
#ifndef SIM_MM_CPUSET_H
#define SIM_MM_CPUSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/error.h"
#include "engine/task.h"
#include "mm/gfp.h"
#include "mm/nodemask.h"
#include "mm/zone.h"

struct machine;
struct zonelist;

/*
 * Fixed for a run, so each task's mems_allowed is that of its cpuset. The root, which has all
 * nodes, is NULL here, as is the cpuset of a task in none. Its CPUs are not modelled: a task runs
 * where it is told. The rules between parent and child are kept by cpuset_spec_check().
 * Kernel: kernel/cpuset.c struct cpuset [2.6.24]
 */
struct cpuset {
    const char *name;
    const struct cpuset *parent;
    nodemask mems; /* with memory; never empty */
    bool mem_exclusive;
    bool memory_spread_page;
};

/* What a cpuset is to be, as plain data that config fills. */
struct cpuset_spec {
    const char *name;
    int32_t parent; /* index among the specs, before this one; -1: the root */
    nodemask mems;
    bool mem_exclusive;
    bool memory_spread_page;
};

enum cpuset_fault {
    CPUSET_OK,
    CPUSET_NO_MEMS,          /* no task can be in it */
    CPUSET_NOT_IN_PARENT,    /* has a node that its parent has not */
    CPUSET_PARENT_SHARED,    /* mem_exclusive in a parent that is not */
    CPUSET_OVERLAPS_SIBLING, /* one of the two is mem_exclusive */
};

/*
 * Whether the kernel would let it be beside those before it. That its nodes have memory is left to
 * the caller. Kernel: kernel/cpuset.c validate_change(), cpuset_can_attach() [2.6.24]
 */
enum cpuset_fault cpuset_spec_check(const struct cpuset_spec *spec,
                                    const struct cpuset_spec *before, uint32_t nr_before);

/*
 * Makes machine->cpusets, which end with the machine. False: ERR_BAD_CPUSET (a UMA kernel has none,
 * or a node has no memory), ERR_OUT_OF_MEMORY.
 */
bool cpusets_make(struct machine *machine, const struct cpuset_spec *specs, size_t count,
                  struct sim_error *err);

static inline nodemask task_mems_allowed(const struct task *task)
{
    return task->cpuset ? task->cpuset->mems : NODE_MASK_ALL;
}

/*
 * Whether the task may take a page on the node: only from its cpuset, unless it is an interrupt
 * handler or bears TIF_MEMDIE, or the mask says __GFP_THISNODE.
 * Kernel: kernel/cpuset.c __cpuset_zone_allowed_hardwall() [2.6.24]
 */
bool cpuset_node_allowed_hardwall(const struct task *task, unsigned nid, uint32_t gfp);

/*
 * The same; without __GFP_HARDWALL also from the nearest mem_exclusive cpuset around its own.
 * PF_EXITING, which lets a dying task go anywhere, is left out: here it allocates no more.
 * Kernel: kernel/cpuset.c __cpuset_zone_allowed_softwall() [2.6.24]
 */
bool cpuset_node_allowed_softwall(const struct task *task, unsigned nid, uint32_t gfp);

static inline bool cpuset_zone_allowed_hardwall(const struct task *task, const struct zone *zone,
                                                uint32_t gfp)
{
    return SIM_LIKELY(!task->cpuset) || cpuset_node_allowed_hardwall(task, zone->nid, gfp);
}

static inline bool cpuset_zone_allowed_softwall(const struct task *task, const struct zone *zone,
                                                uint32_t gfp)
{
    return SIM_LIKELY(!task->cpuset) || cpuset_node_allowed_softwall(task, zone->nid, gfp);
}

/* Whether the task may have memory on some node of the list.
 * Kernel: kernel/cpuset.c cpuset_zonelist_valid_mems_allowed() [2.6.24] */
bool cpuset_zonelist_valid_mems_allowed(const struct machine *machine,
                                        const struct zonelist *zonelist, const struct task *task);

/* Kernel: kernel/cpuset.c cpuset_mems_allowed_intersects() [2.6.24] */
static inline bool cpuset_mems_allowed_intersects(const struct task *a, const struct task *b)
{
    return task_mems_allowed(a) & task_mems_allowed(b);
}

/* Whether the task's page cache is spread over its nodes.
 * Kernel: include/linux/cpuset.h cpuset_do_page_mem_spread() [2.6.24] */
static inline bool cpuset_do_page_mem_spread(const struct task *task)
{
    return SIM_UNLIKELY(task->cpuset) && task->cpuset->memory_spread_page;
}

/* The node of the next page to be spread; moves the task's rotor on. The task has a cpuset.
 * Kernel: kernel/cpuset.c cpuset_mem_spread_node() [2.6.24] */
unsigned cpuset_mem_spread_node(struct task *task);

#endif
