/* SPDX-License-Identifier: MIT */
/* Reads the output of a run, line by line. */
#ifndef SIM_STATS_RESULT_READER_H
#define SIM_STATS_RESULT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/*
 * Holds one line at a time, whatever the size of the file, and parses only the lines it is asked
 * to: type and kind of a line show in its first members, which are fixed.
 *
 *     while (result_reader_next(&reader, &err))
 *         if (result_is_event(&reader, "stall") && result_parse(&reader, &err))
 *             ... result_uint(reader.object, "from_ns")
 *     if (sim_error_is_set(&err)) ...
 *
 * A last line without a newline is what a killed run left: the file ends before it.
 */
enum result_type { RESULT_HEADER, RESULT_TICK, RESULT_EVENT, RESULT_SUMMARY };

enum { RESULT_EVENT_NAME_MAX = 32 };

/* A value of the parsed line; opaque to all but the functions below. */
struct cJSON;

struct result_reader {
    FILE *stream;
    const char *path; /* the caller's */

    /* the line at hand */
    char *line;
    size_t length;
    size_t capacity;
    uint32_t number; /* from 1 */
    enum result_type type;
    char event[RESULT_EVENT_NAME_MAX]; /* RESULT_EVENT: its kind */
    uint64_t time_ns;                  /* exact; 0 for the header */
    struct cJSON *object;              /* NULL until result_parse() */
};

/*
 * Opens a file that begins with a header of a version we read; it is not read yet. The path must
 * name a file, which can be read twice. Errors: ERR_OPEN, ERR_READ, ERR_RESULT_FORMAT,
 * ERR_RESULT_VERSION, ERR_OUT_OF_MEMORY.
 */
bool result_reader_open(struct result_reader *reader, const char *path, struct sim_error *err);
/* The same of a stream that can seek; it is the reader's from now on, also on failure. */
bool result_reader_attach(struct result_reader *reader, FILE *stream, const char *name,
                          struct sim_error *err);
/*
 * The same of a stream that cannot seek, such as a pipe; the header is the line at hand then, and
 * parsed. Those who read the file twice do not take this one.
 */
bool result_reader_attach_pipe(struct result_reader *reader, FILE *stream, const char *name,
                               struct sim_error *err);
void result_reader_close(struct result_reader *reader);

/* Back to before the first line. False: ERR_READ. */
bool result_reader_rewind(struct result_reader *reader, struct sim_error *err);

/* Goes to the next line. False: the end, or err is set: ERR_READ, ERR_RESULT_FORMAT. */
bool result_reader_next(struct result_reader *reader, struct sim_error *err);

/* Parses the line at hand; its values live until the next line. False: ERR_RESULT_FORMAT. */
bool result_parse(struct result_reader *reader, struct sim_error *err);

/* Whether the line at hand is an event of that kind. */
bool result_is_event(const struct result_reader *reader, const char *event);

/* The member of an object, NULL when it has none of that name. `object` may be NULL. */
const struct cJSON *result_member(const struct cJSON *object, const char *name);
const struct cJSON *result_first(const struct cJSON *array); /* element, NULL: empty */
const struct cJSON *result_next(const struct cJSON *element);

/* A member's value; 0, false and NULL when it is null, of another type or not there. Integers
 * beyond 2^53 are rounded. */
uint64_t result_uint(const struct cJSON *object, const char *name);
int64_t result_int(const struct cJSON *object, const char *name);
bool result_bool(const struct cJSON *object, const char *name);
const char *result_text(const struct cJSON *object, const char *name);
/* The same with a text instead of NULL. */
const char *result_text_or(const struct cJSON *object, const char *name, const char *otherwise);

#endif
