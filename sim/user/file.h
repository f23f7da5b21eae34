/* SPDX-License-Identifier: MIT */
/* A file and its page cache: getting single pages, read() and write(). */
#ifndef SIM_USER_FILE_H
#define SIM_USER_FILE_H

#include "mm/gfp.h"
#include "mm/page_alloc.h"
#include "reclaim/address_space.h"
#include "reclaim/writeback.h"
#include "user/readahead.h"
#include "user/user_spec.h"

struct reclaim;
struct user_memory;
struct user_task;
struct vm_area;

/*
 * Every cached page is locked (its read is under way) or up to date: there are no read errors, and
 * a write fills its page in one piece.
 * DEVIATION: pages have no buffer heads. Those would pin nothing that reclaim does not drop with
 * try_to_release_page(), but take slab memory for pages that were written.
 * DEVIATION: there is no journal, whose commits every 5 s write data of their own accord, and there
 * are no pages of metadata.
 */
struct file {
    const struct file_spec *spec;
    struct address_space *mapping; /* reclaim's */
    uint64_t size_pages;
    /* DEVIATION: one for all readers, as if they shared the open file. */
    struct file_ra_state ra;
    struct vm_area *first_mmap, *last_mmap; /* those that map it, linked by next_in_file */
};

/* The spec is kept. False: no host memory. Nothing is to be ended: the mapping is reclaim's. */
bool file_init(struct file *file, struct reclaim *reclaim, const struct file_spec *spec);

/* The page of memory that holds a page of the file, PFN_NONE for none; takes no reference.
 * Kernel: mm/filemap.c find_get_page() [2.6.24] */
static inline pfn_t find_cached_page(const struct file *file, uint64_t index)
{
    uint32_t slot = find_get_slot(file->mapping, (uint32_t)index);

    return slot < CACHE_SLOT_EVICTED ? (pfn_t){slot} : PFN_NONE;
}

/* What its pages are allocated with: those of a ramfs cannot be moved.
 * Kernel: fs/inode.c alloc_inode(), fs/ramfs/inode.c ramfs_get_inode() [2.6.24] */
static inline uint32_t mapping_gfp_mask(const struct file *file)
{
    return file->mapping->writepage == WRITEPAGE_NONE ? GFP_HIGHUSER : GFP_HIGHUSER_MOVABLE;
}

/*
 * Getting one page of a file with its contents: found, or allocated, read with what readahead
 * brings along, and waited for. Begun by one of the two functions, then stepped until STEP_DONE.
 */
struct file_page {
    uint8_t state;
    bool fault; /* for a mapping */
    bool did_readaround;
    bool was_cached; /* result: it was in the cache already, though its read may not be over */
    bool major;      /* result of a fault: it counts as PGMAJFAULT (the caller does that) */
    struct file *file;
    uint64_t index;
    uint64_t req_pages;
    pfn_t page; /* result: unlocked, up to date, with a reference of the caller; NONE: no memory */
    struct readahead read;
};

/*
 * For read(), which will want req_pages pages from `index` on, all within the file. Counts hits and
 * misses. Kernel: mm/filemap.c do_generic_mapping_read() [2.6.24]
 */
void file_page_begin(struct file_page *get, struct file *file, uint64_t index, uint64_t req_pages);
/*
 * For a page fault in a mapping of the file: a miss reads the 32 pages around it, until misses
 * prevail. Marks the page accessed. Kernel: mm/filemap.c filemap_fault() [2.6.24]
 */
void file_fault_begin(struct file_page *get, struct file *file, uint64_t index);
enum step file_page_step(struct file_page *get, struct user_memory *user, struct user_task *task);

/*
 * One read() or write() of some pages. Begun by one of the two functions, then stepped by its own
 * until STEP_DONE; it ends early when a page cannot be had. The caller yields between calls.
 */
struct file_io {
    uint8_t state;
    struct file *file;
    uint64_t index;      /* page at hand */
    uint64_t left;       /* pages from it on that are to be done */
    uint64_t failed;     /* result: 1 if a page could not be had */
    uint64_t prev_index; /* reads: the page before */
    pfn_t page;          /* writes: the page at hand */
    union {
        struct file_page get;         /* reads */
        struct alloc_request request; /* writes */
        struct balance_dirty balance;
    };
};

/* Ends at the end of the file. Kernel: mm/filemap.c do_generic_mapping_read() [2.6.24] */
void file_read_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages);
enum step file_read_step(struct file_io *io, struct user_memory *user, struct user_task *task);

/*
 * Overwrites whole pages: nothing is read, and as 2.6.24 has no stable pages, a page under
 * writeback is not waited for. Extends the file. The pages are not marked accessed: file systems
 * with write_begin, which are all the usual ones, do not do so in 2.6.24.
 * DEVIATION: there is no i_mutex; writers of one file take turns page by page, not write by write.
 * Kernel: mm/filemap.c generic_perform_write(), fs/buffer.c generic_write_end() [2.6.24]
 */
void file_write_begin(struct file_io *io, struct file *file, uint64_t index, uint64_t nr_pages);
enum step file_write_step(struct file_io *io, struct user_memory *user, struct user_task *task);

/* The allocation that the call is blocked in, NULL for none; for reports. */
const struct alloc_request *file_page_request(const struct file_page *get);
const struct alloc_request *file_io_request(const struct file_io *io);

#endif
