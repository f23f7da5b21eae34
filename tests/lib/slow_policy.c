/* SPDX-License-Identifier: MIT */
/* The slow model's memory policies and cpusets: nodes as rows of flags, walked one by one. */
#include "lib/slow_mm.h"
#include "mm/gfp.h"

bool slow_cpuset_allows(const struct slow_mm *mm, const struct slow_zone *zone, uint32_t gfp,
                        bool softwall)
{
    const struct slow_cpuset *cpuset = mm->cpuset;

    if (mm->task & SLOW_IN_INTERRUPT)
        return true;
    if (gfp & GFP_BIT_THISNODE)
        return true;
    if (!cpuset || cpuset->mems[zone->nid])
        return true;
    if (mm->task & SLOW_TIF_MEMDIE)
        return true;
    if (!softwall || (gfp & GFP_BIT_HARDWALL))
        return false;
    while (cpuset && !cpuset->exclusive)
        cpuset = cpuset->parent;
    return !cpuset || cpuset->mems[zone->nid];
}

void slow_policy_init(struct slow_policy *policy, struct slow_mm *mm, enum slow_policy_mode mode,
                      const bool nodes[NODES_MAX])
{
    unsigned end = 0;

    *policy = (struct slow_policy){.mode = mode, .preferred = -1};
    policy->bind.custom = true;
    for (unsigned n = NODES_MAX; n-- > 0;) {
        policy->nodes[n] = nodes[n];
        if (nodes[n])
            policy->preferred = (int)n;
    }
    for (int index = MAX_NR_ZONES - 1; index >= 0; index--)
        for (unsigned n = 0; n < NODES_MAX; n++)
            if (nodes[n] && mm->zones[n][index].present > 0)
                policy->bind.zones[end++] = &mm->zones[n][index];
}

static unsigned highest_zone(const struct slow_mm *mm)
{
    for (unsigned index = MAX_NR_ZONES - 1; index-- > 0;)
        for (unsigned n = 0; n < NODES_MAX; n++)
            if (mm->zones[n][index].present > 0)
                return index;
    return 0;
}

static bool any_allowed(const struct slow_mm *mm, const struct slow_zonelist *list)
{
    for (unsigned i = 0; list->zones[i]; i++)
        if (!mm->cpuset || mm->cpuset->mems[list->zones[i]->nid])
            return true;
    return false;
}

/* Where `nid` is the node of a default policy. */
static struct slow_zonelist *policy_list(struct slow_mm *mm, struct slow_policy *policy,
                                         unsigned nid, uint32_t gfp)
{
    unsigned index = slow_gfp_zone(mm, gfp);

    if (policy && policy->mode == SLOW_PREFERRED && policy->preferred >= 0)
        nid = (unsigned)policy->preferred;
    if (policy && policy->mode == SLOW_BIND && index >= highest_zone(mm) &&
        any_allowed(mm, &policy->bind))
        return &policy->bind;
    return &mm->nodes[nid].zonelists[index];
}

static enum slow_result interleave(struct slow_mm *mm, unsigned nid, unsigned cpu, unsigned task,
                                   uint32_t gfp, unsigned order, uint32_t *ret_pfn)
{
    struct slow_zonelist *list = &mm->nodes[nid].zonelists[slow_gfp_zone(mm, gfp)];
    enum slow_result result = slow_alloc_on(mm, list, cpu, task, gfp, order, ret_pfn);

    if (result == SLOW_PAGE && mm->pages[*ret_pfn].zone == list->zones[0])
        list->zones[0]->interleave_hits++;
    return result;
}

enum slow_result slow_alloc_current(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                                    unsigned order, struct slow_policy *policy, unsigned *il_next,
                                    uint32_t *ret_pfn)
{
    unsigned nid = *il_next;

    if (order >= MAX_ORDER)
        return SLOW_FAIL;
    if ((task & SLOW_IN_INTERRUPT) || (gfp & GFP_BIT_THISNODE))
        policy = NULL;
    if (!policy || policy->mode != SLOW_INTERLEAVE)
        return slow_alloc_on(mm, policy_list(mm, policy, mm->cpu_nid[cpu], gfp), cpu, task, gfp,
                             order, ret_pfn);
    do
        *il_next = (*il_next + 1) % NODES_MAX;
    while (!policy->nodes[*il_next]);
    return interleave(mm, nid, cpu, task, gfp, order, ret_pfn);
}

enum slow_result slow_alloc_vma(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                                struct slow_policy *policy, uint64_t offset, uint32_t *ret_pfn)
{
    unsigned count = 0;
    unsigned nid = 0;

    if (!policy || policy->mode != SLOW_INTERLEAVE)
        return slow_alloc_on(mm, policy_list(mm, policy, mm->cpu_nid[cpu], gfp), cpu, task, gfp, 0,
                             ret_pfn);
    for (unsigned n = 0; n < NODES_MAX; n++)
        count += policy->nodes[n];
    for (uint64_t steps = offset % count + 1; steps > 0; nid++)
        steps -= policy->nodes[nid];
    return interleave(mm, nid - 1, cpu, task, gfp, 0, ret_pfn);
}
