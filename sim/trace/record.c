/* SPDX-License-Identifier: MIT */
/* Names and properties of trace operations. */
#include "trace/record.h"

#include <assert.h>
#include <string.h>

#include "base/check.h"

const char *const trace_op_names[NR_TRACE_OPS] = {
    [TRACE_ALLOC_PAGES] = "alloc_pages",
    [TRACE_GET_FREE_PAGES] = "get_free_pages",
    [TRACE_GET_ZEROED_PAGE] = "get_zeroed_page",
    [TRACE_GET_DMA_PAGES] = "get_dma_pages",
    [TRACE_FREE_PAGES] = "free_pages",
    [TRACE_FREE_PART] = "free_part",
    [TRACE_FREE_HOT_PAGE] = "free_hot_page",
    [TRACE_FREE_COLD_PAGE] = "free_cold_page",
    [TRACE_SPLIT_PAGE] = "split_page",
    [TRACE_DRAIN_LOCAL_PAGES] = "drain_local_pages",
    [TRACE_DRAIN_ALL_LOCAL_PAGES] = "drain_all_local_pages",
    [TRACE_SYSCTL] = "sysctl",
};

static_assert(sizeof(struct trace_record) <= 72, "records are copied for every operation");

const char *trace_op_name(enum trace_op op)
{
    SIM_ASSERT((unsigned)op < NR_TRACE_OPS);
    return trace_op_names[op];
}

bool trace_op_parse(const char *name, enum trace_op *ret_op)
{
    for (unsigned op = 0; op < NR_TRACE_OPS; op++) {
        if (strcmp(name, trace_op_names[op]) == 0) {
            *ret_op = (enum trace_op)op;
            return true;
        }
    }
    return false;
}

bool trace_op_allocates(enum trace_op op)
{
    return op <= TRACE_GET_DMA_PAGES;
}

bool trace_op_uses_block(enum trace_op op)
{
    return op >= TRACE_FREE_PAGES && op <= TRACE_SPLIT_PAGE;
}
