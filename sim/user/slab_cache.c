/* SPDX-License-Identifier: MIT */
/* Objects that fill pages, and a shrinker that empties them. */
#include "user/slab_cache.h"

#include "mm/zone_page_state.h"
#include "user/user_request.h"

enum { SLAB_FILL, SLAB_ALLOC };

/* What a new slab's allocation keeps of the caller's mask.
 * Kernel: mm/internal.h GFP_RECLAIM_MASK, GFP_CONSTRAINT_MASK [2.6.24] */
enum {
    GFP_RECLAIM_MASK = GFP_BIT_WAIT | GFP_BIT_HIGH | GFP_BIT_IO | GFP_BIT_FS | GFP_BIT_NOWARN |
                       GFP_BIT_REPEAT | GFP_BIT_NOFAIL | GFP_BIT_NORETRY | GFP_BIT_NOMEMALLOC,
    GFP_CONSTRAINT_MASK = GFP_BIT_HARDWALL | GFP_BIT_THISNODE,
};

/* ---- pages ---- */

/* Objects that still fit into the newest page. */
static uint64_t free_places(const struct slab_cache *cache)
{
    return cache->nr_pages * cache->spec->objects_per_page - cache->oldest_freed - cache->objects;
}

static void account_page(const struct slab_cache *cache, pfn_t page, int64_t delta, unsigned cpu)
{
    struct reclaim *reclaim = cache->user->reclaim;

    mod_zone_page_state(reclaim->machine, page_zone(reclaim, page), NR_SLAB_RECLAIMABLE, delta,
                        cpu);
}

/* Kernel: mm/slub.c new_slab() [2.6.24] */
static void add_slab(struct slab_cache *cache, pfn_t page, unsigned cpu)
{
    struct reclaim *reclaim = cache->user->reclaim;

    account_page(cache, page, 1, cpu);
    page_frame(reclaim, page)->flags |= PG_slab;
    if (cache->nr_pages++ == 0)
        cache->first_page = page.nr;
    else
        page_frame(reclaim, (pfn_t){cache->last_page})->next = page.nr;
    cache->last_page = page.nr;
}

/* The oldest page goes back. Kernel: mm/slub.c discard_slab() [2.6.24] */
static void discard_slab(struct slab_cache *cache, unsigned cpu)
{
    struct reclaim *reclaim = cache->user->reclaim;
    pfn_t page = {cache->first_page};
    struct frame *frame = page_frame(reclaim, page);

    cache->first_page = frame->next;
    cache->nr_pages--;
    cache->oldest_freed = 0;
    frame->flags &= (uint16_t)~PG_slab;
    account_page(cache, page, -1, cpu);
    free_pages(reclaim->machine, page, 0, cpu);
}

/* ---- objects ---- */

enum step slab_alloc_step(struct slab_alloc *alloc, struct user_memory *user,
                          struct user_task *task)
{
    struct slab_cache *cache = alloc->cache;
    uint32_t gfp = (alloc->gfp & (GFP_RECLAIM_MASK | GFP_CONSTRAINT_MASK)) | GFP_BIT_RECLAIMABLE;

    for (;;) {
        if (alloc->state == SLAB_FILL) {
            uint64_t nr = free_places(cache);

            nr = nr < alloc->left ? nr : alloc->left;
            cache->objects += nr;
            alloc->left -= nr;
            if (alloc->left == 0)
                return STEP_DONE;
            user_request_init(&alloc->request, user, task, gfp);
            alloc->state = SLAB_ALLOC;
        }
        if (user_request_step(&alloc->request, user, task) == STEP_BLOCKED)
            return STEP_BLOCKED;
        alloc->state = SLAB_FILL;
        if (pfn_is_none(alloc->request.page)) {
            alloc->failed = alloc->left;
            return STEP_DONE;
        }
        add_slab(cache, alloc->request.page, task->task->cpu);
    }
}

const struct alloc_request *slab_alloc_request(const struct slab_alloc *alloc)
{
    return alloc->state == SLAB_ALLOC ? &alloc->request : NULL;
}

uint64_t slab_free_objects(struct slab_cache *cache, uint64_t nr, unsigned cpu)
{
    uint64_t freed = nr < cache->objects ? nr : cache->objects;

    for (uint64_t left = freed; left > 0;) {
        uint64_t in_oldest = cache->spec->objects_per_page - cache->oldest_freed;

        /* The only page may not be full. */
        in_oldest = in_oldest < cache->objects ? in_oldest : cache->objects;

        uint64_t now = left < in_oldest ? left : in_oldest;

        left -= now;
        cache->objects -= now;
        cache->oldest_freed += now;
        if (now == in_oldest)
            discard_slab(cache, cpu);
    }
    return freed;
}

/* ---- the shrinker ---- */

static int64_t shrink_cache(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    struct slab_cache *cache = (struct slab_cache *)shrinker;

    if (nr > 0) {
        uint64_t pages = cache->nr_pages;

        if (cache->spec->fs_only && !(gfp & GFP_BIT_FS))
            return -1;
        slab_free_objects(cache, nr, task->cpu);
        note_slab_pages_freed(cache->user->reclaim, task, pages - cache->nr_pages);
    }
    return (int64_t)(cache->objects / 100 * 100);
}

void slab_cache_init(struct slab_cache *cache, struct user_memory *user,
                     const struct cache_spec *spec)
{
    SIM_ASSERT(spec->objects_per_page > 0 && spec->seeks > 0);
    *cache = (struct slab_cache){
        .shrinker = {.shrink = shrink_cache, .seeks = spec->seeks},
        .spec = spec,
        .user = user,
    };
    register_shrinker(user->reclaim, &cache->shrinker);
}

bool slab_cache_check(const struct slab_cache *cache)
{
    const struct reclaim *reclaim = cache->user->reclaim;
    uint32_t per_page = cache->spec->objects_per_page;
    uint32_t pfn = cache->first_page;

    for (uint64_t i = 0; i < cache->nr_pages; i++) {
        const struct frame *frame = page_frame(reclaim, (pfn_t){pfn});

        if (!(frame->flags & PG_slab) || frame->count != 1)
            return false;
        if (i + 1 == cache->nr_pages && pfn != cache->last_page)
            return false;
        pfn = frame->next;
    }
    if (cache->objects + cache->oldest_freed > cache->nr_pages * per_page)
        return false;
    return cache->oldest_freed < per_page && free_places(cache) < per_page;
}
