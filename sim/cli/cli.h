/* SPDX-License-Identifier: MIT */
/* The command line: verbs, exit codes, and how an error is shown. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include "base/error.h"

/*
 * To add a verb:
 *   1. sim/cli/cmd_<verb>.c with one `const struct command cmd_<verb>`, listed in meson.build;
 *   2. declare it below and add it to the table in main.c;
 *   3. describe it in docs/mmsim.1 and docs/completion/;
 *   4. give it a case in tests/cli/<verb>/.
 *
 * Data goes to stdout, errors and progress to stderr. Only this layer does either.
 */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_NO = 1,      /* ran, and the answer is no */
    EXIT_USAGE = 2,   /* the command line */
    EXIT_INPUT = 3,   /* unreadable or invalid input */
    EXIT_INTERNAL = 4 /* no memory, disk full, broken pipe */
};

struct command {
    const char *name;
    const char *summary; /* one line for `mmsim --help` */
    /* argv[0] is the verb; returns an exit code. */
    int (*run)(int argc, char **argv);
};

extern const struct command cmd_run;
extern const struct command cmd_check;
extern const struct command cmd_compare;
extern const struct command cmd_import;
extern const struct command cmd_trace;
extern const struct command cmd_explain;
extern const struct command cmd_tune;
extern const struct command cmd_sweep;

/* The version of mmsim, "0.1.0". */
extern const char mmsim_version[];

/* Prints the error on stderr and gives the exit code that its kind stands for. */
int cli_fail(const struct sim_error *err);

/* The same for an error of writing output, whatever its code: EXIT_INTERNAL. */
int cli_fail_output(const struct sim_error *err);

/* Whether both paths lead to the same existing file; "-" is none. */
bool cli_same_file(const char *path, const char *other);

#endif
