/* SPDX-License-Identifier: MIT */
/* Building a simulation from its spec. */
#include "run/setup.h"

#include <assert.h>
#include <stdlib.h>

#include "base/units.h"
#include "kernels/registry.h"
#include "run/arrival.h"
#include "run/kthread.h"
#include "run/listener.h"
#include "run/owner.h"
#include "run/program.h"
#include "run/slice.h"
#include "run/task_life.h"

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the simulation");
}

static bool boot_machine(struct simulation *sim, struct sim_error *err)
{
    const struct kernel_ops *ops = kernel_ops_find(sim->spec->kernel);

    if (!ops)
        return sim_error_set(err, ERR_BAD_KERNEL, "there is no kernel generation %s",
                             sim->spec->kernel);
    listener_init(sim);
    if (!machine_init(&sim->machine, &sim->spec->machine, ops, &sim->reclaim, &sim->clock, err))
        return false;
    if (!cpusets_make(&sim->machine, sim->spec->cpusets, sim->spec->nr_cpusets, err))
        return false;
    sim->machine.observer = &sim->observer;
    for (uint32_t id = 0; id < sim->machine.nr_zones; id++)
        sim->nr_refusals += zone_populated(&sim->machine.zones[id]);
    return true;
}

/* Devices, swap space, files and caches, in the order in which the spec numbers them. */
static bool start_reclaim(struct simulation *sim, struct sim_error *err)
{
    const struct run_spec *spec = sim->spec;
    struct reclaim_owner owner = owner_callbacks(sim);
    struct rmap_ops rmap = user_memory_rmap(&sim->user);

    if (!reclaim_init(&sim->reclaim, &sim->machine, &owner, &rmap, err))
        return false;
    sim->reclaim_ready = true;
    sim->reclaim.preemptible = true;
    sim->reclaim.observer = listener_of_reclaim(sim);
    for (size_t i = 0; i < spec->nr_devices; i++) {
        uint32_t dev;

        if (!reclaim_add_device(&sim->reclaim, &spec->devices[i], &dev))
            return out_of_memory(err);
    }
    for (size_t i = 0; i < spec->nr_swaps; i++)
        if (!swapon(&sim->reclaim, &spec->swaps[i]))
            return out_of_memory(err);
    if (!slub_init(&sim->slub, &sim->machine, err))
        return false;
    sim->slub_ready = true;
    sim->stats.slub = &sim->slub;
    vmalloc_space_init(&sim->vmalloc, &sim->machine, &spec->machine);
    sim->vmalloc.quantum = USER_QUANTUM;
    if (!user_memory_init(&sim->user, &sim->reclaim, &sim->slub, spec->files, spec->nr_files,
                          spec->caches, spec->nr_caches, err))
        return false;
    sim->user_ready = true;
    sim->stats.reclaim = &sim->reclaim;
    sim->stats.vmalloc = &sim->vmalloc;
    sim->stats.user = &sim->user.work;
    return true;
}

static bool make_cpus(struct simulation *sim, struct sim_error *err)
{
    sim->cpus = calloc(sim->machine.nr_cpus, sizeof(*sim->cpus));
    if (!sim->cpus)
        return out_of_memory(err);
    for (uint32_t cpu = 0; cpu < sim->machine.nr_cpus; cpu++)
        sim->cpus[cpu].running = sim->cpus[cpu].first_runnable = TASK_NONE;
    return true;
}

/* The script of a declared task, or, unused, of one that is to be forked: errors come early. */
static bool make_script(struct simulation *sim, struct script *script, const struct task_spec *from,
                        struct sim_error *err)
{
    if (!script_init(script, from->steps, from->nr_steps, err))
        return false;
    return sim->spec->duration_ns > 0 || !script_endless(script) ||
           sim_error_set(err, ERR_NO_DURATION, "task %s never ends: the workload needs a duration",
                         from->name);
}

static bool check_forked(struct simulation *sim, const struct task_spec *from,
                         struct sim_error *err)
{
    struct script script = {0};
    bool ok = make_script(sim, &script, from, err);

    script_fini(&script);
    if (ok && from->cpu >= 0 && (uint32_t)from->cpu >= sim->machine.nr_cpus)
        ok = sim_error_set(err, ERR_UNKNOWN_CPU, "task %s runs on CPU %d of %u", from->name,
                           (int)from->cpu, (unsigned)sim->machine.nr_cpus);
    return ok;
}

/* The tasks of the spec, in front of those that only sources name. */
static bool make_tasks(struct simulation *sim, struct sim_error *err)
{
    const struct run_spec *spec = sim->spec;

    sim->forks = calloc(spec->nr_tasks + 1, sizeof(*sim->forks));
    if (!sim->forks)
        return out_of_memory(err);
    for (size_t i = 0; i < spec->nr_tasks; i++) {
        const struct task_spec *from = &spec->tasks[i];
        struct run_task *task;
        uint32_t index;

        if (from->forked) {
            if (!check_forked(sim, from, err))
                return false;
            continue;
        }
        if (!task_table_intern(&sim->tasks, from->name, from->cpu, &index, err))
            return false;
        task = simulation_task(sim, index);
        if (task->has_script)
            return sim_error_set(err, ERR_DUPLICATE_NAME, "two tasks are called %s", from->name);
        task->spec = from;
        sim->forks[i] = 1;
        if (from->nr_steps == 0)
            continue;
        task->has_script = true;
        if (!make_script(sim, &task->script, from, err))
            return false;
        program_schedule(sim, task, from->start_ns);
    }
    return true;
}

/* Once all names are known. */
static bool begin_tasks(struct simulation *sim, struct sim_error *err)
{
    for (size_t i = 0; i < sim->tasks.tasks.count; i++) {
        struct run_task *task = simulation_task(sim, (uint32_t)i);

        if (!task_life_begin(sim, task, task->spec, NULL, err))
            return false;
    }
    return true;
}

static bool make_sources(struct simulation *sim, struct sim_error *err)
{
    const struct run_spec *spec = sim->spec;
    bool counted = true;

    sim->sources = calloc(spec->nr_sources + 1, sizeof(*sim->sources));
    if (!sim->sources)
        return out_of_memory(err);
    for (size_t i = 0; i < spec->nr_sources; i++) {
        struct run_source *from = &sim->sources[i];
        uint64_t count = spec->sources[i]->ops->count(spec->sources[i]);

        from->source = spec->sources[i];
        trace_source_rewind(from->source);
        if (spec->reclaim_replay == RECLAIM_SIMULATED &&
            !captured_allocs_scan(&from->captured, from->source, err))
            return false;
        from->tasks = calloc((size_t)from->source->nr_tasks + 1, sizeof(*from->tasks));
        if (!from->tasks)
            return out_of_memory(err);
        for (uint32_t t = 0; t < from->source->nr_tasks; t++) {
            const struct trace_task *task = &from->source->tasks[t];

            if (!task_table_intern(&sim->tasks, task->name, task->cpu, &from->tasks[t], err))
                return false;
        }
        counted = counted && count > 0;
        sim->records_total += count;
    }
    if (!counted)
        sim->records_total = 0;
    return true;
}

/* The caller's to free; NULL: no host memory. */
static struct numa_task *collect_numa_tasks(const struct run_spec *spec, size_t *ret_count)
{
    struct numa_task *tasks = calloc(spec->nr_tasks + 1, sizeof(*tasks));
    size_t count = 0;

    for (size_t i = 0; tasks && i < spec->nr_tasks; i++) {
        const struct task_spec *from = &spec->tasks[i];

        if (from->cpuset || from->mempolicy.mode != MPOL_DEFAULT)
            tasks[count++] = (struct numa_task){from->name, from->cpuset, from->mempolicy};
    }
    *ret_count = count;
    return tasks;
}

static bool write_header(struct simulation *sim, struct sim_error *err)
{
    const struct run_spec *spec = sim->spec;
    const struct cost_spec *c = &spec->costs;
    struct numa_task *numa_tasks;
    const struct named_value costs[] = {
        {"alloc_ns", c->alloc_ns},
        {"free_ns", c->free_ns},
        {"zone_try_ns", c->zone_try_ns},
        {"buddy_block_ns", c->buddy_block_ns},
        {"move_page_ns", c->move_page_ns},
        {"zero_page_ns", c->zero_page_ns},
        {"drain_list_ns", c->drain_list_ns},
        {"slow_path_ns", c->slow_path_ns},
        {"direct_reclaim_ns", c->direct_reclaim_ns},
        {"kswapd_round_ns", c->kswapd_round_ns},
        {"out_of_memory_ns", c->out_of_memory_ns},
        {"scan_page_ns", c->scan_page_ns},
        {"unmap_page_ns", c->unmap_page_ns},
        {"reclaim_page_ns", c->reclaim_page_ns},
        {"slab_object_ns", c->slab_object_ns},
        {"submit_page_ns", c->submit_page_ns},
        {"access_ns", c->access_ns},
        {"page_fault_ns", c->page_fault_ns},
        {"copy_page_ns", c->copy_page_ns},
        {"fork_ns", c->fork_ns},
        {"sysctl_ns", c->sysctl_ns},
        {"kmalloc_ns", c->kmalloc_ns},
        {"kfree_ns", c->kfree_ns},
        {"vmalloc_ns", c->vmalloc_ns},
    };
    struct header_info info = {
        .tool_version = sim->output.tool_version,
        .kernel = spec->kernel,
        .workload = spec->name,
        .seed = spec->seed,
        .tick_ns = spec->tick_ns,
        .duration_ns = spec->duration_ns,
        .inputs = sim->output.inputs,
        .nr_inputs = sim->output.nr_inputs,
        .events = sim->output.events,
        .spec = &spec->machine,
        .devices = spec->devices,
        .nr_devices = spec->nr_devices,
        .swaps = spec->swaps,
        .nr_swaps = spec->nr_swaps,
        .files = spec->files,
        .nr_files = spec->nr_files,
        .caches = spec->caches,
        .nr_caches = spec->nr_caches,
        .cpusets = spec->cpusets,
        .nr_cpusets = spec->nr_cpusets,
        .costs = costs,
        .nr_costs = sizeof(costs) / sizeof(costs[0]),
        .machine = &sim->machine,
    };

    static_assert(sizeof(costs) / sizeof(costs[0]) == sizeof(*c) / sizeof(uint64_t),
                  "each cost has its name");
    info.numa_tasks = numa_tasks = collect_numa_tasks(spec, &info.nr_numa_tasks);
    if (!numa_tasks)
        return out_of_memory(err);
    header_write(&sim->writer, &info);
    free(numa_tasks);
    return jsonl_writer_check(&sim->writer, sim->output.name, err);
}

/*
 * The end comes first among the events of its time. Kernel: mm/vmstat.c start_cpu_timer() [2.6.24]:
 * CPUs take their turns a jiffy apart.
 */
static void schedule_beginnings(struct simulation *sim)
{
    const struct run_spec *spec = sim->spec;
    uint64_t jiffy_ns = NSEC_PER_SEC / sim->machine.hz;

    if (spec->duration_ns > 0) {
        sim->ending = true;
        sim->ended = RUN_ENDED_DURATION;
        simulation_schedule(sim, spec->duration_ns, EVENT_END, 0);
    }
    simulation_schedule(sim, spec->tick_ns, EVENT_TICK, 0);
    for (uint32_t cpu = 0; cpu < sim->machine.nr_cpus; cpu++)
        simulation_schedule(sim, NSEC_PER_SEC + cpu * jiffy_ns, EVENT_REFRESH, cpu);
}

bool setup_simulation(struct simulation *sim, struct sim_error *err)
{
    jsonl_writer_init(&sim->writer, sim->output.stream);
    sim->writer.observer = sim->output.observer;
    jsonl_writer_init(&sim->summary_writer, sim->output.summary_stream);
    sim->current = TASK_NONE;
    sim->ended = RUN_ENDED_IDLE;
    if (!objects_init(&sim->objects, sim->spec->nr_sources))
        return out_of_memory(err);
    if (!boot_machine(sim, err) || !make_cpus(sim, err) ||
        !summary_init(&sim->summary, &sim->machine, err))
        return false;
    schedule_beginnings(sim);
    if (!start_reclaim(sim, err) || !make_tasks(sim, err) || !make_sources(sim, err) ||
        !begin_tasks(sim, err) || !kthread_make_all(sim, err))
        return false;
    slice_forget_work(sim);
    if (!write_header(sim, err))
        return false;
    for (size_t i = 0; i < sim->spec->nr_sources; i++) {
        sim->nr_active++;
        sim->nr_arriving++;
        if (!arrival_fetch(sim, (uint32_t)i, err))
            return false;
    }
    return !sim->out_of_memory || out_of_memory(err);
}
