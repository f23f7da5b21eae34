/* SPDX-License-Identifier: MIT */
/* Counts and reports what happens inside the machine. */
#include "run/listener.h"

#include "run/slice.h"

static void hear_extfrag(void *context, const struct mm_extfrag *extfrag)
{
    struct simulation *sim = context;
    struct event_cause cause = slice_cause(sim);

    sim->stats.extfrag_events++;
    sim->stats.extfrag_steals += extfrag->change_ownership;
    if (sim->output.events)
        event_write_extfrag(&sim->writer, &sim->machine, &cause, extfrag);
}

static void hear_wakeup_kswapd(void *context, const struct zone *zone, unsigned order, bool woken)
{
    struct simulation *sim = context;
    struct event_cause cause = slice_cause(sim);

    sim->stats.kswapd_wakeups += woken;
    if (sim->output.events)
        event_write_kswapd_wake(&sim->writer, &sim->machine, &cause, zone, order, woken);
}

static void hear_bad_page(void *context, pfn_t page, uint32_t flags)
{
    struct simulation *sim = context;
    struct event_cause cause = slice_cause(sim);

    if (sim->output.events)
        event_write_bad_page(&sim->writer, &sim->machine, &cause, page, flags);
}

/* Misuse is what records do: whose slice it is carries one out. */
static void hear_misuse(void *context, const struct mm_misuse_report *report)
{
    struct simulation *sim = context;
    struct event_cause cause = slice_cause(sim);
    const struct operation *operation = NULL;

    if (!sim->output.events)
        return;
    if (sim->current != TASK_NONE)
        operation = &simulation_task(sim, sim->current)->operation;
    if (operation && !operation->user_step)
        event_write_misuse(&sim->writer, &sim->machine, &cause, trace_op_name(operation->record.op),
                           operation->record.id, report);
    else
        event_write_misuse(&sim->writer, &sim->machine, &cause, NULL, 0, report);
}

void listener_init(struct simulation *sim)
{
    sim->observer = (struct mm_observer){
        .extfrag = hear_extfrag,
        .wakeup_kswapd = hear_wakeup_kswapd,
        .bad_page = hear_bad_page,
        .misuse = hear_misuse,
        .context = sim,
    };
}

/* ---- reclaim ---- */

static void count_direct_reclaim(struct simulation *sim, const struct reclaim_event *event)
{
    struct task_stats *stats = &sim->tasks.stats.items[event->task->id];
    uint64_t took_ns = sim->clock.now_ns - event->begin_ns;

    stats->direct_reclaims++;
    stats->direct_reclaim_ns += took_ns;
    histogram_record(&sim->stats.direct_reclaim_ns, took_ns);
}

static void count_congestion_wait(struct simulation *sim, const struct reclaim_event *event)
{
    /* One that found nothing congested and returned at once is no wait. */
    if (event->begin_ns == sim->clock.now_ns)
        return;
    sim->stats.congestion_waits++;
    sim->stats.congestion_wait_timeouts += !event->woken;
}

static void hear_reclaim(void *context, const struct reclaim_event *event)
{
    struct simulation *sim = context;
    struct event_cause cause;

    if (event->kind == RECLAIM_DIRECT_END)
        count_direct_reclaim(sim, event);
    else if (event->kind == RECLAIM_CONGESTION_WAIT)
        count_congestion_wait(sim, event);
    else if (event->kind == RECLAIM_SHRINK_PAGE_LIST)
        sim->stats.shrink_scanned += event->pages;
    else if (event->kind == RECLAIM_OOM_PANIC)
        sim->panicked = true;
    if (!sim->output.events)
        return;
    cause = slice_cause(sim);
    event_write_reclaim(&sim->writer, &sim->machine, &cause, event);
}

struct reclaim_observer listener_of_reclaim(struct simulation *sim)
{
    uint32_t counted = UINT32_C(1) << RECLAIM_DIRECT_END | UINT32_C(1) << RECLAIM_CONGESTION_WAIT |
                       UINT32_C(1) << RECLAIM_SHRINK_PAGE_LIST | UINT32_C(1) << RECLAIM_OOM_PANIC;

    return (struct reclaim_observer){
        .event = hear_reclaim,
        .context = sim,
        .wanted = sim->output.events ? (UINT32_C(1) << RECLAIM_FIRST_PAGE_EVENT) - 1 : counted,
    };
}
