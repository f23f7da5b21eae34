/* SPDX-License-Identifier: MIT */
/* The words of the output format: names of levels, types, causes and zones, in one place. */
#ifndef SIM_STATS_FIELDS_H
#define SIM_STATS_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine.h"
#include "mm/page_alloc.h"
#include "reclaim/address_space.h"

/* Version of the line format; a reader refuses what it does not know. */
enum { OUTPUT_SCHEMA_VERSION = 1 };

/* Migratetypes that the output shows: MIGRATE_ISOLATE never holds a block here. */
enum { OUTPUT_MIGRATE_TYPES = MIGRATE_ISOLATE };

/* Where a zone's free pages stand between its watermarks, lowmem_reserve apart. */
enum watermark_level {
    LEVEL_ABOVE_HIGH,  /* kswapd rests */
    LEVEL_LOW_TO_HIGH, /* kswapd, once awake, works on */
    LEVEL_MIN_TO_LOW,  /* kswapd is woken */
    LEVEL_BELOW_MIN,   /* only those who may dip into the reserve get a page */
    NR_LEVELS,
};

/* How a run came to its end. */
enum run_end {
    RUN_ENDED_IDLE,        /* nothing was left to happen */
    RUN_ENDED_DURATION,    /* the time limit */
    RUN_ENDED_INTERRUPTED, /* from outside */
    RUN_ENDED_PANIC,       /* nobody was left for the OOM killer */
    NR_RUN_ENDS,
};

/* Why a free was not carried out. */
enum invalid_free {
    INVALID_FREE_UNKNOWN, /* the id was never allocated */
    INVALID_FREE_DOUBLE,  /* it was freed before */
    INVALID_FREE_FAILED,  /* its allocation had failed */
    NR_INVALID_FREES,
};

/* "0/Normal" and its like fit. */
#define ZONE_LABEL_MAX 24

enum { DURATION_TEXT_MAX = 32, PERCENT_TEXT_MAX = 32 };

/*
 * A zone is at a level when it has more free pages (as the kernel's decisions see them) than the
 * mark below it: exactly pages_min free pages are below_min, as zone_watermark_ok() has it.
 */
enum watermark_level zone_watermark_level(const struct zone *zone);

const char *watermark_level_name(enum watermark_level level); /* "above_high" ... */
const char *run_end_name(enum run_end end);                   /* "idle" ... */
const char *invalid_free_name(enum invalid_free reason);      /* "unknown" ... */
const char *migratetype_name(enum migratetype type);          /* "unmovable" ... "isolate" */
const char *writepage_name(enum writepage_kind kind);         /* "writes", "none" ... */
const char *zonelist_order_name(enum zonelist_order order);   /* "default", "node", "zone" */

/* "node/zone name" of a zone, in `label`; returns `label`. */
const char *zone_label(const struct machine *machine, const struct zone *zone,
                       char label[static ZONE_LABEL_MAX]);

/* part / whole in thousandths, rounded down (beyond 2^54: roughly); false and untouched for a whole
 * of 0. */
bool permille_of(uint64_t part, uint64_t whole, uint64_t *ret_permille);

/* "350 ns", "1.250 ms": three decimals from a microsecond on, rounded down. Returns `text`. */
const char *duration_text(uint64_t ns, char text[static DURATION_TEXT_MAX]);

/* "36.5 %", rounded down; "0.0 %" of nothing. Returns `text`. */
const char *percent_text(uint64_t part, uint64_t whole, char text[static PERCENT_TEXT_MAX]);

/* Whether the output shows the zone: it has a span. */
static inline bool zone_shown(const struct zone *zone)
{
    return zone->spanned_pages != 0;
}

#endif
