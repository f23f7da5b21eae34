/* SPDX-License-Identifier: MIT */
/* The literal calls. Kernel: mm/vmalloc.c, fs/proc/mmu.c [2.6.24] */
#include "lib/slow_vmalloc.h"

#include <stdlib.h>

#include "base/units.h"

enum {
    RECLAIM_MASK = GFP_BIT_WAIT | GFP_BIT_HIGH | GFP_BIT_IO | GFP_BIT_FS | GFP_BIT_NOWARN |
                   GFP_BIT_REPEAT | GFP_BIT_NOFAIL | GFP_BIT_NORETRY | GFP_BIT_NOMEMALLOC
};

void slow_vmalloc_init(struct slow_vmalloc *slow, struct machine *machine, struct slub *slub,
                       struct task *task, const struct machine_spec *spec)
{
    *slow = (struct slow_vmalloc){
        .machine = machine,
        .slub = slub,
        .caller = {.task = task},
        .layout = vmalloc_layout_of(spec),
    };
    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > slow->num_physpages)
            slow->num_physpages = spec->memory[i].end_pfn;
}

void slow_vmalloc_fini(struct slow_vmalloc *slow)
{
    while (slow->vmlist) {
        struct slow_area *area = slow->vmlist;

        slow->vmlist = area->next;
        free(area->pages);
        free(area);
    }
    for (unsigned level = 0; level < KERNEL_PAGE_TABLE_LEVELS_MAX; level++)
        free(slow->tables[level]);
}

static pfn_t get_page_now(struct slow_vmalloc *slow, uint32_t gfp, int nid)
{
    struct alloc_request request;

    caller_request_init(&request, slow->machine, &slow->caller, gfp, 0, nid);
    while (caller_request_step(&request, slow->machine, &slow->caller) == STEP_BLOCKED)
        ;
    return request.page;
}

static struct slab_object kmalloc_now(struct slow_vmalloc *slow, uint64_t size, uint32_t gfp,
                                      int nid)
{
    struct slab_request request;

    kmalloc_request_init(&request, slow->slub, size, gfp, nid);
    while (slab_request_step(&request, slow->slub, &slow->caller) == STEP_BLOCKED)
        ;
    return request.object;
}

static unsigned cpu_of(const struct slow_vmalloc *slow)
{
    return slow->caller.task->cpu;
}

static struct slow_area *get_area(struct slow_vmalloc *slow, uint64_t size, uint32_t gfp, int nid)
{
    struct slab_object descriptor;
    uint64_t addr = slow->layout.start;
    uint64_t end = slow->layout.end;
    struct slow_area **p;
    struct slow_area *area;

    descriptor = kmalloc_now(slow, slow->layout.descriptor_bytes, gfp & RECLAIM_MASK, nid);
    if (slab_object_is_null(descriptor))
        return NULL;
    size += PAGE_SIZE;
    for (p = &slow->vmlist; *p; p = &(*p)->next) {
        if (size + addr <= (*p)->addr)
            break;
        addr = (*p)->addr + (*p)->size;
    }
    /* The kernel's check of the end, also for an empty list. */
    if (size > end - slow->layout.start || addr > end - size) {
        kfree(slow->slub, descriptor, cpu_of(slow));
        return NULL;
    }
    area = calloc(1, sizeof(*area));
    area->next = *p;
    *p = area;
    area->addr = addr;
    area->size = size;
    area->descriptor = descriptor;
    return area;
}

static struct slow_area *remove_area(struct slow_vmalloc *slow, uint64_t addr)
{
    for (struct slow_area **p = &slow->vmlist; *p; p = &(*p)->next) {
        struct slow_area *area = *p;

        if (area->addr != addr)
            continue;
        *p = area->next;
        return area;
    }
    return NULL;
}

static void free_bare(struct slow_vmalloc *slow, struct slow_area *area)
{
    kfree(slow->slub, area->descriptor, cpu_of(slow));
    free(area->pages);
    free(area);
}

void slow_vfree(struct slow_vmalloc *slow, uint64_t addr)
{
    struct slow_area *area = remove_area(slow, addr);

    if (!area)
        return;
    for (uint64_t i = 0; i < area->nr_pages; i++)
        free_pages(slow->machine, area->pages[i], 0, cpu_of(slow));
    if (area->array_addr)
        slow_vfree(slow, area->array_addr);
    else
        kfree(slow->slub, area->array, cpu_of(slow));
    free_bare(slow, area);
}

/* Every page is looked at, every table of it from the top. */
static bool map_area(struct slow_vmalloc *slow, const struct slow_area *area)
{
    const struct page_table_shape *shape = &slow->layout.page_table;

    for (uint64_t page = 0; page < area->nr_pages; page++) {
        for (unsigned level = 0; level < shape->nr_levels; level++) {
            uint64_t offset = area->addr + page * PAGE_SIZE - slow->layout.start;
            uint64_t number = offset >> shape->shift[level];

            while (slow->nr_tables[level] <= number) {
                uint64_t nr = slow->nr_tables[level]++;

                slow->tables[level] = realloc(slow->tables[level], nr + 1);
                slow->tables[level][nr] = false;
            }
            if (slow->tables[level][number])
                continue;
            if (pfn_is_none(get_page_now(slow, GFP_KERNEL | GFP_BIT_REPEAT | GFP_BIT_ZERO, -1)))
                return false;
            slow->tables[level][number] = true;
        }
    }
    return true;
}

static bool get_array(struct slow_vmalloc *slow, struct slow_area *area, uint64_t nr_pages,
                      uint32_t gfp, int nid)
{
    uint64_t bytes = nr_pages * slow->layout.pointer_bytes;

    if (bytes > PAGE_SIZE) {
        area->array_addr = slow_vmalloc(slow, bytes, gfp | GFP_BIT_ZERO, nid);
        return area->array_addr != 0;
    }
    area->array = kmalloc_now(slow, bytes, (gfp & RECLAIM_MASK) | GFP_BIT_ZERO, nid);
    return !slab_object_is_null(area->array);
}

uint64_t slow_vmalloc(struct slow_vmalloc *slow, uint64_t size_bytes, uint32_t gfp, int nid)
{
    uint64_t nr_pages = (size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    struct slow_area *area;

    if (nr_pages == 0 || nr_pages > slow->num_physpages)
        return 0;
    area = get_area(slow, nr_pages * PAGE_SIZE, gfp, nid);
    if (!area)
        return 0;
    if (!get_array(slow, area, nr_pages, gfp, nid)) {
        remove_area(slow, area->addr);
        free_bare(slow, area);
        return 0;
    }
    area->pages = calloc(nr_pages, sizeof(*area->pages));
    for (uint64_t i = 0; i < nr_pages; i++) {
        pfn_t page = get_page_now(slow, gfp, nid);

        if (pfn_is_none(page)) {
            slow_vfree(slow, area->addr);
            return 0;
        }
        area->pages[area->nr_pages++] = page;
    }
    if (!map_area(slow, area)) {
        slow_vfree(slow, area->addr);
        return 0;
    }
    return area->addr;
}

uint64_t slow_vmalloc_used(const struct slow_vmalloc *slow)
{
    uint64_t used = 0;

    for (const struct slow_area *area = slow->vmlist; area; area = area->next)
        used += area->size;
    return used;
}

uint64_t slow_vmalloc_largest_chunk(const struct slow_vmalloc *slow)
{
    uint64_t prev_end = slow->layout.start;
    uint64_t largest = 0;

    for (const struct slow_area *area = slow->vmlist; area; area = area->next) {
        if (area->addr - prev_end > largest)
            largest = area->addr - prev_end;
        prev_end = area->addr + area->size;
    }
    return slow->layout.end - prev_end > largest ? slow->layout.end - prev_end : largest;
}
