/* SPDX-License-Identifier: MIT */
/* The machine-wide and run-wide counters as JSON: what tick and summary say beside the zones. */
#ifndef SIM_STATS_RUN_FIELDS_H
#define SIM_STATS_RUN_FIELDS_H

#include "mm/machine.h"
#include "stats/json_stream.h"
#include "stats/run_stats.h"

/*
 * Writes "vmstat", "alloc", "free", "stall", "late", what stats/reclaim_fields.h adds, "extfrag"
 * and the single counters as members of the object that the caller has begun. Totals since the
 * start. vmstat has the kernel's names in the kernel's order, its zone counters with all per-CPU
 * differences. stats->reclaim and stats->user are set. O(zones * CPUs).
 */
void run_fields_write(struct json_stream *json, const struct machine *machine,
                      const struct run_stats *stats);

#endif
