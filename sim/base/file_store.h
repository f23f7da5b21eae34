/* SPDX-License-Identifier: MIT */
/* Files that many runs read: each is brought in and hashed once. */
#ifndef SIM_BASE_FILE_STORE_H
#define SIM_BASE_FILE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/vec.h"

/*
 * `struct file_store store = {0};` is empty. What it holds stays mapped until its end, also for the
 * processes that are forked later: a trace of a gigabyte costs its pages once. The path is taken by
 * its spelling; stdin ("-") is brought in once, so several runs can read it.
 */
struct stored_file {
    char *path;
    struct file_bytes bytes;
    uint64_t fnv1a64;
    bool checked; /* its reader has been through it and need not again */
};

struct file_store {
    VEC(struct stored_file) files;
};

/* All bytes given out are void after this. */
void file_store_fini(struct file_store *store);

/*
 * The file's bytes and their hash. They belong to the store (bytes->borrowed: file_bytes_fini() is
 * harmless); with `store` NULL they are the caller's, as of file_bytes_init(). Errors: those of
 * file_bytes_init(). O(files) for one that is there.
 */
bool file_store_get(struct file_store *store, const char *path, struct file_bytes *ret_bytes,
                    uint64_t *ret_fnv1a64, struct sim_error *err);

/* The file's mark `checked`, the reader's to set; NULL: not in the store, or no store. */
bool *file_store_checked(struct file_store *store, const char *path);

#endif
