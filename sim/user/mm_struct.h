/* SPDX-License-Identifier: MIT */
/* The address space of a process: regions, and what each of their pages is. */
#ifndef SIM_USER_MM_STRUCT_H
#define SIM_USER_MM_STRUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "mm/frame.h"

struct file;
struct user_memory;
struct vm_area;

/*
 * A page-table entry. 0: never touched. Present: PTE_PRESENT, a pfn and the accessed, dirty and
 * writable bits. Otherwise PTE_SWAP and a swap_entry.
 */
typedef uint64_t pte;
enum pte_bits { PTE_PRESENT = 1, PTE_YOUNG = 2, PTE_DIRTY = 4, PTE_WRITE = 8, PTE_SWAP = 16 };
#define PTE_SHIFT 32

/*
 * The regions, in several address spaces after fork(), that share anonymous pages: a page's
 * page_owner names the anon_vma (PAGE_MAPPING_ANON | id) and its index in the region.
 * Kernel: include/linux/rmap.h struct anon_vma [2.6.24]
 */
struct anon_vma {
    uint32_t id;
    struct vm_area *first; /* linked by next_in_anon; never empty */
};

enum { PTE_CHUNK_PAGES = 512 };

/*
 * One mmap(). Page tables come in chunks of 512 entries on first touch.
 * DEVIATION: page tables take no simulated memory.
 */
struct vm_area {
    struct mm_struct *mm;
    uint32_t region; /* its number within the task */
    uint64_t nr_pages;
    struct file *file; /* NULL: anonymous */
    uint64_t file_first_page;
    bool locked; /* VM_LOCKED */
    struct anon_vma *anon_vma;
    struct vm_area *next_in_anon, *prev_in_anon;
    struct vm_area *next_in_file, *prev_in_file; /* those that map the same file */
    pte **chunks;                                /* [nr_chunks] */
    size_t nr_chunks;
    uint64_t rss_pages; /* present entries */
};

/* Kernel: include/linux/sched.h struct mm_struct [2.6.24] */
struct mm_struct {
    uint32_t id;
    uint64_t total_vm_pages;
    VEC(struct vm_area *) areas; /* by region; NULL: unmapped */
};

#endif
