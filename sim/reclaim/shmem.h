/* SPDX-License-Identifier: MIT */
/* Files that live in memory and swap: their pages' way to swap slots and back. */
#ifndef SIM_RECLAIM_SHMEM_H
#define SIM_RECLAIM_SHMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reclaim/address_space.h"
#include "reclaim/swap.h"

/*
 * Which page of the file has which slot. A page is in the page cache or has a slot, never both; in
 * the swap cache it belongs to no file. A slot has one use for the file.
 * DEVIATION: the vector takes no simulated memory; 2.6.24 keeps 16 slots in the inode and the
 * others in pages of their own.
 * Kernel: include/linux/shmem_fs.h struct shmem_inode_info [2.6.24]
 */
struct shmem_info {
    swap_entry **chunks; /* [nr_chunks] of CACHE_CHUNK_PAGES slots, SWAP_NONE: none; made on use */
    size_t nr_chunks;
    uint64_t swapped; /* pages that have a slot */
};

/* Makes a new mapping such a file. False: no host memory. */
bool shmem_init(struct address_space *mapping, uint64_t nr_pages);
/* Frees the host's memory alone. */
void shmem_fini(struct address_space *mapping);

/* The page's slot; made SWAP_NONE where nothing was. NULL: no host memory.
 * Kernel: mm/shmem.c shmem_swp_alloc() [2.6.24] */
swap_entry *shmem_swp_alloc(struct address_space *mapping, uint64_t index);

/* The page's slot, SWAP_NONE for none. Kernel: mm/shmem.c shmem_swp_entry() [2.6.24] */
swap_entry shmem_swp_entry(const struct address_space *mapping, uint64_t index);

/*
 * A locked, clean and unmapped page leaves its file for the swap cache, where it is dirty and waits
 * for reclaim to come by again. False: no swap slot is free, nothing has changed.
 * Kernel: mm/shmem.c shmem_writepage(), mm/swap_state.c move_to_swap_cache() [2.6.24]
 */
bool shmem_writepage(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/*
 * A page of the swap cache that holds the slot of page `index` of the file, not under writeback,
 * returns to it, dirty; the slot is free then.
 * Kernel: mm/swap_state.c move_from_swap_cache() [2.6.24]
 */
void shmem_move_from_swap_cache(struct reclaim *reclaim, struct address_space *mapping,
                                uint64_t index, pfn_t page, unsigned cpu);

/*
 * The file ends: all its pages and slots go back. Nobody maps it. Never blocks.
 * Kernel: mm/shmem.c shmem_delete_inode(), shmem_truncate_range() [2.6.24]
 */
void shmem_delete(struct reclaim *reclaim, struct address_space *mapping, unsigned cpu);

#endif
