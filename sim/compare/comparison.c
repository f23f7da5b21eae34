/* SPDX-License-Identifier: MIT */
/* Some runs side by side. */
#include "compare/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "compare/rank_test.h"
#include "stats/fields.h"

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the comparison");
}

static void free_row(struct comparison_row *row)
{
    free(row->name);
    free(row->cells);
    free(row->values);
}

void comparison_fini(struct comparison *comparison)
{
    if (!comparison)
        return;
    for (size_t i = 0; i < COMPARISON_SIDES_MAX; i++) {
        result_facts_fini(&comparison->sides[i].facts);
        difference_fini(&comparison->sides[i].difference);
    }
    for (size_t i = 0; i < comparison->rows.count; i++)
        free_row(&comparison->rows.items[i]);
    vec_fini(&comparison->rows);
    vec_fini(&comparison->cases);
    setting_diff_fini(&comparison->settings);
    metric_set_destroy(comparison->metrics);
    free(comparison->unknown);
}

bool comparison_init(struct comparison *comparison, const char *const *names, size_t nr_names,
                     const struct thresholds *thresholds, struct sim_error *err)
{
    bool ok = true;

    comparison->by_name = nr_names > 0;
    comparison->thresholds = thresholds;
    comparison->metrics = metric_set_create();
    if (!comparison->metrics)
        return no_memory(err);
    if (nr_names == 0) {
        names = metric_headline;
        nr_names = metric_headline_count;
    }
    for (size_t i = 0; ok && i < thresholds->items.count; i++)
        ok = metric_set_add(comparison->metrics, thresholds->items.items[i].metric, err);
    for (size_t i = 0; ok && i < nr_names; i++)
        ok = metric_set_add(comparison->metrics, names[i], err);
    return ok;
}

/* ---- taking runs ---- */

static size_t nr_values(const struct comparison *comparison)
{
    return comparison->nr_sides * comparison->nr_seeds;
}

/* The row of that metric, which is put behind the others of its text when there is none. */
static struct comparison_row *row_of(struct comparison *comparison, const struct metric *metric,
                                     size_t *hint)
{
    struct comparison_row row = {.text = metric->text};
    size_t at = *hint;

    if (at < comparison->rows.count && comparison->rows.items[at].text == metric->text &&
        strcmp(comparison->rows.items[at].name, metric->name) == 0)
        return &comparison->rows.items[(*hint)++];
    for (at = 0; at < comparison->rows.count; at++) {
        if (comparison->rows.items[at].text > metric->text)
            break;
        if (comparison->rows.items[at].text == metric->text &&
            strcmp(comparison->rows.items[at].name, metric->name) == 0) {
            *hint = at + 1;
            return &comparison->rows.items[at];
        }
    }
    row.name = strdup(metric->name);
    row.cells = calloc(comparison->nr_sides, sizeof(*row.cells));
    row.values = calloc(nr_values(comparison), sizeof(*row.values));
    if (!row.name || !row.cells || !row.values || !vec_push(&comparison->rows, row)) {
        free_row(&row);
        return NULL;
    }
    memmove(&comparison->rows.items[at + 1], &comparison->rows.items[at],
            (comparison->rows.count - 1 - at) * sizeof(row));
    comparison->rows.items[at] = row;
    *hint = at + 1;
    return &comparison->rows.items[at];
}

static bool take_values(struct comparison *comparison, size_t side, size_t seed)
{
    const struct metric_set *metrics = comparison->metrics;
    size_t hint = 0;

    for (size_t i = 0; i < metric_set_count(metrics); i++) {
        const struct metric *metric = metric_set_at(metrics, i);
        struct comparison_row *row = row_of(comparison, metric, &hint);

        if (!row)
            return false;
        row->cells[side].exists = true;
        row->values[side * comparison->nr_seeds + seed] = metric->value;
    }
    return true;
}

/* The reason why a text is not known is kept from the base; whether it matters shows at the end. */
static bool keep_reasons(struct comparison *comparison)
{
    size_t count = metric_set_texts(comparison->metrics);

    comparison->unknown = calloc(count, sizeof(*comparison->unknown));
    for (size_t i = 0; comparison->unknown && i < count; i++)
        metric_set_explain(comparison->metrics, i, &comparison->unknown[i]);
    return comparison->unknown;
}

bool comparison_take(struct comparison *comparison, size_t side, size_t seed, struct sim_error *err)
{
    struct sim_error unknown = {0};

    SIM_ASSERT(side < comparison->nr_sides && seed < comparison->nr_seeds);
    if (!metric_set_finish(comparison->metrics, &unknown)) {
        if (unknown.code != ERR_UNKNOWN_METRIC) {
            *err = unknown;
            return false;
        }
        if (!comparison->unknown && side == 0 && !keep_reasons(comparison))
            return no_memory(err);
    }
    if (!take_values(comparison, side, seed))
        return no_memory(err);
    metric_set_restart(comparison->metrics);
    return true;
}

/* ---- settling ---- */

static bool has_row(const struct comparison *comparison, size_t text)
{
    for (size_t i = 0; i < comparison->rows.count; i++)
        if (comparison->rows.items[i].text == text)
            return true;
    return false;
}

static const struct threshold *threshold_of(const struct comparison *comparison, size_t text)
{
    for (size_t i = 0; i < comparison->thresholds->items.count; i++) {
        const struct threshold *threshold = &comparison->thresholds->items.items[i];

        if (metric_set_find(comparison->metrics, threshold->metric) == text)
            return threshold;
    }
    return NULL;
}

/* Of the headline, what an output lacks is not missed. */
static bool check_known(const struct comparison *comparison, struct sim_error *err)
{
    for (size_t i = 0; comparison->unknown && i < metric_set_texts(comparison->metrics); i++) {
        const struct threshold *threshold = threshold_of(comparison, i);

        if (!sim_error_is_set(&comparison->unknown[i]) || has_row(comparison, i) ||
            (!threshold && !comparison->by_name))
            continue;
        *err = comparison->unknown[i];
        if (threshold)
            sim_error_add_place(err, threshold->file, threshold->metric_line,
                                threshold->metric_column);
        return false;
    }
    return true;
}

static bool check_ticks(const struct comparison *comparison, struct sim_error *err)
{
    uint64_t base = comparison->sides[0].facts.tick_ns;
    char texts[2][DURATION_TEXT_MAX];

    for (size_t i = 1; i < comparison->nr_sides; i++) {
        uint64_t tick_ns = comparison->sides[i].facts.tick_ns;

        if (tick_ns == base)
            continue;
        sim_error_set(err, ERR_NOT_COMPARABLE, "%.60s has a tick each %s, %.60s each %s",
                      comparison->sides[0].name, duration_text(base, texts[0]),
                      comparison->sides[i].name, duration_text(tick_ns, texts[1]));
        sim_error_add_hint(err, "run both with the same --tick");
        return false;
    }
    return true;
}

static void settle_median(const struct comparison *comparison, struct comparison_row *row,
                          size_t side)
{
    struct metric_value values[COMPARISON_SEEDS_MAX];
    struct comparison_cell *cell = &row->cells[side];
    struct rank_median median;

    memcpy(values, &row->values[side * comparison->nr_seeds],
           comparison->nr_seeds * sizeof(values[0]));
    median = rank_median(values, comparison->nr_seeds);
    cell->value = median.median;
    cell->low = median.low;
    cell->high = median.high;
}

/* Whether the candidate's values differ from the base's. False: no host memory. */
static bool settle_test(const struct comparison *comparison, struct comparison_row *row,
                        size_t side, bool *ret_differs)
{
    struct comparison_cell *cell = &row->cells[side];
    size_t seeds = comparison->nr_seeds;
    unsigned permille;

    if (seeds == 1) {
        *ret_differs = !metric_value_equal(row->cells[0].value, cell->value);
        cell->p_permille = *ret_differs ? 0 : 1000;
        return true;
    }
    if (!rank_test(row->values, seeds, &row->values[side * seeds], seeds, &permille))
        return false;
    cell->p_permille = permille;
    *ret_differs = rank_test_differs(permille);
    return true;
}

static bool all_equal(const struct comparison *comparison, const struct comparison_row *row,
                      size_t side)
{
    size_t seeds = comparison->nr_seeds;

    for (size_t i = 0; i < seeds; i++)
        if (!metric_value_equal(row->values[i], row->values[side * seeds + i]))
            return false;
    return true;
}

static enum comparison_verdict direction_of(const struct comparison_row *row,
                                            struct metric_value change)
{
    enum metric_direction direction = metric_direction(row->name);
    bool lower = change.present && change.milli < 0;

    if (direction == METRIC_NEUTRAL || !change.present || change.milli == 0)
        return VERDICT_CHANGED;
    return lower == (direction == METRIC_LOWER_IS_BETTER) ? VERDICT_BETTER : VERDICT_WORSE;
}

static bool settle_candidate(const struct comparison *comparison, struct comparison_row *row,
                             size_t side)
{
    struct comparison_cell *cell = &row->cells[side];
    const struct comparison_cell *base = &row->cells[0];
    bool differs = false;

    if (!base->exists || !cell->exists)
        return true;
    if (base->value.present && cell->value.present)
        cell->change = (struct metric_value){true, cell->value.milli - base->value.milli};
    if (!settle_test(comparison, row, side, &differs))
        return false;
    if (all_equal(comparison, row, side))
        cell->verdict = VERDICT_EQUAL;
    else if (!differs)
        cell->verdict = VERDICT_UNSHOWN;
    else
        cell->verdict = direction_of(row, cell->change);
    return true;
}

static bool settle_rows(struct comparison *comparison, struct sim_error *err)
{
    for (size_t i = 0; i < comparison->rows.count; i++) {
        struct comparison_row *row = &comparison->rows.items[i];

        for (size_t side = 0; side < comparison->nr_sides; side++)
            if (row->cells[side].exists)
                settle_median(comparison, row, side);
        for (size_t side = 1; side < comparison->nr_sides; side++)
            if (!settle_candidate(comparison, row, side))
                return no_memory(err);
    }
    return true;
}

static bool settle_case(struct comparison *comparison, const struct threshold *threshold,
                        size_t index, struct sim_error *err)
{
    const struct comparison_row *row = &comparison->rows.items[index];
    struct metric_value base = row->cells[0].value;
    struct criterion criterion;

    if (!criterion_parse(&criterion, threshold->condition, row->name, true, err)) {
        sim_error_add_place(err, threshold->file, threshold->line, threshold->column);
        return false;
    }
    for (size_t side = 1; side < comparison->nr_sides; side++) {
        struct metric_value value = row->cells[side].value;
        const struct comparison_case one = {
            .threshold = threshold,
            .row = index,
            .side = side,
            .op = criterion.op,
            .limit = criterion_limit(&criterion, base),
            .met = row->cells[side].exists && criterion_met(&criterion, value, base),
        };

        if (!vec_push(&comparison->cases, one))
            return no_memory(err);
    }
    return true;
}

static bool settle_cases(struct comparison *comparison, struct sim_error *err)
{
    for (size_t i = 0; i < comparison->thresholds->items.count; i++) {
        const struct threshold *threshold = &comparison->thresholds->items.items[i];
        size_t text = metric_set_find(comparison->metrics, threshold->metric);

        for (size_t row = 0; row < comparison->rows.count; row++)
            if (comparison->rows.items[row].text == text &&
                !settle_case(comparison, threshold, row, err))
                return false;
    }
    return true;
}

static bool settle_settings(struct comparison *comparison, struct sim_error *err)
{
    const struct strbuf *headers[COMPARISON_SIDES_MAX];

    for (size_t i = 0; i < comparison->nr_sides; i++)
        headers[i] = &comparison->sides[i].facts.header;
    return setting_diff_init(&comparison->settings, headers, comparison->nr_sides, err);
}

bool comparison_settle(struct comparison *comparison, struct sim_error *err)
{
    return check_ticks(comparison, err) && check_known(comparison, err) &&
           settle_rows(comparison, err) && settle_cases(comparison, err) &&
           settle_settings(comparison, err);
}

/* ---- answers ---- */

size_t comparison_broken(const struct comparison *comparison)
{
    size_t broken = 0;

    for (size_t i = 0; i < comparison->cases.count; i++)
        broken += !comparison->cases.items[i].met;
    return broken;
}

static bool row_differs(const struct comparison *comparison, const struct comparison_row *row)
{
    for (size_t side = 1; side < comparison->nr_sides; side++)
        if (row->cells[side].verdict >= VERDICT_CHANGED ||
            row->cells[side].exists != row->cells[0].exists)
            return true;
    return false;
}

bool comparison_outputs_differ(const struct comparison *comparison, size_t side)
{
    const struct comparison_side *candidate = &comparison->sides[side];

    return candidate->facts.body_hash != comparison->sides[0].facts.body_hash ||
           candidate->difference.kind == DIFFERENCE_EVENTS;
}

bool comparison_differs(const struct comparison *comparison)
{
    if (comparison->nr_seeds > 1) {
        for (size_t i = 0; i < comparison->rows.count; i++)
            if (row_differs(comparison, &comparison->rows.items[i]))
                return true;
        return false;
    }
    for (size_t side = 1; side < comparison->nr_sides; side++)
        if (comparison_outputs_differ(comparison, side))
            return true;
    return false;
}

bool comparison_passed(const struct comparison *comparison)
{
    if (comparison->thresholds->items.count > 0)
        return comparison_broken(comparison) == 0;
    return !comparison_differs(comparison);
}
