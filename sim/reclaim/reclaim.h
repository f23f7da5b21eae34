/* SPDX-License-Identifier: MIT */
/* The operations that mm asks of reclaim, and the context they share with whoever runs them. */
#ifndef SIM_RECLAIM_RECLAIM_H
#define SIM_RECLAIM_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/kernel_ops.h"
#include "mm/machine.h"
#include "mm/page_alloc.h"

/*
 * machine->ops_context of a machine whose ops are those below. Pages have no users yet that
 * reclaim could ask: every LRU is empty, so nothing is ever freed here, honestly: waits last their
 * full time, kswapd gives its zones up, and the last resort is the OOM killer.
 *
 * Plain data of the owner of the simulation, who fills the first two groups. Callbacks must not
 * call into mm; none may be NULL.
 */
struct reclaim_context {
    /* costs */
    uint64_t direct_reclaim_ns;
    uint64_t kswapd_round_ns;
    uint64_t out_of_memory_ns;

    /* the owner */
    void *owner;
    /* Whether another task waits for this CPU. */
    bool (*need_resched)(void *owner, unsigned cpu);
    /* kswapd of the node was woken: call kswapd_run() in kswapd_round_ns. */
    void (*kswapd_woken)(void *owner, unsigned nid);
    /* request->task has been chosen by the OOM killer and bears TASK_TIF_MEMDIE. */
    void (*oom_kill)(void *owner, const struct alloc_request *request);

    /* Whether the operation that answered STEP_BLOCKED last keeps its CPU busy until wake_ns. */
    bool blocked_on_cpu;
    uint32_t kswapd_order[NODES_MAX]; /* what the node's kswapd is balancing for */
};

/* ---- members of struct kernel_ops; see there ---- */

/* kswapd_wakeup() of reclaim/kswapd.h, reported to the observer and the owner. */
void reclaim_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order);
bool reclaim_zone_reclaim(struct machine *machine, struct zone *zone,
                          const struct alloc_request *request, uint32_t gfp);
/* Blocks, until the owner gives the CPU back, when another task waits for it. */
enum step reclaim_cond_resched(struct machine *machine, struct alloc_request *request);
/* Takes direct_reclaim_ns of the CPU; progress: kswapd has not given all zones up. */
enum step reclaim_try_to_free_pages(struct machine *machine, struct alloc_request *request);
enum step reclaim_congestion_wait(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout);
enum step reclaim_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                   unsigned timeout);
/* Takes out_of_memory_ns of the CPU and kills the caller. */
enum step reclaim_out_of_memory(struct machine *machine, struct alloc_request *request);

static inline struct reclaim_context *reclaim_context(const struct machine *machine)
{
    return machine->ops_context;
}

#endif
