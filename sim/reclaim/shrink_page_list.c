/* SPDX-License-Identifier: MIT */
/* One isolated page after another: is it in use, is it clean, can it go? */
#include "reclaim/shrink_page_list.h"

#include "mm/gfp.h"
#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"
#include "reclaim/shmem.h"

/* Where the page at hand stands. */
enum page_stage {
    STAGE_TAKE,           /* none at hand: take the next */
    STAGE_WAIT_WRITEBACK, /* an old write of it is waited for */
    STAGE_IN_USE,         /* referenced? mapped? */
    STAGE_PAGEOUT,        /* dirty? */
    STAGE_SUBMIT,         /* waits for a request */
    STAGE_WAIT_PAGEOUT,   /* its own write is waited for */
    STAGE_REMOVE,         /* clean and locked */
};

/* What a stage says about the page; the last three end it. */
enum verdict {
    PAGE_GOES_ON,
    PAGE_WAITS,
    PAGE_KEEP, /* unlocked already, or never locked */
    PAGE_KEEP_LOCKED,
    PAGE_ACTIVATE_LOCKED,
    PAGE_FREED,
};

unsigned page_referenced(const struct reclaim *reclaim, pfn_t page, bool locked_by_caller)
{
    struct frame *frame = page_frame(reclaim, page);
    unsigned referenced = !!(frame->flags & PG_referenced);

    frame->flags &= (uint16_t)~PG_referenced;
    if (frame->mapcount == 0)
        return referenced;
    if (!locked_by_caller && frame->flags & PG_locked &&
        !page_owner_is_anon(page_owner(reclaim, page)))
        return referenced + 1;
    return referenced + reclaim->rmap.page_referenced(reclaim->rmap.context, page);
}

static bool page_is_file(const struct reclaim *reclaim, pfn_t page)
{
    const struct page_owner *owner = page_owner(reclaim, page);

    return owner->mapping != PAGE_MAPPING_NONE && !page_owner_is_anon(owner);
}

/* Kernel: include/linux/mm.h page_mapping() [2.6.24]: the swap cache is one, too */
static bool page_has_mapping(const struct reclaim *reclaim, pfn_t page)
{
    return page_frame(reclaim, page)->flags & PG_swapcache || page_is_file(reclaim, page);
}

/* Kernel: mm/vmscan.c page_mapping_inuse() [2.6.24] */
static bool page_mapping_inuse(const struct reclaim *reclaim, pfn_t page)
{
    const struct frame *frame = page_frame(reclaim, page);

    if (frame->mapcount > 0 || frame->flags & PG_swapcache)
        return true;
    return page_is_file(reclaim, page) && page_mapping_file(reclaim, page)->nr_mmap > 0;
}

/* References that neither the cache nor this reclaimer nor the buffers hold.
 * Kernel: mm/vmscan.c is_page_cache_freeable() [2.6.24] */
static bool is_page_cache_freeable(const struct frame *frame)
{
    return frame->count - !!(frame->flags & PG_private) == 2;
}

/* Until the page is not under writeback. Kernel: mm/filemap.c wait_on_page_writeback() [2.6.24] */
static enum step wait_on_page(struct shrink_page_list *list, struct reclaim *reclaim,
                              struct task *task)
{
    pfn_t page = {list->pfn};

    if (page_frame(reclaim, page)->flags & PG_writeback) {
        if (!list->waited)
            list->wait_begin_ns = reclaim->machine->clock->now_ns;
        list->waited = true;
        return task_sleep(task, STALL_WRITEBACK, UINT64_MAX, page_waitqueue(reclaim, page));
    }
    if (!list->waited)
        return STEP_DONE;
    list->waited = false;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_PAGE_WAIT,
                                                  .task = task,
                                                  .pfn = page.nr,
                                                  .begin_ns = list->wait_begin_ns});
    return STEP_DONE;
}

/* ---- the stages ---- */

static enum verdict take_page(struct shrink_page_list *list, struct scan_control *sc,
                              struct reclaim *reclaim)
{
    struct frame *frames = reclaim->machine->frame_table.frames;
    struct frame *frame;

    list->pfn = page_queue_take(&list->todo, frames);
    frame = &frames[list->pfn];
    if (!trylock_page(reclaim, (pfn_t){list->pfn}))
        return PAGE_KEEP;
    sc->nr_scanned++;
    if (frame->mapcount > 0 && !sc->may_swap)
        return PAGE_KEEP_LOCKED;
    if (frame->mapcount > 0 || frame->flags & PG_swapcache)
        sc->nr_scanned++;
    list->may_enter_fs =
        sc->gfp & GFP_BIT_FS || (frame->flags & PG_swapcache && sc->gfp & GFP_BIT_IO);
    list->stage = STAGE_IN_USE;
    if (!(frame->flags & PG_writeback))
        return PAGE_GOES_ON;
    if (!list->sync || !list->may_enter_fs)
        return PAGE_KEEP_LOCKED;
    list->stage = STAGE_WAIT_WRITEBACK;
    return PAGE_GOES_ON;
}

static enum verdict unmap_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    switch (reclaim->rmap.try_to_unmap(reclaim->rmap.context, page, cpu)) {
    case SWAP_FAIL:
        return PAGE_ACTIVATE_LOCKED;
    case SWAP_AGAIN:
        return PAGE_KEEP_LOCKED;
    case SWAP_SUCCESS:
        break;
    }
    reclaim->machine->work.unmapped_pages++;
    reclaim_tell_page(reclaim, RECLAIM_UNMAP, page.nr);
    return PAGE_GOES_ON;
}

/* Takes the page from its users, if they let it go. */
static enum verdict page_in_use(struct shrink_page_list *list, const struct scan_control *sc,
                                struct reclaim *reclaim, const struct task *task)
{
    pfn_t page = {list->pfn};
    struct frame *frame = page_frame(reclaim, page);

    list->referenced = page_referenced(reclaim, page, true) > 0;
    if (list->referenced && sc->order <= PAGE_ALLOC_COSTLY_ORDER &&
        page_mapping_inuse(reclaim, page))
        return PAGE_ACTIVATE_LOCKED;
    if (page_owner_is_anon(page_owner(reclaim, page)) && !(frame->flags & PG_swapcache) &&
        !add_to_swap(reclaim, page, task->cpu))
        return PAGE_ACTIVATE_LOCKED;
    list->stage = frame->flags & PG_dirty ? STAGE_PAGEOUT : STAGE_REMOVE;
    if (frame->mapcount > 0 && page_has_mapping(reclaim, page)) {
        enum verdict verdict = unmap_page(reclaim, page, task->cpu);

        /* Unmapping a file page may have found it dirty. */
        list->stage = frame->flags & PG_dirty ? STAGE_PAGEOUT : STAGE_REMOVE;
        return verdict;
    }
    return PAGE_GOES_ON;
}

/* Kernel: mm/vmscan.c may_write_to_queue() [2.6.24] */
static bool may_write_to_queue(const struct reclaim *reclaim, const struct task *task, uint32_t dev)
{
    return task->flags & TASK_PF_SWAPWRITE || !bdi_write_congested(&reclaim->devices[dev]) ||
           task->reclaim_state->writing_dev == dev + 1;
}

static void writepage_over(struct shrink_page_list *list, struct reclaim *reclaim, unsigned cpu)
{
    pfn_t page = {list->pfn};
    struct frame *frame = page_frame(reclaim, page);

    if (!(frame->flags & PG_writeback))
        frame->flags &= (uint16_t)~PG_reclaim;
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_VMSCAN_WRITE, cpu);
}

/* The page goes to its device. */
static enum verdict submit_page(struct shrink_page_list *list, struct reclaim *reclaim,
                                struct task *task)
{
    pfn_t page = {list->pfn};
    const struct page_owner *owner = page_owner(reclaim, page);
    bool swap = page_frame(reclaim, page)->flags & PG_swapcache;
    uint32_t dev;
    uint64_t sector_page;

    if (swap) {
        dev = swap_backing_dev(reclaim, owner->swap);
        sector_page = swap_sector_page(reclaim, owner->swap);
    } else {
        const struct address_space *mapping = page_mapping_file(reclaim, page);

        dev = mapping->backing_dev;
        sector_page = mapping->first_sector_page + owner->index;
    }
    if (backing_dev_full(&reclaim->devices[dev], IO_WRITE, sector_page)) {
        if (list->stage != STAGE_SUBMIT)
            list->wait_begin_ns = reclaim->machine->clock->now_ns;
        list->stage = STAGE_SUBMIT;
        task_sleep(task, STALL_GET_REQUEST, UINT64_MAX, &reclaim->devices[dev].waiters[IO_WRITE]);
        return PAGE_WAITS;
    }
    if (list->stage == STAGE_SUBMIT)
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_REQUEST_WAIT,
                                                      .task = task,
                                                      .dev = dev,
                                                      .begin_ns = list->wait_begin_ns});
    backing_dev_submit(reclaim, dev, IO_WRITE, sector_page, page, task->cpu);
    list->stage = STAGE_WAIT_PAGEOUT;
    return PAGE_GOES_ON;
}

/* DEVIATION: a file's page is unlocked before its write waits for a request, not after it. */
static enum verdict start_writeback(struct shrink_page_list *list, struct reclaim *reclaim,
                                    struct task *task)
{
    pfn_t page = {list->pfn};

    set_page_writeback(reclaim, page, task->cpu);
    unlock_page(reclaim, page);
    return submit_page(list, reclaim, task);
}

/* Kernel: mm/page_io.c swap_writepage() [2.6.24] */
static enum verdict swap_writepage(struct shrink_page_list *list, struct reclaim *reclaim,
                                   struct task *task)
{
    pfn_t page = {list->pfn};

    if (remove_exclusive_swap_page(reclaim, page, task->cpu)) {
        unlock_page(reclaim, page);
        list->stage = STAGE_WAIT_PAGEOUT;
        return PAGE_GOES_ON;
    }
    reclaim_tell_page(reclaim, RECLAIM_SWAPOUT, page.nr);
    reclaim->machine->vm_events[PSWPOUT]++;
    return start_writeback(list, reclaim, task);
}

static enum verdict file_writepage(struct shrink_page_list *list, struct reclaim *reclaim,
                                   struct task *task, enum writepage_kind kind)
{
    pfn_t page = {list->pfn};

    switch (kind) {
    case WRITEPAGE_ACTIVATES:
        /* The kernel leaves this to the file system; those that live in memory do it. */
        if (page_mapping_file(reclaim, page)->memory_only)
            set_page_dirty(reclaim, page, task->cpu);
        page_frame(reclaim, page)->flags &= (uint16_t)~PG_reclaim;
        return PAGE_ACTIVATE_LOCKED;
    case WRITEPAGE_REDIRTIES:
        set_page_dirty(reclaim, page, task->cpu);
        unlock_page(reclaim, page);
        list->stage = STAGE_WAIT_PAGEOUT;
        return PAGE_GOES_ON;
    case WRITEPAGE_SWAPS:
        if (!shmem_writepage(reclaim, page, task->cpu)) {
            set_page_dirty(reclaim, page, task->cpu);
            page_frame(reclaim, page)->flags &= (uint16_t)~PG_reclaim;
            return PAGE_ACTIVATE_LOCKED;
        }
        unlock_page(reclaim, page);
        list->stage = STAGE_WAIT_PAGEOUT;
        return PAGE_GOES_ON;
    case WRITEPAGE_WRITES:
    case WRITEPAGE_NONE:
        break;
    }
    reclaim_tell_page(reclaim, RECLAIM_WRITE, page.nr);
    return start_writeback(list, reclaim, task);
}

/* Kernel: mm/vmscan.c pageout() [2.6.24] */
static enum verdict pageout(struct shrink_page_list *list, const struct scan_control *sc,
                            struct reclaim *reclaim, struct task *task)
{
    pfn_t page = {list->pfn};
    struct frame *frame = page_frame(reclaim, page);
    enum writepage_kind kind = WRITEPAGE_WRITES;

    if ((list->referenced && sc->order <= PAGE_ALLOC_COSTLY_ORDER) || !list->may_enter_fs ||
        !sc->may_writepage || !is_page_cache_freeable(frame) || !page_has_mapping(reclaim, page))
        return PAGE_KEEP_LOCKED;
    if (!(frame->flags & PG_swapcache)) {
        const struct address_space *mapping = page_mapping_file(reclaim, page);

        kind = mapping->writepage;
        if (kind == WRITEPAGE_NONE)
            return PAGE_ACTIVATE_LOCKED;
        if (!mapping->memory_only && !may_write_to_queue(reclaim, task, mapping->backing_dev))
            return PAGE_KEEP_LOCKED;
    }
    clear_page_dirty_for_io(reclaim, page, task->cpu);
    frame->flags |= PG_reclaim;
    if (frame->flags & PG_swapcache)
        return swap_writepage(list, reclaim, task);
    return file_writepage(list, reclaim, task, kind);
}

/* The page was handed over and is unlocked; a synchronous device is done with it already. */
static enum verdict pageout_over(struct shrink_page_list *list, struct reclaim *reclaim,
                                 struct task *task)
{
    pfn_t page = {list->pfn};
    const struct frame *frame = page_frame(reclaim, page);

    if (list->sync && wait_on_page(list, reclaim, task) == STEP_BLOCKED)
        return PAGE_WAITS;
    writepage_over(list, reclaim, task->cpu);
    if (frame->flags & (PG_writeback | PG_dirty) || !trylock_page(reclaim, page))
        return PAGE_KEEP;
    list->stage = STAGE_REMOVE;
    return PAGE_GOES_ON;
}

/* Kernel: mm/vmscan.c remove_mapping() [2.6.24] */
static bool remove_mapping(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);

    if (frame->count != 2 || frame->flags & PG_dirty)
        return false;
    if (frame->flags & PG_swapcache)
        delete_from_swap_cache(reclaim, page, cpu);
    else
        remove_from_page_cache(reclaim, page, true, cpu);
    frame->count--; /* the cache's; this reclaimer's is left */
    return true;
}

static enum verdict remove_page(const struct shrink_page_list *list, struct reclaim *reclaim,
                                unsigned cpu)
{
    pfn_t page = {list->pfn};
    const struct frame *frame = page_frame(reclaim, page);
    bool has_mapping = page_has_mapping(reclaim, page);

    if (frame->flags & PG_private) {
        if (!try_to_release_page(reclaim, page))
            return PAGE_ACTIVATE_LOCKED;
        if (!has_mapping && frame->count == 1)
            return PAGE_FREED;
    }
    if (!has_mapping || !remove_mapping(reclaim, page, cpu))
        return PAGE_KEEP_LOCKED;
    return PAGE_FREED;
}

/* ---- the list ---- */

void shrink_page_list_begin(struct shrink_page_list *list, const struct scan_control *sc,
                            struct page_queue *pages, bool sync)
{
    struct page_queue todo = *pages;

    *pages = (struct page_queue){0};
    list->stage = STAGE_TAKE;
    list->sync = sync;
    list->todo = todo;
    list->kept = (struct page_queue){0};
    list->freed.nr = 0;
    list->nr_freed = 0;
    list->nr_activated = 0;
    list->nr_pages = todo.nr;
    list->scanned_before = sc->nr_scanned;
}

static void page_over(struct shrink_page_list *list, struct reclaim *reclaim, enum verdict verdict,
                      unsigned cpu)
{
    pfn_t page = {list->pfn};

    if (verdict == PAGE_ACTIVATE_LOCKED) {
        page_frame(reclaim, page)->flags |= PG_active;
        list->nr_activated++;
        reclaim_tell_page(reclaim, RECLAIM_ACTIVATE, page.nr);
    }
    if (verdict != PAGE_KEEP)
        unlock_page(reclaim, page);
    list->stage = STAGE_TAKE;
    if (verdict != PAGE_FREED) {
        page_queue_put(&list->kept, reclaim->machine->frame_table.frames, page.nr);
        return;
    }
    list->nr_freed++;
    reclaim->isolated_pages--;
    reclaim->machine->work.freed_lru_pages++;
    if (pagevec_add(&list->freed, page.nr))
        pagevec_release_nonlru(reclaim, &list->freed, cpu);
}

static enum verdict run_stage(struct shrink_page_list *list, struct scan_control *sc,
                              struct reclaim *reclaim, struct task *task)
{
    switch ((enum page_stage)list->stage) {
    case STAGE_TAKE:
        return take_page(list, sc, reclaim);
    case STAGE_WAIT_WRITEBACK:
        if (wait_on_page(list, reclaim, task) == STEP_BLOCKED)
            return PAGE_WAITS;
        list->stage = STAGE_IN_USE;
        return PAGE_GOES_ON;
    case STAGE_IN_USE:
        return page_in_use(list, sc, reclaim, task);
    case STAGE_PAGEOUT:
        return pageout(list, sc, reclaim, task);
    case STAGE_SUBMIT:
        return submit_page(list, reclaim, task);
    case STAGE_WAIT_PAGEOUT:
        return pageout_over(list, reclaim, task);
    case STAGE_REMOVE:
        return remove_page(list, reclaim, task->cpu);
    }
    return PAGE_KEEP_LOCKED;
}

enum step shrink_page_list_step(struct shrink_page_list *list, struct scan_control *sc,
                                struct reclaim *reclaim, struct task *task)
{
    while (list->todo.nr > 0 || list->stage != STAGE_TAKE) {
        enum verdict verdict = run_stage(list, sc, reclaim, task);

        if (verdict == PAGE_WAITS)
            return STEP_BLOCKED;
        if (verdict != PAGE_GOES_ON)
            page_over(list, reclaim, verdict, task->cpu);
    }
    pagevec_release_nonlru(reclaim, &list->freed, task->cpu);
    reclaim->machine->vm_events[PGACTIVATE] += list->nr_activated;
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_SHRINK_PAGE_LIST)))
        reclaim_tell(reclaim,
                     &(struct reclaim_event){.kind = RECLAIM_SHRINK_PAGE_LIST,
                                             .task = task,
                                             .sync = list->sync,
                                             .pages = list->nr_pages,
                                             .freed = list->nr_freed,
                                             .activated = list->nr_activated,
                                             .scanned = sc->nr_scanned - list->scanned_before});
    return STEP_DONE;
}
