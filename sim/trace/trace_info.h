/* SPDX-License-Identifier: MIT */
/* What is in a trace: counts over all its records. */
#ifndef SIM_TRACE_TRACE_INFO_H
#define SIM_TRACE_TRACE_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/record.h"
#include "trace/trace_source.h"

struct trace_info {
    uint64_t records;
    uint64_t first_ns; /* time of the first and of the last record; 0 when there is none */
    uint64_t last_ns;
    uint64_t ops[NR_TRACE_OPS];
    uint64_t orders[TRACE_ORDER_MAX + 1]; /* allocations of each order */
    uint64_t reclaim_frees;               /* frees with TRACE_ORIGIN_RECLAIM */
    uint64_t peak_blocks;                 /* most blocks held at a time, and when it was reached */
    uint64_t peak_pages;                  /* most pages held at a time; blocks above order 20: 0 */
    uint64_t peak_pages_ns;
    uint64_t live_blocks; /* held at the end */
    uint64_t live_pages;
    uint32_t nr_tasks;
};

/* Reads the whole source from its start and rewinds it. The source's errors, ERR_OUT_OF_MEMORY. */
bool trace_info_collect(struct trace_source *source, struct trace_info *ret_info,
                        struct sim_error *err);

#endif
