/* SPDX-License-Identifier: MIT */
/* Blocks of the page API in action: held, split, given back whole or in pieces, early or late. */
#ifndef SIM_RUN_BLOCKS_H
#define SIM_RUN_BLOCKS_H

#include "run/simulation_state.h"

/* All return the cost of the calls made, without the work that the machine counts itself. */

/* A free, a split or a reference, as the task's operation says; the block may be anything. */
uint64_t block_operation(struct simulation *sim, struct run_task *task);

/*
 * The task's allocation is over: hands the block to its id or script and does what was asked of it
 * meanwhile.
 */
uint64_t block_settle(struct simulation *sim, struct run_task *task);

/* The task's user blocks go back, as its address space does. */
uint64_t blocks_free_of_task(struct simulation *sim, struct run_task *task);

/* What is known of a block before it is there: BLOCK_USER, BLOCK_COMPOUND. */
unsigned block_flags(const struct trace_record *record);
enum block_kind block_kind(enum trace_op op);

/* A free that cannot be; counted and reported. */
void block_invalid_free(struct simulation *sim, const struct run_task *task, uint64_t id,
                        enum invalid_free reason);

#endif
