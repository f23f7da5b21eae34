/* SPDX-License-Identifier: MIT */
/* One side of a comparison: a result, or a run to be made as often as needed. */
#ifndef SIM_CLI_COMPARE_INPUT_H
#define SIM_CLI_COMPARE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/vec.h"
#include "compare/line_source.h"
#include "config/run_inputs.h"
#include "config/set_options.h"
#include "sweep/run_lines.h"

enum { COMPARE_NAME_MAX = 128 };

/* Valid to end after `= {0}`. */
struct compare_input {
    char name[COMPARE_NAME_MAX]; /* as the report calls it; empty: by the machine, once opened */
    const char *path;            /* of a result; NULL: it is run */
    struct file_bytes bytes;     /* of a result */
    struct run_choice choice;    /* of a run; its sets are those below */
    struct set_options sets;
    VEC(char *) texts; /* what `sets` points to */
};

void compare_input_fini(struct compare_input *input);

/* A result; the whole file is mapped. Errors: ERR_OPEN, ERR_READ, ERR_NOTHING_TO_COMPARE (empty).
 */
bool compare_input_open(struct compare_input *input, const char *path, struct sim_error *err);

/* A run of the workload with these changes: KEY=VALUE for all sides, then those of `tries`, which
 * stand in one text with blanks between (NULL: none). */
bool compare_input_plan(struct compare_input *input, const struct run_choice *choice,
                        const char *const *sets, size_t nr_sets, const char *tries,
                        struct sim_error *err);

/* The lines of an input, from the first one on. Stays where it is. */
struct compare_lines {
    struct line_source source;
    struct byte_lines bytes;
    struct run_inputs inputs;
    struct run_lines run;
};

/* `seed` overrides a run's own when given. Events: of a run only. */
bool compare_lines_open(struct compare_lines *lines, struct compare_input *input,
                        const struct option_number *seed, bool events, struct sim_error *err);
void compare_lines_close(struct compare_lines *lines);

#endif
