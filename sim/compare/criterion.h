/* SPDX-License-Identifier: MIT */
/* A condition on one metric: absolute, relative to a baseline, or "no worse". */
#ifndef SIM_COMPARE_CRITERION_H
#define SIM_COMPARE_CRITERION_H

#include <stdbool.h>

#include "base/error.h"
#include "compare/metric_set.h"
#include "compare/metric_value.h"

/*
 *     CONDITION: OPERATOR TERM | no worse | no worse than N%
 *     OPERATOR:  <  <=  ==  !=  >=  >
 *     TERM:      NUMBER | baseline [* NUMBER] [+ NUMBER | - NUMBER | + N% | - N%]
 *
 * Numbers as metric_value_parse() has them; blanks are free. "<= baseline + 5%" is
 * "<= baseline*1.05". "no worse" needs a metric whose direction is known; a percentage there is of
 * the baseline's magnitude. All arithmetic is exact.
 */
enum criterion_operator {
    CRITERION_LT,
    CRITERION_LE,
    CRITERION_EQ,
    CRITERION_NE,
    CRITERION_GE,
    CRITERION_GT,
};

struct criterion {
    enum criterion_operator op;
    bool relative;       /* of the baseline: limit = baseline * factor + offset */
    bool no_worse;       /* only until it is parsed for a metric; then op tells */
    int128 factor_milli; /* thousandths */
    int128 offset_milli;
    int128 slack_milli; /* thousandths of |baseline|, added on the lenient side */
};

/*
 * Parses a condition for the metric of that name. Errors: ERR_BAD_CONDITION with a hint (also:
 * a direction that is not known, a baseline where `may_be_relative` is false).
 */
bool criterion_parse(struct criterion *criterion, const char *text, const char *metric,
                     bool may_be_relative, struct sim_error *err);

/* Splits "METRIC CONDITION" at the operator or at "no worse"; the metric is copied without blanks
 * around it into `metric`. False: ERR_BAD_CONDITION. */
bool criterion_split(const char *text, char *metric, size_t size, const char **ret_condition,
                     struct sim_error *err);

/* Whether the value meets it. Without a value on either needed side only "==", "<=", ">=" and "no
 * worse" between two missing values hold. */
bool criterion_met(const struct criterion *criterion, struct metric_value value,
                   struct metric_value baseline);

/* The limit it comes to, for messages; no value when the baseline has none. */
struct metric_value criterion_limit(const struct criterion *criterion,
                                    struct metric_value baseline);

#endif
