/* SPDX-License-Identifier: MIT */
/* What a workload does: its `files`, `caches`, `tasks`, `generators` and `events`. */
#include "config/workload_body.h"

#include <stdlib.h>
#include <string.h>

#include "config/cache_config.h"
#include "config/file_config.h"
#include "config/generator_config.h"
#include "config/numa_config.h"
#include "config/region_flow.h"
#include "config/sysctl_config.h"
#include "config/task_config.h"
#include "config/task_tree.h"
#include "config/workload_limits.h"
#include "config/workload_names.h"
#include "mm/gfp.h"
#include "trace/api_call.h"
#include "trace/event_list.h"
#include "yaml/yaml_value.h"

struct body {
    struct workload_config *config;
    struct workload_limits limits;
    struct workload_names names;
    struct step_scope scope;
    VEC(struct task_draft) drafts;
    struct event_list *events;
    struct sim_error *err;
};

static bool out_of_memory(struct body *b)
{
    return sim_error_set(b->err, ERR_OUT_OF_MEMORY, "no memory for the workload");
}

/* A list of the document and the reader of its items. */
static bool read_list(struct body *b, const char *key,
                      bool (*read_item)(struct body *b, const struct yaml_node *item))
{
    const struct yaml_node *list = yaml_map_get(yaml_doc_root(&b->config->doc), key);

    if (!yaml_expect(list, YAML_SEQUENCE, b->err))
        return false;
    for (uint32_t i = 0; list && i < list->count; i++) {
        if (!read_item(b, yaml_seq_at(list, i)))
            return false;
    }
    return true;
}

static bool read_file(struct body *b, const struct yaml_node *item)
{
    struct file_spec file;

    return file_config_read(item, &b->limits, &b->names, &file, b->err) &&
           (vec_push(&b->config->files, file) || out_of_memory(b));
}

static bool read_cache(struct body *b, const struct yaml_node *item)
{
    struct cache_spec cache;

    return cache_config_read(item, &b->names, &cache, b->err) &&
           (vec_push(&b->config->caches, cache) || out_of_memory(b));
}

static bool read_cpuset(struct body *b, const struct yaml_node *item)
{
    struct cpuset_spec cpuset;

    return cpuset_config_read(item, &b->limits, &b->names, b->config->cpusets.items,
                              (uint32_t)b->config->cpusets.count, &cpuset, b->err) &&
           (vec_push(&b->config->cpusets, cpuset) || out_of_memory(b));
}

/* Before any steps: they fork tasks that stand below them. */
static bool declare_task(struct body *b, const struct yaml_node *item)
{
    const char *name;

    return names_declare(&b->names.tasks, item, &name, b->err);
}

static bool read_task(struct body *b, const struct yaml_node *item)
{
    struct task_draft draft;

    if (!task_config_read(&draft, item, &b->scope, b->config->duration_ns, b->err)) {
        task_draft_fini(&draft);
        return false;
    }
    if (!vec_push(&b->drafts, draft)) {
        task_draft_fini(&draft);
        return out_of_memory(b);
    }
    return true;
}

/* Hands the steps to the config, which frees them. */
static bool keep_task(struct body *b, const struct task_draft *draft)
{
    struct task_spec task = draft->spec;
    struct step_spec *steps;

    if (!task_draft_steps(draft, &steps, b->err))
        return false;
    if (steps && !vec_push(&b->config->step_arrays, steps)) {
        free(steps);
        return out_of_memory(b);
    }
    task.steps = steps;
    task.nr_steps = (uint32_t)draft->list.steps.count;
    return vec_push(&b->config->tasks, task) || out_of_memory(b);
}

static bool keep_tasks(struct body *b)
{
    for (size_t i = 0; i < b->drafts.count; i++) {
        if (!keep_task(b, &b->drafts.items[i]))
            return false;
    }
    return true;
}

static bool read_tasks(struct body *b)
{
    struct workload_config *config = b->config;

    b->scope =
        (struct step_scope){&b->limits, &b->names, config->files.items, config->cpusets.items};
    return read_list(b, "tasks", declare_task) && read_list(b, "tasks", read_task) &&
           task_tree_resolve(b->drafts.items, (uint32_t)b->drafts.count, b->err) &&
           region_flow_check(b->drafts.items, (uint32_t)b->drafts.count, b->err) &&
           file_config_place(config->files.items, config->files.count, b->drafts.items,
                             b->drafts.count, b->err) &&
           keep_tasks(b);
}

static bool read_generator(struct body *b, const struct yaml_node *item)
{
    struct generator_spec spec;
    struct sim_error create_err = {0};
    struct trace_source *source;

    if (!generator_config_read(item, b->config->duration_ns, &b->limits, &b->names, &spec,
                               b->err) ||
        !names_declare(&b->names.tasks, item, &spec.name, b->err))
        return false;
    source = generator_create(&spec, b->config->seed, &create_err);
    if (!source)
        return yaml_error_at(item, b->err, create_err.code, "%s", create_err.message);
    if (!vec_push(&b->config->sources, source)) {
        trace_source_destroy(source);
        return out_of_memory(b);
    }
    return true;
}

static bool parse_sysctl(const char *name, bool numa, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                         struct sim_error *err)
{
    enum vm_sysctl_id id;

    if (!sysctl_find(name, numa, &id, err))
        return false;
    *ret_sysctl = (uint8_t)id;
    *ret_nr_values = vm_sysctl_nr_values(id);
    return true;
}

static bool parse_numa_sysctl(const char *name, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                              struct sim_error *err)
{
    return parse_sysctl(name, true, ret_sysctl, ret_nr_values, err);
}

static bool parse_uma_sysctl(const char *name, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                             struct sim_error *err)
{
    return parse_sysctl(name, false, ret_sysctl, ret_nr_values, err);
}

static bool sysctl_valid(uint8_t sysctl, const uint64_t *values)
{
    return vm_sysctl_valid((enum vm_sysctl_id)sysctl, values);
}

/* The task of an event in either form; NULL when the event has not the shape to have one. */
static const struct yaml_node *event_task(const struct yaml_node *item)
{
    if (item->kind == YAML_SEQUENCE)
        return item->count > 1 ? yaml_seq_at(item, 1) : NULL;
    return yaml_map_get(item, "task");
}

/* While events are read, the names are those of the tasks. */
static bool check_event_task(const struct body *b, const struct yaml_node *item,
                             struct sim_error *err)
{
    const struct yaml_node *task = event_task(item);
    uint32_t number;

    if (b->config->tasks.count == 0 || !task || task->kind != YAML_SCALAR)
        return true;
    if (!names_find_task(&b->names, task, &number, err))
        return false;
    if (b->config->tasks.items[number].forked)
        return yaml_error_at(task, err, ERR_BAD_FORK,
                             "a forked task does what its steps say, no events");
    return true;
}

/* The call of an event that has been read, and so has its shape. */
static const struct yaml_node *event_call(const struct yaml_node *item)
{
    return item->kind == YAML_SEQUENCE ? yaml_seq_at(item, 2) : yaml_map_get(item, "op");
}

/* The kernel stops at such a call. Kernel: mm/vmalloc.c vfree() [2.6.24] */
static bool check_event_interrupt(const struct body *b, const struct yaml_node *item,
                                  struct sim_error *err)
{
    const struct yaml_node *call = event_call(item);
    uint32_t number;

    if (b->config->tasks.count == 0 || !trace_op_for_areas(api_call_find(call->text)->op))
        return true;
    if (!names_find_task(&b->names, event_task(item), &number, err))
        return false;
    if (b->config->tasks.items[number].flags & TASK_IN_INTERRUPT)
        return yaml_error_at(call, err, ERR_BAD_EVENT, "an interrupt handler may not call %s",
                             call->text);
    return true;
}

/* The node that it names. */
static const struct yaml_node *event_node(const struct yaml_node *item)
{
    const struct api_call *call;

    if (item->kind != YAML_SEQUENCE)
        return yaml_map_get(item, "node");
    call = api_call_find(event_call(item)->text);
    for (unsigned i = 0; i < call->nr_args; i++)
        if (call->args[i] == API_ARG_NODE && item->count > 3 + i)
            return yaml_seq_at(item, 3 + i);
    return NULL;
}

static bool check_event_node(const struct body *b, const struct yaml_node *item,
                             struct sim_error *err)
{
    const struct yaml_node *node = event_node(item);
    int16_t nid;

    /* -1 leaves it to the task's CPU */
    if (!node || node->text[0] == '-')
        return true;
    return limits_read_nid(&b->limits, node, &nid, err);
}

static bool find_cache(const void *context, const struct yaml_node *node, uint32_t *ret_cache,
                       struct sim_error *err)
{
    return names_find_cache(context, node, ret_cache, err);
}

static bool add_event(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    struct body *b = ctx;

    return check_event_task(b, item, err) && event_list_add(b->events, item, err) &&
           check_event_interrupt(b, item, err) && check_event_node(b, item, err);
}

static bool add_all_events(struct body *b, const struct yaml_node *events)
{
    const struct yaml_node *root = yaml_doc_root(&b->config->doc);
    const struct yaml_stream stream = {WORKLOAD_EVENTS_KEY, add_event, b};
    struct yaml_doc doc = {0};
    bool ok = true;

    if (strcmp(events->file, root->file) == 0) {
        ok = yaml_doc_parse(&doc, b->config->path, b->config->bytes.data, b->config->bytes.size,
                            &stream, b->err);
        yaml_doc_fini(&doc);
        return ok;
    }
    /* Another list was given with --set. */
    for (uint32_t i = 0; ok && i < events->count; i++)
        ok = add_event(b, yaml_seq_at(events, i), b->err);
    return ok;
}

static bool read_events(struct body *b, const struct yaml_node *events)
{
    const struct event_parsers parsers = {
        .gfp = b->limits.uma ? gfp_parse_uma : gfp_parse,
        .sysctl = b->limits.uma ? parse_uma_sysctl : parse_numa_sysctl,
        .sysctl_valid = sysctl_valid,
        .cache = find_cache,
        .context = &b->names,
        .default_gfp = GFP_KERNEL,
        .zero_gfp = GFP_BIT_ZERO,
        .highmem_gfp = GFP_BIT_HIGHMEM,
    };
    struct trace_source *source;

    if (!events)
        return true;
    if (!yaml_expect(events, YAML_SEQUENCE, b->err))
        return false;
    b->events = event_list_create(&parsers, b->err);
    if (!b->events)
        return false;
    if (!add_all_events(b, events) || event_list_count(b->events) == 0) {
        event_list_destroy(b->events);
        return !sim_error_is_set(b->err);
    }
    source = event_list_source(b->events);
    if (!vec_push(&b->config->sources, source)) {
        trace_source_destroy(source);
        return out_of_memory(b);
    }
    return true;
}

static void body_fini(struct body *b)
{
    for (size_t i = 0; i < b->drafts.count; i++)
        task_draft_fini(&b->drafts.items[i]);
    vec_fini(&b->drafts);
    workload_names_fini(&b->names);
}

bool workload_body_read(struct workload_config *config, const struct machine_config *machine,
                        struct sim_error *err)
{
    const struct yaml_node *root = yaml_doc_root(&config->doc);
    struct body body = {.config = config, .limits = workload_limits_of(machine), .err = err};
    bool ok = read_list(&body, "files", read_file) && read_list(&body, "caches", read_cache) &&
              read_list(&body, "cpusets", read_cpuset) && read_tasks(&body) &&
              read_events(&body, yaml_map_get(root, WORKLOAD_EVENTS_KEY)) &&
              read_list(&body, "generators", read_generator);

    body_fini(&body);
    return ok;
}
