/* SPDX-License-Identifier: MIT */
/* What a workload may name of its machine, and the readers of such names. */
#include "config/workload_limits.h"

#include "mm/gfp.h"
#include "yaml/yaml_value.h"

struct workload_limits workload_limits_of(const struct machine_config *config)
{
    struct workload_limits limits = {0};
    const struct machine_spec *machine;

    if (!config)
        return limits;
    machine = &config->spec;
    limits.devices = &config->devices;
    limits.nr_cpus = machine->nr_cpus;
    limits.uma = !machine->numa;
    for (size_t i = 0; i < machine->nr_memory; i++) {
        limits.memory_nodes |= node_bit(machine->memory[i].nid);
        if (machine->memory[i].nid >= limits.nr_nodes)
            limits.nr_nodes = machine->memory[i].nid + 1;
    }
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++) {
        if (machine->cpu_nid[cpu] >= limits.nr_nodes)
            limits.nr_nodes = machine->cpu_nid[cpu] + 1u;
    }
    return limits;
}

bool limits_read_cpu(const struct workload_limits *limits, const struct yaml_node *node,
                     int32_t *ret_cpu, struct sim_error *err)
{
    uint64_t cpu;

    if (!node)
        return true;
    if (!yaml_get_uint(node, 0, CPUS_MAX - 1, &cpu, err))
        return false;
    if (limits->nr_cpus > 0 && cpu >= limits->nr_cpus)
        return yaml_error_at(node, err, ERR_UNKNOWN_CPU, "the machine has CPUs 0 to %u",
                             limits->nr_cpus - 1);
    *ret_cpu = (int32_t)cpu;
    return true;
}

bool limits_read_nid(const struct workload_limits *limits, const struct yaml_node *node,
                     int16_t *ret_nid, struct sim_error *err)
{
    uint64_t nid;

    if (!node)
        return true;
    if (!yaml_get_uint(node, 0, NODES_MAX - 1, &nid, err))
        return false;
    if (limits->nr_nodes > 0 && nid >= limits->nr_nodes)
        return yaml_error_at(node, err, ERR_UNKNOWN_NODE, "the machine has nodes 0 to %u",
                             limits->nr_nodes - 1);
    *ret_nid = (int16_t)nid;
    return true;
}

bool limits_read_gfp(const struct workload_limits *limits, const struct yaml_node *node,
                     uint32_t *ret_gfp, struct sim_error *err)
{
    struct sim_error gfp_err = {0};
    const char *text;

    if (!node)
        return true;
    if (!yaml_get_string(node, &text, err))
        return false;
    if ((limits->uma ? gfp_parse_uma : gfp_parse)(text, node->length, ret_gfp, &gfp_err))
        return true;
    yaml_error_at(node, err, gfp_err.code, "%s", gfp_err.message);
    if (gfp_err.hint[0])
        sim_error_add_hint(err, "%s", gfp_err.hint);
    return false;
}
