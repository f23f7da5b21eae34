/* SPDX-License-Identifier: MIT */
/* Writes binary traces. */
#include "trace/mmtr_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/endian.h"
#include "base/vec.h"
#include "trace/mmtr_format.h"
#include "trace/mmtr_text.h"

enum { BUFFER_SIZE = 64 * 1024 };

/* Number of each op in files. */
static const uint8_t file_op[NR_TRACE_OPS] = {
    [TRACE_ALLOC_PAGES] = MMTR_OP_ALLOC_PAGES,
    [TRACE_GET_FREE_PAGES] = MMTR_OP_GET_FREE_PAGES,
    [TRACE_GET_ZEROED_PAGE] = MMTR_OP_GET_ZEROED_PAGE,
    [TRACE_GET_DMA_PAGES] = MMTR_OP_GET_DMA_PAGES,
    [TRACE_KMALLOC] = MMTR_OP_KMALLOC,
    [TRACE_KMEM_CACHE_ALLOC] = MMTR_OP_KMEM_CACHE_ALLOC,
    [TRACE_VMALLOC] = MMTR_OP_VMALLOC,
    [TRACE_VMALLOC_32] = MMTR_OP_VMALLOC_32,
    [TRACE_FREE_PAGES] = MMTR_OP_FREE_PAGES,
    [TRACE_FREE_PART] = MMTR_OP_FREE_PART,
    [TRACE_FREE_HOT_PAGE] = MMTR_OP_FREE_HOT_PAGE,
    [TRACE_FREE_COLD_PAGE] = MMTR_OP_FREE_COLD_PAGE,
    [TRACE_SPLIT_PAGE] = MMTR_OP_SPLIT_PAGE,
    [TRACE_GET_PAGE] = MMTR_OP_GET_PAGE,
    [TRACE_PUT_PAGE] = MMTR_OP_PUT_PAGE,
    [TRACE_KFREE] = MMTR_OP_KFREE,
    [TRACE_KMEM_CACHE_FREE] = MMTR_OP_KMEM_CACHE_FREE,
    [TRACE_VFREE] = MMTR_OP_VFREE,
    [TRACE_DRAIN_LOCAL_PAGES] = MMTR_OP_DRAIN_LOCAL_PAGES,
    [TRACE_DRAIN_ALL_LOCAL_PAGES] = MMTR_OP_DRAIN_ALL_LOCAL_PAGES,
    [TRACE_SYSCTL] = MMTR_OP_SYSCTL,
};

struct section {
    uint32_t kind;
    uint64_t offset;
    uint64_t length;
    uint64_t count;
};

struct mmtr_writer {
    FILE *stream;
    struct strbuf *target;
    uint64_t written; /* bytes handed over, without those in `buffer` */
    uint64_t checksum;

    struct strbuf tasks, meta; /* sections that are written at the end */
    uint32_t nr_tasks;
    uint64_t nr_meta;
    uint64_t nr_records;

    /* what the coming record is coded against */
    uint64_t time_ns;
    uint64_t last_id;
    uint32_t task;

    size_t used;
    uint8_t buffer[BUFFER_SIZE];
};

static bool flush(struct mmtr_writer *writer, struct sim_error *err)
{
    writer->checksum = mmtr_checksum(writer->checksum, writer->buffer, writer->used);
    if (writer->stream) {
        if (fwrite(writer->buffer, 1, writer->used, writer->stream) != writer->used)
            return sim_error_set(err, ERR_WRITE, "cannot write the trace: %s", strerror(errno));
    } else {
        strbuf_add(writer->target, (const char *)writer->buffer, writer->used);
        if (writer->target->failed)
            return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the trace");
    }
    writer->written += writer->used;
    writer->used = 0;
    return true;
}

static bool put_bytes(struct mmtr_writer *writer, const void *bytes, size_t size,
                      struct sim_error *err)
{
    const uint8_t *from = bytes;

    while (size > 0) {
        size_t room = BUFFER_SIZE - writer->used, part = size < room ? size : room;

        memcpy(writer->buffer + writer->used, from, part);
        writer->used += part;
        from += part;
        size -= part;
        if (writer->used == BUFFER_SIZE && !flush(writer, err))
            return false;
    }
    return true;
}

static uint8_t *put_varint(uint8_t *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *to++ = (uint8_t)value;
    return to;
}

static void add_varint(struct strbuf *buf, uint64_t value)
{
    uint8_t bytes[10];

    strbuf_add(buf, (const char *)bytes, (size_t)(put_varint(bytes, value) - bytes));
}

static void add_text(struct strbuf *buf, const char *text)
{
    add_varint(buf, strlen(text));
    strbuf_adds(buf, text);
}

struct mmtr_writer *mmtr_writer_create(FILE *stream, struct strbuf *buffer, struct sim_error *err)
{
    struct mmtr_writer *writer = calloc(1, sizeof(*writer));

    SIM_ASSERT((stream == NULL) != (buffer == NULL));
    if (!writer) {
        sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the trace");
        return NULL;
    }
    writer->stream = stream;
    writer->target = buffer;
    writer->checksum = MMTR_CHECKSUM_INIT;
    writer->last_id = UINT64_MAX;
    memcpy(writer->buffer, MMTR_MAGIC, 8);
    put_le16(writer->buffer + 8, MMTR_VERSION);
    put_le16(writer->buffer + 10, MMTR_HEADER_SIZE);
    put_le32(writer->buffer + 12, 0);
    writer->used = MMTR_HEADER_SIZE;
    return writer;
}

void mmtr_writer_destroy(struct mmtr_writer *writer)
{
    if (!writer)
        return;
    strbuf_fini(&writer->tasks);
    strbuf_fini(&writer->meta);
    free(writer);
}

bool mmtr_writer_add_task(struct mmtr_writer *writer, const char *name, int32_t cpu,
                          uint32_t *ret_index, struct sim_error *err)
{
    size_t length = strlen(name);

    SIM_ASSERT(cpu >= -1 && cpu <= MMTR_CPU_MAX);
    if (length == 0 || length > MMTR_NAME_MAX || !mmtr_text_valid((const uint8_t *)name, length))
        return sim_error_set(err, ERR_TRACE_CORRUPT,
                             "a task's name in a trace has 1 to %d bytes of text", MMTR_NAME_MAX);
    add_text(&writer->tasks, name);
    add_varint(&writer->tasks, mmtr_zigzag(cpu));
    if (writer->tasks.failed || writer->nr_tasks == UINT32_MAX)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    *ret_index = writer->nr_tasks++;
    return true;
}

bool mmtr_writer_set_meta(struct mmtr_writer *writer, const char *key, const char *value,
                          struct sim_error *err)
{
    size_t key_length = strlen(key), length = strlen(value);

    if (key_length == 0 || key_length > MMTR_NAME_MAX || length > MMTR_VALUE_MAX ||
        !mmtr_text_valid((const uint8_t *)key, key_length) ||
        !mmtr_text_valid((const uint8_t *)value, length))
        return sim_error_set(err, ERR_TRACE_CORRUPT,
                             "a meta text has up to %d bytes of text without control characters",
                             MMTR_VALUE_MAX);
    add_text(&writer->meta, key);
    add_text(&writer->meta, value);
    if (writer->meta.failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the meta texts");
    writer->nr_meta++;
    return true;
}

static uint8_t *put_alloc(const struct mmtr_writer *writer, const struct trace_record *record,
                          uint8_t *to)
{
    enum trace_op op = (enum trace_op)record->op;
    uint64_t what = record->order;

    if (op == TRACE_KMEM_CACHE_ALLOC)
        what = record->cache;
    else if (trace_op_has_size(op))
        what = record->size_bytes;
    to = put_varint(to, mmtr_zigzag((int64_t)(record->id - writer->last_id - 1)));
    to = put_varint(to, what);
    to = put_varint(to, record->gfp);
    return put_varint(to, mmtr_zigzag(record->node));
}

static uint8_t *put_use(const struct mmtr_writer *writer, const struct trace_record *record,
                        uint8_t *to)
{
    to = put_varint(to, mmtr_zigzag((int64_t)(writer->last_id - record->id)));
    if (record->op == TRACE_FREE_PART || record->flags & TRACE_CLAIMS_ORDER)
        to = put_varint(to, record->order);
    if (record->op == TRACE_FREE_PART)
        to = put_varint(to, record->part);
    return to;
}

static uint8_t *put_body(const struct mmtr_writer *writer, const struct trace_record *record,
                         uint8_t *to)
{
    enum trace_op op = (enum trace_op)record->op;

    if (trace_op_allocates(op))
        return put_alloc(writer, record, to);
    if (trace_op_uses_block(op))
        return put_use(writer, record, to);
    if (op == TRACE_SYSCTL) {
        *to++ = record->sysctl;
        for (unsigned i = 0; i < 3; i++)
            to = put_varint(to, record->values[i]);
    }
    return to;
}

static uint8_t file_op_of(const struct trace_record *record)
{
    SIM_ASSERT(!(record->flags & TRACE_CLAIMS_ORDER) || record->op == TRACE_FREE_PAGES);
    return record->flags & TRACE_CLAIMS_ORDER ? MMTR_OP_FREE_PAGES_OF_ORDER : file_op[record->op];
}

bool mmtr_writer_add(struct mmtr_writer *writer, const struct trace_record *record,
                     struct sim_error *err)
{
    uint8_t *head, *to;

    SIM_ASSERT(record->op < NR_TRACE_OPS && record->task < writer->nr_tasks);
    SIM_ASSERT(record->time_ns >= writer->time_ns && record->id <= TRACE_ID_MAX);
    if (BUFFER_SIZE - writer->used < MMTR_RECORD_MAX && !flush(writer, err))
        return false;
    head = to = writer->buffer + writer->used;
    *to++ = file_op_of(record);
    if (record->flags & TRACE_ORIGIN_RECLAIM)
        *head |= MMTR_RECLAIM;
    if (record->time_ns == writer->time_ns)
        *head |= MMTR_SAME_TIME;
    else
        to = put_varint(to, record->time_ns - writer->time_ns);
    if (record->task == writer->task)
        *head |= MMTR_SAME_TASK;
    else
        to = put_varint(to, record->task);
    to = put_body(writer, record, to);
    writer->used = (size_t)(to - writer->buffer);
    writer->time_ns = record->time_ns;
    writer->task = record->task;
    if (trace_op_allocates((enum trace_op)record->op))
        writer->last_id = record->id;
    writer->nr_records++;
    return true;
}

static bool put_section(struct mmtr_writer *writer, struct section *section, uint32_t kind,
                        const struct strbuf *bytes, uint64_t count, struct sim_error *err)
{
    *section = (struct section){
        .kind = kind,
        .offset = writer->written + writer->used,
        .length = bytes->length,
        .count = count,
    };
    return put_bytes(writer, bytes->data, bytes->length, err);
}

static bool put_table(struct mmtr_writer *writer, const struct section *sections, uint32_t count,
                      struct sim_error *err)
{
    uint8_t bytes[MMTR_SECTION_SIZE] = {0};
    uint64_t table_offset = writer->written + writer->used;

    for (uint32_t i = 0; i < count; i++) {
        put_le32(bytes, sections[i].kind);
        put_le64(bytes + 8, sections[i].offset);
        put_le64(bytes + 16, sections[i].length);
        put_le64(bytes + 24, sections[i].count);
        if (!put_bytes(writer, bytes, sizeof(bytes), err))
            return false;
    }
    put_le64(bytes, table_offset);
    put_le32(bytes + 8, count);
    put_le32(bytes + 12, 0);
    put_le64(bytes + 16, writer->written + writer->used + MMTR_FOOTER_SIZE);
    if (!put_bytes(writer, bytes, MMTR_FOOTER_SIZE - 8, err) || !flush(writer, err))
        return false;
    put_le64(bytes, writer->checksum);
    return put_bytes(writer, bytes, 8, err) && flush(writer, err);
}

bool mmtr_writer_finish(struct mmtr_writer *writer, const struct import_quality *quality,
                        struct sim_error *err)
{
    struct section sections[4];
    struct strbuf counts = {0};
    uint32_t nr = 1;
    bool ok;

    sections[0] = (struct section){
        .kind = MMTR_SECTION_RECORDS,
        .offset = MMTR_HEADER_SIZE,
        .length = writer->written + writer->used - MMTR_HEADER_SIZE,
        .count = writer->nr_records,
    };
    ok = put_section(writer, &sections[nr++], MMTR_SECTION_TASKS, &writer->tasks, writer->nr_tasks,
                     err);
    if (ok && writer->nr_meta > 0)
        ok = put_section(writer, &sections[nr++], MMTR_SECTION_META, &writer->meta, writer->nr_meta,
                         err);
    if (ok && quality) {
        for (unsigned i = 0; i < NR_IMPORT_COUNTS; i++) {
            add_text(&counts, import_count_name(i));
            add_varint(&counts, import_count_value(quality, i));
        }
        ok = !counts.failed ? put_section(writer, &sections[nr++], MMTR_SECTION_QUALITY, &counts,
                                          NR_IMPORT_COUNTS, err)
                            : sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the counts");
    }
    ok = ok && put_table(writer, sections, nr, err);
    strbuf_fini(&counts);
    return ok;
}

bool mmtr_writer_add_source(struct mmtr_writer *writer, struct trace_source *source,
                            struct sim_error *err)
{
    struct trace_record record;
    enum trace_next next;
    uint32_t index;

    SIM_ASSERT(writer->nr_tasks == 0);
    trace_source_rewind(source);
    for (uint32_t i = 0; i < source->nr_tasks; i++) {
        if (!mmtr_writer_add_task(writer, source->tasks[i].name, source->tasks[i].cpu, &index, err))
            return false;
    }
    while ((next = trace_source_next(source, &record, err)) == TRACE_RECORD) {
        if (!mmtr_writer_add(writer, &record, err))
            return false;
    }
    trace_source_rewind(source);
    return next == TRACE_END;
}
