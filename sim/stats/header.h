/* SPDX-License-Identifier: MIT */
/* The first line of a run's output: what was run, on what, and how the machine booted. */
#ifndef SIM_STATS_HEADER_H
#define SIM_STATS_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/machine.h"
#include "reclaim/backing_dev.h"
#include "reclaim/swap.h"
#include "stats/jsonl_writer.h"
#include "stats/numa_fields.h"
#include "user/user_spec.h"

/* A configuration value that stats need not understand. */
struct named_value {
    const char *name;
    uint64_t value;
};

/* An input file, named by its content; `name` is printed as given (no directories, please). */
struct header_input {
    const char *role; /* "machine", "workload", "trace" */
    const char *name;
    uint64_t fnv1a64;
};

/* All pointers are the caller's and are only read. */
struct header_info {
    const char *tool_version;
    const char *kernel; /* "linux-2.6.24" */
    const char *workload;
    uint64_t seed;
    uint64_t tick_ns;
    uint64_t duration_ns; /* 0: until nothing is left to happen */
    const struct header_input *inputs;
    size_t nr_inputs;
    bool events;                     /* event lines follow */
    const struct machine_spec *spec; /* after all overrides */
    const struct backing_dev_spec *devices;
    size_t nr_devices;
    const struct swap_spec *swaps;
    size_t nr_swaps;
    const struct file_spec *files;
    size_t nr_files;
    const struct cache_spec *caches;
    size_t nr_caches;
    const struct cpuset_spec *cpusets;
    size_t nr_cpusets;
    const struct numa_task *numa_tasks;
    size_t nr_numa_tasks;
    const struct named_value *costs;
    size_t nr_costs;
    const struct machine *machine; /* just booted */
};

/* Writes the member "inputs". */
void header_write_inputs(struct json_stream *json, const struct header_input *inputs, size_t count);

/* Writes the header line. False: the writer has failed. */
bool header_write(struct jsonl_writer *writer, const struct header_info *info);

#endif
