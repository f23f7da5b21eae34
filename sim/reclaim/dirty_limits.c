/* SPDX-License-Identifier: MIT */
/* Dirty limits from the counters, and the reclaimers that wait below them. */
#include "reclaim/dirty_limits.h"

#include "mm/gfp.h"
#include "reclaim/reclaim.h"

enum { DIRTY_RATIO_MIN = 5, HIGHMEM_ZONE = 2 };

uint64_t global_page_state(const struct reclaim *reclaim, unsigned item)
{
    int64_t value = reclaim->machine->vm_stat[item];

    return value < 0 ? 0 : (uint64_t)value;
}

/* Kernel: mm/page-writeback.c highmem_dirtyable_memory() [2.6.24] */
static uint64_t highmem_dirtyable_memory(const struct machine *machine, uint64_t total)
{
    uint64_t pages = 0;

    if (!machine->highmem)
        return 0;
    for (uint32_t nid = 0; nid < machine->nr_nodes; nid++) {
        const struct zone *zone = &machine->zones[nid * MAX_NR_ZONES + HIGHMEM_ZONE];

        pages += zone_page_state(zone, NR_FREE_PAGES) + zone_page_state(zone, NR_INACTIVE) +
                 zone_page_state(zone, NR_ACTIVE);
    }
    return pages < total ? pages : total;
}

uint64_t determine_dirtyable_memory(const struct reclaim *reclaim)
{
    uint64_t pages = global_page_state(reclaim, NR_FREE_PAGES) +
                     global_page_state(reclaim, NR_INACTIVE) +
                     global_page_state(reclaim, NR_ACTIVE);

    return pages - highmem_dirtyable_memory(reclaim->machine, pages) + 1;
}

struct dirty_limits get_dirty_limits(const struct reclaim *reclaim, const struct task *task)
{
    const struct vm_sysctl *vm = &reclaim->machine->vm;
    uint64_t available = determine_dirtyable_memory(reclaim);
    uint64_t dirty_ratio = vm->dirty_ratio < DIRTY_RATIO_MIN ? DIRTY_RATIO_MIN : vm->dirty_ratio;
    uint64_t background_ratio = vm->dirty_background_ratio;
    struct dirty_limits limits;

    if (background_ratio >= dirty_ratio)
        background_ratio = dirty_ratio / 2;
    limits.background_pages = background_ratio * available / 100;
    limits.dirty_pages = dirty_ratio * available / 100;
    if (task->flags & (TASK_PF_LESS_THROTTLE | TASK_RT)) {
        limits.background_pages += limits.background_pages / 4;
        limits.dirty_pages += limits.dirty_pages / 4;
    }
    return limits;
}

uint64_t device_dirty_limit(struct reclaim *reclaim, uint64_t dirty_pages, uint32_t dev)
{
    struct writeback *writeback = &reclaim->writeback;
    const struct backing_dev *device = &reclaim->devices[dev];
    uint64_t share =
        proportion_scale(&writeback->completions, &writeback->shares[dev].completions, dirty_pages);
    uint64_t taken = global_page_state(reclaim, NR_FILE_DIRTY) +
                     global_page_state(reclaim, NR_WRITEBACK) +
                     global_page_state(reclaim, NR_UNSTABLE_NFS);
    uint64_t left = dirty_pages > taken ? dirty_pages - taken : 0;

    left += device->nr_dirty_pages + device->nr_writeback_pages;
    return share < left ? share : left;
}

enum step throttle_vm_writeout(struct reclaim *reclaim, struct task *task,
                               struct throttle_writeout *throttle, uint32_t gfp)
{
    const uint32_t may_loop = GFP_BIT_FS | GFP_BIT_IO;

    for (;;) {
        if (!throttle->sleep.sleeping) {
            uint64_t limit = get_dirty_limits(reclaim, task).dirty_pages;

            limit += limit / 10;
            if (global_page_state(reclaim, NR_UNSTABLE_NFS) +
                    global_page_state(reclaim, NR_WRITEBACK) <=
                limit)
                return STEP_DONE;
        }
        if (congestion_wait(reclaim, task, &throttle->sleep, reclaim->machine->hz / 10,
                            STALL_THROTTLE_VM_WRITEOUT) == STEP_BLOCKED)
            return STEP_BLOCKED;
        if ((gfp & may_loop) != may_loop)
            return STEP_DONE;
    }
}

/* ---- shares of events ---- */

static uint64_t period_length(const struct proportions *all)
{
    return UINT64_C(1) << (all->shift - 1);
}

/* value * 2^(to - from) */
static uint64_t rescale(uint64_t value, unsigned from, unsigned to)
{
    return to < from ? value >> (from - to) : value << (to - from);
}

void proportions_change_shift(struct proportions *all, unsigned shift)
{
    all->events = rescale(all->events, all->shift, shift);
    all->shift = shift;
}

/* Halves a party's events for each period that has ended since its last one.
 * Kernel: lib/proportions.c prop_norm_percpu() [2.6.24] */
static void proportion_norm(const struct proportions *all, struct proportion *one)
{
    uint64_t period = all->events & ~(period_length(all) - 1);
    uint64_t ended;

    if (one->shift != all->shift) {
        one->period = rescale(one->period, one->shift, all->shift);
        one->shift = all->shift;
    }
    ended = (period - one->period) >> (all->shift - 1);
    one->events = ended < 64 ? one->events >> ended : 0;
    one->period = period;
}

void proportion_add(struct proportions *all, struct proportion *one, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        proportion_norm(all, one);
        one->events++;
        all->events++;
    }
}

uint64_t proportion_scale(const struct proportions *all, struct proportion *one, uint64_t value)
{
    uint64_t length = period_length(all);

    proportion_norm(all, one);
    return value * one->events / (length + (all->events & (length - 1)));
}
