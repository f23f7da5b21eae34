/* SPDX-License-Identifier: MIT */
/* The files that show knows. */
#include "cli/show_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/suggest.h"

bool show_file_parse(struct show_file *file, const char *name, struct sim_error *err)
{
    const char *names[NR_PROC_FILES + NR_NODE_FILES];
    const char *near;

    for (unsigned i = 0; i < NR_PROC_FILES + NR_NODE_FILES; i++) {
        bool of_node = i >= NR_PROC_FILES;

        names[i] = of_node ? node_file_name(i - NR_PROC_FILES) : proc_file_name(i);
        *file = (struct show_file){of_node, of_node ? 0 : i, of_node ? i - NR_PROC_FILES : 0};
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    sim_error_set(err, ERR_USAGE, "--as: unknown file %.60s", name);
    near = suggest_word(name, names, NR_PROC_FILES + NR_NODE_FILES);
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    return false;
}

static bool format_node_file(struct strbuf *out, const struct snapshot *snapshot,
                             enum node_file file, const uint64_t *nid, struct sim_error *err)
{
    if (!snapshot->numa)
        return sim_error_set(err, ERR_RESULT_NOTHING,
                             "a kernel without NUMA has no files of nodes");
    if (!nid && snapshot->nodes.count > 1)
        return sim_error_set(err, ERR_USAGE, "each node has that file: say --node N");
    for (size_t i = 0; i < snapshot->nodes.count; i++) {
        const struct node_snapshot *node = &snapshot->nodes.items[i];

        if (nid && node->node != *nid)
            continue;
        node_file_format(out, snapshot, node, file);
        return true;
    }
    return sim_error_set(err, ERR_RESULT_NOTHING, "there is no such node");
}

bool show_file_format(struct strbuf *out, const struct snapshot *snapshot,
                      const struct show_file *file, const uint64_t *nid, struct sim_error *err)
{
    if (file->of_node)
        return format_node_file(out, snapshot, file->node, nid, err);
    if (nid)
        return sim_error_set(err, ERR_USAGE, "%s is not a file of a node: --node has no meaning",
                             proc_file_name(file->proc));
    proc_file_format(out, snapshot, file->proc);
    return true;
}

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the text of a file");
}

/* Makes one folder of `path` after the other; what is there stays. */
static bool make_folders(char *path, struct sim_error *err)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return sim_error_set(err, ERR_WRITE, "cannot make the folder '%.180s': %s", path,
                                 strerror(errno));
        if (!slash)
            return true;
        *slash = '/';
    }
}

static bool write_file(const char *folder, const char *name, const struct strbuf *text,
                       struct sim_error *err)
{
    struct strbuf path = {0};
    FILE *stream;
    bool ok;

    strbuf_addf(&path, "%s/%s", folder, name);
    if (path.failed || text->failed) {
        strbuf_fini(&path);
        return no_memory(err);
    }
    ok = file_output_open(&stream, path.data, err);
    if (ok) {
        fwrite(text->data, 1, text->length, stream);
        ok = file_output_close(stream, path.data, err);
    }
    strbuf_fini(&path);
    return ok;
}

static bool write_proc(const char *folder, const struct snapshot *snapshot, struct sim_error *err)
{
    struct strbuf text = {0};
    bool ok = true;

    for (unsigned file = 0; ok && file < NR_PROC_FILES; file++) {
        strbuf_reset(&text);
        proc_file_format(&text, snapshot, file);
        ok = write_file(folder, proc_file_name(file), &text, err);
    }
    strbuf_fini(&text);
    return ok;
}

static bool write_node(const char *folder, const struct snapshot *snapshot,
                       const struct node_snapshot *node, struct sim_error *err)
{
    struct strbuf text = {0};
    bool ok = true;

    for (unsigned file = 0; ok && file < NR_NODE_FILES; file++) {
        strbuf_reset(&text);
        node_file_format(&text, snapshot, node, file);
        ok = write_file(folder, node_file_name(file), &text, err);
    }
    strbuf_fini(&text);
    return ok;
}

static bool write_nodes(const char *folder, const struct snapshot *snapshot, struct sim_error *err)
{
    struct strbuf path = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < snapshot->nodes.count; i++) {
        const struct node_snapshot *node = &snapshot->nodes.items[i];

        strbuf_reset(&path);
        strbuf_addf(&path, "%s/sys/devices/system/node/node%" PRIu64, folder, node->node);
        ok = path.failed
                 ? no_memory(err)
                 : make_folders(path.data, err) && write_node(path.data, snapshot, node, err);
    }
    strbuf_fini(&path);
    return ok;
}

bool show_folder_write(const char *folder, const struct snapshot *snapshot, struct sim_error *err)
{
    struct strbuf path = {0};
    bool ok;

    strbuf_addf(&path, "%s/proc", folder);
    ok = path.failed ? no_memory(err)
                     : make_folders(path.data, err) && write_proc(path.data, snapshot, err);
    strbuf_fini(&path);
    return ok && (!snapshot->numa || write_nodes(folder, snapshot, err));
}
