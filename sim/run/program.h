/* SPDX-License-Identifier: MIT */
/* What a task does next: the record that waits for it, or the next step of its script. */
#ifndef SIM_RUN_PROGRAM_H
#define SIM_RUN_PROGRAM_H

#include "run/simulation_state.h"

enum next_thing {
    NEXT_OPERATION, /* it is in task->operation */
    NEXT_EXIT,
    NEXT_NOTHING, /* for now, or it came to its end */
};

/* Takes the next thing to do; lateness is counted here. */
enum next_thing program_next(struct simulation *sim, struct run_task *task);

/* Whether program_next() may have something now. */
bool program_has_more(const struct run_task *task);

/* A script begins or goes on at `time_ns`: until then it keeps the run alive. */
void program_schedule(struct simulation *sim, const struct run_task *task, uint64_t time_ns);

/* EVENT_SCRIPT. The script's next step is due from now on. */
void program_due(struct simulation *sim, struct run_task *task);

#endif
