/* SPDX-License-Identifier: MIT */
/* Exact thousandths: their text forms. */
#include "compare/metric_value.h"

#include <string.h>

#include "base/check.h"
#include "base/units.h"
#include "compare/metric_catalogue.h"

__extension__ typedef unsigned __int128 uint128;

enum { DIGITS_MAX = 40 }; /* of 128 bits */

int128 int128_divide(int128 dividend, int128 divisor)
{
    int128 quotient = dividend / divisor, rest = dividend % divisor;
    int128 size = rest < 0 ? -rest : rest;

    SIM_ASSERT(divisor > 0);
    if (size >= divisor - size)
        quotient += dividend < 0 ? -1 : 1;
    return quotient;
}

static uint128 magnitude_of(int128 value)
{
    return value < 0 ? -(uint128)value : (uint128)value;
}

static void add_integer(struct strbuf *buf, uint128 value)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + (unsigned)(value % 10));
        value /= 10;
    } while (value);
    strbuf_add(buf, digits + at, sizeof(digits) - at);
}

static void add_milli(struct strbuf *buf, int128 milli, bool all_decimals)
{
    uint128 magnitude = magnitude_of(milli);
    unsigned rest = (unsigned)(magnitude % 1000);
    char decimals[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
                        (char)('0' + rest % 10)};
    size_t length = sizeof(decimals);

    if (milli < 0)
        strbuf_add(buf, "-", 1);
    add_integer(buf, magnitude / 1000);
    while (!all_decimals && length > 1 && decimals[length - 1] == '0')
        length--;
    if (length > 1)
        strbuf_add(buf, decimals, length);
}

void metric_value_format(struct strbuf *buf, struct metric_value value)
{
    if (value.present)
        add_milli(buf, value.milli, false);
    else
        strbuf_add(buf, "-", 1);
}

/* In the largest unit of which it is at least one, after rounding. */
static void add_duration(struct strbuf *buf, int128 milli)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {{"us", NSEC_PER_USEC}, {"ms", NSEC_PER_MSEC}, {"s", NSEC_PER_SEC}};
    enum { NR_UNITS = sizeof(units) / sizeof(units[0]) };
    unsigned unit = 0;
    int128 rounded;

    if (magnitude_of(milli) < 1000 * 1000) {
        add_milli(buf, milli, false);
        strbuf_adds(buf, milli ? " ns" : "");
        return;
    }
    rounded = int128_divide(milli, (int128)units[0].factor);
    while (unit + 1 < NR_UNITS && magnitude_of(rounded) >= 1000 * 1000)
        rounded = int128_divide(milli, (int128)units[++unit].factor);
    add_milli(buf, rounded, true);
    strbuf_addf(buf, " %s", units[unit].name);
}

void metric_value_format_unit(struct strbuf *buf, struct metric_value value, const char *metric)
{
    enum metric_unit unit = value.present ? metric_unit(metric) : METRIC_UNIT_NONE;

    if (unit == METRIC_UNIT_NS) {
        add_duration(buf, value.milli);
    } else if (unit == METRIC_UNIT_PERMILLE) {
        add_milli(buf, int128_divide(value.milli, 10), false);
        strbuf_adds(buf, " %");
    } else {
        metric_value_format(buf, value);
    }
}

bool metric_value_equal(struct metric_value a, struct metric_value b)
{
    return a.present == b.present && (!a.present || a.milli == b.milli);
}

/* 1 to 3 decimals as thousandths. */
static bool decimals_parse(const char *text, size_t length, uint64_t *ret_milli)
{
    uint64_t milli = 0;

    if (length == 0 || length > 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char digit = '0';

        if (i < length)
            digit = text[i];
        if (digit < '0' || digit > '9')
            return false;
        milli = milli * 10 + (uint64_t)(digit - '0');
    }
    *ret_milli = milli;
    return true;
}

static bool number_parse(const char *text, size_t length, int128 *ret_milli)
{
    const char *dot = memchr(text, '.', length);
    size_t whole_length = dot ? (size_t)(dot - text) : length;
    uint64_t whole, milli = 0;

    if (length > 1 && text[0] == '0' && text[1] == 'x')
        return false; /* uint_parse() would take it */
    if (!uint_parse(text, whole_length, &whole))
        return false;
    if (dot && !decimals_parse(dot + 1, length - whole_length - 1, &milli))
        return false;
    *ret_milli = (int128)whole * 1000 + milli;
    return true;
}

bool metric_value_parse(const char *text, size_t length, struct metric_value *ret_value)
{
    bool sign = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = sign && text[0] == '-';
    uint64_t quantity;
    int128 milli;

    text += sign;
    length -= sign;
    if (!number_parse(text, length, &milli)) {
        if (length > 1 && text[0] == '0' && text[1] == 'x')
            return false;
        if (!duration_parse(text, length, &quantity) && !size_parse(text, length, &quantity))
            return false;
        milli = (int128)quantity * 1000;
    }
    *ret_value = (struct metric_value){true, negative ? -milli : milli};
    return true;
}
