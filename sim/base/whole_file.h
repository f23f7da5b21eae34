/* SPDX-License-Identifier: MIT */
/* A file that appears whole or not at all. */
#ifndef SIM_BASE_WHOLE_FILE_H
#define SIM_BASE_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

/*
 * What is written to the stream goes to FOLDER/.tmp-<host>-<pid>-<name> and is fsynced, renamed to
 * its own name, and the folder fsynced: whoever is killed on the way leaves at most one file that
 * nobody reads, and after a commit the file outlives a power cut. A file of that name is replaced,
 * behind a link, too; a device or a pipe is written to as it comes.
 *
 *     if (!whole_file_begin(&file, path, err))
 *         return false;
 *     ... fputs(text, file.stream);
 *     return whole_file_commit(&file, err);      or whole_file_abandon(&file)
 *
 * A process writes one file of a name at a time. Costs two fsyncs, some milliseconds on most disks.
 */
struct whole_file {
    FILE *stream; /* failures of writing are noticed by the commit */
    int error;    /* errno of a failed write, when the writer looked; 0: unknown or none */
    char *path;
    char *temporary; /* NULL: `path` is a device or a pipe */
};

/* Opens the temporary file. Errors: ERR_WRITE, ERR_OUT_OF_MEMORY. */
bool whole_file_begin(struct whole_file *file, const char *path, struct sim_error *err);

/*
 * Errors: ERR_WRITE, of the stream at any time since the beginning (disk full) or of the renaming.
 * In every case the temporary file is gone and *file is empty.
 */
bool whole_file_commit(struct whole_file *file, struct sim_error *err);

/* Accepts the all-zero value and what was committed. */
void whole_file_abandon(struct whole_file *file);

/* All three steps for bytes that are there. */
bool whole_file_write(const char *path, const void *bytes, size_t size, struct sim_error *err);

/*
 * Makes the folder when it is not there, and removes the temporary files of processes of this host
 * that are no more. Errors: ERR_WRITE.
 */
bool whole_file_folder(const char *folder, struct sim_error *err);

#endif
