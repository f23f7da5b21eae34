/* SPDX-License-Identifier: MIT */
/* The time that tasks lose, by cause. */
#ifndef SIM_RUN_STALL_BOOK_H
#define SIM_RUN_STALL_BOOK_H

#include "run/simulation_state.h"

/*
 * A task is in one stall at a time, or none. STALL_NONE opens nothing. `works`: the task is on its
 * CPU; work that goes on for the same cause is one stall, however often it is interrupted to let
 * time pass.
 */
void stall_begin(struct run_task *task, unsigned stall, uint64_t from_ns, bool works);

/*
 * Books the open stall, if any, on the task and, unless that is a kernel thread, on the run, and
 * reports it. One that would end before it has begun never was.
 */
void stall_end(struct simulation *sim, struct run_task *task, uint64_t until_ns);

#endif
