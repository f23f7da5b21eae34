/* SPDX-License-Identifier: MIT */
/* Pages leave the page cache in batches, in the order of the file. */
#include "reclaim/truncate.h"

#include "reclaim/reclaim.h"

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

uint64_t invalidate_mapping_pages(struct reclaim *reclaim, const struct address_space *mapping,
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

/* Kernel: mm/truncate.c truncate_complete_page() [2.6.24] */
static void truncate_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);

    SIM_ASSERT(!(frame->flags & (PG_locked | PG_writeback | PG_private)) && frame->mapcount == 0);
    cancel_dirty_page(reclaim, page, cpu);
    remove_from_page_cache(reclaim, page, false, cpu);
    frame->flags &= (uint16_t)~PG_uptodate;
    put_page(reclaim, page, cpu);
}

void truncate_inode_pages(struct reclaim *reclaim, const struct address_space *mapping,
                          unsigned cpu)
{
    struct pagevec pvec = {0};
    uint64_t index = 0;

    while (mapping->nrpages > 0) {
        pagevec_lookup(&pvec, reclaim, mapping, &index);
        SIM_ASSERT(pvec.nr > 0);
        for (unsigned i = 0; i < pvec.nr; i++)
            truncate_page(reclaim, (pfn_t){pvec.pages[i]}, cpu);
        pagevec_release(reclaim, &pvec, false, cpu);
    }
}
