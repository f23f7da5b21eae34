/* SPDX-License-Identifier: MIT */
/* Reclaim without anything to reclaim: the waits are real, the pages are not there. */
#include "reclaim/reclaim.h"

#include "base/units.h"
#include "reclaim/kswapd.h"

static const struct reclaim_context *context_of(const struct machine *machine)
{
    return machine->ops_context;
}

/* Blocks the first time it is asked, for duration_ns; done when asked again. */
static enum step sleep_once(const struct machine *machine, struct alloc_request *request,
                            uint64_t duration_ns)
{
    if (request->blocked || duration_ns == 0)
        return STEP_DONE;
    request->wake_ns = machine->clock->now_ns + duration_ns;
    return STEP_BLOCKED;
}

static uint64_t jiffies_to_ns(const struct machine *machine, unsigned jiffies)
{
    return jiffies * (NSEC_PER_SEC / machine->hz);
}

void reclaim_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order)
{
    const struct reclaim_context *context = context_of(machine);

    if (kswapd_wakeup(machine, zone, order))
        context->kswapd_woken(context->context, zone->nid);
}

bool reclaim_zone_reclaim(struct machine *machine, struct zone *zone,
                          const struct alloc_request *request, uint32_t gfp)
{
    (void)machine;
    (void)zone;
    (void)request;
    (void)gfp;
    return false; /* Kernel: mm/vmscan.c zone_reclaim() [2.6.24]: below min_unmapped_pages */
}

enum step reclaim_cond_resched(struct machine *machine, struct alloc_request *request)
{
    const struct reclaim_context *context = context_of(machine);

    if (request->blocked || !context->need_resched(context->context, request))
        return STEP_DONE;
    request->wake_ns = machine->clock->now_ns;
    return STEP_BLOCKED;
}

enum step reclaim_try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    if (!request->blocked)
        machine->vm_events[ALLOCSTALL]++;
    request->did_some_progress = 0;
    return sleep_once(machine, request, context_of(machine)->direct_reclaim_ns);
}

enum step reclaim_congestion_wait(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout)
{
    return sleep_once(machine, request, jiffies_to_ns(machine, timeout));
}

enum step reclaim_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                   unsigned timeout)
{
    return sleep_once(machine, request, jiffies_to_ns(machine, timeout));
}

enum step reclaim_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    const struct reclaim_context *context = context_of(machine);

    if (!request->blocked) {
        request->task->flags |= TASK_TIF_MEMDIE;
        context->oom_kill(context->context, request);
    }
    return sleep_once(machine, request, context->out_of_memory_ns);
}
