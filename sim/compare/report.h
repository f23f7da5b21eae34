/* SPDX-License-Identifier: MIT */
/* A settled comparison, written down. */
#ifndef SIM_COMPARE_REPORT_H
#define SIM_COMPARE_REPORT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "compare/comparison.h"

enum report_format {
    REPORT_TABLE,    /* for a terminal */
    REPORT_MARKDOWN, /* for a pull request or a job summary */
    REPORT_JSON,     /* one document: docs/schema/compare.schema.json */
    REPORT_JUNIT,    /* one test case for each threshold and candidate */
};

/* Appends the report; colours in a table only. No wall clock, no host: equal comparisons are equal
 * bytes. No host memory shows in out->failed. */
void report_add(struct strbuf *out, const struct comparison *comparison, enum report_format format,
                bool color);

/* The single formats. */
void report_add_table(struct strbuf *out, const struct comparison *comparison, bool color);
void report_add_markdown(struct strbuf *out, const struct comparison *comparison);
void report_add_json(struct strbuf *out, const struct comparison *comparison);
void report_add_junit(struct strbuf *out, const struct comparison *comparison);

#endif
