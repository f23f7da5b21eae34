/* SPDX-License-Identifier: MIT */
/* The runs of a sweep that failed when they were last tried, with the reasons. */
#ifndef SIM_SWEEP_SWEEP_FAILURES_H
#define SIM_SWEEP_SWEEP_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "sweep/sweep_results.h"

/*
 * DIR/failed/<key>.json is an object with a member "message", a text. It is read for people only: a
 * run counts as failed while its file is there and its result is not.
 */
struct sweep_failure {
    uint32_t index; /* of the manifest */
    char *reason;
};

struct sweep_failures {
    VEC(struct sweep_failure) runs; /* ascending by index */
};

/* A missing DIR/failed holds nothing; files of other names or plans, or without a message, are
 * passed over. Errors: ERR_OUT_OF_MEMORY. Valid to end after a failure. */
bool sweep_failures_read(struct sweep_failures *failures, const struct sweep_results *results,
                         struct sim_error *err);
void sweep_failures_fini(struct sweep_failures *failures);

#endif
