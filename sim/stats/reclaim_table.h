/* SPDX-License-Identifier: MIT */
/* What reclaim, devices and tasks did, for a reader at a terminal. */
#ifndef SIM_STATS_RECLAIM_TABLE_H
#define SIM_STATS_RECLAIM_TABLE_H

#include "base/strbuf.h"
#include "stats/summary.h"

/*
 * Appends the sections reclaim, faults, page cache, dirty, swap, devices and worst tasks of the
 * summary table, each only if something happened there.
 */
void reclaim_table_format(struct strbuf *out, const struct summary_info *info);

#endif
