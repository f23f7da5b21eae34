/* SPDX-License-Identifier: MIT */
/* The `e` lines of the reclaim vectors. */
#include <stdarg.h>

#include "base/units.h"
#include "reclaim_world.h"

void world_print(struct reclaim_world *world, uint32_t level, const char *format, ...)
{
    va_list arguments;

    if (world->trace < level)
        return;
    va_start(arguments, format);
    vfprintf(world->script.out, format, arguments);
    va_end(arguments);
}

/* The lowest trace level at which each kind is printed. */
static const uint8_t levels[NR_RECLAIM_EVENTS] = {
    [RECLAIM_KSWAPD_RUN] = 1,
    [RECLAIM_KSWAPD_SLEEP] = 1,
    [RECLAIM_BALANCE_BEGIN] = 1,
    [RECLAIM_BALANCE_END] = 1,
    [RECLAIM_DIRECT_BEGIN] = 1,
    [RECLAIM_DIRECT_END] = 1,
    [RECLAIM_ZONE_RECLAIM] = 1,
    [RECLAIM_PRIORITY] = UINT8_MAX,
    [RECLAIM_CONGESTION_WAIT] = 1,
    [RECLAIM_SLEEP] = 1,
    [RECLAIM_REQUEST_WAIT] = 1,
    [RECLAIM_PAGE_WAIT] = 1,
    [RECLAIM_WAKEUP_PDFLUSH] = 1,
    [RECLAIM_SHRINK_ZONE_BEGIN] = 2,
    [RECLAIM_SHRINK_ZONE_END] = 2,
    [RECLAIM_SHRINK_ACTIVE] = 2,
    [RECLAIM_SHRINK_PAGE_LIST] = 2,
    [RECLAIM_SHRINK_SLAB] = 2,
    [RECLAIM_OOM] = 0,
    [RECLAIM_OOM_KILL] = UINT8_MAX,
    [RECLAIM_OOM_PANIC] = 0,
    [RECLAIM_UNMAP] = 3,
    [RECLAIM_WRITE] = 3,
    [RECLAIM_SWAPOUT] = 3,
    [RECLAIM_WRITEBACK_END] = 3,
    [RECLAIM_EVICT] = 3,
    [RECLAIM_UNCACHE] = 3,
    [RECLAIM_ACTIVATE] = 3,
    [RECLAIM_DEACTIVATE] = 3,
};

uint32_t world_wanted_events(const struct reclaim_world *world)
{
    uint32_t wanted = 1U << RECLAIM_EVICT | 1U << RECLAIM_UNCACHE | 1U << RECLAIM_OOM_PANIC |
                      1U << RECLAIM_DIRECT_BEGIN | 1U << RECLAIM_SHRINK_ZONE_END;

    for (unsigned kind = 0; kind < NR_RECLAIM_EVENTS; kind++)
        if (levels[kind] <= world->trace)
            wanted |= 1U << kind;
    return wanted;
}

static const char *zone_name(const struct reclaim_world *world, const struct zone *zone)
{
    return machine_zone_name(&world->machine, zone->index);
}

static uint64_t since_us(const struct reclaim_world *world, uint64_t begin_ns)
{
    return (world->clock.now_ns - begin_ns) / NSEC_PER_USEC;
}

static struct world_task *world_task_of(const struct task *task)
{
    return (struct world_task *)((uintptr_t)task - offsetof(struct world_task, task));
}

/* A sleep before which kswapd ran began later than the sleeper believes. */
static uint64_t slept_us(const struct reclaim_world *world, const struct task *task)
{
    return since_us(world, world_task_of(task)->sleep_begin_ns);
}

static void print_run(const struct reclaim_world *world, const struct reclaim_event *e, FILE *out)
{
    switch (e->kind) {
    case RECLAIM_KSWAPD_RUN:
        fprintf(out, "e krun %" PRIu32 " %" PRIu32 "\n", e->nid, e->order);
        break;
    case RECLAIM_KSWAPD_SLEEP:
        fprintf(out, "e ksleep %" PRIu32 " %" PRIu64 "\n", e->nid, world_now_us(world));
        break;
    case RECLAIM_BALANCE_BEGIN:
        fprintf(out, "e balance %" PRIu32 " %" PRIu32 "\n", e->nid, e->order);
        break;
    case RECLAIM_BALANCE_END:
        fprintf(out, "e bdone %" PRIu32 " ret %" PRIu64 " scan %" PRIu64 " freed %" PRIu64 "\n",
                e->nid, e->ret, e->scanned, e->freed);
        break;
    case RECLAIM_DIRECT_BEGIN:
        fprintf(out, "e direct %" PRIu32 " 0x%" PRIx32 "\n", e->order, e->gfp);
        break;
    case RECLAIM_DIRECT_END:
        fprintf(out,
                "e ddone ret %" PRIu64 " prio %" PRId32 " scan %" PRIu64 " freed %" PRIu64 "\n",
                e->ret, e->priority, e->scanned + world_task_of(e->task)->others_scanned,
                e->freed + world_task_of(e->task)->others_freed);
        break;
    case RECLAIM_ZONE_RECLAIM:
        fprintf(out,
                "e zreclaim %u %s %" PRIu32 " ret %" PRIu64 " scan %" PRIu64 " freed %" PRIu64 "\n",
                e->zone->nid, zone_name(world, e->zone), e->order, e->ret,
                e->scanned + world_task_of(e->task)->others_scanned,
                e->freed + world_task_of(e->task)->others_freed);
        break;
    default:
        break;
    }
}

static void print_wait(const struct reclaim_world *world, const struct reclaim_event *e, FILE *out)
{
    switch (e->kind) {
    case RECLAIM_CONGESTION_WAIT:
        fprintf(out, "e cwait %" PRIu32 " %" PRIu64 "\n", e->timeout, slept_us(world, e->task));
        break;
    case RECLAIM_SLEEP:
        fprintf(out, "e sleep %" PRIu32 "\n", e->timeout);
        break;
    case RECLAIM_REQUEST_WAIT:
        fprintf(out, "e qwait %" PRIu32 " %" PRIu64 "\n", e->dev, since_us(world, e->begin_ns));
        break;
    case RECLAIM_PAGE_WAIT:
        fprintf(out, "e wbwait %" PRIu32 " %" PRIu64 "\n", e->pfn, since_us(world, e->begin_ns));
        break;
    case RECLAIM_WAKEUP_PDFLUSH:
        fprintf(out, "e pdflush %" PRIu64 "\n", e->pages);
        break;
    case RECLAIM_OOM:
        fprintf(out, "e oom %" PRIu32 " 0x%" PRIx32 "\n", e->order, e->gfp);
        break;
    case RECLAIM_OOM_PANIC:
        fprintf(out, "e panic\n");
        break;
    default:
        break;
    }
}

static void print_scan(const struct reclaim_world *world, const struct reclaim_event *e, FILE *out)
{
    switch (e->kind) {
    case RECLAIM_SHRINK_ZONE_BEGIN:
        fprintf(out, "e zone %u %s prio %" PRId32 "\n", e->zone->nid, zone_name(world, e->zone),
                e->priority);
        break;
    case RECLAIM_SHRINK_ZONE_END:
        fprintf(out,
                "e zdone %u %s scan %" PRIu64 " freed %" PRIu64 " acc %" PRIu64 " %" PRIu64
                " ps %" PRIu64 "\n",
                e->zone->nid, zone_name(world, e->zone), e->scanned, e->freed,
                e->zone->nr_scan_active, e->zone->nr_scan_inactive, e->zone->pages_scanned);
        break;
    case RECLAIM_SHRINK_ACTIVE:
        fprintf(out, "e active %u %s %" PRIu64 " scan %" PRIu64 " deact %" PRIu64 "\n",
                e->zone->nid, zone_name(world, e->zone), e->pages, e->scanned, e->deactivated);
        break;
    case RECLAIM_SHRINK_PAGE_LIST:
        fprintf(out, "e plist %s %" PRIu64 " free %" PRIu64 " act %" PRIu64 " scan %" PRIu64 "\n",
                e->sync ? "sync" : "async", e->pages, e->freed, e->activated, e->scanned);
        break;
    case RECLAIM_SHRINK_SLAB:
        if (world->shrinkers[0].registered)
            fprintf(out,
                    "e slab %" PRIu64 " %" PRIu64 " ret %" PRIu64 " scanned %" PRIu64
                    " pages %" PRIu64 "\n",
                    e->scanned, e->lru_pages, e->ret, e->slabs_scanned, e->pages);
        break;
    default:
        break;
    }
}

static void print_page(const struct reclaim_event *e, FILE *out)
{
    static const char *const names[] = {"unmap", "write",   "swapout", "wbend",
                                        "evict", "uncache", "act",     "deact"};

    fprintf(out, "e %s %" PRIu32 "\n", names[e->kind - RECLAIM_FIRST_PAGE_EVENT], e->pfn);
}

/* What the world itself learns from events. */
static void note_event(struct reclaim_world *world, const struct reclaim_event *event)
{
    switch (event->kind) {
    case RECLAIM_EVICT:
        world_page_evicted(world, (pfn_t){event->pfn});
        break;
    case RECLAIM_UNCACHE:
        world_page_uncached(world, (pfn_t){event->pfn});
        break;
    case RECLAIM_OOM_PANIC:
        world->panicked = true;
        break;
    case RECLAIM_DIRECT_BEGIN:
        world_begin_reclaim(world_task_of(event->task));
        break;
    case RECLAIM_SHRINK_ZONE_END:
        world->scanned += event->scanned;
        world->freed += event->freed;
        break;
    default:
        break;
    }
}

void world_on_event(void *context, const struct reclaim_event *event)
{
    struct reclaim_world *world = context;

    note_event(world, event);
    if (world->trace < levels[event->kind])
        return;
    if (event->kind >= RECLAIM_FIRST_PAGE_EVENT)
        print_page(event, world->script.out);
    else if (event->kind >= RECLAIM_SHRINK_ZONE_BEGIN && event->kind <= RECLAIM_SHRINK_SLAB)
        print_scan(world, event, world->script.out);
    else if (event->kind <= RECLAIM_PRIORITY)
        print_run(world, event, world->script.out);
    else
        print_wait(world, event, world->script.out);
}
