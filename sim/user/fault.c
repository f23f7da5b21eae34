/* SPDX-License-Identifier: MIT */
/* handle_mm_fault() as a state machine: every place where the kernel may sleep is a state. */
#include "user/fault.h"

#include "user/rmap.h"
#include "user/user_request.h"

enum fault_state {
    FAULT_ACCESS,      /* look at the page table */
    FAULT_ANON_ALLOC,  /* do_anonymous_page() */
    FAULT_SWAPIN,      /* do_swap_page() */
    FAULT_FILE_PAGE,   /* __do_fault() */
    FAULT_SHMEM_PAGE,  /* ... of shared anonymous memory */
    FAULT_FILE_COPY,   /* ... a private copy of its page */
    FAULT_COW_ALLOC,   /* do_wp_page(): a copy */
    FAULT_DIRTY_LOCK,  /* ... wait_on_page_locked() of a file's page */
    FAULT_DIRTY_LIMIT, /* set_page_dirty_balance() */
    FAULT_DONE,
};

void fault_begin(struct fault *fault, struct vm_area *area, uint64_t page, bool write)
{
    SIM_ASSERT(page < area->nr_pages);
    fault->state = FAULT_ACCESS;
    fault->write = write;
    fault->failed = fault->major = false;
    fault->area = area;
    fault->page = page;
    fault->old_page = fault->dirty_page = PFN_NONE;
}

static void fail(struct fault *fault)
{
    fault->failed = true;
    fault->state = FAULT_DONE;
}

/* The page's entry; its chunk was made when the fault began. */
static pte *entry_of(const struct fault *fault)
{
    return vm_area_pte(fault->area, fault->page);
}

/* For an anonymous page of the region. */
static void request_page(struct fault *fault, struct user_memory *user, struct user_task *task,
                         uint32_t extra_gfp)
{
    area_request_init(&fault->request, user, task, GFP_HIGHUSER_MOVABLE | extra_gfp, fault->area,
                      fault->page);
}

/* Maps a page of the caller's, whose reference becomes the mapping's. */
static void set_pte(const struct fault *fault, pfn_t page, unsigned bits)
{
    *entry_of(fault) = mk_pte(page.nr, PTE_PRESENT | PTE_YOUNG | bits);
}

/* A fresh anonymous page in its place. */
static void map_new_anon(const struct fault *fault, struct reclaim *reclaim, pfn_t page,
                         unsigned cpu)
{
    page_owner(reclaim, page)->swap = SWAP_NONE;
    lru_cache_add_active(reclaim, page, cpu);
    page_add_anon_rmap(reclaim, page, fault->area, fault->page, cpu);
    set_pte(fault, page, PTE_DIRTY | PTE_WRITE);
}

/* An anonymous page is about to come; false: no host memory for it, the fault has failed. */
static bool prepare_anon(struct fault *fault, struct user_memory *user)
{
    if (SIM_LIKELY(anon_vma_prepare(user, fault->area)))
        return true;
    user->reclaim->out_of_memory = true;
    fail(fault);
    return false;
}

/* Marks the page of a write fault dirty; if it was clean, the writer may have to wait.
 * Kernel: mm/page-writeback.c set_page_dirty_balance() [2.6.24] */
static void set_page_dirty_balance(struct fault *fault, struct reclaim *reclaim, unsigned cpu)
{
    if (set_page_dirty(reclaim, fault->dirty_page, cpu)) {
        fault->balance = (struct balance_dirty){0};
        fault->state = FAULT_DIRTY_LIMIT;
    } else {
        put_page(reclaim, fault->dirty_page, cpu);
        fault->state = FAULT_DONE;
    }
}

/* ---- write faults on present pages ---- */

/* Nobody else can see the page, nor the swap slot it may have.
 * Kernel: mm/swapfile.c can_share_swap_page() [2.6.24] */
static bool can_share_swap_page(const struct reclaim *reclaim, pfn_t page)
{
    const struct frame *frame = page_frame(reclaim, page);
    unsigned count = frame->mapcount;

    if (count <= 1 && frame->flags & PG_swapcache)
        count += swap_count(reclaim, page_owner(reclaim, page)->swap) - 1;
    return count == 1;
}

/*
 * A present page is written to through a write-protected entry.
 * Kernel: mm/memory.c do_wp_page() [2.6.24]
 */
static void do_wp_page(struct fault *fault, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    pte *entry = entry_of(fault);
    pfn_t page = {pte_value(*entry)};
    bool anon = page_owner_is_anon(page_owner(reclaim, page));

    if (fault->area->shared) {
        *entry |= PTE_YOUNG | PTE_DIRTY | PTE_WRITE;
        get_page(reclaim, page);
        fault->dirty_page = page;
        fault->state = FAULT_DIRTY_LOCK;
    } else if (anon && !(page_frame(reclaim, page)->flags & PG_locked) &&
               can_share_swap_page(reclaim, page)) {
        *entry |= PTE_YOUNG | PTE_DIRTY | PTE_WRITE;
        fault->state = FAULT_DONE;
    } else if (prepare_anon(fault, user)) {
        get_page(reclaim, page);
        fault->old_page = page;
        fault->original = *entry;
        request_page(fault, user, task, 0);
        fault->state = FAULT_COW_ALLOC;
    }
}

/* There is a page for the copy, or none. */
static void copy_on_write(struct fault *fault, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;
    pfn_t old_page = fault->old_page;
    pfn_t page = fault->request.page;

    if (pfn_is_none(page)) {
        put_page(reclaim, old_page, cpu);
        fail(fault);
        return;
    }
    user->work.copied_pages++;
    fault->state = FAULT_DONE;
    if (*entry_of(fault) == fault->original) {
        page_remove_rmap(reclaim, old_page, cpu);
        map_new_anon(fault, reclaim, page, cpu);
        page = old_page; /* the mapping's reference */
    } else {
        /* Reclaim looked at the page or took it meanwhile: the access is made again. */
        fault->state = FAULT_ACCESS;
    }
    put_page(reclaim, page, cpu);
    put_page(reclaim, old_page, cpu);
}

/* ---- pages that are not present ---- */

/* Kernel: mm/memory.c do_anonymous_page() [2.6.24] */
static void anon_page(struct fault *fault, struct reclaim *reclaim, unsigned cpu)
{
    pfn_t page = fault->request.page;

    if (pfn_is_none(page)) {
        fail(fault);
        return;
    }
    map_new_anon(fault, reclaim, page, cpu);
    fault->area->rss_pages++;
    fault->state = FAULT_DONE;
}

/* The swap cache has the page, unlocked. Kernel: mm/memory.c do_swap_page() [2.6.24] */
static void swap_page(struct fault *fault, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    swap_entry slot = fault->swapin.entry;
    pfn_t page = fault->swapin.page;
    unsigned cpu = task->task->cpu;
    bool share;

    if (pfn_is_none(page)) {
        fail(fault);
        return;
    }
    fault->major |= fault->swapin.major;
    page_frame(reclaim, page)->flags |= PG_locked;
    fault->area->rss_pages++;
    share = fault->write && can_share_swap_page(reclaim, page);
    set_pte(fault, page, share ? PTE_DIRTY | PTE_WRITE : 0);
    page_add_anon_rmap(reclaim, page, fault->area, fault->page, cpu);
    swap_free(reclaim, slot);
    if (vm_swap_full(reclaim))
        remove_exclusive_swap_page(reclaim, page, cpu);
    unlock_page(reclaim, page);
    fault->state = FAULT_DONE;
    if (fault->write && !share)
        do_wp_page(fault, user, task);
}

/* What a read fault may leave writable: dirty pages of a file in memory are not counted, so its
 * first write need not fault. Kernel: mm/mmap.c vma_wants_writenotify() [2.6.24] */
static unsigned read_bits(const struct vm_area *area)
{
    return area->shared && area->file->mapping->memory_only ? PTE_WRITE : 0;
}

/* Maps a page of the file itself. */
static void map_file_page(struct fault *fault, struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    set_pte(fault, page, fault->write ? PTE_DIRTY | PTE_WRITE : read_bits(fault->area));
    fault->area->rss_pages++;
    page_add_file_rmap(reclaim, page, cpu);
    fault->state = FAULT_DONE;
    if (!fault->write)
        return;
    get_page(reclaim, page);
    fault->dirty_page = page;
    set_page_dirty_balance(fault, reclaim, cpu);
}

/* The file's page is there. Kernel: mm/memory.c __do_fault() [2.6.24] */
static void file_page(struct fault *fault, struct user_memory *user, struct user_task *task,
                      pfn_t page, bool major)
{
    struct reclaim *reclaim = user->reclaim;

    fault->major |= major;
    if (pfn_is_none(page)) {
        fail(fault);
        return;
    }
    if (!fault->write || fault->area->shared) {
        map_file_page(fault, reclaim, page, task->task->cpu);
    } else if (prepare_anon(fault, user)) {
        /* Nobody may take it from its file while the copy's page is waited for. */
        page_frame(reclaim, page)->flags |= PG_locked;
        fault->old_page = page;
        request_page(fault, user, task, 0);
        fault->state = FAULT_FILE_COPY;
    } else {
        put_page(reclaim, page, task->task->cpu);
    }
}

/* There is a page for the private copy, or none. Kernel: mm/memory.c __do_fault() [2.6.24] */
static void file_copy(struct fault *fault, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;

    if (pfn_is_none(fault->request.page)) {
        fail(fault);
    } else {
        user->work.copied_pages++;
        map_new_anon(fault, reclaim, fault->request.page, cpu);
        fault->area->rss_pages++;
        fault->state = FAULT_DONE;
    }
    unlock_page(reclaim, fault->old_page);
    put_page(reclaim, fault->old_page, cpu);
}

static enum step balance(struct fault *fault, struct reclaim *reclaim, struct task *task)
{
    struct address_space *mapping = fault->area->file->mapping;

    if (balance_dirty_pages_ratelimited(reclaim, task, mapping, &fault->balance) == STEP_BLOCKED)
        return STEP_BLOCKED;
    put_page(reclaim, fault->dirty_page, task->cpu);
    fault->state = FAULT_DONE;
    return STEP_DONE;
}

/* ---- the whole ---- */

static void begin_file_page(struct fault *fault)
{
    const struct vm_area *area = fault->area;
    uint64_t index = area->file_first_page + fault->page;

    if (index >= area->file->size_pages) {
        fail(fault); /* SIGBUS */
        return;
    }
    if (area->file->mapping->shmem) {
        shmem_page_begin(&fault->shmem, area, index);
        fault->state = FAULT_SHMEM_PAGE;
        return;
    }
    file_fault_begin(&fault->get, area->file, index);
    fault->state = FAULT_FILE_PAGE;
}

/* Kernel: mm/memory.c handle_pte_fault() [2.6.24] */
static void handle_pte_fault(struct fault *fault, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    pte *entry;

    if (access_present(fault->area, fault->page, fault->write)) {
        fault->state = FAULT_DONE;
        return;
    }
    reclaim->machine->vm_events[PGFAULT]++;
    entry = vm_area_pte_alloc(fault->area, fault->page);
    if (!entry) {
        reclaim->out_of_memory = true;
        fail(fault);
    } else if (*entry & PTE_PRESENT) {
        do_wp_page(fault, user, task);
    } else if (*entry & PTE_SWAP) {
        swapin_begin(&fault->swapin, pte_value(*entry), fault->area, fault->page);
        fault->state = FAULT_SWAPIN;
    } else if (fault->area->file) {
        begin_file_page(fault);
    } else if (prepare_anon(fault, user)) {
        request_page(fault, user, task, GFP_BIT_ZERO);
        fault->state = FAULT_ANON_ALLOC;
    }
}

static void count(const struct fault *fault, struct user_memory *user)
{
    user->work.failed_faults += fault->failed;
    user->reclaim->machine->vm_events[PGMAJFAULT] += fault->major;
    if (fault->failed)
        return;
    user->work.major_faults += fault->major;
    user->work.minor_faults += !fault->major;
}

/* The request for an anonymous page has its result. */
static void allocated(struct fault *fault, struct user_memory *user, unsigned cpu)
{
    if (fault->state == FAULT_ANON_ALLOC)
        anon_page(fault, user->reclaim, cpu);
    else if (fault->state == FAULT_FILE_COPY)
        file_copy(fault, user, cpu);
    else
        copy_on_write(fault, user, cpu);
}

/* The states in which it may wait; STEP_DONE: on to the next state. */
static enum step blocking_state(struct fault *fault, struct user_memory *user,
                                struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    enum step step = STEP_DONE;

    switch ((enum fault_state)fault->state) {
    case FAULT_ANON_ALLOC:
    case FAULT_FILE_COPY:
    case FAULT_COW_ALLOC:
        step = user_request_step(&fault->request, user, task);
        if (step == STEP_DONE)
            allocated(fault, user, task->task->cpu);
        break;
    case FAULT_SWAPIN:
        step = swapin_step(&fault->swapin, user, task);
        if (step == STEP_DONE)
            swap_page(fault, user, task);
        break;
    case FAULT_FILE_PAGE:
        step = file_page_step(&fault->get, user, task);
        if (step == STEP_DONE)
            file_page(fault, user, task, fault->get.page, fault->get.major);
        break;
    case FAULT_SHMEM_PAGE:
        step = shmem_page_step(&fault->shmem, user, task);
        if (step == STEP_DONE)
            file_page(fault, user, task, fault->shmem.page, fault->shmem.major);
        break;
    case FAULT_DIRTY_LOCK:
        if (page_frame(reclaim, fault->dirty_page)->flags & PG_locked)
            return task_sleep(task->task, STALL_PAGE_READ, UINT64_MAX,
                              page_waitqueue(reclaim, fault->dirty_page));
        set_page_dirty_balance(fault, reclaim, task->task->cpu);
        break;
    case FAULT_DIRTY_LIMIT:
        return balance(fault, reclaim, task->task);
    default:
        SIM_ASSERT(!"a state that cannot block");
    }
    return step;
}

enum step fault_step(struct fault *fault, struct user_memory *user, struct user_task *task)
{
    while (fault->state != FAULT_DONE) {
        if (fault->state == FAULT_ACCESS)
            handle_pte_fault(fault, user, task);
        else if (blocking_state(fault, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
    }
    count(fault, user);
    return STEP_DONE;
}

const struct alloc_request *fault_request(const struct fault *fault)
{
    switch ((enum fault_state)fault->state) {
    case FAULT_ANON_ALLOC:
    case FAULT_COW_ALLOC:
    case FAULT_FILE_COPY:
        return &fault->request;
    case FAULT_SWAPIN:
        return swapin_request(&fault->swapin);
    case FAULT_FILE_PAGE:
        return file_page_request(&fault->get);
    case FAULT_SHMEM_PAGE:
        return shmem_page_request(&fault->shmem);
    default:
        return NULL;
    }
}
