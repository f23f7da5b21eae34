/* SPDX-License-Identifier: MIT */
/* What tune found, to read and as JSON. */
#ifndef SIM_SWEEP_TUNE_REPORT_H
#define SIM_SWEEP_TUNE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "stats/header.h"
#include "sweep/tune.h"
#include "sweep/tune_curve.h"

/* The caller's, only read. The search is at its end and has measured a value at least. */
struct tune_report {
    const struct tune *tune;
    const struct tune_curve *curve;
    const struct tune_setting *setting;
    const char *workload; /* its name */
    const struct header_input *inputs;
    size_t nr_inputs;
    uint64_t in_force; /* the value without tune's doing, as booted */
};

/* Whether there is an answer and no measured value speaks against it. */
bool tune_report_is_good(const struct tune_report *report);

/* One line of JSON with its newline, as docs/schema/tune.schema.json has it. No host memory: shows
 * in out->failed. */
void tune_report_json(const struct tune_report *report, struct strbuf *out);

/* The answer in words, then a table of the measured values, ascending. */
void tune_report_text(const struct tune_report *report, struct strbuf *out);

#endif
