/* SPDX-License-Identifier: MIT */
/* One zone's state as a JSON object: what tick and summary say about a zone. */
#ifndef SIM_STATS_ZONE_FIELDS_H
#define SIM_STATS_ZONE_FIELDS_H

#include "mm/machine.h"
#include "stats/json_stream.h"

/* A counter with all per-CPU differences, negative reads as 0. O(CPUs). */
uint64_t zone_page_state_exact(const struct machine *machine, const struct zone *zone,
                               enum zone_stat_item item);

/* Writes the members "pages_min" to "lowmem_reserve". */
void zone_watermarks_write(struct json_stream *json, const struct zone *zone);

/*
 * Writes the members of the zone's object, from "name" to "pageblocks" (docs/output.md lists
 * them); the caller has begun the object and may add to it. O(orders * migratetypes + CPUs),
 * whatever the zone's size.
 */
void zone_fields_write(struct json_stream *json, const struct machine *machine,
                       const struct zone *zone);

#endif
