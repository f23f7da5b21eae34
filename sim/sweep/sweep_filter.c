/* SPDX-License-Identifier: MIT */
/* A filter of a sweep: values or conditions on some axes, all of which must match. */
#include "sweep/sweep_filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "compare/criterion.h"
#include "yaml/yaml_value.h"

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the filters");
}

static bool unknown_axis(const struct yaml_node *key, const struct sweep_axis *axes, size_t nr_axes,
                         struct sim_error *err)
{
    const char *names[32];
    const char *near;
    size_t count = 0;

    for (; count < nr_axes && count < sizeof(names) / sizeof(names[0]); count++)
        names[count] = axes[count].name;
    near = suggest_word(key->text, names, count);
    yaml_error_at(key, err, ERR_SWEEP_FILTER, "%s is no axis of this sweep",
                  yaml_excerpt(key).text);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    return false;
}

static bool find_axis(const struct yaml_node *key, const struct sweep_axis *axes, size_t nr_axes,
                      size_t *ret_axis, struct sim_error *err)
{
    for (size_t i = 0; i < nr_axes; i++) {
        if (strcmp(axes[i].name, key->text) != 0)
            continue;
        *ret_axis = i;
        return true;
    }
    return unknown_axis(key, axes, nr_axes, err);
}

static bool match_condition(const struct sweep_axis *axis, const struct yaml_node *node,
                            bool *matches, struct sim_error *err)
{
    struct criterion criterion;
    struct sim_error inner = {0};

    if (!criterion_parse(&criterion, node->text, axis->name, false, &inner)) {
        yaml_error_at(node, err, inner.code, "%s", inner.message);
        sim_error_add_hint(err, "%s", inner.hint);
        return false;
    }
    for (size_t i = 0; i < axis->values.count; i++) {
        const char *text = axis->values.items[i].text;
        struct metric_value value;

        if (!metric_value_parse(text, strlen(text), &value))
            return yaml_error_at(node, err, ERR_SWEEP_FILTER,
                                 "a condition, but the axis has %.40s, which is no number", text);
        matches[i] = criterion_met(&criterion, value, value);
    }
    return true;
}

/* A value that no point has is a misspelt one. */
static bool match_value(const struct sweep_axis *axis, const struct yaml_node *node, bool *matches,
                        struct sim_error *err)
{
    bool any = false;

    for (size_t i = 0; i < axis->values.count; i++) {
        matches[i] = strcmp(axis->values.items[i].text, node->text) == 0;
        any |= matches[i];
    }
    return any || yaml_error_at(node, err, ERR_SWEEP_FILTER, "the axis has no value %s",
                                yaml_excerpt(node).text);
}

static bool read_term(struct sweep_filter *filter, const struct yaml_node *key,
                      const struct yaml_node *value, const struct sweep_axis *axes, size_t nr_axes,
                      struct sim_error *err)
{
    struct sweep_term term = {0};
    const char *text;

    if (!find_axis(key, axes, nr_axes, &term.axis, err) || !yaml_get_string(value, &text, err))
        return false;
    term.matches = calloc(axes[term.axis].values.count, sizeof(*term.matches));
    if (!term.matches || !vec_push(&filter->terms, term)) {
        free(term.matches);
        return out_of_memory(err);
    }
    if (strchr("<>=!", text[strspn(text, " ")]) && text[0])
        return match_condition(&axes[term.axis], value, term.matches, err);
    return match_value(&axes[term.axis], value, term.matches, err);
}

bool sweep_filter_read(struct sweep_filter *filter, const struct yaml_node *mapping,
                       const struct sweep_axis *axes, size_t nr_axes, struct sim_error *err)
{
    *filter = (struct sweep_filter){0};
    if (!yaml_expect(mapping, YAML_MAPPING, err))
        return false;
    if (mapping->count == 0)
        return yaml_error_at(mapping, err, ERR_SWEEP_FILTER, "a filter without an axis");
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *value;

        yaml_map_at(mapping, i, &key, &value);
        if (!read_term(filter, key, value, axes, nr_axes, err))
            return false;
    }
    return true;
}

void sweep_filter_fini(struct sweep_filter *filter)
{
    for (size_t i = 0; i < filter->terms.count; i++)
        free(filter->terms.items[i].matches);
    vec_fini(&filter->terms);
}

bool sweep_filter_matches(const struct sweep_filter *filter, const uint32_t *choice)
{
    for (size_t i = 0; i < filter->terms.count; i++) {
        const struct sweep_term *term = &filter->terms.items[i];

        if (!term->matches[choice[term->axis]])
            return false;
    }
    return true;
}
