/* SPDX-License-Identifier: MIT */
/* Fuzz target of two results in step: any bytes are refused or compared. */
#include <stdlib.h>
#include <string.h>

#include "compare/difference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some bytes of the input, read as the lines of a result. */
struct text {
    const char *begin;
    const char *end;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* False: one of them cannot be read. */
static bool differ(const struct text *base, const struct text *candidate, bool events,
                   enum difference_kind *ret_kind)
{
    struct byte_lines lines[2] = {{base->begin, base->end}, {candidate->begin, candidate->end}};
    const struct line_source sources[2] = {{byte_lines_next, &lines[0]},
                                           {byte_lines_next, &lines[1]}};
    struct difference difference = {0};
    struct sim_error err = {0};
    bool ok = difference_find(&difference, &sources[0], &sources[1], events, &err);

    require(ok != sim_error_is_set(&err));
    *ret_kind = difference.kind;
    difference_fini(&difference);
    return ok;
}

/* The two results stand with a NUL between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    const char *middle = size ? memchr(bytes, 0, size) : NULL;
    struct text base;
    struct text candidate;

    if (!middle)
        return 0;
    base = (struct text){bytes, middle};
    candidate = (struct text){middle + 1, bytes + size};
    for (unsigned events = 0; events < 2; events++) {
        enum difference_kind kind;

        /* A name that only one side has is judged by the base's, so the answers may differ. */
        differ(&base, &candidate, events, &kind);
        differ(&candidate, &base, events, &kind);
        if (differ(&base, &base, events, &kind))
            require(kind == DIFFERENCE_NONE);
    }
    return 0;
}
