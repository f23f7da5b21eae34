/* SPDX-License-Identifier: MIT */
/* What the allocator's slow path waits for: reclaim, congestion, the OOM killer, its turn. */
#include "base/units.h"
#include "reclaim/reclaim.h"

enum step reclaim_try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    struct reclaim *reclaim = reclaim_of(machine);
    struct direct_reclaim *direct = &request->task->reclaim_state->direct;

    if (!request->blocked)
        direct_reclaim_begin(direct, reclaim, request->task, request->zonelist, request->order,
                             request->gfp);
    if (direct_reclaim_step(direct, reclaim, request->task) == STEP_BLOCKED)
        return STEP_BLOCKED;
    request->did_some_progress = direct->ret;
    return STEP_DONE;
}

enum step reclaim_congestion_wait(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout)
{
    struct congestion_sleep *sleep = &request->task->reclaim_state->sleep;

    if (!request->blocked)
        *sleep = (struct congestion_sleep){0};
    return congestion_wait(reclaim_of(machine), request->task, sleep, timeout,
                           STALL_CONGESTION_WAIT);
}

static enum step sleep_jiffies(struct reclaim *reclaim, struct task *task, unsigned timeout)
{
    uint64_t now_ns = reclaim->machine->clock->now_ns;

    task->reclaim_state->sleep_begin_ns = now_ns;
    return task_sleep(task, STALL_OOM, now_ns + timeout * (NSEC_PER_SEC / reclaim->machine->hz),
                      NULL);
}

static void sleep_over(const struct reclaim *reclaim, const struct task *task, unsigned timeout)
{
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_SLEEP,
                                                  .task = task,
                                                  .timeout = timeout,
                                                  .begin_ns = task->reclaim_state->sleep_begin_ns});
}

/* Kernel: kernel/timer.c schedule_timeout_uninterruptible() [2.6.24] */
enum step reclaim_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                   unsigned timeout)
{
    if (!request->blocked)
        return sleep_jiffies(reclaim_of(machine), request->task, timeout);
    sleep_over(reclaim_of(machine), request->task, timeout);
    return STEP_DONE;
}

/* Kernel: kernel/sched.c cond_resched() [2.6.24] */
enum step reclaim_cond_resched(struct machine *machine, struct alloc_request *request)
{
    const struct reclaim *reclaim = reclaim_of(machine);

    if (request->blocked || !reclaim->owner.need_resched(reclaim->owner.context, request->cpu))
        return STEP_DONE;
    return task_yield(request->task, STALL_RESCHED);
}

/*
 * Whoever was not chosen gives the victim a moment. Nobody left to kill is told and then treated as
 * a victim that does not die; the owner decides whether that is the end.
 * Kernel: mm/oom_kill.c out_of_memory() [2.6.24]
 */
enum step reclaim_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    struct reclaim *reclaim = reclaim_of(machine);
    struct task *task = request->task;

    if (request->blocked) {
        sleep_over(reclaim, task, 1);
        return STEP_DONE;
    }
    machine->work.ooms++;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_OOM,
                                                  .task = task,
                                                  .order = request->order,
                                                  .gfp = request->gfp});
    if (!oom_kill_somebody(reclaim, request))
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_OOM_PANIC, .task = task});
    if (task->flags & TASK_TIF_MEMDIE)
        return STEP_DONE;
    return sleep_jiffies(reclaim, task, 1);
}
