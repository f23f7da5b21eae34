/* SPDX-License-Identifier: MIT */
/* Which ids of a trace are held, and which pieces of them are gone. */
#ifndef SIM_TRACE_HELD_BLOCKS_H
#define SIM_TRACE_HELD_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"

/*
 * The rules of ids in one place (trace/mmtr_format.h, at the end). `struct held_blocks held =
 * {0};` holds nothing. A block above TRACE_PART_ORDER_MAX counts no pages and has no pieces.
 *
 *   nr_blocks == entries of blocks
 *   nr_pages  == sum of the pages that are left of each
 */
struct held_blocks {
    struct hashmap blocks; /* id -> references beside the first, order, pages left */
    struct hashmap pieces; /* id, page -> gone; only of blocks that came back in part */
    uint64_t nr_blocks;
    uint64_t nr_pages;
};

enum held_result {
    HELD_OK,
    HELD_LAST_PIECE, /* held_blocks_free_part(): the block is gone now */
    HELD_UNKNOWN,    /* the id is not held */
    HELD_IN_USE,     /* the id is held already */
    HELD_BAD_PIECE,  /* outside the block, or the block is not whole any more */
    HELD_BAD_ORDER,  /* a free claims another order than the block's */
    HELD_BAD_GET,    /* more than TRACE_GETS_MAX references, or of what is not pages */
    HELD_NO_MEMORY,  /* nothing changed but for pieces of the same call */
};

void held_blocks_fini(struct held_blocks *held);

/* ids up to TRACE_ID_MAX. */
enum held_result held_blocks_alloc(struct held_blocks *held, uint64_t id, unsigned order);
/* Drops a reference; the id is held as long as one is left. */
enum held_result held_blocks_free(struct held_blocks *held, uint64_t id);
/* An object or area: no pages of its own. */
enum held_result held_blocks_alloc_other(struct held_blocks *held, uint64_t id);
/* get_page(): one reference more. */
enum held_result held_blocks_get(struct held_blocks *held, uint64_t id);
/*
 * The piece is 2^order pages at `part`; orders up to TRACE_PART_ORDER_MAX. References beside the
 * first are to the first page: a piece with that page drops one, the last takes the page. O(pages).
 */
enum held_result held_blocks_free_part(struct held_blocks *held, uint64_t id, unsigned order,
                                       uint32_t part);
/* HELD_OK: the id is held and whole, as split_page() needs it. */
enum held_result held_blocks_whole(const struct held_blocks *held, uint64_t id);

struct trace_record;
/* What the record does to the ids, whatever its op. */
enum held_result held_blocks_apply(struct held_blocks *held, const struct trace_record *record);

#endif
