/* SPDX-License-Identifier: MIT */
/* The actions of `mmsim sweep`. */
#ifndef SIM_CLI_CMD_SWEEP_H
#define SIM_CLI_CMD_SWEEP_H

#include "cli/cli.h"

/*
 * To add an action: sim/cli/cmd_sweep_<action>.c with one `const struct command`, listed in
 * meson.build, declared here and in the table of cmd_sweep.c; the rest as for a verb (cli.h).
 * Its name is the word behind "sweep", and so is argv[0]; its usage says "mmsim sweep <action>".
 */
extern const struct command cmd_sweep_plan;
extern const struct command cmd_sweep_run;
extern const struct command cmd_sweep_status;
extern const struct command cmd_sweep_merge;
extern const struct command cmd_sweep_submit;

#endif
