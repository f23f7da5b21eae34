/* SPDX-License-Identifier: MIT */
/* The root of the layer: everything that gives memory back, and what mm asks of it. */
#ifndef SIM_RECLAIM_RECLAIM_H
#define SIM_RECLAIM_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "mm/kernel_ops.h"
#include "mm/machine.h"
#include "mm/page_alloc.h"
#include "mm/stall.h"
#include "reclaim/address_space.h"
#include "reclaim/backing_dev.h"
#include "reclaim/direct_reclaim.h"
#include "reclaim/kswapd.h"
#include "reclaim/lru.h"
#include "reclaim/oom.h"
#include "reclaim/page_owner.h"
#include "reclaim/process.h"
#include "reclaim/reclaim_event.h"
#include "reclaim/rmap.h"
#include "reclaim/shrinker.h"
#include "reclaim/swap.h"
#include "reclaim/writeback.h"
#include "reclaim/zone_reclaim.h"

enum reclaim_timer {
    RECLAIM_TIMER_DEVICE,  /* [device] backing_dev_complete() */
    RECLAIM_TIMER_KUPDATE, /* writeback_timer() */
};

enum kthread_kind {
    KTHREAD_KSWAPD,  /* [nid] kswapd_step() */
    KTHREAD_PDFLUSH, /* [thread] pdflush_step() */
};

/*
 * What the owner of the simulation does for reclaim. None may be NULL, none may call back into the
 * model; each only notes what is to happen.
 */
struct reclaim_owner {
    void *context;
    /* Whether another task waits for this CPU. */
    bool (*need_resched)(void *context, unsigned cpu);
    /* Call reclaim_timer() with the same two at that time. At most one a device is pending. */
    void (*timer)(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns);
    /* The task was taken off its wait queue and can go on. */
    void (*wake)(void *context, struct task *task);
    /* The thread slept and has work now: step it until STEP_DONE. */
    void (*kthread)(void *context, enum kthread_kind kind, uint32_t arg);
    /* SIGKILL; with memdie it also bears TASK_TIF_MEMDIE by now. */
    void (*kill)(void *context, struct process *victim, bool memdie);
};

/* Who hears of events; `wanted` has bit k set for each kind k that is. May be all zero. */
struct reclaim_observer {
    void (*event)(void *context, const struct reclaim_event *event);
    void *context;
    uint32_t wanted;
};

/*
 * What a task is doing in this layer; it lives beside its struct task, whose reclaim_state points
 * to it. All zero to begin with. Kernel: include/linux/swap.h struct reclaim_state [2.6.24]
 */
struct reclaim_state {
    struct process *process; /* NULL: a kernel thread */
    uint64_t reclaimed_slab; /* pages since the reclaimer last looked */
    struct direct_reclaim direct;
    struct zone_reclaim zone_reclaim;
    struct congestion_sleep sleep; /* of the allocator's own waits */
    uint64_t sleep_begin_ns;
    uint32_t writing_dev; /* device + 1 that a write() under way goes to, 0: none */
};

/* Wait queues of pages are shared by hash; a woken task looks again. */
enum { PAGE_WAITQUEUES = 256 };

/*
 * machine->ops_context of a machine whose ops are those below. Filled by reclaim_init() and then
 * changed by this layer and its users only.
 */
struct reclaim {
    struct machine *machine;
    struct reclaim_owner owner;
    struct reclaim_observer observer;
    struct rmap_ops rmap;
    /* Work in batches between which tasks answer WAIT_CPU, so that it takes time. */
    bool preemptible;

    struct page_owner_table page_owners;
    struct lru_pvecs *lru_pvecs; /* [nr_cpus] */
    struct kswapd *kswapds;      /* [nr_nodes] */
    struct backing_dev devices[DEVICES_MAX];
    uint32_t nr_devices;
    struct swap swap;
    VEC(struct address_space *) mappings;
    struct writeback writeback;
    struct shrinker *first_shrinker;
    struct process_list processes;
    struct waitqueue congestion_waiters;
    struct waitqueue page_waiters[PAGE_WAITQUEUES];

    uint64_t isolated_pages; /* in page_queues at this moment */
    bool out_of_memory;      /* the host's: noted where no error can be returned */
};

/*
 * To be called after machine_init(), whose ops_context must be this object. The mappings of pages
 * are rmap's business. False: ERR_OUT_OF_MEMORY, nothing is held.
 */
bool reclaim_init(struct reclaim *reclaim, struct machine *machine,
                  const struct reclaim_owner *owner, const struct rmap_ops *rmap,
                  struct sim_error *err);
void reclaim_fini(struct reclaim *reclaim);

/* Adds a device, its number in *ret_dev. False: no host memory, or there are DEVICES_MAX. */
bool reclaim_add_device(struct reclaim *reclaim, const struct backing_dev_spec *spec,
                        uint32_t *ret_dev);

/* A timer of the owner's is due. */
void reclaim_timer(struct reclaim *reclaim, enum reclaim_timer timer, uint32_t arg);

/* Wakes all sleepers of the queue, first come first. */
void reclaim_wake_all(struct reclaim *reclaim, struct waitqueue *queue);

/* The queue of those who wait for the page to be unlocked or written. */
struct waitqueue *page_waitqueue(struct reclaim *reclaim, pfn_t page);

/*
 * Verifies the invariants of this layer by recounting, together with those of mm (machine_check()):
 * every page is free, on a per-CPU list, or in use; one with a user is on the LRU list that its
 * flags name, in one batch, or isolated; counters equal recounts. O(blocks and pages in use, swap
 * slots). False and what is wrong in `why` otherwise. Needs a byte a page of host memory, without
 * which it verifies mm alone.
 */
bool reclaim_check(const struct reclaim *reclaim, char *why, size_t why_size);

/* ---- members of struct kernel_ops; see there ---- */

/* kswapd_wakeup() of reclaim/kswapd.h, reported to the observer and the owner. */
void reclaim_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                           const struct task *current);
enum step reclaim_zone_reclaim(struct machine *machine, struct zone *zone,
                               struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed);
/* Yields when another task waits for the CPU. */
enum step reclaim_cond_resched(struct machine *machine, struct alloc_request *request);
enum step reclaim_try_to_free_pages(struct machine *machine, struct alloc_request *request);
enum step reclaim_congestion_wait(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout);
enum step reclaim_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                   unsigned timeout);
enum step reclaim_out_of_memory(struct machine *machine, struct alloc_request *request);

static inline struct reclaim *reclaim_of(const struct machine *machine)
{
    return machine->ops_context;
}

static inline struct frame *page_frame(const struct reclaim *reclaim, pfn_t page)
{
    return &reclaim->machine->frame_table.frames[page.nr];
}

static inline struct page_owner *page_owner(const struct reclaim *reclaim, pfn_t page)
{
    return &reclaim->page_owners.owners[page.nr];
}

static inline bool reclaim_wants(const struct reclaim *reclaim, enum reclaim_event_kind kind)
{
    return reclaim->observer.wanted >> kind & 1;
}

static inline struct zone *page_zone(const struct reclaim *reclaim, pfn_t page)
{
    return &reclaim->machine->zones[page_frame(reclaim, page)->zone];
}

/* True: the page is the caller's until unlock_page(). */
static inline bool trylock_page(struct reclaim *reclaim, pfn_t page)
{
    struct frame *frame = page_frame(reclaim, page);
    bool locked = frame->flags & PG_locked;

    frame->flags |= PG_locked;
    return !locked;
}

static inline void unlock_page(struct reclaim *reclaim, pfn_t page)
{
    struct waitqueue *queue = &reclaim->page_waiters[page.nr % PAGE_WAITQUEUES];

    page_frame(reclaim, page)->flags &= (uint16_t)~PG_locked;
    if (SIM_UNLIKELY(waitqueue_active(queue)))
        reclaim_wake_all(reclaim, queue);
}

static inline void reclaim_tell(const struct reclaim *reclaim, const struct reclaim_event *event)
{
    if (SIM_UNLIKELY(reclaim_wants(reclaim, event->kind)))
        reclaim->observer.event(reclaim->observer.context, event);
}

/* An event of a single page. */
static inline void reclaim_tell_page(const struct reclaim *reclaim, enum reclaim_event_kind kind,
                                     uint32_t pfn)
{
    if (SIM_UNLIKELY(reclaim_wants(reclaim, kind)))
        reclaim->observer.event(reclaim->observer.context,
                                &(struct reclaim_event){.kind = kind,
                                                        .zone = page_zone(reclaim, (pfn_t){pfn}),
                                                        .pfn = pfn});
}

#endif
