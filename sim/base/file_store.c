/* SPDX-License-Identifier: MIT */
/* Files that many runs read. */
#include "base/file_store.h"

#include <stdlib.h>
#include <string.h>

static struct stored_file *find(const struct file_store *store, const char *path)
{
    for (size_t i = 0; i < store->files.count; i++) {
        if (strcmp(store->files.items[i].path, path) == 0)
            return &store->files.items[i];
    }
    return NULL;
}

static const struct stored_file *add(struct file_store *store, const char *path,
                                     struct sim_error *err)
{
    struct stored_file file = {0};

    if (!file_bytes_init(&file.bytes, path, err))
        return NULL;
    file.path = strdup(path);
    file.fnv1a64 = fnv1a64(file.bytes.data, file.bytes.size);
    if (file.path && vec_push(&store->files, file))
        return &store->files.items[store->files.count - 1];
    free(file.path);
    file_bytes_fini(&file.bytes);
    sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory to keep %.200s", path);
    return NULL;
}

void file_store_fini(struct file_store *store)
{
    for (size_t i = 0; i < store->files.count; i++) {
        free(store->files.items[i].path);
        file_bytes_fini(&store->files.items[i].bytes);
    }
    vec_fini(&store->files);
}

bool file_store_get(struct file_store *store, const char *path, struct file_bytes *ret_bytes,
                    uint64_t *ret_fnv1a64, struct sim_error *err)
{
    const struct stored_file *file;

    if (!store) {
        if (!file_bytes_init(ret_bytes, path, err))
            return false;
        *ret_fnv1a64 = fnv1a64(ret_bytes->data, ret_bytes->size);
        return true;
    }
    file = find(store, path);
    if (!file)
        file = add(store, path, err);
    if (!file)
        return false;
    *ret_bytes = file->bytes;
    ret_bytes->borrowed = true;
    *ret_fnv1a64 = file->fnv1a64;
    return true;
}

bool *file_store_checked(struct file_store *store, const char *path)
{
    struct stored_file *file = store ? find(store, path) : NULL;

    return file ? &file->checked : NULL;
}
