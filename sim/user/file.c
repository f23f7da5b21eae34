/* SPDX-License-Identifier: MIT */
/* Getting pages of files: for read() and for page faults. */
#include "user/file.h"

#include "user/user_request.h"

enum { PAGE_FIND, PAGE_READ, PAGE_FIND_AGAIN, PAGE_READ_ALONE, PAGE_READ_AHEAD, PAGE_WAIT };

/* A file whose faults miss that much more often than they hit gets no more pages around them. */
enum { MMAP_LOTSAMISS = 100 };

bool file_init(struct file *file, struct reclaim *reclaim, const struct file_spec *spec)
{
    struct address_space *mapping = address_space_create(reclaim, spec->device);

    if (!mapping)
        return false;
    SIM_ASSERT(spec->device < reclaim->nr_devices && spec->pages < CACHE_SLOT_EVICTED);
    mapping->writepage = spec->writepage;
    mapping->memory_only =
        spec->writepage == WRITEPAGE_NONE || spec->writepage == WRITEPAGE_ACTIVATES;
    mapping->first_sector_page = spec->first_sector_page;
    mapping->host = file;
    *file = (struct file){.spec = spec, .mapping = mapping, .size_pages = spec->pages};
    file->ra.prev_pos = RA_PREV_NONE;
    return true;
}

static void begin(struct file_page *get, struct file *file, uint64_t index, uint64_t req_pages,
                  bool fault)
{
    SIM_ASSERT(index < file->size_pages);
    get->state = PAGE_FIND;
    get->fault = fault;
    get->did_readaround = get->major = false;
    get->was_cached = true;
    get->file = file;
    get->index = index;
    get->req_pages = req_pages;
    get->page = PFN_NONE;
}

void file_page_begin(struct file_page *get, struct file *file, uint64_t index, uint64_t req_pages)
{
    begin(get, file, index, req_pages, false);
}

void file_fault_begin(struct file_page *get, struct file *file, uint64_t index)
{
    begin(get, file, index, 1, true);
}

/* Kernel: include/linux/backing-dev.h bdi_read_congested() [2.6.24] */
static bool bdi_read_congested(const struct reclaim *reclaim, const struct file *file)
{
    return reclaim->devices[file->mapping->backing_dev].congested[IO_READ];
}

/* Kernel: mm/readahead.c max_sane_readahead() [2.6.24] */
static uint32_t max_sane_readahead(const struct machine *machine, unsigned cpu)
{
    const struct zone *zones = &machine->zones[machine->cpu_nid[cpu] * MAX_NR_ZONES];
    uint64_t pages = 0;

    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        pages +=
            zone_page_state(&zones[i], NR_INACTIVE) + zone_page_state(&zones[i], NR_FREE_PAGES);
    return pages / 2 < READAHEAD_MAX_PAGES ? (uint32_t)(pages / 2) : READAHEAD_MAX_PAGES;
}

/* The missing page alone. */
static void read_alone(struct file_page *get)
{
    readahead_range(&get->read, get->file, get->index, 1, get->index);
    get->state = PAGE_READ_ALONE;
}

/* What filemap_fault() does about a page that is not there. */
static void miss_fault(struct file_page *get, struct user_memory *user, const struct task *task)
{
    struct file *file = get->file;
    uint32_t around = 0;

    if (++file->ra.mmap_miss > MMAP_LOTSAMISS) {
        read_alone(get);
        return;
    }
    if (!file->mapping->memory_only)
        around = max_sane_readahead(user->reclaim->machine, task->cpu);
    get->did_readaround = get->major = true;
    get->state = PAGE_FIND_AGAIN;
    if (around > 0 && !bdi_read_congested(user->reclaim, file)) {
        uint64_t start = get->index > around / 2 ? get->index - around / 2 : 0;

        readahead_range(&get->read, file, start, around, get->index);
        get->state = PAGE_READ;
    }
}

static void miss(struct file_page *get, struct user_memory *user, const struct task *task)
{
    struct file *file = get->file;
    bool first = get->was_cached;

    get->was_cached = false;
    if (get->fault) {
        miss_fault(get, user, task);
        return;
    }
    user->work.cache_misses += first;
    /* A file system in memory has no readahead window. */
    if (file->mapping->memory_only) {
        read_alone(get);
        return;
    }
    get->state = ondemand_readahead(&get->read, file, false, get->index, get->req_pages)
                     ? PAGE_READ
                     : PAGE_FIND_AGAIN;
}

/* The reader came to a marked page: the next window is due.
 * Kernel: mm/readahead.c page_cache_async_readahead() [2.6.24] */
static bool async_readahead(struct file_page *get, struct reclaim *reclaim)
{
    struct frame *frame = page_frame(reclaim, get->page);

    /* The bit is PG_reclaim during writeback. */
    if (frame->flags & PG_writeback)
        return false;
    frame->flags &= (uint16_t)~PG_readahead;
    return !bdi_read_congested(reclaim, get->file) &&
           ondemand_readahead(&get->read, get->file, true, get->index, get->req_pages);
}

/* Looks the page up and takes a reference. */
static bool find_page(struct file_page *get, struct reclaim *reclaim)
{
    get->page = find_cached_page(get->file, get->index);
    if (pfn_is_none(get->page))
        return false;
    get_page(reclaim, get->page);
    get->state = PAGE_WAIT;
    if (SIM_UNLIKELY(page_frame(reclaim, get->page)->flags & PG_readahead) && !get->fault &&
        async_readahead(get, reclaim))
        get->state = PAGE_READ_AHEAD;
    return true;
}

static enum step wait_for_page(struct file_page *get, struct user_memory *user, struct task *task)
{
    struct reclaim *reclaim = user->reclaim;
    struct frame *frame = page_frame(reclaim, get->page);
    struct file_ra_state *ra = &get->file->ra;

    /* A fault takes the lock of the page, a read() only waits for its contents. */
    if (frame->flags & PG_locked && (get->fault || !(frame->flags & PG_uptodate)))
        return task_sleep(task, STALL_PAGE_READ, UINT64_MAX, page_waitqueue(reclaim, get->page));
    SIM_ASSERT(frame->flags & PG_uptodate);
    if (!get->fault) {
        user->work.cache_hits += get->was_cached;
        return STEP_DONE;
    }
    if (!get->did_readaround)
        ra->mmap_miss--;
    mark_page_accessed(reclaim, get->page, task->cpu);
    ra->prev_pos = get->index;
    return STEP_DONE;
}

/* After the attempt to read the page alone. False: no memory for it. */
static bool read_alone_done(struct file_page *get, struct reclaim *reclaim)
{
    if (find_page(get, reclaim))
        return true;
    /* It came and went again while we waited, or there is none. */
    get->state = PAGE_FIND;
    return !get->read.failed;
}

enum step file_page_step(struct file_page *get, struct user_memory *user, struct user_task *task)
{
    for (;;) {
        switch (get->state) {
        case PAGE_FIND:
            if (!find_page(get, user->reclaim))
                miss(get, user, task->task);
            break;
        case PAGE_FIND_AGAIN:
            if (!find_page(get, user->reclaim))
                read_alone(get);
            break;
        case PAGE_WAIT:
            return wait_for_page(get, user, task->task);
        default:
            if (readahead_step(&get->read, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (get->state == PAGE_READ_ALONE) {
                if (!read_alone_done(get, user->reclaim))
                    return STEP_DONE;
            } else {
                get->state = get->state == PAGE_READ ? PAGE_FIND_AGAIN : PAGE_WAIT;
            }
        }
    }
}

const struct alloc_request *file_page_request(const struct file_page *get)
{
    bool reading =
        get->state == PAGE_READ || get->state == PAGE_READ_ALONE || get->state == PAGE_READ_AHEAD;

    return reading && get->read.allocating ? &get->read.request : NULL;
}
