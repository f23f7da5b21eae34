/* SPDX-License-Identifier: MIT */
/* Where the lines of a result come from, whoever has them: a file, or a run under way. */
#ifndef SIM_COMPARE_LINE_SOURCE_H
#define SIM_COMPARE_LINE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"

/*
 * next() gives one line after the other, without its newline, valid until the next call. False: the
 * end, or err is set.
 */
struct line_source {
    bool (*next)(void *ctx, const char **ret_line, size_t *ret_length, struct sim_error *err);
    void *ctx;
};

/* The whole lines of some bytes, which may end in CR LF; what a killed run left of its last line is
 * not one. */
struct byte_lines {
    const char *at;
    const char *end;
};

static inline bool byte_lines_next(void *ctx, const char **ret_line, size_t *ret_length,
                                   struct sim_error *err)
{
    struct byte_lines *lines = (struct byte_lines *)ctx;
    const char *newline = (const char *)memchr(lines->at, '\n', (size_t)(lines->end - lines->at));

    (void)err;
    if (!newline)
        return false;
    *ret_line = lines->at;
    *ret_length = (size_t)(newline - lines->at);
    *ret_length -= newline > lines->at && newline[-1] == '\r';
    lines->at = newline + 1;
    return true;
}

#endif
