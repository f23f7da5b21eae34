/* SPDX-License-Identifier: MIT */
/* The columns of one line of ftrace text. */
#include "trace/ftrace_line.h"

#include <string.h>

#include "base/units.h"

/* Where the kernel puts the minus between comm and pid. */
enum { MINUS_COLUMN = 16 };

/* Leading zeros included: the task's text has a limit. */
enum { PID_DIGITS_MAX = 10 };

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

/* Digits of a number up to `max`; NULL: there is none. */
static inline const char *read_number(const char *at, const char *end, uint64_t max,
                                      uint64_t *ret_value)
{
    uint64_t value = 0;
    const char *start = at;

    for (; at < end && is_digit(*at); at++) {
        value = value * 10 + (uint64_t)(*at - '0');
        if (value > max)
            return NULL;
    }
    *ret_value = value;
    return at > start ? at : NULL;
}

/* "SECONDS.FRACTION:" with 6 or 9 digits of fraction; NULL: something else. */
static const char *read_time(const char *at, const char *end, uint64_t *ret_time_ns)
{
    uint64_t seconds, fraction;
    const char *dot = read_number(at, end, UINT64_C(1) << 33, &seconds), *stop;

    if (!dot || dot == end || *dot != '.')
        return NULL;
    stop = read_number(dot + 1, end, NSEC_PER_SEC, &fraction);
    if (!stop || stop == end || *stop != ':')
        return NULL;
    if (stop - dot == 1 + 6)
        fraction *= NSEC_PER_USEC;
    else if (stop - dot != 1 + 9)
        return NULL;
    *ret_time_ns = seconds * NSEC_PER_SEC + fraction;
    return stop + 1;
}

/* All that follows the minus at `minus`. */
static bool read_columns(const char *minus, const char *end, struct ftrace_line *line)
{
    uint64_t number;
    const char *at = read_number(minus + 1, end, UINT32_MAX, &number), *flags, *stop;

    if (!at || at - minus > 1 + PID_DIGITS_MAX)
        return false;
    line->pid = (uint32_t)number;
    line->task_length = (size_t)(at - line->task);
    at = skip_blanks(at, end);
    if (at < end && *at == '(') {
        at = memchr(at, ')', (size_t)(end - at));
        if (!at)
            return false;
        at = skip_blanks(at + 1, end);
    }
    if (at == end || *at != '[')
        return false;
    at = read_number(at + 1, end, FTRACE_CPU_MAX, &number);
    if (!at || at == end || *at != ']')
        return false;
    line->cpu = (uint32_t)number;
    at = skip_blanks(at + 1, end);
    line->in_interrupt = false;
    stop = read_time(at, end, &line->time_ns);
    if (!stop) {
        flags = at;
        while (at < end && *at != ' ')
            at++;
        /* the third column: h and H hard, s soft, z and Z non-maskable */
        line->in_interrupt = at - flags >= 3 && memchr("hHszZ", flags[2], 5) != NULL;
        stop = read_time(skip_blanks(at, end), end, &line->time_ns);
        if (!stop)
            return false;
    }
    at = skip_blanks(stop, end);
    line->event = at;
    while (at < end && is_word(*at))
        at++;
    line->event_length = (size_t)(at - line->event);
    if (line->event_length == 0 || at == end || *at != ':')
        return false;
    line->args = skip_blanks(at + 1, end);
    line->end = end;
    return true;
}

static bool try_minus(const char *text, const char *minus, const char *end,
                      struct ftrace_line *line)
{
    line->task = skip_blanks(text, minus);
    line->comm_length = (size_t)(minus - line->task);
    return line->comm_length <= FTRACE_COMM_MAX && read_columns(minus, end, line);
}

bool ftrace_line_parse(const char *text, const char *end, struct ftrace_line *ret_line)
{
    struct ftrace_line line = {0};
    const char *at;

    if (end - text > MINUS_COLUMN && text[MINUS_COLUMN] == '-' &&
        try_minus(text, text + MINUS_COLUMN, end, &line)) {
        *ret_line = line;
        return true;
    }
    /* leading blanks are gone, or another tool wrote the line: the first place that fits */
    for (at = text; (at = memchr(at, '-', (size_t)(end - at))) != NULL; at++) {
        if (at - skip_blanks(text, at) > FTRACE_COMM_MAX)
            return false;
        if (try_minus(text, at, end, &line)) {
            *ret_line = line;
            return true;
        }
    }
    return false;
}

bool ftrace_line_arg(const struct ftrace_line *line, const char *key, const char **ret_value,
                     size_t *ret_length)
{
    size_t key_length = strlen(key);
    const char *at = line->args, *stop;

    while (at < line->end) {
        stop = memchr(at, ' ', (size_t)(line->end - at));
        if (!stop)
            stop = line->end;
        if ((size_t)(stop - at) >= key_length && memcmp(at, key, key_length) == 0) {
            *ret_value = at + key_length;
            *ret_length = (size_t)(stop - at) - key_length;
            return true;
        }
        at = skip_blanks(stop, line->end);
    }
    return false;
}
