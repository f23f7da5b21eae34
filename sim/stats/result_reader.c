/* SPDX-License-Identifier: MIT */
/* Reading the output of a run. */
#include "stats/result_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/units.h"
#include "stats/fields.h"

static bool bad_line(const struct result_reader *reader, const char *what, struct sim_error *err)
{
    sim_error_set(err, ERR_RESULT_FORMAT, "%s", what);
    sim_error_add_place(err, reader->path, reader->number, 1);
    return false;
}

static bool bad_read(const struct result_reader *reader, int number, struct sim_error *err)
{
    return sim_error_set(err, ERR_READ, "cannot read '%.180s': %s", reader->path,
                         number ? strerror(number) : "the stream has failed");
}

/* Goes past `words`; false: they do not stand there. */
static bool skip(const char **at, const char *words)
{
    size_t length = strlen(words);

    if (strncmp(*at, words, length) != 0)
        return false;
    *at += length;
    return true;
}

/* Copies a string value up to its quote and goes past that; false: it does not fit. */
static bool take_word(const char **at, char *word, size_t size)
{
    size_t length = strcspn(*at, "\"");

    if ((*at)[length] != '"' || length >= size)
        return false;
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length + 1;
    return true;
}

/* Type, kind and time from the first members of the line, as the writer puts them. */
static bool recognise(struct result_reader *reader)
{
    static const char *const types[] = {
        [RESULT_HEADER] = "header",
        [RESULT_TICK] = "tick",
        [RESULT_EVENT] = "event",
        [RESULT_SUMMARY] = "summary",
    };
    const char *at = reader->line;
    unsigned type = 0;
    char word[16];

    if (!skip(&at, "{\"type\":\"") || !take_word(&at, word, sizeof(word)))
        return false;
    while (type < sizeof(types) / sizeof(types[0]) && strcmp(word, types[type]) != 0)
        type++;
    if (type == sizeof(types) / sizeof(types[0]))
        return false;
    reader->type = type;
    reader->time_ns = 0;
    if (type == RESULT_HEADER)
        return true;
    if (type == RESULT_EVENT &&
        (!skip(&at, ",\"event\":\"") || !take_word(&at, reader->event, sizeof(reader->event))))
        return false;
    return skip(&at, ",\"time_ns\":") && uint_parse(at, strspn(at, "0123456789"), &reader->time_ns);
}

bool result_reader_next(struct result_reader *reader, struct sim_error *err)
{
    ssize_t length;

    cJSON_Delete(reader->object);
    reader->object = NULL;
    errno = 0;
    length = getline(&reader->line, &reader->capacity, reader->stream);
    if (length < 0 && errno == ENOMEM)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a line of '%.180s'",
                             reader->path);
    if (length < 0)
        return ferror(reader->stream) ? bad_read(reader, errno, err) : false;
    if (reader->line[length - 1] != '\n')
        return reader->number == 0 ? bad_line(reader, "not the output of a run", err) : false;
    reader->length = (size_t)length;
    reader->number++;
    return recognise(reader) || bad_line(reader, "not a line of a run's output", err);
}

bool result_parse(struct result_reader *reader, struct sim_error *err)
{
    if (!reader->object)
        reader->object = cJSON_ParseWithLength(reader->line, reader->length);
    return reader->object || bad_line(reader, "not a JSON object", err);
}

bool result_reader_rewind(struct result_reader *reader, struct sim_error *err)
{
    cJSON_Delete(reader->object);
    reader->object = NULL;
    reader->number = 0;
    clearerr(reader->stream);
    return fseek(reader->stream, 0, SEEK_SET) == 0 || bad_read(reader, errno, err);
}

static bool check_header(struct result_reader *reader, struct sim_error *err)
{
    uint64_t version;

    if (!result_reader_next(reader, err))
        return sim_error_is_set(err) ? false : bad_line(reader, "the file is empty", err);
    if (reader->type != RESULT_HEADER)
        return bad_line(reader, "the output of a run begins with a header", err);
    if (!result_parse(reader, err))
        return false;
    version = result_uint(reader->object, "schema_version");
    if (version != OUTPUT_SCHEMA_VERSION) {
        sim_error_set(err, ERR_RESULT_VERSION, "the output has version %llu, not %d",
                      (unsigned long long)version, OUTPUT_SCHEMA_VERSION);
        sim_error_add_place(err, reader->path, reader->number, 1);
        return false;
    }
    return true;
}

bool result_reader_open(struct result_reader *reader, const char *path, struct sim_error *err)
{
    FILE *stream = fopen(path, "rb");

    if (!stream)
        return sim_error_set(err, ERR_OPEN, "cannot open '%.180s': %s", path, strerror(errno));
    return result_reader_attach(reader, stream, path, err);
}

bool result_reader_attach(struct result_reader *reader, FILE *stream, const char *name,
                          struct sim_error *err)
{
    if (!result_reader_attach_pipe(reader, stream, name, err))
        return false;
    if (result_reader_rewind(reader, err))
        return true;
    result_reader_close(reader);
    return false;
}

bool result_reader_attach_pipe(struct result_reader *reader, FILE *stream, const char *name,
                               struct sim_error *err)
{
    *reader = (struct result_reader){.path = name, .stream = stream};
    if (check_header(reader, err))
        return true;
    result_reader_close(reader);
    return false;
}

void result_reader_close(struct result_reader *reader)
{
    if (!reader)
        return;
    cJSON_Delete(reader->object);
    free(reader->line);
    if (reader->stream)
        fclose(reader->stream);
    *reader = (struct result_reader){0};
}

bool result_is_event(const struct result_reader *reader, const char *event)
{
    return reader->type == RESULT_EVENT && strcmp(reader->event, event) == 0;
}

const struct cJSON *result_member(const struct cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const struct cJSON *result_first(const struct cJSON *array)
{
    return array ? array->child : NULL;
}

const struct cJSON *result_next(const struct cJSON *element)
{
    return element->next;
}

/* Every double from 2^64 on, and not a number, is out of range for a conversion. */
uint64_t result_uint(const struct cJSON *object, const char *name)
{
    const cJSON *item = result_member(object, name);

    if (!cJSON_IsNumber(item) || !(item->valuedouble > 0))
        return 0;
    return item->valuedouble >= 0x1p64 ? UINT64_MAX : (uint64_t)item->valuedouble;
}

int64_t result_int(const struct cJSON *object, const char *name)
{
    const cJSON *item = result_member(object, name);

    if (!cJSON_IsNumber(item))
        return 0;
    if (item->valuedouble >= 0x1p63)
        return INT64_MAX;
    return item->valuedouble > -0x1p63 ? (int64_t)item->valuedouble : INT64_MIN;
}

bool result_bool(const struct cJSON *object, const char *name)
{
    return cJSON_IsTrue(result_member(object, name));
}

const char *result_text(const struct cJSON *object, const char *name)
{
    return cJSON_GetStringValue(result_member(object, name));
}

const char *result_text_or(const struct cJSON *object, const char *name, const char *otherwise)
{
    const char *text = result_text(object, name);

    return text ? text : otherwise;
}
