/* SPDX-License-Identifier: MIT */
/* Operations on the machine, slice by slice. */
#include "run/replay.h"

#include "stats/event.h"

/* ---- costs ---- */

/* What the machine's work so far is worth; only differences mean anything. */
static uint64_t work_ns(const struct simulation *sim)
{
    const struct cost_spec *costs = &sim->spec->costs;
    const struct mm_work *work = &sim->machine.work;

    return work->zones_tried * costs->zone_try_ns + work->buddy_blocks * costs->buddy_block_ns +
           work->moved_pages * costs->move_page_ns + work->zeroed_pages * costs->zero_page_ns +
           work->drained_lists * costs->drain_list_ns;
}

struct event_cause replay_cause(const struct simulation *sim)
{
    struct event_cause cause = {.time_ns = sim->clock.now_ns};
    const struct run_task *task;

    if (sim->current == TASK_NONE)
        return cause;
    task = &sim->tasks.tasks.items[sim->current];
    cause.task = task->name;
    cause.cpu = task->task.cpu;
    cause.has_request = task->in_operation && trace_op_allocates(task->operation.record.op);
    cause.gfp = task->request.gfp;
    cause.order = task->request.order;
    return cause;
}

/* ---- giving back ---- */

static struct block *block_of(struct simulation *sim, uint32_t index)
{
    return &sim->objects.blocks.items[index];
}

static void free_page(struct simulation *sim, pfn_t page, enum trace_op op, unsigned cpu)
{
    if (op == TRACE_FREE_COLD_PAGE)
        free_cold_page(&sim->machine, page, cpu);
    else
        free_hot_page(&sim->machine, page, cpu);
}

/* The pages [first, first + nr) of a split block that are not back yet; returns their number. */
static uint32_t free_pieces(struct simulation *sim, uint32_t index, uint32_t first, uint32_t nr,
                            enum trace_op op, unsigned cpu)
{
    struct piece_map *map = objects_pieces(&sim->objects, index);
    const struct block *block = block_of(sim, index);

    if (!map) {
        sim->out_of_memory = true;
        return 0;
    }
    for (uint32_t i = first; i < first + nr; i++)
        if (!piece_map_is_back(map, i))
            free_page(sim, (pfn_t){block->page.nr + i}, op, cpu);
    return piece_map_mark(map, first, nr);
}

/* All that is left of a HELD block; its state is `state` then. Returns the cost but for the work.
 */
static uint64_t free_block(struct simulation *sim, uint32_t index, enum trace_op op, unsigned cpu,
                           enum block_state state)
{
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    uint32_t nr_calls = 1;

    if (block->flags & BLOCK_SPLIT)
        nr_calls = nr_pages = free_pieces(sim, index, 0, nr_pages, op, cpu);
    else if (block->order == 0)
        free_page(sim, block->page, op, cpu);
    else
        free_pages(&sim->machine, block->page, block->order, cpu);
    sim->stats.frees++;
    objects_release(&sim->objects, index, nr_pages, true, state);
    return nr_calls * sim->spec->costs.free_ns;
}

static void split_block(struct simulation *sim, struct block *block)
{
    if (block->flags & (BLOCK_SPLIT | BLOCK_COMPOUND) || block->order == 0)
        return;
    split_page(&sim->machine, block->page, block->order);
    block->flags |= BLOCK_SPLIT;
}

/*
 * A block that comes back in pieces.
 * DEVIATION: the captured kernel gave back whatever pieces it had made of the block; here
 * split_page() makes single pages of it, which come back one by one. A compound page cannot be
 * split and comes back as a whole with its last piece.
 */
static uint64_t free_part(struct simulation *sim, const struct run_task *task, uint32_t index,
                          uint32_t first, uint32_t nr)
{
    unsigned cpu = task->task.cpu;
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    struct piece_map *map = objects_pieces(&sim->objects, index);
    uint32_t nr_new;

    if (!map) {
        sim->out_of_memory = true;
        return 0;
    }
    if (block->state == BLOCK_PENDING || block->flags & BLOCK_COMPOUND) {
        nr_new = piece_map_mark(map, first, nr);
        if (block->state == BLOCK_HELD && nr_new > 0 && map->nr_back == nr_pages)
            return free_block(sim, index, TRACE_FREE_PAGES, cpu, BLOCK_FREED);
        return sim->spec->costs.free_ns;
    }
    split_block(sim, block);
    nr_new = free_pieces(sim, index, first, nr, TRACE_FREE_HOT_PAGE, cpu);
    sim->stats.frees++;
    objects_release(&sim->objects, index, nr_new, map->nr_back == nr_pages, BLOCK_FREED);
    return nr_new * sim->spec->costs.free_ns;
}

void replay_invalid_free(struct simulation *sim, const struct run_task *task, uint64_t id,
                         enum invalid_free reason)
{
    struct event_cause cause = {
        .time_ns = sim->clock.now_ns, .task = task->name, .cpu = task->task.cpu};

    switch (reason) {
    case INVALID_FREE_UNKNOWN:
        sim->stats.frees_unknown++;
        break;
    case INVALID_FREE_DOUBLE:
        sim->stats.frees_double++;
        break;
    case INVALID_FREE_FAILED:
    case NR_INVALID_FREES:
        sim->stats.frees_of_failed++;
        break;
    }
    if (sim->output.events)
        event_write_invalid_free(&sim->writer, &cause, id, reason);
}

static bool part_fits(const struct block *block, const struct trace_record *record)
{
    uint64_t end = record->part + (UINT64_C(1) << (record->order & 31));

    return record->order < MAX_ORDER && end <= UINT64_C(1) << block->order;
}

/* A free, a partial free or a split of a block that is there or still to come. */
static uint64_t use_block(struct simulation *sim, const struct run_task *task)
{
    const struct operation *operation = &task->operation;
    const struct trace_record *record = &operation->record;
    struct block *block = block_of(sim, operation->block);

    if (record->op == TRACE_FREE_PART) {
        if (part_fits(block, record))
            return free_part(sim, task, operation->block, record->part,
                             UINT32_C(1) << record->order);
        replay_invalid_free(sim, task, record->id, INVALID_FREE_UNKNOWN);
        return 0;
    }
    if (block->state == BLOCK_HELD && record->op == TRACE_SPLIT_PAGE) {
        split_block(sim, block);
        return 0;
    }
    if (block->state == BLOCK_HELD)
        return free_block(sim, operation->block, record->op, task->task.cpu, BLOCK_FREED);
    if (record->op == TRACE_SPLIT_PAGE) {
        block->flags |= BLOCK_WANTS_SPLIT;
    } else {
        block->flags |= BLOCK_WANTS_FREE;
        block->free_op = record->op;
    }
    return 0;
}

static uint64_t block_operation(struct simulation *sim, const struct run_task *task)
{
    uint32_t index = task->operation.block;
    uint64_t id = task->operation.record.id;
    uint64_t cost_ns = 0;

    if (index == BLOCK_NONE) {
        replay_invalid_free(sim, task, id, INVALID_FREE_FAILED);
        return 0;
    }
    switch ((enum block_state)block_of(sim, index)->state) {
    case BLOCK_PENDING:
    case BLOCK_HELD:
        cost_ns = use_block(sim, task);
        break;
    case BLOCK_FAILED:
        if (task->operation.record.op != TRACE_SPLIT_PAGE)
            replay_invalid_free(sim, task, id, INVALID_FREE_FAILED);
        break;
    case BLOCK_FREED:
        replay_invalid_free(sim, task, id, INVALID_FREE_DOUBLE);
        break;
    case BLOCK_DEAD:
        sim->stats.ops_of_dead_tasks++;
        break;
    }
    objects_put(&sim->objects, index);
    return cost_ns;
}

/* ---- allocating ---- */

unsigned replay_block_flags(const struct trace_record *record)
{
    unsigned flags = 0;

    if (record->gfp & GFP_BIT_HARDWALL)
        flags |= BLOCK_USER;
    if (record->gfp & GFP_BIT_COMP && record->order > 0)
        flags |= BLOCK_COMPOUND;
    return flags;
}

static void begin_alloc(struct simulation *sim, struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    uint32_t gfp = record->gfp;
    unsigned order = record->order;

    if (record->op == TRACE_GET_ZEROED_PAGE) {
        gfp |= GFP_BIT_ZERO;
        order = 0;
    } else if (record->op == TRACE_GET_DMA_PAGES) {
        gfp |= GFP_BIT_DMA;
    }
    alloc_request_init(&task->request, &sim->machine, &task->task, gfp, order, record->node);
    task->request.refusals = &sim->refusals[(size_t)task->task.id * sim->nr_refusals];
    task->request.max_refusals = sim->nr_refusals;
}

static void report_failure(struct simulation *sim, const struct run_task *task)
{
    struct run_stats *stats = &sim->stats;
    struct failure failure;

    stats->alloc_failures++;
    stats->failed_by_order[task->request.order < MAX_ORDER ? task->request.order : MAX_ORDER]++;
    failure_init(&failure, &sim->machine, &task->request, task->name);
    summary_add_failure(&sim->summary, &failure);
    if (sim->output.events)
        event_write_alloc_failure(&sim->writer, &sim->machine, &failure);
}

/* What was asked of the block while its allocation had no result. */
static uint64_t catch_up(struct simulation *sim, const struct run_task *task, uint32_t index)
{
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    uint64_t cost_ns = 0;

    if (block->pieces != BLOCK_NONE) {
        struct piece_map early = *objects_pieces(&sim->objects, index);

        *objects_pieces(&sim->objects, index) = (struct piece_map){.next_spare = BLOCK_NONE};
        for (uint32_t i = 0; i < nr_pages; i++)
            if (piece_map_is_back(&early, i))
                cost_ns += free_part(sim, task, index, i, 1);
    }
    if (block->flags & BLOCK_WANTS_SPLIT && block->state == BLOCK_HELD)
        split_block(sim, block);
    if (block->flags & BLOCK_WANTS_FREE && block->state == BLOCK_HELD)
        cost_ns += free_block(sim, index, block->free_op, task->task.cpu, BLOCK_FREED);
    return cost_ns;
}

/* Hands the block to its id or script. Returns the cost of what was waiting for it. */
static uint64_t settle_block(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = &task->operation;
    struct block *block = block_of(sim, operation->block);
    bool held = !pfn_is_none(task->request.page);
    uint64_t cost_ns = 0;

    if (held) {
        objects_hold(&sim->objects, operation->block, task->request.page);
        if (block->flags & (BLOCK_WANTS_SPLIT | BLOCK_WANTS_FREE) || block->pieces != BLOCK_NONE)
            cost_ns = catch_up(sim, task, operation->block);
    } else {
        block->state = BLOCK_FAILED;
        if (block->flags & BLOCK_WANTS_FREE)
            replay_invalid_free(sim, task, operation->record.id, INVALID_FREE_FAILED);
    }
    if (operation->scripted && held) {
        if (script_add_block(&task->script, operation->list, operation->block))
            return cost_ns;
        sim->out_of_memory = true;
    } else if (operation->scripted) {
        script_add_failure(&task->script, operation->list);
    }
    objects_put(&sim->objects, operation->block);
    return cost_ns;
}

static void account_result(struct simulation *sim, const struct run_task *task)
{
    struct run_stats *stats = &sim->stats;

    stats->allocs++;
    stats->slow_paths += task->request.entered_slow_path;
    if (pfn_is_none(task->request.page))
        report_failure(sim, task);
}

void replay_stall_over(struct simulation *sim, struct run_task *task)
{
    uint64_t now_ns = sim->clock.now_ns;
    struct event_cause cause;

    /* A run may end while the cost before the sleep still counts. */
    if (task->blocked_ns > now_ns)
        return;
    sim->stats.stalls[task->request.stall]++;
    sim->stats.stall_ns[task->request.stall] += now_ns - task->blocked_ns;
    if (!sim->output.events)
        return;
    sim->current = task->task.id;
    cause = replay_cause(sim);
    event_write_stall(&sim->writer, &cause, task->request.stall, task->blocked_ns, now_ns);
    sim->current = TASK_NONE;
}

static enum slice_end blocked_end(const struct simulation *sim, const struct run_task *task)
{
    if (sim->reclaim.blocked_on_cpu)
        return SLICE_WORKS;
    return task->request.stall == STALL_RESCHED ? SLICE_YIELDS : SLICE_SLEEPS;
}

static enum slice_end alloc_slice(struct simulation *sim, struct run_task *task,
                                  uint64_t *ret_cost_ns)
{
    bool begins = !task->request.blocked;
    bool slow_before = !begins && task->request.entered_slow_path;
    enum step step;

    if (begins)
        begin_alloc(sim, task);
    step = alloc_request_step(&sim->machine, &task->request);
    if (begins)
        *ret_cost_ns += sim->spec->costs.alloc_ns;
    if (task->request.entered_slow_path && !slow_before)
        *ret_cost_ns += sim->spec->costs.slow_path_ns;
    return step == STEP_DONE ? SLICE_DONE : blocked_end(sim, task);
}

/* ---- the rest ---- */

static void sysctl_operation(struct simulation *sim, const struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    struct event_cause cause = replay_cause(sim);

    vm_sysctl_write(&sim->machine, record->sysctl, record->values);
    if (sim->output.events)
        event_write_sysctl(&sim->writer, &cause, record->sysctl, record->values);
}

/* Operations that never block. Returns the cost but for the work. */
static uint64_t plain_operation(struct simulation *sim, const struct run_task *task)
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

enum slice_end replay_slice(struct simulation *sim, struct run_task *task, uint64_t *ret_cost_ns)
{
    uint64_t work_before_ns = work_ns(sim);
    uint64_t cost_ns = 0;
    enum slice_end end = SLICE_DONE;
    bool allocates = task->operation.record.op <= TRACE_GET_DMA_PAGES;

    sim->current = task->task.id;
    if (allocates)
        end = alloc_slice(sim, task, &cost_ns);
    else
        cost_ns = plain_operation(sim, task);
    cost_ns += work_ns(sim) - work_before_ns;
    if (allocates && end == SLICE_DONE) {
        uint64_t result_ns = time_add(sim->clock.now_ns, cost_ns > 0 ? cost_ns : 1);

        histogram_record(&sim->stats.alloc_latency_ns, result_ns - task->begin_ns);
        account_result(sim, task);
        work_before_ns = work_ns(sim);
        cost_ns += settle_block(sim, task);
        cost_ns += work_ns(sim) - work_before_ns;
    }
    sim->current = TASK_NONE;
    sim->stats.blocks_live = sim->objects.blocks_live;
    sim->stats.pages_live = sim->objects.pages_live;
    *ret_cost_ns = cost_ns > 0 ? cost_ns : 1;
    return end;
}

/* ---- the end of a task ---- */

void replay_skip(struct simulation *sim, const struct operation *operation)
{
    sim->stats.ops_of_dead_tasks++;
    if (operation->block == BLOCK_NONE)
        return;
    if (trace_op_allocates(operation->record.op))
        block_of(sim, operation->block)->state = BLOCK_DEAD;
    objects_put(&sim->objects, operation->block);
}

uint64_t replay_end_task(struct simulation *sim, struct run_task *task)
{
    uint64_t work_before_ns = work_ns(sim);
    uint64_t cost_ns = 0;
    const struct operation *operation;
    uint32_t block;

    sim->current = task->task.id;
    for (size_t i = 0; i < sim->objects.blocks.count; i++) {
        const struct block *held = block_of(sim, (uint32_t)i);

        if (held->state == BLOCK_HELD && held->owner == task->task.id && held->flags & BLOCK_USER)
            cost_ns += free_block(sim, (uint32_t)i, TRACE_FREE_PAGES, task->task.cpu, BLOCK_DEAD);
    }
    while (script_take_any(&task->script, &block))
        objects_put(&sim->objects, block);
    while ((operation = operation_fifo_pop(&task->pending)))
        replay_skip(sim, operation);
    task->has_script = false;
    task->state = RUN_TASK_DEAD;
    sim->current = TASK_NONE;
    sim->stats.blocks_live = sim->objects.blocks_live;
    sim->stats.pages_live = sim->objects.pages_live;
    return cost_ns + work_ns(sim) - work_before_ns;
}
