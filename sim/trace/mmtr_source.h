/* SPDX-License-Identifier: MIT */
/* A binary trace as a trace source. */
#ifndef SIM_TRACE_MMTR_SOURCE_H
#define SIM_TRACE_MMTR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/import_quality.h"
#include "trace/trace_source.h"

/* True when the bytes begin like a binary trace: decides how a workload argument is read. */
bool mmtr_is_trace(const uint8_t *bytes, size_t size);

/*
 * A source (kind "mmtr") over `bytes`, which stay the caller's and must outlive it (a mapped
 * file). Everything is checked here, each record once decoded and each id followed, so reading
 * later cannot fail: about 50 ns a record. The message of an error names the byte offset;
 * file_name, which may be NULL, goes into its place.
 * NULL: ERR_TRACE_MAGIC, _VERSION, _TRUNCATED, _CHECKSUM, _CORRUPT or ERR_OUT_OF_MEMORY.
 */
struct trace_source *mmtr_source_create(const char *file_name, const uint8_t *bytes, size_t size,
                                        struct sim_error *err);

/*
 * The same of bytes from which a source was made before: checksum and records are not gone through
 * again. What many runs share is checked once.
 */
struct trace_source *mmtr_source_create_again(const char *file_name, const uint8_t *bytes,
                                              size_t size, struct sim_error *err);

/* The rest is for sources of kind "mmtr" only. */

uint32_t mmtr_source_nr_meta(const struct trace_source *source);
/* Texts live as long as the source. i < mmtr_source_nr_meta(). */
void mmtr_source_meta(const struct trace_source *source, uint32_t i, const char **ret_key,
                      const char **ret_value);

/* The counts of the import that made the trace; NULL when none did. */
const struct import_quality *mmtr_source_quality(const struct trace_source *source);

#endif
