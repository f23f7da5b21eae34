/* SPDX-License-Identifier: MIT */
/* JSON Lines to a stream. */
#include "stats/jsonl_writer.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"

void jsonl_writer_init(struct jsonl_writer *writer, FILE *stream)
{
    *writer = (struct jsonl_writer){.stream = stream};
    /* with a buffer of the C library a line could be torn where the buffer is full */
    if (stream)
        setvbuf(stream, NULL, _IONBF, 0);
}

void jsonl_writer_fini(struct jsonl_writer *writer)
{
    if (!writer)
        return;
    strbuf_fini(&writer->line);
    *writer = (struct jsonl_writer){0};
}

struct json_stream *jsonl_writer_begin(struct jsonl_writer *writer, const char *type)
{
    strbuf_reset(&writer->line);
    json_stream_init(&writer->json, &writer->line);
    json_begin_object(&writer->json);
    json_key_string(&writer->json, "type", type);
    return &writer->json;
}

static bool observe(struct jsonl_writer *writer)
{
    const struct line_observer *observer = writer->observer;

    writer->observer_failed =
        observer && !observer->line(observer->ctx, writer->line.data, writer->line.length - 1,
                                    &writer->observer_error);
    return !writer->observer_failed;
}

static bool write_line(struct jsonl_writer *writer)
{
    const struct strbuf *line = &writer->line;

    errno = 0;
    writer->write_failed =
        writer->stream && (fwrite(line->data, 1, line->length, writer->stream) != line->length ||
                           fflush(writer->stream));
    writer->failed_errno = writer->write_failed ? errno : 0;
    return !writer->write_failed;
}

bool jsonl_writer_end(struct jsonl_writer *writer)
{
    struct strbuf *line = &writer->line;

    json_end_object(&writer->json);
    SIM_ASSERT(json_stream_complete(&writer->json));
    strbuf_add(line, "\n", 1);
    if (jsonl_writer_failed(writer))
        return false;
    if (line->failed) {
        writer->memory_failed = true;
        return false;
    }
    if (!observe(writer) || !write_line(writer))
        return false;
    writer->lines++;
    return true;
}

bool jsonl_writer_check(const struct jsonl_writer *writer, const char *path, struct sim_error *err)
{
    if (writer->memory_failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no host memory for a line of output");
    if (writer->observer_failed) {
        if (!sim_error_is_set(err))
            *err = writer->observer_error;
        return false;
    }
    if (writer->write_failed) {
        return sim_error_set(err, ERR_WRITE, "cannot write '%s': %s", path,
                             writer->failed_errno ? strerror(writer->failed_errno)
                                                  : "the stream refused the bytes");
    }
    return true;
}
