/* SPDX-License-Identifier: MIT */
/* The report as JUnit XML, for what CI systems show. */
#include <stdio.h>
#include <string.h>

#include "compare/plain_text.h"
#include "compare/report.h"
#include "compare/report_words.h"

/* Control characters cannot be in XML at all. */
static void add_escaped(struct strbuf *out, const char *text)
{
    struct strbuf plain = {0};

    plain_text_add(&plain, text, strlen(text));
    out->failed |= plain.failed;
    for (const char *at = out->failed || !plain.data ? "" : plain.data; *at; at++) {
        switch (*at) {
        case '&':
            strbuf_adds(out, "&amp;");
            break;
        case '<':
            strbuf_adds(out, "&lt;");
            break;
        case '>':
            strbuf_adds(out, "&gt;");
            break;
        case '"':
            strbuf_adds(out, "&quot;");
            break;
        default:
            strbuf_add(out, at, 1);
            break;
        }
    }
    strbuf_fini(&plain);
}

static void begin_case(struct strbuf *out, const struct comparison *comparison, const char *name,
                       size_t side)
{
    char label[SIDE_LABEL_MAX];

    strbuf_adds(out, "    <testcase classname=\"");
    add_escaped(out, comparison->sides[0].facts.workload);
    strbuf_adds(out, "\" name=\"");
    add_escaped(out, name);
    if (comparison->nr_sides > 2)
        strbuf_addf(out, " (%s)", side_label(comparison, side, label));
    strbuf_adds(out, "\" time=\"0\"");
}

/* `failure`: why it fails, which is emptied; NULL: it passes. */
static void end_case(struct strbuf *out, struct strbuf *failure)
{
    if (!failure) {
        strbuf_adds(out, "/>\n");
        return;
    }
    out->failed |= failure->failed;
    strbuf_adds(out, ">\n      <failure message=\"");
    add_escaped(out, failure->data && !failure->failed ? failure->data : "");
    strbuf_adds(out, "\"/>\n    </testcase>\n");
    strbuf_reset(failure);
}

static void add_thresholds(struct strbuf *out, const struct comparison *comparison)
{
    struct strbuf text = {0};

    for (size_t i = 0; i < comparison->cases.count; i++) {
        const struct comparison_case *one = &comparison->cases.items[i];

        strbuf_reset(&text);
        strbuf_addf(&text, "%s %s", comparison->rows.items[one->row].name,
                    one->threshold->condition);
        out->failed |= text.failed;
        if (text.failed)
            break;
        begin_case(out, comparison, text.data, one->side);
        strbuf_reset(&text);
        if (!one->met)
            words_add_case(&text, comparison, one);
        end_case(out, one->met ? NULL : &text);
    }
    strbuf_fini(&text);
}

static bool metric_differs(const struct comparison_row *row, size_t side)
{
    return row->cells[side].verdict >= VERDICT_CHANGED ||
           row->cells[side].exists != row->cells[0].exists;
}

static void add_metric(struct strbuf *out, const struct comparison *comparison,
                       const struct comparison_row *row, size_t side)
{
    bool differs = metric_differs(row, side);
    struct strbuf text = {0};

    begin_case(out, comparison, row->name, side);
    if (differs) {
        strbuf_adds(&text, "it is ");
        words_add_value(&text, comparison, row, side);
        strbuf_adds(&text, ", the baseline ");
        words_add_value(&text, comparison, row, 0);
    }
    end_case(out, differs ? &text : NULL);
    strbuf_fini(&text);
}

/* Without thresholds: whether the metrics are equal, and with one seed whether all of the output.
 */
static void add_equalities(struct strbuf *out, const struct comparison *comparison)
{
    struct strbuf text = {0};

    for (size_t side = 1; side < comparison->nr_sides; side++) {
        for (size_t i = 0; i < comparison->rows.count; i++)
            add_metric(out, comparison, &comparison->rows.items[i], side);
        if (comparison->nr_seeds > 1)
            continue;
        begin_case(out, comparison, "outputs are equal", side);
        if (comparison_outputs_differ(comparison, side)) {
            strbuf_adds(&text, "first difference: ");
            words_add_difference(&text, &comparison->sides[side].difference);
        }
        end_case(out, comparison_outputs_differ(comparison, side) ? &text : NULL);
    }
    strbuf_fini(&text);
}

static size_t count_cases(const struct comparison *comparison, size_t *ret_failures)
{
    size_t count = 0;

    *ret_failures = comparison_broken(comparison);
    if (comparison->thresholds->items.count > 0)
        return comparison->cases.count;
    for (size_t side = 1; side < comparison->nr_sides; side++) {
        for (size_t i = 0; i < comparison->rows.count; i++, count++)
            *ret_failures += metric_differs(&comparison->rows.items[i], side);
        if (comparison->nr_seeds == 1) {
            *ret_failures += comparison_outputs_differ(comparison, side);
            count++;
        }
    }
    return count;
}

void report_add_junit(struct strbuf *out, const struct comparison *comparison)
{
    size_t failures;
    size_t count = count_cases(comparison, &failures);

    strbuf_addf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<testsuites tests=\"%zu\" failures=\"%zu\" time=\"0\">\n"
                "  <testsuite name=\"mmsim compare\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
                "skipped=\"0\" time=\"0\">\n",
                count, failures, count, failures);
    if (comparison->thresholds->items.count > 0)
        add_thresholds(out, comparison);
    else
        add_equalities(out, comparison);
    strbuf_adds(out, "  </testsuite>\n</testsuites>\n");
}
