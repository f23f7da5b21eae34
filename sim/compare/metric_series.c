/* SPDX-License-Identifier: MIT */
/* The values of one field over the ticks, boiled down as they come. */
#include "compare/metric_series.h"

#include <stdlib.h>

#include "base/check.h"

/* An integral is in value times ns, its metric in thousandths of value times second. */
#define NS_PER_MILLI 1000000

void metric_series_fini(struct metric_series *series)
{
    if (!series)
        return;
    vec_fini(&series->kept);
    vec_fini(&series->watches);
    *series = (struct metric_series){0};
}

static struct metric_watch *find_watch(const struct metric_series *series,
                                       enum metric_aggregate aggregate, int128 limit_milli)
{
    for (size_t i = 0; i < series->watches.count; i++) {
        struct metric_watch *watch = &series->watches.items[i];

        if (watch->aggregate == aggregate && watch->limit_milli == limit_milli)
            return watch;
    }
    return NULL;
}

bool metric_series_ask(struct metric_series *series, enum metric_aggregate aggregate,
                       int128 limit_milli)
{
    struct metric_watch watch = {.aggregate = aggregate, .limit_milli = limit_milli};

    if (aggregate >= METRIC_P50 && aggregate <= METRIC_P99)
        series->keeps = true;
    if (aggregate < METRIC_FIRST_BELOW || find_watch(series, aggregate, limit_milli))
        return true;
    return vec_push(&series->watches, watch);
}

static void watch_value(struct metric_watch *watch, int128 value, uint64_t time_ns,
                        uint64_t length_ns)
{
    bool below = watch->aggregate == METRIC_FIRST_BELOW || watch->aggregate == METRIC_TIME_BELOW;
    bool first = watch->aggregate == METRIC_FIRST_BELOW || watch->aggregate == METRIC_FIRST_ABOVE;
    int128 milli = value * 1000;

    if (below ? milli >= watch->limit_milli : milli <= watch->limit_milli)
        return;
    if (!first)
        watch->ns += length_ns;
    else if (!watch->seen)
        watch->ns = time_ns;
    watch->seen = true;
}

static bool integrate(struct metric_series *series, int128 value, uint64_t length_ns)
{
    const int128 limit = METRIC_VALUE_MAX * NS_PER_MILLI;
    int128 area, sum;

    if (__builtin_mul_overflow(value, (int128)length_ns, &area) ||
        __builtin_add_overflow(series->integral, area, &sum) || sum > limit || sum < -limit)
        return false;
    series->integral = sum;
    return true;
}

bool metric_series_add(struct metric_series *series, int128 value, uint64_t time_ns,
                       uint64_t length_ns, bool *ret_too_large)
{
    if (!integrate(series, value, length_ns)) {
        *ret_too_large = true;
        return false;
    }
    if (series->keeps && !vec_push(&series->kept, value))
        return false;
    if (series->count == 0 || value < series->min)
        series->min = value;
    if (series->count == 0 || value > series->max)
        series->max = value;
    series->last = value;
    series->sum += value;
    series->count++;
    for (size_t i = 0; i < series->watches.count; i++)
        watch_value(&series->watches.items[i], value, time_ns, length_ns);
    return true;
}

static int compare_values(const void *a, const void *b)
{
    int128 left = *(const int128 *)a, right = *(const int128 *)b;

    return (left > right) - (left < right);
}

/* Nearest rank: the value of rank ceil(n * percent / 100), from 1. */
static int128 percentile(struct metric_series *series, unsigned percent)
{
    size_t rank = (series->kept.count * percent + 99) / 100;

    if (!series->sorted)
        qsort(series->kept.items, series->kept.count, sizeof(series->kept.items[0]),
              compare_values);
    series->sorted = true;
    return series->kept.items[rank - 1];
}

static struct metric_value watched(const struct metric_series *series,
                                   enum metric_aggregate aggregate, int128 limit_milli)
{
    const struct metric_watch *watch = find_watch(series, aggregate, limit_milli);
    bool first = aggregate == METRIC_FIRST_BELOW || aggregate == METRIC_FIRST_ABOVE;

    SIM_ASSERT(watch);
    return (struct metric_value){watch->seen || !first, (int128)watch->ns * 1000};
}

struct metric_value metric_series_value(struct metric_series *series,
                                        enum metric_aggregate aggregate, int128 limit_milli)
{
    int128 milli = 0;

    if (series->count == 0)
        return (struct metric_value){0};
    if (aggregate >= METRIC_FIRST_BELOW)
        return watched(series, aggregate, limit_milli);
    if (aggregate == METRIC_MIN)
        milli = series->min * 1000;
    else if (aggregate == METRIC_MAX)
        milli = series->max * 1000;
    else if (aggregate == METRIC_LAST)
        milli = series->last * 1000;
    else if (aggregate == METRIC_MEAN)
        milli = int128_divide(series->sum * 1000, (int128)series->count);
    else if (aggregate == METRIC_INTEGRAL)
        milli = int128_divide(series->integral, NS_PER_MILLI);
    else
        milli = percentile(series, aggregate == METRIC_P50   ? 50
                                   : aggregate == METRIC_P95 ? 95
                                                             : 99) *
                1000;
    return (struct metric_value){true, milli};
}
