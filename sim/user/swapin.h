/* SPDX-License-Identifier: MIT */
/* Reading a page back from swap, with its neighbours. */
#ifndef SIM_USER_SWAPIN_H
#define SIM_USER_SWAPIN_H

#include "mm/page_alloc.h"
#include "reclaim/swap.h"

struct user_memory;
struct user_task;

/* Begun with swapin_begin(), then stepped until STEP_DONE. Plain data. */
struct swapin {
    uint8_t state;
    bool major;       /* result: it was not in the swap cache */
    swap_entry entry; /* wanted */
    swap_entry at;    /* the slot at hand: of the readahead, or the one wanted */
    uint32_t left;    /* slots of the readahead from it on */
    pfn_t page;       /* result: in the swap cache, unlocked, with a reference; NONE: no memory */
    struct alloc_request request;
};

void swapin_begin(struct swapin *swapin, swap_entry entry);

/*
 * The slot must be in use by the caller. A page that is not in the swap cache is read together with
 * the slots in use from the begin of its aligned group of 2^page_cluster slots on, up to the first
 * that is free; then its read is waited for. The page counts as accessed.
 * Kernel: mm/memory.c swapin_readahead(), mm/swap_state.c read_swap_cache_async() [2.6.24]
 * DEVIATION: no swap token; it only makes page_referenced() lie for the task that holds it.
 */
enum step swapin_step(struct swapin *swapin, struct user_memory *user, struct user_task *task);

/* The allocation that it is blocked in, NULL for none; for reports. */
const struct alloc_request *swapin_request(const struct swapin *swapin);

#endif
