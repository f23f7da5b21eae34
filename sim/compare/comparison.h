/* SPDX-License-Identifier: MIT */
/* A comparison: some runs side by side, their metrics, what changed and what holds. */
#ifndef SIM_COMPARE_COMPARISON_H
#define SIM_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "compare/criterion.h"
#include "compare/difference.h"
#include "compare/metric_set.h"
#include "compare/metric_value.h"
#include "compare/result_facts.h"
#include "compare/setting_diff.h"
#include "compare/thresholds.h"

enum { COMPARISON_SIDES_MAX = 16, COMPARISON_SEEDS_MAX = 50 };

/* Side 0 is the base, all others are candidates. */
struct comparison_side {
    const char *name;             /* the caller's: "uma-256m.yaml", "vm.min_free_kbytes=4096" */
    struct result_facts facts;    /* of the run with the first seed */
    struct difference difference; /* from the base; of a candidate, with the first seed */
};

enum comparison_verdict {
    VERDICT_NONE, /* of the base itself, or one of the two has no value */
    VERDICT_EQUAL,
    VERDICT_UNSHOWN, /* the seeds show no difference */
    VERDICT_CHANGED, /* and nobody knows which is better */
    VERDICT_BETTER,
    VERDICT_WORSE,
};

/* One metric on one side. */
struct comparison_cell {
    bool exists;                   /* the side's output has it */
    struct metric_value value;     /* the median over the seeds */
    struct metric_value low, high; /* its confidence interval; with one seed the value */
    uint32_t p_permille; /* of no difference from the base, by rank; with one seed 0 or 1000 */
    enum comparison_verdict verdict;
    struct metric_value change; /* less the base's; no value when one has none */
};

struct comparison_row {
    char *name;
    size_t text;                   /* index in the metric set */
    struct comparison_cell *cells; /* one for each side */
    struct metric_value *values;   /* [side * seeds + seed], no value where there is none */
};

/* One threshold on one metric of one candidate. */
struct comparison_case {
    const struct threshold *threshold;
    size_t row;
    size_t side;
    enum criterion_operator op;
    struct metric_value limit;
    bool met;
};

struct comparison {
    const char *tool_version;
    size_t nr_sides;
    size_t nr_seeds;
    struct comparison_side sides[COMPARISON_SIDES_MAX];
    const struct thresholds *thresholds; /* the caller's */
    struct metric_set *metrics;          /* what to ask the runs for */
    bool by_name;                        /* they were named, not the headline */

    struct setting_diff settings;
    VEC(struct comparison_row) rows; /* by text, the base's elements first */
    VEC(struct comparison_case) cases;
    struct sim_error *unknown; /* NULL, or for each text the error of the first side */
};

/* Valid to end after `= {0}`. */
void comparison_fini(struct comparison *comparison);

/*
 * Prepares the set of metrics: those of the thresholds, then `names`, or the headline when there
 * are none. Errors: ERR_BAD_METRIC, ERR_OUT_OF_MEMORY.
 */
bool comparison_init(struct comparison *comparison, const char *const *names, size_t nr_names,
                     const struct thresholds *thresholds, struct sim_error *err);

/*
 * Takes over what the metrics came to in a run, after its last line: metric_set_finish() is called
 * here. A metric that this run does not know may be another's. Sides and seeds in order, base
 * first. Errors: ERR_RESULT_UNFINISHED, ERR_OUT_OF_MEMORY.
 */
bool comparison_take(struct comparison *comparison, size_t side, size_t seed,
                     struct sim_error *err);

/*
 * All runs are there: medians, changes, verdicts, cases, settings. Errors: ERR_UNKNOWN_METRIC (on
 * no side), ERR_NOT_COMPARABLE (other ticks), ERR_BAD_CONDITION ("no worse" of an element whose
 * direction nobody knows), with the threshold's place; ERR_OUT_OF_MEMORY.
 */
bool comparison_settle(struct comparison *comparison, struct sim_error *err);

size_t comparison_broken(const struct comparison *comparison); /* cases that are not met */

/* Whether ticks or summary of the side are not those of the base, with the first seed; or, once
 * difference_find() was asked, the events. */
bool comparison_outputs_differ(const struct comparison *comparison, size_t side);

/* With several seeds: a metric shows a difference; with one: the outputs of a candidate differ. */
bool comparison_differs(const struct comparison *comparison);

/* The answer that the exit code gives: all thresholds hold; without any: nothing differs. */
bool comparison_passed(const struct comparison *comparison);

#endif
