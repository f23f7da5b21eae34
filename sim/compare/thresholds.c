/* SPDX-License-Identifier: MIT */
/* Conditions that the metrics of a comparison must meet. */
#include "compare/thresholds.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "compare/criterion.h"
#include "compare/metric_set.h"
#include "yaml/yaml_value.h"

enum { FORMAT_VERSION = 1, METRIC_LENGTH_MAX = 512 };

static void free_threshold(struct threshold *threshold)
{
    free(threshold->metric);
    free(threshold->condition);
    free(threshold->file);
}

void thresholds_fini(struct thresholds *thresholds)
{
    if (!thresholds)
        return;
    for (size_t i = 0; i < thresholds->items.count; i++)
        free_threshold(&thresholds->items.items[i]);
    vec_fini(&thresholds->items);
}

/* Whether it can be a path at all and the condition suits it. */
static bool check(const char *metric, const char *condition, struct sim_error *err)
{
    struct metric_set *set = metric_set_create();
    struct criterion criterion;
    bool ok;

    if (!set)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a threshold");
    ok = metric_set_add(set, metric, err) &&
         criterion_parse(&criterion, condition, metric, true, err);
    metric_set_destroy(set);
    return ok;
}

static bool add(struct thresholds *thresholds, const char *metric, const char *condition,
                const char *file, struct sim_error *err)
{
    struct threshold threshold = {0};

    if (!check(metric, condition, err))
        return false;
    threshold.metric = strdup(metric);
    threshold.condition = strdup(condition);
    threshold.file = strdup(file);
    if (threshold.metric && threshold.condition && threshold.file &&
        vec_push(&thresholds->items, threshold))
        return true;
    free_threshold(&threshold);
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a threshold");
}

bool thresholds_add(struct thresholds *thresholds, const char *text, struct sim_error *err)
{
    char metric[METRIC_LENGTH_MAX];
    char place[METRIC_LENGTH_MAX];
    const char *condition;

    snprintf(place, sizeof(place), "--threshold '%.200s'", text);
    if (criterion_split(text, metric, sizeof(metric), &condition, err) &&
        add(thresholds, metric, condition, place, err))
        return true;
    sim_error_add_place(err, place, 0, 0);
    return false;
}

/* ---- the file ---- */

static bool add_place(const struct yaml_node *node, struct sim_error *err)
{
    char path[sizeof(err->path)];

    yaml_node_path(node, path, sizeof(path));
    sim_error_add_place(err, node->file, node->line, node->column);
    sim_error_add_path(err, path);
    return false;
}

static bool read_condition(struct thresholds *thresholds, const struct yaml_node *metric,
                           const struct yaml_node *node, struct sim_error *err)
{
    const char *condition;
    struct threshold *last;

    if (!yaml_get_string(node, &condition, err))
        return false;
    if (!add(thresholds, metric->text, condition, node->file, err))
        return add_place(err->code == ERR_BAD_METRIC ? metric : node, err);
    last = &thresholds->items.items[thresholds->items.count - 1];
    last->line = node->line;
    last->column = node->column;
    last->metric_line = metric->line;
    last->metric_column = metric->column;
    return true;
}

static bool read_metric(struct thresholds *thresholds, const struct yaml_node *metric,
                        const struct yaml_node *value, struct sim_error *err)
{
    if (value->kind != YAML_SEQUENCE)
        return read_condition(thresholds, metric, value, err);
    if (value->count == 0)
        return yaml_error_at(value, err, ERR_NOTHING_TO_COMPARE, "the list has no condition");
    for (uint32_t i = 0; i < value->count; i++)
        if (!read_condition(thresholds, metric, yaml_seq_at(value, i), err))
            return false;
    return true;
}

static bool read_version(const struct yaml_node *root, struct sim_error *err)
{
    const struct yaml_node *node;
    uint64_t version = 0;

    if (!yaml_require(root, "version", &node, err) ||
        !yaml_get_uint(node, 0, UINT64_MAX, &version, err))
        return false;
    return version == FORMAT_VERSION ||
           yaml_error_at(node, err, ERR_BAD_VERSION, "version %llu is not supported, only %d",
                         (unsigned long long)version, FORMAT_VERSION);
}

static bool read_root(struct thresholds *thresholds, const struct yaml_node *root,
                      struct sim_error *err)
{
    static const char *const keys[] = {"version", "name", "description", "thresholds"};
    const struct yaml_node *mapping;
    const char *text;

    if (!yaml_expect(root, YAML_MAPPING, err) || !read_version(root, err) ||
        !yaml_check_keys(root, keys, sizeof(keys) / sizeof(keys[0]), err) ||
        !yaml_get_string(yaml_map_get(root, "name"), &text, err) ||
        !yaml_get_string(yaml_map_get(root, "description"), &text, err) ||
        !yaml_require(root, "thresholds", &mapping, err))
        return false;
    if (yaml_is_null(mapping) || (mapping->kind == YAML_MAPPING && mapping->count == 0))
        return yaml_error_at(mapping, err, ERR_NOTHING_TO_COMPARE, "there is no threshold");
    if (!yaml_expect(mapping, YAML_MAPPING, err))
        return false;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *value;

        yaml_map_at(mapping, i, &key, &value);
        if (!read_metric(thresholds, key, value, err))
            return false;
    }
    return true;
}

bool thresholds_load(struct thresholds *thresholds, const char *path, struct sim_error *err)
{
    struct file_bytes bytes;
    struct yaml_doc doc = {0};
    bool ok;

    if (!file_bytes_init(&bytes, path, err))
        return false;
    ok = yaml_doc_parse(&doc, path, bytes.data, bytes.size, NULL, err) &&
         read_root(thresholds, yaml_doc_root(&doc), err);
    yaml_doc_fini(&doc);
    file_bytes_fini(&bytes);
    return ok;
}

bool thresholds_recognise(const struct yaml_doc *doc)
{
    return yaml_map_get(yaml_doc_root(doc), "thresholds") != NULL;
}
