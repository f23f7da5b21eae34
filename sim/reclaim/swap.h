/* SPDX-License-Identifier: MIT */
/* Swap devices, their slots, and the swap cache. */
#ifndef SIM_RECLAIM_SWAP_H
#define SIM_RECLAIM_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/frame.h"

struct reclaim;

enum { SWAP_DEVICES_MAX = 32 };

/* Device number and slot: 5 and 27 bits. */
typedef uint32_t swap_entry;
#define SWAP_NONE UINT32_MAX

struct swap_spec {
    uint32_t backing_dev; /* index in reclaim.devices */
    uint64_t pages;       /* slots, 1..2^27 - 1 */
    int32_t priority;     /* higher is used first; equal ones take turns; -1: below all before it */
    uint64_t first_sector_page; /* where it lies on its device */
};

/*
 * Free when use is 0.
 * DEVIATION: the kernel counts up to SWAP_MAP_MAX, 32766, and never frees a slot that had more
 * uses; here a slot has at most as many as there are tasks, about the same, and is always freed.
 */
struct swap_slot {
    uint32_t use;  /* 1 for the swap cache and 1 for each mapping that names the slot */
    uint32_t page; /* pfn + 1 of the page in the swap cache, 0: none; see lookup_swap_cache() */
};

/*
 * Slots are searched by bitmap, block by block of one cluster (256).
 * Kernel: include/linux/swap.h struct swap_info_struct [2.6.24]
 *
 * Invariants (swap_check): a bit of used_map is set exactly when the slot's use is not 0;
 * block_used counts them for each block, nr_used in all; no slot below lowest_free is free; a slot
 * names a page exactly when that page is PG_swapcache and its page_owner names the slot.
 */
struct swap_device {
    struct swap_spec spec;   /* with the priority in force */
    uint32_t next;           /* in the order of use; SWAP_DEVICES_MAX: the last one */
    struct swap_slot *slots; /* [pages] */
    uint64_t *used_map;    /* [pages / 64, rounded up to whole blocks] bits past the end are set */
    uint16_t *block_used;  /* [pages / 256, rounded up] */
    uint32_t cluster_next; /* where the search goes on */
    uint32_t cluster_nr;   /* slots left in the cluster */
    uint32_t lowest_free;  /* a lower bound */
    uint32_t nr_used;
};

struct swap {
    struct swap_device devices[SWAP_DEVICES_MAX]; /* as they were added: part of each swap_entry */
    uint32_t nr_devices;
    uint32_t head;        /* the device of the highest priority; kernel: swap_list.head */
    uint32_t next_device; /* the one to be used now; swap_list.next */
    uint32_t nr_by_order; /* devices whose priority follows from the order of their swapon() */
    uint64_t total_pages;
    uint64_t nr_free_pages; /* nr_swap_pages */
    uint64_t cache_pages;   /* total_swapcache_pages */
};

/*
 * Adds a device. Slots that were never used cost no host memory. False: no host memory, or there
 * are SWAP_DEVICES_MAX. Kernel: mm/swapfile.c sys_swapon() [2.6.24]
 */
bool swapon(struct reclaim *reclaim, const struct swap_spec *spec);
void swap_fini(struct swap *swap);

/* Verifies the invariants of each device by recounting. O(slots). */
bool swap_check(const struct reclaim *reclaim);

/* A free slot with use 1, SWAP_NONE when all are taken. Behind a full device all others take turns,
 * whatever their priorities, until a slot of a better one is freed.
 * Kernel: mm/swapfile.c get_swap_page(), scan_swap_map() [2.6.24] */
swap_entry get_swap_page(struct reclaim *reclaim);

/* One more use of a slot in use; one less, the last one frees the slot.
 * Kernel: mm/swapfile.c swap_duplicate(), swap_free() [2.6.24] */
void swap_duplicate(struct reclaim *reclaim, swap_entry entry);
void swap_free(struct reclaim *reclaim, swap_entry entry);

/*
 * A use of the slot goes, and with the last one that is not the cache's the page in the cache,
 * unless somebody holds it. Kernel: mm/swapfile.c free_swap_and_cache() [2.6.24]
 */
void free_swap_and_cache(struct reclaim *reclaim, swap_entry entry, unsigned cpu);
uint32_t swap_count(const struct reclaim *reclaim, swap_entry entry);

/* The page that holds the slot in the swap cache, PFN_NONE for none.
 * Kernel: mm/swap_state.c lookup_swap_cache() [2.6.24] */
pfn_t lookup_swap_cache(const struct reclaim *reclaim, swap_entry entry);

/* Where the slot lies; for backing_dev_submit(). */
uint32_t swap_backing_dev(const struct reclaim *reclaim, swap_entry entry);
uint64_t swap_sector_page(const struct reclaim *reclaim, swap_entry entry);

/*
 * Puts a page into the swap cache under a slot without one: a reference, NR_FILE_PAGES,
 * PG_swapcache. The cache takes over a use of the slot that the caller holds: swapping in, it calls
 * swap_duplicate() first. Kernel: mm/swap_state.c __add_to_swap_cache() [2.6.24]
 */
void add_to_swap_cache(struct reclaim *reclaim, pfn_t page, swap_entry entry, unsigned cpu);

/*
 * An anonymous page gets a slot and enters the swap cache, dirty. False: no slot is free.
 * Kernel: mm/swap_state.c add_to_swap() [2.6.24]
 */
bool add_to_swap(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Out of the swap cache: the cache's reference is the caller's, the cache's use of the slot goes.
 * Not for a page under writeback. Told as RECLAIM_UNCACHE.
 * Kernel: mm/swap_state.c __delete_from_swap_cache() [2.6.24] */
void delete_from_swap_cache(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/*
 * Drops the swap cache of a page that nobody else uses (in it, not under writeback, count 2, slot's
 * use 1): out, PG_dirty, the cache's reference gone. True: done.
 * Kernel: mm/swapfile.c remove_exclusive_swap_page() [2.6.24]
 */
bool remove_exclusive_swap_page(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* More than half of the swap space is in use.
 * Kernel: include/linux/swap.h vm_swap_full() [2.6.24] */
bool vm_swap_full(const struct reclaim *reclaim);

#endif
