/* SPDX-License-Identifier: MIT */
/* The frame table: one 16-byte record per page frame, and the lists that run through it. */
#ifndef SIM_MM_FRAME_H
#define SIM_MM_FRAME_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"

/* A page frame number, kept apart from the other integers by its type. */
typedef struct {
    uint32_t nr;
} pfn_t;

#define PFN_NONE ((pfn_t){UINT32_MAX})

static inline bool pfn_is_none(pfn_t pfn)
{
    return pfn.nr == UINT32_MAX;
}

/* Page flags. Kernel: include/linux/page-flags.h [2.6.24] */
enum {
    PG_locked = 1 << 0,
    PG_error = 1 << 1,
    PG_referenced = 1 << 2,
    PG_uptodate = 1 << 3,
    PG_dirty = 1 << 4,
    PG_lru = 1 << 5,
    PG_active = 1 << 6,
    PG_slab = 1 << 7,
    PG_owner_priv_1 = 1 << 8,
    PG_reserved = 1 << 9,
    PG_private = 1 << 10,
    PG_writeback = 1 << 11,
    PG_compound = 1 << 12, /* head of a compound page; `private` is its order */
    PG_swapcache = 1 << 13,
    PG_reclaim = 1 << 14, /* under writeback: free it soon; else: begin the next readahead */
    PG_readahead = PG_reclaim,
    PG_buddy = 1 << 15, /* head of a free block; `private` is its order | list type << 4 */
};

/* Kernel: mm/page_alloc.c bad_page(), prep_new_page(), free_pages_check() [2.6.24] */
enum {
    PAGE_FLAGS_CHECK_AT_FREE = PG_lru | PG_private | PG_locked | PG_active | PG_slab |
                               PG_swapcache | PG_writeback | PG_reserved | PG_buddy,
    PAGE_FLAGS_CHECK_AT_PREP = PAGE_FLAGS_CHECK_AT_FREE | PG_dirty,
};

/*
 * All-zero is the valid state of a page that is inside a larger block or was never touched, so an
 * untouched frame costs no memory: the table is a lazily backed mapping of the whole pfn range.
 *
 * A page is at most one of: head of a free block (PG_buddy, on a free_area list), on a per-CPU
 * list (pcp_seq is its place in that list, `private` its remembered migratetype | FRAME_ON_PCP,
 * which no order reaches: its count is not one), in use
 * (count > 0 on the first page of the block, `private` its order), or interior (nothing).
 */
struct frame {
    uint32_t next; /* list links: frame indices */
    uint32_t prev;
    union {
        uint32_t pcp_seq; /* on a per-CPU list: larger is nearer to the head */
        struct {
            uint16_t count;    /* _count: references */
            uint16_t mapcount; /* _mapcount + 1: mappings */
        };
    };
    uint16_t flags;  /* PG_* */
    uint8_t private; /* order and migratetype, see above */
    uint8_t zone;    /* index of the zone in machine.zones; valid while listed or in use */
};

enum { FRAME_ON_PCP = 0x80 };

/*
 * What pcp_seq is while the page has `count` references and is not mapped: both counts in one
 * access. A hot path that writes one of them and then reads the pair waits for the write.
 */
static inline uint32_t frame_references(uint16_t count)
{
    return (struct frame){.count = count}.pcp_seq;
}

static_assert(sizeof(struct frame) == 16, "four frames share a cache line");

/*
 * Indices below `max_pfn` are pfns. Behind them, in the same array so that list code needs no
 * case distinction, follow the list heads (sentinels) and one proxy for each MAX_ORDER-aligned
 * 1024-page chunk: a free order-10 block is represented by its chunk's proxy, which keeps the
 * boot of a large machine from touching one page of frame table per 4 MiB.
 */
struct frame_table {
    struct frame *frames;
    uint32_t max_pfn;    /* a multiple of 1024 */
    uint32_t heads_base; /* == max_pfn */
    uint32_t nr_heads;
    uint32_t proxy_base; /* heads_base + nr_heads rounded up */
    uint64_t mapped_bytes;
};

/* Maps a table for pfns [0, max_pfn) with nr_heads empty lists; false: no host address space. */
bool frame_table_init(struct frame_table *table, uint64_t max_pfn, uint32_t nr_heads);
void frame_table_fini(struct frame_table *table);

/* ---- circular doubly linked lists through the table; `head` is a sentinel's index ---- */

static inline void frame_list_init(struct frame *frames, uint32_t head)
{
    frames[head].next = frames[head].prev = head;
}

static inline bool frame_list_empty(const struct frame *frames, uint32_t head)
{
    return frames[head].next == head;
}

/* Inserts `index` right behind `after`. */
static inline void frame_list_insert(struct frame *frames, uint32_t after, uint32_t index)
{
    uint32_t next = frames[after].next;

    frames[index].next = next;
    frames[index].prev = after;
    frames[next].prev = index;
    frames[after].next = index;
}

static inline void frame_list_del(struct frame *frames, uint32_t index)
{
    uint32_t next = frames[index].next;
    uint32_t prev = frames[index].prev;

    frames[next].prev = prev;
    frames[prev].next = next;
}

/* The frame that represents a free block of `order` starting at pfn. */
static inline uint32_t frame_of_block(const struct frame_table *table, uint32_t pfn, unsigned order)
{
    return order == 10 ? table->proxy_base + (pfn >> 10) : pfn;
}

/* The first pfn of the free block that the listed frame `index` represents. */
static inline uint32_t frame_block_pfn(const struct frame_table *table, uint32_t index)
{
    return index >= table->proxy_base ? (index - table->proxy_base) << 10 : index;
}

#endif
