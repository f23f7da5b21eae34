/* SPDX-License-Identifier: MIT */
/* mmsim sweep plan: writes the manifest of a sweep. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/cmd_sweep.h"
#include "cli/options.h"
#include "sweep/sweep_plan.h"

struct plan_options {
    const char *dir;
    bool force;
};

static const struct option_spec plan_option_table[] = {
    {"output", 'o', "DIR", "the folder of the sweep; made when it is not there", OPTION_TEXT,
     offsetof(struct plan_options, dir)},
    {"force", 0, NULL, "replace the manifest of another plan", OPTION_FLAG,
     offsetof(struct plan_options, force)},
};

static const struct usage plan_usage = {
    .synopsis = "mmsim sweep plan SWEEP.yaml -o DIR [OPTION]...",
    .intro =
        "Checks that every run of the sweep loads and writes DIR/manifest.jsonl: one line for\n"
        "each run, with its key. Nothing is run. \"-\" is stdin.\n",
    .options = plan_option_table,
    .nr_options = sizeof(plan_option_table) / sizeof(plan_option_table[0]),
    .examples = "  mmsim sweep plan configs/sweeps/atomic-burst.yaml -o burst\n",
    .min_operands = 1,
    .max_operands = 1,
};

static int plan(const struct plan_options *options, const char *path)
{
    struct sweep_file file = {0};
    struct sweep_plan made = {0};
    struct sim_error err = {0};
    bool ok;

    if (!options->dir) {
        sim_error_set(&err, ERR_USAGE, "no folder to plan into");
        sim_error_add_hint(&err, "give one with -o");
        return cli_fail(&err);
    }
    ok = sweep_file_load(&file, path, &err) &&
         sweep_plan_write(&made, &file, options->dir, mmsim_version, options->force, &err);
    if (ok)
        printf("%s: %" PRIu32 " %s planned\n", options->dir, made.nr_runs,
               made.nr_runs == 1 ? "run" : "runs");
    sweep_plan_fini(&made);
    sweep_file_fini(&file);
    return ok ? EXIT_DONE : cli_fail(&err);
}

static int run(int argc, char **argv)
{
    struct plan_options options = {0};
    int first;
    int code;

    if (!cli_options(&plan_usage, argc, argv, &options, &first, &code))
        return code;
    return plan(&options, argv[first]);
}

const struct command cmd_sweep_plan = {"plan", "check a sweep file and name its runs", run};
