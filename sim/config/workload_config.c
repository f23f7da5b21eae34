/* SPDX-License-Identifier: MIT */
/* The workload file: its head, its traces, and what becomes of it as a whole. */
#include "config/workload_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/units.h"
#include "config/config_version.h"
#include "config/key_value.h"
#include "config/workload_body.h"
#include "trace/mmtr_source.h"
#include "yaml/yaml_value.h"

#define DEFAULT_TICK_NS (100 * NSEC_PER_MSEC)
#define DEFAULT_SEED    1

static const char *const top_keys[] = {
    "version", "name",   "description", "machine", "seed",       "duration", "tick",
    "files",   "caches", "cpusets",     "tasks",   "generators", "events",   "trace",
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the workload");
}

/* "workloads/boot.yaml" to "boot". NULL: no host memory. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return strndup(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

/* `name` as seen from the folder of `path`. NULL: no host memory. */
static char *resolve(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    struct strbuf resolved = {0};

    if (slash && name[0] != '/')
        strbuf_add(&resolved, path, (size_t)(slash - path) + 1);
    strbuf_adds(&resolved, name);
    if (resolved.failed)
        strbuf_fini(&resolved);
    return resolved.data;
}

static bool read_machine_path(struct workload_config *config, const struct yaml_node *node,
                              struct sim_error *err)
{
    const char *name;

    if (!node)
        return true;
    if (!yaml_get_string(node, &name, err)) {
        sim_error_add_hint(err, "a machine file is given with -c; a workload names one here");
        return false;
    }
    config->machine_path = resolve(config->path, name);
    return config->machine_path || out_of_memory(err);
}

static bool read_head(struct workload_config *config, struct sim_error *err)
{
    const struct yaml_node *root = yaml_doc_root(&config->doc);

    return yaml_expect(root, YAML_MAPPING, err) &&
           read_machine_path(config, yaml_map_get(root, "machine"), err) &&
           yaml_check_keys(root, top_keys, NR_ITEMS(top_keys), err) &&
           config_version_read(root, err) &&
           yaml_get_string(yaml_map_get(root, "name"), &config->name, err) &&
           yaml_get_string(yaml_map_get(root, "description"), &config->description, err) &&
           yaml_get_uint(yaml_map_get(root, "seed"), 0, UINT64_MAX, &config->seed, err) &&
           yaml_get_duration_ns(yaml_map_get(root, "tick"), 1, INT64_MAX, &config->tick_ns, err) &&
           yaml_get_duration_ns(yaml_map_get(root, "duration"), 1, INT64_MAX, &config->duration_ns,
                                err);
}

static bool open_bytes(struct workload_config *config, const char *path, struct file_store *store,
                       struct file_bytes bytes, uint64_t hash, const struct set_options *sets,
                       struct sim_error *err)
{
    /* Events may be millions: here they are checked and dropped, workload_config_load() reads them.
     */
    const struct yaml_stream stream = {.key = WORKLOAD_EVENTS_KEY};

    *config = (struct workload_config){.description = "",
                                       .seed = DEFAULT_SEED,
                                       .tick_ns = DEFAULT_TICK_NS,
                                       .store = store,
                                       .hash = hash,
                                       .bytes = bytes};
    config->path = strdup(path);
    config->stem = stem_of(path);
    config->name = config->stem;
    if (!config->path || !config->stem)
        return out_of_memory(err);
    config->is_trace = mmtr_is_trace(bytes.data, bytes.size);
    if (config->is_trace)
        return true;
    return yaml_doc_parse(&config->doc, path, bytes.data, bytes.size, &stream, err) &&
           set_options_apply_workload(sets, &config->doc, err) && read_head(config, err);
}

bool workload_config_open_bytes(struct workload_config *config, const char *path,
                                struct file_bytes bytes, const struct set_options *sets,
                                struct sim_error *err)
{
    return open_bytes(config, path, NULL, bytes, fnv1a64(bytes.data, bytes.size), sets, err);
}

bool workload_config_open(struct workload_config *config, const char *path,
                          struct file_store *store, const struct set_options *sets,
                          struct sim_error *err)
{
    struct file_bytes bytes;
    uint64_t hash;

    *config = (struct workload_config){0};
    if (!file_store_get(store, path, &bytes, &hash, err))
        return false;
    return open_bytes(config, path, store, bytes, hash, sets, err);
}

static bool add_source(struct workload_config *config, struct trace_source *source,
                       struct sim_error *err)
{
    if (!source)
        return false;
    if (vec_push(&config->sources, source))
        return true;
    trace_source_destroy(source);
    return out_of_memory(err);
}

/* A trace that many runs share is gone through for the first of them only. */
static struct trace_source *make_trace(struct workload_config *config, const char *path,
                                       const struct file_bytes *bytes, struct sim_error *err)
{
    bool *checked = file_store_checked(config->store, path);
    struct trace_source *source;

    if (checked && *checked)
        return mmtr_source_create_again(path, bytes->data, bytes->size, err);
    source = mmtr_source_create(path, bytes->data, bytes->size, err);
    if (checked)
        *checked = source;
    return source;
}

/* A named trace that cannot be opened is the workload's mistake: the place is where it is named. */
static bool read_trace(struct workload_config *config, const struct yaml_node *node,
                       struct sim_error *err)
{
    struct workload_trace trace = {0};
    struct sim_error open_err = {0};
    const char *name;

    if (!yaml_get_string(node, &name, err))
        return false;
    trace.path = resolve(config->path, name);
    if (!trace.path)
        return out_of_memory(err);
    if (!file_store_get(config->store, trace.path, &trace.bytes, &trace.hash, &open_err)) {
        yaml_error_at(node, err, open_err.code, "%.100s: %s", trace.path, open_err.message);
        free(trace.path);
        return false;
    }
    if (!vec_push(&config->traces, trace)) {
        file_bytes_fini(&trace.bytes);
        free(trace.path);
        return out_of_memory(err);
    }
    return add_source(config, make_trace(config, trace.path, &trace.bytes, err), err);
}

static bool read_traces(struct workload_config *config, const struct yaml_node *node,
                        struct sim_error *err)
{
    if (!node || node->kind != YAML_SEQUENCE)
        return !node || read_trace(config, node, err);
    for (uint32_t i = 0; i < node->count; i++) {
        if (!read_trace(config, yaml_seq_at(node, i), err))
            return false;
    }
    return true;
}

/* Without anything to do there must at least be a time for which nothing is done. */
static bool check_purpose(const struct workload_config *config, struct sim_error *err)
{
    if (config->tasks.count == 0 && config->sources.count == 0 && config->duration_ns == 0) {
        yaml_error_at(yaml_doc_root(&config->doc), err, ERR_EMPTY_WORKLOAD,
                      "nothing to do: no tasks, generators, events or trace");
        return false;
    }
    return true;
}

bool workload_config_load(struct workload_config *config, const struct machine_config *machine,
                          struct sim_error *err)
{
    if (config->is_trace)
        return add_source(config, make_trace(config, config->path, &config->bytes, err), err);
    return read_traces(config, yaml_map_get(yaml_doc_root(&config->doc), "trace"), err) &&
           workload_body_read(config, machine, err) && check_purpose(config, err);
}

void workload_config_fill(const struct workload_config *config,
                          const struct machine_config *machine, struct run_spec *run)
{
    *run = (struct run_spec){
        .machine = machine->spec,
        .kernel = machine->kernel,
        .costs = machine->costs,
        .devices = machine->devices.devices,
        .nr_devices = machine->devices.nr_devices,
        .swaps = machine->devices.swaps,
        .nr_swaps = machine->devices.nr_swaps,
        .path = config->path,
        .name = config->name,
        .seed = config->seed,
        .tick_ns = config->tick_ns,
        .duration_ns = config->duration_ns,
        .tasks = config->tasks.items,
        .nr_tasks = config->tasks.count,
        .files = config->files.items,
        .nr_files = config->files.count,
        .caches = config->caches.items,
        .nr_caches = config->caches.count,
        .cpusets = config->cpusets.items,
        .nr_cpusets = config->cpusets.count,
        .sources = config->sources.items,
        .nr_sources = config->sources.count,
    };
}

void workload_config_fini(struct workload_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->sources.count; i++)
        trace_source_destroy(config->sources.items[i]);
    vec_fini(&config->sources);
    for (size_t i = 0; i < config->traces.count; i++) {
        file_bytes_fini(&config->traces.items[i].bytes);
        free(config->traces.items[i].path);
    }
    vec_fini(&config->traces);
    for (size_t i = 0; i < config->step_arrays.count; i++)
        free(config->step_arrays.items[i]);
    vec_fini(&config->step_arrays);
    vec_fini(&config->tasks);
    vec_fini(&config->files);
    vec_fini(&config->caches);
    vec_fini(&config->cpusets);
    yaml_doc_fini(&config->doc);
    file_bytes_fini(&config->bytes);
    free(config->machine_path);
    free(config->stem);
    free(config->path);
}
