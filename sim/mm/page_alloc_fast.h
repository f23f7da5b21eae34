/* SPDX-License-Identifier: MIT */
/* The hot paths, written once and instantiated by each kernel generation with its own policy. */
#ifndef SIM_MM_PAGE_ALLOC_FAST_H
#define SIM_MM_PAGE_ALLOC_FAST_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/free_area.h"
#include "mm/page_alloc.h"
#include "mm/zonelist.h"

#define SIM_ALWAYS_INLINE static inline __attribute__((always_inline))

/*
 * What differs between generations on the hot path. A generation passes a const object of this to
 * the always-inline bodies below, so that each call is resolved when it is compiled.
 */
struct page_alloc_policy {
    bool (*watermark_ok)(const struct zone *zone, unsigned order, uint64_t mark,
                         unsigned classzone_idx, uint32_t alloc_flags);
    uint32_t (*rmqueue)(struct machine *machine, struct zone *zone, unsigned order, unsigned type,
                        unsigned cpu);
    uint32_t (*pcp_take)(struct machine *machine, struct zone *zone, unsigned cpu, unsigned cold,
                         unsigned type);
    void (*pcp_put)(struct machine *machine, struct zone *zone, uint32_t pfn, unsigned cpu,
                    unsigned cold);
};

/* Kernel: mm/vmstat.c zone_statistics() [2.6.24] */
SIM_ALWAYS_INLINE void fast_zone_statistics(struct machine *machine, struct zone *preferred,
                                            struct zone *zone, unsigned cpu)
{
    if (!machine->numa)
        return;
    if (SIM_LIKELY(zone->nid == preferred->nid)) {
        inc_zone_state(machine, zone, NUMA_HIT, cpu);
    } else {
        inc_zone_state(machine, zone, NUMA_MISS, cpu);
        inc_zone_state(machine, preferred, NUMA_FOREIGN, cpu);
    }
    inc_zone_state(machine, zone, zone->nid == machine->cpu_nid[cpu] ? NUMA_LOCAL : NUMA_OTHER,
                   cpu);
}

/* Reports a page with state that it must not have and makes it usable again. */
void bad_page(struct machine *machine, uint32_t pfn);

/*
 * Makes the block the caller's: checks, clears what the last user left, first reference, zeroes,
 * compound head. Tail pages carry nothing: compound_head() finds their head by alignment. False: a
 * reserved page, which nobody may have. Kernel: mm/page_alloc.c prep_new_page() [2.6.24]
 */
SIM_ALWAYS_INLINE bool fast_prep_new_page(struct machine *machine, const struct zone *zone,
                                          uint32_t pfn, unsigned order, uint32_t gfp)
{
    struct frame *frame = &machine->frame_table.frames[pfn];

    if (SIM_UNLIKELY(frame->flags & PAGE_FLAGS_CHECK_AT_PREP || frame->pcp_seq)) {
        bad_page(machine, pfn);
        if (frame->flags & PG_reserved)
            return false;
    }
    frame->flags = 0;
    frame->pcp_seq = frame_references(1);
    frame->private = (uint8_t)order;
    frame->zone = zone->id;
    if (gfp & GFP_BIT_ZERO)
        machine->work.zeroed_pages += UINT64_C(1) << order;
    if (order && (gfp & GFP_BIT_COMP))
        frame->flags = PG_compound;
    return true;
}

/* Kernel: mm/page_alloc.c buffered_rmqueue() [2.6.24] */
SIM_ALWAYS_INLINE uint32_t fast_buffered_rmqueue(struct machine *machine,
                                                 const struct alloc_request *request,
                                                 struct zone *preferred, struct zone *zone,
                                                 uint32_t gfp,
                                                 const struct page_alloc_policy *policy)
{
    unsigned type = gfp_migratetype(machine, gfp);
    unsigned order = request->order;
    uint32_t pfn;

    do {
        if (SIM_LIKELY(order == 0))
            pfn = policy->pcp_take(machine, zone, request->cpu, !!(gfp & GFP_BIT_COLD), type);
        else
            pfn = policy->rmqueue(machine, zone, order, type, request->cpu);
        if (SIM_UNLIKELY(pfn == NO_PFN))
            return NO_PFN;
        machine->vm_events[PGALLOC_ZONE0 + zone->index] += UINT64_C(1) << order;
        fast_zone_statistics(machine, preferred, zone, request->cpu);
    } while (SIM_UNLIKELY(!fast_prep_new_page(machine, zone, pfn, order, gfp)));
    return pfn;
}

/* The watermark that a walk asks for. */
SIM_ALWAYS_INLINE uint64_t zone_mark(const struct zone *zone, uint32_t alloc_flags)
{
    if (alloc_flags & ALLOC_WMARK_MIN)
        return zone->pages_min;
    return alloc_flags & ALLOC_WMARK_LOW ? zone->pages_low : zone->pages_high;
}

/* What a walk makes of a zone before it looks at its pages. */
enum zone_admission {
    ZONE_ADMITTED,
    ZONE_PASSED_OVER,   /* not for this mask or, by the cache of full zones, not for this task */
    ZONE_OUT_OF_CPUSET, /* the task's cpuset forbids it */
};

/*
 * Of requests in which a policy or a cpuset has a say.
 *
 * Kernel: mm/page_alloc.c alloc_should_filter_zonelist(), zlc_zone_worth_trying() [2.6.24]
 */
enum zone_admission zone_admission(const struct machine *machine,
                                   const struct alloc_request *request, uint32_t gfp,
                                   uint32_t alloc_flags, const struct zone *zone,
                                   bool cache_active);

/* For a page of the first zone of the list: a turn of MPOL_INTERLEAVE got what it wanted.
 * Kernel: mm/mempolicy.c alloc_page_interleave() [2.6.24] */
SIM_ALWAYS_INLINE void fast_count_interleave(struct machine *machine,
                                             const struct alloc_request *request, struct zone *zone)
{
    if (request->interleave)
        inc_zone_state(machine, zone, NUMA_INTERLEAVE_HIT, request->cpu);
}

/*
 * Walks the zonelist; the class zone is its first zone. On NUMA a failed walk that used the cache
 * of full zones is repeated without it. `by_policy` is a constant: request->by_policy.
 * Kernel: mm/page_alloc.c get_page_from_freelist() [2.6.24]
 */
SIM_ALWAYS_INLINE enum step fast_get_page_from_freelist(struct machine *machine,
                                                        struct alloc_request *request, uint32_t gfp,
                                                        uint32_t alloc_flags,
                                                        const struct page_alloc_policy *policy,
                                                        const bool by_policy)
{
    struct zonelist *zonelist = request->zonelist;
    struct zone *preferred = &machine->zones[zonelist->zones[0]];
    struct zonelist_walk walk = {0}; /* a copy of our own: registers, as nearly no walk resumes */
    unsigned i;

    if (SIM_UNLIKELY(request->walk.under_way))
        walk = request->walk;
    i = walk.position;
zonelist_scan:
    for (; i < zonelist->length; i++) {
        struct zone *zone = &machine->zones[zonelist->zones[i]];
        uint32_t pfn = NO_PFN;
        bool usable = true;

        if (walk.cache_active && zlc_zone_full(zonelist, i) && !walk.under_way)
            continue;
        if (by_policy && !walk.under_way) {
            enum zone_admission admission =
                zone_admission(machine, request, gfp, alloc_flags, zone, walk.cache_active);

            if (admission == ZONE_PASSED_OVER)
                continue;
            if (admission == ZONE_OUT_OF_CPUSET)
                goto try_next_zone;
        }
        machine->work.zones_tried++;
        if (walk.under_way ||
            (!(alloc_flags & ALLOC_NO_WATERMARKS) &&
             !policy->watermark_ok(zone, request->order, zone_mark(zone, alloc_flags),
                                   preferred->index, alloc_flags))) {
            usable = false;
            if ((walk.under_way || machine->vm.zone_reclaim_mode) &&
                machine->ops->zone_reclaim(machine, zone, request, gfp, &usable) == STEP_BLOCKED) {
                request->walk = (struct zonelist_walk){true, walk.cache_active,
                                                       walk.cache_was_set_up, (uint16_t)i};
                return STEP_BLOCKED;
            }
            request->walk.under_way = walk.under_way = false;
        }
        if (SIM_LIKELY(usable))
            pfn = fast_buffered_rmqueue(machine, request, preferred, zone, gfp, policy);
        if (SIM_LIKELY(pfn != NO_PFN)) {
            if (by_policy && i == 0)
                fast_count_interleave(machine, request, zone);
            request->page = (pfn_t){pfn};
            return STEP_DONE;
        }

        zlc_mark_zone_full(zonelist, i);
    try_next_zone:
        if (machine->numa && !walk.cache_was_set_up) {
            zlc_setup(machine, zonelist);
            walk.cache_active = walk.cache_was_set_up = true;
        }
    }
    if (walk.cache_active) {
        walk.cache_active = false;
        i = 0;
        goto zonelist_scan;
    }
    request->page = PFN_NONE;
    return STEP_DONE;
}

/* Kernel: mm/page_alloc.c free_pages_check() [2.6.24] */
SIM_ALWAYS_INLINE bool fast_free_pages_check(const struct frame *frame)
{
    return SIM_LIKELY(!(frame->flags & PAGE_FLAGS_CHECK_AT_FREE || frame->pcp_seq));
}

/*
 * The frees below of a page that failed the check: reports it, makes it usable again and frees it
 * after all, but for a reserved one, which stays lost as the kernel leaves it: false.
 */
bool free_bad_page(struct machine *machine, uint32_t pfn, unsigned cpu, unsigned cold);
bool free_bad_pages_ok(struct machine *machine, uint32_t pfn, unsigned order, unsigned cpu);

/* Kernel: mm/page_alloc.c free_hot_cold_page() [2.6.24] */
SIM_ALWAYS_INLINE bool fast_free_hot_cold_page(struct machine *machine, uint32_t pfn, unsigned cpu,
                                               unsigned cold,
                                               const struct page_alloc_policy *policy)
{
    struct frame *frame = &machine->frame_table.frames[pfn];

    if (!fast_free_pages_check(frame))
        return free_bad_page(machine, pfn, cpu, cold);
    frame->flags = 0;
    machine->vm_events[PGFREE]++;
    policy->pcp_put(machine, &machine->zones[frame->zone], pfn, cpu, cold);
    return true;
}

/* Kernel: mm/page_alloc.c __free_pages_ok() [2.6.24] */
SIM_ALWAYS_INLINE bool fast_free_pages_ok(struct machine *machine, uint32_t pfn, unsigned order,
                                          unsigned cpu)
{
    struct frame *frame = &machine->frame_table.frames[pfn];
    struct zone *zone = &machine->zones[frame->zone];

    if (!fast_free_pages_check(frame))
        return free_bad_pages_ok(machine, pfn, order, cpu);
    frame->flags = 0;
    machine->vm_events[PGFREE] += UINT64_C(1) << order;
    zone->flags &= ~(uint32_t)ZONE_ALL_UNRECLAIMABLE;
    zone->pages_scanned = 0;
    free_one_page(machine, zone, pfn, order, cpu);
    return true;
}

#endif
