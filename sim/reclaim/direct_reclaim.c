/* SPDX-License-Identifier: MIT */
/* try_to_free_pages(): harder and harder, until there is enough. */
#include "reclaim/direct_reclaim.h"

#include "mm/cpuset.h"
#include "reclaim/reclaim.h"

enum direct_state {
    DIRECT_PRIORITY, /* a priority begins */
    DIRECT_ZONE,     /* the next zone of the list */
    DIRECT_SHRINK,
    DIRECT_SLAB, /* all zones were seen to */
    DIRECT_WAIT,
};

static struct zone *list_zone(const struct direct_reclaim *direct, struct reclaim *reclaim,
                              uint32_t position)
{
    return &reclaim->machine->zones[direct->zonelist->zones[position]];
}

/* Kernel: mm/vmscan.c note_zone_scanning_priority() [2.6.24] */
static void note_zone_scanning_priority(struct zone *zone, int priority)
{
    if (priority < zone->prev_priority)
        zone->prev_priority = priority;
}

void direct_reclaim_begin(struct direct_reclaim *direct, struct reclaim *reclaim, struct task *task,
                          const struct zonelist *zonelist, unsigned order, uint32_t gfp)
{
    struct machine *machine = reclaim->machine;

    direct->state = DIRECT_PRIORITY;
    direct->sc = (struct scan_control){
        .gfp = gfp,
        .order = order,
        .swap_cluster_max = SWAP_CLUSTER_MAX,
        .may_writepage = !machine->vm.laptop_mode,
        .may_swap = true,
    };
    direct->zonelist = zonelist;
    direct->priority = DEF_PRIORITY;
    direct->nr_reclaimed = direct->total_scanned = direct->lru_pages = direct->freed = 0;
    direct->scanned = 0;
    direct->begin_ns = machine->clock->now_ns;
    task->reclaim_state->reclaimed_slab = 0;
    machine->vm_events[ALLOCSTALL]++;
    machine->work.direct_reclaims++;
    for (uint32_t i = 0; i < zonelist->length; i++) {
        const struct zone *zone = list_zone(direct, reclaim, i);

        if (cpuset_zone_allowed_hardwall(task, zone, GFP_KERNEL))
            direct->lru_pages +=
                zone_page_state(zone, NR_ACTIVE) + zone_page_state(zone, NR_INACTIVE);
    }
    reclaim_tell(reclaim,
                 &(struct reclaim_event){
                     .kind = RECLAIM_DIRECT_BEGIN, .task = task, .order = order, .gfp = gfp});
}

static void begin_priority(struct direct_reclaim *direct, const struct reclaim *reclaim,
                           const struct task *task)
{
    direct->sc.nr_scanned = 0;
    direct->all_unreclaimable = true;
    direct->next_zone = 0;
    direct->state = DIRECT_ZONE;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_PRIORITY,
                                                  .task = task,
                                                  .priority = direct->priority});
}

/* Kernel: mm/vmscan.c shrink_zones() [2.6.24] */
static void next_zone(struct direct_reclaim *direct, struct reclaim *reclaim, struct task *task)
{
    struct zone *zone;

    if (direct->next_zone == direct->zonelist->length) {
        direct->state = DIRECT_SLAB;
        return;
    }
    zone = list_zone(direct, reclaim, direct->next_zone++);
    if (!zone_populated(zone) || !cpuset_zone_allowed_hardwall(task, zone, GFP_KERNEL))
        return;
    note_zone_scanning_priority(zone, direct->priority);
    if (zone->flags & ZONE_ALL_UNRECLAIMABLE && direct->priority != DEF_PRIORITY)
        return;
    direct->all_unreclaimable = false;
    shrink_zone_begin(&direct->shrink, reclaim, task, zone, direct->priority, &direct->sc);
    direct->state = DIRECT_SHRINK;
}

static enum step end(struct direct_reclaim *direct, struct reclaim *reclaim, struct task *task,
                     bool enough)
{
    int priority = direct->priority < 0 ? 0 : direct->priority;

    direct->ret = enough || !direct->all_unreclaimable;
    for (uint32_t i = 0; i < direct->zonelist->length; i++) {
        struct zone *zone = list_zone(direct, reclaim, i);

        if (cpuset_zone_allowed_hardwall(task, zone, GFP_KERNEL))
            zone->prev_priority = priority;
    }
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_DIRECT_END,
                                                  .task = task,
                                                  .zone = list_zone(direct, reclaim, 0),
                                                  .order = direct->sc.order,
                                                  .gfp = direct->sc.gfp,
                                                  .ret = direct->ret,
                                                  .priority = priority,
                                                  .scanned = direct->scanned,
                                                  .freed = direct->freed,
                                                  .begin_ns = direct->begin_ns});
    return STEP_DONE;
}

/* The caches' turn, then the balance of this priority. True: enough was freed. */
static bool priority_over(struct direct_reclaim *direct, struct reclaim *reclaim, struct task *task)
{
    const struct machine *machine = reclaim->machine;

    shrink_slab(reclaim, task, direct->sc.nr_scanned, direct->sc.gfp, direct->lru_pages);
    direct->nr_reclaimed += task->reclaim_state->reclaimed_slab;
    task->reclaim_state->reclaimed_slab = 0;
    direct->total_scanned += direct->sc.nr_scanned;
    if (direct->nr_reclaimed >= SWAP_CLUSTER_MAX)
        return true;
    if (direct->total_scanned > SWAP_CLUSTER_MAX + SWAP_CLUSTER_MAX / 2) {
        wakeup_pdflush(reclaim, machine->vm.laptop_mode ? 0 : direct->total_scanned);
        direct->sc.may_writepage = true;
    }
    return false;
}

enum step direct_reclaim_step(struct direct_reclaim *direct, struct reclaim *reclaim,
                              struct task *task)
{
    for (;;) {
        switch ((enum direct_state)direct->state) {
        case DIRECT_PRIORITY:
            if (direct->priority < 0)
                return end(direct, reclaim, task, false);
            begin_priority(direct, reclaim, task);
            break;
        case DIRECT_ZONE:
            next_zone(direct, reclaim, task);
            break;
        case DIRECT_SHRINK:
            if (shrink_zone_step(&direct->shrink, reclaim, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            direct->nr_reclaimed += direct->shrink.nr_reclaimed;
            direct->freed += direct->shrink.nr_reclaimed;
            direct->scanned += direct->sc.nr_scanned - direct->shrink.scanned_before;
            direct->state = DIRECT_ZONE;
            break;
        case DIRECT_SLAB:
            if (priority_over(direct, reclaim, task))
                return end(direct, reclaim, task, true);
            direct->sleep = (struct congestion_sleep){0};
            direct->state = DIRECT_WAIT;
            break;
        case DIRECT_WAIT:
            if (direct->sc.nr_scanned > 0 && direct->priority < DEF_PRIORITY - 2 &&
                congestion_wait(reclaim, task, &direct->sleep, reclaim->machine->hz / 10,
                                STALL_CONGESTION_WAIT) == STEP_BLOCKED)
                return STEP_BLOCKED;
            direct->priority--;
            direct->state = DIRECT_PRIORITY;
            break;
        }
    }
}
