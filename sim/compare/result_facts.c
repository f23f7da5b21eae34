/* SPDX-License-Identifier: MIT */
/* What a result says of itself. */
#include "compare/result_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "stats/fields.h"
#include "stats/json_scan.h"

/* The time is the second or third member, behind short words of our own. */
enum { TIME_WITHIN = 128 };

void result_facts_fini(struct result_facts *facts)
{
    strbuf_fini(&facts->header);
}

static bool begins(const char *line, size_t length, const char *words)
{
    size_t size = strlen(words);

    return length >= size && memcmp(line, words, size) == 0;
}

enum line_type line_type_of(const char *line, size_t length)
{
    static const char *const starts[] = {
        [LINE_HEADER] = "{\"type\":\"header\"",
        [LINE_TICK] = "{\"type\":\"tick\"",
        [LINE_EVENT] = "{\"type\":\"event\"",
        [LINE_SUMMARY] = "{\"type\":\"summary\"",
    };

    for (unsigned i = 0; i < LINE_OTHER; i++)
        if (begins(line, length, starts[i]))
            return (enum line_type)i;
    return LINE_OTHER;
}

bool line_time(const char *line, size_t length, uint64_t *ret_ns)
{
    static const char key[] = ",\"time_ns\":";
    const size_t key_length = sizeof(key) - 1;
    size_t at = 0;
    size_t digits = 0;

    while (at < TIME_WITHIN && at + key_length <= length && memcmp(line + at, key, key_length) != 0)
        at++;
    if (at == TIME_WITHIN || at + key_length > length)
        return false;
    at += key_length;
    while (at + digits < length && line[at + digits] >= '0' && line[at + digits] <= '9')
        digits++;
    return uint_parse(line + at, digits, ret_ns);
}

/* The text without its escapes. No host memory shows in the header. */
static void take_text(struct result_facts *facts, char text[static FACT_TEXT_MAX],
                      const struct json_scan *scan)
{
    struct strbuf whole = {0};
    size_t length;

    if (scan->token == JSON_STRING)
        json_scan_text(scan, &whole);
    facts->header.failed |= whole.failed;
    length = whole.length < FACT_TEXT_MAX ? whole.length : FACT_TEXT_MAX - 1;
    while (length > 0 && (whole.data[length] & 0xc0) == 0x80)
        length--;
    if (length > 0)
        memcpy(text, whole.data, length);
    text[length] = '\0';
    strbuf_fini(&whole);
}

static bool has_memory(const struct result_facts *facts, struct sim_error *err)
{
    return !facts->header.failed ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for what a result says");
}

static void take_header_member(struct result_facts *facts, struct json_scan *scan,
                               const struct json_scan *key)
{
    if (json_scan_is(key, "workload"))
        take_text(facts, facts->workload, scan);
    else if (json_scan_is(key, "kernel"))
        take_text(facts, facts->kernel, scan);
    else if (json_scan_is(key, "seed"))
        facts->seed = scan->magnitude;
    else if (json_scan_is(key, "tick_ns"))
        facts->tick_ns = scan->magnitude;
    else if (json_scan_is(key, "events"))
        facts->events = scan->token == JSON_TRUE;
}

/* The members of the line's object, one level deep. */
static bool take_members(struct result_facts *facts, const char *line, size_t length, bool header,
                         uint64_t *ret_version)
{
    struct json_scan scan;
    struct json_scan key;

    json_scan_init(&scan, line, length);
    if (json_scan_next(&scan) != JSON_OBJECT_BEGIN)
        return false;
    while (json_scan_next(&scan) == JSON_KEY) {
        key = scan;
        json_scan_next(&scan);
        if (header && json_scan_is(&key, "schema_version"))
            *ret_version = scan.magnitude;
        else if (header)
            take_header_member(facts, &scan, &key);
        else if (json_scan_is(&key, "ended"))
            take_text(facts, facts->ended, &scan);
        if (!json_scan_skip(&scan))
            return false;
    }
    return scan.token == JSON_OBJECT_END;
}

static bool take_header(struct result_facts *facts, const char *line, size_t length,
                        struct sim_error *err)
{
    uint64_t version = 0;

    if (line_type_of(line, length) != LINE_HEADER ||
        !take_members(facts, line, length, true, &version))
        return sim_error_set(err, ERR_RESULT_FORMAT, "the output of a run begins with a header");
    if (version != OUTPUT_SCHEMA_VERSION)
        return sim_error_set(err, ERR_RESULT_VERSION, "the output has version %llu, not %d",
                             (unsigned long long)version, OUTPUT_SCHEMA_VERSION);
    strbuf_add(&facts->header, line, length);
    return has_memory(facts, err);
}

/* Order matters, and where a line ends. */
static void add_hash(struct result_facts *facts, const char *line, size_t length)
{
    uint64_t parts[2] = {facts->body_hash, fnv1a64(line, length)};

    facts->body_hash = fnv1a64(parts, sizeof(parts));
}

bool result_facts_line(struct result_facts *facts, const char *line, size_t length,
                       struct sim_error *err)
{
    uint64_t version = 0;

    if (facts->header.length == 0)
        return take_header(facts, line, length, err);
    switch (line_type_of(line, length)) {
    case LINE_EVENT:
        return true;
    case LINE_TICK:
        add_hash(facts, line, length);
        return true;
    case LINE_SUMMARY:
        add_hash(facts, line, length);
        facts->finished = true;
        if (take_members(facts, line, length, false, &version) &&
            line_time(line, length, &facts->end_ns))
            return has_memory(facts, err);
        break;
    default:
        break;
    }
    return sim_error_set(err, ERR_RESULT_FORMAT, "not a line of a run's output");
}
