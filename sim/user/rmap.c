/* SPDX-License-Identifier: MIT */
/* What reclaim asks of those who map pages, answered from the page tables. */
#include "user/rmap.h"

#include "user/user_memory.h"

/* ---- the areas of a page ---- */

/* Goes on to the first area from walk->area on that covers the index. */
static void settle(struct rmap_walk *walk)
{
    while (walk->area && !walk->anon) {
        const struct vm_area *area = walk->area;

        if (walk->index >= area->file_first_page &&
            walk->index - area->file_first_page < area->nr_pages) {
            walk->page = walk->index - area->file_first_page;
            return;
        }
        walk->area = area->next_in_file;
    }
}

void rmap_walk_begin(struct rmap_walk *walk, const struct user_memory *user, pfn_t page)
{
    const struct page_owner *owner = page_owner(user->reclaim, page);

    walk->pfn = page.nr;
    walk->index = walk->page = owner->index;
    walk->anon = page_owner_is_anon(owner);
    if (walk->anon)
        walk->area = user->anon_vmas.items[owner->mapping & ~PAGE_MAPPING_ANON]->first;
    else
        walk->area = user_memory_file(user, owner->mapping - 1)->first_mmap;
    settle(walk);
}

void rmap_walk_next(struct rmap_walk *walk)
{
    walk->area = walk->anon ? walk->area->next_in_anon : walk->area->next_in_file;
    settle(walk);
}

/* ---- struct rmap_ops ---- */

static unsigned on_page_referenced(void *context, pfn_t page)
{
    const struct user_memory *user = context;
    unsigned mapcount = page_frame(user->reclaim, page)->mapcount;
    unsigned referenced = 0;
    struct rmap_walk walk;

    for (rmap_walk_begin(&walk, user, page); walk.area && mapcount; rmap_walk_next(&walk)) {
        pte *entry;

        /* Whatever the other mappings say. Kernel: mm/rmap.c page_referenced_file() [2.6.24] */
        if (!walk.anon && walk.area->locked && walk.area->shared)
            return referenced + 1;
        entry = rmap_walk_pte(&walk);
        if (!entry)
            continue;
        referenced += !!(*entry & PTE_YOUNG);
        *entry &= ~(pte)PTE_YOUNG;
        mapcount--;
    }
    return referenced;
}

/* Kernel: mm/rmap.c try_to_unmap_one() [2.6.24] */
static enum swap_result try_to_unmap_one(struct user_memory *user, const struct rmap_walk *walk,
                                         pte *entry, unsigned cpu)
{
    struct reclaim *reclaim = user->reclaim;
    pfn_t page = {walk->pfn};
    struct frame *frame = page_frame(reclaim, page);

    if (walk->area->locked)
        return SWAP_FAIL;
    if (*entry & PTE_YOUNG) {
        *entry &= ~(pte)PTE_YOUNG;
        return SWAP_FAIL;
    }
    if (*entry & PTE_DIRTY)
        set_page_dirty(reclaim, page, cpu);
    *entry = 0;
    if (walk->anon) {
        swap_entry slot = page_owner(reclaim, page)->swap;

        SIM_ASSERT(frame->flags & PG_swapcache);
        swap_duplicate(reclaim, slot);
        *entry = mk_pte(slot, PTE_SWAP);
    }
    walk->area->rss_pages--;
    page_remove_rmap(reclaim, page, cpu);
    frame->count--; /* never the last: the caller has one */
    return SWAP_AGAIN;
}

static enum swap_result on_try_to_unmap(void *context, pfn_t page, unsigned cpu)
{
    struct user_memory *user = context;
    const struct frame *frame = page_frame(user->reclaim, page);
    struct rmap_walk walk;

    for (rmap_walk_begin(&walk, user, page); walk.area && frame->mapcount; rmap_walk_next(&walk)) {
        pte *entry = rmap_walk_pte(&walk);

        if (entry && try_to_unmap_one(user, &walk, entry, cpu) == SWAP_FAIL)
            return SWAP_FAIL;
    }
    return frame->mapcount ? SWAP_AGAIN : SWAP_SUCCESS;
}

static bool on_page_mkclean(void *context, pfn_t page)
{
    const struct user_memory *user = context;
    bool was_dirty = false;
    struct rmap_walk walk;

    for (rmap_walk_begin(&walk, user, page); walk.area; rmap_walk_next(&walk)) {
        pte *entry = rmap_walk_pte(&walk);

        if (!entry)
            continue;
        was_dirty |= !!(*entry & (PTE_DIRTY | PTE_WRITE));
        *entry &= ~(pte)(PTE_DIRTY | PTE_WRITE);
    }
    return was_dirty;
}

struct rmap_ops user_memory_rmap(struct user_memory *user)
{
    return (struct rmap_ops){
        .page_referenced = on_page_referenced,
        .try_to_unmap = on_try_to_unmap,
        .page_mkclean = on_page_mkclean,
        .context = user,
    };
}
