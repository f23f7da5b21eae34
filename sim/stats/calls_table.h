/* SPDX-License-Identifier: MIT */
/* What the calls of kmalloc() and vmalloc() came to, as readable text. */
#ifndef SIM_STATS_CALLS_TABLE_H
#define SIM_STATS_CALLS_TABLE_H

#include "base/strbuf.h"
#include "stats/summary.h"

/*
 * Appends a line each for kmalloc(), kmem_cache_alloc(), the slab caches, vmalloc() and invalid
 * calls, with what failed and why; none for what the run did not use. The page requests within
 * these calls are counted and explained with all others. Lack of memory shows in out->failed.
 */
void calls_table_format(struct strbuf *out, const struct summary_info *info);

#endif
