/* SPDX-License-Identifier: MIT */
/* Emptying page caches and slab caches on demand. */
#include "user/drop_caches.h"

#include "user/user_memory.h"

/* A batch of pages from *index on, which moves behind the last one.
 * Kernel: mm/swap.c pagevec_lookup() [2.6.24] */
static void pagevec_lookup(struct pagevec *pvec, struct reclaim *reclaim,
                           const struct address_space *mapping, uint64_t *index)
{
    while (pvec->nr < PAGEVEC_SIZE && *index / CACHE_CHUNK_PAGES < mapping->nr_chunks) {
        const struct cache_chunk *chunk = mapping->chunks[*index / CACHE_CHUNK_PAGES];

        if (!chunk) {
            *index = (*index / CACHE_CHUNK_PAGES + 1) * CACHE_CHUNK_PAGES;
            continue;
        }

        uint32_t slot = chunk->slots[(*index)++ % CACHE_CHUNK_PAGES];

        if (slot < CACHE_SLOT_EVICTED) {
            get_page(reclaim, (pfn_t){slot});
            pagevec_add(pvec, slot);
        }
    }
}

/* Only we and the cache know the page: the cache forgets it.
 * Kernel: mm/truncate.c invalidate_complete_page() [2.6.24] */
static bool invalidate_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    const struct frame *frame = page_frame(reclaim, page);

    if (frame->flags & (PG_dirty | PG_writeback) || frame->mapcount > 0)
        return false;
    if (frame->flags & PG_private && !try_to_release_page(reclaim, page))
        return false;
    if (frame->count != 2)
        return false;
    remove_from_page_cache(reclaim, page, false, cpu);
    put_page(reclaim, page, cpu);
    return true;
}

/* Kernel: mm/truncate.c __invalidate_mapping_pages() [2.6.24] */
static uint64_t invalidate_mapping(struct reclaim *reclaim, const struct address_space *mapping,
                                   unsigned cpu)
{
    struct pagevec pvec = {0};
    uint64_t dropped = 0;
    uint64_t index = 0;

    for (;;) {
        pagevec_lookup(&pvec, reclaim, mapping, &index);
        if (pvec.nr == 0)
            return dropped;
        for (unsigned i = 0; i < pvec.nr; i++) {
            pfn_t page = {pvec.pages[i]};

            if (!trylock_page(reclaim, page))
                continue;
            dropped += invalidate_page(reclaim, page, cpu);
            unlock_page(reclaim, page);
        }
        pagevec_release(reclaim, &pvec, false, cpu);
    }
}

uint64_t drop_pagecache(struct user_memory *user, unsigned cpu)
{
    uint64_t dropped = 0;

    for (uint32_t i = 0; i < user->nr_files; i++)
        dropped += invalidate_mapping(user->reclaim, user->files[i].mapping, cpu);
    return dropped;
}

void drop_slab(struct user_memory *user, struct task *task)
{
    while (shrink_slab(user->reclaim, task, 1000, GFP_KERNEL, 1000) > 10)
        continue;
}
