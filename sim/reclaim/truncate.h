/* SPDX-License-Identifier: MIT */
/* Emptying the page cache of a file: of what can be read again, or of everything. */
#ifndef SIM_RECLAIM_TRUNCATE_H
#define SIM_RECLAIM_TRUNCATE_H

#include <stdint.h>

#include "reclaim/address_space.h"

/*
 * Clean, unmapped and unlocked pages that only the cache refers to leave it. They do not count as
 * taken by reclaim. Never blocks. O(chunks + pages). Returns pages.
 * Kernel: mm/truncate.c __invalidate_mapping_pages() [2.6.24]
 */
uint64_t invalidate_mapping_pages(struct reclaim *reclaim, const struct address_space *mapping,
                                  unsigned cpu);

/*
 * All pages leave it, dirty or not; each is freed with its last reference. Nobody may map one, hold
 * its lock or have it under writeback. O(chunks + pages).
 * Kernel: mm/truncate.c truncate_inode_pages() [2.6.24]
 */
void truncate_inode_pages(struct reclaim *reclaim, const struct address_space *mapping,
                          unsigned cpu);

#endif
