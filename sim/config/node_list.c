/* SPDX-License-Identifier: MIT */
/* Sets of nodes as workloads write them. */
#include "config/node_list.h"

#include <string.h>

#include "base/units.h"

struct reader {
    const struct workload_limits *limits;
    enum sim_error_code code;
    nodemask nodes;
    struct sim_error *err;
};

static bool add_node(struct reader *r, uint64_t nid, const struct yaml_node *node)
{
    if (nid >= NODES_MAX || (r->limits->nr_nodes > 0 && nid >= r->limits->nr_nodes))
        return yaml_error_at(node, r->err, ERR_UNKNOWN_NODE, "the machine has nodes 0 to %u",
                             r->limits->nr_nodes > 0 ? r->limits->nr_nodes - 1
                                                     : (unsigned)NODES_MAX - 1);
    if (r->limits->nr_nodes > 0 && !node_isset((unsigned)nid, r->limits->memory_nodes))
        return yaml_error_at(node, r->err, r->code, "node %u has no memory", (unsigned)nid);
    r->nodes |= node_bit((unsigned)nid);
    return true;
}

/* One "3" or "0-3" of a list. */
static bool add_span(struct reader *r, const char *text, size_t length,
                     const struct yaml_node *node)
{
    const char *dash = memchr(text, '-', length);
    size_t first_length = dash ? (size_t)(dash - text) : length;
    uint64_t first;
    uint64_t last;

    if (!uint_parse(text, first_length, &first))
        return yaml_error_at(node, r->err, ERR_BAD_NUMBER, "not a list of nodes such as 0-1,3");
    last = first;
    if (dash && !uint_parse(dash + 1, length - first_length - 1, &last))
        return yaml_error_at(node, r->err, ERR_BAD_NUMBER, "not a list of nodes such as 0-1,3");
    if (last < first)
        return yaml_error_at(node, r->err, ERR_OUT_OF_RANGE, "the range of nodes runs backwards");
    for (uint64_t nid = first; nid <= last; nid++)
        if (!add_node(r, nid, node))
            return false;
    return true;
}

static bool add_spans(struct reader *r, const struct yaml_node *node)
{
    const char *at = node->text;

    for (;;) {
        size_t length = strcspn(at, ",");

        if (!add_span(r, at, length, node))
            return false;
        if (at[length] == '\0')
            return true;
        at += length + 1;
    }
}

bool node_list_read(const struct workload_limits *limits, const struct yaml_node *node,
                    enum sim_error_code code, nodemask *ret_nodes, struct sim_error *err)
{
    struct reader r = {limits, code, 0, err};

    if (!node)
        return true;
    if (node->kind == YAML_MAPPING)
        return yaml_error_at(node, err, ERR_BAD_NUMBER, "not a list of nodes such as 0-1,3");
    if (node->kind == YAML_SCALAR && !add_spans(&r, node))
        return false;
    for (uint32_t i = 0; node->kind == YAML_SEQUENCE && i < node->count; i++) {
        const struct yaml_node *item = yaml_seq_at(node, i);

        if (item->kind != YAML_SCALAR)
            return yaml_error_at(item, err, ERR_BAD_NUMBER, "not a node");
        if (!add_spans(&r, item))
            return false;
    }
    *ret_nodes = r.nodes;
    return true;
}
