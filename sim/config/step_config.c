/* SPDX-License-Identifier: MIT */
/* The steps of one scripted task: what its `steps` list says, flattened. */
#include "config/step_config.h"

#include "config/key_value.h"
#include "config/sysctl_config.h"
#include "config/user_step_config.h"
#include "mm/gfp.h"
#include "yaml/yaml_value.h"

enum step_shape {
    SHAPE_ALLOC,  /* {id, order, gfp, count, node} */
    SHAPE_FREE,   /* an id, or {id, count, every} */
    SHAPE_SPLIT,  /* an id, or {id} */
    SHAPE_BARE,   /* the name alone */
    SHAPE_SYSCTL, /* {name: value} */
    SHAPE_SLEEP,  /* a duration */
    SHAPE_UNTIL,  /* a time */
    SHAPE_LOOP,   /* {count, steps} */
    SHAPE_USER,   /* by its op: config/user_step_config.h */
};

static const struct step_kind {
    const char *name;
    uint8_t shape; /* enum step_shape */
    uint8_t op;    /* enum step_op */
    uint8_t call;  /* enum trace_op of a record, enum user_op of user space */
    bool has_order;
    bool has_node;
} step_kinds[] = {
    {"alloc_pages", SHAPE_ALLOC, STEP_RECORD, TRACE_ALLOC_PAGES, .has_order = true,
     .has_node = true},
    {"get_free_pages", SHAPE_ALLOC, STEP_RECORD, TRACE_GET_FREE_PAGES, .has_order = true},
    {"get_zeroed_page", SHAPE_ALLOC, STEP_RECORD, TRACE_GET_ZEROED_PAGE},
    {"get_dma_pages", SHAPE_ALLOC, STEP_RECORD, TRACE_GET_DMA_PAGES, .has_order = true},
    {"free_pages", SHAPE_FREE, STEP_RECORD, TRACE_FREE_PAGES},
    {"free_hot_page", SHAPE_FREE, STEP_RECORD, TRACE_FREE_HOT_PAGE},
    {"free_cold_page", SHAPE_FREE, STEP_RECORD, TRACE_FREE_COLD_PAGE},
    {"split_page", SHAPE_SPLIT, STEP_RECORD, TRACE_SPLIT_PAGE},
    {"drain_local_pages", SHAPE_BARE, STEP_RECORD, TRACE_DRAIN_LOCAL_PAGES},
    {"drain_all_local_pages", SHAPE_BARE, STEP_RECORD, TRACE_DRAIN_ALL_LOCAL_PAGES},
    {"sysctl", SHAPE_SYSCTL, STEP_RECORD, TRACE_SYSCTL},
    {"anon", SHAPE_USER, STEP_USER, USER_ANON},
    {"mmap", SHAPE_USER, STEP_USER, USER_MMAP},
    {"touch", SHAPE_USER, STEP_USER, USER_TOUCH},
    {"unmap", SHAPE_USER, STEP_USER, USER_UNMAP},
    {"mlock", SHAPE_USER, STEP_USER, USER_MLOCK},
    {"munlock", SHAPE_USER, STEP_USER, USER_MUNLOCK},
    {"read", SHAPE_USER, STEP_USER, USER_READ},
    {"write", SHAPE_USER, STEP_USER, USER_WRITE},
    {"fsync", SHAPE_USER, STEP_USER, USER_FSYNC},
    {"drop_caches", SHAPE_USER, STEP_USER, USER_DROP_CACHES},
    {"fork", SHAPE_USER, STEP_USER, USER_FORK},
    {"slab_alloc", SHAPE_USER, STEP_USER, USER_SLAB_ALLOC},
    {"slab_free", SHAPE_USER, STEP_USER, USER_SLAB_FREE},
    {"sleep", SHAPE_SLEEP, STEP_SLEEP},
    {"until", SHAPE_UNTIL, STEP_UNTIL},
    {"loop", SHAPE_LOOP, STEP_LOOP},
    {"exit", SHAPE_BARE, STEP_EXIT},
};

static const struct step_kind *find_kind(const struct yaml_node *name, struct sim_error *err)
{
    const char *names[NR_ITEMS(step_kinds)];
    size_t index;

    for (size_t i = 0; i < NR_ITEMS(step_kinds); i++)
        names[i] = step_kinds[i].name;
    return yaml_get_choice(name, names, NR_ITEMS(names), &index, err) ? &step_kinds[index] : NULL;
}

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the steps");
}

static bool read_id(struct step_list *list, const struct yaml_node *node, uint64_t *ret_id,
                    struct sim_error *err)
{
    const struct id_use fresh = {.of_order_0 = true};
    const char *name;
    uint32_t number;

    if (!yaml_get_string(node, &name, err))
        return false;
    if (!name_table_intern(&list->id_names, name, node->length, &number) ||
        (number == list->ids.count && !vec_push(&list->ids, fresh)))
        return out_of_memory(err);
    *ret_id = number;
    return true;
}

static bool read_alloc(struct step_list *list, const struct step_kind *kind,
                       const struct yaml_node *node, struct step_spec *step, struct sim_error *err)
{
    static const char *const keys[] = {"id", "gfp", "count", "order", "node"};
    size_t nr_keys = kind->has_node ? 5 : kind->has_order ? 4 : 3;
    const struct yaml_node *id;
    uint64_t order = 0;

    step->record.gfp = kind->call == TRACE_GET_DMA_PAGES ? GFP_KERNEL | GFP_BIT_DMA : GFP_KERNEL;
    step->count = 1;
    if (!yaml_check_keys(node, keys, nr_keys, err) || !yaml_require(node, "id", &id, err) ||
        !read_id(list, id, &step->record.id, err) ||
        !limits_read_gfp(yaml_map_get(node, "gfp"), &step->record.gfp, err) ||
        !yaml_get_uint(yaml_map_get(node, "count"), 1, UINT32_MAX, &step->count, err) ||
        !yaml_get_uint(yaml_map_get(node, "order"), 0, TRACE_ORDER_MAX, &order, err) ||
        !limits_read_nid(list->scope->limits, yaml_map_get(node, "node"), &step->record.node, err))
        return false;
    step->record.order = (uint8_t)order;
    list->ids.items[step->record.id].allocated = true;
    if (order > 0)
        list->ids.items[step->record.id].of_order_0 = false;
    return true;
}

static bool read_free(struct step_list *list, const struct yaml_node *node, bool counted,
                      struct step_spec *step, struct sim_error *err)
{
    static const char *const keys[] = {"id", "count", "every"};
    const struct yaml_node *id = node;

    if (node->kind == YAML_MAPPING &&
        (!yaml_check_keys(node, keys, counted ? 3 : 1, err) ||
         !yaml_require(node, "id", &id, err) ||
         !yaml_get_uint(yaml_map_get(node, "count"), 1, UINT32_MAX, &step->count, err) ||
         !yaml_get_uint(yaml_map_get(node, "every"), 1, UINT32_MAX, &step->every, err)))
        return false;
    return read_id(list, id, &step->record.id, err);
}

static bool read_sysctl(const struct step_list *list, const struct yaml_node *node,
                        struct step_spec *step, struct sim_error *err)
{
    const struct yaml_node *name;
    const struct yaml_node *value;

    if (!yaml_expect(node, YAML_MAPPING, err))
        return false;
    if (node->count != 1)
        return yaml_error_at(node, err, ERR_BAD_STEP, "one sysctl a step");
    yaml_map_at(node, 0, &name, &value);
    return sysctl_write_read(name, value, !list->scope->limits->uma, &step->record, err);
}

/* Whether one pass through steps [first, end) lets time pass: it sleeps or accesses pages. */
static bool takes_time(const struct step_list *list, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct step_spec *step = &list->steps.items[i].step;

        if (step->op == STEP_SLEEP || step->op == STEP_EXIT ||
            (step->op == STEP_USER && user_op_accesses((enum user_op)step->user.op)))
            return true;
    }
    return false;
}

static bool read_steps(struct step_list *list, const struct yaml_node *steps,
                       struct sim_error *err);

static bool read_loop(struct step_list *list, const struct yaml_node *node, size_t index,
                      struct sim_error *err)
{
    static const char *const keys[] = {"count", "steps"};
    const struct yaml_node *steps;
    struct step_spec *loop;
    uint64_t count = 0;

    if (!yaml_check_keys(node, keys, NR_ITEMS(keys), err) ||
        !yaml_get_uint(yaml_map_get(node, "count"), 1, UINT32_MAX, &count, err) ||
        !yaml_require(node, "steps", &steps, err) || !read_steps(list, steps, err))
        return false;
    if (list->steps.count == index + 1)
        return yaml_error_at(steps, err, ERR_BAD_STEP, "the loop has no steps");
    if (count == 0) {
        list->endless = true;
        if (!takes_time(list, index + 1, list->steps.count))
            return yaml_error_at(node, err, ERR_BAD_STEP,
                                 "a loop without count needs a sleep or an access, or time "
                                 "stands still");
    }
    loop = &list->steps.items[index].step;
    loop->count = count;
    loop->nr_steps = (uint32_t)(list->steps.count - index - 1);
    return true;
}

static bool read_arguments(struct step_list *list, const struct step_kind *kind,
                           const struct yaml_node *node, struct step_spec *step,
                           struct sim_error *err)
{
    switch ((enum step_shape)kind->shape) {
    case SHAPE_ALLOC:
        return read_alloc(list, kind, node, step, err);
    case SHAPE_FREE:
        return read_free(list, node, true, step, err);
    case SHAPE_SPLIT:
        return read_free(list, node, false, step, err);
    case SHAPE_SYSCTL:
        return read_sysctl(list, node, step, err);
    case SHAPE_SLEEP:
        return yaml_get_duration_ns(node, 1, INT64_MAX, &step->duration_ns, err);
    case SHAPE_UNTIL:
        return yaml_get_duration_ns(node, 0, INT64_MAX, &step->record.time_ns, err);
    case SHAPE_USER:
        return user_step_read(list, node, kind->name, step, err);
    case SHAPE_BARE:
        if (yaml_is_null(node))
            return true;
        return yaml_error_at(node, err, ERR_BAD_STEP, "%s takes no value", kind->name);
    case SHAPE_LOOP:
        break;
    }
    return true;
}

/* A fork with a count is a loop of forks. False: no host memory. */
static bool repeat_step(struct step_list *list, struct placed_step *placed)
{
    struct placed_step loop = {.step = {.op = STEP_LOOP, .line = placed->step.line, .nr_steps = 1},
                               .node = placed->node};

    if (placed->step.op != STEP_USER || placed->step.user.op != USER_FORK)
        return true;
    loop.step.count = placed->step.user.count;
    placed->step.user.count = 0;
    return loop.step.count == 1 || vec_push(&list->steps, loop);
}

static bool read_step(struct step_list *list, const struct yaml_node *item, struct sim_error *err)
{
    struct placed_step placed = {
        .step = {.record = {.node = -1}, .line = item->line},
        .node = item,
    };
    const struct yaml_node *name = item;
    const struct yaml_node *arguments = NULL;
    const struct step_kind *kind;
    size_t index = list->steps.count;

    if (item->kind == YAML_SEQUENCE || (item->kind == YAML_MAPPING && item->count != 1))
        return yaml_error_at(item, err, ERR_BAD_STEP, "a step is one operation: \"- NAME: ...\"");
    if (item->kind == YAML_MAPPING)
        yaml_map_at(item, 0, &name, &arguments);
    kind = find_kind(name, err);
    if (!kind)
        return false;
    if (!arguments && kind->shape != SHAPE_BARE)
        return yaml_error_at(item, err, ERR_BAD_STEP, "%s needs a value", kind->name);
    placed.step.op = kind->op;
    if (kind->op == STEP_USER)
        placed.step.user.op = kind->call;
    else
        placed.step.record.op = kind->call;
    if (arguments && !read_arguments(list, kind, arguments, &placed.step, err))
        return false;
    if (!repeat_step(list, &placed) || list->steps.count == UINT32_MAX ||
        !vec_push(&list->steps, placed))
        return out_of_memory(err);
    return kind->shape != SHAPE_LOOP || read_loop(list, arguments, index, err);
}

static bool read_steps(struct step_list *list, const struct yaml_node *steps, struct sim_error *err)
{
    if (!yaml_expect(steps, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; i < steps->count; i++) {
        if (!read_step(list, yaml_seq_at(steps, i), err))
            return false;
    }
    return true;
}

/* Only when all steps are known: a loop may allocate below what it frees above. */
static bool check_ids(const struct step_list *list, struct sim_error *err)
{
    for (size_t i = 0; i < list->steps.count; i++) {
        const struct placed_step *placed = &list->steps.items[i];
        const struct trace_record *record = &placed->step.record;
        bool single = record->op == TRACE_FREE_HOT_PAGE || record->op == TRACE_FREE_COLD_PAGE;

        if (placed->step.op != STEP_RECORD || !trace_op_uses_block((enum trace_op)record->op))
            continue;
        if (!list->ids.items[record->id].allocated)
            return yaml_error_at(placed->node, err, ERR_UNKNOWN_ID, "no step allocates this id");
        if (single && !list->ids.items[record->id].of_order_0)
            return yaml_error_at(placed->node, err, ERR_BAD_ORDER,
                                 "%s takes single pages, the id has larger blocks",
                                 trace_op_name((enum trace_op)record->op));
    }
    return true;
}

bool step_list_read(struct step_list *list, const struct yaml_node *steps, struct sim_error *err)
{
    return read_steps(list, steps, err) && check_ids(list, err);
}

const struct yaml_node *placed_step_value(const struct placed_step *placed, const char *key)
{
    const struct yaml_node *name;
    const struct yaml_node *value = placed->node;
    const struct yaml_node *found;

    if (value->kind == YAML_MAPPING)
        yaml_map_at(value, 0, &name, &value);
    found = yaml_map_get(value, key);
    return found ? found : value;
}

void step_list_fini(struct step_list *list)
{
    vec_fini(&list->steps);
    vec_fini(&list->ids);
    name_table_fini(&list->id_names);
    vec_fini(&list->regions);
    name_table_fini(&list->region_names);
}
