/* SPDX-License-Identifier: MIT */
/* Metrics of a run, picked out of its output line by line. */
#include "compare/metric_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/vec.h"
#include "compare/metric_explain.h"
#include "compare/metric_tree.h"

enum phase { BEFORE_HEADER, BEFORE_SUMMARY, AFTER_SUMMARY };

struct metric_set {
    VEC(struct metric_path) paths; /* by text */
    struct metric_node *root;      /* NULL until the first line that is looked at */
    VEC(struct metric) metrics;    /* settled */
    enum phase phase;
    uint32_t lines;
    uint64_t ticks; /* looked at */
    uint64_t last_tick_ns;
    bool wants_ticks;
    struct strbuf scratch;
};

struct metric_set *metric_set_create(void)
{
    return calloc(1, sizeof(struct metric_set));
}

void metric_set_restart(struct metric_set *set)
{
    metric_tree_destroy(set->root);
    set->root = NULL;
    for (size_t i = 0; i < set->metrics.count; i++)
        free((char *)(uintptr_t)set->metrics.items[i].name);
    set->metrics.count = 0;
    set->phase = BEFORE_HEADER;
    set->lines = 0;
    set->ticks = 0;
    set->last_tick_ns = 0;
    set->wants_ticks = false;
    for (size_t i = 0; i < set->paths.count; i++)
        set->wants_ticks |= set->paths.items[i].aggregate != METRIC_NO_AGGREGATE;
}

void metric_set_destroy(struct metric_set *set)
{
    if (!set)
        return;
    metric_set_restart(set);
    for (size_t i = 0; i < set->paths.count; i++)
        metric_path_fini(&set->paths.items[i]);
    vec_fini(&set->paths);
    vec_fini(&set->metrics);
    strbuf_fini(&set->scratch);
    free(set);
}

size_t metric_set_find(const struct metric_set *set, const char *text)
{
    size_t index = 0;

    while (index < set->paths.count && strcmp(set->paths.items[index].text, text) != 0)
        index++;
    return index;
}

bool metric_set_add(struct metric_set *set, const char *text, struct sim_error *err)
{
    struct metric_path path;

    SIM_ASSERT(set->phase == BEFORE_HEADER && set->lines == 0);
    if (metric_set_find(set, text) < set->paths.count)
        return true;
    if (!metric_path_init(&path, text, err))
        return false;
    if (!vec_push(&set->paths, path)) {
        metric_path_fini(&path);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no host memory for a metric");
    }
    set->wants_ticks |= path.aggregate != METRIC_NO_AGGREGATE;
    return true;
}

size_t metric_set_texts(const struct metric_set *set)
{
    return set->paths.count;
}

const char *metric_set_text(const struct metric_set *set, size_t index)
{
    SIM_ASSERT(index < set->paths.count);
    return set->paths.items[index].text;
}

bool metric_set_wants_ticks(const struct metric_set *set)
{
    return set->wants_ticks;
}

/* ---- lines ---- */

static bool bad_line(struct metric_set *set, const char *why, struct sim_error *err)
{
    sim_error_set(err, ERR_RESULT_FORMAT, "%s", why);
    sim_error_add_place(err, NULL, set->lines, 1);
    return false;
}

static bool read_line(struct metric_set *set, const char *line, size_t length,
                      struct metric_walk *walk)
{
    struct json_scan scan;

    json_scan_init(&scan, line, length);
    walk->scan = &scan;
    walk->paths = set->paths.items;
    walk->path_count = set->paths.count;
    walk->scratch = &set->scratch;
    if (!set->root)
        set->root = metric_tree_create(set->paths.count);
    if (!set->root)
        return sim_error_set(walk->err, ERR_OUT_OF_MEMORY, "no host memory for metrics");
    if (metric_tree_line(set->root, walk))
        return true;
    sim_error_add_place(walk->err, NULL, set->lines, (uint32_t)(scan.at - line) + 1);
    return false;
}

/* Whether something on that path can be aggregated, as far as the first tick tells: a path that is
 * a container there is not; what is not there may come with a later tick. */
static bool may_aggregate(const struct metric_node *node, const struct metric_path *path,
                          uint32_t index)
{
    bool reached = false;

    if (node->depth == metric_path_base(path))
        return !(node->in_ticks & (METRIC_SEEN_LIST | METRIC_SEEN_OBJECT));
    for (size_t i = 0; i < node->children.count; i++) {
        const struct metric_node *child = node->children.items[i];

        if (!metric_node_on_path(child, index))
            continue;
        if (may_aggregate(child, path, index))
            return true;
        reached = true;
    }
    return !reached;
}

/* alloc_latency_ns.p99 looks like an aggregate over ticks until a tick shows that it is none. */
static void settle_wants_ticks(struct metric_set *set)
{
    set->wants_ticks = false;
    for (uint32_t i = 0; i < set->paths.count && !set->wants_ticks; i++) {
        const struct metric_path *path = &set->paths.items[i];

        set->wants_ticks =
            path->aggregate != METRIC_NO_AGGREGATE && may_aggregate(set->root, path, i);
    }
}

static bool take_tick(struct metric_set *set, const char *line, size_t length, uint64_t time_ns,
                      struct sim_error *err)
{
    struct metric_walk walk = {.time_ns = time_ns, .err = err};

    if (set->phase != BEFORE_SUMMARY || time_ns < set->last_tick_ns)
        return bad_line(set, "the tick is not where it belongs", err);
    walk.length_ns = time_ns - set->last_tick_ns;
    set->last_tick_ns = time_ns;
    if (!set->wants_ticks)
        return true;
    if (!read_line(set, line, length, &walk))
        return false;
    if (set->ticks++ == 0)
        settle_wants_ticks(set);
    return true;
}

static bool take_summary(struct metric_set *set, const char *line, size_t length,
                         struct sim_error *err)
{
    struct metric_walk walk = {.summary = true, .err = err};

    if (set->phase != BEFORE_SUMMARY)
        return bad_line(set, "the summary is not where it belongs", err);
    set->phase = AFTER_SUMMARY;
    return read_line(set, line, length, &walk);
}

/* The value of the first member "type", and behind it the time of a tick. */
static bool take_type(struct json_scan *scan, const char *line, size_t length)
{
    json_scan_init(scan, line, length);
    return json_scan_next(scan) == JSON_OBJECT_BEGIN && json_scan_next(scan) == JSON_KEY &&
           json_scan_is(scan, "type") && json_scan_next(scan) == JSON_STRING;
}

static bool take_time(struct json_scan *scan)
{
    return json_scan_next(scan) == JSON_KEY && json_scan_is(scan, "time_ns") &&
           json_scan_next(scan) == JSON_INTEGER && !scan->negative;
}

bool metric_set_line(struct metric_set *set, const char *line, size_t length, struct sim_error *err)
{
    struct json_scan scan;

    set->lines++;
    if (!take_type(&scan, line, length))
        return bad_line(set, "not a line of a run's output", err);
    if (json_scan_is(&scan, "event"))
        return set->phase == BEFORE_SUMMARY ||
               bad_line(set, "the event is not where it belongs", err);
    if (json_scan_is(&scan, "tick")) {
        if (!take_time(&scan))
            return bad_line(set, "the tick does not begin with its time", err);
        return take_tick(set, line, length, scan.magnitude, err);
    }
    if (json_scan_is(&scan, "summary"))
        return take_summary(set, line, length, err);
    if (!json_scan_is(&scan, "header") || set->phase != BEFORE_HEADER)
        return bad_line(set, "not a line of a run's output, or not where it belongs", err);
    set->phase = BEFORE_SUMMARY;
    return true;
}

/* ---- settling ---- */

enum { SEEN_VALUE = METRIC_SEEN_NUMBER | METRIC_SEEN_NULL };

/* One path on its way down the tree. */
struct settling {
    struct metric_set *set;
    const struct metric_path *path;
    uint32_t index;
    struct strbuf name; /* of the node at hand */
    bool failed;        /* no memory */
};

static void emit(struct settling *settling, size_t parts, struct metric_value value)
{
    const struct metric_path *path = settling->path;
    struct strbuf name = {0};

    strbuf_add(&name, settling->name.data, settling->name.length);
    for (; parts < path->parts.count; parts++)
        strbuf_add(&name, path->text + path->parts.items[parts].begin,
                   path->parts.items[parts].end - path->parts.items[parts].begin);
    if (!name.failed &&
        vec_push(&settling->set->metrics,
                 ((struct metric){.name = name.data, .text = settling->index, .value = value})))
        return;
    strbuf_fini(&name);
    settling->failed = true;
}

/* An element whose name an earlier one has goes by its index. */
static bool is_twin(const struct metric_node *parent, size_t child)
{
    const struct metric_node *node = parent->children.items[child];

    for (size_t i = 0; i < child; i++) {
        const struct metric_node *other = parent->children.items[i];

        if (other->length == node->length && memcmp(other->name, node->name, node->length) == 0)
            return true;
    }
    return false;
}

static void add_name(struct settling *settling, const struct metric_node *parent, size_t child)
{
    const struct metric_part *part = &settling->path->parts.items[parent->depth];
    const struct metric_node *node = parent->children.items[child];

    if (part->kind != METRIC_PART_EVERY)
        strbuf_add(&settling->name, settling->path->text + part->begin, part->end - part->begin);
    else if (!node->is_element)
        metric_part_format_member(&settling->name, node->name, node->length);
    else
        metric_part_format_element(&settling->name, is_twin(parent, child) ? NULL : node->name,
                                   node->length, node->index);
}

static void settle_aggregate(struct settling *settling, struct metric_node *node)
{
    const struct metric_path *path = settling->path;
    bool in_ticks = node->in_ticks & SEEN_VALUE;
    /* a run that ended before its first tick */
    bool known = settling->set->ticks == 0 && (node->in_summary & SEEN_VALUE);

    if (in_ticks && node->series)
        emit(settling, node->depth,
             metric_series_value(node->series, path->aggregate, path->limit_milli));
    else if (known)
        emit(settling, node->depth, (struct metric_value){0});
}

/* Emits what the path comes to at and below the node; what the summary has goes before ticks. */
static void settle_node(struct settling *settling, struct metric_node *node)
{
    const struct metric_path *path = settling->path;
    size_t before = settling->set->metrics.count;
    size_t name_length = settling->name.length;

    if (node->depth == path->parts.count) {
        if (node->in_summary & SEEN_VALUE)
            emit(settling, node->depth, node->value);
        return;
    }
    for (size_t i = 0; i < node->children.count && !settling->failed; i++) {
        if (!metric_node_on_path(node->children.items[i], settling->index))
            continue;
        add_name(settling, node, i);
        settle_node(settling, node->children.items[i]);
        settling->failed = settling->failed || settling->name.failed;
        settling->name.length = name_length;
    }
    if (path->aggregate != METRIC_NO_AGGREGATE && node->depth == metric_path_base(path) &&
        settling->set->metrics.count == before)
        settle_aggregate(settling, node);
}

/* False: no host memory. A path that is not known sets err, too. */
static bool settle_path(struct metric_set *set, uint32_t index, bool *ret_known,
                        struct sim_error *err)
{
    struct settling settling = {.set = set, .path = &set->paths.items[index], .index = index};
    size_t before = set->metrics.count;

    settle_node(&settling, set->root);
    strbuf_fini(&settling.name);
    if (settling.failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no host memory for metrics");
    *ret_known =
        set->metrics.count > before || metric_explain(set->root, settling.path, index, err);
    return true;
}

bool metric_set_finish(struct metric_set *set, struct sim_error *err)
{
    bool ok = true;

    if (set->phase != AFTER_SUMMARY)
        return sim_error_set(err, ERR_RESULT_UNFINISHED, "the output ends before its summary");
    for (uint32_t i = 0; i < set->paths.count; i++) {
        struct sim_error path_err = {0};
        bool known = true;

        if (!settle_path(set, i, &known, &path_err)) {
            *err = path_err;
            return false;
        }
        if (!known && ok)
            *err = path_err;
        ok = ok && known;
    }
    return ok;
}

bool metric_set_explain(const struct metric_set *set, size_t text, struct sim_error *err)
{
    SIM_ASSERT(set->phase == AFTER_SUMMARY && text < set->paths.count);
    return metric_explain(set->root, &set->paths.items[text], (uint32_t)text, err);
}

size_t metric_set_count(const struct metric_set *set)
{
    return set->metrics.count;
}

const struct metric *metric_set_at(const struct metric_set *set, size_t index)
{
    SIM_ASSERT(index < set->metrics.count);
    return &set->metrics.items[index];
}
