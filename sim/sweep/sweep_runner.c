/* SPDX-License-Identifier: MIT */
/* Does what a sweep still lacks: hands its runs to workers and keeps their results. */
#include "sweep/sweep_runner.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "base/strbuf.h"
#include "base/whole_file.h"
#include "sweep/failure_note.h"
#include "sweep/index_set.h"
#include "sweep/segment.h"
#include "sweep/sweep_job.h"
#include "sweep/sweep_results.h"

struct sweep_runner {
    const struct sweep_runner_spec *spec;
    const struct sweep_watcher *watcher;
    struct sweep_manifest manifest;
    struct sweep_jobs jobs;
    struct segment_writer writer;
    struct index_set missing; /* of the whole sweep, when the runner began */
    uint32_t next;            /* no run below it is left to hand out */
    struct sweep_tally tally;
};

/* ---- in a worker ---- */

static bool work(void *ctx, uint32_t job, struct strbuf *answer, struct sim_error *err)
{
    struct sweep_runner *runner = ctx;

    return sweep_jobs_do(&runner->jobs, job, answer, err);
}

/* ---- in the parent ---- */

static bool next(void *ctx, uint32_t *ret_job)
{
    struct sweep_runner *runner = ctx;

    for (; runner->next < runner->missing.limit; runner->next += runner->spec->chunks) {
        if (!index_set_has(&runner->missing, runner->next))
            continue;
        *ret_job = runner->next;
        runner->next += runner->spec->chunks;
        return true;
    }
    return false;
}

static const struct sweep_key *key_of(const struct sweep_runner *runner, uint32_t index)
{
    return &runner->manifest.runs.items[index].key;
}

static bool done(void *ctx, uint32_t job, const struct strbuf *answer, uint64_t now_ns,
                 struct sim_error *err)
{
    struct sweep_runner *runner = ctx;

    runner->tally.done++;
    return segment_writer_add(&runner->writer, key_of(runner, job), answer->data, answer->length,
                              now_ns, err) &&
           failure_note_remove(runner->spec->dir, key_of(runner, job), err);
}

/* What is wrong with every run, or with the disk, is the sweep's failure. */
static bool is_fatal(enum sim_error_code code)
{
    return code == ERR_UNKNOWN_METRIC || code == ERR_WRITE;
}

static bool failed(void *ctx, uint32_t job, const struct worker_failure *failure,
                   struct sim_error *err)
{
    struct sweep_runner *runner = ctx;

    if (is_fatal(failure->cause.code)) {
        char path[32];

        snprintf(path, sizeof(path), "run %" PRIu32, job);
        *err = failure->cause;
        sim_error_add_path(err, path);
        return false;
    }
    runner->tally.failed++;
    if (failure->fate == WORKER_REFUSED && failure->cause.code != ERR_OUT_OF_MEMORY)
        runner->tally.bad_input++;
    runner->watcher->failed(runner->watcher->ctx, &runner->manifest, job, failure);
    return failure_note_write(runner->spec->dir, key_of(runner, job), failure, err);
}

static bool idle(void *ctx, uint64_t now_ns, struct sim_error *err)
{
    struct sweep_runner *runner = ctx;

    runner->watcher->progress(runner->watcher->ctx, &runner->tally);
    return !segment_writer_due(&runner->writer, now_ns) ||
           segment_writer_commit(&runner->writer, err);
}

static bool find_missing(struct sweep_runner *runner, struct sim_error *err)
{
    struct sweep_results results;
    bool ok = sweep_results_read(&results, &runner->manifest, err) &&
              (sweep_results_missing(&results, 0, &runner->missing) ||
               sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the runs of the sweep"));

    for (uint32_t i = runner->spec->chunk; ok && i < runner->missing.limit;
         i += runner->spec->chunks) {
        runner->tally.share++;
        runner->tally.before += !index_set_has(&runner->missing, i);
    }
    sweep_results_fini(&results);
    return ok;
}

/* Made when it is not there; what dead workers left half written in it goes away. */
static bool tidy_output_folder(const struct sweep_runner *runner, struct sim_error *err)
{
    struct strbuf path = {0};
    bool ok;

    if (runner->manifest.keep != SWEEP_KEEP_OUTPUT)
        return true;
    strbuf_addf(&path, "%s/outputs", runner->spec->dir);
    ok = path.failed ? sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the sweep")
                     : whole_file_folder(path.data, err);
    strbuf_fini(&path);
    return ok;
}

static bool prepare(struct sweep_runner *runner, struct sim_error *err)
{
    const struct sweep_runner_spec *spec = runner->spec;

    return sweep_manifest_open(&runner->manifest, spec->dir, spec->tool_version, err) &&
           find_missing(runner, err) &&
           sweep_jobs_init(&runner->jobs, &runner->manifest, spec->tool_version, err) &&
           segment_writer_init(&runner->writer, spec->dir, err) && tidy_output_folder(runner, err);
}

static enum worker_pool_end run(struct sweep_runner *runner, struct sim_error *err)
{
    static const struct worker_pool_ops ops = {work, next, done, failed, idle};
    const struct worker_pool_spec pool = {
        .workers = runner->spec->workers,
        .timeout_ns = runner->manifest.timeout_ns,
        .memory_bytes = runner->manifest.memory_bytes,
    };
    enum worker_pool_end end = worker_pool_run(&pool, &ops, runner, err);
    bool committed = segment_writer_commit(&runner->writer, err);
    struct sim_error untidy = {0}; /* the next run tries again */

    tidy_output_folder(runner, &untidy);
    if (!committed)
        runner->tally.done -= runner->writer.runs;
    return committed ? end : WORKER_POOL_ERROR;
}

enum worker_pool_end sweep_runner_run(const struct sweep_runner_spec *spec,
                                      const struct sweep_watcher *watcher,
                                      struct sweep_tally *ret_tally, struct sim_error *err)
{
    struct sweep_runner runner = {.spec = spec, .watcher = watcher, .next = spec->chunk};
    enum worker_pool_end end = WORKER_POOL_ERROR;

    SIM_ASSERT(spec->chunk < spec->chunks && spec->chunks <= SWEEP_RUNS_MAX);
    if (prepare(&runner, err))
        end = run(&runner, err);
    *ret_tally = runner.tally;
    index_set_fini(&runner.missing);
    segment_writer_fini(&runner.writer);
    sweep_jobs_fini(&runner.jobs);
    sweep_manifest_close(&runner.manifest);
    return end;
}
