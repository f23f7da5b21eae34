/* SPDX-License-Identifier: MIT */
/* Why a request got no page: for each zone of its zonelist, the check that refuses it. */
#ifndef SIM_MM_ALLOC_FAILURE_H
#define SIM_MM_ALLOC_FAILURE_H

#include <stdint.h>

#include "mm/page_alloc.h"

enum alloc_refusal {
    REFUSED_WATERMARK,       /* free pages below the mark plus lowmem_reserve */
    REFUSED_WATERMARK_ORDER, /* enough pages, too few in blocks of the wanted order */
    REFUSED_NO_BLOCK,        /* the mark is met (or ignored), but no block is large enough */
    REFUSED_CPUSET,          /* the task's cpuset has not this node: nobody looked at its pages */
    REFUSED_GFP_ZONE,        /* a zone of MPOL_BIND above those that the mask allows */
    REFUSED_NOT,             /* this zone would give a page now */
};

/* "watermark", "watermark_order", "no_block", "cpuset", "gfp_zone", "none". */
const char *alloc_refusal_name(enum alloc_refusal refusal);

struct zone_refusal {
    uint8_t zone_id; /* index in machine.zones */
    enum alloc_refusal refusal;
    uint8_t failed_order; /* REFUSED_WATERMARK_ORDER: the order whose blocks were subtracted last */
    int64_t free_pages;   /* as the check sees them, before the order's own pages are taken off */
    int64_t required_pages; /* the check demands more than this */
    uint64_t lowmem_reserve;
    uint64_t mark_pages; /* the watermark after ALLOC_HIGH and ALLOC_HARDER; 0 = none was asked */
};

/*
 * The refusals of the request's last walk, in zonelist order, evaluated against the present state;
 * changes nothing. Writes at most `max` entries and returns the number of zones in the list.
 */
unsigned alloc_explain(const struct machine *machine, const struct alloc_request *request,
                       struct zone_refusal *refusals, unsigned max);

#endif
