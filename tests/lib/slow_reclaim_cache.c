/* SPDX-License-Identifier: MIT */
/* The slow model's page cache, swap cache, and dirty and writeback marks. */
#include <inttypes.h>

#include "lib/slow_reclaim.h"

/* ---- swap entries ---- */

unsigned slow_swap_get(struct slow_reclaim *r)
{
    for (uint64_t i = 0; i < r->swap_total; i++) {
        if (r->swap_use[i] == 0) {
            r->swap_use[i] = 1;
            r->swap_free--;
            return (unsigned)i + 1;
        }
    }
    return 0;
}

void slow_swap_dup(struct slow_reclaim *r, unsigned entry)
{
    slow_must(entry && r->swap_use[entry - 1]);
    r->swap_use[entry - 1]++;
}

void slow_swap_put(struct slow_reclaim *r, unsigned entry)
{
    slow_must(entry && r->swap_use[entry - 1]);
    if (--r->swap_use[entry - 1] == 0)
        r->swap_free++;
}

bool slow_swap_full(const struct slow_reclaim *r)
{
    return r->swap_free * 2 < r->swap_total;
}

/* ---- caches ---- */

/* The entry's use by the cache is the caller's gift. */
void slow_add_to_swap_cache(struct slow_reclaim *r, struct slow_page *page, unsigned entry)
{
    slow_must(page->user.anon && !page->user.swapcache);
    slow_get_page(page);
    page->user.swapcache = true;
    page->user.swap = entry;
    r->swap_cache++;
    slow_inc_state(page->zone, SLOW_FILE_PAGES, r->cpu);
}

static void delete_from_swap_cache(struct slow_reclaim *r, struct slow_page *page)
{
    struct slow_slot *slot = slow_slot_of(r, page);

    page->user.swapcache = false;
    r->swap_cache--;
    slow_dec_state(page->zone, SLOW_FILE_PAGES, r->cpu);
    slow_say(r, 3, "e uncache %" PRIu64 "\n", slow_pfn(&r->mm, page));
    if (slot && !page->user.mapcount) {
        slot->state = SLOW_SLOT_SWAPPED;
        slot->page = NULL;
        page->user.slot = 0;
    }
}

bool slow_remove_exclusive(struct slow_reclaim *r, struct slow_page *page)
{
    unsigned entry = page->user.swap;

    slow_must(page->user.swapcache);
    if (page->user.writeback || page->count != 2 || r->swap_use[entry - 1] != 1)
        return false;
    delete_from_swap_cache(r, page);
    page->user.dirty = true;
    slow_swap_put(r, entry);
    slow_put_page(r, page, r->cpu);
    return true;
}

void slow_remove_from_page_cache(struct slow_reclaim *r, struct slow_page *page)
{
    struct slow_slot *slot = slow_slot_of(r, page);

    page->user.file = NULL;
    slow_dec_state(page->zone, SLOW_FILE_PAGES, r->cpu);
    slow_say(r, 3, "e evict %" PRIu64 "\n", slow_pfn(&r->mm, page));
    slow_must(slot);
    slot->state = SLOW_SLOT_EMPTY;
    slot->page = NULL;
    page->user.slot = 0;
}

bool slow_remove_mapping(struct slow_reclaim *r, struct slow_page *page)
{
    if (page->count != 2 || page->user.dirty)
        return false;
    if (page->user.swapcache) {
        delete_from_swap_cache(r, page);
        slow_swap_put(r, page->user.swap);
    } else {
        slow_remove_from_page_cache(r, page);
    }
    page->count = 1;
    return true;
}

/* ---- marks ---- */

void slow_set_dirty(struct slow_reclaim *r, struct slow_page *page)
{
    if (!page->user.dirty && page->user.file)
        slow_inc_state(page->zone, SLOW_DIRTY, r->cpu);
    page->user.dirty = true;
}

bool slow_clear_dirty_for_io(struct slow_reclaim *r, struct slow_page *page)
{
    bool dirty = page->user.dirty;

    page->user.reclaim = false;
    page->user.dirty = false;
    if (dirty && page->user.file)
        slow_dec_state(page->zone, SLOW_DIRTY, r->cpu);
    return dirty;
}

void slow_end_writeback(struct slow_reclaim *r, struct slow_page *page, unsigned cpu)
{
    bool reclaim = page->user.reclaim;

    slow_say(r, 3, "e wbend %" PRIu64 "\n", slow_pfn(&r->mm, page));
    page->user.reclaim = false;
    if (reclaim)
        slow_rotate_reclaimable(r, page, cpu);
    slow_must(page->user.writeback);
    page->user.writeback = false;
    slow_dec_state(page->zone, SLOW_WRITEBACK, cpu);
}
