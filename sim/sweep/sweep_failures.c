/* SPDX-License-Identifier: MIT */
/* The runs of a sweep that failed when they were last tried. */
#include "sweep/sweep_failures.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "stats/json_scan.h"

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the failed runs");
}

/* The text of the member "message"; false: there is none. */
static bool find_reason(const struct file_bytes *bytes, struct strbuf *reason)
{
    struct json_scan scan;

    json_scan_init(&scan, (const char *)bytes->data, bytes->size);
    if (json_scan_next(&scan) != JSON_OBJECT_BEGIN)
        return false;
    while (json_scan_next(&scan) == JSON_KEY) {
        if (json_scan_is(&scan, "message")) {
            if (json_scan_next(&scan) != JSON_STRING)
                return false;
            strbuf_add(reason, "", 0);
            json_scan_text(&scan, reason);
            return true;
        }
        if (!json_scan_skip(&scan))
            return false;
    }
    return false;
}

static bool add_reason(struct sweep_failures *failures, uint32_t index,
                       const struct file_bytes *bytes, struct sim_error *err)
{
    struct strbuf reason = {0};

    if (!find_reason(bytes, &reason)) {
        strbuf_fini(&reason);
        return true;
    }
    if (!reason.failed && vec_push(&failures->runs, ((struct sweep_failure){index, reason.data})))
        return true;
    strbuf_fini(&reason);
    return no_memory(err);
}

/* One name of the folder. A file that vanishes meanwhile is of a run that has succeeded. */
static bool take_file(struct sweep_failures *failures, const struct sweep_results *results,
                      const char *name, struct sim_error *err)
{
    const size_t digits = SWEEP_KEY_TEXT - 1;
    struct sim_error gone = {0};
    struct strbuf path = {0};
    struct file_bytes bytes;
    struct sweep_key key;
    uint32_t index;
    bool ok;

    if (strlen(name) <= digits || strcmp(name + digits, ".json") != 0 ||
        !sweep_key_parse(&key, name, digits) ||
        !sweep_manifest_find(results->manifest, &key, &index) || sweep_results_has(results, index))
        return true;
    strbuf_addf(&path, "%s/failed/%s", results->manifest->dir, name);
    if (path.failed)
        return no_memory(err);
    ok = file_bytes_init(&bytes, path.data, &gone);
    strbuf_fini(&path);
    if (!ok)
        return gone.code != ERR_OUT_OF_MEMORY || no_memory(err);
    ok = add_reason(failures, index, &bytes, err);
    file_bytes_fini(&bytes);
    return ok;
}

static int compare_failures(const void *a, const void *b)
{
    const struct sweep_failure *left = a;
    const struct sweep_failure *right = b;

    return (left->index > right->index) - (left->index < right->index);
}

bool sweep_failures_read(struct sweep_failures *failures, const struct sweep_results *results,
                         struct sim_error *err)
{
    struct strbuf folder = {0};
    const struct dirent *entry;
    bool ok = true;
    DIR *dir;

    *failures = (struct sweep_failures){0};
    strbuf_addf(&folder, "%s/failed", results->manifest->dir);
    if (folder.failed)
        return no_memory(err);
    dir = opendir(folder.data);
    strbuf_fini(&folder);
    if (!dir)
        return true;
    while (ok && (entry = readdir(dir)))
        ok = take_file(failures, results, entry->d_name, err);
    closedir(dir);
    if (failures->runs.count)
        qsort(failures->runs.items, failures->runs.count, sizeof(failures->runs.items[0]),
              compare_failures);
    return ok;
}

void sweep_failures_fini(struct sweep_failures *failures)
{
    if (!failures)
        return;
    for (size_t i = 0; i < failures->runs.count; i++)
        free(failures->runs.items[i].reason);
    vec_fini(&failures->runs);
}
