/* SPDX-License-Identifier: MIT */
/* One go of a task on its CPU: what it does to the machine, and how long that takes. */
#ifndef SIM_RUN_SLICE_H
#define SIM_RUN_SLICE_H

#include "run/simulation_state.h"
#include "stats/event.h"

/*
 * What happens to the machine in a slice happens at its beginning; its cost is cost_spec times the
 * work that the layers below have counted meanwhile.
 */
struct slice {
    uint64_t calls_ns;   /* the cost of the calls themselves, beside the work they make */
    bool upper;          /* it may have done more than mm's own work: all counters are looked at */
    uint64_t cost_ns;    /* result, at least 1 */
    uint64_t reclaim_ns; /* the part of it that was work of reclaim */
    uint64_t oom_ns;     /* ... of the OOM killer */
};

/*
 * Runs the task's operation, or its job as a kernel thread, from its beginning or from where it
 * waited, in its name. STEP_BLOCKED: task.wait says for what.
 */
enum step slice_run(struct simulation *sim, struct run_task *task, struct slice *ret_slice);

/* Costs so far, while the slice runs; at least 1. */
uint64_t slice_cost_ns(const struct simulation *sim, const struct slice *slice);

/* For a slice that slice_run() does not run: measures it; `upper` and calls_ns are set. */
void slice_end(struct simulation *sim, struct run_task *task, struct slice *slice);

/* The allocation that the task is in; NULL: none. */
const struct alloc_request *slice_request_of(const struct run_task *task);

/* What was done outside slices, as by interrupts, costs nobody anything. */
void slice_forget_work(struct simulation *sim);

/* In whose name things happen: of a task, of the one whose slice it is, or of nobody. */
struct event_cause slice_cause_of(const struct simulation *sim, const struct run_task *task);
struct event_cause slice_cause(const struct simulation *sim);

#endif
