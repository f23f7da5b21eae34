/* SPDX-License-Identifier: MIT */
/* The page cache of one file: which page of memory holds which page of the file. */
#ifndef SIM_RECLAIM_ADDRESS_SPACE_H
#define SIM_RECLAIM_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/frame.h"

struct reclaim;
struct shmem_info;

/* What the file system's writepage does. */
enum writepage_kind {
    WRITEPAGE_WRITES,    /* submits the page to the device */
    WRITEPAGE_NONE,      /* there is none: the page is never written by reclaim (ramfs) */
    WRITEPAGE_ACTIVATES, /* declines: AOP_WRITEPAGE_ACTIVATE (tmpfs without swap) */
    WRITEPAGE_REDIRTIES, /* marks the page dirty again (a journal that is not ready) */
    WRITEPAGE_SWAPS,     /* moves the page to the swap cache (reclaim/shmem.h) */
};

enum { CACHE_CHUNK_PAGES = 512 };

/* Slot values below the pfns' limit are pfns. */
#define CACHE_SLOT_EMPTY   UINT32_MAX
#define CACHE_SLOT_EVICTED (UINT32_MAX - 1) /* was here, reclaim took it: a read is a refault */

struct cache_chunk {
    uint32_t slots[CACHE_CHUNK_PAGES];
    uint64_t dirty[CACHE_CHUNK_PAGES / 64]; /* the radix tree's PAGECACHE_TAG_DIRTY */
    uint32_t nr_dirty;
};

/*
 * DEVIATION: its tree takes no simulated memory, so that no page fails to enter a cache for lack of
 * nodes.
 *
 * Invariants (reclaim_check): nrpages is the number of slots that hold a pfn, each of a page whose
 * page_owner names this mapping and index; a dirty bit is set exactly when that page is PG_dirty
 * and the mapping is not memory_only; nr_dirty is their number. A file that has dirty pages, is
 * inode_dirty or being_written is in one of its device's lists (reclaim.writeback.inodes). One
 * whose pages others have cleaned stays there until its turn comes.
 */
struct address_space {
    uint32_t id;                /* index in reclaim.mappings */
    uint32_t backing_dev;       /* index in reclaim.devices */
    uint8_t writepage;          /* enum writepage_kind */
    bool memory_only;           /* BDI_CAP_NO_ACCT_DIRTY (ramfs, tmpfs): dirty is PG_dirty alone */
    uint32_t nr_mmap;           /* mappings of the file, mapped pages or not: mapping_mapped() */
    uint64_t first_sector_page; /* where the file lies on its device, in pages */
    uint64_t nrpages;
    uint64_t nr_dirty;
    uint64_t writeback_index; /* where the next partial write-back goes on */
    uint64_t dirtied_when_ns; /* when it became dirty */
    struct address_space *next_inode;
    struct address_space *prev_inode;
    uint8_t inode_list;          /* enum inode_list_kind: where they link it */
    bool inode_dirty;            /* I_DIRTY_PAGES */
    bool being_written;          /* a pass of write-back is in it: I_SYNC */
    struct cache_chunk **chunks; /* [nr_chunks], NULL: nothing there */
    size_t nr_chunks;
    struct shmem_info *shmem; /* WRITEPAGE_SWAPS: where its pages are on swap; NULL: another kind */
    void *host;               /* whose cache it is: the owner's business, NULL: nobody's */
};

/*
 * A new empty mapping, owned by reclaim, at a stable address. NULL: no host memory.
 */
struct address_space *address_space_create(struct reclaim *reclaim, uint32_t backing_dev);

/* The mapping of a page in a file's page cache; NULL: it is in none. */
struct address_space *page_mapping_file(const struct reclaim *reclaim, pfn_t page);

/* The slot's value; O(1). */
uint32_t find_get_slot(const struct address_space *mapping, uint32_t index);

/* The lowest dirty page at or after `from`; false: none. Cost grows with chunks, not pages. */
bool find_dirty_page(const struct address_space *mapping, uint32_t from, uint32_t *ret_index);

/*
 * Puts a page into the cache: a reference, NR_FILE_PAGES, its page_owner. *ret_refault: reclaim had
 * taken the page of this index. The slot must not hold a page. The caller does the kernel's
 * locking of the page (PG_locked) where it matters. False: no host memory.
 * Kernel: mm/filemap.c add_to_page_cache() [2.6.24]
 */
bool add_to_page_cache(struct reclaim *reclaim, struct address_space *mapping, uint32_t index,
                       pfn_t page, unsigned cpu, bool *ret_refault);

/*
 * Takes a page out; the cache's reference is the caller's now. `evicted`: reclaim did it, and the
 * slot remembers. The page must be clean and not mapped. Told as RECLAIM_EVICT.
 * Kernel: mm/filemap.c __remove_from_page_cache() [2.6.24]
 */
void remove_from_page_cache(struct reclaim *reclaim, pfn_t page, bool evicted, unsigned cpu);

/*
 * Marks a file page dirty (PG_dirty, NR_FILE_DIRTY, the tag, the dirty list, its device's
 * nr_dirty_pages) or any other (PG_dirty only). True: it was clean. Kernel: mm/page-writeback.c
 * set_page_dirty() [2.6.24]
 */
bool set_page_dirty(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Takes the dirty mark of a page that is about to be written, tag and all. True: it was dirty.
 * Kernel: mm/page-writeback.c clear_page_dirty_for_io() [2.6.24] */
bool clear_page_dirty_for_io(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Takes it for good: the page is thrown away. Kernel: mm/truncate.c cancel_dirty_page() [2.6.24] */
void cancel_dirty_page(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* PG_writeback and NR_WRITEBACK. Kernel: mm/page-writeback.c test_set_page_writeback() [2.6.24] */
void set_page_writeback(struct reclaim *reclaim, pfn_t page, unsigned cpu);

/* Drops PG_private and its reference. False: the buffers are pinned (PG_owner_priv_1).
 * Kernel: mm/filemap.c try_to_release_page() [2.6.24] */
bool try_to_release_page(struct reclaim *reclaim, pfn_t page);

/* Makes an empty cache as good as new: nothing is known of pages that were there. */
void address_space_clear(struct address_space *mapping);

/* For reclaim_fini(). */
void address_space_destroy(struct address_space *mapping);

#endif
