/* SPDX-License-Identifier: MIT */
/* Two lines of output, member by member. */
#include "compare/line_walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "stats/json_scan.h"

/* A container on the way down. */
struct level {
    size_t path_length; /* of the container's own path */
    uint64_t index;     /* of the element at hand, of an array */
    bool is_array;
    bool setting; /* what is in it repeats a setting */
};

struct walker {
    struct line_walk *walk;
    struct json_scan scans[2];
    struct strbuf path;
    struct level levels[JSON_SCAN_DEPTH_MAX];
    size_t depth;
    bool apart; /* the lines have other members from here on */
};

static bool is_setting(const struct json_scan *key)
{
    static const char *const names[] = {
        "pages_min",
        "pages_low",
        "pages_high",
        "margin_min_pages",
        "margin_low_pages",
        "margin_high_pages",
        "level",
        "lowmem_reserve",
        "hot_high",
        "hot_batch",
        "ticks_below_min",
        "ticks_below_low",
        "ticks_below_high",
        "background_limit_pages",
        "dirty_limit_pages",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (json_scan_is(key, names[i]))
            return true;
    return false;
}

static bool same_text(const struct json_scan *a, const struct json_scan *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* Of two tokens of the same kind. */
static bool same_value(const struct json_scan *a, const struct json_scan *b)
{
    switch (a->token) {
    case JSON_STRING:
        return same_text(a, b);
    case JSON_INTEGER:
        return a->magnitude == b->magnitude && a->negative == b->negative;
    default:
        return true;
    }
}

static void value_text(const struct json_scan *scan, char text[static WALK_TEXT_MAX])
{
    switch (scan->token) {
    case JSON_STRING:
        snprintf(text, WALK_TEXT_MAX, "%.*s", (int)scan->length, scan->text);
        break;
    case JSON_INTEGER:
        snprintf(text, WALK_TEXT_MAX, "%s%" PRIu64, scan->negative ? "-" : "", scan->magnitude);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        snprintf(text, WALK_TEXT_MAX, "%s", scan->token == JSON_TRUE ? "true" : "false");
        break;
    case JSON_NULL:
        snprintf(text, WALK_TEXT_MAX, "null");
        break;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        snprintf(text, WALK_TEXT_MAX, "nothing");
        break;
    default:
        snprintf(text, WALK_TEXT_MAX, "more");
        break;
    }
}

static void note(struct walker *walker, bool setting)
{
    struct walk_find *find = setting ? &walker->walk->settings : &walker->walk->counters;

    if (find->count++ > 0 || walker->path.failed)
        return;
    snprintf(find->path, sizeof(find->path), "%s", walker->path.data ? walker->path.data : "");
    value_text(&walker->scans[0], find->values[0]);
    value_text(&walker->scans[1], find->values[1]);
}

static void cut_path(struct walker *walker, size_t length)
{
    if (!walker->path.data || walker->path.failed)
        return;
    walker->path.length = length;
    walker->path.data[length] = '\0';
}

static void enter(struct walker *walker, bool setting)
{
    /* json_scan refuses deeper lines */
    walker->levels[walker->depth++] = (struct level){
        .path_length = walker->path.length,
        .is_array = walker->scans[0].token == JSON_ARRAY_BEGIN,
        .setting = setting,
    };
}

/* A value has begun on both sides, the path is its own. */
static void take_value(struct walker *walker, bool setting)
{
    const struct json_scan *a = &walker->scans[0];
    const struct json_scan *b = &walker->scans[1];

    if (a->token != b->token) {
        note(walker, setting);
        walker->apart = !json_scan_skip(&walker->scans[0]) || !json_scan_skip(&walker->scans[1]);
    } else if (a->token == JSON_OBJECT_BEGIN || a->token == JSON_ARRAY_BEGIN) {
        enter(walker, setting);
    } else if (!same_value(a, b)) {
        note(walker, setting);
    }
}

static void next_both(struct walker *walker)
{
    json_scan_next(&walker->scans[0]);
    json_scan_next(&walker->scans[1]);
}

/* An element is called by its name where it has one that is the same on both sides. */
static void name_element(struct walker *walker, const struct json_scan *key)
{
    const struct json_scan *value = &walker->scans[0];
    size_t outer;

    if (walker->depth < 2 || !walker->levels[walker->depth - 2].is_array ||
        !json_scan_is(key, "name") || value->token != JSON_STRING ||
        walker->scans[1].token != JSON_STRING || !same_text(value, &walker->scans[1]))
        return;
    outer = walker->levels[walker->depth - 2].path_length;
    cut_path(walker, outer);
    strbuf_addf(&walker->path, "[%.*s]", (int)value->length, value->text);
    walker->levels[walker->depth - 1].path_length = walker->path.length;
}

static void take_member(struct walker *walker)
{
    const struct level *level = &walker->levels[walker->depth - 1];
    struct json_scan key = walker->scans[0];
    bool setting = level->setting || is_setting(&key);

    strbuf_addf(&walker->path, "%s%.*s", walker->path.length > 0 ? "." : "", (int)key.length,
                key.text);
    if (walker->scans[1].token != JSON_KEY || !same_text(&key, &walker->scans[1])) {
        note(walker, setting);
        walker->apart = true;
        return;
    }
    next_both(walker);
    name_element(walker, &key);
    take_value(walker, setting);
}

static void take_element(struct walker *walker)
{
    struct level *level = &walker->levels[walker->depth - 1];

    strbuf_addf(&walker->path, "[%" PRIu64 "]", level->index++);
    if (walker->scans[1].token == JSON_ARRAY_END) {
        note(walker, level->setting);
        walker->apart = true;
        return;
    }
    take_value(walker, level->setting);
}

static bool is_end(const struct json_scan *scan)
{
    return scan->token == JSON_OBJECT_END || scan->token == JSON_ARRAY_END;
}

static void step(struct walker *walker)
{
    struct level *level = &walker->levels[walker->depth - 1];

    cut_path(walker, level->path_length);
    next_both(walker);
    if (walker->scans[0].token == JSON_ERROR || walker->scans[1].token == JSON_ERROR)
        return; /* and nothing follows */
    if (is_end(&walker->scans[0]) && is_end(&walker->scans[1])) {
        walker->depth--;
    } else if (is_end(&walker->scans[0])) {
        note(walker, level->setting);
        walker->apart = true;
    } else if (level->is_array) {
        take_element(walker);
    } else {
        take_member(walker);
    }
}

bool line_walk(struct line_walk *walk, const char *base, size_t base_length, const char *candidate,
               size_t candidate_length, struct sim_error *err)
{
    struct walker walker = {.walk = walk};
    bool ok;

    *walk = (struct line_walk){0};
    json_scan_init(&walker.scans[0], base, base_length);
    json_scan_init(&walker.scans[1], candidate, candidate_length);
    next_both(&walker);
    take_value(&walker, false);
    while (walker.depth > 0 && !walker.apart && walker.scans[0].token != JSON_ERROR &&
           walker.scans[1].token != JSON_ERROR)
        step(&walker);
    ok = walker.scans[0].token != JSON_ERROR && walker.scans[1].token != JSON_ERROR;
    if (!ok)
        sim_error_set(err, ERR_RESULT_FORMAT, "not a JSON object");
    else if (walker.path.failed)
        ok = sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a path");
    strbuf_fini(&walker.path);
    return ok;
}
