/* SPDX-License-Identifier: MIT */
/* The slow model's reclaimers: direct reclaim, kswapd, zone_reclaim, and the shrinkers. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/slow_reclaim.h"
#include "mm/gfp.h"

enum {
    DEF_PRIORITY = 12,
    SWAP_CLUSTER = 32,
    RECLAIM_WAIT_JIFFIES = 25,
    SHRINK_BATCH = 128,
    ZONE_RECLAIM_PRIORITY = 4,
    ZONE_RECLAIM_WRITE = 2,
    ZONE_RECLAIM_SWAP = 4,
};

/* ---- shrinkers ---- */

void slow_set_shrinker(struct slow_reclaim *r, unsigned number, uint64_t seeks,
                       uint64_t objects_per_page, uint64_t percent, bool fs_only)
{
    struct slow_shrinker *shrinker = &r->shrinkers[number];

    if (!shrinker->registered)
        r->shrinker_order[r->nr_shrinkers++] = number;
    shrinker->registered = true;
    shrinker->seeks = seeks;
    shrinker->objects_per_page = objects_per_page;
    shrinker->percent = percent;
    shrinker->fs_only = fs_only;
}

void slow_add_slab_page(struct slow_reclaim *r, unsigned number, struct slow_page *page)
{
    struct slow_shrinker *s = &r->shrinkers[number];

    s->pages = realloc(s->pages, (s->nr_pages + 1) * sizeof(struct slow_page *));
    s->left = realloc(s->left, (s->nr_pages + 1) * sizeof(uint64_t));
    slow_must(s->pages && s->left);
    s->pages[s->nr_pages] = page;
    s->left[s->nr_pages] = s->objects_per_page;
    s->nr_pages++;
    s->objects += s->objects_per_page;
    slow_inc_state(page->zone, SLOW_SLAB, r->cpu);
}

static void free_oldest_slab(struct slow_reclaim *r, struct slow_shrinker *s)
{
    struct slow_page *page = s->pages[0];

    s->nr_pages--;
    for (uint64_t i = 0; i < s->nr_pages; i++) {
        s->pages[i] = s->pages[i + 1];
        s->left[i] = s->left[i + 1];
    }
    slow_dec_state(page->zone, SLOW_SLAB, r->cpu);
    slow_say(r, 3, "e slabfree %" PRIu64 "\n", slow_pfn(&r->mm, page));
    if (r->slab_reports)
        r->reclaimed_slab++;
    slow_free(&r->mm, (uint32_t)slow_pfn(&r->mm, page), 0, r->cpu, false);
}

/* The objects left, or -1: not now. */
static int64_t shrink(struct slow_reclaim *r, struct slow_shrinker *s, uint64_t nr, uint32_t gfp)
{
    uint64_t n = nr * s->percent / 100;

    if (s->fs_only && !(gfp & GFP_BIT_FS))
        return -1;
    if (n > s->objects)
        n = s->objects;
    for (; n > 0; n--) {
        s->objects--;
        s->left[0]--;
        if (s->left[0] == 0)
            free_oldest_slab(r, s);
    }
    return (int64_t)s->objects;
}

static uint64_t shrink_one(struct slow_reclaim *r, struct slow_shrinker *s, uint64_t scanned,
                           uint32_t gfp, uint64_t lru_pages)
{
    uint64_t max_pass = s->objects;
    uint64_t delta = 4 * scanned / s->seeks * max_pass / (lru_pages + 1);
    uint64_t total;
    uint64_t freed = 0;

    s->deferred += delta;
    if (s->deferred > max_pass * 2)
        s->deferred = max_pass * 2;
    total = s->deferred;
    s->deferred = 0;
    while (total >= SHRINK_BATCH) {
        int64_t before = (int64_t)s->objects;
        int64_t after = shrink(r, s, SHRINK_BATCH, gfp);

        if (after == -1)
            break;
        if (after < before)
            freed += (uint64_t)(before - after);
        r->events[SLOW_SLABS_SCANNED] += SHRINK_BATCH;
        total -= SHRINK_BATCH;
    }
    s->deferred += total;
    return freed;
}

uint64_t slow_shrink_slab(struct slow_reclaim *r, uint64_t scanned, uint32_t gfp,
                          uint64_t lru_pages)
{
    uint64_t slabs_scanned = r->events[SLOW_SLABS_SCANNED];
    uint64_t pages = r->reclaimed_slab;
    uint64_t freed = 0;

    for (unsigned i = 0; i < r->nr_shrinkers; i++)
        freed += shrink_one(r, &r->shrinkers[r->shrinker_order[i]], scanned ? scanned : 32, gfp,
                            lru_pages);
    if (r->shrinkers[0].registered)
        slow_say(r, 2,
                 "e slab %" PRIu64 " %" PRIu64 " ret %" PRIu64 " scanned %" PRIu64 " pages %" PRIu64
                 "\n",
                 scanned, lru_pages, freed, r->events[SLOW_SLABS_SCANNED] - slabs_scanned,
                 r->reclaimed_slab - pages);
    return freed;
}

/* ---- direct reclaim ---- */

static void note_priority(struct slow_zone *zone, int priority)
{
    if (priority < zone->prev_priority)
        zone->prev_priority = priority;
}

static uint64_t lru_pages_of(const struct slow_zone *zone)
{
    return slow_zone_state(zone, SLOW_ACTIVE) + slow_zone_state(zone, SLOW_INACTIVE);
}

static uint64_t shrink_zones(struct slow_reclaim *r, struct slow_scan *sc,
                             const struct slow_zonelist *list, int priority)
{
    uint64_t reclaimed = 0;

    sc->all_unreclaimable = true;
    for (unsigned i = 0; list->zones[i]; i++) {
        struct slow_zone *zone = list->zones[i];

        if (!slow_populated(zone))
            continue;
        note_priority(zone, priority);
        if (zone->all_unreclaimable && priority != DEF_PRIORITY)
            continue;
        sc->all_unreclaimable = false;
        reclaimed += slow_shrink_zone(r, sc, zone, priority);
    }
    return reclaimed;
}

static uint64_t direct_reclaim(struct slow_reclaim *r, const struct slow_zonelist *list,
                               struct slow_scan *sc, int *ret_priority)
{
    uint64_t reclaimed = 0;
    uint64_t total = 0;
    uint64_t lru_pages = 0;

    for (unsigned i = 0; list->zones[i]; i++)
        lru_pages += lru_pages_of(list->zones[i]);
    for (*ret_priority = DEF_PRIORITY; *ret_priority >= 0; (*ret_priority)--) {
        sc->nr_scanned = 0;
        reclaimed += shrink_zones(r, sc, list, *ret_priority);
        r->reclaimed_slab = 0;
        slow_shrink_slab(r, sc->nr_scanned, sc->gfp, lru_pages);
        reclaimed += r->reclaimed_slab;
        total += sc->nr_scanned;
        if (reclaimed >= sc->cluster)
            return 1;
        if (total > sc->cluster + sc->cluster / 2) {
            slow_say(r, 1, "e pdflush %" PRIu64 "\n", r->laptop_mode ? 0 : total);
            sc->may_writepage = true;
        }
        if (sc->nr_scanned && *ret_priority < DEF_PRIORITY - 2)
            slow_congestion_wait(r, RECLAIM_WAIT_JIFFIES);
    }
    return !sc->all_unreclaimable;
}

uint64_t slow_try_to_free_pages(struct slow_reclaim *r, const struct slow_zonelist *list,
                                unsigned order, uint32_t gfp)
{
    struct slow_scan sc = {.gfp = gfp,
                           .order = order,
                           .cluster = SWAP_CLUSTER,
                           .may_writepage = !r->laptop_mode,
                           .may_swap = true};
    uint64_t scanned = r->all_scanned;
    uint64_t freed = r->all_freed;
    int priority;
    uint64_t ret;

    slow_say(r, 1, "e direct %u 0x%" PRIx32 "\n", order, gfp);
    r->events[SLOW_ALLOCSTALL]++;
    ret = direct_reclaim(r, list, &sc, &priority);
    if (priority < 0)
        priority = 0;
    for (unsigned i = 0; list->zones[i]; i++)
        list->zones[i]->prev_priority = priority;
    slow_say(r, 1, "e ddone ret %" PRIu64 " prio %d scan %" PRIu64 " freed %" PRIu64 "\n", ret,
             list->zones[0]->prev_priority, r->all_scanned - scanned, r->all_freed - freed);
    return ret;
}

/* ---- kswapd ---- */

struct balance {
    struct slow_zone *zones; /* of the node */
    unsigned order;
    struct slow_scan sc;
    int temp_priority[MAX_NR_ZONES];
    uint64_t total;
    uint64_t reclaimed;
    bool all_ok;
};

static bool skipped(const struct slow_zone *zone, int priority)
{
    return !slow_populated(zone) || (zone->all_unreclaimable && priority != DEF_PRIORITY);
}

static void balance_zone(struct slow_reclaim *r, struct balance *b, struct slow_zone *zone,
                         unsigned end_zone, int priority, uint64_t lru_pages)
{
    uint64_t slab;

    if (!slow_watermark_ok(zone, b->order, zone->pages_high, end_zone, 0))
        b->all_ok = false;
    b->temp_priority[zone->index] = priority;
    b->sc.nr_scanned = 0;
    note_priority(zone, priority);
    if (!slow_watermark_ok(zone, b->order, 8 * zone->pages_high, end_zone, 0))
        b->reclaimed += slow_shrink_zone(r, &b->sc, zone, priority);
    r->reclaimed_slab = 0;
    slab = slow_shrink_slab(r, b->sc.nr_scanned, GFP_KERNEL, lru_pages);
    b->reclaimed += r->reclaimed_slab;
    b->total += b->sc.nr_scanned;
    if (zone->all_unreclaimable)
        return;
    if (slab == 0 && zone->pages_scanned >= lru_pages_of(zone) * 6)
        zone->all_unreclaimable = true;
    if (b->total > 2 * SWAP_CLUSTER && b->total > b->reclaimed + b->reclaimed / 2)
        b->sc.may_writepage = true;
}

/* Whether to go on with the next priority. */
static bool balance_priority(struct slow_reclaim *r, struct balance *b, int priority)
{
    int end_zone = MAX_NR_ZONES - 1;
    uint64_t lru_pages = 0;

    b->all_ok = true;
    for (; end_zone >= 0; end_zone--) {
        const struct slow_zone *zone = &b->zones[end_zone];

        if (!skipped(zone, priority) && !slow_watermark_ok(zone, b->order, zone->pages_high, 0, 0))
            break;
    }
    if (end_zone < 0)
        return false;
    for (int i = 0; i <= end_zone; i++)
        lru_pages += lru_pages_of(&b->zones[i]);
    for (int i = 0; i <= end_zone; i++)
        if (!skipped(&b->zones[i], priority))
            balance_zone(r, b, &b->zones[i], (unsigned)end_zone, priority, lru_pages);
    if (b->all_ok)
        return false;
    if (b->total && priority < DEF_PRIORITY - 2)
        slow_congestion_wait(r, RECLAIM_WAIT_JIFFIES);
    return b->reclaimed < SWAP_CLUSTER;
}

/* False: given up, as `klimit` demands. */
static bool balance_pgdat(struct slow_reclaim *r, unsigned nid, unsigned order)
{
    struct balance b = {.zones = r->mm.zones[nid], .order = order};
    uint64_t scanned = r->all_scanned;
    uint64_t freed = r->all_freed;

    slow_say(r, 1, "e balance %u %u\n", nid, order);
    b.sc = (struct slow_scan){
        .gfp = GFP_KERNEL, .order = order, .cluster = SWAP_CLUSTER, .may_swap = true};
    for (;;) {
        b.total = 0;
        b.reclaimed = 0;
        b.sc.may_writepage = !r->laptop_mode;
        r->events[SLOW_PAGEOUTRUN]++;
        for (unsigned i = 0; i < MAX_NR_ZONES; i++)
            b.temp_priority[i] = DEF_PRIORITY;
        for (int priority = DEF_PRIORITY; priority >= 0; priority--)
            if (!balance_priority(r, &b, priority))
                break;
        for (unsigned i = 0; i < MAX_NR_ZONES; i++)
            b.zones[i].prev_priority = b.temp_priority[i];
        if (b.all_ok)
            break;
        if (++r->kswapd_restarts >= r->kswapd_limit)
            return false;
    }
    slow_say(r, 1, "e bdone %u ret %" PRIu64 " scan %" PRIu64 " freed %" PRIu64 "\n", nid,
             b.reclaimed, r->all_scanned - scanned, r->all_freed - freed);
    return true;
}

static void kswapd_loop(struct slow_reclaim *r, unsigned nid)
{
    struct slow_node *node = &r->mm.nodes[nid];
    unsigned order = node->kswapd_max_order;

    slow_say(r, 1, "e krun %u %u\n", nid, order);
    for (;;) {
        unsigned new_order;

        if (!balance_pgdat(r, nid, order)) {
            node->kswapd_max_order = 0;
            slow_say(r, 0, "e klimit %u\n", nid);
            break;
        }
        new_order = node->kswapd_max_order;
        node->kswapd_max_order = 0;
        if (order >= new_order)
            break;
        order = new_order;
    }
    slow_say(r, 1, "e ksleep %u %" PRIu64 "\n", nid, r->now_us);
}

/* Runs as another task on its own CPU, then gives both back. */
void slow_kswapd(struct slow_reclaim *r, unsigned nid)
{
    struct slow_process *current = r->current;
    unsigned task = r->mm.task;
    unsigned cpu = r->cpu;
    uint64_t slab = r->reclaimed_slab;

    r->current = NULL;
    r->mm.task = SLOW_PF_MEMALLOC | SLOW_PF_SWAPWRITE | SLOW_PF_KSWAPD;
    r->cpu = 0;
    for (unsigned i = r->mm.nr_cpus; i-- > 0;)
        if (r->mm.cpu_nid[i] == nid)
            r->cpu = i;
    r->mm.nodes[nid].kswapd_asleep = false;
    r->kswapd_restarts = 0;
    kswapd_loop(r, nid);
    r->mm.nodes[nid].kswapd_asleep = true;
    r->current = current;
    r->mm.task = task;
    r->cpu = cpu;
    r->reclaimed_slab = slab;
}

void slow_woken_kswapds(struct slow_reclaim *r)
{
    for (unsigned nid = 0; nid < NODES_MAX; nid++)
        if (r->mm.nodes[nid].online && !r->mm.nodes[nid].kswapd_asleep)
            slow_kswapd(r, nid);
}

/* ---- zone_reclaim ---- */

/* Unsigned and without care for lagging counters, as in the kernel. */
static bool many_unmapped(const struct slow_zone *zone)
{
    return slow_zone_state(zone, SLOW_FILE_PAGES) - slow_zone_state(zone, SLOW_MAPPED) >
           zone->present / 100;
}

static bool reclaim_zone(struct slow_reclaim *r, struct slow_zone *zone, uint32_t gfp,
                         unsigned order)
{
    uint64_t nr_pages = UINT64_C(1) << order;
    struct slow_scan sc = {.gfp = gfp,
                           .cluster = nr_pages > SWAP_CLUSTER ? nr_pages : SWAP_CLUSTER,
                           .may_writepage = r->mm.zone_reclaim_mode & ZONE_RECLAIM_WRITE,
                           .may_swap = r->mm.zone_reclaim_mode & ZONE_RECLAIM_SWAP};
    uint64_t reclaimed = 0;
    uint64_t slab;

    r->mm.task |= SLOW_PF_MEMALLOC | SLOW_PF_SWAPWRITE;
    if (many_unmapped(zone)) {
        int priority = ZONE_RECLAIM_PRIORITY;

        do {
            note_priority(zone, priority);
            reclaimed += slow_shrink_zone(r, &sc, zone, priority);
            priority--;
        } while (priority >= 0 && reclaimed < nr_pages);
    }
    slab = slow_zone_state(zone, SLOW_SLAB);
    if (slab > zone->present * 5 / 100) {
        while (slow_shrink_slab(r, sc.nr_scanned, gfp, order) &&
               slow_zone_state(zone, SLOW_SLAB) > slab - nr_pages)
            continue;
        reclaimed += slab - slow_zone_state(zone, SLOW_SLAB);
    }
    r->mm.task &= ~(unsigned)(SLOW_PF_MEMALLOC | SLOW_PF_SWAPWRITE);
    return reclaimed >= nr_pages;
}

bool slow_zone_reclaim(struct slow_reclaim *r, struct slow_zone *zone, uint32_t gfp, unsigned order)
{
    uint64_t scanned = r->all_scanned;
    uint64_t freed = r->all_freed;
    bool ret;

    if (!many_unmapped(zone) && slow_zone_state(zone, SLOW_SLAB) <= zone->present * 5 / 100)
        return false;
    if (zone->all_unreclaimable)
        return false;
    if (!(gfp & GFP_BIT_WAIT) || (r->mm.task & SLOW_PF_MEMALLOC))
        return false;
    if (r->mm.nodes[zone->nid].has_cpus && zone->nid != r->mm.cpu_nid[r->cpu])
        return false;
    if (zone->reclaim_locked)
        return false;
    zone->reclaim_locked = true;
    ret = reclaim_zone(r, zone, gfp, order);
    zone->reclaim_locked = false;
    slow_say(r, 1, "e zreclaim %u %s %u ret %d scan %" PRIu64 " freed %" PRIu64 "\n", zone->nid,
             slow_name(r, zone), order, ret, r->all_scanned - scanned, r->all_freed - freed);
    return ret;
}
