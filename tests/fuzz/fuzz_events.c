/* SPDX-License-Identifier: MIT */
/* Fuzz target of literal events: errors have a place, what is accepted is a sound trace. */
#include <stdlib.h>
#include <string.h>

#include "trace/event_list.h"
#include "trace/trace_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool parse_gfp(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err)
{
    if (length == 0 || memcmp(text, "GFP", length < 3 ? length : 3) != 0)
        return sim_error_set(err, ERR_BAD_GFP, "no mask");
    *ret_gfp = (uint32_t)length;
    return true;
}

static bool parse_sysctl(const char *name, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                         struct sim_error *err)
{
    size_t length = strlen(name);

    if (length == 0 || length > 3)
        return sim_error_set(err, ERR_UNKNOWN_SYSCTL, "no sysctl");
    *ret_sysctl = (uint8_t)length;
    *ret_nr_values = (unsigned)length;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct event_parsers parsers = {parse_gfp, parse_sysctl, NULL, 0};
    struct sim_error err = {0};
    struct event_list *list = event_list_create(&parsers, &err);
    struct yaml_stream stream = {"events", event_list_add, list};
    struct yaml_doc doc = {0};
    struct trace_source *source;
    struct trace_info info;

    require(list != NULL);
    if (yaml_doc_parse(&doc, "fuzz", data, size, &stream, &err)) {
        source = event_list_source(list);
        require(trace_info_collect(source, &info, &err));
        require(info.records == source->ops->count(source));
        trace_source_destroy(source);
    } else {
        require(sim_error_is_set(&err));
        /* only errors of the whole text are without a line */
        require(err.line > 0 || err.code < ERR_UNKNOWN_KEY);
        event_list_destroy(list);
    }
    yaml_doc_fini(&doc);
    return 0;
}
