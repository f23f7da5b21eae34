/* SPDX-License-Identifier: MIT */
/* Objects in the order they came, and a shrinker that frees the oldest. */
#include "user/slab_cache.h"

#include <stdlib.h>

#include "user/user_memory.h"

enum { FIRST_CAPACITY = 64 };

/* ---- the ring ---- */

static struct slab_object *object_at(const struct slab_cache *cache, size_t index)
{
    return &cache->ring[(cache->head + index) & (cache->capacity - 1)];
}

/* Room for one more; false: no host memory. */
static bool make_room(struct slab_cache *cache)
{
    size_t capacity = cache->capacity ? cache->capacity * 2 : FIRST_CAPACITY;
    struct slab_object *ring = NULL;

    if (SIM_LIKELY(cache->objects < cache->capacity))
        return true;
    if (capacity <= SIZE_MAX / sizeof(*ring))
        ring = malloc(capacity * sizeof(*ring));
    if (!ring)
        return false;
    for (size_t i = 0; i < cache->objects; i++)
        ring[i] = *object_at(cache, i);
    free(cache->ring);
    cache->ring = ring;
    cache->head = 0;
    cache->capacity = capacity;
    return true;
}

static void push(struct slab_cache *cache, struct slab_object object)
{
    *object_at(cache, cache->objects++) = object;
}

static struct slab_object pop_oldest(struct slab_cache *cache)
{
    struct slab_object oldest = *object_at(cache, 0);

    cache->head = (cache->head + 1) & (cache->capacity - 1);
    cache->objects--;
    return oldest;
}

/* ---- objects ---- */

enum step slab_alloc_step(struct slab_alloc *alloc, struct user_memory *user,
                          struct user_task *task)
{
    struct slab_cache *cache = alloc->cache;

    while (alloc->left > 0) {
        if (!alloc->in_request)
            kmem_cache_request_init(&alloc->request, cache->cache, alloc->gfp, -1);
        alloc->in_request = true;
        if (slab_request_step(&alloc->request, user->slub, &task->caller) == STEP_BLOCKED)
            return STEP_BLOCKED;
        alloc->in_request = false;
        if (slab_object_is_null(alloc->request.object)) {
            alloc->failed = alloc->left;
            return STEP_DONE;
        }
        if (!make_room(cache)) {
            kmem_cache_free(cache->cache, alloc->request.object, task->task->cpu);
            user->reclaim->out_of_memory = true;
            alloc->failed = alloc->left;
            return STEP_DONE;
        }
        push(cache, alloc->request.object);
        alloc->left--;
    }
    return STEP_DONE;
}

const struct alloc_request *slab_alloc_request(const struct slab_alloc *alloc)
{
    return alloc->in_request ? slab_request_pages(&alloc->request) : NULL;
}

uint64_t slab_free_objects(struct slab_cache *cache, uint64_t nr, unsigned cpu)
{
    uint64_t freed = nr < cache->objects ? nr : cache->objects;

    for (uint64_t i = 0; i < freed; i++) {
        enum slab_misuse misuse = kmem_cache_free(cache->cache, pop_oldest(cache), cpu);

        SIM_ASSERT(misuse == SLAB_FREE_OK);
        (void)misuse;
    }
    return freed;
}

/* ---- the shrinker ---- */

static int64_t shrink_cache(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    struct slab_cache *cache = (struct slab_cache *)shrinker;

    if (nr > 0) {
        uint64_t slabs = cache->cache->counts.slabs;

        if (cache->spec->fs_only && !(gfp & GFP_BIT_FS))
            return -1;
        slab_free_objects(cache, nr, task->cpu);
        note_slab_pages_freed(cache->user->reclaim, task,
                              (slabs - cache->cache->counts.slabs) << cache->cache->layout.order);
    }
    return (int64_t)(cache->objects / 100 * 100);
}

bool slab_cache_init(struct slab_cache *cache, struct user_memory *user,
                     const struct cache_spec *spec)
{
    struct kmem_cache_spec kmem = {
        .name = spec->name,
        .object_size = spec->object_size,
        .align = spec->align,
        .flags = spec->flags,
        .objects_per_page = spec->objects_per_page,
    };

    SIM_ASSERT(spec->objects_per_page > 0 || spec->object_size > 0);
    if (spec->object_size == 0)
        kmem.object_size = (uint32_t)PAGE_SIZE / spec->objects_per_page;
    *cache = (struct slab_cache){
        .shrinker = {.shrink = shrink_cache, .seeks = spec->seeks},
        .spec = spec,
        .user = user,
        .cache = kmem_cache_create(user->slub, &kmem),
    };
    if (!cache->cache)
        return false;
    if (spec->seeks > 0)
        register_shrinker(user->reclaim, &cache->shrinker);
    return true;
}

void slab_cache_fini(struct slab_cache *cache)
{
    free(cache->ring);
}

bool slab_cache_check(const struct slab_cache *cache)
{
    const struct frame *frames = cache->user->reclaim->machine->frame_table.frames;

    for (size_t i = 0; i < cache->objects; i++) {
        struct slab_object object = *object_at(cache, i);
        const struct frame *frame = &frames[object.page.nr];

        if (!(frame->flags & PG_slab) || frame->prev != cache->cache->id ||
            !kmem_cache_holds(cache->cache, object))
            return false;
    }
    return true;
}
