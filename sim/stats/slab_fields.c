/* SPDX-License-Identifier: MIT */
/* What callers of the slab allocator did, and what it made of pages. */
#include "stats/slab_fields.h"

#include "mm/slub.h"

void calls_write(struct json_stream *json, const struct run_stats *stats)
{
    static const char *const names[NR_CALL_COUNTS] = {"kmalloc", "kmem_cache_alloc"};
    uint64_t all = 0;

    for (unsigned i = 0; i < NR_CALL_COUNTS; i++)
        all += stats->calls[i].count;
    if (all == 0) {
        json_key(json, "calls");
        json_null(json);
        return;
    }
    json_key_object(json, "calls");
    for (unsigned i = 0; i < NR_CALL_COUNTS; i++) {
        json_key_object(json, names[i]);
        json_key_uint(json, "count", stats->calls[i].count);
        json_key_uint(json, "failed", stats->calls[i].failed);
        json_end_object(json);
    }
    json_end_object(json);
}

static void write_cache(struct json_stream *json, const struct kmem_cache *cache)
{
    const struct kmem_cache_counts *counts = &cache->counts;

    json_begin_object(json);
    json_key_string(json, "name", cache->name);
    json_key_uint(json, "object_size", cache->object_size);
    json_key_uint(json, "size", cache->layout.size);
    json_key_uint(json, "objects_per_slab", cache->layout.objects);
    json_key_uint(json, "slab_pages", UINT64_C(1) << cache->layout.order);
    json_key_uint(json, "active_objects", kmem_cache_active_objects(cache));
    json_key_uint(json, "held_objects", counts->held);
    json_key_uint(json, "objects", counts->slabs * cache->layout.objects);
    json_key_uint(json, "slabs", counts->slabs);
    json_key_uint(json, "partial_slabs", counts->partial);
    json_key_uint(json, "cpu_slabs", counts->cpu_slabs);
    json_key_uint(json, "waste_bytes",
                  counts->slabs * kmem_cache_slab_bytes(cache) - counts->held * cache->object_size);
    json_end_object(json);
}

void slab_fields_write(struct json_stream *json, const struct slub *slub)
{
    json_key_array(json, "slabs");
    for (size_t i = slub ? slub->caches.count : 0; i-- > 0;)
        if (slub->caches.items[i]->ever_used)
            write_cache(json, slub->caches.items[i]);
    json_end_array(json);
}
