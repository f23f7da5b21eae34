/* SPDX-License-Identifier: MIT */
/* All results of a sweep in one file. */
#include "sweep/sweep_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "stats/json_stream.h"
#include "sweep/result_line.h"

/* qsort() has no context: what it compares carries its key. */
struct keyed {
    struct sweep_key key;
    uint32_t index;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *left = a;
    const struct keyed *right = b;

    return sweep_key_compare(&left->key, &right->key);
}

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory to merge the results");
}

/* Names what is missing, as far as a message holds it. */
static bool incomplete(const struct sweep_results *results, struct sim_error *err)
{
    enum { SHOWN = 120 };
    struct index_set missing;
    struct strbuf text = {0};
    bool known = sweep_results_missing(results, 0, &missing);

    if (known)
        index_set_format(&text, &missing, 0);
    index_set_fini(&missing);
    if (!known || text.failed) {
        strbuf_fini(&text);
        return no_memory(err);
    }
    sim_error_set(err, ERR_SWEEP_INCOMPLETE, "%zu of %zu runs have no result: %.*s%s",
                  results->manifest->runs.count - results->found, results->manifest->runs.count,
                  SHOWN, text.data, text.length > SHOWN ? "..." : "");
    sim_error_add_hint(err, "mmsim sweep run does what is missing, sweep status lists it");
    sim_error_add_place(err, results->manifest->dir, 0, 0);
    strbuf_fini(&text);
    return false;
}

static bool sort_by_key(struct sweep_merge *merge)
{
    struct keyed *keyed = malloc(((size_t)merge->count + 1) * sizeof(*keyed));

    merge->order = malloc(((size_t)merge->count + 1) * sizeof(*merge->order));
    if (!keyed || !merge->order) {
        free(keyed);
        return false;
    }
    for (uint32_t i = 0; i < merge->count; i++)
        keyed[i] = (struct keyed){merge->results->manifest->runs.items[i].key, i};
    qsort(keyed, merge->count, sizeof(*keyed), compare_keyed);
    for (uint32_t i = 0; i < merge->count; i++)
        merge->order[i] = keyed[i].index;
    free(keyed);
    return true;
}

bool sweep_merge_init(struct sweep_merge *merge, const struct sweep_results *results,
                      struct sim_error *err)
{
    *merge =
        (struct sweep_merge){.results = results, .count = (uint32_t)results->manifest->runs.count};
    if (results->found < merge->count)
        return incomplete(results, err);
    return sort_by_key(merge) || no_memory(err);
}

void sweep_merge_fini(struct sweep_merge *merge)
{
    if (!merge)
        return;
    free(merge->order);
    *merge = (struct sweep_merge){0};
}

struct sweep_merge_run sweep_merge_at(const struct sweep_merge *merge, uint32_t position)
{
    uint32_t index = merge->order[position];
    const struct sweep_result_place *place = &merge->results->runs[index];

    return (struct sweep_merge_run){index, &merge->results->manifest->runs.items[index],
                                    place->text, place->length};
}

static void add_axes(struct strbuf *text, const struct sweep_manifest *manifest,
                     const struct sweep_run_texts *texts)
{
    struct json_stream json;

    strbuf_adds(text, ",\"axes\":");
    json_stream_init(&json, text);
    json_begin_object(&json);
    for (size_t i = 0; i < manifest->axes.count; i++) {
        json_key_escaped(&json, manifest->axes.items[i]);
        json_string(&json, texts->values.items[i]);
    }
    json_end_object(&json);
}

static bool write_run(const struct sweep_merge *merge, uint32_t position, struct strbuf *text,
                      FILE *stream, struct sim_error *err)
{
    const struct sweep_manifest *manifest = merge->results->manifest;
    struct sweep_merge_run run = sweep_merge_at(merge, position);
    struct sweep_run_texts texts;
    struct result_line line;
    char key[SWEEP_KEY_TEXT];

    if (!result_line_parse(&line, run.text, run.length, err) ||
        !sweep_manifest_texts(manifest, run.index, &texts, err))
        return false;
    sweep_key_format(&run.run->key, key);
    strbuf_reset(text);
    strbuf_addf(text, "{\"type\":\"run\",\"key\":\"%s\",\"index\":%u", key, run.index);
    add_axes(text, manifest, &texts);
    sweep_run_texts_fini(&texts);
    strbuf_adds(text, ",");
    strbuf_add(text, line.outcome, line.outcome_length);
    strbuf_adds(text, "}\n");
    if (text->failed)
        return no_memory(err);
    fwrite(text->data, 1, text->length, stream);
    return true;
}

bool sweep_merge_write(const struct sweep_merge *merge, FILE *stream, struct sim_error *err)
{
    const struct file_bytes *bytes = &merge->results->manifest->bytes;
    const char *newline = memchr(bytes->data, '\n', bytes->size);
    struct strbuf text = {0};
    bool ok = true;

    fwrite(bytes->data, 1, (size_t)(newline - (const char *)bytes->data) + 1, stream);
    for (uint32_t i = 0; ok && i < merge->count; i++)
        ok = write_run(merge, i, &text, stream, err);
    strbuf_fini(&text);
    return ok;
}
