/* SPDX-License-Identifier: MIT */
/* Mapping the table of page owners. */
#include "reclaim/page_owner.h"

#include <stddef.h>
#include <sys/mman.h>

bool page_owner_table_init(struct page_owner_table *table, uint32_t max_pfn)
{
    uint64_t bytes = (uint64_t)max_pfn * sizeof(struct page_owner);
    void *owners = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (owners == MAP_FAILED)
        return false;
    *table = (struct page_owner_table){.owners = owners, .mapped_bytes = bytes};
    return true;
}

void page_owner_table_fini(struct page_owner_table *table)
{
    if (table->owners)
        munmap(table->owners, table->mapped_bytes);
    *table = (struct page_owner_table){0};
}
