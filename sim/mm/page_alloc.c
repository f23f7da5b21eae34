/* SPDX-License-Identifier: MIT */
/* The public page API around the generation's hot paths. */
#include "mm/page_alloc.h"

#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "mm/page_alloc_fast.h"
#include "mm/pcp_hotcold.h"

void bad_page(struct machine *machine, uint32_t pfn)
{
    struct frame *frame = &machine->frame_table.frames[pfn];

    machine->bad_pages++;
    if (machine->observer && machine->observer->bad_page)
        machine->observer->bad_page(machine->observer->context, (pfn_t){pfn}, frame->flags);
    frame->flags &= PG_reserved;
    frame->count = 0;
    frame->mapcount = 0;
}

bool free_bad_page(struct machine *machine, uint32_t pfn, unsigned cpu, unsigned cold)
{
    bad_page(machine, pfn);
    return !(machine->frame_table.frames[pfn].flags & PG_reserved) &&
           machine->ops->free_hot_cold_page(machine, (pfn_t){pfn}, cpu, cold);
}

bool free_bad_pages_ok(struct machine *machine, uint32_t pfn, unsigned order, unsigned cpu)
{
    bad_page(machine, pfn);
    return !(machine->frame_table.frames[pfn].flags & PG_reserved) &&
           machine->ops->free_pages_ok(machine, (pfn_t){pfn}, order, cpu);
}

/* Member by member: clearing it as a whole costs more than a tenth of an allocation. */
SIM_ALWAYS_INLINE void init_request(struct alloc_request *request, struct task *task, uint32_t gfp,
                                    unsigned order, struct zonelist *zonelist, uint32_t nid,
                                    unsigned index)
{
    request->gfp = gfp;
    request->order = order;
    request->cpu = task->cpu;
    request->task = task;
    request->zonelist = zonelist;
    request->zonelist_nid = (uint16_t)nid;
    request->zonelist_index = (uint8_t)index;
    request->interleave = false;
    request->by_policy = false;
    request->state = ALLOC_RESTART;
    request->blocked = false;
    request->oom_locked = false;
    request->walk = (struct zonelist_walk){0};
    request->entered_slow_path = false;
    request->alloc_flags = 0;
    request->slow_alloc_flags = 0;
    request->did_some_progress = 0;
    request->refusals = NULL;
    request->max_refusals = 0;
    request->nr_refusals = 0;
    request->nr_direct_reclaims = 0;
    request->nr_congestion_waits = 0;
    request->nr_ooms = 0;
    request->page = PFN_NONE;
}

static __attribute__((noinline)) void
init_by_policy(struct alloc_request *request, const struct machine *machine, struct task *task,
               uint32_t gfp, unsigned order, const struct policy_choice *choice)
{
    init_request(request, task, gfp, order, choice->zonelist, choice->nid, gfp_zone(machine, gfp));
    request->interleave = choice->interleave;
    request->by_policy = task->cpuset || choice->interleave || choice->zonelist->is_custom;
}

/* Of a task that has a policy or a cpuset. */
static __attribute__((noinline)) void init_of_task(struct alloc_request *request,
                                                   struct machine *machine, struct task *task,
                                                   uint32_t gfp, unsigned order, int nid)
{
    unsigned list_nid = nid < 0 ? machine->cpu_nid[task->cpu] : (unsigned)nid;
    struct policy_choice choice = {&machine->nodes[list_nid].zonelists[gfp_zone(machine, gfp)],
                                   (uint16_t)list_nid, false};

    /* An order that fails at once takes no turn of MPOL_INTERLEAVE. */
    if (task->mempolicy && nid < 0 && order < MAX_ORDER)
        choice = mempolicy_choose(machine, task, gfp);
    init_by_policy(request, machine, task, gfp, order, &choice);
}

void alloc_request_init(struct alloc_request *request, struct machine *machine, struct task *task,
                        uint32_t gfp, unsigned order, int nid)
{
    uint32_t list_nid = nid < 0 ? machine->cpu_nid[task->cpu] : (uint32_t)nid;
    unsigned index = gfp_zone(machine, gfp);

    SIM_ASSERT(list_nid < machine->nr_nodes && machine->nodes[list_nid].online);
    if (SIM_UNLIKELY(task->mempolicy || task->cpuset))
        init_of_task(request, machine, task, gfp, order, nid);
    else
        init_request(request, task, gfp, order, &machine->nodes[list_nid].zonelists[index],
                     list_nid, index);
}

void alloc_request_init_vma(struct alloc_request *request, struct machine *machine,
                            struct task *task, uint32_t gfp, const struct policy_area *area)
{
    if (SIM_UNLIKELY(area && (area->policy || task->mempolicy))) {
        struct policy_choice choice = mempolicy_choose_vma(machine, task, gfp, area);

        init_by_policy(request, machine, task, gfp, 0, &choice);
    } else {
        alloc_request_init(request, machine, task, gfp, 0, -1);
    }
}

enum zone_admission zone_admission(const struct machine *machine,
                                   const struct alloc_request *request, uint32_t gfp,
                                   uint32_t alloc_flags, const struct zone *zone, bool cache_active)
{
    const struct task *task = request->task;

    if (request->zonelist->is_custom && zone->index > gfp_zone(machine, gfp))
        return ZONE_PASSED_OVER;
    if (!(alloc_flags & ALLOC_CPUSET))
        return ZONE_ADMITTED;
    /* The cache of full zones knows the cpuset alone, not who may leave it. */
    if (cache_active && request->zonelist->has_cache && !(task->flags & TASK_IN_INTERRUPT) &&
        !node_isset(zone->nid, task_mems_allowed(task)))
        return ZONE_PASSED_OVER;
    return cpuset_zone_allowed_softwall(task, zone, gfp) ? ZONE_ADMITTED : ZONE_OUT_OF_CPUSET;
}

void drain_local_pages(struct machine *machine, unsigned cpu)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        struct zone *zone = &machine->zones[id];

        if (!zone_populated(zone))
            continue;
        for (unsigned cold = 0; cold < NR_PCP_LISTS; cold++) {
            struct per_cpu_pages *pcp = &zone->pageset[cpu].pcp[cold];

            /* Flushed even when empty: the kernel clears the zone's scan state all the same. */
            pcp_flush(machine, zone, pcp, pcp->count, cpu);
            machine->work.drained_lists++;
        }
    }
}

void drain_all_local_pages(struct machine *machine, unsigned cpu)
{
    drain_local_pages(machine, cpu);
    for (uint32_t other = 0; other < machine->nr_cpus; other++)
        if (other != cpu)
            drain_local_pages(machine, other);
}
