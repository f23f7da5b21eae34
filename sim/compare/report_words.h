/* SPDX-License-Identifier: MIT */
/* The words and cells that the reports on a comparison share. */
#ifndef SIM_COMPARE_REPORT_WORDS_H
#define SIM_COMPARE_REPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "compare/comparison.h"
#include "compare/text_table.h"

enum { SIDE_LABEL_MAX = 32 };

/* "base", "candidate", or of several "candidate 2". Returns `text`. */
const char *side_label(const struct comparison *comparison, size_t side,
                       char text[static SIDE_LABEL_MAX]);

/* "better", "~", ... as JSON has it, too. */
const char *verdict_name(enum comparison_verdict verdict);

/* One line: "1 of 3 thresholds is broken", "the outputs are equal", "the outputs differ: ...". */
void words_add_answer(struct strbuf *out, const struct comparison *comparison);

/* "atomic-burst, seed 1", "..., seeds 1 to 10". */
void words_add_subject(struct strbuf *out, const struct comparison *comparison);

/* Whether the row is worth a line when nobody asked for it by name. */
bool row_tells(const struct comparison *comparison, const struct comparison_row *row);

/* Cells of a row: the value of a side with its interval, the change in the metric's unit and in
 * percent (empty where there is none). */
void words_add_value(struct strbuf *out, const struct comparison *comparison,
                     const struct comparison_row *row, size_t side);
void words_add_change(struct strbuf *out, const struct comparison_row *row, size_t side);
void words_add_percent(struct strbuf *out, const struct comparison_row *row, size_t side);

/* "better", "BROKEN (<= 10)": a threshold goes before the direction. */
enum text_style words_add_verdict(struct strbuf *out, const struct comparison *comparison,
                                  size_t row, size_t side);

/* Of a threshold that does not hold: "alloc.failed <= 10: 979 (baseline 29, limit 10)". */
void words_add_case(struct strbuf *out, const struct comparison *comparison,
                    const struct comparison_case *one);

/* Of a candidate: "tick 101 (101 ms), zone 0/DMA32: nr_free_pages is 476 against 995". */
void words_add_difference(struct strbuf *out, const struct difference *difference);

/* How the event is to be read: "up to then the same events", ...; empty: it needs no words. */
const char *event_note(const struct difference *difference);

/* "100.157360 ms: nic (...): ...", or that none came. `side` is 0 or 1 of the difference. */
void words_add_event(struct strbuf *out, const struct difference *difference, size_t side);

/* How the side's run came to its end, when that is not the base's end; else nothing. */
void words_add_end(struct strbuf *out, const struct comparison *comparison, size_t side);

#endif
