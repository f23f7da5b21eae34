/* SPDX-License-Identifier: MIT */
/* One line of results: what a run of a sweep came to. */
#include "sweep/result_line.h"

#include <string.h>

#include "stats/json_scan.h"

static bool bad(struct sim_error *err, const char *what)
{
    return sim_error_set(err, ERR_SWEEP_RESULT, "the line is no result of a run: %s", what);
}

/* The member "ended", whose key was just read: the outcome begins with it. */
static bool take_ended(struct result_line *line, struct json_scan *scan)
{
    line->outcome = scan->text - 1;
    if (json_scan_next(scan) != JSON_STRING)
        return false;
    line->ended = scan->text;
    line->ended_length = scan->length;
    return true;
}

/* The member "metrics", whose key was just read. */
static bool take_metrics(struct result_line *line, struct json_scan *scan)
{
    const char *begin;

    if (json_scan_next(scan) != JSON_OBJECT_BEGIN)
        return false;
    begin = scan->at;
    if (!json_scan_skip(scan))
        return false;
    line->metrics = begin;
    line->metrics_length = (size_t)(scan->at - 1 - begin);
    return true;
}

bool result_line_parse(struct result_line *line, const char *text, size_t length,
                       struct sim_error *err)
{
    struct result_line parsed = {0};
    struct json_scan scan;

    json_scan_init(&scan, text, length);
    if (json_scan_next(&scan) != JSON_OBJECT_BEGIN)
        return bad(err, "it is no JSON object");
    while (json_scan_next(&scan) == JSON_KEY) {
        bool good;

        if (json_scan_is(&scan, "ended"))
            good = take_ended(&parsed, &scan);
        else if (json_scan_is(&scan, "metrics"))
            good = take_metrics(&parsed, &scan);
        else
            good = json_scan_skip(&scan);
        if (!good)
            return bad(err, "it is no JSON object");
    }
    if (scan.token != JSON_OBJECT_END || json_scan_next(&scan) != JSON_END)
        return bad(err, "it is no JSON object");
    if (!parsed.outcome || !parsed.metrics || parsed.metrics < parsed.outcome)
        return bad(err, "it has no \"ended\" and \"metrics\"");
    parsed.outcome_length = length - (size_t)(parsed.outcome - text) - 1;
    *line = parsed;
    return true;
}

/* A name between quotes and the colon behind it; NULL: it is none. */
static const char *take_name(const char *at, const char *end, struct strbuf *name)
{
    struct json_scan scan;
    const char *quote = at + 1;

    if (at == end || *at != '"')
        return NULL;
    while (quote < end && *quote != '"')
        quote += *quote == '\\' ? 2 : 1;
    if (quote >= end)
        return NULL;
    json_scan_init(&scan, at, (size_t)(quote + 1 - at));
    if (json_scan_next(&scan) != JSON_STRING)
        return NULL;
    strbuf_add(name, "", 0); /* a string, even when it is empty */
    json_scan_text(&scan, name);
    return quote + 1 < end && quote[1] == ':' ? quote + 2 : NULL;
}

/* Length of an integer, a decimal number or null; 0: it is none. */
static size_t value_length(const char *at, const char *end)
{
    const char *begin = at;
    size_t digits[2] = {0, 0};

    if (end - at >= 4 && memcmp(at, "null", 4) == 0)
        return 4;
    at += at < end && *at == '-';
    for (unsigned part = 0; part < 2; part++) {
        while (at < end && *at >= '0' && *at <= '9') {
            at++;
            digits[part]++;
        }
        if (digits[part] == 0)
            return 0;
        if (part == 1 || at == end || *at != '.')
            break;
        at++;
    }
    return (size_t)(at - begin);
}

bool result_line_next_metric(const struct result_line *line, size_t *position, struct strbuf *name,
                             const char **ret_value, size_t *ret_length, bool *ret_bad)
{
    const char *end = line->metrics + line->metrics_length;
    const char *at = line->metrics + *position;
    size_t length;

    *ret_bad = false;
    if (at == end)
        return false;
    *ret_bad = true;
    if (at > line->metrics && *at++ != ',')
        return false;
    at = take_name(at, end, name);
    length = at ? value_length(at, end) : 0;
    if (length == 0)
        return false;
    *ret_value = at;
    *ret_length = length;
    *position = (size_t)(at + length - line->metrics);
    *ret_bad = false;
    return true;
}
