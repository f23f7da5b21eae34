/* SPDX-License-Identifier: MIT */
/* mmsim sweep run: does what a planned sweep still lacks. */
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/cmd_sweep.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sweep/sweep_runner.h"

enum {
    WORKERS_MAX = 1024,
    FAILURES_SHOWN = 20, /* one line each; the rest is counted */
};

struct run_options {
    struct option_number workers;
    uint32_t chunk;  /* from 0 */
    uint32_t chunks; /* 0: not given */
    bool progress;
    bool quiet;
};

static bool set_chunk(void *target, const char *value, struct sim_error *err)
{
    struct run_options *options = target;
    const char *slash = strchr(value, '/');
    uint64_t chunk;
    uint64_t chunks;

    if (!slash || !uint_parse(value, (size_t)(slash - value), &chunk) ||
        !uint_parse(slash + 1, strlen(slash + 1), &chunks))
        return sim_error_set(err, ERR_USAGE, "--chunk: not K/N such as 1/4: %.60s", value);
    if (chunk < 1 || chunk > chunks || chunks > SWEEP_RUNS_MAX)
        return sim_error_set(err, ERR_USAGE, "--chunk: K must be 1..N, N at most %d: %.60s",
                             SWEEP_RUNS_MAX, value);
    options->chunk = (uint32_t)chunk - 1;
    options->chunks = (uint32_t)chunks;
    return true;
}

#define MEMBER(name) offsetof(struct run_options, name)

static const struct option_spec run_option_table[] = {
    {"jobs", 'j', "N", "worker processes; default: one for each CPU", OPTION_NUMBER,
     MEMBER(workers)},
    {"chunk", 0, "K/N", "only the K-th of N shares of the runs", OPTION_CALL, .apply = set_chunk},
    {"progress", 0, NULL, "always show the progress bar", OPTION_FLAG, MEMBER(progress)},
    {"quiet", 'q', NULL, "never show the progress bar", OPTION_FLAG, MEMBER(quiet)},
};

static const struct usage run_usage = {
    .synopsis = "mmsim sweep run DIR [OPTION]...",
    .intro =
        "Does the runs of the sweep planned in DIR that have no result yet. Whatever stops it,\n"
        "the same command again goes on where it was.\n",
    .options = run_option_table,
    .nr_options = sizeof(run_option_table) / sizeof(run_option_table[0]),
    .examples = "  mmsim sweep run burst -j 8\n"
                "  mmsim sweep run burst --chunk 3/16\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* What the terminal sees of a sweep on its way. */
struct screen {
    struct progress progress;
    uint32_t failures;
};

static void print_axes(const struct sweep_manifest *manifest, uint32_t index)
{
    struct sweep_run_texts texts;
    struct sim_error err = {0};

    if (!sweep_manifest_texts(manifest, index, &texts, &err))
        return;
    for (size_t i = 0; i < manifest->axes.count; i++)
        fprintf(stderr, "%s%s=%s", i ? ", " : " (", manifest->axes.items[i], texts.values.items[i]);
    if (manifest->axes.count)
        fputs(")", stderr);
    sweep_run_texts_fini(&texts);
}

static void show_failure(void *ctx, const struct sweep_manifest *manifest, uint32_t index,
                         const struct worker_failure *failure)
{
    struct screen *screen = ctx;
    char text[sizeof(failure->cause) + 64];

    if (++screen->failures > FAILURES_SHOWN)
        return;
    progress_fini(&screen->progress);
    sim_error_format(&failure->cause, text, sizeof(text));
    fprintf(stderr, "mmsim: run %" PRIu32, index);
    print_axes(manifest, index);
    fprintf(stderr, ": %s", text);
}

static void show_progress(void *ctx, const struct sweep_tally *tally)
{
    struct screen *screen = ctx;
    const struct progress_count count = {
        .total = tally->share,
        .before = tally->before,
        .done = tally->done + tally->failed,
        .failed = tally->failed,
    };

    progress_update_count(&screen->progress, &count);
}

static void print_tally(const struct sweep_tally *tally, const char *dir)
{
    if (tally->failed > FAILURES_SHOWN)
        fprintf(stderr, "mmsim: ... and %" PRIu32 " more failed runs, see %s/failed\n",
                tally->failed - FAILURES_SHOWN, dir);
    fprintf(stderr, "mmsim: %" PRIu32 " of %" PRIu32 " runs have a result, %" PRIu32 " failed\n",
            tally->before + tally->done, tally->share, tally->failed);
}

/* An interrupt and a full disk are nobody's mistake: there the way on is to try again. */
static int finish(enum worker_pool_end end, const struct sweep_tally *tally, const char *dir,
                  const struct sim_error *err)
{
    bool stopped = end == WORKER_POOL_INTERRUPTED || err->code == ERR_WRITE;
    int code = EXIT_DONE;

    if (end == WORKER_POOL_ERROR)
        code = cli_fail(err);
    else if (tally->bad_input)
        code = EXIT_INPUT;
    else if (tally->failed || end == WORKER_POOL_INTERRUPTED)
        code = EXIT_NO;
    if (tally->failed || stopped)
        print_tally(tally, dir);
    if (stopped)
        fputs("  hint: the same command again goes on from here\n", stderr);
    return code;
}

static uint32_t online_cpus(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (uint32_t)count;
}

static int execute(const struct run_options *options, const char *dir)
{
    const struct sweep_runner_spec spec = {
        .dir = dir,
        .tool_version = mmsim_version,
        .workers = options->workers.given ? (uint32_t)options->workers.value : online_cpus(),
        .chunk = options->chunk,
        .chunks = options->chunks ? options->chunks : 1,
    };
    struct screen screen = {0};
    const struct sweep_watcher watcher = {show_failure, show_progress, &screen};
    struct sim_error err = {0};
    struct sweep_tally tally;
    enum worker_pool_end end;

    progress_init(&screen.progress, options->quiet      ? PROGRESS_OFF
                                    : options->progress ? PROGRESS_ON
                                                        : PROGRESS_AUTO);
    end = sweep_runner_run(&spec, &watcher, &tally, &err);
    progress_fini(&screen.progress);
    return finish(end, &tally, dir, &err);
}

static int run_blocked(const struct run_options *options, const char *dir)
{
    sigset_t before;
    int code;

    cli_block_interrupts(&before);
    code = execute(options, dir);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}

static int run(int argc, char **argv)
{
    struct run_options options = {0};
    struct sim_error err = {0};
    int first;
    int code;

    if (!cli_options(&run_usage, argc, argv, &options, &first, &code))
        return code;
    if (options.workers.given &&
        (options.workers.value < 1 || options.workers.value > WORKERS_MAX)) {
        sim_error_set(&err, ERR_USAGE, "--jobs: must be 1..%d", WORKERS_MAX);
        return cli_fail(&err);
    }
    return run_blocked(&options, argv[first]);
}

const struct command cmd_sweep_run = {"run", "do the runs that have no result yet", run};
