/* SPDX-License-Identifier: MIT */
/* The slow model's LRU lists, the vectors in front of them, and page references. */
#include "lib/slow_reclaim.h"

/* ---- references ---- */

void slow_get_page(struct slow_page *page)
{
    slow_must(page->count > 0);
    page->count++;
}

static void del_from_lru(struct slow_page *page, unsigned cpu)
{
    page->user.on_lru = false;
    slow_list_del(&page->lru);
    slow_dec_state(page->zone, page->user.active ? SLOW_ACTIVE : SLOW_INACTIVE, cpu);
    page->user.active = false;
}

/* Nobody has it any more. */
static void free_page(struct slow_reclaim *r, struct slow_page *page, unsigned cpu, bool cold)
{
    const struct slow_user_page *user = &page->user;

    slow_must(page->count == 0 && !user->on_lru && !user->active && !user->locked);
    slow_must(!user->writeback && !user->swapcache && !user->buffers && !user->file);
    slow_must(!user->mapcount);
    page->user = (struct slow_user_page){.on_lru = false};
    page->count = 1;
    slow_free(&r->mm, (uint32_t)slow_pfn(&r->mm, page), 0, cpu, cold);
}

void slow_put_page(struct slow_reclaim *r, struct slow_page *page, unsigned cpu)
{
    slow_must(page->count > 0);
    if (--page->count > 0)
        return;
    if (page->user.on_lru)
        del_from_lru(page, cpu);
    free_page(r, page, cpu, false);
}

/* From the last to the first. */
static void free_pagevec(struct slow_reclaim *r, struct slow_pagevec *pvec, unsigned cpu, bool cold)
{
    while (pvec->nr > 0)
        free_page(r, pvec->pages[--pvec->nr], cpu, cold);
}

void slow_release_pages(struct slow_reclaim *r, struct slow_pagevec *pvec, unsigned cpu, bool cold)
{
    struct slow_pagevec to_free = {.nr = 0};

    for (unsigned i = 0; i < pvec->nr; i++) {
        struct slow_page *page = pvec->pages[i];

        slow_must(page->count > 0);
        if (--page->count > 0)
            continue;
        if (page->user.on_lru)
            del_from_lru(page, cpu);
        to_free.pages[to_free.nr++] = page;
        if (to_free.nr == SLOW_PAGEVEC)
            free_pagevec(r, &to_free, cpu, cold);
    }
    free_pagevec(r, &to_free, cpu, cold);
    pvec->nr = 0;
}

void slow_pagevec_release(struct slow_reclaim *r, struct slow_pagevec *pvec, unsigned cpu)
{
    slow_lru_add_drain(r, cpu);
    slow_release_pages(r, pvec, cpu, true);
}

/* ---- per-CPU vectors ---- */

static void flush_add(struct slow_reclaim *r, unsigned cpu, bool active)
{
    struct slow_pagevec *pvec = &r->pvecs[cpu][active ? SLOW_PVEC_ADD_ACTIVE : SLOW_PVEC_ADD];

    for (unsigned i = 0; i < pvec->nr; i++) {
        struct slow_page *page = pvec->pages[i];
        struct slow_zone *zone = page->zone;

        slow_must(!page->user.on_lru && !page->user.active);
        page->user.on_lru = true;
        page->user.active = active;
        slow_list_add(&page->lru, active ? &zone->active_list : &zone->inactive_list);
        slow_inc_state(zone, active ? SLOW_ACTIVE : SLOW_INACTIVE, cpu);
    }
    slow_release_pages(r, pvec, cpu, false);
}

static void flush_rotate(struct slow_reclaim *r, unsigned cpu)
{
    struct slow_pagevec *pvec = &r->pvecs[cpu][SLOW_PVEC_ROTATE];

    for (unsigned i = 0; i < pvec->nr; i++) {
        struct slow_page *page = pvec->pages[i];

        if (!page->user.on_lru || page->user.active)
            continue;
        slow_list_del(&page->lru);
        slow_list_add(&page->lru, page->zone->inactive_list.prev);
        r->events[SLOW_PGROTATED]++;
    }
    slow_release_pages(r, pvec, cpu, false);
}

void slow_lru_cache_add(struct slow_reclaim *r, struct slow_page *page, bool active, unsigned cpu)
{
    struct slow_pagevec *pvec = &r->pvecs[cpu][active ? SLOW_PVEC_ADD_ACTIVE : SLOW_PVEC_ADD];

    slow_get_page(page);
    pvec->pages[pvec->nr++] = page;
    if (pvec->nr == SLOW_PAGEVEC)
        flush_add(r, cpu, active);
}

void slow_lru_add_drain(struct slow_reclaim *r, unsigned cpu)
{
    flush_add(r, cpu, false);
    flush_add(r, cpu, true);
    flush_rotate(r, cpu);
}

bool slow_rotate_reclaimable(struct slow_reclaim *r, struct slow_page *page, unsigned cpu)
{
    struct slow_pagevec *pvec = &r->pvecs[cpu][SLOW_PVEC_ROTATE];

    if (page->user.locked || page->user.dirty || page->user.active || !page->user.on_lru)
        return false;
    slow_get_page(page);
    pvec->pages[pvec->nr++] = page;
    if (pvec->nr == SLOW_PAGEVEC)
        flush_rotate(r, cpu);
    return true;
}

/* ---- use ---- */

void slow_mark_page_accessed(struct slow_reclaim *r, struct slow_page *page, unsigned cpu)
{
    struct slow_user_page *user = &page->user;

    if (user->active || !user->referenced || !user->on_lru) {
        user->referenced = true;
        return;
    }
    slow_list_del(&page->lru);
    slow_dec_state(page->zone, SLOW_INACTIVE, cpu);
    user->active = true;
    slow_list_add(&page->lru, &page->zone->active_list);
    slow_inc_state(page->zone, SLOW_ACTIVE, cpu);
    r->events[SLOW_PGACTIVATE]++;
    user->referenced = false;
}
