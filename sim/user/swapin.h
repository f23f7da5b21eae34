/* SPDX-License-Identifier: MIT */
/* Reading a page back from swap, with its neighbours. */
#ifndef SIM_USER_SWAPIN_H
#define SIM_USER_SWAPIN_H

#include "mm/page_alloc.h"
#include "reclaim/swap.h"

struct user_memory;
struct user_task;
struct vm_area;

/* Begun with swapin_begin(), then stepped until STEP_DONE. Plain data. */
struct swapin {
    uint8_t state;
    bool major;                 /* result: it was not in the swap cache */
    swap_entry entry;           /* wanted */
    swap_entry at;              /* the slot at hand: of the readahead, or the one wanted */
    swap_entry first;           /* of the readahead */
    uint32_t left;              /* slots of the readahead from it on */
    const struct vm_area *area; /* whose page is wanted: its policy counts */
    uint64_t area_page;
    /* result: in the swap cache, unlocked, with a reference; NONE: no memory, or gone */
    pfn_t page;
    struct alloc_request request;
};

/* For page `page` of the area. */
void swapin_begin(struct swapin *swapin, swap_entry entry, const struct vm_area *area,
                  uint64_t page);

/*
 * The slot must be in use by the caller; one of shared memory may cease to be meanwhile. A page
 * that is not in the swap cache is read together with the slots in use from the begin of its
 * aligned group of 2^page_cluster slots on, up to the first that is free; then its read is waited
 * for. The page counts as accessed. Policies take the pages read ahead for those that follow the
 * wanted one in its area, and behind its end for nobody's: no two areas adjoin. In a shared area
 * they are taken for the wanted one's like, and the page does not count as accessed yet.
 *
 * Kernel: mm/memory.c swapin_readahead(), mm/swap_state.c read_swap_cache_async(), mm/shmem.c
 * shmem_swapin() [2.6.24]
 *
 * DEVIATION: no swap token; it only makes page_referenced() lie for the task that holds it.
 */
enum step swapin_step(struct swapin *swapin, struct user_memory *user, struct user_task *task);

/* The allocation that it is blocked in, NULL for none; for reports. */
const struct alloc_request *swapin_request(const struct swapin *swapin);

#endif
