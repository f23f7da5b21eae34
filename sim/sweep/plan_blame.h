/* SPDX-License-Identifier: MIT */
/* Where in the sweep file the mistake is that a run of it shows. */
#ifndef SIM_SWEEP_PLAN_BLAME_H
#define SIM_SWEEP_PLAN_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/run_inputs.h"
#include "sweep/sweep_file.h"

/*
 * Moves the error of loading a run to the value of the sweep file that it comes from: a change by
 * --set, or a file that cannot be opened. The message stays. An error inside a machine or workload
 * file keeps its place, and the hint says with which values it came up. Always returns false.
 */
bool plan_blame(const struct sweep_file *file, const uint32_t *choice,
                const struct run_choice *run_choice, struct sim_error *err);

#endif
