/* SPDX-License-Identifier: MIT */
/* The summary for a reader at a terminal. */
#ifndef SIM_STATS_SUMMARY_TABLE_H
#define SIM_STATS_SUMMARY_TABLE_H

#include "base/strbuf.h"
#include "stats/summary.h"

/*
 * Appends some 20-60 lines of at most 100 columns (names of any length apart), ASCII, no colours:
 * zones, allocations, stalls, failures with their reasons in words, and what to look at next.
 * Lack of memory shows in out->failed.
 */
void summary_table_format(struct strbuf *out, const struct summary_info *info);

#endif
