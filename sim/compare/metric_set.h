/* SPDX-License-Identifier: MIT */
/* Metrics of a run, picked out of its output line by line while it passes. */
#ifndef SIM_COMPARE_METRIC_SET_H
#define SIM_COMPARE_METRIC_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/metric_catalogue.h"
#include "compare/metric_value.h"

/*
 * A metric is a path into the output, docs/output.md's names joined with dots:
 *
 *     vmstat.allocstall                          of the summary: the total of the run
 *     zones[0/DMA32].ticks_below_min             an element by its name
 *     zones[0/DMA32].nr_free[9]                  ... or by its index
 *     zones[*].margin_low_pages.min              one metric for each element
 *     zones[0/DMA32].nr_free_pages.p50           over the ticks
 *
 * A path that leads to a number in the summary is that number (a boolean is 0 or 1, null is no
 * value). Else its last part is an aggregate over the same path in all ticks:
 *
 *     min max mean last          of the values at the ticks
 *     p50 p95 p99                nearest rank: the value of rank ceil(n * p / 100)
 *     integral                   unit times seconds: each value stands for the time since the tick
 *                                before it, the first for the time since 0
 *     first_below(X) first_above(X)   time_ns of the first tick with a value < X, > X
 *     time_below(X) time_above(X)     ns, as in integral
 *
 * So alloc_latency_ns.p99 is the summary's member and alloc_latency_ns.p99.max the largest that a
 * tick showed. Ticks at which the value is null count for nothing. A name with a dot or bracket in
 * it is written in brackets, with \ before a bracket: tasks[kswapd0], devices[a\]b].
 *
 * Cost: a line is read once whatever the number of metrics, what none asks for is skipped; memory
 * is the metrics', and 16 bytes a tick for each p50, p95, p99. Values survive until the next
 * metric_set_restart().
 */
struct metric_set;

struct metric_set *metric_set_create(void);      /* NULL: no host memory */
void metric_set_destroy(struct metric_set *set); /* accepts NULL */

/*
 * Adds a metric; the same text twice is one. The text is copied. Before the first line only.
 * Errors: ERR_BAD_METRIC (it cannot be a path; the message quotes it), ERR_OUT_OF_MEMORY.
 */
bool metric_set_add(struct metric_set *set, const char *text, struct sim_error *err);
size_t metric_set_texts(const struct metric_set *set); /* number of different texts added */

size_t metric_set_find(const struct metric_set *set, const char *text); /* texts(): not added */
const char *metric_set_text(const struct metric_set *set, size_t index);

/*
 * Whether any metric wants the ticks; without such they need not be passed. May turn to false after
 * the first tick, which tells that alloc_latency_ns.p99 is not the p99 of a field over ticks.
 */
bool metric_set_wants_ticks(const struct metric_set *set);

/*
 * Takes in the next line of the output (without its newline), header to summary; events pass by.
 * Errors: ERR_RESULT_FORMAT, ERR_OUT_OF_MEMORY.
 */
bool metric_set_line(struct metric_set *set, const char *line, size_t length,
                     struct sim_error *err);

/*
 * After the summary: settles every metric, once. A text comes to no metric only when it asks for
 * each [*] of what is empty in this output. ERR_UNKNOWN_METRIC: a path leads nowhere, to a text, a
 * list or an object; the hint names the likely one or what there is; all others are settled
 * nevertheless. ERR_RESULT_UNFINISHED: no summary came.
 */
bool metric_set_finish(struct metric_set *set, struct sim_error *err);

/* Afterwards, of one text: sets ERR_UNKNOWN_METRIC when it leads nowhere. */
bool metric_set_explain(const struct metric_set *set, size_t text, struct sim_error *err);

/* Forgets the lines and keeps the metrics: ready for another run. */
void metric_set_restart(struct metric_set *set);

/* What metric_set_finish() settled: by order of metric_set_add(), the elements of [*] in the order
 * of the output. Names are valid until the restart. */
struct metric {
    const char *name; /* with [*] replaced: "zones[0/DMA32].margin_low_pages.min" */
    size_t text;      /* index of the text it comes from */
    struct metric_value value;
};
size_t metric_set_count(const struct metric_set *set);
const struct metric *metric_set_at(const struct metric_set *set, size_t index);

#endif
