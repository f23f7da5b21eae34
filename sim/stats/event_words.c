/* SPDX-License-Identifier: MIT */
/* One event line in words. */
#include "stats/event_words.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/explain_steps.h"
#include "stats/fields.h"
#include "stats/json_scan.h"
#include "stats/refusal_words.h"

enum { MEMBERS_SHOWN = 6 };

static void alloc_failure(struct strbuf *out, const struct cJSON *event)
{
    strbuf_adds(out, "no page");
    refusal_words_add(out, event, "; ", "");
}

static void alloc_slow(struct strbuf *out, const struct cJSON *event)
{
    const char *zone = result_text(event, "zone");
    char text[DURATION_TEXT_MAX];

    duration_text(result_uint(event, "time_ns") - result_uint(event, "begin_ns"), text);
    strbuf_addf(out, "%s%s after %s", zone ? "a page of " : "no page yet", zone ? zone : "", text);
}

static void stall(struct strbuf *out, const struct cJSON *event)
{
    char text[DURATION_TEXT_MAX];

    duration_text(result_uint(event, "until_ns") - result_uint(event, "from_ns"), text);
    strbuf_addf(out, "stalled for %s, %.40s", text, result_text_or(event, "cause", "?"));
}

static void kswapd_run(struct strbuf *out, const struct cJSON *event)
{
    (void)event;
    strbuf_adds(out, "runs");
}

static void kswapd_sleep(struct strbuf *out, const struct cJSON *event)
{
    (void)event;
    strbuf_adds(out, "goes to sleep");
}

/* What explain has no words for, or others. */
static const struct {
    const char *event;
    void (*add)(struct strbuf *out, const struct cJSON *event);
} own_words[] = {
    {"alloc_failure", alloc_failure}, {"alloc_slow", alloc_slow},     {"stall", stall},
    {"kswapd_run", kswapd_run},       {"kswapd_sleep", kswapd_sleep},
};

/* Members that every event begins with, or that are its request's. */
static bool is_common(const struct json_scan *key)
{
    static const char *const names[] = {"type", "event", "time_ns", "task", "cpu", "gfp", "order"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (json_scan_is(key, names[i]))
            return true;
    return false;
}

/* "balance_pgdat_begin: node 0, kswapd_order 4": members as they stand in the line. */
static void add_members(struct strbuf *out, const struct result_reader *reader)
{
    const char *before = ": ";
    unsigned shown = 0;
    struct json_scan scan;

    strbuf_adds(out, reader->event);
    json_scan_init(&scan, reader->line, reader->length);
    json_scan_next(&scan);
    while (json_scan_next(&scan) == JSON_KEY) {
        const struct json_scan key = scan;

        if (!json_scan_skip(&scan))
            return;
        if (is_common(&key) || shown++ >= MEMBERS_SHOWN)
            continue;
        /* behind the key's quote and colon */
        strbuf_addf(out, "%s%.*s %.*s", before, (int)key.length, key.text,
                    (int)(scan.at - key.text - (ptrdiff_t)key.length - 2),
                    key.text + key.length + 2);
        before = ", ";
    }
}

/* The line that explain writes about it; false: none. */
static bool add_explained(struct strbuf *out, const struct result_reader *reader, uint64_t hz)
{
    struct explain_steps steps = {.untimed = true, .hz = hz};
    bool any;

    explain_steps_add(&steps, reader);
    out->failed |= !explain_steps_end(&steps);
    any = steps.text.length > 1;
    if (any)
        strbuf_add(out, steps.text.data, steps.text.length - 1);
    explain_steps_fini(&steps);
    return any;
}

static void add_words(struct strbuf *out, const struct result_reader *reader, uint64_t hz)
{
    for (size_t i = 0; i < sizeof(own_words) / sizeof(own_words[0]); i++) {
        if (strcmp(reader->event, own_words[i].event) != 0)
            continue;
        own_words[i].add(out, reader->object);
        return;
    }
    if (!add_explained(out, reader, hz))
        add_members(out, reader);
}

static void add_who(struct strbuf *out, const struct cJSON *event)
{
    const char *gfp = result_text(event, "gfp");

    strbuf_addf(out, "%.60s", result_text_or(event, "task", "somebody"));
    if (gfp)
        strbuf_addf(out, " (order %" PRIu64 ", %s)", result_uint(event, "order"), gfp);
    strbuf_adds(out, ": ");
}

static void add_all(struct strbuf *out, struct result_reader *reader, uint64_t hz)
{
    const char *name = result_text(reader->object, "event");

    snprintf(reader->event, sizeof(reader->event), "%s", name ? name : "?");
    reader->time_ns = result_uint(reader->object, "time_ns");
    add_who(out, reader->object);
    add_words(out, reader, hz);
}

bool event_words_add(struct strbuf *out, const char *line, size_t length, uint64_t hz,
                     struct sim_error *err)
{
    struct result_reader reader = {.path = "", .type = RESULT_EVENT, .length = length};
    bool ok;

    /* not strndup(): a NUL in the line would make the copy shorter than `length` says */
    reader.line = malloc(length + 1);
    if (reader.line) {
        memcpy(reader.line, line, length);
        reader.line[length] = '\0';
    }
    ok = reader.line ? result_parse(&reader, err)
                     : sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for an event");
    if (ok)
        add_all(out, &reader, hz);
    result_reader_close(&reader);
    if (ok && out->failed)
        ok = sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for an event");
    return ok;
}
