/* SPDX-License-Identifier: MIT */
/* One memory access, and the page fault it may take. */
#ifndef SIM_USER_FAULT_H
#define SIM_USER_FAULT_H

#include "reclaim/writeback.h"
#include "user/file.h"
#include "user/mm_struct.h"
#include "user/shmem_file.h"
#include "user/swapin.h"

/* Begun with fault_begin(), then stepped until STEP_DONE; then read failed. Plain data. */
struct fault {
    uint8_t state;
    bool write;
    bool failed; /* no memory for it, or it lies behind the end of the file */
    bool major;  /* a read was begun for it */
    struct vm_area *area;
    uint64_t page;    /* of the area */
    pfn_t old_page;   /* what is copied: referenced meanwhile, a file's locked at its first fault */
    pfn_t dirty_page; /* a file's, to be marked dirty: referenced meanwhile */
    pte original;     /* copy on write: the entry that is copied from */
    union {
        struct alloc_request request;
        struct file_page get;
        struct shmem_page shmem;
        struct swapin swapin;
        struct balance_dirty balance;
    };
};

/*
 * Makes a present page accessed (and dirty); false: the access faults. The hot path: one look at
 * the page table. Kernel: mm/memory.c handle_pte_fault(), its last case, done by the MMU [2.6.24]
 */
static inline bool access_present(const struct vm_area *area, uint64_t page, bool write)
{
    pte *entry = vm_area_pte(area, page);
    pte needed = write ? PTE_PRESENT | PTE_WRITE : PTE_PRESENT;

    if (!entry || (*entry & needed) != needed)
        return false;
    *entry |= write ? PTE_YOUNG | PTE_DIRTY : PTE_YOUNG;
    return true;
}

void fault_begin(struct fault *fault, struct vm_area *area, uint64_t page, bool write);

/*
 * Until the access is done: anonymous zero-fill (there is no shared zero page), swap-in, copy on
 * write, or the file's page; a write to a file's page marks it dirty at once and may be throttled,
 * one to a private mapping copies it. Kernel: mm/memory.c handle_mm_fault() [2.6.24]
 */
enum step fault_step(struct fault *fault, struct user_memory *user, struct user_task *task);

/* The allocation that the fault is blocked in, NULL for none; for reports. */
const struct alloc_request *fault_request(const struct fault *fault);

#endif
