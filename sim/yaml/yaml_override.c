/* SPDX-License-Identifier: MIT */
/* `--set KEY=VALUE`: changes to a parsed document before anybody reads it. */
#include "yaml/yaml_override.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "yaml/yaml_build.h"
#include "yaml/yaml_text.h"

/* One step of KEY: into a mapping by name, or into a sequence by index. */
struct step {
    const char *key; /* NULL: an index */
    size_t length;
    uint64_t index;
    size_t offset; /* in the argument */
};

/* One argument, taken apart. */
struct override {
    struct yaml_doc *doc;
    const char *text; /* KEY=VALUE */
    const char *file; /* "--set KEY=VALUE", the document's */
    const char *value;
    struct step steps[YAML_DEPTH_MAX];
    size_t nr_steps;
    struct sim_error *err;
};

static uint32_t column_at(const struct override *o, size_t offset)
{
    uint32_t line, column;

    yaml_text_place((const uint8_t *)o->text, offset, &line, &column);
    return column;
}

static bool bad_set(struct override *o, size_t offset, const char *message)
{
    sim_error_set(o->err, ERR_BAD_SET, "%s", message);
    sim_error_add_place(o->err, o->file, 1, column_at(o, offset));
    return false;
}

static bool out_of_memory(struct override *o)
{
    return sim_error_set(o->err, ERR_OUT_OF_MEMORY, "no memory for --set");
}

static bool add_step(struct override *o, const struct step *step)
{
    if (o->nr_steps == YAML_DEPTH_MAX)
        return bad_set(o, step->offset, "the path is too long");
    o->steps[o->nr_steps++] = *step;
    return true;
}

/* Places in an argument are on line 1: none of YAML's line breaks may be in it. */
static bool check_one_line(struct override *o)
{
    static const char *const breaks[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};

    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        const char *at = strstr(o->text, breaks[i]);

        if (at)
            return bad_set(o, (size_t)(at - o->text), "a line break in KEY=VALUE");
    }
    return true;
}

/* "a.b[1].c=" into steps; o->value behind the '='. */
static bool split(struct override *o)
{
    const char *at = o->text;
    size_t fault;

    if (!check_one_line(o))
        return false;
    for (;;) {
        struct step step = {.offset = (size_t)(at - o->text)};

        if (*at == '[' && at != o->text) {
            size_t digits = strspn(at + 1, "0123456789");

            if (at[1 + digits] != ']' || !uint_parse(at + 1, digits, &step.index))
                return bad_set(o, (size_t)(at - o->text), "expected an index such as [0]");
            at += digits + 2;
        } else {
            if (o->nr_steps && *at++ != '.')
                return bad_set(o, (size_t)(at - 1 - o->text), "expected '.', '[' or '='");
            step.offset = (size_t)(at - o->text);
            step.key = at;
            step.length = strcspn(at, ".[]=");
            at += step.length;
            if (!step.length)
                return bad_set(o, (size_t)(at - o->text), "expected the name of a key");
        }
        if (!add_step(o, &step))
            return false;
        if (*at == '=')
            break;
        if (!*at)
            return bad_set(o, (size_t)(at - o->text), "expected KEY=VALUE, there is no '='");
    }
    o->value = at + 1;
    if (yaml_text_check((const uint8_t *)o->text, (size_t)(at - o->text), &fault) != YAML_TEXT_GOOD)
        return bad_set(o, fault, "the key holds what is no text");
    if (!o->value[strspn(o->value, " \t")])
        return bad_set(o, (size_t)(at + 1 - o->text), "there is no value behind '='");
    return true;
}

/* The tree of VALUE. The builder knows the path inside it only: KEY comes in front. */
static bool build_value(struct override *o, struct yaml_node **ret_value)
{
    struct yaml_source source = {
        .file = o->file,
        .bytes = (const uint8_t *)o->value,
        .size = strlen(o->value),
        .column = column_at(o, (size_t)(o->value - o->text)) - 1,
        .flow_only = true,
    };
    struct sim_error inner = {0};
    char path[sizeof(inner.path)];
    int key_length = (int)(o->value - o->text) - 1;

    if (yaml_build(&o->doc->arena, &source, ret_value, &inner))
        return true;
    if (snprintf(path, sizeof(path), "%.*s%s%s", key_length, o->text,
                 inner.path[0] && inner.path[0] != '[' ? "." : "", inner.path) >= (int)sizeof(path))
        memcpy(path + sizeof(path) - 4, "...", 4);
    memcpy(inner.path, path, sizeof(path));
    if (!sim_error_is_set(o->err))
        *o->err = inner;
    return false;
}

static struct yaml_node *new_node(struct override *o, enum yaml_kind kind, size_t offset)
{
    struct yaml_node *node = yaml_arena_alloc(&o->doc->arena, sizeof(*node));

    if (node)
        *node = (struct yaml_node){
            .file = o->file, .line = 1, .column = column_at(o, offset), .kind = kind};
    return node;
}

static struct yaml_node *new_key(struct override *o, const struct step *step)
{
    struct yaml_node *key = new_node(o, YAML_SCALAR, step->offset);

    if (!key)
        return NULL;
    key->text = yaml_arena_copy(&o->doc->arena, step->key, step->length);
    if (!key->text)
        return NULL;
    key->length = (uint32_t)step->length;
    key->plain = true;
    key->key = key;
    return key;
}

/* Makes (key, value) pair `index` of the mapping whose children array has room for it. */
static void link_pair(struct yaml_node *mapping, uint32_t index, struct yaml_node *key,
                      struct yaml_node *value)
{
    mapping->children[2 * index] = key;
    mapping->children[2 * index + 1] = value;
    key->parent = mapping;
    key->index = index;
    value->parent = mapping;
    value->key = key;
    value->index = index;
}

/* `value` inside new mappings for the steps from `first` on; NULL: no host memory. */
static struct yaml_node *wrap(struct override *o, size_t first, struct yaml_node *value)
{
    for (size_t i = o->nr_steps; i > first; i--) {
        const struct step *step = &o->steps[i - 1];
        struct yaml_node *key = new_key(o, step);
        struct yaml_node *mapping = new_node(o, YAML_MAPPING, step->offset);
        struct yaml_node **children = yaml_arena_alloc(&o->doc->arena, 2 * sizeof(*children));

        if (!key || !mapping || !children)
            return NULL;
        mapping->children = children;
        mapping->count = 1;
        link_pair(mapping, 0, key, value);
        value = mapping;
    }
    return value;
}

static bool append_pair(struct override *o, struct yaml_node *mapping, const struct step *step,
                        struct yaml_node *value)
{
    size_t nr_old = 2 * (size_t)mapping->count;
    struct yaml_node *key = new_key(o, step);
    struct yaml_node **children =
        yaml_arena_alloc(&o->doc->arena, (nr_old + 2) * sizeof(*children));

    if (!key || !children)
        return out_of_memory(o);
    if (nr_old)
        memcpy(children, mapping->children, nr_old * sizeof(*children));
    mapping->children = children;
    link_pair(mapping, mapping->count, key, value);
    mapping->count++;
    return true;
}

/* Which child of `node` the step means; node->count: none yet. False: the step does not fit. */
static bool find_child(struct override *o, const struct yaml_node *node, const struct step *step,
                       uint32_t *ret_index)
{
    char path[sizeof(o->err->path)];
    uint32_t i = 0;

    if (step->key && node->kind == YAML_MAPPING) {
        while (i < node->count && (node->children[2 * i]->length != step->length ||
                                   memcmp(node->children[2 * i]->text, step->key, step->length)))
            i++;
        *ret_index = i;
        return true;
    }
    if (!step->key && node->kind == YAML_SEQUENCE && step->index < node->count) {
        *ret_index = (uint32_t)step->index;
        return true;
    }
    yaml_node_path(node, path, sizeof(path));
    if (step->key)
        bad_set(o, step->offset, "a key is set in something that is not a mapping");
    else if (node->kind == YAML_SEQUENCE)
        bad_set(o, step->offset, "the list has no such item");
    else
        bad_set(o, step->offset, "an item is set in something that is not a list");
    if (!step->key && node->kind == YAML_SEQUENCE)
        sim_error_add_hint(o->err, "it has %u items", node->count);
    sim_error_add_path(o->err, path);
    return false;
}

/* Walks as far as the document goes, hangs the value there. Nothing is linked before all is made.
 */
static bool set_value(struct override *o, struct yaml_node *value)
{
    struct yaml_node *node = o->doc->root;
    struct yaml_node **slot;
    uint32_t index;
    size_t i = 0;

    for (;; i++) {
        if (!find_child(o, node, &o->steps[i], &index))
            return false;
        slot = index == node->count         ? NULL
               : node->kind == YAML_MAPPING ? &node->children[2 * index + 1]
                                            : &node->children[index];
        if (!slot || i + 1 == o->nr_steps || yaml_is_null(*slot))
            break;
        node = *slot;
    }
    for (size_t rest = i + 1; rest < o->nr_steps; rest++) {
        if (!o->steps[rest].key)
            return bad_set(o, o->steps[rest].offset, "there is no list here");
    }
    value = wrap(o, i + 1, value);
    if (!value)
        return out_of_memory(o);
    if (!slot)
        return append_pair(o, node, &o->steps[i], value);
    value->parent = node;
    value->key = (*slot)->key;
    value->index = index;
    *slot = value;
    return true;
}

static bool apply_one(struct yaml_doc *doc, const char *argument, struct sim_error *err)
{
    static const char prefix[] = "--set ";
    struct override o = {.doc = doc, .err = err};
    size_t length = strlen(argument);
    char *file = yaml_arena_alloc(&doc->arena, sizeof(prefix) + length);
    struct yaml_node *value = NULL;

    if (!file)
        return out_of_memory(&o);
    memcpy(file, prefix, sizeof(prefix) - 1);
    memcpy(file + sizeof(prefix) - 1, argument, length + 1);
    o.file = file;
    o.text = file + sizeof(prefix) - 1;
    return split(&o) && build_value(&o, &value) && set_value(&o, value);
}

bool yaml_override_apply(struct yaml_doc *doc, const char *const *arguments, size_t count,
                         struct sim_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!apply_one(doc, arguments[i], err))
            return false;
    }
    return true;
}
