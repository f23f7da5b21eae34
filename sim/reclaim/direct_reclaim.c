/* SPDX-License-Identifier: MIT */
/* Reclaim in the context of the allocating task, over zones without LRU pages. */
#include "reclaim/reclaim.h"

/*
 * Nothing to scan at any of the 13 priorities.
 * Kernel: mm/vmscan.c try_to_free_pages() [2.6.24]
 * DEVIATION: the kernel answers "progress" as long as kswapd has not given all zones up, however
 * little was freed. Without LRUs nobody would ever be freed from that loop, so the answer is that
 * of zones given up.
 */
enum step reclaim_try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    struct reclaim_context *context = reclaim_context(machine);
    const struct zonelist *zonelist = request->zonelist;

    if (!request->blocked) {
        machine->vm_events[ALLOCSTALL]++;
        request->wake_ns = machine->clock->now_ns + context->direct_reclaim_ns;
        context->blocked_on_cpu = true;
        return STEP_BLOCKED;
    }
    for (unsigned i = 0; i < zonelist->length; i++)
        machine->zones[zonelist->zones[i]].prev_priority = 0;
    request->did_some_progress = 0;
    return STEP_DONE;
}

/*
 * No zone has more unmapped file pages or slab pages than its threshold, which is where the kernel
 * gives up first. Kernel: mm/vmscan.c zone_reclaim() [2.6.24]
 */
bool reclaim_zone_reclaim(struct machine *machine, struct zone *zone,
                          const struct alloc_request *request, uint32_t gfp)
{
    (void)machine;
    (void)zone;
    (void)request;
    (void)gfp;
    return false;
}
