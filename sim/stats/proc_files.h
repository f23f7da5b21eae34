/* SPDX-License-Identifier: MIT */
/* A machine as the kernel's own files under /proc show it, byte for byte. */
#ifndef SIM_STATS_PROC_FILES_H
#define SIM_STATS_PROC_FILES_H

#include <stdint.h>

#include "base/strbuf.h"
#include "stats/snapshot.h"

/*
 * DEVIATION: caches that never had a slab are not in the output, so /proc/slabinfo has no line of
 * them; and a pageblock in a hole counts in /proc/pagetypeinfo, as with a memory map without gaps.
 */
enum proc_file {
    PROC_BUDDYINFO,
    PROC_ZONEINFO,
    PROC_PAGETYPEINFO,
    PROC_VMSTAT,
    PROC_SLABINFO,
    NR_PROC_FILES,
};

const char *proc_file_name(enum proc_file file); /* "buddyinfo" ... */

/* Appends the file's text. O(zones * CPUs).
 * Kernel: mm/vmstat.c zoneinfo_show(), also mm/slub.c s_show() [2.6.24] */
void proc_file_format(struct strbuf *out, const struct snapshot *snapshot, enum proc_file file);

#endif
