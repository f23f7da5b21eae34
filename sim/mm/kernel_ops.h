/* SPDX-License-Identifier: MIT */
/* What the allocator asks of the rest of the kernel: the one upward seam. */
#ifndef SIM_MM_KERNEL_OPS_H
#define SIM_MM_KERNEL_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task.h"
#include "mm/frame.h"

struct alloc_request;
struct machine;
struct zone;

/*
 * One const table per kernel generation. The first group is the generation's instance of the hot
 * bodies in mm/page_alloc_fast.h, one indirect call an allocation or free. The others are called
 * at most once per slow-path step; those that return enum step may make the caller wait: they then
 * set request->task->wait and are called again, with request->blocked set, when that is over.
 */
struct kernel_ops {
    const char *name; /* "linux-2.6.24" */

    /*
     * One walk over the request's zonelist with the given mask and ALLOC_* flags; its result is
     * request->page, PFN_NONE: no zone would give a page. Waits only in zone_reclaim.
     */
    enum step (*get_page_from_freelist)(struct machine *machine, struct alloc_request *request,
                                        uint32_t gfp, uint32_t alloc_flags);
    /* Puts one page on the CPU's hot (cold = 0) or cold list. False: it is reserved and stays lost.
     */
    bool (*free_hot_cold_page)(struct machine *machine, pfn_t page, unsigned cpu, unsigned cold);
    /* Gives a block back to the buddy lists. False: as above. */
    bool (*free_pages_ok)(struct machine *machine, pfn_t page, unsigned order, unsigned cpu);

    /* `current` tells the zone's node that the zone runs low; never blocks. */
    void (*wakeup_kswapd)(struct machine *machine, struct zone *zone, unsigned order,
                          const struct task *current);
    /*
     * *ret_reclaimed: pages were freed and the zone is to be used without another test. Called only
     * when zone_reclaim_mode is set.
     */
    enum step (*zone_reclaim)(struct machine *machine, struct zone *zone,
                              struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed);
    /* A voluntary preemption point of the slow path. */
    enum step (*cond_resched)(struct machine *machine, struct alloc_request *request);
    /* Direct reclaim; STEP_DONE leaves the kernel's result in request->did_some_progress. */
    enum step (*try_to_free_pages)(struct machine *machine, struct alloc_request *request);
    /* Sleeps until a queue is no longer congested, at most timeout jiffies. */
    enum step (*congestion_wait)(struct machine *machine, struct alloc_request *request,
                                 unsigned timeout);
    /* schedule_timeout_uninterruptible(timeout). */
    enum step (*schedule_timeout)(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout);
    /* The OOM killer: may kill, may wait, and returns to a restart of the allocation. */
    enum step (*out_of_memory)(struct machine *machine, struct alloc_request *request);
};

#endif
