/* SPDX-License-Identifier: MIT */
/* What the lines of a manifest say. */
#include "sweep/manifest_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/strbuf.h"
#include "stats/json_scan.h"

/* One line that is being read. */
struct reader {
    struct sweep_manifest *manifest;
    const char *tool_version;
    uint64_t runs; /* as the first line says */
    struct sweep_run run;
    struct json_scan scan;
    uint32_t line;
    struct sim_error *err;
};

/* A member of a line: `take` reads its value, whose token is the next one, into `target`. False:
 * it is not what it should be; the error may be set, then it says why. */
struct member {
    const char *name;
    bool (*take)(struct reader *reader, void *target);
    void *target;
};

enum { MEMBERS_MAX = 16 };

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the manifest");
}

char *manifest_copy_text(const struct json_scan *scan, const char *prefix)
{
    struct strbuf text = {0};

    strbuf_adds(&text, prefix);
    json_scan_text(scan, &text);
    if (text.failed)
        strbuf_fini(&text);
    return text.data;
}

bool manifest_keep_string(struct sweep_manifest *manifest, char *string, struct sim_error *err)
{
    if (string && vec_push(&manifest->strings, string))
        return true;
    free(string);
    return out_of_memory(err);
}

static bool take_uint(struct reader *reader, void *target)
{
    if (json_scan_next(&reader->scan) != JSON_INTEGER || reader->scan.negative)
        return false;
    *(uint64_t *)target = reader->scan.magnitude;
    return true;
}

static bool take_u32(struct reader *reader, void *target)
{
    uint64_t value;

    if (!take_uint(reader, &value) || value > UINT32_MAX)
        return false;
    *(uint32_t *)target = (uint32_t)value;
    return true;
}

static bool take_option(struct reader *reader, void *target)
{
    enum json_token token = json_scan_next(&reader->scan);

    if (token == JSON_NULL) {
        *(struct option_number *)target = (struct option_number){0};
        return true;
    }
    if (token != JSON_INTEGER || reader->scan.negative)
        return false;
    *(struct option_number *)target = (struct option_number){true, reader->scan.magnitude};
    return true;
}

static bool take_string(struct reader *reader, void *target)
{
    char *string;

    if (json_scan_next(&reader->scan) != JSON_STRING)
        return false;
    string = manifest_copy_text(&reader->scan, "");
    if (!manifest_keep_string(reader->manifest, string, reader->err))
        return false;
    *(const char **)target = string;
    return true;
}

static bool take_choice(struct reader *reader, const char *const *names, size_t count,
                        size_t *ret_index)
{
    if (json_scan_next(&reader->scan) != JSON_STRING)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!json_scan_is(&reader->scan, names[i]))
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

static bool take_keep(struct reader *reader, void *target)
{
    size_t index;

    if (!take_choice(reader, sweep_keep_names, NR_SWEEP_KEEP, &index))
        return false;
    *(enum sweep_keep *)target = (enum sweep_keep)index;
    return true;
}

static bool take_reclaim(struct reader *reader, void *target)
{
    size_t index;

    if (!take_choice(reader, reclaim_replay_names, NR_RECLAIM_REPLAYS, &index))
        return false;
    *(enum reclaim_replay *)target = (enum reclaim_replay)index;
    return true;
}

static bool take_key(struct reader *reader, void *target)
{
    return json_scan_next(&reader->scan) == JSON_STRING &&
           sweep_key_parse(target, reader->scan.text, reader->scan.length);
}

/* An object of the members, all of which must be there; the token of its begin was the last. */
static bool take_members(struct reader *reader, const struct member *members, size_t count)
{
    struct json_scan *scan = &reader->scan;
    bool seen[MEMBERS_MAX] = {0};

    SIM_ASSERT(count <= MEMBERS_MAX);
    while (json_scan_next(scan) == JSON_KEY) {
        size_t i = 0;

        while (i < count && !json_scan_is(scan, members[i].name))
            i++;
        if (i == count) {
            if (!json_scan_skip(scan))
                return false;
            continue;
        }
        if (seen[i] || !members[i].take(reader, members[i].target))
            return sim_error_set(reader->err, ERR_SWEEP_MANIFEST,
                                 "\"%s\" is not what a manifest has there", members[i].name);
        seen[i] = true;
    }
    if (scan->token != JSON_OBJECT_END)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!seen[i])
            return sim_error_set(reader->err, ERR_SWEEP_MANIFEST, "\"%s\" is missing",
                                 members[i].name);
    }
    return true;
}

static bool other_version(struct reader *reader, const char *found)
{
    sim_error_set(reader->err, ERR_SWEEP_VERSION, "planned by mmsim %s, this one is %s", found,
                  reader->tool_version);
    sim_error_add_hint(reader->err, "plan the sweep anew, into another folder or with --force");
    return false;
}

static bool take_schema_version(struct reader *reader, void *target)
{
    uint64_t version;

    (void)target;
    if (!take_uint(reader, &version))
        return false;
    return version == SWEEP_SCHEMA_VERSION || other_version(reader, "of another generation");
}

static bool take_tool(struct reader *reader, void *target)
{
    const char *version = NULL;
    const struct member members[] = {{"version", take_string, &version}};

    (void)target;
    if (json_scan_next(&reader->scan) != JSON_OBJECT_BEGIN || !take_members(reader, members, 1))
        return false;
    return strcmp(version, reader->tool_version) == 0 || other_version(reader, version);
}

static bool take_strings(struct reader *reader, void *target)
{
    struct sweep_texts *list = target;
    enum json_token token = json_scan_next(&reader->scan);

    if (token != JSON_ARRAY_BEGIN)
        return false;
    while ((token = json_scan_next(&reader->scan)) == JSON_STRING) {
        char *string = manifest_copy_text(&reader->scan, "");

        if (!manifest_keep_string(reader->manifest, string, reader->err))
            return false;
        if (!vec_push(list, string))
            return out_of_memory(reader->err);
    }
    return token == JSON_ARRAY_END;
}

/* Paths are relative to the manifest's folder. */
static bool take_input_path(struct reader *reader, void *target)
{
    struct strbuf prefix = {0};
    char *path = NULL;

    if (json_scan_next(&reader->scan) != JSON_STRING || reader->scan.length == 0)
        return false;
    if (reader->scan.text[0] != '/')
        strbuf_addf(&prefix, "%s/", reader->manifest->dir);
    if (!prefix.failed)
        path = manifest_copy_text(&reader->scan, prefix.data ? prefix.data : "");
    strbuf_fini(&prefix);
    if (!manifest_keep_string(reader->manifest, path, reader->err))
        return false;
    *(const char **)target = path;
    return true;
}

static bool take_hash(struct reader *reader, void *target)
{
    char padded[SWEEP_KEY_TEXT];
    struct sweep_key key;

    if (json_scan_next(&reader->scan) != JSON_STRING || reader->scan.length != 16)
        return false;
    memset(padded, '0', 16);
    memcpy(padded + 16, reader->scan.text, 16);
    if (!sweep_key_parse(&key, padded, SWEEP_KEY_TEXT - 1))
        return false;
    *(uint64_t *)target = key.low;
    return true;
}

static bool take_inputs(struct reader *reader, void *target)
{
    enum json_token token = json_scan_next(&reader->scan);

    (void)target;
    if (token != JSON_ARRAY_BEGIN)
        return false;
    while ((token = json_scan_next(&reader->scan)) == JSON_OBJECT_BEGIN) {
        struct sweep_input input = {0};
        const struct member members[] = {{"path", take_input_path, &input.path},
                                         {"fnv1a64", take_hash, &input.fnv1a64}};

        if (!take_members(reader, members, sizeof(members) / sizeof(members[0])))
            return false;
        if (!vec_push(&reader->manifest->inputs, input))
            return out_of_memory(reader->err);
    }
    return token == JSON_ARRAY_END;
}

/* The outermost object of a line, and nothing behind it. */
static bool take_line(struct reader *reader, const char *type, const struct member *members,
                      size_t count)
{
    struct json_scan *scan = &reader->scan;

    return json_scan_next(scan) == JSON_OBJECT_BEGIN && json_scan_next(scan) == JSON_KEY &&
           json_scan_is(scan, "type") && json_scan_next(scan) == JSON_STRING &&
           json_scan_is(scan, type) && take_members(reader, members, count) &&
           json_scan_next(scan) == JSON_END;
}

static bool take_sweep_line(struct reader *reader)
{
    struct sweep_manifest *manifest = reader->manifest;
    const struct member members[] = {
        {"schema_version", take_schema_version, NULL},
        {"tool", take_tool, NULL},
        {"name", take_string, &manifest->name},
        {"runs", take_uint, &reader->runs},
        {"axes", take_strings, &manifest->axes},
        {"metrics", take_strings, &manifest->metrics},
        {"keep", take_keep, &manifest->keep},
        {"tick_ns", take_option, &manifest->tick_ns},
        {"until_ns", take_option, &manifest->until_ns},
        {"reclaim", take_reclaim, &manifest->reclaim},
        {"timeout_ns", take_uint, &manifest->timeout_ns},
        {"memory_bytes", take_uint, &manifest->memory_bytes},
        {"inputs", take_inputs, NULL},
    };

    return take_line(reader, "sweep", members, sizeof(members) / sizeof(members[0]));
}

static bool take_run_line(struct reader *reader)
{
    struct sweep_manifest *manifest = reader->manifest;
    struct sweep_run *run = &reader->run;
    uint32_t index = 0;
    uint32_t other;
    const struct member members[] = {
        {"index", take_u32, &index},          {"key", take_key, &run->key},
        {"machine", take_u32, &run->machine}, {"workload", take_u32, &run->workload},
        {"seed", take_option, &run->seed},
    };

    if (!take_line(reader, "run", members, sizeof(members) / sizeof(members[0])))
        return false;
    if (index != manifest->runs.count || run->machine >= manifest->inputs.count ||
        run->workload >= manifest->inputs.count)
        return false;
    if (key_map_get(&manifest->by_key, &run->key, &other))
        return sim_error_set(reader->err, ERR_SWEEP_MANIFEST, "the key of run %u again", other);
    return (key_map_put(&manifest->by_key, &run->key, index) && vec_push(&manifest->runs, *run)) ||
           out_of_memory(reader->err);
}

static bool read_lines(struct reader *reader)
{
    const char *bytes = (const char *)reader->manifest->bytes.data;
    size_t size = reader->manifest->bytes.size;

    for (size_t at = 0; at < size;) {
        const char *newline = memchr(bytes + at, '\n', size - at);
        size_t length = newline ? (size_t)(newline - bytes) - at : size - at;

        reader->line++;
        reader->run = (struct sweep_run){.offset = at, .length = length};
        json_scan_init(&reader->scan, bytes + at, length);
        if (!newline || !(reader->line == 1 ? take_sweep_line(reader) : take_run_line(reader)))
            return false;
        at += length + 1;
    }
    return reader->line > 0 && reader->runs == reader->manifest->runs.count;
}

bool manifest_lines_read(struct sweep_manifest *manifest, const char *tool_version,
                         uint32_t *ret_line, struct sim_error *err)
{
    struct reader reader = {.manifest = manifest, .tool_version = tool_version, .err = err};
    bool ok = read_lines(&reader);

    *ret_line = reader.line;
    return ok;
}
