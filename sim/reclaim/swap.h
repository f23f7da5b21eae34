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
    int32_t priority;     /* higher is used first; equal ones take turns; -1: by order, as swapon */
    uint64_t first_sector_page; /* where it lies on its device */
};

/*
 * A slot's use count: 1 for the swap cache and 1 for each mapping that names it; 0 is free.
 * Kernel: include/linux/swap.h struct swap_info_struct [2.6.24]
 */
struct swap_device {
    struct swap_spec spec;
    uint16_t *use;                      /* [pages] */
    uint32_t *cached;                   /* [pages] pfn in the swap cache, UINT32_MAX: none */
    uint32_t cluster_next;              /* where the search goes on */
    uint32_t cluster_nr;                /* slots left in the cluster of 256 */
    uint32_t lowest_free, highest_free; /* bounds of the search, not exact */
    uint32_t nr_used;
};

struct swap {
    struct swap_device *devices; /* [nr_devices], by descending priority */
    uint32_t nr_devices;
    uint32_t next_device; /* of those with equal priority */
    uint64_t total_pages;
    uint64_t nr_free_pages; /* nr_swap_pages */
    uint64_t cache_pages;   /* total_swapcache_pages */
};

/* Adds a device. False: ERR none set, no host memory. Kernel: mm/swapfile.c sys_swapon() */
bool swapon(struct reclaim *reclaim, const struct swap_spec *spec);
void swap_fini(struct swap *swap);

/* A free slot with use 1, SWAP_NONE when all are taken.
 * Kernel: mm/swapfile.c get_swap_page(), scan_swap_map() [2.6.24] */
swap_entry get_swap_page(struct reclaim *reclaim);
void swap_duplicate(struct reclaim *reclaim, swap_entry entry);
void swap_free(struct reclaim *reclaim, swap_entry entry);
uint32_t swap_count(const struct reclaim *reclaim, swap_entry entry);

/* The page that holds the slot in the swap cache, PFN_NONE for none.
 * Kernel: mm/swap_state.c lookup_swap_cache() [2.6.24] */
pfn_t lookup_swap_cache(const struct reclaim *reclaim, swap_entry entry);

/* Where the slot lies; for backing_dev_submit(). */
uint32_t swap_backing_dev(const struct reclaim *reclaim, swap_entry entry);
uint64_t swap_sector_page(const struct reclaim *reclaim, swap_entry entry);

/*
 * Puts a page into the swap cache under a slot that the caller holds a use of: a reference,
 * NR_FILE_PAGES, PG_swapcache. Kernel: mm/swap_state.c __add_to_swap_cache() [2.6.24]
 */
void add_to_swap_cache(struct reclaim *reclaim, pfn_t page, swap_entry entry, unsigned cpu);

/*
 * An anonymous page gets a slot and enters the swap cache, dirty. False: no slot is free.
 * Kernel: mm/swap_state.c add_to_swap() [2.6.24]
 */
bool add_to_swap(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Out of the swap cache: the cache's reference is the caller's, the cache's use of the slot goes.
 * Kernel: mm/swap_state.c __delete_from_swap_cache() [2.6.24] */
void delete_from_swap_cache(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/*
 * Drops the swap cache of a page that nobody else uses (not under writeback, count 2, slot's use
 * 1): out, PG_dirty, the cache's reference gone. True: done.
 * Kernel: mm/swapfile.c remove_exclusive_swap_page() [2.6.24]
 */
bool remove_exclusive_swap_page(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* More than half of the swap space is in use. Kernel: include/linux/swap.h vm_swap_full() */
bool vm_swap_full(const struct reclaim *reclaim);

#endif
