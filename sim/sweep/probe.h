/* SPDX-License-Identifier: MIT */
/* One run that is only measured: nothing is written, its metrics are picked out as it goes. */
#ifndef SIM_SWEEP_PROBE_H
#define SIM_SWEEP_PROBE_H

#include <stdbool.h>

#include "base/error.h"
#include "compare/metric_set.h"
#include "config/run_inputs.h"
#include "stats/jsonl_writer.h"

/* What the lines are like and who else sees them. */
struct probe_output {
    const char *tool_version;         /* for the header */
    bool events;                      /* event lines, too */
    const struct line_observer *also; /* sees every line, before the metrics do; NULL: nobody */
};

/*
 * Runs the inputs to their end and settles the metrics, which are restarted first. Errors: those of
 * simulation_create(), simulation_step(), metric_set_line(), metric_set_finish(), of the observer.
 * Costs what the run and its lines cost.
 */
bool probe_run(const struct run_inputs *inputs, struct metric_set *metrics,
               const struct probe_output *output, struct sim_error *err);

#endif
