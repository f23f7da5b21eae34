/* SPDX-License-Identifier: MIT */
/* Reclaim in the context of the allocating task, over zones without LRU pages. */
#include "reclaim/reclaim.h"

/* Whether kswapd has given up every zone of the list; so it stays until pages come back. */
static bool all_unreclaimable(const struct machine *machine, const struct zonelist *zonelist)
{
    for (unsigned i = 0; i < zonelist->length; i++)
        if (!(machine->zones[zonelist->zones[i]].flags & ZONE_ALL_UNRECLAIMABLE))
            return false;
    return true;
}

/*
 * Nothing to scan at any of the 13 priorities. That is "progress" all the same, and makes the
 * caller look for pages again, unless all zones have been given up.
 * Kernel: mm/vmscan.c try_to_free_pages() [2.6.24]
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
    request->did_some_progress = !all_unreclaimable(machine, zonelist);
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
