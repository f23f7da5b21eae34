/* SPDX-License-Identifier: MIT */
/* The slow model's scan of LRU lists. */
#include <inttypes.h>

#include "lib/slow_reclaim.h"
#include "mm/gfp.h"

enum { COSTLY_ORDER = 3, RECLAIM_WAIT_JIFFIES = 25 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static struct slow_page *tail_of(const struct slow_link *list)
{
    return (struct slow_page *)list->prev;
}

static void move_to_head(struct slow_page *page, struct slow_link *list)
{
    slow_list_del(&page->lru);
    slow_list_add(&page->lru, list);
}

/* ---- isolation ---- */

enum isolate_mode { ISOLATE_INACTIVE, ISOLATE_ACTIVE, ISOLATE_BOTH };

struct isolation {
    enum isolate_mode mode;
    unsigned order;
    struct slow_link *to;
    uint64_t taken;
    uint64_t scanned;
};

static void take(struct isolation *i, struct slow_page *page)
{
    page->count++;
    page->user.on_lru = false;
    move_to_head(page, i->to);
    i->taken++;
}

/* The block around the page that was just taken. */
static void take_neighbours(struct slow_reclaim *r, struct isolation *i,
                            const struct slow_page *page)
{
    uint64_t pfn = slow_pfn(&r->mm, page);
    uint64_t start = pfn & ~((UINT64_C(1) << i->order) - 1);

    for (uint64_t p = start; p < start + (UINT64_C(1) << i->order); p++) {
        struct slow_page *other = p < r->mm.max_pfn ? &r->mm.pages[p] : NULL;

        if (p == pfn || !other || other->zone != page->zone || !other->user.on_lru)
            continue;
        if (i->mode != ISOLATE_BOTH && other->user.active != (i->mode == ISOLATE_ACTIVE))
            continue;
        take(i, other);
        i->scanned++;
    }
}

static void isolate_lru_pages(struct slow_reclaim *r, struct isolation *i, uint64_t n,
                              struct slow_link *from)
{
    while (i->scanned < n && !slow_list_empty(from)) {
        struct slow_page *page = tail_of(from);

        slow_must(page->user.on_lru && page->count > 0);
        take(i, page);
        if (i->order > 0)
            take_neighbours(r, i, page);
        i->scanned++;
    }
}

/* ---- the active list ---- */

static bool reclaim_mapped(struct slow_reclaim *r, const struct slow_scan *sc,
                           const struct slow_zone *zone, int priority)
{
    uint64_t active = slow_zone_state(zone, SLOW_ACTIVE);
    uint64_t inactive = slow_zone_state(zone, SLOW_INACTIVE);
    int64_t distress;
    int64_t mapped_ratio;
    int64_t tendency;
    int64_t imbalance;

    if (!sc->may_swap)
        return false;
    if (zone->pages_scanned >= (active + inactive) * 3)
        return true;
    distress = 100 >> (zone->prev_priority < priority ? zone->prev_priority : priority);
    mapped_ratio = (int64_t)((slow_global_state(r, SLOW_MAPPED) + slow_global_state(r, SLOW_ANON)) *
                             100 / r->mm.vm_total_pages);
    tendency = mapped_ratio / 2 + distress + r->swappiness;
    imbalance = (int64_t)(active / (inactive + 1));
    imbalance = imbalance * (r->swappiness + 1) / 100;
    imbalance = imbalance * mapped_ratio / 100;
    return tendency + imbalance >= 100;
}

static bool stays_active(struct slow_reclaim *r, struct slow_page *page, bool mapped_too)
{
    if (!page->user.mapcount)
        return false;
    if (!mapped_too)
        return true;
    if (r->swap_total == 0 && page->user.anon)
        return true;
    return slow_page_referenced(r, page, false);
}

/* Puts a private list onto one of the zone's; both parts of shrink_active() share the vector. */
static uint64_t put_list(struct slow_reclaim *r, struct slow_zone *zone, struct slow_link *list,
                         bool active, struct slow_pagevec *pvec)
{
    enum slow_item item = active ? SLOW_ACTIVE : SLOW_INACTIVE;
    uint64_t all = 0;
    int64_t moved = 0;

    while (!slow_list_empty(list)) {
        struct slow_page *page = tail_of(list);

        page->user.on_lru = true;
        if (!active)
            page->user.active = false;
        move_to_head(page, active ? &zone->active_list : &zone->inactive_list);
        if (!active)
            slow_say(r, 3, "e deact %" PRIu64 "\n", slow_pfn(&r->mm, page));
        moved++;
        all++;
        pvec->pages[pvec->nr++] = page;
        if (pvec->nr == SLOW_PAGEVEC) {
            slow_mod_state(zone, item, moved, r->cpu);
            moved = 0;
            slow_pagevec_release(r, pvec, r->cpu);
        }
    }
    slow_mod_state(zone, item, moved, r->cpu);
    return all;
}

static void shrink_active(struct slow_reclaim *r, const struct slow_scan *sc,
                          struct slow_zone *zone, uint64_t n, int priority)
{
    bool mapped_too = reclaim_mapped(r, sc, zone, priority);
    struct slow_link hold;
    struct slow_link to_active;
    struct slow_link to_inactive;
    struct isolation isolation = {.mode = ISOLATE_ACTIVE, .order = sc->order, .to = &hold};
    struct slow_pagevec pvec = {.nr = 0};
    uint64_t deactivated;

    slow_list_init(&hold);
    slow_list_init(&to_active);
    slow_list_init(&to_inactive);
    slow_lru_add_drain(r, r->cpu);
    isolate_lru_pages(r, &isolation, n, &zone->active_list);
    zone->pages_scanned += isolation.scanned;
    slow_mod_state(zone, SLOW_ACTIVE, -(int64_t)isolation.taken, r->cpu);
    while (!slow_list_empty(&hold)) {
        struct slow_page *page = tail_of(&hold);

        move_to_head(page, stays_active(r, page, mapped_too) ? &to_active : &to_inactive);
    }
    deactivated = put_list(r, zone, &to_inactive, false, &pvec);
    put_list(r, zone, &to_active, true, &pvec);
    r->zone_events[SLOW_PGREFILL][zone->index] += isolation.scanned;
    r->events[SLOW_PGDEACTIVATE] += deactivated;
    if (pvec.nr)
        slow_pagevec_release(r, &pvec, r->cpu);
    slow_say(r, 2, "e active %u %s %" PRIu64 " scan %" PRIu64 " deact %" PRIu64 "\n", zone->nid,
             slow_name(r, zone), n, isolation.scanned, deactivated);
}

/* ---- a list of isolated pages ---- */

enum verdict { FREE_IT, KEEP, KEEP_LOCKED, ACTIVATE_LOCKED };

enum pageout { PAGE_KEEP, PAGE_ACTIVATE, PAGE_SUCCESS, PAGE_CLEAN };

static bool try_lock(struct slow_page *page)
{
    if (page->user.locked)
        return false;
    page->user.locked = true;
    return true;
}

static bool has_mapping(const struct slow_page *page)
{
    return page->user.file || page->user.swapcache;
}

static bool mapping_in_use(const struct slow_page *page)
{
    return page->user.mapcount || page->user.swapcache ||
           (page->user.file && page->user.file->mapped);
}

/* False: the page is to be activated. */
static bool writepage(struct slow_reclaim *r, struct slow_page *page)
{
    struct slow_file *file = page->user.file;

    if (page->user.swapcache) {
        if (slow_remove_exclusive(r, page)) {
            page->user.locked = false;
            return true;
        }
        r->events[SLOW_PSWPOUT]++;
        slow_say(r, 3, "e swapout %" PRIu64 "\n", slow_pfn(&r->mm, page));
        slow_write(r, 0, page);
        return true;
    }
    if (file->writepage == SLOW_ACTIVATES)
        return false;
    if (file->writepage == SLOW_REDIRTIES) {
        slow_set_dirty(r, page);
        page->user.locked = false;
        return true;
    }
    slow_say(r, 3, "e write %" PRIu64 "\n", slow_pfn(&r->mm, page));
    slow_write(r, file->device, page);
    return true;
}

static enum pageout pageout(struct slow_reclaim *r, struct slow_page *page, bool sync)
{
    const struct slow_file *file = page->user.file;

    if (page->count - (page->user.buffers ? 1 : 0) != 2)
        return PAGE_KEEP;
    if (!has_mapping(page))
        return PAGE_KEEP;
    if (file && file->writepage == SLOW_NO_WRITEPAGE)
        return PAGE_ACTIVATE;
    if (file && r->devices[file->device].congested && !(r->mm.task & SLOW_PF_SWAPWRITE))
        return PAGE_KEEP;
    if (!slow_clear_dirty_for_io(r, page))
        return PAGE_CLEAN;
    page->user.reclaim = true;
    if (!writepage(r, page)) {
        page->user.reclaim = false;
        return PAGE_ACTIVATE;
    }
    if (sync)
        slow_wait_on_writeback(r, page);
    if (!page->user.writeback)
        page->user.reclaim = false;
    slow_inc_state(page->zone, SLOW_VMSCAN_WRITE, r->cpu);
    return PAGE_SUCCESS;
}

static bool add_to_swap(struct slow_reclaim *r, struct slow_page *page)
{
    unsigned entry = slow_swap_get(r);

    if (!entry)
        return false;
    slow_add_to_swap_cache(r, page, entry);
    page->user.dirty = true;
    return true;
}

/* FREE_IT here: go on. */
static enum verdict clean_page(struct slow_reclaim *r, const struct slow_scan *sc,
                               struct slow_page *page, bool referenced, bool may_enter_fs,
                               bool sync)
{
    if (!page->user.dirty)
        return FREE_IT;
    if (sc->order <= COSTLY_ORDER && referenced)
        return KEEP_LOCKED;
    if (!may_enter_fs || !sc->may_writepage)
        return KEEP_LOCKED;
    switch (pageout(r, page, sync)) {
    case PAGE_KEEP:
        return KEEP_LOCKED;
    case PAGE_ACTIVATE:
        return ACTIVATE_LOCKED;
    case PAGE_SUCCESS:
        if (page->user.writeback || page->user.dirty)
            return KEEP;
        if (!try_lock(page))
            return KEEP;
        break;
    case PAGE_CLEAN:
        break;
    }
    return FREE_IT;
}

static enum verdict shrink_page(struct slow_reclaim *r, struct slow_scan *sc,
                                struct slow_page *page, bool sync)
{
    struct slow_user_page *user = &page->user;
    bool may_enter_fs;
    bool referenced;
    enum verdict verdict;

    if (!try_lock(page))
        return KEEP;
    sc->nr_scanned++;
    if (!sc->may_swap && user->mapcount)
        return KEEP_LOCKED;
    if (user->mapcount || user->swapcache)
        sc->nr_scanned++;
    may_enter_fs = (sc->gfp & GFP_BIT_FS) || (user->swapcache && (sc->gfp & GFP_BIT_IO));
    if (user->writeback) {
        if (!sync || !may_enter_fs)
            return KEEP_LOCKED;
        slow_wait_on_writeback(r, page);
    }
    referenced = slow_page_referenced(r, page, true);
    if (sc->order <= COSTLY_ORDER && referenced && mapping_in_use(page))
        return ACTIVATE_LOCKED;
    if (user->anon && !user->swapcache && !add_to_swap(r, page))
        return ACTIVATE_LOCKED;
    if (user->mapcount && has_mapping(page) && !slow_try_to_unmap(r, page))
        return ACTIVATE_LOCKED;
    verdict = clean_page(r, sc, page, referenced, may_enter_fs, sync);
    if (verdict != FREE_IT)
        return verdict;
    if (user->buffers) {
        if (user->stuck_buffers)
            return ACTIVATE_LOCKED;
        user->buffers = false;
        slow_put_page(r, page, r->cpu);
        if (!has_mapping(page) && page->count == 1)
            return FREE_IT;
    }
    return has_mapping(page) && slow_remove_mapping(r, page) ? FREE_IT : KEEP_LOCKED;
}

static uint64_t list_length(const struct slow_link *list)
{
    uint64_t length = 0;

    for (const struct slow_link *link = list->next; link != list; link = link->next)
        length++;
    return length;
}

/* Leaves in `list` what could not be freed, in the order in which it came up, from the tail. */
uint64_t slow_shrink_page_list(struct slow_reclaim *r, struct slow_scan *sc, struct slow_link *list,
                               bool sync)
{
    struct slow_pagevec freed = {.nr = 0};
    struct slow_link kept;
    uint64_t pages = list_length(list);
    uint64_t scanned = sc->nr_scanned;
    uint64_t nr_freed = 0;
    uint64_t activated = 0;

    slow_list_init(&kept);
    while (!slow_list_empty(list)) {
        struct slow_page *page = tail_of(list);
        enum verdict verdict;

        slow_list_del(&page->lru);
        verdict = shrink_page(r, sc, page, sync);
        if (verdict == FREE_IT) {
            page->user.locked = false;
            nr_freed++;
            freed.pages[freed.nr++] = page;
            if (freed.nr == SLOW_PAGEVEC)
                slow_release_pages(r, &freed, r->cpu, true);
            continue;
        }
        if (verdict == ACTIVATE_LOCKED) {
            page->user.active = true;
            activated++;
            slow_say(r, 3, "e act %" PRIu64 "\n", slow_pfn(&r->mm, page));
        }
        if (verdict != KEEP)
            page->user.locked = false;
        slow_list_add(&page->lru, &kept);
    }
    while (!slow_list_empty(&kept))
        move_to_head(tail_of(&kept), list);
    slow_release_pages(r, &freed, r->cpu, true);
    r->events[SLOW_PGACTIVATE] += activated;
    slow_say(r, 2, "e plist %s %" PRIu64 " free %" PRIu64 " act %" PRIu64 " scan %" PRIu64 "\n",
             sync ? "sync" : "async", pages, nr_freed, activated, sc->nr_scanned - scanned);
    return nr_freed;
}

/* ---- the inactive list ---- */

static uint64_t clear_active_flags(struct slow_reclaim *r, const struct slow_link *list)
{
    uint64_t cleared = 0;

    for (const struct slow_link *link = list->next; link != list; link = link->next) {
        struct slow_page *page = &r->mm.pages[slow_pfn(&r->mm, (const struct slow_page *)link)];

        if (!page->user.active)
            continue;
        page->user.active = false;
        cleared++;
        slow_say(r, 3, "e deact %" PRIu64 "\n", slow_pfn(&r->mm, page));
    }
    r->events[SLOW_PGDEACTIVATE] += cleared;
    return cleared;
}

static void put_back(struct slow_reclaim *r, struct slow_zone *zone, struct slow_link *list,
                     struct slow_pagevec *pvec)
{
    while (!slow_list_empty(list)) {
        struct slow_page *page = tail_of(list);
        bool active = page->user.active;

        page->user.on_lru = true;
        move_to_head(page, active ? &zone->active_list : &zone->inactive_list);
        slow_inc_state(zone, active ? SLOW_ACTIVE : SLOW_INACTIVE, r->cpu);
        pvec->pages[pvec->nr++] = page;
        if (pvec->nr == SLOW_PAGEVEC)
            slow_pagevec_release(r, pvec, r->cpu);
    }
}

static uint64_t isolate_inactive(struct slow_reclaim *r, const struct slow_scan *sc,
                                 struct slow_zone *zone, struct slow_link *list,
                                 uint64_t *ret_scanned)
{
    struct isolation isolation = {.mode =
                                      sc->order > COSTLY_ORDER ? ISOLATE_BOTH : ISOLATE_INACTIVE,
                                  .order = sc->order,
                                  .to = list};
    uint64_t active;

    isolate_lru_pages(r, &isolation, sc->cluster, &zone->inactive_list);
    active = clear_active_flags(r, list);
    slow_mod_state(zone, SLOW_ACTIVE, -(int64_t)active, r->cpu);
    slow_mod_state(zone, SLOW_INACTIVE, -(int64_t)(isolation.taken - active), r->cpu);
    zone->pages_scanned += isolation.scanned;
    *ret_scanned = isolation.scanned;
    return isolation.taken;
}

static uint64_t shrink_inactive(struct slow_reclaim *r, struct slow_scan *sc,
                                struct slow_zone *zone, uint64_t max_scan)
{
    bool kswapd = r->mm.task & SLOW_PF_KSWAPD;
    struct slow_pagevec pvec = {.nr = 0};
    uint64_t total = 0;
    uint64_t reclaimed = 0;

    slow_lru_add_drain(r, r->cpu);
    do {
        struct slow_link list;
        uint64_t scanned;
        uint64_t taken;
        uint64_t freed;

        slow_list_init(&list);
        taken = isolate_inactive(r, sc, zone, &list, &scanned);
        total += scanned;
        freed = slow_shrink_page_list(r, sc, &list, false);
        if (freed < taken && !kswapd && sc->order > COSTLY_ORDER) {
            slow_congestion_wait(r, RECLAIM_WAIT_JIFFIES);
            clear_active_flags(r, &list);
            freed += slow_shrink_page_list(r, sc, &list, true);
        }
        reclaimed += freed;
        r->zone_events[kswapd ? SLOW_PGSCAN_KSWAPD : SLOW_PGSCAN_DIRECT][zone->index] += scanned;
        if (kswapd)
            r->events[SLOW_KSWAPD_STEAL] += freed;
        r->zone_events[SLOW_PGSTEAL][zone->index] += freed;
        if (taken == 0)
            break;
        put_back(r, zone, &list, &pvec);
    } while (total < max_scan);
    if (pvec.nr)
        slow_pagevec_release(r, &pvec, r->cpu);
    return reclaimed;
}

/* ---- a zone ---- */

/* How much of a list is to be scanned now; the rest waits in the accumulator. */
static uint64_t due(uint64_t *accumulator, uint64_t pages, int priority, uint64_t cluster)
{
    uint64_t scan;

    *accumulator += (pages >> priority) + 1;
    if (*accumulator < cluster)
        return 0;
    scan = *accumulator;
    *accumulator = 0;
    return scan;
}

uint64_t slow_shrink_zone(struct slow_reclaim *r, struct slow_scan *sc, struct slow_zone *zone,
                          int priority)
{
    uint64_t scanned = sc->nr_scanned;
    uint64_t reclaimed = 0;
    uint64_t active;
    uint64_t inactive;

    slow_say(r, 2, "e zone %u %s prio %d\n", zone->nid, slow_name(r, zone), priority);
    active = due(&zone->nr_scan_active, slow_zone_state(zone, SLOW_ACTIVE), priority, sc->cluster);
    inactive =
        due(&zone->nr_scan_inactive, slow_zone_state(zone, SLOW_INACTIVE), priority, sc->cluster);
    while (active || inactive) {
        uint64_t n;

        if (active) {
            n = smaller(active, sc->cluster);
            active -= n;
            shrink_active(r, sc, zone, n, priority);
        }
        if (inactive) {
            n = smaller(inactive, sc->cluster);
            inactive -= n;
            reclaimed += shrink_inactive(r, sc, zone, n);
        }
    }
    slow_throttle_vm_writeout(r, sc->gfp);
    r->all_scanned += sc->nr_scanned - scanned;
    r->all_freed += reclaimed;
    slow_say(r, 2,
             "e zdone %u %s scan %" PRIu64 " freed %" PRIu64 " acc %" PRIu64 " %" PRIu64
             " ps %" PRIu64 "\n",
             zone->nid, slow_name(r, zone), sc->nr_scanned - scanned, reclaimed,
             zone->nr_scan_active, zone->nr_scan_inactive, zone->pages_scanned);
    return reclaimed;
}
