/* SPDX-License-Identifier: MIT */
/* Making, copying and taking away regions. */
#include "user/mm_struct.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/units.h"
#include "user/rmap.h"
#include "user/shmem_file.h"
#include "user/user_memory.h"

/* Pages of a batch, and bytes after which even a smaller one ends.
 * Kernel: include/asm-generic/tlb.h FREE_PTE_NR [2.6.24], mm/memory.c ZAP_BLOCK_SIZE [2.6.24] */
enum { FREE_PTE_NR = 506, ZAP_BLOCK_SIZE = 1024 * PAGE_SIZE };

pte *vm_area_pte_alloc(struct vm_area *area, uint64_t page)
{
    pte **chunk = &area->chunks[page / PTE_CHUNK_PAGES];

    if (SIM_UNLIKELY(!*chunk)) {
        *chunk = calloc(PTE_CHUNK_PAGES, sizeof(**chunk));
        if (!*chunk)
            return NULL;
    }
    return &(*chunk)[page % PTE_CHUNK_PAGES];
}

/* ---- the lists that an area is in ---- */

static void link_anon(struct anon_vma *anon_vma, struct vm_area *area)
{
    area->anon_vma = anon_vma;
    list_append(anon_vma->first, anon_vma->last, area, next_in_anon, prev_in_anon);
}

/* Kernel: mm/rmap.c anon_vma_unlink() [2.6.24] */
static void unlink_anon(struct user_memory *user, struct vm_area *area)
{
    struct anon_vma *anon_vma = area->anon_vma;

    if (!anon_vma)
        return;
    list_unlink(anon_vma->first, anon_vma->last, area, next_in_anon, prev_in_anon);
    area->anon_vma = NULL;
    if (anon_vma->first)
        return;
    user->anon_vmas.items[anon_vma->id] = NULL;
    /* anon_vma_prepare() made room. */
    user->free_anon_vmas.items[user->free_anon_vmas.count++] = anon_vma->id;
    free(anon_vma);
}

static void link_file(struct vm_area *area)
{
    struct file *file = area->file;

    list_append(file->first_mmap, file->last_mmap, area, next_in_file, prev_in_file);
    file->mapping->nr_mmap++;
}

static void unlink_file(struct vm_area *area)
{
    struct file *file = area->file;

    list_unlink(file->first_mmap, file->last_mmap, area, next_in_file, prev_in_file);
    file->mapping->nr_mmap--;
}

/* The id is the lowest that was freed last, or a new one. */
static bool anon_vma_number(struct user_memory *user, struct anon_vma *anon_vma)
{
    if (user->free_anon_vmas.count > 0) {
        anon_vma->id = user->free_anon_vmas.items[--user->free_anon_vmas.count];
        user->anon_vmas.items[anon_vma->id] = anon_vma;
        return true;
    }
    anon_vma->id = (uint32_t)user->anon_vmas.count;
    return vec_reserve(&user->free_anon_vmas, user->anon_vmas.count + 1) &&
           vec_push(&user->anon_vmas, anon_vma);
}

bool anon_vma_prepare(struct user_memory *user, struct vm_area *area)
{
    struct anon_vma *anon_vma;

    if (SIM_LIKELY(area->anon_vma))
        return true;
    anon_vma = calloc(1, sizeof(*anon_vma));
    if (!anon_vma || !anon_vma_number(user, anon_vma)) {
        free(anon_vma);
        return false;
    }
    link_anon(anon_vma, area);
    return true;
}

/* ---- making ---- */

static void area_free(struct vm_area *area)
{
    for (size_t i = 0; i < area->nr_chunks; i++)
        free(area->chunks[i]);
    free(area->chunks);
    free(area);
}

static bool reserve_region(struct mm_struct *mm, uint32_t region)
{
    if (!vec_reserve(&mm->areas, (size_t)region + 1))
        return false;
    while (mm->areas.count <= region)
        mm->areas.items[mm->areas.count++] = NULL;
    return true;
}

struct vm_area *mmap_region(struct mm_struct *mm, uint32_t region, uint64_t nr_pages,
                            struct file *file, uint64_t file_first_page, bool shared)
{
    struct vm_area *area;

    SIM_ASSERT(nr_pages > 0 && !find_vma(mm, region) && (file || !shared));
    if (!reserve_region(mm, region))
        return NULL;
    area = calloc(1, sizeof(*area));
    if (!area)
        return NULL;
    area->nr_chunks = (nr_pages + PTE_CHUNK_PAGES - 1) / PTE_CHUNK_PAGES;
    area->chunks = calloc(area->nr_chunks, sizeof(*area->chunks));
    if (!area->chunks) {
        free(area);
        return NULL;
    }
    area->mm = mm;
    area->region = region;
    area->nr_pages = nr_pages;
    area->file = file;
    area->file_first_page = file_first_page;
    area->shared = shared;
    if (file)
        link_file(area);
    mm->areas.items[region] = area;
    mm->total_vm_pages += nr_pages;
    return area;
}

/* ---- taking away ---- */

/* Pages whose mappings are gone but whose references are not: freed in batches, where there are
 * several CPUs. Kernel: include/asm-generic/tlb.h struct mmu_gather [2.6.24] */
struct mmu_gather {
    struct reclaim *reclaim;
    unsigned cpu;
    int64_t work_left; /* up to the next batch, however small it is */
    unsigned nr;
    uint32_t pages[FREE_PTE_NR];
};

/* Kernel: mm/swap_state.c free_swap_cache() [2.6.24] */
static void free_swap_cache(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    if (!(page_frame(reclaim, page)->flags & PG_swapcache) || !trylock_page(reclaim, page))
        return;
    remove_exclusive_swap_page(reclaim, page, cpu);
    unlock_page(reclaim, page);
}

static void tlb_gather(struct mmu_gather *tlb, struct reclaim *reclaim, unsigned cpu)
{
    tlb->reclaim = reclaim;
    tlb->cpu = cpu;
    tlb->work_left = ZAP_BLOCK_SIZE;
    tlb->nr = 0;
    lru_add_drain(reclaim, cpu);
}

/* Kernel: mm/swap_state.c free_pages_and_swap_cache() [2.6.24] */
static void tlb_flush(struct mmu_gather *tlb)
{
    if (tlb->nr == 0)
        return;
    lru_add_drain(tlb->reclaim, tlb->cpu);
    for (unsigned i = 0; i < tlb->nr; i += PAGEVEC_SIZE) {
        unsigned todo = tlb->nr - i < PAGEVEC_SIZE ? tlb->nr - i : PAGEVEC_SIZE;

        for (unsigned k = i; k < i + todo; k++)
            free_swap_cache(tlb->reclaim, (pfn_t){tlb->pages[k]}, tlb->cpu);
        release_pages(tlb->reclaim, &tlb->pages[i], todo, false, tlb->cpu);
    }
    tlb->nr = 0;
}

static void tlb_remove_page(struct mmu_gather *tlb, pfn_t page)
{
    if (tlb->reclaim->machine->nr_cpus == 1) {
        free_swap_cache(tlb->reclaim, page, tlb->cpu);
        put_page(tlb->reclaim, page, tlb->cpu);
        return;
    }
    tlb->pages[tlb->nr++] = page.nr;
    if (tlb->nr == FREE_PTE_NR)
        tlb_flush(tlb);
}

static void zap_pte(struct mmu_gather *tlb, pte entry)
{
    struct reclaim *reclaim = tlb->reclaim;
    pfn_t page = {pte_value(entry)};

    if (!(entry & PTE_PRESENT)) {
        free_swap_and_cache(reclaim, pte_value(entry), tlb->cpu);
        return;
    }
    if (!page_owner_is_anon(page_owner(reclaim, page))) {
        if (entry & PTE_DIRTY)
            set_page_dirty(reclaim, page, tlb->cpu);
        if (entry & PTE_YOUNG)
            page_frame(reclaim, page)->flags |= PG_referenced;
    }
    page_remove_rmap(reclaim, page, tlb->cpu);
    tlb_remove_page(tlb, page);
}

/* Kernel: mm/memory.c unmap_vmas(), zap_pte_range() [2.6.24] */
static void zap_area(struct mmu_gather *tlb, struct vm_area *area)
{
    for (size_t i = 0; i < area->nr_chunks; i++) {
        pte *chunk = area->chunks[i];

        if (!chunk)
            tlb->work_left--;
        for (unsigned k = 0; chunk && k < PTE_CHUNK_PAGES; k++) {
            pte entry = chunk[k];

            chunk[k] = 0;
            if (entry)
                zap_pte(tlb, entry);
            tlb->work_left -= entry ? (int64_t)PAGE_SIZE : 1;
            if (tlb->work_left <= 0) {
                tlb_flush(tlb);
                tlb->work_left = ZAP_BLOCK_SIZE;
            }
        }
    }
}

/* Kernel: mm/mmap.c remove_vma_list() [2.6.24] */
static void remove_area(struct user_memory *user, struct vm_area *area, unsigned cpu)
{
    struct file *file = area->file;

    unlink_anon(user, area);
    if (file)
        unlink_file(area);
    if (file && file->mapping->shmem && !file->first_mmap)
        shmem_file_put(user, file, cpu);
    area->mm->areas.items[area->region] = NULL;
    area->mm->total_vm_pages -= area->nr_pages;
    area_free(area);
}

void unmap_region(struct user_memory *user, struct vm_area *area, unsigned cpu)
{
    struct mmu_gather tlb;

    tlb_gather(&tlb, user->reclaim, cpu);
    zap_area(&tlb, area);
    tlb_flush(&tlb);
    remove_area(user, area, cpu);
}

void exit_mmap(struct user_memory *user, struct mm_struct *mm, unsigned cpu)
{
    struct mmu_gather tlb;

    tlb_gather(&tlb, user->reclaim, cpu);
    for (size_t i = 0; i < mm->areas.count; i++)
        if (mm->areas.items[i])
            zap_area(&tlb, mm->areas.items[i]);
    tlb_flush(&tlb);
    for (size_t i = 0; i < mm->areas.count; i++)
        if (mm->areas.items[i])
            remove_area(user, mm->areas.items[i], cpu);
    vec_fini(&mm->areas);
}

void mm_struct_free(struct mm_struct *mm)
{
    for (size_t i = 0; i < mm->areas.count; i++)
        if (mm->areas.items[i])
            area_free(mm->areas.items[i]);
    vec_fini(&mm->areas);
}

/* ---- copying ---- */

/* Kernel: mm/memory.c copy_one_pte() [2.6.24] */
static void copy_one_pte(struct reclaim *reclaim, struct vm_area *child, pte *to, pte *from)
{
    pfn_t page = {pte_value(*from)};

    if (*from & PTE_SWAP) {
        swap_duplicate(reclaim, pte_value(*from));
        *to = *from;
        return;
    }
    *from &= ~(pte)PTE_WRITE;
    *to = *from & ~(pte)PTE_YOUNG;
    get_page(reclaim, page);
    SIM_ASSERT(page_frame(reclaim, page)->mapcount < UINT16_MAX);
    page_frame(reclaim, page)->mapcount++;
    child->rss_pages++;
}

static bool copy_chunk(struct user_memory *user, struct vm_area *child, size_t nr, pte *from,
                       uint64_t *ret_entries)
{
    pte *to = vm_area_pte_alloc(child, (uint64_t)nr * PTE_CHUNK_PAGES);

    if (!to)
        return false;
    for (unsigned i = 0; i < PTE_CHUNK_PAGES; i++) {
        if (!from[i])
            continue;
        copy_one_pte(user->reclaim, child, &to[i], &from[i]);
        ++*ret_entries;
    }
    return true;
}

static bool copy_area(struct user_memory *user, struct mm_struct *mm, const struct vm_area *parent,
                      uint64_t *ret_entries)
{
    struct vm_area *child = mmap_region(mm, parent->region, parent->nr_pages, parent->file,
                                        parent->file_first_page, parent->shared);

    if (!child)
        return false;
    child->policy = parent->policy;
    if (!parent->anon_vma)
        return true;
    link_anon(parent->anon_vma, child);
    for (size_t i = 0; i < parent->nr_chunks; i++)
        if (parent->chunks[i] && !copy_chunk(user, child, i, parent->chunks[i], ret_entries))
            return false;
    return true;
}

bool dup_mmap(struct user_memory *user, struct mm_struct *child, const struct mm_struct *parent,
              uint64_t *ret_entries)
{
    SIM_ASSERT(child->total_vm_pages == 0);
    for (size_t i = 0; i < parent->areas.count; i++)
        if (parent->areas.items[i] && !copy_area(user, child, parent->areas.items[i], ret_entries))
            return false;
    return true;
}
