/* SPDX-License-Identifier: MIT */
/* One operation per task and per CPU at a time, first come first served. */
#include "run/scheduler.h"

#include "run/replay.h"

static struct run_cpu *cpu_of(struct simulation *sim, const struct run_task *task)
{
    return &sim->cpus[task->task.cpu];
}

bool scheduler_need_resched(const struct simulation *sim, uint32_t cpu)
{
    return sim->cpus[cpu].first_runnable != TASK_NONE;
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

    task->state = RUN_TASK_RUNNABLE;
    task->next_runnable = TASK_NONE;
    if (cpu->first_runnable == TASK_NONE)
        cpu->first_runnable = task->task.id;
    else
        simulation_task(sim, cpu->last_runnable)->next_runnable = task->task.id;
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
    if (sim->cpus[cpu].event_pending)
        return;
    sim->cpus[cpu].event_pending = true;
    simulation_schedule(sim, sim->cpus[cpu].busy_until_ns, EVENT_CPU, cpu);
}

/* ---- what a task does next ---- */

static void note_late(struct simulation *sim, uint64_t intended_ns)
{
    uint64_t late_ns = sim->clock.now_ns - intended_ns;

    if (late_ns == 0)
        return;
    sim->stats.late_ops++;
    sim->stats.late_ns = time_add(sim->stats.late_ns, late_ns);
    if (late_ns > sim->stats.late_max_ns)
        sim->stats.late_max_ns = late_ns;
}

enum next_thing { NEXT_OPERATION, NEXT_EXIT, NEXT_NOTHING };

/* The step's operation, with a block of its own if it allocates. */
static bool script_operation(struct simulation *sim, struct run_task *task,
                             const struct script_next *next)
{
    struct operation *operation = &task->operation;
    const struct trace_record *record = &next->step->record;
    unsigned order = record->order < MAX_ORDER ? record->order : MAX_ORDER;

    *operation = (struct operation){
        .record = *record, .block = BLOCK_NONE, .list = next->list, .scripted = true};
    if (trace_op_allocates(record->op)) {
        operation->block =
            objects_new(&sim->objects, task->task.id, order, replay_block_flags(record));
        if (operation->block == BLOCK_NONE)
            sim->out_of_memory = true;
        return operation->block != BLOCK_NONE;
    }
    if (next->block == SCRIPT_NO_BLOCK)
        return true;
    operation->block = next->block;
    if (!next->take)
        sim->objects.blocks.items[next->block].refs++;
    return true;
}

/* Runs the script up to something that takes time. */
static enum next_thing next_of_script(struct simulation *sim, struct run_task *task)
{
    uint64_t now_ns = sim->clock.now_ns;
    struct script_next next;

    for (;;) {
        switch (script_next(&task->script, now_ns, &next)) {
        case SCRIPT_OPERATION:
            note_late(sim, task->script_ready_ns);
            return script_operation(sim, task, &next) ? NEXT_OPERATION : NEXT_NOTHING;
        case SCRIPT_SLEEP:
            if (next.until_ns > now_ns) {
                task->script_ready = false;
                sim->nr_active++;
                sim->nr_arriving++;
                simulation_schedule(sim, next.until_ns, EVENT_SCRIPT, task->task.id);
                return NEXT_NOTHING;
            }
            note_late(sim, next.until_ns);
            task->script_ready_ns = now_ns;
            break;
        case SCRIPT_EXIT:
            return NEXT_EXIT;
        case SCRIPT_END:
            task->has_script = false;
            return NEXT_NOTHING;
        }
    }
}

static enum next_thing next_of_task(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = operation_fifo_pop(&task->pending);

    if (operation) {
        task->operation = *operation;
        note_late(sim, operation->record.time_ns);
        return NEXT_OPERATION;
    }
    if (task->has_script && task->script_ready)
        return next_of_script(sim, task);
    return NEXT_NOTHING;
}

static bool has_more(const struct run_task *task)
{
    return task->in_operation || task->pending.count > 0 ||
           (task->has_script && task->script_ready);
}

static void become_idle(struct simulation *sim, struct run_task *task)
{
    if (task->state != RUN_TASK_DEAD)
        task->state = RUN_TASK_IDLE;
    sim->nr_active--;
}

/* ---- running ---- */

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

    cpu->busy_until_ns = time_add(cpu->busy_until_ns, replay_end_task(sim, task));
    become_idle(sim, task);
}

static void operation_over(struct simulation *sim, struct run_task *task)
{
    task->in_operation = false;
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

static void run_slice(struct simulation *sim, struct run_task *task)
{
    struct run_cpu *cpu = cpu_of(sim, task);
    uint64_t now_ns = sim->clock.now_ns;
    uint64_t cost_ns;
    enum slice_end end = replay_slice(sim, task, &cost_ns);

    cpu->busy_until_ns = task->blocked_ns = time_add(now_ns, cost_ns);
    switch (end) {
    case SLICE_DONE:
        operation_over(sim, task);
        break;
    case SLICE_SLEEPS:
        task->state = RUN_TASK_BLOCKED;
        sim->stats.tasks_blocked++;
        simulation_schedule(sim, time_add(task->request.wake_ns, cost_ns), EVENT_WAKE,
                            task->task.id);
        break;
    case SLICE_WORKS:
        cpu->busy_until_ns = time_add(task->request.wake_ns, cost_ns);
        keep_cpu(sim, task);
        break;
    case SLICE_YIELDS:
        task->resched = true;
        keep_cpu(sim, task);
        break;
    }
}

/* Begins or resumes the task on its free CPU. */
static void run_task(struct simulation *sim, struct run_task *task)
{
    if (task->in_operation) {
        if (task->resched)
            replay_stall_over(sim, task);
        task->resched = false;
        run_slice(sim, task);
        return;
    }
    switch (next_of_task(sim, task)) {
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

void scheduler_cpu_done(struct simulation *sim, uint32_t cpu)
{
    uint32_t running = sim->cpus[cpu].running;
    struct run_task *task;

    sim->cpus[cpu].event_pending = false;
    if (sim->cpus[cpu].busy_until_ns > sim->clock.now_ns) {
        /* Something else of this moment came first and took the CPU. */
        want_cpu_event(sim, cpu);
        return;
    }
    sim->cpus[cpu].running = TASK_NONE;
    if (running != TASK_NONE) {
        task = simulation_task(sim, running);
        if (task->in_operation && !task->resched) {
            replay_stall_over(sim, task);
            run_slice(sim, task);
        } else if (has_more(task)) {
            queue_put(sim, task);
        } else {
            become_idle(sim, task);
        }
    }
    dispatch(sim, cpu);
}

void scheduler_wake(struct simulation *sim, uint32_t index)
{
    struct run_task *task = simulation_task(sim, index);

    sim->stats.tasks_blocked--;
    replay_stall_over(sim, task);
    queue_put(sim, task);
    dispatch(sim, task->task.cpu);
}

void scheduler_script_due(struct simulation *sim, uint32_t index)
{
    struct run_task *task = simulation_task(sim, index);

    sim->nr_active--;
    sim->nr_arriving--;
    task->script_ready = true;
    task->script_ready_ns = sim->clock.now_ns;
    if (task->state == RUN_TASK_IDLE)
        scheduler_ready(sim, task);
}
