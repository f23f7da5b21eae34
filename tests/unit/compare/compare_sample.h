/* SPDX-License-Identifier: MIT */
/* Small results, as text, for tests of comparing. */
#ifndef TESTS_UNIT_COMPARE_COMPARE_SAMPLE_H
#define TESTS_UNIT_COMPARE_COMPARE_SAMPLE_H

#include <string.h>

#include "compare/line_source.h"

#define SAMPLE_HEADER(tick, events)                                                       \
    "{\"type\":\"header\",\"schema_version\":1,\"tool\":{\"name\":\"mmsim\",\"version\":" \
    "\"1\"},\"kernel\":\"linux\",\"workload\":\"w\",\"seed\":7,\"tick_ns\":" tick         \
    ",\"duration_ns\":0,\"events\":" events                                               \
    ",\"inputs\":[{\"role\":\"machine\",\"name\":\"m\",\"fnv1a64\":\"00\"}],\"config\":{" \
    "\"machine\":{\"hz\":250},\"vm\":{\"swappiness\":60,\"ratio\":[1,2]},\"devices\":[{"  \
    "\"name\":\"sda\",\"seek_ns\":8}]},\"booted\":{\"x\":1}}\n"

#define SAMPLE_TICK(time, free, min, stalls)                                                     \
    "{\"type\":\"tick\",\"time_ns\":" time ",\"zones\":[{\"name\":\"0/DMA\",\"free\":" free      \
    ",\"pages_min\":" min ",\"lowmem_reserve\":[0," min "]}],\"vmstat\":{\"allocstall\":" stalls \
    "}}\n"

#define SAMPLE_EVENT(time, task)                                                           \
    "{\"type\":\"event\",\"event\":\"kswapd_sleep\",\"time_ns\":" time ",\"task\":\"" task \
    "\",\"cpu\":0,\"gfp\":null,\"order\":null,\"node\":0}\n"

#define SAMPLE_SUMMARY(time, stalls)                                                      \
    "{\"type\":\"summary\",\"time_ns\":" time ",\"ended\":\"idle\",\"zones\":[{\"name\":" \
    "\"0/DMA\",\"free\":5}],\"vmstat\":{\"allocstall\":" stalls "},\"late\":{\"ops\":null}}\n"

static inline struct byte_lines sample_lines(const char *text)
{
    return (struct byte_lines){text, text + strlen(text)};
}

static inline struct line_source sample_source(struct byte_lines *lines)
{
    return (struct line_source){byte_lines_next, lines};
}

#endif
