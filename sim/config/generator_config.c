/* SPDX-License-Identifier: MIT */
/* One item of a workload's `generators`. */
#include "config/generator_config.h"

#include <string.h>

#include "config/api_config.h"
#include "config/distribution_config.h"
#include "config/key_value.h"
#include "yaml/yaml_value.h"

#define NR_ORDERS (sizeof(((struct generator_spec *)0)->order_weight) / sizeof(uint32_t))

/* One arrival allocates at most this many blocks; 64 GiB in single pages. */
#define COUNT_MAX (UINT64_C(1) << 24)

static const char *const generator_keys[] = {
    "name",  "cpu", "start", "end",      "gap",  "burst",           "count", "op",
    "order", "gfp", "node",  "lifetime", "cold", "max_live_blocks", "size",  "cache",
};

/* An order, or a mapping of orders to weights. */
static bool read_order(const struct yaml_node *node, uint32_t *weights, struct sim_error *err)
{
    uint64_t order = 0;
    uint64_t weight;
    uint64_t total = 0;

    if (!node || node->kind == YAML_SCALAR) {
        if (!yaml_get_uint(node, 0, NR_ORDERS - 1, &order, err))
            return false;
        weights[order] = 1;
        return true;
    }
    if (!yaml_expect(node, YAML_MAPPING, err))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key;
        const struct yaml_node *value;

        yaml_map_at(node, i, &key, &value);
        if (!yaml_get_uint(key, 0, NR_ORDERS - 1, &order, err) ||
            !yaml_get_uint(value, 0, 1000000, &weight, err))
            return false;
        weights[order] = (uint32_t)weight;
        total += weight;
    }
    if (total == 0)
        return yaml_error_at(node, err, ERR_BAD_DISTRIBUTION, "no order has a weight");
    return true;
}

static bool read_call(const struct yaml_node *node, const struct api_call **ret_call,
                      struct sim_error *err)
{
    const char *names[NR_API_CALLS];
    size_t nr_names = 0, index;
    const char *name;

    *ret_call = api_call_find("alloc_pages");
    if (!node)
        return true;
    for (size_t i = 0; i < NR_API_CALLS; i++)
        if (trace_op_allocates((enum trace_op)api_calls[i].op))
            names[nr_names++] = api_calls[i].name;
    if (!yaml_get_choice(node, names, nr_names, &index, err) || !yaml_get_string(node, &name, err))
        return false;
    *ret_call = api_call_find(name);
    return true;
}

/* Keys that are arguments of other calls. */
static bool check_args(const struct yaml_node *item, const struct api_call *call,
                       struct sim_error *err)
{
    static const uint8_t args[] = {API_ARG_ORDER, API_ARG_GFP, API_ARG_NODE, API_ARG_SIZE,
                                   API_ARG_CACHE};

    for (size_t i = 0; i < NR_ITEMS(args); i++) {
        const char *name = api_arg_names[args[i]];
        const struct yaml_node *node = yaml_map_get(item, name);

        if (node && !api_call_takes(call, (enum api_arg)args[i]))
            return yaml_error_at(node, err,
                                 args[i] == API_ARG_ORDER ? ERR_BAD_ORDER : ERR_UNKNOWN_KEY,
                                 "%s takes no %s", call->name, name);
    }
    return true;
}

/* The order, size or cache of the blocks. */
static bool read_amount(const struct yaml_node *item, const struct api_call *call,
                        const struct workload_names *names, struct generator_spec *spec,
                        struct sim_error *err)
{
    const struct yaml_node *size, *cache;

    if (api_call_takes(call, API_ARG_SIZE))
        return yaml_require(item, "size", &size, err) &&
               distribution_read(size, UNIT_BYTES, 0, INT64_MAX, &spec->size_bytes, err);
    if (api_call_takes(call, API_ARG_CACHE))
        return yaml_require(item, "cache", &cache, err) &&
               names_find_cache(names, cache, &spec->cache, err);
    return read_order(yaml_map_get(item, "order"), spec->order_weight, err);
}

static bool read_lifetime(const struct yaml_node *node, struct distribution *lifetime_ns,
                          struct sim_error *err)
{
    *lifetime_ns = (struct distribution){.kind = DIST_CONSTANT, .value = UINT64_MAX};
    if (!node || (node->kind == YAML_SCALAR && strcmp(node->text, "never") == 0))
        return true;
    return distribution_read(node, UNIT_DURATION_NS, 0, INT64_MAX, lifetime_ns, err);
}

/* {on, off}: arrivals happen in the on-phases only, the first of which begins at start. */
static bool read_burst(const struct yaml_node *node, struct generator_spec *spec,
                       struct sim_error *err)
{
    static const char *const keys[] = {"on", "off"};
    const struct yaml_node *on;
    const struct yaml_node *off;

    return !node || (yaml_check_keys(node, keys, NR_ITEMS(keys), err) &&
                     yaml_require(node, "on", &on, err) && yaml_require(node, "off", &off, err) &&
                     yaml_get_duration_ns(on, 1, INT64_MAX / 2, &spec->burst_on_ns, err) &&
                     yaml_get_duration_ns(off, 0, INT64_MAX / 2, &spec->burst_off_ns, err));
}

static bool read_times(const struct yaml_node *item, uint64_t duration_ns,
                       struct generator_spec *spec, struct sim_error *err)
{
    const struct yaml_node *end = yaml_map_get(item, "end");
    const struct yaml_node *gap;

    spec->end_ns = duration_ns;
    if (!yaml_get_duration_ns(yaml_map_get(item, "start"), 0, INT64_MAX, &spec->start_ns, err) ||
        !yaml_get_duration_ns(end, 0, INT64_MAX, &spec->end_ns, err) ||
        !yaml_require(item, "gap", &gap, err) ||
        !distribution_read(gap, UNIT_DURATION_NS, 1, INT64_MAX, &spec->gap_ns, err))
        return false;
    if (!end && duration_ns == 0)
        return yaml_error_at(item, err, ERR_NO_DURATION,
                             "needs an end, as the workload has no duration");
    if (end && spec->end_ns < spec->start_ns)
        return yaml_error_at(end, err, ERR_OUT_OF_RANGE, "ends before it starts");
    /* A run that is cut short before the start has no arrivals; that is no mistake. */
    if (!end && spec->end_ns < spec->start_ns)
        spec->end_ns = spec->start_ns;
    return true;
}

bool generator_config_read(const struct yaml_node *item, uint64_t duration_ns,
                           const struct workload_limits *limits, const struct workload_names *names,
                           struct generator_spec *ret_spec, struct sim_error *err)
{
    struct generator_spec spec = {
        .cpu = -1,
        .node = TRACE_BY_POLICY,
        .count = {.kind = DIST_CONSTANT, .value = 1},
    };
    const struct api_call *call;
    const struct yaml_node *name;

    if (!yaml_check_keys(item, generator_keys, NR_ITEMS(generator_keys), err) ||
        !yaml_require(item, "name", &name, err) || !yaml_get_string(name, &spec.name, err) ||
        !read_times(item, duration_ns, &spec, err) ||
        !read_burst(yaml_map_get(item, "burst"), &spec, err) ||
        !limits_read_cpu(limits, yaml_map_get(item, "cpu"), &spec.cpu, err) ||
        !read_call(yaml_map_get(item, "op"), &call, err) || !check_args(item, call, err) ||
        !api_read_node(call, item, limits, &spec.node, err) ||
        !api_read_gfp(call, yaml_map_get(item, "gfp"), limits, &spec.gfp, err) ||
        !read_amount(item, call, names, &spec, err) ||
        !distribution_read(yaml_map_get(item, "count"), UNIT_NUMBER, 0, COUNT_MAX, &spec.count,
                           err) ||
        !read_lifetime(yaml_map_get(item, "lifetime"), &spec.lifetime_ns, err) ||
        !yaml_get_bool(yaml_map_get(item, "cold"), &spec.cold, err) ||
        !yaml_get_uint(yaml_map_get(item, "max_live_blocks"), 0, UINT32_MAX, &spec.max_live_blocks,
                       err))
        return false;
    spec.op = call->op;
    *ret_spec = spec;
    return true;
}
