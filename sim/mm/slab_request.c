/* SPDX-License-Identifier: MIT */
/* The calls that allocate objects and give them back. */
#include "mm/cpuset.h"
#include "mm/mempolicy.h"
#include "mm/misuse.h"
#include "mm/slub.h"
#include "mm/zonelist.h"

enum slab_request_state {
    SLAB_REQUEST_BEGUN,
    SLAB_REQUEST_NEW_SLAB, /* in the page request of a new slab */
    SLAB_REQUEST_LARGE,    /* in the page request of a large kmalloc() */
    SLAB_REQUEST_DONE,
};

/* ---- allocating ---- */

/* The smallest order whose block holds the bytes, 1..; MAX_ORDER for whatever no block holds. */
static uint8_t order_for(uint64_t bytes)
{
    uint8_t order = 0;

    while (order < MAX_ORDER && PAGE_SIZE << order < bytes)
        order++;
    return order;
}

static void request_init(struct slab_request *request, struct kmem_cache *cache, uint32_t gfp,
                         int nid)
{
    request->cache = cache;
    request->gfp = gfp;
    request->nid = nid;
    request->state = SLAB_REQUEST_BEGUN;
    request->order = 0;
    request->object = SLAB_OBJECT_NULL;
}

void kmem_cache_request_init(struct slab_request *request, struct kmem_cache *cache, uint32_t gfp,
                             int nid)
{
    request_init(request, cache, gfp, nid);
}

void kmalloc_request_init(struct slab_request *request, struct slub *slub, uint64_t size_bytes,
                          uint32_t gfp, int nid)
{
    request_init(request, kmalloc_cache(slub, size_bytes, gfp), gfp, nid);
    if (request->cache)
        return;
    if (size_bytes == 0) {
        request->object.index = SLAB_ZERO_SIZE;
        request->state = SLAB_REQUEST_DONE;
    } else if (slub->rules.slab || size_bytes <= kmalloc_largest(slub)) {
        request->state = SLAB_REQUEST_DONE;
    } else {
        request->order = order_for(size_bytes);
    }
}

/*
 * Whether slabs of other nodes are looked at now, which the kernel leaves to its cycle counter.
 * DEVIATION: the looks of a simulation go through all 1024 remainders in turn, so that the same
 * share of them, 101 of 1024, is allowed, and evenly.
 */
static bool may_defrag(struct slub *slub)
{
    enum { CYCLES = 1024, STRIDE = 635 }; /* odd, near the golden ratio: evenly scattered */

    return slub->defrag_looks++ * STRIDE % CYCLES <= SLAB_DEFRAG_RATIO;
}

/* Kernel: mm/slub.c get_any_partial() [2.6.24] */
static bool take_any_partial(struct slub *slub, const struct slab_request *request,
                             struct task *task)
{
    const struct machine *machine = slub->machine;
    struct kmem_cache *cache = request->cache;
    const struct zonelist *zonelist;

    if (!machine->numa || !may_defrag(slub))
        return false;
    zonelist = &machine->nodes[slab_node(machine, task)].zonelists[gfp_zone(machine, request->gfp)];
    for (unsigned i = 0; i < zonelist->length; i++) {
        const struct zone *zone = &machine->zones[zonelist->zones[i]];

        if (cpuset_zone_allowed_hardwall(task, zone, request->gfp) &&
            cache->nodes[zone->nid].nr_partial > SLAB_MIN_PARTIAL)
            return kmem_cache_take_partial(cache, task->cpu, zone->nid);
    }
    return false;
}

/* Kernel: mm/slub.c get_partial() [2.6.24] */
static bool take_partial(struct slub *slub, const struct slab_request *request, struct task *task)
{
    unsigned nid = request->nid < 0 ? slub->machine->cpu_nid[task->cpu] : (unsigned)request->nid;

    if (kmem_cache_take_partial(request->cache, task->cpu, nid))
        return true;
    return !(request->gfp & GFP_BIT_THISNODE) && take_any_partial(slub, request, task);
}

/* Kernel: mm/slub.c allocate_slab() [2.6.24] */
static uint32_t new_slab_gfp(const struct slab_request *request)
{
    const struct kmem_cache *cache = request->cache;
    uint32_t gfp = request->gfp & (GFP_RECLAIM_MASK | GFP_CONSTRAINT_MASK);

    if (cache->layout.order > 0)
        gfp |= GFP_BIT_COMP;
    if (cache->flags & SLAB_CACHE_DMA)
        gfp |= GFP_BIT_DMA;
    if (cache->flags & SLAB_RECLAIM_ACCOUNT)
        gfp |= GFP_BIT_RECLAIMABLE;
    return gfp;
}

static void begin_pages(struct slab_request *request, struct slub *slub,
                        struct alloc_caller *caller)
{
    struct machine *machine = slub->machine;

    if (request->cache && request->gfp & GFP_SLAB_BUG_MASK) {
        request->state = SLAB_REQUEST_DONE;
        machine_misuse(machine, MISUSE_NEW_SLAB, PFN_NONE, request->cache->layout.order);
    } else if (request->cache) {
        request->state = SLAB_REQUEST_NEW_SLAB;
        caller_request_init(&request->pages, machine, caller, new_slab_gfp(request),
                            request->cache->layout.order, request->nid);
    } else {
        request->state = SLAB_REQUEST_LARGE;
        caller_request_init(&request->pages, machine, caller, request->gfp | GFP_BIT_COMP,
                            request->order, -1);
    }
}

/* The pages of a new slab are there, or not; the CPU may have got a slab meanwhile. */
static void use_new_slab(struct slab_request *request, struct slub *slub, unsigned cpu)
{
    struct kmem_cache *cache = request->cache;
    pfn_t page = request->pages.page;

    if (pfn_is_none(page))
        return;
    if (kmem_cache_add_slab(cache, page, cpu)) {
        request->object = kmem_cache_take_loaded(cache, cpu);
    } else {
        free_pages(slub->machine, page, cache->layout.order, cpu);
        slub->out_of_memory = true;
    }
}

/* Kernel: mm/slub.c __kmalloc() [2.6.24], by __get_free_pages() */
static void use_large(struct slab_request *request, struct slub *slub)
{
    pfn_t page = page_with_address(slub->machine, request->pages.page, request->order);

    if (!pfn_is_none(page))
        request->object = (struct slab_object){page, SLAB_PAGES};
}

enum step slab_request_step(struct slab_request *request, struct slub *slub,
                            struct alloc_caller *caller)
{
    struct task *task = caller->task;

    if (request->state == SLAB_REQUEST_BEGUN) {
        if (SIM_LIKELY(request->cache)) {
            request->object = kmem_cache_take(request->cache, task->cpu, request->nid);
            if (slab_object_is_null(request->object) && take_partial(slub, request, task))
                request->object = kmem_cache_take_loaded(request->cache, task->cpu);
            if (!slab_object_is_null(request->object)) {
                request->state = SLAB_REQUEST_DONE;
                return STEP_DONE;
            }
        }
        begin_pages(request, slub, caller);
    }
    if (request->state == SLAB_REQUEST_DONE)
        return STEP_DONE;
    if (caller_request_step(&request->pages, slub->machine, caller) == STEP_BLOCKED)
        return STEP_BLOCKED;
    if (request->state == SLAB_REQUEST_NEW_SLAB)
        use_new_slab(request, slub, task->cpu);
    else
        use_large(request, slub);
    request->state = SLAB_REQUEST_DONE;
    return STEP_DONE;
}

const struct alloc_request *slab_request_pages(const struct slab_request *request)
{
    bool in_pages = request->state == SLAB_REQUEST_NEW_SLAB || request->state == SLAB_REQUEST_LARGE;

    return in_pages ? &request->pages : NULL;
}

/* ---- freeing ---- */

/* Kernel: mm/slub.c free_debug_processing(), check_slab() [2.6.24] */
static enum slab_misuse check_object(const struct machine *machine, const struct kmem_cache *cache,
                                     struct slab_object object)
{
    const struct frame *frame;

    if (object.page.nr >= machine->frame_table.max_pfn)
        return SLAB_NOT_A_SLAB;
    frame = &machine->frame_table.frames[object.page.nr];
    if (!(frame->flags & PG_slab))
        return SLAB_NOT_A_SLAB;
    if (frame->prev != cache->id)
        return SLAB_OTHER_CACHE;
    if (object.index >= cache->layout.objects)
        return SLAB_INVALID_OBJECT;
    return kmem_cache_holds(cache, object) ? SLAB_FREE_OK : SLAB_ALREADY_FREE;
}

enum slab_misuse kmem_cache_free(struct kmem_cache *cache, struct slab_object object, unsigned cpu)
{
    enum slab_misuse misuse = check_object(cache->machine, cache, object);

    if (misuse == SLAB_FREE_OK)
        kmem_cache_put(cache, object, cpu);
    return misuse;
}

/* Pages that are no slab's. Kernel: mm/swap.c put_page() [2.6.24] */
static enum slab_misuse free_large(struct machine *machine, pfn_t page, unsigned cpu)
{
    const struct frame *frame;

    if (page.nr >= machine->frame_table.max_pfn)
        return SLAB_NOT_A_SLAB;
    frame = &machine->frame_table.frames[page.nr];
    if (frame->flags & PG_slab)
        return SLAB_INVALID_OBJECT;
    if (frame->count == 0 || frame->flags & (PG_buddy | PG_reserved))
        return SLAB_ALREADY_FREE;
    free_pages(machine, page, page_block_order(machine, page), cpu);
    return SLAB_FREE_OK;
}

enum slab_misuse kfree(struct slub *slub, struct slab_object object, unsigned cpu)
{
    const struct machine *machine = slub->machine;
    const struct frame *frame;

    if (object.index == SLAB_NULL || object.index == SLAB_ZERO_SIZE)
        return SLAB_FREE_OK;
    if (object.index == SLAB_PAGES)
        return free_large(slub->machine, object.page, cpu);
    if (object.page.nr >= machine->frame_table.max_pfn)
        return SLAB_NOT_A_SLAB;
    frame = &machine->frame_table.frames[object.page.nr];
    if (!(frame->flags & PG_slab))
        return SLAB_NOT_A_SLAB;
    return kmem_cache_free(slub->caches.items[frame->prev], object, cpu);
}
