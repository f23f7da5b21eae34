/* SPDX-License-Identifier: MIT */
/* Traces as strings: what the tests of this layer compare. */
#ifndef TESTS_UNIT_TRACE_TRACE_TEXT_H
#define TESTS_UNIT_TRACE_TRACE_TEXT_H

#include "base/error.h"
#include "base/strbuf.h"
#include "trace/trace_source.h"

/* The dump of all records, to be ended by the caller; the error must not be set afterwards. */
struct strbuf trace_text(struct trace_source *source);

/* The dump of the source equals `expected`. */
void expect_trace(struct trace_source *source, const char *expected);

/* Code and place of an error; line 0 and column 0: not looked at. */
void expect_error(const struct sim_error *err, enum sim_error_code code, uint32_t line,
                  uint32_t column);

#endif
