/* SPDX-License-Identifier: MIT */
/* What a workload declares by name, and the readers of such names. */
#include "config/workload_names.h"

#include "yaml/yaml_value.h"

bool names_declare(struct name_table *table, const struct yaml_node *item, const char **ret_name,
                   struct sim_error *err)
{
    const struct yaml_node *node;
    const char *name;
    uint32_t number;

    if (!yaml_require(item, "name", &node, err) || !yaml_get_string(node, &name, err))
        return false;
    if (name_table_find(table, name, node->length, &number))
        return yaml_error_at(node, err, ERR_DUPLICATE_NAME, "the name %s is taken",
                             yaml_excerpt(node).text);
    if (!name_table_intern(table, name, node->length, &number))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the workload");
    *ret_name = name;
    return true;
}

static bool find(const struct name_table *table, const struct yaml_node *node, const char *what,
                 enum sim_error_code code, uint32_t *ret_number, struct sim_error *err)
{
    const char *name;
    const char *near;

    if (!yaml_get_string(node, &name, err))
        return false;
    if (name_table_find(table, name, node->length, ret_number))
        return true;
    near = name_table_suggest(table, name);
    yaml_error_at(node, err, code, "no %s %s is declared", what, yaml_excerpt(node).text);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    else
        sim_error_add_hint(err, "%ss are declared in the list `%ss` of the workload", what, what);
    return false;
}

bool names_find_file(const struct workload_names *names, const struct yaml_node *node,
                     uint32_t *ret_file, struct sim_error *err)
{
    return find(&names->files, node, "file", ERR_UNKNOWN_FILE, ret_file, err);
}

bool names_find_cache(const struct workload_names *names, const struct yaml_node *node,
                      uint32_t *ret_cache, struct sim_error *err)
{
    return find(&names->caches, node, "cache", ERR_UNKNOWN_CACHE, ret_cache, err);
}

bool names_find_cpuset(const struct workload_names *names, const struct yaml_node *node,
                       uint32_t *ret_cpuset, struct sim_error *err)
{
    return find(&names->cpusets, node, "cpuset", ERR_UNKNOWN_CPUSET, ret_cpuset, err);
}

bool names_find_task(const struct workload_names *names, const struct yaml_node *node,
                     uint32_t *ret_task, struct sim_error *err)
{
    return find(&names->tasks, node, "task", ERR_UNKNOWN_TASK, ret_task, err);
}

void workload_names_fini(struct workload_names *names)
{
    name_table_fini(&names->tasks);
    name_table_fini(&names->files);
    name_table_fini(&names->caches);
    name_table_fini(&names->cpusets);
}
