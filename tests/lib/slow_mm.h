/* SPDX-License-Identifier: MIT */
/* The slow model: the 2.6.24 page allocator as literal loops over an array of pages. */
#ifndef TESTS_LIB_SLOW_MM_H
#define TESTS_LIB_SLOW_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mm/machine_spec.h"

/*
 * What sim/mm does with bit sets, per-type lists, proxies and whole chunks is done here page by
 * page and list element by list element, so that a test can hold the two against each other. It is
 * written from the described behaviour of the kernel, shares no code with sim/mm but the machine's
 * description and the names of GFP flags, and is as slow as that makes it.
 * Left out: reclaim, kswapd, the OOM killer; hooks stand for them, slow_reclaim.h is behind those.
 * Plain data; everything belongs to struct slow_mm. Out of memory ends the program.
 */

enum slow_type { SLOW_UNMOVABLE, SLOW_RECLAIMABLE, SLOW_MOVABLE, SLOW_RESERVE, SLOW_ISOLATE };

enum { SLOW_TYPES = 5, SLOW_HOT = 0, SLOW_COLD = 1 };

/* Zone counters: the ones this model moves. */
enum slow_item {
    SLOW_FREE,
    SLOW_NUMA_HIT,
    SLOW_NUMA_MISS,
    SLOW_NUMA_FOREIGN,
    SLOW_NUMA_LOCAL,
    SLOW_NUMA_OTHER,
    SLOW_ALLOCATOR_ITEMS,
    SLOW_INACTIVE = SLOW_ALLOCATOR_ITEMS, /* from here on those of slow_reclaim.h, in dump order */
    SLOW_ACTIVE,
    SLOW_ANON,
    SLOW_MAPPED,
    SLOW_FILE_PAGES,
    SLOW_DIRTY,
    SLOW_WRITEBACK,
    SLOW_SLAB,
    SLOW_VMSCAN_WRITE,
    SLOW_ITEMS,
};

struct slow_link {
    struct slow_link *next;
    struct slow_link *prev;
};

struct slow_zone;

/* What slow_reclaim.h keeps of a page; all zero outside of it and while the page is free. */
struct slow_user_page {
    bool on_lru;
    bool active;
    bool referenced;
    bool locked;
    bool dirty;
    bool writeback;
    bool reclaim;
    bool swapcache;
    bool buffers;
    bool stuck_buffers; /* that cannot be released */
    bool anon;          /* stays until the page is free */
    int mapcount;
    unsigned swap;          /* of a page in the swap cache */
    unsigned slot;          /* its number + 1; 0: belongs to none */
    struct slow_file *file; /* of a page in the page cache */
};

/* One page frame. Only the first page of a free block says so. */
struct slow_page {
    struct slow_link lru; /* first member: a link is its page */
    struct slow_zone *zone;
    uint32_t private; /* order of a free block; type remembered on a per-CPU list */
    int32_t count;
    bool reserved;
    bool buddy;
    struct slow_user_page user;
};

struct slow_pcp {
    uint64_t count;
    uint64_t high;
    uint64_t batch;
    struct slow_link list;
};

struct slow_pageset {
    struct slow_pcp pcp[2];
    int threshold;
    int diff[SLOW_ITEMS];
    unsigned expire;
};

struct slow_zone {
    unsigned nid;
    unsigned index;
    uint64_t start_pfn;
    uint64_t spanned;
    uint64_t present;
    bool highmem;
    uint64_t pages_min;
    uint64_t pages_low;
    uint64_t pages_high;
    uint64_t lowmem_reserve[MAX_NR_ZONES];
    int64_t stat[SLOW_ITEMS];
    struct slow_pageset *pageset; /* [nr_cpus] */
    struct slow_link free_list[MAX_ORDER][SLOW_TYPES];
    uint64_t nr_free[MAX_ORDER];
    uint8_t *block_type; /* [nr_blocks] */
    uint64_t nr_blocks;
    uint64_t interleave_hits;
    bool oom_locked;
    bool all_unreclaimable; /* cleared, like the next, by whatever frees into the zone */
    uint64_t pages_scanned;
    /* Of slow_reclaim.h alone. */
    struct slow_link active_list;
    struct slow_link inactive_list;
    uint64_t nr_scan_active;
    uint64_t nr_scan_inactive;
    int prev_priority;
    bool reclaim_locked;
};

struct slow_zonelist {
    struct slow_zone *zones[NODES_MAX * MAX_NR_ZONES + 1]; /* NULL ends it */
    bool cached;
    bool custom; /* of MPOL_BIND */
    bool full[NODES_MAX * MAX_NR_ZONES];
    uint64_t last_full_zap;
};

struct slow_node {
    bool online;
    bool has_cpus;
    uint64_t start_pfn;
    uint64_t spanned;
    uint64_t present;
    struct slow_zonelist zonelists[2 * MAX_NR_ZONES];
    unsigned kswapd_max_order;
    bool kswapd_asleep;
};

/* The caller of an allocation; the first four as the vectors' `task` line says them. */
enum {
    SLOW_PF_MEMALLOC = 1,
    SLOW_TIF_MEMDIE = 2,
    SLOW_RT = 4,
    SLOW_IN_INTERRUPT = 8,
    SLOW_PF_SWAPWRITE = 16,
    SLOW_PF_KSWAPD = 32,
    SLOW_PF_LESS_THROTTLE = 64,
};

/* Nodes that a task may use, in a tree below the root, which is NULL. */
struct slow_cpuset {
    const struct slow_cpuset *parent;
    bool mems[NODES_MAX];
    bool exclusive;
};

enum slow_policy_mode { SLOW_DEFAULT, SLOW_PREFERRED, SLOW_BIND, SLOW_INTERLEAVE };

struct slow_policy {
    enum slow_policy_mode mode;
    int preferred; /* -1: the CPU's node */
    bool nodes[NODES_MAX];
    struct slow_zonelist bind;
};

enum slow_result { SLOW_PAGE, SLOW_FAIL, SLOW_LOOP };

/* The rest of the kernel. Those that return bool false give the allocation up where it stands. */
struct slow_hooks {
    void *context;
    void (*kswapd)(void *context, unsigned nid, unsigned order);
    bool (*zone_reclaim)(void *context, struct slow_zone *zone, uint32_t gfp, unsigned order);
    uint64_t (*try_to_free_pages)(void *context, const struct slow_zonelist *list, uint32_t gfp,
                                  unsigned order, unsigned cpu);
    bool (*congestion_wait)(void *context, unsigned timeout);
    bool (*out_of_memory)(void *context, const struct slow_zonelist *list, uint32_t gfp,
                          unsigned order, unsigned cpu);
};

struct slow_mm {
    struct slow_hooks hooks;
    unsigned task;                    /* flags of who runs; hooks may change them */
    const struct slow_cpuset *cpuset; /* of who runs */
    uint64_t jiffies;
    uint64_t hz;
    bool numa;
    bool highmem;
    unsigned pageblock_order;
    unsigned nr_cpus;
    unsigned cpu_nid[CPUS_MAX];
    uint8_t distance[NODES_MAX][NODES_MAX];

    struct slow_page *pages; /* [max_pfn] */
    uint64_t max_pfn;
    struct slow_zone zones[NODES_MAX][MAX_NR_ZONES];
    struct slow_node nodes[NODES_MAX];
    unsigned movable_zone; /* the zone type ZONE_MOVABLE takes its pages from */

    bool grouping_off;
    bool grouping_never;               /* as the description demands */
    enum zonelist_order wanted_order;  /* numa_zonelist_order as written */
    enum zonelist_order current_order; /* in force */
    int zone_reclaim_mode;
    uint64_t min_free_kbytes;
    uint64_t lowmem_reserve_ratio[MAX_NR_ZONES - 1];
    uint64_t vm_total_pages;
    uint64_t totalreserve_pages;

    uint64_t pgfree;
    uint64_t pgalloc[MAX_NR_ZONES];
    uint64_t zeroed_pages;
};

/* for_each_slow_zone(mm, zone) stmt: node ascending, zone index ascending, empty ones included. */
#define for_each_slow_zone(mm, zone)                  \
    for (struct slow_zone *zone = &(mm)->zones[0][0]; \
         zone < &(mm)->zones[0][0] + (size_t)NODES_MAX * MAX_NR_ZONES; zone++)

/* ---- slow_mm.c: the small tools ---- */

/* Memory, cleared; the program ends when there is none. */
void *slow_calloc(size_t count, size_t size);
/* A broken rule of the model itself ends the program. */
#define slow_must(condition) ((condition) ? (void)0 : slow_die(__FILE__, __LINE__, #condition))
_Noreturn void slow_die(const char *file, int line, const char *condition);

void slow_list_init(struct slow_link *head);
bool slow_list_empty(const struct slow_link *head);
/* Right behind `after`. */
void slow_list_add(struct slow_link *link, struct slow_link *after);
void slow_list_del(struct slow_link *link);
uint64_t slow_pfn(const struct slow_mm *mm, const struct slow_page *page);
bool slow_populated(const struct slow_zone *zone);
/* Highest set bit, counted from 1. */
unsigned slow_fls(uint64_t value);
const char *slow_zone_name(const struct slow_mm *mm, unsigned index);

void slow_mod_state(struct slow_zone *zone, enum slow_item item, int64_t delta, unsigned cpu);
void slow_inc_state(struct slow_zone *zone, enum slow_item item, unsigned cpu);
void slow_dec_state(struct slow_zone *zone, enum slow_item item, unsigned cpu);

/* ---- slow_span.c, slow_boot.c ---- */

/* Sizes nodes and zones; fills the node of each pfn of RAM in ram_nid (255: none). */
void slow_size_zones(struct slow_mm *mm, const struct machine_spec *spec, uint8_t *ram_nid);
/* Boots. The spec must have passed machine_spec_check(). */
void slow_mm_boot(struct slow_mm *mm, const struct machine_spec *spec,
                  const struct slow_hooks *hooks);
void slow_mm_fini(struct slow_mm *mm);

/* ---- slow_zonelist.c ---- */

unsigned slow_gfp_zone(const struct slow_mm *mm, uint32_t gfp);
uint64_t slow_free_zone_pages(const struct slow_zonelist *zonelist);
void slow_build_all_zonelists(struct slow_mm *mm);

/* ---- slow_watermark.c: and the other sysctls ---- */

bool slow_watermark_ok(const struct slow_zone *zone, unsigned order, uint64_t mark,
                       unsigned classzone, unsigned alloc_flags);
void slow_setup_pages_min(struct slow_mm *mm);
void slow_setup_lowmem_reserve(struct slow_mm *mm);
void slow_write_min_free_kbytes(struct slow_mm *mm, uint64_t kbytes);
void slow_write_lowmem_reserve_ratio(struct slow_mm *mm, const uint64_t ratio[MAX_NR_ZONES - 1]);
void slow_write_percpu_pagelist_fraction(struct slow_mm *mm, uint64_t fraction);
void slow_write_zonelist_order(struct slow_mm *mm, enum zonelist_order order);

/* ---- slow_buddy.c ---- */

unsigned slow_block_type(const struct slow_mm *mm, const struct slow_page *page);
void slow_set_block_type(struct slow_mm *mm, const struct slow_page *page, unsigned type);
void slow_free_one_page(struct slow_mm *mm, struct slow_page *page, unsigned order, unsigned cpu);
uint64_t slow_move_freepages_block(struct slow_mm *mm, struct slow_zone *zone,
                                   struct slow_page *page, unsigned type);
/* NULL: nothing free. */
struct slow_page *slow_rmqueue(struct slow_mm *mm, struct slow_zone *zone, unsigned order,
                               unsigned type, unsigned cpu);

/* ---- slow_pcp.c ---- */

void slow_setup_pageset(struct slow_pageset *pageset, uint64_t batch);
uint64_t slow_batchsize(const struct slow_zone *zone);
void slow_free_pages_bulk(struct slow_mm *mm, struct slow_zone *zone, struct slow_pcp *pcp,
                          uint64_t count, unsigned cpu);
struct slow_page *slow_pcp_take(struct slow_mm *mm, struct slow_zone *zone, unsigned cpu,
                                unsigned cold, unsigned type);
void slow_pcp_put(struct slow_mm *mm, struct slow_page *page, unsigned cpu, unsigned cold);
void slow_drain(struct slow_mm *mm, unsigned cpu);
void slow_drain_all(struct slow_mm *mm, unsigned cpu);
void slow_refresh_vm_stats(struct slow_mm *mm, unsigned cpu);

/* ---- slow_alloc.c ---- */

enum {
    SLOW_NO_WATERMARKS = 1,
    SLOW_WMARK_MIN = 2,
    SLOW_WMARK_LOW = 4,
    SLOW_WMARK_HIGH = 8,
    SLOW_HARDER = 0x10,
    SLOW_HIGH = 0x20,
    SLOW_CPUSET = 0x40,
};

/* alloc_pages() on the CPU when nid < 0, alloc_pages_node() otherwise. */
enum slow_result slow_alloc(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                            unsigned order, int nid, uint32_t *ret_pfn);
/* The same on a list that a policy chose. */
enum slow_result slow_alloc_on(struct slow_mm *mm, struct slow_zonelist *list, unsigned cpu,
                               unsigned task, uint32_t gfp, unsigned order, uint32_t *ret_pfn);
/* __free_pages(); `cold` counts for order 0 only. */
void slow_free(struct slow_mm *mm, uint32_t pfn, unsigned order, unsigned cpu, bool cold);
void slow_split(struct slow_mm *mm, uint32_t pfn, unsigned order);

/* ---- slow_policy.c ---- */

bool slow_cpuset_allows(const struct slow_mm *mm, const struct slow_zone *zone, uint32_t gfp,
                        bool softwall);
void slow_policy_init(struct slow_policy *policy, struct slow_mm *mm, enum slow_policy_mode mode,
                      const bool nodes[NODES_MAX]);
/* alloc_pages() of a task with the policy (NULL: none); *il_next is its. */
enum slow_result slow_alloc_current(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                                    unsigned order, struct slow_policy *policy, unsigned *il_next,
                                    uint32_t *ret_pfn);
/* alloc_page_vma() for page `offset`; `policy` is the region's or else the task's. */
enum slow_result slow_alloc_vma(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                                struct slow_policy *policy, uint64_t offset, uint32_t *ret_pfn);

/* ---- slow_dump.c: the state in the vectors' form; what they do not show ---- */

void slow_zonelists(const struct slow_mm *mm, FILE *out);
void slow_sum(const struct slow_mm *mm, FILE *out);
/* Without the line that ends it. */
void slow_dump(const struct slow_mm *mm, unsigned number, FILE *out);
void slow_scan_state(const struct slow_mm *mm, FILE *out);

#endif
