/* SPDX-License-Identifier: MIT */
/* What a task did between asking for a page and its answer, step by step, in words. */
#ifndef SIM_STATS_EXPLAIN_STEPS_H
#define SIM_STATS_EXPLAIN_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "mm/stall.h"
#include "stats/result_reader.h"

/* One call of try_to_free_pages() and what follows it up to the next. */
struct explain_round {
    struct strbuf text;
    uint64_t begin_ns;
    uint64_t scanned;
    uint64_t freed;
    uint64_t pdflush_wakeups;
};

/* What shrink_zone() did to the zone at hand. */
struct explain_zone {
    uint64_t active_scanned;
    uint64_t deactivated;
    uint64_t looked_at; /* pages handed to shrink_page_list() */
    uint64_t activated;
    bool sync; /* lumpy reclaim waited for writeback */
};

/*
 * Fed with the task's events in the order of the file. The text stays short however long the
 * request took: of many rounds the first and the last are shown, of many waits of one kind in a
 * row the first. `= {0}` and the members up to hz set to begin with.
 */
struct explain_steps {
    uint64_t begin_ns; /* of the request: steps are timed from it */
    uint64_t hz;
    bool untimed; /* lines are words only */

    struct strbuf text; /* the result */
    struct explain_round round;
    struct explain_round held; /* the last one that may be left out */
    uint64_t nr_rounds;
    uint64_t left_out;
    uint64_t left_out_scanned;
    uint64_t left_out_freed;

    int64_t priority;
    struct explain_zone zone;
    char wait[RESULT_EVENT_NAME_MAX]; /* kind of the waits in a row */
    uint64_t waits;
    uint64_t folded_ns; /* of those not shown */

    uint64_t stalls[NR_STALLS];
    uint64_t stall_ns[NR_STALLS];
};

void explain_steps_fini(struct explain_steps *steps);

/* Forgets what came so far: it was another request's. */
void explain_steps_reset(struct explain_steps *steps);

/* Takes in the reader's parsed event. */
void explain_steps_add(struct explain_steps *steps, const struct result_reader *reader);

/* There are no more: `text` is complete. False: no host memory. */
bool explain_steps_end(struct explain_steps *steps);

#endif
