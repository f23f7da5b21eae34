/* SPDX-License-Identifier: MIT */
/* Writers over their device's limit write or sleep. */
#include "reclaim/balance_dirty.h"

#include "reclaim/reclaim.h"

/* Pages between two looks of a CPU while the device is over its limit. */
enum { RATELIMIT_EXCEEDED = 8 };

enum balance_state {
    BALANCE_BEGIN,
    BALANCE_LOOK,
    BALANCE_WRITE,
    BALANCE_WROTE,
    BALANCE_SLEEP,
    BALANCE_OVER,
};

/* True: it is time for a look. */
static bool count_dirtied_page(struct reclaim *reclaim, unsigned cpu, uint32_t dev)
{
    struct writeback *writeback = &reclaim->writeback;
    bool exceeded = writeback->shares[dev].dirty_exceeded;
    uint64_t ratelimit = exceeded ? RATELIMIT_EXCEEDED : writeback->ratelimit_pages;

    if (++writeback->ratelimits[cpu] < ratelimit)
        return false;
    writeback->ratelimits[cpu] = 0;
    return true;
}

/* Kernel: mm/page-writeback.c sync_writeback_pages() [2.6.24] */
static int64_t sync_writeback_pages(const struct reclaim *reclaim)
{
    uint64_t pages = reclaim->writeback.ratelimit_pages;

    return (int64_t)(pages + pages / 2);
}

/* Compares the device's dirty pages with its limit; all limits, for who asks. */
static struct dirty_limits look_at_device(struct reclaim *reclaim, const struct task *task,
                                          uint32_t dev, struct balance_dirty *balance)
{
    struct dirty_limits limits = get_dirty_limits(reclaim, task);
    uint64_t limit = device_dirty_limit(reclaim, limits.dirty_pages, dev);
    const struct backing_dev *device = &reclaim->devices[dev];
    uint64_t pages = device->nr_dirty_pages + device->nr_writeback_pages;

    balance->background_pages = limits.background_pages;
    balance->within_limit = pages <= limit;
    balance->below_limit = pages < limit;
    return limits;
}

/* The head of the loop: what is to be done now? */
static uint8_t look(struct reclaim *reclaim, const struct task *task, uint32_t dev,
                    struct balance_dirty *balance)
{
    struct dirty_limits limits = look_at_device(reclaim, task, dev, balance);
    uint64_t pages = global_page_state(reclaim, NR_FILE_DIRTY) +
                     global_page_state(reclaim, NR_UNSTABLE_NFS) +
                     global_page_state(reclaim, NR_WRITEBACK);

    if (balance->within_limit)
        return BALANCE_OVER;
    /* Small limits of devices that only begin to be used do not count while much is left. */
    if (pages < (limits.background_pages + limits.dirty_pages) / 2)
        return BALANCE_OVER;
    reclaim->writeback.shares[dev].dirty_exceeded = true;
    if (reclaim->devices[dev].nr_dirty_pages == 0)
        return BALANCE_WROTE;
    balance->wbc = (struct writeback_control){
        .nr_to_write = sync_writeback_pages(reclaim),
        .only_dev = dev,
        .work_stall = STALL_BALANCE_DIRTY_PAGES,
    };
    return BALANCE_WRITE;
}

static uint8_t wrote(struct reclaim *reclaim, const struct task *task, uint32_t dev,
                     struct balance_dirty *balance)
{
    look_at_device(reclaim, task, dev, balance);
    if (balance->within_limit || balance->pages_written >= (uint64_t)sync_writeback_pages(reclaim))
        return BALANCE_OVER;
    return BALANCE_SLEEP;
}

/* The end: in laptop mode pdflush follows a writer that had to write, else the background limit. */
static void over(struct reclaim *reclaim, uint32_t dev, const struct balance_dirty *balance)
{
    struct writeback_share *share = &reclaim->writeback.shares[dev];
    uint64_t dirty =
        global_page_state(reclaim, NR_FILE_DIRTY) + global_page_state(reclaim, NR_UNSTABLE_NFS);

    if (balance->below_limit)
        share->dirty_exceeded = false;
    if (share->flushing)
        return;
    if (reclaim->machine->vm.laptop_mode ? balance->pages_written > 0
                                         : dirty > balance->background_pages)
        pdflush_operation(reclaim, PDFLUSH_BACKGROUND, 0);
}

static enum step balance_dirty_pages(struct reclaim *reclaim, struct task *task, uint32_t dev,
                                     struct balance_dirty *balance)
{
    while (balance->state != BALANCE_OVER) {
        switch (balance->state) {
        case BALANCE_LOOK:
            balance->state = look(reclaim, task, dev, balance);
            break;
        case BALANCE_WRITE:
            if (writeback_inodes(reclaim, task, &balance->wbc) == STEP_BLOCKED)
                return STEP_BLOCKED;
            balance->pages_written +=
                (uint64_t)(sync_writeback_pages(reclaim) - balance->wbc.nr_to_write);
            balance->state = BALANCE_WROTE;
            break;
        case BALANCE_WROTE:
            balance->state = wrote(reclaim, task, dev, balance);
            break;
        default: /* BALANCE_SLEEP */
            if (congestion_wait(reclaim, task, &balance->sleep, reclaim->machine->hz / 10,
                                STALL_BALANCE_DIRTY_PAGES) == STEP_BLOCKED)
                return STEP_BLOCKED;
            balance->state = BALANCE_LOOK;
        }
    }
    over(reclaim, dev, balance);
    return STEP_DONE;
}

enum step balance_dirty_pages_ratelimited(struct reclaim *reclaim, struct task *task,
                                          struct address_space *mapping,
                                          struct balance_dirty *balance)
{
    if (balance->state == BALANCE_BEGIN) {
        if (!mapping_cap_writeback_dirty(mapping) ||
            !count_dirtied_page(reclaim, task->cpu, mapping->backing_dev))
            return STEP_DONE;
        balance->state = BALANCE_LOOK;
    }
    if (balance_dirty_pages(reclaim, task, mapping->backing_dev, balance) == STEP_BLOCKED)
        return STEP_BLOCKED;
    *balance = (struct balance_dirty){0};
    return STEP_DONE;
}
