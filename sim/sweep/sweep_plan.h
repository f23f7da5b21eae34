/* SPDX-License-Identifier: MIT */
/* From a sweep file to its manifest: every run with its key, each checked to load. */
#ifndef SIM_SWEEP_SWEEP_PLAN_H
#define SIM_SWEEP_SWEEP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "sweep/sweep_file.h"

/* The manifest's bytes: `head`, the sweep's line, and `runs`, the others. */
struct sweep_plan {
    struct strbuf head;
    struct strbuf runs;
    uint32_t nr_runs;
    uint32_t nr_loads; /* settings that were loaded; the seed alone is no new one */
};

/*
 * Loads the inputs of every run, once for all seeds, and makes the manifest for the folder `dir`,
 * which must be there. Errors: those of run_inputs_load(), in a value of the sweep file with its
 * place there; ERR_SWEEP_EMPTY (the filters leave nothing), ERR_SWEEP_AXIS (two runs are the same);
 * those of plan_inputs_add(). *ret_plan is overwritten; valid to end after a failure. Costs what
 * loading costs, and 1.5 us and 300 bytes a run.
 */
bool sweep_plan_make(struct sweep_plan *ret_plan, const struct sweep_file *file, const char *dir,
                     const char *tool_version, struct sim_error *err);
void sweep_plan_fini(struct sweep_plan *plan);

/*
 * Makes the plan and writes DIR/manifest.jsonl whole or not at all. A folder that is not there is
 * made. A manifest that is there is left alone when it is the same, and otherwise
 * ERR_SWEEP_MANIFEST unless `force`. Other errors: those above and of whole_file_write().
 */
bool sweep_plan_write(struct sweep_plan *ret_plan, const struct sweep_file *file, const char *dir,
                      const char *tool_version, bool force, struct sim_error *err);

#endif
