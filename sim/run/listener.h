/* SPDX-License-Identifier: MIT */
/* What a run hears from the machine and from reclaim while it calls them. */
#ifndef SIM_RUN_LISTENER_H
#define SIM_RUN_LISTENER_H

#include "run/simulation_state.h"

/* Fills sim->observer and sim->reclaim, whose context and owner is the simulation. */
void listener_init(struct simulation *sim);

#endif
