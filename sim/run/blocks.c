/* SPDX-License-Identifier: MIT */
/* What happens to blocks after their allocation. */
#include "run/blocks.h"

#include "base/units.h"
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
    if (op == TRACE_VMALLOC || op == TRACE_VMALLOC_32)
        return BLOCK_AREA;
    return trace_op_allocates_pages(op) ? BLOCK_PAGES : BLOCK_OBJECT;
}

static struct block *block_of(struct simulation *sim, uint32_t index)
{
    return &sim->objects.blocks.items[index];
}

/* A user block is part of its owner's address space, whose size the OOM killer looks at. */
static void note_user_pages(struct simulation *sim, const struct block *block, int64_t pages)
{
    struct run_task *owner = simulation_task(sim, block->owner);

    if (!(block->flags & BLOCK_USER))
        return;
    owner->user.process.total_vm_pages += (uint64_t)pages;
}

/* ---- giving back ---- */

static void release_pages_of(struct simulation *sim, uint32_t index, uint32_t nr_pages, bool last,
                             enum block_state state)
{
    note_user_pages(sim, block_of(sim, index), -(int64_t)nr_pages);
    objects_release(&sim->objects, index, nr_pages, last, state);
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

/* An object goes back; ids say who holds what, so nothing can be wrong with it. */
static uint64_t free_object(struct simulation *sim, uint32_t index, unsigned cpu,
                            enum block_state state)
{
    const struct block *block = block_of(sim, index);
    struct slab_object object = {block->page, block->object_index};
    uint64_t freed = sim->machine.vm_events[PGFREE];
    enum slab_misuse misuse = kfree(&sim->slub, object, cpu);

    SIM_ASSERT(misuse == SLAB_FREE_OK);
    (void)misuse;
    sim->stats.frees++;
    release_pages_of(sim, index, 0, true, state);
    return sim->spec->costs.kfree_ns +
           (sim->machine.vm_events[PGFREE] != freed ? sim->spec->costs.free_ns : 0);
}

/* An area of vmalloc() goes back, likewise. */
static uint64_t free_area(struct simulation *sim, uint32_t index, unsigned cpu,
                          enum block_state state)
{
    const struct cost_spec *costs = &sim->spec->costs;
    uint64_t addr = vmlist_area(&sim->vmalloc.list, block_of(sim, index)->page.nr)->addr;
    uint64_t freed = sim->machine.vm_events[PGFREE];
    enum vfree_misuse misuse = vfree(&sim->vmalloc, &sim->slub, addr, cpu);

    SIM_ASSERT(misuse == VFREE_OK);
    (void)misuse;
    sim->stats.frees++;
    release_pages_of(sim, index, 0, true, state);
    return costs->vmalloc_ns + (sim->machine.vm_events[PGFREE] - freed) * costs->free_ns;
}

/* All that is left of a HELD block; its state is `state` then. Returns the cost but for the work.
 */
static uint64_t free_block(struct simulation *sim, uint32_t index, enum trace_op op, unsigned cpu,
                           enum block_state state)
{
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    uint32_t nr_calls = 1;

    if (block->kind == BLOCK_OBJECT)
        return free_object(sim, index, cpu, state);
    if (block->kind == BLOCK_AREA)
        return free_area(sim, index, cpu, state);
    if (block->flags & BLOCK_SPLIT)
        nr_calls = nr_pages = free_pieces(sim, index, 0, nr_pages, op, cpu);
    else if (block->order == 0)
        free_page(sim, block->page, op, cpu);
    else
        free_pages(&sim->machine, block->page, block->order, cpu);
    sim->stats.frees++;
    release_pages_of(sim, index, nr_pages, true, state);
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
    release_pages_of(sim, index, nr_new, map->nr_back == nr_pages, BLOCK_FREED);
    return nr_new * sim->spec->costs.free_ns;
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

static bool part_fits(const struct block *block, const struct trace_record *record)
{
    uint64_t end = record->part + (UINT64_C(1) << (record->order & 31));

    return record->order < MAX_ORDER && end <= UINT64_C(1) << block->order;
}

/*
 * Whether the call is one for what the block is. kfree() puts any page that is no slab's: right for
 * compound and single pages. Kernel: mm/slub.c kfree() [2.6.24]
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

/* A free, a partial free or a split of a block that is there or still to come. */
static uint64_t use_block(struct simulation *sim, const struct run_task *task)
{
    const struct operation *operation = &task->operation;
    const struct trace_record *record = &operation->record;
    struct block *block = block_of(sim, operation->block);

    if (!op_fits(block, (enum trace_op)record->op)) {
        refuse_op(sim, block, (enum trace_op)record->op);
        return 0;
    }
    if (record->op == TRACE_FREE_PART) {
        if (part_fits(block, record))
            return free_part(sim, task, operation->block, record->part,
                             UINT32_C(1) << record->order);
        block_invalid_free(sim, task, record->id, INVALID_FREE_UNKNOWN);
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
    } else if (block->flags & BLOCK_CAPTURED && record->flags & TRACE_ORIGIN_RECLAIM) {
        block->flags |= BLOCK_WANTS_DROP;
    } else {
        block->flags |= BLOCK_WANTS_FREE;
        block->free_op = record->op;
    }
    return 0;
}

/* A free of a page that is the internal file's. */
static uint64_t free_cached(struct simulation *sim, const struct run_task *task,
                            const struct block *block)
{
    if (task->operation.record.op == TRACE_SPLIT_PAGE)
        return 0;
    if (task->operation.record.flags & TRACE_ORIGIN_RECLAIM) {
        if (!captured_drop(sim, block->page.nr))
            sim->out_of_memory = true;
        return 0;
    }
    return captured_free(sim, task, block->page.nr) ? sim->spec->costs.free_ns : 0;
}

uint64_t block_operation(struct simulation *sim, const struct run_task *task)
{
    uint32_t index = task->operation.block;
    uint64_t id = task->operation.record.id;
    uint64_t cost_ns = 0;

    if (index == BLOCK_NONE) {
        block_invalid_free(sim, task, id, INVALID_FREE_FAILED);
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
        if (task->operation.record.op != TRACE_SPLIT_PAGE)
            block_invalid_free(sim, task, id, INVALID_FREE_FAILED);
        break;
    case BLOCK_FREED:
        block_invalid_free(sim, task, id, INVALID_FREE_DOUBLE);
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

/* The page becomes the internal file's, under whose index the block goes from now on. */
static void hand_to_cache(struct simulation *sim, const struct run_task *task, uint32_t index)
{
    struct block *block = block_of(sim, index);
    uint32_t cache_index;

    if (!captured_add(sim, task, block->page, &cache_index)) {
        sim->out_of_memory = true;
        return;
    }
    release_pages_of(sim, index, 1, true, BLOCK_CACHED);
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
    note_user_pages(sim, block, (int64_t)block_pages(block));
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
    uint64_t cost_ns = 0;

    for (size_t i = 0; i < sim->objects.blocks.count; i++) {
        const struct block *held = block_of(sim, (uint32_t)i);

        if (held->state == BLOCK_HELD && held->owner == task->task.id && held->flags & BLOCK_USER)
            cost_ns += free_block(sim, (uint32_t)i, TRACE_FREE_PAGES, task->task.cpu, BLOCK_DEAD);
    }
    return cost_ns;
}
