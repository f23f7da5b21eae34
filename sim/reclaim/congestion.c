/* SPDX-License-Identifier: MIT */
/* congestion_wait(): sleeping on no queue in particular. */
#include "reclaim/congestion.h"

#include "base/units.h"
#include "reclaim/reclaim.h"

static bool any_device_congested(const struct reclaim *reclaim)
{
    for (uint32_t i = 0; i < reclaim->nr_devices; i++) {
        if (bdi_write_congested(&reclaim->devices[i]))
            return true;
    }
    return false;
}

/* These loop until there is less to write: they sleep under either parameter. */
static bool throttles_writeback(unsigned stall)
{
    return stall == STALL_THROTTLE_VM_WRITEOUT || stall == STALL_BALANCE_DIRTY_PAGES;
}

static void tell_end(const struct reclaim *reclaim, const struct task *task, uint64_t begin_ns,
                     unsigned timeout, uint64_t timeout_ns)
{
    struct reclaim_event event = {
        .kind = RECLAIM_CONGESTION_WAIT,
        .task = task,
        .timeout = timeout,
        .begin_ns = begin_ns,
        .woken = reclaim->machine->clock->now_ns < begin_ns + timeout_ns,
    };

    reclaim_tell(reclaim, &event);
}

enum step congestion_wait(struct reclaim *reclaim, struct task *task,
                          struct congestion_sleep *sleep, unsigned timeout, unsigned stall)
{
    const struct machine *machine = reclaim->machine;
    uint64_t timeout_ns = timeout * (NSEC_PER_SEC / machine->hz);

    if (sleep->sleeping) {
        sleep->sleeping = false;
        tell_end(reclaim, task, sleep->begin_ns, timeout, timeout_ns);
        return STEP_DONE;
    }
    if (machine->params.wait_iff_congested && !throttles_writeback(stall) &&
        !any_device_congested(reclaim))
        return STEP_DONE;
    *sleep = (struct congestion_sleep){.sleeping = true, .begin_ns = machine->clock->now_ns};
    return task_sleep(task, stall, sleep->begin_ns + timeout_ns, &reclaim->congestion_waiters);
}
