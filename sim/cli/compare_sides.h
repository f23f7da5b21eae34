/* SPDX-License-Identifier: MIT */
/* All sides of a comparison: from files or runs into the comparison. */
#ifndef SIM_CLI_COMPARE_SIDES_H
#define SIM_CLI_COMPARE_SIDES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file_store.h"
#include "cli/compare_input.h"
#include "cli/options.h"
#include "compare/comparison.h"

/* The base first; a comparison has as many of them as sides. Valid to end after `= {0}`. */
struct compare_sides {
    struct compare_input inputs[COMPARISON_SIDES_MAX];
    struct file_store store; /* what the runs read */
};

void compare_sides_fini(struct compare_sides *sides);

/* Results; each is named by its file, without folders where that tells it from all others. Errors:
 * those of compare_input_open(). */
bool compare_sides_open(struct compare_sides *sides, char *const *paths, size_t count,
                        struct sim_error *err);

/* Runs of one workload: on each machine; or on one, or the workload's own, as it is and with each
 * of the tries. Texts are the caller's and outlive the sides. */
struct compare_plan {
    struct run_choice choice; /* of all; the sides add machine, store and changes */
    const struct option_texts *machines;
    const struct option_texts *tries;
    const struct option_texts *sets; /* changes of all */
};

bool compare_sides_plan(struct compare_sides *sides, const struct compare_plan *plan, size_t count,
                        struct sim_error *err);

/* Reads all results, or does all runs with each seed, into an initialised comparison. */
bool compare_sides_take(struct compare_sides *sides, struct comparison *comparison,
                        struct sim_error *err);

/* Finds the first difference of each candidate whose lines are not those of the base, events
 * included where both results have them. It reads, or runs, both once more. */
bool compare_sides_find_differences(struct compare_sides *sides, struct comparison *comparison,
                                    struct sim_error *err);

#endif
