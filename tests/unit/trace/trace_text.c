/* SPDX-License-Identifier: MIT */
/* Traces as strings. */
#include "trace_text.h"

#include "lib/test.h"
#include "trace/trace_dump.h"

static bool append(void *ctx, const char *text, size_t length)
{
    strbuf_add(ctx, text, length);
    return true;
}

struct strbuf trace_text(struct trace_source *source)
{
    struct strbuf text = {0};
    struct sim_error err = {0};

    strbuf_adds(&text, "");
    ck_assert(trace_dump(source, append, &text, &err));
    ck_assert(!text.failed);
    return text;
}

void expect_trace(struct trace_source *source, const char *expected)
{
    struct strbuf text = trace_text(source);

    ck_assert_str_eq(text.length ? text.data : "", expected);
    strbuf_fini(&text);
}

void expect_error(const struct sim_error *err, enum sim_error_code code, uint32_t line,
                  uint32_t column)
{
    ck_assert_msg(err->code == code, "%s instead of %s: %s", sim_error_code_name(err->code),
                  sim_error_code_name(code), err->message);
    if (line)
        ck_assert_uint_eq(err->line, line);
    if (column)
        ck_assert_uint_eq(err->column, column);
}
