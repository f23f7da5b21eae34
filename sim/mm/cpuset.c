/* SPDX-License-Identifier: MIT */
/* Which nodes a task may take memory from. */
#include "mm/cpuset.h"

#include "mm/machine.h"

enum cpuset_fault cpuset_spec_check(const struct cpuset_spec *specs, uint32_t index,
                                    nodemask memory_nodes)
{
    const struct cpuset_spec *spec = &specs[index];

    if (!spec->mems)
        return CPUSET_NO_MEMS;
    if (spec->mems & ~memory_nodes)
        return CPUSET_NODE_WITHOUT_MEMORY;
    if (spec->parent >= 0) {
        const struct cpuset_spec *parent = &specs[spec->parent];

        if (spec->mems & ~parent->mems)
            return CPUSET_NOT_IN_PARENT;
        if (spec->mem_exclusive && !parent->mem_exclusive)
            return CPUSET_PARENT_SHARED;
    }
    for (uint32_t i = 0; i < index; i++)
        if (specs[i].parent == spec->parent && specs[i].mems & spec->mems &&
            (specs[i].mem_exclusive || spec->mem_exclusive))
            return CPUSET_OVERLAPS_SIBLING;
    return CPUSET_OK;
}

void cpuset_init(struct cpuset *cpusets, const struct cpuset_spec *specs, uint32_t index)
{
    const struct cpuset_spec *spec = &specs[index];

    SIM_ASSERT(spec->parent < (int64_t)index && spec->mems);
    cpusets[index] = (struct cpuset){
        .name = spec->name,
        .parent = spec->parent < 0 ? NULL : &cpusets[spec->parent],
        .mems = spec->mems,
        .mem_exclusive = spec->mem_exclusive,
        .memory_spread_page = spec->memory_spread_page,
    };
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
