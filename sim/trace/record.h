/* SPDX-License-Identifier: MIT */
/* One operation of an open-loop trace: who does what to which block, and when. */
#ifndef SIM_TRACE_RECORD_H
#define SIM_TRACE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Names are the kernel's API. An id names one block within its source from its allocation to its
 * free, whichever allocator it comes from: pages, an object of a slab, an area of vmalloc; a record
 * never carries a pfn of the captured machine, the model chooses its own.
 */
enum trace_op {
    /* allocating */
    TRACE_ALLOC_PAGES, /* node != TRACE_BY_POLICY: alloc_pages_node() */
    TRACE_GET_FREE_PAGES,
    TRACE_GET_ZEROED_PAGE,
    TRACE_GET_DMA_PAGES,
    TRACE_KMALLOC,          /* size_bytes */
    TRACE_KMEM_CACHE_ALLOC, /* cache */
    TRACE_VMALLOC,          /* size_bytes */
    TRACE_VMALLOC_32,       /* size_bytes; gfp is 0, the kernel chooses it */
    /* using a block */
    TRACE_FREE_PAGES, /* with TRACE_CLAIMS_ORDER: `order` is what the caller says */
    TRACE_FREE_PART,  /* 2^order pages at page `part` of the block: it came back in pieces */
    TRACE_FREE_HOT_PAGE,
    TRACE_FREE_COLD_PAGE,
    TRACE_SPLIT_PAGE,
    TRACE_GET_PAGE,
    TRACE_PUT_PAGE,
    TRACE_KFREE,
    TRACE_KMEM_CACHE_FREE,
    TRACE_VFREE,
    /* neither */
    TRACE_DRAIN_LOCAL_PAGES,
    TRACE_DRAIN_ALL_LOCAL_PAGES,
    TRACE_SYSCTL, /* sysctl: enum as in the run's table, values[] */
    NR_TRACE_OPS,
};

/* The op's name in dumps: "alloc_pages", "free_pages" ... */
const char *trace_op_name(enum trace_op op);

/* True when the op allocates and so names a new id. */
static inline bool trace_op_allocates(enum trace_op op)
{
    return op <= TRACE_VMALLOC_32;
}

/* True when it allocates a block of pages, and so has an order. */
static inline bool trace_op_allocates_pages(enum trace_op op)
{
    return op <= TRACE_GET_DMA_PAGES;
}

/* True when it allocates size_bytes. */
static inline bool trace_op_has_size(enum trace_op op)
{
    return op == TRACE_KMALLOC || op == TRACE_VMALLOC || op == TRACE_VMALLOC_32;
}

/* True when it makes or frees an area of vmalloc(), which interrupt handlers may not do. */
static inline bool trace_op_for_areas(enum trace_op op)
{
    return op == TRACE_VMALLOC || op == TRACE_VMALLOC_32 || op == TRACE_VFREE;
}

/* True when the op needs the id of a block that is held. */
static inline bool trace_op_uses_block(enum trace_op op)
{
    return op >= TRACE_FREE_PAGES && op <= TRACE_VFREE;
}

/* True when the op drops a whole reference: the last one frees the block. */
static inline bool trace_op_drops(enum trace_op op)
{
    return trace_op_uses_block(op) && op != TRACE_FREE_PART && op != TRACE_SPLIT_PAGE &&
           op != TRACE_GET_PAGE;
}

/* The op that gives back what the allocating op gave. */
enum trace_op trace_op_free_of(enum trace_op op);

/* Limits that every source keeps to: bigger orders and ids do not occur in records. */
#define TRACE_ORDER_MAX      63
#define TRACE_PART_ORDER_MAX 20 /* FREE_PART: of the piece and of its block */
#define TRACE_ID_MAX         ((UINT64_C(1) << 43) - 1)
#define TRACE_GETS_MAX       32767 /* references of a block beside its first */

enum {
    TRACE_ORIGIN_RECLAIM = 1 << 0, /* the captured kernel's reclaim freed it */
    TRACE_CLAIMS_ORDER = 1 << 1,   /* FREE_PAGES: the caller says the order of the block */
};

/* A node that is none. */
enum {
    TRACE_BY_POLICY = -1,  /* by the task's memory policy, on its CPU */
    TRACE_NODE_LOCAL = -2, /* alloc_pages_node() of node -1: that of the task's CPU */
};

/* Plain data; fields that an op does not use are 0 (node: TRACE_BY_POLICY). */
struct trace_record {
    uint64_t time_ns;
    uint64_t id;
    uint32_t task; /* index in the source's task table */
    uint32_t gfp;  /* 2.6.24 mask */
    uint32_t part; /* first page of the piece within its block */
    int16_t node;  /* or TRACE_BY_POLICY, TRACE_NODE_LOCAL */
    uint8_t op;    /* enum trace_op */
    uint8_t order;
    uint8_t flags;  /* TRACE_ORIGIN_*, TRACE_CLAIMS_ORDER */
    uint8_t sysctl; /* enum vm_sysctl_id by number */
    union {
        uint64_t values[3];
        uint64_t size_bytes;
        uint32_t cache; /* index in the workload's list of caches */
    };
    uint32_t line; /* in the source's file, 0 = none */
};

#endif
