/* SPDX-License-Identifier: MIT */
/* The values of one field over the ticks, boiled down as they come. */
#ifndef SIM_COMPARE_METRIC_SERIES_H
#define SIM_COMPARE_METRIC_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "compare/metric_path.h"
#include "compare/metric_value.h"

/* first_below(X) and its like. */
struct metric_watch {
    enum metric_aggregate aggregate;
    int128 limit_milli;
    bool seen;
    uint64_t ns; /* the moment, or the sum */
};

/*
 * `struct metric_series series = {0};` has seen nothing; metric_series_ask() comes before the first
 * value. Memory is constant, but for 16 bytes a value once a percentile is asked for.
 */
struct metric_series {
    uint64_t count;
    int128 sum, min, max, last;
    int128 integral; /* value times ns */
    bool keeps;
    VEC(int128) kept; /* sorted when first asked for a percentile */
    bool sorted;
    VEC(struct metric_watch) watches;
};

void metric_series_fini(struct metric_series *series);

/* Makes ready for an aggregate that will be asked for. False: no host memory. */
bool metric_series_ask(struct metric_series *series, enum metric_aggregate aggregate,
                       int128 limit_milli);

/*
 * A value between -2^63 and 2^64 at a tick, which stands for the length_ns before it. False: no
 * host memory, or *ret_too_large: the integral is beyond METRIC_VALUE_MAX.
 */
bool metric_series_add(struct metric_series *series, int128 value, uint64_t time_ns,
                       uint64_t length_ns, bool *ret_too_large);

/* No value: there was none, or it never was below or above. Lengths of time are 0 then. */
struct metric_value metric_series_value(struct metric_series *series,
                                        enum metric_aggregate aggregate, int128 limit_milli);

#endif
