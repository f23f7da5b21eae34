/* SPDX-License-Identifier: MIT */
/* What happens to blocks after their allocation. */
#include "run/blocks.h"

#include "base/units.h"
#include "run/block_free.h"
#include "stats/event.h"

unsigned block_flags(const struct trace_record *record)
{
    unsigned flags = 0;

    if (!trace_op_allocates_pages(record->op))
        return 0;
    if (record->gfp & GFP_BIT_HARDWALL)
        flags |= BLOCK_USER;
    if (record->gfp & GFP_BIT_COMP && record->order > 0)
        flags |= BLOCK_COMPOUND;
    return flags;
}

enum block_kind block_kind(enum trace_op op)
{
    if (trace_op_for_areas(op))
        return BLOCK_AREA;
    return trace_op_allocates_pages(op) ? BLOCK_PAGES : BLOCK_OBJECT;
}

static struct block *block_of(struct simulation *sim, uint32_t index)
{
    return &sim->objects.blocks.items[index];
}

void block_invalid_free(struct simulation *sim, const struct run_task *task, uint64_t id,
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

static bool gives_back(enum trace_op op)
{
    return trace_op_drops(op) || op == TRACE_FREE_PART;
}

static bool part_fits(const struct block *block, const struct trace_record *record)
{
    uint64_t end = record->part + (UINT64_C(1) << (record->order & 31));

    return record->order < MAX_ORDER && end <= UINT64_C(1) << block->order;
}

/*
 * Whether the call is one for what the block is. kfree() puts any page that is no slab's: right for
 * compound and single pages. Kernel: mm/slub.c kfree() [2.6.24]
 * DEVIATION: the pages of a large kmalloc() are an object, which page calls do not take.
 */
static bool op_fits(const struct block *block, enum trace_op op)
{
    bool to_slab = op == TRACE_KFREE || op == TRACE_KMEM_CACHE_FREE;

    if (block->kind == BLOCK_AREA || op == TRACE_VFREE)
        return block->kind == BLOCK_AREA && op == TRACE_VFREE;
    if (block->kind == BLOCK_OBJECT)
        return to_slab && (op == TRACE_KFREE || block->state != BLOCK_HELD ||
                           block->object_index < SLAB_OBJECTS_MAX);
    if (op == TRACE_KFREE)
        return block->order == 0 || block->flags & BLOCK_COMPOUND;
    return !to_slab;
}

/* Where an object of a slab lies in its page; ZERO_SIZE_PTR is no page's address either. */
static uint64_t offset_in_page(const struct simulation *sim, const struct block *block)
{
    const struct frame *frames = sim->machine.frame_table.frames;

    if (block->object_index == SLAB_PAGES)
        return 0;
    if (block->object_index == SLAB_ZERO_SIZE)
        return 1;
    return (uint64_t)block->object_index *
           sim->slub.caches.items[frames[block->page.nr].prev]->layout.size % PAGE_SIZE;
}

/* No area begins where pages or objects are; what is still to come is taken for pages. */
static enum mm_misuse vfree_of_other(const struct simulation *sim, const struct block *block)
{
    bool is_object = block->kind == BLOCK_OBJECT && block->state == BLOCK_HELD;

    return is_object && offset_in_page(sim, block) ? MISUSE_VFREE_ADDRESS : MISUSE_VFREE_AREA;
}

/* What the kernel's checks would say to a call that does not fit. */
static void refuse_op(struct simulation *sim, const struct block *block, enum trace_op op)
{
    bool has_page = block->state == BLOCK_HELD && block->kind != BLOCK_AREA;
    pfn_t page = has_page ? block->page : PFN_NONE;
    enum mm_misuse misuse = MISUSE_FREE_PAGES_CHECK;

    if (op == TRACE_VFREE)
        misuse = vfree_of_other(sim, block);
    else if (block->kind == BLOCK_PAGES || op == TRACE_KMEM_CACHE_FREE || op == TRACE_KFREE)
        misuse = MISUSE_SLAB_OUTSIDE;
    else if (block->kind == BLOCK_AREA)
        misuse = MISUSE_VIRT_ADDR_VALID;
    else if (op == TRACE_SPLIT_PAGE)
        misuse = MISUSE_SPLIT_PAGE;
    machine_misuse(&sim->machine, misuse, page, block->order);
}

/* ---- references beside the first ---- */

/* get_page(); a script lists the block once more. */
static void take_get(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = &task->operation;
    struct block *block = block_of(sim, operation->block);

    if (block->pieces != BLOCK_NONE &&
        piece_map_is_back(objects_pieces(&sim->objects, operation->block), 0)) {
        machine_misuse(&sim->machine, MISUSE_GET_PAGE,
                       block->state == BLOCK_HELD ? block->page : PFN_NONE, 0);
        return;
    }
    if (block->gets == TRACE_GETS_MAX) {
        simulation_bad_step(sim, task, ERR_TOO_MANY, "a block can have %u references",
                            (unsigned)TRACE_GETS_MAX + 1);
        return;
    }
    if (block->state == BLOCK_HELD && !page_get(&sim->machine, block->page))
        return;
    block->gets++;
    if (!operation->scripted)
        return;
    block->refs++;
    if (!script_add_block(&task->script, operation->list, operation->block))
        sim->out_of_memory = true;
}

/* ---- calls on a block that is there or still to come ---- */

/* A script's list has a block once for each reference, but a step frees a part of it once: when it
 * comes to the last of them. */
static bool part_is_due(struct block *block, const struct operation *operation)
{
    if (!operation->scripted)
        return true;
    if (block->parts_named++ < block->gets)
        return false;
    block->parts_named = 0;
    return true;
}

static uint64_t use_part(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = &task->operation;
    const struct trace_record *record = &operation->record;
    struct block *block = block_of(sim, operation->block);
    unsigned gets_before = block->gets;
    uint64_t cost_ns;

    if (!part_fits(block, record)) {
        block_invalid_free(sim, task, record->id, INVALID_FREE_UNKNOWN);
        return 0;
    }
    if (!part_is_due(block, operation))
        return 0;
    cost_ns = block_free_part(sim, operation->block, record->part, UINT32_C(1) << record->order,
                              task->task.cpu);
    block = block_of(sim, operation->block);
    if (operation->scripted && (block->state == BLOCK_FREED || block->gets < gets_before)) {
        script_forget_used(&task->script, operation->list);
        objects_put(&sim->objects, operation->block);
    }
    return cost_ns;
}

static uint8_t claim_of(const struct trace_record *record)
{
    return record->flags & TRACE_CLAIMS_ORDER ? record->order : CLAIM_NONE;
}

/* A free of a whole block, which has one reference. */
static uint64_t use_free(struct simulation *sim, const struct run_task *task)
{
    const struct trace_record *record = &task->operation.record;
    const struct block_free how = {(enum trace_op)record->op, claim_of(record), task->task.cpu,
                                   BLOCK_FREED};
    struct block *block = block_of(sim, task->operation.block);

    if (block->state == BLOCK_HELD)
        return block_free(sim, task->operation.block, &how);
    if (block->flags & BLOCK_CAPTURED && record->flags & TRACE_ORIGIN_RECLAIM) {
        block->flags |= BLOCK_WANTS_DROP;
        return 0;
    }
    block->flags |= BLOCK_WANTS_FREE;
    block->free_op = record->op;
    block->free_claim = how.claim;
    return 0;
}

static uint64_t use_block(struct simulation *sim, struct run_task *task)
{
    uint32_t index = task->operation.block;
    enum trace_op op = (enum trace_op)task->operation.record.op;
    struct block *block = block_of(sim, index);

    if (!op_fits(block, op)) {
        refuse_op(sim, block, op);
        return 0;
    }
    switch (op) {
    case TRACE_FREE_PART:
        return use_part(sim, task);
    case TRACE_SPLIT_PAGE:
        if (block->state == BLOCK_HELD)
            block_split(sim, index);
        else
            block->flags |= BLOCK_WANTS_SPLIT;
        return 0;
    case TRACE_GET_PAGE:
        take_get(sim, task);
        return 0;
    default:
        return block->gets > 0 ? block_drop_get(sim, index, task->task.cpu) : use_free(sim, task);
    }
}

/* A free of a page that is the internal file's. */
static uint64_t free_cached(struct simulation *sim, const struct run_task *task,
                            const struct block *block)
{
    if (!gives_back((enum trace_op)task->operation.record.op))
        return 0;
    if (task->operation.record.flags & TRACE_ORIGIN_RECLAIM) {
        if (!captured_drop(sim, block->page.nr))
            sim->out_of_memory = true;
        return 0;
    }
    return captured_free(sim, task, block->page.nr) ? sim->spec->costs.free_ns : 0;
}

/* What a kernel makes of a call on what is free. The page may be another's by now. */
static void use_freed(struct simulation *sim, const struct run_task *task,
                      const struct block *block)
{
    const struct trace_record *record = &task->operation.record;
    pfn_t page = block && block->kind == BLOCK_PAGES ? block->page : PFN_NONE;
    enum mm_misuse check = MISUSE_PUT_PAGE_TESTZERO;

    if (record->op == TRACE_GET_PAGE)
        check = MISUSE_GET_PAGE;
    else if (record->op == TRACE_SPLIT_PAGE)
        check = MISUSE_SPLIT_PAGE;
    else if (record->op == TRACE_VFREE)
        check = MISUSE_VFREE_AREA;
    else if (record->op == TRACE_KFREE || record->op == TRACE_KMEM_CACHE_FREE)
        check = MISUSE_SLAB_FREE_TWICE;
    else if (!pfn_is_none(page) && page_is_used(&sim->machine, page))
        check = MISUSE_FOREIGN_PAGES;
    machine_misuse(&sim->machine, check, page, record->order);
    if (gives_back((enum trace_op)record->op))
        block_invalid_free(sim, task, record->id, INVALID_FREE_DOUBLE);
}

static void use_nothing(struct simulation *sim, const struct run_task *task)
{
    if (task->operation.again)
        use_freed(sim, task, NULL);
    else
        block_invalid_free(sim, task, task->operation.record.id, INVALID_FREE_FAILED);
}

uint64_t block_operation(struct simulation *sim, struct run_task *task)
{
    uint32_t index = task->operation.block;
    uint64_t id = task->operation.record.id;
    uint64_t cost_ns = 0;

    if (index == BLOCK_NONE) {
        use_nothing(sim, task);
        return 0;
    }
    switch ((enum block_state)block_of(sim, index)->state) {
    case BLOCK_PENDING:
    case BLOCK_HELD:
        cost_ns = use_block(sim, task);
        break;
    case BLOCK_CACHED:
        cost_ns = free_cached(sim, task, block_of(sim, index));
        break;
    case BLOCK_FAILED:
        if (gives_back((enum trace_op)task->operation.record.op))
            block_invalid_free(sim, task, id, INVALID_FREE_FAILED);
        break;
    case BLOCK_FREED:
        use_freed(sim, task, block_of(sim, index));
        break;
    case BLOCK_DEAD:
        sim->stats.ops_of_dead_tasks++;
        break;
    }
    objects_put(&sim->objects, index);
    return cost_ns;
}

/* What was asked of the block while its allocation had no result. */
static uint64_t catch_up(struct simulation *sim, const struct run_task *task, uint32_t index)
{
    struct block_free how = {.cpu = task->task.cpu, .state = BLOCK_FREED};
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    uint64_t cost_ns = 0;

    if (block->pieces != BLOCK_NONE) {
        struct piece_map early = *objects_pieces(&sim->objects, index);

        *objects_pieces(&sim->objects, index) = (struct piece_map){.next_spare = BLOCK_NONE};
        for (uint32_t i = 0; i < nr_pages; i++)
            if (piece_map_is_back(&early, i))
                cost_ns += block_free_part(sim, index, i, 1, task->task.cpu);
    }
    if (block->flags & BLOCK_WANTS_SPLIT && block->state == BLOCK_HELD)
        block_split(sim, index);
    if (block->flags & BLOCK_WANTS_FREE && block->state == BLOCK_HELD) {
        how.op = block->free_op;
        how.claim = block->free_claim;
        cost_ns += block_free(sim, index, &how);
    }
    return cost_ns;
}

/* The page becomes the internal file's, under whose index the block goes from now on. */
static void hand_to_cache(struct simulation *sim, const struct run_task *task, uint32_t index)
{
    struct block *block = block_of(sim, index);
    uint32_t cache_index;

    if (!captured_add(sim, task, block->page, &cache_index)) {
        sim->out_of_memory = true;
        return;
    }
    block_release_pages(sim, index, 1, true, BLOCK_CACHED);
    block->page.nr = cache_index;
    if (block->flags & BLOCK_WANTS_DROP && !captured_drop(sim, cache_index))
        sim->out_of_memory = true;
}

/* A block that is there. Returns the cost of what was waiting for it. */
static uint64_t hold_block(struct simulation *sim, const struct run_task *task,
                           const struct kernel_call_result *result)
{
    uint32_t index = task->operation.block;
    struct block *block = block_of(sim, index);

    objects_hold(&sim->objects, index, result->page);
    if (block->kind == BLOCK_OBJECT)
        block->object_index = result->index;
    block_note_user_pages(sim, block, (int64_t)block_pages(block));
    if (block->flags & BLOCK_USER)
        simulation_task(sim, block->owner)->user_blocks++;
    for (unsigned i = 0; i < block->gets; i++)
        page_get(&sim->machine, block->page);
    if (block->flags & (BLOCK_WANTS_SPLIT | BLOCK_WANTS_FREE) || block->pieces != BLOCK_NONE)
        return catch_up(sim, task, index);
    if (SIM_UNLIKELY(block->flags & BLOCK_CAPTURED) && block->kind == BLOCK_PAGES)
        hand_to_cache(sim, task, index);
    return 0;
}

uint64_t block_settle(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = &task->operation;
    struct block *block = block_of(sim, operation->block);
    struct kernel_call_result result = kernel_call_result(task);
    bool held = result.ok;
    uint64_t cost_ns = 0;

    if (held) {
        cost_ns = hold_block(sim, task, &result);
    } else {
        block->state = BLOCK_FAILED;
        if (block->flags & BLOCK_WANTS_FREE)
            block_invalid_free(sim, task, operation->record.id, INVALID_FREE_FAILED);
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

/* ---- the end of a task ---- */

uint64_t blocks_free_of_task(struct simulation *sim, struct run_task *task)
{
    const struct block_free how = {TRACE_FREE_PAGES, CLAIM_NONE, task->task.cpu, BLOCK_DEAD};
    uint64_t cost_ns = 0;

    for (size_t i = 0; i < sim->objects.blocks.count && task->user_blocks > 0; i++) {
        const struct block *held = block_of(sim, (uint32_t)i);

        if (held->state == BLOCK_HELD && held->owner == task->task.id && held->flags & BLOCK_USER)
            cost_ns += block_free(sim, (uint32_t)i, &how);
    }
    return cost_ns;
}
