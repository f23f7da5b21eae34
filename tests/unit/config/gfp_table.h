/* SPDX-License-Identifier: MIT */
/* The masks as a table: what each makes of every page call, with plenty of memory and without. */
#ifndef TESTS_UNIT_CONFIG_GFP_TABLE_H
#define TESTS_UNIT_CONFIG_GFP_TABLE_H

#include <stdint.h>

#include "api_machine.h"

/* Written by hand from the kernel's rules; nothing here was recorded from a run. */

enum {
    GFP_HAS_COMP = 1 << 0,
    GFP_HAS_ZERO = 1 << 1,
    GFP_HAS_HIGHMEM = 1 << 2, /* get_zeroed_page() may not be called with it */
    GFP_HAS_THISNODE = 1 << 3,
};

/* The first zone of a mask's zonelist, by machine; on NUMA that of node 1. NULL: it is empty. */
struct gfp_row {
    const char *gfp;
    const char *uma;
    const char *numa;
    const char *i386;
    const char *movable;
    uint8_t type;
    uint8_t has; /* GFP_HAS_* */
};

#define ANY_NORMAL  "0/Normal", "1/Normal", "0/Normal", "0/Normal"
#define ANY_HIGHMEM "0/Normal", "1/Normal", "0/HighMem", "0/Normal"
#define ANY_MOVABLE "0/Normal", "1/Normal", "0/HighMem", "0/Movable"
#define ANY_DMA     "0/DMA", "0/DMA", "0/DMA", "0/DMA"
#define ANY_DMA32   "0/DMA32", "0/DMA32", "0/Normal", "0/DMA32"

/* clang-format off */
static const struct gfp_row gfp_rows[] = {
    {"0", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_NOWAIT", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_ATOMIC", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_NOIO", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_NOFS", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_TEMPORARY", ANY_NORMAL, RECLAIMABLE, 0},
    {"GFP_USER", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_HIGHUSER", ANY_HIGHMEM, UNMOVABLE, GFP_HAS_HIGHMEM},
    {"GFP_HIGHUSER_MOVABLE", ANY_MOVABLE, MOVABLE_TYPE, GFP_HAS_HIGHMEM},
    {"GFP_NOFS_PAGECACHE", ANY_NORMAL, MOVABLE_TYPE, 0},
    {"GFP_USER_PAGECACHE", ANY_NORMAL, MOVABLE_TYPE, 0},
    {"GFP_HIGHUSER_PAGECACHE", ANY_MOVABLE, MOVABLE_TYPE, GFP_HAS_HIGHMEM},
    {"GFP_THISNODE", ANY_NORMAL, UNMOVABLE, GFP_HAS_THISNODE},
    {"GFP_KERNEL|GFP_THISNODE", ANY_NORMAL, UNMOVABLE, GFP_HAS_THISNODE},
    /* of the bits of place the first that the kernel knows of decides: DMA, DMA32, the others */
    {"GFP_DMA", ANY_DMA, UNMOVABLE, 0},
    {"GFP_DMA32", ANY_DMA32, UNMOVABLE, 0},
    {"GFP_KERNEL|GFP_DMA", ANY_DMA, UNMOVABLE, 0},
    {"GFP_ATOMIC|GFP_DMA", ANY_DMA, UNMOVABLE, 0},
    {"GFP_KERNEL|GFP_DMA32", ANY_DMA32, UNMOVABLE, 0},
    {"GFP_KERNEL|GFP_DMA|GFP_DMA32", ANY_DMA, UNMOVABLE, 0},
    {"GFP_HIGHUSER|__GFP_DMA", ANY_DMA, UNMOVABLE, GFP_HAS_HIGHMEM},
    {"GFP_HIGHUSER_MOVABLE|__GFP_DMA", ANY_DMA, MOVABLE_TYPE, GFP_HAS_HIGHMEM},
    {"GFP_HIGHUSER|__GFP_DMA32", "0/DMA32", "0/DMA32", "0/HighMem", "0/DMA32", UNMOVABLE, GFP_HAS_HIGHMEM},
    {"GFP_HIGHUSER_MOVABLE|__GFP_DMA32", "0/DMA32", "0/DMA32", "0/HighMem", "0/DMA32", MOVABLE_TYPE, GFP_HAS_HIGHMEM},
    {"GFP_DMA|__GFP_THISNODE", "0/DMA", NULL, "0/DMA", "0/DMA", UNMOVABLE, GFP_HAS_THISNODE},
    {"GFP_DMA32|__GFP_THISNODE", "0/DMA32", NULL, "0/Normal", "0/DMA32", UNMOVABLE, GFP_HAS_THISNODE},
    {"GFP_ATOMIC|__GFP_HIGHMEM", ANY_HIGHMEM, UNMOVABLE, GFP_HAS_HIGHMEM},
    /* every other bit */
    {"GFP_KERNEL|__GFP_HIGH", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_COLD", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_NOWARN", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_REPEAT", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_NOFAIL", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_NORETRY", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_COMP", ANY_NORMAL, UNMOVABLE, GFP_HAS_COMP},
    {"GFP_KERNEL|__GFP_ZERO", ANY_NORMAL, UNMOVABLE, GFP_HAS_ZERO},
    {"GFP_KERNEL|__GFP_NOMEMALLOC", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_HARDWALL", ANY_NORMAL, UNMOVABLE, 0},
    {"GFP_KERNEL|__GFP_THISNODE", ANY_NORMAL, UNMOVABLE, GFP_HAS_THISNODE},
    {"GFP_KERNEL|__GFP_RECLAIMABLE", ANY_NORMAL, RECLAIMABLE, 0},
    {"GFP_KERNEL|__GFP_MOVABLE", ANY_NORMAL, MOVABLE_TYPE, 0},
    {"GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO|__GFP_COLD", ANY_MOVABLE, MOVABLE_TYPE, GFP_HAS_COMP | GFP_HAS_ZERO | GFP_HAS_HIGHMEM},
};
/* clang-format on */

/*
 * What is left of the memory, which is all free, beside the watermarks of every zone: the marks
 * are raised to it by min_free_kbytes. Free pages as a share of pages_min:
 */
enum shortage {
    BELOW_LOW,    /* 1.12: between the marks low and min */
    BELOW_MIN,    /* 0.87: above 3/4 of min, the mark of who cannot wait (ALLOC_HARDER) */
    BELOW_HARDER, /* 0.62: above 1/2, that of __GFP_HIGH (ALLOC_HIGH) */
    BELOW_HIGH,   /* 0.44: above 3/8, that of both: GFP_ATOMIC */
    BELOW_ATOMIC, /* 0.3 */
    NR_SHORTAGES,
};

/* min_free_kbytes of 1 GiB, nearly all of which is free; on NUMA there are two. */
static const unsigned shortage_kb[NR_SHORTAGES] = {936000, 1205000, 1691000, 2383000, 3495000};

/* What comes of a request; the letters of `comes`. */
enum {
    COMES_PAGE = 'p',  /* a page, without reclaim */
    COMES_FAIL = 'f',  /* NULL at once */
    COMES_TRIED = 'r', /* NULL after a direct reclaim, which finds nothing here */
    COMES_KILL = 'k',  /* the OOM killer is called and kills the task, which gets its page */
    COMES_DEATH = 'd', /* the same, but the victim may not have the reserves: NULL */
    COMES_WAIT = 'w',  /* congestion_wait() and round again, for ever */
};

/* One request for 2^order pages under each shortage. Kernel: __alloc_pages() */
struct shortage_row {
    uint8_t machine;   /* UMA or NUMA */
    const char *flags; /* of the task */
    uint8_t order;
    const char *gfp;
    const char *comes; /* one letter for each shortage */
};

/* clang-format off */
static const struct shortage_row shortage_rows[] = {
    /* who cannot wait digs deeper and fails at once; no other bit helps */
    {UMA, "", 0, "GFP_NOWAIT", "ppfff"},
    {UMA, "", 0, "GFP_ATOMIC", "ppppf"},
    {UMA, "", 3, "GFP_ATOMIC", "ppppf"},
    {UMA, "", 9, "GFP_ATOMIC", "ppppf"},
    {UMA, "", 0, "GFP_ATOMIC|__GFP_NOFAIL", "ppppf"},
    {UMA, "", 0, "GFP_ATOMIC|__GFP_REPEAT", "ppppf"},
    {UMA, "", 0, "GFP_ATOMIC|__GFP_NORETRY|__GFP_NOWARN", "ppppf"},
    {UMA, "", 0, "GFP_ATOMIC|__GFP_NOMEMALLOC", "ppppf"},
    {UMA, "", 0, "GFP_DMA", "ppfff"},
    {UMA, "", 0, "GFP_ATOMIC|GFP_DMA", "ppppf"},
    {UMA, "", 0, "GFP_DMA32", "ppfff"},
    {UMA, "", 0, "GFP_ATOMIC|__GFP_HIGHMEM", "ppppf"},
    /* who can: small orders until there is a page; without __GFP_FS nobody is killed for it */
    {UMA, "", 0, "GFP_NOIO", "pwwww"},
    {UMA, "", 0, "GFP_NOFS", "pwwww"},
    {UMA, "", 0, "GFP_NOFS_PAGECACHE", "pwwww"},
    {UMA, "", 3, "GFP_NOFS", "pwwww"},
    {UMA, "", 0, "GFP_KERNEL", "pkkkk"},
    {UMA, "", 3, "GFP_KERNEL", "pkkkk"},
    {UMA, "", 0, "GFP_TEMPORARY", "pkkkk"},
    {UMA, "", 0, "GFP_USER", "pkkkk"},
    {UMA, "", 0, "GFP_HIGHUSER", "pkkkk"},
    {UMA, "", 0, "GFP_HIGHUSER_MOVABLE", "pkkkk"},
    {UMA, "", 0, "GFP_USER_PAGECACHE", "pkkkk"},
    {UMA, "", 0, "GFP_KERNEL|GFP_DMA", "pkkkk"},
    {UMA, "", 0, "GFP_KERNEL|__GFP_NOMEMALLOC", "pdddd"},
    {UMA, "", 0, "GFP_KERNEL|__GFP_REPEAT", "pkkkk"},
    {UMA, "", 0, "GFP_KERNEL|__GFP_NOFAIL", "pkkkk"},
    {UMA, "", 0, "GFP_KERNEL|__GFP_HIGH", "pppkk"},
    {UMA, "", 0, "GFP_NOFS|__GFP_HIGH", "pppww"},
    {UMA, "", 0, "GFP_NOFS|__GFP_COLD|__GFP_ZERO", "pwwww"},
    /* ... larger ones once, unless told; and what would call the OOM killer fails whatever is told */
    {UMA, "", 4, "GFP_NOFS", "prrrr"},
    {UMA, "", 4, "GFP_NOFS|__GFP_REPEAT", "pwwww"},
    {UMA, "", 4, "GFP_NOFS|__GFP_NOFAIL", "pwwww"},
    {UMA, "", 4, "GFP_NOFS|__GFP_COMP", "prrrr"},
    {UMA, "", 4, "GFP_KERNEL", "prrrr"},
    {UMA, "", 4, "GFP_KERNEL|__GFP_REPEAT", "prrrr"},
    {UMA, "", 4, "GFP_KERNEL|__GFP_NOFAIL", "prrrr"},
    {UMA, "", 4, "GFP_KERNEL|__GFP_HIGH", "ppprr"},
    /* __GFP_NORETRY: one reclaim, no kill; it wins against the others */
    {UMA, "", 0, "GFP_KERNEL|__GFP_NORETRY", "prrrr"},
    {UMA, "", 0, "GFP_NOIO|__GFP_NORETRY", "prrrr"},
    {UMA, "", 0, "GFP_KERNEL|__GFP_NORETRY|__GFP_NOFAIL|__GFP_REPEAT", "prrrr"},
    {UMA, "", 9, "GFP_HIGHUSER_MOVABLE|__GFP_NORETRY|__GFP_NOWARN", "prrrr"},
    /* GFP_THISNODE is nothing to this kernel, and so neither a bar to the OOM killer */
    {UMA, "", 0, "GFP_THISNODE", "ppfff"},
    {UMA, "", 0, "GFP_KERNEL|GFP_THISNODE", "pkkkk"},
    /* the task: real-time ones dig as those that cannot wait; reclaimers and victims have all */
    {UMA, "rt_task", 0, "GFP_NOFS", "ppwww"},
    {UMA, "rt_task", 0, "GFP_NOFS|__GFP_HIGH", "ppppw"},
    {UMA, "rt_task, in_interrupt", 0, "GFP_ATOMIC", "ppppf"},
    {UMA, "PF_MEMALLOC", 0, "GFP_NOWAIT", "ppppp"},
    {UMA, "PF_MEMALLOC", 4, "GFP_KERNEL", "ppppp"},
    {UMA, "PF_MEMALLOC", 0, "GFP_KERNEL|__GFP_NOMEMALLOC", "pffff"},
    {UMA, "PF_MEMALLOC", 0, "GFP_KERNEL|__GFP_NOMEMALLOC|__GFP_NOFAIL", "pffff"},
    {UMA, "PF_MEMALLOC", 0, "GFP_ATOMIC|__GFP_NOMEMALLOC", "ppppf"},
    {UMA, "PF_MEMALLOC, in_interrupt", 0, "GFP_ATOMIC", "ppppf"},
    {UMA, "TIF_MEMDIE", 0, "GFP_NOFS", "ppppp"},
    {UMA, "TIF_MEMDIE", 0, "GFP_NOFS|__GFP_NOMEMALLOC", "pffff"},
    /* NUMA: GFP_THISNODE does not go below the first mark; its bits apart do as they say */
    {NUMA, "", 0, "GFP_ATOMIC", "ppppf"},
    {NUMA, "", 0, "GFP_NOFS", "pwwww"},
    {NUMA, "", 0, "GFP_THISNODE", "fffff"},
    {NUMA, "", 0, "GFP_KERNEL|GFP_THISNODE", "fffff"},
    {NUMA, "", 4, "GFP_ATOMIC|GFP_THISNODE", "fffff"},
    {NUMA, "PF_MEMALLOC", 0, "GFP_KERNEL|GFP_THISNODE", "fffff"},
    {NUMA, "", 0, "GFP_ATOMIC|__GFP_THISNODE", "ppppf"},
    {NUMA, "", 0, "GFP_NOFS|__GFP_THISNODE", "pwwww"},
    {NUMA, "", 0, "GFP_NOFS|__GFP_THISNODE|__GFP_NORETRY", "prrrr"},
    {NUMA, "", 0, "GFP_DMA|__GFP_THISNODE", "ppfff"},
};
/* clang-format on */

#endif
