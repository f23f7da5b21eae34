/* SPDX-License-Identifier: MIT */
/* The slow model's allocation: the walk over a zonelist, and the slow path with its labels. */
#include "lib/slow_mm.h"
#include "mm/gfp.h"

enum { COSTLY_ORDER = 3 };

/* ---- one walk ---- */

static void zone_statistics(struct slow_mm *mm, struct slow_zone *first, struct slow_zone *zone,
                            unsigned cpu)
{
    if (!mm->numa)
        return;
    if (zone->nid == first->nid) {
        slow_inc_state(zone, SLOW_NUMA_HIT, cpu);
    } else {
        slow_inc_state(zone, SLOW_NUMA_MISS, cpu);
        slow_inc_state(first, SLOW_NUMA_FOREIGN, cpu);
    }
    if (zone->nid == mm->cpu_nid[cpu])
        slow_inc_state(zone, SLOW_NUMA_LOCAL, cpu);
    else
        slow_inc_state(zone, SLOW_NUMA_OTHER, cpu);
}

static struct slow_page *buffered_rmqueue(struct slow_mm *mm, struct slow_zone *first,
                                          struct slow_zone *zone, unsigned order, uint32_t gfp,
                                          unsigned cpu)
{
    unsigned type = 2 * !!(gfp & GFP_BIT_MOVABLE) + !!(gfp & GFP_BIT_RECLAIMABLE);
    struct slow_page *page;

    if (mm->grouping_off)
        type = SLOW_UNMOVABLE;
    if (order == 0)
        page = slow_pcp_take(mm, zone, cpu, gfp & GFP_BIT_COLD ? SLOW_COLD : SLOW_HOT, type);
    else
        page = slow_rmqueue(mm, zone, order, type, cpu);
    if (!page)
        return NULL;
    mm->pgalloc[zone->index] += UINT64_C(1) << order;
    zone_statistics(mm, first, zone, cpu);
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++)
        slow_must(page[i].count == 0 && !page[i].buddy && !page[i].reserved);
    page->user = (struct slow_user_page){.on_lru = false};
    page->private = 0;
    page->count = 1;
    if (gfp & GFP_BIT_ZERO)
        for (uint64_t i = 0; i < UINT64_C(1) << order; i++)
            mm->zeroed_pages++;
    return page;
}

static bool usable(struct slow_mm *mm, struct slow_zone *zone, uint32_t gfp, unsigned order,
                   unsigned classzone, unsigned flags)
{
    uint64_t mark = zone->pages_high;

    if (flags & SLOW_NO_WATERMARKS)
        return true;
    if (flags & SLOW_WMARK_MIN)
        mark = zone->pages_min;
    else if (flags & SLOW_WMARK_LOW)
        mark = zone->pages_low;
    if (slow_watermark_ok(zone, order, mark, classzone, flags))
        return true;
    return mm->zone_reclaim_mode && mm->hooks.zone_reclaim(mm->hooks.context, zone, gfp, order);
}

static void zap_full(const struct slow_mm *mm, struct slow_zonelist *list)
{
    if (!list->cached || mm->jiffies - list->last_full_zap <= mm->hz)
        return;
    for (unsigned i = 0; i < NODES_MAX * MAX_NR_ZONES; i++)
        list->full[i] = false;
    list->last_full_zap = mm->jiffies;
}

static struct slow_page *get_page(struct slow_mm *mm, struct slow_zonelist *list, uint32_t gfp,
                                  unsigned order, unsigned flags, unsigned cpu)
{
    bool cache_active = false;
    bool cache_was_set_up = false;
    struct slow_page *page;

scan:
    for (unsigned i = 0; list->zones[i]; i++) {
        struct slow_zone *zone = list->zones[i];

        if (list->custom && zone->index > slow_gfp_zone(mm, gfp))
            continue;
        if (cache_active && list->cached &&
            (list->full[i] || ((flags & SLOW_CPUSET) && !(mm->task & SLOW_IN_INTERRUPT) &&
                               mm->cpuset && !mm->cpuset->mems[zone->nid])))
            continue;
        if ((flags & SLOW_CPUSET) && !slow_cpuset_allows(mm, zone, gfp, true))
            goto next_zone;
        if (usable(mm, zone, gfp, order, list->zones[0]->index, flags)) {
            page = buffered_rmqueue(mm, list->zones[0], zone, order, gfp, cpu);
            if (page)
                return page;
        }
        if (list->cached)
            list->full[i] = true;
    next_zone:
        if (mm->numa && !cache_was_set_up) {
            zap_full(mm, list);
            cache_active = true;
            cache_was_set_up = true;
        }
    }
    if (cache_active) {
        cache_active = false;
        goto scan;
    }
    return NULL;
}

/* ---- the slow path ---- */

static void wakeup_kswapd(struct slow_mm *mm, struct slow_zone *zone, unsigned order)
{
    struct slow_node *node = &mm->nodes[zone->nid];

    if (!slow_populated(zone) || slow_watermark_ok(zone, order, zone->pages_low, 0, 0))
        return;
    if (node->kswapd_max_order < order)
        node->kswapd_max_order = order;
    if (!slow_cpuset_allows(mm, zone, GFP_KERNEL, false) || !node->kswapd_asleep)
        return;
    node->kswapd_asleep = false;
    mm->hooks.kswapd(mm->hooks.context, zone->nid, node->kswapd_max_order);
}

static bool try_set_zone_oom(const struct slow_zonelist *list)
{
    for (unsigned i = 0; list->zones[i]; i++)
        if (list->zones[i]->oom_locked)
            return false;
    for (unsigned i = 0; list->zones[i]; i++)
        list->zones[i]->oom_locked = true;
    return true;
}

static void clear_zonelist_oom(const struct slow_zonelist *list)
{
    for (unsigned i = 0; list->zones[i]; i++)
        list->zones[i]->oom_locked = false;
}

static unsigned slow_path_flags(uint32_t gfp, unsigned task)
{
    unsigned flags = SLOW_WMARK_MIN;
    bool wait = gfp & GFP_BIT_WAIT;

    if (((task & SLOW_RT) && !(task & SLOW_IN_INTERRUPT)) || !wait)
        flags |= SLOW_HARDER;
    if (gfp & GFP_BIT_HIGH)
        flags |= SLOW_HIGH;
    if (wait)
        flags |= SLOW_CPUSET;
    return flags;
}

/* 1: go on with a retry; the caller's answer otherwise. */
static bool want_retry(uint32_t gfp, unsigned order)
{
    if (gfp & GFP_BIT_NORETRY)
        return false;
    return order <= COSTLY_ORDER || (gfp & GFP_BIT_REPEAT) || (gfp & GFP_BIT_NOFAIL);
}

/* With the kernel's labels; *ret_page is NULL for a failure. */
static enum slow_result alloc_pages(struct slow_mm *mm, struct slow_zonelist *list, uint32_t gfp,
                                    unsigned order, unsigned cpu, struct slow_page **ret_page)
{
    struct slow_hooks *hooks = &mm->hooks;
    struct slow_page *page = NULL;
    uint64_t progress;
    unsigned flags;
    bool go_on;

restart:
    if (!list->zones[0])
        goto nopage;
    page = get_page(mm, list, gfp | GFP_BIT_HARDWALL, order, SLOW_WMARK_LOW | SLOW_CPUSET, cpu);
    if (page)
        goto got_page;
    if (mm->numa && (gfp & GFP_BIT_THISNODE) && (gfp & GFP_BIT_NOWARN) && (gfp & GFP_BIT_NORETRY))
        goto nopage;
    for (unsigned i = 0; list->zones[i]; i++)
        wakeup_kswapd(mm, list->zones[i], order);
    flags = slow_path_flags(gfp, mm->task);
    page = get_page(mm, list, gfp, order, flags, cpu);
    if (page)
        goto got_page;

rebalance:
    if ((mm->task & (SLOW_PF_MEMALLOC | SLOW_TIF_MEMDIE)) && !(mm->task & SLOW_IN_INTERRUPT)) {
        if (gfp & GFP_BIT_NOMEMALLOC)
            goto nopage;
        for (;;) {
            page = get_page(mm, list, gfp, order, SLOW_NO_WATERMARKS, cpu);
            if (page)
                goto got_page;
            if (!(gfp & GFP_BIT_NOFAIL))
                goto nopage;
            if (!hooks->congestion_wait(hooks->context, (unsigned)(mm->hz / 50)))
                return SLOW_LOOP;
        }
    }
    if (!(gfp & GFP_BIT_WAIT))
        goto nopage;

    mm->task |= SLOW_PF_MEMALLOC;
    progress = hooks->try_to_free_pages(hooks->context, list, gfp, order, cpu);
    mm->task &= ~(unsigned)SLOW_PF_MEMALLOC; /* whatever it was before */
    if (order != 0)
        slow_drain_all(mm, cpu);
    if (progress) {
        page = get_page(mm, list, gfp, order, flags, cpu);
        if (page)
            goto got_page;
    } else if ((gfp & GFP_BIT_FS) && !(gfp & GFP_BIT_NORETRY)) {
        slow_must(try_set_zone_oom(list)); /* nobody else can hold it here */
        page =
            get_page(mm, list, gfp | GFP_BIT_HARDWALL, order, SLOW_WMARK_HIGH | SLOW_CPUSET, cpu);
        if (page || order > COSTLY_ORDER) {
            clear_zonelist_oom(list);
            goto got_page;
        }
        go_on = hooks->out_of_memory(hooks->context, list, gfp, order, cpu);
        clear_zonelist_oom(list);
        if (!go_on)
            return SLOW_LOOP;
        goto restart;
    }
    if (want_retry(gfp, order)) {
        if (!hooks->congestion_wait(hooks->context, (unsigned)(mm->hz / 50)))
            return SLOW_LOOP;
        goto rebalance;
    }

nopage:
    page = NULL;
got_page:
    *ret_page = page;
    return page ? SLOW_PAGE : SLOW_FAIL;
}

enum slow_result slow_alloc(struct slow_mm *mm, unsigned cpu, unsigned task, uint32_t gfp,
                            unsigned order, int nid, uint32_t *ret_pfn)
{
    unsigned from = nid < 0 ? mm->cpu_nid[cpu] : (unsigned)nid;

    return slow_alloc_on(mm, &mm->nodes[from].zonelists[slow_gfp_zone(mm, gfp)], cpu, task, gfp,
                         order, ret_pfn);
}

enum slow_result slow_alloc_on(struct slow_mm *mm, struct slow_zonelist *list, unsigned cpu,
                               unsigned task, uint32_t gfp, unsigned order, uint32_t *ret_pfn)
{
    struct slow_page *page = NULL;
    enum slow_result result;

    if (order >= MAX_ORDER)
        return SLOW_FAIL;
    mm->task = task;
    result = alloc_pages(mm, list, gfp, order, cpu, &page);
    if (result == SLOW_PAGE)
        *ret_pfn = (uint32_t)slow_pfn(mm, page);
    return result;
}

/* ---- free ---- */

void slow_free(struct slow_mm *mm, uint32_t pfn, unsigned order, unsigned cpu, bool cold)
{
    struct slow_page *page = &mm->pages[pfn];

    slow_must(page->count == 1 && !page->buddy && !page->reserved);
    page->count = 0;
    mm->pgfree += UINT64_C(1) << order;
    if (order == 0) {
        slow_pcp_put(mm, page, cpu, cold ? SLOW_COLD : SLOW_HOT);
        return;
    }
    page->zone->all_unreclaimable = false;
    page->zone->pages_scanned = 0;
    slow_free_one_page(mm, page, order, cpu);
}

void slow_split(struct slow_mm *mm, uint32_t pfn, unsigned order)
{
    for (uint64_t i = 1; i < UINT64_C(1) << order; i++) {
        slow_must(mm->pages[pfn + i].count == 0);
        mm->pages[pfn + i].count = 1;
    }
}
