/* SPDX-License-Identifier: MIT */
/* Which ids of a trace are held, and which pieces of them are gone. */
#include "trace/held_blocks.h"

#include "base/check.h"
#include "trace/record.h"

/*
 * A block's entry: from above its references beside the first, the order, the pages that are left.
 * What is not pages has order NOT_PAGES and none left.
 */
enum { LEFT_BITS = 32, ORDER_BITS = 8, NOT_PAGES = TRACE_ORDER_MAX + 1 };

static const uint64_t one_get = UINT64_C(1) << (LEFT_BITS + ORDER_BITS);

static uint64_t pages_of(unsigned order)
{
    return order <= TRACE_PART_ORDER_MAX ? UINT64_C(1) << order : 0;
}

static uint64_t entry_of(unsigned order, uint64_t left)
{
    return (uint64_t)order << LEFT_BITS | left;
}

static unsigned entry_order(uint64_t entry)
{
    return (unsigned)(entry >> LEFT_BITS) & ((1u << ORDER_BITS) - 1);
}

static uint64_t entry_gets(uint64_t entry)
{
    return entry / one_get;
}

static uint64_t entry_left(uint64_t entry)
{
    return entry & ((UINT64_C(1) << LEFT_BITS) - 1);
}

static uint64_t piece_key(uint64_t id, uint64_t page)
{
    return id << TRACE_PART_ORDER_MAX | page;
}

void held_blocks_fini(struct held_blocks *held)
{
    hashmap_fini(&held->blocks);
    hashmap_fini(&held->pieces);
    *held = (struct held_blocks){0};
}

static enum held_result hold(struct held_blocks *held, uint64_t id, unsigned order)
{
    uint64_t entry;

    SIM_ASSERT(id <= TRACE_ID_MAX);
    if (hashmap_get(&held->blocks, id, &entry))
        return HELD_IN_USE;
    if (!hashmap_put(&held->blocks, id, entry_of(order, pages_of(order))))
        return HELD_NO_MEMORY;
    held->nr_blocks++;
    held->nr_pages += pages_of(order);
    return HELD_OK;
}

enum held_result held_blocks_alloc(struct held_blocks *held, uint64_t id, unsigned order)
{
    SIM_ASSERT(order <= TRACE_ORDER_MAX);
    return hold(held, id, order);
}

enum held_result held_blocks_alloc_other(struct held_blocks *held, uint64_t id)
{
    return hold(held, id, NOT_PAGES);
}

enum held_result held_blocks_get(struct held_blocks *held, uint64_t id)
{
    enum held_result whole = held_blocks_whole(held, id);
    uint64_t entry;

    if (whole != HELD_OK)
        return whole;
    hashmap_get(&held->blocks, id, &entry);
    if (entry_gets(entry) == TRACE_GETS_MAX || entry_order(entry) == NOT_PAGES)
        return HELD_BAD_GET;
    /* the key is there: overwriting allocates nothing */
    hashmap_put(&held->blocks, id, entry + one_get);
    return HELD_OK;
}

enum held_result held_blocks_whole(const struct held_blocks *held, uint64_t id)
{
    uint64_t entry;

    if (!hashmap_get(&held->blocks, id, &entry))
        return HELD_UNKNOWN;
    return entry_left(entry) == pages_of(entry_order(entry)) ? HELD_OK : HELD_BAD_PIECE;
}

enum held_result held_blocks_free(struct held_blocks *held, uint64_t id)
{
    enum held_result whole = held_blocks_whole(held, id);
    uint64_t entry;

    if (whole != HELD_OK)
        return whole;
    hashmap_get(&held->blocks, id, &entry);
    if (entry_gets(entry) > 0) {
        hashmap_put(&held->blocks, id, entry - one_get);
        return HELD_OK;
    }
    hashmap_remove(&held->blocks, id, NULL);
    held->nr_blocks--;
    held->nr_pages -= entry_left(entry);
    return HELD_OK;
}

/* The pieces [first, first + nr) of a block, none of which is gone, are; not all that are left. */
static bool lose_pieces(struct held_blocks *held, uint64_t id, uint64_t first, uint64_t nr)
{
    for (uint64_t page = first; page < first + nr; page++) {
        if (!hashmap_put(&held->pieces, piece_key(id, page), 1))
            return false;
    }
    return true;
}

/* All pieces that are left go, and with them the block. */
static void lose_block(struct held_blocks *held, uint64_t id, uint64_t entry)
{
    for (uint64_t page = 0; page < pages_of(entry_order(entry)); page++)
        hashmap_remove(&held->pieces, piece_key(id, page), NULL);
    hashmap_remove(&held->blocks, id, NULL);
    held->nr_blocks--;
    held->nr_pages -= entry_left(entry);
}

enum held_result held_blocks_free_part(struct held_blocks *held, uint64_t id, unsigned order,
                                       uint32_t part)
{
    uint64_t entry, gone, pages = UINT64_C(1) << order, first = part;

    SIM_ASSERT(order <= TRACE_PART_ORDER_MAX);
    if (!hashmap_get(&held->blocks, id, &entry))
        return HELD_UNKNOWN;
    if (first + pages > pages_of(entry_order(entry)) || pages > entry_left(entry))
        return HELD_BAD_PIECE;
    for (uint64_t page = first; page < first + pages; page++) {
        if (hashmap_get(&held->pieces, piece_key(id, page), &gone))
            return HELD_BAD_PIECE;
    }
    if (first == 0 && entry_gets(entry) > 0) {
        entry -= one_get;
        first++;
        pages--;
    }
    if (entry_left(entry) == pages) {
        lose_block(held, id, entry);
        return HELD_LAST_PIECE;
    }
    if (!lose_pieces(held, id, first, pages))
        return HELD_NO_MEMORY;
    /* the key is there: overwriting allocates nothing */
    hashmap_put(&held->blocks, id, entry - pages);
    held->nr_pages -= pages;
    return HELD_OK;
}

static enum held_result free_claimed(struct held_blocks *held, const struct trace_record *record)
{
    uint64_t entry;

    if (record->flags & TRACE_CLAIMS_ORDER && hashmap_get(&held->blocks, record->id, &entry) &&
        entry_order(entry) != record->order)
        return HELD_BAD_ORDER;
    return held_blocks_free(held, record->id);
}

enum held_result held_blocks_apply(struct held_blocks *held, const struct trace_record *record)
{
    enum trace_op op = (enum trace_op)record->op;

    if (trace_op_allocates_pages(op))
        return held_blocks_alloc(held, record->id, record->order);
    if (trace_op_allocates(op))
        return held_blocks_alloc_other(held, record->id);
    if (trace_op_drops(op))
        return free_claimed(held, record);
    switch (op) {
    case TRACE_FREE_PART:
        return held_blocks_free_part(held, record->id, record->order, record->part);
    case TRACE_SPLIT_PAGE:
        return held_blocks_whole(held, record->id);
    case TRACE_GET_PAGE:
        return held_blocks_get(held, record->id);
    default:
        return HELD_OK;
    }
}
