/* SPDX-License-Identifier: MIT */
/* mmsim check: says whether files are what they should be. */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "compare/thresholds.h"
#include "config/machine_config.h"
#include "config/workload_config.h"
#include "sweep/sweep_plan.h"
#include "trace/mmtr_source.h"

struct check_options {
    const char *machine_path;
};

static const struct option_spec check_option_table[] = {
    {"machine", 'c', "MACHINE", "check workloads against this machine, not the one they name",
     OPTION_TEXT, offsetof(struct check_options, machine_path)},
};

static const struct usage check_usage = {
    .synopsis = "mmsim check FILE... [OPTION]...",
    .intro =
        "Checks machine, workload, sweep and thresholds files and binary traces, each recognised\n"
        "by its content, and prints \"FILE: ok\" for the good ones. Exit code 1: one is not.\n",
    .options = check_option_table,
    .nr_options = sizeof(check_option_table) / sizeof(check_option_table[0]),
    .examples = "  mmsim check configs/*.yaml workloads/*.yaml configs/sweeps/*.yaml\n",
    .min_operands = 1,
    .max_operands = -1,
};

/* What a file is, as far as this verb tells them apart. */
enum file_kind {
    FILE_WORKLOAD, /* or a trace, or what nothing recognises */
    FILE_MACHINE,
    FILE_SWEEP,
    FILE_THRESHOLDS,
};

/* Looks only at what tells the kinds apart; a file that cannot be parsed is left to its reader. */
static enum file_kind kind_of(const struct yaml_doc *doc)
{
    if (machine_config_recognises(doc))
        return FILE_MACHINE;
    if (thresholds_recognise(doc))
        return FILE_THRESHOLDS;
    return sweep_file_recognises(doc) ? FILE_SWEEP : FILE_WORKLOAD;
}

static bool recognise(const char *path, enum file_kind *ret_kind, struct sim_error *err)
{
    const struct yaml_stream stream = {.key = "events"};
    struct sim_error parse_err = {0};
    struct file_bytes bytes;
    struct yaml_doc doc = {0};

    if (!file_bytes_init(&bytes, path, err))
        return false;
    *ret_kind = FILE_WORKLOAD;
    if (!mmtr_is_trace(bytes.data, bytes.size) &&
        yaml_doc_parse(&doc, path, bytes.data, bytes.size, &stream, &parse_err))
        *ret_kind = kind_of(&doc);
    yaml_doc_fini(&doc);
    file_bytes_fini(&bytes);
    return true;
}

static bool check_machine(const char *path, struct sim_error *err)
{
    struct machine_config machine;
    bool ok = machine_config_load(&machine, path, NULL, NULL, err);

    machine_config_fini(&machine);
    return ok;
}

/* Against the machine that it names, or a given one; without either as far as that goes. */
static bool check_workload(const struct check_options *options, const char *path,
                           struct sim_error *err)
{
    struct workload_config workload;
    struct machine_config machine = {0};
    const char *machine_path;
    bool ok = workload_config_open(&workload, path, NULL, NULL, err);

    if (ok) {
        machine_path = options->machine_path ? options->machine_path : workload.machine_path;
        if (machine_path)
            ok = machine_config_load(&machine, machine_path, NULL, NULL, err);
        ok = ok && workload_config_load(&workload, machine_path ? &machine : NULL, err);
    }
    workload_config_fini(&workload);
    machine_config_fini(&machine);
    return ok;
}

/* As `sweep plan` does: every run must load. */
static bool check_sweep(const char *path, struct sim_error *err)
{
    struct sweep_file file = {0};
    struct sweep_plan plan = {0};
    bool ok =
        sweep_file_load(&file, path, err) && sweep_plan_make(&plan, &file, ".", mmsim_version, err);

    sweep_plan_fini(&plan);
    sweep_file_fini(&file);
    return ok;
}

/* Whether the metrics exist shows only when a result is there. */
static bool check_thresholds(const char *path, struct sim_error *err)
{
    struct thresholds thresholds = {0};
    bool ok = thresholds_load(&thresholds, path, err);

    thresholds_fini(&thresholds);
    return ok;
}

static bool check_kind(const struct check_options *options, enum file_kind kind, const char *path,
                       struct sim_error *err)
{
    switch (kind) {
    case FILE_MACHINE:
        return check_machine(path, err);
    case FILE_THRESHOLDS:
        return check_thresholds(path, err);
    case FILE_SWEEP:
        return check_sweep(path, err);
    default:
        return check_workload(options, path, err);
    }
}

static int check_file(const struct check_options *options, const char *path)
{
    struct sim_error err = {0};
    enum file_kind kind;
    bool ok = recognise(path, &kind, &err) && check_kind(options, kind, path, &err);
    int code;

    if (ok) {
        printf("%s: ok\n", path);
        return EXIT_DONE;
    }
    code = cli_fail(&err);
    if (code == EXIT_INPUT && err.code != ERR_OPEN && err.code != ERR_READ)
        return EXIT_NO;
    return code;
}

/* The exit code of several files is that of the gravest: no memory, unreadable, not valid. */
static int run(int argc, char **argv)
{
    struct check_options options = {0};
    int worst = EXIT_DONE;
    int first;
    int code;

    if (!cli_options(&check_usage, argc, argv, &options, &first, &code))
        return code;
    for (int i = first; i < argc; i++) {
        code = check_file(&options, argv[i]);
        if (code > worst)
            worst = code;
    }
    return worst;
}

const struct command cmd_check = {"check", "say whether files are valid", run};
