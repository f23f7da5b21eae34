/* SPDX-License-Identifier: MIT */
/* Whole files in and out, "-" being stdin and stdout. */
#ifndef SIM_BASE_FILE_H
#define SIM_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/*
 * A file's bytes: mapped when the file is mappable and has 64 KiB or more, read into memory
 * otherwise. What is mapped changes when somebody changes the file in place.
 */
struct file_bytes {
    const uint8_t *data; /* not NULL once initialised, even when the file is empty */
    size_t size;
    bool mapped;   /* data is to be unmapped, not freed */
    bool borrowed; /* data is somebody else's: file_bytes_fini() leaves it alone */
};

/*
 * Brings in the whole of `path` ("-" = stdin). Errors: ERR_OPEN, ERR_READ (with the system's
 * words), ERR_OUT_OF_MEMORY.
 */
bool file_bytes_init(struct file_bytes *bytes, const char *path, struct sim_error *err);
void file_bytes_fini(struct file_bytes *bytes);

/*
 * An output stream ("-" = stdout). file_output_close() flushes and reports any write that failed
 * since the opening (disk full, broken pipe): ERR_WRITE. It closes in every case, stdout excepted.
 */
bool file_output_open(FILE **ret_stream, const char *path, struct sim_error *err);
bool file_output_close(FILE *stream, const char *path, struct sim_error *err);

/* 64-bit FNV-1a of the bytes: names an input in an output header. */
uint64_t fnv1a64(const void *bytes, size_t size);

#endif
