/* SPDX-License-Identifier: MIT */
/* What the policies of tasks and regions make of an allocation. */
#include "mm/mempolicy.h"

#include <stdlib.h>

#include "mm/cpuset.h"
#include "mm/zonelist.h"

const char *mpol_mode_name(enum mpol_mode mode)
{
    static const char *const names[NR_MPOL_MODES] = {
        [MPOL_DEFAULT] = "default",
        [MPOL_PREFERRED] = "preferred",
        [MPOL_BIND] = "bind",
        [MPOL_INTERLEAVE] = "interleave",
    };

    return names[mode];
}

nodemask machine_memory_nodes(const struct machine *machine)
{
    nodemask nodes = 0;

    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++)
        if (machine->nodes[nid].present_pages)
            nodes |= node_bit(nid);
    return nodes;
}

/* ---- making ---- */

bool mpol_check_policy(enum mpol_mode mode, nodemask nodes, nodemask memory_nodes)
{
    if (mode == MPOL_DEFAULT ? nodes != 0 : !nodes && mode != MPOL_PREFERRED)
        return false;
    return !(nodes & ~memory_nodes);
}

/* Kernel: mm/mempolicy.c bind_zonelist() [2.6.24] */
static void bind_zonelist(struct zonelist *zonelist, const struct machine *machine, nodemask nodes)
{
    *zonelist = (struct zonelist){.is_custom = true};
    for (unsigned index = MAX_NR_ZONES; index-- > 0;) {
        for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
            const struct zone *zone = &machine->zones[nid * MAX_NR_ZONES + index];

            if (node_isset(nid, nodes) && zone_populated(zone))
                zonelist->zones[zonelist->length++] = zone->id;
        }
    }
}

/* NULL: no host memory. Kernel: mm/mempolicy.c mpol_new() [2.6.24] */
static struct mempolicy *mpol_new(const struct machine *machine, const struct mempolicy_spec *spec)
{
    struct mempolicy *policy = malloc(sizeof(*policy));

    if (!policy)
        return NULL;
    *policy = (struct mempolicy){.mode = spec->mode, .preferred_node = -1, .nodes = spec->nodes};
    if (spec->mode == MPOL_PREFERRED && spec->nodes)
        policy->preferred_node = (int8_t)first_node(spec->nodes);
    if (spec->mode == MPOL_BIND)
        bind_zonelist(&policy->zonelist, machine, spec->nodes);
    return policy;
}

/* The same policy is made once. NULL: no host memory. */
static struct mempolicy *find_or_make(struct machine *machine, const struct mempolicy_spec *spec)
{
    struct mempolicy *policy;

    for (size_t i = 0; i < machine->policies.count; i++) {
        policy = machine->policies.items[i];
        if (policy->mode == spec->mode && policy->nodes == spec->nodes)
            return policy;
    }
    policy = mpol_new(machine, spec);
    if (policy && !vec_push(&machine->policies, policy)) {
        free(policy);
        return NULL;
    }
    return policy;
}

void mempolicies_free(struct machine *machine)
{
    for (size_t i = 0; i < machine->policies.count; i++)
        free(machine->policies.items[i]);
    vec_fini(&machine->policies);
}

/* A policy that is wanted; NULL and MPOL_OK: the default. */
static enum mpol_result find_policy(struct machine *machine, const struct mempolicy_spec *spec,
                                    struct mempolicy **ret_policy)
{
    struct mempolicy *policy;

    if (!machine->numa ||
        !mpol_check_policy((enum mpol_mode)spec->mode, spec->nodes, machine_memory_nodes(machine)))
        return MPOL_EINVAL;
    *ret_policy = NULL;
    if (spec->mode == MPOL_DEFAULT)
        return MPOL_OK;
    policy = find_or_make(machine, spec);
    if (!policy)
        return MPOL_NO_HOST_MEMORY;
    if (policy->mode == MPOL_BIND && policy->zonelist.length == 0)
        return MPOL_EINVAL; /* nodes that are all memmap */
    *ret_policy = policy;
    return MPOL_OK;
}

enum mpol_result set_mempolicy(struct machine *machine, struct task *task,
                               const struct mempolicy_spec *spec)
{
    struct mempolicy *policy;
    enum mpol_result result;

    if (spec->nodes & ~task_mems_allowed(task))
        return MPOL_EINVAL;
    result = find_policy(machine, spec, &policy);
    if (result != MPOL_OK)
        return result;
    task->mempolicy = policy;
    if (policy && policy->mode == MPOL_INTERLEAVE)
        task->il_next = first_node(policy->nodes);
    return MPOL_OK;
}

enum mpol_result mbind_policy(struct machine *machine, const struct task *task,
                              const struct mempolicy_spec *spec, struct mempolicy **ret_policy)
{
    const struct mempolicy_spec allowed = {spec->mode, spec->nodes & task_mems_allowed(task)};

    return find_policy(machine, &allowed, ret_policy);
}

/* ---- using ---- */

static struct policy_choice node_choice(struct machine *machine, unsigned nid, uint32_t gfp,
                                        bool interleave)
{
    return (struct policy_choice){
        .zonelist = &machine->nodes[nid].zonelists[gfp_zone(machine, gfp)],
        .nid = (uint16_t)nid,
        .interleave = interleave,
    };
}

/* Of all policies but INTERLEAVE. Kernel: mm/mempolicy.c zonelist_policy() [2.6.24] */
static struct policy_choice zonelist_policy(struct machine *machine, const struct task *task,
                                            uint32_t gfp, struct mempolicy *policy)
{
    unsigned nid = machine->cpu_nid[task->cpu];

    if (policy && policy->mode == MPOL_PREFERRED && policy->preferred_node >= 0)
        nid = (unsigned)policy->preferred_node;
    /* Who needs low zones gets them anywhere. */
    if (policy && policy->mode == MPOL_BIND && gfp_zone(machine, gfp) >= machine->policy_zone &&
        cpuset_zonelist_valid_mems_allowed(machine, &policy->zonelist, task))
        return (struct policy_choice){
            .zonelist = &policy->zonelist,
            .nid = machine->zones[policy->zonelist.zones[0]].nid,
        };
    return node_choice(machine, nid, gfp, false);
}

/* Kernel: mm/mempolicy.c interleave_nodes() [2.6.24] */
static unsigned interleave_nodes(struct task *task, const struct mempolicy *policy)
{
    unsigned nid = task->il_next;

    task->il_next = next_node_around(nid, policy->nodes);
    return nid;
}

/* Kernel: mm/mempolicy.c offset_il_node() [2.6.24] */
static unsigned offset_il_node(const struct mempolicy *policy, uint64_t page)
{
    /* The kernel's offset is an unsigned int here. */
    unsigned target = (uint32_t)page % nodes_weight(policy->nodes);
    nodemask rest = policy->nodes;

    while (target-- > 0)
        rest &= rest - 1;
    return first_node(rest);
}

struct policy_choice mempolicy_choose(struct machine *machine, struct task *task, uint32_t gfp)
{
    struct mempolicy *policy = task->mempolicy;

    if (task->flags & TASK_IN_INTERRUPT || gfp & GFP_BIT_THISNODE)
        policy = NULL;
    if (policy && policy->mode == MPOL_INTERLEAVE)
        return node_choice(machine, interleave_nodes(task, policy), gfp, true);
    return zonelist_policy(machine, task, gfp, policy);
}

struct policy_choice mempolicy_choose_vma(struct machine *machine, const struct task *task,
                                          uint32_t gfp, const struct policy_area *area)
{
    struct mempolicy *policy = area->policy ? area->policy : task->mempolicy;

    if (policy && policy->mode == MPOL_INTERLEAVE)
        return node_choice(machine, offset_il_node(policy, area->page), gfp, true);
    return zonelist_policy(machine, task, gfp, policy);
}

unsigned slab_node(const struct machine *machine, struct task *task)
{
    const struct mempolicy *policy = task->mempolicy;

    if (policy && policy->mode == MPOL_INTERLEAVE)
        return interleave_nodes(task, policy);
    if (policy && policy->mode == MPOL_BIND)
        return machine->zones[policy->zonelist.zones[0]].nid;
    if (policy && policy->mode == MPOL_PREFERRED && policy->preferred_node >= 0)
        return (unsigned)policy->preferred_node;
    return machine->cpu_nid[task->cpu];
}
