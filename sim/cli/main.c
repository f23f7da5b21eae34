/* SPDX-License-Identifier: MIT */
/* mmsim: the table of verbs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const struct command *const verbs[] = {&cmd_run,   &cmd_compare, &cmd_explain,
                                              &cmd_show,  &cmd_check,   &cmd_import,
                                              &cmd_trace, &cmd_tune,    &cmd_sweep};

static const struct command_table verb_table = {
    .kind = "verb",
    .prefix = "",
    .intro =
        "usage: mmsim VERB ARGUMENTS\n"
        "\n"
        "Replays what tasks do to memory against a modelled Linux machine and writes, tick by\n"
        "tick, what became of every zone.\n",
    .outro = "options:\n"
             "  --help    print this text; after a verb, that verb's\n"
             "  --version print the version\n"
             "\n"
             "exit codes: 0 done, 1 the answer is no, 2 usage, 3 bad input, 4 output or internal\n",
    .commands = verbs,
    .nr_commands = sizeof(verbs) / sizeof(verbs[0]),
};

static int dispatch(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("mmsim %s\n", mmsim_version);
        return EXIT_DONE;
    }
    return cli_dispatch(&verb_table, argc, argv);
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
