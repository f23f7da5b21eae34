/* SPDX-License-Identifier: MIT */
/* Adding and removing mappings of pages, and finding all mappings of one. */
#ifndef SIM_USER_RMAP_H
#define SIM_USER_RMAP_H

#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"
#include "user/mm_struct.h"

/*
 * The page is mapped at a page of an anonymous area, which has an anon_vma.
 * Kernel: mm/rmap.c page_add_anon_rmap(), page_add_new_anon_rmap() [2.6.24]
 */
static inline void page_add_anon_rmap(struct reclaim *reclaim, pfn_t page,
                                      const struct vm_area *area, uint64_t index, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct page_owner *owner = page_owner(reclaim, page);

    SIM_ASSERT(frame->mapcount < UINT16_MAX);
    if (frame->mapcount++ > 0)
        return;
    owner->mapping = PAGE_MAPPING_ANON | area->anon_vma->id;
    owner->index = (uint32_t)index;
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_ANON_PAGES, cpu);
}

/* Kernel: mm/rmap.c page_add_file_rmap() [2.6.24] */
static inline void page_add_file_rmap(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);

    SIM_ASSERT(frame->mapcount < UINT16_MAX);
    if (frame->mapcount++ == 0)
        inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_MAPPED, cpu);
}

/* One mapping less; its reference stays. Kernel: mm/rmap.c page_remove_rmap() [2.6.24] */
static inline void page_remove_rmap(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    bool anon = page_owner_is_anon(page_owner(reclaim, page));

    SIM_ASSERT(frame->mapcount > 0);
    if (--frame->mapcount == 0)
        dec_zone_state(reclaim->machine, page_zone(reclaim, page),
                       anon ? NR_ANON_PAGES : NR_FILE_MAPPED, cpu);
}

/* The areas that may map one page. */
struct rmap_walk {
    struct vm_area *area; /* NULL: no more */
    uint64_t page;        /* of the area */
    bool anon;
    uint64_t index; /* in the region, or in the file */
    uint32_t pfn;
};

/*
 *     for (rmap_walk_begin(&walk, user, page); walk.area; rmap_walk_next(&walk))
 *
 * Areas that cover the index, whether they map the page or not; oldest first.
 * DEVIATION: the kernel takes areas of a file in the order of its prio tree.
 */
void rmap_walk_begin(struct rmap_walk *walk, const struct user_memory *user, pfn_t page);
void rmap_walk_next(struct rmap_walk *walk);

/* The entry by which the area maps the page, NULL: it does not.
 * Kernel: mm/rmap.c page_check_address() [2.6.24] */
static inline pte *rmap_walk_pte(const struct rmap_walk *walk)
{
    pte *entry = vm_area_pte(walk->area, walk->page);

    if (!entry || !(*entry & PTE_PRESENT) || pte_value(*entry) != walk->pfn)
        return NULL;
    return entry;
}

#endif
