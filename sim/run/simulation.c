/* SPDX-License-Identifier: MIT */
/* The loop of a run: one event at a time, until the end. */
#include "run/simulation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "run/arrival.h"
#include "run/kthread.h"
#include "run/program.h"
#include "run/replay.h"
#include "run/scheduler.h"
#include "run/setup.h"
#include "run/simulation_state.h"
#include "run/slice.h"
#include "run/stall_book.h"
#include "stats/tick.h"

/* Sleepers alone for so long are not going to get anywhere. */
#define HOPELESS_NS (10 * NSEC_PER_SEC)

/*
 * With full checks no page may be lost at any event, by the counters. Recounting all books looks at
 * every frame, so it happens at every event until so many frames and blocks were looked at, then as
 * often as makes it these many an event.
 */
enum { CHECK_CREDIT = 50000000, CHECK_CREDIT_PER_EVENT = 256 };

struct simulation *simulation_create(const struct run_spec *spec, const struct run_output *output,
                                     struct sim_error *err)
{
    struct simulation *sim = calloc(1, sizeof(*sim));

    if (!sim) {
        sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the simulation");
        return NULL;
    }
    sim->spec = spec;
    sim->check_credit = CHECK_CREDIT;
    sim->output = *output;
    if (setup_simulation(sim, err))
        return sim;
    simulation_destroy(sim);
    return NULL;
}

/* Tasks lie on lists of the layers below, which do not look at them when they go. */
static void destroy_memory(struct simulation *sim)
{
    for (size_t i = 0; i < sim->tasks.tasks.count; i++)
        if (simulation_task(sim, (uint32_t)i)->in_call)
            user_call_end(&simulation_task(sim, (uint32_t)i)->call);
    if (sim->user_ready)
        user_memory_fini(&sim->user);
    vmalloc_space_fini(&sim->vmalloc);
    if (sim->slub_ready)
        slub_fini(&sim->slub);
    if (sim->reclaim_ready)
        reclaim_fini(&sim->reclaim);
    captured_cache_fini(&sim->captured);
    task_table_fini(&sim->tasks);
    machine_fini(&sim->machine);
}

void simulation_destroy(struct simulation *sim)
{
    if (!sim)
        return;
    for (size_t i = 0; sim->sources && i < sim->spec->nr_sources; i++) {
        free(sim->sources[i].tasks);
        captured_allocs_fini(&sim->sources[i].captured);
    }
    free(sim->sources);
    free(sim->cpus);
    free(sim->forks);
    destroy_memory(sim);
    objects_fini(&sim->objects);
    event_queue_fini(&sim->queue);
    summary_fini(&sim->summary);
    jsonl_writer_fini(&sim->writer);
    jsonl_writer_fini(&sim->summary_writer);
    free(sim);
}

/* ---- output ---- */

static void write_tick(struct simulation *sim)
{
    sim->stats.kswapd_ns = kthread_kswapd_ns(sim);
    tick_write(&sim->writer, &sim->machine, &sim->stats);
    summary_tick(&sim->summary, &sim->machine);
    sim->last_tick_ns = sim->clock.now_ns;
}

static void tick(struct simulation *sim)
{
    write_tick(sim);
    simulation_schedule(sim, time_add(sim->clock.now_ns, sim->spec->tick_ns), EVENT_TICK, 0);
}

struct summary_info simulation_summary(const struct simulation *sim)
{
    return (struct summary_info){
        .machine = &sim->machine,
        .stats = &sim->stats,
        .state = &sim->summary,
        .kernel = sim->spec->kernel,
        .workload = sim->spec->name,
        .ended = sim->ended,
    };
}

/* Who still sleeps has slept until now; the last tick and the summary close the output. */
static void end_run(struct simulation *sim)
{
    struct summary_info info;

    for (size_t i = 0; i < sim->tasks.tasks.count; i++) {
        struct run_task *task = simulation_task(sim, (uint32_t)i);
        const struct alloc_request *request = slice_request_of(task);

        stall_end(sim, task, sim->clock.now_ns);
        if (request && request->blocked)
            replay_alloc_slow(sim, task, request,
                              task->in_call ? task->user.caller.request_begin_ns
                                            : kernel_call_request_begin_ns(task));
    }
    if (sim->last_tick_ns != sim->clock.now_ns)
        write_tick(sim);
    info = simulation_summary(sim);
    summary_write(&sim->writer, &info);
    if (sim->output.summary_stream)
        summary_write(&sim->summary_writer, &info);
    sim->status = SIMULATION_DONE;
}

/* ---- errors ---- */

void simulation_bad_step(struct simulation *sim, const struct run_task *task,
                         enum sim_error_code code, const char *format, ...)
{
    const struct step_spec *step = task->operation.user_step;
    char what[128];
    va_list args;

    /* a script stands still while the blocks of a step's id are gone through */
    if (!step && task->operation.scripted)
        step = &task->script.steps[task->script.pc];
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    sim_error_set(&sim->err, code, "task %s: %s", task->name, what);
    if (step && step->line > 0)
        sim_error_add_place(&sim->err, sim->spec->path, step->line, step->column);
    sim->bad_step = true;
}

static bool output_ok(struct simulation *sim, struct sim_error *err)
{
    if (sim->bad_step)
        return false;
    if (sim->out_of_memory || sim->reclaim.out_of_memory || sim->slub.out_of_memory ||
        sim->vmalloc.out_of_memory)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory to go on with the run");
    return jsonl_writer_check(&sim->writer, sim->output.name, err) &&
           jsonl_writer_check(&sim->summary_writer, sim->output.summary_name, err);
}

static bool trouble(const struct simulation *sim)
{
    return (sim->out_of_memory | sim->reclaim.out_of_memory | sim->slub.out_of_memory |
            sim->vmalloc.out_of_memory | sim->bad_step) ||
           jsonl_writer_failed(&sim->writer) || jsonl_writer_failed(&sim->summary_writer);
}

static enum simulation_step stop_with_error(struct simulation *sim, struct sim_error *err)
{
    sim->status = SIMULATION_ERROR;
    if (!sim_error_is_set(err))
        *err = sim->err;
    return SIMULATION_ERROR;
}

/* ---- events ---- */

static bool arrival(struct simulation *sim, uint32_t source)
{
    return arrival_deliver(sim, source, &sim->err) && arrival_fetch(sim, source, &sim->err);
}

static void script_due(struct simulation *sim, struct run_task *task)
{
    program_due(sim, task);
    if (task->state == RUN_TASK_IDLE)
        scheduler_ready(sim, task);
}

/* Interrupts cost nobody's time. */
static void device_done(struct simulation *sim, uint32_t dev)
{
    sim->last_progress_ns = sim->clock.now_ns;
    reclaim_timer(&sim->reclaim, RECLAIM_TIMER_DEVICE, dev);
    slice_forget_work(sim);
}

static void refresh(struct simulation *sim, uint32_t cpu)
{
    refresh_cpu_vm_stats(&sim->machine, cpu);
    slice_forget_work(sim);
    simulation_schedule(sim, time_add(sim->clock.now_ns, NSEC_PER_SEC), EVENT_REFRESH, cpu);
}

/* False: sim->err is set. */
static bool process(struct simulation *sim, const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EVENT_ARRIVAL:
        return arrival(sim, event->arg);
    case EVENT_CPU:
        scheduler_cpu_done(sim, event->arg);
        break;
    case EVENT_WAKE:
        scheduler_timeout(sim, simulation_task(sim, event->arg));
        break;
    case EVENT_SCRIPT:
        script_due(sim, simulation_task(sim, event->arg));
        break;
    case EVENT_TICK:
        tick(sim);
        break;
    case EVENT_DEVICE:
        device_done(sim, event->arg);
        break;
    case EVENT_KUPDATE:
        reclaim_timer(&sim->reclaim, RECLAIM_TIMER_KUPDATE, event->arg);
        slice_forget_work(sim);
        break;
    case EVENT_REFRESH:
        refresh(sim, event->arg);
        break;
    case EVENT_END:
        end_run(sim);
        break;
    }
    return true;
}

/* Without a duration the run ends when nobody will do anything any more. */
static void end_when_idle(struct simulation *sim)
{
    bool hopeless =
        sim->nr_arriving == 0 && sim->clock.now_ns - sim->last_progress_ns >= HOPELESS_NS;

    if (sim->ending || (sim->nr_active > 0 && !hopeless))
        return;
    sim->ending = true;
    simulation_schedule(sim, scheduler_quiet_ns(sim), EVENT_END, 0);
}

#if MMSIM_CHECKS >= MMSIM_CHECKS_FULL
/* What the checkers will look at, about. */
static uint64_t count_items(const struct machine *machine)
{
    uint64_t items = machine->frame_table.max_pfn;

    for (uint32_t i = 0; i < machine->nr_zones; i++)
        for (unsigned order = 0; order < MAX_ORDER; order++)
            items += machine->zones[i].nr_free[order];
    return items;
}

static void check_all(struct simulation *sim)
{
    uint64_t items = count_items(&sim->machine);
    char why[256] = "";
    bool ok;

    SIM_ASSERT(machine_pages_conserved(&sim->machine));
    sim->check_credit += CHECK_CREDIT_PER_EVENT;
    if (sim->check_credit < items)
        return;
    sim->check_credit -= items;
    ok = reclaim_check(&sim->reclaim, why, sizeof(why)) && /* and the machine below it */
         user_memory_check(&sim->user, why, sizeof(why)) &&
         slub_check(&sim->slub, why, sizeof(why)) && vmalloc_check(&sim->vmalloc, why, sizeof(why));
    if (!ok)
        sim_assert_failed(why, __FILE__, __LINE__);
    SIM_ASSERT(objects_check(&sim->objects));
    SIM_ASSERT(event_queue_check(&sim->queue));
}
#else
static void check_all(struct simulation *sim)
{
    (void)sim;
}
#endif

enum simulation_step simulation_step(struct simulation *sim, struct sim_error *err)
{
    struct event event;

    if (sim->status == SIMULATION_ERROR)
        return stop_with_error(sim, err);
    if (sim->status == SIMULATION_DONE)
        return SIMULATION_DONE;
    end_when_idle(sim);
    /* A tick or a refresh is always to come, unless it could not be scheduled. */
    if (SIM_UNLIKELY(sim->panicked)) {
        sim->ended = RUN_ENDED_PANIC;
        end_run(sim);
    } else if (!sim->out_of_memory && event_queue_pop(&sim->queue, &event)) {
        clock_advance_to(&sim->clock, event.time_ns);
        sim->stats.events_processed++;
        if (!process(sim, &event))
            return stop_with_error(sim, err);
        check_all(sim);
    }
    if (SIM_UNLIKELY(trouble(sim))) {
        output_ok(sim, &sim->err);
        return stop_with_error(sim, err);
    }
    return sim->status;
}

bool simulation_run(struct simulation *sim, struct sim_error *err)
{
    enum simulation_step step = SIMULATION_MORE;

    while (step == SIMULATION_MORE)
        step = simulation_step(sim, err);
    return step == SIMULATION_DONE;
}

bool simulation_interrupt(struct simulation *sim, struct sim_error *err)
{
    if (sim->status != SIMULATION_MORE)
        return true;
    sim->ended = RUN_ENDED_INTERRUPTED;
    end_run(sim);
    if (!trouble(sim))
        return true;
    output_ok(sim, &sim->err);
    stop_with_error(sim, err);
    return false;
}

struct simulation_progress simulation_progress(const struct simulation *sim)
{
    return (struct simulation_progress){
        .now_ns = sim->clock.now_ns,
        .end_ns = sim->spec->duration_ns,
        .records = sim->records,
        .records_total = sim->records_total,
    };
}

const struct machine *simulation_machine(const struct simulation *sim)
{
    return &sim->machine;
}

const struct run_stats *simulation_stats(const struct simulation *sim)
{
    return &sim->stats;
}
