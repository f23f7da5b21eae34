/* SPDX-License-Identifier: MIT */
/* Blocks of a run: a pool of plain records, reused through a spare list. */
#include "run/objects.h"

#include <string.h>

#include "base/check.h"

bool objects_init(struct objects *objects, size_t nr_spaces)
{
    *objects = (struct objects){
        .spare_block = BLOCK_NONE,
        .spare_pieces = BLOCK_NONE,
        .nr_spaces = nr_spaces,
    };
    objects->spaces = calloc(nr_spaces + 1, sizeof(*objects->spaces));
    return objects->spaces != NULL;
}

void objects_fini(struct objects *objects)
{
    if (!objects)
        return;
    for (size_t i = 0; objects->spaces && i < objects->nr_spaces; i++)
        hashmap_fini(&objects->spaces[i].blocks);
    free(objects->spaces);
    vec_fini(&objects->blocks);
    vec_fini(&objects->pieces);
    *objects = (struct objects){0};
}

uint32_t objects_new(struct objects *objects, uint32_t owner, unsigned order, unsigned flags,
                     enum block_kind kind)
{
    struct block block = {
        .page = PFN_NONE,
        .owner = owner,
        .refs = 1,
        .pieces = BLOCK_NONE,
        .order = (uint8_t)order,
        .state = BLOCK_PENDING,
        .flags = (uint8_t)flags,
        .kind = (uint8_t)kind,
    };
    uint32_t index = objects->spare_block;

    if (index != BLOCK_NONE) {
        objects->spare_block = objects->blocks.items[index].page.nr;
        objects->blocks.items[index] = block;
        return index;
    }
    if (objects->blocks.count == BLOCK_NONE || !vec_push(&objects->blocks, block))
        return BLOCK_NONE;
    return (uint32_t)objects->blocks.count - 1;
}

static void drop_pieces(struct objects *objects, struct block *block)
{
    if (block->pieces == BLOCK_NONE)
        return;
    objects->pieces.items[block->pieces].next_spare = objects->spare_pieces;
    objects->spare_pieces = block->pieces;
    block->pieces = BLOCK_NONE;
}

/* A block that nobody means and that holds no page is spare. */
static void reuse_if_done(struct objects *objects, uint32_t index)
{
    struct block *block = &objects->blocks.items[index];

    if (block->refs > 0 || block->state == BLOCK_HELD)
        return;
    drop_pieces(objects, block);
    block->state = BLOCK_FREED;
    block->page.nr = objects->spare_block;
    objects->spare_block = index;
}

void objects_put(struct objects *objects, uint32_t block)
{
    SIM_ASSERT(objects->blocks.items[block].refs > 0);
    objects->blocks.items[block].refs--;
    reuse_if_done(objects, block);
}

void objects_hold(struct objects *objects, uint32_t block, pfn_t page)
{
    struct block *held = &objects->blocks.items[block];

    SIM_ASSERT(held->state == BLOCK_PENDING && held->refs > 0);
    held->state = BLOCK_HELD;
    held->page = page;
    objects->blocks_live++;
    objects->pages_live += block_pages(held);
}

void objects_release(struct objects *objects, uint32_t block, uint64_t nr_pages, bool last,
                     enum block_state state)
{
    struct block *held = &objects->blocks.items[block];

    SIM_ASSERT(held->state == BLOCK_HELD && objects->pages_live >= nr_pages);
    objects->pages_live -= nr_pages;
    if (!last)
        return;
    objects->blocks_live--;
    held->state = (uint8_t)state;
    reuse_if_done(objects, block);
}

struct piece_map *objects_pieces(struct objects *objects, uint32_t block)
{
    struct block *in_pieces = &objects->blocks.items[block];
    struct piece_map empty = {.next_spare = BLOCK_NONE};
    uint32_t index = in_pieces->pieces;

    if (index != BLOCK_NONE)
        return &objects->pieces.items[index];
    index = objects->spare_pieces;
    if (index != BLOCK_NONE) {
        objects->spare_pieces = objects->pieces.items[index].next_spare;
        objects->pieces.items[index] = empty;
    } else {
        if (!vec_push(&objects->pieces, empty))
            return NULL;
        index = (uint32_t)objects->pieces.count - 1;
    }
    in_pieces->pieces = index;
    return &objects->pieces.items[index];
}

uint32_t piece_map_mark(struct piece_map *map, uint32_t first, uint32_t nr)
{
    uint32_t before = map->nr_back;

    for (uint32_t page = first; page < first + nr; page++) {
        if (piece_map_is_back(map, page))
            continue;
        map->back[page / 64] |= UINT64_C(1) << page % 64;
        map->nr_back++;
    }
    return map->nr_back - before;
}

enum id_meaning objects_find(const struct objects *objects, size_t space, uint64_t id,
                             uint32_t *ret_block)
{
    const struct id_space *ids = &objects->spaces[space];
    uint64_t block;

    if (hashmap_get(&ids->blocks, id, &block)) {
        *ret_block = (uint32_t)block;
        return ID_BLOCK;
    }
    return ids->any && id <= ids->highest_id ? ID_FREED : ID_UNKNOWN;
}

bool objects_name(struct objects *objects, size_t space, uint64_t id, uint32_t block)
{
    struct id_space *ids = &objects->spaces[space];

    if (!hashmap_put(&ids->blocks, id, block))
        return false;
    if (!ids->any || id > ids->highest_id)
        ids->highest_id = id;
    ids->any = true;
    return true;
}

void objects_unname(struct objects *objects, size_t space, uint64_t id)
{
    hashmap_remove(&objects->spaces[space].blocks, id, NULL);
}

bool objects_check(const struct objects *objects)
{
    uint64_t blocks = 0;
    uint64_t pages = 0;
    size_t idle = 0;
    size_t spare = 0;

    for (size_t i = 0; i < objects->blocks.count; i++) {
        const struct block *block = &objects->blocks.items[i];

        idle += block->refs == 0 && block->state != BLOCK_HELD;
        if (block->state != BLOCK_HELD)
            continue;
        blocks++;
        pages += block_pages(block);
        if (block->pieces != BLOCK_NONE && !(block->flags & BLOCK_COMPOUND))
            pages -= objects->pieces.items[block->pieces].nr_back;
    }
    for (uint32_t i = objects->spare_block; i != BLOCK_NONE && spare <= idle;
         i = objects->blocks.items[i].page.nr)
        spare++;
    return blocks == objects->blocks_live && pages == objects->pages_live && spare == idle;
}
