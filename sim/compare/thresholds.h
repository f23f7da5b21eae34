/* SPDX-License-Identifier: MIT */
/* Conditions that the metrics of a comparison must meet, from a file or the command line. */
#ifndef SIM_COMPARE_THRESHOLDS_H
#define SIM_COMPARE_THRESHOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "yaml/yaml_doc.h"

/*
 *     version: 1
 *     thresholds:
 *       alloc.failed_by_order[0]: "== 0"
 *       alloc_latency_ns.p99: ["<= baseline * 1.05", "<= 10us"]
 *       zones[*].margin_low_pages.min: no worse than 10%
 */
struct threshold {
    char *metric;          /* a path; with [*] each element is a case of its own */
    char *condition;       /* as criterion_parse() has it; checked for the path */
    char *file;            /* where it stands, for errors; "--threshold ..." has no line */
    uint32_t line, column; /* of the condition */
    uint32_t metric_line, metric_column;
};

/* Valid to end after `= {0}`; keeps its order. */
struct thresholds {
    VEC(struct threshold) items;
};

void thresholds_fini(struct thresholds *thresholds);

/*
 * Adds those of a file. Errors, with their place: those of YAML, ERR_MISSING_KEY, ERR_UNKNOWN_KEY,
 * ERR_WRONG_TYPE, ERR_BAD_VERSION, ERR_BAD_METRIC, ERR_BAD_CONDITION, ERR_NOTHING_TO_COMPARE (the
 * file has none), ERR_OPEN, ERR_READ, ERR_OUT_OF_MEMORY.
 */
bool thresholds_load(struct thresholds *thresholds, const char *path, struct sim_error *err);

/* Adds "METRIC CONDITION" of the command line. Errors: ERR_BAD_METRIC, ERR_BAD_CONDITION,
 * ERR_OUT_OF_MEMORY. */
bool thresholds_add(struct thresholds *thresholds, const char *text, struct sim_error *err);

/* Whether the document is a thresholds file, not another of ours. */
bool thresholds_recognise(const struct yaml_doc *doc);

#endif
