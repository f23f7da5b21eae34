/* SPDX-License-Identifier: MIT */
/* Operations of user space: memory accesses, files, slab objects, fork. */
#ifndef SIM_RUN_USER_STEP_H
#define SIM_RUN_USER_STEP_H

#include "run/slice.h"

/* What it wants to hear of user memory. */
struct user_listener user_step_listener(struct simulation *sim);

/* One go of the task at the user step of its operation. */
enum step user_step_run(struct simulation *sim, struct run_task *task, struct slice *slice);

#endif
