/* SPDX-License-Identifier: MIT */
/* Operations of user space: memory accesses, files, slab objects, fork. */
#ifndef SIM_RUN_USER_STEP_H
#define SIM_RUN_USER_STEP_H

#include "run/slice.h"

/* The request_done of a task's alloc_caller; its context is the simulation. */
void user_step_request_done(struct alloc_caller *caller, const struct alloc_request *request);

/* One go of the task at the user step of its operation. */
enum step user_step_run(struct simulation *sim, struct run_task *task, struct slice *slice);

#endif
