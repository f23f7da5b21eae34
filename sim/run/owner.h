/* SPDX-License-Identifier: MIT */
/* What a run does for reclaim: timers, wake-ups, kernel threads, signals. */
#ifndef SIM_RUN_OWNER_H
#define SIM_RUN_OWNER_H

#include "run/simulation_state.h"

/* The callbacks; they note what is to happen and never call the model. */
struct reclaim_owner owner_callbacks(struct simulation *sim);

#endif
