/* SPDX-License-Identifier: MIT */
/* Windows of readahead after 2.6.24's ondemand rules, and the start of their reads. */
#include "user/readahead.h"

#include "base/units.h"
#include "user/user_request.h"

enum { RA_ALLOC, RA_ADD, RA_SUBMIT };

/* ---- which pages ---- */

static uint32_t min_pages(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

/* Kernel: mm/readahead.c get_init_ra_size() [2.6.24] */
static uint32_t get_init_ra_size(uint64_t req_pages)
{
    const uint32_t max = READAHEAD_MAX_PAGES;
    uint32_t size = 1;

    while (size < req_pages && size < max)
        size *= 2;
    if (size <= max / 32)
        return size * 4;
    return size <= max / 4 ? size * 2 : max;
}

/* Kernel: mm/readahead.c get_next_ra_size() [2.6.24] */
static uint32_t get_next_ra_size(uint32_t size)
{
    const uint32_t max = READAHEAD_MAX_PAGES;

    return min_pages((uint64_t)size * (size < max / 16 ? 4 : 2), max);
}

/* The first page from `index` on that is not in the cache, looking at no more than `max`. */
static uint64_t next_hole(const struct file *file, uint64_t index, unsigned max)
{
    for (unsigned i = 0; i < max && !pfn_is_none(find_cached_page(file, index)); i++)
        index++;
    return index;
}

/* The first `nr` pages from `start` on, the last `lookahead` of them behind the marker. */
static void set_range(struct readahead *read, struct file *file, uint64_t start, uint32_t nr,
                      uint32_t lookahead, uint64_t asked)
{
    SIM_ASSERT(nr <= READAHEAD_MAX_PAGES && lookahead <= nr);
    read->state = RA_ALLOC;
    read->allocating = read->request_waiting = read->failed = false;
    read->file = file;
    read->start = start;
    read->asked = asked;
    read->nr = start < file->size_pages ? min_pages(nr, file->size_pages - start) : 0;
    read->marker = nr - lookahead;
    read->pos = 0;
}

void readahead_range(struct readahead *read, struct file *file, uint64_t start, uint32_t nr,
                     uint64_t asked)
{
    set_range(read, file, start, nr, 0, asked);
}

/* Kernel: mm/readahead.c ra_submit() [2.6.24] */
static bool set_window(struct readahead *read, struct file *file, uint64_t asked)
{
    const struct file_ra_state *ra = &file->ra;

    set_range(read, file, ra->start, ra->size, ra->async_size, asked);
    return true;
}

bool ondemand_readahead(struct readahead *read, struct file *file, bool hit_marker, uint64_t index,
                        uint64_t req_pages)
{
    struct file_ra_state *ra = &file->ra;
    const uint32_t max = READAHEAD_MAX_PAGES;

    if (index > 0 &&
        (index == ra->start + ra->size - ra->async_size || index == ra->start + ra->size)) {
        ra->start += ra->size;
        ra->size = ra->async_size = get_next_ra_size(ra->size);
        return set_window(read, file, index);
    }

    /* The difference wraps: page 0 follows RA_PREV_NONE. */
    bool sequential = index - ra->prev_pos <= 1 || req_pages > max;

    if (!hit_marker && !sequential) {
        set_range(read, file, index, (uint32_t)req_pages, 0, index);
        return true;
    }
    if (hit_marker) {
        uint64_t start = next_hole(file, index, max + 1);

        if (start - index > max)
            return false;
        ra->start = start;
        ra->size = ra->async_size = get_next_ra_size((uint32_t)(start - index));
        return set_window(read, file, index);
    }
    ra->start = index;
    ra->size = get_init_ra_size(req_pages);
    ra->async_size = ra->size > req_pages ? ra->size - (uint32_t)req_pages : ra->size;
    return set_window(read, file, index);
}

/* ---- reading them ---- */

static enum step fill_pool(struct readahead *read, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;

    for (; read->pos < read->nr; read->pos++) {
        uint32_t *pfn = &read->pool[read->pos];

        if (!read->allocating) {
            *pfn = UINT32_MAX;
            if (!pfn_is_none(find_cached_page(read->file, read->start + read->pos)))
                continue;
            page_cache_request_init(&read->request, user, task,
                                    mapping_gfp_mask(read->file) | GFP_BIT_COLD);
            read->allocating = true;
        }
        if (user_request_step(&read->request, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
        read->allocating = false;
        if (pfn_is_none(read->request.page)) {
            read->failed = true;
            read->nr = read->pos;
            break;
        }
        *pfn = read->request.page.nr;
        if (read->pos == read->marker)
            page_frame(reclaim, read->request.page)->flags |= PG_readahead;
    }
    return STEP_DONE;
}

/* False: somebody else entered that page meanwhile, or there is no host memory. */
static bool add_page(struct readahead *read, struct user_memory *user, uint32_t pos, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;
    uint64_t index = read->start + pos;
    pfn_t page = {read->pool[pos]};
    bool refault = false;

    if (!pfn_is_none(find_cached_page(read->file, index)))
        return false;
    if (!add_to_page_cache(reclaim, read->file->mapping, (uint32_t)index, page, cpu, &refault)) {
        reclaim->out_of_memory = read->failed = true;
        return false;
    }
    page_frame(reclaim, page)->flags |= PG_locked;
    lru_cache_add(reclaim, page, cpu);
    user->work.refaults += refault;
    user->work.readahead_pages += index != read->asked;
    return true;
}

/* Enters the pages that adjoin into the cache: what is one bio. False: all are done. */
static bool add_run(struct readahead *read, struct user_memory *user, unsigned cpu)
{
    uint32_t pos = read->pos;

    while (pos < read->nr && read->pool[pos] == UINT32_MAX)
        pos++;
    read->pos = pos;
    for (; pos < read->nr && read->pool[pos] != UINT32_MAX; pos++) {
        pfn_t page = {read->pool[pos]};

        if (!add_page(read, user, pos, cpu))
            read->pool[pos] = UINT32_MAX;
        put_page(user->reclaim, page, cpu);
    }
    read->run_end = pos;
    return pos > read->pos;
}

/* What has no device to read from is there at once.
 * Kernel: fs/libfs.c simple_readpage() [2.6.24] */
static void fill_at_once(struct reclaim *reclaim, pfn_t page)
{
    page_frame(reclaim, page)->flags |= PG_uptodate;
    unlock_page(reclaim, page);
}

static void tell_request_wait(struct readahead *read, struct reclaim *reclaim,
                              const struct task *task)
{
    struct reclaim_event event = {
        .kind = RECLAIM_REQUEST_WAIT,
        .task = task,
        .dev = read->file->mapping->backing_dev,
        .begin_ns = read->wait_begin_ns,
    };

    read->request_waiting = false;
    reclaim_tell(reclaim, &event);
}

/* Kernel: block/ll_rw_blk.c get_request_wait() [2.6.24] */
static enum step submit_page(struct readahead *read, struct reclaim *reclaim, struct task *task)
{
    const struct address_space *mapping = read->file->mapping;
    struct backing_dev *dev = &reclaim->devices[mapping->backing_dev];
    uint64_t sector_page = mapping->first_sector_page + read->start + read->pos;
    pfn_t page = {read->pool[read->pos]};

    if (mapping->memory_only) {
        fill_at_once(reclaim, page);
        return STEP_DONE;
    }
    if (backing_dev_full(dev, IO_READ, sector_page)) {
        if (!read->request_waiting)
            read->wait_begin_ns = reclaim->machine->clock->now_ns;
        read->request_waiting = true;
        return task_sleep(task, STALL_GET_REQUEST, UINT64_MAX, &dev->waiters[IO_READ]);
    }
    if (read->request_waiting)
        tell_request_wait(read, reclaim, task);
    backing_dev_submit(reclaim, mapping->backing_dev, IO_READ, sector_page, page, task->cpu);
    return STEP_DONE;
}

enum step readahead_step(struct readahead *read, struct user_memory *user, struct user_task *task)
{
    if (read->state == RA_ALLOC) {
        if (fill_pool(read, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
        read->pos = 0;
        read->state = RA_ADD;
    }
    for (;;) {
        if (read->state == RA_ADD && !add_run(read, user, task->task->cpu))
            return STEP_DONE;
        for (read->state = RA_SUBMIT; read->pos < read->run_end; read->pos++)
            if (read->pool[read->pos] != UINT32_MAX &&
                submit_page(read, user->reclaim, task->task) == STEP_BLOCKED)
                return STEP_BLOCKED;
        read->state = RA_ADD;
    }
}
