/* SPDX-License-Identifier: MIT */
/* An allocation that got no page: who asked for what, and which check of which zone refused. */
#ifndef SIM_STATS_FAILURE_H
#define SIM_STATS_FAILURE_H

#include <stddef.h>
#include <stdint.h>

#include "mm/alloc_failure.h"
#include "mm/machine.h"
#include "stats/json_stream.h"

/* Pointers are the caller's; summary_add_failure() copies what it keeps. */
struct failure {
    uint64_t begin_ns; /* when it was asked */
    uint64_t time_ns;  /* when it had its result */
    const char *task;  /* NULL: unknown */
    uint32_t cpu;
    uint32_t gfp;
    uint32_t order;
    uint32_t node;    /* whose zonelist was walked */
    const char *call; /* static: what it was made within, such as "vmalloc"; NULL: nothing */
    uint32_t nr_direct_reclaims;
    uint32_t nr_congestion_waits;
    uint32_t nr_ooms;
    const struct zone_refusal *refusals; /* in zonelist order */
    uint32_t nr_refusals;
};

/*
 * A request that ended without a page, now; its refusals stay its own and must outlive this.
 * begin_ns is now, too, and call NULL: who knows better sets them afterwards.
 */
void failure_init(struct failure *failure, const struct machine *machine,
                  const struct alloc_request *request, const char *task_name);

/* Writes the members of a failure's object, from "time_ns" to "refusals". */
void failure_write(struct json_stream *json, const struct machine *machine,
                   const struct failure *failure);

/*
 * Which watermark a check asked: "min", "low", "high", "lowered min" (what ALLOC_HIGH and
 * ALLOC_HARDER leave), "mark" (another value by now), NULL (none was asked).
 */
const char *refusal_mark_name(const struct machine *machine, const struct zone_refusal *refusal);

/* What a refusal's words are made of, from a machine or from a result file. */
struct refusal_facts {
    const char *zone; /* its label */
    const char *mark; /* refusal_mark_name() */
    enum alloc_refusal refusal;
    uint32_t order; /* of the request */
    uint32_t failed_order;
    int64_t free_pages;
    int64_t required_pages;
    uint64_t mark_pages;
    uint64_t lowmem_reserve;
};

/*
 * One refusal in words, at most `size` bytes with the terminator:
 * "0/DMA refused: free 120 <= min 128 + lowmem_reserve 61".
 */
void refusal_facts_format(const struct refusal_facts *facts, char *text, size_t size);
void refusal_format(const struct machine *machine, const struct zone_refusal *refusal,
                    uint32_t order, char *text, size_t size);

#endif
