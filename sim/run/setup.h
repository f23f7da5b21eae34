/* SPDX-License-Identifier: MIT */
/* From a run spec to a simulation about to process its first event. */
#ifndef SIM_RUN_SETUP_H
#define SIM_RUN_SETUP_H

#include "run/simulation_state.h"

/*
 * Boots the machine, makes the tasks, writes the header and schedules what begins by itself.
 * `sim` is all-zero but for spec and output; on failure simulation_destroy() cleans up. Errors as
 * simulation_create().
 */
bool setup_simulation(struct simulation *sim, struct sim_error *err);

#endif
