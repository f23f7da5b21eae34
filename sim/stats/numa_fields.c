/* SPDX-License-Identifier: MIT */
/* Who may have memory of which nodes: cpusets and memory policies as JSON. */
#include "stats/numa_fields.h"

static void write_nodes(struct json_stream *json, const char *name, nodemask nodes)
{
    json_key_array(json, name);
    for (; nodes; nodes &= nodes - 1)
        json_uint(json, first_node(nodes));
    json_end_array(json);
}

void cpusets_write(struct json_stream *json, const struct cpuset_spec *cpusets, size_t count)
{
    json_key_array(json, "cpusets");
    for (size_t i = 0; i < count; i++) {
        const struct cpuset_spec *cpuset = &cpusets[i];

        json_begin_object(json);
        json_key_string(json, "name", cpuset->name);
        json_key_string(json, "parent", cpuset->parent < 0 ? NULL : cpusets[cpuset->parent].name);
        write_nodes(json, "mems", cpuset->mems);
        json_key_bool(json, "mem_exclusive", cpuset->mem_exclusive);
        json_key_bool(json, "memory_spread_page", cpuset->memory_spread_page);
        json_end_object(json);
    }
    json_end_array(json);
}

void numa_tasks_write(struct json_stream *json, const struct numa_task *tasks, size_t count,
                      const struct cpuset_spec *cpusets)
{
    json_key_array(json, "numa_tasks");
    for (size_t i = 0; i < count; i++) {
        const struct numa_task *task = &tasks[i];

        json_begin_object(json);
        json_key_string(json, "name", task->name);
        json_key_string(json, "cpuset", task->cpuset ? cpusets[task->cpuset - 1].name : NULL);
        json_key_string(json, "mempolicy", mpol_mode_name((enum mpol_mode)task->mempolicy.mode));
        write_nodes(json, "nodes", task->mempolicy.nodes);
        json_end_object(json);
    }
    json_end_array(json);
}
