/* SPDX-License-Identifier: MIT */
/* A pull scanner over one line of JSON: every token once, integers exact to 64 bits. */
#ifndef SIM_STATS_JSON_SCAN_H
#define SIM_STATS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/*
 * For lines that are read by the million and of which little is wanted: no tree, no allocation, a
 * value that nobody asks for is skipped. Strict: what RFC 8259 does not allow is JSON_ERROR, and so
 * are a number that is no integer or does not fit, nesting beyond JSON_SCAN_DEPTH_MAX and anything
 * behind the value. An error sticks. Bytes from 0x80 on are not looked at: not being UTF-8 is no
 * error.
 *
 *     json_scan_init(&scan, line, length);
 *     while ((token = json_scan_next(&scan)) > JSON_END) ...
 */
enum { JSON_SCAN_DEPTH_MAX = 64 };

enum json_token {
    JSON_ERROR,
    JSON_END, /* the value was complete */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,    /* text, length */
    JSON_STRING, /* text, length */
    JSON_INTEGER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json_scan {
    const char *begin;
    const char *at;
    const char *end;
    enum json_token token; /* the last one */

    /* JSON_KEY, JSON_STRING: what stands between the quotes, escapes not resolved; points into the
     * line. */
    const char *text;
    size_t length;
    /* JSON_INTEGER: the value is magnitude, or -magnitude. "-0" is 0. */
    uint64_t magnitude;
    bool negative;

    uint32_t depth;
    uint64_t in_object; /* bit n: the container n levels further out is an object */
    uint8_t expect;     /* what may come next; json_scan.c's */
};

void json_scan_init(struct json_scan *scan, const char *line, size_t length);
enum json_token json_scan_next(struct json_scan *scan);

/*
 * Passes over the rest of the value that the last token began: after JSON_OBJECT_BEGIN or
 * JSON_ARRAY_BEGIN up to its end, after JSON_KEY the whole value that follows, else nothing. False:
 * JSON_ERROR. Skipped text is checked for balanced brackets and whole strings only.
 */
bool json_scan_skip(struct json_scan *scan);

/* Passes over the rest of the innermost container, its end included; there must be one. False and
 * checks: as json_scan_skip(). */
bool json_scan_leave(struct json_scan *scan);

/* Whether the last key or string is that word, byte for byte. */
bool json_scan_is(const struct json_scan *scan, const char *word);

/* Appends the last key or string with its escapes resolved; half a surrogate pair and \u0000, which
 * no C string can hold, become U+FFFD. */
void json_scan_text(const struct json_scan *scan, struct strbuf *buf);

#endif
