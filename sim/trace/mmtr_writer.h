/* SPDX-License-Identifier: MIT */
/* Writes binary traces, record by record, to a stream that need not be seekable. */
#ifndef SIM_TRACE_MMTR_WRITER_H
#define SIM_TRACE_MMTR_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "trace/import_quality.h"
#include "trace/record.h"
#include "trace/trace_source.h"

/*
 * Layout: trace/mmtr_format.h. Tasks may be added at any time before the record that names them;
 * they, the meta texts and the counts are written by mmtr_writer_finish(). Without a finish the
 * output is no valid trace. Memory does not grow with the number of records.
 */
struct mmtr_writer;

/* Exactly one of `stream` and `buffer` is given; both stay the caller's. NULL: no host memory. */
struct mmtr_writer *mmtr_writer_create(FILE *stream, struct strbuf *buffer, struct sim_error *err);

/* Accepts NULL. */
void mmtr_writer_destroy(struct mmtr_writer *writer);

/*
 * Adds a task; its index, counted from 0, goes into records. The name is 1..MMTR_NAME_MAX bytes of
 * UTF-8 without control characters, cpu -1 or 0..65535. ERR_OUT_OF_MEMORY, ERR_TRACE_CORRUPT
 * (name).
 */
bool mmtr_writer_add_task(struct mmtr_writer *writer, const char *name, int32_t cpu,
                          uint32_t *ret_index, struct sim_error *err);

/*
 * A text that describes the trace, once per key: "source", "importer", "kernel" ... Keys come back
 * in the order of this call. Both are UTF-8; value up to MMTR_VALUE_MAX bytes.
 */
bool mmtr_writer_set_meta(struct mmtr_writer *writer, const char *key, const char *value,
                          struct sim_error *err);

/*
 * Appends a record; times must not decrease. Records come from a source or an importer: that ids
 * are sound is theirs to keep. ERR_WRITE.
 */
bool mmtr_writer_add(struct mmtr_writer *writer, const struct trace_record *record,
                     struct sim_error *err);

/* Writes what stands behind the records. `quality` may be NULL. ERR_WRITE, ERR_OUT_OF_MEMORY. */
bool mmtr_writer_finish(struct mmtr_writer *writer, const struct import_quality *quality,
                        struct sim_error *err);

/* Tasks and all records of `source`, from its first: `trace compile`. Not the finish. */
bool mmtr_writer_add_source(struct mmtr_writer *writer, struct trace_source *source,
                            struct sim_error *err);

#endif
