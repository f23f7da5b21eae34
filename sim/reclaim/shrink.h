/* SPDX-License-Identifier: MIT */
/* Scanning a zone's LRU lists. */
#ifndef SIM_RECLAIM_SHRINK_H
#define SIM_RECLAIM_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task.h"
#include "mm/frame.h"
#include "reclaim/congestion.h"
#include "reclaim/pagevec.h"
#include "reclaim/writeback.h"

struct reclaim;
struct zone;

enum { DEF_PRIORITY = 12, SWAP_CLUSTER_MAX = 32 };

/* One reclaimer's orders. Kernel: mm/vmscan.c struct scan_control [2.6.24] */
struct scan_control {
    uint32_t gfp;
    uint32_t order; /* of the block that is wanted; above 0: lumpy */
    uint32_t swap_cluster_max;
    bool may_writepage;
    bool may_swap;
    uint64_t nr_scanned; /* pages shrink_page_list() looked at, mapped and swap-cache ones twice */
};

/*
 * Isolated pages, first in, first out, linked both ways by the frames. A page in one bears no
 * PG_lru and has a reference of the queue.
 */
struct page_queue {
    uint32_t first; /* pfn, valid while nr > 0 */
    uint32_t last;
    uint32_t nr;
};

static inline void page_queue_put(struct page_queue *queue, struct frame *frames, uint32_t pfn)
{
    if (queue->nr++ == 0)
        queue->first = pfn;
    else
        frames[queue->last].next = pfn;
    frames[pfn].prev = queue->last;
    queue->last = pfn;
}

/* The page put first; the queue must not be empty. */
static inline uint32_t page_queue_take(struct page_queue *queue, const struct frame *frames)
{
    uint32_t pfn = queue->first;

    queue->first = frames[pfn].next;
    queue->nr--;
    return pfn;
}

/* shrink_page_list() under way. */
struct shrink_page_list {
    uint8_t stage;
    bool sync;         /* waits for the writeback of each page */
    bool referenced;   /* the page at hand was, when it was looked at */
    bool may_enter_fs; /* ... for it */
    bool waited;       /* for a write of it */
    uint32_t pfn;      /* the page at hand */
    uint64_t wait_begin_ns;
    struct page_queue todo;
    struct page_queue kept; /* in the order they were processed */
    struct pagevec freed;
    uint64_t nr_freed;
    uint64_t nr_activated;
    uint64_t nr_pages; /* at its begin, for the event */
    uint64_t scanned_before;
};

/* shrink_inactive_list() under way. */
struct shrink_inactive {
    uint8_t state;
    uint64_t max_scan;
    uint64_t total_scanned;
    uint64_t nr_reclaimed;
    uint64_t nr_scan; /* of the batch at hand */
    uint64_t nr_taken;
    uint64_t nr_freed;
    struct pagevec release; /* kept across batches */
    struct shrink_page_list list;
    struct congestion_sleep sleep;
};

/*
 * shrink_zone() under way: begin it, then step it until STEP_DONE and read nr_reclaimed. Between
 * batches it answers WAIT_CPU when reclaim->preemptible, so that its work costs time.
 */
struct shrink_zone {
    uint8_t state;
    struct zone *zone;
    struct scan_control *sc;
    int32_t priority;
    uint64_t nr_active; /* to be scanned yet */
    uint64_t nr_inactive;
    uint64_t nr_reclaimed;
    uint64_t scanned_before;
    struct shrink_inactive inactive;
    struct throttle_writeout throttle;
};

/* Kernel: mm/vmscan.c shrink_zone() [2.6.24] */
void shrink_zone_begin(struct shrink_zone *shrink, struct reclaim *reclaim, struct task *task,
                       struct zone *zone, int priority, struct scan_control *sc);
enum step shrink_zone_step(struct shrink_zone *shrink, struct reclaim *reclaim, struct task *task);

#endif
