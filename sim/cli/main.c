/* SPDX-License-Identifier: MIT */
/* mmsim: the table of verbs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/cli.h"

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *const commands[] = {&cmd_run,   &cmd_compare, &cmd_explain,
                                                 &cmd_check, &cmd_import,  &cmd_trace,
                                                 &cmd_tune,  &cmd_sweep};

static void print_help(FILE *stream)
{
    fputs("usage: mmsim VERB ARGUMENTS\n"
          "\n"
          "Replays what tasks do to memory against a modelled Linux machine and writes, tick by\n"
          "tick, what became of every zone.\n"
          "\n"
          "verbs:\n",
          stream);
    for (size_t i = 0; i < NR_COMMANDS; i++)
        fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "options:\n"
          "  --help    print this text; after a verb, that verb's\n"
          "  --version print the version\n"
          "\n"
          "exit codes: 0 done, 1 the answer is no, 2 usage, 3 bad input, 4 output or internal\n",
          stream);
}

static int unknown_verb(const char *word)
{
    struct sim_error err = {0};
    const char *names[NR_COMMANDS];
    const char *near;

    for (size_t i = 0; i < NR_COMMANDS; i++)
        names[i] = commands[i]->name;
    near = suggest_word(word, names, NR_COMMANDS);
    sim_error_set(&err, ERR_USAGE, "unknown verb %.100s", word);
    if (near)
        sim_error_add_hint(&err, "did you mean %s?", near);
    else
        sim_error_add_hint(&err, "mmsim --help lists them");
    return cli_fail(&err);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("mmsim %s\n", mmsim_version);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < NR_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    }
    return unknown_verb(argv[1]);
}

int main(int argc, char **argv)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    int code;

    /* A reader that went away is a failed write with an exit code, not a silent death. */
    sigaction(SIGPIPE, &ignore, NULL);
    code = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (code != EXIT_INTERNAL)
            fprintf(stderr, "mmsim: cannot write to stdout: %s\n", strerror(errno));
        code = EXIT_INTERNAL;
    }
    return code;
}
