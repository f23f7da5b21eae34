/* SPDX-License-Identifier: MIT */
/* The vector of swap slots of a file in memory. */
#include "reclaim/shmem.h"

#include <stdlib.h>
#include <string.h>

#include "reclaim/reclaim.h"
#include "reclaim/truncate.h"

bool shmem_init(struct address_space *mapping, uint64_t nr_pages)
{
    struct shmem_info *info = calloc(1, sizeof(*info));

    if (!info)
        return false;
    info->nr_chunks = (nr_pages + CACHE_CHUNK_PAGES - 1) / CACHE_CHUNK_PAGES;
    info->chunks = calloc(info->nr_chunks, sizeof(*info->chunks));
    if (!info->chunks) {
        free(info);
        return false;
    }
    mapping->shmem = info;
    mapping->writepage = WRITEPAGE_SWAPS;
    mapping->memory_only = true;
    return true;
}

void shmem_fini(struct address_space *mapping)
{
    struct shmem_info *info = mapping->shmem;

    if (!info)
        return;
    for (size_t i = 0; i < info->nr_chunks; i++)
        free(info->chunks[i]);
    free(info->chunks);
    free(info);
    mapping->shmem = NULL;
}

swap_entry *shmem_swp_alloc(struct address_space *mapping, uint64_t index)
{
    struct shmem_info *info = mapping->shmem;
    swap_entry **chunk = &info->chunks[index / CACHE_CHUNK_PAGES];

    SIM_ASSERT(index / CACHE_CHUNK_PAGES < info->nr_chunks);
    if (!*chunk) {
        *chunk = malloc(CACHE_CHUNK_PAGES * sizeof(**chunk));
        if (!*chunk)
            return NULL;
        static_assert(SWAP_NONE == UINT32_MAX, "memset() below fills the slots with it");
        memset(*chunk, 0xff, CACHE_CHUNK_PAGES * sizeof(**chunk));
    }
    return &(*chunk)[index % CACHE_CHUNK_PAGES];
}

swap_entry shmem_swp_entry(const struct address_space *mapping, uint64_t index)
{
    const swap_entry *chunk = mapping->shmem->chunks[index / CACHE_CHUNK_PAGES];

    return chunk ? chunk[index % CACHE_CHUNK_PAGES] : SWAP_NONE;
}

/* The slot of a page that is or was in the cache: it was made before the page came. */
static swap_entry *slot_of(const struct address_space *mapping, uint64_t index)
{
    swap_entry *chunk = mapping->shmem->chunks[index / CACHE_CHUNK_PAGES];

    SIM_ASSERT(chunk);
    return &chunk[index % CACHE_CHUNK_PAGES];
}

bool shmem_writepage(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    const struct address_space *mapping = page_mapping_file(reclaim, page);
    swap_entry *slot = slot_of(mapping, page_owner(reclaim, page)->index);
    struct frame *frame = page_frame(reclaim, page);
    swap_entry entry = get_swap_page(reclaim);

    if (entry == SWAP_NONE)
        return false;
    SIM_ASSERT(*slot == SWAP_NONE && frame->mapcount == 0);
    add_to_swap_cache(reclaim, page, entry, cpu);
    remove_from_page_cache(reclaim, page, false, cpu);
    frame->count--; /* never the last: the swap cache has one */
    swap_duplicate(reclaim, entry);
    frame->flags |= PG_dirty;
    *slot = entry;
    mapping->shmem->swapped++;
    return true;
}

void shmem_move_from_swap_cache(struct reclaim *reclaim, struct address_space *mapping,
                                uint64_t index, pfn_t page, unsigned cpu)
{
    swap_entry *slot = slot_of(mapping, index);
    struct frame *frame = page_frame(reclaim, page);
    bool refault, added;

    SIM_ASSERT(lookup_swap_cache(reclaim, *slot).nr == page.nr);
    delete_from_swap_cache(reclaim, page, cpu);
    frame->flags &= (uint16_t)~PG_dirty;
    /* The page was there before, so its chunk is. */
    added = add_to_page_cache(reclaim, mapping, (uint32_t)index, page, cpu, &refault);
    SIM_ASSERT(added);
    frame->count--; /* the swap cache's */
    set_page_dirty(reclaim, page, cpu);
    swap_free(reclaim, *slot);
    *slot = SWAP_NONE;
    mapping->shmem->swapped--;
}

void shmem_delete(struct reclaim *reclaim, struct address_space *mapping, unsigned cpu)
{
    struct shmem_info *info = mapping->shmem;

    SIM_ASSERT(mapping->nr_mmap == 0);
    truncate_inode_pages(reclaim, mapping, cpu);
    for (size_t i = 0; i < info->nr_chunks && info->swapped > 0; i++) {
        for (unsigned k = 0; info->chunks[i] && k < CACHE_CHUNK_PAGES; k++) {
            if (info->chunks[i][k] == SWAP_NONE)
                continue;
            free_swap_and_cache(reclaim, info->chunks[i][k], cpu);
            info->swapped--;
        }
    }
    shmem_fini(mapping);
    address_space_clear(mapping);
}
