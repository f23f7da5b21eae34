/* SPDX-License-Identifier: MIT */
/* From text to nodes: libyaml's events, less what our subset does not know. */
#include "yaml/yaml_build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/check.h"
#include "base/vec.h"
#include "yaml/yaml_text.h"

/* Up to here a new key is compared with each key before it; larger mappings are sorted at the end.
 */
enum { SMALL_MAPPING = 16 };

static_assert(sizeof(struct yaml_node) <= 56, "a cache line holds a node");

/* A collection whose end has not been seen. */
struct open_node {
    struct yaml_node *node;
    const struct yaml_node *key; /* of a mapping: the key that waits for its value */
    size_t first;                /* its children are pending.items[first ...] */
};

struct builder {
    const struct yaml_source *source;
    struct sim_error *err;
    yaml_parser_t parser;
    struct yaml_arena *kept;  /* the document's */
    struct yaml_arena item;   /* of the streamed item at hand */
    struct yaml_arena *arena; /* the one in use */
    VEC(struct yaml_node *) pending;
    struct open_node open[YAML_DEPTH_MAX];
    unsigned depth;
    uint32_t nr_nodes;
    uint32_t nr_documents;
    struct yaml_node *root;
    struct yaml_node **ret_root;
    struct yaml_node *streamed; /* the sequence that is or was handed over */
    uint32_t nr_streamed;       /* its items so far */
    uint32_t nr_nodes_before;   /* nr_nodes without the item at hand */
    uint32_t end_line;          /* place behind the text; 0: not looked for yet */
    uint32_t end_column;
    bool has_bang;           /* a '!' somewhere: a plain scalar may have the tag "!" */
    size_t at_char, at_byte; /* one place in the text, only ever moved on */
};

static bool out_of_memory(struct builder *b)
{
    return sim_error_set(b->err, ERR_OUT_OF_MEMORY, "no memory for the document %s",
                         b->source->file);
}

/*
 * Line and column from 1. libyaml puts what it misses at the end of the text on the line after it:
 * there the end itself is meant.
 */
static void place_of(struct builder *b, const yaml_mark_t *mark, uint32_t *ret_line,
                     uint32_t *ret_column)
{
    uint32_t line = (uint32_t)mark->line + 1, column = (uint32_t)mark->column + 1;

    if (mark->column == 0 && mark->line > 0) {
        if (!b->end_line)
            yaml_text_place(b->source->bytes, b->source->size, &b->end_line, &b->end_column);
        if (line > b->end_line) {
            line = b->end_line;
            column = b->end_column;
        }
    }
    *ret_line = line;
    *ret_column = column + (line == 1 ? b->source->column : 0);
}

/* An error that is not about a node: the path is that of the place that is being filled. */
static bool fail_at(struct builder *b, const yaml_mark_t *mark, enum sim_error_code code,
                    const char *message)
{
    char path[sizeof(b->err->path)] = "";
    uint32_t line, column;

    if (b->depth) {
        const struct open_node *top = &b->open[b->depth - 1];

        yaml_node_path(top->key ? top->key : top->node, path, sizeof(path));
    }
    place_of(b, mark, &line, &column);
    sim_error_set(b->err, code, "%s", message);
    sim_error_add_place(b->err, b->source->file, line, column);
    sim_error_add_path(b->err, path);
    return false;
}

static bool fail_at_offset(struct builder *b, size_t offset, enum sim_error_code code,
                           const char *message)
{
    uint32_t line, column;

    yaml_text_place(b->source->bytes, offset, &line, &column);
    return fail_at(b, &(yaml_mark_t){.line = line - 1, .column = column - 1}, code, message);
}

static bool check_text(struct builder *b)
{
    size_t offset = 0;

    switch (yaml_text_check(b->source->bytes, b->source->size, &offset)) {
    case YAML_TEXT_GOOD:
        return true;
    case YAML_TEXT_NOT_UTF8:
        return fail_at_offset(b, offset, ERR_YAML_ENCODING, "the text is not UTF-8 here");
    case YAML_TEXT_NUL:
        return fail_at_offset(b, offset, ERR_YAML_ENCODING, "the text holds a NUL byte");
    case YAML_TEXT_CONTROL:
        break;
    }
    return fail_at_offset(b, offset, ERR_YAML_SYNTAX, "the text holds a control character");
}

static bool fail_in_parser(struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    uint32_t line, column;

    switch (p->error) {
    case YAML_MEMORY_ERROR:
        return out_of_memory(b);
    case YAML_READER_ERROR:
        return fail_at_offset(b, p->problem_offset < b->source->size ? p->problem_offset : 0,
                              ERR_YAML_SYNTAX, p->problem);
    default:
        break;
    }
    fail_at(b, &p->problem_mark, ERR_YAML_SYNTAX, p->problem);
    if (p->context) {
        place_of(b, &p->context_mark, &line, &column);
        sim_error_add_hint(b->err, "%s at line %u, column %u", p->context, line, column);
    }
    return false;
}

static bool is_same_text(const struct yaml_node *a, const struct yaml_node *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool fail_duplicate(struct builder *b, const struct yaml_node *first,
                           const struct yaml_node *second)
{
    yaml_error_at(second, b->err, ERR_YAML_DUPLICATE_KEY, "the key %s is already there",
                  yaml_excerpt(second).text);
    sim_error_add_hint(b->err, "the first one is on line %u", first->line);
    return false;
}

/* By text, equal ones in the order of the file. */
static int compare_keys(const void *left, const void *right)
{
    const struct yaml_node *a = *(struct yaml_node *const *)left;
    const struct yaml_node *b = *(struct yaml_node *const *)right;
    int order;

    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    order = memcmp(a->text, b->text, a->length);
    if (order)
        return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* The first duplicate of a mapping that is too large to compare each key with each. */
static bool check_large_mapping(struct builder *b, struct yaml_node *const *children,
                                uint32_t count)
{
    struct yaml_node **keys = calloc(count, sizeof(struct yaml_node *));
    const struct yaml_node *first = NULL, *second = NULL;

    if (!keys)
        return out_of_memory(b);
    for (uint32_t i = 0; i < count; i++)
        keys[i] = children[2 * i];
    qsort(keys, count, sizeof(struct yaml_node *), compare_keys);
    for (uint32_t i = 1; i < count; i++) {
        if (is_same_text(keys[i - 1], keys[i]) && (!second || keys[i]->index < second->index)) {
            first = keys[i - 1];
            second = keys[i];
        }
    }
    free(keys);
    return second ? fail_duplicate(b, first, second) : true;
}

static bool check_key(struct builder *b, const struct open_node *top, const struct yaml_node *key)
{
    uint32_t compared = key->index < SMALL_MAPPING ? key->index : 0;

    if (key->kind != YAML_SCALAR || (key->plain && key->length == 0))
        return yaml_error_at(key, b->err, ERR_YAML_BAD_KEY, "a key must be a name, not %s",
                             yaml_excerpt(key).text);
    /* A second streamed sequence must not be handed over, however large the root is. */
    if (b->streamed && b->depth == 1 && is_same_text(b->streamed->key, key))
        return fail_duplicate(b, b->streamed->key, key);
    for (uint32_t i = 0; i < compared; i++) {
        const struct yaml_node *other = b->pending.items[top->first + 2 * i];

        if (is_same_text(other, key))
            return fail_duplicate(b, other, key);
    }
    return true;
}

/*
 * A node under the innermost open collection, or the root. `text_length` bytes of text and a NUL
 * get room behind a scalar. NULL: error set.
 */
static struct yaml_node *make_node(struct builder *b, const yaml_mark_t *mark, enum yaml_kind kind,
                                   size_t text_length)
{
    const struct open_node *top = b->depth ? &b->open[b->depth - 1] : NULL;
    size_t extra = kind == YAML_SCALAR ? text_length + 1 : 0;
    struct yaml_node *node = yaml_arena_alloc(b->arena, sizeof(*node) + extra);

    if (!node) {
        out_of_memory(b);
        return NULL;
    }
    *node = (struct yaml_node){
        .parent = top ? top->node : NULL,
        .file = b->source->file,
        .kind = kind,
    };
    place_of(b, mark, &node->line, &node->column);
    if (top && top->node->kind == YAML_MAPPING) {
        node->index = (uint32_t)((b->pending.count - top->first) / 2);
        node->key = top->key ? top->key : node;
    } else if (top && top->node == b->streamed) {
        node->index = b->nr_streamed;
    } else if (top) {
        node->index = (uint32_t)(b->pending.count - top->first);
    }
    if (++b->nr_nodes > YAML_NODES_MAX) {
        yaml_error_at(node, b->err, ERR_YAML_TOO_BIG, "the document has more than %u values",
                      YAML_NODES_MAX);
        return NULL;
    }
    return node;
}

/* Puts the node into its place among the pending children. */
static bool attach(struct builder *b, struct yaml_node *node)
{
    struct open_node *top = b->depth ? &b->open[b->depth - 1] : NULL;

    if (!top) {
        b->root = node;
        return true;
    }
    if (top->node == b->streamed)
        return true;
    if (top->node->kind == YAML_MAPPING && !top->key) {
        if (!check_key(b, top, node))
            return false;
        top->key = node;
    } else {
        top->key = NULL;
    }
    return vec_push(&b->pending, node) ? true : out_of_memory(b);
}

/* Gives the innermost open collection the children that are there. */
static bool settle_children(struct builder *b, const struct open_node *open)
{
    size_t count = b->pending.count - open->first;
    struct yaml_node **children = NULL;

    if (count) {
        children = yaml_arena_alloc(b->arena, count * sizeof(struct yaml_node *));
        if (!children)
            return out_of_memory(b);
        memcpy(children, b->pending.items + open->first, count * sizeof(struct yaml_node *));
    }
    open->node->children = children;
    open->node->count = (uint32_t)(open->node->kind == YAML_MAPPING ? count / 2 : count);
    return true;
}

/* The value of a top-level key that the caller wants item by item. */
static bool is_stream_start(const struct builder *b, const struct yaml_node *node)
{
    const struct yaml_stream *stream = b->source->stream;

    return stream && b->depth == 1 && node->kind == YAML_SEQUENCE && node->key &&
           node->key != node && strcmp(node->key->text, stream->key) == 0;
}

static bool open_collection(struct builder *b, struct yaml_node *node)
{
    bool starts_stream = is_stream_start(b, node);

    if (b->depth == YAML_DEPTH_MAX)
        return yaml_error_at(node, b->err, ERR_YAML_TOO_BIG,
                             "lists and mappings are nested deeper than %d", YAML_DEPTH_MAX);
    if (!attach(b, node))
        return false;
    if (starts_stream) {
        if (!settle_children(b, &b->open[0]))
            return false;
        *b->ret_root = b->root;
        b->streamed = node;
        b->arena = &b->item;
        b->nr_nodes_before = b->nr_nodes;
    }
    b->open[b->depth++] = (struct open_node){.node = node, .first = b->pending.count};
    return true;
}

/* A node is complete: the streamed ones are handed over. */
static bool finish(struct builder *b, const struct yaml_node *node)
{
    const struct yaml_stream *stream = b->source->stream;

    if (!b->streamed || node->parent != b->streamed)
        return true;
    if (stream->on_item && !stream->on_item(stream->ctx, node, b->err)) {
        SIM_ASSERT(sim_error_is_set(b->err));
        return false;
    }
    b->nr_streamed++;
    b->nr_nodes = b->nr_nodes_before;
    yaml_arena_rewind(&b->item);
    return true;
}

static bool close_collection(struct builder *b)
{
    const struct open_node *open = &b->open[b->depth - 1];
    struct yaml_node *node = open->node;

    if (node == b->streamed) {
        b->arena = b->kept;
    } else {
        if (!settle_children(b, open))
            return false;
        if (node->kind == YAML_MAPPING && node->count > SMALL_MAPPING &&
            !check_large_mapping(b, node->children, node->count))
            return false;
    }
    b->pending.count = open->first;
    b->depth--;
    return finish(b, node);
}

/*
 * Whether the text at the mark begins with '!'. libyaml drops the tag of `! text`; what is left of
 * it is that the scalar begins at the '!', which plain text cannot.
 */
static bool begins_with_bang(struct builder *b, const yaml_mark_t *mark)
{
    const uint8_t *bytes = b->source->bytes;

    if (!b->has_bang)
        return false;
    while (b->at_char < mark->index && b->at_byte < b->source->size) {
        b->at_char++;
        do
            b->at_byte++;
        while (b->at_byte < b->source->size && (bytes[b->at_byte] & 0xc0) == 0x80);
    }
    return b->at_byte < b->source->size && bytes[b->at_byte] == '!';
}

static bool on_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    bool too_long = length > YAML_SCALAR_BYTES_MAX;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    bool block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                 event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    struct yaml_node *node = make_node(b, &event->start_mark, YAML_SCALAR, too_long ? 0 : length);
    char *copy;

    if (!node)
        return false;
    copy = (char *)(node + 1);
    node->text = copy;
    node->length = too_long ? 0 : (uint32_t)length;
    node->plain = plain;
    memcpy(copy, text, node->length);
    copy[node->length] = '\0';
    if (too_long)
        return yaml_error_at(node, b->err, ERR_YAML_TOO_BIG, "a value is longer than %zu bytes",
                             YAML_SCALAR_BYTES_MAX);
    if (event->data.scalar.anchor || event->data.scalar.tag ||
        (plain ? length > 0 && begins_with_bang(b, &event->start_mark)
               : event->data.scalar.plain_implicit))
        return yaml_error_at(node, b->err, ERR_YAML_ALIAS, "anchors and tags are not supported");
    if (!plain && memchr(text, '\0', length))
        return yaml_error_at(node, b->err, ERR_YAML_ENCODING, "the text holds an escaped NUL");
    if (block && b->source->flow_only)
        return yaml_error_at(node, b->err, ERR_BAD_SET, "the value is in block style");
    return attach(b, node) && finish(b, node);
}

static bool on_collection(struct builder *b, const yaml_event_t *event)
{
    bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
    bool block = is_mapping ? event->data.mapping_start.style == YAML_BLOCK_MAPPING_STYLE
                            : event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE;
    const void *anchor =
        is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const void *tag = is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    struct yaml_node *node =
        make_node(b, &event->start_mark, is_mapping ? YAML_MAPPING : YAML_SEQUENCE, 0);

    if (!node)
        return false;
    if (anchor || tag)
        return yaml_error_at(node, b->err, ERR_YAML_ALIAS, "anchors and tags are not supported");
    if (block && b->source->flow_only) {
        yaml_error_at(node, b->err, ERR_BAD_SET, "the value is in block style");
        sim_error_add_hint(b->err, "write [1, 2] or {a: 1}");
        return false;
    }
    return open_collection(b, node);
}

static bool on_document_start(struct builder *b, const yaml_event_t *event)
{
    if (b->nr_documents++)
        return fail_at(b, &event->start_mark, ERR_YAML_MANY_DOCUMENTS,
                       "a second document begins here");
    if (event->data.document_start.tag_directives.start !=
        event->data.document_start.tag_directives.end)
        return fail_at(b, &event->start_mark, ERR_YAML_ALIAS, "tags are not supported");
    return true;
}

static bool on_stream_end(struct builder *b)
{
    const struct yaml_node *root = b->root;

    if (!root)
        return fail_at(b, &(yaml_mark_t){0}, ERR_YAML_EMPTY, "there is no document");
    if (root->kind == YAML_SCALAR && root->plain && root->length == 0)
        return yaml_error_at(root, b->err, ERR_YAML_EMPTY, "the document is empty");
    return true;
}

static bool on_event(struct builder *b, const yaml_event_t *event)
{
    const struct yaml_node *node;

    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return on_collection(b, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b);
    case YAML_ALIAS_EVENT:
        node = make_node(b, &event->start_mark, YAML_SEQUENCE, 0);
        return node ? yaml_error_at(node, b->err, ERR_YAML_ALIAS, "aliases are not supported")
                    : false;
    case YAML_DOCUMENT_START_EVENT:
        return on_document_start(b, event);
    case YAML_STREAM_END_EVENT:
        return on_stream_end(b);
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_NO_EVENT:
        break;
    }
    return true;
}

static bool read_events(struct builder *b)
{
    bool ok = true, done = false;

    while (ok && !done) {
        yaml_event_t event;

        if (!yaml_parser_parse(&b->parser, &event))
            return fail_in_parser(b);
        done = event.type == YAML_STREAM_END_EVENT;
        ok = on_event(b, &event);
        yaml_event_delete(&event);
    }
    return ok;
}

bool yaml_build(struct yaml_arena *arena, const struct yaml_source *source,
                struct yaml_node **ret_root, struct sim_error *err)
{
    struct builder b = {
        .source = source, .err = err, .kept = arena, .arena = arena, .ret_root = ret_root};
    bool ok = false;

    if (!check_text(&b))
        return false;
    if (!yaml_parser_initialize(&b.parser))
        return out_of_memory(&b);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, source->bytes, source->size);
    b.has_bang = source->size && memchr(source->bytes, '!', source->size);
    ok = read_events(&b);
    if (ok)
        *ret_root = b.root;
    yaml_parser_delete(&b.parser);
    yaml_arena_fini(&b.item);
    vec_fini(&b.pending);
    return ok;
}
