/* SPDX-License-Identifier: MIT */
/* The callbacks of reclaim. */
#include "run/owner.h"

#include "run/kthread.h"
#include "run/scheduler.h"

static bool need_resched(void *context, unsigned cpu)
{
    return scheduler_need_resched(context, cpu);
}

static void timer(void *context, enum reclaim_timer kind, uint32_t arg, uint64_t at_ns)
{
    struct simulation *sim = context;

    SIM_ASSERT(at_ns >= sim->clock.now_ns);
    simulation_schedule(sim, at_ns, kind == RECLAIM_TIMER_DEVICE ? EVENT_DEVICE : EVENT_KUPDATE,
                        arg);
}

static void wake(void *context, struct task *task)
{
    struct simulation *sim = context;

    scheduler_wake(sim, simulation_task(sim, task->id));
}

static void kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    kthread_wake(context, kind, arg);
}

/*
 * SIGKILL. The victim ends when the operation it is in is over. One that has nothing to do, or only
 * sleeps to keep to a rate, ends as soon as it has its CPU; other sleeps are uninterruptible.
 */
static void kill(void *context, struct process *victim, bool memdie)
{
    struct simulation *sim = context;
    struct run_task *task = simulation_task(sim, victim->task->id);

    sim->stats.oom_kills += memdie;
    simulation_task_stats(sim, task)->oom_killed = true;
    victim->sigkill = true;
    if (task->killed)
        return;
    task->killed = true;
    if (task->state == RUN_TASK_BLOCKED && task->task.wait.stall == STALL_NONE)
        waitqueue_remove(&task->task);
    else if (task->state != RUN_TASK_IDLE)
        return;
    scheduler_wake(sim, task);
}

struct reclaim_owner owner_callbacks(struct simulation *sim)
{
    return (struct reclaim_owner){
        .context = sim,
        .need_resched = need_resched,
        .timer = timer,
        .wake = wake,
        .kthread = kthread,
        .kill = kill,
    };
}
