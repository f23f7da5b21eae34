/* SPDX-License-Identifier: MIT */
/* The slow model's reclaim: 2.6.24 written straight down, waits being calls that pass time. */
#ifndef TESTS_LIB_SLOW_RECLAIM_H
#define TESTS_LIB_SLOW_RECLAIM_H

#include "lib/slow_mm.h"

/*
 * On top of slow_mm.h, with the outside world of the reclaim vectors: devices, swap slots, user
 * pages in slots, shrinkers, processes. It shares no code with sim/reclaim and none of its
 * machinery of tasks that stop and go on: whoever waits calls slow_pass_time(), and a kswapd that
 * gets to run in somebody's sleep is a call inside that sleep.
 * Plain data; everything belongs to struct slow_reclaim. Out of memory ends the program.
 */

enum {
    SLOW_PAGEVEC = 14,
    SLOW_DEVICES = 16,
    SLOW_FILES = 64,
    SLOW_SHRINKERS = 8,
    SLOW_IDLE_THROTTLES = 500
};

enum slow_pvec { SLOW_PVEC_ADD, SLOW_PVEC_ADD_ACTIVE, SLOW_PVEC_ROTATE, SLOW_PVECS };

struct slow_pagevec {
    unsigned nr;
    struct slow_page *pages[SLOW_PAGEVEC];
};

/* Machine-wide events, in the order in which `sum` hashes them. */
enum slow_event {
    SLOW_ALLOCSTALL,
    SLOW_PAGEOUTRUN,
    SLOW_KSWAPD_STEAL,
    SLOW_SLABS_SCANNED,
    SLOW_PGROTATED,
    SLOW_PGACTIVATE,
    SLOW_PGDEACTIVATE,
    SLOW_PSWPIN,
    SLOW_PSWPOUT,
    SLOW_EVENTS,
};

/* Events per zone index, likewise. */
enum slow_zone_event {
    SLOW_PGREFILL,
    SLOW_PGSTEAL,
    SLOW_PGSCAN_KSWAPD,
    SLOW_PGSCAN_DIRECT,
    SLOW_ZONE_EVENTS,
};

/* A disk: pages in the order of submission, the first one in service. */
struct slow_device {
    bool shown; /* in dumps */
    bool congested;
    uint64_t service_us; /* 0: synchronous */
    unsigned cpu;        /* of completions */
    uint64_t requests;
    uint64_t count;
    struct slow_page **queue;
    uint64_t completes_us; /* of the first */
};

enum slow_writepage { SLOW_WRITES, SLOW_NO_WRITEPAGE, SLOW_ACTIVATES, SLOW_REDIRTIES };

struct slow_file {
    unsigned device;
    bool mapped; /* by somebody, once */
    enum slow_writepage writepage;
};

enum slow_slot_state { SLOW_SLOT_EMPTY, SLOW_SLOT_FILE, SLOW_SLOT_ANON, SLOW_SLOT_SWAPPED };

/* A user's page, or its place in swap. It is the only mapping the page ever has. */
struct slow_slot {
    enum slow_slot_state state;
    bool young;
    bool mlocked;
    struct slow_page *page; /* FILE, ANON */
    unsigned swap;          /* SWAPPED; ANON while it is not mapped */
    unsigned pins;
    uint64_t owner; /* pid; ANON, SWAPPED */
};

struct slow_shrinker {
    bool registered;
    bool fs_only;
    uint64_t seeks;
    uint64_t objects_per_page;
    uint64_t percent;
    uint64_t objects;
    uint64_t deferred; /* the kernel's nr */
    /* [nr_pages], the oldest first. */
    struct slow_page **pages;
    uint64_t *left; /* objects in each */
    uint64_t nr_pages;
};

struct slow_mm_struct {
    uint64_t total_vm;
};

/* Once defined it stays in memory; a dead one is in no list. */
struct slow_process {
    struct slow_process *next; /* in order of definition, dead ones included */
    struct slow_process *parent;
    bool dead;
    uint64_t pid;
    struct slow_mm_struct *mm; /* NULL: none */
    struct slow_mm_struct own_mm;
    uint64_t utime;
    uint64_t stime;
    uint64_t start_s;
    int64_t nice;
    uint64_t uid;
    uint64_t euid;
    uint64_t caps;
    int oom_adj;
    bool exiting;
    bool swapoff;
    bool less_throttle;
    bool memdie;
    bool killed;
};

enum { SLOW_CAP_SYS_ADMIN = 1, SLOW_CAP_SYS_RAWIO = 2 };

struct slow_reclaim {
    struct slow_mm mm; /* mm.task: the flags of whoever runs */
    FILE *out;
    unsigned trace;
    uint64_t now_us;
    uint64_t boot_jiffies;
    unsigned cpu;                 /* on which the running one runs */
    struct slow_process *current; /* NULL: a kernel task */
    uint64_t current_pid;         /* as `cur` says */

    struct slow_pagevec pvecs[CPUS_MAX][SLOW_PVECS];
    uint64_t events[SLOW_EVENTS];
    uint64_t zone_events[SLOW_ZONE_EVENTS][MAX_NR_ZONES];
    uint64_t reclaimed_slab; /* pages reported to the running reclaimer */
    uint64_t all_scanned;    /* by all calls of shrink_zone */
    uint64_t all_freed;
    uint64_t wakeups;        /* of sleepers in congestion_wait */
    unsigned idle_throttles; /* waits in a row while no disk was busy, in this operation */

    struct slow_device devices[SLOW_DEVICES];
    struct slow_file files[SLOW_FILES];
    struct slow_shrinker shrinkers[SLOW_SHRINKERS];
    unsigned shrinker_order[SLOW_SHRINKERS]; /* as registered */
    unsigned nr_shrinkers;
    unsigned *swap_use; /* [swap_total], 0: free */
    uint64_t swap_total;
    uint64_t swap_free;
    uint64_t swap_cache;
    struct slow_slot *slots;
    uint64_t nr_slots;
    struct slow_process *first_process;

    int64_t swappiness;
    uint64_t laptop_mode;
    uint64_t background_ratio;
    uint64_t dirty_ratio;
    bool slab_reports;
    bool oom_exit;
    unsigned kswapd_mode;
    uint64_t kswapd_limit;
    uint64_t kswapd_restarts; /* of the run under way */
};

/* The reclaimer's wishes. Kernel: struct scan_control. */
struct slow_scan {
    uint32_t gfp;
    unsigned order;
    uint64_t cluster;
    bool may_writepage;
    bool may_swap;
    uint64_t nr_scanned;
    bool all_unreclaimable;
};

/* ---- slow_reclaim.c: boot, output, who runs ---- */

/* The hooks of r->mm are the caller's; mm must be booted. */
void slow_reclaim_boot(struct slow_reclaim *r, const struct machine_spec *spec, FILE *out);
void slow_reclaim_fini(struct slow_reclaim *r);
__attribute__((format(printf, 3, 4))) void slow_say(const struct slow_reclaim *r, unsigned level,
                                                    const char *format, ...);
/* "NID NAME" of a zone is wanted in many lines. */
const char *slow_name(const struct slow_reclaim *r, const struct slow_zone *zone);
/* Who runs from now on, with the bits of the `task` line. */
void slow_enter(struct slow_reclaim *r, unsigned cpu, unsigned task_bits);
/* The end of an operation. */
void slow_leave(struct slow_reclaim *r);
/* Negative global parts read as 0. */
uint64_t slow_zone_state(const struct slow_zone *zone, enum slow_item item);
uint64_t slow_global_state(struct slow_reclaim *r, enum slow_item item);

/* ---- slow_reclaim_time.c: time, devices, waits ---- */

void slow_pass_time(struct slow_reclaim *r, uint64_t until_us);
void slow_congestion_wait(struct slow_reclaim *r, unsigned jiffies);
void slow_sleep_jiffy(struct slow_reclaim *r);
void slow_wait_on_writeback(struct slow_reclaim *r, struct slow_page *page);
void slow_change_device(struct slow_reclaim *r, unsigned number, uint64_t service_us, unsigned cpu,
                        uint64_t requests);
/* Sets the writeback mark, unlocks, and hands the page to the device. */
void slow_write(struct slow_reclaim *r, unsigned device, struct slow_page *page);
void slow_dirty_limits(struct slow_reclaim *r, uint64_t *ret_background, uint64_t *ret_dirty);
void slow_throttle_vm_writeout(struct slow_reclaim *r, uint32_t gfp);

/* ---- slow_reclaim_lru.c ---- */

void slow_get_page(struct slow_page *page);
void slow_put_page(struct slow_reclaim *r, struct slow_page *page, unsigned cpu);
/* __pagevec_release() without its drain; empties the vector. */
void slow_release_pages(struct slow_reclaim *r, struct slow_pagevec *pvec, unsigned cpu, bool cold);
/* With it. */
void slow_pagevec_release(struct slow_reclaim *r, struct slow_pagevec *pvec, unsigned cpu);
void slow_lru_cache_add(struct slow_reclaim *r, struct slow_page *page, bool active, unsigned cpu);
void slow_lru_add_drain(struct slow_reclaim *r, unsigned cpu);
void slow_mark_page_accessed(struct slow_reclaim *r, struct slow_page *page, unsigned cpu);
/* True: the page sits in the rotate vector now. */
bool slow_rotate_reclaimable(struct slow_reclaim *r, struct slow_page *page, unsigned cpu);

/* ---- slow_reclaim_cache.c: page cache, swap cache, dirty and writeback marks ---- */

unsigned slow_swap_get(struct slow_reclaim *r); /* 0: none; else an entry, used once */
void slow_swap_dup(struct slow_reclaim *r, unsigned entry);
void slow_swap_put(struct slow_reclaim *r, unsigned entry);
bool slow_swap_full(const struct slow_reclaim *r);
void slow_add_to_swap_cache(struct slow_reclaim *r, struct slow_page *page, unsigned entry);
bool slow_remove_exclusive(struct slow_reclaim *r, struct slow_page *page);
void slow_remove_from_page_cache(struct slow_reclaim *r, struct slow_page *page);
/* Count 2 and clean: out of its cache, count 1. */
bool slow_remove_mapping(struct slow_reclaim *r, struct slow_page *page);
void slow_set_dirty(struct slow_reclaim *r, struct slow_page *page);
/* Whether it was dirty. */
bool slow_clear_dirty_for_io(struct slow_reclaim *r, struct slow_page *page);
void slow_end_writeback(struct slow_reclaim *r, struct slow_page *page, unsigned cpu);

/* ---- slow_reclaim_shrink.c ---- */

uint64_t slow_shrink_page_list(struct slow_reclaim *r, struct slow_scan *sc, struct slow_link *list,
                               bool sync);
uint64_t slow_shrink_zone(struct slow_reclaim *r, struct slow_scan *sc, struct slow_zone *zone,
                          int priority);

/* ---- slow_reclaim_balance.c ---- */

uint64_t slow_shrink_slab(struct slow_reclaim *r, uint64_t scanned, uint32_t gfp,
                          uint64_t lru_pages);
uint64_t slow_try_to_free_pages(struct slow_reclaim *r, const struct slow_zonelist *list,
                                unsigned order, uint32_t gfp);
bool slow_zone_reclaim(struct slow_reclaim *r, struct slow_zone *zone, uint32_t gfp,
                       unsigned order);
void slow_kswapd(struct slow_reclaim *r, unsigned nid);
void slow_woken_kswapds(struct slow_reclaim *r);
/* Registers it or changes it. */
void slow_set_shrinker(struct slow_reclaim *r, unsigned number, uint64_t seeks,
                       uint64_t objects_per_page, uint64_t percent, bool fs_only);
void slow_add_slab_page(struct slow_reclaim *r, unsigned number, struct slow_page *page);

/* ---- slow_reclaim_oom.c ---- */

struct slow_process *slow_find_process(struct slow_reclaim *r, uint64_t pid);
uint64_t slow_badness(struct slow_reclaim *r, const struct slow_process *process);
/* False: there was no candidate. */
bool slow_out_of_memory(struct slow_reclaim *r, const struct slow_zonelist *list, uint32_t gfp,
                        unsigned order);
void slow_exit_killed(struct slow_reclaim *r, bool spare_current);

/* ---- slow_reclaim_user.c: slots ---- */

enum { SLOW_NO_PAGE = -1, SLOW_BUSY = -2, SLOW_GIVEN_UP = -3 };

struct slow_slot *slow_slot(struct slow_reclaim *r, uint64_t number);
/* The slot of a page, NULL for none. */
struct slow_slot *slow_slot_of(struct slow_reclaim *r, const struct slow_page *page);
/* An order-0 allocation by whoever runs: a pfn, SLOW_NO_PAGE or SLOW_GIVEN_UP. */
int64_t slow_alloc_user_page(struct slow_reclaim *r, uint32_t gfp, int nid);
int64_t slow_new_file_page(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid,
                           unsigned file, const char *flags);
int64_t slow_new_anon_page(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid,
                           const char *flags);
/* 0: nothing had to be read back. */
int64_t slow_touch(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid);
void slow_unmap_file_page(struct slow_reclaim *r, struct slow_slot *slot);
void slow_delete(struct slow_reclaim *r, uint64_t number);
void slow_flush_page(struct slow_reclaim *r, struct slow_slot *slot);
bool slow_page_referenced(struct slow_reclaim *r, struct slow_page *page, bool is_locked);
bool slow_try_to_unmap(struct slow_reclaim *r, struct slow_page *page);

/* ---- slow_reclaim_dump.c ---- */

void slow_reclaim_dump(struct slow_reclaim *r, FILE *out);
void slow_reclaim_sum(struct slow_reclaim *r, FILE *out);

#endif
