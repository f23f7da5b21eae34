/* SPDX-License-Identifier: MIT */
/* Options of a verb: one declared table that is parsed and printed as the usage. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/units.h"
#include "base/vec.h"

enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* const char *, the argument itself */
    OPTION_NUMBER,   /* struct option_number */
    OPTION_DURATION, /* struct option_number, in nanoseconds, above 0 */
    OPTION_TEXTS,    /* struct option_texts: one more each time it is given */
    OPTION_CALL,     /* apply() */
};

/* A VEC of arguments, which are argv's. */
struct option_texts {
    const char **items;
    size_t count;
    size_t capacity;
};

struct option_spec {
    const char *name;     /* "until": --until */
    char letter;          /* 'o': -o; 0 = none */
    const char *argument; /* "TIME", as the usage shows it; NULL of a flag */
    const char *help;     /* one line */
    enum option_kind kind;
    size_t offset; /* of the member in the verb's struct */
    /* OPTION_CALL: takes the value into that struct; false with the error set. */
    bool (*apply)(void *target, const char *value, struct sim_error *err);
};

/* A verb's usage. --help is in every table without being listed. */
struct usage {
    const char *synopsis; /* "mmsim check FILE...", lines after the first are indented */
    const char *intro;    /* a sentence or two; ends with a newline */
    const struct option_spec *options;
    size_t nr_options;
    const char *examples; /* whole lines, or NULL */
    int min_operands;
    int max_operands; /* -1 = any number */
};

enum options_result {
    OPTIONS_OK,
    OPTIONS_HELP, /* the usage is printed on stdout */
    OPTIONS_BAD,  /* err is set */
};

/* The options of one usage() may be at most this many. */
enum { OPTIONS_MAX = 24 };

/*
 * Parses argv[1..], options anywhere before "--"; operands are argv[*ret_first..argc-1] afterwards
 * (argv is reordered). An unknown option names the likely one.
 */
enum options_result options_parse(const struct usage *usage, int argc, char **argv, void *target,
                                  int *ret_first, struct sim_error *err);

void options_print_usage(const struct usage *usage, FILE *stream);

#endif
