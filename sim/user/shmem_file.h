/* SPDX-License-Identifier: MIT */
/* Shared anonymous memory: the unnamed file behind a region, and faults in it. */
#ifndef SIM_USER_SHMEM_FILE_H
#define SIM_USER_SHMEM_FILE_H

#include "mm/page_alloc.h"
#include "user/swapin.h"

struct file;
struct user_memory;
struct user_task;
struct vm_area;

/*
 * A file of the layer's for a shared anonymous region of nr_pages. It lives until its last region
 * goes. NULL: no host memory. Kernel: mm/shmem.c shmem_zero_setup() [2.6.24]
 */
struct file *shmem_file_setup(struct user_memory *user, uint64_t nr_pages);

/* Its last region is gone: so are its pages and swap slots. Never blocks.
 * Kernel: mm/shmem.c shmem_delete_inode() [2.6.24] */
void shmem_file_put(struct user_memory *user, struct file *file, unsigned cpu);

/* Frees the host's memory of all. */
void shmem_files_fini(struct user_memory *user);

/*
 * Getting one page of it: from the page cache, the swap cache, swap, or a new cleared one, which
 * stays clean until it is written and may so be dropped instead of swapped. Begun, then stepped
 * until STEP_DONE. The page counts as accessed.
 * DEVIATION: the policy that mbind() gives is the region's; 2.6.24 keeps it with the file, for all
 * who map it. Kernel: mm/shmem.c shmem_getpage(), shmem_fault() [2.6.24]
 */
struct shmem_page {
    uint8_t state;
    bool major; /* result: it was on swap */
    const struct vm_area *area;
    uint64_t index;
    swap_entry entry; /* the slot that is read */
    pfn_t swap_page;  /* waited for: referenced meanwhile */
    pfn_t page;       /* result: unlocked, with a reference of the caller; NONE: no memory */
    union {
        struct alloc_request request;
        struct swapin swapin;
    };
};

void shmem_page_begin(struct shmem_page *get, const struct vm_area *area, uint64_t index);
enum step shmem_page_step(struct shmem_page *get, struct user_memory *user, struct user_task *task);

/* The allocation that it is blocked in, NULL for none; for reports. */
const struct alloc_request *shmem_page_request(const struct shmem_page *get);

#endif
