/* SPDX-License-Identifier: MIT */
/* The workload file: files, tasks, generators, literal events and traces, made ready to run. */
#ifndef SIM_CONFIG_WORKLOAD_CONFIG_H
#define SIM_CONFIG_WORKLOAD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/file_store.h"
#include "base/vec.h"
#include "config/machine_config.h"
#include "config/set_options.h"
#include "run/run_spec.h"
#include "trace/trace_source.h"
#include "yaml/yaml_doc.h"

/* A binary trace that the workload names; its source reads from `bytes`. */
struct workload_trace {
    char *path;
    struct file_bytes bytes;
    uint64_t hash; /* fnv1a64() of the file */
};

/*
 * docs/workload.md describes every key and its default. Loading takes two steps, because the
 * workload may name its machine and is checked against it:
 *
 *     workload_config_open()   the head: which machine, seed, duration, tick
 *     machine_config_load()    ... of config.machine_path, unless the user named another one
 *     workload_config_load()   tasks, generators, events, traces
 *     workload_config_fill()   into a run spec, which then borrows from both configs
 *
 * Between the first two the caller may replace seed, tick_ns and duration_ns. A binary trace
 * instead of a YAML file is a workload of nothing else. Valid to end after `= {0}` and after a
 * failed open or load.
 */
struct workload_config {
    const char *name;        /* of the document, or the file's own without its extension */
    const char *description; /* "" */
    char *machine_path;      /* relative to the workload resolved; NULL: none named */
    uint64_t seed;
    uint64_t tick_ns;
    uint64_t duration_ns; /* 0: until nothing is left to happen */
    uint64_t hash;        /* fnv1a64() of the file */

    struct file_store *store; /* the caller's, or NULL */
    char *path;
    char *stem; /* the file's name without folder and extension */
    struct file_bytes bytes;
    struct yaml_doc doc;
    bool is_trace; /* the file is a binary trace; doc is empty */
    VEC(struct file_spec) files;
    VEC(struct cache_spec) caches;
    VEC(struct cpuset_spec) cpusets;
    VEC(struct task_spec) tasks;
    VEC(struct step_spec *) step_arrays; /* what the tasks' steps point to */
    VEC(struct trace_source *) sources;
    VEC(struct workload_trace) traces; /* what `trace` names */
};

/*
 * Reads the file (path "-" = stdin; what it names is then relative to the current folder) and its
 * head. This file and the traces come through `store`, unless it is NULL; it must then outlive the
 * config. *config is overwritten.
 */
bool workload_config_open(struct workload_config *config, const char *path,
                          struct file_store *store, const struct set_options *sets,
                          struct sim_error *err);

/* The same of bytes that are already there; they pass to the config, also on failure. */
bool workload_config_open_bytes(struct workload_config *config, const char *path,
                                struct file_bytes bytes, const struct set_options *sets,
                                struct sim_error *err);

/*
 * Reads the rest. CPUs, nodes and devices are checked against `machine`; NULL leaves them
 * unchecked. Errors: ERR_02xx for values, ERR_03xx for what the workload says, each with its place;
 * those of the trace for a named one.
 */
bool workload_config_load(struct workload_config *config, const struct machine_config *machine,
                          struct sim_error *err);

/* Fills everything of `run`, machine included. The configs stay the owners. */
void workload_config_fill(const struct workload_config *config,
                          const struct machine_config *machine, struct run_spec *run);

void workload_config_fini(struct workload_config *config);

#endif
