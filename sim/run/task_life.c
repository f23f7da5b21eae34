/* SPDX-License-Identifier: MIT */
/* From a name to a process, and its end. */
#include "run/task_life.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "run/blocks.h"
#include "run/replay.h"
#include "run/slice.h"
#include "run/user_step.h"

/* Longest name of a forked copy, with its terminator; longer ones are cut. */
enum { COPY_NAME_MAX = 96 };

/* ---- begin ---- */

/* What badness() reads. Pid 1 is init, which never runs here. */
static void describe_process(struct simulation *sim, struct run_task *task,
                             const struct task_spec *spec)
{
    struct process *process = &task->user.process;

    *process = (struct process){
        .comm = task->name,
        .pid = task->task.id + PID_INIT + 1,
        .start_time_s = sim->clock.now_ns / NSEC_PER_SEC,
    };
    if (!spec)
        return;
    task->task.flags |= spec->flags;
    process->nice = spec->nice;
    process->oom_adj = spec->oom_adj;
    process->superuser = spec->superuser;
    process->cap_sys_admin = spec->cap_sys_admin;
    process->cap_sys_rawio = spec->cap_sys_rawio;
}

static bool bad_policy(const struct run_task *task, enum mpol_result result, struct sim_error *err)
{
    if (result == MPOL_NO_HOST_MEMORY)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    return sim_error_set(err, ERR_BAD_MEMPOLICY,
                         "task %s: the policy's nodes have no memory, or are out of its cpuset",
                         task->name);
}

/* A child has what its parent has. Kernel: kernel/fork.c copy_process() [2.6.24] */
static bool set_memory_nodes(struct simulation *sim, struct run_task *task,
                             const struct task_spec *spec, const struct run_task *parent,
                             struct sim_error *err)
{
    struct task *current = &task->task;
    enum mpol_result result;

    if (parent) {
        current->cpuset = parent->task.cpuset;
        current->cpuset_mem_spread_rotor = parent->task.cpuset_mem_spread_rotor;
        current->mempolicy = parent->task.mempolicy;
        current->il_next = parent->task.il_next;
    }
    if (parent || !spec)
        return true;
    current->cpuset = spec->cpuset ? &sim->machine.cpusets[spec->cpuset - 1] : NULL;
    if (spec->mempolicy.mode == MPOL_DEFAULT)
        return true;
    result = set_mempolicy(&sim->machine, current, &spec->mempolicy);
    return result == MPOL_OK || bad_policy(task, result, err);
}

bool task_life_begin(struct simulation *sim, struct run_task *task, const struct task_spec *spec,
                     struct run_task *parent, struct sim_error *err)
{
    if (!task_table_place(&sim->tasks, task, sim->machine.nr_cpus))
        return sim_error_set(err, ERR_UNKNOWN_CPU, "task %s runs on CPU %u of %u", task->name,
                             (unsigned)task->task.cpu, (unsigned)sim->machine.nr_cpus);
    task->refusals = calloc(sim->nr_refusals, sizeof(*task->refusals));
    if (!task->refusals)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    if (sim->user.nr_tasks == USER_TASKS_MAX)
        return sim_error_set(err, ERR_TOO_MANY, "%u tasks can live at a time",
                             (unsigned)USER_TASKS_MAX);
    describe_process(sim, task, spec);
    user_task_init(&task->user, &sim->user, &task->task, parent ? &parent->user : NULL,
                   sim->spec->seed, task->name);
    /* An interrupt handler has no address space; the OOM killer passes it by. */
    if (task->task.flags & TASK_IN_INTERRUPT)
        task->user.process.mm = PROCESS_NO_MM;
    task->user.caller.refusals = task->refusals;
    task->user.caller.max_refusals = sim->nr_refusals;
    task->user.caller.request_done = user_step_request_done;
    task->user.caller.context = sim;
    task->reclaim_state.process = &task->user.process;
    sim->stats.tasks = sim->tasks.stats.items;
    sim->stats.nr_tasks = sim->tasks.stats.count;
    return set_memory_nodes(sim, task, spec, parent, err);
}

/* ---- fork ---- */

static struct run_task *add_copy(struct simulation *sim, uint32_t spec)
{
    const char *name = sim->spec->tasks[spec].name;
    char copy[COPY_NAME_MAX];
    uint32_t index;

    sim->forks[spec]++;
    if (sim->forks[spec] == 1 && !task_table_find(&sim->tasks, name, &index))
        return task_table_add_private(&sim->tasks, name);
    if (sim->forks[spec] == 1)
        sim->forks[spec]++;
    snprintf(copy, sizeof(copy), "%.80s#%" PRIu32, name, sim->forks[spec]);
    return task_table_add_private(&sim->tasks, copy);
}

bool task_life_fork(struct simulation *sim, struct run_task *parent, uint32_t spec,
                    struct sim_error *err)
{
    const struct task_spec *from = &sim->spec->tasks[spec];
    struct run_task *child = add_copy(sim, spec);

    if (!child)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a forked task");
    child->wanted_cpu = from->cpu;
    if (!task_life_begin(sim, child, from, parent, err))
        return false;
    if (!user_task_fork(&child->user, &parent->user, &sim->user))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a forked task");
    if (from->nr_steps == 0)
        return true;
    if (!script_init(&child->script, from->steps, from->nr_steps, err))
        return false;
    child->has_script = true;
    return true;
}

/* ---- end ---- */

/* Gives its memory back; returns the cost of the calls. */
static uint64_t give_back(struct simulation *sim, struct run_task *task)
{
    const uint64_t *freed = &sim->machine.vm_events[PGFREE];
    uint64_t before = *freed;
    uint64_t cost_ns = blocks_free_of_task(sim, task);
    uint64_t blocks_freed = *freed - before;

    user_task_exit(&task->user, &sim->user);
    if (task->killed)
        sim->stats.killed_pages += *freed - before;
    return cost_ns + (*freed - before - blocks_freed) * sim->spec->costs.free_ns;
}

uint64_t task_life_end(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation;
    struct slice slice = {.upper = true};
    uint32_t block;

    sim->current = task->task.id;
    slice.calls_ns = give_back(sim, task);
    while (script_take_any(&task->script, &block))
        objects_put(&sim->objects, block);
    while ((operation = operation_fifo_pop(&task->pending)))
        replay_skip(sim, operation);
    task->has_script = false;
    task->state = RUN_TASK_DEAD;
    sim->current = TASK_NONE;
    slice_end(sim, task, &slice);
    return slice.cost_ns;
}
