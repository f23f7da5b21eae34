/* SPDX-License-Identifier: MIT */
/* Fuzz target of a run's output: any bytes are refused or explained, each question the same way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void ask(struct result_reader *reader, const struct decision_query *query)
{
    struct sim_error err = {0};
    struct decision decision;
    struct strbuf text = {0};
    bool ok = decision_find(reader, query, &decision, &err) &&
              explain_format(&text, reader, &decision, &err);

    require(ok != sim_error_is_set(&err));
    require(!ok || text.length > 0);
    strbuf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct decision_query queries[] = {
        {.by = DECISION_BY_TIME, .nth = 1},
        {.by = DECISION_BY_TIME, .nth = 2, .task = "a"},
        {.by = DECISION_BY_FAILURE, .nth = 1},
        {.by = DECISION_AT, .nth = 1, .at_ns = 5, .task = "a"},
    };
    struct sim_error err = {0};
    struct result_reader reader;
    FILE *stream = tmpfile();

    require(stream && fwrite(data, 1, size, stream) == size && fseek(stream, 0, SEEK_SET) == 0);
    if (!result_reader_attach(&reader, stream, "fuzz", &err)) {
        require(sim_error_is_set(&err));
        return 0;
    }
    for (unsigned i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
        ask(&reader, &queries[i]);
    result_reader_close(&reader);
    return 0;
}
