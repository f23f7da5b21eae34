/* SPDX-License-Identifier: MIT */
/* Slurm, as far as a sweep needs it: its clients are run and what they print is read. */
#ifndef SIM_SWEEP_SCHEDULER_H
#define SIM_SWEEP_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Of a site that sets no other. */
enum { SCHEDULER_MAX_ARRAY_SIZE = 1001 };

/*
 * Runs a program, looked for in PATH, and appends its stdout to *output; its stderr is the caller's
 * own. argv ends with NULL. Errors: ERR_SWEEP_SCHEDULER (cannot be started, or ended with other
 * than 0), ERR_OUT_OF_MEMORY.
 */
bool scheduler_ask(const char *const *argv, struct strbuf *output, struct sim_error *err);

/* The site's MaxArraySize: the numbers of array tasks are below it. Errors: as above. */
bool scheduler_max_array_size(uint32_t *ret_size, struct sim_error *err);

/* Submits with `sbatch --parsable`; *ret_job is the job's number, good only for naming it in the
 * very next submission: a restarted controller may use it again. Errors: as above. */
bool scheduler_submit(const char *const *argv, uint64_t *ret_job, struct sim_error *err);

#endif
