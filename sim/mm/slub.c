/* SPDX-License-Identifier: MIT */
/* All caches of a machine: of kmalloc() and of kmem_cache_create(). */
#include "mm/slub.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- caches ---- */

/* A cache at the end of the table; NULL: no host memory. */
static struct kmem_cache *new_cache(struct slub *slub, const struct kmem_cache_spec *spec,
                                    const struct slab_layout *layout)
{
    uint32_t id = (uint32_t)slub->caches.count;
    struct kmem_cache *cache;

    if (!vec_reserve(&slub->caches, slub->caches.count + 1))
        return NULL;
    cache = malloc(sizeof(*cache));
    if (!cache)
        return NULL;
    if (!kmem_cache_init(cache, slub->machine, id, layout)) {
        free(cache);
        return NULL;
    }
    cache->name = spec->name;
    cache->object_size = spec->object_size;
    cache->align = spec->align;
    cache->flags = spec->flags;
    cache->mergeable = spec->objects_per_page == 0;
    slub->caches.items[slub->caches.count++] = cache;
    return cache;
}

/* The oldest comes last, as the kernel's list has the newest first.
 * Kernel: mm/slub.c find_mergeable() [2.6.24] */
static struct kmem_cache *find_mergeable(const struct slub *slub,
                                         const struct kmem_cache_spec *spec)
{
    enum { SAME = SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA };
    uint32_t word = slub->rules.word_size;
    uint32_t size = (spec->object_size + word - 1) & ~(word - 1);
    uint32_t align = slab_alignment(&slub->rules, spec->flags, spec->align, size);

    size = (size + align - 1) & ~(align - 1);
    for (size_t i = slub->caches.count; i-- > 0;) {
        struct kmem_cache *cache = slub->caches.items[i];
        uint32_t has = cache->layout.size;

        if (cache->mergeable && size <= has && has - size < word && has % align == 0 &&
            (spec->flags & SAME) == (cache->flags & SAME))
            return cache;
    }
    return NULL;
}

static bool lay_out(const struct slub *slub, const struct kmem_cache_spec *spec,
                    struct slab_layout *ret_layout)
{
    uint32_t objects = spec->objects_per_page;

    if (objects == 0)
        return slab_layout_init(ret_layout, &slub->rules, spec->object_size, spec->align,
                                spec->flags);
    *ret_layout = (struct slab_layout){(uint32_t)PAGE_SIZE / objects, objects, 0};
    return true;
}

struct kmem_cache *kmem_cache_create(struct slub *slub, const struct kmem_cache_spec *spec)
{
    bool may_merge =
        !slub->machine->params.slub_nomerge && !slub->rules.slab && spec->objects_per_page == 0;
    struct kmem_cache *cache = may_merge ? find_mergeable(slub, spec) : NULL;
    struct slab_layout layout;

    if (cache) {
        cache->refcount++;
        if (cache->object_size < spec->object_size)
            cache->object_size = spec->object_size;
        return cache;
    }
    return lay_out(slub, spec, &layout) ? new_cache(slub, spec, &layout) : NULL;
}

/* ---- sizes of kmalloc() ---- */

/* Kernel: mm/slub.c kmem_cache_init() [2.6.24], in the order of creation */
static const uint32_t slub_sizes[] = {96, 192, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};

/* Kernel: include/linux/kmalloc_sizes.h [2.6.24] */
static void add_slab_sizes(struct slub *slub)
{
    for (uint32_t size = 32; size <= KMALLOC_MAX_SIZE; size *= 2) {
        slub->kmalloc_sizes[slub->nr_kmalloc++] = size;
        if (size == 64 && slub->rules.cache_line < 64)
            slub->kmalloc_sizes[slub->nr_kmalloc++] = 96;
        if (size == 128 && slub->rules.cache_line < 128)
            slub->kmalloc_sizes[slub->nr_kmalloc++] = 192;
    }
}

/* kmalloc() of SLUB: "kmalloc-96", "kmalloc_dma-96"; of SLAB: "size-96", "size-96(DMA)". */
static struct kmem_cache *create_kmalloc_cache(struct slub *slub, uint32_t size, bool dma)
{
    bool slab = slub->rules.slab;
    struct kmem_cache_spec spec = {
        .object_size = size,
        .align = 8,
        .flags = (dma ? SLAB_CACHE_DMA : 0u) | (slab ? SLAB_HWCACHE_ALIGN : 0u),
    };
    struct kmem_cache *cache;
    struct slab_layout layout;

    if (!slab_layout_init(&layout, &slub->rules, size, spec.align, spec.flags))
        return NULL;
    cache = new_cache(slub, &spec, &layout);
    if (!cache)
        return NULL;
    if (slab)
        snprintf(cache->own_name, sizeof(cache->own_name), dma ? "size-%u(DMA)" : "size-%u", size);
    else
        snprintf(cache->own_name, sizeof(cache->own_name), dma ? "kmalloc_dma-%u" : "kmalloc-%u",
                 size);
    cache->name = cache->own_name;
    return cache;
}

/* The position of a size in the ascending table. */
static uint32_t size_class(const struct slub *slub, uint64_t size)
{
    uint32_t index = 0;

    while (index < slub->nr_kmalloc && slub->kmalloc_sizes[index] < size)
        index++;
    return index;
}

static bool create_kmalloc_caches(struct slub *slub)
{
    static const uint32_t ascending[] = {8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048};
    uint32_t nr = sizeof(slub_sizes) / sizeof(slub_sizes[0]);

    if (slub->rules.slab) {
        add_slab_sizes(slub);
        nr = slub->nr_kmalloc;
    } else {
        slub->nr_kmalloc = nr;
        for (uint32_t i = 0; i < nr; i++)
            slub->kmalloc_sizes[i] = ascending[i];
    }
    for (uint32_t i = 0; i < nr; i++) {
        uint32_t size = slub->rules.slab ? slub->kmalloc_sizes[i] : slub_sizes[i];
        struct kmem_cache *cache = create_kmalloc_cache(slub, size, false);

        if (!cache)
            return false;
        slub->kmalloc[size_class(slub, size)] = cache;
    }
    return true;
}

bool slub_init(struct slub *slub, struct machine *machine, struct sim_error *err)
{
    *slub = (struct slub){.machine = machine, .rules = slab_rules_of(machine)};
    if (create_kmalloc_caches(slub))
        return true;
    slub_fini(slub);
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the slab caches");
}

void slub_fini(struct slub *slub)
{
    for (size_t i = 0; i < slub->caches.count; i++) {
        kmem_cache_fini(slub->caches.items[i]);
        free(slub->caches.items[i]);
    }
    vec_fini(&slub->caches);
}

/* Kernel: mm/slub.c dma_kmalloc_cache() [2.6.24] */
static struct kmem_cache *dma_kmalloc_cache(struct slub *slub, uint32_t index)
{
    if (!slub->kmalloc_dma[index]) {
        slub->kmalloc_dma[index] = create_kmalloc_cache(slub, slub->kmalloc_sizes[index], true);
        if (!slub->kmalloc_dma[index])
            slub->out_of_memory = true;
    }
    return slub->kmalloc_dma[index];
}

struct kmem_cache *kmalloc_cache(struct slub *slub, uint64_t size_bytes, uint32_t gfp)
{
    uint32_t index;

    if (size_bytes == 0 || size_bytes > kmalloc_largest(slub))
        return NULL;
    index = size_class(slub, size_bytes);
    return gfp & GFP_BIT_DMA ? dma_kmalloc_cache(slub, index) : slub->kmalloc[index];
}

bool slub_check(const struct slub *slub, char *why, size_t why_size)
{
    for (size_t i = 0; i < slub->caches.count; i++)
        if (!kmem_cache_check(slub->caches.items[i], why, why_size))
            return false;
    return true;
}
