/* SPDX-License-Identifier: MIT */
/* A failed allocation as data, as JSON and in words. */
#include "stats/failure.h"

#include <inttypes.h>
#include <stdio.h>

#include "stats/fields.h"

void failure_init(struct failure *failure, const struct machine *machine,
                  const struct alloc_request *request, const char *task_name)
{
    *failure = (struct failure){
        .begin_ns = machine->clock->now_ns,
        .time_ns = machine->clock->now_ns,
        .task = task_name,
        .cpu = request->cpu,
        .gfp = request->gfp,
        .order = request->order,
        .node = request->zonelist_nid,
        .nr_direct_reclaims = request->nr_direct_reclaims,
        .nr_congestion_waits = request->nr_congestion_waits,
        .nr_ooms = request->nr_ooms,
        .refusals = request->refusals,
        .nr_refusals = request->nr_refusals,
    };
}

const char *refusal_mark_name(const struct machine *machine, const struct zone_refusal *refusal)
{
    const struct zone *zone = &machine->zones[refusal->zone_id];

    if (refusal->mark_pages == 0)
        return NULL;
    if (refusal->mark_pages == zone->pages_min)
        return "min";
    if (refusal->mark_pages == zone->pages_low)
        return "low";
    if (refusal->mark_pages == zone->pages_high)
        return "high";
    return refusal->mark_pages < zone->pages_min ? "lowered min" : "mark";
}

static void write_refusal(struct json_stream *json, const struct machine *machine,
                          const struct zone_refusal *refusal)
{
    char label[ZONE_LABEL_MAX];

    json_begin_object(json);
    json_key_string(json, "zone", zone_label(machine, &machine->zones[refusal->zone_id], label));
    json_key_string(json, "check", alloc_refusal_name(refusal->refusal));
    json_key_int(json, "free_pages", refusal->free_pages);
    json_key_int(json, "required_pages", refusal->required_pages);
    json_key_string(json, "mark", refusal_mark_name(machine, refusal));
    json_key_uint(json, "mark_pages", refusal->mark_pages);
    json_key_uint(json, "lowmem_reserve", refusal->lowmem_reserve);
    json_key(json, "failed_order");
    if (refusal->refusal == REFUSED_WATERMARK_ORDER)
        json_uint(json, refusal->failed_order);
    else
        json_null(json);
    json_end_object(json);
}

void failure_write(struct json_stream *json, const struct machine *machine,
                   const struct failure *failure)
{
    char gfp[GFP_TEXT_MAX];

    gfp_format(failure->gfp, gfp);
    json_key_uint(json, "time_ns", failure->time_ns);
    json_key_string(json, "task", failure->task);
    json_key_uint(json, "cpu", failure->cpu);
    json_key_string(json, "gfp", gfp);
    json_key_uint(json, "order", failure->order);
    json_key_uint(json, "node", failure->node);
    json_key_string(json, "call", failure->call);
    json_key_uint(json, "begin_ns", failure->begin_ns);
    json_key_uint(json, "direct_reclaims", failure->nr_direct_reclaims);
    json_key_uint(json, "congestion_waits", failure->nr_congestion_waits);
    json_key_uint(json, "ooms", failure->nr_ooms);
    json_key_array(json, "refusals");
    for (unsigned i = 0; i < failure->nr_refusals; i++)
        write_refusal(json, machine, &failure->refusals[i]);
    json_end_array(json);
}

void refusal_facts_format(const struct refusal_facts *facts, char *text, size_t size)
{
    char block[48] = "";

    switch (facts->refusal) {
    case REFUSED_WATERMARK:
        if (facts->order > 0)
            snprintf(block, sizeof(block), " + %" PRIu64 " for order %" PRIu32,
                     (UINT64_C(1) << facts->order) - 1, facts->order);
        snprintf(text, size,
                 "%s refused: free %" PRId64 " <= %s %" PRIu64 " + lowmem_reserve %" PRIu64 "%s",
                 facts->zone, facts->free_pages, facts->mark, facts->mark_pages,
                 facts->lowmem_reserve, block);
        break;
    case REFUSED_WATERMARK_ORDER:
        snprintf(text, size,
                 "%s refused: above order %" PRIu32 ", this block taken, free %" PRId64
                 " <= %" PRId64 " (%s %" PRIu64 " / %u)",
                 facts->zone, facts->failed_order, facts->free_pages, facts->required_pages,
                 facts->mark, facts->mark_pages, 2u << facts->failed_order);
        break;
    case REFUSED_NO_BLOCK:
        snprintf(text, size, "%s refused: no free block of order %" PRIu32 " or more", facts->zone,
                 facts->order);
        break;
    case REFUSED_CPUSET:
        snprintf(text, size, "%s refused: its node is out of the task's cpuset", facts->zone);
        break;
    case REFUSED_GFP_ZONE:
        snprintf(text, size, "%s refused: it lies above the zones that the gfp mask allows",
                 facts->zone);
        break;
    case REFUSED_NOT:
        snprintf(text, size, "%s would give a page now", facts->zone);
        break;
    }
}

void refusal_format(const struct machine *machine, const struct zone_refusal *refusal,
                    uint32_t order, char *text, size_t size)
{
    char label[ZONE_LABEL_MAX];
    const char *mark = refusal_mark_name(machine, refusal);
    const struct refusal_facts facts = {
        .zone = zone_label(machine, &machine->zones[refusal->zone_id], label),
        .mark = mark ? mark : "mark",
        .refusal = refusal->refusal,
        .order = order,
        .failed_order = refusal->failed_order,
        .free_pages = refusal->free_pages,
        .required_pages = refusal->required_pages,
        .mark_pages = refusal->mark_pages,
        .lowmem_reserve = refusal->lowmem_reserve,
    };

    refusal_facts_format(&facts, text, size);
}
