/* SPDX-License-Identifier: MIT */
/* The settings in which some runs differ. */
#include "compare/setting_diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hashmap.h"
#include "stats/json_scan.h"

/* Collects the leaves of one header after the other. */
struct collector {
    struct setting_diff *diff;
    struct hashmap by_key; /* fnv1a64 of the key -> index of the item */
    size_t run;
    struct json_scan scan;
    struct strbuf path;
    bool failed; /* no host memory */
};

static char *copy(const char *text, size_t length)
{
    char *bytes = malloc(length + 1);

    if (!bytes)
        return NULL;
    memcpy(bytes, text, length);
    bytes[length] = '\0';
    return bytes;
}

static void free_setting(struct setting *setting, size_t nr_runs)
{
    for (size_t i = 0; setting->values && i < nr_runs; i++)
        free(setting->values[i]);
    free(setting->values);
    free(setting->key);
}

void setting_diff_fini(struct setting_diff *diff)
{
    if (!diff)
        return;
    for (size_t i = 0; i < diff->items.count; i++)
        free_setting(&diff->items.items[i], diff->nr_runs);
    vec_fini(&diff->items);
}

/* The item of the path, which is made when there is none; NULL: no host memory. */
static struct setting *item_of_path(struct collector *collector)
{
    struct setting_diff *diff = collector->diff;
    uint64_t hash = fnv1a64(collector->path.data, collector->path.length) >> 1;
    struct setting setting = {0};
    uint64_t index;

    if (hashmap_get(&collector->by_key, hash, &index) &&
        strcmp(diff->items.items[index].key, collector->path.data) == 0)
        return &diff->items.items[index];
    setting.key = copy(collector->path.data, collector->path.length);
    setting.values = calloc(diff->nr_runs, sizeof(*setting.values));
    if (setting.key && setting.values && vec_push(&diff->items, setting) &&
        hashmap_put(&collector->by_key, hash, diff->items.count - 1))
        return &diff->items.items[diff->items.count - 1];
    if (diff->items.count == 0 || diff->items.items[diff->items.count - 1].key != setting.key)
        free_setting(&setting, diff->nr_runs);
    return NULL;
}

static void add_leaf(struct collector *collector, const char *text, size_t length)
{
    struct setting *setting;

    collector->failed = collector->failed || collector->path.failed;
    if (collector->failed)
        return;
    setting = item_of_path(collector);
    if (setting && !setting->values[collector->run])
        setting->values[collector->run] = copy(text, length);
    collector->failed = !setting || !setting->values[collector->run];
}

static void cut_path(struct collector *collector, size_t length)
{
    if (collector->path.failed || !collector->path.data)
        return;
    collector->path.length = length;
    collector->path.data[length] = '\0';
}

static void take_value(struct collector *collector);

static void take_object(struct collector *collector, size_t outer, bool element)
{
    struct json_scan *scan = &collector->scan;
    size_t length = collector->path.length;

    while (json_scan_next(scan) == JSON_KEY) {
        struct json_scan key = *scan;

        json_scan_next(scan);
        if (element && json_scan_is(&key, "name") && scan->token == JSON_STRING) {
            /* from here on the element is called by its name */
            cut_path(collector, outer);
            strbuf_addf(&collector->path, "[%.*s]", (int)scan->length, scan->text);
            length = collector->path.length;
            continue;
        }
        strbuf_addf(&collector->path, "%s%.*s", length > 0 ? "." : "", (int)key.length, key.text);
        take_value(collector);
        cut_path(collector, length);
    }
}

static void take_array(struct collector *collector)
{
    struct json_scan *scan = &collector->scan;
    size_t length = collector->path.length;
    const char *begin = scan->at - 1;
    uint64_t index = 0;

    if (*scan->at != '{') { /* of numbers: one leaf */
        if (json_scan_skip(scan))
            add_leaf(collector, begin, (size_t)(scan->at - begin));
        return;
    }
    while (json_scan_next(scan) == JSON_OBJECT_BEGIN) {
        strbuf_addf(&collector->path, "[%" PRIu64 "]", index++);
        take_object(collector, length, true);
        cut_path(collector, length);
    }
}

/* The recursion ends where json_scan refuses deeper values. */
static void take_value(struct collector *collector)
{
    struct json_scan *scan = &collector->scan;
    char number[24];

    switch (scan->token) {
    case JSON_OBJECT_BEGIN:
        take_object(collector, 0, false);
        break;
    case JSON_ARRAY_BEGIN:
        take_array(collector);
        break;
    case JSON_STRING:
        add_leaf(collector, scan->text, scan->length);
        break;
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%s%" PRIu64, scan->negative ? "-" : "", scan->magnitude);
        add_leaf(collector, number, strlen(number));
        break;
    case JSON_TRUE:
        add_leaf(collector, "true", 4);
        break;
    case JSON_FALSE:
        add_leaf(collector, "false", 5);
        break;
    case JSON_NULL:
        add_leaf(collector, "null", 4);
        break;
    default:
        break;
    }
}

/* {"role":"machine","name":"a.yaml","fnv1a64":"..."}: one leaf, "inputs.machine". */
static void take_input(struct collector *collector, unsigned *nr_traces)
{
    struct json_scan *scan = &collector->scan;
    struct json_scan role = {0}, name = {0}, hash = {0};
    struct strbuf text = {0};

    while (json_scan_next(scan) == JSON_KEY) {
        struct json_scan key = *scan;

        json_scan_next(scan);
        if (scan->token == JSON_STRING && json_scan_is(&key, "role"))
            role = *scan;
        else if (scan->token == JSON_STRING && json_scan_is(&key, "name"))
            name = *scan;
        else if (scan->token == JSON_STRING && json_scan_is(&key, "fnv1a64"))
            hash = *scan;
        else
            json_scan_skip(scan);
    }
    cut_path(collector, 0);
    strbuf_addf(&collector->path, "inputs.%.*s", (int)role.length, role.text ? role.text : "");
    if (role.text && json_scan_is(&role, "trace"))
        strbuf_addf(&collector->path, "[%u]", (*nr_traces)++);
    strbuf_addf(&text, "%.*s %.*s", (int)name.length, name.text ? name.text : "", (int)hash.length,
                hash.text ? hash.text : "");
    collector->failed = collector->failed || text.failed;
    if (!collector->failed)
        add_leaf(collector, text.data, text.length);
    strbuf_fini(&text);
}

static void take_inputs(struct collector *collector)
{
    unsigned nr_traces = 0;

    while (json_scan_next(&collector->scan) == JSON_OBJECT_BEGIN)
        take_input(collector, &nr_traces);
}

/* What of the header is a setting; what it was booted to follows from them. */
static bool is_setting(const struct json_scan *key)
{
    static const char *const names[] = {"kernel", "workload", "seed", "duration_ns", "tool"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (json_scan_is(key, names[i]))
            return true;
    return false;
}

static bool take_header(struct collector *collector, const struct strbuf *header)
{
    struct json_scan *scan = &collector->scan;

    json_scan_init(scan, header->data, header->length);
    if (json_scan_next(scan) != JSON_OBJECT_BEGIN)
        return false;
    while (json_scan_next(scan) == JSON_KEY) {
        struct json_scan key = *scan;

        cut_path(collector, 0);
        json_scan_next(scan);
        if (json_scan_is(&key, "inputs") && scan->token == JSON_ARRAY_BEGIN) {
            take_inputs(collector);
        } else if (json_scan_is(&key, "config")) {
            take_value(collector);
        } else if (is_setting(&key)) {
            strbuf_addf(&collector->path, "%.*s", (int)key.length, key.text);
            take_value(collector);
        } else {
            json_scan_skip(scan);
        }
    }
    return scan->token == JSON_OBJECT_END;
}

static bool same_everywhere(const struct setting *setting, size_t nr_runs)
{
    for (size_t i = 1; i < nr_runs; i++) {
        const char *a = setting->values[0];
        const char *b = setting->values[i];

        if (!a != !b || (a && strcmp(a, b) != 0))
            return false;
    }
    return true;
}

static void drop_equal(struct setting_diff *diff)
{
    size_t kept = 0;

    for (size_t i = 0; i < diff->items.count; i++) {
        struct setting *setting = &diff->items.items[i];

        if (same_everywhere(setting, diff->nr_runs))
            free_setting(setting, diff->nr_runs);
        else
            diff->items.items[kept++] = *setting;
    }
    diff->items.count = kept;
}

bool setting_diff_init(struct setting_diff *diff, const struct strbuf *const *headers,
                       size_t nr_runs, struct sim_error *err)
{
    struct collector collector = {.diff = diff};
    bool ok = true;

    *diff = (struct setting_diff){.nr_runs = nr_runs};
    for (size_t i = 0; ok && i < nr_runs; i++) {
        collector.run = i;
        ok = take_header(&collector, headers[i]) ||
             sim_error_set(err, ERR_RESULT_FORMAT, "the header is no JSON object");
    }
    if (ok && (collector.failed || collector.path.failed))
        ok = sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the settings");
    hashmap_fini(&collector.by_key);
    strbuf_fini(&collector.path);
    if (ok)
        drop_equal(diff);
    else
        setting_diff_fini(diff);
    return ok;
}
