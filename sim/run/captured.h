/* SPDX-License-Identifier: MIT */
/* Replaying a capture without its reclaim: which pages it took, and a page cache to put them in. */
#ifndef SIM_RUN_CAPTURED_H
#define SIM_RUN_CAPTURED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "mm/frame.h"

struct address_space;
struct run_task;
struct simulation;
struct trace_source;

/*
 * With RECLAIM_SIMULATED a free that the captured kernel's reclaim made is dropped when its page
 * was user memory or page cache: a single page from a mask with __GFP_MOVABLE, __GFP_HARDWALL or
 * __GFP_HIGHMEM. Such a page becomes a clean page of an internal file when it is allocated, for the
 * modelled reclaim to take when it wants to. Other frees, those of slab pages among them, are
 * replayed.
 */

/* Which allocations of a source those are, by the number of the allocating record. */
struct captured_allocs {
    VEC(uint64_t) bits;
    uint64_t next; /* number of the allocating record that arrives next */
};

/*
 * Reads the source once, from its beginning, and rewinds it. A source that does not know its length
 * (a generator) has no captured frees. False: the source's error, ERR_OUT_OF_MEMORY.
 */
bool captured_allocs_scan(struct captured_allocs *allocs, struct trace_source *source,
                          struct sim_error *err);
void captured_allocs_fini(struct captured_allocs *allocs);

/* An allocating record arrives; true: its page will be the captured kernel's reclaim's. */
bool captured_allocs_next(struct captured_allocs *allocs);

/*
 * The internal file. Its indices are used again once reclaim has taken their page and the dropped
 * free has gone by, so that it does not grow with the length of the trace.
 */
struct captured_cache {
    struct address_space *mapping; /* NULL: not yet needed */
    uint32_t next_index;
    struct {
        uint32_t *items; /* [head, count): indices whose free has gone by, oldest first */
        size_t head, count, capacity;
    } dropped;
};
void captured_cache_fini(struct captured_cache *cache);

/* A page that was just allocated joins the file; *ret_index is where. False: no host memory. */
bool captured_add(struct simulation *sim, const struct run_task *task, pfn_t page,
                  uint32_t *ret_index);

/* The free that is dropped has gone by. False: no host memory. */
bool captured_drop(struct simulation *sim, uint32_t index);

/*
 * Another free of the page: it leaves the file and goes back. False: reclaim has already taken it.
 */
bool captured_free(struct simulation *sim, const struct run_task *task, uint32_t index);

#endif
