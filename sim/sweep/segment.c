/* SPDX-License-Identifier: MIT */
/* Results on disk: files that appear whole or not at all, each with a few runs. */
#include "sweep/segment.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/whole_file.h"

#define LINE_BEGIN "{\"type\":\"run\",\"key\":\""
#define EXTENSION  ".jsonl"

/* <key>-<hash>.jsonl */
enum {
    KEY_DIGITS = SWEEP_KEY_TEXT - 1,
    HASH_DIGITS = 16,
    NAME_LENGTH = KEY_DIGITS + 1 + HASH_DIGITS + sizeof(EXTENSION) - 1,
};

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the results of a sweep");
}

static char *results_folder(const char *dir)
{
    struct strbuf path = {0};

    strbuf_addf(&path, "%s/results", dir);
    if (path.failed)
        strbuf_fini(&path);
    return path.data;
}

/* ---- writing ---- */

bool segment_writer_init(struct segment_writer *writer, const char *dir, struct sim_error *err)
{
    *writer = (struct segment_writer){.folder = results_folder(dir)};
    return writer->folder ? whole_file_folder(writer->folder, err) : no_memory(err);
}

void segment_writer_fini(struct segment_writer *writer)
{
    if (!writer)
        return;
    free(writer->folder);
    strbuf_fini(&writer->lines);
    *writer = (struct segment_writer){0};
}

bool segment_writer_add(struct segment_writer *writer, const struct sweep_key *key,
                        const char *line, size_t length, uint64_t now_ns, struct sim_error *err)
{
    size_t before = writer->lines.length;

    strbuf_add(&writer->lines, line, length);
    strbuf_add(&writer->lines, "\n", 1);
    if (writer->lines.failed) {
        writer->lines.failed = false;
        writer->lines.length = before;
        return no_memory(err);
    }
    if (writer->runs++ == 0) {
        writer->first = *key;
        writer->since_ns = now_ns;
    }
    return true;
}

bool segment_writer_due(const struct segment_writer *writer, uint64_t now_ns)
{
    return writer->runs > 0 &&
           (now_ns - writer->since_ns >= SEGMENT_COMMIT_NS || writer->runs >= SEGMENT_RUNS_MAX ||
            writer->lines.length >= SEGMENT_BYTES_MAX);
}

bool segment_writer_commit(struct segment_writer *writer, struct sim_error *err)
{
    struct strbuf path = {0};
    char key[SWEEP_KEY_TEXT];
    bool ok;

    if (writer->runs == 0)
        return true;
    sweep_key_format(&writer->first, key);
    strbuf_addf(&path, "%s/%s-%016" PRIx64 EXTENSION, writer->folder, key,
                fnv1a64(writer->lines.data, writer->lines.length));
    ok = path.failed ? no_memory(err)
                     : whole_file_write(path.data, writer->lines.data, writer->lines.length, err);
    strbuf_fini(&path);
    if (!ok)
        return false;
    strbuf_reset(&writer->lines);
    writer->runs = 0;
    return true;
}

/* ---- reading ---- */

static bool file_error(struct sim_error *err, enum sim_error_code code, const char *path,
                       uint32_t line, const char *what)
{
    sim_error_set(err, code, "%s", what);
    sim_error_add_place(err, path, line, line ? 1 : 0);
    return false;
}

/* Files of other names are not ours to read, nor to complain about. */
static bool is_segment_name(const char *name)
{
    return strlen(name) == NAME_LENGTH && name[KEY_DIGITS] == '-' &&
           strcmp(name + NAME_LENGTH - strlen(EXTENSION), EXTENSION) == 0 &&
           strspn(name, "0123456789abcdef") == KEY_DIGITS &&
           strspn(name + KEY_DIGITS + 1, "0123456789abcdef") == HASH_DIGITS;
}

static bool check_content(const struct segment_file *file, struct sim_error *err)
{
    const char *hash_text =
        file->path + strlen(file->path) - strlen(EXTENSION) - (size_t)HASH_DIGITS;
    char hash[HASH_DIGITS + 1];

    snprintf(hash, sizeof(hash), "%016" PRIx64, fnv1a64(file->bytes.data, file->bytes.size));
    if (memcmp(hash, hash_text, HASH_DIGITS) == 0)
        return true;
    file_error(err, ERR_SWEEP_RESULT, file->path, 0, "the file does not hold what its name says");
    sim_error_add_hint(err, "remove it: its runs are then missing and are done again");
    return false;
}

static bool add_file(struct segment_set *set, const char *folder, const char *name,
                     struct sim_error *err)
{
    struct strbuf path = {0};
    struct segment_file file = {0};

    strbuf_addf(&path, "%s/%s", folder, name);
    file.path = path.data;
    if (path.failed || !vec_reserve(&set->files, set->files.count + 1)) {
        strbuf_fini(&path);
        return no_memory(err);
    }
    if (!file_bytes_init(&file.bytes, file.path, err)) {
        free(file.path);
        return false;
    }
    set->files.items[set->files.count++] = file;
    return check_content(&file, err);
}

static int compare_files(const void *a, const void *b)
{
    const struct segment_file *left = a;
    const struct segment_file *right = b;

    return strcmp(left->path, right->path);
}

static bool open_folder(struct segment_set *set, const char *folder, struct sim_error *err)
{
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    bool ok = true;

    if (!dir && errno == ENOENT)
        return true;
    if (!dir)
        return file_error(err, ERR_OPEN, folder, 0, strerror(errno));
    while (ok && (errno = 0, entry = readdir(dir))) {
        if (is_segment_name(entry->d_name))
            ok = add_file(set, folder, entry->d_name, err);
    }
    if (ok && errno)
        ok = file_error(err, ERR_READ, folder, 0, strerror(errno));
    closedir(dir);
    return ok;
}

bool segment_set_open(struct segment_set *set, const char *dir, struct sim_error *err)
{
    char *folder = results_folder(dir);
    bool ok;

    *set = (struct segment_set){0};
    ok = folder ? open_folder(set, folder, err) : no_memory(err);
    free(folder);
    if (!ok)
        segment_set_close(set);
    else if (set->files.count)
        qsort(set->files.items, set->files.count, sizeof(set->files.items[0]), compare_files);
    return ok;
}

void segment_set_close(struct segment_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->files.count; i++) {
        free(set->files.items[i].path);
        file_bytes_fini(&set->files.items[i].bytes);
    }
    vec_fini(&set->files);
}

static bool read_line(struct segment_line *line, struct sim_error *err)
{
    const size_t begin = strlen(LINE_BEGIN);

    if (line->length > begin + KEY_DIGITS + 2 && memcmp(line->text, LINE_BEGIN, begin) == 0 &&
        sweep_key_parse(&line->key, line->text + begin, KEY_DIGITS) &&
        memcmp(line->text + begin + KEY_DIGITS, "\",", 2) == 0 &&
        line->text[line->length - 1] == '}')
        return true;
    return file_error(err, ERR_SWEEP_RESULT, line->path, line->number,
                      "the line is not the result of a run");
}

bool segment_set_each(const struct segment_set *set,
                      bool (*on_line)(void *ctx, const struct segment_line *line,
                                      struct sim_error *err),
                      void *ctx, struct sim_error *err)
{
    for (size_t i = 0; i < set->files.count; i++) {
        const struct segment_file *file = &set->files.items[i];
        const char *at = (const char *)file->bytes.data;
        const char *end = at + file->bytes.size;
        struct segment_line line = {.path = file->path};

        for (; at < end; at = line.text + line.length + 1) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));

            line.number++;
            line.text = at;
            line.length = newline ? (size_t)(newline - at) : 0;
            if (!read_line(&line, err) || !on_line(ctx, &line, err))
                return false;
        }
    }
    return true;
}
