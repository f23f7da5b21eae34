/* SPDX-License-Identifier: MIT */
/* Chunked page caches and their dirty tags. */
#include "reclaim/address_space.h"

#include <stdlib.h>
#include <string.h>

#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"
#include "reclaim/shmem.h"

/* ---- chunks ---- */

static struct cache_chunk *chunk_of(const struct address_space *mapping, uint32_t index)
{
    size_t nr = index / CACHE_CHUNK_PAGES;

    return nr < mapping->nr_chunks ? mapping->chunks[nr] : NULL;
}

/* Room for chunk `nr`; doubles, so that a growing file costs O(1) a chunk. */
static bool chunk_array_grow(struct address_space *mapping, size_t nr)
{
    size_t count = mapping->nr_chunks ? mapping->nr_chunks * 2 : 4;
    struct cache_chunk **chunks;

    if (count <= nr)
        count = nr + 1;
    chunks = realloc(mapping->chunks, count * sizeof(struct cache_chunk *));
    if (!chunks)
        return false;
    for (size_t i = mapping->nr_chunks; i < count; i++)
        chunks[i] = NULL;
    mapping->chunks = chunks;
    mapping->nr_chunks = count;
    return true;
}

/* The chunk, made where there is none; NULL: no host memory. */
static struct cache_chunk *chunk_get(struct address_space *mapping, uint32_t index)
{
    size_t nr = index / CACHE_CHUNK_PAGES;
    struct cache_chunk *chunk;

    if (SIM_UNLIKELY(nr >= mapping->nr_chunks) && !chunk_array_grow(mapping, nr))
        return NULL;
    if (SIM_LIKELY(mapping->chunks[nr]))
        return mapping->chunks[nr];
    chunk = malloc(sizeof(*chunk));
    if (!chunk)
        return NULL;
    static_assert(CACHE_SLOT_EMPTY == UINT32_MAX, "memset() below fills slots with it");
    memset(chunk->slots, 0xff, sizeof(chunk->slots));
    memset(chunk->dirty, 0, sizeof(chunk->dirty));
    chunk->nr_dirty = 0;
    mapping->chunks[nr] = chunk;
    return chunk;
}

struct address_space *address_space_create(struct reclaim *reclaim, uint32_t backing_dev)
{
    struct address_space *mapping = calloc(1, sizeof(*mapping));

    if (!mapping)
        return NULL;
    mapping->id = (uint32_t)reclaim->mappings.count;
    mapping->backing_dev = backing_dev;
    if (!vec_push(&reclaim->mappings, mapping)) {
        free(mapping);
        return NULL;
    }
    return mapping;
}

void address_space_clear(struct address_space *mapping)
{
    SIM_ASSERT(mapping->nrpages == 0 && mapping->nr_dirty == 0);
    for (size_t i = 0; i < mapping->nr_chunks; i++)
        free(mapping->chunks[i]);
    free(mapping->chunks);
    mapping->chunks = NULL;
    mapping->nr_chunks = 0;
}

void address_space_destroy(struct address_space *mapping)
{
    if (!mapping)
        return;
    for (size_t i = 0; i < mapping->nr_chunks; i++)
        free(mapping->chunks[i]);
    free(mapping->chunks);
    shmem_fini(mapping);
    free(mapping);
}

struct address_space *page_mapping_file(const struct reclaim *reclaim, pfn_t page)
{
    const struct page_owner *owner = page_owner(reclaim, page);

    if (owner->mapping == PAGE_MAPPING_NONE || page_owner_is_anon(owner))
        return NULL;
    return reclaim->mappings.items[owner->mapping - 1];
}

uint32_t find_get_slot(const struct address_space *mapping, uint32_t index)
{
    const struct cache_chunk *chunk = chunk_of(mapping, index);

    return chunk ? chunk->slots[index % CACHE_CHUNK_PAGES] : CACHE_SLOT_EMPTY;
}

/* The lowest dirty slot of the chunk at or after `from`; CACHE_CHUNK_PAGES: none. */
static uint32_t chunk_find_dirty(const struct cache_chunk *chunk, uint32_t from)
{
    uint64_t mask = UINT64_MAX << from % 64;

    for (uint32_t i = from / 64; i < CACHE_CHUNK_PAGES / 64; i++) {
        uint64_t word = chunk->dirty[i] & mask;

        if (word)
            return i * 64 + (uint32_t)__builtin_ctzll(word);
        mask = UINT64_MAX;
    }
    return CACHE_CHUNK_PAGES;
}

bool find_dirty_page(const struct address_space *mapping, uint32_t from, uint32_t *ret_index)
{
    uint32_t slot = from % CACHE_CHUNK_PAGES;

    if (mapping->nr_dirty == 0)
        return false;
    for (size_t nr = from / CACHE_CHUNK_PAGES; nr < mapping->nr_chunks; nr++) {
        const struct cache_chunk *chunk = mapping->chunks[nr];

        if (chunk && chunk->nr_dirty > 0) {
            slot = chunk_find_dirty(chunk, slot);
            if (slot < CACHE_CHUNK_PAGES) {
                *ret_index = (uint32_t)nr * CACHE_CHUNK_PAGES + slot;
                return true;
            }
        }
        slot = 0;
    }
    return false;
}

/* ---- pages come and go ---- */

bool add_to_page_cache(struct reclaim *reclaim, struct address_space *mapping, uint32_t index,
                       pfn_t page, unsigned cpu, bool *ret_refault)
{
    struct frame *frame = page_frame(reclaim, page);
    struct cache_chunk *chunk = chunk_get(mapping, index);
    uint32_t *slot;

    if (!chunk)
        return false;
    slot = &chunk->slots[index % CACHE_CHUNK_PAGES];
    SIM_ASSERT(*slot == CACHE_SLOT_EMPTY || *slot == CACHE_SLOT_EVICTED);
    SIM_ASSERT(!(frame->flags & PG_swapcache));
    *ret_refault = *slot == CACHE_SLOT_EVICTED;
    *slot = page.nr;
    mapping->nrpages++;
    frame->count++;
    *page_owner(reclaim, page) = (struct page_owner){mapping->id + 1, index, SWAP_NONE};
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_PAGES, cpu);
    return true;
}

void remove_from_page_cache(struct reclaim *reclaim, pfn_t page, bool evicted, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct page_owner *owner = page_owner(reclaim, page);
    struct address_space *mapping = page_mapping_file(reclaim, page);
    struct cache_chunk *chunk = chunk_of(mapping, owner->index);

    SIM_ASSERT(chunk->slots[owner->index % CACHE_CHUNK_PAGES] == page.nr);
    SIM_ASSERT(frame->mapcount == 0 && !(frame->flags & PG_dirty));
    chunk->slots[owner->index % CACHE_CHUNK_PAGES] =
        evicted ? CACHE_SLOT_EVICTED : CACHE_SLOT_EMPTY;
    mapping->nrpages--;
    owner->mapping = PAGE_MAPPING_NONE;
    dec_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_PAGES, cpu);
    reclaim_tell_page(reclaim, RECLAIM_EVICT, page.nr);
}

bool try_to_release_page(struct reclaim *reclaim, pfn_t page)
{
    struct frame *frame = page_frame(reclaim, page);

    if (!(frame->flags & PG_private))
        return true;
    if (frame->flags & PG_owner_priv_1)
        return false;
    SIM_ASSERT(frame->count > 1);
    frame->flags &= (uint16_t)~PG_private;
    frame->count--;
    return true;
}

/* ---- dirty pages ---- */

/* The file whose dirty pages are counted that the page belongs to; NULL: none.
 * Kernel: include/linux/backing-dev.h mapping_cap_account_dirty() [2.6.24] */
static struct address_space *accounting_mapping(const struct reclaim *reclaim, pfn_t page)
{
    struct address_space *mapping = page_mapping_file(reclaim, page);

    return mapping && !mapping->memory_only ? mapping : NULL;
}

bool set_page_dirty(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct address_space *mapping;
    struct cache_chunk *chunk;
    uint32_t index;

    if (frame->flags & PG_dirty)
        return false;
    frame->flags |= PG_dirty;
    mapping = accounting_mapping(reclaim, page);
    if (!mapping)
        return true;
    index = page_owner(reclaim, page)->index;
    chunk = chunk_of(mapping, index);
    chunk->dirty[index % CACHE_CHUNK_PAGES / 64] |= UINT64_C(1) << index % 64;
    chunk->nr_dirty++;
    if (mapping->nr_dirty++ == 0)
        reclaim->writeback.nr_dirty_files++;
    mark_inode_dirty(reclaim, mapping);
    reclaim->devices[mapping->backing_dev].nr_dirty_pages++;
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_DIRTY, cpu);
    return true;
}

bool clear_page_dirty_for_io(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct address_space *mapping;
    struct cache_chunk *chunk;
    uint32_t index;

    if (!(frame->flags & PG_dirty))
        return false;
    /* A readahead mark would read as PG_reclaim once the page is under writeback. */
    frame->flags &= (uint16_t) ~(PG_dirty | PG_reclaim);
    mapping = accounting_mapping(reclaim, page);
    if (!mapping)
        return true;
    if (frame->mapcount > 0 && reclaim->rmap.page_mkclean)
        reclaim->rmap.page_mkclean(reclaim->rmap.context, page);
    index = page_owner(reclaim, page)->index;
    chunk = chunk_of(mapping, index);
    chunk->dirty[index % CACHE_CHUNK_PAGES / 64] &= ~(UINT64_C(1) << index % 64);
    chunk->nr_dirty--;
    if (--mapping->nr_dirty == 0)
        reclaim->writeback.nr_dirty_files--;
    reclaim->devices[mapping->backing_dev].nr_dirty_pages--;
    dec_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_DIRTY, cpu);
    return true;
}

void cancel_dirty_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    clear_page_dirty_for_io(reclaim, page, cpu);
}

void set_page_writeback(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);

    SIM_ASSERT(!(frame->flags & PG_writeback));
    frame->flags |= PG_writeback;
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_WRITEBACK, cpu);
}
