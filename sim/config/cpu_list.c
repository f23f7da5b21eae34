/* SPDX-License-Identifier: MIT */
/* Which CPU belongs to which node, from the nodes' `cpus` keys. */
#include "config/cpu_list.h"

#include <string.h>

#include "base/units.h"
#include "yaml/yaml_value.h"

static bool take(struct cpu_list *cpus, uint32_t nid, uint64_t cpu, const struct yaml_node *node,
                 struct sim_error *err)
{
    if (cpu >= CPUS_MAX)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "CPUs are numbered 0 to %d",
                             CPUS_MAX - 1);
    if (cpus->taken[cpu])
        return yaml_error_at(node, err, ERR_DUPLICATE_NAME, "CPU %u is already on node %u",
                             (unsigned)cpu, cpus->nid[cpu]);
    cpus->taken[cpu] = true;
    cpus->nid[cpu] = (uint8_t)nid;
    if (cpu >= cpus->nr_cpus)
        cpus->nr_cpus = (uint32_t)cpu + 1;
    return true;
}

static bool take_count(struct cpu_list *cpus, uint32_t nid, uint64_t count,
                       const struct yaml_node *node, struct sim_error *err)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!take(cpus, nid, cpus->nr_cpus, node, err))
            return false;
    }
    return true;
}

/* One "3" or "0-3" of a list. */
static bool take_span(struct cpu_list *cpus, uint32_t nid, const char *text, size_t length,
                      const struct yaml_node *node, struct sim_error *err)
{
    const char *dash = memchr(text, '-', length);
    size_t first_length = dash ? (size_t)(dash - text) : length;
    uint64_t first;
    uint64_t last;

    if (!uint_parse(text, first_length, &first))
        return yaml_error_at(node, err, ERR_BAD_NUMBER, "not a CPU list such as 0-3,8");
    last = first;
    if (dash && !uint_parse(dash + 1, length - first_length - 1, &last))
        return yaml_error_at(node, err, ERR_BAD_NUMBER, "not a CPU list such as 0-3,8");
    if (last < first)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "the CPU range runs backwards");
    for (uint64_t cpu = first; cpu <= last; cpu++) {
        if (!take(cpus, nid, cpu, node, err))
            return false;
    }
    return true;
}

static bool take_spans(struct cpu_list *cpus, uint32_t nid, const struct yaml_node *node,
                       struct sim_error *err)
{
    const char *at = node->text;

    for (;;) {
        size_t length = strcspn(at, ",");

        if (!take_span(cpus, nid, at, length, node, err))
            return false;
        if (at[length] == '\0')
            return true;
        at += length + 1;
    }
}

bool cpu_list_read_node(struct cpu_list *cpus, uint32_t nid, const struct yaml_node *item,
                        struct sim_error *err)
{
    const struct yaml_node *node = yaml_map_get(item, "cpus");
    uint64_t number;

    if (!node)
        return take_count(cpus, nid, 1, item, err);
    if (node->kind == YAML_SCALAR && strpbrk(node->text, "-,"))
        return take_spans(cpus, nid, node, err);
    if (node->kind == YAML_SCALAR)
        return yaml_get_uint(node, 0, CPUS_MAX, &number, err) &&
               take_count(cpus, nid, number, node, err);
    if (!yaml_expect(node, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *cpu = yaml_seq_at(node, i);

        if (!yaml_get_uint(cpu, 0, UINT64_MAX, &number, err) || !take(cpus, nid, number, cpu, err))
            return false;
    }
    return true;
}

bool cpu_list_finish(const struct cpu_list *cpus, const struct yaml_node *nodes,
                     struct sim_error *err)
{
    if (cpus->nr_cpus == 0)
        return yaml_error_at(nodes, err, ERR_NO_MEMORY, "the machine has no CPU");
    for (uint32_t cpu = 0; cpu < cpus->nr_cpus; cpu++) {
        if (!cpus->taken[cpu])
            return yaml_error_at(nodes, err, ERR_OUT_OF_RANGE,
                                 "CPU %u is missing: CPUs are numbered without gaps", cpu);
    }
    return true;
}
