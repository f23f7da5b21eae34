/* SPDX-License-Identifier: MIT */
/* What is known of a metric by its name: which ones lead, which way is better, its unit. */
#ifndef SIM_COMPARE_METRIC_CATALOGUE_H
#define SIM_COMPARE_METRIC_CATALOGUE_H

#include <stddef.h>

/* The metrics that are shown when none is named, as metric_set_add() takes them: all of the
 * summary, so that they cost no look at the ticks. */
extern const char *const metric_headline[];
extern const size_t metric_headline_count;

/*
 * Which direction is better, as far as it is known without asking. What stands in brackets counts
 * for nothing; an aggregate over ticks inherits its path's direction, but for the moments and
 * lengths of time (first_below(X), time_above(X), ...), which are neutral.
 */
enum metric_direction { METRIC_NEUTRAL, METRIC_LOWER_IS_BETTER, METRIC_HIGHER_IS_BETTER };
enum metric_direction metric_direction(const char *name);

/* Nanoseconds and thousandths are told by the field's name, "..._ns", "..._permille", also through
 * an aggregate over ticks or a member such as alloc_latency_ns.p99. Never of an integral. */
enum metric_unit { METRIC_UNIT_NONE, METRIC_UNIT_NS, METRIC_UNIT_PERMILLE };
enum metric_unit metric_unit(const char *name);

#endif
