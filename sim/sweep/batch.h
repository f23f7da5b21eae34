/* SPDX-License-Identifier: MIT */
/* A sweep as jobs of a batch system: how it is cut into chunks, and the command lines. */
#ifndef SIM_SWEEP_BATCH_H
#define SIM_SWEEP_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sweep/index_set.h"

/* Runs of a chunk when nobody says how many: a task of an array costs some tenths of a second. */
enum { BATCH_CHUNK_RUNS = 16 };

/*
 * How many chunks the runs are cut into: `chunks` when given (not 0), else so many that each has at
 * most `chunk_runs` (0: BATCH_CHUNK_RUNS), but fewer than max_array_size; never more than runs. The
 * tasks of an array are 1..chunks. Errors: ERR_USAGE: `chunks` is more than the site allows.
 */
bool batch_chunks(uint32_t runs, uint64_t chunks, uint64_t chunk_runs, uint32_t max_array_size,
                  uint32_t *ret_chunks, struct sim_error *err);

/* What the jobs are told. Texts are the caller's. */
struct batch_jobs {
    const char *name;   /* of the sweep */
    const char *script; /* DIR/sweep.sbatch */
    const char *mmsim;  /* the program, by a path that is good on each node */
    const char *dir;    /* the sweep's, absolute */
    const char *output; /* of the merge */
    uint32_t chunks;
    const struct index_set *missing; /* chunks, from 0 */
    uint64_t cpus;                   /* of a task; 0: not said */
    const char *time;                /* limit as sbatch has it; NULL: the site's */
    const char *partition;           /* NULL: the site's */
    const char *const *extra;        /* more arguments for sbatch, before the script */
    uint32_t nr_extra;
};

/* A command line; NULL stands behind its last word. All-zero is empty. */
struct batch_command {
    VEC(char *) words;
    bool failed; /* no host memory: it lacks words */
};

/* The array over the missing chunks, and the merge that waits for the end of `job`, whatever that
 * is: it looks itself whether all results are there. Check `failed` afterwards. */
void batch_array_command(struct batch_command *command, const struct batch_jobs *jobs);
void batch_merge_command(struct batch_command *command, const struct batch_jobs *jobs,
                         const char *job);
void batch_command_fini(struct batch_command *command);

/* As a shell would take it, in one line. */
void batch_command_format(struct strbuf *buf, const struct batch_command *command);

#endif
