/* SPDX-License-Identifier: MIT */
/* Mapping the frame table. */
#include "mm/frame.h"

#include <stddef.h>
#include <sys/mman.h>

enum { CHUNK_SHIFT = 10, INDICES_PER_HOST_PAGE = 256 };

bool frame_table_init(struct frame_table *table, uint64_t max_pfn, uint32_t nr_heads)
{
    uint64_t chunks = (max_pfn + (1 << CHUNK_SHIFT) - 1) >> CHUNK_SHIFT;
    uint64_t pfns = chunks << CHUNK_SHIFT;
    uint64_t heads = ((uint64_t)nr_heads + INDICES_PER_HOST_PAGE - 1) / INDICES_PER_HOST_PAGE *
                     INDICES_PER_HOST_PAGE;
    uint64_t total = pfns + heads + chunks;
    void *frames;

    if (total > UINT32_MAX)
        return false;
    frames = mmap(NULL, total * sizeof(struct frame), PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (frames == MAP_FAILED)
        return false;
    *table = (struct frame_table){
        .frames = frames,
        .max_pfn = (uint32_t)pfns,
        .heads_base = (uint32_t)pfns,
        .nr_heads = nr_heads,
        .proxy_base = (uint32_t)(pfns + heads),
        .mapped_bytes = total * sizeof(struct frame),
    };
    return true;
}

void frame_table_fini(struct frame_table *table)
{
    if (table->frames)
        munmap(table->frames, table->mapped_bytes);
    *table = (struct frame_table){0};
}
