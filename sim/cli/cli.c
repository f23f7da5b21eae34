/* SPDX-License-Identifier: MIT */
/* What all verbs share: their choice, their options, and how an error is shown. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/suggest.h"
#include "cli/options.h"

const char mmsim_version[] = MMSIM_VERSION;

static void print_error(const struct sim_error *err)
{
    char text[sizeof(*err) + 64];

    sim_error_format(err, text, sizeof(text));
    fprintf(stderr, "%s%s", err->file[0] ? "" : "mmsim: ", text);
}

int cli_fail(const struct sim_error *err)
{
    print_error(err);
    switch (err->code) {
    case ERR_USAGE:
    case ERR_BAD_SET:
    case ERR_NO_SQLITE:
        return EXIT_USAGE;
    case ERR_RESULT_NOTHING:
    case ERR_SWEEP_INCOMPLETE:
        return EXIT_NO;
    case ERR_WRITE:
    case ERR_OUT_OF_MEMORY:
    case ERR_SWEEP_SCHEDULER:
        return EXIT_INTERNAL;
    default:
        return EXIT_INPUT;
    }
}

int cli_fail_output(const struct sim_error *err)
{
    print_error(err);
    return EXIT_INTERNAL;
}

void cli_block_interrupts(sigset_t *ret_before)
{
    sigset_t interrupts;

    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigprocmask(SIG_BLOCK, &interrupts, ret_before);
}

bool cli_same_file(const char *path, const char *other)
{
    struct stat a;
    struct stat b;

    if (strcmp(path, "-") == 0 || strcmp(other, "-") == 0 || stat(path, &a) != 0 ||
        stat(other, &b) != 0)
        return false;
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool cli_options(const struct usage *usage, int argc, char **argv, void *target, int *ret_first,
                 int *ret_code)
{
    struct sim_error err = {0};

    switch (options_parse(usage, argc, argv, target, ret_first, &err)) {
    case OPTIONS_OK:
        return true;
    case OPTIONS_HELP:
        *ret_code = EXIT_DONE;
        break;
    case OPTIONS_BAD:
        *ret_code = cli_fail(&err);
        break;
    }
    return false;
}

static void print_help(const struct command_table *table, FILE *stream)
{
    fprintf(stream, "%s\n%ss:\n", table->intro, table->kind);
    for (size_t i = 0; i < table->nr_commands; i++)
        fprintf(stream, "  %-8s %s\n", table->commands[i]->name, table->commands[i]->summary);
    fprintf(stream, "\n%s", table->outro);
}

static int unknown_word(const struct command_table *table, const char *word)
{
    struct sim_error err = {0};
    const char *names[COMMANDS_MAX];
    const char *near;

    SIM_ASSERT(table->nr_commands <= COMMANDS_MAX);
    for (size_t i = 0; i < table->nr_commands; i++)
        names[i] = table->commands[i]->name;
    near = suggest_word(word, names, table->nr_commands);
    sim_error_set(&err, ERR_USAGE, "unknown %s %.100s", table->kind, word);
    if (near)
        sim_error_add_hint(&err, "did you mean %s%s?", table->prefix, near);
    else
        sim_error_add_hint(&err, "mmsim %s--help lists them", table->prefix);
    return cli_fail(&err);
}

int cli_dispatch(const struct command_table *table, int argc, char **argv)
{
    if (argc < 2) {
        print_help(table, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(table, stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < table->nr_commands; i++) {
        if (strcmp(argv[1], table->commands[i]->name) == 0)
            return table->commands[i]->run(argc - 1, argv + 1);
    }
    return unknown_word(table, argv[1]);
}
