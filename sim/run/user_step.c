/* SPDX-License-Identifier: MIT */
/* Calls on user memory, what they cost, and what came of them. */
#include "run/user_step.h"

#include "run/program.h"
#include "run/replay.h"
#include "run/task_life.h"

/* Pages handed out and taken back by the allocator so far, those that reclaim freed apart. */
struct page_counts {
    uint64_t allocated;
    uint64_t freed;
};

static struct page_counts count_pages(const struct machine *machine)
{
    struct page_counts counts = {.freed =
                                     machine->vm_events[PGFREE] - machine->work.freed_lru_pages};

    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        counts.allocated += machine->vm_events[PGALLOC_ZONE0 + i];
    return counts;
}

/* A step that the script must not have: the run cannot go on. */
static void bad_step(struct simulation *sim, const struct run_task *task, const char *what)
{
    sim_error_set(&sim->err, ERR_BAD_STEP, "task %s: %s", task->name, what);
    if (task->operation.user_step->line > 0)
        sim_error_add_place(&sim->err, NULL, task->operation.user_step->line, 0);
    sim->bad_step = true;
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
    const struct alloc_request *request;

    switch ((enum user_result)task->call.result) {
    case USER_OK:
    case USER_KILLED:
        break;
    case USER_NO_MEMORY:
        request = user_call_request(&task->call);
        sim->stats.allocs++;
        if (request)
            replay_alloc_failed(sim, task, request);
        break;
    case USER_BAD_REGION:
        bad_step(sim, task, "the step's region is not there, or there already");
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
    struct page_counts before = count_pages(&sim->machine);
    struct user_work work_before = sim->user.work;
    struct page_counts after;
    enum step step = STEP_DONE;

    if (task->operation.user_step->user.op == USER_FORK)
        fork_task(sim, task, slice);
    else
        step = call_step(sim, task);
    after = count_pages(&sim->machine);
    slice->calls_ns += (after.allocated - before.allocated) * sim->spec->costs.alloc_ns +
                       (after.freed - before.freed) * sim->spec->costs.free_ns;
    account_faults(sim, task, &work_before);
    return step;
}
