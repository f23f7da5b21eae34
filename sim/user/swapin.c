/* SPDX-License-Identifier: MIT */
/* swapin_readahead() and the read of the page itself, resumable. */
#include "user/swapin.h"

#include "user/user_request.h"

enum swapin_state {
    SWAPIN_LOOKUP,
    SWAPIN_NEXT,   /* the slot at hand is to be read, unless it is cached */
    SWAPIN_ALLOC,  /* a page for it */
    SWAPIN_SUBMIT, /* it is in the swap cache, its read is to be submitted */
    SWAPIN_WAIT,   /* for the page wanted to be unlocked */
    SWAPIN_GONE,   /* the slot is no longer in use */
};

enum { SLOT_BITS = 27 };

void swapin_begin(struct swapin *swapin, swap_entry entry, const struct vm_area *area,
                  uint64_t page)
{
    swapin->state = SWAPIN_LOOKUP;
    swapin->major = false;
    swapin->entry = entry;
    swapin->page = PFN_NONE;
    swapin->area = area;
    swapin->area_page = page;
}

/*
 * Sets the slots to be read ahead; none when the first of the group is free. The kernel's numbers
 * are one higher: the header of the swap area is its slot 0.
 * Kernel: mm/swapfile.c valid_swaphandles() [2.6.24]
 */
static void valid_swaphandles(struct swapin *swapin, const struct reclaim *reclaim)
{
    const struct swap_device *dev = &reclaim->swap.devices[swapin->entry >> SLOT_BITS];
    uint32_t cluster = reclaim->machine->vm.page_cluster;
    uint32_t slot = swapin->entry & ((UINT32_C(1) << SLOT_BITS) - 1);
    uint32_t begin = (slot + 1) >> cluster << cluster;
    uint32_t end = begin + (UINT32_C(1) << cluster) - 1;
    uint32_t first = begin > 0 ? begin - 1 : 0;

    swapin->left = 0;
    if (cluster == 0)
        return;
    swapin->at = swapin->first = swapin->entry - slot + first;
    while (first + swapin->left < end && first + swapin->left < dev->spec.pages &&
           dev->slots[first + swapin->left].use > 0)
        swapin->left++;
}

/* There is the result, read or still to be read. It counts as accessed before it is waited for.
 * Kernel: mm/memory.c do_swap_page() [2.6.24] */
static void wait_for_page(struct swapin *swapin, struct reclaim *reclaim, unsigned cpu)
{
    if (!swapin->area->shared)
        mark_page_accessed(reclaim, swapin->page, cpu);
    swapin->state = SWAPIN_WAIT;
}

static void found(struct swapin *swapin, struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    get_page(reclaim, page);
    swapin->page = page;
    wait_for_page(swapin, reclaim, cpu);
}

static void lookup(struct swapin *swapin, struct reclaim *reclaim, unsigned cpu)
{
    pfn_t page = lookup_swap_cache(reclaim, swapin->entry);

    if (!pfn_is_none(page)) {
        found(swapin, reclaim, page, cpu);
        return;
    }
    swapin->major = true;
    valid_swaphandles(swapin, reclaim);
    if (swapin->left == 0)
        lru_add_drain(reclaim, cpu);
    swapin->state = SWAPIN_NEXT;
}

static bool is_target(const struct swapin *swapin)
{
    return swapin->left == 0;
}

/* The slot at hand is read or needs no read; a free one ends the readahead. */
static void advance(struct swapin *swapin, struct reclaim *reclaim, bool end, unsigned cpu)
{
    swapin->state = SWAPIN_NEXT;
    swapin->at++;
    swapin->left = end ? 0 : swapin->left - 1;
    if (swapin->left == 0)
        lru_add_drain(reclaim, cpu);
}

/* Kernel: mm/memory.c swapin_readahead() [2.6.24] */
static void request_page(struct swapin *swapin, struct user_memory *user, struct user_task *task)
{
    uint64_t page = swapin->area_page;

    if (!is_target(swapin) && !swapin->area->shared)
        page += swapin->at - swapin->first;
    area_request_init(&swapin->request, user, task, GFP_HIGHUSER_MOVABLE,
                      page < swapin->area->nr_pages ? swapin->area : NULL, page);
}

/* Decides about the slot at hand. */
static void next(struct swapin *swapin, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;
    pfn_t page;

    if (is_target(swapin))
        swapin->at = swapin->entry;
    page = lookup_swap_cache(reclaim, swapin->at);
    if (!pfn_is_none(page) && is_target(swapin)) {
        found(swapin, reclaim, page, task->task->cpu);
    } else if (is_target(swapin) && swap_count(reclaim, swapin->at) == 0) {
        swapin->state = SWAPIN_GONE;
    } else if (!pfn_is_none(page) || swap_count(reclaim, swapin->at) == 0) {
        advance(swapin, reclaim, pfn_is_none(page), task->task->cpu);
    } else {
        request_page(swapin, user, task);
        swapin->state = SWAPIN_ALLOC;
    }
}

/* Whether the page allocated for the slot at hand is still needed: it may have slept meanwhile. */
static bool still_wanted(const struct swapin *swapin, const struct reclaim *reclaim)
{
    return swap_count(reclaim, swapin->at) > 0 &&
           pfn_is_none(lookup_swap_cache(reclaim, swapin->at));
}

/* False: the call is over, without a page. */
static bool allocated(struct swapin *swapin, struct user_memory *user, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;
    pfn_t page = swapin->request.page;

    if (pfn_is_none(page)) {
        if (is_target(swapin))
            return false;
        advance(swapin, reclaim, true, cpu);
        return true;
    }
    if (!still_wanted(swapin, reclaim)) {
        put_page(reclaim, page, cpu);
        swapin->state = SWAPIN_NEXT;
        return true;
    }
    /* Whose page it is shows when it is mapped. */
    *page_owner(reclaim, page) = (struct page_owner){PAGE_MAPPING_NONE, 0, SWAP_NONE};
    page_frame(reclaim, page)->flags |= PG_locked;
    swap_duplicate(reclaim, swapin->at);
    add_to_swap_cache(reclaim, page, swapin->at, cpu);
    lru_cache_add_active(reclaim, page, cpu);
    reclaim->machine->vm_events[PSWPIN]++;
    user->work.swapins++;
    swapin->page = page;
    swapin->state = SWAPIN_SUBMIT;
    return true;
}

static enum step submit(struct swapin *swapin, struct reclaim *reclaim, struct task *task)
{
    uint32_t nr = swap_backing_dev(reclaim, swapin->at);
    uint64_t sector_page = swap_sector_page(reclaim, swapin->at);
    struct backing_dev *dev = &reclaim->devices[nr];

    if (backing_dev_full(dev, IO_READ, sector_page))
        return task_sleep(task, STALL_GET_REQUEST, UINT64_MAX, &dev->waiters[IO_READ]);
    backing_dev_submit(reclaim, nr, IO_READ, sector_page, swapin->page, task->cpu);
    if (is_target(swapin)) {
        wait_for_page(swapin, reclaim, task->cpu);
        return STEP_DONE;
    }
    put_page(reclaim, swapin->page, task->cpu);
    swapin->page = PFN_NONE;
    advance(swapin, reclaim, false, task->cpu);
    return STEP_DONE;
}

enum step swapin_step(struct swapin *swapin, struct user_memory *user, struct user_task *task)
{
    struct reclaim *reclaim = user->reclaim;

    for (;;) {
        switch ((enum swapin_state)swapin->state) {
        case SWAPIN_LOOKUP:
            lookup(swapin, reclaim, task->task->cpu);
            break;
        case SWAPIN_NEXT:
            next(swapin, user, task);
            break;
        case SWAPIN_ALLOC:
            if (user_request_step(&swapin->request, user, task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (!allocated(swapin, user, task->task->cpu))
                return STEP_DONE;
            break;
        case SWAPIN_SUBMIT:
            if (submit(swapin, reclaim, task->task) == STEP_BLOCKED)
                return STEP_BLOCKED;
            break;
        case SWAPIN_WAIT:
            if (page_frame(reclaim, swapin->page)->flags & PG_locked)
                return task_sleep(task->task, STALL_SWAPIN, UINT64_MAX,
                                  page_waitqueue(reclaim, swapin->page));
            return STEP_DONE;
        case SWAPIN_GONE:
            return STEP_DONE;
        }
    }
}

const struct alloc_request *swapin_request(const struct swapin *swapin)
{
    return swapin->state == SWAPIN_ALLOC ? &swapin->request : NULL;
}
