/* SPDX-License-Identifier: MIT */
/* What is behind struct simulation, for the files of this folder. */
#ifndef SIM_RUN_SIMULATION_STATE_H
#define SIM_RUN_SIMULATION_STATE_H

#include "engine/clock.h"
#include "engine/event_queue.h"
#include "mm/vmalloc.h"
#include "reclaim/reclaim.h"
#include "run/captured.h"
#include "run/objects.h"
#include "run/run_task.h"
#include "run/simulation.h"
#include "trace/trace_source.h"
#include "user/user_memory.h"

/* What an event is for; `arg` in brackets. */
enum event_kind {
    EVENT_END,     /* of the run */
    EVENT_TICK,    /* sample */
    EVENT_ARRIVAL, /* the source's next record is due [source] */
    EVENT_CPU,     /* the CPU is done with what it was busy with [cpu] */
    EVENT_WAKE,    /* a sleep has lasted as long as it may [task]; stale if it has ended before */
    EVENT_SCRIPT,  /* a script begins or its sleep is over [task] */
    EVENT_DEVICE,  /* a request is done [device] */
    EVENT_KUPDATE, /* the periodic write-back is due */
    EVENT_REFRESH, /* once-a-second counters of a CPU [cpu] */
};

/*
 * A CPU is busy until busy_until_ns, with `running` if something has to follow then. EVENT_CPU is
 * in the queue only when somebody waits for that moment.
 */
struct run_cpu {
    uint64_t busy_until_ns;
    uint32_t running; /* task, TASK_NONE */
    uint32_t first_runnable;
    uint32_t last_runnable;
    bool event_pending;
};

struct run_source {
    struct trace_source *source;
    uint32_t *tasks; /* the source's task -> index in the table */
    struct trace_record next;
    struct captured_allocs captured; /* with RECLAIM_SIMULATED */
};

/* What the layers below have counted so far, in the time that it costs. */
struct work_done {
    uint64_t mm_ns;
    uint64_t user_ns;
    uint64_t reclaim_ns;
    uint64_t oom_ns;
};

/*
 * Invariants: each source that has not ended has one EVENT_ARRIVAL; nr_active is the number of
 * those, of the tasks RUNNABLE, RUNNING or BLOCKED that are no kernel threads, and of the
 * EVENT_SCRIPT in the queue; nr_arriving counts the first and the last of the three.
 */
struct simulation {
    const struct run_spec *spec;
    struct run_output output;
    struct clock clock;
    struct machine machine;
    struct reclaim reclaim;
    struct slub slub;
    struct vmalloc_space vmalloc;
    struct user_memory user;
    struct mm_observer observer;
    struct event_queue queue;
    struct task_table tasks;
    uint32_t kswapds[NODES_MAX];             /* task of each node, TASK_NONE */
    uint32_t pdflushes[PDFLUSH_THREADS_MAX]; /* ... of each thread */
    uint32_t *forks;                         /* [spec->nr_tasks] copies so far */
    struct run_cpu *cpus;                    /* [machine.nr_cpus] */
    struct objects objects;
    struct run_source *sources; /* [spec->nr_sources] */
    struct captured_cache captured;
    struct work_done work_paid; /* in the slices so far, or nobody's */

    struct run_stats stats;
    struct summary_state summary;
    struct jsonl_writer writer;
    struct jsonl_writer summary_writer;
    uint16_t nr_refusals; /* populated zones: no zonelist is longer */

    uint64_t records;
    uint64_t records_total;
    uint64_t nr_active;
    uint64_t nr_arriving;
    uint64_t last_tick_ns;
    uint64_t last_progress_ns; /* an operation or a part of it was done, or a request of a device */
    uint64_t check_credit;     /* frames and blocks that full checks may still look at */
    uint32_t current;          /* task in whose name mm is called, TASK_NONE */
    bool reclaim_ready, slub_ready, user_ready; /* to be given back */
    bool ending;                                /* EVENT_END is in the queue */
    bool panicked;                              /* nobody is left for the OOM killer */
    bool out_of_memory;                         /* met where no error can be returned */
    bool bad_step; /* a step that cannot be was met there: err is set */
    enum simulation_step status;
    enum run_end ended;
    struct sim_error err; /* of SIMULATION_ERROR */
};

static inline uint64_t time_add(uint64_t time_ns, uint64_t duration_ns)
{
    uint64_t sum;

    return __builtin_add_overflow(time_ns, duration_ns, &sum) ? UINT64_MAX : sum;
}

/* Puts an event into the queue; lack of memory is noted and ends the run after this event. */
static inline void simulation_schedule(struct simulation *sim, uint64_t time_ns,
                                       enum event_kind kind, uint32_t arg)
{
    if (SIM_UNLIKELY(!event_queue_push(&sim->queue, time_ns, kind, arg)))
        sim->out_of_memory = true;
}

/* The step under way cannot be: the run ends with this error, at the step's place. */
void simulation_bad_step(struct simulation *sim, const struct run_task *task,
                         enum sim_error_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static inline struct run_task *simulation_task(const struct simulation *sim, uint32_t index)
{
    return sim->tasks.tasks.items[index];
}

static inline struct task_stats *simulation_task_stats(struct simulation *sim,
                                                       const struct run_task *task)
{
    return &sim->tasks.stats.items[task->task.id];
}

#endif
