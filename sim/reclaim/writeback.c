/* SPDX-License-Identifier: MIT */
/* Write-back's constants of a machine, and its periodic timer. */
#include "reclaim/writeback.h"

#include <stdlib.h>

#include "base/units.h"
#include "reclaim/reclaim.h"

enum {
    RATELIMIT_PAGES_MIN = 16,
    RATELIMIT_PAGES_MAX = 1024, /* 4 MiB */
    RATELIMITS_PER_CPU = 32,
    PERIOD_SHIFT_MIN = 2,
};

/* Kernel: mm/page-writeback.c calc_period_shift() [2.6.24] */
static unsigned calc_period_shift(const struct reclaim *reclaim)
{
    uint64_t dirty_pages =
        reclaim->machine->vm.dirty_ratio * determine_dirtyable_memory(reclaim) / 100;
    unsigned shift = PERIOD_SHIFT_MIN;

    /* DEVIATION: where no page may be dirty the kernel takes the logarithm of -1. */
    if (dirty_pages > 0)
        dirty_pages--;
    while (dirty_pages >>= 1)
        shift++;
    return shift;
}

/* Kernel: mm/page-writeback.c writeback_set_ratelimit() [2.6.24] */
static uint64_t calc_ratelimit_pages(const struct machine *machine)
{
    uint64_t pages = machine->vm_total_pages / (machine->nr_cpus * RATELIMITS_PER_CPU);

    if (pages < RATELIMIT_PAGES_MIN)
        return RATELIMIT_PAGES_MIN;
    return pages > RATELIMIT_PAGES_MAX ? RATELIMIT_PAGES_MAX : pages;
}

static void set_timer(struct reclaim *reclaim, uint64_t at_ns)
{
    reclaim->writeback.timer_pending = true;
    reclaim->owner.timer(reclaim->owner.context, RECLAIM_TIMER_KUPDATE, 0, at_ns);
}

static uint64_t interval_ns(const struct reclaim *reclaim)
{
    return reclaim->machine->vm.dirty_writeback_centisecs * (NSEC_PER_SEC / 100);
}

/* The timer is set by the thread at the end of its work while one is at it. */
static bool kupdate_under_way(const struct writeback *writeback)
{
    for (unsigned i = 0; i < PDFLUSH_THREADS_MAX; i++)
        if (writeback->pdflush.threads[i].work == PDFLUSH_KUPDATE)
            return true;
    return false;
}

static void set_timer_if_none(struct reclaim *reclaim)
{
    const struct writeback *writeback = &reclaim->writeback;

    if (interval_ns(reclaim) > 0 && !writeback->timer_pending && !kupdate_under_way(writeback))
        set_timer(reclaim, reclaim->machine->clock->now_ns + interval_ns(reclaim));
}

bool writeback_init(struct reclaim *reclaim)
{
    struct writeback *writeback = &reclaim->writeback;

    *writeback = (struct writeback){0};
    writeback->ratelimits = calloc(reclaim->machine->nr_cpus, sizeof(uint32_t));
    if (!writeback->ratelimits)
        return false;
    pdflush_pool_init(&writeback->pdflush);
    writeback->dirty_ratio = reclaim->machine->vm.dirty_ratio;
    writeback->completions.shift = calc_period_shift(reclaim);
    writeback->ratelimit_pages = calc_ratelimit_pages(reclaim->machine);
    set_timer_if_none(reclaim);
    return true;
}

void writeback_fini(struct reclaim *reclaim)
{
    free(reclaim->writeback.ratelimits);
    reclaim->writeback.ratelimits = NULL;
}

void writeback_sysctl_written(struct reclaim *reclaim, enum vm_sysctl_id id)
{
    struct writeback *writeback = &reclaim->writeback;

    if (id == VM_DIRTY_WRITEBACK_CENTISECS) {
        set_timer_if_none(reclaim);
    } else if (id == VM_DIRTY_RATIO && writeback->dirty_ratio != reclaim->machine->vm.dirty_ratio) {
        writeback->dirty_ratio = reclaim->machine->vm.dirty_ratio;
        proportions_change_shift(&writeback->completions, calc_period_shift(reclaim));
    }
}

void writeback_timer(struct reclaim *reclaim)
{
    reclaim->writeback.timer_pending = false;
    if (interval_ns(reclaim) > 0 && !pdflush_operation(reclaim, PDFLUSH_KUPDATE, 0))
        set_timer(reclaim, reclaim->machine->clock->now_ns + NSEC_PER_SEC);
}

void writeback_period_over(struct reclaim *reclaim, uint64_t begin_ns)
{
    uint64_t earliest_ns = reclaim->machine->clock->now_ns + NSEC_PER_SEC;
    uint64_t next_ns = begin_ns + interval_ns(reclaim);

    if (interval_ns(reclaim) > 0)
        set_timer(reclaim, next_ns < earliest_ns ? earliest_ns : next_ns);
}

void writeback_completed(struct reclaim *reclaim, uint32_t dev, uint32_t nr_pages)
{
    struct writeback *writeback = &reclaim->writeback;

    proportion_add(&writeback->completions, &writeback->shares[dev].completions, nr_pages);
}
