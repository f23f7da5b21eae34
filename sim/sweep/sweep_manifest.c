/* SPDX-License-Identifier: MIT */
/* The manifest of a sweep, read again. */
#include "sweep/sweep_manifest.h"

#include <stdlib.h>

#include "base/strbuf.h"
#include "stats/json_scan.h"
#include "sweep/manifest_lines.h"

const char *const sweep_keep_names[NR_SWEEP_KEEP] = {
    [SWEEP_KEEP_METRICS] = "metrics",
    [SWEEP_KEEP_SUMMARY] = "summary",
    [SWEEP_KEEP_OUTPUT] = "output",
};

static bool read_manifest(struct sweep_manifest *manifest, const char *tool_version,
                          struct sim_error *err)
{
    uint32_t line = 0;

    if (!file_bytes_init(&manifest->bytes, manifest->path, err))
        return false;
    if (manifest_lines_read(manifest, tool_version, &line, err))
        return true;
    sim_error_set(err, ERR_SWEEP_MANIFEST, "this is not a whole manifest");
    sim_error_add_hint(err, "mmsim sweep plan writes it");
    sim_error_add_place(err, manifest->path, line ? line : 1, 1);
    return false;
}

/* PREFIX and SUFFIX as one of the manifest's strings. */
static bool keep_joined(struct sweep_manifest *manifest, const char *prefix, const char *suffix,
                        const char **ret_string, struct sim_error *err)
{
    struct strbuf text = {0};

    strbuf_addf(&text, "%s%s", prefix, suffix);
    if (text.failed)
        strbuf_fini(&text);
    if (!manifest_keep_string(manifest, text.data, err))
        return false;
    *ret_string = text.data;
    return true;
}

bool sweep_manifest_open(struct sweep_manifest *manifest, const char *dir, const char *tool_version,
                         struct sim_error *err)
{
    *manifest = (struct sweep_manifest){0};
    return keep_joined(manifest, dir, "", &manifest->dir, err) &&
           keep_joined(manifest, dir, "/manifest.jsonl", &manifest->path, err) &&
           read_manifest(manifest, tool_version, err);
}

void sweep_manifest_close(struct sweep_manifest *manifest)
{
    for (size_t i = 0; i < manifest->strings.count; i++)
        free(manifest->strings.items[i]);
    vec_fini(&manifest->strings);
    vec_fini(&manifest->axes);
    vec_fini(&manifest->metrics);
    vec_fini(&manifest->inputs);
    vec_fini(&manifest->runs);
    key_map_fini(&manifest->by_key);
    file_bytes_fini(&manifest->bytes);
}

/* The strings of the list that follows. */
static bool copy_list(struct json_scan *scan, struct sweep_owned_texts *list, struct sim_error *err)
{
    if (json_scan_next(scan) != JSON_ARRAY_BEGIN)
        return false;
    while (json_scan_next(scan) == JSON_STRING) {
        char *text = manifest_copy_text(scan, "");

        if (!text || !vec_push(list, text)) {
            free(text);
            return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the manifest");
        }
    }
    return scan->token == JSON_ARRAY_END;
}

static bool copy_texts(struct json_scan *scan, struct sweep_run_texts *texts, struct sim_error *err)
{
    if (json_scan_next(scan) != JSON_OBJECT_BEGIN)
        return false;
    while (json_scan_next(scan) == JSON_KEY) {
        bool good;

        if (json_scan_is(scan, "set") && texts->sets.count == 0)
            good = copy_list(scan, &texts->sets, err);
        else if (json_scan_is(scan, "values") && texts->values.count == 0)
            good = copy_list(scan, &texts->values, err);
        else
            good = json_scan_skip(scan);
        if (!good)
            return false;
    }
    return scan->token == JSON_OBJECT_END;
}

bool sweep_manifest_texts(const struct sweep_manifest *manifest, uint32_t index,
                          struct sweep_run_texts *ret_texts, struct sim_error *err)
{
    const struct sweep_run *run = &manifest->runs.items[index];
    struct sweep_run_texts texts = {0};
    struct json_scan scan;

    json_scan_init(&scan, (const char *)manifest->bytes.data + run->offset, run->length);
    if (!copy_texts(&scan, &texts, err) || texts.values.count != manifest->axes.count) {
        sweep_run_texts_fini(&texts);
        sim_error_set(err, ERR_SWEEP_MANIFEST,
                      "a run has \"set\" and in \"values\" a text for each axis");
        sim_error_add_place(err, manifest->path, index + 2, 1);
        return false;
    }
    *ret_texts = texts;
    return true;
}

void sweep_run_texts_fini(struct sweep_run_texts *texts)
{
    for (size_t i = 0; i < texts->sets.count; i++)
        free(texts->sets.items[i]);
    for (size_t i = 0; i < texts->values.count; i++)
        free(texts->values.items[i]);
    vec_fini(&texts->sets);
    vec_fini(&texts->values);
}

bool sweep_manifest_find(const struct sweep_manifest *manifest, const struct sweep_key *key,
                         uint32_t *ret_index)
{
    return key_map_get(&manifest->by_key, key, ret_index);
}
