/* SPDX-License-Identifier: MIT */
/* kmalloc() and its like in the name of a task. */
#include "run/kernel_call.h"

#include "run/blocks.h"
#include "run/slice.h"

static bool is_vmalloc(const struct run_task *task)
{
    return trace_op_for_areas(task->operation.record.op);
}

/* Returns the cost of the call beside its pages'. */
static uint64_t begin(struct simulation *sim, struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    struct slab_request *slab = &task->kernel_call.slab;
    uint32_t gfp = record->op == TRACE_VMALLOC_32 ? vmalloc_32_gfp(&sim->machine) : record->gfp;

    task->kernel_call.under_way = true;
    if (is_vmalloc(task)) {
        vmalloc_request_init(&task->kernel_call.vmalloc, &sim->vmalloc, record->size_bytes, gfp,
                             record->node);
        return sim->spec->costs.vmalloc_ns;
    }
    if (record->op == TRACE_KMEM_CACHE_ALLOC)
        kmem_cache_request_init(slab, sim->user.caches[record->cache].cache, record->gfp,
                                record->node);
    else
        kmalloc_request_init(slab, &sim->slub, record->size_bytes, record->gfp, record->node);
    return sim->spec->costs.kmalloc_ns;
}

static enum step go_on(struct simulation *sim, struct run_task *task)
{
    struct kernel_call *call = &task->kernel_call;
    struct alloc_caller *caller = &task->user.caller;

    if (is_vmalloc(task))
        return vmalloc_request_step(&call->vmalloc, &sim->vmalloc, &sim->slub, caller);
    return slab_request_step(&call->slab, &sim->slub, caller);
}

/* The space of vmalloc() counts its calls itself. */
static void count(struct simulation *sim, const struct run_task *task, bool ok)
{
    struct call_count *calls;

    if (is_vmalloc(task))
        return;
    calls = &sim->stats.calls[task->operation.record.op - TRACE_KMALLOC];
    calls->count++;
    calls->failed += !ok;
}

/* What the calls on the page allocator inside cost, beside the work that they count. */
static uint64_t inner_calls_ns(const struct simulation *sim, uint64_t allocs, uint64_t slow_paths)
{
    const struct cost_spec *costs = &sim->spec->costs;

    return (sim->stats.allocs - allocs) * costs->alloc_ns +
           (sim->stats.slow_paths - slow_paths) * costs->slow_path_ns;
}

/* What clearing an object costs; of whole pages it is the page allocator's work.
 * Kernel: mm/slub.c slab_alloc() [2.6.24] */
static uint64_t clearing_ns(const struct simulation *sim, const struct run_task *task)
{
    const struct slab_request *slab = &task->kernel_call.slab;

    if (is_vmalloc(task) || !(slab->gfp & GFP_BIT_ZERO) || !slab->cache ||
        slab_object_is_null(slab->object))
        return 0;
    return sim->spec->costs.zero_page_ns * slab->cache->object_size / PAGE_SIZE;
}

enum step kernel_call_step(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    struct kernel_call *call = &task->kernel_call;
    uint64_t allocs = sim->stats.allocs;
    uint64_t slow_paths = sim->stats.slow_paths;
    enum step step;

    if (!call->under_way)
        slice->calls_ns += begin(sim, task);
    step = go_on(sim, task);
    slice->upper = step == STEP_BLOCKED || sim->stats.allocs != allocs;
    slice->calls_ns += inner_calls_ns(sim, allocs, slow_paths);
    if (step == STEP_BLOCKED)
        return step;
    call->under_way = false;
    count(sim, task, kernel_call_result(task).ok);
    slice->calls_ns += clearing_ns(sim, task) + block_settle(sim, task);
    call->pages.blocked = false; /* the room is the next page request's */
    return STEP_DONE;
}

const struct alloc_request *kernel_call_request(const struct run_task *task)
{
    const struct kernel_call *call = &task->kernel_call;

    if (trace_op_allocates_pages(task->operation.record.op))
        return &call->pages;
    if (!call->under_way)
        return NULL;
    return is_vmalloc(task) ? vmalloc_request_pages(&call->vmalloc)
                            : slab_request_pages(&call->slab);
}

uint64_t kernel_call_request_begin_ns(const struct run_task *task)
{
    return task->kernel_call.under_way ? task->user.caller.request_begin_ns : task->begin_ns;
}

struct kernel_call_result kernel_call_result(const struct run_task *task)
{
    const struct kernel_call *call = &task->kernel_call;
    struct slab_object object;

    if (trace_op_allocates_pages(task->operation.record.op))
        return (struct kernel_call_result){!pfn_is_none(call->pages.page), call->pages.page, 0};
    if (is_vmalloc(task))
        return (struct kernel_call_result){call->vmalloc.addr != 0, {call->vmalloc.area}, 0};
    object = call->slab.object;
    return (struct kernel_call_result){!slab_object_is_null(object), object.page, object.index};
}
