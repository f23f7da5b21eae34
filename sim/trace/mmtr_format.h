/* SPDX-License-Identifier: MIT */
/* Layout of a binary trace (.mmtr), version 1. */
#ifndef SIM_TRACE_MMTR_FORMAT_H
#define SIM_TRACE_MMTR_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Fixed-width integers are little-endian; `varint` is unsigned LEB128 in its shortest form, at
 * most 10 bytes; `zigzag` is a signed number n as the varint of (n << 1) ^ (n >> 63); `text` is a
 * varint length and that many bytes of UTF-8 without control characters.
 *
 *   header    magic[8] u16 version u16 header_length u32 flags
 *   sections  in the order of the table, without gaps, between the header and the table
 *   table     nr_sections times: u32 kind, u32 reserved, u64 offset, u64 length, u64 count
 *   footer    u64 table_offset u32 nr_sections u32 reserved u64 file_size u64 checksum
 *
 * The table stands at the end so that a trace can be written to a pipe. flags and reserved are 0;
 * a reader refuses others. The checksum is the FNV-1a-64 of all bytes before it. Each kind occurs
 * at most once; `records` and `tasks` must be there. `count` is the number of entries:
 *
 *   meta      text key, text value
 *   tasks     text name, zigzag cpu (-1: placed by the run)
 *   quality   text name, varint value; names of trace/import_quality.h, others are ignored
 *   records   u8 head, [varint time delta in ns], [varint task], body
 *
 * head: bits 0-4 the op (MMTR_OP_*), MMTR_SAME_TIME: no time delta, MMTR_SAME_TASK: no task,
 * MMTR_RECLAIM: origin reclaim. Before the first record time is 0, the task 0, the last
 * allocated id -1. A node is its number, or as in trace/record.h one that is none. Body by op;
 * `last` is the last allocated id:
 *
 *   alloc_pages, get_free_pages, get_dma_pages    zigzag id - last - 1, varint order,
 *                                                 varint gfp, zigzag node
 *   get_zeroed_page                               the same, order 0
 *   kmalloc, vmalloc                              zigzag id - last - 1, varint size in bytes,
 *                                                 varint gfp, zigzag node
 *   vmalloc_32                                    the same, gfp 0, node -1
 *   kmem_cache_alloc                              the same with varint cache in place of the size
 *   free_pages, free_hot_page, free_cold_page, split_page, get_page, put_page, kfree,
 *   kmem_cache_free, vfree                        zigzag last - id
 *   free_pages_of_order                           zigzag last - id, varint order that is claimed
 *   free_part                                     zigzag last - id, varint order, varint part
 *   drain_local_pages, drain_all_local_pages      nothing
 *   sysctl                                        u8 sysctl, 3 varint values
 *
 * A cache is a number in the list `caches` of the workload that names the trace.
 *
 * Ids: an allocation's id is not held; whatever uses a block names one that is; the pieces of a
 * block are disjoint and within it, and the last ends it; a claimed order is the block's. get_page
 * adds a reference to a whole block of pages, each free or put drops one, the last ends it. A
 * failed allocation of the replay holds its id all the same.
 */
#define MMTR_MAGIC        "MMTR\r\n\x1a\n"
#define MMTR_VERSION      1
#define MMTR_HEADER_SIZE  16
#define MMTR_SECTION_SIZE 32
#define MMTR_FOOTER_SIZE  32
#define MMTR_NAME_MAX     64   /* bytes of a task's name, of a key */
#define MMTR_VALUE_MAX    1024 /* bytes of a meta value */
#define MMTR_SECTIONS_MAX 16
#define MMTR_CPU_MAX      65535

enum mmtr_section {
    MMTR_SECTION_META = 1,
    MMTR_SECTION_TASKS = 2,
    MMTR_SECTION_QUALITY = 3,
    MMTR_SECTION_RECORDS = 4,
};

/* Bits of a record's head. */
enum {
    MMTR_OP_MASK = 0x1f,
    MMTR_SAME_TIME = 0x20,
    MMTR_SAME_TASK = 0x40,
    MMTR_RECLAIM = 0x80,
};

/* The numbers of the ops in files; apart from enum trace_op, which may be reordered. */
enum mmtr_op {
    MMTR_OP_ALLOC_PAGES = 0,
    MMTR_OP_GET_FREE_PAGES = 1,
    MMTR_OP_GET_ZEROED_PAGE = 2,
    MMTR_OP_GET_DMA_PAGES = 3,
    MMTR_OP_FREE_PAGES = 4,
    MMTR_OP_FREE_PART = 5,
    MMTR_OP_FREE_HOT_PAGE = 6,
    MMTR_OP_FREE_COLD_PAGE = 7,
    MMTR_OP_SPLIT_PAGE = 8,
    MMTR_OP_DRAIN_LOCAL_PAGES = 9,
    MMTR_OP_DRAIN_ALL_LOCAL_PAGES = 10,
    MMTR_OP_SYSCTL = 11,
    MMTR_OP_KMALLOC = 12,
    MMTR_OP_KMEM_CACHE_ALLOC = 13,
    MMTR_OP_VMALLOC = 14,
    MMTR_OP_VMALLOC_32 = 15,
    MMTR_OP_GET_PAGE = 16,
    MMTR_OP_PUT_PAGE = 17,
    MMTR_OP_KFREE = 18,
    MMTR_OP_KMEM_CACHE_FREE = 19,
    MMTR_OP_VFREE = 20,
    MMTR_OP_FREE_PAGES_OF_ORDER = 21,
    NR_MMTR_OPS,
};

/* Longest record: head, three varints of 10 bytes before and after, a byte. */
#define MMTR_RECORD_MAX 64

/* FNV-1a-64 continued over `size` more bytes. */
#define MMTR_CHECKSUM_INIT UINT64_C(0xcbf29ce484222325)
static inline uint64_t mmtr_checksum(uint64_t sum, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static inline uint64_t mmtr_zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static inline int64_t mmtr_unzigzag(uint64_t z)
{
    return (int64_t)(z >> 1 ^ (0 - (z & 1)));
}

#endif
