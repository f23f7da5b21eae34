/* SPDX-License-Identifier: MIT */
/* What tune measured: the goals, and their metrics at each value with each seed. */
#ifndef SIM_SWEEP_TUNE_CURVE_H
#define SIM_SWEEP_TUNE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "compare/criterion.h"
#include "compare/metric_set.h"
#include "config/run_inputs.h"

/* A condition on one metric; that of [*] is one on each of its elements. */
struct tune_goal {
    char *text; /* as it was given: "alloc.failed_by_order[0] == 0" */
    char *metric;
    size_t condition; /* offset into text */
    size_t number;    /* of the metric among the curve's metric texts */
    struct criterion criterion;
};

struct tune_reading {
    size_t name;   /* index into the curve's names */
    size_t number; /* as in tune_goal */
    struct metric_value value;
};

struct tune_run {
    uint64_t value;
    uint64_t seed;
    bool met;     /* every goal */
    size_t first; /* of the curve's readings */
    size_t count;
};

/* Valid to end after `= {0}`. */
struct tune_curve {
    struct metric_set *metrics;
    VEC(struct tune_goal) goals;
    VEC(char *) names;
    VEC(struct tune_reading) readings;
    VEC(struct tune_run) runs; /* as they were measured; those of a value stand together */
};

/* Which runs are made at a value. */
struct tune_setting {
    struct run_choice choice; /* without the value; its seed, or the workload's own, is the first */
    const char *key;          /* "vm.min_free_kbytes" */
    uint64_t seeds;           /* how many, each one more than the one before; >= 1 */
    const char *tool_version;
};

bool tune_curve_init(struct tune_curve *curve, struct sim_error *err); /* ERR_OUT_OF_MEMORY */
void tune_curve_fini(struct tune_curve *curve);

/*
 * Adds "METRIC CONDITION"; before the first measurement. Errors: those of criterion_split(),
 * criterion_parse() and metric_set_add().
 */
bool tune_curve_add_goal(struct tune_curve *curve, const char *text, struct sim_error *err);

/*
 * Runs the value with every seed. *ret_met: all goals are met in all runs. Errors: those of
 * run_inputs_load() and probe_run(). After an error the curve is as before, but for the names.
 */
bool tune_curve_measure(struct tune_curve *curve, const struct tune_setting *setting,
                        uint64_t value, bool *ret_met, struct sim_error *err);

/* Whether the goal is met in the run. */
bool tune_curve_met(const struct tune_curve *curve, const struct tune_run *run,
                    const struct tune_goal *goal);

/*
 * The value that comes nearest to the goals: the fewest goals are missed, summed over its runs; of
 * equals the one whose first goal is missed by the least, and so on; then the one measured first.
 * There is a run. O(values x readings of a value x goals).
 */
uint64_t tune_curve_best(const struct tune_curve *curve);

#endif
