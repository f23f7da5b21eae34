/* SPDX-License-Identifier: MIT */
/* Results on disk: files that appear whole or not at all, each with a few runs. */
#ifndef SIM_SWEEP_SEGMENT_H
#define SIM_SWEEP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "sweep/sweep_key.h"

/*
 * DIR/results/<first key>-<fnv1a64 of the bytes>.jsonl holds one line for each of its runs:
 *
 *     {"type":"run","key":"<32 hex>",...}
 *
 * A segment is written to DIR/results/.tmp-<host>-<pid>-<n>, fsynced, renamed, and the folder
 * fsynced: whoever is killed leaves whole segments and at most one file that nobody reads. The name
 * is the content's, so writing the same results again is no change, and results that appear in two
 * segments (a task that ran twice) are sorted out by merge. One fsync serves all runs that finished
 * within SEGMENT_COMMIT_NS, so a result is lost to a kill for at most that long.
 */
#define SEGMENT_COMMIT_NS UINT64_C(250000000)
enum { SEGMENT_RUNS_MAX = 1024, SEGMENT_BYTES_MAX = 8 << 20 };

struct segment_writer {
    const char *dir; /* the sweep's */
    struct strbuf lines;
    struct sweep_key first;
    uint32_t runs;
    uint64_t since_ns; /* monotonic clock at the first line */
    uint32_t number;   /* of the next temporary file */
};

/* Makes DIR/results when it is not there and removes what dead processes of this host left. */
bool segment_writer_init(struct segment_writer *writer, const char *dir, struct sim_error *err);
void segment_writer_fini(struct segment_writer *writer); /* what was not committed is gone */

/* Adds one result line (without newline). Errors: ERR_OUT_OF_MEMORY. */
bool segment_writer_add(struct segment_writer *writer, const struct sweep_key *key,
                        const char *line, size_t length, struct sim_error *err);

/* Whether it is time to commit, by age or size. */
bool segment_writer_due(const struct segment_writer *writer, uint64_t now_ns);

/*
 * Writes what was added, if anything. After a failure (ERR_WRITE: disk full) the temporary file is
 * gone, the lines are kept and the commit can be tried again.
 */
bool segment_writer_commit(struct segment_writer *writer, struct sim_error *err);

/* A result line and where it stands. Valid during the call it is passed to. */
struct segment_line {
    struct sweep_key key;
    const char *text; /* without newline */
    size_t length;
    const char *file; /* the segment's path; the same pointer for all lines of a segment */
    size_t offset;    /* of the line in it, bytes */
};

/*
 * Calls on_run for each result line of all segments: segment by segment in the order of their
 * names, each from top to bottom. Errors: ERR_READ, ERR_SWEEP_RESULT (a line that is no result,
 * with its place), or on_run's own when it returns false. A missing DIR/results holds nothing.
 */
bool segment_read_all(const char *dir,
                      bool (*on_run)(void *ctx, const struct segment_line *line,
                                     struct sim_error *err),
                      void *ctx, struct sim_error *err);

#endif
