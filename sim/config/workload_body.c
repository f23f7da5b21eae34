/* SPDX-License-Identifier: MIT */
/* What a workload does: its `tasks`, `generators` and `events`. */
#include "config/workload_body.h"

#include <stdlib.h>
#include <string.h>

#include "config/generator_config.h"
#include "config/key_value.h"
#include "config/step_config.h"
#include "config/sysctl_config.h"
#include "config/workload_limits.h"
#include "engine/task.h"
#include "mm/gfp.h"
#include "trace/event_list.h"
#include "trace/name_table.h"
#include "yaml/yaml_value.h"

struct body {
    struct workload_config *config;
    struct workload_limits limits;
    struct name_table names; /* of tasks, then of generators */
    struct event_list *events;
    struct sim_error *err;
};

static bool out_of_memory(struct body *b)
{
    return sim_error_set(b->err, ERR_OUT_OF_MEMORY, "no memory for the workload");
}

/* The name of a task or generator, which must be new; it belongs to the document. */
static bool take_name(struct body *b, const struct yaml_node *item, const char **ret_name)
{
    const struct yaml_node *node;
    const char *name;
    uint32_t number;

    if (!yaml_require(item, "name", &node, b->err) || !yaml_get_string(node, &name, b->err))
        return false;
    if (name_table_find(&b->names, name, node->length, &number))
        return yaml_error_at(node, b->err, ERR_DUPLICATE_NAME, "the name \"%s\" is taken",
                             yaml_excerpt(node).text);
    if (!name_table_intern(&b->names, name, node->length, &number))
        return out_of_memory(b);
    *ret_name = name;
    return true;
}

static bool read_flags(const struct yaml_node *node, uint32_t *ret_flags, struct sim_error *err)
{
    static const char *const names[] = {"PF_MEMALLOC", "TIF_MEMDIE", "rt_task", "in_interrupt"};
    static const uint32_t bits[] = {TASK_PF_MEMALLOC, TASK_TIF_MEMDIE, TASK_RT, TASK_IN_INTERRUPT};

    if (!node)
        return true;
    if (!yaml_expect(node, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        size_t index;

        if (!yaml_get_choice(yaml_seq_at(node, i), names, NR_ITEMS(names), &index, err))
            return false;
        *ret_flags |= bits[index];
    }
    return true;
}

/* Hands the flat steps to the config, which frees them. */
static bool keep_steps(struct body *b, const struct step_list *list, struct task_spec *task)
{
    struct step_spec *steps;

    if (list->steps.count == 0)
        return true;
    steps = calloc(list->steps.count, sizeof(*steps));
    if (!steps || !vec_push(&b->config->step_arrays, steps)) {
        free(steps);
        return out_of_memory(b);
    }
    for (size_t i = 0; i < list->steps.count; i++)
        steps[i] = list->steps.items[i].step;
    task->steps = steps;
    task->nr_steps = (uint32_t)list->steps.count;
    return true;
}

static bool read_steps(struct body *b, const struct yaml_node *item, struct task_spec *task)
{
    const struct yaml_node *node = yaml_map_get(item, "steps");
    struct step_list list = {.limits = &b->limits};
    bool ok;

    if (!node)
        return true;
    ok = step_list_read(&list, node, b->err);
    if (ok && list.endless && b->config->duration_ns == 0)
        ok = yaml_error_at(node, b->err, ERR_NO_DURATION,
                           "loops for ever, and the workload has no duration");
    ok = ok && keep_steps(b, &list, task);
    step_list_fini(&list);
    return ok;
}

static bool read_task(struct body *b, const struct yaml_node *item)
{
    static const char *const keys[] = {"name", "cpu", "flags", "start", "steps"};
    struct task_spec task = {.cpu = -1};

    if (!yaml_check_keys(item, keys, NR_ITEMS(keys), b->err) || !take_name(b, item, &task.name) ||
        !limits_read_cpu(&b->limits, yaml_map_get(item, "cpu"), &task.cpu, b->err) ||
        !read_flags(yaml_map_get(item, "flags"), &task.flags, b->err) ||
        !yaml_get_duration_ns(yaml_map_get(item, "start"), 0, INT64_MAX, &task.start_ns, b->err) ||
        !read_steps(b, item, &task))
        return false;
    return vec_push(&b->config->tasks, task) || out_of_memory(b);
}

static bool read_tasks(struct body *b, const struct yaml_node *tasks)
{
    if (!tasks)
        return true;
    if (!yaml_expect(tasks, YAML_SEQUENCE, b->err))
        return false;
    for (uint32_t i = 0; i < tasks->count; i++) {
        if (!read_task(b, yaml_seq_at(tasks, i)))
            return false;
    }
    return true;
}

static bool read_generator(struct body *b, const struct yaml_node *item)
{
    struct generator_spec spec;
    struct sim_error create_err = {0};
    struct trace_source *source;

    if (!generator_config_read(item, b->config->duration_ns, &b->limits, &spec, b->err) ||
        !take_name(b, item, &spec.name))
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

static bool read_generators(struct body *b, const struct yaml_node *generators)
{
    if (!generators)
        return true;
    if (!yaml_expect(generators, YAML_SEQUENCE, b->err))
        return false;
    for (uint32_t i = 0; i < generators->count; i++) {
        if (!read_generator(b, yaml_seq_at(generators, i)))
            return false;
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
    const char *near;
    uint32_t number;

    if (name_table_count(&b->names) == 0 || !task || task->kind != YAML_SCALAR ||
        name_table_find(&b->names, task->text, task->length, &number))
        return true;
    near = name_table_suggest(&b->names, task->text);
    yaml_error_at(task, err, ERR_UNKNOWN_TASK, "no task \"%s\" is declared",
                  yaml_excerpt(task).text);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    return false;
}

static bool check_event_node(const struct body *b, const struct yaml_node *item,
                             struct sim_error *err)
{
    const struct yaml_node *node = yaml_map_get(item, "node");
    int16_t nid;

    if (item->kind == YAML_SEQUENCE)
        node = item->count > 6 ? yaml_seq_at(item, 6) : NULL;
    /* -1 leaves it to the task's CPU, and other rows have no node there. */
    if (!node || node->kind != YAML_SCALAR || node->text[0] == '-')
        return true;
    return limits_read_nid(&b->limits, node, &nid, err);
}

static bool add_event(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    struct body *b = ctx;

    return check_event_task(b, item, err) && event_list_add(b->events, item, err) &&
           check_event_node(b, item, err);
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
        .gfp = gfp_parse,
        .sysctl = b->limits.uma ? parse_uma_sysctl : parse_numa_sysctl,
        .sysctl_valid = sysctl_valid,
        .default_gfp = GFP_KERNEL,
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

bool workload_body_read(struct workload_config *config, const struct machine_spec *machine,
                        struct sim_error *err)
{
    const struct yaml_node *root = yaml_doc_root(&config->doc);
    struct body body = {.config = config, .limits = workload_limits_of(machine), .err = err};
    bool ok = read_tasks(&body, yaml_map_get(root, "tasks")) &&
              read_events(&body, yaml_map_get(root, WORKLOAD_EVENTS_KEY)) &&
              read_generators(&body, yaml_map_get(root, "generators"));

    name_table_fini(&body.names);
    return ok;
}
