/* SPDX-License-Identifier: MIT */
/* Fuzz target of the ftrace importer: its counts add up and its trace is a good one. */
#include <stdlib.h>
#include <string.h>

#include "trace/ftrace_import.h"
#include "trace/mmtr_source.h"
#include "trace/trace_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_counts(const struct import_quality *q)
{
    require(q->lines == q->comment_lines + q->unreadable_lines + q->truncated_lines +
                            q->lost_marks + q->event_lines);
    require(q->event_lines == q->alloc_events + q->failed_allocs + q->free_events +
                                  q->batched_events + q->probe_events + q->other_events);
    require(q->free_events == q->exact_frees + q->partial_frees + q->unknown_frees);
    require(q->alloc_events ==
            q->exact_frees + q->closed_in_pieces + q->implied_frees + q->live_blocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ftrace_import_options options = {.file_name = "fuzz"};
    struct sim_error err = {0};
    struct import_quality quality;
    struct trace_info info;
    struct strbuf bytes = {0};
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);
    struct trace_source *trace;

    require(writer != NULL);
    if (ftrace_import(&options, data, size, writer, &quality, &err)) {
        check_counts(&quality);
        trace = mmtr_source_create("import", (const uint8_t *)bytes.data, bytes.length, &err);
        require(trace && trace_info_collect(trace, &info, &err));
        require(info.live_blocks == quality.live_blocks && info.live_pages == quality.live_pages);
        require(memcmp(mmtr_source_quality(trace), &quality, sizeof(quality)) == 0);
        trace_source_destroy(trace);
    } else {
        require(sim_error_is_set(&err));
    }
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
    return 0;
}
