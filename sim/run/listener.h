/* SPDX-License-Identifier: MIT */
/* What a run hears from the machine and from reclaim while it calls them. */
#ifndef SIM_RUN_LISTENER_H
#define SIM_RUN_LISTENER_H

#include "run/simulation_state.h"

/* Fills sim->observer, whose context is the simulation. */
void listener_init(struct simulation *sim);

/* What reclaim shall tell the run; with event lines, all that is not of a single page. */
struct reclaim_observer listener_of_reclaim(struct simulation *sim);

#endif
