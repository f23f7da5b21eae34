/* SPDX-License-Identifier: MIT */
/* vm.drop_caches: throwing away what can be read again. */
#ifndef SIM_USER_DROP_CACHES_H
#define SIM_USER_DROP_CACHES_H

#include <stdint.h>

struct task;
struct user_memory;

/*
 * Clean, unmapped and unlocked pages that only the cache refers to leave the caches of all files,
 * those behind shared anonymous memory among them.
 * Those that wait in an LRU batch have a reference more; the CPU's own batches are drained on the
 * way, behind the first pages of each file, those of other CPUs are not. They do not count as
 * taken by reclaim: reading them again is no refault. Never blocks. Returns pages.
 * Kernel: fs/drop_caches.c drop_pagecache(), mm/truncate.c __invalidate_mapping_pages() [2.6.24]
 */
uint64_t drop_pagecache(struct user_memory *user, unsigned cpu);

/* Shrinks all slab caches until next to nothing comes of it. Never blocks.
 * Kernel: fs/drop_caches.c drop_slab() [2.6.24] */
void drop_slab(struct user_memory *user, struct task *task);

#endif
