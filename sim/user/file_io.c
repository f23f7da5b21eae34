/* SPDX-License-Identifier: MIT */
/* read() and write() through the page cache. */
#include "user/file.h"
#include "user/user_request.h"

enum { IO_NEXT, IO_GET, IO_LOCK, IO_ALLOC, IO_BALANCE };

static void io_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages)
{
    io->state = IO_NEXT;
    io->file = file;
    io->index = index;
    io->left = nr_pages;
    io->failed = 0;
    io->page = PFN_NONE;
}

/* ---- read() ---- */

void file_read_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages)
{
    uint64_t rest = index < file->size_pages ? file->size_pages - index : 0;

    io_begin(io, file, index, nr_pages < rest ? nr_pages : rest);
    io->prev_index = file->ra.prev_pos;
}

/* The page is there: it is copied and let go. */
static void read_page(struct file_io *io, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;

    /* A page that is read in small pieces is marked once. */
    if (io->prev_index != io->index)
        mark_page_accessed(reclaim, io->get.page, cpu);
    io->prev_index = io->index;
    user->work.copied_pages++;
    put_page(reclaim, io->get.page, cpu);
    io->index++;
    io->left--;
}

enum step file_read_step(struct file_io *io, struct user_memory *user, struct user_task *task)
{
    for (; io->left > 0; io->state = IO_NEXT) {
        if (io->state == IO_NEXT)
            file_page_begin(&io->get, io->file, io->index, io->left);
        io->state = IO_GET;
        if (file_page_step(&io->get, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
        if (pfn_is_none(io->get.page)) {
            io->failed = 1;
            break;
        }
        read_page(io, user, task->task->cpu);
    }
    io->state = IO_NEXT;
    io->file->ra.prev_pos = io->prev_index;
    return STEP_DONE;
}

/* ---- write() ---- */

void file_write_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages)
{
    SIM_ASSERT(index + nr_pages < CACHE_SLOT_EVICTED);
    io_begin(io, file, index, nr_pages);
}

/* Enters a fresh page, unless somebody was faster. False: no host memory. */
static bool enter_page(struct file_io *io, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;
    bool refault; /* nothing is read again */

    if (!add_to_page_cache(reclaim, io->file->mapping, (uint32_t)io->index, io->page, cpu,
                           &refault)) {
        reclaim->out_of_memory = true;
        put_page(reclaim, io->page, cpu);
        return false;
    }
    page_frame(reclaim, io->page)->flags |= PG_locked;
    lru_cache_add(reclaim, io->page, cpu);
    return true;
}

/* The page at hand is found or allocated, locked, with a reference.
 * Kernel: mm/filemap.c __grab_cache_page() [2.6.24] */
static enum step grab_page(struct file_io *io, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;

    for (;;) {
        if (io->state == IO_NEXT) {
            io->page = find_cached_page(io->file, io->index);
            if (pfn_is_none(io->page)) {
                page_cache_request_init(&io->request, user, task, mapping_gfp_mask(io->file));
                io->state = IO_ALLOC;
            } else {
                get_page(reclaim, io->page);
                io->state = IO_LOCK;
            }
        }
        if (io->state == IO_LOCK) {
            if (trylock_page(reclaim, io->page))
                return STEP_DONE;
            return task_sleep(task->task, STALL_PAGE_READ, UINT64_MAX,
                              page_waitqueue(reclaim, io->page));
        }
        if (user_request_step(&io->request, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
        io->page = io->request.page;
        if (pfn_is_none(io->page))
            return STEP_DONE;
        if (pfn_is_none(find_cached_page(io->file, io->index))) {
            if (!enter_page(io, user, task->task->cpu))
                io->page = PFN_NONE;
            return STEP_DONE;
        }
        put_page(reclaim, io->page, task->task->cpu);
        io->state = IO_NEXT;
    }
}

/* Kernel: fs/buffer.c generic_write_end() [2.6.24] */
static void write_page(struct file_io *io, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;

    set_page_dirty(reclaim, io->page, cpu);
    page_frame(reclaim, io->page)->flags |= PG_uptodate;
    if (io->file->size_pages <= io->index)
        io->file->size_pages = io->index + 1;
    user->work.copied_pages++;
    unlock_page(reclaim, io->page);
    put_page(reclaim, io->page, cpu);
    io->page = PFN_NONE;
}

/* Reclaim may wait for the queue that the task itself fills.
 * Kernel: mm/filemap.c __generic_file_aio_write_nolock() [2.6.24], current->backing_dev_info */
static void set_writing_dev(struct task *task, const struct address_space *mapping)
{
    if (task->reclaim_state)
        task->reclaim_state->writing_dev =
            mapping && !mapping->memory_only ? mapping->backing_dev + 1 : 0;
}

enum step file_write_step(struct file_io *io, struct user_memory *user, struct user_task *task)
{
    struct address_space *mapping = io->file->mapping;

    set_writing_dev(task->task, mapping);
    for (; io->left > 0; io->index++, io->left--, io->state = IO_NEXT) {
        if (io->state != IO_BALANCE) {
            if (grab_page(io, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (pfn_is_none(io->page)) {
                io->failed = 1;
                break;
            }
            write_page(io, user, task->task->cpu);
            io->balance = (struct balance_dirty){0};
            io->state = IO_BALANCE;
        }
        if (balance_dirty_pages_ratelimited(user->reclaim, task->task, mapping, &io->balance) ==
            STEP_BLOCKED)
            return STEP_BLOCKED;
    }
    io->state = IO_NEXT;
    set_writing_dev(task->task, NULL);
    return STEP_DONE;
}

const struct alloc_request *file_io_request(const struct file_io *io)
{
    if (io->state == IO_GET)
        return file_page_request(&io->get);
    return io->state == IO_ALLOC ? &io->request : NULL;
}
