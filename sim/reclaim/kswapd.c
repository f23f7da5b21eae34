/* SPDX-License-Identifier: MIT */
/* The background reclaimer of a node. */
#include "reclaim/kswapd.h"

#include "mm/cpuset.h"
#include "mm/gfp.h"
#include "mm/watermark.h"
#include "reclaim/reclaim.h"

enum kswapd_state {
    KSWAPD_ASLEEP,  /* or woken and not begun */
    KSWAPD_BALANCE, /* balance_pgdat() starts over */
    KSWAPD_PRIORITY,
    KSWAPD_ZONE,
    KSWAPD_SHRINK,
    KSWAPD_PRIORITY_OVER,
    KSWAPD_WAIT,
    KSWAPD_OUT,
    KSWAPD_BALANCED,
};

/* A zone with this many times its high mark free is not shrunk, even if it is below the end zone.
 */
enum { SPARE_ZONE_FACTOR = 8, UNRECLAIMABLE_FACTOR = 6 };

bool kswapd_wakeup(struct machine *machine, struct zone *zone, unsigned order,
                   const struct task *current)
{
    struct node *node = &machine->nodes[zone->nid];

    if (!zone_populated(zone) || zone_watermark_ok(zone, order, zone->pages_low, 0, 0))
        return false;
    if (node->kswapd_max_order < order)
        node->kswapd_max_order = order;
    if (!cpuset_zone_allowed_hardwall(current, zone, GFP_KERNEL) || !node->kswapd_asleep)
        return false;
    node->kswapd_asleep = false;
    return true;
}

static void begin_run_time(struct kswapd *kswapd, uint64_t now_ns)
{
    kswapd->run_begin_ns = now_ns > kswapd->run_end_ns ? now_ns : kswapd->run_end_ns;
}

void reclaim_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                           const struct task *current)
{
    const struct mm_observer *observer = machine->observer;
    const struct node *node = &machine->nodes[zone->nid];
    struct reclaim *reclaim = reclaim_of(machine);
    uint32_t max_order_before = node->kswapd_max_order;
    bool woken = kswapd_wakeup(machine, zone, order, current);

    if (woken) {
        begin_run_time(&reclaim->kswapds[zone->nid], machine->clock->now_ns);
        reclaim->owner.kthread(reclaim->owner.context, KTHREAD_KSWAPD, zone->nid);
    }
    if ((woken || node->kswapd_max_order > max_order_before) && observer && observer->wakeup_kswapd)
        observer->wakeup_kswapd(observer->context, zone, order, woken);
}

static struct zone *node_zone(struct reclaim *reclaim, unsigned nid, int index)
{
    return &reclaim->machine->zones[nid * MAX_NR_ZONES + (unsigned)index];
}

static uint64_t zone_lru_pages(const struct zone *zone)
{
    return zone_page_state(zone, NR_ACTIVE) + zone_page_state(zone, NR_INACTIVE);
}

/* Zones given up are looked at only at the beginning. */
static bool skips(const struct kswapd *kswapd, const struct zone *zone)
{
    return !zone_populated(zone) ||
           (zone->flags & ZONE_ALL_UNRECLAIMABLE && kswapd->priority != DEF_PRIORITY);
}

static void begin_balance(struct kswapd *kswapd, struct reclaim *reclaim)
{
    struct machine *machine = reclaim->machine;

    kswapd->sc = (struct scan_control){
        .gfp = GFP_KERNEL,
        .order = kswapd->order,
        .swap_cluster_max = SWAP_CLUSTER_MAX,
        .may_writepage = !machine->vm.laptop_mode,
        .may_swap = true,
    };
    kswapd->total_scanned = kswapd->nr_reclaimed = 0;
    machine->vm_events[PAGEOUTRUN]++;
    machine->work.kswapd_rounds++;
    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        kswapd->temp_priority[i] = DEF_PRIORITY;
    kswapd->priority = DEF_PRIORITY;
    kswapd->state = KSWAPD_PRIORITY;
}

/* The highest zone below its high mark; -1: all is well. */
static int find_end_zone(const struct kswapd *kswapd, struct reclaim *reclaim, unsigned nid)
{
    for (int i = MAX_NR_ZONES - 1; i >= 0; i--) {
        const struct zone *zone = node_zone(reclaim, nid, i);

        if (!skips(kswapd, zone) && !zone_watermark_ok(zone, kswapd->order, zone->pages_high, 0, 0))
            return i;
    }
    return -1;
}

static void begin_priority(struct kswapd *kswapd, struct reclaim *reclaim, const struct task *task,
                           unsigned nid)
{
    kswapd->all_zones_ok = true;
    kswapd->end_zone = find_end_zone(kswapd, reclaim, nid);
    if (kswapd->end_zone < 0) {
        kswapd->state = KSWAPD_OUT;
        return;
    }
    kswapd->lru_pages = 0;
    for (int i = 0; i <= kswapd->end_zone; i++)
        kswapd->lru_pages += zone_lru_pages(node_zone(reclaim, nid, i));
    kswapd->next_zone = 0;
    kswapd->state = KSWAPD_ZONE;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_PRIORITY,
                                                  .task = task,
                                                  .nid = nid,
                                                  .priority = kswapd->priority});
}

/* The caches' turn after a zone, and whether the zone is to be given up. */
static void zone_over(struct kswapd *kswapd, struct reclaim *reclaim, struct task *task,
                      struct zone *zone)
{
    uint64_t nr_slab;

    task->reclaim_state->reclaimed_slab = 0;
    nr_slab = shrink_slab(reclaim, task, kswapd->sc.nr_scanned, GFP_KERNEL, kswapd->lru_pages);
    kswapd->nr_reclaimed += task->reclaim_state->reclaimed_slab;
    kswapd->total_scanned += kswapd->sc.nr_scanned;
    if (zone->flags & ZONE_ALL_UNRECLAIMABLE)
        return;
    if (nr_slab == 0 && zone->pages_scanned >= UNRECLAIMABLE_FACTOR * zone_lru_pages(zone))
        zone->flags |= ZONE_ALL_UNRECLAIMABLE;
    if (kswapd->total_scanned > 2 * SWAP_CLUSTER_MAX &&
        kswapd->total_scanned > kswapd->nr_reclaimed + kswapd->nr_reclaimed / 2)
        kswapd->sc.may_writepage = true;
}

/* From the lowest zone, the opposite direction to the allocator's. */
static void next_zone(struct kswapd *kswapd, struct reclaim *reclaim, struct task *task,
                      unsigned nid)
{
    int index = kswapd->next_zone++;
    unsigned end_zone = (unsigned)kswapd->end_zone;
    struct zone *zone;

    if (index > kswapd->end_zone) {
        kswapd->state = KSWAPD_PRIORITY_OVER;
        return;
    }
    zone = node_zone(reclaim, nid, index);
    if (skips(kswapd, zone))
        return;
    if (!zone_watermark_ok(zone, kswapd->order, zone->pages_high, end_zone, 0))
        kswapd->all_zones_ok = false;
    kswapd->temp_priority[index] = kswapd->priority;
    kswapd->sc.nr_scanned = 0;
    if (kswapd->priority < zone->prev_priority)
        zone->prev_priority = kswapd->priority;
    if (zone_watermark_ok(zone, kswapd->order, SPARE_ZONE_FACTOR * zone->pages_high, end_zone, 0)) {
        zone_over(kswapd, reclaim, task, zone);
        return;
    }
    shrink_zone_begin(&kswapd->shrink, reclaim, task, zone, kswapd->priority, &kswapd->sc);
    kswapd->state = KSWAPD_SHRINK;
}

static void priority_over(struct kswapd *kswapd)
{
    kswapd->sleep = (struct congestion_sleep){0};
    kswapd->state = kswapd->all_zones_ok ? KSWAPD_OUT : KSWAPD_WAIT;
}

/* After a wait that follows even a successful priority. */
static void next_priority(struct kswapd *kswapd)
{
    if (kswapd->nr_reclaimed >= SWAP_CLUSTER_MAX || --kswapd->priority < 0)
        kswapd->state = KSWAPD_OUT;
    else
        kswapd->state = KSWAPD_PRIORITY;
}

/* Starts over as long as a zone is short; elsewhere kswapd would look whether to yield. */
static enum step out(struct kswapd *kswapd, struct reclaim *reclaim, struct task *task,
                     unsigned nid)
{
    for (int i = 0; i < MAX_NR_ZONES; i++)
        node_zone(reclaim, nid, i)->prev_priority = kswapd->temp_priority[i];
    kswapd->state = kswapd->all_zones_ok ? KSWAPD_BALANCED : KSWAPD_BALANCE;
    if (kswapd->all_zones_ok || !reclaim->owner.need_resched(reclaim->owner.context, task->cpu))
        return STEP_DONE;
    return task_yield(task, STALL_NONE);
}

static void begin_run(struct kswapd *kswapd, struct reclaim *reclaim, const struct task *task,
                      unsigned nid)
{
    kswapd->order = reclaim->machine->nodes[nid].kswapd_max_order;
    reclaim_tell(reclaim,
                 &(struct reclaim_event){
                     .kind = RECLAIM_KSWAPD_RUN, .task = task, .nid = nid, .order = kswapd->order});
}

static void tell_balance(const struct kswapd *kswapd, const struct reclaim *reclaim,
                         const struct task *task, enum reclaim_event_kind kind, unsigned nid)
{
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = kind,
                                                  .task = task,
                                                  .nid = nid,
                                                  .order = kswapd->order,
                                                  .ret = kswapd->nr_reclaimed,
                                                  .scanned = kswapd->scanned,
                                                  .freed = kswapd->freed});
}

static void begin_balance_pgdat(struct kswapd *kswapd, const struct reclaim *reclaim,
                                const struct task *task, unsigned nid)
{
    kswapd->scanned = kswapd->freed = 0;
    kswapd->state = KSWAPD_BALANCE;
    tell_balance(kswapd, reclaim, task, RECLAIM_BALANCE_BEGIN, nid);
}

static void fall_asleep(struct kswapd *kswapd, struct reclaim *reclaim, const struct task *task,
                        unsigned nid)
{
    kswapd->state = KSWAPD_ASLEEP;
    kswapd->run_end_ns = reclaim->machine->clock->now_ns;
    SIM_ASSERT(kswapd->run_end_ns >= kswapd->run_begin_ns);
    kswapd->busy_ns += kswapd->run_end_ns - kswapd->run_begin_ns;
    reclaim->machine->nodes[nid].kswapd_asleep = true;
    reclaim_tell(reclaim,
                 &(struct reclaim_event){.kind = RECLAIM_KSWAPD_SLEEP, .task = task, .nid = nid});
}

/* True: a higher order was asked for meanwhile, it goes on. */
static bool balanced(struct kswapd *kswapd, struct reclaim *reclaim, const struct task *task,
                     unsigned nid)
{
    struct node *node = &reclaim->machine->nodes[nid];
    uint32_t new_order = node->kswapd_max_order;

    tell_balance(kswapd, reclaim, task, RECLAIM_BALANCE_END, nid);
    node->kswapd_max_order = 0;
    if (kswapd->order >= new_order) {
        fall_asleep(kswapd, reclaim, task, nid);
        return false;
    }
    kswapd->order = new_order;
    begin_balance_pgdat(kswapd, reclaim, task, nid);
    return true;
}

enum step kswapd_step(struct reclaim *reclaim, struct task *task, unsigned nid)
{
    struct kswapd *kswapd = &reclaim->kswapds[nid];

    SIM_ASSERT(!reclaim->machine->nodes[nid].kswapd_asleep);
    for (;;) {
        switch ((enum kswapd_state)kswapd->state) {
        case KSWAPD_ASLEEP:
            begin_run(kswapd, reclaim, task, nid);
            begin_balance_pgdat(kswapd, reclaim, task, nid);
            break;
        case KSWAPD_BALANCE:
            begin_balance(kswapd, reclaim);
            break;
        case KSWAPD_PRIORITY:
            begin_priority(kswapd, reclaim, task, nid);
            break;
        case KSWAPD_ZONE:
            next_zone(kswapd, reclaim, task, nid);
            break;
        case KSWAPD_SHRINK:
            if (shrink_zone_step(&kswapd->shrink, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            kswapd->nr_reclaimed += kswapd->shrink.nr_reclaimed;
            kswapd->freed += kswapd->shrink.nr_reclaimed;
            kswapd->scanned += kswapd->sc.nr_scanned;
            kswapd->state = KSWAPD_ZONE;
            zone_over(kswapd, reclaim, task, kswapd->shrink.zone);
            break;
        case KSWAPD_PRIORITY_OVER:
            priority_over(kswapd);
            break;
        case KSWAPD_WAIT:
            if (kswapd->total_scanned > 0 && kswapd->priority < DEF_PRIORITY - 2 &&
                congestion_wait(reclaim, task, &kswapd->sleep, reclaim->machine->hz / 10,
                                STALL_NONE) == STEP_BLOCKED)
                return STEP_BLOCKED;
            next_priority(kswapd);
            break;
        case KSWAPD_OUT:
            if (out(kswapd, reclaim, task, nid) == STEP_BLOCKED)
                return STEP_BLOCKED;
            break;
        case KSWAPD_BALANCED:
            if (!balanced(kswapd, reclaim, task, nid))
                return STEP_DONE;
            break;
        }
    }
}

void kswapd_worked(struct reclaim *reclaim, unsigned nid, uint64_t cost_ns)
{
    struct kswapd *kswapd = &reclaim->kswapds[nid];

    SIM_ASSERT(kswapd->state == KSWAPD_ASLEEP);
    kswapd->run_end_ns += cost_ns;
    kswapd->busy_ns += cost_ns;
}

uint64_t kswapd_awake_ns(const struct reclaim *reclaim, unsigned nid)
{
    const struct kswapd *kswapd = &reclaim->kswapds[nid];
    uint64_t now_ns = reclaim->machine->clock->now_ns;

    if (now_ns < kswapd->run_end_ns)
        return kswapd->busy_ns - (kswapd->run_end_ns - now_ns);
    if (reclaim->machine->nodes[nid].kswapd_asleep)
        return kswapd->busy_ns;
    return kswapd->busy_ns + now_ns - kswapd->run_begin_ns;
}

void kswapd_abandon(struct reclaim *reclaim, const struct task *task, unsigned nid)
{
    SIM_ASSERT(reclaim->kswapds[nid].state == KSWAPD_BALANCE);
    reclaim->machine->nodes[nid].kswapd_max_order = 0;
    fall_asleep(&reclaim->kswapds[nid], reclaim, task, nid);
}
