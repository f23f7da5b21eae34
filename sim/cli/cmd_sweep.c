/* SPDX-License-Identifier: MIT */
/* mmsim sweep: the table of its actions. */
#include "cli/cmd_sweep.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

static const struct command *const actions[] = {
    &cmd_sweep_plan, &cmd_sweep_run, &cmd_sweep_status, &cmd_sweep_merge, &cmd_sweep_submit, NULL};

/* One for each action, and the end. */
#define NR_ACTION_NAMES (sizeof(actions) / sizeof(actions[0]))

static void print_help(FILE *stream)
{
    fputs("usage: mmsim sweep ACTION ARGUMENTS\n"
          "\n"
          "Runs a workload once for each point of a grid of settings.\n"
          "\n"
          "actions:\n",
          stream);
    for (size_t i = 0; actions[i]; i++)
        fprintf(stream, "  %-8s %s\n", actions[i]->name, actions[i]->summary);
    fputs("\n"
          "\"mmsim sweep ACTION --help\" prints the usage of one.\n",
          stream);
}

static int unknown_action(const char *word)
{
    struct sim_error err = {0};
    const char *names[NR_ACTION_NAMES];
    const char *near;
    size_t count = 0;

    while (actions[count]) {
        names[count] = actions[count]->name;
        count++;
    }
    near = suggest_word(word, names, count);
    sim_error_set(&err, ERR_USAGE, "unknown action %.100s", word);
    if (near)
        sim_error_add_hint(&err, "did you mean sweep %s?", near);
    else
        sim_error_add_hint(&err, "mmsim sweep --help lists them");
    return cli_fail(&err);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; actions[i]; i++) {
        if (strcmp(argv[1], actions[i]->name) == 0)
            return actions[i]->run(argc - 1, argv + 1);
    }
    return unknown_action(argv[1]);
}

const struct command cmd_sweep = {"sweep", "run a grid of settings: plan, run, status, merge", run};
