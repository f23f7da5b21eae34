/* SPDX-License-Identifier: MIT */
/* All results of a sweep in one file: the same bytes whoever did the runs, and where. */
#ifndef SIM_SWEEP_SWEEP_MERGE_H
#define SIM_SWEEP_SWEEP_MERGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "sweep/sweep_results.h"

/*
 * The runs of a manifest in the order of their keys, each with its result. The order depends on
 * nothing but the keys: not on the axes, nor on who was done first. Borrows the results.
 */
struct sweep_merge {
    const struct sweep_results *results;
    uint32_t *order; /* indices of the manifest, ascending by key */
    uint32_t count;
};

/* One run with what it came to. */
struct sweep_merge_run {
    uint32_t index;
    const struct sweep_run *run;
    const char *text; /* its result line */
    size_t length;
};

/*
 * Every run must be there: else ERR_SWEEP_INCOMPLETE, which names those that are not. Errors:
 * ERR_OUT_OF_MEMORY. Valid to end after a failure. Memory: 4 bytes a run.
 */
bool sweep_merge_init(struct sweep_merge *merge, const struct sweep_results *results,
                      struct sim_error *err);
void sweep_merge_fini(struct sweep_merge *merge);

struct sweep_merge_run sweep_merge_at(const struct sweep_merge *merge, uint32_t position);

/*
 * The manifest's first line, then one line a run:
 *
 *     {"type":"run","key":"..","index":7,"axes":{"vm.min_free_kbytes":"1024"},"ended":..,"metrics":{..}}
 *
 * Errors: ERR_SWEEP_RESULT, ERR_SWEEP_MANIFEST, ERR_OUT_OF_MEMORY. Failed writes are the stream's.
 */
bool sweep_merge_write(const struct sweep_merge *merge, FILE *stream, struct sim_error *err);

#endif
