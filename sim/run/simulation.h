/* SPDX-License-Identifier: MIT */
/* The root object: one run of one workload on one machine, event by event. */
#ifndef SIM_RUN_SIMULATION_H
#define SIM_RUN_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "mm/machine.h"
#include "run/run_spec.h"
#include "stats/header.h"
#include "stats/run_stats.h"
#include "stats/summary.h"

/*
 * A simulation is plain data behind this pointer: any number of them can live in one process, be
 * stepped in turns and be paused at any event; neither shows in their output.
 *
 * Time. Events are ordered by (time, order of scheduling). Each task does one operation at a time,
 * each CPU runs one at a time; tasks of a CPU take turns, first come first served, interrupts
 * before real-time tasks and these before all others. What an operation does to the machine happens
 * when it begins, or goes on after a wait; the CPU is busy with it for its cost: cost_spec times
 * the work done, at least 1 ns. An operation that waits says how: it works (then it keeps its CPU,
 * but between two parts of the work others who wait for the CPU go first), it yields, or it sleeps.
 * A sleeper gives its CPU up after the cost of what it did so far; its timeout counts from there.
 *
 * Late. A record has an intended time, and so has a script step: the end of the step before, or
 * of the sleep. Begin less intended time is the operation's lateness. An allocation's latency is
 * from its begin to its result, costs and sleeps included.
 *
 * Open loop. A record belongs to its task from its time on; when the task is busy it queues.
 * What id a record means is settled in the order of the source: a block may be freed by one task
 * while its late allocation still sleeps in another; it is then freed as soon as it is there.
 *
 * Kernel threads run on the same CPUs, in turn with the tasks: a kswapd for each node with memory,
 * pdflush threads as they are needed. Interrupts cost nobody's time. Every CPU refreshes its
 * counters once a second, CPU n at 1 s + n jiffies and so on.
 *
 * Memory of a task. User blocks of records and the regions of user steps are its address space.
 * They go back when it exits or is killed; a script that comes to its end without an exit keeps
 * them until the run ends. A victim of the OOM killer finishes the operation it is in and then
 * ends; one that has nothing to do ends at once.
 *
 * The end is at duration_ns; without a duration, when nothing is left to happen: no record, no
 * step, no sleeper; kernel threads do not count. Sleepers that get nowhere for 10 s while nothing
 * else is left end the run too, and so does a panic.
 *
 * Left out: preemption within a part of work, migration of tasks between CPUs.
 */
struct simulation;

/* Where the lines go. All of it is the caller's and outlives the simulation. */
struct run_output {
    FILE *stream;         /* JSON Lines; NULL = nobody reads */
    const char *name;     /* of the stream, for errors */
    FILE *summary_stream; /* the summary line once more, alone; NULL = no */
    const char *summary_name;
    bool events;                          /* event lines between the ticks */
    const struct line_observer *observer; /* sees every line, too; NULL: nobody */
    const char *tool_version;
    const struct header_input *inputs;
    size_t nr_inputs;
};

enum simulation_step {
    SIMULATION_MORE,
    SIMULATION_DONE,  /* the summary is written */
    SIMULATION_ERROR, /* err is set; what was written stays a valid prefix */
};

struct simulation_progress {
    uint64_t now_ns;
    uint64_t end_ns;        /* 0 = not known: see the records */
    uint64_t records;       /* taken from the sources so far */
    uint64_t records_total; /* 0 = not known */
};

/*
 * Boots the machine, rewinds the sources and writes the header. The spec must stay until the
 * simulation is destroyed; its machine must have passed machine_spec_check(). NULL: ERR_BAD_KERNEL,
 * ERR_UNKNOWN_CPU, ERR_UNKNOWN_NODE (a task or record that names what the machine lacks),
 * ERR_NO_DURATION, ERR_BAD_STEP, ERR_DUPLICATE_NAME, ERR_WRITE, ERR_OUT_OF_MEMORY, or what a source
 * reports for its first record.
 */
struct simulation *simulation_create(const struct run_spec *spec, const struct run_output *output,
                                     struct sim_error *err);
/* Accepts NULL; a simulation may be destroyed at any event. */
void simulation_destroy(struct simulation *simulation);

/*
 * Processes one event. After SIMULATION_DONE or SIMULATION_ERROR: the same again. Errors: a
 * source's own, a record that cannot be (ERR_TRACE_CORRUPT, ERR_TIME_ORDER, ERR_ID_IN_USE,
 * ERR_UNKNOWN_NODE, ERR_UNKNOWN_SYSCTL), ERR_BAD_STEP (a step uses a region that is not there),
 * ERR_WRITE, ERR_OUT_OF_MEMORY.
 */
enum simulation_step simulation_step(struct simulation *simulation, struct sim_error *err);

/* Steps to the end; false as SIMULATION_ERROR. */
bool simulation_run(struct simulation *simulation, struct sim_error *err);

/*
 * Ends the run here, as at its duration: a last tick and the summary, marked as interrupted. No
 * effect on a run that has ended. False: ERR_WRITE, ERR_OUT_OF_MEMORY.
 */
bool simulation_interrupt(struct simulation *simulation, struct sim_error *err);

struct simulation_progress simulation_progress(const struct simulation *simulation);

/* For readers: tests, the table of the command line. Valid until the destruction. */
const struct machine *simulation_machine(const struct simulation *simulation);
const struct run_stats *simulation_stats(const struct simulation *simulation);
struct summary_info simulation_summary(const struct simulation *simulation);

#endif
