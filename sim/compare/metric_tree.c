/* SPDX-License-Identifier: MIT */
/* The part of an output that metrics ask for. */
#include "compare/metric_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* Who is looked for among the children of a node. */
struct key {
    const char *name; /* NULL: an element without a name */
    size_t length;
    bool is_element;
    uint32_t index;
};

static bool no_memory(struct metric_walk *walk)
{
    return sim_error_set(walk->err, ERR_OUT_OF_MEMORY, "no host memory for metrics");
}

static bool bad_line(struct metric_walk *walk)
{
    return sim_error_set(walk->err, ERR_RESULT_FORMAT, "the line is no JSON object of integers");
}

static struct metric_node *create_node(const struct key *key)
{
    size_t length = key->name ? key->length : 0;
    struct metric_node *node = calloc(1, sizeof(*node) + length + 1);

    if (!node)
        return NULL;
    node->is_element = key->is_element;
    node->index = key->index;
    node->length = length;
    if (length)
        memcpy(node->name, key->name, length);
    return node;
}

void metric_tree_destroy(struct metric_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->children.count; i++)
        metric_tree_destroy(node->children.items[i]);
    vec_fini(&node->children);
    vec_fini(&node->paths);
    metric_series_fini(node->series);
    free(node->series);
    free(node);
}

struct metric_node *metric_tree_create(size_t path_count)
{
    struct metric_node *root = create_node(&(struct key){0});

    if (!root || !vec_reserve(&root->paths, path_count)) {
        metric_tree_destroy(root);
        return NULL;
    }
    for (uint32_t i = 0; i < path_count; i++)
        root->paths.items[root->paths.count++] = i;
    root->ticks_go_deeper = true;
    return root;
}

bool metric_node_on_path(const struct metric_node *node, uint32_t path)
{
    for (size_t i = 0; i < node->paths.count && node->paths.items[i] <= path; i++) {
        if (node->paths.items[i] == path)
            return true;
    }
    return false;
}

static bool part_selects(const struct metric_part *part, const struct key *key)
{
    return key->is_element ? metric_part_is_element(part, key->name, key->length, key->index)
                           : metric_part_is_member(part, key->name, key->length);
}

/* Notes on a new node that the path leads to it. */
static bool join_path(struct metric_node *node, uint32_t index, const struct metric_path *path)
{
    if (!vec_push(&node->paths, index))
        return false;
    if (path->aggregate == METRIC_NO_AGGREGATE || node->depth > metric_path_base(path))
        return true;
    if (node->depth < metric_path_base(path)) {
        node->ticks_go_deeper = true;
        return true;
    }
    if (!node->series)
        node->series = calloc(1, sizeof(*node->series));
    return node->series && metric_series_ask(node->series, path->aggregate, path->limit_milli);
}

static struct metric_node *add_child(struct metric_node *parent, const struct key *key,
                                     struct metric_walk *walk)
{
    struct metric_node *node = create_node(key);

    if (!node || !vec_push(&parent->children, node)) {
        metric_tree_destroy(node);
        no_memory(walk);
        return NULL;
    }
    node->depth = parent->depth + 1;
    for (size_t i = 0; i < parent->paths.count; i++) {
        uint32_t index = parent->paths.items[i];
        const struct metric_path *path = &walk->paths[index];
        size_t usable = path->parts.count - path->has_limit;

        if (parent->depth >= usable || !part_selects(&path->parts.items[parent->depth], key))
            continue;
        if (!join_path(node, index, path)) {
            no_memory(walk);
            return NULL;
        }
    }
    return node;
}

static bool is_child(const struct metric_node *node, const struct key *key)
{
    size_t length = key->name ? key->length : 0;

    if (node->is_element != key->is_element || node->length != length)
        return false;
    return length ? memcmp(node->name, key->name, length) == 0 : node->index == key->index;
}

/*
 * The child for the key, created when it is new; *position is where it is expected and becomes the
 * place behind it. The first time a node is walked all children are new. NULL: err is set.
 */
static struct metric_node *find_child(struct metric_node *parent, const struct key *key,
                                      size_t *position, struct metric_walk *walk)
{
    size_t count = parent->walked ? parent->children.count : 0;

    for (size_t tried = 0; tried < count; tried++) {
        size_t at = (*position + tried) % count;

        if (is_child(parent->children.items[at], key)) {
            *position = at + 1;
            return parent->children.items[at];
        }
    }
    *position = parent->children.count + 1;
    return add_child(parent, key, walk);
}

static bool take_value(struct metric_node *node, struct metric_walk *walk);

/* Goes over the value of a child; its key or, for an element, its first token has been read. */
static bool take_child(struct metric_node *child, struct metric_walk *walk)
{
    bool wanted =
        child && (walk->summary ? child->paths.count > 0 : child->series || child->ticks_go_deeper);

    if (!child)
        return false;
    if (!wanted)
        return json_scan_skip(walk->scan) || bad_line(walk);
    if (walk->scan->token == JSON_KEY)
        json_scan_next(walk->scan);
    return take_value(child, walk);
}

/*
 * The members of an object up to its end. The scanner stands on the first key or on the end, or,
 * `named`, on the value of a first member "name".
 */
static bool walk_members(struct metric_node *node, struct metric_walk *walk, bool named)
{
    struct json_scan *scan = walk->scan;
    size_t position = 0;

    if (named) {
        struct key key = {.name = "name", .length = 4};

        if (!take_child(find_child(node, &key, &position, walk), walk))
            return false;
        json_scan_next(scan);
    }
    while (scan->token == JSON_KEY) {
        struct key key = {.name = scan->text, .length = scan->length};

        if (!take_child(find_child(node, &key, &position, walk), walk))
            return false;
        json_scan_next(scan);
    }
    node->walked = true;
    return scan->token == JSON_OBJECT_END || bad_line(walk);
}

/* The name that the scanner stands on, without escapes. */
static bool take_name(struct key *key, struct metric_walk *walk)
{
    const struct json_scan *scan = walk->scan;

    key->name = scan->text;
    key->length = scan->length;
    if (!memchr(scan->text, '\\', scan->length))
        return true;
    strbuf_reset(walk->scratch);
    json_scan_text(scan, walk->scratch);
    key->name = walk->scratch->data;
    key->length = walk->scratch->length;
    return !walk->scratch->failed || no_memory(walk);
}

static void note_seen(struct metric_node *node, enum metric_seen seen,
                      const struct metric_walk *walk)
{
    if (walk->summary)
        node->in_summary |= (uint8_t)seen;
    else
        node->in_ticks |= (uint8_t)seen;
}

/* Whether a container there is looked into. */
static bool goes_deeper(const struct metric_node *node, const struct metric_walk *walk)
{
    return walk->summary ? node->paths.count > 0 : node->ticks_go_deeper;
}

/* An element that is an object may tell its name with its first member. */
static bool walk_object_element(struct metric_node *list, size_t *position, uint32_t index,
                                struct metric_walk *walk)
{
    struct json_scan *scan = walk->scan;
    struct key key = {.is_element = true, .index = index};
    struct metric_node *child;
    bool named = json_scan_next(scan) == JSON_KEY && json_scan_is(scan, "name");

    if (named && json_scan_next(scan) == JSON_STRING && !take_name(&key, walk))
        return false;
    child = find_child(list, &key, position, walk);
    if (!child)
        return false;
    note_seen(child, METRIC_SEEN_OBJECT, walk);
    if (goes_deeper(child, walk))
        return walk_members(child, walk, named);
    if (scan->token == JSON_OBJECT_END)
        return true;
    return (json_scan_skip(scan) && json_scan_leave(scan)) || bad_line(walk);
}

static bool walk_list(struct metric_node *node, struct metric_walk *walk)
{
    struct json_scan *scan = walk->scan;
    size_t position = 0;
    uint32_t index = 0;

    for (; json_scan_next(scan) > JSON_END && scan->token != JSON_ARRAY_END; index++) {
        struct key key = {.is_element = true, .index = index};
        bool good = scan->token == JSON_OBJECT_BEGIN
                        ? walk_object_element(node, &position, index, walk)
                        : take_child(find_child(node, &key, &position, walk), walk);

        if (!good)
            return false;
    }
    node->walked = true;
    return scan->token == JSON_ARRAY_END || bad_line(walk);
}

static bool take_number(struct metric_node *node, int128 value, struct metric_walk *walk)
{
    bool too_large = false;

    if (walk->summary) {
        node->value = (struct metric_value){true, value * 1000};
        return true;
    }
    if (!node->series ||
        metric_series_add(node->series, value, walk->time_ns, walk->length_ns, &too_large))
        return true;
    return too_large ? sim_error_set(walk->err, ERR_RESULT_FORMAT,
                                     "the integral of '%.100s' is too large", node->name)
                     : no_memory(walk);
}

static bool take_container(struct metric_node *node, struct metric_walk *walk)
{
    if (!goes_deeper(node, walk))
        return json_scan_skip(walk->scan) || bad_line(walk);
    if (walk->scan->token == JSON_ARRAY_BEGIN)
        return walk_list(node, walk);
    json_scan_next(walk->scan);
    return walk_members(node, walk, false);
}

/* The value whose first token has been read. */
static bool take_value(struct metric_node *node, struct metric_walk *walk)
{
    static const enum metric_seen seen[] = {
        [JSON_OBJECT_BEGIN] = METRIC_SEEN_OBJECT, [JSON_ARRAY_BEGIN] = METRIC_SEEN_LIST,
        [JSON_STRING] = METRIC_SEEN_TEXT,         [JSON_INTEGER] = METRIC_SEEN_NUMBER,
        [JSON_TRUE] = METRIC_SEEN_NUMBER,         [JSON_FALSE] = METRIC_SEEN_NUMBER,
        [JSON_NULL] = METRIC_SEEN_NULL,
    };
    const struct json_scan *scan = walk->scan;
    int128 magnitude = scan->magnitude;

    note_seen(node, seen[scan->token], walk);
    switch (scan->token) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        return take_container(node, walk);
    case JSON_INTEGER:
        return take_number(node, scan->negative ? -magnitude : magnitude, walk);
    case JSON_TRUE:
    case JSON_FALSE:
        return take_number(node, scan->token == JSON_TRUE, walk);
    case JSON_STRING:
    case JSON_NULL:
        return true;
    default:
        return bad_line(walk);
    }
}

bool metric_tree_line(struct metric_node *root, struct metric_walk *walk)
{
    if (json_scan_next(walk->scan) != JSON_OBJECT_BEGIN)
        return bad_line(walk);
    return take_value(root, walk) && (json_scan_next(walk->scan) == JSON_END || bad_line(walk));
}
