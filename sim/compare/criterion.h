/* SPDX-License-Identifier: MIT */
/* A condition on one metric: absolute, relative to a baseline, or "no worse". */
#ifndef SIM_COMPARE_CRITERION_H
#define SIM_COMPARE_CRITERION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "compare/metric_set.h"
#include "compare/metric_value.h"

/*
 *     CONDITION: OPERATOR TERM | no worse [than N%]
 *     OPERATOR:  <  <=  ==  !=  >=  >
 *     TERM:      NUMBER | baseline [* NUMBER] [+ NUMBER | - NUMBER | + N% | - N%]
 *
 * Numbers as metric_value_parse() has them, N with up to three decimals and below 1,000,000, the
 * factor below 10,000; blanks are free. N% is of the baseline's magnitude, so that "+" is upwards
 * below zero, too: of -100, "baseline + 5%" is -95, "baseline * 1.05" is -105. "no worse" needs a
 * metric whose direction is known. All arithmetic is exact.
 */
enum criterion_operator {
    CRITERION_LT,
    CRITERION_LE,
    CRITERION_EQ,
    CRITERION_NE,
    CRITERION_GE,
    CRITERION_GT,
};

/* Holds when: value OP baseline * factor + |baseline| * slack + offset. */
struct criterion {
    enum criterion_operator op; /* "no worse" is <= or >= by the metric's direction */
    bool relative;              /* there is a baseline in it */
    int128 factor;              /* hundred thousandths: 1.05 is 105000 */
    int128 slack;               /* hundred thousandths */
    int128 offset_milli;
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

/* Whether the value meets it; the baseline counts only for a relative one. Where one of the two has
 * no value, nothing is met, but that two missing values meet "==", "<=", ">=" and "no worse" of
 * each other. */
bool criterion_met(const struct criterion *criterion, struct metric_value value,
                   struct metric_value baseline);

/* The limit it comes to, rounded to thousandths, for messages; no value when the baseline has none
 * and counts. */
struct metric_value criterion_limit(const struct criterion *criterion,
                                    struct metric_value baseline);

/* "<=", as it is written. */
const char *criterion_operator_text(enum criterion_operator op);

#endif
