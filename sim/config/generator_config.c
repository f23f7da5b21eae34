/* SPDX-License-Identifier: MIT */
/* One item of a workload's `generators`. */
#include "config/generator_config.h"

#include <string.h>

#include "config/distribution_config.h"
#include "config/key_value.h"
#include "mm/gfp.h"
#include "yaml/yaml_value.h"

#define NR_ORDERS (sizeof(((struct generator_spec *)0)->order_weight) / sizeof(uint32_t))

/* One arrival allocates at most this many blocks; 64 GiB in single pages. */
#define COUNT_MAX (UINT64_C(1) << 24)

static const char *const generator_keys[] = {
    "name", "cpu",   "start", "end",  "gap",      "burst", "count",
    "op",   "order", "gfp",   "node", "lifetime", "cold",  "max_live_blocks",
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

static bool read_op(const struct yaml_node *node, uint8_t *ret_op, struct sim_error *err)
{
    static const uint8_t ops[] = {TRACE_ALLOC_PAGES, TRACE_GET_FREE_PAGES, TRACE_GET_ZEROED_PAGE,
                                  TRACE_GET_DMA_PAGES};
    const char *names[NR_ITEMS(ops)];
    size_t index = 0;

    for (size_t i = 0; i < NR_ITEMS(ops); i++)
        names[i] = trace_op_name((enum trace_op)ops[i]);
    if (!yaml_get_choice(node, names, NR_ITEMS(ops), &index, err))
        return false;
    *ret_op = ops[index];
    return true;
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
                           const struct workload_limits *limits, struct generator_spec *ret_spec,
                           struct sim_error *err)
{
    struct generator_spec spec = {
        .cpu = -1,
        .node = -1,
        .gfp = GFP_KERNEL,
        .op = TRACE_ALLOC_PAGES,
        .count = {.kind = DIST_CONSTANT, .value = 1},
    };
    const struct yaml_node *name;
    const struct yaml_node *order = yaml_map_get(item, "order");
    const struct yaml_node *nid = yaml_map_get(item, "node");

    if (!yaml_check_keys(item, generator_keys, NR_ITEMS(generator_keys), err) ||
        !yaml_require(item, "name", &name, err) || !yaml_get_string(name, &spec.name, err) ||
        !read_times(item, duration_ns, &spec, err) ||
        !read_burst(yaml_map_get(item, "burst"), &spec, err) ||
        !limits_read_cpu(limits, yaml_map_get(item, "cpu"), &spec.cpu, err) ||
        !limits_read_nid(limits, nid, &spec.node, err) ||
        !read_op(yaml_map_get(item, "op"), &spec.op, err) ||
        !limits_read_gfp(yaml_map_get(item, "gfp"), &spec.gfp, err) ||
        !read_order(order, spec.order_weight, err) ||
        !distribution_read(yaml_map_get(item, "count"), UNIT_NUMBER, 0, COUNT_MAX, &spec.count,
                           err) ||
        !read_lifetime(yaml_map_get(item, "lifetime"), &spec.lifetime_ns, err) ||
        !yaml_get_bool(yaml_map_get(item, "cold"), &spec.cold, err) ||
        !yaml_get_uint(yaml_map_get(item, "max_live_blocks"), 0, UINT32_MAX, &spec.max_live_blocks,
                       err))
        return false;
    if (spec.op == TRACE_GET_ZEROED_PAGE && order)
        return yaml_error_at(order, err, ERR_BAD_ORDER, "get_zeroed_page has no order");
    if (spec.op != TRACE_ALLOC_PAGES && nid)
        return yaml_error_at(nid, err, ERR_UNKNOWN_KEY, "only alloc_pages takes a node");
    *ret_spec = spec;
    return true;
}
