/* SPDX-License-Identifier: MIT */
/* Pressure on the caches, in proportion to the pressure on the LRU. */
#include "reclaim/shrinker.h"

#include "reclaim/reclaim.h"

enum { SHRINK_BATCH = 128 };

void register_shrinker(struct reclaim *reclaim, struct shrinker *shrinker)
{
    struct shrinker **link = &reclaim->first_shrinker;

    while (*link)
        link = &(*link)->next;
    shrinker->next = NULL;
    *link = shrinker;
}

/* Objects to scan now: what was left, and this pressure's share. */
static uint64_t take_share(struct shrinker *shrinker, uint64_t scanned, uint64_t max_pass,
                           uint64_t lru_pages)
{
    uint64_t total;

    shrinker->nr += 4 * scanned / shrinker->seeks * max_pass / (lru_pages + 1);
    if (shrinker->nr > 2 * max_pass)
        shrinker->nr = 2 * max_pass;
    total = shrinker->nr;
    shrinker->nr = 0;
    return total;
}

static uint64_t shrink_cache(struct reclaim *reclaim, struct shrinker *shrinker, struct task *task,
                             uint64_t total, uint32_t gfp)
{
    uint64_t freed = 0;

    while (total >= SHRINK_BATCH) {
        int64_t before = shrinker->shrink(shrinker, 0, gfp, task);
        int64_t after = shrinker->shrink(shrinker, SHRINK_BATCH, gfp, task);

        if (after < 0)
            break;
        if (after < before)
            freed += (uint64_t)(before - after);
        reclaim->machine->vm_events[SLABS_SCANNED] += SHRINK_BATCH;
        reclaim->machine->work.slab_objects += SHRINK_BATCH;
        total -= SHRINK_BATCH;
    }
    shrinker->nr += total;
    return freed;
}

uint64_t shrink_slab(struct reclaim *reclaim, struct task *task, uint64_t scanned, uint32_t gfp,
                     uint64_t lru_pages)
{
    uint64_t slabs_before = reclaim->machine->vm_events[SLABS_SCANNED];
    uint64_t pages_before = task->reclaim_state->reclaimed_slab;
    uint64_t told_scanned = scanned;
    uint64_t freed = 0;

    if (scanned == 0)
        scanned = SWAP_CLUSTER_MAX;
    for (struct shrinker *shrinker = reclaim->first_shrinker; shrinker; shrinker = shrinker->next) {
        uint64_t max_pass = (uint64_t)shrinker->shrink(shrinker, 0, gfp, task);

        freed += shrink_cache(reclaim, shrinker, task,
                              take_share(shrinker, scanned, max_pass, lru_pages), gfp);
    }
    if (SIM_UNLIKELY(reclaim_wants(reclaim, RECLAIM_SHRINK_SLAB)))
        reclaim_tell(reclaim,
                     &(struct reclaim_event){
                         .kind = RECLAIM_SHRINK_SLAB,
                         .task = task,
                         .scanned = told_scanned,
                         .lru_pages = lru_pages,
                         .ret = freed,
                         .slabs_scanned = reclaim->machine->vm_events[SLABS_SCANNED] - slabs_before,
                         .pages = task->reclaim_state->reclaimed_slab - pages_before});
    return freed;
}

void note_slab_pages_freed(struct reclaim *reclaim, struct task *task, uint64_t nr)
{
    if (reclaim->machine->params.slab_reports_pages && task->reclaim_state)
        task->reclaim_state->reclaimed_slab += nr;
}
