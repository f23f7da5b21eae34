/* SPDX-License-Identifier: MIT */
/* What is in a trace. */
#include "trace/trace_info.h"

#include "base/check.h"
#include "trace/held_blocks.h"

static bool apply(struct held_blocks *held, const struct trace_record *record,
                  struct sim_error *err)
{
    enum held_result result = held_blocks_apply(held, record);

    if (result == HELD_NO_MEMORY)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the held blocks");
    /* a source checks its ids */
    SIM_ASSERT(result == HELD_OK || result == HELD_LAST_PIECE);
    return true;
}

static void count(struct trace_info *info, const struct held_blocks *held,
                  const struct trace_record *record)
{
    if (info->records++ == 0)
        info->first_ns = record->time_ns;
    info->last_ns = record->time_ns;
    info->ops[record->op]++;
    if (trace_op_allocates_pages((enum trace_op)record->op))
        info->orders[record->order]++;
    info->reclaim_frees += (record->flags & TRACE_ORIGIN_RECLAIM) != 0;
    if (held->nr_blocks > info->peak_blocks)
        info->peak_blocks = held->nr_blocks;
    if (held->nr_pages > info->peak_pages) {
        info->peak_pages = held->nr_pages;
        info->peak_pages_ns = record->time_ns;
    }
}

bool trace_info_collect(struct trace_source *source, struct trace_info *ret_info,
                        struct sim_error *err)
{
    struct trace_info info = {.nr_tasks = source->nr_tasks};
    struct held_blocks held = {0};
    struct trace_record record;
    enum trace_next next = TRACE_END;
    bool ok = true;

    trace_source_rewind(source);
    while (ok && (next = trace_source_next(source, &record, err)) == TRACE_RECORD) {
        ok = apply(&held, &record, err);
        if (ok)
            count(&info, &held, &record);
    }
    ok = ok && next == TRACE_END;
    info.live_blocks = held.nr_blocks;
    info.live_pages = held.nr_pages;
    held_blocks_fini(&held);
    trace_source_rewind(source);
    if (ok)
        *ret_info = info;
    return ok;
}
