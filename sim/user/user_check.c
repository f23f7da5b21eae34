/* SPDX-License-Identifier: MIT */
/* Recounting page tables against pages, counters and swap slots. */
#include <stdio.h>

#include "reclaim/shmem.h"
#include "user/rmap.h"
#include "user/user_memory.h"

/* What the walk over all page tables has found so far. */
struct recount {
    const struct user_memory *user;
    uint64_t anon_pages;
    uint64_t file_pages;
    uint64_t swap_uses;
    const char *wrong; /* NULL: nothing */
    unsigned invariant;
    uint32_t region; /* where */
    uint64_t page;
};

static void wrong(struct recount *count, unsigned invariant, const char *text)
{
    if (count->wrong)
        return;
    count->wrong = text;
    count->invariant = invariant;
}

static void check_file_page(struct recount *count, const struct vm_area *area, uint64_t page,
                            pfn_t pfn)
{
    uint64_t index = area->file_first_page + page;

    if (find_cached_page(area->file, index).nr != pfn.nr)
        wrong(count, 4, "a page is mapped that the page cache does not have there");
}

/* The page by its owner; counted where its first mapping is. */
static void check_mappings(struct recount *count, const struct vm_area *area, pfn_t pfn)
{
    const struct frame *frame = page_frame(count->user->reclaim, pfn);
    const struct vm_area *first = NULL;
    unsigned mapcount = 0;
    struct rmap_walk walk;

    for (rmap_walk_begin(&walk, count->user, pfn); walk.area; rmap_walk_next(&walk)) {
        if (!rmap_walk_pte(&walk))
            continue;
        if (!first)
            first = walk.area;
        mapcount++;
    }
    if (mapcount != frame->mapcount || frame->count < mapcount)
        wrong(count, 3, "mapcount is not the number of mappings, or more than the references");
    if (first != area)
        return;
    if (page_owner_is_anon(page_owner(count->user->reclaim, pfn)))
        count->anon_pages++;
    else
        count->file_pages++;
}

/* Whether the page's owner is one that the area may map there. */
static bool owner_fits(const struct vm_area *area, uint64_t page, const struct page_owner *owner)
{
    if (!page_owner_is_anon(owner))
        return area->file && owner->mapping == area->file->mapping->id + 1;
    return !area->shared && area->anon_vma &&
           owner->mapping == (PAGE_MAPPING_ANON | area->anon_vma->id) && owner->index == page;
}

static void check_present(struct recount *count, const struct vm_area *area, uint64_t page,
                          pfn_t pfn)
{
    const struct page_owner *owner = page_owner(count->user->reclaim, pfn);

    if (page_frame(count->user->reclaim, pfn)->count == 0) {
        wrong(count, 3, "a free page is mapped");
        return;
    }
    if (!owner_fits(area, page, owner)) {
        wrong(count, 3, "the owner of a mapped page is not the area's");
        return;
    }
    if (!page_owner_is_anon(owner))
        check_file_page(count, area, page, pfn);
    check_mappings(count, area, pfn);
}

static void check_pte(struct recount *count, const struct vm_area *area, uint64_t page, pte entry)
{
    const struct reclaim *reclaim = count->user->reclaim;

    count->region = area->region;
    count->page = page;
    if (entry & PTE_PRESENT) {
        check_present(count, area, page, (pfn_t){pte_value(entry)});
        return;
    }
    if (!(entry & PTE_SWAP) || area->shared || swap_count(reclaim, pte_value(entry)) == 0)
        wrong(count, 1, "an entry is neither empty nor present nor names a swap slot in use");
    else
        count->swap_uses++;
}

static void check_area(struct recount *count, const struct vm_area *area)
{
    uint64_t present = 0;

    for (size_t i = 0; i < area->nr_chunks; i++) {
        const pte *chunk = area->chunks[i];

        for (unsigned k = 0; chunk && k < PTE_CHUNK_PAGES && !count->wrong; k++) {
            present += !!(chunk[k] & PTE_PRESENT);
            if (chunk[k])
                check_pte(count, area, (uint64_t)i * PTE_CHUNK_PAGES + k, chunk[k]);
        }
    }
    if (present != area->rss_pages)
        wrong(count, 2, "rss_pages is not the number of present entries");
}

static void check_task(struct recount *count, const struct user_task *task)
{
    uint64_t total_vm_pages = 0;

    for (size_t i = 0; i < task->mm.areas.count && !count->wrong; i++) {
        if (!task->mm.areas.items[i])
            continue;
        total_vm_pages += task->mm.areas.items[i]->nr_pages;
        check_area(count, task->mm.areas.items[i]);
    }
    if (total_vm_pages != task->mm.total_vm_pages || total_vm_pages > task->process.total_vm_pages)
        wrong(count, 2, "total_vm_pages is not the sum of the areas");
}

/* A shared region's page is in the cache or on swap. */
static void check_shmem_file(struct recount *count, const struct file *file)
{
    const struct shmem_info *info = file->mapping->shmem;
    uint64_t swapped = 0;

    for (uint64_t page = 0; info && page < file->size_pages; page++) {
        swap_entry slot = shmem_swp_entry(file->mapping, page);

        if (slot == SWAP_NONE)
            continue;
        swapped++;
        if (swap_count(count->user->reclaim, slot) == 0 ||
            !pfn_is_none(find_cached_page(file, page)))
            wrong(count, 6, "a page is in its file and on swap, or its slot is free");
    }
    if (info && swapped != info->swapped)
        wrong(count, 6, "swapped is not the number of pages on swap");
    count->swap_uses += swapped;
}

static void check_counters(struct recount *count)
{
    const struct reclaim *reclaim = count->user->reclaim;
    const struct machine *machine = reclaim->machine;
    uint64_t uses = 0;

    if (machine_page_state_exact(machine, NR_ANON_PAGES) != (int64_t)count->anon_pages)
        wrong(count, 5, "nr_anon_pages is not the number of anonymous pages mapped");
    if (machine_page_state_exact(machine, NR_FILE_MAPPED) != (int64_t)count->file_pages)
        wrong(count, 5, "nr_mapped is not the number of file pages mapped");
    for (uint32_t i = 0; i < reclaim->swap.nr_devices; i++) {
        const struct swap_device *dev = &reclaim->swap.devices[i];

        for (uint64_t slot = 0; slot < dev->spec.pages; slot++)
            uses += dev->slots[slot].use;
    }
    if (uses != count->swap_uses + reclaim->swap.cache_pages)
        wrong(count, 6, "swap slots have other uses than entries and the swap cache");
}

bool user_memory_check(const struct user_memory *user, char *why, size_t why_size)
{
    struct recount count = {.user = user};

    for (const struct user_task *task = user->first_task; task && !count.wrong; task = task->next)
        check_task(&count, task);
    for (size_t i = 0; i < user->shmem_files.count; i++)
        check_shmem_file(&count, user->shmem_files.items[i]);
    if (!count.wrong)
        check_counters(&count);
    for (uint32_t i = 0; i < user->nr_caches; i++)
        if (!slab_cache_check(&user->caches[i]))
            wrong(&count, 7, "a slab cache is not sound");
    if (!count.wrong)
        return true;
    snprintf(why, why_size, "user memory, invariant %u: %s (region %u, page %llu)", count.invariant,
             count.wrong, count.region, (unsigned long long)count.page);
    return false;
}
