/* SPDX-License-Identifier: MIT */
/* Counts and reports what happens inside the machine. */
#include "run/listener.h"

#include "run/replay.h"
#include "run/scheduler.h"
#include "stats/event.h"

static void hear_extfrag(void *context, const struct mm_extfrag *extfrag)
{
    struct simulation *sim = context;
    struct event_cause cause = replay_cause(sim);

    sim->stats.extfrag_events++;
    sim->stats.extfrag_steals += extfrag->change_ownership;
    if (sim->output.events)
        event_write_extfrag(&sim->writer, &sim->machine, &cause, extfrag);
}

static void hear_wakeup_kswapd(void *context, const struct zone *zone, unsigned order, bool woken)
{
    struct simulation *sim = context;
    struct event_cause cause = replay_cause(sim);

    sim->stats.kswapd_wakeups += woken;
    if (sim->output.events)
        event_write_kswapd_wake(&sim->writer, &sim->machine, &cause, zone, order, woken);
}

static void hear_bad_page(void *context, pfn_t page, uint32_t flags)
{
    struct simulation *sim = context;
    struct event_cause cause = replay_cause(sim);

    if (sim->output.events)
        event_write_bad_page(&sim->writer, &sim->machine, &cause, page, flags);
}

static bool need_resched(void *owner, unsigned cpu)
{
    return scheduler_need_resched(owner, cpu);
}

static void kswapd_woken(void *owner, unsigned nid)
{
    struct simulation *sim = owner;

    simulation_schedule(sim, time_add(sim->clock.now_ns, sim->reclaim.kswapd_round_ns),
                        EVENT_KSWAPD, nid);
}

static void oom_kill(void *owner, const struct alloc_request *request)
{
    struct simulation *sim = owner;
    struct run_task *victim = simulation_task(sim, request->task->id);
    struct event_cause cause = replay_cause(sim);

    sim->stats.oom_kills++;
    victim->killed = true;
    if (sim->output.events)
        event_write_oom_kill(&sim->writer, &cause, victim->name);
}

void listener_init(struct simulation *sim)
{
    const struct cost_spec *costs = &sim->spec->costs;

    sim->observer = (struct mm_observer){
        .extfrag = hear_extfrag,
        .wakeup_kswapd = hear_wakeup_kswapd,
        .bad_page = hear_bad_page,
        .context = sim,
    };
    sim->reclaim = (struct reclaim_context){
        .direct_reclaim_ns = costs->direct_reclaim_ns,
        .kswapd_round_ns = costs->kswapd_round_ns,
        .out_of_memory_ns = costs->out_of_memory_ns,
        .owner = sim,
        .need_resched = need_resched,
        .kswapd_woken = kswapd_woken,
        .oom_kill = oom_kill,
    };
}
