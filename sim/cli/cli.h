/* SPDX-License-Identifier: MIT */
/* The command line: verbs, exit codes, and how an error is shown. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include <signal.h>
#include <stddef.h>

#include "base/error.h"

struct usage;

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
extern const struct command cmd_show;
extern const struct command cmd_tune;
extern const struct command cmd_sweep;

/* The version of mmsim, "0.1.0". */
extern const char mmsim_version[];

/*
 * Commands that a word chooses from: the verbs, or the actions of one verb. The help is `intro`,
 * the commands with their summaries under "KINDs:", and `outro`; both are whole lines.
 */
struct command_table {
    const char *kind;   /* "verb": what the word is called in messages */
    const char *prefix; /* before the word behind "mmsim ", with its blank: "sweep ", or "" */
    const char *intro;
    const char *outro;
    const struct command *const *commands;
    size_t nr_commands; /* COMMANDS_MAX at most */
};

enum { COMMANDS_MAX = 16 };

/* Runs the command that argv[1] names, or prints the help; returns the exit code. */
int cli_dispatch(const struct command_table *table, int argc, char **argv);

/*
 * options_parse() of a verb. False: there is nothing more to do, *ret_code is the exit code; the
 * help is printed, or the error.
 */
bool cli_options(const struct usage *usage, int argc, char **argv, void *target, int *ret_first,
                 int *ret_code);

/* Prints the error on stderr and gives the exit code that its kind stands for. */
int cli_fail(const struct sim_error *err);

/* The same for an error of writing output, whatever its code: EXIT_INTERNAL. */
int cli_fail_output(const struct sim_error *err);

/*
 * Blocks SIGINT and SIGTERM, for a verb that asks for pending ones and ends in good order. It puts
 * *ret_before back when it is done: a pending signal strikes then, and the shell sees a command
 * that was interrupted.
 */
void cli_block_interrupts(sigset_t *ret_before);

/* Whether both paths lead to the same existing file; "-" is none. */
bool cli_same_file(const char *path, const char *other);

#endif
