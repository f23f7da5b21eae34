/* SPDX-License-Identifier: MIT */
/* One operation per task and CPU at a time: interrupts, then real-time tasks, then others. */
#include "run/scheduler.h"

#include "run/program.h"
#include "run/slice.h"
#include "run/stall_book.h"
#include "run/task_life.h"

static struct run_cpu *cpu_of(struct simulation *sim, const struct run_task *task)
{
    return &sim->cpus[task->task.cpu];
}

/* Who goes first when several wait for a CPU: the smaller class, then who came first. */
enum sched_class { CLASS_INTERRUPT, CLASS_RT, CLASS_NORMAL };

static enum sched_class class_of(const struct run_task *task)
{
    if (task->task.flags & TASK_IN_INTERRUPT)
        return CLASS_INTERRUPT;
    return task->task.flags & TASK_RT ? CLASS_RT : CLASS_NORMAL;
}

/* Whether somebody waits for the CPU whom a task of this class lets go first. */
static bool somebody_waits(const struct simulation *sim, uint32_t cpu, enum sched_class class)
{
    uint32_t first = sim->cpus[cpu].first_runnable;

    return first != TASK_NONE && class_of(simulation_task(sim, first)) <= class;
}

bool scheduler_need_resched(const struct simulation *sim, uint32_t cpu)
{
    enum sched_class class = CLASS_NORMAL;

    if (sim->current != TASK_NONE)
        class = class_of(simulation_task(sim, sim->current));
    return somebody_waits(sim, cpu, class);
}

bool scheduler_cpu_idle(const struct simulation *sim, uint32_t cpu)
{
    if (sim->current != TASK_NONE && simulation_task(sim, sim->current)->task.cpu == cpu)
        return false;
    return sim->cpus[cpu].running == TASK_NONE && sim->cpus[cpu].first_runnable == TASK_NONE &&
           sim->cpus[cpu].busy_until_ns <= sim->clock.now_ns;
}

uint64_t scheduler_quiet_ns(const struct simulation *sim)
{
    uint64_t quiet_ns = sim->clock.now_ns;

    for (uint32_t cpu = 0; cpu < sim->machine.nr_cpus; cpu++)
        if (sim->cpus[cpu].busy_until_ns > quiet_ns)
            quiet_ns = sim->cpus[cpu].busy_until_ns;
    return quiet_ns;
}

/* ---- the queue of a CPU ---- */

static void queue_put(struct simulation *sim, struct run_task *task)
{
    struct run_cpu *cpu = cpu_of(sim, task);
    enum sched_class class = class_of(task);
    uint32_t *link = &cpu->first_runnable;

    task->state = RUN_TASK_RUNNABLE;
    if (*link != TASK_NONE && class_of(simulation_task(sim, cpu->last_runnable)) <= class)
        link = &simulation_task(sim, cpu->last_runnable)->next_runnable;
    while (*link != TASK_NONE && class_of(simulation_task(sim, *link)) <= class)
        link = &simulation_task(sim, *link)->next_runnable;
    task->next_runnable = *link;
    *link = task->task.id;
    if (task->next_runnable == TASK_NONE)
        cpu->last_runnable = task->task.id;
}

static struct run_task *queue_take(struct simulation *sim, struct run_cpu *cpu)
{
    struct run_task *task = simulation_task(sim, cpu->first_runnable);

    cpu->first_runnable = task->next_runnable;
    return task;
}

static void want_cpu_event(struct simulation *sim, uint32_t cpu)
{
    uint64_t now_ns = sim->clock.now_ns;
    uint64_t free_ns = sim->cpus[cpu].busy_until_ns;

    if (sim->cpus[cpu].event_pending)
        return;
    sim->cpus[cpu].event_pending = true;
    simulation_schedule(sim, free_ns > now_ns ? free_ns : now_ns, EVENT_CPU, cpu);
}

/* ---- after a slice ---- */

static void become_idle(struct simulation *sim, struct run_task *task)
{
    if (task->state != RUN_TASK_DEAD)
        task->state = RUN_TASK_IDLE;
    sim->nr_active -= !task->job.is_kthread;
}

/* The CPU stays the task's until it is done; what follows is EVENT_CPU's. */
static void keep_cpu(struct simulation *sim, struct run_task *task)
{
    cpu_of(sim, task)->running = task->task.id;
    task->state = RUN_TASK_RUNNING;
    want_cpu_event(sim, task->task.cpu);
}

static void end_task(struct simulation *sim, struct run_task *task)
{
    struct run_cpu *cpu = cpu_of(sim, task);

    cpu->busy_until_ns = time_add(cpu->busy_until_ns, task_life_end(sim, task));
    become_idle(sim, task);
}

static bool has_more(const struct run_task *task)
{
    return task->in_operation ||
           (task->job.is_kthread ? task->job.has_work : program_has_more(task));
}

static void operation_over(struct simulation *sim, struct run_task *task)
{
    task->in_operation = false;
    if (!task->job.is_kthread)
        sim->last_progress_ns = sim->clock.now_ns;
    if (task->operation.scripted)
        task->script_ready_ns = cpu_of(sim, task)->busy_until_ns;
    if (task->killed)
        end_task(sim, task);
    else if (has_more(task))
        keep_cpu(sim, task);
    else
        become_idle(sim, task);
}

static bool counts_as_blocked(const struct run_task *task)
{
    return !task->job.is_kthread && task->task.wait.stall != STALL_NONE;
}

/*
 * Off its CPU. A timeout counts from when the work before it is paid for, as the kernel's timers
 * are set then; a task that only keeps to a rate sleeps to the time it names.
 */
static void go_to_sleep(struct simulation *sim, struct run_task *task, uint64_t cost_ns)
{
    const struct wait *wait = &task->task.wait;

    SIM_ASSERT(wait->queue || wait->wake_ns != UINT64_MAX);
    task->state = RUN_TASK_BLOCKED;
    task->wake_ns = wait->wake_ns;
    if (wait->stall != STALL_NONE)
        task->wake_ns = time_add(task->wake_ns, cost_ns);
    if (task->wake_ns < cpu_of(sim, task)->busy_until_ns)
        task->wake_ns = cpu_of(sim, task)->busy_until_ns;
    sim->stats.tasks_blocked += counts_as_blocked(task);
    if (wait->queue)
        waitqueue_add(wait->queue, &task->task);
    if (task->wake_ns != UINT64_MAX)
        simulation_schedule(sim, task->wake_ns, EVENT_WAKE, task->task.id);
}

/*
 * Work for reclaim that did not have to be interrupted, or the last part of such as was: stalls
 * that lie within the slice. A kernel thread's work is its purpose.
 */
static void book_work(struct simulation *sim, struct run_task *task, const struct slice *slice)
{
    uint64_t oom_from_ns = cpu_of(sim, task)->busy_until_ns - slice->oom_ns;

    if (task->stall.works) {
        stall_end(sim, task, sim->clock.now_ns + slice->reclaim_ns);
    } else if (slice->reclaim_ns > 0 && !task->job.is_kthread) {
        stall_begin(task, STALL_DIRECT_RECLAIM, oom_from_ns - slice->reclaim_ns, true);
        stall_end(sim, task, oom_from_ns);
    }
    if (slice->oom_ns > 0) {
        stall_begin(task, STALL_OOM, oom_from_ns, true);
        stall_end(sim, task, oom_from_ns + slice->oom_ns);
    }
}

/* The task goes on working, now for this cause: one stall as long as that stays the same. */
static void work_on(struct simulation *sim, struct run_task *task, const struct slice *slice)
{
    struct run_cpu *cpu = cpu_of(sim, task);
    const struct wait *wait = &task->task.wait;

    if (task->stall.stall != wait->stall) {
        stall_end(sim, task, sim->clock.now_ns);
        stall_begin(task, wait->stall, cpu->busy_until_ns - slice->reclaim_ns, true);
    }
    if (wait->wake_ns > cpu->busy_until_ns)
        cpu->busy_until_ns = wait->wake_ns;
    keep_cpu(sim, task);
}

/* The task waits: what its slice has cost is paid first, by its CPU. */
static void obey_wait(struct simulation *sim, struct run_task *task, const struct slice *slice)
{
    const struct wait *wait = &task->task.wait;

    if (wait->kind == WAIT_CPU) {
        work_on(sim, task, slice);
        return;
    }
    book_work(sim, task, slice);
    stall_begin(task, wait->stall, cpu_of(sim, task)->busy_until_ns, false);
    if (wait->kind == WAIT_SLEEP)
        go_to_sleep(sim, task, slice->cost_ns);
    else
        keep_cpu(sim, task);
}

static void run_slice(struct simulation *sim, struct run_task *task)
{
    struct slice slice;
    enum step step;

    if (!task->stall.works)
        stall_end(sim, task, sim->clock.now_ns);
    step = slice_run(sim, task, &slice);
    cpu_of(sim, task)->busy_until_ns = time_add(sim->clock.now_ns, slice.cost_ns);
    if (step == STEP_BLOCKED) {
        obey_wait(sim, task, &slice);
        return;
    }
    book_work(sim, task, &slice);
    operation_over(sim, task);
}

/* ---- running ---- */

static void begin_job(struct simulation *sim, struct run_task *task)
{
    SIM_ASSERT(task->job.has_work);
    task->job.has_work = false;
    task->in_operation = true;
    run_slice(sim, task);
}

static void begin_operation(struct simulation *sim, struct run_task *task)
{
    enum next_thing next = task->killed ? NEXT_EXIT : program_next(sim, task);

    switch (next) {
    case NEXT_OPERATION:
        task->in_operation = true;
        task->begin_ns = sim->last_progress_ns = sim->clock.now_ns;
        run_slice(sim, task);
        break;
    case NEXT_EXIT:
        cpu_of(sim, task)->busy_until_ns = time_add(sim->clock.now_ns, 1);
        end_task(sim, task);
        break;
    case NEXT_NOTHING:
        become_idle(sim, task);
        break;
    }
}

/* Begins or resumes the task on its free CPU. */
static void run_task(struct simulation *sim, struct run_task *task)
{
    if (task->in_operation)
        run_slice(sim, task);
    else if (task->job.is_kthread)
        begin_job(sim, task);
    else
        begin_operation(sim, task);
}

/* Lets the CPU's tasks run until it is busy or nobody waits. */
static void dispatch(struct simulation *sim, uint32_t index)
{
    struct run_cpu *cpu = &sim->cpus[index];

    while (cpu->first_runnable != TASK_NONE && cpu->running == TASK_NONE) {
        if (cpu->busy_until_ns > sim->clock.now_ns) {
            want_cpu_event(sim, index);
            return;
        }
        run_task(sim, queue_take(sim, cpu));
    }
}

void scheduler_ready(struct simulation *sim, struct run_task *task)
{
    sim->nr_active++;
    queue_put(sim, task);
    dispatch(sim, task->task.cpu);
}

void scheduler_wake(struct simulation *sim, struct run_task *task)
{
    if (task->state == RUN_TASK_BLOCKED) {
        sim->stats.tasks_blocked -= counts_as_blocked(task);
        stall_end(sim, task, sim->clock.now_ns);
    } else {
        SIM_ASSERT(task->state == RUN_TASK_IDLE);
        sim->nr_active += !task->job.is_kthread;
    }
    queue_put(sim, task);
    want_cpu_event(sim, task->task.cpu);
}

/* Others go first; the time until it is its turn again is no longer work. */
static void let_others_go_first(struct simulation *sim, struct run_task *task)
{
    uint64_t now_ns = sim->clock.now_ns;

    if (task->stall.works && task->stall.stall != STALL_NONE) {
        stall_end(sim, task, now_ns);
        stall_begin(task, STALL_RESCHED, now_ns, false);
    }
    queue_put(sim, task);
}

void scheduler_cpu_done(struct simulation *sim, uint32_t index)
{
    struct run_cpu *cpu = &sim->cpus[index];
    uint32_t running = cpu->running;
    struct run_task *task;

    cpu->event_pending = false;
    if (cpu->busy_until_ns > sim->clock.now_ns) {
        /* Something else of this moment came first and took the CPU. */
        want_cpu_event(sim, index);
        return;
    }
    cpu->running = TASK_NONE;
    if (running != TASK_NONE) {
        task = simulation_task(sim, running);
        if (task->in_operation && somebody_waits(sim, index, class_of(task)))
            let_others_go_first(sim, task);
        else if (has_more(task) || task->killed)
            queue_put(sim, task);
        else
            become_idle(sim, task);
    }
    dispatch(sim, index);
}

void scheduler_timeout(struct simulation *sim, struct run_task *task)
{
    if (task->state != RUN_TASK_BLOCKED || task->wake_ns != sim->clock.now_ns)
        return;
    waitqueue_remove(&task->task);
    sim->stats.tasks_blocked -= counts_as_blocked(task);
    stall_end(sim, task, sim->clock.now_ns);
    queue_put(sim, task);
    dispatch(sim, task->task.cpu);
}
