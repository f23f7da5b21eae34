/* SPDX-License-Identifier: MIT */
/* The curve as JSON, and in words with a table. */
#include "sweep/tune_report.h"

#include <inttypes.h>
#include <string.h>

#include "compare/text_table.h"
#include "stats/json_stream.h"

enum { TUNE_SCHEMA_VERSION = 1 };

/* The table shows at most so many metrics. */
enum { METRIC_COLUMNS_MAX = 12 };

static const char *wanted(const struct tune_report *report)
{
    return report->tune->largest ? "largest" : "smallest";
}

bool tune_report_is_good(const struct tune_report *report)
{
    uint64_t answer, met, missed;

    return tune_answer(report->tune, &answer) && tune_is_monotonic(report->tune, &met, &missed);
}

/* The runs of a value: from the returned index on, *ret_end is one past the last. */
static size_t runs_of(const struct tune_curve *curve, uint64_t value, size_t *ret_end)
{
    size_t first = 0;
    size_t end;

    while (curve->runs.items[first].value != value)
        first++;
    for (end = first; end < curve->runs.count && curve->runs.items[end].value == value; end++)
        ;
    *ret_end = end;
    return first;
}

static void write_key_optional(struct json_stream *json, const char *key, bool given,
                               uint64_t value)
{
    json_key(json, key);
    if (given)
        json_uint(json, value);
    else
        json_null(json);
}

static void write_sets(struct json_stream *json, const struct set_options *sets)
{
    struct strbuf text = {0};

    json_key_array(json, "set");
    for (size_t i = 0; sets && i < sets->machine.count; i++)
        json_string(json, sets->machine.items[i]);
    for (size_t i = 0; sets && i < sets->workload.count; i++) {
        strbuf_reset(&text);
        strbuf_addf(&text, "workload.%s", sets->workload.items[i]);
        json_string(json, text.data);
    }
    json_end_array(json);
    json->buf->failed = json->buf->failed || text.failed;
    strbuf_fini(&text);
}

/* What was asked for. */
static void write_question(struct json_stream *json, const struct tune_report *report)
{
    const struct run_choice *choice = &report->setting->choice;
    const struct tune_curve *curve = report->curve;

    json_key_object(json, "tool");
    json_key_string(json, "name", "mmsim");
    json_key_string(json, "version", report->setting->tool_version);
    json_end_object(json);
    json_key_string(json, "workload", report->workload);
    header_write_inputs(json, report->inputs, report->nr_inputs);
    write_sets(json, choice->sets);
    write_key_optional(json, "tick_ns", choice->tick_ns.given, choice->tick_ns.value);
    write_key_optional(json, "until_ns", choice->until_ns.given, choice->until_ns.value);
    json_key_string(json, "sysctl", report->setting->key);
    json_key_uint(json, "in_force", report->in_force);
    json_key_string(json, "want", wanted(report));
    json_key_uint(json, "low", report->tune->low);
    json_key_uint(json, "high", report->tune->high);
    json_key_array(json, "seeds");
    for (uint64_t i = 0; i < report->setting->seeds; i++)
        json_uint(json, curve->runs.items[i].seed);
    json_end_array(json);
    json_key_array(json, "goals");
    for (size_t i = 0; i < curve->goals.count; i++) {
        json_begin_object(json);
        json_key_string(json, "metric", curve->goals.items[i].metric);
        json_key_string(json, "condition",
                        curve->goals.items[i].text + curve->goals.items[i].condition);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_answer(struct json_stream *json, const struct tune_report *report)
{
    uint64_t answer = 0, met = 0, missed = 0;
    bool found = tune_answer(report->tune, &answer);
    bool monotonic = tune_is_monotonic(report->tune, &met, &missed);

    write_key_optional(json, "answer", found, answer);
    json_key_bool(json, "monotonic", monotonic);
    json_key(json, "contradiction");
    if (monotonic) {
        json_null(json);
    } else {
        json_begin_object(json);
        json_key_uint(json, "met", met);
        json_key_uint(json, "missed", missed);
        json_end_object(json);
    }
    json_key_uint(json, "nearest", found ? answer : tune_curve_best(report->curve));
}

static void write_value(struct json_stream *json, struct metric_value value)
{
    struct strbuf text = {0};

    if (!value.present) {
        json_null(json);
        return;
    }
    metric_value_format(&text, value);
    if (text.failed)
        json->buf->failed = true;
    else
        json_decimal(json, text.data);
    strbuf_fini(&text);
}

static void write_run(struct json_stream *json, const struct tune_curve *curve,
                      const struct tune_run *run)
{
    json_begin_object(json);
    json_key_uint(json, "seed", run->seed);
    json_key_bool(json, "met", run->met);
    json_key_object(json, "metrics");
    for (size_t i = run->first; i < run->first + run->count; i++) {
        json_key_escaped(json, curve->names.items[curve->readings.items[i].name]);
        write_value(json, curve->readings.items[i].value);
    }
    json_end_object(json);
    json_end_object(json);
}

static void write_points(struct json_stream *json, const struct tune_report *report)
{
    const struct tune_curve *curve = report->curve;

    json_key_array(json, "points");
    for (size_t i = 0; i < report->tune->points.count; i++) {
        const struct tune_point *point = &report->tune->points.items[i];
        size_t end;
        size_t first = runs_of(curve, point->value, &end);

        json_begin_object(json);
        json_key_uint(json, "value", point->value);
        json_key_bool(json, "met", point->met);
        json_key_array(json, "runs");
        for (size_t run = first; run < end; run++)
            write_run(json, curve, &curve->runs.items[run]);
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
}

void tune_report_json(const struct tune_report *report, struct strbuf *out)
{
    struct json_stream json;

    json_stream_init(&json, out);
    json_begin_object(&json);
    json_key_string(&json, "type", "tune");
    json_key_uint(&json, "schema_version", TUNE_SCHEMA_VERSION);
    write_question(&json, report);
    write_answer(&json, report);
    write_points(&json, report);
    json_end_object(&json);
    strbuf_adds(out, "\n");
}

static const char *goal_words(const struct tune_report *report)
{
    return report->curve->goals.count == 1 ? "the goal" : "every goal";
}

static void add_found(const struct tune_report *report, uint64_t answer, struct strbuf *out)
{
    const struct tune *tune = report->tune;

    strbuf_addf(out, "%s = %" PRIu64 " is the %s value that meets %s%s\n", report->setting->key,
                answer, wanted(report), goal_words(report),
                answer == (tune->largest ? tune->high : tune->low) ? "; the range ends here" : "");
}

static void add_not_found(const struct tune_report *report, struct strbuf *out)
{
    const struct tune *tune = report->tune;
    uint64_t met, missed;

    if (tune_is_monotonic(tune, &met, &missed))
        strbuf_addf(out,
                    "no value of %s from %" PRIu64 " to %" PRIu64 " meets %s; %" PRIu64
                    " comes nearest\n",
                    report->setting->key, tune->low, tune->high, goal_words(report),
                    tune_curve_best(report->curve));
    else
        strbuf_addf(out,
                    "no value of %s meets %s with all that are %s: it is missed at %" PRIu64
                    ", where the range ends\n",
                    report->setting->key, goal_words(report), tune->largest ? "smaller" : "larger",
                    tune->largest ? tune->low : tune->high);
}

static void add_contradiction(const struct tune_report *report, struct strbuf *out)
{
    uint64_t answer, met, missed;

    if (tune_is_monotonic(report->tune, &met, &missed))
        return;
    strbuf_addf(out, "the curve is not monotonic: met at %" PRIu64 ", missed at %" PRIu64 "\n", met,
                missed);
    if (tune_answer(report->tune, &answer))
        strbuf_adds(out, "  from the answer on every measured value meets it\n");
    else
        strbuf_addf(out, "  try %s, or a --range without that end\n",
                    report->tune->largest ? "without --largest" : "--largest");
}

static void add_answer(const struct tune_report *report, struct strbuf *out)
{
    uint64_t answer;

    if (tune_answer(report->tune, &answer))
        add_found(report, answer, out);
    else
        add_not_found(report, out);
    add_contradiction(report, out);
}

static void add_question(const struct tune_report *report, struct strbuf *out)
{
    const struct tune_curve *curve = report->curve;
    uint64_t seeds = report->setting->seeds;
    size_t values = report->tune->points.count;

    strbuf_adds(out, "\n");
    for (size_t i = 0; i < curve->goals.count; i++)
        strbuf_addf(out, "  goal      %s\n", curve->goals.items[i].text);
    strbuf_addf(out, "  workload  %s, seed %" PRIu64, report->workload, curve->runs.items[0].seed);
    if (seeds > 1)
        strbuf_addf(out, " to %" PRIu64, curve->runs.items[0].seed + seeds - 1);
    strbuf_addf(out, "\n  in force  %" PRIu64 "\n", report->in_force);
    strbuf_addf(out, "  searched  %" PRIu64 " to %" PRIu64 ", %zu value%s in %zu run%s\n\n",
                report->tune->low, report->tune->high, values, values == 1 ? "" : "s",
                curve->runs.count, curve->runs.count == 1 ? "" : "s");
}

/* The smallest and the largest that the metric came to in the runs, as "3" or "0..3". */
static void add_readings(struct text_table *table, const struct tune_curve *curve, size_t first,
                         size_t end, size_t name)
{
    struct metric_value low = {0}, high = {0};
    struct strbuf text = {0};

    for (size_t i = curve->runs.items[first].first;
         i < curve->runs.items[end - 1].first + curve->runs.items[end - 1].count; i++) {
        const struct tune_reading *reading = &curve->readings.items[i];

        if (reading->name != name || !reading->value.present)
            continue;
        if (!low.present || reading->value.milli < low.milli)
            low = reading->value;
        if (!high.present || reading->value.milli > high.milli)
            high = reading->value;
    }
    metric_value_format_unit(&text, low, curve->names.items[name]);
    if (!metric_value_equal(low, high)) {
        strbuf_adds(&text, " .. ");
        metric_value_format_unit(&text, high, curve->names.items[name]);
    }
    text_table_add_buf(table, TEXT_PLAIN, &text);
    strbuf_fini(&text);
}

static void add_outcome(struct text_table *table, const struct tune_curve *curve, size_t first,
                        size_t end)
{
    size_t missed = 0;

    for (size_t run = first; run < end; run++)
        missed += !curve->runs.items[run].met;
    if (missed == 0)
        text_table_add(table, TEXT_PLAIN, "met");
    else if (end - first == 1)
        text_table_add(table, TEXT_PLAIN, "missed");
    else
        text_table_add(table, TEXT_PLAIN, "missed by %zu of %zu", missed, end - first);
}

static void add_note(struct text_table *table, const struct tune_report *report, uint64_t value)
{
    uint64_t answer;

    if (tune_answer(report->tune, &answer) && value == answer)
        text_table_add(table, TEXT_PLAIN, "the answer");
    else if (value == report->in_force)
        text_table_add(table, TEXT_PLAIN, "in force");
    else
        text_table_add(table, TEXT_PLAIN, "%s", "");
}

void tune_report_text(const struct tune_report *report, struct strbuf *out)
{
    const struct tune_curve *curve = report->curve;
    size_t columns =
        curve->names.count < METRIC_COLUMNS_MAX ? curve->names.count : METRIC_COLUMNS_MAX;
    char align[METRIC_COLUMNS_MAX + 4] = "rl";
    struct text_table table = {.align = align};

    memset(align + 2, 'r', columns);
    align[2 + columns] = 'l';
    text_table_add(&table, TEXT_PLAIN, "value");
    text_table_add(&table, TEXT_PLAIN, "goal");
    for (size_t i = 0; i < columns; i++)
        text_table_add(&table, TEXT_PLAIN, "%s", curve->names.items[i]);
    text_table_add(&table, TEXT_PLAIN, "%s", "");
    for (size_t i = 0; i < report->tune->points.count; i++) {
        uint64_t value = report->tune->points.items[i].value;
        size_t end;
        size_t first = runs_of(curve, value, &end);

        text_table_add(&table, TEXT_PLAIN, "%" PRIu64, value);
        add_outcome(&table, curve, first, end);
        for (size_t k = 0; k < columns; k++)
            add_readings(&table, curve, first, end, k);
        add_note(&table, report, value);
    }
    add_answer(report, out);
    add_question(report, out);
    text_table_format(&table, 2, false, out);
    if (curve->names.count > columns)
        strbuf_addf(out, "  ... and %zu more metrics, in the JSON\n", curve->names.count - columns);
    out->failed = out->failed || table.failed;
    text_table_fini(&table);
}
