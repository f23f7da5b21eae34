/* SPDX-License-Identifier: MIT */
/* One run of a sweep, from its line in the manifest to its result line. */
#ifndef SIM_SWEEP_SWEEP_JOB_H
#define SIM_SWEEP_SWEEP_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_store.h"
#include "base/strbuf.h"
#include "compare/metric_set.h"
#include "sweep/sweep_manifest.h"

/*
 * What all runs share; a worker has it from its parent by the fork. The result of a run depends on
 * its key alone, not on its place in the plan:
 *
 *     {"type":"run","key":"<32 hex>","ended":"duration",
 *      "metrics":{"alloc.failed":979,"buffer.mean":12.5,"x.first_below(3)":null}[,"summary":{...}]}
 *
 * "summary" is the summary line as it stands, when the sweep keeps more than the metrics.
 */
struct sweep_jobs {
    const struct sweep_manifest *manifest;
    const char *tool_version;
    struct file_store store; /* the inputs */
    struct metric_set *metrics;
};

/*
 * Brings the inputs in. Valid to end after `= {0}` and a failed init. Errors: those of
 * file_store_get(), ERR_SWEEP_INPUT (a file is not the one that was planned with), ERR_BAD_METRIC,
 * ERR_OUT_OF_MEMORY.
 */
bool sweep_jobs_init(struct sweep_jobs *jobs, const struct sweep_manifest *manifest,
                     const char *tool_version, struct sim_error *err);
void sweep_jobs_fini(struct sweep_jobs *jobs);

/*
 * Does the run of that index and appends its result line (without newline) to `line`. Of a sweep
 * that keeps the outputs DIR/outputs/KEY.jsonl is there afterwards, too. Errors: those of
 * sweep_manifest_texts(), run_inputs_load(), probe_run(), whole_file_commit().
 */
bool sweep_jobs_do(struct sweep_jobs *jobs, uint32_t index, struct strbuf *line,
                   struct sim_error *err);

/* DIR/<folder>/KEY<extension>; NULL: no host memory. The caller frees it. */
char *sweep_key_path(const char *dir, const char *folder, const struct sweep_key *key,
                     const char *extension);

#endif
