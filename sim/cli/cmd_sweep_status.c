/* SPDX-License-Identifier: MIT */
/* mmsim sweep status: what is there and what is missing. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd_sweep.h"
#include "cli/options.h"
#include "sweep/sweep_failures.h"
#include "sweep/sweep_results.h"

struct status_options {
    struct option_number chunks;
    bool missing;
};

#define MEMBER(name) offsetof(struct status_options, name)

static const struct option_spec status_option_table[] = {
    {"chunks", 0, "N", "name chunks of N (as in run --chunk K/N) instead of runs", OPTION_NUMBER,
     MEMBER(chunks)},
    {"missing", 0, NULL, "print only the array expression of what is missing", OPTION_FLAG,
     MEMBER(missing)},
};

static const struct usage status_usage = {
    .synopsis = "mmsim sweep status DIR [OPTION]...",
    .intro =
        "Says how many runs of the sweep planned in DIR are done, have failed or are missing,\n"
        "and names the missing ones as an array expression such as 3,7-9: runs are numbered\n"
        "from 0, chunks from 1. Exit code 0: nothing is missing, 1: something is.\n",
    .options = status_option_table,
    .nr_options = sizeof(status_option_table) / sizeof(status_option_table[0]),
    .examples = "  mmsim sweep status grid\n"
                "  sbatch --array=$(mmsim sweep status grid --chunks 50 --missing) ...\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* A status with everything it holds. */
struct status {
    struct status_options options;
    struct sweep_manifest manifest;
    struct sweep_results results;
    struct sweep_failures failures;
    struct index_set missing;
    struct strbuf text; /* what is printed */
};

static bool gather(struct status *status, const char *dir, struct sim_error *err)
{
    const struct option_number *chunks = &status->options.chunks;

    if (chunks->given && (chunks->value == 0 || chunks->value > SWEEP_RUNS_MAX))
        return sim_error_set(err, ERR_USAGE, "--chunks: from 1 to %d", SWEEP_RUNS_MAX);
    if (!sweep_manifest_open(&status->manifest, dir, mmsim_version, err) ||
        !sweep_results_read(&status->results, &status->manifest, err) ||
        !sweep_failures_read(&status->failures, &status->results, err))
        return false;
    return sweep_results_missing(&status->results, (uint32_t)chunks->value, &status->missing) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the status");
}

static void add_failures(struct strbuf *text, const struct status *status)
{
    for (size_t i = 0; i < status->failures.runs.count; i++) {
        const struct sweep_failure *failure = &status->failures.runs.items[i];
        char key[SWEEP_KEY_TEXT];

        sweep_key_format(&status->manifest.runs.items[failure->index].key, key);
        strbuf_addf(text, "  run %" PRIu32 " (%s): %s\n", failure->index, key, failure->reason);
    }
}

static void format_report(struct status *status)
{
    const struct sweep_results *results = &status->results;
    struct strbuf *text = &status->text;
    size_t runs = status->manifest.runs.count;
    size_t failed = status->failures.runs.count;

    strbuf_addf(text, "%s: %zu runs\n", status->manifest.name, runs);
    strbuf_addf(text, "  done     %" PRIu32 "\n", results->found);
    strbuf_addf(text, "  failed   %zu\n", failed);
    strbuf_addf(text, "  missing  %zu\n", runs - results->found - failed);
    if (results->again)
        strbuf_addf(text, "results that are there twice: %" PRIu64 "\n", results->again);
    if (results->foreign)
        strbuf_addf(text, "results of other plans: %" PRIu64 "\n", results->foreign);
    if (failed) {
        strbuf_adds(text, "failed:\n");
        add_failures(text, status);
    }
    if (!status->missing.count)
        return;
    strbuf_addf(text, "%s to do: ", status->options.chunks.given ? "chunks" : "runs");
    index_set_format(text, &status->missing, status->options.chunks.given);
    strbuf_adds(text, "\n");
}

static void format_expression(struct status *status)
{
    if (!status->missing.count)
        return;
    index_set_format(&status->text, &status->missing, status->options.chunks.given);
    strbuf_adds(&status->text, "\n");
}

static int execute(struct status *status, const char *dir)
{
    struct sim_error err = {0};

    if (!gather(status, dir, &err))
        return cli_fail(&err);
    if (status->options.missing)
        format_expression(status);
    else
        format_report(status);
    if (status->text.failed) {
        sim_error_set(&err, ERR_OUT_OF_MEMORY, "no memory for the status");
        return cli_fail(&err);
    }
    if (status->text.length)
        fwrite(status->text.data, 1, status->text.length, stdout);
    return status->missing.count ? EXIT_NO : EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct status status = {0};
    int first;
    int code;

    if (cli_options(&status_usage, argc, argv, &status.options, &first, &code))
        code = execute(&status, argv[first]);
    strbuf_fini(&status.text);
    index_set_fini(&status.missing);
    sweep_failures_fini(&status.failures);
    sweep_results_fini(&status.results);
    sweep_manifest_close(&status.manifest);
    return code;
}

const struct command cmd_sweep_status = {"status", "say what is done and what is missing", run};
