/* SPDX-License-Identifier: MIT */
/* What the calls of kmalloc() and vmalloc() came to, as readable text. */
#include "stats/calls_table.h"

#include <inttypes.h>

#include "mm/slub.h"
#include "mm/vmalloc.h"

static void format_slab_calls(struct strbuf *out, const struct run_stats *stats)
{
    static const char *const titles[NR_CALL_COUNTS] = {"kmalloc     ", "cache alloc "};

    for (unsigned i = 0; i < NR_CALL_COUNTS; i++)
        if (stats->calls[i].count)
            strbuf_addf(out, "%s%" PRIu64 " calls, %" PRIu64 " of them failed\n", titles[i],
                        stats->calls[i].count, stats->calls[i].failed);
}

static void format_slabs(struct strbuf *out, const struct slub *slub)
{
    uint64_t caches = 0, pages = 0, held = 0, bytes = 0, held_bytes = 0;

    for (size_t i = 0; slub && i < slub->caches.count; i++) {
        const struct kmem_cache *cache = slub->caches.items[i];

        caches += cache->ever_used;
        pages += cache->counts.slabs << cache->layout.order;
        held += cache->counts.held;
        bytes += cache->counts.slabs * kmem_cache_slab_bytes(cache);
        held_bytes += cache->counts.held * cache->object_size;
    }
    if (caches)
        strbuf_addf(out,
                    "slabs       %" PRIu64 " caches, %" PRIu64 " pages; %" PRIu64
                    " objects held, %" PRIu64 " of %" PRIu64 " kB\n",
                    caches, pages, held, held_bytes / 1024, bytes / 1024);
}

static void format_vmalloc(struct strbuf *out, const struct vmalloc_space *space)
{
    static const char *const reasons[NR_VMALLOC_RESULTS] = {
        [VMALLOC_BAD_SIZE] = "of no possible size",
        [VMALLOC_NO_SPACE] = "without a hole so large",
        [VMALLOC_NO_MEMORY] = "without memory",
    };
    uint64_t calls = 0;

    for (unsigned result = 0; space && result < NR_VMALLOC_RESULTS; result++)
        calls += space->results[result];
    if (calls == 0)
        return;
    strbuf_addf(out, "vmalloc     %" PRIu64 " calls, %" PRIu64 " of them failed", calls,
                calls - space->results[VMALLOC_OK]);
    for (unsigned result = VMALLOC_OK + 1; result < NR_VMALLOC_RESULTS; result++)
        if (space->results[result])
            strbuf_addf(out, ", %" PRIu64 " %s", space->results[result], reasons[result]);
    strbuf_addf(out, "; %" PRIu64 " areas, %" PRIu64 " pages\n", (uint64_t)space->list.nr_areas,
                (uint64_t)space->nr_pages);
}

static void format_misuses(struct strbuf *out, const struct machine *machine)
{
    const char *title = "invalid";

    for (unsigned check = 0; check < NR_MISUSES; check++) {
        if (machine->misuses[check] == 0)
            continue;
        strbuf_addf(out, "%-11s %" PRIu64 " calls, seen by %s\n", title, machine->misuses[check],
                    misuse_name((enum mm_misuse)check));
        title = "";
    }
}

void calls_table_format(struct strbuf *out, const struct summary_info *info)
{
    format_slab_calls(out, info->stats);
    format_slabs(out, info->stats->slub);
    format_vmalloc(out, info->stats->vmalloc);
    format_misuses(out, info->machine);
}
