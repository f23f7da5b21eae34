/* SPDX-License-Identifier: MIT */
/* Records on their way in: from a source to the queue of their task. */
#ifndef SIM_RUN_ARRIVAL_H
#define SIM_RUN_ARRIVAL_H

#include "run/simulation_state.h"

/*
 * Fetches the source's next record and schedules its arrival, or notes that the source has ended.
 * False: the source's own error, or that of a record which cannot be.
 */
bool arrival_fetch(struct simulation *sim, uint32_t source, struct sim_error *err);

/*
 * The fetched record is due: settles what its id means and queues it for its task, which is made
 * runnable. False: ERR_ID_IN_USE or ERR_OUT_OF_MEMORY.
 */
bool arrival_deliver(struct simulation *sim, uint32_t source, struct sim_error *err);

#endif
