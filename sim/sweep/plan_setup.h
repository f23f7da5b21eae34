/* SPDX-License-Identifier: MIT */
/* The setups of a plan: all that a run is but its seed, loaded once and hashed. */
#ifndef SIM_SWEEP_PLAN_SETUP_H
#define SIM_SWEEP_PLAN_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "sweep/key_map.h"
#include "sweep/plan_inputs.h"
#include "sweep/sweep_file.h"

struct plan_setup {
    uint32_t machine;     /* of the inputs */
    uint32_t workload;    /* of the inputs */
    struct sweep_key key; /* of the run without a seed; plan_setup_key() adds that */
};

/* Valid to end after `= {0}`. */
struct plan_setups {
    const struct sweep_file *file;
    const char *tool_version;
    struct plan_inputs inputs;
    VEC(const char *)
    arguments;                /* of --set, of the setup that was asked for last, in their order */
    VEC(const char *) sorted; /* the same, for the key */
    VEC(struct plan_setup) items;
    struct key_map by_texts;
};

/* `dir` is the sweep's folder. Errors: those of plan_inputs_init(). */
bool plan_setups_init(struct plan_setups *setups, const struct sweep_file *file, const char *dir,
                      const char *tool_version, struct sim_error *err);
void plan_setups_fini(struct plan_setups *setups);

/*
 * The setup of a point, choice[axis] being the index of the axis' value; loaded if it is new. An
 * error that a value of the sweep file makes has its place there. Errors: those of
 * run_inputs_load(), ERR_SWEEP_AXIS (no machine).
 */
bool plan_setups_get(struct plan_setups *setups, const uint32_t *choice,
                     struct plan_setup *ret_setup, struct sim_error *err);

/* The chosen value of the axis of that kind; NULL: there is no such axis. */
const struct sweep_value *plan_value(const struct sweep_file *file, enum sweep_axis_kind kind,
                                     const uint32_t *choice);

/* The key of the run of that seed; NULL: the workload's own. */
struct sweep_key plan_setup_key(const struct plan_setup *setup, const uint64_t *seed);

#endif
