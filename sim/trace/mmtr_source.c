/* SPDX-License-Identifier: MIT */
/* Reads binary traces and trusts nothing in them. */
#include "trace/mmtr_source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/endian.h"
#include "trace/held_blocks.h"
#include "trace/mmtr_format.h"
#include "trace/mmtr_text.h"
#include "yaml/yaml_arena.h"

/* Op of each number in files. */
static const uint8_t trace_op_of[NR_MMTR_OPS] = {
    [MMTR_OP_ALLOC_PAGES] = TRACE_ALLOC_PAGES,
    [MMTR_OP_GET_FREE_PAGES] = TRACE_GET_FREE_PAGES,
    [MMTR_OP_GET_ZEROED_PAGE] = TRACE_GET_ZEROED_PAGE,
    [MMTR_OP_GET_DMA_PAGES] = TRACE_GET_DMA_PAGES,
    [MMTR_OP_FREE_PAGES] = TRACE_FREE_PAGES,
    [MMTR_OP_FREE_PART] = TRACE_FREE_PART,
    [MMTR_OP_FREE_HOT_PAGE] = TRACE_FREE_HOT_PAGE,
    [MMTR_OP_FREE_COLD_PAGE] = TRACE_FREE_COLD_PAGE,
    [MMTR_OP_SPLIT_PAGE] = TRACE_SPLIT_PAGE,
    [MMTR_OP_DRAIN_LOCAL_PAGES] = TRACE_DRAIN_LOCAL_PAGES,
    [MMTR_OP_DRAIN_ALL_LOCAL_PAGES] = TRACE_DRAIN_ALL_LOCAL_PAGES,
    [MMTR_OP_SYSCTL] = TRACE_SYSCTL,
    [MMTR_OP_KMALLOC] = TRACE_KMALLOC,
    [MMTR_OP_KMEM_CACHE_ALLOC] = TRACE_KMEM_CACHE_ALLOC,
    [MMTR_OP_VMALLOC] = TRACE_VMALLOC,
    [MMTR_OP_VMALLOC_32] = TRACE_VMALLOC_32,
    [MMTR_OP_GET_PAGE] = TRACE_GET_PAGE,
    [MMTR_OP_PUT_PAGE] = TRACE_PUT_PAGE,
    [MMTR_OP_KFREE] = TRACE_KFREE,
    [MMTR_OP_KMEM_CACHE_FREE] = TRACE_KMEM_CACHE_FREE,
    [MMTR_OP_VFREE] = TRACE_VFREE,
    [MMTR_OP_FREE_PAGES_OF_ORDER] = TRACE_FREE_PAGES,
};

struct section {
    uint64_t offset;
    uint64_t length;
    uint64_t count;
    bool present;
};

enum { NR_SECTIONS = MMTR_SECTION_RECORDS + 1 };

struct meta {
    const char *key;
    const char *value;
};

/* A place in the bytes, and the end of what may be read from there. */
struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

/* What a record is coded against. */
struct decoder {
    struct cursor cursor;
    uint64_t time_ns;
    uint64_t last_id;
    uint32_t task;
};

struct mmtr_source {
    struct trace_source source;
    const uint8_t *bytes;
    size_t size;
    struct section sections[NR_SECTIONS];
    struct decoder decoder;
    uint64_t position; /* records handed out */

    struct yaml_arena texts;
    struct trace_task *tasks;
    struct meta *meta;
    struct import_quality quality;
};

static struct mmtr_source *of(struct trace_source *source)
{
    return (struct mmtr_source *)source;
}

bool mmtr_is_trace(const uint8_t *bytes, size_t size)
{
    return size >= 8 && memcmp(bytes, MMTR_MAGIC, 8) == 0;
}

/* ERR_TRACE_CORRUPT with the offset of `at`. */
static bool corrupt(const struct mmtr_source *trace, const uint8_t *at, const char *what,
                    struct sim_error *err)
{
    return sim_error_set(err, ERR_TRACE_CORRUPT, "byte %zu: %s", (size_t)(at - trace->bytes), what);
}

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the trace");
}

/* False: past the end, more than 64 bits, or a longer form than needed. */
static inline bool get_varint(struct cursor *cursor, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        uint8_t byte = *cursor->at++;

        if (shift == 63 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return byte != 0 || shift == 0;
        }
    }
    return false;
}

static inline bool get_below(struct cursor *cursor, uint64_t limit, uint64_t *ret_value)
{
    return get_varint(cursor, ret_value) && *ret_value < limit;
}

static inline bool get_zigzag(struct cursor *cursor, int64_t min, int64_t max, int64_t *ret_value)
{
    uint64_t value;

    if (!get_varint(cursor, &value))
        return false;
    *ret_value = mmtr_unzigzag(value);
    return *ret_value >= min && *ret_value <= max;
}

/* The text's bytes, not copied. */
static bool get_text(struct cursor *cursor, uint64_t max, const uint8_t **ret_text,
                     size_t *ret_length)
{
    uint64_t length;

    if (!get_below(cursor, max + 1, &length) || length > (uint64_t)(cursor->end - cursor->at) ||
        !mmtr_text_valid(cursor->at, (size_t)length))
        return false;
    *ret_text = cursor->at;
    *ret_length = (size_t)length;
    cursor->at += length;
    return true;
}

/* What is allocated: an order, a size or a cache. NULL: all is well. */
static const char *read_amount(struct cursor *cursor, struct trace_record *record)
{
    enum trace_op op = (enum trace_op)record->op;
    uint64_t value;

    if (trace_op_has_size(op))
        return get_varint(cursor, &record->size_bytes) ? NULL : "impossible size";
    if (op == TRACE_KMEM_CACHE_ALLOC) {
        if (!get_below(cursor, UINT32_MAX, &value))
            return "impossible cache";
        record->cache = (uint32_t)value;
        return NULL;
    }
    if (!get_below(cursor, TRACE_ORDER_MAX + 1, &value) ||
        (op == TRACE_GET_ZEROED_PAGE && value != 0))
        return "impossible order";
    record->order = (uint8_t)value;
    return NULL;
}

/* Which allocations of pages, and of what else, may name a node. */
static bool may_name_node(enum trace_op op)
{
    return op == TRACE_ALLOC_PAGES || (!trace_op_allocates_pages(op) && op != TRACE_VMALLOC_32);
}

static const char *read_alloc(struct decoder *decoder, struct trace_record *record)
{
    struct cursor *cursor = &decoder->cursor;
    const char *wrong;
    uint64_t value;
    int64_t delta, node;

    if (record->flags)
        return "an allocation with an origin";
    if (!get_zigzag(cursor, -(int64_t)TRACE_ID_MAX - 1, (int64_t)TRACE_ID_MAX, &delta))
        return "impossible id";
    record->id = decoder->last_id + 1 + (uint64_t)delta;
    if (record->id > TRACE_ID_MAX)
        return "impossible id";
    decoder->last_id = record->id;
    wrong = read_amount(cursor, record);
    if (wrong)
        return wrong;
    if (!get_below(cursor, UINT64_C(1) << 32, &value) ||
        (record->op == TRACE_VMALLOC_32 && value != 0))
        return "impossible gfp mask";
    record->gfp = (uint32_t)value;
    if (!get_zigzag(cursor, TRACE_NODE_LOCAL, INT16_MAX, &node) ||
        (node != TRACE_BY_POLICY && !may_name_node((enum trace_op)record->op)) ||
        (node == TRACE_NODE_LOCAL && record->op != TRACE_ALLOC_PAGES))
        return "impossible node";
    record->node = (int16_t)node;
    return NULL;
}

static const char *read_use(struct decoder *decoder, struct trace_record *record)
{
    struct cursor *cursor = &decoder->cursor;
    uint64_t value;
    int64_t delta;

    if (!get_zigzag(cursor, -(int64_t)TRACE_ID_MAX - 1, (int64_t)TRACE_ID_MAX, &delta))
        return "impossible id";
    record->id = decoder->last_id - (uint64_t)delta;
    if (record->id > TRACE_ID_MAX)
        return "impossible id";
    if (record->flags & TRACE_CLAIMS_ORDER) {
        if (!get_below(cursor, TRACE_ORDER_MAX + 1, &value))
            return "impossible order";
        record->order = (uint8_t)value;
    } else if (record->op == TRACE_FREE_PART) {
        if (!get_below(cursor, TRACE_PART_ORDER_MAX + 1, &value))
            return "impossible order";
        record->order = (uint8_t)value;
        if (!get_below(cursor, UINT64_C(1) << TRACE_PART_ORDER_MAX, &value))
            return "impossible part";
        record->part = (uint32_t)value;
    }
    return NULL;
}

/*
 * Decodes one record; NULL, or what is wrong with it. Ids are checked for their range only.
 * `nr_tasks` bounds the task.
 */
static inline const char *decode(struct decoder *decoder, uint32_t nr_tasks,
                                 struct trace_record *record)
{
    struct cursor *cursor = &decoder->cursor;
    uint64_t value;
    uint8_t head;

    if (cursor->at == cursor->end)
        return "the records end too early";
    head = *cursor->at++;
    if ((head & MMTR_OP_MASK) >= NR_MMTR_OPS)
        return "unknown operation";
    if (!(head & MMTR_SAME_TIME)) {
        if (!get_varint(cursor, &value) || value == 0 || value > UINT64_MAX - decoder->time_ns)
            return "impossible time";
        decoder->time_ns += value;
    }
    if (!(head & MMTR_SAME_TASK)) {
        if (!get_below(cursor, nr_tasks, &value))
            return "impossible task";
        decoder->task = (uint32_t)value;
    }
    *record = (struct trace_record){
        .time_ns = decoder->time_ns,
        .task = decoder->task,
        .node = TRACE_BY_POLICY,
        .op = trace_op_of[head & MMTR_OP_MASK],
        .flags = head & MMTR_RECLAIM ? TRACE_ORIGIN_RECLAIM : 0,
    };
    if (decoder->task >= nr_tasks)
        return "impossible task";
    if (trace_op_allocates((enum trace_op)record->op))
        return read_alloc(decoder, record);
    if (trace_op_uses_block((enum trace_op)record->op)) {
        if ((head & MMTR_OP_MASK) == MMTR_OP_FREE_PAGES_OF_ORDER)
            record->flags |= TRACE_CLAIMS_ORDER;
        return read_use(decoder, record);
    }
    if (record->op == TRACE_SYSCTL) {
        if (cursor->at == cursor->end)
            return "the records end too early";
        record->sysctl = *cursor->at++;
        for (unsigned i = 0; i < 3; i++) {
            if (!get_varint(cursor, &record->values[i]))
                return "impossible value";
        }
    }
    return NULL;
}

static struct cursor section_cursor(const struct mmtr_source *trace, enum mmtr_section kind)
{
    const struct section *section = &trace->sections[kind];

    return (struct cursor){trace->bytes + section->offset,
                           trace->bytes + section->offset + section->length};
}

static bool check_checksum(const struct mmtr_source *trace, struct sim_error *err)
{
    size_t at = trace->size - 8;

    return get_le64(trace->bytes + at) == mmtr_checksum(MMTR_CHECKSUM_INIT, trace->bytes, at) ||
           sim_error_set(err, ERR_TRACE_CHECKSUM, "byte %zu: the checksum does not match", at);
}

static bool check_frame(const struct mmtr_source *trace, bool again, struct sim_error *err)
{
    const uint8_t *bytes = trace->bytes, *footer;
    size_t size = trace->size;

    if (size >= 8 ? !mmtr_is_trace(bytes, size) : memcmp(bytes, MMTR_MAGIC, size) != 0)
        return sim_error_set(err, ERR_TRACE_MAGIC, "byte 0: not an mmsim trace");
    if (size < MMTR_HEADER_SIZE + MMTR_FOOTER_SIZE)
        return sim_error_set(err, ERR_TRACE_TRUNCATED, "the trace ends after %zu bytes", size);
    if (get_le16(bytes + 8) != MMTR_VERSION)
        return sim_error_set(err, ERR_TRACE_VERSION, "byte 8: version %u is not %d",
                             get_le16(bytes + 8), MMTR_VERSION);
    if (get_le16(bytes + 10) != MMTR_HEADER_SIZE)
        return sim_error_set(err, ERR_TRACE_VERSION, "byte 10: header of %u bytes",
                             get_le16(bytes + 10));
    if (get_le32(bytes + 12) != 0)
        return sim_error_set(err, ERR_TRACE_VERSION, "byte 12: unknown flags 0x%" PRIx32,
                             get_le32(bytes + 12));
    footer = bytes + size - MMTR_FOOTER_SIZE;
    if (get_le64(footer + 16) != size) {
        sim_error_set(err, ERR_TRACE_TRUNCATED, "byte %zu: the trace is not whole: no end mark",
                      size - MMTR_FOOTER_SIZE + 16);
        sim_error_add_hint(err, "it was cut off, or bytes were added at its end");
        return false;
    }
    if (!again && !check_checksum(trace, err))
        return false;
    if (get_le32(footer + 12) != 0)
        return sim_error_set(err, ERR_TRACE_VERSION, "byte %zu: reserved bytes are not 0",
                             size - MMTR_FOOTER_SIZE + 12);
    return true;
}

static bool read_table(struct mmtr_source *trace, struct sim_error *err)
{
    const uint8_t *footer = trace->bytes + trace->size - MMTR_FOOTER_SIZE, *row;
    uint64_t table = get_le64(footer), covered = MMTR_HEADER_SIZE;
    uint32_t count = get_le32(footer + 8);

    if (count > MMTR_SECTIONS_MAX || table < MMTR_HEADER_SIZE || table > trace->size ||
        table != trace->size - MMTR_FOOTER_SIZE - (uint64_t)count * MMTR_SECTION_SIZE)
        return corrupt(trace, footer, "impossible table of contents", err);
    row = trace->bytes + table;
    for (uint32_t i = 0; i < count; i++, row += MMTR_SECTION_SIZE) {
        uint32_t kind = get_le32(row);
        struct section section = {get_le64(row + 8), get_le64(row + 16), get_le64(row + 24), true};

        if (kind < MMTR_SECTION_META || kind > MMTR_SECTION_RECORDS)
            return sim_error_set(err, ERR_TRACE_VERSION, "byte %zu: unknown section %" PRIu32,
                                 (size_t)(row - trace->bytes), kind);
        if (get_le32(row + 4) != 0)
            return sim_error_set(err, ERR_TRACE_VERSION, "byte %zu: reserved bytes are not 0",
                                 (size_t)(row + 4 - trace->bytes));
        if (trace->sections[kind].present)
            return corrupt(trace, row, "a section occurs twice", err);
        /* written one after the other, so the table lists them without a gap */
        if (section.offset != covered || section.length > table - covered)
            return corrupt(trace, row + 8, "impossible place of a section", err);
        /* no entry takes less than a byte: a count that passes here may be allocated */
        if (section.count > section.length)
            return corrupt(trace, row + 24, "more entries than bytes", err);
        covered += section.length;
        trace->sections[kind] = section;
    }
    if (covered != table)
        return corrupt(trace, footer, "bytes that belong to no section", err);
    if (!trace->sections[MMTR_SECTION_RECORDS].present ||
        !trace->sections[MMTR_SECTION_TASKS].present)
        return corrupt(trace, footer, "no records or no tasks", err);
    if (trace->sections[MMTR_SECTION_TASKS].count > UINT32_MAX)
        return corrupt(trace, footer, "too many tasks", err);
    return true;
}

static bool read_tasks(struct mmtr_source *trace, struct sim_error *err)
{
    struct cursor cursor = section_cursor(trace, MMTR_SECTION_TASKS);
    uint64_t count = trace->sections[MMTR_SECTION_TASKS].count;

    trace->tasks = calloc(count ? (size_t)count : 1, sizeof(*trace->tasks));
    if (!trace->tasks)
        return no_memory(err);
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *start = cursor.at, *text;
        size_t length;
        int64_t cpu;

        if (!get_text(&cursor, MMTR_NAME_MAX, &text, &length) || length == 0)
            return corrupt(trace, start, "impossible name of a task", err);
        if (!get_zigzag(&cursor, -1, MMTR_CPU_MAX, &cpu))
            return corrupt(trace, start, "impossible CPU of a task", err);
        trace->tasks[i].name = yaml_arena_copy(&trace->texts, (const char *)text, length);
        trace->tasks[i].cpu = (int32_t)cpu;
        if (!trace->tasks[i].name)
            return no_memory(err);
    }
    if (cursor.at != cursor.end)
        return corrupt(trace, cursor.at, "more bytes than tasks", err);
    trace->source.tasks = trace->tasks;
    trace->source.nr_tasks = (uint32_t)count;
    return true;
}

static bool read_meta(struct mmtr_source *trace, struct sim_error *err)
{
    struct cursor cursor = section_cursor(trace, MMTR_SECTION_META);
    uint64_t count = trace->sections[MMTR_SECTION_META].count;

    if (count == 0 && cursor.at == cursor.end)
        return true;
    trace->meta = calloc(count ? (size_t)count : 1, sizeof(*trace->meta));
    if (!trace->meta)
        return no_memory(err);
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *start = cursor.at, *key, *value;
        size_t key_length, value_length;

        if (!get_text(&cursor, MMTR_NAME_MAX, &key, &key_length) || key_length == 0 ||
            !get_text(&cursor, MMTR_VALUE_MAX, &value, &value_length))
            return corrupt(trace, start, "impossible meta text", err);
        trace->meta[i].key = yaml_arena_copy(&trace->texts, (const char *)key, key_length);
        trace->meta[i].value = yaml_arena_copy(&trace->texts, (const char *)value, value_length);
        if (!trace->meta[i].key || !trace->meta[i].value)
            return no_memory(err);
    }
    return cursor.at == cursor.end || corrupt(trace, cursor.at, "more bytes than texts", err);
}

static bool read_quality(struct mmtr_source *trace, struct sim_error *err)
{
    struct cursor cursor = section_cursor(trace, MMTR_SECTION_QUALITY);
    char name[MMTR_NAME_MAX + 1];

    for (uint64_t i = 0; i < trace->sections[MMTR_SECTION_QUALITY].count; i++) {
        const uint8_t *start = cursor.at, *text;
        size_t length;
        uint64_t value;

        if (!get_text(&cursor, MMTR_NAME_MAX, &text, &length) || !get_varint(&cursor, &value))
            return corrupt(trace, start, "impossible quality count", err);
        memcpy(name, text, length);
        name[length] = '\0';
        import_count_set(&trace->quality, name, value);
    }
    return cursor.at == cursor.end || corrupt(trace, cursor.at, "more bytes than counts", err);
}

static void mmtr_rewind(struct trace_source *source)
{
    struct mmtr_source *trace = of(source);

    trace->decoder = (struct decoder){
        .cursor = section_cursor(trace, MMTR_SECTION_RECORDS),
        .last_id = UINT64_MAX,
    };
    trace->position = 0;
}

static bool id_error(const struct mmtr_source *trace, const uint8_t *at, enum held_result result,
                     struct sim_error *err)
{
    switch (result) {
    case HELD_UNKNOWN:
        return corrupt(trace, at, "the id is not held", err);
    case HELD_IN_USE:
        return corrupt(trace, at, "the id is held already", err);
    case HELD_BAD_PIECE:
        return corrupt(trace, at, "the block has no such piece left", err);
    case HELD_BAD_ORDER:
        return "a free claims another order than the block's";
    case HELD_BAD_GET:
        return "a reference that cannot be taken";
    case HELD_OK:
    case HELD_LAST_PIECE:
    case HELD_NO_MEMORY:
        break;
    }
    return no_memory(err);
}

static bool check_records(struct mmtr_source *trace, struct sim_error *err)
{
    struct held_blocks held = {0};
    struct trace_record record;
    bool ok = true;

    mmtr_rewind(&trace->source);
    for (uint64_t i = 0; ok && i < trace->sections[MMTR_SECTION_RECORDS].count; i++) {
        const uint8_t *start = trace->decoder.cursor.at;
        const char *wrong = decode(&trace->decoder, trace->source.nr_tasks, &record);
        enum held_result result;

        if (wrong) {
            ok = corrupt(trace, start, wrong, err);
            break;
        }
        result = held_blocks_apply(&held, &record);
        if (result != HELD_OK && result != HELD_LAST_PIECE)
            ok = id_error(trace, start, result, err);
    }
    if (ok && trace->decoder.cursor.at != trace->decoder.cursor.end)
        ok = corrupt(trace, trace->decoder.cursor.at, "more bytes than records", err);
    held_blocks_fini(&held);
    return ok;
}

static enum trace_next mmtr_next(struct trace_source *source, struct trace_record *ret_record,
                                 struct sim_error *err)
{
    struct mmtr_source *trace = of(source);
    const char *wrong;

    (void)err;
    if (trace->position == trace->sections[MMTR_SECTION_RECORDS].count)
        return TRACE_END;
    wrong = decode(&trace->decoder, trace->source.nr_tasks, ret_record);
    SIM_ASSERT(!wrong);
    (void)wrong;
    trace->position++;
    return TRACE_RECORD;
}

static uint64_t mmtr_count(const struct trace_source *source)
{
    const struct mmtr_source *trace = (const struct mmtr_source *)source;

    return trace->sections[MMTR_SECTION_RECORDS].count;
}

static void mmtr_destroy(struct trace_source *source)
{
    struct mmtr_source *trace = of(source);

    yaml_arena_fini(&trace->texts);
    free(trace->tasks);
    free(trace->meta);
    free(trace);
}

static const struct trace_source_ops mmtr_ops = {
    .kind = "mmtr",
    .next = mmtr_next,
    .rewind = mmtr_rewind,
    .count = mmtr_count,
    .destroy = mmtr_destroy,
};

static struct trace_source *create(const char *file_name, const uint8_t *bytes, size_t size,
                                   bool again, struct sim_error *err)
{
    struct mmtr_source *trace = calloc(1, sizeof(*trace));

    if (!trace) {
        no_memory(err);
        return NULL;
    }
    trace->source.ops = &mmtr_ops;
    trace->bytes = bytes;
    trace->size = size;
    if (check_frame(trace, again, err) && read_table(trace, err) && read_tasks(trace, err) &&
        read_meta(trace, err) && read_quality(trace, err) && (again || check_records(trace, err))) {
        mmtr_rewind(&trace->source);
        return &trace->source;
    }
    if (file_name)
        sim_error_add_place(err, file_name, 0, 0);
    mmtr_destroy(&trace->source);
    return NULL;
}

struct trace_source *mmtr_source_create(const char *file_name, const uint8_t *bytes, size_t size,
                                        struct sim_error *err)
{
    return create(file_name, bytes, size, false, err);
}

struct trace_source *mmtr_source_create_again(const char *file_name, const uint8_t *bytes,
                                              size_t size, struct sim_error *err)
{
    return create(file_name, bytes, size, true, err);
}

uint32_t mmtr_source_nr_meta(const struct trace_source *source)
{
    const struct mmtr_source *trace = (const struct mmtr_source *)source;

    return (uint32_t)trace->sections[MMTR_SECTION_META].count;
}

void mmtr_source_meta(const struct trace_source *source, uint32_t i, const char **ret_key,
                      const char **ret_value)
{
    const struct mmtr_source *trace = (const struct mmtr_source *)source;

    SIM_ASSERT(i < mmtr_source_nr_meta(source));
    *ret_key = trace->meta[i].key;
    *ret_value = trace->meta[i].value;
}

const struct import_quality *mmtr_source_quality(const struct trace_source *source)
{
    const struct mmtr_source *trace = (const struct mmtr_source *)source;

    return trace->sections[MMTR_SECTION_QUALITY].present ? &trace->quality : NULL;
}
