/* SPDX-License-Identifier: MIT */
/* Writes JSON piece by piece into a string, integers exact to 64 bits. */
#ifndef SIM_STATS_JSON_STREAM_H
#define SIM_STATS_JSON_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/*
 *     json_begin_object(&json);
 *     json_key_uint(&json, "time_ns", 10000000);
 *     json_key(&json, "nr_free");
 *     json_begin_array(&json);
 *     json_uint(&json, 3);
 *     json_end_array(&json);
 *     json_end_object(&json);          {"time_ns":10000000,"nr_free":[3]}
 *
 * Compact, no blanks, members in the order of the calls. The model has no fractions; what is
 * computed from its output may have (json_decimal()). Misuse is an assertion: a value without a key
 * in an object, a key outside one, an end that matches no begin, a second root value. Lack of
 * memory shows in buf->failed, as in base/strbuf.h.
 */
enum { JSON_DEPTH_MAX = 32 };

struct json_stream {
    struct strbuf *buf; /* the caller's; appended to */
    uint32_t depth;     /* open objects and arrays */
    uint32_t objects;   /* bit d: level d is an object */
    bool comma;         /* a value stands before the next one */
    bool keyed;         /* a key waits for its value */
};

void json_stream_init(struct json_stream *json, struct strbuf *buf);

/* Whether one whole value has been written. */
bool json_stream_complete(const struct json_stream *json);

void json_begin_object(struct json_stream *json);
void json_end_object(struct json_stream *json);
void json_begin_array(struct json_stream *json);
void json_end_array(struct json_stream *json);

/* `name` must not need escaping: our own keys do not. */
void json_key(struct json_stream *json, const char *name);
/* A key that comes from outside: escaped as a string value is. */
void json_key_escaped(struct json_stream *json, const char *name);

void json_uint(struct json_stream *json, uint64_t value);
void json_int(struct json_stream *json, int64_t value);
void json_bool(struct json_stream *json, bool value);
void json_null(struct json_stream *json);
/* A number that stands written as JSON has them: an exact decimal such as "-0.125". */
void json_decimal(struct json_stream *json, const char *text);
/*
 * Quotes, backslashes and control characters are escaped; each maximal ill-formed part of a UTF-8
 * sequence becomes U+FFFD. NULL is written as null.
 */
void json_string(struct json_stream *json, const char *text);

/* A key and its value. */
void json_key_uint(struct json_stream *json, const char *name, uint64_t value);
void json_key_int(struct json_stream *json, const char *name, int64_t value);
void json_key_bool(struct json_stream *json, const char *name, bool value);
void json_key_string(struct json_stream *json, const char *name, const char *text);
void json_key_object(struct json_stream *json, const char *name); /* and begins it */
void json_key_array(struct json_stream *json, const char *name);  /* and begins it */

#endif
