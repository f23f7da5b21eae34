/* SPDX-License-Identifier: MIT */
/* mmsim sweep merge: all results in one file. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/whole_file.h"
#include "cli/cmd_sweep.h"
#include "cli/options.h"
#include "sweep/sweep_sqlite.h"

struct merge_options {
    const char *output_path;
    const char *csv_path;
    const char *sqlite_path;
};

#define MEMBER(name) offsetof(struct merge_options, name)

static const struct option_spec merge_option_table[] = {
    {"output", 'o', "FILE", "where the JSON Lines go; default: -, stdout", OPTION_TEXT,
     MEMBER(output_path)},
    {"csv", 0, "FILE", "write a CSV table, too", OPTION_TEXT, MEMBER(csv_path)},
    {"sqlite", 0, "FILE", "write an SQLite database, too", OPTION_TEXT, MEMBER(sqlite_path)},
};

static const struct usage merge_usage = {
    .synopsis = "mmsim sweep merge DIR [-o OUT.jsonl] [OPTION]...",
    .intro =
        "Writes the results of all runs of the sweep planned in DIR, each exactly once, in the\n"
        "order of their keys: the same bytes whoever did the runs, in whatever order. With\n"
        "--csv or --sqlite and without -o no JSON Lines. Exit code 1: runs are missing.\n",
    .options = merge_option_table,
    .nr_options = sizeof(merge_option_table) / sizeof(merge_option_table[0]),
    .examples = "  mmsim sweep merge grid -o grid.jsonl --csv grid.csv\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* A merge with everything it holds. */
struct merge_command {
    struct merge_options options;
    struct sweep_manifest manifest;
    struct sweep_results results;
    struct sweep_merge merge;
    struct sweep_table table;
};

static bool check_paths(const struct merge_options *options, struct sim_error *err)
{
    const char *paths[] = {options->output_path, options->csv_path, options->sqlite_path};
    const size_t count = sizeof(paths) / sizeof(paths[0]);

    for (size_t i = 0; i < count; i++) {
        for (size_t other = i + 1; other < count; other++) {
            if (paths[i] && paths[other] && strcmp(paths[i], paths[other]) == 0)
                return sim_error_set(err, ERR_USAGE, "two outputs cannot both be %.200s", paths[i]);
        }
    }
    if (options->sqlite_path && strcmp(options->sqlite_path, "-") == 0)
        return sim_error_set(err, ERR_USAGE, "a database cannot be written to stdout");
    return true;
}

static bool gather(struct merge_command *command, const char *dir, struct sim_error *err)
{
    const struct merge_options *options = &command->options;

    if (!check_paths(options, err) ||
        !sweep_manifest_open(&command->manifest, dir, mmsim_version, err) ||
        !sweep_results_read(&command->results, &command->manifest, err) ||
        !sweep_merge_init(&command->merge, &command->results, err))
        return false;
    return (!options->csv_path && !options->sqlite_path) ||
           sweep_table_init(&command->table, &command->merge, err);
}

static bool write_lines(const struct merge_command *command, FILE *stream, struct sim_error *err)
{
    return sweep_merge_write(&command->merge, stream, err);
}

static bool write_csv(const struct merge_command *command, FILE *stream, struct sim_error *err)
{
    return sweep_table_write_csv(&command->table, stream, err);
}

/* Writes one output whole or not at all; stdout as it comes. */
static bool write_output(const struct merge_command *command, const char *path,
                         bool (*write)(const struct merge_command *, FILE *, struct sim_error *),
                         struct sim_error *err)
{
    struct whole_file file;

    if (strcmp(path, "-") == 0)
        return write(command, stdout, err) && file_output_close(stdout, path, err);
    if (!whole_file_begin(&file, path, err))
        return false;
    if (write(command, file.stream, err))
        return whole_file_commit(&file, err);
    whole_file_abandon(&file);
    return false;
}

/* The JSON Lines come last: where they are, all is there. */
static bool write_outputs(const struct merge_command *command, struct sim_error *err)
{
    const struct merge_options *options = &command->options;
    const char *lines = options->output_path;

    if (!lines && !options->csv_path && !options->sqlite_path)
        lines = "-";
    return (!options->sqlite_path ||
            sweep_sqlite_write(&command->table, options->sqlite_path, err)) &&
           (!options->csv_path || write_output(command, options->csv_path, write_csv, err)) &&
           (!lines || write_output(command, lines, write_lines, err));
}

static void say_what(const struct sweep_results *results)
{
    fprintf(stderr, "merged %" PRIu32 " runs", results->found);
    if (results->again)
        fprintf(stderr, ", %" PRIu64 " results were there again", results->again);
    if (results->foreign)
        fprintf(stderr, ", %" PRIu64 " results of other plans were left out", results->foreign);
    fputs("\n", stderr);
}

static int execute(struct merge_command *command, const char *dir)
{
    struct sim_error err = {0};

    if (!gather(command, dir, &err))
        return cli_fail(&err);
    if (!write_outputs(command, &err))
        return err.code == ERR_OPEN ? cli_fail_output(&err) : cli_fail(&err);
    say_what(&command->results);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct merge_command command = {0};
    int first;
    int code;

    if (cli_options(&merge_usage, argc, argv, &command.options, &first, &code))
        code = execute(&command, argv[first]);
    sweep_table_fini(&command.table);
    sweep_merge_fini(&command.merge);
    sweep_results_fini(&command.results);
    sweep_manifest_close(&command.manifest);
    return code;
}

const struct command cmd_sweep_merge = {"merge", "write all results into one file", run};
