/* SPDX-License-Identifier: MIT */
/* Who may have memory of which nodes: cpusets and memory policies as JSON. */
#ifndef SIM_STATS_NUMA_FIELDS_H
#define SIM_STATS_NUMA_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "stats/json_stream.h"

/* A task that begins in a cpuset or with a memory policy. */
struct numa_task {
    const char *name;
    uint32_t cpuset; /* number among the cpusets, from 1 on; 0: the root */
    struct mempolicy_spec mempolicy;
};

/* Writes the member "cpusets". */
void cpusets_write(struct json_stream *json, const struct cpuset_spec *cpusets, size_t count);

/* Writes the member "numa_tasks"; the cpusets are those that the tasks name. */
void numa_tasks_write(struct json_stream *json, const struct numa_task *tasks, size_t count,
                      const struct cpuset_spec *cpusets);

#endif
