/* SPDX-License-Identifier: MIT */
/* The literal events of a workload file. */
#include "trace/event_list.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/suggest.h"
#include "base/vec.h"
#include "trace/held_blocks.h"
#include "trace/name_table.h"
#include "yaml/yaml_value.h"

/* What an item may hold besides time, task and op. */
enum field {
    FIELD_T,
    FIELD_TASK,
    FIELD_OP,
    FIELD_ID,
    FIELD_ORDER,
    FIELD_GFP,
    FIELD_NODE,
    FIELD_PART,
    FIELD_NAME,
    FIELD_VALUE,
    NR_FIELDS,
};

static const char *const field_names[NR_FIELDS] = {
    "t", "task", "op", "id", "order", "gfp", "node", "part", "name", "value",
};

enum { NR_VALUES = 3, NR_SHAPE_FIELDS = 4, FIRST_OWN_FIELD = 3 };

/* The fields that follow the op, in the order of a row. */
struct op_shape {
    uint8_t fields[NR_SHAPE_FIELDS];
    uint8_t nr_fields;
    uint8_t nr_required;
    const char *row;
};

static const struct op_shape op_shapes[NR_TRACE_OPS] = {
    [TRACE_ALLOC_PAGES] = {{FIELD_ID, FIELD_ORDER, FIELD_GFP, FIELD_NODE},
                           4,
                           1,
                           "[t, task, alloc_pages, id, order, gfp, node]"},
    [TRACE_GET_FREE_PAGES] = {{FIELD_ID, FIELD_ORDER, FIELD_GFP},
                              3,
                              1,
                              "[t, task, get_free_pages, id, order, gfp]"},
    [TRACE_GET_ZEROED_PAGE] = {{FIELD_ID, FIELD_GFP}, 2, 1, "[t, task, get_zeroed_page, id, gfp]"},
    [TRACE_GET_DMA_PAGES] = {{FIELD_ID, FIELD_ORDER, FIELD_GFP},
                             3,
                             1,
                             "[t, task, get_dma_pages, id, order, gfp]"},
    [TRACE_FREE_PAGES] = {{FIELD_ID}, 1, 1, "[t, task, free_pages, id]"},
    [TRACE_FREE_PART] = {{FIELD_ID, FIELD_ORDER, FIELD_PART},
                         3,
                         3,
                         "[t, task, free_part, id, order, part]"},
    [TRACE_FREE_HOT_PAGE] = {{FIELD_ID}, 1, 1, "[t, task, free_hot_page, id]"},
    [TRACE_FREE_COLD_PAGE] = {{FIELD_ID}, 1, 1, "[t, task, free_cold_page, id]"},
    [TRACE_SPLIT_PAGE] = {{FIELD_ID}, 1, 1, "[t, task, split_page, id]"},
    [TRACE_DRAIN_LOCAL_PAGES] = {{0}, 0, 0, "[t, task, drain_local_pages]"},
    [TRACE_DRAIN_ALL_LOCAL_PAGES] = {{0}, 0, 0, "[t, task, drain_all_local_pages]"},
    [TRACE_SYSCTL] = {{FIELD_NAME, FIELD_VALUE}, 2, 2, "[t, task, sysctl, name, value...]"},
};

/* An event at rest; sysctl: `id` is the index of its values. */
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
};

static_assert(sizeof(struct event) == 32, "a million events shall be small");

struct sysctl_values {
    uint64_t values[NR_VALUES];
};

struct event_list {
    struct trace_source source;
    struct event_parsers parsers;
    VEC(struct event) events;
    VEC(struct sysctl_values) values;
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
    const struct yaml_node *fields[NR_FIELDS];          /* NULL: left out */
    const struct yaml_node *more_values[NR_VALUES - 1]; /* rows: after the first value */
    unsigned nr_more_values;
    enum trace_op op;
};

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

static bool read_op(const struct yaml_node *node, enum trace_op *ret_op, struct sim_error *err)
{
    const char *text, *near;

    if (!yaml_get_string(node, &text, err))
        return false;
    if (trace_op_parse(text, ret_op))
        return true;
    near = suggest_word(text, trace_op_names, NR_TRACE_OPS);
    yaml_error_at(node, err, ERR_UNKNOWN_NAME, "there is no operation %s", yaml_excerpt(node).text);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    else
        sim_error_add_hint(err, "alloc_pages, free_pages, split_page, drain_all_local_pages, "
                                "sysctl ...");
    return false;
}

static bool open_row(const struct yaml_node *row, struct item *item, struct sim_error *err)
{
    const struct op_shape *shape;
    uint32_t given, allowed;

    if (row->count < FIRST_OWN_FIELD)
        return yaml_error_at(row, err, ERR_BAD_EVENT,
                             "a row needs at least a time, a task and an operation");
    for (uint32_t i = 0; i < FIRST_OWN_FIELD; i++)
        item->fields[FIELD_T + i] = yaml_seq_at(row, i);
    if (!read_op(item->fields[FIELD_OP], &item->op, err))
        return false;
    shape = &op_shapes[item->op];
    given = row->count - FIRST_OWN_FIELD;
    allowed = shape->nr_fields + (item->op == TRACE_SYSCTL ? NR_VALUES - 1 : 0);
    if (given < shape->nr_required) {
        yaml_error_at(row, err, ERR_BAD_EVENT, "the row of %s is too short",
                      trace_op_name(item->op));
        sim_error_add_hint(err, "%s", shape->row);
        return false;
    }
    if (given > allowed) {
        yaml_error_at(yaml_seq_at(row, FIRST_OWN_FIELD + allowed), err, ERR_BAD_EVENT,
                      "the row of %s is too long", trace_op_name(item->op));
        sim_error_add_hint(err, "%s", shape->row);
        return false;
    }
    for (uint32_t i = 0; i < given; i++) {
        const struct yaml_node *node = yaml_seq_at(row, FIRST_OWN_FIELD + i);

        if (i < shape->nr_fields)
            item->fields[shape->fields[i]] = node;
        else
            item->more_values[item->nr_more_values++] = node;
    }
    return true;
}

static bool open_mapping(const struct yaml_node *mapping, struct item *item, struct sim_error *err)
{
    const char *known[FIRST_OWN_FIELD + NR_SHAPE_FIELDS];
    const struct op_shape *shape;
    size_t nr_known = 0;

    if (!yaml_require(mapping, "op", &item->fields[FIELD_OP], err) ||
        !read_op(item->fields[FIELD_OP], &item->op, err))
        return false;
    shape = &op_shapes[item->op];
    for (unsigned i = 0; i < FIRST_OWN_FIELD; i++)
        known[nr_known++] = field_names[i];
    for (unsigned i = 0; i < shape->nr_fields; i++)
        known[nr_known++] = field_names[shape->fields[i]];
    if (!yaml_check_keys(mapping, known, nr_known, err) ||
        !yaml_require(mapping, "t", &item->fields[FIELD_T], err) ||
        !yaml_require(mapping, "task", &item->fields[FIELD_TASK], err))
        return false;
    for (unsigned i = 0; i < shape->nr_fields; i++) {
        const char *name = field_names[shape->fields[i]];
        const struct yaml_node **field = &item->fields[shape->fields[i]];

        if (i >= shape->nr_required)
            *field = yaml_map_get(mapping, name);
        else if (!yaml_require(mapping, name, field, err))
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

static bool read_gfp(const struct event_list *list, const struct yaml_node *node,
                     struct event *event, struct sim_error *err)
{
    const char *text = NULL;

    event->gfp_or_part = list->parsers.default_gfp;
    if (!node)
        return true;
    if (!yaml_get_string(node, &text, err))
        return false;
    return list->parsers.gfp(text, node->length, &event->gfp_or_part, err) || at_node(node, err);
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
    struct trace_record record = {.op = event->op, .order = event->order};
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

static bool read_block(struct event_list *list, const struct item *item, struct event *event,
                       struct sim_error *err)
{
    uint64_t part = 0;
    int64_t node = -1;

    if (item->op == TRACE_FREE_PART) {
        if (!read_order(item->fields[FIELD_ORDER], TRACE_PART_ORDER_MAX, event, err) ||
            !yaml_get_uint(item->fields[FIELD_PART], 0, UINT32_C(1) << TRACE_PART_ORDER_MAX, &part,
                           err))
            return false;
        event->gfp_or_part = (uint32_t)part;
    } else if (trace_op_allocates(item->op)) {
        if (!read_order(item->fields[FIELD_ORDER], TRACE_ORDER_MAX, event, err) ||
            !read_gfp(list, item->fields[FIELD_GFP], event, err) ||
            !yaml_get_int(item->fields[FIELD_NODE], -1, INT16_MAX, &node, err))
            return false;
        event->node = (int16_t)node;
    }
    return read_id(list, item->fields[FIELD_ID], event, err);
}

/* The nodes of a sysctl's values: of the row, or of the list or scalar under `value`. */
static unsigned value_nodes(const struct item *item, const struct yaml_node *nodes[NR_VALUES + 1])
{
    const struct yaml_node *value = item->fields[FIELD_VALUE];
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
    const struct yaml_node *name = item->fields[FIELD_NAME], *nodes[NR_VALUES + 1];
    struct sysctl_values values = {0};
    unsigned count, expected = 1;
    const char *text;

    if (!yaml_get_string(name, &text, err))
        return false;
    if (!list->parsers.sysctl(text, &event->sysctl, &expected, err))
        return at_node(name, err);
    count = value_nodes(item, nodes);
    if (count != expected)
        return yaml_error_at(item->fields[FIELD_VALUE], err, ERR_BAD_EVENT,
                             "%s takes %u value%s, not %u%s", text, expected,
                             expected == 1 ? "" : "s", count, count > NR_VALUES ? " or more" : "");
    for (unsigned i = 0; i < count; i++) {
        if (!yaml_get_uint(nodes[i], 0, UINT64_MAX, &values.values[i], err))
            return false;
    }
    if (list->parsers.sysctl_valid && !list->parsers.sysctl_valid(event->sysctl, values.values))
        return yaml_error_at(nodes[0], err, ERR_OUT_OF_RANGE, "%s does not take this value", text);
    event->id = (uint32_t)list->values.count;
    return vec_push(&list->values, values) || no_memory(err);
}

bool event_list_add(void *ctx, const struct yaml_node *node, struct sim_error *err)
{
    struct event_list *list = ctx;
    struct item item = {.whole = node};
    struct event event = {.line = node->line, .node = -1};

    if (node->kind == YAML_SCALAR)
        return yaml_error_at(node, err, ERR_BAD_EVENT, "an event is a mapping or a row, not %s",
                             yaml_excerpt(node).text);
    if (node->kind == YAML_SEQUENCE ? !open_row(node, &item, err) : !open_mapping(node, &item, err))
        return false;
    if (!vec_reserve(&list->events, list->events.count + 1))
        return no_memory(err);
    event.op = (uint8_t)item.op;
    if (!read_time(list, item.fields[FIELD_T], &event, err) ||
        !read_task(list, item.fields[FIELD_TASK], &event, err))
        return false;
    if (item.op == TRACE_SYSCTL && !read_sysctl(list, &item, &event, err))
        return false;
    if (item.fields[FIELD_ID] && !read_block(list, &item, &event, err))
        return false;
    list->events.items[list->events.count++] = event;
    return true;
}

uint64_t event_list_count(const struct event_list *list)
{
    return list->events.count;
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
        .line = event->line,
    };
    if (event->op == TRACE_SYSCTL)
        memcpy(ret_record->values, list->values.items[event->id].values,
               sizeof(ret_record->values));
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
    vec_fini(&list->values);
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
