/* SPDX-License-Identifier: MIT */
/* The path of a metric, taken apart. */
#include "compare/metric_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"

/* In the order of enum metric_aggregate. */
const char *const metric_aggregate_words[] = {
    "min", "max",      "mean",           "last",           "p50",           "p95",
    "p99", "integral", "first_below(X)", "first_above(X)", "time_below(X)", "time_above(X)",
};
const size_t metric_aggregate_word_count =
    sizeof(metric_aggregate_words) / sizeof(metric_aggregate_words[0]);

/* What a path is made of while it is read. */
struct reader {
    struct metric_path *path;
    const char *at;
    struct sim_error *err;
};

static bool bad_path(struct reader *reader, const char *why)
{
    return sim_error_set(reader->err, ERR_BAD_METRIC, "'%.120s' is not the path of a metric: %s",
                         reader->path->text, why);
}

static bool no_memory(struct reader *reader)
{
    return sim_error_set(reader->err, ERR_OUT_OF_MEMORY, "no host memory for a metric");
}

static bool in_member(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && !strchr(".[]()<>=!\\*\"", c);
}

static bool all_digits(const char *text, size_t length)
{
    return length > 0 && strspn(text, "0123456789") >= length;
}

/* Adds a part whose text began at `begin` and ends where the reader is. Takes the name over. */
static bool add_part(struct reader *reader, struct metric_part part, const char *begin)
{
    part.begin = (size_t)(begin - reader->path->text);
    part.end = (size_t)(reader->at - reader->path->text);
    if (part.name && vec_push(&reader->path->parts, part))
        return true;
    free(part.name);
    return no_memory(reader);
}

static char *copy_text(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static bool read_member(struct reader *reader, const char *begin)
{
    const char *name = reader->at;
    struct metric_part part = {.kind = METRIC_PART_MEMBER};

    while (in_member(*reader->at))
        reader->at++;
    part.length = (size_t)(reader->at - name);
    if (part.length == 0)
        return bad_path(reader, "a name is missing");
    part.name = copy_text(name, part.length);
    return add_part(reader, part, begin);
}

/* From behind the bracket up to and over the one that closes; whether anything was escaped. */
static bool copy_bracket(struct reader *reader, char *name, size_t *ret_length, bool *ret_escaped)
{
    *ret_length = 0;
    *ret_escaped = false;
    while (*reader->at != ']') {
        if (*reader->at == '\\' && reader->at[1]) {
            *ret_escaped = true;
            reader->at++;
        } else if (*reader->at == '\0' || *reader->at == '[') {
            return false;
        }
        name[(*ret_length)++] = *reader->at++;
    }
    name[*ret_length] = '\0';
    reader->at++;
    return *ret_length > 0;
}

static bool read_bracket(struct reader *reader)
{
    const char *begin = reader->at++;
    struct metric_part part = {.kind = METRIC_PART_NAME, .name = malloc(strlen(begin))};
    uint64_t index;
    bool escaped;

    if (!part.name)
        return no_memory(reader);
    if (!copy_bracket(reader, part.name, &part.length, &escaped)) {
        free(part.name);
        bad_path(reader, "[ must be followed by a name and ]");
        sim_error_add_hint(reader->err, "[NAME], [INDEX] or [*]; \\ before a bracket in a name");
        return false;
    }
    if (!escaped && strcmp(part.name, "*") == 0) {
        part.kind = METRIC_PART_EVERY;
    } else if (!escaped && all_digits(part.name, part.length) &&
               uint_parse(part.name, part.length, &index) && index < UINT32_MAX) {
        part.kind = METRIC_PART_INDEX;
        part.index = (uint32_t)index;
    }
    return add_part(reader, part, begin);
}

/* The aggregate of that word, with or without an argument. */
static enum metric_aggregate find_aggregate(const char *word, size_t length, bool argument)
{
    for (unsigned i = 0; i < metric_aggregate_word_count; i++) {
        const char *known = metric_aggregate_words[i];
        size_t known_length = strcspn(known, "(");

        if (known_length == length && memcmp(known, word, length) == 0 &&
            argument == (known[known_length] == '('))
            return METRIC_NO_AGGREGATE + 1 + i;
    }
    return METRIC_NO_AGGREGATE;
}

/* "(X)" behind the last member, which ends the path. */
static bool read_limit(struct reader *reader)
{
    struct metric_path *path = reader->path;
    struct metric_part *last = &path->parts.items[path->parts.count - 1];
    size_t length = strcspn(reader->at + 1, ")");
    struct metric_value limit;

    path->aggregate = last->kind == METRIC_PART_MEMBER
                          ? find_aggregate(last->name, last->length, true)
                          : METRIC_NO_AGGREGATE;
    if (path->aggregate == METRIC_NO_AGGREGATE) {
        bad_path(reader, "this takes no (number)");
        sim_error_add_hint(reader->err, "these do: first_below, first_above, time_below, "
                                        "time_above");
        return false;
    }
    if (reader->at[1 + length] != ')' || !metric_value_parse(reader->at + 1, length, &limit)) {
        bad_path(reader, "between ( and ) stands no number");
        sim_error_add_hint(reader->err, "such as 4096, -0.5, 10ms or 64MiB");
        return false;
    }
    if (reader->at[2 + length])
        return bad_path(reader, "nothing may follow )");
    path->has_limit = true;
    path->limit_milli = limit.milli;
    last->end = strlen(path->text);
    return true;
}

static bool read_parts(struct reader *reader)
{
    if (!read_member(reader, reader->at))
        return false;
    while (*reader->at) {
        const char *begin = reader->at;

        if (*begin == '(')
            return read_limit(reader);
        if (*begin != '[' && *begin != '.')
            return bad_path(reader, "a name is followed by . or [");
        reader->at += *begin == '.';
        if (*begin == '.' && *reader->at == '*') {
            bad_path(reader, "* stands in brackets");
            sim_error_add_hint(reader->err, "write [*]");
            return false;
        }
        if (*begin == '[' ? !read_bracket(reader) : !read_member(reader, begin))
            return false;
    }
    return true;
}

/* A last member that is an aggregate's word may be both. */
static bool settle_aggregate(struct reader *reader)
{
    struct metric_path *path = reader->path;
    const struct metric_part *last = &path->parts.items[path->parts.count - 1];

    if (!path->has_limit && last->kind == METRIC_PART_MEMBER && path->parts.count > 1) {
        path->aggregate = find_aggregate(last->name, last->length, false);
        if (find_aggregate(last->name, last->length, true) == METRIC_NO_AGGREGATE)
            return true;
        bad_path(reader, "it needs a number");
        sim_error_add_hint(reader->err, "such as %s(100)", last->name);
        return false;
    }
    return !path->has_limit || path->parts.count > 1 ||
           bad_path(reader, "it must follow what it is taken of");
}

bool metric_path_init(struct metric_path *path, const char *text, struct sim_error *err)
{
    struct reader reader = {.path = path, .err = err};

    *path = (struct metric_path){.text = copy_text(text, strlen(text))};
    reader.at = path->text;
    if (!path->text)
        return no_memory(&reader);
    if (read_parts(&reader) && settle_aggregate(&reader))
        return true;
    metric_path_fini(path);
    return false;
}

void metric_path_fini(struct metric_path *path)
{
    if (!path)
        return;
    for (size_t i = 0; i < path->parts.count; i++)
        free(path->parts.items[i].name);
    vec_fini(&path->parts);
    free(path->text);
    *path = (struct metric_path){0};
}

static bool same_name(const struct metric_part *part, const char *name, size_t length)
{
    return part->length == length && memcmp(part->name, name, length) == 0;
}

bool metric_part_is_member(const struct metric_part *part, const char *name, size_t length)
{
    return part->kind == METRIC_PART_EVERY ? length > 0 : same_name(part, name, length);
}

bool metric_part_is_element(const struct metric_part *part, const char *name, size_t length,
                            uint32_t index)
{
    switch (part->kind) {
    case METRIC_PART_EVERY:
        return true;
    case METRIC_PART_INDEX:
        return part->index == index;
    case METRIC_PART_NAME:
        return name && same_name(part, name, length);
    case METRIC_PART_MEMBER:
        return false;
    }
    return false;
}

/* A name in brackets that would read as something else is escaped at its first character. */
static void add_bracket(struct strbuf *buf, const char *name, size_t length)
{
    bool other = all_digits(name, length) || (length == 1 && name[0] == '*');

    strbuf_adds(buf, other ? "[\\" : "[");
    for (size_t i = 0; i < length; i++) {
        if (strchr("[]\\", name[i]))
            strbuf_add(buf, "\\", 1);
        strbuf_add(buf, &name[i], 1);
    }
    strbuf_adds(buf, "]");
}

void metric_part_format_member(struct strbuf *buf, const char *name, size_t length)
{
    size_t plain = 0;

    while (plain < length && in_member(name[plain]))
        plain++;
    if (length == 0 || plain < length) {
        add_bracket(buf, name, length);
        return;
    }
    strbuf_add(buf, ".", 1);
    strbuf_add(buf, name, length);
}

void metric_part_format_element(struct strbuf *buf, const char *name, size_t length, uint32_t index)
{
    if (name && length > 0)
        add_bracket(buf, name, length);
    else
        strbuf_addf(buf, "[%u]", (unsigned)index);
}
