/* SPDX-License-Identifier: MIT */
/* Which traced block holds each page of the captured machine. */
#include "trace/page_owners.h"

#include "base/check.h"

enum { CHUNK_SHIFT = 9, CHUNK_PAGES = 1 << CHUNK_SHIFT };

void page_owners_fini(struct page_owners *owners)
{
    for (size_t i = 0; i < owners->chunks.count; i++)
        free(owners->chunks.items[i]);
    vec_fini(&owners->chunks);
    vec_fini(&owners->blocks);
    vec_fini(&owners->spare);
    hashmap_fini(&owners->chunk_index);
    *owners = (struct page_owners){0};
}

/* The chunk that holds the page, or NULL when there is none. */
static uint32_t *find_chunk(struct page_owners *owners, uint64_t pfn)
{
    uint64_t number = pfn >> CHUNK_SHIFT, index;

    if (SIM_LIKELY(owners->cached_number == number + 1))
        return owners->cached;
    if (!hashmap_get(&owners->chunk_index, number, &index))
        return NULL;
    owners->cached_number = number + 1;
    owners->cached = owners->chunks.items[index];
    return owners->cached;
}

static uint32_t *make_chunk(struct page_owners *owners, uint64_t pfn)
{
    uint32_t *chunk = find_chunk(owners, pfn);

    if (chunk)
        return chunk;
    if (!vec_reserve(&owners->chunks, owners->chunks.count + 1))
        return NULL;
    chunk = calloc(CHUNK_PAGES, sizeof(*chunk));
    if (!chunk)
        return NULL;
    if (!hashmap_put(&owners->chunk_index, pfn >> CHUNK_SHIFT, owners->chunks.count)) {
        free(chunk);
        return NULL;
    }
    owners->chunks.items[owners->chunks.count++] = chunk;
    return chunk;
}

uint32_t page_owners_get(struct page_owners *owners, uint64_t pfn)
{
    const uint32_t *chunk = find_chunk(owners, pfn);

    return chunk ? chunk[pfn % CHUNK_PAGES] : PAGE_OWNER_UNNAMED;
}

static void set_range(struct page_owners *owners, uint64_t pfn, uint64_t count, uint32_t entry)
{
    for (uint64_t end = pfn + count; pfn < end; pfn++) {
        uint32_t *chunk = find_chunk(owners, pfn);

        SIM_ASSERT(chunk);
        chunk[pfn % CHUNK_PAGES] = entry;
    }
}

bool page_owners_add(struct page_owners *owners, uint64_t id, uint64_t pfn, unsigned order)
{
    uint64_t pages = UINT64_C(1) << order;
    struct captured_block block = {id, pfn, (uint32_t)pages, (uint8_t)order};
    uint32_t index;

    for (uint64_t at = pfn; at < pfn + pages; at = (at | (CHUNK_PAGES - 1)) + 1) {
        if (!make_chunk(owners, at))
            return false;
    }
    if (owners->spare.count > 0) {
        index = owners->spare.items[--owners->spare.count];
        owners->blocks.items[index] = block;
    } else {
        index = (uint32_t)owners->blocks.count;
        /* the spare list must be able to take every block back */
        if (index >= UINT32_MAX - PAGE_OWNER_BLOCK || !vec_push(&owners->blocks, block))
            return false;
        if (!vec_reserve(&owners->spare, owners->blocks.count)) {
            owners->blocks.count--;
            return false;
        }
    }
    set_range(owners, pfn, pages, index + PAGE_OWNER_BLOCK);
    owners->nr_live++;
    owners->live_pages += pages;
    return true;
}

void page_owners_take(struct page_owners *owners, uint32_t entry, uint64_t pfn, uint64_t count)
{
    uint32_t index = entry - PAGE_OWNER_BLOCK;
    struct captured_block *block = &owners->blocks.items[index];

    SIM_ASSERT(entry >= PAGE_OWNER_BLOCK && count <= block->left);
    set_range(owners, pfn, count, PAGE_OWNER_NONE);
    block->left -= (uint32_t)count;
    owners->live_pages -= count;
    if (block->left == 0) {
        owners->spare.items[owners->spare.count++] = index;
        owners->nr_live--;
    }
}

bool page_owners_name(struct page_owners *owners, uint64_t pfn)
{
    uint32_t *chunk = make_chunk(owners, pfn);

    if (!chunk)
        return false;
    if (chunk[pfn % CHUNK_PAGES] == PAGE_OWNER_UNNAMED)
        chunk[pfn % CHUNK_PAGES] = PAGE_OWNER_NONE;
    return true;
}
