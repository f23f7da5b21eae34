/* SPDX-License-Identifier: MIT */
/* Does what a sweep still lacks: hands its runs to workers and keeps their results. */
#ifndef SIM_SWEEP_SWEEP_RUNNER_H
#define SIM_SWEEP_SWEEP_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sweep/sweep_manifest.h"
#include "sweep/worker_pool.h"

/*
 * Any number of runners may be at one sweep, on any number of hosts that share its folder: a run
 * that two of them do gives the same line twice, which is one result. Runs are done in the order of
 * the plan. A run that fails is noted (failure_note.h) and the rest goes on; the next runner tries
 * it again. Only the parent of the workers writes results, so a worker that dies takes only its own
 * run with it.
 *
 * Memory: the manifest and 16 bytes a run while the results are read, a bit a run afterwards; the
 * workers share the inputs and have one simulation each.
 */
struct sweep_runner_spec {
    const char *dir;
    const char *tool_version;
    uint32_t workers; /* at least 1 */
    uint32_t chunk;   /* below chunks: this share is the runs with index % chunks == chunk */
    uint32_t chunks;  /* 1..SWEEP_RUNS_MAX */
};

struct sweep_tally {
    uint32_t share;     /* runs of this chunk */
    uint32_t before;    /* had their result when this runner began */
    uint32_t done;      /* by this runner; their results are kept when it returns */
    uint32_t failed;    /* the rest is missing, too, but was not tried */
    uint32_t bad_input; /* of the failed: the run itself is at fault, not its limits */
};

/* Who wants to know on the way; all of it in the parent. */
struct sweep_watcher {
    void (*failed)(void *ctx, const struct sweep_manifest *manifest, uint32_t index,
                   const struct worker_failure *failure);
    void (*progress)(void *ctx, const struct sweep_tally *tally); /* about 20 times a second */
    void *ctx;
};

/*
 * The end is as worker_pool_run() says; signals are as there, too. *ret_tally is set in every case.
 * Whatever the end, the results that are there are committed, if the disk allows. Errors: those of
 * sweep_manifest_open(), sweep_results_read(), sweep_jobs_init(), worker_pool_run(), ERR_WRITE,
 * ERR_UNKNOWN_METRIC (a run has no such metric: the plan is wrong, nothing more is tried).
 */
enum worker_pool_end sweep_runner_run(const struct sweep_runner_spec *spec,
                                      const struct sweep_watcher *watcher,
                                      struct sweep_tally *ret_tally, struct sim_error *err);

#endif
