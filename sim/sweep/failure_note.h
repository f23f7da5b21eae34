/* SPDX-License-Identifier: MIT */
/* Why a run of a sweep has no result: a small file that goes away when it gets one. */
#ifndef SIM_SWEEP_FAILURE_NOTE_H
#define SIM_SWEEP_FAILURE_NOTE_H

#include <stdbool.h>

#include "base/error.h"
#include "sweep/sweep_key.h"
#include "sweep/worker_pool.h"

/*
 * DIR/failed/KEY.json, written as base/whole_file.h does it, holds one line:
 *
 *     {"type":"failed","key":"<32 hex>","reason":"timeout","message":"took longer than ..."}
 *
 * The note is for people and for `sweep status`; whether a run is done is the segments' business,
 * so a note that is lost or left over does no harm.
 */

/* "input": the run cannot be done as it is; "memory", "timeout": its limits; "crashed". */
const char *failure_note_reason(const struct worker_failure *failure);

/* Makes the folder, too. Errors: ERR_WRITE, ERR_OUT_OF_MEMORY. */
bool failure_note_write(const char *dir, const struct sweep_key *key,
                        const struct worker_failure *failure, struct sim_error *err);

/* Removes the note of a run; there need not be one. Errors: ERR_WRITE, ERR_OUT_OF_MEMORY. */
bool failure_note_remove(const char *dir, const struct sweep_key *key, struct sim_error *err);

#endif
