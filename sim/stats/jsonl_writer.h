/* SPDX-License-Identifier: MIT */
/* JSON Lines to a stream: one object, one line, one write. */
#ifndef SIM_STATS_JSONL_WRITER_H
#define SIM_STATS_JSONL_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "stats/json_stream.h"

/*
 * Sees the lines of a run as they are composed. line() gets one line without its newline, valid
 * during the call; false ends the writing with the observer's own error (writer->observer_failed).
 */
struct line_observer {
    bool (*line)(void *ctx, const char *line, size_t length, struct sim_error *err);
    void *ctx;
};

/*
 * Each line is composed in memory and handed to the system with a single write, so that at any
 * moment the file holds whole lines only: whoever is killed leaves a valid prefix.
 *
 * The first failure (host memory, disk full, broken pipe) sticks: from then on nothing is written
 * and every jsonl_writer_end() returns false. A run stops at the first false and asks
 * jsonl_writer_check() once for the error.
 */
struct jsonl_writer {
    FILE *stream;                         /* the caller's, not closed here */
    const struct line_observer *observer; /* of each line, before it is written; set after init */
    struct strbuf line;
    struct json_stream json;
    uint64_t lines;   /* written */
    int failed_errno; /* of the write that failed */
    bool write_failed;
    bool memory_failed;
    bool observer_failed;
    struct sim_error observer_error;
};

/*
 * Makes the stream unbuffered, so nothing may have been written to it before (setvbuf). NULL as
 * stream is a writer that composes its lines and drops them.
 */
void jsonl_writer_init(struct jsonl_writer *writer, FILE *stream);
void jsonl_writer_fini(struct jsonl_writer *writer);

/* Opens the object of a new line: {"type":"<type>"; the caller adds the members. */
struct json_stream *jsonl_writer_begin(struct jsonl_writer *writer, const char *type);

/* Closes the object and writes the line. False: this or an earlier line failed. */
bool jsonl_writer_end(struct jsonl_writer *writer);

/* Whether a line was lost. */
static inline bool jsonl_writer_failed(const struct jsonl_writer *writer)
{
    return writer->write_failed | writer->memory_failed | writer->observer_failed;
}

/* False with ERR_WRITE (naming `path`), ERR_OUT_OF_MEMORY or the observer's error when any line has
 * failed. */
bool jsonl_writer_check(const struct jsonl_writer *writer, const char *path, struct sim_error *err);

#endif
