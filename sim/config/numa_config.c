/* SPDX-License-Identifier: MIT */
/* Memory policies, and the items of a workload's `cpusets`. */
#include "config/numa_config.h"

#include "config/key_value.h"
#include "config/node_list.h"
#include "yaml/yaml_value.h"

static bool refuse_uma(const struct yaml_node *node, const struct workload_limits *limits,
                       enum sim_error_code code, const char *what, struct sim_error *err)
{
    if (!limits->uma)
        return true;
    yaml_error_at(node, err, code, "a UMA kernel has no %s", what);
    sim_error_add_hint(err, "machine.numa: true makes it a NUMA kernel");
    return false;
}

/* ---- memory policy ---- */

static bool check_policy(const struct yaml_node *node, const struct mempolicy_spec *policy,
                         struct sim_error *err)
{
    const char *mode = mpol_mode_name((enum mpol_mode)policy->mode);

    /* Nodes without memory were refused where they stand. */
    if (mpol_check_policy((enum mpol_mode)policy->mode, policy->nodes, NODE_MASK_ALL))
        return true;
    if (policy->mode == MPOL_DEFAULT)
        return yaml_error_at(node, err, ERR_BAD_MEMPOLICY, "the policy %s has no nodes", mode);
    return yaml_error_at(node, err, ERR_BAD_MEMPOLICY, "the policy %s needs nodes", mode);
}

static bool read_mode(const struct yaml_node *node, struct mempolicy_spec *policy,
                      struct sim_error *err)
{
    const char *modes[NR_MPOL_MODES];
    size_t mode = MPOL_DEFAULT;

    for (unsigned i = 0; i < NR_MPOL_MODES; i++)
        modes[i] = mpol_mode_name((enum mpol_mode)i);
    if (!yaml_get_choice(node, modes, NR_MPOL_MODES, &mode, err))
        return false;
    policy->mode = (uint8_t)mode;
    return true;
}

bool mempolicy_config_read_keys(const struct yaml_node *mapping,
                                const struct workload_limits *limits,
                                struct mempolicy_spec *ret_policy, struct sim_error *err)
{
    struct mempolicy_spec policy = {0};
    const struct yaml_node *mode;

    if (!refuse_uma(mapping, limits, ERR_BAD_MEMPOLICY, "memory policy", err) ||
        !yaml_require(mapping, "mode", &mode, err) || !read_mode(mode, &policy, err) ||
        !node_list_read(limits, yaml_map_get(mapping, "nodes"), ERR_BAD_MEMPOLICY, &policy.nodes,
                        err) ||
        !check_policy(mode, &policy, err))
        return false;
    *ret_policy = policy;
    return true;
}

bool mempolicy_config_read(const struct yaml_node *node, const struct workload_limits *limits,
                           struct mempolicy_spec *ret_policy, struct sim_error *err)
{
    static const char *const keys[] = {"mode", "nodes"};
    struct mempolicy_spec policy = {0};

    if (!node)
        return true;
    if (node->kind != YAML_SCALAR)
        return yaml_check_keys(node, keys, NR_ITEMS(keys), err) &&
               mempolicy_config_read_keys(node, limits, ret_policy, err);
    if (!refuse_uma(node, limits, ERR_BAD_MEMPOLICY, "memory policy", err) ||
        !read_mode(node, &policy, err) || !check_policy(node, &policy, err))
        return false;
    *ret_policy = policy;
    return true;
}

/* ---- cpusets ---- */

static bool check_cpuset(const struct yaml_node *item, enum cpuset_fault fault,
                         struct sim_error *err)
{
    static const struct {
        const char *key;
        const char *text;
    } faults[] = {
        [CPUSET_NO_MEMS] = {"mems", "a cpuset without nodes can have no task"},
        [CPUSET_NOT_IN_PARENT] = {"mems", "its parent has not all of these nodes"},
        [CPUSET_PARENT_SHARED] = {"mem_exclusive", "its parent is not mem_exclusive"},
        [CPUSET_OVERLAPS_SIBLING] = {"mems", "it shares nodes with another child of its parent, "
                                             "and one of the two is mem_exclusive"},
    };

    return fault == CPUSET_OK || yaml_error_at(yaml_map_get(item, faults[fault].key), err,
                                               ERR_BAD_CPUSET, "%s", faults[fault].text);
}

static bool read_parent(const struct yaml_node *item, const struct workload_names *names,
                        const struct cpuset_spec *before, struct cpuset_spec *cpuset,
                        struct sim_error *err)
{
    const struct yaml_node *parent = yaml_map_get(item, "parent");
    uint32_t number;

    if (!parent)
        return true;
    if (!names_find_cpuset(names, parent, &number, err))
        return false;
    cpuset->parent = (int32_t)number;
    /* Kernel: kernel/cpuset.c cpuset_create() [2.6.24] */
    cpuset->memory_spread_page = before[number].memory_spread_page;
    return true;
}

bool cpuset_config_read(const struct yaml_node *item, const struct workload_limits *limits,
                        struct workload_names *names, const struct cpuset_spec *before,
                        uint32_t nr_before, struct cpuset_spec *ret_cpuset, struct sim_error *err)
{
    static const char *const keys[] = {"name", "parent", "mems", "mem_exclusive",
                                       "memory_spread_page"};
    struct cpuset_spec cpuset = {.parent = -1};
    const struct yaml_node *mems;

    if (!refuse_uma(item, limits, ERR_BAD_CPUSET, "cpusets with nodes", err) ||
        !yaml_check_keys(item, keys, NR_ITEMS(keys), err) ||
        !read_parent(item, names, before, &cpuset, err) ||
        !names_declare(&names->cpusets, item, &cpuset.name, err) ||
        !yaml_require(item, "mems", &mems, err) ||
        !node_list_read(limits, mems, ERR_BAD_CPUSET, &cpuset.mems, err) ||
        !yaml_get_bool(yaml_map_get(item, "mem_exclusive"), &cpuset.mem_exclusive, err) ||
        !yaml_get_bool(yaml_map_get(item, "memory_spread_page"), &cpuset.memory_spread_page, err) ||
        !check_cpuset(item, cpuset_spec_check(&cpuset, before, nr_before), err))
        return false;
    *ret_cpuset = cpuset;
    return true;
}

bool cpuset_config_find(const struct yaml_node *node, const struct workload_limits *limits,
                        const struct workload_names *names, uint32_t *ret_cpuset,
                        struct sim_error *err)
{
    uint32_t number;

    *ret_cpuset = 0;
    if (!node)
        return true;
    if (!refuse_uma(node, limits, ERR_BAD_CPUSET, "cpusets with nodes", err) ||
        !names_find_cpuset(names, node, &number, err))
        return false;
    *ret_cpuset = number + 1;
    return true;
}
