/* SPDX-License-Identifier: MIT */
/* The steps of one scripted task: what its `steps` list says, flattened. */
#include "config/step_config.h"

#include "config/api_config.h"
#include "config/key_value.h"
#include "config/sysctl_config.h"
#include "config/user_step_config.h"
#include "yaml/yaml_value.h"

enum step_shape {
    SHAPE_ALLOC,  /* the call's arguments and count */
    SHAPE_FREE,   /* an id, or {id, count, every} and the call's arguments */
    SHAPE_USE,    /* an id, or {id} and the call's arguments */
    SHAPE_BARE,   /* the name alone */
    SHAPE_SYSCTL, /* {name: value} */
    SHAPE_SLEEP,  /* a duration */
    SHAPE_UNTIL,  /* a time */
    SHAPE_LOOP,   /* {count, steps} */
    SHAPE_USER,   /* by its op: config/user_step_config.h */
};

/* Beside the calls of trace/api_call.h. */
static const struct step_kind {
    const char *name;
    uint8_t shape; /* enum step_shape */
    uint8_t op;    /* enum step_op */
    uint8_t user;  /* enum user_op */
} step_kinds[] = {
    {"anon", SHAPE_USER, STEP_USER, USER_ANON},
    {"mmap", SHAPE_USER, STEP_USER, USER_MMAP},
    {"touch", SHAPE_USER, STEP_USER, USER_TOUCH},
    {"unmap", SHAPE_USER, STEP_USER, USER_UNMAP},
    {"mlock", SHAPE_USER, STEP_USER, USER_MLOCK},
    {"munlock", SHAPE_USER, STEP_USER, USER_MUNLOCK},
    {"set_mempolicy", SHAPE_USER, STEP_USER, USER_SET_MEMPOLICY},
    {"mbind", SHAPE_USER, STEP_USER, USER_MBIND},
    {"read", SHAPE_USER, STEP_USER, USER_READ},
    {"write", SHAPE_USER, STEP_USER, USER_WRITE},
    {"fsync", SHAPE_USER, STEP_USER, USER_FSYNC},
    {"drop_caches", SHAPE_USER, STEP_USER, USER_DROP_CACHES},
    {"fork", SHAPE_USER, STEP_USER, USER_FORK},
    {"slab_alloc", SHAPE_USER, STEP_USER, USER_SLAB_ALLOC},
    {"slab_free", SHAPE_USER, STEP_USER, USER_SLAB_FREE},
    {"kmem_cache_shrink", SHAPE_USER, STEP_USER, USER_KMEM_CACHE_SHRINK},
    {"sleep", SHAPE_SLEEP, STEP_SLEEP},
    {"until", SHAPE_UNTIL, STEP_UNTIL},
    {"loop", SHAPE_LOOP, STEP_LOOP},
    {"exit", SHAPE_BARE, STEP_EXIT},
};

/* What a step's name is; `call`: of the kernel's API, NULL otherwise. */
struct step_name {
    struct step_kind kind;
    const struct api_call *call;
};

static enum step_shape shape_of(const struct api_call *call)
{
    enum trace_op op = (enum trace_op)call->op;

    if (trace_op_allocates(op))
        return SHAPE_ALLOC;
    if (trace_op_drops(op))
        return SHAPE_FREE;
    if (trace_op_uses_block(op))
        return SHAPE_USE;
    return op == TRACE_SYSCTL ? SHAPE_SYSCTL : SHAPE_BARE;
}

static bool find_name(const struct yaml_node *name, struct step_name *ret_name,
                      struct sim_error *err)
{
    const char *names[NR_API_CALLS + NR_ITEMS(step_kinds)];
    size_t index;

    for (size_t i = 0; i < NR_API_CALLS; i++)
        names[i] = api_calls[i].name;
    for (size_t i = 0; i < NR_ITEMS(step_kinds); i++)
        names[NR_API_CALLS + i] = step_kinds[i].name;
    if (!yaml_get_choice(name, names, NR_ITEMS(names), &index, err))
        return false;
    *ret_name = (struct step_name){.call = NULL};
    if (index >= NR_API_CALLS) {
        ret_name->kind = step_kinds[index - NR_API_CALLS];
        return true;
    }
    ret_name->call = &api_calls[index];
    ret_name->kind = (struct step_kind){.name = ret_name->call->name,
                                        .shape = (uint8_t)shape_of(ret_name->call),
                                        .op = STEP_RECORD};
    return true;
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

/* The call's own keys and `more`. */
static bool check_keys(const struct api_call *call, const struct yaml_node *node,
                       const char *const *more, size_t nr_more, struct sim_error *err)
{
    const char *keys[API_ARGS_MAX + 2];
    size_t nr_keys = 0;

    for (unsigned i = 0; i < call->nr_args; i++)
        keys[nr_keys++] = api_arg_names[call->args[i]];
    for (size_t i = 0; i < nr_more; i++)
        keys[nr_keys++] = more[i];
    return yaml_check_keys(node, keys, nr_keys, err);
}

/* The key of an argument, NULL when it is left out and may be. */
static bool find_arg(const struct api_call *call, const struct yaml_node *node, unsigned index,
                     const struct yaml_node **ret_arg, struct sim_error *err)
{
    const char *name = api_arg_names[call->args[index]];

    *ret_arg = yaml_map_get(node, name);
    return index >= call->nr_required || yaml_require(node, name, ret_arg, err);
}

/* An order, a size or a cache. */
static bool read_amount(struct step_list *list, const struct api_call *call,
                        const struct yaml_node *node, struct trace_record *record,
                        struct sim_error *err)
{
    const struct yaml_node *arg;
    uint64_t order = 0;

    if (call->nr_args < 2 || !find_arg(call, node, 1, &arg, err))
        return call->nr_args < 2;
    switch ((enum api_arg)call->args[1]) {
    case API_ARG_SIZE:
        return yaml_get_size_bytes(arg, 0, UINT64_MAX, &record->size_bytes, err);
    case API_ARG_CACHE:
        return names_find_cache(list->scope->names, arg, &record->cache, err);
    case API_ARG_ORDER:
        if (!yaml_get_uint(arg, 0, TRACE_ORDER_MAX, &order, err))
            return false;
        record->order = (uint8_t)order;
        return true;
    default:
        return true;
    }
}

/* The kernel stops at such a call. Kernel: mm/vmalloc.c __get_vm_area_node() [2.6.24] */
static bool check_interrupt(const struct step_list *list, const struct api_call *call,
                            const struct yaml_node *node, struct sim_error *err)
{
    if (!list->in_interrupt || !trace_op_for_areas(call->op))
        return true;
    return yaml_error_at(node, err, ERR_BAD_STEP, "an interrupt handler may not call %s",
                         call->name);
}

static bool read_alloc(struct step_list *list, const struct api_call *call,
                       const struct yaml_node *node, struct step_spec *step, struct sim_error *err)
{
    static const char *const more[] = {"count"};
    const struct yaml_node *id;

    step->count = 1;
    if (!check_keys(call, node, more, NR_ITEMS(more), err) || !yaml_require(node, "id", &id, err) ||
        !read_id(list, id, &step->record.id, err) ||
        !api_read_gfp(call, yaml_map_get(node, "gfp"), list->scope->limits, &step->record.gfp,
                      err) ||
        !yaml_get_uint(yaml_map_get(node, "count"), 1, UINT32_MAX, &step->count, err) ||
        !read_amount(list, call, node, &step->record, err) ||
        !api_read_node(call, node, list->scope->limits, &step->record.node, err))
        return false;
    list->ids.items[step->record.id].allocated = true;
    if (step->record.order > 0)
        list->ids.items[step->record.id].of_order_0 = false;
    return true;
}

/* The order that a free claims; the piece that comes back. */
static bool read_claim(const struct api_call *call, const struct yaml_node *node,
                       struct trace_record *record, struct sim_error *err)
{
    bool piece = call->op == TRACE_FREE_PART;
    uint64_t order_max = piece ? TRACE_PART_ORDER_MAX : TRACE_ORDER_MAX;
    const struct yaml_node *order_node = yaml_map_get(node, "order");
    const struct yaml_node *part_node = NULL;
    uint64_t order = 0, part = 0;

    if (piece && (!yaml_require(node, "order", &order_node, err) ||
                  !yaml_require(node, "part", &part_node, err)))
        return false;
    if (!yaml_get_uint(order_node, 0, order_max, &order, err) ||
        !yaml_get_uint(part_node, 0, UINT32_C(1) << TRACE_PART_ORDER_MAX, &part, err))
        return false;
    record->order = (uint8_t)order;
    record->part = (uint32_t)part;
    if (order_node && !piece)
        record->flags |= TRACE_CLAIMS_ORDER;
    return true;
}

static bool read_use(struct step_list *list, const struct api_call *call,
                     const struct yaml_node *node, struct step_spec *step, struct sim_error *err)
{
    static const char *const more[] = {"count", "every"};
    bool counted = trace_op_drops((enum trace_op)call->op);
    const struct yaml_node *id = node;

    if (call->claims_order_0)
        step->record.flags |= TRACE_CLAIMS_ORDER;
    if (node->kind != YAML_MAPPING && call->op == TRACE_FREE_PART)
        return yaml_error_at(node, err, ERR_BAD_STEP, "free_part takes {id, order, part}");
    if (node->kind == YAML_MAPPING &&
        (!check_keys(call, node, more, counted ? NR_ITEMS(more) : 0, err) ||
         !yaml_require(node, "id", &id, err) ||
         !yaml_get_uint(yaml_map_get(node, "count"), 1, UINT32_MAX, &step->count, err) ||
         !yaml_get_uint(yaml_map_get(node, "every"), 1, UINT32_MAX, &step->every, err) ||
         !read_claim(call, node, &step->record, err)))
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

static bool read_arguments(struct step_list *list, const struct step_name *name,
                           const struct yaml_node *node, struct step_spec *step,
                           struct sim_error *err)
{
    switch ((enum step_shape)name->kind.shape) {
    case SHAPE_ALLOC:
        return check_interrupt(list, name->call, node, err) &&
               read_alloc(list, name->call, node, step, err);
    case SHAPE_FREE:
    case SHAPE_USE:
        return check_interrupt(list, name->call, node, err) &&
               read_use(list, name->call, node, step, err);
    case SHAPE_SYSCTL:
        return read_sysctl(list, node, step, err);
    case SHAPE_SLEEP:
        return yaml_get_duration_ns(node, 1, INT64_MAX, &step->duration_ns, err);
    case SHAPE_UNTIL:
        return yaml_get_duration_ns(node, 0, INT64_MAX, &step->record.time_ns, err);
    case SHAPE_USER:
        return user_step_read(list, node, name->kind.name, step, err);
    case SHAPE_BARE:
        if (yaml_is_null(node))
            return true;
        return yaml_error_at(node, err, ERR_BAD_STEP, "%s takes no value", name->kind.name);
    case SHAPE_LOOP:
        break;
    }
    return true;
}

/* A fork with a count is a loop of forks. False: no host memory. */
static bool repeat_step(struct step_list *list, struct placed_step *placed)
{
    struct placed_step loop = {.step = {.op = STEP_LOOP,
                                        .line = placed->step.line,
                                        .column = placed->step.column,
                                        .nr_steps = 1},
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
        .step = {.record = {.node = TRACE_BY_POLICY}, .line = item->line, .column = item->column},
        .node = item,
    };
    const struct yaml_node *name = item;
    const struct yaml_node *arguments = NULL;
    struct step_name found;
    size_t index = list->steps.count;

    if (item->kind == YAML_SEQUENCE || (item->kind == YAML_MAPPING && item->count != 1))
        return yaml_error_at(item, err, ERR_BAD_STEP, "a step is one operation: \"- NAME: ...\"");
    if (item->kind == YAML_MAPPING)
        yaml_map_at(item, 0, &name, &arguments);
    if (!find_name(name, &found, err))
        return false;
    if (!arguments && found.kind.shape != SHAPE_BARE)
        return yaml_error_at(item, err, ERR_BAD_STEP, "%s needs a value", found.kind.name);
    placed.step.op = found.kind.op;
    if (found.call)
        placed.step.record.op = found.call->op;
    else
        placed.step.user.op = found.kind.user;
    if (arguments && !read_arguments(list, &found, arguments, &placed.step, err))
        return false;
    if (!repeat_step(list, &placed) || list->steps.count == UINT32_MAX ||
        !vec_push(&list->steps, placed))
        return out_of_memory(err);
    return found.kind.shape != SHAPE_LOOP || read_loop(list, arguments, index, err);
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
