/* SPDX-License-Identifier: MIT */
/* Finding out what a zone holds against a request. */
#include "mm/alloc_failure.h"

#include "mm/page_alloc_fast.h"
#include "mm/watermark.h"

const char *alloc_refusal_name(enum alloc_refusal refusal)
{
    static const char *const names[] = {
        [REFUSED_WATERMARK] = "watermark", [REFUSED_WATERMARK_ORDER] = "watermark_order",
        [REFUSED_NO_BLOCK] = "no_block",   [REFUSED_CPUSET] = "cpuset",
        [REFUSED_GFP_ZONE] = "gfp_zone",   [REFUSED_NOT] = "none",
    };

    return names[refusal];
}

/* The steps of zone_watermark_ok(), noting where they end. True: the mark is met. */
static bool explain_watermark(const struct zone *zone, unsigned order, uint64_t mark,
                              unsigned classzone_idx, uint32_t alloc_flags,
                              struct zone_refusal *refusal)
{
    int64_t min = watermark_lowered(mark, alloc_flags);
    int64_t free_pages = refusal->free_pages - (INT64_C(1) << order) + 1;

    refusal->mark_pages = (uint64_t)min;
    refusal->lowmem_reserve = zone->lowmem_reserve[classzone_idx];
    refusal->required_pages = min + (int64_t)refusal->lowmem_reserve + (INT64_C(1) << order) - 1;
    if ((uint64_t)free_pages <= (uint64_t)min + refusal->lowmem_reserve) {
        refusal->refusal = REFUSED_WATERMARK;
        return false;
    }
    for (unsigned o = 0; o < order; o++) {
        free_pages -= (int64_t)(zone->nr_free[o] << o);
        min >>= 1;
        if (free_pages <= min) {
            refusal->refusal = REFUSED_WATERMARK_ORDER;
            refusal->failed_order = (uint8_t)o;
            refusal->free_pages = free_pages;
            refusal->required_pages = min;
            return false;
        }
    }
    return true;
}

static bool has_block(const struct zone *zone, const struct alloc_request *request)
{
    unsigned cold = !!(request->gfp & GFP_BIT_COLD);

    for (unsigned order = request->order; order < MAX_ORDER; order++)
        if (zone->nr_free[order])
            return true;
    return request->order == 0 && zone->pageset[request->cpu].pcp[cold].count;
}

/* The mask of the last walk: the first and that before the OOM killer keep to the cpuset. */
static uint32_t walk_gfp(const struct alloc_request *request)
{
    return request->gfp |
           (request->alloc_flags & (ALLOC_WMARK_LOW | ALLOC_WMARK_HIGH) ? GFP_BIT_HARDWALL : 0u);
}

/* True: the walk did not come to look at the zone's pages. */
static bool explain_admission(const struct machine *machine, const struct alloc_request *request,
                              const struct zone *zone, struct zone_refusal *refusal)
{
    enum zone_admission admission =
        zone_admission(machine, request, walk_gfp(request), request->alloc_flags, zone, false);

    if (admission == ZONE_ADMITTED)
        return false;
    refusal->refusal = admission == ZONE_PASSED_OVER ? REFUSED_GFP_ZONE : REFUSED_CPUSET;
    return true;
}

unsigned alloc_explain(const struct machine *machine, const struct alloc_request *request,
                       struct zone_refusal *refusals, unsigned max)
{
    const struct zonelist *zonelist = request->zonelist;

    for (unsigned i = 0; i < zonelist->length && i < max; i++) {
        const struct zone *zone = &machine->zones[zonelist->zones[i]];
        struct zone_refusal *refusal = &refusals[i];
        unsigned classzone_idx = machine->zones[zonelist->zones[0]].index;

        *refusal = (struct zone_refusal){
            .zone_id = zone->id,
            .refusal = REFUSED_NOT,
            .free_pages = (int64_t)zone_page_state(zone, NR_FREE_PAGES),
        };
        if (explain_admission(machine, request, zone, refusal))
            continue;
        if (request->order >= MAX_ORDER)
            refusal->refusal = REFUSED_NO_BLOCK;
        else if ((request->alloc_flags & ALLOC_NO_WATERMARKS ||
                  explain_watermark(zone, request->order, zone_mark(zone, request->alloc_flags),
                                    classzone_idx, request->alloc_flags, refusal)) &&
                 !has_block(zone, request))
            refusal->refusal = REFUSED_NO_BLOCK;
    }
    return zonelist->length;
}
