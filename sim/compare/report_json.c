/* SPDX-License-Identifier: MIT */
/* The report for programs: docs/schema/compare.schema.json. */
#include "compare/report.h"
#include "compare/report_words.h"
#include "stats/json_stream.h"

enum { REPORT_SCHEMA_VERSION = 1 };

static void add_value(struct json_stream *json, const char *name, struct metric_value value)
{
    struct strbuf text = {0};

    json_key(json, name);
    metric_value_format(&text, value);
    json->buf->failed |= text.failed;
    if (value.present && !text.failed)
        json_decimal(json, text.data);
    else
        json_null(json);
    strbuf_fini(&text);
}

static void add_sides(struct json_stream *json, const struct comparison *comparison)
{
    json_key_array(json, "sides");
    for (size_t i = 0; i < comparison->nr_sides; i++) {
        const struct comparison_side *side = &comparison->sides[i];

        json_begin_object(json);
        json_key_string(json, "name", side->name);
        json_key_string(json, "workload", side->facts.workload);
        json_key_string(json, "kernel", side->facts.kernel);
        json_key_uint(json, "seed", side->facts.seed);
        json_key_string(json, "ended", side->facts.ended);
        json_key_uint(json, "end_ns", side->facts.end_ns);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_settings(struct json_stream *json, const struct comparison *comparison)
{
    const struct setting_diff *settings = &comparison->settings;

    json_key_array(json, "settings");
    for (size_t i = 0; i < settings->items.count; i++) {
        json_begin_object(json);
        json_key_string(json, "key", settings->items.items[i].key);
        json_key_array(json, "values");
        for (size_t side = 0; side < settings->nr_runs; side++)
            json_string(json, settings->items.items[i].values[side]);
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_cell(struct json_stream *json, const struct comparison *comparison,
                     const struct comparison_row *row, size_t side)
{
    const struct comparison_cell *cell = &row->cells[side];

    json_begin_object(json);
    json_key_bool(json, "exists", cell->exists);
    add_value(json, "value", cell->value);
    if (comparison->nr_seeds > 1) {
        add_value(json, "low", cell->low);
        add_value(json, "high", cell->high);
    }
    if (side > 0) {
        add_value(json, "change", cell->change);
        json_key_string(json, "verdict", verdict_name(cell->verdict));
        if (comparison->nr_seeds > 1 && cell->verdict != VERDICT_NONE)
            json_key_uint(json, "p_permille", cell->p_permille);
    }
    json_end_object(json);
}

static void add_metrics(struct json_stream *json, const struct comparison *comparison)
{
    json_key_array(json, "metrics");
    for (size_t i = 0; i < comparison->rows.count; i++) {
        const struct comparison_row *row = &comparison->rows.items[i];

        json_begin_object(json);
        json_key_string(json, "name", row->name);
        json_key_array(json, "sides");
        for (size_t side = 0; side < comparison->nr_sides; side++)
            add_cell(json, comparison, row, side);
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_thresholds(struct json_stream *json, const struct comparison *comparison)
{
    json_key_array(json, "thresholds");
    for (size_t i = 0; i < comparison->cases.count; i++) {
        const struct comparison_case *one = &comparison->cases.items[i];
        const struct comparison_row *row = &comparison->rows.items[one->row];

        json_begin_object(json);
        json_key_string(json, "metric", row->name);
        json_key_string(json, "condition", one->threshold->condition);
        json_key_uint(json, "side", one->side);
        add_value(json, "value", row->cells[one->side].value);
        add_value(json, "baseline", row->cells[0].value);
        json_key_string(json, "operator", criterion_operator_text(one->op));
        add_value(json, "limit", one->limit);
        json_key_bool(json, "met", one->met);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_events(struct json_stream *json, const struct difference *difference)
{
    json_key_array(json, "events");
    for (size_t i = 0; difference->event_found && i < 2; i++) {
        const struct difference_event *event = &difference->events[i];

        if (event->words.length == 0) {
            json_null(json);
            continue;
        }
        json_begin_object(json);
        json_key_uint(json, "time_ns", event->time_ns);
        json_key_string(json, "words", event->words.data);
        json_end_object(json);
    }
    json_end_array(json);
    json_key_bool(json, "events_later", difference->event_later);
}

static void add_difference(struct json_stream *json, const struct difference *difference)
{
    static const char *const kinds[] = {
        [DIFFERENCE_NONE] = "none",         [DIFFERENCE_EVENTS] = "events",
        [DIFFERENCE_SETTINGS] = "settings", [DIFFERENCE_VALUE] = "value",
        [DIFFERENCE_LENGTH] = "length",
    };

    json_begin_object(json);
    json_key_string(json, "kind", kinds[difference->kind]);
    if (difference->kind != DIFFERENCE_NONE) {
        json_key_uint(json, "tick", difference->tick);
        json_key_uint(json, "time_ns", difference->time_ns);
        json_key_string(json, "path", difference->path);
        json_key_array(json, "values");
        json_string(json, difference->values[0]);
        json_string(json, difference->values[1]);
        json_end_array(json);
        json_key_uint(json, "others", difference->others);
        json_key_bool(json, "has_events", difference->has_events);
        add_events(json, difference);
    }
    json_end_object(json);
}

void report_add_json(struct strbuf *out, const struct comparison *comparison)
{
    struct json_stream json;

    json_stream_init(&json, out);
    json_begin_object(&json);
    json_key_string(&json, "type", "comparison");
    json_key_uint(&json, "schema_version", REPORT_SCHEMA_VERSION);
    json_key_object(&json, "tool");
    json_key_string(&json, "name", "mmsim");
    json_key_string(&json, "version", comparison->tool_version);
    json_end_object(&json);
    json_key_bool(&json, "passed", comparison_passed(comparison));
    json_key_bool(&json, "differs", comparison_differs(comparison));
    json_key_uint(&json, "seeds", comparison->nr_seeds);
    add_sides(&json, comparison);
    add_settings(&json, comparison);
    add_metrics(&json, comparison);
    add_thresholds(&json, comparison);
    json_key_array(&json, "differences");
    for (size_t side = 1; side < comparison->nr_sides; side++)
        add_difference(&json, &comparison->sides[side].difference);
    json_end_array(&json);
    json_end_object(&json);
    strbuf_adds(out, "\n");
}
