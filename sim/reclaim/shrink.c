/* SPDX-License-Identifier: MIT */
/* Scanning: how many pages of which list, isolating them, and putting back what stays. */
#include "reclaim/shrink.h"

#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"
#include "reclaim/shrink_page_list.h"

enum shrink_zone_state {
    ZONE_SHRINK_ACTIVE,
    ZONE_BEGIN_INACTIVE,
    ZONE_SHRINK_INACTIVE,
    ZONE_THROTTLE,
};

enum shrink_inactive_state {
    INACTIVE_DRAIN,
    INACTIVE_ISOLATE,
    INACTIVE_SHRINK,
    INACTIVE_SYNC_WAIT,
    INACTIVE_SYNC_SHRINK,
    INACTIVE_PUT_BACK,
};

enum { PAGES_SCANNED_NEAR_OOM = 3 }; /* times the pages on the lists */

/* Work that is paid for before the next batch; kswapd's own time is nobody's stall. */
static enum step batch_over(const struct reclaim *reclaim, struct task *task)
{
    if (!reclaim->preemptible)
        return STEP_DONE;
    return task_work(task, task->flags & TASK_PF_KSWAPD ? STALL_NONE : STALL_DIRECT_RECLAIM,
                     reclaim->machine->clock->now_ns);
}

/* ---- isolating ---- */

enum isolate_mode { ISOLATE_INACTIVE, ISOLATE_ACTIVE, ISOLATE_BOTH };

struct isolation {
    struct reclaim *reclaim;
    const struct zone *zone;
    struct page_queue *taken;
    enum isolate_mode mode;
};

static void isolate_page(const struct isolation *isolation, uint32_t pfn)
{
    struct frame *frames = isolation->reclaim->machine->frame_table.frames;

    frame_list_del(frames, pfn);
    frames[pfn].flags &= (uint16_t)~PG_lru;
    SIM_ASSERT(frames[pfn].count > 0);
    frames[pfn].count++;
    page_queue_put(isolation->taken, frames, pfn);
}

/* The tag page's aligned block: its other pages, as far as they are of the zone and the mode. */
static uint64_t isolate_block(const struct isolation *isolation, uint32_t tag, unsigned order)
{
    const struct frame *frames = isolation->reclaim->machine->frame_table.frames;
    uint32_t first = tag & ~((UINT32_C(1) << order) - 1);
    uint32_t end = first + (UINT32_C(1) << order);
    uint64_t taken = 0;

    for (uint32_t pfn = first; pfn < end; pfn++) {
        const struct frame *frame = &frames[pfn];
        bool active = frame->flags & PG_active;

        if (!(frame->flags & PG_lru) || frame->zone != isolation->zone->id || pfn == tag)
            continue;
        if (isolation->mode != ISOLATE_BOTH && active != (isolation->mode == ISOLATE_ACTIVE))
            continue;
        isolate_page(isolation, pfn);
        taken++;
    }
    return taken;
}

/*
 * Takes up to `nr` tag pages from the list's tail, and for order > 0 their blocks. Returns pages
 * looked at, which a block may push past nr. Kernel: mm/vmscan.c isolate_lru_pages() [2.6.24]
 */
static uint64_t isolate_lru_pages(const struct isolation *isolation, uint64_t nr, uint32_t list,
                                  unsigned order)
{
    const struct frame *frames = isolation->reclaim->machine->frame_table.frames;
    uint64_t scan;

    for (scan = 0; scan < nr && !frame_list_empty(frames, list); scan++) {
        uint32_t pfn = frames[list].prev;

        isolate_page(isolation, pfn);
        if (order > 0)
            scan += isolate_block(isolation, pfn, order);
    }
    isolation->reclaim->isolated_pages += isolation->taken->nr;
    isolation->reclaim->machine->work.scanned_pages += isolation->taken->nr;
    return scan;
}

/* ---- the active list ---- */

/* Kernel: mm/vmscan.c zone_is_near_oom() [2.6.24] */
static bool zone_is_near_oom(const struct zone *zone)
{
    return zone->pages_scanned >= PAGES_SCANNED_NEAR_OOM * (zone_page_state(zone, NR_ACTIVE) +
                                                            zone_page_state(zone, NR_INACTIVE));
}

/*
 * Mapped pages in percent of memory. DEVIATION: the kernel divides by zero when the zonelists are
 * built anew while no zone has more pages than its high watermark.
 */
static uint64_t mapped_percent(const struct reclaim *reclaim)
{
    uint64_t total = reclaim->machine->vm_total_pages;
    uint64_t mapped = global_page_state(reclaim, NR_FILE_MAPPED);

    mapped += global_page_state(reclaim, NR_ANON_PAGES);
    return mapped * 100 / (total ? total : 1);
}

/* Whether mapped pages are worth taking: by how hard it gets and how much is mapped. */
static bool reclaim_mapped(const struct reclaim *reclaim, const struct shrink_zone *shrink)
{
    const struct zone *zone = shrink->zone;
    uint64_t swappiness = reclaim->machine->vm.swappiness;
    uint64_t mapped_ratio, imbalance;
    int priority = zone->prev_priority < shrink->priority ? zone->prev_priority : shrink->priority;

    if (!shrink->sc->may_swap)
        return false;
    if (zone_is_near_oom(zone))
        return true;
    mapped_ratio = mapped_percent(reclaim);
    imbalance = zone_page_state(zone, NR_ACTIVE) / (zone_page_state(zone, NR_INACTIVE) + 1);
    imbalance = imbalance * (swappiness + 1) / 100;
    imbalance = imbalance * mapped_ratio / 100;
    return mapped_ratio / 2 + (100U >> priority) + swappiness + imbalance >= 100;
}

/* Puts the queue's pages on a list's head, in batches whose references are dropped at once. */
static uint64_t put_on_list(struct reclaim *reclaim, struct zone *zone, struct page_queue *queue,
                            struct pagevec *release, bool active, unsigned cpu)
{
    struct machine *machine = reclaim->machine;
    struct frame *frames = machine->frame_table.frames;
    enum zone_stat_item item = active ? NR_ACTIVE : NR_INACTIVE;
    uint32_t list = zone_lru_list(zone, active);
    uint64_t total = queue->nr;
    int64_t moved = 0;

    reclaim->isolated_pages -= queue->nr;
    while (queue->nr > 0) {
        uint32_t pfn = page_queue_take(queue, frames);

        frames[pfn].flags |= PG_lru;
        if (!active) {
            frames[pfn].flags &= (uint16_t)~PG_active;
            reclaim_tell_page(reclaim, RECLAIM_DEACTIVATE, pfn);
        }
        frame_list_insert(frames, list, pfn);
        moved++;
        if (pagevec_add(release, pfn)) {
            mod_zone_page_state(machine, zone, item, moved, cpu);
            moved = 0;
            pagevec_release(reclaim, release, true, cpu);
        }
    }
    mod_zone_page_state(machine, zone, item, moved, cpu);
    return total;
}

/* Kernel: mm/vmscan.c shrink_active_list() [2.6.24] */
static void shrink_active(struct shrink_zone *shrink, struct reclaim *reclaim,
                          const struct task *task, uint64_t nr)
{
    struct machine *machine = reclaim->machine;
    struct frame *frames = machine->frame_table.frames;
    struct zone *zone = shrink->zone;
    struct page_queue hold = {0}, active = {0}, inactive = {0};
    struct pagevec release = {0};
    bool take_mapped = reclaim_mapped(reclaim, shrink);
    uint64_t scan, deactivated;

    lru_add_drain(reclaim, task->cpu);
    scan = isolate_lru_pages(&(struct isolation){reclaim, zone, &hold, ISOLATE_ACTIVE}, nr,
                             zone_lru_list(zone, true), shrink->sc->order);
    zone->pages_scanned += scan;
    mod_zone_page_state(machine, zone, NR_ACTIVE, -(int64_t)hold.nr, task->cpu);

    while (hold.nr > 0) {
        uint32_t pfn = page_queue_take(&hold, frames);
        bool stays =
            frames[pfn].mapcount > 0 && (!take_mapped ||
                                         (reclaim->swap.total_pages == 0 &&
                                          page_owner_is_anon(&reclaim->page_owners.owners[pfn])) ||
                                         page_referenced(reclaim, (pfn_t){pfn}, false));

        page_queue_put(stays ? &active : &inactive, frames, pfn);
    }
    deactivated = put_on_list(reclaim, zone, &inactive, &release, false, task->cpu);
    put_on_list(reclaim, zone, &active, &release, true, task->cpu);
    machine->vm_events[PGREFILL_ZONE0 + zone->index] += scan;
    machine->vm_events[PGDEACTIVATE] += deactivated;
    pagevec_release(reclaim, &release, true, task->cpu);
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_SHRINK_ACTIVE)))
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_SHRINK_ACTIVE,
                                                      .task = task,
                                                      .zone = zone,
                                                      .pages = nr,
                                                      .scanned = scan,
                                                      .deactivated = deactivated});
}

/* ---- the inactive list ---- */

/* The page isolated last comes first. Kernel: mm/vmscan.c clear_active_flags() [2.6.24] */
static uint64_t clear_active_flags(struct reclaim *reclaim, const struct page_queue *queue)
{
    struct frame *frames = reclaim->machine->frame_table.frames;
    uint64_t nr_active = 0;
    uint32_t pfn = queue->last;

    for (uint32_t left = queue->nr; left > 0; left--, pfn = frames[pfn].prev) {
        if (!(frames[pfn].flags & PG_active))
            continue;
        frames[pfn].flags &= (uint16_t)~PG_active;
        reclaim_tell_page(reclaim, RECLAIM_DEACTIVATE, pfn);
        nr_active++;
    }
    reclaim->machine->vm_events[PGDEACTIVATE] += nr_active;
    return nr_active;
}

static void isolate_batch(struct shrink_zone *shrink, struct reclaim *reclaim, unsigned cpu)
{
    struct shrink_inactive *inactive = &shrink->inactive;
    struct zone *zone = shrink->zone;
    unsigned order = shrink->sc->order;
    struct page_queue taken = {0};
    uint64_t nr_active;

    inactive->nr_scan = isolate_lru_pages(
        &(struct isolation){reclaim, zone, &taken,
                            order > PAGE_ALLOC_COSTLY_ORDER ? ISOLATE_BOTH : ISOLATE_INACTIVE},
        shrink->sc->swap_cluster_max, zone_lru_list(zone, false), order);
    inactive->nr_taken = taken.nr;
    nr_active = clear_active_flags(reclaim, &taken);
    mod_zone_page_state(reclaim->machine, zone, NR_ACTIVE, -(int64_t)nr_active, cpu);
    mod_zone_page_state(reclaim->machine, zone, NR_INACTIVE,
                        -(int64_t)(inactive->nr_taken - nr_active), cpu);
    zone->pages_scanned += inactive->nr_scan;
    inactive->total_scanned += inactive->nr_scan;
    shrink_page_list_begin(&inactive->list, shrink->sc, &taken, false);
}

/* Whether the batch is gone through once more, waiting for each page. */
static bool wants_sync_pass(const struct shrink_zone *shrink, const struct task *task)
{
    return shrink->inactive.nr_freed < shrink->inactive.nr_taken &&
           !(task->flags & TASK_PF_KSWAPD) && shrink->sc->order > PAGE_ALLOC_COSTLY_ORDER;
}

static void count_batch(struct shrink_zone *shrink, struct reclaim *reclaim,
                        const struct task *task)
{
    uint64_t *events = reclaim->machine->vm_events;
    const struct shrink_inactive *inactive = &shrink->inactive;
    unsigned zone_index = shrink->zone->index;

    if (task->flags & TASK_PF_KSWAPD) {
        events[PGSCAN_KSWAPD_ZONE0 + zone_index] += inactive->nr_scan;
        events[KSWAPD_STEAL] += inactive->nr_freed;
    } else {
        events[PGSCAN_DIRECT_ZONE0 + zone_index] += inactive->nr_scan;
    }
    events[PGSTEAL_ZONE0 + zone_index] += inactive->nr_freed;
}

/* What shrink_page_list() kept goes back to a list's head. */
static void put_batch_back(struct shrink_zone *shrink, struct reclaim *reclaim, unsigned cpu)
{
    struct machine *machine = reclaim->machine;
    struct frame *frames = machine->frame_table.frames;
    struct page_queue *kept = &shrink->inactive.list.kept;
    struct zone *zone = shrink->zone;

    while (kept->nr > 0) {
        uint32_t pfn = page_queue_take(kept, frames);
        bool active = frames[pfn].flags & PG_active;

        reclaim->isolated_pages--;
        frames[pfn].flags |= PG_lru;
        frame_list_insert(frames, zone_lru_list(zone, active), pfn);
        inc_zone_state(machine, zone, active ? NR_ACTIVE : NR_INACTIVE, cpu);
        if (pagevec_add(&shrink->inactive.release, pfn))
            pagevec_release(reclaim, &shrink->inactive.release, true, cpu);
    }
}

/*
 * Goes through the list's tail in batches until max_scan pages were looked at; a short list is gone
 * through again and again, as kept pages were put back at its head.
 * Kernel: mm/vmscan.c shrink_inactive_list() [2.6.24]
 */
static enum step shrink_inactive_step(struct shrink_zone *shrink, struct reclaim *reclaim,
                                      struct task *task)
{
    struct shrink_inactive *inactive = &shrink->inactive;

    for (;;) {
        switch ((enum shrink_inactive_state)inactive->state) {
        case INACTIVE_DRAIN:
            lru_add_drain(reclaim, task->cpu);
            inactive->state = INACTIVE_ISOLATE;
            break;
        case INACTIVE_ISOLATE:
            isolate_batch(shrink, reclaim, task->cpu);
            inactive->state = INACTIVE_SHRINK;
            break;
        case INACTIVE_SHRINK:
            if (shrink_page_list_step(&inactive->list, shrink->sc, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            inactive->nr_freed = inactive->list.nr_freed;
            inactive->sleep = (struct congestion_sleep){0};
            inactive->state =
                wants_sync_pass(shrink, task) ? INACTIVE_SYNC_WAIT : INACTIVE_PUT_BACK;
            break;
        case INACTIVE_SYNC_WAIT:
            if (congestion_wait(reclaim, task, &inactive->sleep, reclaim->machine->hz / 10,
                                STALL_CONGESTION_WAIT) == STEP_BLOCKED)
                return STEP_BLOCKED;
            clear_active_flags(reclaim, &inactive->list.kept);
            shrink_page_list_begin(&inactive->list, shrink->sc, &inactive->list.kept, true);
            inactive->state = INACTIVE_SYNC_SHRINK;
            break;
        case INACTIVE_SYNC_SHRINK:
            if (shrink_page_list_step(&inactive->list, shrink->sc, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            inactive->nr_freed += inactive->list.nr_freed;
            inactive->state = INACTIVE_PUT_BACK;
            break;
        case INACTIVE_PUT_BACK:
            count_batch(shrink, reclaim, task);
            inactive->nr_reclaimed += inactive->nr_freed;
            if (inactive->nr_taken > 0)
                put_batch_back(shrink, reclaim, task->cpu);
            if (inactive->nr_taken == 0 || inactive->total_scanned >= inactive->max_scan) {
                pagevec_release(reclaim, &inactive->release, true, task->cpu);
                return STEP_DONE;
            }
            inactive->state = INACTIVE_ISOLATE;
            if (batch_over(reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            break;
        }
    }
}

/* ---- the zone ---- */

/* What has gathered for a list, once it makes a batch. */
static uint64_t take_scan(uint64_t *nr_scan, uint64_t list_pages, int priority, uint64_t batch)
{
    uint64_t nr;

    *nr_scan += (list_pages >> priority) + 1;
    if (*nr_scan < batch)
        return 0;
    nr = *nr_scan;
    *nr_scan = 0;
    return nr;
}

void shrink_zone_begin(struct shrink_zone *shrink, struct reclaim *reclaim, struct task *task,
                       struct zone *zone, int priority, struct scan_control *sc)
{
    shrink->state = ZONE_SHRINK_ACTIVE;
    shrink->zone = zone;
    shrink->sc = sc;
    shrink->priority = priority;
    shrink->nr_reclaimed = 0;
    shrink->scanned_before = sc->nr_scanned;
    shrink->inactive.state = INACTIVE_DRAIN;
    shrink->throttle = (struct throttle_writeout){0};
    shrink->nr_active = take_scan(&zone->nr_scan_active, zone_page_state(zone, NR_ACTIVE), priority,
                                  sc->swap_cluster_max);
    shrink->nr_inactive = take_scan(&zone->nr_scan_inactive, zone_page_state(zone, NR_INACTIVE),
                                    priority, sc->swap_cluster_max);
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_SHRINK_ZONE_BEGIN)))
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_SHRINK_ZONE_BEGIN,
                                                      .task = task,
                                                      .zone = zone,
                                                      .priority = priority});
}

static uint64_t next_batch(uint64_t *left, uint64_t batch)
{
    uint64_t nr = *left < batch ? *left : batch;

    *left -= nr;
    return nr;
}

static void inactive_begin(struct shrink_inactive *inactive, uint64_t max_scan)
{
    inactive->state = INACTIVE_DRAIN;
    inactive->max_scan = max_scan;
    inactive->total_scanned = 0;
    inactive->nr_reclaimed = 0;
    inactive->release.nr = 0;
}

static enum step zone_over(struct shrink_zone *shrink, struct reclaim *reclaim, struct task *task)
{
    if (throttle_vm_writeout(reclaim, task, &shrink->throttle, shrink->sc->gfp) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_SHRINK_ZONE_END)))
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_SHRINK_ZONE_END,
                                                      .task = task,
                                                      .zone = shrink->zone,
                                                      .priority = shrink->priority,
                                                      .scanned = shrink->sc->nr_scanned -
                                                                 shrink->scanned_before,
                                                      .freed = shrink->nr_reclaimed});
    return STEP_DONE;
}

/* Batches of the two lists in turns, active first. */
enum step shrink_zone_step(struct shrink_zone *shrink, struct reclaim *reclaim, struct task *task)
{
    uint64_t batch = shrink->sc->swap_cluster_max;

    for (;;) {
        switch ((enum shrink_zone_state)shrink->state) {
        case ZONE_SHRINK_ACTIVE:
            if (shrink->nr_active == 0 && shrink->nr_inactive == 0) {
                shrink->state = ZONE_THROTTLE;
                break;
            }
            shrink->state = ZONE_BEGIN_INACTIVE;
            if (shrink->nr_active == 0)
                break;
            shrink_active(shrink, reclaim, task, next_batch(&shrink->nr_active, batch));
            if (batch_over(reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            break;
        case ZONE_BEGIN_INACTIVE:
            shrink->state = ZONE_SHRINK_ACTIVE;
            if (shrink->nr_inactive == 0)
                break;
            inactive_begin(&shrink->inactive, next_batch(&shrink->nr_inactive, batch));
            shrink->state = ZONE_SHRINK_INACTIVE;
            break;
        case ZONE_SHRINK_INACTIVE:
            if (shrink_inactive_step(shrink, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            shrink->nr_reclaimed += shrink->inactive.nr_reclaimed;
            shrink->state = ZONE_SHRINK_ACTIVE;
            if (batch_over(reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            break;
        case ZONE_THROTTLE:
            return zone_over(shrink, reclaim, task);
        }
    }
}
