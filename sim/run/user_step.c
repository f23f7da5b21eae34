/* SPDX-License-Identifier: MIT */
/* Calls on user memory, what they cost, and what came of them. */
#include "run/user_step.h"

#include "run/program.h"
#include "run/replay.h"
#include "run/task_life.h"

/* Calls on the allocator so far. */
struct call_counts {
    uint64_t allocs;
    uint64_t slow_paths;
    uint64_t freed;     /* pages */
    uint64_t reclaimed; /* ... of them, sooner or later: they are reclaim's work */
};

static struct call_counts count_calls(const struct simulation *sim)
{
    return (struct call_counts){
        .allocs = sim->stats.allocs,
        .slow_paths = sim->stats.slow_paths,
        .freed = sim->machine.vm_events[PGFREE],
        .reclaimed = sim->machine.work.freed_lru_pages,
    };
}

static uint64_t calls_ns(const struct simulation *sim, const struct call_counts *before)
{
    const struct cost_spec *costs = &sim->spec->costs;
    struct call_counts now = count_calls(sim);
    uint64_t freed = now.freed - before->freed;
    uint64_t reclaimed = now.reclaimed - before->reclaimed;

    return (now.allocs - before->allocs) * costs->alloc_ns +
           (now.slow_paths - before->slow_paths) * costs->slow_path_ns +
           (freed > reclaimed ? freed - reclaimed : 0) * costs->free_ns;
}

/*
 * A request inside a call. How far the slice's cost had come is not known to anybody: what other
 * pages of the same slice cost is not counted as its latency.
 */
void user_step_request_done(struct alloc_caller *caller, const struct alloc_request *request)
{
    struct simulation *sim = caller->context;
    const struct cost_spec *costs = &sim->spec->costs;
    uint64_t latency_ns = sim->clock.now_ns - caller->request_begin_ns + costs->alloc_ns;

    if (request->entered_slow_path)
        latency_ns += costs->slow_path_ns;
    replay_alloc_over(sim, simulation_task(sim, caller->task->id), request,
                      caller->request_begin_ns, latency_ns);
}

static void account_faults(struct simulation *sim, const struct run_task *task,
                           const struct user_work *before)
{
    struct task_stats *stats = simulation_task_stats(sim, task);

    stats->minor_faults += sim->user.work.minor_faults - before->minor_faults;
    stats->major_faults += sim->user.work.major_faults - before->major_faults;
}

static void finish(struct simulation *sim, struct run_task *task)
{
    switch ((enum user_result)task->call.result) {
    case USER_OK:
    case USER_NO_MEMORY: /* its request was heard of */
    case USER_KILLED:
        break;
    case USER_BAD_POLICY:
        simulation_bad_step(sim, task, ERR_BAD_STEP,
                            "the policy's nodes have no memory, or are out of the task's cpuset");
        break;
    case USER_BAD_REGION:
        simulation_bad_step(sim, task, ERR_BAD_STEP,
                            "the step's region is not there, or there already");
        break;
    case USER_TOO_MANY:
        simulation_bad_step(sim, task, ERR_TOO_MANY, "a file can be mapped %u times at a time",
                            (unsigned)FILE_MMAPS_MAX);
        break;
    }
    user_call_end(&task->call);
    task->in_call = false;
}

static enum step call_step(struct simulation *sim, struct run_task *task)
{
    uint64_t done_before;
    enum step step;

    if (!task->in_call) {
        user_call_begin(&task->call, &task->operation.user_step->user, &sim->user, &task->user);
        task->in_call = true;
    }
    done_before = task->call.done;
    step = user_call_step(&task->call, &sim->user, &task->user);
    if (task->call.done != done_before)
        sim->last_progress_ns = sim->clock.now_ns;
    if (step == STEP_DONE)
        finish(sim, task);
    return step;
}

/* The child begins when the call is over. */
static void fork_task(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    uint32_t spec = task->operation.user_step->user.child;
    struct run_task *child;

    slice->calls_ns += sim->spec->costs.fork_ns;
    if (sim->user.nr_tasks == USER_TASKS_MAX) {
        simulation_bad_step(sim, task, ERR_TOO_MANY, "%u tasks can live at a time",
                            (unsigned)USER_TASKS_MAX);
        return;
    }
    if (!user_task_may_fork(&task->user)) {
        simulation_bad_step(sim, task, ERR_TOO_MANY, "a file can be mapped %u times at a time",
                            (unsigned)FILE_MMAPS_MAX);
        return;
    }
    if (!task_life_fork(sim, task, spec, &sim->err)) {
        sim->out_of_memory = true;
        return;
    }
    child = simulation_task(sim, (uint32_t)sim->tasks.tasks.count - 1);
    if (child->has_script)
        program_schedule(sim, child, time_add(sim->clock.now_ns, slice_cost_ns(sim, slice)));
}

enum step user_step_run(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    struct call_counts before = count_calls(sim);
    struct user_work work_before = sim->user.work;
    enum step step = STEP_DONE;

    if (task->operation.user_step->user.op == USER_FORK)
        fork_task(sim, task, slice);
    else
        step = call_step(sim, task);
    slice->calls_ns += calls_ns(sim, &before);
    account_faults(sim, task, &work_before);
    return step;
}
