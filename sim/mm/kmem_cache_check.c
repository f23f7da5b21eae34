/* SPDX-License-Identifier: MIT */
/* Recounting a cache: the equations of kmem_cache.h. */
#include <inttypes.h>
#include <stdio.h>

#include "mm/kmem_cache.h"

struct recount {
    const struct kmem_cache *cache;
    struct kmem_cache_counts counts;
    char *why;
    size_t why_size;
};

static bool wrong(struct recount *recount, const char *what, uint64_t where)
{
    snprintf(recount->why, recount->why_size, "cache %s: %s (%" PRIu64 ")", recount->cache->name,
             what, where);
    return false;
}

/* The length of a freelist; more than a slab has: it is not one. */
static uint32_t freelist_length(const struct kmem_cache *cache, uint32_t slot, uint16_t first)
{
    const uint16_t *links = &cache->links.items[(size_t)slot * cache->layout.objects];
    uint32_t length = 0;

    for (uint16_t object = first; object != OBJECT_END; object = links[object])
        if (object >= cache->layout.objects || ++length > cache->layout.objects)
            return UINT32_MAX;
    return length;
}

static uint32_t in_use_of_slab(const struct kmem_cache *cache, uint32_t slot)
{
    const uint16_t *links = &cache->links.items[(size_t)slot * cache->layout.objects];
    uint32_t in_use = 0;

    for (uint32_t i = 0; i < cache->layout.objects; i++)
        in_use += links[i] == OBJECT_IN_USE;
    return in_use;
}

/* `on_cpu`: the CPU's own freelist of it, OBJECT_END if there is none. */
static bool check_slab(struct recount *recount, uint32_t slot, uint16_t on_cpu)
{
    const struct kmem_cache *cache = recount->cache;
    const struct kmem_slab *slab = &cache->slabs.items[slot];
    const struct frame *frame = &cache->machine->frame_table.frames[slab->page];
    uint32_t objects = cache->layout.objects;
    uint32_t free_slab = freelist_length(cache, slot, slab->freelist);
    uint32_t free_cpu = freelist_length(cache, slot, on_cpu);
    uint32_t in_use = in_use_of_slab(cache, slot);

    if (free_slab > objects || free_cpu > objects || in_use + free_slab + free_cpu != objects)
        return wrong(recount, "objects are free twice or lost", slab->page);
    if (slab->inuse != objects - free_slab)
        return wrong(recount, "inuse is not what is off the freelist", slab->page);
    if (!(frame->flags & PG_slab) || frame->count != 1 || frame->next != slot ||
        frame->prev != cache->id)
        return wrong(recount, "the page does not lead back to its slab", slab->page);
    recount->counts.slabs++;
    recount->counts.held += in_use;
    return true;
}

static bool check_node(struct recount *recount, unsigned nid)
{
    const struct kmem_cache *cache = recount->cache;
    const struct kmem_cache_node *node = &cache->nodes[nid];
    uint64_t listed = 0;
    uint32_t prev = SLAB_SLOT_NONE;

    for (uint32_t slot = node->first; slot != SLAB_SLOT_NONE;
         slot = cache->slabs.items[slot].next) {
        const struct kmem_slab *slab = &cache->slabs.items[slot];

        if (slab->prev != prev || slab->nid != nid || slab->frozen || ++listed > node->nr_partial)
            return wrong(recount, "a partial list is broken", nid);
        if (slab->freelist == OBJECT_END)
            return wrong(recount, "a full slab is listed", slab->page);
        if (!check_slab(recount, slot, OBJECT_END))
            return false;
        recount->counts.partial++;
        recount->counts.partial_inuse += slab->inuse;
        prev = slot;
    }
    if (listed != node->nr_partial || node->last != prev)
        return wrong(recount, "nr_partial is not the length of the list", nid);
    return true;
}

static bool check_cpu(struct recount *recount, unsigned cpu)
{
    const struct kmem_cache *cache = recount->cache;
    const struct kmem_cache_cpu *c = &cache->cpus[cpu];

    if (c->slab == SLAB_SLOT_NONE)
        return c->freelist == OBJECT_END || wrong(recount, "objects without a slab", cpu);
    if (!cache->slabs.items[c->slab].frozen)
        return wrong(recount, "a CPU's slab is not frozen", cpu);
    recount->counts.cpu_slabs++;
    return check_slab(recount, c->slab, c->freelist);
}

/* Slabs that are neither listed nor a CPU's nor spare are full. */
static bool check_full_slabs(struct recount *recount)
{
    const struct kmem_cache *cache = recount->cache;
    uint64_t nr_full = cache->counts.slabs - recount->counts.slabs;
    uint64_t nr_spare = 0;

    for (uint32_t slot = cache->spare; slot != SLAB_SLOT_NONE; slot = cache->slabs.items[slot].next)
        nr_spare++;
    if (cache->slabs.count != cache->counts.slabs + nr_spare)
        return wrong(recount, "slots are lost", nr_spare);
    recount->counts.slabs += nr_full;
    recount->counts.held += nr_full * cache->layout.objects;
    return true;
}

bool kmem_cache_check(const struct kmem_cache *cache, char *why, size_t why_size)
{
    struct recount recount = {.cache = cache, .why = why, .why_size = why_size};
    uint64_t of_nodes = 0;

    for (unsigned nid = 0; nid < cache->machine->nr_nodes; nid++) {
        if (!check_node(&recount, nid))
            return false;
        of_nodes += cache->nodes[nid].nr_slabs;
    }
    for (unsigned cpu = 0; cpu < cache->machine->nr_cpus; cpu++)
        if (!check_cpu(&recount, cpu))
            return false;
    if (!check_full_slabs(&recount))
        return false;
    if (of_nodes != cache->counts.slabs || recount.counts.partial != cache->counts.partial ||
        recount.counts.partial_inuse != cache->counts.partial_inuse ||
        recount.counts.cpu_slabs != cache->counts.cpu_slabs ||
        recount.counts.held != cache->counts.held)
        return wrong(&recount, "counts are not what a recount finds", cache->counts.held);
    return true;
}
