/* SPDX-License-Identifier: MIT */
/* The text forms of numbers, durations, sizes and rates. */
#include "base/units.h"

#include <string.h>

struct unit {
    const char *name;
    uint64_t factor; /* at most 2^60: ten of them fit 64 bits */
};

static const struct unit duration_units[] = {
    {"ns", 1},           {"us", NSEC_PER_USEC},    {"ms", NSEC_PER_MSEC},
    {"s", NSEC_PER_SEC}, {"m", 60 * NSEC_PER_SEC}, {"h", 3600 * NSEC_PER_SEC},
};

static const struct unit size_units[] = {
    {"B", 1},
    {"kB", UINT64_C(1) << 10}, /* as /proc/meminfo writes it */
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"TiB", UINT64_C(1) << 40},
};

static const struct unit rate_units[] = {
    {"B/s", 1},
    {"KiB/s", UINT64_C(1) << 10},
    {"MiB/s", UINT64_C(1) << 20},
    {"GiB/s", UINT64_C(1) << 30},
    {"MB/s", UINT64_C(1000000)},
    {"GB/s", UINT64_C(1000000000)},
};

#define NR_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

/* 0..15, or 16 for what is no hexadecimal digit. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

static size_t count_decimal_digits(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && digit_value(text[count]) < 10)
        count++;
    return count;
}

/* All of text, at least one digit; false for another character or beyond 64 bits. */
static bool digits_parse(const char *text, size_t length, unsigned base, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = digit_value(text[i]);

        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *ret_value = value;
    return true;
}

static bool decimal_parse(const char *text, size_t length, uint64_t *ret_value)
{
    if (length > 1 && text[0] == '0')
        return false; /* octal to some readers, decimal to others */
    return digits_parse(text, length, 10, ret_value);
}

bool uint_parse(const char *text, size_t length, uint64_t *ret_value)
{
    if (length > 2 && text[0] == '0' && text[1] == 'x')
        return digits_parse(text + 2, length - 2, 16, ret_value);
    return decimal_parse(text, length, ret_value);
}

bool int_parse(const char *text, size_t length, int64_t *ret_value)
{
    bool negative = length > 0 && text[0] == '-';
    uint64_t magnitude;

    if (!decimal_parse(text + negative, length - negative, &magnitude))
        return false;
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    /* The sum is 0 or more for every magnitude: INT64_MIN has no positive counterpart. */
    *ret_value = negative && magnitude ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
    return true;
}

static const struct unit *unit_find(const struct unit *units, size_t count, const char *name,
                                    size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, name, length) == 0)
            return &units[i];
    }
    return NULL;
}

/* 0.DIGITS times factor; false unless that is a whole number. */
static bool fraction_parse(const char *digits, size_t length, uint64_t factor, uint64_t *ret_value)
{
    uint64_t value = 0;

    /* From the last digit: if the result is whole, so is every partial sum. */
    for (size_t i = length; i-- > 0;) {
        value += digit_value(digits[i]) * factor;
        if (value % 10 != 0)
            return false;
        value /= 10;
    }
    *ret_value = value;
    return true;
}

/* NUMBER[.DIGITS]UNIT or a plain integer in the smallest unit. */
static bool quantity_parse(const char *text, size_t length, const struct unit *units, size_t count,
                           uint64_t *ret_value)
{
    size_t at = count_decimal_digits(text, length);
    size_t fraction_at = at, fraction_length = 0;
    const struct unit *unit;
    uint64_t whole, part;

    if (uint_parse(text, length, ret_value))
        return true;
    if (!decimal_parse(text, at, &whole))
        return false;
    if (at < length && text[at] == '.') {
        fraction_at = at + 1;
        fraction_length = count_decimal_digits(text + fraction_at, length - fraction_at);
        if (fraction_length == 0)
            return false;
        at = fraction_at + fraction_length;
    }
    unit = unit_find(units, count, text + at, length - at);
    if (!unit || !fraction_parse(text + fraction_at, fraction_length, unit->factor, &part))
        return false;
    if (whole > (UINT64_MAX - part) / unit->factor)
        return false;
    *ret_value = whole * unit->factor + part;
    return true;
}

bool duration_parse(const char *text, size_t length, uint64_t *ret_ns)
{
    return quantity_parse(text, length, duration_units, NR_ITEMS(duration_units), ret_ns);
}

bool size_parse(const char *text, size_t length, uint64_t *ret_bytes)
{
    return quantity_parse(text, length, size_units, NR_ITEMS(size_units), ret_bytes);
}

bool rate_parse(const char *text, size_t length, uint64_t *ret_bytes_per_s)
{
    return quantity_parse(text, length, rate_units, NR_ITEMS(rate_units), ret_bytes_per_s);
}
