/* SPDX-License-Identifier: MIT */
/* The unusable free space index and the fragmentation index. */
#include "stats/fragmentation.h"

#include "base/check.h"

enum { THOUSANDTHS = 1000 };

uint64_t fragmentation_usable_pages(const uint64_t nr_free[static MAX_ORDER], unsigned order)
{
    uint64_t pages = 0;

    SIM_ASSERT(order < MAX_ORDER);
    for (unsigned i = order; i < MAX_ORDER; i++)
        pages += nr_free[i] << i;
    return pages;
}

uint64_t fragmentation_free_pages(const uint64_t nr_free[static MAX_ORDER])
{
    return fragmentation_usable_pages(nr_free, 0);
}

/* Without any free page all is unusable. Kernel: mm/vmstat.c unusable_free_index() [2.6.35] */
unsigned fragmentation_unusable_index(const uint64_t nr_free[static MAX_ORDER], unsigned order)
{
    uint64_t free_pages = fragmentation_free_pages(nr_free);
    uint64_t unusable = free_pages - fragmentation_usable_pages(nr_free, order);

    return free_pages ? (unsigned)(unusable * THOUSANDTHS / free_pages) : THOUSANDTHS;
}

int fragmentation_index(const uint64_t nr_free[static MAX_ORDER], unsigned order)
{
    uint64_t blocks = 0;
    uint64_t free_pages = fragmentation_free_pages(nr_free);

    for (unsigned i = 0; i < MAX_ORDER; i++)
        blocks += nr_free[i];
    if (blocks == 0)
        return 0;
    if (fragmentation_usable_pages(nr_free, order))
        return -THOUSANDTHS;
    return THOUSANDTHS - (int)((THOUSANDTHS + (free_pages * THOUSANDTHS >> order)) / blocks);
}
