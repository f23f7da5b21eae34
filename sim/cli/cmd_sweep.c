/* SPDX-License-Identifier: MIT */
/* mmsim sweep: the table of its actions. */
#include "cli/cmd_sweep.h"

static const struct command *const actions[] = {&cmd_sweep_plan, &cmd_sweep_run, &cmd_sweep_status,
                                                &cmd_sweep_merge, &cmd_sweep_submit};

static const struct command_table action_table = {
    .kind = "action",
    .prefix = "sweep ",
    .intro = "usage: mmsim sweep ACTION ARGUMENTS\n"
             "\n"
             "Runs a workload once for each point of a grid of settings.\n",
    .outro = "\"mmsim sweep ACTION --help\" prints the usage of one.\n",
    .commands = actions,
    .nr_commands = sizeof(actions) / sizeof(actions[0]),
};

static int run(int argc, char **argv)
{
    return cli_dispatch(&action_table, argc, argv);
}

const struct command cmd_sweep = {"sweep", "run a grid of settings: plan, run, status, merge", run};
