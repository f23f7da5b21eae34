/* SPDX-License-Identifier: MIT */
/* Work into time, and the three kinds of things that tasks do. */
#include "run/slice.h"

#include "base/units.h"
#include "run/kthread.h"
#include "run/replay.h"
#include "run/user_step.h"

/* ---- costs ---- */

/* What was done so far is worth; only differences mean anything. */
static uint64_t mm_work_ns(const struct simulation *sim)
{
    const struct cost_spec *costs = &sim->spec->costs;
    const struct mm_work *work = &sim->machine.work;

    return work->zones_tried * costs->zone_try_ns + work->buddy_blocks * costs->buddy_block_ns +
           work->moved_pages * costs->move_page_ns + work->zeroed_pages * costs->zero_page_ns +
           work->drained_lists * costs->drain_list_ns;
}

static uint64_t user_work_ns(const struct simulation *sim)
{
    const struct cost_spec *costs = &sim->spec->costs;
    const struct user_work *work = &sim->user.work;

    return work->accesses * costs->access_ns + work->copied_pages * costs->copy_page_ns +
           (work->minor_faults + work->major_faults) * costs->page_fault_ns +
           sim->machine.work.io_pages * costs->submit_page_ns;
}

static uint64_t reclaim_work_ns(const struct simulation *sim)
{
    const struct cost_spec *costs = &sim->spec->costs;
    const struct mm_work *work = &sim->machine.work;

    return work->scanned_pages * costs->scan_page_ns + work->unmapped_pages * costs->unmap_page_ns +
           work->freed_lru_pages * costs->reclaim_page_ns +
           work->slab_objects * costs->slab_object_ns +
           work->direct_reclaims * costs->direct_reclaim_ns +
           work->kswapd_rounds * costs->kswapd_round_ns;
}

/* All of it; where the upper layers cannot have worked, their part is as it was. */
static struct work_done measure(const struct simulation *sim, bool upper)
{
    struct work_done done = sim->work_paid;

    done.mm_ns = mm_work_ns(sim);
    if (!upper)
        return done;
    done.user_ns = user_work_ns(sim);
    done.reclaim_ns = reclaim_work_ns(sim);
    done.oom_ns = sim->machine.work.ooms * sim->spec->costs.out_of_memory_ns;
    return done;
}

void slice_forget_work(struct simulation *sim)
{
    sim->work_paid = measure(sim, true);
}

static uint64_t total_ns(const struct work_done *done)
{
    return done->mm_ns + done->user_ns + done->reclaim_ns + done->oom_ns;
}

uint64_t slice_cost_ns(const struct simulation *sim, const struct slice *slice)
{
    struct work_done done = measure(sim, slice->upper);
    uint64_t cost_ns = slice->calls_ns + total_ns(&done) - total_ns(&sim->work_paid);

    return cost_ns > 0 ? cost_ns : 1;
}

/* CPU time of the process, in the jiffies that the OOM killer looks at. */
static void account_cpu(struct simulation *sim, struct run_task *task, uint64_t cost_ns)
{
    struct task_stats *stats = simulation_task_stats(sim, task);
    uint64_t jiffy_ns;

    stats->cpu_ns += cost_ns;
    if (SIM_LIKELY(stats->cpu_ns < task->next_jiffy_ns))
        return;
    jiffy_ns = NSEC_PER_SEC / sim->machine.hz;
    task->user.process.utime_jiffies = stats->cpu_ns / jiffy_ns;
    task->next_jiffy_ns = (task->user.process.utime_jiffies + 1) * jiffy_ns;
}

void slice_end(struct simulation *sim, struct run_task *task, struct slice *slice)
{
    struct work_done done = measure(sim, slice->upper);

    slice->cost_ns = slice->calls_ns + total_ns(&done) - total_ns(&sim->work_paid);
    if (slice->cost_ns == 0)
        slice->cost_ns = 1;
    slice->reclaim_ns = done.reclaim_ns - sim->work_paid.reclaim_ns;
    slice->oom_ns = done.oom_ns - sim->work_paid.oom_ns;
    sim->work_paid = done;
    account_cpu(sim, task, slice->cost_ns);
    sim->stats.blocks_live = sim->objects.blocks_live;
    sim->stats.pages_live = sim->objects.pages_live;
}

/* ---- in whose name ---- */

const struct alloc_request *slice_request_of(const struct run_task *task)
{
    if (!task->in_operation || task->job.is_kthread)
        return NULL;
    if (task->operation.user_step)
        return task->in_call ? user_call_request(&task->call) : NULL;
    return trace_op_allocates(task->operation.record.op) ? kernel_call_request(task) : NULL;
}

struct event_cause slice_cause_of(const struct simulation *sim, const struct run_task *task)
{
    struct event_cause cause = {
        .time_ns = sim->clock.now_ns, .task = task->name, .cpu = task->task.cpu};
    const struct alloc_request *request = slice_request_of(task);

    if (request) {
        cause.has_request = true;
        cause.gfp = request->gfp;
        cause.order = request->order;
    }
    return cause;
}

struct event_cause slice_cause(const struct simulation *sim)
{
    if (sim->current == TASK_NONE)
        return (struct event_cause){.time_ns = sim->clock.now_ns};
    return slice_cause_of(sim, simulation_task(sim, sim->current));
}

/* ---- running ---- */

enum step slice_run(struct simulation *sim, struct run_task *task, struct slice *ret_slice)
{
    enum step step;

    *ret_slice = (struct slice){.upper = task->job.is_kthread || task->operation.user_step};
    sim->current = task->task.id;
    if (task->job.is_kthread)
        step = kthread_step(sim, task);
    else if (task->operation.user_step)
        step = user_step_run(sim, task, ret_slice);
    else
        step = replay_step(sim, task, ret_slice);
    sim->current = TASK_NONE;
    slice_end(sim, task, ret_slice);
    if (task->job.is_kthread && step == STEP_DONE)
        kthread_done(sim, task, ret_slice->cost_ns);
    return step;
}
