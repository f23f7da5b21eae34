/* SPDX-License-Identifier: MIT */
/* How an error is shown, and which exit code it is. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

bool cli_same_file(const char *path, const char *other)
{
    struct stat a;
    struct stat b;

    if (strcmp(path, "-") == 0 || strcmp(other, "-") == 0 || stat(path, &a) != 0 ||
        stat(other, &b) != 0)
        return false;
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
