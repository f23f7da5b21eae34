/* SPDX-License-Identifier: MIT */
/* The literal events of a workload file. */
#include "trace/event_list.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/vec.h"
#include "trace/api_call.h"
#include "trace/held_blocks.h"
#include "trace/name_table.h"
#include "yaml/yaml_value.h"

/* What every item holds, in the order of a row. */
static const char *const head_names[] = {"t", "task", "op"};

enum head { HEAD_T, HEAD_TASK, HEAD_OP, NR_HEADS };

enum { NR_VALUES = 3 };

/*
 * An event at rest. With more than fits, `id` is the index of the rest: the values of a sysctl; the
 * id and the size or cache of an allocation that has no order.
 */
struct event {
    uint64_t time_ns;
    uint32_t id;
    uint32_t task;
    uint32_t gfp_or_part;
    uint32_t line;
    int16_t node;
    uint8_t op;
    uint8_t order;
    uint8_t sysctl;
    uint8_t flags;
};

static_assert(sizeof(struct event) == 32, "a million events shall be small");

union event_rest {
    uint64_t values[NR_VALUES]; /* of a sysctl */
    struct {
        uint32_t id;
        uint64_t amount; /* size_bytes or cache */
    };
};

struct event_list {
    struct trace_source source;
    struct event_parsers parsers;
    VEC(struct event) events;
    VEC(union event_rest) rests;
    VEC(struct trace_task) tasks; /* parallel to task_names */
    struct name_table task_names;
    struct name_table id_names;
    VEC(uint32_t) id_lines; /* by id: of its last allocation or free */
    struct held_blocks held;
    size_t position; /* of the source */
};

/* The nodes of one item, whichever form it has. */
struct item {
    const struct yaml_node *whole;
    const struct yaml_node *heads[NR_HEADS];
    const struct yaml_node *args[NR_API_ARGS];          /* NULL: left out */
    const struct yaml_node *more_values[NR_VALUES - 1]; /* rows: after the first value */
    unsigned nr_more_values;
    const struct api_call *call;
};

static bool has_rest(const struct event *event)
{
    enum trace_op op = (enum trace_op)event->op;

    return op == TRACE_SYSCTL || (trace_op_allocates(op) && !trace_op_allocates_pages(op));
}

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the events");
}

/* Completes an error that was set without knowing the document. */
static bool at_node(const struct yaml_node *node, struct sim_error *err)
{
    char path[sizeof(err->path)];

    yaml_node_path(node, path, sizeof(path));
    sim_error_add_place(err, node->file, node->line, node->column);
    sim_error_add_path(err, path);
    return false;
}

static bool read_op(struct item *item, struct sim_error *err)
{
    const struct yaml_node *node = item->heads[HEAD_OP];
    const char *text, *near;

    if (!yaml_get_string(node, &text, err))
        return false;
    item->call = api_call_find(text);
    if (item->call)
        return true;
    near = api_call_suggest(text);
    yaml_error_at(node, err, ERR_UNKNOWN_NAME, "there is no operation %s", yaml_excerpt(node).text);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    else
        sim_error_add_hint(err, "alloc_pages, free_pages, split_page, kmalloc, "
                                "drain_all_local_pages, sysctl ...");
    return false;
}

/* The row's shape as the hint. */
static bool bad_row(const struct yaml_node *at, const struct item *item, const char *what,
                    struct sim_error *err)
{
    const struct api_call *call = item->call;
    char shape[sizeof(err->hint)] = "";
    size_t used = 0;

    for (unsigned i = 0; i < call->nr_args; i++)
        used += (size_t)snprintf(shape + used, sizeof(shape) - used, ", %s",
                                 api_arg_names[call->args[i]]);
    yaml_error_at(at, err, ERR_BAD_EVENT, "the row of %s is too %s", call->name, what);
    sim_error_add_hint(err, "[t, task, %s%s%s]", call->name, shape,
                       call->op == TRACE_SYSCTL ? "..." : "");
    return false;
}

static bool open_row(const struct yaml_node *row, struct item *item, struct sim_error *err)
{
    const struct api_call *call;
    uint32_t given, required, allowed;

    if (row->count < NR_HEADS)
        return yaml_error_at(row, err, ERR_BAD_EVENT,
                             "a row needs at least a time, a task and an operation");
    for (uint32_t i = 0; i < NR_HEADS; i++)
        item->heads[i] = yaml_seq_at(row, i);
    if (!read_op(item, err))
        return false;
    call = item->call;
    given = row->count - NR_HEADS;
    required = call->needs_node ? call->nr_args : call->nr_required;
    allowed = call->nr_args + (call->op == TRACE_SYSCTL ? NR_VALUES - 1 : 0);
    if (given < required)
        return bad_row(row, item, "short", err);
    if (given > allowed)
        return bad_row(yaml_seq_at(row, NR_HEADS + allowed), item, "long", err);
    for (uint32_t i = 0; i < given; i++) {
        const struct yaml_node *node = yaml_seq_at(row, NR_HEADS + i);

        if (i < call->nr_args)
            item->args[call->args[i]] = node;
        else
            item->more_values[item->nr_more_values++] = node;
    }
    return true;
}

static bool open_mapping(const struct yaml_node *mapping, struct item *item, struct sim_error *err)
{
    const char *known[NR_HEADS + API_ARGS_MAX];
    const struct api_call *call;
    size_t nr_known = 0;

    if (!yaml_require(mapping, head_names[HEAD_OP], &item->heads[HEAD_OP], err) ||
        !read_op(item, err))
        return false;
    call = item->call;
    for (unsigned i = 0; i < NR_HEADS; i++)
        known[nr_known++] = head_names[i];
    for (unsigned i = 0; i < call->nr_args; i++)
        known[nr_known++] = api_arg_names[call->args[i]];
    if (!yaml_check_keys(mapping, known, nr_known, err) ||
        !yaml_require(mapping, head_names[HEAD_T], &item->heads[HEAD_T], err) ||
        !yaml_require(mapping, head_names[HEAD_TASK], &item->heads[HEAD_TASK], err))
        return false;
    for (unsigned i = 0; i < call->nr_args; i++) {
        const char *name = api_arg_names[call->args[i]];
        const struct yaml_node **arg = &item->args[call->args[i]];

        if (i >= call->nr_required && !(call->needs_node && call->args[i] == API_ARG_NODE))
            *arg = yaml_map_get(mapping, name);
        else if (!yaml_require(mapping, name, arg, err))
            return false;
    }
    return true;
}

static bool read_time(struct event_list *list, const struct yaml_node *node, struct event *event,
                      struct sim_error *err)
{
    const struct event *before;

    if (!yaml_get_duration_ns(node, 0, UINT64_MAX, &event->time_ns, err))
        return false;
    if (list->events.count == 0)
        return true;
    before = &list->events.items[list->events.count - 1];
    if (event->time_ns >= before->time_ns)
        return true;
    yaml_error_at(node, err, ERR_TIME_ORDER,
                  "the event at %" PRIu64 " ns stands after one at %" PRIu64 " ns", event->time_ns,
                  before->time_ns);
    sim_error_add_hint(err, "the later one is in line %" PRIu32, before->line);
    return false;
}

static bool read_task(struct event_list *list, const struct yaml_node *node, struct event *event,
                      struct sim_error *err)
{
    struct trace_task task = {.cpu = -1};
    const char *text;

    if (!yaml_get_string(node, &text, err))
        return false;
    if (!vec_reserve(&list->tasks, list->tasks.count + 1) ||
        !name_table_intern(&list->task_names, text, node->length, &event->task))
        return no_memory(err);
    if (event->task == list->tasks.count) {
        task.name = name_table_text(&list->task_names, event->task);
        list->tasks.items[list->tasks.count++] = task;
    }
    return true;
}

static bool read_gfp(const struct event_list *list, const struct item *item, struct event *event,
                     struct sim_error *err)
{
    const struct yaml_node *node = item->args[API_ARG_GFP];
    const struct event_parsers *parsers = &list->parsers;
    const char *text = NULL;

    if (item->call->gfp == API_GFP_NONE)
        return true;
    event->gfp_or_part = parsers->default_gfp;
    if (item->call->gfp == API_GFP_HIGHMEM)
        event->gfp_or_part |= parsers->highmem_gfp;
    if (node &&
        (!yaml_get_string(node, &text, err) ||
         (!parsers->gfp(text, node->length, &event->gfp_or_part, err) && !at_node(node, err))))
        return false;
    if (item->call->gfp == API_GFP_ZEROED)
        event->gfp_or_part |= parsers->zero_gfp;
    return true;
}

static bool read_order(const struct yaml_node *node, unsigned max, struct event *event,
                       struct sim_error *err)
{
    uint64_t order = 0;

    if (!yaml_get_uint(node, 0, UINT64_MAX, &order, err))
        return false;
    if (order > max)
        return yaml_error_at(node, err, ERR_BAD_ORDER, "order %" PRIu64 " is above %u", order, max);
    event->order = (uint8_t)order;
    return true;
}

static bool bad_id(const struct event_list *list, enum held_result result,
                   const struct yaml_node *node, const struct event *event, bool known,
                   struct sim_error *err)
{
    const char *text = node->text, *near;
    uint32_t line = known ? list->id_lines.items[event->id] : 0;

    switch (result) {
    case HELD_IN_USE:
        yaml_error_at(node, err, ERR_ID_IN_USE, "%s is held already", yaml_excerpt(node).text);
        sim_error_add_hint(err, "allocated in line %" PRIu32, line);
        return false;
    case HELD_BAD_ORDER:
        yaml_error_at(node, err, ERR_BAD_ORDER, "%s is not a block of order %u",
                      yaml_excerpt(node).text, event->order);
        sim_error_add_hint(err, "allocated in line %" PRIu32, line);
        return false;
    case HELD_BAD_GET:
        return yaml_error_at(node, err, ERR_BAD_EVENT, "get_page takes no reference on %s",
                             yaml_excerpt(node).text);
    case HELD_BAD_PIECE:
        yaml_error_at(node, err, event->op == TRACE_FREE_PART ? ERR_BAD_EVENT : ERR_DOUBLE_FREE,
                      event->op == TRACE_FREE_PART ? "%s has no such piece left"
                                                   : "%s came back in part already",
                      yaml_excerpt(node).text);
        sim_error_add_hint(err, "last used in line %" PRIu32, line);
        return false;
    case HELD_UNKNOWN:
        if (known) {
            yaml_error_at(node, err, ERR_DOUBLE_FREE, "%s is free already",
                          yaml_excerpt(node).text);
            sim_error_add_hint(err, "freed in line %" PRIu32, line);
            return false;
        }
        yaml_error_at(node, err, ERR_UNKNOWN_ID, "%s was never allocated", yaml_excerpt(node).text);
        near = name_table_suggest(&list->id_names, text);
        if (near)
            sim_error_add_hint(err, "did you mean %s?", near);
        return false;
    case HELD_OK:
    case HELD_LAST_PIECE:
    case HELD_NO_MEMORY:
        break;
    }
    return no_memory(err);
}

/* The id, and what the event does to it; order and part are read. */
static bool read_id(struct event_list *list, const struct yaml_node *node, struct event *event,
                    struct sim_error *err)
{
    struct trace_record record = {.op = event->op, .order = event->order, .flags = event->flags};
    bool allocates = trace_op_allocates((enum trace_op)event->op);
    bool known = true;
    const char *text;
    enum held_result result;

    if (!yaml_get_string(node, &text, err))
        return false;
    if (allocates) {
        if (!vec_reserve(&list->id_lines, list->id_lines.count + 1) ||
            !name_table_intern(&list->id_names, text, node->length, &event->id))
            return no_memory(err);
        if (event->id == list->id_lines.count)
            list->id_lines.items[list->id_lines.count++] = 0;
    } else {
        known = name_table_find(&list->id_names, text, node->length, &event->id);
    }
    record.id = event->id;
    record.part = event->op == TRACE_FREE_PART ? event->gfp_or_part : 0;
    result = known ? held_blocks_apply(&list->held, &record) : HELD_UNKNOWN;
    if (result != HELD_OK && result != HELD_LAST_PIECE)
        return bad_id(list, result, node, event, known, err);
    list->id_lines.items[event->id] = event->line;
    return true;
}

static bool read_piece(const struct item *item, struct event *event, struct sim_error *err)
{
    uint64_t part = 0;

    if (!read_order(item->args[API_ARG_ORDER], TRACE_PART_ORDER_MAX, event, err) ||
        !yaml_get_uint(item->args[API_ARG_PART], 0, UINT32_C(1) << TRACE_PART_ORDER_MAX, &part,
                       err))
        return false;
    event->gfp_or_part = (uint32_t)part;
    return true;
}

/* What an allocation asks for beside an id. */
static bool read_request(const struct event_list *list, const struct item *item,
                         struct event *event, union event_rest *rest, struct sim_error *err)
{
    const struct yaml_node *cache = item->args[API_ARG_CACHE];
    uint32_t number;
    int64_t node = TRACE_BY_POLICY;

    if (!read_order(item->args[API_ARG_ORDER], TRACE_ORDER_MAX, event, err) ||
        !read_gfp(list, item, event, err) ||
        !yaml_get_int(item->args[API_ARG_NODE], -1, INT16_MAX, &node, err) ||
        !yaml_get_size_bytes(item->args[API_ARG_SIZE], 0, UINT64_MAX, &rest->amount, err))
        return false;
    event->node = node < 0 ? api_no_node(item->call) : (int16_t)node;
    if (!cache)
        return true;
    if (!list->parsers.cache)
        return yaml_error_at(cache, err, ERR_UNKNOWN_CACHE, "there are no caches");
    if (!list->parsers.cache(list->parsers.context, cache, &number, err))
        return false;
    rest->amount = number;
    return true;
}

static bool read_block(struct event_list *list, const struct item *item, struct event *event,
                       struct sim_error *err)
{
    const struct yaml_node *order = item->args[API_ARG_ORDER];
    union event_rest rest = {.id = 0};

    if (item->call->op == TRACE_FREE_PART) {
        if (!read_piece(item, event, err))
            return false;
    } else if (trace_op_allocates((enum trace_op)item->call->op)) {
        if (!read_request(list, item, event, &rest, err))
            return false;
    } else if (order || item->call->claims_order_0) {
        if (!read_order(order, TRACE_ORDER_MAX, event, err))
            return false;
        event->flags |= TRACE_CLAIMS_ORDER;
    }
    if (!read_id(list, item->args[API_ARG_ID], event, err))
        return false;
    if (!has_rest(event))
        return true;
    rest.id = event->id;
    event->id = (uint32_t)list->rests.count;
    return vec_push(&list->rests, rest) || no_memory(err);
}

/* The nodes of a sysctl's values: of the row, or of the list or scalar under `value`. */
static unsigned value_nodes(const struct item *item, const struct yaml_node *nodes[NR_VALUES + 1])
{
    const struct yaml_node *value = item->args[API_ARG_VALUE];
    unsigned count = 0;

    if (value->kind == YAML_SEQUENCE && item->whole->kind == YAML_MAPPING) {
        /* one too many is enough to see that there are too many */
        for (uint32_t i = 0; i < value->count && i <= NR_VALUES; i++)
            nodes[count++] = yaml_seq_at(value, i);
        return count;
    }
    nodes[count++] = value;
    for (unsigned i = 0; i < item->nr_more_values; i++)
        nodes[count++] = item->more_values[i];
    return count;
}

static bool read_sysctl(struct event_list *list, const struct item *item, struct event *event,
                        struct sim_error *err)
{
    const struct yaml_node *name = item->args[API_ARG_NAME], *nodes[NR_VALUES + 1];
    union event_rest rest = {.values = {0}};
    unsigned count, expected = 1;
    const char *text;

    if (!yaml_get_string(name, &text, err))
        return false;
    if (!list->parsers.sysctl(text, &event->sysctl, &expected, err))
        return at_node(name, err);
    count = value_nodes(item, nodes);
    if (count != expected)
        return yaml_error_at(item->args[API_ARG_VALUE], err, ERR_BAD_EVENT,
                             "%s takes %u value%s, not %u%s", text, expected,
                             expected == 1 ? "" : "s", count, count > NR_VALUES ? " or more" : "");
    for (unsigned i = 0; i < count; i++) {
        if (!yaml_get_uint(nodes[i], 0, UINT64_MAX, &rest.values[i], err))
            return false;
    }
    if (list->parsers.sysctl_valid && !list->parsers.sysctl_valid(event->sysctl, rest.values))
        return yaml_error_at(nodes[0], err, ERR_OUT_OF_RANGE, "%s does not take this value", text);
    event->id = (uint32_t)list->rests.count;
    return vec_push(&list->rests, rest) || no_memory(err);
}

bool event_list_add(void *ctx, const struct yaml_node *node, struct sim_error *err)
{
    struct event_list *list = ctx;
    struct item item = {.whole = node};
    struct event event = {.line = node->line, .node = TRACE_BY_POLICY};

    if (node->kind == YAML_SCALAR)
        return yaml_error_at(node, err, ERR_BAD_EVENT, "an event is a mapping or a row, not %s",
                             yaml_excerpt(node).text);
    if (node->kind == YAML_SEQUENCE ? !open_row(node, &item, err) : !open_mapping(node, &item, err))
        return false;
    if (!vec_reserve(&list->events, list->events.count + 1))
        return no_memory(err);
    event.op = item.call->op;
    if (!read_time(list, item.heads[HEAD_T], &event, err) ||
        !read_task(list, item.heads[HEAD_TASK], &event, err))
        return false;
    if (event.op == TRACE_SYSCTL && !read_sysctl(list, &item, &event, err))
        return false;
    if (item.args[API_ARG_ID] && !read_block(list, &item, &event, err))
        return false;
    list->events.items[list->events.count++] = event;
    return true;
}

uint64_t event_list_count(const struct event_list *list)
{
    return list->events.count;
}

static void unfold_rest(const struct event_list *list, const struct event *event,
                        struct trace_record *ret_record)
{
    const union event_rest *rest = &list->rests.items[event->id];

    if (event->op == TRACE_SYSCTL) {
        memcpy(ret_record->values, rest->values, sizeof(ret_record->values));
        return;
    }
    ret_record->id = rest->id;
    if (event->op == TRACE_KMEM_CACHE_ALLOC)
        ret_record->cache = (uint32_t)rest->amount;
    else
        ret_record->size_bytes = rest->amount;
}

static enum trace_next event_list_next(struct trace_source *source, struct trace_record *ret_record,
                                       struct sim_error *err)
{
    struct event_list *list = (struct event_list *)source;
    const struct event *event;

    (void)err;
    if (list->position == list->events.count)
        return TRACE_END;
    event = &list->events.items[list->position++];
    *ret_record = (struct trace_record){
        .time_ns = event->time_ns,
        .task = event->task,
        .node = event->node,
        .op = event->op,
        .order = event->order,
        .sysctl = event->sysctl,
        .flags = event->flags,
        .line = event->line,
    };
    if (has_rest(event))
        unfold_rest(list, event, ret_record);
    else
        ret_record->id = event->id;
    if (event->op == TRACE_FREE_PART)
        ret_record->part = event->gfp_or_part;
    else
        ret_record->gfp = event->gfp_or_part;
    return TRACE_RECORD;
}

static void event_list_rewind(struct trace_source *source)
{
    ((struct event_list *)source)->position = 0;
}

static uint64_t event_list_total(const struct trace_source *source)
{
    return event_list_count((const struct event_list *)source);
}

static void event_list_end(struct trace_source *source)
{
    event_list_destroy((struct event_list *)source);
}

static const struct trace_source_ops event_list_ops = {
    .kind = "events",
    .next = event_list_next,
    .rewind = event_list_rewind,
    .count = event_list_total,
    .destroy = event_list_end,
};

struct event_list *event_list_create(const struct event_parsers *parsers, struct sim_error *err)
{
    struct event_list *list = calloc(1, sizeof(*list));

    if (!list) {
        no_memory(err);
        return NULL;
    }
    list->parsers = *parsers;
    return list;
}

void event_list_destroy(struct event_list *list)
{
    if (!list)
        return;
    vec_fini(&list->events);
    vec_fini(&list->rests);
    vec_fini(&list->tasks);
    vec_fini(&list->id_lines);
    name_table_fini(&list->task_names);
    name_table_fini(&list->id_names);
    held_blocks_fini(&list->held);
    free(list);
}

struct trace_source *event_list_source(struct event_list *list)
{
    /* what only adding needs */
    held_blocks_fini(&list->held);
    name_table_fini(&list->id_names);
    vec_fini(&list->id_lines);
    list->source =
        (struct trace_source){&event_list_ops, list->tasks.items, (uint32_t)list->tasks.count};
    return &list->source;
}
