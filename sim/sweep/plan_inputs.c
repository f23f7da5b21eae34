/* SPDX-License-Identifier: MIT */
/* The files that the runs of a plan read: each once, by path and content. */
#include "sweep/plan_inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the inputs of the sweep");
}

/* realpath() with the errors of this project. */
static bool real_path(const char *path, char **ret_real, struct sim_error *err)
{
    char *real = realpath(path, NULL);

    if (real) {
        *ret_real = real;
        return true;
    }
    if (errno == ENOMEM)
        return out_of_memory(err);
    sim_error_set(err, ERR_OPEN, "cannot find the folder: %s", strerror(errno));
    sim_error_add_place(err, path, 0, 0);
    return false;
}

/* The absolute path, without links in its folders. */
static bool absolute_path(const char *path, struct strbuf *absolute, struct sim_error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *real = NULL;

    if (!folder)
        return out_of_memory(err);
    if (!real_path(folder, &real, err)) {
        free(folder);
        return false;
    }
    strbuf_addf(absolute, "%s/%s", strcmp(real, "/") == 0 ? "" : real, slash ? slash + 1 : path);
    free(real);
    free(folder);
    return !absolute->failed || out_of_memory(err);
}

/* How `path` is reached from `folder`, both absolute. NULL: no host memory. */
static char *relative_path(const char *folder, const char *path)
{
    struct strbuf relative = {0};
    size_t common = 0;

    if (strcmp(folder, "/") == 0)
        folder = "";
    for (size_t i = 0;; i++) {
        if ((folder[i] == '/' || !folder[i]) && path[i] == '/')
            common = i;
        if (!folder[i] || folder[i] != path[i])
            break;
    }
    for (const char *at = folder + common; *at; at++)
        strbuf_adds(&relative, *at == '/' ? "../" : "");
    strbuf_adds(&relative, path + common + 1);
    if (relative.failed)
        strbuf_fini(&relative);
    return relative.data;
}

bool plan_inputs_init(struct plan_inputs *inputs, const char *folder, struct sim_error *err)
{
    *inputs = (struct plan_inputs){0};
    return real_path(folder, &inputs->folder, err);
}

void plan_inputs_fini(struct plan_inputs *inputs)
{
    for (size_t i = 0; i < inputs->items.count; i++)
        free(inputs->items.items[i].relative);
    for (size_t i = 0; i < inputs->names.count; i++)
        free(inputs->names.items[i].path);
    vec_fini(&inputs->items);
    vec_fini(&inputs->names);
    free(inputs->folder);
    file_store_fini(&inputs->store);
}

static bool describe(struct plan_inputs *inputs, const char *path, struct plan_input *input,
                     struct sim_error *err)
{
    struct strbuf absolute = {0};
    struct file_bytes bytes;
    bool ok = absolute_path(path, &absolute, err);

    if (ok)
        input->relative = relative_path(inputs->folder, absolute.data);
    strbuf_fini(&absolute);
    if (!ok)
        return false;
    if (!input->relative)
        return out_of_memory(err);
    if (!file_store_get(&inputs->store, path, &bytes, &input->fnv1a64, err)) {
        free(input->relative);
        return false;
    }
    input->digest = sweep_key_begin();
    sweep_key_add(&input->digest, bytes.data, bytes.size);
    return true;
}

/* Another spelling of a file that is there is that file. Takes the input. */
static bool find_or_add(struct plan_inputs *inputs, struct plan_input *input, uint32_t *ret_index)
{
    for (size_t i = 0; i < inputs->items.count; i++) {
        if (strcmp(inputs->items.items[i].relative, input->relative) != 0)
            continue;
        free(input->relative);
        *ret_index = (uint32_t)i;
        return true;
    }
    *ret_index = (uint32_t)inputs->items.count;
    if (vec_push(&inputs->items, *input))
        return true;
    free(input->relative);
    return false;
}

bool plan_inputs_add(struct plan_inputs *inputs, const char *path, uint32_t *ret_index,
                     struct sim_error *err)
{
    struct plan_input input = {0};
    struct plan_name name = {0};

    for (size_t i = 0; i < inputs->names.count; i++) {
        if (strcmp(inputs->names.items[i].path, path) != 0)
            continue;
        *ret_index = inputs->names.items[i].input;
        return true;
    }
    if (!describe(inputs, path, &input, err))
        return false;
    if (!find_or_add(inputs, &input, &name.input))
        return out_of_memory(err);
    name.path = strdup(path);
    if (!name.path || !vec_push(&inputs->names, name)) {
        free(name.path);
        return out_of_memory(err);
    }
    *ret_index = name.input;
    return true;
}
