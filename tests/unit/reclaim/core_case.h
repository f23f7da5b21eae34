/* SPDX-License-Identifier: MIT */
/* A bare world whose pages can be freed and mapped, and a task that reclaims in it. */
#ifndef TESTS_UNIT_RECLAIM_CORE_CASE_H
#define TESTS_UNIT_RECLAIM_CORE_CASE_H

#include "bare_reclaim.h"
#include "mm/gfp.h"
#include "mm/zone_page_state.h"

enum { CASE_FREED_MAX = 4096 };

/* Zone 0 has the whole zonelist. Pages are mapped at most once. Must not move. */
struct core_case {
    struct bare_reclaim bare;
    struct kernel_ops ops;
    struct node node;
    struct zonelist zonelist;
    struct task task;
    struct reclaim_state state;
    struct address_space *mapping; /* on device 0, which is synchronous */
    bool young[BARE_PAGES];
    bool mlocked[BARE_PAGES];
    uint32_t freed[CASE_FREED_MAX]; /* in their order */
    bool freed_cold[CASE_FREED_MAX];
    unsigned nr_freed;
    unsigned kthreads_woken;
    bool other_task_waits;
};

static inline struct core_case *case_of(const struct reclaim *reclaim)
{
    return reclaim->owner.context;
}

static inline bool case_free(struct machine *machine, pfn_t page, unsigned cpu, unsigned cold)
{
    struct core_case *c = case_of(reclaim_of(machine));

    (void)cpu;
    ck_assert_uint_eq(bare_frame(&c->bare, page.nr)->count, 0);
    ck_assert_uint_eq(bare_frame(&c->bare, page.nr)->flags & PG_lru, 0);
    ck_assert_uint_lt(c->nr_freed, CASE_FREED_MAX);
    c->freed_cold[c->nr_freed] = cold;
    c->freed[c->nr_freed++] = page.nr;
    return true;
}

static inline unsigned case_referenced(void *context, pfn_t page)
{
    struct core_case *c = context;
    unsigned young = c->young[page.nr];

    c->young[page.nr] = false;
    return young;
}

static inline enum swap_result case_unmap(void *context, pfn_t page, unsigned cpu)
{
    struct core_case *c = context;
    struct reclaim *reclaim = &c->bare.reclaim;
    struct frame *frame = page_frame(reclaim, page);

    if (c->mlocked[page.nr])
        return SWAP_FAIL;
    if (frame->flags & PG_swapcache)
        swap_duplicate(reclaim, page_owner(reclaim, page)->swap);
    frame->mapcount--;
    frame->count--;
    dec_zone_state(&c->bare.machine, page_zone(reclaim, page),
                   page_owner_is_anon(page_owner(reclaim, page)) ? NR_ANON_PAGES : NR_FILE_MAPPED,
                   cpu);
    return SWAP_SUCCESS;
}

static inline void case_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)kind;
    (void)arg;
    ((struct core_case *)context)->kthreads_woken++;
}

static inline bool case_need_resched(void *context, unsigned cpu)
{
    (void)cpu;
    return ((struct core_case *)context)->other_task_waits;
}

/* The bare world's owner notes in the bare world, which is the case's first member. */
static inline void case_begin(struct core_case *c)
{
    const struct backing_dev_spec synchronous = {
        .name = "disk", .nr_requests = 128, .max_request_pages = 1};

    memset(c, 0, sizeof(*c));
    bare_begin(&c->bare);
    c->ops.free_hot_cold_page = case_free;
    c->bare.machine.ops = &c->ops;
    c->node = (struct node){.online = true, .kswapd_asleep = true, .has_cpus = true};
    c->bare.machine.nodes = &c->node;
    c->bare.machine.nr_nodes = 1;
    c->bare.machine.vm.swappiness = 60;
    c->bare.machine.vm.dirty_ratio = 10;
    c->bare.machine.vm.dirty_background_ratio = 5;
    c->bare.machine.vm_stat[NR_FREE_PAGES] = BARE_PAGES; /* keeps the dirty limits away */
    for (unsigned i = 0; i < BARE_ZONES; i++) {
        c->bare.zones[i].index = (uint8_t)i;
        c->bare.zones[i].prev_priority = DEF_PRIORITY;
    }
    c->zonelist = (struct zonelist){.length = 1, .zones = {0}};
    c->task = (struct task){.id = 1, .reclaim_state = &c->state};
    c->bare.reclaim.owner.kthread = case_kthread;
    c->bare.reclaim.owner.need_resched = case_need_resched;
    c->bare.reclaim.rmap = (struct rmap_ops){
        .page_referenced = case_referenced, .try_to_unmap = case_unmap, .context = c};
    ck_assert(writeback_init(&c->bare.reclaim));
    bare_device(&c->bare, &synchronous);
    c->mapping = address_space_create(&c->bare.reclaim, 0);
    ck_assert_ptr_nonnull(c->mapping);
}

static inline void case_end(struct core_case *c)
{
    writeback_fini(&c->bare.reclaim);
    bare_end(&c->bare);
}

/* Page `pfn` becomes page `pfn` of the file, its only reference the cache's. */
static inline void case_file_page(struct core_case *c, uint32_t pfn)
{
    bool refault;

    ck_assert(add_to_page_cache(&c->bare.reclaim, c->mapping, pfn, (pfn_t){pfn}, 0, &refault));
    put_page(&c->bare.reclaim, (pfn_t){pfn}, 0);
}

/* ... and goes to the head of the inactive or active list. */
static inline void case_file_on_lru(struct core_case *c, uint32_t pfn, bool active)
{
    case_file_page(c, pfn);
    if (active)
        lru_cache_add_active(&c->bare.reclaim, (pfn_t){pfn}, 0);
    else
        lru_cache_add(&c->bare.reclaim, (pfn_t){pfn}, 0);
    lru_add_drain(&c->bare.reclaim, 0);
}

static inline void case_map_file(struct core_case *c, uint32_t pfn, bool young)
{
    struct frame *frame = bare_frame(&c->bare, pfn);

    frame->count++;
    frame->mapcount++;
    c->mapping->nr_mmap = 1;
    c->young[pfn] = young;
    inc_zone_state(&c->bare.machine, page_zone(&c->bare.reclaim, (pfn_t){pfn}), NR_FILE_MAPPED, 0);
}

/* An anonymous page mapped once, its only reference the mapping's. */
static inline void case_anon_on_lru(struct core_case *c, uint32_t pfn, bool active, bool young)
{
    *page_owner(&c->bare.reclaim, (pfn_t){pfn}) =
        (struct page_owner){.mapping = PAGE_MAPPING_ANON, .index = pfn};
    bare_frame(&c->bare, pfn)->mapcount = 1;
    c->young[pfn] = young;
    inc_zone_state(&c->bare.machine, page_zone(&c->bare.reclaim, (pfn_t){pfn}), NR_ANON_PAGES, 0);
    if (active)
        lru_cache_add_active(&c->bare.reclaim, (pfn_t){pfn}, 0);
    else
        lru_cache_add(&c->bare.reclaim, (pfn_t){pfn}, 0);
    lru_add_drain(&c->bare.reclaim, 0);
}

/* The list from head to tail is exactly these pages. */
static inline void expect_list(struct core_case *c, unsigned zone, bool active,
                               const uint32_t *pfns, unsigned nr)
{
    const struct frame *frames = c->bare.machine.frame_table.frames;
    uint32_t list = zone_lru_list(&c->bare.zones[zone], active);
    uint32_t at = frames[list].next;

    for (unsigned i = 0; i < nr; i++, at = frames[at].next)
        ck_assert_uint_eq(at, pfns[i]);
    ck_assert_uint_eq(at, list);
    ck_assert_int_eq(c->bare.zones[zone].vm_stat[active ? NR_ACTIVE : NR_INACTIVE], nr);
}

/* Reclaims of zone 0 with GFP_KERNEL until done; returns pages freed. */
static inline uint64_t case_shrink(struct core_case *c, struct scan_control *sc, int priority)
{
    struct shrink_zone shrink;

    memset(&shrink, 0, sizeof(shrink));
    shrink_zone_begin(&shrink, &c->bare.reclaim, &c->task, &c->bare.zones[0], priority, sc);
    ck_assert_int_eq(shrink_zone_step(&shrink, &c->bare.reclaim, &c->task), STEP_DONE);
    return shrink.nr_reclaimed;
}

/* The sleep that the task asked for lasts its full time. */
static inline void case_sleep_through(struct core_case *c)
{
    ck_assert_int_eq(c->task.wait.kind, WAIT_SLEEP);
    ck_assert_uint_ne(c->task.wait.wake_ns, UINT64_MAX);
    c->bare.clock.now_ns = c->task.wait.wake_ns;
}

/* `nr` clean file pages from pfn `first` on, the first one nearest to the tail. */
static inline void case_fill(struct core_case *c, uint32_t first, uint32_t nr, bool active)
{
    for (uint32_t pfn = first; pfn < first + nr; pfn++)
        case_file_on_lru(c, pfn, active);
}

/* ... that somebody uses: scanned in vain. */
static inline void case_fill_kept(struct core_case *c, uint32_t first, uint32_t nr)
{
    case_fill(c, first, nr, false);
    for (uint32_t pfn = first; pfn < first + nr; pfn++)
        get_page(&c->bare.reclaim, (pfn_t){pfn});
}

static inline void case_fill_dirty(struct core_case *c, uint32_t first, uint32_t nr)
{
    case_fill(c, first, nr, false);
    for (uint32_t pfn = first; pfn < first + nr; pfn++)
        set_page_dirty(&c->bare.reclaim, (pfn_t){pfn}, 0);
}

static inline struct scan_control case_orders(unsigned order)
{
    return (struct scan_control){.gfp = GFP_KERNEL,
                                 .order = order,
                                 .swap_cluster_max = SWAP_CLUSTER_MAX,
                                 .may_writepage = true,
                                 .may_swap = true};
}

#endif
