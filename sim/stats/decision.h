/* SPDX-License-Identifier: MIT */
/* Choosing, in the output of a run, the request whose decisions are to be explained. */
#ifndef SIM_STATS_DECISION_H
#define SIM_STATS_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "stats/result_reader.h"

/* Which one; those of one task only when `task` is set. */
struct decision_query {
    enum {
        DECISION_BY_TIME,    /* the nth longest, 1 = the longest */
        DECISION_BY_FAILURE, /* the nth that failed, 1 = the first */
        DECISION_AT,         /* the one that was under way at at_ns */
    } by;
    uint64_t nth;
    uint64_t at_ns;
    const char *task;
};

/* Where its last line stands: an alloc_failure, alloc_slow or try_to_free_pages_end event. */
struct decision {
    uint32_t line; /* RESULT_NO_LINE: in the summary's failures only */
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t rank;  /* what of the query it is: 1 = first */
    uint64_t of;    /* how many there are */
    uint64_t index; /* without a line: among the summary's failures.first */
};

#define RESULT_NO_LINE 0

/*
 * Reads the whole file once and keeps at most `nth` (from 1) candidates. Direct
 * reclaims count only where no allocation failed or waited, as in a file whose run was killed.
 * False: ERR_RESULT_NO_EVENTS (recorded without --events, and not a failure that the summary
 * tells of), ERR_RESULT_NOTHING (there is no such request), or what the reader meets.
 */
bool decision_find(struct result_reader *reader, const struct decision_query *query,
                   struct decision *ret_decision, struct sim_error *err);

#endif
