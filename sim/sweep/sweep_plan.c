/* SPDX-License-Identifier: MIT */
/* From a sweep file to its manifest: every run with its key, each checked to load. */
#include "sweep/sweep_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/whole_file.h"
#include "stats/json_stream.h"
#include "sweep/plan_setup.h"

struct planner {
    const struct sweep_file *file;
    struct sweep_plan *plan;
    struct plan_setups setups;
    struct key_map run_of; /* key to run */
    struct sim_error *err;
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the plan");
}

static bool same_run(struct planner *planner, uint32_t other)
{
    yaml_error_at(planner->file->axes.items[0].key, planner->err, ERR_SWEEP_AXIS,
                  "runs %" PRIu32 " and %" PRIu32 " are the same", other, planner->plan->nr_runs);
    sim_error_add_hint(planner->err, "a value stands twice, or two files are equal");
    return false;
}

static void write_run(struct planner *planner, const uint32_t *choice,
                      const struct plan_setup *setup, const struct sweep_value *seed,
                      const struct sweep_key *key)
{
    const struct sweep_file *file = planner->file;
    char key_text[SWEEP_KEY_TEXT];
    struct json_stream json;

    sweep_key_format(key, key_text);
    json_stream_init(&json, &planner->plan->runs);
    json_begin_object(&json);
    json_key_string(&json, "type", "run");
    json_key_uint(&json, "index", planner->plan->nr_runs);
    json_key_string(&json, "key", key_text);
    json_key_uint(&json, "machine", setup->machine);
    json_key_uint(&json, "workload", setup->workload);
    json_key(&json, "seed");
    if (seed)
        json_uint(&json, seed->seed);
    else
        json_null(&json);
    json_key_array(&json, "set");
    for (size_t i = 0; i < planner->setups.arguments.count; i++)
        json_string(&json, planner->setups.arguments.items[i]);
    json_end_array(&json);
    json_key_array(&json, "values");
    for (size_t i = 0; i < file->axes.count; i++)
        json_string(&json, file->axes.items[i].values.items[choice[i]].text);
    json_end_array(&json);
    json_end_object(&json);
    strbuf_adds(&planner->plan->runs, "\n");
}

static bool plan_point(struct planner *planner, const uint32_t *choice)
{
    const struct sweep_value *seed = plan_value(planner->file, SWEEP_AXIS_SEED, choice);
    struct plan_setup setup;
    struct sweep_key key;
    uint32_t other;

    if (!plan_setups_get(&planner->setups, choice, &setup, planner->err))
        return false;
    key = plan_setup_key(&setup, seed ? &seed->seed : NULL);
    if (key_map_get(&planner->run_of, &key, &other))
        return same_run(planner, other);
    if (!key_map_put(&planner->run_of, &key, planner->plan->nr_runs))
        return out_of_memory(planner->err);
    write_run(planner, choice, &setup, seed, &key);
    planner->plan->nr_runs++;
    return !planner->plan->runs.failed || out_of_memory(planner->err);
}

static bool plan_points(struct planner *planner)
{
    uint32_t choice[SWEEP_AXES_MAX];

    for (uint32_t point = 0; point < planner->file->points; point++) {
        if (sweep_file_point(planner->file, point, choice) && !plan_point(planner, choice))
            return false;
    }
    return planner->plan->nr_runs || yaml_error_at(yaml_doc_root(&planner->file->doc), planner->err,
                                                   ERR_SWEEP_EMPTY, "the filters leave no run");
}

static void write_option(struct json_stream *json, const char *name,
                         const struct option_number *option)
{
    json_key(json, name);
    if (option->given)
        json_uint(json, option->value);
    else
        json_null(json);
}

static void write_inputs(struct json_stream *json, const struct plan_inputs *inputs)
{
    json_key_array(json, "inputs");
    for (size_t i = 0; i < inputs->items.count; i++) {
        const struct plan_input *input = &inputs->items.items[i];
        char hash[17];

        snprintf(hash, sizeof(hash), "%016" PRIx64, input->fnv1a64);
        json_begin_object(json);
        json_key_string(json, "path", input->relative);
        json_key_string(json, "fnv1a64", hash);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_names(struct json_stream *json, const struct sweep_file *file)
{
    json_key_array(json, "axes");
    for (size_t i = 0; i < file->axes.count; i++)
        json_string(json, file->axes.items[i].name);
    json_end_array(json);
    json_key_array(json, "metrics");
    for (size_t i = 0; i < file->metrics.count; i++)
        json_string(json, file->metrics.items[i]);
    json_end_array(json);
}

static bool write_head(struct planner *planner, const char *tool_version)
{
    const struct sweep_file *file = planner->file;
    struct json_stream json;

    json_stream_init(&json, &planner->plan->head);
    json_begin_object(&json);
    json_key_string(&json, "type", "sweep");
    json_key_uint(&json, "schema_version", SWEEP_SCHEMA_VERSION);
    json_key_object(&json, "tool");
    json_key_string(&json, "name", "mmsim");
    json_key_string(&json, "version", tool_version);
    json_end_object(&json);
    json_key_string(&json, "name", file->name);
    json_key_uint(&json, "runs", planner->plan->nr_runs);
    write_names(&json, file);
    json_key_string(&json, "keep", sweep_keep_names[file->keep]);
    write_option(&json, "tick_ns", &file->tick_ns);
    write_option(&json, "until_ns", &file->until_ns);
    json_key_string(&json, "reclaim", reclaim_replay_names[file->reclaim]);
    json_key_uint(&json, "timeout_ns", file->timeout_ns);
    json_key_uint(&json, "memory_bytes", file->memory_bytes);
    write_inputs(&json, &planner->setups.inputs);
    json_end_object(&json);
    strbuf_adds(&planner->plan->head, "\n");
    return !planner->plan->head.failed || out_of_memory(planner->err);
}

bool sweep_plan_make(struct sweep_plan *ret_plan, const struct sweep_file *file, const char *dir,
                     const char *tool_version, struct sim_error *err)
{
    struct planner planner = {.file = file, .plan = ret_plan, .err = err};
    bool ok;

    *ret_plan = (struct sweep_plan){0};
    ok = plan_setups_init(&planner.setups, file, dir, tool_version, err) && plan_points(&planner) &&
         write_head(&planner, tool_version);
    ret_plan->nr_loads = (uint32_t)planner.setups.items.count;
    plan_setups_fini(&planner.setups);
    key_map_fini(&planner.run_of);
    return ok;
}

void sweep_plan_fini(struct sweep_plan *plan)
{
    strbuf_fini(&plan->head);
    strbuf_fini(&plan->runs);
}

static bool is_same(const struct sweep_plan *plan, const struct file_bytes *bytes)
{
    return bytes->size == plan->head.length + plan->runs.length &&
           memcmp(bytes->data, plan->head.data, plan->head.length) == 0 &&
           memcmp(bytes->data + plan->head.length, plan->runs.data, plan->runs.length) == 0;
}

/* *ret_same: it is there and needs no writing. */
static bool look_for_manifest(const struct sweep_plan *plan, const char *path, bool force,
                              bool *ret_same, struct sim_error *err)
{
    struct file_bytes bytes;

    *ret_same = false;
    if (access(path, F_OK) != 0)
        return true;
    if (!file_bytes_init(&bytes, path, err))
        return false;
    *ret_same = is_same(plan, &bytes);
    file_bytes_fini(&bytes);
    if (*ret_same || force)
        return true;
    sim_error_set(err, ERR_SWEEP_MANIFEST, "there is another plan already");
    sim_error_add_place(err, path, 0, 0);
    sim_error_add_hint(err, "with --force it is replaced; results of runs that stay are kept");
    return false;
}

static bool write_manifest(const struct sweep_plan *plan, const char *path, struct sim_error *err)
{
    struct whole_file file;

    if (!whole_file_begin(&file, path, err))
        return false;
    if (fwrite(plan->head.data, 1, plan->head.length, file.stream) != plan->head.length ||
        fwrite(plan->runs.data, 1, plan->runs.length, file.stream) != plan->runs.length)
        file.error = errno;
    return whole_file_commit(&file, err);
}

static bool store(const struct sweep_plan *plan, const char *dir, bool force, struct sim_error *err)
{
    struct strbuf path = {0};
    bool same = false;
    bool ok;

    strbuf_addf(&path, "%s/manifest.jsonl", dir);
    ok = !path.failed || out_of_memory(err);
    ok = ok && look_for_manifest(plan, path.data, force, &same, err) &&
         (same || write_manifest(plan, path.data, err));
    strbuf_fini(&path);
    return ok;
}

bool sweep_plan_write(struct sweep_plan *ret_plan, const struct sweep_file *file, const char *dir,
                      const char *tool_version, bool force, struct sim_error *err)
{
    bool made = mkdir(dir, 0777) == 0;

    *ret_plan = (struct sweep_plan){0};
    if (whole_file_folder(dir, err) && sweep_plan_make(ret_plan, file, dir, tool_version, err) &&
        store(ret_plan, dir, force, err))
        return true;
    if (made)
        rmdir(dir);
    return false;
}
