/* SPDX-License-Identifier: MIT */
/* One axis of a sweep: what varies, and the values it takes. */
#include "sweep/sweep_axis.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/units.h"
#include "sweep/sweep_manifest.h"
#include "yaml/yaml_value.h"

/* What the values of one axis are made with. */
struct axis_reader {
    struct sweep_axis *axis;
    const char *base;
    struct yaml_arena *arena;
    struct sim_error *err;
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the sweep");
}

/* The text moves into the arena; NULL: no host memory. */
static const char *settle(struct strbuf *text, struct yaml_arena *arena)
{
    const char *settled = text->failed ? NULL : yaml_arena_copy(arena, text->data, text->length);

    strbuf_fini(text);
    return settled;
}

const char *sweep_path_resolve(const char *base, const char *name, struct yaml_arena *arena)
{
    const char *slash = strrchr(base, '/');
    struct strbuf path = {0};

    if (slash && name[0] != '/')
        strbuf_add(&path, base, (size_t)(slash - base) + 1);
    strbuf_adds(&path, name);
    return settle(&path, arena);
}

/* Whether a plain scalar is one anywhere, inside brackets, too. Every number, size, time, rate and
 * boolean is. */
static bool is_plain_anywhere(const struct yaml_node *node)
{
    static const char safe[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+./-";
    const char *text = node->text;

    return node->plain && strspn(text, safe) == node->length && text[0] != '.' &&
           (text[0] != '-' || (text[1] >= '0' && text[1] <= '9'));
}

/* In the flow style of --set; what is not surely plain goes in single quotes. */
static void render_scalar(struct strbuf *text, const struct yaml_node *node)
{
    if (yaml_is_null(node)) {
        strbuf_adds(text, "null");
        return;
    }
    if (is_plain_anywhere(node)) {
        strbuf_add(text, node->text, node->length);
        return;
    }
    strbuf_adds(text, "'");
    for (const char *at = node->text; *at; at++) {
        strbuf_adds(text, *at == '\'' ? "'" : "");
        strbuf_add(text, at, 1);
    }
    strbuf_adds(text, "'");
}

/* The depth is the document's: YAML_DEPTH_MAX. */
static void render(struct strbuf *text, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        render_scalar(text, node);
        return;
    }
    strbuf_adds(text, node->kind == YAML_SEQUENCE ? "[" : "{");
    for (uint32_t i = 0; i < node->count; i++) {
        strbuf_adds(text, i ? ", " : "");
        if (node->kind == YAML_SEQUENCE) {
            render(text, yaml_seq_at(node, i));
        } else {
            const struct yaml_node *key;
            const struct yaml_node *value;

            yaml_map_at(node, i, &key, &value);
            render_scalar(text, key);
            strbuf_adds(text, ": ");
            render(text, value);
        }
    }
    strbuf_adds(text, node->kind == YAML_SEQUENCE ? "]" : "}");
}

/* Whether any scalar of it has what --set cannot take on its one line. */
static bool has_breaks(const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR)
        return strpbrk(node->text, "\n\r") || strstr(node->text, "\xc2\x85") ||
               strstr(node->text, "\xe2\x80\xa8") || strstr(node->text, "\xe2\x80\xa9");
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node;
        const struct yaml_node *value;

        if (node->kind == YAML_SEQUENCE) {
            value = yaml_seq_at(node, i);
            key = value;
        } else {
            yaml_map_at(node, i, &key, &value);
        }
        if (has_breaks(key) || has_breaks(value))
            return true;
    }
    return false;
}

bool sweep_argument_make(const char *key, const struct yaml_node *value, struct yaml_arena *arena,
                         const char **ret_argument, struct sim_error *err)
{
    struct strbuf text = {0};
    const char *argument;

    if (has_breaks(value))
        return yaml_error_at(value, err, ERR_SWEEP_AXIS, "the value has a line break in it");
    strbuf_addf(&text, "%s=", key);
    render(&text, value);
    argument = settle(&text, arena);
    if (!argument)
        return out_of_memory(err);
    *ret_argument = argument;
    return true;
}

static bool too_many(const struct yaml_node *node, struct sim_error *err)
{
    return yaml_error_at(node, err, ERR_SWEEP_AXIS, "an axis has at most %d values",
                         SWEEP_RUNS_MAX);
}

static bool push(struct axis_reader *reader, struct sweep_value value)
{
    struct sweep_axis *axis = reader->axis;

    if (axis->values.count == SWEEP_RUNS_MAX)
        return too_many(value.node, reader->err);
    return vec_push(&axis->values, value) || out_of_memory(reader->err);
}

static bool add_path(struct axis_reader *reader, const struct yaml_node *node)
{
    struct sweep_value value = {.node = node};

    if (!yaml_get_string(node, &value.text, reader->err))
        return false;
    if (!value.text[0] || strcmp(value.text, "-") == 0)
        return yaml_error_at(node, reader->err, ERR_SWEEP_AXIS, "not the path of a file");
    value.argument = sweep_path_resolve(reader->base, value.text, reader->arena);
    if (!value.argument)
        return out_of_memory(reader->err);
    return push(reader, value);
}

static bool add_seed(struct axis_reader *reader, const struct yaml_node *node)
{
    struct sweep_value value = {.node = node};

    if (!yaml_get_uint(node, 0, UINT64_MAX, &value.seed, reader->err))
        return false;
    value.text = node->text;
    return push(reader, value);
}

/* Shown without the key, a scalar without quotes, too. */
static bool add_setting(struct axis_reader *reader, const struct yaml_node *node)
{
    struct sweep_value value = {.node = node};

    if (!sweep_argument_make(reader->axis->name, node, reader->arena, &value.argument, reader->err))
        return false;
    if (node->kind == YAML_SCALAR && !yaml_is_null(node))
        value.text = node->text;
    else
        value.text = value.argument + strlen(reader->axis->name) + 1;
    return push(reader, value);
}

static bool add_item(struct axis_reader *reader, const struct yaml_node *node)
{
    switch (reader->axis->kind) {
    case SWEEP_AXIS_MACHINE:
    case SWEEP_AXIS_WORKLOAD:
        return add_path(reader, node);
    case SWEEP_AXIS_SEED:
        return add_seed(reader, node);
    default:
        return add_setting(reader, node);
    }
}

static bool add_number(struct axis_reader *reader, const struct yaml_node *range, uint64_t number)
{
    const char *name = reader->axis->name;
    struct sweep_value value = {.node = range, .seed = number};
    struct strbuf text = {0};
    const char *argument;

    strbuf_addf(&text, "%s=%" PRIu64, name, number);
    argument = settle(&text, reader->arena);
    if (!argument)
        return out_of_memory(reader->err);
    value.text = argument + strlen(name) + 1;
    if (reader->axis->kind == SWEEP_AXIS_SET)
        value.argument = argument;
    return push(reader, value);
}

/* A range as it is written: one of step and factor is 0. */
struct range {
    uint64_t from, to, step, factor;
};

static bool read_range(const struct yaml_node *node, struct range *range, struct sim_error *err)
{
    static const char *const keys[] = {"from", "to", "step", "factor"};
    const struct yaml_node *from, *to;
    const struct yaml_node *step = yaml_map_get(node, "step");
    const struct yaml_node *factor = yaml_map_get(node, "factor");

    if (!yaml_check_keys(node, keys, sizeof(keys) / sizeof(keys[0]), err) ||
        !yaml_require(node, "from", &from, err) || !yaml_require(node, "to", &to, err))
        return false;
    if (!step == !factor) {
        yaml_error_at(node, err, ERR_SWEEP_AXIS, "a range has either a step or a factor");
        sim_error_add_hint(err, "such as {from: 1024, to: 65536, factor: 2}");
        return false;
    }
    return yaml_get_uint(from, factor ? 1 : 0, UINT64_MAX, &range->from, err) &&
           yaml_get_uint(to, range->from, UINT64_MAX, &range->to, err) &&
           yaml_get_uint(step, 1, UINT64_MAX, &range->step, err) &&
           yaml_get_uint(factor, 2, UINT64_MAX, &range->factor, err);
}

static bool add_range(struct axis_reader *reader, const struct yaml_node *node)
{
    struct range range = {0};
    uint64_t at;

    if (reader->axis->kind == SWEEP_AXIS_MACHINE || reader->axis->kind == SWEEP_AXIS_WORKLOAD)
        return yaml_error_at(node, reader->err, ERR_SWEEP_AXIS, "files have no range");
    if (!read_range(node, &range, reader->err))
        return false;
    if (range.step && (range.to - range.from) / range.step >= SWEEP_RUNS_MAX)
        return too_many(node, reader->err);
    for (at = range.from;; at = range.factor ? at * range.factor : at + range.step) {
        if (!add_number(reader, node, at))
            return false;
        if (range.factor ? at > range.to / range.factor : range.to - at < range.step)
            return true;
    }
}

static enum sweep_axis_kind kind_of(const char *name)
{
    if (strcmp(name, "machine") == 0)
        return SWEEP_AXIS_MACHINE;
    if (strcmp(name, "workload") == 0)
        return SWEEP_AXIS_WORKLOAD;
    return strcmp(name, "seed") == 0 ? SWEEP_AXIS_SEED : SWEEP_AXIS_SET;
}

bool sweep_axis_read(struct sweep_axis *axis, const struct yaml_node *values, const char *base,
                     struct yaml_arena *arena, struct sim_error *err)
{
    struct axis_reader reader = {.axis = axis, .base = base, .arena = arena, .err = err};

    *axis = (struct sweep_axis){.name = values->key->text, .key = values->key};
    axis->kind = kind_of(axis->name);
    if (strpbrk(axis->name, "=\n\r"))
        return yaml_error_at(axis->key, err, ERR_SWEEP_AXIS, "this cannot be the name of an axis");
    if (values->kind == YAML_MAPPING)
        return add_range(&reader, values);
    if (values->kind != YAML_SEQUENCE || values->count == 0) {
        yaml_error_at(values, err, ERR_SWEEP_AXIS, "the values of an axis are a list or a range");
        sim_error_add_hint(err, "such as [1, 2, 3] or {from: 1, to: 10, step: 1}");
        return false;
    }
    for (uint32_t i = 0; i < values->count; i++) {
        if (!add_item(&reader, yaml_seq_at(values, i)))
            return false;
    }
    return true;
}

void sweep_axis_fini(struct sweep_axis *axis)
{
    vec_fini(&axis->values);
}
