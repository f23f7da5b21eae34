/* SPDX-License-Identifier: MIT */
/* The words that the reports share. */
#include "compare/report_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "stats/fields.h"

enum { PERCENT_MAX = 99999 };

const char *side_label(const struct comparison *comparison, size_t side,
                       char text[static SIDE_LABEL_MAX])
{
    if (side == 0)
        snprintf(text, SIDE_LABEL_MAX, "base");
    else if (comparison->nr_sides == 2)
        snprintf(text, SIDE_LABEL_MAX, "candidate");
    else
        snprintf(text, SIDE_LABEL_MAX, "candidate %zu", side);
    return text;
}

const char *verdict_name(enum comparison_verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_NONE] = "none",       [VERDICT_EQUAL] = "equal",   [VERDICT_UNSHOWN] = "unshown",
        [VERDICT_CHANGED] = "changed", [VERDICT_BETTER] = "better", [VERDICT_WORSE] = "worse",
    };

    return names[verdict];
}

/* ---- the answer ---- */

static void add_thresholds(struct strbuf *out, const struct comparison *comparison)
{
    size_t broken = comparison_broken(comparison);
    size_t count = comparison->cases.count;

    if (broken > 0)
        strbuf_addf(out, "%zu of %zu threshold%s broken", broken, count,
                    count == 1    ? " is"
                    : broken == 1 ? "s is"
                                  : "s are");
    else if (count == 0)
        strbuf_adds(out, "no threshold has an element to judge");
    else if (count == 1)
        strbuf_adds(out, "the threshold holds");
    else
        strbuf_addf(out, "all %zu thresholds hold", count);
}

static size_t count_rows(const struct comparison *comparison, enum comparison_verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < comparison->rows.count; i++)
        for (size_t side = 1; side < comparison->nr_sides; side++)
            count += comparison->rows.items[i].cells[side].verdict == verdict;
    return count;
}

static void add_counts(struct strbuf *out, const struct comparison *comparison)
{
    static const enum comparison_verdict verdicts[] = {VERDICT_BETTER, VERDICT_WORSE,
                                                       VERDICT_CHANGED};
    const char *before = ": ";

    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        size_t count = count_rows(comparison, verdicts[i]);

        if (count == 0)
            continue;
        strbuf_addf(out, "%s%zu %s", before, count, verdict_name(verdicts[i]));
        before = ", ";
    }
}

void words_add_answer(struct strbuf *out, const struct comparison *comparison)
{
    if (comparison->thresholds->items.count > 0) {
        add_thresholds(out, comparison);
    } else if (comparison_differs(comparison)) {
        strbuf_adds(out, comparison->nr_seeds > 1 ? "the metrics differ" : "the outputs differ");
        add_counts(out, comparison);
    } else {
        strbuf_adds(out, comparison->nr_seeds > 1 ? "the seeds show no difference"
                                                  : "the outputs are equal");
    }
}

void words_add_subject(struct strbuf *out, const struct comparison *comparison)
{
    const struct result_facts *facts = &comparison->sides[0].facts;

    strbuf_adds(out, facts->workload);
    if (comparison->nr_seeds > 1)
        strbuf_addf(out, ", seeds %" PRIu64 " to %" PRIu64, facts->seed,
                    facts->seed + comparison->nr_seeds - 1);
    else
        strbuf_addf(out, ", seed %" PRIu64, facts->seed);
}

void words_add_end(struct strbuf *out, const struct comparison *comparison, size_t side)
{
    const struct result_facts *base = &comparison->sides[0].facts;
    const struct result_facts *facts = &comparison->sides[side].facts;
    bool differs = false;

    for (size_t i = 1; i < comparison->nr_sides; i++)
        differs |= comparison->sides[i].facts.end_ns != base->end_ns ||
                   strcmp(comparison->sides[i].facts.ended, base->ended) != 0;
    if (!differs)
        return;
    strbuf_adds(out, ", ends at ");
    metric_value_format_unit(out, metric_value_of((int64_t)facts->end_ns), "time_ns");
    strbuf_addf(out, " (%s)", facts->ended);
}

/* ---- cells ---- */

static bool has_case(const struct comparison *comparison, const struct comparison_row *row)
{
    for (size_t i = 0; i < comparison->cases.count; i++)
        if (&comparison->rows.items[comparison->cases.items[i].row] == row)
            return true;
    return false;
}

bool row_tells(const struct comparison *comparison, const struct comparison_row *row)
{
    if (comparison->by_name || has_case(comparison, row))
        return true;
    for (size_t side = 1; side < comparison->nr_sides; side++)
        if (row->cells[side].verdict > VERDICT_EQUAL ||
            row->cells[side].exists != row->cells[0].exists)
            return true;
    return false;
}

void words_add_value(struct strbuf *out, const struct comparison *comparison,
                     const struct comparison_row *row, size_t side)
{
    const struct comparison_cell *cell = &row->cells[side];

    metric_value_format_unit(out, cell->value, row->name);
    if (comparison->nr_seeds == 1 || !cell->exists || metric_value_equal(cell->low, cell->high))
        return;
    strbuf_adds(out, " [");
    metric_value_format_unit(out, cell->low, row->name);
    strbuf_adds(out, ", ");
    metric_value_format_unit(out, cell->high, row->name);
    strbuf_adds(out, "]");
}

void words_add_change(struct strbuf *out, const struct comparison_row *row, size_t side)
{
    const struct comparison_cell *cell = &row->cells[side];

    if (cell->verdict == VERDICT_EQUAL)
        strbuf_adds(out, "=");
    else if (cell->verdict == VERDICT_UNSHOWN)
        strbuf_adds(out, "~");
    if (cell->verdict <= VERDICT_UNSHOWN || !cell->change.present)
        return;
    strbuf_adds(out, cell->change.milli > 0 ? "+" : "");
    metric_value_format_unit(out, cell->change, row->name);
    if (metric_unit(row->name) == METRIC_UNIT_PERMILLE && !out->failed) {
        out->length -= 1; /* the "%": a change of percents is none of the value */
        strbuf_adds(out, "points");
    }
}

/* Rounded to a tenth of a percent, half away from zero. */
void words_add_percent(struct strbuf *out, const struct comparison_row *row, size_t side)
{
    const struct comparison_cell *cell = &row->cells[side];
    int128 base = row->cells[0].value.milli;
    int128 tenths;

    if (cell->verdict <= VERDICT_UNSHOWN || !cell->change.present || base == 0)
        return;
    tenths = int128_divide(cell->change.milli * 1000, base < 0 ? -base : base);
    if (tenths > PERCENT_MAX * 10 || tenths < -PERCENT_MAX * 10)
        return; /* the two values say it better */
    strbuf_addf(out, "%c%d.%d %%", tenths < 0 ? '-' : '+', abs((int)tenths) / 10,
                abs((int)tenths) % 10);
}

static const struct comparison_case *case_to_show(const struct comparison *comparison, size_t row,
                                                  size_t side)
{
    const struct comparison_case *first = NULL;

    for (size_t i = 0; i < comparison->cases.count; i++) {
        const struct comparison_case *one = &comparison->cases.items[i];

        if (one->row != row || one->side != side)
            continue;
        if (!one->met)
            return one;
        first = first ? first : one;
    }
    return first;
}

enum text_style words_add_verdict(struct strbuf *out, const struct comparison *comparison,
                                  size_t row, size_t side)
{
    const struct comparison_row *line = &comparison->rows.items[row];
    const struct comparison_case *one = case_to_show(comparison, row, side);
    enum comparison_verdict verdict = line->cells[side].verdict;

    if (one) {
        strbuf_addf(out, "%s (%s ", one->met ? "ok" : "BROKEN", criterion_operator_text(one->op));
        metric_value_format_unit(out, one->limit, line->name);
        strbuf_adds(out, ")");
        return one->met ? TEXT_GOOD : TEXT_BAD;
    }
    if (verdict != VERDICT_BETTER && verdict != VERDICT_WORSE)
        return TEXT_PLAIN;
    strbuf_adds(out, verdict_name(verdict));
    return verdict == VERDICT_BETTER ? TEXT_GOOD : TEXT_WARN;
}

/* ---- below the table ---- */

void words_add_case(struct strbuf *out, const struct comparison *comparison,
                    const struct comparison_case *one)
{
    const struct comparison_row *row = &comparison->rows.items[one->row];
    char label[SIDE_LABEL_MAX];

    if (comparison->nr_sides > 2)
        strbuf_addf(out, "%s: ", side_label(comparison, one->side, label));
    strbuf_addf(out, "%s %s: ", row->name, one->threshold->condition);
    metric_value_format_unit(out, row->cells[one->side].value, row->name);
    strbuf_adds(out, " (base ");
    metric_value_format_unit(out, row->cells[0].value, row->name);
    strbuf_adds(out, ", limit ");
    metric_value_format_unit(out, one->limit, row->name);
    strbuf_adds(out, ")");
}

void words_add_difference(struct strbuf *out, const struct difference *difference)
{
    char text[DURATION_TEXT_MAX];
    char zone[DIFFERENCE_TEXT_MAX];
    const char *member;
    const char *values[2] = {difference->values[0], difference->values[1]};

    duration_text(difference->time_ns, text);
    if (difference->tick == 0)
        strbuf_addf(out, "summary (%s)", text);
    else
        strbuf_addf(out, "tick %" PRIu64 " (%s)", difference->tick, text);
    if (difference->kind == DIFFERENCE_EVENTS) {
        strbuf_adds(out, ": the same, but for an event before it; no tick and no summary differs");
        return;
    }
    if (difference->kind == DIFFERENCE_LENGTH) {
        strbuf_addf(out, ": the base %s, the candidate %s", values[0], values[1]);
        return;
    }
    if (difference_zone(difference, zone, sizeof(zone), &member))
        strbuf_addf(out, ", zone %s", zone);
    strbuf_addf(out, ": %s is %s in the base, %s in the candidate", member, values[0], values[1]);
    if (difference->others > 0)
        strbuf_addf(out, "; %" PRIu64 " more differ%s there", difference->others,
                    difference->others == 1 ? "s" : "");
    if (difference->kind == DIFFERENCE_SETTINGS)
        strbuf_adds(out, "; nothing but such members, which repeat a setting, ever differs");
}

const char *event_note(const struct difference *difference)
{
    if (difference->kind == DIFFERENCE_EVENTS)
        return "the first event that differs";
    if (difference->kind != DIFFERENCE_VALUE && difference->kind != DIFFERENCE_LENGTH)
        return "";
    if (!difference->has_events)
        return "record both with --events to see which event caused it";
    if (!difference->event_found)
        return "no event differs: the settings did it";
    if (difference->event_later)
        return "no event before it differs: the settings did it at boot; the first event that "
               "differs";
    return "the event that caused it";
}

void words_add_event(struct strbuf *out, const struct difference *difference, size_t side)
{
    const struct difference_event *event = &difference->events[side];

    if (event->words.length == 0) {
        strbuf_adds(out, "nothing of the kind");
        return;
    }
    strbuf_addf(out, "%" PRIu64 ".%09" PRIu64 " s, ", event->time_ns / NSEC_PER_SEC,
                event->time_ns % NSEC_PER_SEC);
    strbuf_add(out, event->words.data, event->words.length);
}
