/* SPDX-License-Identifier: MIT */
/* The captured kernel's page cache, handed to the modelled reclaim. */
#include "run/captured.h"

#include <string.h>

#include "base/hashmap.h"
#include "mm/gfp.h"
#include "run/simulation_state.h"

/* ---- which ---- */

static bool could_be_cached(const struct trace_record *record)
{
    return record->order == 0 && record->op != TRACE_GET_DMA_PAGES &&
           record->gfp & (GFP_BIT_MOVABLE | GFP_BIT_HARDWALL | GFP_BIT_HIGHMEM);
}

static bool is_whole_free(uint8_t op)
{
    return op == TRACE_FREE_PAGES || op == TRACE_FREE_HOT_PAGE || op == TRACE_FREE_COLD_PAGE;
}

static bool mark(struct captured_allocs *allocs, uint64_t number)
{
    while (allocs->bits.count <= number / 64)
        if (!vec_push(&allocs->bits, 0))
            return false;
    allocs->bits.items[number / 64] |= UINT64_C(1) << number % 64;
    return true;
}

/* `live`: id -> number of the record that allocated it, of blocks that could be cached. */
static bool scan_record(struct captured_allocs *allocs, struct hashmap *live,
                        const struct trace_record *record, uint64_t *nr_allocs)
{
    uint64_t number;

    if (record->op < NR_TRACE_OPS && trace_op_allocates(record->op)) {
        number = (*nr_allocs)++;
        return !could_be_cached(record) || record->id == HASHMAP_NO_KEY ||
               hashmap_put(live, record->id, number);
    }
    if (!is_whole_free(record->op) || record->id == HASHMAP_NO_KEY ||
        !hashmap_remove(live, record->id, &number) || !(record->flags & TRACE_ORIGIN_RECLAIM))
        return true;
    return mark(allocs, number);
}

bool captured_allocs_scan(struct captured_allocs *allocs, struct trace_source *source,
                          struct sim_error *err)
{
    enum trace_next next = TRACE_RECORD;
    struct hashmap live = {0};
    struct trace_record record;
    uint64_t nr_allocs = 0;

    if (source->ops->count(source) == 0)
        return true;
    trace_source_rewind(source);
    while (next == TRACE_RECORD) {
        next = trace_source_next(source, &record, err);
        if (next == TRACE_RECORD && !scan_record(allocs, &live, &record, &nr_allocs)) {
            sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the captured frees");
            next = TRACE_ERROR;
        }
    }
    hashmap_fini(&live);
    trace_source_rewind(source);
    return next == TRACE_END;
}

void captured_allocs_fini(struct captured_allocs *allocs)
{
    vec_fini(&allocs->bits);
}

bool captured_allocs_next(struct captured_allocs *allocs)
{
    uint64_t number = allocs->next++;

    return number / 64 < allocs->bits.count && allocs->bits.items[number / 64] >> number % 64 & 1;
}

/* ---- the file ---- */

void captured_cache_fini(struct captured_cache *cache)
{
    free(cache->dropped.items);
    *cache = (struct captured_cache){0};
}

static bool holds_page(const struct captured_cache *cache, uint32_t index)
{
    uint32_t slot = find_get_slot(cache->mapping, index);

    return slot != CACHE_SLOT_EMPTY && slot != CACHE_SLOT_EVICTED;
}

/* The oldest index that nobody will ask for, or a new one. */
static uint32_t take_index(struct captured_cache *cache)
{
    if (cache->dropped.head < cache->dropped.count &&
        !holds_page(cache, cache->dropped.items[cache->dropped.head]))
        return cache->dropped.items[cache->dropped.head++];
    return cache->next_index++;
}

bool captured_add(struct simulation *sim, const struct run_task *task, pfn_t page,
                  uint32_t *ret_index)
{
    struct captured_cache *cache = &sim->captured;
    struct reclaim *reclaim = &sim->reclaim;
    unsigned cpu = task->task.cpu;
    uint32_t index;
    bool refault;

    if (!cache->mapping)
        cache->mapping = address_space_create(reclaim, 0);
    if (!cache->mapping)
        return false;
    index = take_index(cache);
    if (!add_to_page_cache(reclaim, cache->mapping, index, page, cpu, &refault))
        return false;
    page_frame(reclaim, page)->flags |= PG_uptodate;
    lru_cache_add(reclaim, page, cpu);
    put_page(reclaim, page, cpu);
    *ret_index = index;
    return true;
}

bool captured_drop(struct simulation *sim, uint32_t index)
{
    struct captured_cache *cache = &sim->captured;
    size_t head = cache->dropped.head;

    if (cache->dropped.count == cache->dropped.capacity && head > cache->dropped.count / 2) {
        cache->dropped.count -= head;
        memmove(cache->dropped.items, cache->dropped.items + head,
                cache->dropped.count * sizeof(*cache->dropped.items));
        cache->dropped.head = 0;
    }
    sim->stats.frees_dropped++;
    return vec_push(&cache->dropped, index);
}

bool captured_free(struct simulation *sim, const struct run_task *task, uint32_t index)
{
    struct captured_cache *cache = &sim->captured;
    struct reclaim *reclaim = &sim->reclaim;
    pfn_t page;

    if (!holds_page(cache, index)) {
        sim->stats.frees_of_reclaimed++;
        return false;
    }
    page = (pfn_t){find_get_slot(cache->mapping, index)};
    remove_from_page_cache(reclaim, page, false, task->task.cpu);
    put_page(reclaim, page, task->task.cpu);
    sim->stats.frees++;
    return true;
}
