/* SPDX-License-Identifier: MIT */
/* The operations of user space as state machines. */
#include "user/user_call.h"

#include "base/fixed.h"
#include "base/units.h"
#include "user/user_policy.h"

enum call_state { CALL_BEGUN, CALL_UNDER_WAY, CALL_DONE };

#define PACE_NS NSEC_PER_MSEC

static enum step end(struct user_call *call, enum user_result result)
{
    call->result = (uint8_t)result;
    call->state = CALL_DONE;
    return STEP_DONE;
}

static enum step end_no_host_memory(struct user_call *call, struct user_memory *user)
{
    user->reclaim->out_of_memory = true;
    return end(call, USER_NO_MEMORY);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- pauses between accesses ---- */

/* Accesses that may have begun by now. */
static uint64_t allowed_by_rate(const struct user_call *call, uint64_t rate, uint64_t now_ns)
{
    return (uint64_t)((uint128)(now_ns - call->begin_ns) * rate / NSEC_PER_SEC) + 1;
}

/* When the next access may begin: the end of the millisecond in which it is due. */
static uint64_t due_ns(const struct user_call *call, uint64_t rate)
{
    uint128 after_ns = ((uint128)call->done * NSEC_PER_SEC + rate - 1) / rate;

    return call->begin_ns + (uint64_t)((after_ns + PACE_NS - 1) / PACE_NS * PACE_NS);
}

/*
 * Before an access: whether the task may go on, and for how many accesses. STEP_DONE may also mean
 * that the call is over.
 */
static enum step may_go_on(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    uint64_t now_ns = user->reclaim->machine->clock->now_ns;
    uint64_t rate = call->spec->access.rate_pages_per_s;

    if (SIM_UNLIKELY(task->process.sigkill))
        return end(call, USER_KILLED);
    if (call->quantum_left > 0)
        return STEP_DONE;
    if (rate > 0 && allowed_by_rate(call, rate, now_ns) <= call->done) {
        call->quantum_over = false;
        return task_sleep(task->task, STALL_NONE, due_ns(call, rate), NULL);
    }
    if (call->quantum_over && user->reclaim->preemptible) {
        call->quantum_over = false;
        return task_work(task->task, STALL_NONE, now_ns);
    }
    call->quantum_over = true;
    call->quantum_left = USER_QUANTUM;
    if (rate > 0)
        call->quantum_left =
            min_u64(USER_QUANTUM, allowed_by_rate(call, rate, now_ns) - call->done);
    return STEP_DONE;
}

static void note_done(struct user_call *call, uint64_t nr)
{
    call->done += nr;
    call->quantum_left -= min_u64(call->quantum_left, nr);
}

/* ---- memory accesses ---- */

static enum step begin_touch(struct user_call *call, struct user_memory *user,
                             struct user_task *task)
{
    call->area = find_vma(&task->mm, call->spec->region);
    if (!call->area)
        return end(call, USER_BAD_REGION);
    if (!access_init(&call->access, &call->spec->access, call->area->nr_pages, &task->rng,
                     &user->zipf_tables))
        return end_no_host_memory(call, user);
    return STEP_DONE;
}

/* The entries of a large region are in no cache: all those drawn together are waited for once. */
static void prefetch_entries(struct user_call *call)
{
    const uint64_t *pages;
    unsigned nr = access_draw_ahead(&call->access, &pages);

    for (unsigned i = 0; i < nr; i++)
        __builtin_prefetch(vm_area_pte(call->area, pages[i]), true);
}

/* Accesses present pages until one faults or it is time for a pause. */
static void touch_present(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    bool write = call->spec->write;
    uint64_t nr = 0;
    uint64_t page;

    (void)task;

    while (!call->in_access && nr < call->quantum_left) {
        prefetch_entries(call);
        if (!access_next(&call->access, &page)) {
            end(call, USER_OK);
            break;
        }
        nr++;
        if (SIM_UNLIKELY(!access_present(call->area, page, write))) {
            fault_begin(&call->fault, call->area, page, write);
            call->in_access = true;
        }
    }
    user->work.accesses += nr;
    note_done(call, nr);
}

/* What a fault that failed means for the task. */
static void end_of_fault(struct user_call *call, const struct user_task *task)
{
    call->in_access = false;
    if (call->fault.failed)
        end(call, task->process.sigkill ? USER_KILLED : USER_NO_MEMORY);
}

/* Faults one after the other, and `next` for what lies between them. */
static enum step
step_pages(struct user_call *call, struct user_memory *user, struct user_task *task,
           void (*next)(struct user_call *call, struct user_memory *user, struct user_task *task))
{
    while (call->state != CALL_DONE) {
        if (call->in_access) {
            if (fault_step(&call->fault, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            end_of_fault(call, task);
        } else {
            if (may_go_on(call, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (call->state != CALL_DONE)
                next(call, user, task);
        }
    }
    return STEP_DONE;
}

/* ---- mlock ---- */

/* A page that is there counts as accessed once more. Kernel: mm/memory.c follow_page() [2.6.24] */
static void follow_page(struct user_call *call, struct user_memory *user, unsigned cpu)
{
    mark_page_accessed(user->reclaim, (pfn_t){pte_value(*vm_area_pte(call->area, call->page))},
                       cpu);
    call->page++;
    user->work.accesses++;
    note_done(call, 1);
}

/*
 * A page of a private region must be the task's own: what it had of a file is copied.
 * DEVIATION: 2.6.24 brings the pages of shared regions in by write faults, too, if they are
 * writable, and so dirties all of them; here they count as read-only.
 */
static bool is_there(const struct vm_area *area, uint64_t page)
{
    const pte *entry = vm_area_pte(area, page);

    return entry && *entry & PTE_PRESENT && (area->shared || *entry & PTE_WRITE);
}

/* The next page, if any. Kernel: mm/mlock.c mlock_fixup(), mm/memory.c make_pages_present()
 * [2.6.24]
 */
static void mlock_page(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    struct vm_area *area = call->area;

    if (call->page == area->nr_pages) {
        end(call, USER_OK);
    } else if (is_there(area, call->page)) {
        follow_page(call, user, task->task->cpu);
    } else {
        fault_begin(&call->fault, area, call->page, !area->shared);
        call->in_access = true;
    }
}

static enum step begin_mlock(struct user_call *call, struct user_task *task)
{
    call->area = find_vma(&task->mm, call->spec->region);
    if (!call->area)
        return end(call, USER_BAD_REGION);
    if (call->area->locked)
        return end(call, USER_OK);
    call->area->locked = true;
    return STEP_DONE;
}

static enum step munlock(struct user_call *call, struct user_task *task)
{
    struct vm_area *area = find_vma(&task->mm, call->spec->region);

    if (!area)
        return end(call, USER_BAD_REGION);
    area->locked = false;
    return end(call, USER_OK);
}

/* ---- regions ---- */

static enum step map(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    const struct user_op_spec *spec = call->spec;
    struct file *file = spec->op == USER_MMAP ? &user->files[spec->file] : NULL;
    uint64_t first_page = file ? spec->access.first_page : 0;
    uint64_t nr_pages = file ? spec->access.nr_pages : spec->nr_pages;

    if (file && nr_pages == 0 && first_page < file->size_pages)
        nr_pages = file->size_pages - first_page;
    if (nr_pages == 0 || find_vma(&task->mm, spec->region))
        return end(call, USER_BAD_REGION);
    if (file && file->mapping->nr_mmap >= FILE_MMAPS_MAX)
        return end(call, USER_TOO_MANY);
    if (spec->op == USER_ANON && spec->shared) {
        file = shmem_file_setup(user, nr_pages);
        if (!file)
            return end_no_host_memory(call, user);
    }
    if (!mmap_region(&task->mm, spec->region, nr_pages, file, first_page,
                     file && !spec->private_copy)) {
        if (spec->op == USER_ANON && file)
            shmem_file_put(user, file, task->task->cpu);
        return end_no_host_memory(call, user);
    }
    task->process.total_vm_pages += nr_pages;
    return end(call, spec->policy.mode == MPOL_DEFAULT ? USER_OK : user_mbind(user, task, spec));
}

static enum step unmap(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    struct vm_area *area = find_vma(&task->mm, call->spec->region);

    if (!area)
        return end(call, USER_BAD_REGION);
    task->process.total_vm_pages -= area->nr_pages;
    unmap_region(user, area, task->task->cpu);
    return end(call, USER_OK);
}

/* ---- files ---- */

static enum step begin_io(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    const struct access_spec *spec = &call->spec->access;
    uint64_t size_pages = user->files[call->spec->file].size_pages;

    /* A write may go past the end. */
    if (call->spec->op == USER_WRITE && spec->first_page + spec->nr_pages > size_pages)
        size_pages = spec->first_page + spec->nr_pages;
    if (!access_init(&call->access, spec, size_pages, &task->rng, &user->zipf_tables))
        return end_no_host_memory(call, user);
    return STEP_DONE;
}

static void begin_block(struct user_call *call, struct user_memory *user)
{
    struct file *file = &user->files[call->spec->file];
    uint64_t page;

    if (!access_next_block(&call->access, call->spec->block_pages, &page, &call->nr_pages)) {
        end(call, USER_OK);
        return;
    }
    if (call->spec->op == USER_READ)
        file_read_begin(&call->io, file, page, call->nr_pages);
    else
        file_write_begin(&call->io, file, page, call->nr_pages);
    call->in_access = true;
}

static enum step step_block(struct user_call *call, struct user_memory *user,
                            struct user_task *task)
{
    enum step step = call->spec->op == USER_READ ? file_read_step(&call->io, user, task)
                                                 : file_write_step(&call->io, user, task);

    if (step == STEP_BLOCKED)
        return step;
    call->in_access = false;
    user->work.accesses += call->nr_pages;
    note_done(call, call->nr_pages);
    if (call->io.failed)
        end(call, task->process.sigkill ? USER_KILLED : USER_NO_MEMORY);
    return STEP_DONE;
}

static enum step step_io(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    while (call->state != CALL_DONE) {
        if (call->in_access) {
            if (step_block(call, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
        } else {
            if (may_go_on(call, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (call->state != CALL_DONE)
                begin_block(call, user);
        }
    }
    return STEP_DONE;
}

static enum step step_fsync(struct user_call *call, struct user_memory *user,
                            struct user_task *task)
{
    if (file_fsync(user->reclaim, task->task, user->files[call->spec->file].mapping, &call->sync) ==
        STEP_BLOCKED)
        return STEP_BLOCKED;
    return end(call, USER_OK);
}

/* Kernel: fs/drop_caches.c drop_caches_sysctl_handler() [2.6.24] */
static enum step drop_caches(struct user_call *call, struct user_memory *user,
                             struct user_task *task)
{
    if (call->spec->drop & 1)
        drop_pagecache(user, task->task->cpu);
    if (call->spec->drop & 2)
        drop_slab(user, task->task);
    return end(call, USER_OK);
}

/* ---- slab objects ---- */

/* The task's count for a cache; NULL: no host memory. */
static uint64_t *slab_objects(struct user_memory *user, struct user_task *task, uint32_t cache)
{
    if (!vec_reserve(&task->slab_objects, user->nr_caches))
        return NULL;
    while (task->slab_objects.count < user->nr_caches)
        task->slab_objects.items[task->slab_objects.count++] = 0;
    return &task->slab_objects.items[cache];
}

/* As many objects as fill the pages of a quantum. */
static void begin_objects(struct user_call *call, struct user_memory *user)
{
    struct slab_cache *cache = &user->caches[call->spec->cache];
    uint64_t left = call->spec->count - call->done;

    if (left == 0) {
        end(call, USER_OK);
        return;
    }
    call->nr_pages = min_u64(left, (uint64_t)USER_QUANTUM * cache->cache->layout.objects);
    call->slab =
        (struct slab_alloc){.cache = cache, .left = call->nr_pages, .gfp = call->spec->gfp};
    call->in_access = true;
}

static enum step step_objects(struct user_call *call, struct user_memory *user,
                              struct user_task *task)
{
    uint64_t *held = slab_objects(user, task, call->spec->cache);

    if (!held)
        return end_no_host_memory(call, user);
    if (slab_alloc_step(&call->slab, user, task) == STEP_BLOCKED)
        return STEP_BLOCKED;
    call->in_access = false;
    *held += call->nr_pages - call->slab.failed;
    note_done(call, call->nr_pages);
    if (call->slab.failed)
        end(call, task->process.sigkill ? USER_KILLED : USER_NO_MEMORY);
    return STEP_DONE;
}

static enum step step_slab_alloc(struct user_call *call, struct user_memory *user,
                                 struct user_task *task)
{
    while (call->state != CALL_DONE) {
        if (call->in_access) {
            if (step_objects(call, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
        } else {
            if (may_go_on(call, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (call->state != CALL_DONE)
                begin_objects(call, user);
        }
    }
    return STEP_DONE;
}

/* Objects that a shrinker has freed meanwhile are gone already. */
static enum step slab_free(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    uint64_t *held = slab_objects(user, task, call->spec->cache);
    uint64_t nr;

    if (!held)
        return end_no_host_memory(call, user);
    nr = call->spec->count ? min_u64(call->spec->count, *held) : *held;
    *held -= nr;
    slab_free_objects(&user->caches[call->spec->cache], nr, task->task->cpu);
    return end(call, USER_OK);
}

static enum step shrink_kmem_cache(struct user_call *call, struct user_memory *user,
                                   struct user_task *task)
{
    if (!kmem_cache_shrink(user->caches[call->spec->cache].cache, task->task->cpu))
        return end_no_host_memory(call, user);
    return end(call, USER_OK);
}

/* ---- the whole ---- */

void user_call_begin(struct user_call *call, const struct user_op_spec *spec,
                     struct user_memory *user, struct user_task *task)
{
    (void)task;
    SIM_ASSERT(spec->op < NR_USER_OPS && spec->op != USER_FORK);
    call->spec = spec;
    call->state = CALL_BEGUN;
    call->result = USER_OK;
    call->in_access = call->quantum_over = false;
    call->page = call->nr_pages = call->done = call->quantum_left = 0;
    call->begin_ns = user->reclaim->machine->clock->now_ns;
    call->area = NULL;
    call->access = (struct access){0};
    call->sync = (struct file_sync){0};
}

/* What comes before the first access; the whole of an operation that never waits. */
static enum step begin(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    call->state = CALL_UNDER_WAY;
    if (task->process.sigkill)
        return end(call, USER_KILLED);
    switch ((enum user_op)call->spec->op) {
    case USER_ANON:
    case USER_MMAP:
        return map(call, user, task);
    case USER_TOUCH:
        return begin_touch(call, user, task);
    case USER_UNMAP:
        return unmap(call, user, task);
    case USER_MLOCK:
        return begin_mlock(call, task);
    case USER_MUNLOCK:
        return munlock(call, task);
    case USER_READ:
    case USER_WRITE:
        return begin_io(call, user, task);
    case USER_DROP_CACHES:
        return drop_caches(call, user, task);
    case USER_SLAB_FREE:
        return slab_free(call, user, task);
    case USER_KMEM_CACHE_SHRINK:
        return shrink_kmem_cache(call, user, task);
    case USER_SET_MEMPOLICY:
        return end(call, user_set_mempolicy(user, task, &call->spec->policy));
    case USER_MBIND:
        return end(call, user_mbind(user, task, call->spec));
    default:
        return STEP_DONE;
    }
}

enum step user_call_step(struct user_call *call, struct user_memory *user, struct user_task *task)
{
    if (call->state == CALL_BEGUN)
        begin(call, user, task);
    if (call->state == CALL_DONE)
        return STEP_DONE;
    switch ((enum user_op)call->spec->op) {
    case USER_TOUCH:
        return step_pages(call, user, task, touch_present);
    case USER_MLOCK:
        return step_pages(call, user, task, mlock_page);
    case USER_READ:
    case USER_WRITE:
        return step_io(call, user, task);
    case USER_FSYNC:
        return step_fsync(call, user, task);
    case USER_SLAB_ALLOC:
        return step_slab_alloc(call, user, task);
    default:
        SIM_ASSERT(!"an operation that never waits");
        return STEP_DONE;
    }
}

void user_call_end(struct user_call *call)
{
    access_fini(&call->access);
}

const struct alloc_request *user_call_request(const struct user_call *call)
{
    if (!call->in_access)
        return NULL;
    switch ((enum user_op)call->spec->op) {
    case USER_TOUCH:
    case USER_MLOCK:
        return fault_request(&call->fault);
    case USER_READ:
    case USER_WRITE:
        return file_io_request(&call->io);
    case USER_SLAB_ALLOC:
        return slab_alloc_request(&call->slab);
    default:
        return NULL;
    }
}
