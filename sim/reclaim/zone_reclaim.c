/* SPDX-License-Identifier: MIT */
/* zone_reclaim(): a little work on the local zone, in place of another node's memory. */
#include "reclaim/zone_reclaim.h"

#include "mm/gfp.h"
#include "reclaim/reclaim.h"

enum zone_reclaim_state { ZR_PRIORITY, ZR_SHRINK, ZR_SLAB, ZR_DONE };

enum {
    ZONE_RECLAIM_PRIORITY = 4,
    MIN_UNMAPPED_RATIO = 1, /* percent of the zone */
    MIN_SLAB_RATIO = 5,
    ZONE_RECLAIM_WRITE = 2, /* bits of zone_reclaim_mode */
    ZONE_RECLAIM_SWAP = 4,
};

/* Unsigned as in the kernel: lagging counters make it huge. */
static uint64_t unmapped_file_pages(const struct zone *zone)
{
    return zone_page_state(zone, NR_FILE_PAGES) - zone_page_state(zone, NR_FILE_MAPPED);
}

static uint64_t min_unmapped_pages(const struct zone *zone)
{
    return zone->present_pages * MIN_UNMAPPED_RATIO / 100;
}

static uint64_t min_slab_pages(const struct zone *zone)
{
    return zone->present_pages * MIN_SLAB_RATIO / 100;
}

/* The tests, in the kernel's order; the last takes the zone's lock. */
static bool worth_trying(const struct machine *machine, struct zone *zone, const struct task *task,
                         uint32_t gfp)
{
    if (unmapped_file_pages(zone) <= min_unmapped_pages(zone) &&
        zone_page_state(zone, NR_SLAB_RECLAIMABLE) <= min_slab_pages(zone))
        return false;
    if (zone->flags & ZONE_ALL_UNRECLAIMABLE)
        return false;
    if (!(gfp & GFP_BIT_WAIT) || task->flags & TASK_PF_MEMALLOC)
        return false;
    if (machine->nodes[zone->nid].has_cpus && zone->nid != machine->cpu_nid[task->cpu])
        return false;
    if (zone->flags & ZONE_RECLAIM_LOCKED)
        return false;
    zone->flags |= ZONE_RECLAIM_LOCKED;
    return true;
}

void zone_reclaim_begin(struct zone_reclaim *request, struct reclaim *reclaim, struct task *task,
                        struct zone *zone, unsigned order, uint32_t gfp)
{
    struct machine *machine = reclaim->machine;
    uint32_t nr_pages = UINT32_C(1) << order;

    request->state = ZR_DONE;
    request->ret = false;
    if (!worth_trying(machine, zone, task, gfp))
        return;
    request->sc = (struct scan_control){
        .gfp = gfp,
        .swap_cluster_max = nr_pages > SWAP_CLUSTER_MAX ? nr_pages : SWAP_CLUSTER_MAX,
        .may_writepage = machine->vm.zone_reclaim_mode & ZONE_RECLAIM_WRITE,
        .may_swap = machine->vm.zone_reclaim_mode & ZONE_RECLAIM_SWAP,
    };
    request->zone = zone;
    request->order = order;
    request->nr_reclaimed = 0;
    request->freed = 0;
    request->begin_ns = machine->clock->now_ns;
    task->flags |= TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE;
    task->reclaim_state->reclaimed_slab = 0;
    machine->work.direct_reclaims++;
    request->priority = ZONE_RECLAIM_PRIORITY;
    request->state = unmapped_file_pages(zone) > min_unmapped_pages(zone) ? ZR_PRIORITY : ZR_SLAB;
}

static void begin_priority(struct zone_reclaim *request, struct reclaim *reclaim, struct task *task)
{
    if (request->priority < request->zone->prev_priority)
        request->zone->prev_priority = request->priority;
    shrink_zone_begin(&request->shrink, reclaim, task, request->zone, request->priority,
                      &request->sc);
    request->state = ZR_SHRINK;
}

/* The caches, when the zone holds much of them. */
static void shrink_caches(struct zone_reclaim *request, struct reclaim *reclaim, struct task *task)
{
    const struct zone *zone = request->zone;
    uint64_t nr_pages = UINT64_C(1) << request->order;
    uint64_t before = zone_page_state(zone, NR_SLAB_RECLAIMABLE);

    if (before <= min_slab_pages(zone))
        return;
    while (shrink_slab(reclaim, task, request->sc.nr_scanned, request->sc.gfp, request->order) &&
           zone_page_state(zone, NR_SLAB_RECLAIMABLE) > before - nr_pages)
        ;
    request->nr_reclaimed += before - zone_page_state(zone, NR_SLAB_RECLAIMABLE);
}

static void end(struct zone_reclaim *request, const struct reclaim *reclaim, struct task *task)
{
    task->flags &= ~(uint32_t)(TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE);
    request->zone->flags &= ~(uint32_t)ZONE_RECLAIM_LOCKED;
    request->ret = request->nr_reclaimed >= UINT64_C(1) << request->order;
    request->state = ZR_DONE;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_ZONE_RECLAIM,
                                                  .task = task,
                                                  .zone = request->zone,
                                                  .nid = request->zone->nid,
                                                  .order = request->order,
                                                  .ret = request->ret,
                                                  .scanned = request->sc.nr_scanned,
                                                  .freed = request->freed,
                                                  .begin_ns = request->begin_ns});
}

enum step zone_reclaim_step(struct zone_reclaim *request, struct reclaim *reclaim,
                            struct task *task)
{
    for (;;) {
        switch ((enum zone_reclaim_state)request->state) {
        case ZR_PRIORITY:
            begin_priority(request, reclaim, task);
            break;
        case ZR_SHRINK:
            if (shrink_zone_step(&request->shrink, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            request->nr_reclaimed += request->shrink.nr_reclaimed;
            request->freed += request->shrink.nr_reclaimed;
            request->priority--;
            request->state = request->priority >= 0 && request->nr_reclaimed < UINT64_C(1)
                                                                                   << request->order
                                 ? ZR_PRIORITY
                                 : ZR_SLAB;
            break;
        case ZR_SLAB:
            shrink_caches(request, reclaim, task);
            end(request, reclaim, task);
            break;
        case ZR_DONE:
            return STEP_DONE;
        }
    }
}

enum step reclaim_zone_reclaim(struct machine *machine, struct zone *zone,
                               struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed)
{
    struct reclaim *reclaim = reclaim_of(machine);
    struct zone_reclaim *zone_reclaim = &request->task->reclaim_state->zone_reclaim;

    if (!request->walk.under_way)
        zone_reclaim_begin(zone_reclaim, reclaim, request->task, zone, request->order, gfp);
    if (zone_reclaim_step(zone_reclaim, reclaim, request->task) == STEP_BLOCKED)
        return STEP_BLOCKED;
    *ret_reclaimed = zone_reclaim->ret;
    return STEP_DONE;
}
