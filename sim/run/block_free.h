/* SPDX-License-Identifier: MIT */
/* Blocks that are there go back: whole, in pieces, to the allocator that they are of. */
#ifndef SIM_RUN_BLOCK_FREE_H
#define SIM_RUN_BLOCK_FREE_H

#include "run/simulation_state.h"

/*
 * Blocks are HELD, or, for pieces, still to come: those are kept in mind. Costs are those of the
 * calls, without the work that the machine counts itself.
 */

struct block_free {
    enum trace_op op;
    uint8_t claim; /* the order that the call says, or CLAIM_NONE: the block's own */
    unsigned cpu;
    enum block_state state; /* of the block when it is free */
};

/*
 * All that is left of the block, by the call; with references beside the first (block.gets) one of
 * them, and the pages that have none. A call that may not be made is reported and leaves
 * it HELD. Returns the cost.
 */
uint64_t block_free(struct simulation *sim, uint32_t index, const struct block_free *how);

/* Any free of a block that has references beside the first (block.gets). Returns the cost. */
uint64_t block_drop_get(struct simulation *sim, uint32_t index, unsigned cpu);

/*
 * `nr` pages from page `first` of the block on, which they are within; a block that is whole is
 * split. References beside the first are to the first page, which only loses one while it has any.
 * Returns the cost.
 */
uint64_t block_free_part(struct simulation *sim, uint32_t index, uint32_t first, uint32_t nr,
                         unsigned cpu);

/* split_page(); again, or of a single page, it does nothing. */
void block_split(struct simulation *sim, uint32_t index);

/*
 * Pages of the block are its owner's, when it is for user space, or (negative) not any more: part
 * of the address space, whose size the OOM killer looks at.
 */
static inline void block_note_user_pages(struct simulation *sim, const struct block *block,
                                         int64_t pages)
{
    if (block->flags & BLOCK_USER)
        simulation_task(sim, block->owner)->user.process.total_vm_pages += (uint64_t)pages;
}

/* As objects_release(), and noted. */
void block_release_pages(struct simulation *sim, uint32_t index, uint32_t nr_pages, bool last,
                         enum block_state state);

#endif
