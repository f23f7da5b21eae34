/* SPDX-License-Identifier: MIT */
/* Making, waking and stepping kernel threads. */
#include "run/kthread.h"

#include <stdio.h>

#include "run/scheduler.h"

enum { KTHREAD_NAME_MAX = 24 };

static struct run_task *make_thread(struct simulation *sim, enum kthread_kind kind, uint32_t arg)
{
    static const char *const names[] = {[KTHREAD_KSWAPD] = "kswapd", [KTHREAD_PDFLUSH] = "pdflush"};
    static const uint32_t flags[] = {
        [KTHREAD_KSWAPD] = TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE | TASK_PF_KSWAPD,
        [KTHREAD_PDFLUSH] = TASK_PF_SWAPWRITE,
    };
    char name[KTHREAD_NAME_MAX];
    struct run_task *task;

    snprintf(name, sizeof(name), "%s%u", names[kind], (unsigned)arg);
    task = task_table_add_private(&sim->tasks, name);
    if (!task)
        return NULL;
    task->task.flags = flags[kind];
    task->job = (struct kthread_job){.is_kthread = true, .kind = (uint8_t)kind, .arg = arg};
    sim->stats.tasks = sim->tasks.stats.items;
    sim->stats.nr_tasks = sim->tasks.stats.count;
    return task;
}

static bool has_memory(const struct machine *machine, uint32_t nid)
{
    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        if (zone_populated(&machine->zones[nid * MAX_NR_ZONES + i]))
            return true;
    return false;
}

bool kthread_make_all(struct simulation *sim, struct sim_error *err)
{
    for (uint32_t i = 0; i < NODES_MAX; i++)
        sim->kswapds[i] = TASK_NONE;
    for (uint32_t i = 0; i < PDFLUSH_THREADS_MAX; i++)
        sim->pdflushes[i] = TASK_NONE;
    for (uint32_t nid = 0; nid < sim->machine.nr_nodes; nid++) {
        struct run_task *task;

        if (!has_memory(&sim->machine, nid))
            continue;
        task = make_thread(sim, KTHREAD_KSWAPD, nid);
        if (!task)
            return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the kernel threads");
        sim->kswapds[nid] = task->task.id;
    }
    return true;
}

static bool may_run_on(const struct simulation *sim, const struct run_task *task, uint32_t cpu)
{
    return task->job.kind != KTHREAD_KSWAPD || sim->machine.cpu_nid[cpu] == task->job.arg;
}

static uint32_t choose_cpu(const struct simulation *sim, const struct run_task *task)
{
    uint32_t lowest = TASK_NONE;

    for (uint32_t cpu = 0; cpu < sim->machine.nr_cpus; cpu++) {
        if (!may_run_on(sim, task, cpu))
            continue;
        if (scheduler_cpu_idle(sim, cpu))
            return cpu;
        if (lowest == TASK_NONE)
            lowest = cpu;
    }
    return lowest == TASK_NONE ? 0 : lowest;
}

void kthread_wake(struct simulation *sim, enum kthread_kind kind, uint32_t arg)
{
    uint32_t *index = kind == KTHREAD_KSWAPD ? &sim->kswapds[arg] : &sim->pdflushes[arg];
    struct run_task *task;

    if (*index == TASK_NONE) {
        task = make_thread(sim, kind, arg);
        if (!task) {
            sim->out_of_memory = true;
            return;
        }
        *index = task->task.id;
    }
    task = simulation_task(sim, *index);
    task->job.has_work = true;
    if (task->state != RUN_TASK_IDLE)
        return;
    if (task->job.done_ns <= sim->clock.now_ns) /* else it still works, there */
        task->task.cpu = choose_cpu(sim, task);
    scheduler_wake(sim, task);
}

enum step kthread_step(struct simulation *sim, struct run_task *task)
{
    if (task->job.kind == KTHREAD_KSWAPD)
        return kswapd_step(&sim->reclaim, &task->task, task->job.arg);
    return pdflush_step(&sim->reclaim, &task->task, task->job.arg);
}

void kthread_done(struct simulation *sim, struct run_task *task, uint64_t cost_ns)
{
    task->job.done_ns = sim->clock.now_ns + cost_ns;
    if (task->job.kind == KTHREAD_KSWAPD)
        kswapd_worked(&sim->reclaim, task->job.arg, cost_ns);
}

uint64_t kthread_kswapd_ns(const struct simulation *sim)
{
    uint64_t awake_ns = 0;

    for (uint32_t nid = 0; nid < sim->machine.nr_nodes; nid++)
        if (sim->kswapds[nid] != TASK_NONE)
            awake_ns += kswapd_awake_ns(&sim->reclaim, nid);
    return awake_ns;
}
