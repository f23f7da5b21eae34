/* SPDX-License-Identifier: MIT */
/* Event lists from YAML text. */
#include "event_text.h"

#include <string.h>

#include "base/strbuf.h"

static bool parse_gfp(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err)
{
    if (length == 10 && memcmp(text, "GFP_ATOMIC", 10) == 0)
        *ret_gfp = 0x20;
    else if (length == 10 && memcmp(text, "GFP_KERNEL", 10) == 0)
        *ret_gfp = 0xd0;
    else
        return sim_error_set(err, ERR_BAD_GFP, "no such mask");
    return true;
}

static bool parse_sysctl(const char *name, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                         struct sim_error *err)
{
    if (strcmp(name, "one") != 0 && strcmp(name, "three") != 0)
        return sim_error_set(err, ERR_UNKNOWN_SYSCTL, "no such sysctl");
    *ret_sysctl = strcmp(name, "three") == 0;
    *ret_nr_values = *ret_sysctl ? 3 : 1;
    return true;
}

static bool sysctl_valid(uint8_t sysctl, const uint64_t *values)
{
    return sysctl == 1 || values[0] <= 9;
}

/* "inodes" is number 3. */
static bool parse_cache(const void *context, const struct yaml_node *node, uint32_t *ret_cache,
                        struct sim_error *err)
{
    (void)context;
    if (strcmp(node->text, "inodes") != 0)
        return yaml_error_at(node, err, ERR_UNKNOWN_CACHE, "no such cache");
    *ret_cache = 3;
    return true;
}

const struct event_parsers event_text_parsers = {
    .gfp = parse_gfp,
    .sysctl = parse_sysctl,
    .sysctl_valid = sysctl_valid,
    .cache = parse_cache,
    .default_gfp = 0xd0,
    .zero_gfp = 0x8000,
    .highmem_gfp = 0x2,
};

struct trace_source *events_of(const char *yaml, struct sim_error *err)
{
    struct event_list *list = event_list_create(&event_text_parsers, err);
    struct yaml_stream stream = {"events", event_list_add, list};
    struct strbuf text = {0};
    struct yaml_doc doc = {0};
    bool ok;

    if (!list)
        return NULL;
    strbuf_adds(&text, "events:\n");
    strbuf_adds(&text, yaml);
    ok = !text.failed
             ? yaml_doc_parse(&doc, "w.yaml", (const uint8_t *)text.data, text.length, &stream, err)
             : sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory");
    yaml_doc_fini(&doc);
    strbuf_fini(&text);
    if (ok)
        return event_list_source(list);
    event_list_destroy(list);
    return NULL;
}
