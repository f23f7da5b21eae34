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

/* The pfn or the swap_entry. */
static inline uint32_t pte_value(pte entry)
{
    return (uint32_t)(entry >> PTE_SHIFT);
}

static inline pte mk_pte(uint32_t value, enum pte_bits bits)
{
    return (pte)value << PTE_SHIFT | bits;
}

/*
 * The regions, in several address spaces after fork(), that share anonymous pages: a page's
 * page_owner names the anon_vma (PAGE_MAPPING_ANON | id) and its index in the region.
 * Kernel: include/linux/rmap.h struct anon_vma [2.6.24]
 */
struct anon_vma {
    uint32_t id;
    struct vm_area *first; /* linked by next_in_anon, oldest first; never empty */
    struct vm_area *last;
};

enum { PTE_CHUNK_PAGES = 512 };

/*
 * One mmap(), readable and writable. Page tables come in chunks of 512 entries on first touch.
 * DEVIATION: page tables take no simulated memory.
 */
struct vm_area {
    struct mm_struct *mm;
    uint32_t region; /* its number within the task */
    uint64_t nr_pages;
    struct file *file; /* NULL: anonymous */
    uint64_t file_first_page;
    bool shared; /* VM_SHARED, of a file always: writes go to its pages; else to copies of them */
    bool locked; /* VM_LOCKED */
    struct mempolicy *policy;  /* of its anonymous pages; NULL: the task's */
    struct anon_vma *anon_vma; /* NULL: no page of its own yet */
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

/* The region, NULL for none. */
static inline struct vm_area *find_vma(const struct mm_struct *mm, uint32_t region)
{
    return region < mm->areas.count ? mm->areas.items[region] : NULL;
}

/* The entry of a page of the area, NULL: its chunk was never touched. */
static inline pte *vm_area_pte(const struct vm_area *area, uint64_t page)
{
    pte *chunk = area->chunks[page / PTE_CHUNK_PAGES];

    return chunk ? &chunk[page % PTE_CHUNK_PAGES] : NULL;
}

/* The same, made where there is none. NULL: no host memory. */
pte *vm_area_pte_alloc(struct vm_area *area, uint64_t page);

/*
 * A new region of a file (NULL: anonymous, then not shared), whose number must be free. NULL: no
 * host memory. Kernel: mm/mmap.c do_mmap_pgoff() [2.6.24]
 */
struct vm_area *mmap_region(struct mm_struct *mm, uint32_t region, uint64_t nr_pages,
                            struct file *file, uint64_t file_first_page, bool shared);

/*
 * Makes sure that the area has an anon_vma. False: no host memory.
 * Kernel: mm/rmap.c anon_vma_prepare() [2.6.24]
 */
bool anon_vma_prepare(struct user_memory *user, struct vm_area *area);

/*
 * Takes the region away: its pages lose their mappings, those that were accessed are PG_referenced
 * if they are a file's; swap slots lose a use. Never blocks.
 * Kernel: mm/mmap.c unmap_region(), mm/memory.c zap_pte_range() [2.6.24]
 */
void unmap_region(struct user_memory *user, struct vm_area *area, unsigned cpu);

/*
 * Gives `child`, which is empty, copies of all regions. Where an anonymous page was ever written,
 * pages are shared and write-protected in both and swap slots gain a use; the other regions, those
 * of files, come without pages, which faults will bring; no copy is mlocked. Adds the entries
 * copied to *ret_entries. False: no host memory, the child may have some of them.
 * Kernel: kernel/fork.c dup_mmap(), mm/memory.c copy_page_range() [2.6.24]
 */
bool dup_mmap(struct user_memory *user, struct mm_struct *child, const struct mm_struct *parent,
              uint64_t *ret_entries);

/* Unmaps everything. Kernel: mm/mmap.c exit_mmap() [2.6.24] */
void exit_mmap(struct user_memory *user, struct mm_struct *mm, unsigned cpu);

/* Frees the host's memory alone: the model is being taken down. */
void mm_struct_free(struct mm_struct *mm);

#endif
