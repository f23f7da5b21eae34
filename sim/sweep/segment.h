/* SPDX-License-Identifier: MIT */
/* Results on disk: files that appear whole or not at all, each with a few runs. */
#ifndef SIM_SWEEP_SEGMENT_H
#define SIM_SWEEP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sweep/sweep_key.h"

/*
 * DIR/results/<first key>-<fnv1a64 of the bytes>.jsonl holds one line for each of its runs
 * (sweep_result.h):
 *
 *     {"type":"run","key":"<32 hex>",...}
 *
 * A segment is written as base/whole_file.h does it: whoever is killed leaves whole segments and at
 * most one file that nobody reads. The name is the content's, so writing the same results again is
 * no change, and a file that does not hold what its name says is noticed. Results that appear in
 * two segments (a task that ran twice) are sorted out by merge. One commit serves all runs that
 * finished within SEGMENT_COMMIT_NS, so a result is lost to a kill for at most that long.
 */
#define SEGMENT_COMMIT_NS UINT64_C(250000000)
enum { SEGMENT_RUNS_MAX = 1024, SEGMENT_BYTES_MAX = 8 << 20 };

struct segment_writer {
    char *folder; /* DIR/results */
    struct strbuf lines;
    struct sweep_key first;
    uint32_t runs;
    uint64_t since_ns; /* when the first line came */
};

/*
 * Makes DIR/results when it is not there and removes what dead processes of this host left. Valid
 * to end after `= {0}` and a failed init. Errors: ERR_WRITE, ERR_OUT_OF_MEMORY.
 */
bool segment_writer_init(struct segment_writer *writer, const char *dir, struct sim_error *err);
void segment_writer_fini(struct segment_writer *writer); /* what was not committed is gone */

/* Adds one result line (without newline); now_ns is any clock that does not run backwards. Errors:
 * ERR_OUT_OF_MEMORY, and what was added before is as it was. */
bool segment_writer_add(struct segment_writer *writer, const struct sweep_key *key,
                        const char *line, size_t length, uint64_t now_ns, struct sim_error *err);

/* Whether it is time to commit, by age or size. */
bool segment_writer_due(const struct segment_writer *writer, uint64_t now_ns);

/*
 * Writes what was added, if anything. After a failure (ERR_WRITE: disk full) no file is
 * left, the lines are kept and the commit can be tried again.
 */
bool segment_writer_commit(struct segment_writer *writer, struct sim_error *err);

/* All segments of a sweep, mapped or read: pointers into them are good until the close. */
struct segment_file {
    char *path;
    struct file_bytes bytes;
};
struct segment_set {
    VEC(struct segment_file) files; /* sorted by name */
};

/* One result where it stands. */
struct segment_line {
    const char *path;
    uint32_t number; /* of the line in its file, from 1 */
    struct sweep_key key;
    const char *text; /* without its newline, not terminated */
    size_t length;
};

/*
 * Opens and checks all segments; a missing DIR/results holds nothing. Costs a pass over all bytes.
 * Errors: ERR_OPEN, ERR_READ, ERR_OUT_OF_MEMORY, ERR_SWEEP_RESULT: a file that does not hold what
 * its name says. Valid to close after `= {0}` and a failed open.
 */
bool segment_set_open(struct segment_set *set, const char *dir, struct sim_error *err);
void segment_set_close(struct segment_set *set);

/*
 * Calls on_line for each result, in the order of the files and their lines. Errors:
 * ERR_SWEEP_RESULT (a line that is no result, with its place), or on_line's own when it returns
 * false.
 */
bool segment_set_each(const struct segment_set *set,
                      bool (*on_line)(void *ctx, const struct segment_line *line,
                                      struct sim_error *err),
                      void *ctx, struct sim_error *err);

#endif
