/* SPDX-License-Identifier: MIT */
/* One line of results: what a run of a sweep came to. */
#ifndef SIM_SWEEP_RESULT_LINE_H
#define SIM_SWEEP_RESULT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 *     {"type":"run","key":"...","ended":"duration","metrics":{"alloc.failed":979,...}[,...]}
 *
 * What the run came to, its outcome, is all from "ended" up to the closing brace.
 */
struct result_line {
    const char *outcome; /* "ended":... */
    size_t outcome_length;
    const char *ended; /* how the run ended: a word, without its quotes */
    size_t ended_length;
    const char *metrics; /* the inside of the braces, "name":value,... */
    size_t metrics_length;
};

/* The parts point into the text. Errors: ERR_SWEEP_RESULT without a place. */
bool result_line_parse(struct result_line *line, const char *text, size_t length,
                       struct sim_error *err);

/*
 * The metrics in order: {0} is the position of the first. The name is appended with its escapes
 * resolved, the value stands as it is in the line: an integer, a number with up to three decimals,
 * or null. False: there are no more, or *ret_bad because of what is no metric.
 */
bool result_line_next_metric(const struct result_line *line, size_t *position, struct strbuf *name,
                             const char **ret_value, size_t *ret_length, bool *ret_bad);

#endif
