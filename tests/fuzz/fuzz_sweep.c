/* SPDX-License-Identifier: MIT */
/* Fuzz target of sweep files: what is read has sound points, and its values survive --set. */
#include <stdlib.h>
#include <string.h>

#include "sweep/sweep_file.h"
#include "yaml/yaml_override.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of one input: a grid may have a million points. */
enum { POINTS_MAX = 2000, VALUES_MAX = 32 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && yaml_is_null(node);
}

static void require_equal(const struct yaml_node *a, const struct yaml_node *b)
{
    require(a->kind == b->kind && is_null(a) == is_null(b));
    if (a->kind == YAML_SCALAR) {
        require(is_null(a) || strcmp(a->text, b->text) == 0);
        return;
    }
    require(a->count == b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct yaml_node *a_key, *b_key, *a_value, *b_value;

        if (a->kind == YAML_SEQUENCE) {
            require_equal(yaml_seq_at(a, i), yaml_seq_at(b, i));
            continue;
        }
        yaml_map_at(a, i, &a_key, &a_value);
        yaml_map_at(b, i, &b_key, &b_value);
        require(strcmp(a_key->text, b_key->text) == 0);
        require_equal(a_value, b_value);
    }
}

/* A deep value may be too deep below "k", and YAML allows in quotes what --set does not take. */
static void check_value(const struct yaml_node *node)
{
    static const char empty[] = "k: 0";
    struct yaml_arena arena = {0};
    struct yaml_doc doc = {0};
    struct sim_error err = {0};
    const char *argument;

    require(yaml_doc_parse(&doc, "k", (const uint8_t *)empty, strlen(empty), NULL, &err));
    if (sweep_argument_make("k", node, &arena, &argument, &err) &&
        yaml_override_apply(&doc, &argument, 1, &err))
        require_equal(node, yaml_map_get(yaml_doc_root(&doc), "k"));
    yaml_doc_fini(&doc);
    yaml_arena_fini(&arena);
}

static void check_axis(const struct sweep_axis *axis)
{
    require(axis->values.count > 0 && axis->values.count <= SWEEP_RUNS_MAX);
    for (size_t i = 0; i < axis->values.count && i < VALUES_MAX; i++) {
        const struct sweep_value *value = &axis->values.items[i];

        require(value->text != NULL && value->node != NULL);
        require((axis->kind == SWEEP_AXIS_SEED) == (value->argument == NULL));
        if (axis->kind == SWEEP_AXIS_SET)
            check_value(value->node);
    }
}

static void check_points(const struct sweep_file *file)
{
    uint32_t choice[SWEEP_AXES_MAX];
    uint64_t points = 1;

    for (size_t i = 0; i < file->dimensions.count; i++)
        points *= file->dimensions.items[i].count;
    require(points == file->points && points <= SWEEP_RUNS_MAX);
    for (uint32_t point = 0; point < file->points && point < POINTS_MAX; point++) {
        sweep_file_point(file, point, choice);
        for (size_t i = 0; i < file->axes.count; i++)
            require(choice[i] < file->axes.items[i].values.count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_doc doc = {0};
    struct sweep_file file = {0};
    struct sim_error err = {0};
    bool ok;

    if (!yaml_doc_parse(&doc, "fuzz.yaml", data, size, NULL, &err)) {
        yaml_doc_fini(&doc);
        return 0;
    }
    ok = sweep_file_read(&file, "fuzz.yaml", doc, &err);
    require(ok != sim_error_is_set(&err));
    if (ok) {
        for (size_t i = 0; i < file.axes.count; i++)
            check_axis(&file.axes.items[i]);
        check_points(&file);
    } else {
        require(err.line > 0 || err.code == ERR_OUT_OF_MEMORY);
    }
    sweep_file_fini(&file);
    return 0;
}
