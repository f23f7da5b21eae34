/* SPDX-License-Identifier: MIT */
/* Files, caches and user-memory operations as plain data that config fills. */
#ifndef SIM_USER_USER_SPEC_H
#define SIM_USER_USER_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/mempolicy.h"

struct file_spec {
    const char *name;
    uint64_t pages;             /* its size at the beginning; writes may extend it */
    uint32_t device;            /* index among the machine's devices */
    uint64_t first_sector_page; /* where it lies on the device: files follow each other */
    uint8_t writepage;          /* enum writepage_kind (reclaim/address_space.h) */
};

/* What kmem_cache_create() is told, and a shrinker. */
struct cache_spec {
    const char *name;
    uint32_t objects_per_page; /* 1..4096: slabs are single pages of so many; 0: by object_size */
    uint32_t seeks;            /* 1..; 2 is usual; 0: no shrinker */
    bool fs_only;              /* shrinks only for callers with __GFP_FS, as dentries and inodes */
    uint32_t flags;            /* SLAB_* (mm/slab_layout.h) */
    uint32_t object_size;      /* bytes, 1..KMALLOC_MAX_SIZE; 0: what objects_per_page leaves */
    uint32_t align;            /* 0 or a power of two up to a page */
};

enum access_pattern { ACCESS_SEQUENTIAL, ACCESS_RANDOM, ACCESS_ZIPF };

/*
 * Which pages, in which order: `count` accesses (0: nr_pages) to the pages [first, first +
 * nr_pages). Sequential ones wrap around; random is uniform; zipf scatters its ranks over the range
 * by a fixed permutation. Draws come from the task's own stream.
 */
struct access_spec {
    uint8_t pattern; /* enum access_pattern */
    uint32_t zipf_exponent_milli;
    uint64_t first_page;
    uint64_t nr_pages; /* 0: to the end of the region or file */
    uint64_t count;
    uint64_t rate_pages_per_s; /* the task sleeps so as not to be faster on average; 0 = no limit */
};

enum user_op {
    USER_ANON,        /* mmap: a new anonymous region [region nr_pages policy]; no memory yet */
    USER_MMAP,        /* maps a file [region file access.first_page access.nr_pages private_copy] */
    USER_TOUCH,       /* memory accesses [region access write] */
    USER_UNMAP,       /* [region] munmap of the whole */
    USER_MLOCK,       /* [region] and brings all its pages in */
    USER_MUNLOCK,     /* [region] */
    USER_READ,        /* [file access block_pages] through the page cache, with readahead */
    USER_WRITE,       /* [file access block_pages] whole pages */
    USER_FSYNC,       /* [file] */
    USER_DROP_CACHES, /* [drop]: 1 page cache, 2 slab, 3 both */
    USER_FORK,        /* [child]: the run starts it */
    USER_SLAB_ALLOC,  /* [cache count gfp] objects */
    USER_SLAB_FREE,   /* [cache count] the task's oldest; 0 = all it has left */
    USER_KMEM_CACHE_SHRINK, /* [cache] */
    USER_SET_MEMPOLICY,     /* [policy] of the task */
    USER_MBIND,             /* [region policy] of what the region gets from now on */
    NR_USER_OPS,
};

struct user_op_spec {
    uint8_t op; /* enum user_op */
    bool write;
    bool shared;       /* MAP_SHARED: forked tasks see what is written; USER_ANON only */
    bool private_copy; /* MAP_PRIVATE: what is written is a copy of the file's page */
    uint8_t drop;
    uint32_t
        region; /* number of the region's id within its task, from 0; forked tasks share them */
    uint32_t file;
    uint32_t cache;
    uint32_t child;       /* index of the task_spec that a fork starts */
    uint32_t block_pages; /* pages of one read() or write(), >= 1 */
    uint32_t gfp;
    uint64_t nr_pages; /* of a new region */
    uint64_t count;
    struct access_spec access;
    struct mempolicy_spec policy;
};

#endif
