/* SPDX-License-Identifier: MIT */
/* Reclaim, its devices and the users of memory as JSON. */
#ifndef SIM_STATS_RECLAIM_FIELDS_H
#define SIM_STATS_RECLAIM_FIELDS_H

#include "mm/machine.h"
#include "stats/json_stream.h"
#include "stats/run_stats.h"

/* What reclaim scanned and freed so far, by who did it; sums over the zones. */
struct reclaim_totals {
    uint64_t kswapd_scanned;
    uint64_t kswapd_freed;
    uint64_t direct_scanned;
    uint64_t direct_freed;
};

struct reclaim_totals reclaim_totals(const struct machine *machine);

/* Writes the member `name`: a histogram's count, sum and quantiles. */
void histogram_write(struct json_stream *json, const char *name, const struct histogram *histogram);

/* Writes the member "stall": count and time of each cause. */
void stalls_write(struct json_stream *json, const uint64_t counts[static NR_STALLS],
                  const uint64_t total_ns[static NR_STALLS]);

/* Writes the member `name`: part of whole in thousandths, null when the whole is 0. */
void permille_write(struct json_stream *json, const char *name, uint64_t part, uint64_t whole);

/*
 * Writes "kswapd", "reclaim", "swap", "dirty", "devices" and "user" as members of the object that
 * the caller has begun. O(zones * CPUs + devices).
 */
void reclaim_fields_write(struct json_stream *json, const struct machine *machine,
                          const struct run_stats *stats);

/* Writes "tasks" and "rates", which only the summary has. O(tasks). */
void reclaim_summary_write(struct json_stream *json, const struct machine *machine,
                           const struct run_stats *stats);

#endif
