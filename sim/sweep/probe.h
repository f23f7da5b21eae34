/* SPDX-License-Identifier: MIT */
/* One run that is only measured: nothing is written, its metrics are picked out as it goes. */
#ifndef SIM_SWEEP_PROBE_H
#define SIM_SWEEP_PROBE_H

#include <stdbool.h>

#include "base/error.h"
#include "compare/metric_set.h"
#include "config/run_inputs.h"
#include "stats/jsonl_writer.h"

/*
 * Runs the inputs to their end and settles the metrics, which are restarted first. `also` (may be
 * NULL) sees every line, too. Errors: those of simulation_create(), simulation_step(),
 * metric_set_line(), metric_set_finish(). Costs what the run costs; lines are composed only as far
 * as somebody looks.
 */
bool probe_run(const struct run_inputs *inputs, struct metric_set *metrics, bool events,
               const struct line_observer *also, struct sim_error *err);

#endif
