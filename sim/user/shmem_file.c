/* SPDX-License-Identifier: MIT */
/* shmem_getpage() as a state machine, and the files it works on. */
#include "user/shmem_file.h"

#include <stdlib.h>

#include "reclaim/shmem.h"
#include "user/user_request.h"

enum shmem_state {
    SHMEM_FIND,
    SHMEM_SWAPIN,         /* shmem_swapin() */
    SHMEM_WAIT_LOCK,      /* somebody works on the page in the swap cache */
    SHMEM_WAIT_WRITEBACK, /* ... it is locked by us and being written */
    SHMEM_ALLOC,          /* a new page */
    SHMEM_DONE,
};

/* ---- the files ---- */

/* One that was used before, or a new one. */
static struct file *take_file(struct user_memory *user)
{
    struct file *file;

    if (user->free_shmem_files.count > 0)
        return user->free_shmem_files.items[--user->free_shmem_files.count];
    /* So that shmem_file_put() has room. */
    if (!vec_reserve(&user->shmem_files, user->shmem_files.count + 1) ||
        !vec_reserve(&user->free_shmem_files, user->shmem_files.count + 1))
        return NULL;
    file = calloc(1, sizeof(*file));
    if (!file)
        return NULL;
    file->mapping = address_space_create(user->reclaim, 0);
    if (!file->mapping) {
        free(file);
        return NULL;
    }
    file->mapping->host = file;
    user->shmem_files.items[user->shmem_files.count++] = file;
    return file;
}

struct file *shmem_file_setup(struct user_memory *user, uint64_t nr_pages)
{
    struct file *file = take_file(user);

    if (!file)
        return NULL;
    if (!shmem_init(file->mapping, nr_pages)) {
        user->free_shmem_files.items[user->free_shmem_files.count++] = file;
        return NULL;
    }
    file->size_pages = nr_pages;
    return file;
}

void shmem_file_put(struct user_memory *user, struct file *file, unsigned cpu)
{
    SIM_ASSERT(!file->first_mmap);
    shmem_delete(user->reclaim, file->mapping, cpu);
    user->free_shmem_files.items[user->free_shmem_files.count++] = file;
}

void shmem_files_fini(struct user_memory *user)
{
    for (size_t i = 0; i < user->shmem_files.count; i++)
        free(user->shmem_files.items[i]);
    vec_fini(&user->shmem_files);
    vec_fini(&user->free_shmem_files);
}

/* ---- getting a page ---- */

void shmem_page_begin(struct shmem_page *get, const struct vm_area *area, uint64_t index)
{
    get->state = SHMEM_FIND;
    get->major = false;
    get->area = area;
    get->index = index;
    get->page = get->swap_page = PFN_NONE;
}

static struct address_space *mapping_of(const struct shmem_page *get)
{
    return get->area->file->mapping;
}

static void found(struct shmem_page *get, struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    get->page = page;
    mark_page_accessed(reclaim, page, cpu);
    get->state = SHMEM_DONE;
}

/* The page is in the swap cache. */
static void find_in_swap_cache(struct shmem_page *get, struct reclaim *reclaim, pfn_t page,
                               unsigned cpu)
{
    get_page(reclaim, page);
    get->swap_page = page;
    if (!trylock_page(reclaim, page)) {
        get->state = SHMEM_WAIT_LOCK;
        return;
    }
    if (page_frame(reclaim, page)->flags & PG_writeback) {
        get->state = SHMEM_WAIT_WRITEBACK;
        return;
    }
    shmem_move_from_swap_cache(reclaim, mapping_of(get), get->index, page, cpu);
    unlock_page(reclaim, page);
    found(get, reclaim, page, cpu);
}

static enum step find(struct shmem_page *get, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    const swap_entry *slot = shmem_swp_alloc(mapping_of(get), get->index);
    pfn_t page = find_cached_page(get->area->file, get->index);

    if (!slot) {
        reclaim->out_of_memory = true;
        get->state = SHMEM_DONE;
    } else if (!pfn_is_none(page)) {
        if (page_frame(reclaim, page)->flags & PG_locked)
            return task_sleep(task->task, STALL_PAGE_READ, UINT64_MAX,
                              page_waitqueue(reclaim, page));
        get_page(reclaim, page);
        found(get, reclaim, page, task->task->cpu);
    } else if (*slot == SWAP_NONE) {
        area_request_init(&get->request, user, task, mapping_gfp_mask(get->area->file), get->area,
                          get->index - get->area->file_first_page);
        get->state = SHMEM_ALLOC;
    } else if (pfn_is_none(lookup_swap_cache(reclaim, *slot))) {
        get->major = true;
        get->entry = *slot;
        swapin_begin(&get->swapin, *slot, get->area, get->index - get->area->file_first_page);
        get->state = SHMEM_SWAPIN;
    } else {
        find_in_swap_cache(get, reclaim, lookup_swap_cache(reclaim, *slot), task->task->cpu);
    }
    return STEP_DONE;
}

/* Its read is over; then it is looked up like any other. */
static void swapin_done(struct shmem_page *get, struct reclaim *reclaim, unsigned cpu)
{
    get->state = SHMEM_FIND;
    if (!pfn_is_none(get->swapin.page))
        put_page(reclaim, get->swapin.page, cpu);
    else if (shmem_swp_entry(mapping_of(get), get->index) == get->entry)
        get->state = SHMEM_DONE;
}

/* There is a new page, or none; somebody may have been faster. */
static void allocated(struct shmem_page *get, struct reclaim *reclaim, unsigned cpu)
{
    pfn_t page = get->request.page;
    bool refault; /* nothing is read again */

    get->state = SHMEM_DONE;
    if (pfn_is_none(page))
        return;
    if (!pfn_is_none(find_cached_page(get->area->file, get->index)) ||
        shmem_swp_entry(mapping_of(get), get->index) != SWAP_NONE) {
        put_page(reclaim, page, cpu);
        get->state = SHMEM_FIND;
    } else if (add_to_page_cache(reclaim, mapping_of(get), (uint32_t)get->index, page, cpu,
                                 &refault)) {
        lru_cache_add(reclaim, page, cpu);
        reclaim->machine->work.zeroed_pages++;
        page_frame(reclaim, page)->flags |= PG_uptodate;
        found(get, reclaim, page, cpu);
    } else {
        reclaim->out_of_memory = true;
        put_page(reclaim, page, cpu);
    }
}

/* Until nobody works on the page in the swap cache any more. */
static enum step wait_for_swap_page(struct shmem_page *get, struct reclaim *reclaim,
                                    struct task *task)
{
    bool ours = get->state == SHMEM_WAIT_WRITEBACK;

    if (page_frame(reclaim, get->swap_page)->flags & (ours ? PG_writeback : PG_locked))
        return task_sleep(task, ours ? STALL_WRITEBACK : STALL_SWAPIN, UINT64_MAX,
                          page_waitqueue(reclaim, get->swap_page));
    if (ours)
        unlock_page(reclaim, get->swap_page);
    put_page(reclaim, get->swap_page, task->cpu);
    get->swap_page = PFN_NONE;
    get->state = SHMEM_FIND;
    return STEP_DONE;
}

enum step shmem_page_step(struct shmem_page *get, struct user_memory *user, struct user_task *task)
{
    enum step step = STEP_DONE;

    while (get->state != SHMEM_DONE && step == STEP_DONE) {
        switch ((enum shmem_state)get->state) {
        case SHMEM_FIND:
            step = find(get, user, task);
            break;
        case SHMEM_SWAPIN:
            step = swapin_step(&get->swapin, user, task);
            if (step == STEP_DONE)
                swapin_done(get, user->reclaim, task->task->cpu);
            break;
        case SHMEM_ALLOC:
            step = user_request_step(&get->request, user, task);
            if (step == STEP_DONE)
                allocated(get, user->reclaim, task->task->cpu);
            break;
        default:
            step = wait_for_swap_page(get, user->reclaim, task->task);
        }
    }
    return step;
}

const struct alloc_request *shmem_page_request(const struct shmem_page *get)
{
    if (get->state == SHMEM_SWAPIN)
        return swapin_request(&get->swapin);
    return get->state == SHMEM_ALLOC ? &get->request : NULL;
}
