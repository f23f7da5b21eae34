/* SPDX-License-Identifier: MIT */
/* What the reclaim vectors script around the product's reclaim: slots, devices, processes, time. */
#ifndef TESTS_GOLDEN_RECLAIM_WORLD_H
#define TESTS_GOLDEN_RECLAIM_WORLD_H

#include "golden_world.h"
#include "reclaim/reclaim.h"

enum { WORLD_FILES = 64, WORLD_SHRINKERS = 8, WORLD_TRACE_PAGES = 3, WORLD_IDLE_THROTTLES = 500 };

#define WORLD_NO_SLOT UINT32_MAX

/* What became of a page that an operation asked for; a pfn when not negative. */
#define WORLD_FAIL (-1)
#define WORLD_BUSY (-2)
#define WORLD_LOOP (-3)

enum slot_state {
    SLOT_EMPTY,
    SLOT_FILE,    /* a page of the page cache, its index in the file is the slot's number */
    SLOT_ANON,    /* a page, mapped or unmapped and in the swap cache */
    SLOT_SWAPPED, /* a swap slot */
};

struct lru_slot {
    uint8_t state;  /* enum slot_state */
    bool young;     /* the accessed bit of the only mapping */
    bool mlocked;   /* VM_LOCKED of the same */
    uint32_t pfn;   /* FILE, ANON */
    uint32_t swap;  /* swap_entry: SWAPPED, unmapped ANON */
    uint32_t pins;  /* references of `pin` lines */
    uint32_t owner; /* pid; ANON, SWAPPED */
};

/* Somebody who runs kernel code. */
struct world_task {
    struct task task;
    struct reclaim_state state;
    uint32_t base_flags;     /* that no `task` line takes away */
    uint64_t sleep_begin_ns; /* of the sleep under way or the last one */
    /* What kswapd did in its sleeps since its direct_reclaim or zone_reclaim began. */
    uint64_t others_scanned;
    uint64_t others_freed;
};

/* Lives on after its exit so that pointers stay valid; `live` says whether it is listed. */
struct world_process {
    struct process process;
    struct world_task task;
    bool live;
    bool killed;
    struct world_process *next; /* in the order of definition */
};

struct slab_page {
    uint32_t pfn;
    uint32_t objects; /* left in it */
};

struct world_shrinker {
    struct shrinker shrinker;
    struct reclaim_world *world;
    bool registered;
    bool fs_only;
    uint32_t objects_per_page;
    uint32_t percent; /* of what is asked for that is freed */
    uint64_t objects;
    VEC(struct slab_page) pages; /* from `oldest` on */
    size_t oldest;
};

/* Valid to end when all zero. `script` runs the lines that the allocator's vectors have, too. */
struct reclaim_world {
    struct golden_world script;
    bool booted;
    struct machine machine;
    struct kernel_ops ops; /* those of 2.6.24, some of them wrapped */
    struct clock clock;
    struct reclaim reclaim;

    VEC(struct lru_slot) slots;
    struct address_space *files[WORLD_FILES];
    uint32_t devices_shown; /* bit per device that `dump` prints */
    struct world_shrinker shrinkers[WORLD_SHRINKERS];
    struct world_process *first_process, *last_process;

    struct world_task *kswapds;    /* [nr_nodes] */
    struct world_task kernel_task; /* current where no live process is */
    struct world_task *current;
    uint32_t current_pid;
    uint32_t cpu; /* of the last operation that named one */

    uint32_t trace;
    uint32_t kswapd_mode;
    uint64_t kswapd_restart_limit;
    uint64_t kswapd_restarts; /* of the run under way */
    bool kswapd_running;
    bool killed_exit; /* as `oomexit` says */
    uint64_t scanned; /* by all calls of shrink_zone() */
    uint64_t freed;
    bool abandoned; /* the allocation at hand is to be given up */
    bool panicked;
    unsigned idle_throttles; /* waits in a row while no disk was busy, in this operation */
};

/* A line that only reclaim vectors have. */
struct world_verb {
    const char *verb;
    void (*run)(struct reclaim_world *world, const struct golden_words *words);
};

extern const struct golden_model reclaim_world_model;
/* Each ends with an entry without verb. */
extern const struct world_verb world_slot_verbs[];    /* reclaim_slot_lines.c */
extern const struct world_verb world_device_verbs[];  /* reclaim_devices.c */
extern const struct world_verb world_process_verbs[]; /* reclaim_processes.c */

void reclaim_world_init(struct reclaim_world *world, FILE *out);
void reclaim_world_fini(struct reclaim_world *world);

/* Whether only reclaim vectors have such a line. */
bool reclaim_world_knows(const char *verb);

/* Runs one line, already split; a broken one ends the program. */
void reclaim_world_line(struct reclaim_world *world, const struct golden_words *words);

/* ---- reclaim_world.c: operations ---- */

/* Sets who runs and where; to be called before anything that may wait. */
void world_enter(struct reclaim_world *world, unsigned cpu);
/* The end of an operation: killed processes exit, woken kswapds run. */
void world_leave(struct reclaim_world *world);
/* One allocation by current; the wait counter is the caller's. A pfn, WORLD_FAIL or WORLD_LOOP. */
int64_t world_alloc(struct reclaim_world *world, uint32_t gfp, unsigned order, int nid);

/* ---- reclaim_time.c: time and sleeping ---- */

/* Lets time pass to `until_ns` or, at most, to the next completion. */
void world_pass_time(struct reclaim_world *world, uint64_t until_ns);
void world_next_completion(struct reclaim_world *world, const char *waiter);
/* What a task that answered STEP_BLOCKED waits for happens. */
void world_wait(struct reclaim_world *world, struct world_task *task);
void world_run_kswapd(struct reclaim_world *world, unsigned nid);
void world_run_woken_kswapds(struct reclaim_world *world);
uint64_t world_now_us(const struct reclaim_world *world);

/* The task begins to reclaim: what others do in its sleeps counts from here. */
void world_begin_reclaim(struct world_task *task);

/* ---- reclaim_events.c: `e` lines ---- */

void world_on_event(void *context, const struct reclaim_event *event);
/* The kinds that world_on_event() wants at the present trace level. */
uint32_t world_wanted_events(const struct reclaim_world *world);
/* printf() of a line at trace levels from `level` on. */
__attribute__((format(printf, 3, 4))) void world_print(struct reclaim_world *world, uint32_t level,
                                                       const char *format, ...);

/* ---- reclaim_slots.c: pages of users ---- */

extern const struct rmap_ops world_rmap_ops; /* without context */
struct lru_slot *world_slot(struct reclaim_world *world, uint32_t number);
/* The slot that a page of the LRU belongs to, NULL for none. */
struct lru_slot *world_slot_of_page(struct reclaim_world *world, pfn_t page);
/*
 * The page of an `lf` or `la` line whose CPU is word `first`, or why there is none (WORLD_*).
 */
int64_t world_new_file_page(struct reclaim_world *world, const struct golden_words *words,
                            uint32_t number, unsigned first);
int64_t world_new_anon_page(struct reclaim_world *world, const struct golden_words *words,
                            uint32_t number, unsigned first);
/* The same for a memory access; 0 when nothing had to be read back. */
int64_t world_touch(struct reclaim_world *world, uint32_t number, uint32_t gfp, int nid);
void world_unmap_file_page(struct reclaim_world *world, struct lru_slot *slot);
void world_delete_slot(struct reclaim_world *world, uint32_t number);
/* A page left a cache: its slot follows. */
void world_page_evicted(struct reclaim_world *world, pfn_t page);
void world_page_uncached(struct reclaim_world *world, pfn_t page);

/* ---- reclaim_devices.c: devices, files, swap, shrinkers ---- */

bool world_devices_init(struct reclaim_world *world);
void world_devices_fini(struct reclaim_world *world);

/* ---- reclaim_processes.c ---- */

struct world_process *world_find_process(struct reclaim_world *world, uint32_t pid);
void world_on_kill(void *context, struct process *victim, bool memdie);
/* All killed processes exit, but not the one that runs when `spare_current`. */
void world_exit_killed(struct reclaim_world *world, bool spare_current);
void world_processes_fini(struct reclaim_world *world);

/* ---- reclaim_dump.c: what `dump` and `sum` add ---- */

void world_dump(struct reclaim_world *world, FILE *out);
void world_sum(struct reclaim_world *world, FILE *out);

#endif
