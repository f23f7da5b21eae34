/* SPDX-License-Identifier: MIT */
/* Slabs of a cache and the objects in them. */
#include "mm/kmem_cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "mm/page_alloc.h"
#include "mm/zone_page_state.h"

bool kmem_cache_init(struct kmem_cache *cache, struct machine *machine, uint32_t id,
                     const struct slab_layout *layout)
{
    SIM_ASSERT(layout->objects > 0 && layout->objects < SLAB_OBJECTS_MAX);
    *cache = (struct kmem_cache){
        .machine = machine,
        .layout = *layout,
        .id = id,
        .refcount = 1,
        .spare = SLAB_SLOT_NONE,
    };
    cache->cpus = calloc(machine->nr_cpus, sizeof(*cache->cpus));
    cache->nodes = calloc(machine->nr_nodes, sizeof(*cache->nodes));
    if (!cache->cpus || !cache->nodes) {
        kmem_cache_fini(cache);
        return false;
    }
    for (unsigned cpu = 0; cpu < machine->nr_cpus; cpu++)
        cache->cpus[cpu] = (struct kmem_cache_cpu){SLAB_SLOT_NONE, OBJECT_END, 0};
    for (unsigned nid = 0; nid < machine->nr_nodes; nid++)
        cache->nodes[nid].first = cache->nodes[nid].last = SLAB_SLOT_NONE;
    return true;
}

void kmem_cache_fini(struct kmem_cache *cache)
{
    free(cache->cpus);
    free(cache->nodes);
    cache->cpus = NULL;
    cache->nodes = NULL;
    vec_fini(&cache->slabs);
    vec_fini(&cache->links);
}

static struct frame *slab_frame(const struct kmem_cache *cache, uint32_t pfn)
{
    return &cache->machine->frame_table.frames[pfn];
}

static struct kmem_slab *slab_at(const struct kmem_cache *cache, uint32_t slot)
{
    return &cache->slabs.items[slot];
}

/* The link of the first object of a slab. */
static uint16_t *slab_links(const struct kmem_cache *cache, uint32_t slot)
{
    return &cache->links.items[(size_t)slot * cache->layout.objects];
}

/* ---- partial lists ---- */

static void note_listed(struct kmem_cache *cache, struct kmem_cache_node *node,
                        const struct kmem_slab *slab)
{
    node->nr_partial++;
    cache->counts.partial++;
    cache->counts.partial_inuse += slab->inuse;
}

/* At the head: taken next. Kernel: mm/slub.c add_partial() [2.6.24] */
static void add_partial(struct kmem_cache *cache, uint32_t slot)
{
    struct kmem_slab *slab = slab_at(cache, slot);
    struct kmem_cache_node *node = &cache->nodes[slab->nid];

    slab->prev = SLAB_SLOT_NONE;
    slab->next = node->first;
    if (node->first == SLAB_SLOT_NONE)
        node->last = slot;
    else
        slab_at(cache, node->first)->prev = slot;
    node->first = slot;
    note_listed(cache, node, slab);
}

/* Kernel: mm/slub.c add_partial_tail() [2.6.24] */
static void add_partial_tail(struct kmem_cache *cache, uint32_t slot)
{
    struct kmem_slab *slab = slab_at(cache, slot);
    struct kmem_cache_node *node = &cache->nodes[slab->nid];

    slab->next = SLAB_SLOT_NONE;
    slab->prev = node->last;
    if (node->last == SLAB_SLOT_NONE)
        node->first = slot;
    else
        slab_at(cache, node->last)->next = slot;
    node->last = slot;
    note_listed(cache, node, slab);
}

/* Kernel: mm/slub.c remove_partial() [2.6.24] */
static void remove_partial(struct kmem_cache *cache, uint32_t slot)
{
    struct kmem_slab *slab = slab_at(cache, slot);
    struct kmem_cache_node *node = &cache->nodes[slab->nid];

    if (slab->prev == SLAB_SLOT_NONE)
        node->first = slab->next;
    else
        slab_at(cache, slab->prev)->next = slab->next;
    if (slab->next == SLAB_SLOT_NONE)
        node->last = slab->prev;
    else
        slab_at(cache, slab->next)->prev = slab->prev;
    node->nr_partial--;
    cache->counts.partial--;
    cache->counts.partial_inuse -= slab->inuse;
}

/* ---- slabs ---- */

static void account_pages(const struct kmem_cache *cache, uint32_t page, int64_t sign, unsigned cpu)
{
    struct machine *machine = cache->machine;
    struct zone *zone = &machine->zones[slab_frame(cache, page)->zone];
    bool reclaimable = cache->flags & SLAB_RECLAIM_ACCOUNT;

    mod_zone_page_state(machine, zone, reclaimable ? NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE,
                        sign * (INT64_C(1) << cache->layout.order), cpu);
}

/* An empty slab that is on no list goes back. Kernel: mm/slub.c discard_slab() [2.6.24] */
static void discard_slab(struct kmem_cache *cache, uint32_t slot, unsigned cpu)
{
    struct kmem_slab *slab = slab_at(cache, slot);
    uint32_t page = slab->page;

    cache->nodes[slab->nid].nr_slabs--;
    cache->counts.slabs--;
    slab->next = cache->spare;
    cache->spare = slot;
    slab_frame(cache, page)->flags &= (uint16_t)~PG_slab;
    account_pages(cache, page, -1, cpu);
    free_pages(cache->machine, (pfn_t){page}, cache->layout.order, cpu);
}

/* A slab without an owner finds its place. Kernel: mm/slub.c unfreeze_slab() [2.6.24] */
static void unfreeze_slab(struct kmem_cache *cache, uint32_t slot, unsigned cpu)
{
    struct kmem_slab *slab = slab_at(cache, slot);

    slab->frozen = false;
    if (slab->inuse > 0) {
        if (slab->freelist != OBJECT_END)
            add_partial(cache, slot);
    } else if (cache->nodes[slab->nid].nr_partial < SLAB_MIN_PARTIAL) {
        add_partial_tail(cache, slot);
    } else {
        discard_slab(cache, slot, cpu);
    }
}

/*
 * The slab of CPU `owner` goes to the lists, its free objects to the slab's own freelist, one by
 * one and so in reverse. Kernel: mm/slub.c deactivate_slab() [2.6.24]
 */
static void deactivate_slab(struct kmem_cache *cache, unsigned owner, unsigned cpu)
{
    struct kmem_cache_cpu *c = &cache->cpus[owner];
    uint32_t slot = c->slab;
    struct kmem_slab *slab = slab_at(cache, slot);
    uint16_t *links = slab_links(cache, slot);

    while (c->freelist != OBJECT_END) {
        uint16_t object = c->freelist;

        c->freelist = links[object];
        links[object] = slab->freelist;
        slab->freelist = object;
        slab->inuse--;
    }
    c->slab = SLAB_SLOT_NONE;
    cache->counts.cpu_slabs--;
    unfreeze_slab(cache, slot, cpu);
}

static void make_cpu_slab(struct kmem_cache *cache, uint32_t slot, unsigned cpu)
{
    slab_at(cache, slot)->frozen = true;
    cache->cpus[cpu].slab = slot;
    cache->counts.cpu_slabs++;
}

/* ---- taking objects ---- */

static bool node_match(const struct kmem_cache *cache, const struct kmem_cache_cpu *c, int nid)
{
    return nid < 0 || c->nid == nid || !cache->machine->numa;
}

static struct slab_object pop(struct kmem_cache *cache, struct kmem_cache_cpu *c)
{
    uint16_t *link = &slab_links(cache, c->slab)[c->freelist];
    struct slab_object object = {{slab_at(cache, c->slab)->page}, c->freelist};

    c->freelist = *link;
    *link = OBJECT_IN_USE;
    cache->counts.held++;
    return object;
}

/* The CPU takes over what has been freed into its slab. */
static void load_freelist(struct kmem_cache *cache, struct kmem_cache_cpu *c)
{
    struct kmem_slab *slab = slab_at(cache, c->slab);

    c->freelist = slab->freelist;
    c->nid = slab->nid;
    slab->freelist = OBJECT_END;
    slab->inuse = (uint16_t)cache->layout.objects;
}

struct slab_object kmem_cache_take(struct kmem_cache *cache, unsigned cpu, int nid)
{
    struct kmem_cache_cpu *c = &cache->cpus[cpu];

    if (SIM_LIKELY(c->freelist != OBJECT_END && node_match(cache, c, nid)))
        return pop(cache, c);
    if (c->slab == SLAB_SLOT_NONE)
        return SLAB_OBJECT_NULL;
    if (node_match(cache, c, nid) && slab_at(cache, c->slab)->freelist != OBJECT_END) {
        load_freelist(cache, c);
        return pop(cache, c);
    }
    deactivate_slab(cache, cpu, cpu);
    return SLAB_OBJECT_NULL;
}

struct slab_object kmem_cache_take_loaded(struct kmem_cache *cache, unsigned cpu)
{
    struct kmem_cache_cpu *c = &cache->cpus[cpu];

    load_freelist(cache, c);
    return pop(cache, c);
}

bool kmem_cache_take_partial(struct kmem_cache *cache, unsigned cpu, unsigned nid)
{
    uint32_t slot = cache->nodes[nid].first;

    SIM_ASSERT(cache->cpus[cpu].slab == SLAB_SLOT_NONE);
    if (slot == SLAB_SLOT_NONE)
        return false;
    remove_partial(cache, slot);
    make_cpu_slab(cache, slot, cpu);
    return true;
}

/* A slot for one more slab; SLAB_SLOT_NONE: no host memory. */
static uint32_t new_slot(struct kmem_cache *cache)
{
    uint32_t slot = cache->spare;
    size_t count = cache->slabs.count;

    if (slot != SLAB_SLOT_NONE) {
        cache->spare = slab_at(cache, slot)->next;
        return slot;
    }
    if (!vec_reserve(&cache->slabs, count + 1) ||
        !vec_reserve(&cache->links, (count + 1) * cache->layout.objects))
        return SLAB_SLOT_NONE;
    cache->slabs.count = count + 1;
    cache->links.count = (count + 1) * cache->layout.objects;
    return (uint32_t)count;
}

/* All objects free, in the order of their addresses. Kernel: mm/slub.c new_slab() [2.6.24] */
static void set_up_slab(struct kmem_cache *cache, uint32_t slot, pfn_t page)
{
    struct frame *frame = slab_frame(cache, page.nr);
    uint16_t *links = slab_links(cache, slot);
    uint32_t last = cache->layout.objects - 1;

    *slab_at(cache, slot) = (struct kmem_slab){
        .page = page.nr,
        .next = SLAB_SLOT_NONE,
        .prev = SLAB_SLOT_NONE,
        .nid = cache->machine->zones[frame->zone].nid,
    };
    for (uint32_t object = 0; object < last; object++)
        links[object] = (uint16_t)(object + 1);
    links[last] = OBJECT_END;
    frame->flags |= PG_slab;
    frame->next = slot;
    frame->prev = cache->id;
}

bool kmem_cache_add_slab(struct kmem_cache *cache, pfn_t page, unsigned cpu)
{
    uint32_t slot = new_slot(cache);

    if (slot == SLAB_SLOT_NONE)
        return false;
    account_pages(cache, page.nr, 1, cpu);
    set_up_slab(cache, slot, page);
    cache->nodes[slab_at(cache, slot)->nid].nr_slabs++;
    cache->counts.slabs++;
    cache->ever_used = true;
    if (cache->cpus[cpu].slab != SLAB_SLOT_NONE)
        deactivate_slab(cache, cpu, cpu);
    make_cpu_slab(cache, slot, cpu);
    return true;
}

/* ---- giving objects back ---- */

bool kmem_cache_holds(const struct kmem_cache *cache, struct slab_object object)
{
    uint32_t slot = slab_frame(cache, object.page.nr)->next;

    return slab_links(cache, slot)[object.index] == OBJECT_IN_USE;
}

/* An object of a slab that is not the CPU's. Kernel: mm/slub.c __slab_free() [2.6.24] */
static void slab_free_slow(struct kmem_cache *cache, uint32_t slot, uint16_t object, unsigned cpu)
{
    struct kmem_slab *slab = slab_at(cache, slot);
    uint16_t prior = slab->freelist;
    bool listed = !slab->frozen && prior != OBJECT_END;

    slab_links(cache, slot)[object] = prior;
    slab->freelist = object;
    slab->inuse--;
    if (listed)
        cache->counts.partial_inuse--;
    if (slab->frozen)
        return;
    if (slab->inuse > 0) {
        if (!listed)
            add_partial_tail(cache, slot);
        return;
    }
    if (listed)
        remove_partial(cache, slot);
    discard_slab(cache, slot, cpu);
}

void kmem_cache_put(struct kmem_cache *cache, struct slab_object object, unsigned cpu)
{
    struct kmem_cache_cpu *c = &cache->cpus[cpu];
    uint32_t slot = slab_frame(cache, object.page.nr)->next;

    SIM_ASSERT(kmem_cache_holds(cache, object));
    cache->counts.held--;
    if (SIM_LIKELY(slot == c->slab)) {
        slab_links(cache, slot)[object.index] = c->freelist;
        c->freelist = object.index;
    } else {
        slab_free_slow(cache, slot, object.index, cpu);
    }
}

/* ---- shrinking ---- */

/* Kernel: mm/slub.c flush_all() [2.6.24] */
static void flush_all(struct kmem_cache *cache, unsigned cpu)
{
    for (unsigned other = 0; other < cache->machine->nr_cpus; other++)
        if (other != cpu && cache->cpus[other].slab != SLAB_SLOT_NONE)
            deactivate_slab(cache, other, other);
    if (cache->cpus[cpu].slab != SLAB_SLOT_NONE)
        deactivate_slab(cache, cpu, cpu);
}

/* Sorts a node's list through `by_inuse`, [objects] lists that are empty and are so afterwards. */
static void shrink_node(struct kmem_cache *cache, unsigned nid, uint32_t *by_inuse, unsigned cpu)
{
    while (cache->nodes[nid].first != SLAB_SLOT_NONE) {
        uint32_t slot = cache->nodes[nid].first;
        struct kmem_slab *slab = slab_at(cache, slot);

        remove_partial(cache, slot);
        if (slab->inuse == 0) {
            discard_slab(cache, slot, cpu);
        } else {
            slab->next = by_inuse[slab->inuse];
            by_inuse[slab->inuse] = slot;
        }
    }
    for (uint32_t inuse = cache->layout.objects; inuse-- > 0;) {
        while (by_inuse[inuse] != SLAB_SLOT_NONE) {
            uint32_t slot = by_inuse[inuse];

            by_inuse[inuse] = slab_at(cache, slot)->next;
            add_partial_tail(cache, slot);
        }
    }
}

bool kmem_cache_shrink(struct kmem_cache *cache, unsigned cpu)
{
    uint32_t *by_inuse = malloc(cache->layout.objects * sizeof(*by_inuse));

    if (!by_inuse)
        return false;
    for (uint32_t i = 0; i < cache->layout.objects; i++)
        by_inuse[i] = SLAB_SLOT_NONE;
    flush_all(cache, cpu);
    for (unsigned nid = 0; nid < cache->machine->nr_nodes; nid++)
        shrink_node(cache, nid, by_inuse, cpu);
    free(by_inuse);
    return true;
}
