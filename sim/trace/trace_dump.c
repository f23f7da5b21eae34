/* SPDX-License-Identifier: MIT */
/* Records as text. */
#include "trace/trace_dump.h"

#include <inttypes.h>

enum { CHUNK_BYTES = 64 * 1024 };

static void add_quoted(struct strbuf *buf, const char *text)
{
    strbuf_adds(buf, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_addf(buf, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            strbuf_addf(buf, "\\u%04x", (unsigned)*text);
        else
            strbuf_add(buf, text, 1);
    }
    strbuf_adds(buf, "\"");
}

void trace_dump_record(const struct trace_source *source, const struct trace_record *record,
                       struct strbuf *buf)
{
    enum trace_op op = (enum trace_op)record->op;

    strbuf_addf(buf, "%" PRIu64 " ", record->time_ns);
    add_quoted(buf, source->tasks[record->task].name);
    strbuf_addf(buf, " %s", trace_op_name(op));
    if (trace_op_allocates(op) || trace_op_uses_block(op))
        strbuf_addf(buf, " id=%" PRIu64, record->id);
    if (trace_op_allocates_pages(op) || op == TRACE_FREE_PART || record->flags & TRACE_CLAIMS_ORDER)
        strbuf_addf(buf, " order=%u", record->order);
    if (trace_op_has_size(op))
        strbuf_addf(buf, " size=%" PRIu64, record->size_bytes);
    if (op == TRACE_KMEM_CACHE_ALLOC)
        strbuf_addf(buf, " cache=%" PRIu32, record->cache);
    if (trace_op_allocates(op))
        strbuf_addf(buf, " gfp=0x%" PRIx32, record->gfp);
    if (op == TRACE_ALLOC_PAGES || (trace_op_allocates(op) && !trace_op_allocates_pages(op)))
        strbuf_addf(buf, " node=%d", record->node);
    if (op == TRACE_FREE_PART)
        strbuf_addf(buf, " part=%" PRIu32, record->part);
    if (op == TRACE_SYSCTL)
        strbuf_addf(buf, " sysctl=%u values=%" PRIu64 ",%" PRIu64 ",%" PRIu64, record->sysctl,
                    record->values[0], record->values[1], record->values[2]);
    if (record->flags & TRACE_ORIGIN_RECLAIM)
        strbuf_adds(buf, " origin=reclaim");
    strbuf_adds(buf, "\n");
}

bool trace_dump(struct trace_source *source,
                bool (*write)(void *ctx, const char *text, size_t length), void *ctx,
                struct sim_error *err)
{
    struct strbuf buf = {0};
    struct trace_record record;
    enum trace_next next = TRACE_END;
    bool more = true;

    trace_source_rewind(source);
    while (more && !buf.failed &&
           (next = trace_source_next(source, &record, err)) == TRACE_RECORD) {
        trace_dump_record(source, &record, &buf);
        if (!buf.failed && buf.length >= CHUNK_BYTES) {
            more = write(ctx, buf.data, buf.length);
            strbuf_reset(&buf);
        }
    }
    if (more && !buf.failed && buf.length > 0)
        write(ctx, buf.data, buf.length);
    if (buf.failed)
        sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the text");
    trace_source_rewind(source);
    strbuf_fini(&buf);
    return !sim_error_is_set(err) && next != TRACE_ERROR;
}
