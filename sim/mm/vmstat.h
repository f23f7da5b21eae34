/* SPDX-License-Identifier: MIT */
/* Zone counters with per-CPU differences, and event counters, by the kernel's names. */
#ifndef SIM_MM_VMSTAT_H
#define SIM_MM_VMSTAT_H

#include <stdbool.h>
#include <stdint.h>

/* Kernel: include/linux/mmzone.h enum zone_stat_item [2.6.24] */
enum zone_stat_item {
    NR_FREE_PAGES,
    NR_INACTIVE,
    NR_ACTIVE,
    NR_ANON_PAGES,
    NR_FILE_MAPPED,
    NR_FILE_PAGES,
    NR_FILE_DIRTY,
    NR_WRITEBACK,
    NR_SLAB_RECLAIMABLE,
    NR_SLAB_UNRECLAIMABLE,
    NR_PAGETABLE,
    NR_UNSTABLE_NFS,
    NR_BOUNCE,
    NR_VMSCAN_WRITE,
    NUMA_HIT,
    NUMA_MISS,
    NUMA_FOREIGN,
    NUMA_INTERLEAVE_HIT,
    NUMA_LOCAL,
    NUMA_OTHER,
    NR_VM_ZONE_STAT_ITEMS,
};

/* Kernel: include/linux/vmstat.h enum vm_event_item [2.6.24]; the four zones are consecutive */
enum vm_event_item {
    PGPGIN,
    PGPGOUT,
    PSWPIN,
    PSWPOUT,
    PGALLOC_ZONE0,
    PGFREE = PGALLOC_ZONE0 + 4,
    PGACTIVATE,
    PGDEACTIVATE,
    PGFAULT,
    PGMAJFAULT,
    PGREFILL_ZONE0,
    PGSTEAL_ZONE0 = PGREFILL_ZONE0 + 4,
    PGSCAN_KSWAPD_ZONE0 = PGSTEAL_ZONE0 + 4,
    PGSCAN_DIRECT_ZONE0 = PGSCAN_KSWAPD_ZONE0 + 4,
    PGINODESTEAL = PGSCAN_DIRECT_ZONE0 + 4,
    SLABS_SCANNED,
    KSWAPD_STEAL,
    KSWAPD_INODESTEAL,
    PAGEOUTRUN,
    ALLOCSTALL,
    PGROTATED,
    NR_VM_EVENT_ITEMS,
};

/* "nr_free_pages", "numa_hit" ...: as /proc/vmstat prints it. */
const char *zone_stat_name(enum zone_stat_item item);

/* "pgalloc_dma32" ...: as /proc/vmstat prints it, by the machine's zone layout. */
const char *vm_event_name(enum vm_event_item item, bool highmem);

#endif
