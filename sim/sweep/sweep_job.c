/* SPDX-License-Identifier: MIT */
/* One run of a sweep, from its line in the manifest to its result line. */
#include "sweep/sweep_job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/whole_file.h"
#include "config/run_inputs.h"
#include "stats/json_scan.h"
#include "stats/json_stream.h"
#include "sweep/probe.h"

#define SUMMARY_BEGIN "{\"type\":\"summary\","

/* One run on its way. */
struct sweep_job {
    struct sweep_run_texts texts;
    struct set_options sets;
    struct run_inputs inputs;
    struct whole_file output; /* of a sweep that keeps the outputs */
    struct strbuf summary;    /* the summary line */
};

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a run of the sweep");
}

char *sweep_key_path(const char *dir, const char *folder, const struct sweep_key *key,
                     const char *extension)
{
    struct strbuf path = {0};
    char text[SWEEP_KEY_TEXT];

    sweep_key_format(key, text);
    strbuf_addf(&path, "%s/%s/%s%s", dir, folder, text, extension);
    if (path.failed)
        strbuf_fini(&path);
    return path.data;
}

/* ---- what all runs share ---- */

static bool bring_inputs(struct sweep_jobs *jobs, struct sim_error *err)
{
    const struct sweep_manifest *manifest = jobs->manifest;

    for (size_t i = 0; i < manifest->inputs.count; i++) {
        const struct sweep_input *input = &manifest->inputs.items[i];
        struct file_bytes bytes;
        uint64_t hash;

        if (!file_store_get(&jobs->store, input->path, &bytes, &hash, err))
            return false;
        if (hash == input->fnv1a64)
            continue;
        sim_error_set(err, ERR_SWEEP_INPUT, "the file has changed since the sweep was planned");
        sim_error_add_place(err, input->path, 0, 0);
        sim_error_add_hint(err, "plan again: results of runs that stay the same are kept");
        return false;
    }
    return true;
}

static bool add_metrics(struct sweep_jobs *jobs, struct sim_error *err)
{
    const struct sweep_texts *metrics = &jobs->manifest->metrics;

    jobs->metrics = metric_set_create();
    if (!jobs->metrics)
        return no_memory(err);
    for (size_t i = 0; i < metrics->count; i++) {
        if (!metric_set_add(jobs->metrics, metrics->items[i], err)) {
            sim_error_add_place(err, jobs->manifest->path, 1, 1);
            return false;
        }
    }
    return true;
}

bool sweep_jobs_init(struct sweep_jobs *jobs, const struct sweep_manifest *manifest,
                     const char *tool_version, struct sim_error *err)
{
    *jobs = (struct sweep_jobs){.manifest = manifest, .tool_version = tool_version};
    return bring_inputs(jobs, err) && add_metrics(jobs, err);
}

void sweep_jobs_fini(struct sweep_jobs *jobs)
{
    if (!jobs)
        return;
    metric_set_destroy(jobs->metrics);
    file_store_fini(&jobs->store);
    *jobs = (struct sweep_jobs){0};
}

/* ---- one run ---- */

static bool load(const struct sweep_jobs *jobs, struct sweep_job *job, uint32_t index,
                 struct file_store *store, struct sim_error *err)
{
    const struct sweep_manifest *manifest = jobs->manifest;
    const struct sweep_run *run = &manifest->runs.items[index];
    const struct run_choice choice = {
        .workload_path = manifest->inputs.items[run->workload].path,
        .machine_path = manifest->inputs.items[run->machine].path,
        .store = store,
        .sets = &job->sets,
        .seed = run->seed,
        .tick_ns = manifest->tick_ns,
        .until_ns = manifest->until_ns,
        .reclaim = manifest->reclaim,
    };

    if (!sweep_manifest_texts(manifest, index, &job->texts, err))
        return false;
    for (size_t i = 0; i < job->texts.sets.count; i++) {
        if (!set_options_add(&job->sets, job->texts.sets.items[i]))
            return no_memory(err);
    }
    return run_inputs_load(&job->inputs, &choice, err);
}

static bool take_line(void *ctx, const char *line, size_t length, struct sim_error *err)
{
    struct sweep_job *job = ctx;
    FILE *stream = job->output.stream;

    if (stream && (fwrite(line, 1, length, stream) != length || putc('\n', stream) == EOF)) {
        job->output.error = errno;
        return whole_file_commit(&job->output, err);
    }
    if (length > strlen(SUMMARY_BEGIN) && memcmp(line, SUMMARY_BEGIN, strlen(SUMMARY_BEGIN)) == 0)
        strbuf_add(&job->summary, line, length);
    return true;
}

/* The summary's "ended", one of a few words that need no escapes. */
static bool add_ended(struct json_stream *json, const struct strbuf *summary)
{
    struct json_scan scan;
    char word[16];

    json_scan_init(&scan, summary->data, summary->length);
    json_scan_next(&scan);
    while (json_scan_next(&scan) == JSON_KEY) {
        if (!json_scan_is(&scan, "ended")) {
            json_scan_skip(&scan);
            continue;
        }
        if (json_scan_next(&scan) != JSON_STRING || scan.length >= sizeof(word))
            return false;
        snprintf(word, sizeof(word), "%.*s", (int)scan.length, scan.text);
        json_key_string(json, "ended", word);
        return true;
    }
    return false;
}

static bool add_metric_values(struct json_stream *json, const struct metric_set *metrics)
{
    struct strbuf text = {0};
    bool ok = true;

    json_key_object(json, "metrics");
    for (size_t i = 0; ok && i < metric_set_count(metrics); i++) {
        const struct metric *metric = metric_set_at(metrics, i);

        json_key_escaped(json, metric->name);
        strbuf_reset(&text);
        metric_value_format(&text, metric->value);
        ok = !text.failed;
        if (!metric->value.present)
            json_null(json);
        else if (ok)
            json_decimal(json, text.data);
    }
    if (ok)
        json_end_object(json);
    strbuf_fini(&text);
    return ok;
}

static bool compose(const struct sweep_jobs *jobs, const struct sweep_job *job, uint32_t index,
                    struct strbuf *line, struct sim_error *err)
{
    struct json_stream json;
    char key[SWEEP_KEY_TEXT];

    sweep_key_format(&jobs->manifest->runs.items[index].key, key);
    json_stream_init(&json, line);
    json_begin_object(&json);
    json_key_string(&json, "type", "run");
    json_key_string(&json, "key", key);
    if (job->summary.failed)
        return no_memory(err);
    if (!add_ended(&json, &job->summary))
        return sim_error_set(err, ERR_RESULT_FORMAT, "the summary does not say how the run ended");
    if (!add_metric_values(&json, jobs->metrics))
        return no_memory(err);
    json_end_object(&json);
    if (jobs->manifest->keep != SWEEP_KEEP_METRICS && !line->failed) {
        line->length--; /* the brace goes behind the summary */
        strbuf_adds(line, ",\"summary\":");
        strbuf_add(line, job->summary.data, job->summary.length);
        strbuf_adds(line, "}");
    }
    return !line->failed || no_memory(err);
}

static bool open_output(const struct sweep_jobs *jobs, struct sweep_job *job, uint32_t index,
                        struct sim_error *err)
{
    char *path;
    bool ok;

    if (jobs->manifest->keep != SWEEP_KEEP_OUTPUT)
        return true;
    path = sweep_key_path(jobs->manifest->dir, "outputs", &jobs->manifest->runs.items[index].key,
                          ".jsonl");
    ok = path ? whole_file_begin(&job->output, path, err) : no_memory(err);
    free(path);
    return ok;
}

bool sweep_jobs_do(struct sweep_jobs *jobs, uint32_t index, struct strbuf *line,
                   struct sim_error *err)
{
    struct sweep_job job = {0};
    const struct line_observer observer = {take_line, &job};
    const struct probe_output output = {.tool_version = jobs->tool_version, .also = &observer};
    bool ok = load(jobs, &job, index, &jobs->store, err) && open_output(jobs, &job, index, err) &&
              probe_run(&job.inputs, jobs->metrics, &output, err) &&
              compose(jobs, &job, index, line, err) &&
              (!job.output.stream || whole_file_commit(&job.output, err));

    whole_file_abandon(&job.output);
    strbuf_fini(&job.summary);
    run_inputs_fini(&job.inputs);
    set_options_fini(&job.sets);
    sweep_run_texts_fini(&job.texts);
    return ok;
}
