/* SPDX-License-Identifier: MIT */
/* What a metric came to: an exact number of thousandths, or nothing. */
#ifndef SIM_COMPARE_METRIC_VALUE_H
#define SIM_COMPARE_METRIC_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

__extension__ typedef __int128 int128;

/*
 * Any 64-bit integer is exact; means and integrals are rounded to the nearest thousandth, half away
 * from zero. No value (present = false) is what a null in the output reads as, an aggregate over no
 * tick, or first_below() of what never was: it equals itself only and is neither above nor below a
 * number.
 */
struct metric_value {
    bool present;
    int128 milli;
};

static inline struct metric_value metric_value_of(int64_t value)
{
    return (struct metric_value){true, (int128)value * 1000};
}

/* "-" without a value, "42", "-0.125": no trailing zeros, no exponent. */
void metric_value_format(struct strbuf *buf, struct metric_value value);

/* The same for people, by the metric's unit: "1.250 ms" of a name that ends in _ns, "3.7 %" of
 * _permille; else as above. Units: docs/compare.md. */
void metric_value_format_unit(struct strbuf *buf, struct metric_value value, const char *metric);

bool metric_value_equal(struct metric_value a, struct metric_value b);

/* A decimal number with an optional sign, up to three decimals, or one with a unit of time or size
 * ("10ms" is nanoseconds, "64MiB" bytes). False: it is none of these or too large. */
bool metric_value_parse(const char *text, struct metric_value *ret_value);

#endif
