/* SPDX-License-Identifier: MIT */
/* Where two results differ first. */
#include "compare/difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compare/line_walk.h"
#include "compare/result_facts.h"
#include "stats/event_words.h"
#include "stats/json_scan.h"

/* One side of the walk, at its line at hand. */
struct side {
    const struct line_source *source;
    const char *line; /* NULL: there is none */
    size_t length;
    enum line_type type;
    uint64_t time_ns;
};

struct search {
    struct difference *difference;
    struct side sides[2];
    bool events;
    uint64_t hz;
    uint64_t ticks;     /* that are behind */
    bool settings_only; /* and so was each difference up to now */

    /* The first event that differs though the line behind it does not, should no line differ. */
    bool early_found;
    uint64_t early_tick, early_time_ns;
    struct difference_event early[2];
};

void difference_fini(struct difference *difference)
{
    if (!difference)
        return;
    strbuf_fini(&difference->events[0].words);
    strbuf_fini(&difference->events[1].words);
}

/* Without events, they are passed over. */
static bool advance(const struct search *search, struct side *side, struct sim_error *err)
{
    do {
        side->line = NULL;
        if (!side->source->next(side->source->ctx, &side->line, &side->length, err)) {
            side->line = NULL;
            return !sim_error_is_set(err);
        }
        side->type = line_type_of(side->line, side->length);
        side->time_ns = 0;
        if (side->type == LINE_OTHER ||
            (side->type != LINE_HEADER && !line_time(side->line, side->length, &side->time_ns)))
            return sim_error_set(err, ERR_RESULT_FORMAT, "not a line of a run's output");
    } while (side->type == LINE_EVENT && !search->events);
    return true;
}

static bool advance_both(struct search *search, struct sim_error *err)
{
    return advance(search, &search->sides[0], err) && advance(search, &search->sides[1], err);
}

static bool is_event(const struct side *side)
{
    return side->line && side->type == LINE_EVENT;
}

static bool same_lines(const struct side *a, const struct side *b)
{
    return a->length == b->length && memcmp(a->line, b->line, a->length) == 0;
}

/* ---- events ---- */

static bool note_event(struct search *search, unsigned index, struct sim_error *err)
{
    struct difference_event *event = &search->difference->events[index];
    const struct side *side = &search->sides[index];

    strbuf_reset(&event->words);
    event->time_ns = side->time_ns;
    return !is_event(side) ||
           event_words_add(&event->words, side->line, side->length, search->hz, err);
}

/* Two events that read the same in words: says in which member they are not. */
static bool tell_apart(struct search *search, struct sim_error *err)
{
    struct difference_event *events = search->difference->events;
    const struct side *a = &search->sides[0];
    const struct side *b = &search->sides[1];
    struct line_walk walk;

    if (events[0].words.length == 0 || events[1].words.length == 0 ||
        events[0].time_ns != events[1].time_ns ||
        strcmp(events[0].words.data, events[1].words.data) != 0)
        return true;
    if (!line_walk(&walk, a->line, a->length, b->line, b->length, err))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        strbuf_addf(&events[i].words, "; %s %s", walk.counters.path, walk.counters.values[i]);
        if (events[i].words.failed)
            return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for an event");
    }
    return true;
}

static bool note_events(struct search *search, struct sim_error *err)
{
    search->difference->event_found = true;
    return note_event(search, 0, err) && note_event(search, 1, err) && tell_apart(search, err);
}

/* Goes on to the next lines that are no events; keeps the first event that is not on both sides. */
static bool pass_events(struct search *search, struct sim_error *err)
{
    struct side *a = &search->sides[0];
    struct side *b = &search->sides[1];

    while (is_event(a) && is_event(b) && same_lines(a, b))
        if (!advance_both(search, err))
            return false;
    if (!is_event(a) && !is_event(b))
        return true;
    if (!search->difference->event_found && !note_events(search, err))
        return false;
    while (is_event(a))
        if (!advance(search, a, err))
            return false;
    while (is_event(b))
        if (!advance(search, b, err))
            return false;
    return true;
}

/* ---- ticks and summaries ---- */

static void found(struct search *search, enum difference_kind kind, const struct walk_find *find)
{
    struct difference *difference = search->difference;
    const struct side *side = &search->sides[0];

    difference->kind = kind;
    difference->tick = side->type == LINE_TICK ? search->ticks + 1 : 0;
    difference->time_ns = side->time_ns;
    difference->others = find->count - 1;
    memcpy(difference->path, find->path, sizeof(difference->path));
    memcpy(difference->values, find->values, sizeof(difference->values));
}

/* Only one side goes on: the other has ended. */
static void found_end(struct search *search)
{
    struct difference *difference = search->difference;
    const struct side *a = &search->sides[0];
    const struct side *b = &search->sides[1];

    difference->kind = DIFFERENCE_LENGTH;
    difference->path[0] = '\0';
    difference->others = 0;
    difference->tick = search->ticks;
    difference->time_ns = a->type == LINE_SUMMARY ? a->time_ns : b->time_ns;
    for (unsigned i = 0; i < 2; i++)
        snprintf(difference->values[i], DIFFERENCE_TEXT_MAX, "%s",
                 search->sides[i].type == LINE_SUMMARY ? "ends" : "goes on");
}

static bool compare_lines(struct search *search, struct sim_error *err)
{
    const struct side *a = &search->sides[0];
    const struct side *b = &search->sides[1];
    struct line_walk walk;

    if (!line_walk(&walk, a->line, a->length, b->line, b->length, err))
        return false;
    if (walk.counters.count > 0) {
        found(search, DIFFERENCE_VALUE, &walk.counters);
    } else if (walk.settings.count > 0 && !search->settings_only) {
        search->settings_only = true;
        found(search, DIFFERENCE_SETTINGS, &walk.settings);
    }
    return true;
}

/* Two ticks at different times: one run ended between two ticks, or they are not comparable. */
static bool compare_times(struct search *search, struct sim_error *err)
{
    struct side *a = &search->sides[0];
    struct side *b = &search->sides[1];
    struct side *earlier = a->time_ns < b->time_ns ? a : b;
    uint64_t times[2] = {a->time_ns, b->time_ns};

    do {
        if (!advance(search, earlier, err))
            return false;
    } while (is_event(earlier));
    if (!earlier->line || earlier->type != LINE_SUMMARY)
        return sim_error_set(err, ERR_NOT_COMPARABLE,
                             "tick %" PRIu64 " is at %" PRIu64 " ns in one, at %" PRIu64
                             " ns in the other",
                             search->ticks + 1, times[0], times[1]);
    found_end(search);
    return true;
}

/* Neither line at hand is an event. */
static bool compare_sides(struct search *search, struct sim_error *err)
{
    const struct side *a = &search->sides[0];
    const struct side *b = &search->sides[1];

    if (!a->line || !b->line)
        return sim_error_set(err, ERR_RESULT_UNFINISHED, "the output ends before its summary");
    if (same_lines(a, b))
        return true;
    if (a->type != b->type) {
        found_end(search);
        return true;
    }
    if (a->type == LINE_TICK && a->time_ns != b->time_ns)
        return compare_times(search, err);
    return compare_lines(search, err);
}

static bool at_end(const struct search *search)
{
    return !search->sides[0].line || !search->sides[1].line ||
           search->sides[0].type == LINE_SUMMARY || search->sides[1].type == LINE_SUMMARY;
}

/* Tick or summary are the same: an event before it made no difference up to there. */
static void put_event_aside(struct search *search)
{
    struct difference *difference = search->difference;
    const struct side *side = &search->sides[0];

    if (difference->event_found && !search->early_found) {
        search->early_found = true;
        search->early_tick = side->type == LINE_TICK ? search->ticks + 1 : 0;
        search->early_time_ns = side->time_ns;
        memcpy(search->early, difference->events, sizeof(search->early));
        memset(difference->events, 0, sizeof(difference->events));
    }
    difference->event_found = false;
}

/* No line differs: it is the event that does. */
static void found_event(struct search *search)
{
    struct difference *difference = search->difference;

    difference_fini(difference);
    difference->kind = DIFFERENCE_EVENTS;
    difference->tick = search->early_tick;
    difference->time_ns = search->early_time_ns;
    difference->event_found = true;
    memcpy(difference->events, search->early, sizeof(search->early));
    memset(search->early, 0, sizeof(search->early));
}

static bool find_tick(struct search *search, struct sim_error *err)
{
    struct difference *difference = search->difference;

    for (;;) {
        if (!advance_both(search, err) || !pass_events(search, err) || !compare_sides(search, err))
            return false;
        if (difference->kind > DIFFERENCE_SETTINGS)
            return true;
        put_event_aside(search);
        if (at_end(search))
            break;
        search->ticks++;
    }
    if (difference->kind == DIFFERENCE_NONE && search->early_found)
        found_event(search);
    return true;
}

/* The settings did it at boot: what came of it first? */
static bool find_later_event(struct search *search, struct sim_error *err)
{
    while (!search->difference->event_found && !at_end(search))
        if (!advance_both(search, err) || !pass_events(search, err))
            return false;
    search->difference->event_later = search->difference->event_found;
    return true;
}

/* config.machine.hz of the header, 0: not there. */
static uint64_t hz_of(const struct side *side)
{
    struct json_scan scan;
    bool hz = false;

    json_scan_init(&scan, side->line, side->length);
    while (json_scan_next(&scan) > JSON_END) {
        if (hz && scan.token == JSON_INTEGER)
            return scan.magnitude;
        hz = scan.token == JSON_KEY && json_scan_is(&scan, "hz");
    }
    return 0;
}

static bool find(struct search *search, struct sim_error *err)
{
    const struct side *a = &search->sides[0];
    const struct side *b = &search->sides[1];
    struct difference *difference = search->difference;

    if (!advance_both(search, err))
        return false;
    if (!a->line || !b->line || a->type != LINE_HEADER || b->type != LINE_HEADER)
        return sim_error_set(err, ERR_RESULT_FORMAT, "the output of a run begins with a header");
    search->hz = hz_of(a);
    if (!find_tick(search, err))
        return false;
    if (difference->kind == DIFFERENCE_VALUE && search->events && !difference->event_found)
        return find_later_event(search, err);
    return true;
}

bool difference_find(struct difference *difference, const struct line_source *base,
                     const struct line_source *candidate, bool events, struct sim_error *err)
{
    struct search search = {
        .difference = difference,
        .sides = {{.source = base}, {.source = candidate}},
        .events = events,
    };
    bool ok;

    *difference = (struct difference){.has_events = events};
    ok = find(&search, err);
    strbuf_fini(&search.early[0].words);
    strbuf_fini(&search.early[1].words);
    return ok;
}

bool difference_zone(const struct difference *difference, char *zone, size_t size,
                     const char **ret_rest)
{
    static const char prefix[] = "zones[";
    const char *begin = difference->path + sizeof(prefix) - 1;
    const char *end;

    *ret_rest = difference->path;
    if (strncmp(difference->path, prefix, sizeof(prefix) - 1) != 0)
        return false;
    end = strstr(begin, "].");
    if (!end)
        return false;
    snprintf(zone, size, "%.*s", (int)(end - begin), begin);
    *ret_rest = end + 2;
    return true;
}
