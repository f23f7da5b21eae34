/* SPDX-License-Identifier: MIT */
/* The OOM killer: who is chosen, and who dies in his place or along with him. */
#include "reclaim/oom.h"

#include "base/fixed.h"
#include "base/units.h"
#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "reclaim/reclaim.h"

/* log2 of HZ, rounded at 1.5 times a power of two.
 * Kernel: include/linux/jiffies.h SHIFT_HZ [2.6.24] */
static unsigned shift_hz(uint32_t hz)
{
    unsigned shift = 4;

    while (hz >> (shift - 4) >= 24)
        shift++;
    return shift;
}

/* Half of the memory of each child that has its own. */
static uint64_t children_points(const struct process *process)
{
    uint64_t points = 0;

    for (const struct process *child = process->first_child; child; child = child->next_sibling)
        if (child->mm != PROCESS_NO_MM && child->mm != process->mm)
            points += child->total_vm_pages / 2 + 1;
    return points;
}

/* Work done and a long life speak for a process. */
static uint64_t discount_for_age(uint64_t points, const struct process *process,
                                 const struct machine *machine)
{
    uint64_t uptime_s = machine->clock->now_ns / NSEC_PER_SEC;
    uint64_t cpu_time =
        (process->utime_jiffies + process->stime_jiffies) >> (shift_hz(machine->hz) + 3);
    uint64_t run_time =
        uptime_s >= process->start_time_s ? (uptime_s - process->start_time_s) >> 10 : 0;
    uint64_t s = fixed_sqrt(cpu_time);

    if (s)
        points /= s;
    s = fixed_sqrt(fixed_sqrt(run_time));
    if (s)
        points /= s;
    return points;
}

static uint64_t adjust_points(uint64_t points, int32_t oom_adj)
{
    if (oom_adj > 0)
        return (points ? points : 1) << oom_adj;
    return points >> -oom_adj;
}

uint64_t badness(const struct process *process, const struct machine *machine,
                 const struct task *current)
{
    uint64_t points;

    if (process->mm == PROCESS_NO_MM)
        return 0;
    if (process->in_swapoff)
        return UINT64_MAX;
    points = process->total_vm_pages + children_points(process);
    points = discount_for_age(points, process, machine);
    if (process->nice > 0)
        points *= 2;
    if (process->cap_sys_admin || process->superuser)
        points /= 4;
    if (process->cap_sys_rawio)
        points /= 4;
    if (!cpuset_mems_allowed_intersects(current, process->task))
        points /= 8;
    return adjust_points(points, process->oom_adj);
}

enum oom_constraint constrained_alloc(const struct machine *machine,
                                      const struct alloc_request *request)
{
    const struct zonelist *zonelist = request->zonelist;
    nodemask listed_nodes = 0;

    if (!machine->numa)
        return CONSTRAINT_NONE;
    for (unsigned i = 0; i < zonelist->length; i++) {
        const struct zone *zone = &machine->zones[zonelist->zones[i]];

        if (!cpuset_zone_allowed_softwall(request->task, zone, request->gfp))
            return CONSTRAINT_CPUSET;
        listed_nodes |= node_bit(zone->nid);
    }
    return machine_memory_nodes(machine) & ~listed_nodes ? CONSTRAINT_MEMORY_POLICY
                                                         : CONSTRAINT_NONE;
}

/* One out_of_memory() under way. */
struct oom {
    struct reclaim *reclaim;
    struct task *task;
    const struct process *current; /* NULL: a task without memory of its own */
    uint64_t points;               /* of the process chosen */
};

static void send_sigkill(const struct oom *oom, struct process *victim, bool memdie)
{
    const struct reclaim *reclaim = oom->reclaim;

    victim->sigkill = true;
    reclaim_tell(reclaim, &(struct reclaim_event){
                              .kind = RECLAIM_OOM_KILL,
                              .task = oom->task,
                              .process = victim,
                              .memdie = memdie,
                              .points = oom->points,
                          });
    reclaim->owner.kill(reclaim->owner.context, victim, memdie);
}

/* Init and tasks without memory are spared even here.
 * Kernel: mm/oom_kill.c __oom_kill_task() [2.6.24] */
static void mark_and_kill(const struct oom *oom, struct process *victim)
{
    if (victim->pid == PID_INIT || victim->mm == PROCESS_NO_MM)
        return;
    victim->task->flags |= TASK_TIF_MEMDIE;
    send_sigkill(oom, victim, true);
}

/* Kills a process and all that share its memory. False: one of them may not be killed.
 * Kernel: mm/oom_kill.c oom_kill_task() [2.6.24] */
static bool kill_with_sharers(const struct oom *oom, struct process *victim)
{
    struct process *const first = oom->reclaim->processes.first;

    if (victim->mm == PROCESS_NO_MM)
        return false;
    for (const struct process *p = first; p; p = p->next)
        if (p->mm == victim->mm && p->oom_adj == OOM_DISABLE)
            return false;
    mark_and_kill(oom, victim);
    for (struct process *p = first; p; p = p->next)
        if (p->mm == victim->mm && p != victim)
            send_sigkill(oom, p, false);
    return true;
}

/* A child dies for its parent. False: neither can be killed.
 * Kernel: mm/oom_kill.c oom_kill_process() [2.6.24] */
static bool kill_process(const struct oom *oom, struct process *chosen)
{
    if (chosen->exiting) {
        mark_and_kill(oom, chosen);
        return true;
    }
    for (struct process *child = chosen->first_child; child; child = child->next_sibling)
        if (child->mm != chosen->mm && kill_with_sharers(oom, child))
            return true;
    return kill_with_sharers(oom, chosen);
}

/* *ret_wait: somebody dies already. NULL otherwise: there is nobody.
 * Kernel: mm/oom_kill.c select_bad_process() [2.6.24] */
static struct process *select_bad_process(struct oom *oom, bool *ret_wait)
{
    const struct reclaim *reclaim = oom->reclaim;
    struct process *chosen = NULL;

    *ret_wait = false;
    for (struct process *p = reclaim->processes.first; p; p = p->next) {
        uint64_t points;

        if (p->mm == PROCESS_NO_MM || p->pid == PID_INIT)
            continue;
        if (p->task->flags & TASK_TIF_MEMDIE || (p->exiting && p != oom->current)) {
            *ret_wait = true;
            return NULL;
        }
        if (p->exiting) {
            chosen = p;
            oom->points = UINT64_MAX;
        }
        if (p->oom_adj == OOM_DISABLE)
            continue;
        points = badness(p, reclaim->machine, oom->task);
        if (points > oom->points || !chosen) {
            chosen = p;
            oom->points = points;
        }
    }
    return chosen;
}

bool oom_kill_somebody(struct reclaim *reclaim, const struct alloc_request *request)
{
    struct reclaim_state *state = request->task->reclaim_state;
    struct process *current = state ? state->process : NULL;
    struct oom oom = {.reclaim = reclaim, .task = request->task, .current = current};
    struct process *chosen;
    bool wait;

    if (constrained_alloc(reclaim->machine, request) == CONSTRAINT_MEMORY_POLICY) {
        if (current)
            kill_process(&oom, current);
        return true;
    }
    chosen = select_bad_process(&oom, &wait);
    if (wait)
        return true;
    if (!chosen)
        return false;
    /*
     * DEVIATION: when the chosen one cannot be killed, the kernel selects the same one again and
     * again and hangs. Here the allocation sleeps and retries, in vain too, but in virtual time.
     */
    kill_process(&oom, chosen);
    return true;
}
