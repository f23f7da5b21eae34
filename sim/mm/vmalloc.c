/* SPDX-License-Identifier: MIT */
/* vmalloc() as a state machine: every place where the kernel may sleep is a state. */
#include "mm/vmalloc.h"

#include <stdio.h>

#include "base/check.h"
#include "base/units.h"
#include "mm/stall.h"

enum vmalloc_state {
    VMALLOC_BEGIN,      /* __vmalloc_node() */
    VMALLOC_DESCRIPTOR, /* __get_vm_area_node(): kmalloc_node() */
    VMALLOC_ARRAY,      /* __vmalloc_area_node(): kmalloc_node() */
    VMALLOC_PAGE,       /* ... its loop */
    VMALLOC_PAGE_WAIT,
    VMALLOC_MAP, /* map_vm_area() */
    VMALLOC_TABLE_WAIT,
    VMALLOC_DONE,
};

/* Kernel: include/asm-x86/pgalloc_64.h pte_alloc_one_kernel() [2.6.24] */
enum { GFP_PAGE_TABLE = GFP_KERNEL | GFP_BIT_REPEAT | GFP_BIT_ZERO };

const char *const vmalloc_result_names[NR_VMALLOC_RESULTS] = {
    [VMALLOC_OK] = "ok",
    [VMALLOC_BAD_SIZE] = "bad_size",
    [VMALLOC_NO_SPACE] = "no_space",
    [VMALLOC_NO_MEMORY] = "no_memory",
};

uint32_t vmalloc_gfp(void)
{
    return GFP_KERNEL | GFP_BIT_HIGHMEM;
}

uint32_t vmalloc_32_gfp(const struct machine *machine)
{
    return machine->highmem ? GFP_KERNEL : GFP_KERNEL | GFP_BIT_DMA32;
}

void vmalloc_space_init(struct vmalloc_space *space, struct machine *machine,
                        const struct machine_spec *spec)
{
    *space = (struct vmalloc_space){.machine = machine, .layout = vmalloc_layout_of(spec)};
    vmlist_init(&space->list, space->layout.start, space->layout.end);
    kernel_page_table_init(&space->page_table, space->layout.start, space->layout.page_table);
    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > space->num_physpages)
            space->num_physpages = spec->memory[i].end_pfn;
}

void vmalloc_space_fini(struct vmalloc_space *space)
{
    vmlist_fini(&space->list);
    kernel_page_table_fini(&space->page_table);
}

static struct frame *frame_of(const struct vmalloc_space *space, pfn_t page)
{
    return &space->machine->frame_table.frames[page.nr];
}

static uint64_t pages_wanted(const struct vm_struct *area)
{
    return (area->size >> PAGE_SHIFT) - 1;
}

/* ---- giving back ---- */

static void free_object(struct slub *slub, struct slab_object object, unsigned cpu)
{
    enum slab_misuse misuse = kfree(slub, object, cpu);

    SIM_ASSERT(misuse == SLAB_FREE_OK);
}

static void free_page_chain(struct vmalloc_space *space, const struct vm_struct *area, unsigned cpu)
{
    pfn_t page = area->first_page;

    for (uint32_t i = 0; i < area->nr_pages; i++) {
        pfn_t next = {frame_of(space, page)->next};

        free_pages(space->machine, page, 0, cpu);
        page = next;
    }
    space->nr_pages -= area->nr_pages;
}

/* Kernel: mm/vmalloc.c __vunmap() [2.6.24]. An array's array is smaller by 512: few levels. */
static void free_area(struct vmalloc_space *space, struct slub *slub, uint32_t area, unsigned cpu)
{
    struct vm_struct gone = *vmlist_area(&space->list, area);

    vmlist_remove(&space->list, area);
    free_page_chain(space, &gone, cpu);
    if (gone.array_area != VM_AREA_NONE)
        free_area(space, slub, gone.array_area, cpu);
    else
        free_object(slub, gone.array, cpu);
    free_object(slub, gone.descriptor, cpu);
}

enum vfree_misuse vfree(struct vmalloc_space *space, struct slub *slub, uint64_t addr, unsigned cpu)
{
    uint32_t area;

    if (addr == 0)
        return VFREE_OK;
    if (addr % PAGE_SIZE)
        return VFREE_BAD_ADDRESS;
    area = vmlist_find(&space->list, addr);
    if (area == VM_AREA_NONE)
        return VFREE_NO_AREA;
    free_area(space, slub, area, cpu);
    return VFREE_OK;
}

/* ---- one call ---- */

void vmalloc_request_init(struct vmalloc_request *request, struct vmalloc_space *space,
                          uint64_t size_bytes, uint32_t gfp, int nid)
{
    request->size_bytes = size_bytes;
    request->gfp = gfp;
    request->nid = nid;
    request->state = VMALLOC_BEGIN;
    request->result = VMALLOC_OK;
    request->area = VM_AREA_NONE;
    request->quantum_left = space->quantum;
    request->addr = 0;
}

/* What one step of the call works with. */
struct vmalloc_step {
    struct vmalloc_request *request;
    struct vmalloc_space *space;
    struct slub *slub;
    struct alloc_caller *caller;
};

static struct vm_struct *area_at_hand(const struct vmalloc_step *step)
{
    return vmlist_area(&step->space->list, step->request->area);
}

static unsigned step_cpu(const struct vmalloc_step *step)
{
    return step->caller->task->cpu;
}

static void finish(const struct vmalloc_step *step, enum vmalloc_result result, uint64_t addr)
{
    step->request->state = VMALLOC_DONE;
    step->request->result = (uint8_t)result;
    step->request->addr = addr;
    step->space->results[result]++;
}

/*
 * There is no page array for the area at hand: it has no pages either, and if it is to be a page
 * array itself, so is it with the area that it is for.
 */
static void fail_without_array(const struct vmalloc_step *step, enum vmalloc_result result)
{
    uint32_t area = step->request->area;

    step->request->area = VM_AREA_NONE;
    while (area != VM_AREA_NONE) {
        struct vm_struct gone = *vmlist_area(&step->space->list, area);

        vmlist_remove(&step->space->list, area);
        free_object(step->slub, gone.descriptor, step_cpu(step));
        area = gone.array_of;
    }
    finish(step, result, 0);
}

/* A page for the area at hand, or for its page tables, could not be had. */
static void fail_with_pages(const struct vmalloc_step *step)
{
    uint32_t outer = area_at_hand(step)->array_of;

    free_area(step->space, step->slub, step->request->area, step_cpu(step));
    step->request->area = outer;
    fail_without_array(step, VMALLOC_NO_MEMORY);
}

/* Whether the call can be made at all, in the arithmetic of the kernel's unsigned long. */
static bool good_size(const struct vmalloc_space *space, uint64_t size_bytes)
{
    uint64_t limit = space->layout.pointer_bytes == 4 ? UINT32_MAX : UINT64_MAX;

    return size_bytes > 0 && size_bytes <= limit - (PAGE_SIZE - 1) &&
           (size_bytes - 1) >> PAGE_SHIFT < space->num_physpages;
}

static enum step begin(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;

    if (!good_size(step->space, request->size_bytes)) {
        fail_without_array(step, VMALLOC_BAD_SIZE);
        return STEP_DONE;
    }
    kmalloc_request_init(&request->slab, step->slub, step->space->layout.descriptor_bytes,
                         request->gfp & GFP_RECLAIM_MASK, request->nid);
    request->state = VMALLOC_DESCRIPTOR;
    return STEP_DONE;
}

/* The area at hand has its place: it needs a page array. */
static void begin_array(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct vm_struct *area = area_at_hand(step);
    uint64_t bytes = pages_wanted(area) * step->space->layout.pointer_bytes;

    if (bytes > PAGE_SIZE) {
        area->flags |= VM_VPAGES;
        request->size_bytes = bytes;
        request->state = VMALLOC_BEGIN;
        return;
    }
    kmalloc_request_init(&request->slab, step->slub, bytes,
                         (request->gfp & GFP_RECLAIM_MASK) | GFP_BIT_ZERO, request->nid);
    request->state = VMALLOC_ARRAY;
}

static enum step descriptor(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct vmlist *list = &step->space->list;
    uint64_t size = (request->size_bytes + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE + PAGE_SIZE;
    uint32_t area = VM_AREA_NONE;

    if (slab_request_step(&request->slab, step->slub, step->caller) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (slab_object_is_null(request->slab.object)) {
        fail_without_array(step, VMALLOC_NO_MEMORY);
        return STEP_DONE;
    }
    if (!vmlist_insert(list, size, &area))
        step->space->out_of_memory = true;
    if (area == VM_AREA_NONE) {
        free_object(step->slub, request->slab.object, step_cpu(step));
        fail_without_array(step, VMALLOC_NO_SPACE);
        return STEP_DONE;
    }
    vmlist_area(list, area)->flags = VM_ALLOC;
    vmlist_area(list, area)->descriptor = request->slab.object;
    vmlist_area(list, area)->array_of = request->area;
    request->area = area;
    begin_array(step);
    return STEP_DONE;
}

static enum step array(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;

    if (slab_request_step(&request->slab, step->slub, step->caller) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (slab_object_is_null(request->slab.object)) {
        fail_without_array(step, VMALLOC_NO_MEMORY);
    } else {
        area_at_hand(step)->array = request->slab.object;
        request->state = VMALLOC_PAGE;
    }
    return STEP_DONE;
}

/* ---- its pages ---- */

/* The next page of the area at hand, or the mapping of them all. */
static enum step page(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct machine *machine = step->space->machine;
    const struct vm_struct *area = area_at_hand(step);
    uint32_t gfp = request->gfp | (area->array_of != VM_AREA_NONE ? GFP_BIT_ZERO : 0u);

    if (area->nr_pages == pages_wanted(area)) {
        request->addr = area->addr;
        request->state = VMALLOC_MAP;
        return STEP_DONE;
    }
    if (step->space->quantum > 0 && request->quantum_left == 0) {
        request->quantum_left = step->space->quantum;
        return task_work(step->caller->task, STALL_NONE, machine->clock->now_ns);
    }
    caller_request_init(&request->pages, machine, step->caller, gfp, 0, request->nid);
    request->state = VMALLOC_PAGE_WAIT;
    return STEP_DONE;
}

static void add_page(const struct vmalloc_step *step, pfn_t page)
{
    struct vm_struct *area = area_at_hand(step);

    if (pfn_is_none(area->first_page))
        area->first_page = page;
    else
        frame_of(step->space, area->last_page)->next = page.nr;
    area->last_page = page;
    area->nr_pages++;
    step->space->nr_pages++;
}

static enum step page_wait(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;

    if (caller_request_step(&request->pages, step->space->machine, step->caller) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (pfn_is_none(request->pages.page)) {
        fail_with_pages(step);
        return STEP_DONE;
    }
    add_page(step, request->pages.page);
    if (request->quantum_left > 0)
        request->quantum_left--;
    request->state = VMALLOC_PAGE;
    return STEP_DONE;
}

/* ---- its page tables ---- */

/* The area at hand is there: the caller's result, or the page array of the area that wants it. */
static void area_ready(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct vm_struct *area = area_at_hand(step);
    uint32_t outer = area->array_of;

    if (outer == VM_AREA_NONE) {
        finish(step, VMALLOC_OK, area->addr);
        return;
    }
    area->array_of = VM_AREA_NONE;
    vmlist_area(&step->space->list, outer)->array_area = request->area;
    request->area = outer;
    request->state = VMALLOC_PAGE;
}

static enum step map(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct kernel_page_table *table = &step->space->page_table;
    const struct vm_struct *area = area_at_hand(step);
    uint64_t end = area->addr + area->size - PAGE_SIZE;

    while (request->addr < end) {
        request->table_level = (uint8_t)kernel_page_table_missing(table, request->addr);
        if (request->table_level < table->shape.nr_levels) {
            caller_request_init(&request->pages, step->space->machine, step->caller, GFP_PAGE_TABLE,
                                0, -1);
            request->state = VMALLOC_TABLE_WAIT;
            return STEP_DONE;
        }
        request->addr = kernel_page_table_next(table, request->addr);
    }
    area_ready(step);
    return STEP_DONE;
}

/* Kernel: mm/memory.c __pte_alloc_kernel() [2.6.24]: another may have made the table meanwhile. */
static enum step table_wait(const struct vmalloc_step *step)
{
    struct vmalloc_request *request = step->request;
    struct vmalloc_space *space = step->space;
    struct kernel_page_table *table = &space->page_table;
    bool ours;

    if (caller_request_step(&request->pages, space->machine, step->caller) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (pfn_is_none(request->pages.page)) {
        fail_with_pages(step);
        return STEP_DONE;
    }
    ours = kernel_page_table_missing(table, request->addr) == request->table_level;
    if (ours && !kernel_page_table_make(table, request->addr, request->table_level))
        space->out_of_memory = true;
    if (!ours || space->out_of_memory)
        free_pages(space->machine, request->pages.page, 0, step_cpu(step));
    if (space->out_of_memory)
        fail_with_pages(step);
    else
        request->state = VMALLOC_MAP;
    return STEP_DONE;
}

enum step vmalloc_request_step(struct vmalloc_request *request, struct vmalloc_space *space,
                               struct slub *slub, struct alloc_caller *caller)
{
    static enum step (*const states[])(const struct vmalloc_step *step) = {
        [VMALLOC_BEGIN] = begin,           [VMALLOC_DESCRIPTOR] = descriptor,
        [VMALLOC_ARRAY] = array,           [VMALLOC_PAGE] = page,
        [VMALLOC_PAGE_WAIT] = page_wait,   [VMALLOC_MAP] = map,
        [VMALLOC_TABLE_WAIT] = table_wait,
    };
    struct vmalloc_step step = {request, space, slub, caller};

    while (request->state != VMALLOC_DONE)
        if (states[request->state](&step) == STEP_BLOCKED)
            return STEP_BLOCKED;
    return STEP_DONE;
}

const struct alloc_request *vmalloc_request_pages(const struct vmalloc_request *request)
{
    switch ((enum vmalloc_state)request->state) {
    case VMALLOC_DESCRIPTOR:
    case VMALLOC_ARRAY:
        return slab_request_pages(&request->slab);
    case VMALLOC_PAGE_WAIT:
    case VMALLOC_TABLE_WAIT:
        return &request->pages;
    default:
        return NULL;
    }
}

bool vmalloc_check(const struct vmalloc_space *space, char *why, size_t why_size)
{
    const struct vmlist *list = &space->list;
    uint64_t nr_pages = 0;

    if (!vmlist_check(list, why, why_size))
        return false;
    for (uint32_t area = list->first; area != VM_AREA_NONE; area = vmlist_area(list, area)->next) {
        const struct vm_struct *node = vmlist_area(list, area);

        nr_pages += node->nr_pages;
        if (node->nr_pages <= pages_wanted(node))
            continue;
        snprintf(why, why_size, "area %#llx has more pages than bytes",
                 (unsigned long long)node->addr);
        return false;
    }
    if (nr_pages != space->nr_pages) {
        snprintf(why, why_size, "vmalloc counts %llu pages, has %llu",
                 (unsigned long long)space->nr_pages, (unsigned long long)nr_pages);
        return false;
    }
    return true;
}
