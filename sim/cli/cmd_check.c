/* SPDX-License-Identifier: MIT */
/* mmsim check: says whether files are what they should be. */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/machine_config.h"
#include "config/workload_config.h"
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
    .intro = "Checks machine files, workload files and binary traces, each recognised by its\n"
             "content, and prints \"FILE: ok\" for the good ones. Exit code 1: one is not.\n",
    .options = check_option_table,
    .nr_options = sizeof(check_option_table) / sizeof(check_option_table[0]),
    .examples = "  mmsim check configs/*.yaml workloads/*.yaml\n",
    .min_operands = 1,
    .max_operands = -1,
};

/* Looks only at what tells the kinds apart; a file that cannot be parsed is left to its reader. */
static bool is_machine_file(const char *path, bool *ret_is_machine, struct sim_error *err)
{
    const struct yaml_stream stream = {.key = "events"};
    struct sim_error parse_err = {0};
    struct file_bytes bytes;
    struct yaml_doc doc = {0};

    if (!file_bytes_init(&bytes, path, err))
        return false;
    *ret_is_machine = !mmtr_is_trace(bytes.data, bytes.size) &&
                      yaml_doc_parse(&doc, path, bytes.data, bytes.size, &stream, &parse_err) &&
                      machine_config_recognises(&doc);
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

static int check_file(const struct check_options *options, const char *path)
{
    struct sim_error err = {0};
    bool is_machine = false;
    bool ok = is_machine_file(path, &is_machine, &err);
    int code;

    ok = ok && (is_machine ? check_machine(path, &err) : check_workload(options, path, &err));
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
    struct sim_error err = {0};
    int worst = EXIT_DONE;
    int first;

    switch (options_parse(&check_usage, argc, argv, &options, &first, &err)) {
    case OPTIONS_OK:
        break;
    case OPTIONS_HELP:
        return EXIT_DONE;
    default:
        return cli_fail(&err);
    }
    for (int i = first; i < argc; i++) {
        int code = check_file(&options, argv[i]);

        if (code > worst)
            worst = code;
    }
    return worst;
}

const struct command cmd_check = {"check", "say whether files are valid", run};
