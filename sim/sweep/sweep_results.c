/* SPDX-License-Identifier: MIT */
/* The result of each run of a manifest, each exactly once. */
#include "sweep/sweep_results.h"

#include <stdlib.h>
#include <string.h>

/* The segment that holds this text. */
static const char *path_of(const struct sweep_results *results, const char *text)
{
    for (size_t i = 0; i < results->segments.files.count; i++) {
        const struct segment_file *file = &results->segments.files.items[i];
        const char *begin = (const char *)file->bytes.data;

        if (text >= begin && text < begin + file->bytes.size)
            return file->path;
    }
    return "another file";
}

static bool differs(const struct sweep_results *results, const char *first,
                    const struct segment_line *line, struct sim_error *err)
{
    char key[SWEEP_KEY_TEXT];

    sweep_key_format(&line->key, key);
    sim_error_set(err, ERR_SWEEP_DUPLICATE, "run %s has another result in %.160s", key,
                  path_of(results, first));
    sim_error_add_hint(err, "equal inputs give equal results: move the wrong file away");
    sim_error_add_place(err, line->path, line->number, 1);
    return false;
}

static bool take_line(void *ctx, const struct segment_line *line, struct sim_error *err)
{
    struct sweep_results *results = ctx;
    struct sweep_result_place *run;
    uint32_t index;

    if (!sweep_manifest_find(results->manifest, &line->key, &index)) {
        results->foreign++;
        return true;
    }
    run = &results->runs[index];
    if (run->text) {
        results->again++;
        return (run->length == line->length && memcmp(run->text, line->text, run->length) == 0) ||
               differs(results, run->text, line, err);
    }
    *run = (struct sweep_result_place){line->text, line->length};
    results->found++;
    return true;
}

bool sweep_results_read(struct sweep_results *results, const struct sweep_manifest *manifest,
                        struct sim_error *err)
{
    *results = (struct sweep_results){.manifest = manifest};
    results->runs = calloc(manifest->runs.count + 1, sizeof(*results->runs));
    if (!results->runs)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the results of the sweep");
    return segment_set_open(&results->segments, manifest->dir, err) &&
           segment_set_each(&results->segments, take_line, results, err);
}

void sweep_results_fini(struct sweep_results *results)
{
    if (!results)
        return;
    segment_set_close(&results->segments);
    free(results->runs);
    *results = (struct sweep_results){0};
}

bool sweep_results_missing(const struct sweep_results *results, uint32_t chunks,
                           struct index_set *ret_missing)
{
    uint32_t runs = (uint32_t)results->manifest->runs.count;

    if (!index_set_init(ret_missing, chunks ? chunks : runs))
        return false;
    for (uint32_t i = 0; i < runs; i++) {
        if (!sweep_results_has(results, i))
            index_set_add(ret_missing, chunks ? i % chunks : i);
    }
    return true;
}
