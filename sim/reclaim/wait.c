/* SPDX-License-Identifier: MIT */
/* The places where an allocation sleeps without reclaiming: congestion, timeouts, preemption. */
#include "base/units.h"
#include "reclaim/reclaim.h"

static enum step sleep_jiffies(struct machine *machine, struct alloc_request *request,
                               unsigned timeout)
{
    if (request->blocked)
        return STEP_DONE;
    request->wake_ns = machine->clock->now_ns + timeout * (NSEC_PER_SEC / machine->hz);
    reclaim_context(machine)->blocked_on_cpu = false;
    return STEP_BLOCKED;
}

/*
 * No write is in flight that could end the wait before its time.
 * Kernel: mm/backing-dev.c congestion_wait() [2.6.24]
 */
enum step reclaim_congestion_wait(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout)
{
    return sleep_jiffies(machine, request, timeout);
}

/* Kernel: kernel/timer.c schedule_timeout_uninterruptible() [2.6.24] */
enum step reclaim_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                   unsigned timeout)
{
    return sleep_jiffies(machine, request, timeout);
}

/* Kernel: kernel/sched.c cond_resched() [2.6.24] */
enum step reclaim_cond_resched(struct machine *machine, struct alloc_request *request)
{
    struct reclaim_context *context = reclaim_context(machine);

    if (request->blocked || !context->need_resched(context->owner, request->cpu))
        return STEP_DONE;
    request->wake_ns = machine->clock->now_ns;
    context->blocked_on_cpu = false;
    return STEP_BLOCKED;
}
