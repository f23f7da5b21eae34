/* SPDX-License-Identifier: MIT */
/* Blocks that are there go back: whole, in pieces, to the allocator that they are of. */
#include "run/block_free.h"

static struct block *block_of(struct simulation *sim, uint32_t index)
{
    return &sim->objects.blocks.items[index];
}

void block_release_pages(struct simulation *sim, uint32_t index, uint32_t nr_pages, bool last,
                         enum block_state state)
{
    const struct block *block = block_of(sim, index);

    block_note_user_pages(sim, block, -(int64_t)nr_pages);
    if (last && block->flags & BLOCK_USER)
        simulation_task(sim, block->owner)->user_blocks--;
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
    block_release_pages(sim, index, 0, true, state);
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
    block_release_pages(sim, index, 0, true, state);
    return costs->vmalloc_ns + (sim->machine.vm_events[PGFREE] - freed) * costs->free_ns;
}

/* The one call that frees a block which is not split. False: pages are not back. */
static bool free_whole(struct simulation *sim, const struct block *block,
                       const struct block_free *how)
{
    struct machine *machine = &sim->machine;
    unsigned order = how->claim == CLAIM_NONE ? block->order : how->claim;

    switch (how->op) {
    case TRACE_FREE_HOT_PAGE:
        return free_hot_page(machine, block->page, how->cpu);
    case TRACE_FREE_COLD_PAGE:
        return free_cold_page(machine, block->page, how->cpu);
    case TRACE_PUT_PAGE:
    case TRACE_KFREE:
        return page_put(machine, block->page, how->cpu);
    default:
        return free_pages(machine, block->page, order, how->cpu);
    }
}

/* A free that says how large a split block is: its first page is one of order 0. */
static uint64_t free_split_claimed(struct simulation *sim, uint32_t index,
                                   const struct block_free *how)
{
    const struct piece_map *map = objects_pieces(&sim->objects, index);
    struct block *block = block_of(sim, index);
    uint32_t nr_new;

    if (!map) {
        sim->out_of_memory = true;
        return 0;
    }
    if (how->claim > 0 || piece_map_is_back(map, 0)) {
        free_pages(&sim->machine, block->page, how->claim, how->cpu);
        return sim->spec->costs.free_ns;
    }
    nr_new = free_pieces(sim, index, 0, 1, how->op, how->cpu);
    sim->stats.frees++;
    block_release_pages(sim, index, nr_new, map->nr_back == UINT32_C(1) << block->order,
                        how->state);
    return sim->spec->costs.free_ns;
}

uint64_t block_drop_get(struct simulation *sim, uint32_t index, unsigned cpu)
{
    struct block *block = block_of(sim, index);

    block->gets--;
    if (block->state == BLOCK_HELD)
        free_pages(&sim->machine, block->page, 0, cpu);
    return sim->spec->costs.free_ns;
}

/* A split block whose first page has more than one reference: that loses one, the others go. */
static uint64_t free_referenced(struct simulation *sim, uint32_t index,
                                const struct block_free *how)
{
    const struct block *block = block_of(sim, index);
    uint64_t cost_ns = block_drop_get(sim, index, how->cpu);
    uint32_t nr_new;

    if (!(block->flags & BLOCK_SPLIT))
        return cost_ns;
    nr_new = free_pieces(sim, index, 1, (UINT32_C(1) << block->order) - 1, how->op, how->cpu);
    block_release_pages(sim, index, nr_new, false, how->state);
    return cost_ns + nr_new * sim->spec->costs.free_ns;
}

uint64_t block_free(struct simulation *sim, uint32_t index, const struct block_free *how)
{
    const struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    uint32_t nr_calls = 1;

    if (block->kind == BLOCK_OBJECT)
        return free_object(sim, index, how->cpu, how->state);
    if (block->kind == BLOCK_AREA)
        return free_area(sim, index, how->cpu, how->state);
    if (block->gets > 0)
        return free_referenced(sim, index, how);
    if (block->flags & BLOCK_SPLIT && how->claim != CLAIM_NONE)
        return free_split_claimed(sim, index, how);
    if (block->flags & BLOCK_SPLIT)
        nr_calls = nr_pages = free_pieces(sim, index, 0, nr_pages, how->op, how->cpu);
    else if (!free_whole(sim, block, how))
        return sim->spec->costs.free_ns;
    sim->stats.frees++;
    block_release_pages(sim, index, nr_pages, true, how->state);
    return nr_calls * sim->spec->costs.free_ns;
}

void block_split(struct simulation *sim, uint32_t index)
{
    struct block *block = block_of(sim, index);

    if (block->flags & BLOCK_SPLIT || block->order == 0)
        return;
    if (split_page(&sim->machine, block->page, block->order))
        block->flags |= BLOCK_SPLIT;
}

/* Pages of a piece that are back already: each would be freed twice, the first is reported. */
static void tell_of_freed_page(struct simulation *sim, uint32_t index, const struct piece_map *map,
                               uint32_t first, uint32_t nr)
{
    const struct block *block = block_of(sim, index);
    uint32_t i = first;

    while (i < first + nr && !piece_map_is_back(map, i))
        i++;
    if (i < first + nr)
        machine_misuse(&sim->machine, MISUSE_PUT_PAGE_TESTZERO,
                       block->state == BLOCK_HELD ? (pfn_t){block->page.nr + i} : PFN_NONE, 0);
}

/* The first page of a piece is the block's and has references beside its first: it loses one. */
static uint64_t drop_get_of_piece(struct simulation *sim, uint32_t index, unsigned cpu)
{
    struct block *block = block_of(sim, index);

    if (block->state == BLOCK_HELD && !(block->flags & BLOCK_COMPOUND))
        block_split(sim, index);
    else if (!(block->flags & BLOCK_COMPOUND))
        block->flags |= BLOCK_WANTS_SPLIT;
    return block_drop_get(sim, index, cpu);
}

/*
 * A block that comes back in pieces.
 * DEVIATION: the captured kernel gave back whatever pieces it had made of the block; here
 * split_page() makes single pages of it, which come back one by one. A compound page cannot be
 * split and comes back as a whole with its last piece.
 */
static uint64_t free_piece(struct simulation *sim, uint32_t index, uint32_t first, uint32_t nr,
                           unsigned cpu)
{
    const struct block_free whole = {TRACE_FREE_PAGES, CLAIM_NONE, cpu, BLOCK_FREED};
    struct block *block = block_of(sim, index);
    uint32_t nr_pages = UINT32_C(1) << block->order;
    struct piece_map *map = objects_pieces(&sim->objects, index);
    uint32_t nr_new;

    if (!map) {
        sim->out_of_memory = true;
        return 0;
    }
    tell_of_freed_page(sim, index, map, first, nr);
    if (block->state == BLOCK_PENDING || block->flags & BLOCK_COMPOUND) {
        nr_new = piece_map_mark(map, first, nr);
        if (block->state == BLOCK_HELD && nr_new > 0 && map->nr_back == nr_pages)
            return block_free(sim, index, &whole);
        return sim->spec->costs.free_ns;
    }
    block_split(sim, index);
    nr_new = free_pieces(sim, index, first, nr, TRACE_FREE_HOT_PAGE, cpu);
    sim->stats.frees++;
    block_release_pages(sim, index, nr_new, map->nr_back == nr_pages, BLOCK_FREED);
    return nr_new * sim->spec->costs.free_ns;
}

uint64_t block_free_part(struct simulation *sim, uint32_t index, uint32_t first, uint32_t nr,
                         unsigned cpu)
{
    uint64_t cost_ns;

    if (first > 0 || block_of(sim, index)->gets == 0)
        return free_piece(sim, index, first, nr, cpu);
    cost_ns = drop_get_of_piece(sim, index, cpu);
    return nr > 1 ? cost_ns + free_piece(sim, index, 1, nr - 1, cpu) : cost_ns;
}
