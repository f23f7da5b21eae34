/* SPDX-License-Identifier: MIT */
/* Pages on their way onto, along and off the LRU lists. */
#include "reclaim/lru.h"

#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"

uint32_t zone_lru_list(const struct zone *zone, bool active)
{
    return zone->lru_base + (active ? LRU_ACTIVE : LRU_INACTIVE);
}

static void free_page(struct reclaim *reclaim, uint32_t pfn, bool cold, unsigned cpu)
{
    reclaim->machine->ops->free_hot_cold_page(reclaim->machine, (pfn_t){pfn}, cpu, cold);
}

/* From last to first, so that the page used last is the first to be used again. */
static void free_pagevec(struct reclaim *reclaim, struct pagevec *pvec, bool cold, unsigned cpu)
{
    while (pvec->nr > 0)
        free_page(reclaim, pvec->pages[--pvec->nr], cold, cpu);
}

/* Kernel: include/linux/mm_inline.h del_page_from_lru() [2.6.24] */
static void del_page_from_lru(struct reclaim *reclaim, uint32_t pfn, unsigned cpu)
{
    struct frame *frames = reclaim->machine->frame_table.frames;
    struct zone *zone = page_zone(reclaim, (pfn_t){pfn});
    bool active = frames[pfn].flags & PG_active;

    frame_list_del(frames, pfn);
    frames[pfn].flags &= (uint16_t) ~(PG_active | PG_lru);
    dec_zone_state(reclaim->machine, zone, active ? NR_ACTIVE : NR_INACTIVE, cpu);
}

void get_page(struct reclaim *reclaim, pfn_t page)
{
    SIM_ASSERT(page_frame(reclaim, page)->count < UINT16_MAX);
    page_frame(reclaim, page)->count++;
}

/* True: that was the last one, and the page is off its list. */
static bool put_page_unlink(struct reclaim *reclaim, uint32_t pfn, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, (pfn_t){pfn});

    SIM_ASSERT(frame->count > 0);
    if (--frame->count > 0)
        return false;
    if (frame->flags & PG_lru)
        del_page_from_lru(reclaim, pfn, cpu);
    return true;
}

void put_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    if (put_page_unlink(reclaim, page.nr, cpu))
        free_page(reclaim, page.nr, false, cpu);
}

void release_pages(struct reclaim *reclaim, const uint32_t *pfns, unsigned nr, bool cold,
                   unsigned cpu)
{
    struct pagevec to_free = {0};

    for (unsigned i = 0; i < nr; i++)
        if (put_page_unlink(reclaim, pfns[i], cpu) && pagevec_add(&to_free, pfns[i]))
            free_pagevec(reclaim, &to_free, cold, cpu);
    free_pagevec(reclaim, &to_free, cold, cpu);
}

void pagevec_release(struct reclaim *reclaim, struct pagevec *pvec, bool cold, unsigned cpu)
{
    if (pvec->nr == 0)
        return;
    lru_add_drain(reclaim, cpu);
    release_pages(reclaim, pvec->pages, pvec->nr, cold, cpu);
    pvec->nr = 0;
}

void pagevec_release_nonlru(struct reclaim *reclaim, struct pagevec *pvec, unsigned cpu)
{
    struct pagevec to_free = {0};

    for (unsigned i = 0; i < pvec->nr; i++) {
        struct frame *frame = page_frame(reclaim, (pfn_t){pvec->pages[i]});

        SIM_ASSERT(frame->count > 0 && !(frame->flags & PG_lru));
        if (--frame->count == 0)
            pagevec_add(&to_free, pvec->pages[i]);
    }
    pvec->nr = 0;
    free_pagevec(reclaim, &to_free, true, cpu);
}

/* ---- the per-CPU batches ---- */

/* Kernel: mm/swap.c __pagevec_lru_add(), __pagevec_lru_add_active() [2.6.24] */
static void flush_add(struct reclaim *reclaim, struct pagevec *pvec, bool active, unsigned cpu)
{
    struct machine *machine = reclaim->machine;
    struct frame *frames = machine->frame_table.frames;
    unsigned nr = pvec->nr;

    for (unsigned i = 0; i < nr; i++) {
        uint32_t pfn = pvec->pages[i];
        struct zone *zone = &machine->zones[frames[pfn].zone];

        SIM_ASSERT(!(frames[pfn].flags & PG_lru));
        frames[pfn].flags |= (uint16_t)(PG_lru | (active ? PG_active : 0));
        frame_list_insert(frames, zone_lru_list(zone, active), pfn);
        inc_zone_state(machine, zone, active ? NR_ACTIVE : NR_INACTIVE, cpu);
    }
    pvec->nr = 0;
    release_pages(reclaim, pvec->pages, nr, false, cpu);
}

/* Kernel: mm/swap.c pagevec_move_tail() [2.6.24] */
static void flush_rotate(struct reclaim *reclaim, struct pagevec *pvec, unsigned cpu)
{
    struct machine *machine = reclaim->machine;
    struct frame *frames = machine->frame_table.frames;
    unsigned nr = pvec->nr;

    for (unsigned i = 0; i < nr; i++) {
        uint32_t pfn = pvec->pages[i];
        uint32_t list = zone_lru_list(&machine->zones[frames[pfn].zone], false);

        if (!(frames[pfn].flags & PG_lru) || frames[pfn].flags & PG_active)
            continue;
        frame_list_del(frames, pfn);
        frame_list_insert(frames, frames[list].prev, pfn);
        machine->vm_events[PGROTATED]++;
    }
    pvec->nr = 0;
    release_pages(reclaim, pvec->pages, nr, false, cpu);
}

void lru_cache_add(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct pagevec *pvec = &reclaim->lru_pvecs[cpu].add;

    get_page(reclaim, page);
    if (pagevec_add(pvec, page.nr))
        flush_add(reclaim, pvec, false, cpu);
}

void lru_cache_add_active(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct pagevec *pvec = &reclaim->lru_pvecs[cpu].add_active;

    get_page(reclaim, page);
    if (pagevec_add(pvec, page.nr))
        flush_add(reclaim, pvec, true, cpu);
}

void lru_add_drain(struct reclaim *reclaim, unsigned cpu)
{
    struct lru_pvecs *pvecs = &reclaim->lru_pvecs[cpu];

    if (pvecs->add.nr)
        flush_add(reclaim, &pvecs->add, false, cpu);
    if (pvecs->add_active.nr)
        flush_add(reclaim, &pvecs->add_active, true, cpu);
    if (pvecs->rotate.nr)
        flush_rotate(reclaim, &pvecs->rotate, cpu);
}

/* ---- moving along ---- */

void mark_page_accessed(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct machine *machine = reclaim->machine;
    struct frame *frame = page_frame(reclaim, page);
    struct zone *zone;

    if ((frame->flags & (PG_active | PG_referenced | PG_lru)) != (PG_referenced | PG_lru)) {
        frame->flags |= PG_referenced;
        return;
    }
    zone = &machine->zones[frame->zone];
    frame_list_del(machine->frame_table.frames, page.nr);
    dec_zone_state(machine, zone, NR_INACTIVE, cpu);
    frame->flags = (uint16_t)((frame->flags | PG_active) & ~PG_referenced);
    frame_list_insert(machine->frame_table.frames, zone_lru_list(zone, true), page.nr);
    inc_zone_state(machine, zone, NR_ACTIVE, cpu);
    machine->vm_events[PGACTIVATE]++;
}

/* Kernel: mm/swap.c rotate_reclaimable_page() [2.6.24] */
static void rotate_reclaimable_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct pagevec *pvec = &reclaim->lru_pvecs[cpu].rotate;
    const struct frame *frame = page_frame(reclaim, page);

    if ((frame->flags & (PG_locked | PG_dirty | PG_active | PG_lru)) != PG_lru)
        return;
    get_page(reclaim, page);
    if (pagevec_add(pvec, page.nr))
        flush_rotate(reclaim, pvec, cpu);
}

void end_page_writeback(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct waitqueue *waiters = page_waitqueue(reclaim, page);
    struct frame *frame = page_frame(reclaim, page);

    SIM_ASSERT(frame->flags & PG_writeback);
    if (frame->flags & PG_reclaim) {
        frame->flags &= (uint16_t)~PG_reclaim;
        rotate_reclaimable_page(reclaim, page, cpu);
    }
    frame->flags &= (uint16_t)~PG_writeback;
    dec_zone_state(reclaim->machine, page_zone(reclaim, page), NR_WRITEBACK, cpu);
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_WRITEBACK_END)))
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_WRITEBACK_END,
                                                      .zone = page_zone(reclaim, page),
                                                      .pfn = page.nr});
    if (waitqueue_active(waiters))
        reclaim_wake_all(reclaim, waiters);
}
