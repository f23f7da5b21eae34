/* SPDX-License-Identifier: MIT */
/* Records on the machine. */
#include "run/replay.h"

#include "run/blocks.h"

/* ---- allocating ---- */

static void begin_alloc(struct simulation *sim, struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    struct alloc_request *request = &task->kernel_call.pages;
    uint32_t gfp = record->gfp;
    unsigned order = record->order;
    int nid = record->node;

    if (record->op == TRACE_GET_ZEROED_PAGE) {
        gfp |= GFP_BIT_ZERO;
        order = 0;
    } else if (record->op == TRACE_GET_DMA_PAGES) {
        gfp |= GFP_BIT_DMA;
    }
    /* Kernel: include/linux/gfp.h alloc_pages_node() [2.6.24] */
    if (nid == TRACE_NODE_LOCAL)
        nid = sim->machine.cpu_nid[task->task.cpu];
    alloc_request_init(request, &sim->machine, &task->task, gfp, order, nid);
    request->refusals = task->refusals;
    request->max_refusals = sim->nr_refusals;
}

/* The call that makes the task's page requests, NULL: none. */
static const char *call_around(const struct run_task *task)
{
    return task->kernel_call.under_way ? trace_op_name(task->operation.record.op) : NULL;
}

static void alloc_failed(struct simulation *sim, const struct run_task *task,
                         const struct alloc_request *request, uint64_t begin_ns)
{
    struct run_stats *stats = &sim->stats;
    struct failure failure;

    stats->alloc_failures++;
    stats->failed_by_order[request->order < MAX_ORDER ? request->order : MAX_ORDER]++;
    failure_init(&failure, &sim->machine, request, task->name);
    failure.begin_ns = begin_ns;
    failure.call = call_around(task);
    summary_add_failure(&sim->summary, &failure);
    if (sim->output.events)
        event_write_alloc_failure(&sim->writer, &sim->machine, &failure);
}

void replay_alloc_slow(struct simulation *sim, const struct run_task *task,
                       const struct alloc_request *request, uint64_t begin_ns)
{
    struct failure slow;

    if (!sim->output.events ||
        request->nr_direct_reclaims + request->nr_congestion_waits + request->nr_ooms == 0)
        return;
    failure_init(&slow, &sim->machine, request, task->name);
    slow.begin_ns = begin_ns;
    slow.call = call_around(task);
    event_write_alloc_slow(&sim->writer, &sim->machine, &slow, request->page);
}

void replay_alloc_over(struct simulation *sim, const struct run_task *task,
                       const struct alloc_request *request, uint64_t begin_ns, uint64_t latency_ns)
{
    histogram_record(&sim->stats.alloc_latency_ns, latency_ns);
    sim->stats.allocs++;
    sim->stats.slow_paths += request->entered_slow_path;
    if (SIM_UNLIKELY(pfn_is_none(request->page)))
        alloc_failed(sim, task, request, begin_ns);
    else
        replay_alloc_slow(sim, task, request, begin_ns);
}

/*
 * get_zeroed_page() with __GFP_HIGHMEM is no request at all.
 * Kernel: mm/page_alloc.c get_zeroed_page() [2.6.24]
 */
static bool call_is_refused(struct simulation *sim, struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;

    if (record->op != TRACE_GET_ZEROED_PAGE || !(record->gfp & GFP_BIT_HIGHMEM))
        return false;
    machine_misuse(&sim->machine, MISUSE_GET_ZEROED_PAGE, PFN_NONE, 0);
    task->kernel_call.pages.page = PFN_NONE;
    return true;
}

static enum step alloc_step(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    struct alloc_request *request = &task->kernel_call.pages;
    bool begins = !request->blocked;
    bool slow_before = !begins && request->entered_slow_path;
    enum step step;

    if (begins) {
        begin_alloc(sim, task);
        if (call_is_refused(sim, task)) {
            slice->calls_ns += sim->spec->costs.alloc_ns + block_settle(sim, task);
            return STEP_DONE;
        }
    }
    step = alloc_request_step(&sim->machine, request);
    if (begins)
        slice->calls_ns += sim->spec->costs.alloc_ns;
    if (request->entered_slow_path && !slow_before)
        slice->calls_ns += sim->spec->costs.slow_path_ns;
    slice->upper = request->entered_slow_path || sim->machine.vm.zone_reclaim_mode != 0;
    if (step == STEP_DONE) {
        uint64_t result_ns = time_add(sim->clock.now_ns, slice_cost_ns(sim, slice));

        replay_alloc_over(sim, task, request, task->begin_ns, result_ns - task->begin_ns);
        if (task->operation.record.op != TRACE_ALLOC_PAGES)
            request->page = page_with_address(&sim->machine, request->page, request->order);
        slice->calls_ns += block_settle(sim, task);
    }
    return step;
}

/* ---- the rest ---- */

static void sysctl_operation(struct simulation *sim, const struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    struct event_cause cause = slice_cause(sim);

    vm_sysctl_write(&sim->machine, record->sysctl, record->values);
    writeback_sysctl_written(&sim->reclaim, record->sysctl);
    if (sim->output.events)
        event_write_sysctl(&sim->writer, &cause, record->sysctl, record->values);
}

/* Operations that never wait. Returns the cost of the call. */
static uint64_t plain_operation(struct simulation *sim, struct run_task *task)
{
    unsigned cpu = task->task.cpu;

    switch ((enum trace_op)task->operation.record.op) {
    case TRACE_DRAIN_LOCAL_PAGES:
        drain_local_pages(&sim->machine, cpu);
        return 0;
    case TRACE_DRAIN_ALL_LOCAL_PAGES:
        drain_all_local_pages(&sim->machine, cpu);
        return 0;
    case TRACE_SYSCTL:
        sysctl_operation(sim, task);
        return sim->spec->costs.sysctl_ns;
    default:
        return block_operation(sim, task);
    }
}

enum step replay_step(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    enum trace_op op = (enum trace_op)task->operation.record.op;

    if (trace_op_allocates_pages(op))
        return alloc_step(sim, task, slice);
    if (trace_op_allocates(op))
        return kernel_call_step(sim, task, slice);
    slice->calls_ns += plain_operation(sim, task);
    return STEP_DONE;
}

void replay_skip(struct simulation *sim, const struct operation *operation)
{
    sim->stats.ops_of_dead_tasks++;
    if (operation->block == BLOCK_NONE)
        return;
    if (trace_op_allocates(operation->record.op))
        sim->objects.blocks.items[operation->block].state = BLOCK_DEAD;
    objects_put(&sim->objects, operation->block);
}
