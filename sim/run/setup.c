/* SPDX-License-Identifier: MIT */
/* Building a simulation from its spec. */
#include "run/setup.h"

#include <assert.h>
#include <stdlib.h>

#include "base/units.h"
#include "kernels/registry.h"
#include "run/arrival.h"
#include "run/listener.h"

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
    sim->machine.observer = &sim->observer;
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

/* The tasks of the spec, in front of those that only sources name. */
static bool make_tasks(struct simulation *sim, struct sim_error *err)
{
    const struct run_spec *spec = sim->spec;

    for (size_t i = 0; i < spec->nr_tasks; i++) {
        const struct task_spec *from = &spec->tasks[i];
        struct run_task *task;
        uint32_t index;

        if (!task_table_intern(&sim->tasks, from->name, from->cpu, &index, err))
            return false;
        task = simulation_task(sim, index);
        if (task->has_script)
            return sim_error_set(err, ERR_DUPLICATE_NAME, "two tasks are called %s", from->name);
        task->task.flags |= from->flags;
        if (from->nr_steps == 0)
            continue;
        if (!script_init(&task->script, from->steps, from->nr_steps, err))
            return false;
        if (spec->duration_ns == 0 && script_endless(&task->script))
            return sim_error_set(err, ERR_NO_DURATION,
                                 "task %s never ends: the workload needs a duration", from->name);
        task->has_script = true;
        sim->nr_active++;
        sim->nr_arriving++;
        simulation_schedule(sim, from->start_ns, EVENT_SCRIPT, index);
    }
    return true;
}

/* Once all tasks are known. */
static bool make_refusals(struct simulation *sim, struct sim_error *err)
{
    for (uint32_t id = 0; id < sim->machine.nr_zones; id++)
        sim->nr_refusals += zone_populated(&sim->machine.zones[id]);
    sim->refusals = calloc((sim->tasks.tasks.count + 1) * sim->nr_refusals, sizeof(*sim->refusals));
    return sim->refusals || out_of_memory(err);
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
        from->source->ops->rewind(from->source);
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

static bool write_header(struct simulation *sim)
{
    const struct run_spec *spec = sim->spec;
    const struct cost_spec *c = &spec->costs;
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
        {"sysctl_ns", c->sysctl_ns},
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
        .spec = &spec->machine,
        .costs = costs,
        .nr_costs = sizeof(costs) / sizeof(costs[0]),
        .machine = &sim->machine,
    };

    static_assert(sizeof(costs) / sizeof(costs[0]) == sizeof(*c) / sizeof(uint64_t),
                  "each cost has its name");
    return header_write(&sim->writer, &info);
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
    jsonl_writer_init(&sim->summary_writer, sim->output.summary_stream);
    sim->current = TASK_NONE;
    sim->ended = RUN_ENDED_IDLE;
    if (!objects_init(&sim->objects, sim->spec->nr_sources))
        return out_of_memory(err);
    if (!boot_machine(sim, err) || !make_cpus(sim, err) ||
        !summary_init(&sim->summary, &sim->machine, err))
        return false;
    schedule_beginnings(sim);
    if (!make_tasks(sim, err) || !make_sources(sim, err) ||
        !task_table_place(&sim->tasks, sim->machine.nr_cpus, err) || !make_refusals(sim, err))
        return false;
    if (!write_header(sim))
        return jsonl_writer_check(&sim->writer, sim->output.name, err);
    for (size_t i = 0; i < sim->spec->nr_sources; i++) {
        sim->nr_active++;
        sim->nr_arriving++;
        if (!arrival_fetch(sim, (uint32_t)i, err))
            return false;
    }
    return !sim->out_of_memory || out_of_memory(err);
}
