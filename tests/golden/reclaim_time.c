/* SPDX-License-Identifier: MIT */
/* Time passes in waits only: completions happen, sleepers wake, kswapd runs. */
#include "base/units.h"
#include "reclaim_world.h"

uint64_t world_now_us(const struct reclaim_world *world)
{
    return world->clock.now_ns / NSEC_PER_USEC;
}

/* The device whose request in service is done first, the lowest one of several; NULL: none. */
static const struct backing_dev *first_to_complete(const struct reclaim_world *world,
                                                   uint32_t *ret_dev)
{
    const struct backing_dev *first = NULL;

    for (uint32_t i = 0; i < world->reclaim.nr_devices; i++) {
        const struct backing_dev *dev = &world->reclaim.devices[i];

        if (dev->active && (!first || dev->completes_ns < first->completes_ns)) {
            first = dev;
            *ret_dev = i;
        }
    }
    return first;
}

/* The next completion happens if it is due by then. */
static bool complete_by(struct reclaim_world *world, uint64_t until_ns)
{
    uint32_t number;
    const struct backing_dev *dev = first_to_complete(world, &number);

    if (!dev || dev->completes_ns > until_ns)
        return false;
    clock_advance_to(&world->clock, dev->completes_ns);
    reclaim_timer(&world->reclaim, RECLAIM_TIMER_DEVICE, number);
    return true;
}

void world_pass_time(struct reclaim_world *world, uint64_t until_ns)
{
    while (complete_by(world, until_ns))
        continue;
    clock_advance_to(&world->clock, until_ns);
}

void world_next_completion(struct reclaim_world *world, const char *waiter)
{
    if (complete_by(world, UINT64_MAX))
        return;
    fprintf(stderr, "golden_replay: nothing can end the wait for %s\n", waiter);
    exit(EXIT_FAILURE);
}

/* Until the queue is woken or the timeout is there. */
static void sleep_on_queue(struct reclaim_world *world, struct task *task)
{
    const struct wait wait = task->wait;

    waitqueue_add(wait.queue, task);
    while (task->waiting_on) {
        if (complete_by(world, wait.wake_ns))
            continue;
        if (wait.wake_ns == UINT64_MAX)
            world_next_completion(world, "a wake-up");
        clock_advance_to(&world->clock, wait.wake_ns);
        waitqueue_remove(task);
    }
}

/* The sleeps that `kmode 2` speaks of: those that end by themselves. */
static bool lets_kswapd_run(const struct reclaim_world *world, const struct task *task)
{
    return world->kswapd_mode == 2 && !(task->flags & TASK_PF_KSWAPD) &&
           (task->wait.stall == STALL_CONGESTION_WAIT ||
            task->wait.stall == STALL_THROTTLE_VM_WRITEOUT || task->wait.stall == STALL_OOM);
}

void world_begin_reclaim(struct world_task *task)
{
    task->others_scanned = task->others_freed = 0;
}

/* The sleep's clock starts after it, and what it does is counted with the sleeper's own work. */
static void run_kswapds_first(struct reclaim_world *world, struct world_task *sleeper)
{
    uint64_t before_ns = world->clock.now_ns;
    uint64_t scanned = world->scanned;
    uint64_t freed = world->freed;

    world_run_woken_kswapds(world);
    sleeper->task.wait.wake_ns += world->clock.now_ns - before_ns;
    sleeper->others_scanned += world->scanned - scanned;
    sleeper->others_freed += world->freed - freed;
}

/*
 * A throttled task whom a lagging count of pages under writeback holds while no disk has any would
 * wait for ever: vectors have no once-a-second work, which frees it in the kernel. So that is done
 * after WORLD_IDLE_THROTTLES such waits in a row.
 */
static void end_idle_throttle(struct reclaim_world *world, enum stall stall)
{
    uint32_t number;

    if (stall != STALL_THROTTLE_VM_WRITEOUT)
        return;
    if (first_to_complete(world, &number))
        world->idle_throttles = 0;
    else if (++world->idle_throttles >= WORLD_IDLE_THROTTLES)
        for (unsigned cpu = 0; cpu < world->machine.nr_cpus; cpu++)
            refresh_cpu_vm_stats(&world->machine, cpu);
}

void world_wait(struct reclaim_world *world, struct world_task *sleeper)
{
    struct task *task = &sleeper->task;
    enum stall stall = (enum stall)task->wait.stall;

    if (task->wait.kind != WAIT_SLEEP)
        return;
    if (lets_kswapd_run(world, task))
        run_kswapds_first(world, sleeper);
    sleeper->sleep_begin_ns = world->clock.now_ns;
    if (task->wait.queue)
        sleep_on_queue(world, task);
    else
        world_pass_time(world, task->wait.wake_ns);
    end_idle_throttle(world, stall);
}

/* A run that answers WAIT_YIELD was told to, at the limit of its restarts. */
void world_run_kswapd(struct reclaim_world *world, unsigned nid)
{
    struct world_task *kswapd = &world->kswapds[nid];

    world->machine.nodes[nid].kswapd_asleep = false;
    world->kswapd_running = true;
    world->kswapd_restarts = 0;
    while (kswapd_step(&world->reclaim, &kswapd->task, nid) == STEP_BLOCKED) {
        if (kswapd->task.wait.kind == WAIT_YIELD) {
            world_print(world, 0, "e klimit %u\n", nid);
            kswapd_abandon(&world->reclaim, &kswapd->task, nid);
            break;
        }
        world_wait(world, kswapd);
    }
    world->kswapd_running = false;
}

void world_run_woken_kswapds(struct reclaim_world *world)
{
    for (unsigned nid = 0; nid < world->machine.nr_nodes; nid++)
        if (world->machine.nodes[nid].online && !world->machine.nodes[nid].kswapd_asleep)
            world_run_kswapd(world, nid);
}
