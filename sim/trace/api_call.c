/* SPDX-License-Identifier: MIT */
/* The calls of the kernel's API as a workload spells them. */
#include "trace/api_call.h"

#include <string.h>

#include "base/suggest.h"

const char *const api_arg_names[NR_API_ARGS] = {
    "id", "order", "gfp", "node", "part", "size", "cache", "name", "value",
};

#define ARGS_ID  .args = {API_ARG_ID}, .nr_args = 1, .nr_required = 1
#define ARGS_GFP .args = {API_ARG_ID, API_ARG_GFP}, .nr_args = 2, .nr_required = 1
#define ARGS_ORDER_GFP \
    .args = {API_ARG_ID, API_ARG_ORDER, API_ARG_GFP}, .nr_args = 3, .nr_required = 1
#define ARGS_ORDER_GFP_NODE \
    .args = {API_ARG_ID, API_ARG_ORDER, API_ARG_GFP, API_ARG_NODE}, .nr_args = 4, .nr_required = 1
#define ARGS_SIZE .args = {API_ARG_ID, API_ARG_SIZE}, .nr_args = 2, .nr_required = 2
#define ARGS_SIZE_GFP \
    .args = {API_ARG_ID, API_ARG_SIZE, API_ARG_GFP}, .nr_args = 3, .nr_required = 2
#define ARGS_SIZE_GFP_NODE \
    .args = {API_ARG_ID, API_ARG_SIZE, API_ARG_GFP, API_ARG_NODE}, .nr_args = 4, .nr_required = 2
#define ARGS_SIZE_NODE \
    .args = {API_ARG_ID, API_ARG_SIZE, API_ARG_NODE}, .nr_args = 3, .nr_required = 2
#define ARGS_CACHE_GFP \
    .args = {API_ARG_ID, API_ARG_CACHE, API_ARG_GFP}, .nr_args = 3, .nr_required = 2
#define ARGS_CACHE_GFP_NODE \
    .args = {API_ARG_ID, API_ARG_CACHE, API_ARG_GFP, API_ARG_NODE}, .nr_args = 4, .nr_required = 2
#define ARGS_CLAIM .args = {API_ARG_ID, API_ARG_ORDER}, .nr_args = 2, .nr_required = 1
#define ARGS_PART  .args = {API_ARG_ID, API_ARG_ORDER, API_ARG_PART}, .nr_args = 3, .nr_required = 3

const struct api_call api_calls[NR_API_CALLS] = {
    {"alloc_pages", TRACE_ALLOC_PAGES, ARGS_ORDER_GFP_NODE},
    {"alloc_page", TRACE_ALLOC_PAGES, ARGS_GFP},
    {"alloc_pages_node", TRACE_ALLOC_PAGES, ARGS_ORDER_GFP_NODE, .needs_node = true},
    {"get_free_pages", TRACE_GET_FREE_PAGES, ARGS_ORDER_GFP},
    {"__get_free_pages", TRACE_GET_FREE_PAGES, ARGS_ORDER_GFP},
    {"__get_free_page", TRACE_GET_FREE_PAGES, ARGS_GFP},
    {"get_zeroed_page", TRACE_GET_ZEROED_PAGE, ARGS_GFP},
    {"get_dma_pages", TRACE_GET_DMA_PAGES, ARGS_ORDER_GFP},
    {"__get_dma_pages", TRACE_GET_DMA_PAGES, ARGS_ORDER_GFP},
    {"kmalloc", TRACE_KMALLOC, ARGS_SIZE_GFP},
    {"kzalloc", TRACE_KMALLOC, ARGS_SIZE_GFP, .gfp = API_GFP_ZEROED},
    {"kmalloc_node", TRACE_KMALLOC, ARGS_SIZE_GFP_NODE, .needs_node = true},
    {"kmem_cache_alloc", TRACE_KMEM_CACHE_ALLOC, ARGS_CACHE_GFP},
    {"kmem_cache_zalloc", TRACE_KMEM_CACHE_ALLOC, ARGS_CACHE_GFP, .gfp = API_GFP_ZEROED},
    {"kmem_cache_alloc_node", TRACE_KMEM_CACHE_ALLOC, ARGS_CACHE_GFP_NODE, .needs_node = true},
    {"vmalloc", TRACE_VMALLOC, ARGS_SIZE, .gfp = API_GFP_HIGHMEM},
    {"vmalloc_node", TRACE_VMALLOC, ARGS_SIZE_NODE, .needs_node = true, .gfp = API_GFP_HIGHMEM},
    {"__vmalloc", TRACE_VMALLOC, ARGS_SIZE_GFP, .gfp = API_GFP_HIGHMEM},
    {"vmalloc_32", TRACE_VMALLOC_32, ARGS_SIZE, .gfp = API_GFP_NONE},
    {"free_pages", TRACE_FREE_PAGES, ARGS_CLAIM, .gfp = API_GFP_NONE},
    {"__free_pages", TRACE_FREE_PAGES, ARGS_CLAIM, .gfp = API_GFP_NONE},
    {"free_page", TRACE_FREE_PAGES, ARGS_ID, .claims_order_0 = true, .gfp = API_GFP_NONE},
    {"__free_page", TRACE_FREE_PAGES, ARGS_ID, .claims_order_0 = true, .gfp = API_GFP_NONE},
    {"free_part", TRACE_FREE_PART, ARGS_PART, .gfp = API_GFP_NONE},
    {"free_hot_page", TRACE_FREE_HOT_PAGE, ARGS_ID, .gfp = API_GFP_NONE},
    {"free_cold_page", TRACE_FREE_COLD_PAGE, ARGS_ID, .gfp = API_GFP_NONE},
    {"split_page", TRACE_SPLIT_PAGE, ARGS_ID, .gfp = API_GFP_NONE},
    {"get_page", TRACE_GET_PAGE, ARGS_ID, .gfp = API_GFP_NONE},
    {"put_page", TRACE_PUT_PAGE, ARGS_ID, .gfp = API_GFP_NONE},
    {"kfree", TRACE_KFREE, ARGS_ID, .gfp = API_GFP_NONE},
    {"kmem_cache_free", TRACE_KMEM_CACHE_FREE, ARGS_ID, .gfp = API_GFP_NONE},
    {"vfree", TRACE_VFREE, ARGS_ID, .gfp = API_GFP_NONE},
    {"drain_local_pages", TRACE_DRAIN_LOCAL_PAGES, .gfp = API_GFP_NONE},
    {"drain_all_local_pages", TRACE_DRAIN_ALL_LOCAL_PAGES, .gfp = API_GFP_NONE},
    {"sysctl", TRACE_SYSCTL, .args = {API_ARG_NAME, API_ARG_VALUE}, .nr_args = 2, .nr_required = 2,
     .gfp = API_GFP_NONE},
};

const struct api_call *api_call_find(const char *name)
{
    for (size_t i = 0; i < NR_API_CALLS; i++)
        if (strcmp(name, api_calls[i].name) == 0)
            return &api_calls[i];
    return NULL;
}

const char *api_call_suggest(const char *name)
{
    const char *names[NR_API_CALLS];

    for (size_t i = 0; i < NR_API_CALLS; i++)
        names[i] = api_calls[i].name;
    return suggest_word(name, names, NR_API_CALLS);
}

bool api_call_takes(const struct api_call *call, enum api_arg arg)
{
    for (unsigned i = 0; i < call->nr_args; i++)
        if (call->args[i] == arg)
            return true;
    return false;
}

int16_t api_no_node(const struct api_call *call)
{
    return call->needs_node && call->op == TRACE_ALLOC_PAGES ? TRACE_NODE_LOCAL : TRACE_BY_POLICY;
}
