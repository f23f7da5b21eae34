/* SPDX-License-Identifier: MIT */
/* Names and properties of trace operations. */
#include "trace/record.h"

#include <assert.h>

#include "base/check.h"

static const char *const trace_op_names[NR_TRACE_OPS] = {
    [TRACE_ALLOC_PAGES] = "alloc_pages",
    [TRACE_GET_FREE_PAGES] = "get_free_pages",
    [TRACE_GET_ZEROED_PAGE] = "get_zeroed_page",
    [TRACE_GET_DMA_PAGES] = "get_dma_pages",
    [TRACE_KMALLOC] = "kmalloc",
    [TRACE_KMEM_CACHE_ALLOC] = "kmem_cache_alloc",
    [TRACE_VMALLOC] = "vmalloc",
    [TRACE_VMALLOC_32] = "vmalloc_32",
    [TRACE_FREE_PAGES] = "free_pages",
    [TRACE_FREE_PART] = "free_part",
    [TRACE_FREE_HOT_PAGE] = "free_hot_page",
    [TRACE_FREE_COLD_PAGE] = "free_cold_page",
    [TRACE_SPLIT_PAGE] = "split_page",
    [TRACE_GET_PAGE] = "get_page",
    [TRACE_PUT_PAGE] = "put_page",
    [TRACE_KFREE] = "kfree",
    [TRACE_KMEM_CACHE_FREE] = "kmem_cache_free",
    [TRACE_VFREE] = "vfree",
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

enum trace_op trace_op_free_of(enum trace_op op)
{
    switch (op) {
    case TRACE_KMALLOC:
        return TRACE_KFREE;
    case TRACE_KMEM_CACHE_ALLOC:
        return TRACE_KMEM_CACHE_FREE;
    case TRACE_VMALLOC:
    case TRACE_VMALLOC_32:
        return TRACE_VFREE;
    default:
        SIM_ASSERT(trace_op_allocates_pages(op));
        return TRACE_FREE_PAGES;
    }
}
