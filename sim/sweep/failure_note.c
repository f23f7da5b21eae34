/* SPDX-License-Identifier: MIT */
/* Why a run of a sweep has no result: a small file that goes away when it gets one. */
#include "sweep/failure_note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/whole_file.h"
#include "stats/json_stream.h"
#include "sweep/sweep_job.h"

#define FOLDER    "failed"
#define EXTENSION ".json"

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the note of a failed run");
}

const char *failure_note_reason(const struct worker_failure *failure)
{
    switch (failure->fate) {
    case WORKER_TIMEOUT:
        return "timeout";
    case WORKER_CRASHED:
        return "crashed";
    case WORKER_REFUSED:
        break;
    }
    return failure->cause.code == ERR_OUT_OF_MEMORY ? "memory" : "input";
}

static void compose(struct strbuf *line, const struct sweep_key *key,
                    const struct worker_failure *failure)
{
    char message[sizeof(failure->cause) + 64];
    struct json_stream json;
    char text[SWEEP_KEY_TEXT];

    sweep_key_format(key, text);
    sim_error_format(&failure->cause, message, sizeof(message));
    message[strcspn(message, "\n")] = '\0'; /* a hint is for the terminal */
    json_stream_init(&json, line);
    json_begin_object(&json);
    json_key_string(&json, "type", "failed");
    json_key_string(&json, "key", text);
    json_key_string(&json, "reason", failure_note_reason(failure));
    json_key_string(&json, "message", message);
    json_end_object(&json);
    strbuf_adds(line, "\n");
}

static bool make_folder(const char *dir, struct sim_error *err)
{
    struct strbuf path = {0};
    bool ok;

    strbuf_addf(&path, "%s/" FOLDER, dir);
    ok = path.failed ? no_memory(err) : whole_file_folder(path.data, err);
    strbuf_fini(&path);
    return ok;
}

bool failure_note_write(const char *dir, const struct sweep_key *key,
                        const struct worker_failure *failure, struct sim_error *err)
{
    char *path = sweep_key_path(dir, FOLDER, key, EXTENSION);
    struct strbuf line = {0};
    bool ok;

    compose(&line, key, failure);
    ok = !path || line.failed
             ? no_memory(err)
             : make_folder(dir, err) && whole_file_write(path, line.data, line.length, err);
    strbuf_fini(&line);
    free(path);
    return ok;
}

bool failure_note_remove(const char *dir, const struct sweep_key *key, struct sim_error *err)
{
    char *path = sweep_key_path(dir, FOLDER, key, EXTENSION);
    bool ok = path || no_memory(err);

    if (ok && unlink(path) != 0 && errno != ENOENT) {
        ok = sim_error_set(err, ERR_WRITE, "cannot remove the note: %s", strerror(errno));
        sim_error_add_place(err, path, 0, 0);
    }
    free(path);
    return ok;
}
