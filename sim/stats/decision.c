/* SPDX-License-Identifier: MIT */
/* Choosing the request to explain. */
#include "stats/decision.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/*
 * Candidates of one sort: how many were met, and by length the `nth` longest, longest first, else
 * the nth one alone.
 */
struct ranking {
    VEC(struct decision) best;
    uint64_t met;
};

struct search {
    const struct decision_query *query;
    struct ranking requests;
    struct ranking reclaims;
    bool events;       /* the run was told to write them */
    uint64_t failures; /* of a run without events: as many as the summary has counted */
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the search");
}

static bool of_the_task(const struct decision_query *query, const struct cJSON *object)
{
    const char *task = result_text(object, "task");

    return !query->task || (task && strcmp(task, query->task) == 0);
}

static uint64_t lasted_ns(const struct decision *decision)
{
    return decision->end_ns - decision->begin_ns;
}

/* False: no host memory. */
static bool rank(struct ranking *ranking, const struct decision_query *query,
                 const struct decision *candidate)
{
    size_t at = ranking->best.count;

    ranking->met++;
    if (query->by != DECISION_BY_TIME)
        return ranking->met != query->nth || vec_push(&ranking->best, *candidate);
    while (at > 0 && lasted_ns(candidate) > lasted_ns(&ranking->best.items[at - 1]))
        at--;
    if (at >= query->nth)
        return true;
    if (!vec_reserve(&ranking->best, ranking->best.count + 1))
        return false;
    memmove(&ranking->best.items[at + 1], &ranking->best.items[at],
            (ranking->best.count - at) * sizeof(*candidate));
    ranking->best.items[at] = *candidate;
    ranking->best.count++;
    if (ranking->best.count > query->nth)
        ranking->best.count--;
    return true;
}

/* An event that ends a request, or a direct reclaim. */
static bool consider(struct search *search, const struct result_reader *reader)
{
    const struct decision_query *query = search->query;
    bool reclaim = strcmp(reader->event, "try_to_free_pages_end") == 0;
    bool failure = strcmp(reader->event, "alloc_failure") == 0;
    const struct decision candidate = {
        .line = reader->number,
        .begin_ns = result_uint(reader->object, reclaim ? "from_ns" : "begin_ns"),
        .end_ns = reader->time_ns,
    };

    if (!of_the_task(query, reader->object))
        return true;
    if (query->by == DECISION_BY_FAILURE && !failure)
        return true;
    if (query->by == DECISION_AT &&
        (query->at_ns < candidate.begin_ns || query->at_ns > candidate.end_ns))
        return true;
    return rank(reclaim ? &search->reclaims : &search->requests, query, &candidate);
}

/* The failures that the summary keeps: all a file without events has. */
static bool consider_summary(struct search *search, const struct result_reader *reader)
{
    const struct cJSON *failures = result_member(reader->object, "failures");
    const struct cJSON *first = result_member(failures, "first");
    struct decision candidate = {.line = RESULT_NO_LINE};

    search->failures = result_uint(failures, "count");
    for (const struct cJSON *kept = result_first(first); kept; kept = result_next(kept)) {
        candidate.begin_ns = result_uint(kept, "begin_ns");
        candidate.end_ns = result_uint(kept, "time_ns");
        if (of_the_task(search->query, kept) && !rank(&search->requests, search->query, &candidate))
            return false;
        candidate.index++;
    }
    return true;
}

static bool consider_line(struct search *search, struct result_reader *reader,
                          struct sim_error *err)
{
    bool ends = result_is_event(reader, "alloc_failure") || result_is_event(reader, "alloc_slow") ||
                result_is_event(reader, "try_to_free_pages_end");
    bool summary = reader->type == RESULT_SUMMARY && !search->events &&
                   search->query->by == DECISION_BY_FAILURE;

    if (!ends && !summary && reader->type != RESULT_HEADER)
        return true;
    if (!result_parse(reader, err))
        return false;
    if (reader->type == RESULT_HEADER) {
        search->events = result_bool(reader->object, "events");
        return true;
    }
    return (summary ? consider_summary(search, reader) : consider(search, reader)) ||
           out_of_memory(err);
}

static bool nothing(const struct search *search, uint64_t met, struct sim_error *err)
{
    const struct decision_query *query = search->query;
    const char *of = query->task ? " of task " : "";
    const char *task = query->task ? query->task : "";

    if (!search->events && (query->by != DECISION_BY_FAILURE || met > 0)) {
        sim_error_set(err, ERR_RESULT_NO_EVENTS, "the run was recorded without --events");
        sim_error_add_hint(err, "run it again with --events; without, --failure 1 to %d work", 100);
        return false;
    }
    if (query->by == DECISION_AT)
        return sim_error_set(err, ERR_RESULT_NOTHING,
                             "no allocation%s%.60s that failed or waited was under way then", of,
                             task);
    return sim_error_set(err, ERR_RESULT_NOTHING,
                         "%" PRIu64 " allocations%s%.60s %s, number %" PRIu64 " was asked for", met,
                         of, task, query->by == DECISION_BY_FAILURE ? "failed" : "failed or waited",
                         query->nth);
}

bool decision_find(struct result_reader *reader, const struct decision_query *query,
                   struct decision *ret_decision, struct sim_error *err)
{
    struct search search = {.query = query};
    const struct ranking *ranking = &search.requests;
    bool ok = result_reader_rewind(reader, err);
    uint64_t place;

    while (ok && result_reader_next(reader, err))
        ok = consider_line(&search, reader, err);
    ok = ok && !sim_error_is_set(err);
    if (ok && ranking->met == 0)
        ranking = &search.reclaims;
    place = query->by == DECISION_BY_TIME ? query->nth - 1 : 0;
    if (ok && ranking->best.count <= place)
        ok = nothing(&search, ranking->met, err);
    if (ok) {
        *ret_decision = ranking->best.items[place];
        ret_decision->rank = query->nth;
        ret_decision->of = search.failures > 0 && !query->task ? search.failures : ranking->met;
    }
    vec_fini(&search.requests.best);
    vec_fini(&search.reclaims.best);
    return ok;
}
