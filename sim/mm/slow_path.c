/* SPDX-License-Identifier: MIT */
/* __alloc_pages() as a state machine: every place where the kernel may sleep is a state. */
#include "mm/alloc_failure.h"
#include "mm/page_alloc.h"
#include "mm/zonelist.h"

/*
 * Kernel: mm/page_alloc.c __alloc_pages() [2.6.24]. One function per state; each names the next
 * state or, when an operation blocks, leaves the state as it is so that it is asked again.
 */

static unsigned jiffies_hz_50(const struct machine *machine)
{
    return machine->hz / 50;
}

static bool may_wait(const struct alloc_request *request)
{
    return request->gfp & GFP_BIT_WAIT;
}

static bool task_has(const struct alloc_request *request, uint32_t flags)
{
    return request->task->flags & flags;
}

/* Notes now what later reclaim and drains would blur. */
static void note_refusals(const struct machine *machine, struct alloc_request *request)
{
    unsigned count;

    if (!request->refusals)
        return;
    count = alloc_explain(machine, request, request->refusals, request->max_refusals);
    request->nr_refusals =
        (uint16_t)(count < request->max_refusals ? count : request->max_refusals);
}

/* One walk, or its rest; `next` is where a walk that is over leads when it brought no page. */
static enum step walk(struct machine *machine, struct alloc_request *request, uint32_t gfp,
                      uint32_t alloc_flags, enum alloc_state next, enum alloc_state *ret_next)
{
    request->alloc_flags = alloc_flags;
    if (SIM_UNLIKELY(machine->ops->get_page_from_freelist(machine, request, gfp, alloc_flags) ==
                     STEP_BLOCKED))
        return STEP_BLOCKED;
    *ret_next = ALLOC_GOT_PG;
    if (SIM_UNLIKELY(pfn_is_none(request->page))) {
        note_refusals(machine, request);
        *ret_next = next;
    }
    return STEP_DONE;
}

/* Kernel: mm/oom_kill.c try_set_zone_oom() [2.6.24] */
static bool try_set_zone_oom(struct machine *machine, struct alloc_request *request)
{
    const struct zonelist *zonelist = request->zonelist;

    for (unsigned i = 0; i < zonelist->length; i++)
        if (machine->zones[zonelist->zones[i]].flags & ZONE_OOM_LOCKED)
            return false;
    for (unsigned i = 0; i < zonelist->length; i++)
        machine->zones[zonelist->zones[i]].flags |= ZONE_OOM_LOCKED;
    request->oom_locked = true;
    return true;
}

/* Kernel: mm/oom_kill.c clear_zonelist_oom() [2.6.24] */
static void clear_zonelist_oom(struct machine *machine, struct alloc_request *request)
{
    const struct zonelist *zonelist = request->zonelist;

    if (!request->oom_locked)
        return;
    for (unsigned i = 0; i < zonelist->length; i++)
        machine->zones[zonelist->zones[i]].flags &= ~(uint32_t)ZONE_OOM_LOCKED;
    request->oom_locked = false;
}

static uint32_t slow_alloc_flags(const struct alloc_request *request)
{
    uint32_t flags = ALLOC_WMARK_MIN;

    if ((task_has(request, TASK_RT) && !task_has(request, TASK_IN_INTERRUPT)) || !may_wait(request))
        flags |= ALLOC_HARDER;
    if (request->gfp & GFP_BIT_HIGH)
        flags |= ALLOC_HIGH;
    if (may_wait(request))
        flags |= ALLOC_CPUSET;
    return flags;
}

static enum step restart(struct machine *machine, struct alloc_request *request,
                         enum alloc_state *ret_next)
{
    if (request->zonelist->length == 0) {
        *ret_next = ALLOC_NOPAGE; /* __GFP_THISNODE on a node without memory */
        return STEP_DONE;
    }
    return walk(machine, request, request->gfp | GFP_BIT_HARDWALL, ALLOC_WMARK_LOW | ALLOC_CPUSET,
                ALLOC_WAKE_KSWAPD, ret_next);
}

static enum alloc_state wake_kswapd(struct machine *machine, struct alloc_request *request)
{
    const struct zonelist *zonelist = request->zonelist;

    request->entered_slow_path = true;
    /* Whoever asks for nothing but this node wants to try elsewhere rather than reclaim. */
    if (machine->numa && (request->gfp & GFP_THISNODE) == GFP_THISNODE)
        return ALLOC_NOPAGE;
    for (unsigned i = 0; i < zonelist->length; i++)
        machine->ops->wakeup_kswapd(machine, &machine->zones[zonelist->zones[i]], request->order,
                                    request->task);
    request->slow_alloc_flags = slow_alloc_flags(request);
    return ALLOC_SLOW_WALK;
}

static enum alloc_state rebalance(struct alloc_request *request)
{
    if (task_has(request, TASK_PF_MEMALLOC | TASK_TIF_MEMDIE) &&
        !task_has(request, TASK_IN_INTERRUPT))
        return request->gfp & GFP_BIT_NOMEMALLOC ? ALLOC_NOPAGE : ALLOC_NOFAIL_ALLOC;
    return may_wait(request) ? ALLOC_RESCHED : ALLOC_NOPAGE;
}

static enum step nofail_alloc(struct machine *machine, struct alloc_request *request,
                              enum alloc_state *ret_next)
{
    return walk(machine, request, request->gfp, ALLOC_NO_WATERMARKS,
                request->gfp & GFP_BIT_NOFAIL ? ALLOC_NOFAIL_WAIT : ALLOC_NOPAGE, ret_next);
}

/* Whether a request that reclaim did not help goes round again. */
static enum alloc_state retry(const struct alloc_request *request)
{
    if (!(request->gfp & GFP_BIT_NORETRY) && (request->order <= PAGE_ALLOC_COSTLY_ORDER ||
                                              request->gfp & (GFP_BIT_REPEAT | GFP_BIT_NOFAIL)))
        return ALLOC_RETRY_WAIT;
    return ALLOC_NOPAGE;
}

/* What follows a direct reclaim that is over. */
static enum alloc_state reclaimed(struct machine *machine, struct alloc_request *request)
{
    if (request->order != 0)
        drain_all_local_pages(machine, request->cpu);
    if (request->did_some_progress)
        return ALLOC_RECLAIMED_WALK;
    if (request->gfp & GFP_BIT_FS && !(request->gfp & GFP_BIT_NORETRY))
        return ALLOC_OOM_LOCK;
    return retry(request);
}

/* The last look before the OOM killer: the mark is high, to see only what another kill freed. */
static enum step oom_walk(struct machine *machine, struct alloc_request *request,
                          enum alloc_state *ret_next)
{
    enum step step = walk(machine, request, request->gfp | GFP_BIT_HARDWALL,
                          ALLOC_WMARK_HIGH | ALLOC_CPUSET, ALLOC_OOM, ret_next);

    if (step == STEP_BLOCKED)
        return step;
    /* Killing would not make large blocks. */
    if (*ret_next == ALLOC_OOM && request->order > PAGE_ALLOC_COSTLY_ORDER)
        *ret_next = ALLOC_NOPAGE;
    if (*ret_next != ALLOC_OOM)
        clear_zonelist_oom(machine, request);
    return STEP_DONE;
}

static enum step direct_reclaim(struct machine *machine, struct alloc_request *request)
{
    enum step step;

    if (!request->blocked) {
        request->nr_direct_reclaims++;
        request->task->flags |= TASK_PF_MEMALLOC;
    }
    step = machine->ops->try_to_free_pages(machine, request);
    if (step == STEP_DONE)
        request->task->flags &= ~(uint32_t)TASK_PF_MEMALLOC;
    return step;
}

static enum step wait_congested(struct machine *machine, struct alloc_request *request)
{
    if (!request->blocked)
        request->nr_congestion_waits++;
    return machine->ops->congestion_wait(machine, request, jiffies_hz_50(machine));
}

static enum step out_of_memory(struct machine *machine, struct alloc_request *request)
{
    enum step step;

    if (!request->blocked)
        request->nr_ooms++;
    step = machine->ops->out_of_memory(machine, request);
    if (step == STEP_DONE)
        clear_zonelist_oom(machine, request);
    return step;
}

/* The states in which an operation may block, and where each leads. */
static enum step blocking_state(struct machine *machine, struct alloc_request *request,
                                enum alloc_state *ret_next)
{
    const struct kernel_ops *ops = machine->ops;

    switch ((enum alloc_state)request->state) {
    case ALLOC_RESTART:
        return restart(machine, request, ret_next);
    case ALLOC_SLOW_WALK:
        return walk(machine, request, request->gfp, request->slow_alloc_flags, ALLOC_REBALANCE,
                    ret_next);
    case ALLOC_NOFAIL_ALLOC:
        return nofail_alloc(machine, request, ret_next);
    case ALLOC_NOFAIL_WAIT:
        *ret_next = ALLOC_NOFAIL_ALLOC;
        return wait_congested(machine, request);
    case ALLOC_RESCHED:
        *ret_next = ALLOC_RECLAIM;
        return ops->cond_resched(machine, request);
    case ALLOC_RECLAIM:
        *ret_next = ALLOC_RECLAIM_RESCHED;
        return direct_reclaim(machine, request);
    case ALLOC_RECLAIM_RESCHED:
        *ret_next = ALLOC_RECLAIMED;
        return ops->cond_resched(machine, request);
    case ALLOC_RECLAIMED_WALK:
        return walk(machine, request, request->gfp, request->slow_alloc_flags, retry(request),
                    ret_next);
    case ALLOC_OOM_WALK:
        return oom_walk(machine, request, ret_next);
    case ALLOC_OOM_BACKOFF:
        *ret_next = ALLOC_RESTART;
        return ops->schedule_timeout(machine, request, 1);
    case ALLOC_OOM:
        *ret_next = ALLOC_RESTART;
        return out_of_memory(machine, request);
    case ALLOC_RETRY_WAIT:
        *ret_next = ALLOC_REBALANCE;
        return wait_congested(machine, request);
    default:
        SIM_ASSERT(!"a state that cannot block");
        return STEP_DONE;
    }
}

enum step alloc_request_step(struct machine *machine, struct alloc_request *request)
{
    enum alloc_state next = ALLOC_NOPAGE;

    if (SIM_UNLIKELY(request->order >= MAX_ORDER)) {
        note_refusals(machine, request);
        return STEP_DONE;
    }
    for (;;) {
        switch ((enum alloc_state)request->state) {
        case ALLOC_WAKE_KSWAPD:
            next = wake_kswapd(machine, request);
            break;
        case ALLOC_REBALANCE:
            next = rebalance(request);
            break;
        case ALLOC_RECLAIMED:
            next = reclaimed(machine, request);
            break;
        case ALLOC_OOM_LOCK:
            next = try_set_zone_oom(machine, request) ? ALLOC_OOM_WALK : ALLOC_OOM_BACKOFF;
            break;
        case ALLOC_NOPAGE:
        case ALLOC_GOT_PG:
            return STEP_DONE;
        default:
            request->blocked = blocking_state(machine, request, &next) == STEP_BLOCKED;
            if (SIM_UNLIKELY(request->blocked))
                return STEP_BLOCKED;
            break;
        }
        request->state = (uint8_t)next;
    }
}

void alloc_request_abandon(struct machine *machine, struct alloc_request *request)
{
    if (request->state == ALLOC_RECLAIM)
        request->task->flags &= ~(uint32_t)TASK_PF_MEMALLOC;
    clear_zonelist_oom(machine, request);
    request->blocked = false;
    request->walk = (struct zonelist_walk){0};
    request->page = PFN_NONE;
    request->state = ALLOC_NOPAGE;
}
