/* SPDX-License-Identifier: MIT */
/* The settings in which some runs differ, by their headers. */
#ifndef SIM_COMPARE_SETTING_DIFF_H
#define SIM_COMPARE_SETTING_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"

/* A leaf of the effective configuration: "vm.min_free_kbytes", "devices[disk].nr_requests",
 * "seed", "inputs.workload". */
struct setting {
    char *key;
    char **values; /* one for each run; NULL: it has none */
};

/* Valid to end after `= {0}`. */
struct setting_diff {
    size_t nr_runs;
    VEC(struct setting) items; /* in the order of the first header that has them */
};

/*
 * Compares kernel, tool version, seed, duration, inputs and effective configuration of the runs
 * with these header lines. A list of numbers is one leaf. O(leaves). Errors: ERR_RESULT_FORMAT,
 * ERR_OUT_OF_MEMORY.
 */
bool setting_diff_init(struct setting_diff *diff, const struct strbuf *const *headers,
                       size_t nr_runs, struct sim_error *err);
void setting_diff_fini(struct setting_diff *diff);

#endif
