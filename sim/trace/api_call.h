/* SPDX-License-Identifier: MIT */
/* The calls of the kernel's API as a workload spells them. */
#ifndef SIM_TRACE_API_CALL_H
#define SIM_TRACE_API_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/record.h"

/* What a call takes; an event or a step gives it under this name. */
enum api_arg {
    API_ARG_ID,
    API_ARG_ORDER,
    API_ARG_GFP,
    API_ARG_NODE,
    API_ARG_PART,
    API_ARG_SIZE,
    API_ARG_CACHE,
    API_ARG_NAME, /* of a sysctl */
    API_ARG_VALUE,
    NR_API_ARGS,
};

/* "id", "order" ... */
extern const char *const api_arg_names[NR_API_ARGS];

enum { API_ARGS_MAX = 4 };

/* What becomes of the mask. */
enum api_gfp {
    API_GFP_KERNEL,  /* as given, GFP_KERNEL when it is not */
    API_GFP_ZEROED,  /* the same and __GFP_ZERO */
    API_GFP_HIGHMEM, /* as given, GFP_KERNEL|__GFP_HIGHMEM when it is not */
    API_GFP_NONE,    /* 0: the call has none, or the kernel chooses it */
};

/* One spelling. Several may be the same op: __free_page() is free_pages() that claims order 0. */
struct api_call {
    const char *name;
    uint8_t op;                 /* enum trace_op */
    uint8_t args[API_ARGS_MAX]; /* enum api_arg, in the order of a row */
    uint8_t nr_args;
    uint8_t nr_required; /* the first ones must be given */
    bool needs_node;     /* and so must the node, the last one */
    bool claims_order_0; /* the record has TRACE_CLAIMS_ORDER and order 0 */
    uint8_t gfp;         /* enum api_gfp */
};

enum { NR_API_CALLS = 35 };

/* The name of every op is a spelling of it. */
extern const struct api_call api_calls[NR_API_CALLS];

/* NULL: there is no such call. */
const struct api_call *api_call_find(const char *name);

/* "did you mean": the nearest name, NULL when none is near. */
const char *api_call_suggest(const char *name);

bool api_call_takes(const struct api_call *call, enum api_arg arg);

/*
 * What the call makes of node -1: TRACE_NODE_LOCAL for alloc_pages_node(), else TRACE_BY_POLICY.
 * Kernel: include/linux/gfp.h alloc_pages_node() [2.6.24]
 */
int16_t api_no_node(const struct api_call *call);

#endif
