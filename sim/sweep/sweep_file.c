/* SPDX-License-Identifier: MIT */
/* The sweep file: which settings vary over which values, and what is kept of each run. */
#include "sweep/sweep_file.h"

#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "compare/metric_catalogue.h"
#include "compare/metric_set.h"
#include "config/config_version.h"
#include "config/key_value.h"
#include "sweep/sweep_overlap.h"
#include "yaml/yaml_value.h"

static const char *const top_keys[] = {
    "version", "name",    "description", "machine", "workload", "set",   "axes",    "zip",
    "only",    "exclude", "metrics",     "keep",    "tick",     "until", "reclaim", "limits",
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the sweep");
}

/* "dir/burst.yaml" to "burst". NULL: no host memory. */
static const char *stem_of(struct sweep_file *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    const char *dot = strrchr(name, '.');

    if (strcmp(name, "-") == 0)
        name = "stdin";
    return yaml_arena_copy(&file->arena, name,
                           dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static bool read_path(struct sweep_file *file, const struct yaml_node *node, const char **ret_path,
                      struct sim_error *err)
{
    const char *name;

    if (!node)
        return true;
    if (!yaml_get_string(node, &name, err))
        return false;
    if (!name[0] || strcmp(name, "-") == 0)
        return yaml_error_at(node, err, ERR_SWEEP_AXIS, "not the path of a file");
    *ret_path = sweep_path_resolve(file->path, name, &file->arena);
    return *ret_path || out_of_memory(err);
}

static bool read_duration(const struct yaml_node *node, struct option_number *duration_ns,
                          struct sim_error *err)
{
    duration_ns->given = node != NULL;
    return yaml_get_duration_ns(node, 1, INT64_MAX, &duration_ns->value, err);
}

static bool read_choices(struct sweep_file *file, const struct yaml_node *root,
                         struct sim_error *err)
{
    size_t keep = SWEEP_KEEP_METRICS;
    size_t reclaim = RECLAIM_CAPTURED;

    if (!yaml_get_choice(yaml_map_get(root, "keep"), sweep_keep_names, NR_SWEEP_KEEP, &keep, err) ||
        !yaml_get_choice(yaml_map_get(root, "reclaim"), reclaim_replay_names, NR_RECLAIM_REPLAYS,
                         &reclaim, err))
        return false;
    file->keep = (enum sweep_keep)keep;
    file->reclaim = (enum reclaim_replay)reclaim;
    return true;
}

static bool read_limits(struct sweep_file *file, const struct yaml_node *limits,
                        struct sim_error *err)
{
    static const char *const keys[] = {"timeout", "memory"};

    return yaml_check_keys(limits, keys, NR_ITEMS(keys), err) &&
           yaml_get_duration_ns(yaml_map_get(limits, "timeout"), 1, INT64_MAX, &file->timeout_ns,
                                err) &&
           yaml_get_size_bytes(yaml_map_get(limits, "memory"), 1, INT64_MAX, &file->memory_bytes,
                               err);
}

static bool read_head(struct sweep_file *file, const struct yaml_node *root, struct sim_error *err)
{
    const char *description;

    file->name = stem_of(file);
    if (!file->name)
        return out_of_memory(err);
    file->machine = yaml_map_get(root, "machine");
    file->workload = yaml_map_get(root, "workload");
    return yaml_check_keys(root, top_keys, NR_ITEMS(top_keys), err) &&
           config_version_read(root, err) &&
           yaml_get_string(yaml_map_get(root, "name"), &file->name, err) &&
           yaml_get_string(yaml_map_get(root, "description"), &description, err) &&
           read_path(file, file->machine, &file->machine_path, err) &&
           read_path(file, file->workload, &file->workload_path, err) &&
           read_duration(yaml_map_get(root, "tick"), &file->tick_ns, err) &&
           read_duration(yaml_map_get(root, "until"), &file->until_ns, err) &&
           read_choices(file, root, err) && read_limits(file, yaml_map_get(root, "limits"), err);
}

static bool read_setting(struct sweep_file *file, const struct yaml_node *key,
                         const struct yaml_node *value, struct sim_error *err)
{
    static const char *const own[] = {"machine", "workload", "seed"};
    struct sweep_setting setting = {.key = key->text, .node = value};

    for (size_t i = 0; i < NR_ITEMS(own); i++) {
        if (strcmp(key->text, own[i]) != 0)
            continue;
        yaml_error_at(key, err, ERR_SWEEP_AXIS, "%s is no key of --set", own[i]);
        sim_error_add_hint(err,
                           i < 2 ? "%s: stands at the top of this file"
                                 : "workload.%s is the key of the workload",
                           own[i]);
        return false;
    }
    return sweep_argument_make(setting.key, value, &file->arena, &setting.argument, err) &&
           (vec_push(&file->settings, setting) || out_of_memory(err));
}

static bool read_settings(struct sweep_file *file, const struct yaml_node *set,
                          struct sim_error *err)
{
    if (!yaml_expect(set, YAML_MAPPING, err))
        return false;
    for (uint32_t i = 0; set && i < set->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *value;

        yaml_map_at(set, i, &key, &value);
        if (!read_setting(file, key, value, err))
            return false;
    }
    return true;
}

/* The axis is the file's, also when it cannot be read. */
static bool read_axis(struct sweep_file *file, const struct yaml_node *values,
                      struct sim_error *err)
{
    struct sweep_axis axis;
    bool ok;

    if (file->axes.count == SWEEP_AXES_MAX)
        return yaml_error_at(values, err, ERR_SWEEP_AXIS, "a sweep has at most %d axes",
                             SWEEP_AXES_MAX);
    ok = sweep_axis_read(&axis, values, file->path, &file->arena, err);
    if (!vec_push(&file->axes, axis)) {
        sweep_axis_fini(&axis);
        return out_of_memory(err);
    }
    return ok;
}

/* The last `nr_axes` axes advance together. */
static bool add_dimension(struct sweep_file *file, size_t nr_axes, const struct yaml_node *node,
                          struct sim_error *err)
{
    const struct sweep_axis *axes = &file->axes.items[file->axes.count - nr_axes];
    struct sweep_dimension dimension = {
        .first_axis = file->axes.count - nr_axes,
        .nr_axes = nr_axes,
        .count = axes[0].values.count,
    };

    for (size_t i = 1; i < nr_axes; i++) {
        if (axes[i].values.count != dimension.count)
            return yaml_error_at(axes[i].key, err, ERR_SWEEP_AXIS,
                                 "%zu values beside %zu: a zip group advances together",
                                 axes[i].values.count, dimension.count);
    }
    if (dimension.count > SWEEP_RUNS_MAX / (size_t)file->points)
        return yaml_error_at(node, err, ERR_SWEEP_EMPTY,
                             "the grid has more than %d points from here on", SWEEP_RUNS_MAX);
    file->points *= (uint32_t)dimension.count;
    return vec_push(&file->dimensions, dimension) || out_of_memory(err);
}

static bool read_axes(struct sweep_file *file, const struct yaml_node *axes, struct sim_error *err)
{
    if (!yaml_expect(axes, YAML_MAPPING, err))
        return false;
    for (uint32_t i = 0; i < axes->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *values;

        yaml_map_at(axes, i, &key, &values);
        if (!read_axis(file, values, err) || !add_dimension(file, 1, values, err))
            return false;
    }
    return true;
}

static bool read_zip_group(struct sweep_file *file, const struct yaml_node *group,
                           struct sim_error *err)
{
    if (!yaml_expect(group, YAML_MAPPING, err))
        return false;
    if (group->count == 0)
        return yaml_error_at(group, err, ERR_SWEEP_AXIS, "a zip group without axes");
    for (uint32_t i = 0; i < group->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *values;

        yaml_map_at(group, i, &key, &values);
        if (!read_axis(file, values, err))
            return false;
    }
    return add_dimension(file, group->count, group, err);
}

static bool read_zip(struct sweep_file *file, const struct yaml_node *zip, struct sim_error *err)
{
    if (!yaml_expect(zip, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; i < zip->count; i++) {
        if (!read_zip_group(file, yaml_seq_at(zip, i), err))
            return false;
    }
    return true;
}

/* `axes` and `zip` in the order in which they stand. */
static bool read_grid(struct sweep_file *file, const struct yaml_node *root, struct sim_error *err)
{
    file->points = 1;
    for (uint32_t i = 0; i < root->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *value;

        yaml_map_at(root, i, &key, &value);
        if (strcmp(key->text, "axes") == 0
                ? !read_axes(file, value, err)
                : strcmp(key->text, "zip") == 0 && !read_zip(file, value, err))
            return false;
    }
    return file->axes.count ||
           yaml_error_at(root, err, ERR_SWEEP_EMPTY, "a sweep has at least one axis");
}

static bool check_workload(const struct sweep_file *file, const struct yaml_node *root,
                           struct sim_error *err)
{
    bool named = file->workload != NULL;

    for (size_t i = 0; i < file->axes.count; i++)
        named |= file->axes.items[i].kind == SWEEP_AXIS_WORKLOAD;
    return named || yaml_error_at(root, err, ERR_MISSING_KEY, "the key workload is missing");
}

static bool read_filters(struct sweep_file *file, struct sweep_filters *filters,
                         const struct yaml_node *list, struct sim_error *err)
{
    if (!yaml_expect(list, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct sweep_filter filter;
        bool ok = sweep_filter_read(&filter, yaml_seq_at(list, i), file->axes.items,
                                    file->axes.count, err);

        if (!vec_push(filters, filter)) {
            sweep_filter_fini(&filter);
            return out_of_memory(err);
        }
        if (!ok)
            return false;
    }
    return true;
}

/* Only the form: what the output has is known when it is there. */
static bool check_metric(struct metric_set *set, const char *text, const struct yaml_node *node,
                         struct sim_error *err)
{
    struct sim_error inner = {0};

    if (metric_set_add(set, text, &inner))
        return true;
    if (!node)
        return sim_error_set(err, inner.code, "%s", inner.message);
    yaml_error_at(node, err, inner.code, "%s", inner.message);
    if (inner.hint[0])
        sim_error_add_hint(err, "%s", inner.hint);
    return false;
}

static bool add_metric(struct sweep_file *file, struct metric_set *set, const char *text,
                       const struct yaml_node *node, struct sim_error *err)
{
    size_t before = metric_set_texts(set);

    if (!check_metric(set, text, node, err))
        return false;
    if (metric_set_texts(set) == before)
        return yaml_error_at(node, err, ERR_BAD_METRIC, "the metric is there twice");
    return vec_push(&file->metrics, text) || out_of_memory(err);
}

static bool add_metrics(struct sweep_file *file, struct metric_set *set,
                        const struct yaml_node *list, struct sim_error *err)
{
    for (size_t i = 0; !list && i < metric_headline_count; i++) {
        if (!add_metric(file, set, metric_headline[i], NULL, err))
            return false;
    }
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct yaml_node *node = yaml_seq_at(list, i);
        const char *text;

        if (!yaml_get_string(node, &text, err) || !add_metric(file, set, text, node, err))
            return false;
    }
    return true;
}

static bool read_metrics(struct sweep_file *file, const struct yaml_node *list,
                         struct sim_error *err)
{
    struct metric_set *set;
    bool ok;

    if (!yaml_expect(list, YAML_SEQUENCE, err))
        return false;
    if (list && list->count == 0)
        return yaml_error_at(list, err, ERR_BAD_METRIC, "a sweep has at least one metric");
    set = metric_set_create();
    if (!set)
        return out_of_memory(err);
    ok = add_metrics(file, set, list, err);
    metric_set_destroy(set);
    return ok;
}

static bool read_all(struct sweep_file *file, struct sim_error *err)
{
    const struct yaml_node *root = yaml_doc_root(&file->doc);

    return yaml_expect(root, YAML_MAPPING, err) && read_head(file, root, err) &&
           read_settings(file, yaml_map_get(root, "set"), err) && read_grid(file, root, err) &&
           sweep_overlap_check(file, err) && check_workload(file, root, err) &&
           read_filters(file, &file->only, yaml_map_get(root, "only"), err) &&
           read_filters(file, &file->exclude, yaml_map_get(root, "exclude"), err) &&
           read_metrics(file, yaml_map_get(root, "metrics"), err);
}

bool sweep_file_read(struct sweep_file *file, const char *path, struct yaml_doc doc,
                     struct sim_error *err)
{
    *file = (struct sweep_file){.doc = doc};
    file->path = yaml_arena_copy(&file->arena, path, strlen(path));
    return file->path ? read_all(file, err) : out_of_memory(err);
}

bool sweep_file_load(struct sweep_file *file, const char *path, struct sim_error *err)
{
    struct file_bytes bytes;
    struct yaml_doc doc = {0};
    bool ok;

    *file = (struct sweep_file){0};
    if (!file_bytes_init(&bytes, path, err))
        return false;
    ok = yaml_doc_parse(&doc, path, bytes.data, bytes.size, NULL, err);
    file_bytes_fini(&bytes);
    if (ok)
        return sweep_file_read(file, path, doc, err);
    yaml_doc_fini(&doc);
    return false;
}

void sweep_file_fini(struct sweep_file *file)
{
    for (size_t i = 0; i < file->axes.count; i++)
        sweep_axis_fini(&file->axes.items[i]);
    for (size_t i = 0; i < file->only.count; i++)
        sweep_filter_fini(&file->only.items[i]);
    for (size_t i = 0; i < file->exclude.count; i++)
        sweep_filter_fini(&file->exclude.items[i]);
    vec_fini(&file->settings);
    vec_fini(&file->axes);
    vec_fini(&file->dimensions);
    vec_fini(&file->only);
    vec_fini(&file->exclude);
    vec_fini(&file->metrics);
    yaml_doc_fini(&file->doc);
    yaml_arena_fini(&file->arena);
}

bool sweep_file_recognises(const struct yaml_doc *doc)
{
    const struct yaml_node *root = yaml_doc_root(doc);

    return yaml_map_get(root, "axes") || yaml_map_get(root, "zip");
}

static bool passes(const struct sweep_file *file, const uint32_t *choice)
{
    bool wanted = file->only.count == 0;

    for (size_t i = 0; i < file->only.count && !wanted; i++)
        wanted = sweep_filter_matches(&file->only.items[i], choice);
    for (size_t i = 0; i < file->exclude.count && wanted; i++)
        wanted = !sweep_filter_matches(&file->exclude.items[i], choice);
    return wanted;
}

bool sweep_file_point(const struct sweep_file *file, uint32_t point,
                      uint32_t choice[static SWEEP_AXES_MAX])
{
    SIM_ASSERT(point < file->points);
    for (size_t i = file->dimensions.count; i-- > 0;) {
        const struct sweep_dimension *dimension = &file->dimensions.items[i];
        uint32_t value = point % (uint32_t)dimension->count;

        point /= (uint32_t)dimension->count;
        for (size_t k = 0; k < dimension->nr_axes; k++)
            choice[dimension->first_axis + k] = value;
    }
    return passes(file, choice);
}
