/* SPDX-License-Identifier: MIT */
/* The slow model's time: completions happen while somebody waits, and only then. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/slow_reclaim.h"
#include "mm/gfp.h"

enum { JIFFY_US = 4000, RECLAIM_WAIT_JIFFIES = 25, HIGHMEM_INDEX = 2 };

/* ---- devices ---- */

static uint64_t congestion_on(const struct slow_device *device)
{
    uint64_t r = device->requests;
    uint64_t on = r - r / 8 + 1;

    return on < r ? on : r;
}

static bool below_congestion_off(const struct slow_device *device)
{
    int64_t r = (int64_t)device->requests;
    int64_t off = r - r / 8 - r / 16 - 1;

    return (int64_t)device->count < (off > 1 ? off : 1);
}

void slow_change_device(struct slow_reclaim *r, unsigned number, uint64_t service_us, unsigned cpu,
                        uint64_t requests)
{
    struct slow_device *device = &r->devices[number];

    device->shown = true;
    device->service_us = service_us;
    device->cpu = cpu;
    device->requests = requests;
}

static void set_now(struct slow_reclaim *r, uint64_t now_us)
{
    slow_must(now_us >= r->now_us);
    r->now_us = now_us;
    r->mm.jiffies = r->boot_jiffies + now_us / JIFFY_US;
}

static void complete(struct slow_reclaim *r, struct slow_device *device)
{
    struct slow_page *page = device->queue[0];

    set_now(r, device->completes_us);
    slow_end_writeback(r, page, device->cpu);
    device->count--;
    for (uint64_t i = 0; i < device->count; i++)
        device->queue[i] = device->queue[i + 1];
    device->completes_us = r->now_us + device->service_us;
    if (below_congestion_off(device)) {
        device->congested = false;
        r->wakeups++;
    }
}

/* Whether some page was due by then; at most one completes. */
static bool complete_one(struct slow_reclaim *r, uint64_t until_us)
{
    struct slow_device *first = NULL;

    for (unsigned i = 0; i < SLOW_DEVICES; i++) {
        struct slow_device *device = &r->devices[i];

        if (device->count && (!first || device->completes_us < first->completes_us))
            first = device;
    }
    if (!first || first->completes_us > until_us)
        return false;
    complete(r, first);
    return true;
}

void slow_pass_time(struct slow_reclaim *r, uint64_t until_us)
{
    while (complete_one(r, until_us))
        continue;
    set_now(r, until_us);
}

static void wait_for_request(struct slow_reclaim *r, unsigned number)
{
    struct slow_device *device = &r->devices[number];
    uint64_t begin_us = r->now_us;

    if (device->count < device->requests)
        return;
    while (device->count >= device->requests)
        slow_must(complete_one(r, UINT64_MAX));
    slow_say(r, 1, "e qwait %u %" PRIu64 "\n", number, r->now_us - begin_us);
}

static void submit(struct slow_reclaim *r, unsigned number, struct slow_page *page)
{
    struct slow_device *device = &r->devices[number];

    if (device->service_us == 0) {
        slow_end_writeback(r, page, r->cpu);
        return;
    }
    wait_for_request(r, number);
    if (device->count + 1 >= congestion_on(device))
        device->congested = true;
    device->queue = realloc(device->queue, (device->count + 1) * sizeof(struct slow_page *));
    slow_must(device->queue);
    if (device->count == 0)
        device->completes_us = r->now_us + device->service_us;
    device->queue[device->count++] = page;
}

void slow_write(struct slow_reclaim *r, unsigned device, struct slow_page *page)
{
    slow_must(!page->user.writeback);
    page->user.writeback = true;
    slow_inc_state(page->zone, SLOW_WRITEBACK, r->cpu);
    page->user.locked = false;
    submit(r, device, page);
}

/* ---- waits ---- */

static void let_kswapds_run(struct slow_reclaim *r)
{
    if (r->kswapd_mode == 2 && !(r->mm.task & SLOW_PF_KSWAPD))
        slow_woken_kswapds(r);
}

void slow_congestion_wait(struct slow_reclaim *r, unsigned jiffies)
{
    uint64_t begin_us;
    uint64_t wakeups;

    let_kswapds_run(r);
    begin_us = r->now_us;
    wakeups = r->wakeups;
    while (r->wakeups == wakeups && complete_one(r, begin_us + (uint64_t)jiffies * JIFFY_US))
        continue;
    if (r->wakeups == wakeups)
        set_now(r, begin_us + (uint64_t)jiffies * JIFFY_US);
    slow_say(r, 1, "e cwait %u %" PRIu64 "\n", jiffies, r->now_us - begin_us);
}

void slow_sleep_jiffy(struct slow_reclaim *r)
{
    let_kswapds_run(r);
    slow_pass_time(r, r->now_us + JIFFY_US);
    slow_say(r, 1, "e sleep 1\n");
}

void slow_wait_on_writeback(struct slow_reclaim *r, struct slow_page *page)
{
    uint64_t begin_us = r->now_us;

    if (!page->user.writeback)
        return;
    while (page->user.writeback)
        slow_must(complete_one(r, UINT64_MAX));
    slow_say(r, 1, "e wbwait %" PRIu64 " %" PRIu64 "\n", slow_pfn(&r->mm, page),
             r->now_us - begin_us);
}

/* ---- dirty limits ---- */

static uint64_t highmem_dirtyable(struct slow_reclaim *r, uint64_t total)
{
    uint64_t x = 0;

    if (!r->mm.highmem)
        return 0;
    for_each_slow_zone(&r->mm, zone) if (zone->index == HIGHMEM_INDEX) x +=
        slow_zone_state(zone, SLOW_FREE) + slow_zone_state(zone, SLOW_INACTIVE) +
        slow_zone_state(zone, SLOW_ACTIVE);
    return x < total ? x : total;
}

void slow_dirty_limits(struct slow_reclaim *r, uint64_t *ret_background, uint64_t *ret_dirty)
{
    uint64_t dirty_ratio = r->dirty_ratio < 5 ? 5 : r->dirty_ratio;
    uint64_t background_ratio = r->background_ratio;
    uint64_t available = slow_global_state(r, SLOW_FREE) + slow_global_state(r, SLOW_INACTIVE) +
                         slow_global_state(r, SLOW_ACTIVE);

    available -= highmem_dirtyable(r, available);
    available++;
    if (background_ratio >= dirty_ratio)
        background_ratio = dirty_ratio / 2;
    *ret_background = background_ratio * available / 100;
    *ret_dirty = dirty_ratio * available / 100;
    if (r->mm.task & (SLOW_PF_LESS_THROTTLE | SLOW_RT)) {
        *ret_background += *ret_background / 4;
        *ret_dirty += *ret_dirty / 4;
    }
}

/*
 * A count of pages under writeback that only lags would hold the waiter for ever: after
 * SLOW_IDLE_THROTTLES waits in a row with no disk busy all CPUs do their once-a-second work.
 */
static void end_idle_throttle(struct slow_reclaim *r)
{
    bool busy = false;

    for (unsigned i = 0; i < SLOW_DEVICES; i++)
        busy |= r->devices[i].count > 0;
    if (busy)
        r->idle_throttles = 0;
    else if (++r->idle_throttles >= SLOW_IDLE_THROTTLES)
        for (unsigned cpu = 0; cpu < r->mm.nr_cpus; cpu++)
            slow_refresh_vm_stats(&r->mm, cpu);
}

void slow_throttle_vm_writeout(struct slow_reclaim *r, uint32_t gfp)
{
    for (;;) {
        uint64_t background;
        uint64_t dirty;

        slow_dirty_limits(r, &background, &dirty);
        if (slow_global_state(r, SLOW_WRITEBACK) <= dirty + dirty / 10)
            return;
        slow_congestion_wait(r, RECLAIM_WAIT_JIFFIES);
        end_idle_throttle(r);
        if (!(gfp & GFP_BIT_FS) || !(gfp & GFP_BIT_IO))
            return;
    }
}
