/* SPDX-License-Identifier: MIT */
/* The slow model's users of pages: slots, their mappings, and what is done with them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/slow_reclaim.h"

/* ---- slots ---- */

struct slow_slot *slow_slot(struct slow_reclaim *r, uint64_t number)
{
    if (number >= r->nr_slots) {
        r->slots = realloc(r->slots, (number + 1) * sizeof(*r->slots));
        slow_must(r->slots);
        memset(&r->slots[r->nr_slots], 0, (number + 1 - r->nr_slots) * sizeof(*r->slots));
        r->nr_slots = number + 1;
    }
    return &r->slots[number];
}

struct slow_slot *slow_slot_of(struct slow_reclaim *r, const struct slow_page *page)
{
    return page->user.slot ? &r->slots[page->user.slot - 1] : NULL;
}

/* ---- mappings ---- */

bool slow_page_referenced(struct slow_reclaim *r, struct slow_page *page, bool is_locked)
{
    struct slow_slot *slot = slow_slot_of(r, page);
    bool referenced = page->user.referenced;

    page->user.referenced = false;
    if (!page->user.mapcount)
        return referenced;
    slow_must(slot);
    if (!page->user.anon && !is_locked && page->user.locked)
        return true;
    if (!page->user.anon && slot->mlocked)
        return true;
    referenced |= slot->young;
    slot->young = false;
    return referenced;
}

static void unmap(struct slow_reclaim *r, struct slow_page *page)
{
    page->user.mapcount--;
    slow_dec_state(page->zone, page->user.anon ? SLOW_ANON : SLOW_MAPPED, r->cpu);
}

bool slow_try_to_unmap(struct slow_reclaim *r, struct slow_page *page)
{
    struct slow_slot *slot = slow_slot_of(r, page);

    if (slot->mlocked)
        return false;
    if (slot->young) {
        slot->young = false;
        return false;
    }
    slow_say(r, 3, "e unmap %" PRIu64 "\n", slow_pfn(&r->mm, page));
    if (page->user.swapcache) {
        slot->swap = page->user.swap;
        slow_swap_dup(r, slot->swap);
    }
    unmap(r, page);
    slow_put_page(r, page, r->cpu);
    return true;
}

static void map_file_page(struct slow_reclaim *r, struct slow_slot *slot, bool young)
{
    slow_get_page(slot->page);
    slot->page->user.mapcount++;
    slow_inc_state(slot->page->zone, SLOW_MAPPED, r->cpu);
    slot->page->user.file->mapped = true;
    slot->young = young;
}

void slow_unmap_file_page(struct slow_reclaim *r, struct slow_slot *slot)
{
    if (!slot->page->user.mapcount)
        return;
    if (slot->young)
        slot->page->user.referenced = true;
    slot->young = false;
    unmap(r, slot->page);
    slow_put_page(r, slot->page, r->cpu);
}

/* ---- new pages ---- */

int64_t slow_alloc_user_page(struct slow_reclaim *r, uint32_t gfp, int nid)
{
    uint32_t pfn = 0;

    switch (slow_alloc(&r->mm, r->cpu, r->mm.task, gfp, 0, nid, &pfn)) {
    case SLOW_PAGE:
        return pfn;
    case SLOW_FAIL:
        return SLOW_NO_PAGE;
    case SLOW_LOOP:
        break;
    }
    return SLOW_GIVEN_UP;
}

static void use_file_page(struct slow_reclaim *r, struct slow_slot *slot, const char *flags)
{
    if (strpbrk(flags, "bB")) {
        slot->page->user.buffers = true;
        slot->page->user.stuck_buffers = strchr(flags, 'B');
        slow_get_page(slot->page);
    }
    if (strchr(flags, 'd'))
        slow_set_dirty(r, slot->page);
    if (strchr(flags, 'm'))
        map_file_page(r, slot, strchr(flags, 'y'));
    if (strchr(flags, 'r'))
        slow_mark_page_accessed(r, slot->page, r->cpu);
}

int64_t slow_new_file_page(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid,
                           unsigned file, const char *flags)
{
    struct slow_slot *slot = slow_slot(r, number);
    struct slow_page *page;
    int64_t result;

    if (slot->state != SLOW_SLOT_EMPTY)
        return SLOW_BUSY;
    result = slow_alloc_user_page(r, gfp, nid);
    if (result < 0)
        return result;
    page = &r->mm.pages[result];
    *slot =
        (struct slow_slot){.state = SLOW_SLOT_FILE, .mlocked = strchr(flags, 'l'), .page = page};
    page->user.slot = (unsigned)number + 1;
    slow_get_page(page);
    page->user.file = &r->files[file];
    slow_inc_state(page->zone, SLOW_FILE_PAGES, r->cpu);
    slow_lru_cache_add(r, page, false, r->cpu);
    use_file_page(r, slot, flags);
    slow_put_page(r, page, r->cpu);
    return result;
}

int64_t slow_new_anon_page(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid,
                           const char *flags)
{
    struct slow_slot *slot = slow_slot(r, number);
    struct slow_page *page;
    int64_t result;

    if (slot->state != SLOW_SLOT_EMPTY)
        return SLOW_BUSY;
    result = slow_alloc_user_page(r, gfp, nid);
    if (result < 0)
        return result;
    page = &r->mm.pages[result];
    *slot = (struct slow_slot){.state = SLOW_SLOT_ANON,
                               .young = strchr(flags, 'y'),
                               .mlocked = strchr(flags, 'l'),
                               .page = page,
                               .owner = r->current_pid};
    page->user.slot = (unsigned)number + 1;
    page->user.anon = true;
    slow_lru_cache_add(r, page, true, r->cpu);
    page->user.mapcount++;
    slow_inc_state(page->zone, SLOW_ANON, r->cpu);
    return result;
}

/* ---- touch ---- */

static void map_swap_page(struct slow_reclaim *r, struct slow_slot *slot)
{
    slot->page->user.mapcount++;
    slow_inc_state(slot->page->zone, SLOW_ANON, r->cpu);
    slow_swap_put(r, slot->swap);
    if (slow_swap_full(r))
        slow_remove_exclusive(r, slot->page);
    slot->young = true;
}

static int64_t swap_in(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid)
{
    int64_t result = slow_alloc_user_page(r, gfp, nid);
    struct slow_slot *slot = slow_slot(r, number);
    struct slow_page *page;

    if (result < 0)
        return result;
    page = &r->mm.pages[result];
    /* Its owner may have exited meanwhile. */
    if (slot->state != SLOW_SLOT_SWAPPED) {
        slow_put_page(r, page, r->cpu);
        return SLOW_NO_PAGE;
    }
    *slot = (struct slow_slot){
        .state = SLOW_SLOT_ANON, .page = page, .swap = slot->swap, .owner = slot->owner};
    page->user.slot = (unsigned)number + 1;
    page->user.anon = true;
    slow_swap_dup(r, slot->swap);
    slow_add_to_swap_cache(r, page, slot->swap);
    slow_lru_cache_add(r, page, true, r->cpu);
    r->events[SLOW_PSWPIN]++;
    slow_mark_page_accessed(r, page, r->cpu);
    map_swap_page(r, slot);
    return result;
}

int64_t slow_touch(struct slow_reclaim *r, uint64_t number, uint32_t gfp, int nid)
{
    struct slow_slot *slot = slow_slot(r, number);

    if (slot->state == SLOW_SLOT_EMPTY)
        return 0;
    if (slot->state == SLOW_SLOT_SWAPPED)
        return swap_in(r, number, gfp, nid);
    if (slot->page->user.mapcount) {
        slot->young = true;
        return 0;
    }
    if (slot->state == SLOW_SLOT_FILE) {
        slow_mark_page_accessed(r, slot->page, r->cpu);
        map_file_page(r, slot, true);
        return 0;
    }
    slow_get_page(slot->page);
    slow_mark_page_accessed(r, slot->page, r->cpu);
    if (slot->page->user.locked)
        slow_put_page(r, slot->page, r->cpu);
    else
        map_swap_page(r, slot);
    return 0;
}

/* ---- the flusher, and the end ---- */

void slow_flush_page(struct slow_reclaim *r, struct slow_slot *slot)
{
    struct slow_page *page = slot->page;

    if (slot->state != SLOW_SLOT_FILE || page->user.file->writepage != SLOW_WRITES)
        return;
    if (page->user.locked || page->user.writeback || !page->user.dirty)
        return;
    slow_clear_dirty_for_io(r, page);
    slow_say(r, 3, "e write %" PRIu64 "\n", slow_pfn(&r->mm, page));
    slow_write(r, page->user.file->device, page);
}

/* As truncation does it, under the page lock. */
static void delete_file_page(struct slow_reclaim *r, struct slow_slot *slot)
{
    struct slow_page *page = slot->page;

    slow_unmap_file_page(r, slot);
    page->user.locked = true;
    slow_wait_on_writeback(r, page);
    if (page->user.buffers) {
        page->user.buffers = false;
        slow_put_page(r, page, r->cpu);
    }
    slow_clear_dirty_for_io(r, page);
    slow_remove_from_page_cache(r, page);
    page->user.locked = false;
    slow_put_page(r, page, r->cpu);
}

static void delete_anon_page(struct slow_reclaim *r, struct slow_slot *slot)
{
    struct slow_page *page = slot->page;

    if (page->user.mapcount) {
        unmap(r, page);
    } else {
        slow_swap_put(r, slot->swap);
        slow_get_page(page);
    }
    slot->state = SLOW_SLOT_EMPTY;
    slot->page = NULL;
    page->user.slot = 0;
    if (page->user.swapcache)
        slow_remove_exclusive(r, page);
    slow_put_page(r, page, r->cpu);
}

void slow_delete(struct slow_reclaim *r, uint64_t number)
{
    struct slow_slot *slot = slow_slot(r, number);

    if (slot->state == SLOW_SLOT_EMPTY)
        return;
    if (slot->state == SLOW_SLOT_SWAPPED) {
        slow_swap_put(r, slot->swap);
        slot->state = SLOW_SLOT_EMPTY;
        return;
    }
    slot->page->user.locked = false;
    for (; slot->pins; slot->pins--)
        slow_put_page(r, slot->page, r->cpu);
    if (slot->state == SLOW_SLOT_FILE)
        delete_file_page(r, slot);
    else
        delete_anon_page(r, slot);
}
