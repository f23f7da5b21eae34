/* SPDX-License-Identifier: MIT */
/* What a result says of itself: the run it is of, and how that ended. */
#ifndef SIM_COMPARE_RESULT_FACTS_H
#define SIM_COMPARE_RESULT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

enum { FACT_TEXT_MAX = 128 };

/* `= {0}` before the first line. */
struct result_facts {
    struct strbuf header;         /* the whole line */
    char workload[FACT_TEXT_MAX]; /* texts are cut there, between two characters */
    char kernel[FACT_TEXT_MAX];
    uint64_t seed;
    uint64_t tick_ns;
    bool events; /* event lines are in it */

    bool finished;             /* the summary has been seen */
    char ended[FACT_TEXT_MAX]; /* "duration", "idle", ... */
    uint64_t end_ns;

    /* A hash over all ticks and the summary: of equal outputs it is the same. */
    uint64_t body_hash;
};

void result_facts_fini(struct result_facts *facts);

/*
 * Takes in the next line of a result, without its newline. Errors: ERR_RESULT_FORMAT (the first
 * line is no header, a line is no line of a result), ERR_RESULT_VERSION, ERR_OUT_OF_MEMORY.
 */
bool result_facts_line(struct result_facts *facts, const char *line, size_t length,
                       struct sim_error *err);

/* What a line is, by its first bytes. */
enum line_type { LINE_HEADER, LINE_TICK, LINE_EVENT, LINE_SUMMARY, LINE_OTHER };
enum line_type line_type_of(const char *line, size_t length);

/* The time_ns of a tick, event or summary line; false: it has none where the writer puts it. */
bool line_time(const char *line, size_t length, uint64_t *ret_ns);

#endif
