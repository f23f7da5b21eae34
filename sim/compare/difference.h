/* SPDX-License-Identifier: MIT */
/* Where two results differ first, and the event that made them. */
#ifndef SIM_COMPARE_DIFFERENCE_H
#define SIM_COMPARE_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "compare/line_source.h"

enum difference_kind {
    DIFFERENCE_NONE,     /* every tick and the summary are the same, byte for byte */
    DIFFERENCE_EVENTS,   /* these are, but an event differs */
    DIFFERENCE_SETTINGS, /* only members that repeat a setting, such as pages_min, differ */
    DIFFERENCE_VALUE,    /* a counter */
    DIFFERENCE_LENGTH,   /* one run ended, up to there they are the same */
};

enum { DIFFERENCE_TEXT_MAX = 128 };

/* An event that came on one side, or came otherwise on the other; words.length 0: none came. */
struct difference_event {
    struct strbuf words;
    uint64_t time_ns;
};

/* Index 0 is the base, 1 the candidate. Valid to end after `= {0}`. */
struct difference {
    enum difference_kind kind;
    uint64_t tick;                  /* from 1; 0: in the summary only */
    uint64_t time_ns;               /* of that tick or summary */
    char path[DIFFERENCE_TEXT_MAX]; /* "zones[0/DMA32].nr_free_pages", as metrics have it */
    char values[2][DIFFERENCE_TEXT_MAX];
    uint64_t others; /* further members of that line that differ, settings apart */

    bool has_events; /* both results have event lines */
    /* The first event since the tick before that is not the same on both sides. When there is none
     * and it was the settings at boot, the first one that comes: then event_later. */
    bool event_found;
    bool event_later;
    struct difference_event events[2];
};

void difference_fini(struct difference *difference);

/*
 * Walks the two results in step, from their headers to the first difference. Lines that are the
 * same cost a memcmp; nothing is kept. With `events` both sources have event lines, which are held
 * against each other apart from the ticks; `hz` turns jiffies of their words into time.
 * Errors: the sources' own, ERR_NOT_COMPARABLE (ticks at other times), ERR_RESULT_FORMAT,
 * ERR_RESULT_UNFINISHED, ERR_OUT_OF_MEMORY.
 */
bool difference_find(struct difference *difference, const struct line_source *base,
                     const struct line_source *candidate, bool events, struct sim_error *err);

/* The zone of the path, "0/DMA32", and the rest of it; false: it is of the machine. The rest is
 * then the whole path. */
bool difference_zone(const struct difference *difference, char *zone, size_t size,
                     const char **ret_rest);

#endif
