/* SPDX-License-Identifier: MIT */
/* Which dirty file is next, and its dirty pages one after another. */
#include "reclaim/writeback_inodes.h"

#include "reclaim/reclaim.h"

enum page_state {
    PAGE_FIND,   /* the next one is to be found */
    PAGE_WAIT,   /* `pfn` is locked or under writeback */
    PAGE_SUBMIT, /* `pfn` waits for a request */
};

bool mapping_cap_writeback_dirty(const struct address_space *mapping)
{
    return !mapping->memory_only &&
           (mapping->writepage == WRITEPAGE_WRITES || mapping->writepage == WRITEPAGE_REDIRTIES);
}

/* ---- pages of the file at hand ---- */

/* Hands the page to its device, or sleeps until the device has a request for it. */
static enum step submit_page(struct reclaim *reclaim, struct task *task,
                             struct writeback_control *wbc)
{
    uint32_t nr = wbc->mapping->backing_dev;
    struct backing_dev *dev = &reclaim->devices[nr];
    uint64_t sector_page = wbc->mapping->first_sector_page + wbc->next_index - 1;

    if (backing_dev_full(dev, IO_WRITE, sector_page)) {
        if (wbc->page_state != PAGE_SUBMIT)
            wbc->wait_begin_ns = reclaim->machine->clock->now_ns;
        wbc->page_state = PAGE_SUBMIT;
        return task_sleep(task, wbc->for_pdflush ? STALL_NONE : STALL_GET_REQUEST, UINT64_MAX,
                          &dev->waiters[IO_WRITE]);
    }
    if (wbc->page_state == PAGE_SUBMIT)
        reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_REQUEST_WAIT,
                                                      .task = task,
                                                      .dev = nr,
                                                      .begin_ns = wbc->wait_begin_ns});
    wbc->page_state = PAGE_FIND;
    backing_dev_submit(reclaim, nr, IO_WRITE, sector_page, (pfn_t){wbc->pfn}, task->cpu);
    return STEP_DONE;
}

/* One page was written or refused: may there be another? */
static void page_over(const struct reclaim *reclaim, struct writeback_control *wbc)
{
    if (--wbc->nr_to_write <= 0)
        wbc->done = true;
    if (wbc->nonblocking && bdi_write_congested(&reclaim->devices[wbc->mapping->backing_dev])) {
        wbc->encountered_congestion = true;
        wbc->done = true;
    }
}

static bool page_busy(const struct reclaim *reclaim, uint32_t pfn)
{
    return page_frame(reclaim, (pfn_t){pfn})->flags & (PG_locked | PG_writeback);
}

/* For WB_SYNC_ALL: sleeps while the page of next_index is busy, unless it has left the cache. */
static enum step wait_on_page(struct reclaim *reclaim, struct task *task,
                              struct writeback_control *wbc)
{
    if (find_get_slot(wbc->mapping, wbc->next_index) == wbc->pfn && page_busy(reclaim, wbc->pfn))
        return task_sleep(task, STALL_WRITEBACK, UINT64_MAX,
                          page_waitqueue(reclaim, (pfn_t){wbc->pfn}));
    wbc->page_state = PAGE_FIND;
    reclaim_tell(reclaim, &(struct reclaim_event){.kind = RECLAIM_PAGE_WAIT,
                                                  .task = task,
                                                  .pfn = wbc->pfn,
                                                  .begin_ns = wbc->wait_begin_ns});
    return STEP_DONE;
}

/* The dirty page of this index. */
static enum step write_page(struct reclaim *reclaim, struct task *task,
                            struct writeback_control *wbc, uint32_t index)
{
    pfn_t page = {find_get_slot(wbc->mapping, index)};

    wbc->scanned = true;
    wbc->pfn = page.nr;
    wbc->next_index = index;
    if (page_busy(reclaim, page.nr) && wbc->sync_all) {
        wbc->page_state = PAGE_WAIT;
        wbc->wait_begin_ns = reclaim->machine->clock->now_ns;
        return wait_on_page(reclaim, task, wbc);
    }
    wbc->next_index++;
    wbc->group_left--;
    if (page_busy(reclaim, page.nr) || !clear_page_dirty_for_io(reclaim, page, task->cpu))
        return STEP_DONE;
    reclaim_tell_page(reclaim, RECLAIM_WRITE, page.nr);
    if (wbc->mapping->writepage == WRITEPAGE_REDIRTIES) {
        wbc->pages_skipped++;
        set_page_dirty(reclaim, page, task->cpu);
    } else {
        set_page_writeback(reclaim, page, task->cpu);
        if (submit_page(reclaim, task, wbc) == STEP_BLOCKED)
            return STEP_BLOCKED;
    }
    page_over(reclaim, wbc);
    return STEP_DONE;
}

/* The next dirty page; a cyclic pass that finds none up to the end looks from the begin once. */
static bool next_dirty_page(struct writeback_control *wbc, uint32_t *ret_index)
{
    if (find_dirty_page(wbc->mapping, wbc->next_index, ret_index))
        return true;
    if (wbc->scanned || wbc->done)
        return false;
    wbc->scanned = true;
    wbc->next_index = 0;
    return find_dirty_page(wbc->mapping, 0, ret_index);
}

static void begin_pages(struct writeback_control *wbc, struct address_space *mapping)
{
    wbc->mapping = mapping;
    wbc->page_state = PAGE_FIND;
    wbc->scanned = wbc->sync_all;
    wbc->done = false;
    wbc->group_left = PAGEVEC_SIZE;
    wbc->next_index = wbc->sync_all ? 0 : (uint32_t)mapping->writeback_index;
}

/* Goes on with a page that was waited for. */
static enum step resume_page(struct reclaim *reclaim, struct task *task,
                             struct writeback_control *wbc)
{
    if (wbc->page_state == PAGE_WAIT)
        return wait_on_page(reclaim, task, wbc);
    if (wbc->page_state == PAGE_SUBMIT) {
        if (submit_page(reclaim, task, wbc) == STEP_BLOCKED)
            return STEP_BLOCKED;
        page_over(reclaim, wbc);
    }
    return STEP_DONE;
}

/* Groups are finished even when there is nothing left to write.
 * Kernel: mm/page-writeback.c write_cache_pages() [2.6.24] */
static enum step write_cache_pages(struct reclaim *reclaim, struct task *task,
                                   struct writeback_control *wbc)
{
    uint32_t index;

    if (resume_page(reclaim, task, wbc) == STEP_BLOCKED)
        return STEP_BLOCKED;
    for (;;) {
        if (wbc->group_left == 0) {
            if (wbc->done)
                break;
            wbc->group_left = PAGEVEC_SIZE;
            if (reclaim->preemptible)
                return task_work(task, wbc->work_stall, reclaim->machine->clock->now_ns);
        }
        if (!next_dirty_page(wbc, &index))
            break;
        if (write_page(reclaim, task, wbc, index) == STEP_BLOCKED)
            return STEP_BLOCKED;
    }
    wbc->mapping->writeback_index = wbc->next_index;
    return STEP_DONE;
}

/* ---- files ---- */

/* Its file systems' turn is over when there is no file for it or the first may not be written. */
static struct address_space *next_file(struct reclaim *reclaim, struct writeback_control *wbc)
{
    struct address_space *mapping = reclaim->writeback.inodes[wbc->dev][INODE_LIST_IO].first;

    if (!mapping)
        return NULL;
    if (!mapping_cap_writeback_dirty(mapping)) {
        redirty_tail(reclaim, mapping);
        return NULL;
    }
    if (wbc->nonblocking && bdi_write_congested(&reclaim->devices[wbc->dev])) {
        wbc->encountered_congestion = true;
        return NULL;
    }
    if ((wbc->only_dev != WRITEBACK_ANY_DEVICE && wbc->only_dev != wbc->dev) ||
        mapping->dirtied_when_ns > wbc->begin_ns ||
        (wbc->for_pdflush && reclaim->writeback.shares[wbc->dev].flushing))
        return NULL;
    return mapping;
}

static void begin_device(struct reclaim *reclaim, struct writeback_control *wbc)
{
    wbc->dev--;
    wbc->in_device = true;
    wbc->begin_ns = reclaim->machine->clock->now_ns;
    if (!wbc->for_kupdate || !reclaim->writeback.inodes[wbc->dev][INODE_LIST_IO].first)
        queue_io(reclaim, wbc->dev, wbc->for_kupdate ? wbc->older_than_ns : UINT64_MAX);
}

/* Kernel: fs/fs-writeback.c generic_sync_sb_inodes(), __writeback_single_inode() [2.6.24] */
static bool enter_file(struct reclaim *reclaim, struct writeback_control *wbc)
{
    struct address_space *mapping = wbc->in_device ? next_file(reclaim, wbc) : NULL;

    while (!mapping) {
        if (wbc->dev == 0)
            return false;
        begin_device(reclaim, wbc);
        mapping = next_file(reclaim, wbc);
    }
    wbc->syncing = !mapping->being_written;
    if (wbc->syncing)
        inode_sync_begin(mapping);
    else
        requeue_io(reclaim, mapping);
    if (wbc->for_pdflush)
        reclaim->writeback.shares[wbc->dev].flushing = true;
    wbc->skipped_before = wbc->pages_skipped;
    begin_pages(wbc, mapping);
    return true;
}

static void leave_file(struct reclaim *reclaim, struct writeback_control *wbc)
{
    struct address_space *mapping = wbc->mapping;

    if (wbc->syncing)
        inode_sync_end(reclaim, mapping, wbc->for_kupdate);
    if (wbc->for_pdflush)
        reclaim->writeback.shares[wbc->dev].flushing = false;
    if (wbc->pages_skipped != wbc->skipped_before && mapping->inode_list != INODE_LIST_NONE)
        redirty_tail(reclaim, mapping);
    wbc->mapping = NULL;
}

enum step writeback_inodes(struct reclaim *reclaim, struct task *task,
                           struct writeback_control *wbc)
{
    if (!wbc->begun) {
        wbc->begun = true;
        wbc->dev = reclaim->nr_devices;
    }
    for (;;) {
        if (wbc->mapping) {
            if (write_cache_pages(reclaim, task, wbc) == STEP_BLOCKED)
                return STEP_BLOCKED;
            leave_file(reclaim, wbc);
            if (wbc->nr_to_write <= 0)
                return STEP_DONE;
        }
        if (!enter_file(reclaim, wbc))
            return STEP_DONE;
    }
}

/* ---- fsync ---- */

enum sync_state { SYNC_BEGIN, SYNC_WRITE, SYNC_WAIT };

/* The next page of the file that is under writeback; false: none. Chunks without pages cost O(1).
 */
static bool next_writeback_page(const struct reclaim *reclaim, const struct address_space *mapping,
                                struct file_sync *sync, pfn_t *ret_page)
{
    while (sync->next_index < (uint64_t)mapping->nr_chunks * CACHE_CHUNK_PAGES) {
        uint32_t slot;

        if (!mapping->chunks[sync->next_index / CACHE_CHUNK_PAGES]) {
            sync->next_index += CACHE_CHUNK_PAGES;
            continue;
        }
        slot = find_get_slot(mapping, (uint32_t)sync->next_index);
        if (slot < CACHE_SLOT_EVICTED && page_frame(reclaim, (pfn_t){slot})->flags & PG_writeback) {
            ret_page->nr = slot;
            return true;
        }
        sync->next_index++;
    }
    return false;
}

/* Kernel: mm/filemap.c wait_on_page_writeback_range() [2.6.24] */
static enum step wait_for_writeback(struct reclaim *reclaim, struct task *task,
                                    const struct address_space *mapping, struct file_sync *sync)
{
    pfn_t page;

    if (next_writeback_page(reclaim, mapping, sync, &page))
        return task_sleep(task, STALL_WRITEBACK, UINT64_MAX, page_waitqueue(reclaim, page));
    return STEP_DONE;
}

static void begin_sync(struct address_space *mapping, struct file_sync *sync)
{
    sync->wbc = (struct writeback_control){
        .nr_to_write = (int64_t)mapping->nrpages * 2,
        .sync_all = true,
        .work_stall = STALL_WRITEBACK,
    };
    begin_pages(&sync->wbc, mapping);
    sync->next_index = 0;
    sync->state = SYNC_WRITE;
}

/* The file is clean, unless somebody wrote to it meanwhile.
 * Kernel: fs/ext3/fsync.c ext3_sync_file() [2.6.24] */
static void sync_inode(struct reclaim *reclaim, struct address_space *mapping)
{
    if (mapping->inode_list == INODE_LIST_NONE || mapping->being_written)
        return;
    inode_sync_begin(mapping);
    inode_sync_end(reclaim, mapping, false);
}

enum step file_fsync(struct reclaim *reclaim, struct task *task, struct address_space *mapping,
                     struct file_sync *sync)
{
    if (!mapping_cap_writeback_dirty(mapping))
        return STEP_DONE;
    if (sync->state == SYNC_BEGIN)
        begin_sync(mapping, sync);
    if (sync->state == SYNC_WRITE) {
        if (write_cache_pages(reclaim, task, &sync->wbc) == STEP_BLOCKED)
            return STEP_BLOCKED;
        sync->state = SYNC_WAIT;
    }
    if (wait_for_writeback(reclaim, task, mapping, sync) == STEP_BLOCKED)
        return STEP_BLOCKED;
    sync_inode(reclaim, mapping);
    sync->state = SYNC_BEGIN;
    return STEP_DONE;
}
