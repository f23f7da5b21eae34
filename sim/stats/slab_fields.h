/* SPDX-License-Identifier: MIT */
/* Calls of kmalloc() and its like, and the caches, as JSON. */
#ifndef SIM_STATS_SLAB_FIELDS_H
#define SIM_STATS_SLAB_FIELDS_H

#include "stats/json_stream.h"
#include "stats/run_stats.h"

/* "calls": {"kmalloc": {"count", "failed"}, ...}, null before the first. */
void calls_write(struct json_stream *json, const struct run_stats *stats);

/*
 * "slabs": the caches that have ever had a slab, newest first as /proc/slabinfo has them.
 * O(caches). Kernel: mm/slub.c s_show() [2.6.24]
 */
void slab_fields_write(struct json_stream *json, const struct slub *slub);

#endif
