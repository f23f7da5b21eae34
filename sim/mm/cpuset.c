/* SPDX-License-Identifier: MIT */
/* Which nodes a task may take memory from. */
#include "mm/cpuset.h"

#include <stdlib.h>

#include "mm/mempolicy.h"

enum cpuset_fault cpuset_spec_check(const struct cpuset_spec *spec,
                                    const struct cpuset_spec *before, uint32_t nr_before)
{
    if (!spec->mems)
        return CPUSET_NO_MEMS;
    if (spec->parent >= 0) {
        const struct cpuset_spec *parent = &before[spec->parent];

        if (spec->mems & ~parent->mems)
            return CPUSET_NOT_IN_PARENT;
        if (spec->mem_exclusive && !parent->mem_exclusive)
            return CPUSET_PARENT_SHARED;
    }
    for (uint32_t i = 0; i < nr_before; i++)
        if (before[i].parent == spec->parent && before[i].mems & spec->mems &&
            (before[i].mem_exclusive || spec->mem_exclusive))
            return CPUSET_OVERLAPS_SIBLING;
    return CPUSET_OK;
}

bool cpusets_make(struct machine *machine, const struct cpuset_spec *specs, size_t count,
                  struct sim_error *err)
{
    struct cpuset *cpusets;

    if (count == 0)
        return true;
    cpusets = calloc(count, sizeof(*cpusets));
    machine->cpusets = cpusets;
    if (!cpusets)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the cpusets");
    for (size_t i = 0; i < count; i++) {
        const struct cpuset_spec *spec = &specs[i];

        if (!machine->numa || !spec->mems || spec->mems & ~machine_memory_nodes(machine))
            return sim_error_set(err, ERR_BAD_CPUSET, "cpuset %s has nodes without memory",
                                 spec->name);
        cpusets[i] = (struct cpuset){
            .name = spec->name,
            .parent = spec->parent < 0 ? NULL : &cpusets[spec->parent],
            .mems = spec->mems,
            .mem_exclusive = spec->mem_exclusive,
            .memory_spread_page = spec->memory_spread_page,
        };
    }
    return true;
}

bool cpuset_node_allowed_hardwall(const struct task *task, unsigned nid, uint32_t gfp)
{
    return task->flags & TASK_IN_INTERRUPT || gfp & GFP_BIT_THISNODE ||
           node_isset(nid, task_mems_allowed(task)) || task->flags & TASK_TIF_MEMDIE;
}

/* NULL: the root, which is exclusive.
 * Kernel: kernel/cpuset.c nearest_exclusive_ancestor() [2.6.24] */
static const struct cpuset *nearest_exclusive_ancestor(const struct cpuset *cpuset)
{
    while (cpuset && !cpuset->mem_exclusive)
        cpuset = cpuset->parent;
    return cpuset;
}

bool cpuset_node_allowed_softwall(const struct task *task, unsigned nid, uint32_t gfp)
{
    const struct cpuset *enclosing;

    if (cpuset_node_allowed_hardwall(task, nid, gfp))
        return true;
    if (gfp & GFP_BIT_HARDWALL)
        return false;
    enclosing = nearest_exclusive_ancestor(task->cpuset);
    return !enclosing || node_isset(nid, enclosing->mems);
}

bool cpuset_zonelist_valid_mems_allowed(const struct machine *machine,
                                        const struct zonelist *zonelist, const struct task *task)
{
    for (unsigned i = 0; i < zonelist->length; i++)
        if (node_isset(machine->zones[zonelist->zones[i]].nid, task_mems_allowed(task)))
            return true;
    return false;
}

unsigned cpuset_mem_spread_node(struct task *task)
{
    task->cpuset_mem_spread_rotor =
        next_node_around(task->cpuset_mem_spread_rotor, task_mems_allowed(task));
    return task->cpuset_mem_spread_rotor;
}
