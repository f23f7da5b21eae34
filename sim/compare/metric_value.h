/* SPDX-License-Identifier: MIT */
/* What a metric came to: an exact number of thousandths, or nothing. */
#ifndef SIM_COMPARE_METRIC_VALUE_H
#define SIM_COMPARE_METRIC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

__extension__ typedef __int128 int128;

/*
 * No value is larger than METRIC_VALUE_MAX thousandths either way, which leaves room for products
 * with factors of up to 2^36. Any 64-bit integer is exact; means and integrals are rounded to the
 * nearest thousandth, half away from zero. No value (present = false) is what a null in the output
 * reads as, an aggregate over no tick, or first_below() of what never was: it equals itself only
 * and is neither above nor below a number.
 */
#define METRIC_VALUE_MAX ((int128)1 << 90)

struct metric_value {
    bool present;
    int128 milli;
};

static inline struct metric_value metric_value_of(int64_t value)
{
    return (struct metric_value){true, (int128)value * 1000};
}

/* The quotient rounded to the nearest, half away from zero; the divisor is above 0. */
int128 int128_divide(int128 dividend, int128 divisor);

/* "-" without a value, "42", "-0.125": no trailing zeros, no exponent. */
void metric_value_format(struct strbuf *buf, struct metric_value value);

/* The same for people, by the unit that metric_unit() knows for the name: "1.250 ms", rounded to
 * the nearest thousandth, "3.7 %"; else as above. */
void metric_value_format_unit(struct strbuf *buf, struct metric_value value, const char *metric);

bool metric_value_equal(struct metric_value a, struct metric_value b);

/*
 * A decimal number with an optional sign and up to three decimals, or one with a unit of time or
 * size ("10ms" is nanoseconds, "64MiB" bytes); nothing before or behind it. False: it is none of
 * these, or its magnitude is 2^64 or more.
 */
bool metric_value_parse(const char *text, size_t length, struct metric_value *ret_value);

#endif
