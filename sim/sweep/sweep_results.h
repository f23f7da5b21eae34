/* SPDX-License-Identifier: MIT */
/* The result of each run of a manifest, each exactly once. */
#ifndef SIM_SWEEP_SWEEP_RESULTS_H
#define SIM_SWEEP_SWEEP_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sweep/index_set.h"
#include "sweep/segment.h"
#include "sweep/sweep_manifest.h"

/*
 * Lines are found, not copied: 16 bytes a run beside the mapped segments. A run that was done
 * twice, with equal lines, is one result.
 */
struct sweep_results {
    const struct sweep_manifest *manifest;
    struct segment_set segments;
    struct sweep_result_place {
        const char *text; /* NULL: no result yet */
        size_t length;
    } * runs;         /* by index of the manifest */
    uint32_t found;   /* == runs with a text */
    uint64_t again;   /* lines that repeat a result */
    uint64_t foreign; /* lines of runs that are not in the manifest: of another plan */
};

/*
 * Reads all segments of the manifest's folder. The manifest must outlive the results. Errors: those
 * of segment_set_open() and segment_set_each(), ERR_SWEEP_DUPLICATE (two different results of one
 * run; names both files). Valid to end after a failure.
 */
bool sweep_results_read(struct sweep_results *results, const struct sweep_manifest *manifest,
                        struct sim_error *err);
void sweep_results_fini(struct sweep_results *results);

static inline bool sweep_results_has(const struct sweep_results *results, uint32_t index)
{
    return results->runs[index].text;
}

/*
 * The runs without a result; with `chunks` (not 0) the chunks that have such a run, where run i is
 * in chunk i % chunks. False: no host memory.
 */
bool sweep_results_missing(const struct sweep_results *results, uint32_t chunks,
                           struct index_set *ret_missing);

#endif
