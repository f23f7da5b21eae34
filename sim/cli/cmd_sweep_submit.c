/* SPDX-License-Identifier: MIT */
/* mmsim sweep submit: what is missing, as a Slurm job array, and the merge behind it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "cli/cmd_sweep.h"
#include "cli/options.h"
#include "cli/sweep_sbatch.h"
#include "sweep/batch.h"
#include "sweep/scheduler.h"
#include "sweep/sweep_results.h"

struct submit_options {
    const char *output_path;
    struct option_number chunks;
    struct option_number chunk_runs;
    struct option_number cpus;
    const char *time;
    const char *partition;
    struct option_texts extra;
    bool dry_run;
};

#define MEMBER(name) offsetof(struct submit_options, name)

static const struct option_spec submit_option_table[] = {
    {"output", 'o', "FILE", "where the merge goes; default: DIR/merged.jsonl", OPTION_TEXT,
     MEMBER(output_path)},
    {"chunk-runs", 0, "N", "runs of one array task; default: 16", OPTION_NUMBER,
     MEMBER(chunk_runs)},
    {"chunks", 0, "N", "number of array tasks, instead", OPTION_NUMBER, MEMBER(chunks)},
    {"jobs", 'j', "N", "processors, and worker processes, of one task; default: 1", OPTION_NUMBER,
     MEMBER(cpus)},
    {"time", 0, "LIMIT", "sbatch --time of each job", OPTION_TEXT, MEMBER(time)},
    {"partition", 0, "NAME", "sbatch --partition", OPTION_TEXT, MEMBER(partition)},
    {"sbatch-arg", 0, "ARG", "one more argument for sbatch; repeatable", OPTION_TEXTS,
     MEMBER(extra)},
    {"dry-run", 0, NULL, "print the commands and submit nothing", OPTION_FLAG, MEMBER(dry_run)},
};

static const struct usage submit_usage = {
    .synopsis = "mmsim sweep submit DIR [OPTION]...",
    .intro =
        "Hands the runs of the sweep planned in DIR that are still missing to Slurm: an array\n"
        "of chunks, and a merge that starts when the array has ended. To be called again\n"
        "after whatever happened: it submits what is missing then. Every node must see DIR\n"
        "and this mmsim by the same paths. The script of the jobs is DIR/sweep.sbatch.\n",
    .options = submit_option_table,
    .nr_options = sizeof(submit_option_table) / sizeof(submit_option_table[0]),
    .examples = "  mmsim sweep submit grid --chunk-runs 50 -j 4 --time 30\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* A submission with everything it holds. */
struct submit_command {
    struct submit_options options;
    struct sweep_manifest manifest;
    struct sweep_results results;
    struct index_set missing;
    struct strbuf script;
    struct strbuf output;
    char dir[PATH_MAX];
    char mmsim[PATH_MAX];
    struct batch_jobs jobs;
};

static bool check_options(const struct submit_options *options, struct sim_error *err)
{
    if (options->chunks.given && options->chunk_runs.given)
        return sim_error_set(err, ERR_USAGE, "--chunks and --chunk-runs exclude each other");
    if ((options->chunks.given && !options->chunks.value) ||
        (options->chunk_runs.given && !options->chunk_runs.value) ||
        (options->cpus.given && !options->cpus.value))
        return sim_error_set(err, ERR_USAGE, "--chunks, --chunk-runs and --jobs are at least 1");
    if (options->output_path && strcmp(options->output_path, "-") == 0)
        return sim_error_set(err, ERR_USAGE, "a job has no stdout to merge to: name a file");
    return true;
}

/* Paths that are good in the jobs, too. */
static bool find_paths(struct submit_command *command, const char *dir, struct sim_error *err)
{
    ssize_t length = readlink("/proc/self/exe", command->mmsim, sizeof(command->mmsim) - 1);

    if (length <= 0)
        return sim_error_set(err, ERR_OPEN, "cannot tell the path of mmsim: %s", strerror(errno));
    command->mmsim[length] = '\0';
    if (!realpath(dir, command->dir)) {
        sim_error_set(err, ERR_OPEN, "%s", strerror(errno));
        sim_error_add_place(err, dir, 0, 0);
        return false;
    }
    strbuf_addf(&command->script, "%s/sweep.sbatch", command->dir);
    if (command->options.output_path)
        strbuf_adds(&command->output, command->options.output_path);
    else
        strbuf_addf(&command->output, "%s/merged.jsonl", command->dir);
    return (!command->script.failed && !command->output.failed) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the names of files");
}

/* The site's limit; a look at the commands may be had without a site. */
static bool find_limit(const struct submit_command *command, uint32_t *ret_size,
                       struct sim_error *err)
{
    struct sim_error none = {0};

    if (!command->options.dry_run)
        return scheduler_max_array_size(ret_size, err);
    if (scheduler_max_array_size(ret_size, &none))
        return true;
    *ret_size = SCHEDULER_MAX_ARRAY_SIZE;
    fprintf(stderr, "no Slurm to ask: assuming MaxArraySize=%d\n", SCHEDULER_MAX_ARRAY_SIZE);
    return true;
}

/* Everything but the cut into chunks. */
static bool gather(struct submit_command *command, const char *dir, struct sim_error *err)
{
    const struct submit_options *options = &command->options;

    if (!check_options(options, err) ||
        !sweep_manifest_open(&command->manifest, dir, mmsim_version, err) ||
        !find_paths(command, dir, err) ||
        !sweep_results_read(&command->results, &command->manifest, err))
        return false;
    command->jobs = (struct batch_jobs){
        .name = command->manifest.name,
        .script = command->script.data,
        .mmsim = command->mmsim,
        .dir = command->dir,
        .output = command->output.data,
        .missing = &command->missing,
        .cpus = options->cpus.value,
        .time = options->time,
        .partition = options->partition,
        .extra = options->extra.items,
        .nr_extra = (uint32_t)options->extra.count,
    };
    return true;
}

static bool cut(struct submit_command *command, struct sim_error *err)
{
    const struct submit_options *options = &command->options;
    uint32_t limit;

    if (!find_limit(command, &limit, err) ||
        !batch_chunks((uint32_t)command->manifest.runs.count, options->chunks.value,
                      options->chunk_runs.value, limit, &command->jobs.chunks, err))
        return false;
    return sweep_results_missing(&command->results, command->jobs.chunks, &command->missing) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the chunks");
}

/* What the jobs need in DIR: their script, and a folder for what they say. */
static bool prepare(const struct submit_command *command, struct sim_error *err)
{
    struct strbuf logs = {0};
    bool ok;

    strbuf_addf(&logs, "%s/logs", command->dir);
    ok = logs.failed ? sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the name of a folder")
                     : whole_file_folder(logs.data, err);
    strbuf_fini(&logs);
    return ok &&
           whole_file_write(command->script.data, SWEEP_SBATCH, sizeof(SWEEP_SBATCH) - 1, err);
}

/* Submits, or prints what would be. */
static bool hand_over(const struct submit_command *command, const struct batch_command *batch,
                      uint64_t *ret_job, struct sim_error *err)
{
    struct strbuf text = {0};
    bool ok;

    if (batch->failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the command");
    if (!command->options.dry_run)
        return scheduler_submit((const char *const *)batch->words.items, ret_job, err);
    batch_command_format(&text, batch);
    ok = !text.failed || sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the command");
    if (ok)
        printf("%s\n", text.data);
    strbuf_fini(&text);
    return ok;
}

static bool submit(const struct submit_command *command, struct sim_error *err)
{
    struct batch_command array;
    struct batch_command merge = {0};
    uint64_t array_job = 0;
    uint64_t merge_job = 0;
    char job[24] = "JOB";
    bool ok;

    batch_array_command(&array, &command->jobs);
    ok = hand_over(command, &array, &array_job, err);
    batch_command_fini(&array);
    if (!ok)
        return false;
    if (!command->options.dry_run)
        snprintf(job, sizeof(job), "%" PRIu64, array_job);
    batch_merge_command(&merge, &command->jobs, job);
    ok = hand_over(command, &merge, &merge_job, err);
    batch_command_fini(&merge);
    if (ok && !command->options.dry_run)
        printf("submitted %" PRIu32 " of %" PRIu32 " chunks as job %s, the merge as job %" PRIu64
               "\n",
               command->missing.count, command->jobs.chunks, job, merge_job);
    return ok;
}

static int execute(struct submit_command *command, const char *dir)
{
    struct sim_error err = {0};

    if (!gather(command, dir, &err))
        return cli_fail(&err);
    if (command->results.found == command->manifest.runs.count) {
        fprintf(stderr,
                "all results are there: nothing to submit; mmsim sweep merge writes them\n");
        return EXIT_DONE;
    }
    if (!cut(command, &err))
        return cli_fail(&err);
    if (!command->options.dry_run && !prepare(command, &err))
        return cli_fail_output(&err);
    return submit(command, &err) ? EXIT_DONE : cli_fail(&err);
}

static int run(int argc, char **argv)
{
    struct submit_command command = {0};
    int first;
    int code;

    if (cli_options(&submit_usage, argc, argv, &command.options, &first, &code))
        code = execute(&command, argv[first]);
    vec_fini(&command.options.extra);
    strbuf_fini(&command.script);
    strbuf_fini(&command.output);
    index_set_fini(&command.missing);
    sweep_results_fini(&command.results);
    sweep_manifest_close(&command.manifest);
    return code;
}

const struct command cmd_sweep_submit = {"submit", "hand what is missing to Slurm", run};
