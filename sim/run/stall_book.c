/* SPDX-License-Identifier: MIT */
/* Opening and closing stalls. */
#include "run/stall_book.h"

#include "run/slice.h"
#include "stats/event.h"

void stall_begin(struct run_task *task, unsigned stall, uint64_t from_ns, bool works)
{
    SIM_ASSERT(task->stall.stall == STALL_NONE);
    task->stall = (struct open_stall){(uint8_t)stall, works, from_ns};
}

void stall_end(struct simulation *sim, struct run_task *task, uint64_t until_ns)
{
    struct task_stats *stats = simulation_task_stats(sim, task);
    struct open_stall open = task->stall;
    struct event_cause cause;

    task->stall = (struct open_stall){.stall = STALL_NONE};
    if (open.stall == STALL_NONE || open.from_ns > until_ns)
        return;
    stats->stalls[open.stall]++;
    stats->stall_ns[open.stall] += until_ns - open.from_ns;
    if (task->job.is_kthread)
        return;
    sim->stats.stalls[open.stall]++;
    sim->stats.stall_ns[open.stall] += until_ns - open.from_ns;
    if (!sim->output.events)
        return;
    cause = slice_cause_of(sim, task);
    event_write_stall(&sim->writer, &cause, open.stall, open.from_ns, until_ns);
}
