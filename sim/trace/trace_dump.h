/* SPDX-License-Identifier: MIT */
/* Records as text, one a line. */
#ifndef SIM_TRACE_TRACE_DUMP_H
#define SIM_TRACE_TRACE_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "trace/trace_source.h"

/*
 * Fields are separated by one blank; time in nanoseconds; a task's name is quoted as in JSON:
 *
 *     1250000 "dd-125" alloc_pages id=17 order=0 gfp=0x1280d2 node=-1
 *     1260000 "kswapd0-47" free_pages id=17 origin=reclaim
 *     1260000 "dd-125" free_part id=18 order=0 part=3
 *     1270000 "admin" sysctl sysctl=0 values=4096,0,0
 *
 * The form is stable: a new field goes to the end of the line. Every op prints the fields it uses.
 */

/* Appends one line with its newline; buf->failed tells of no host memory. */
void trace_dump_record(const struct trace_source *source, const struct trace_record *record,
                       struct strbuf *buf);

/*
 * Hands all records from the source's first to `write`, some lines at a time; `write` returns
 * false to stop (not an error: the function then returns true). Rewinds the source at the end.
 */
bool trace_dump(struct trace_source *source,
                bool (*write)(void *ctx, const char *text, size_t length), void *ctx,
                struct sim_error *err);

#endif
