/* SPDX-License-Identifier: MIT */
/* Pages of users: each has at most one mapping, which its slot stands for. */
#include "mm/zone_page_state.h"
#include "reclaim_world.h"

/* ---- slots ---- */

struct lru_slot *world_slot(struct reclaim_world *world, uint32_t number)
{
    if (number >= world->slots.count) {
        size_t count = (size_t)number + 1;

        if (!vec_reserve(&world->slots, count))
            abort();
        for (size_t i = world->slots.count; i < count; i++)
            world->slots.items[i] = (struct lru_slot){.state = SLOT_EMPTY};
        world->slots.count = count;
    }
    return &world->slots.items[number];
}

struct lru_slot *world_slot_of_page(struct reclaim_world *world, pfn_t page)
{
    uint32_t number = page_owner(&world->reclaim, page)->index;
    struct lru_slot *slot;

    if (number >= world->slots.count)
        return NULL;
    slot = &world->slots.items[number];
    if ((slot->state != SLOT_FILE && slot->state != SLOT_ANON) || slot->pfn != page.nr)
        return NULL;
    return slot;
}

void world_page_evicted(struct reclaim_world *world, pfn_t page)
{
    struct lru_slot *slot = world_slot_of_page(world, page);

    if (slot)
        slot->state = SLOT_EMPTY;
}

void world_page_uncached(struct reclaim_world *world, pfn_t page)
{
    struct lru_slot *slot = world_slot_of_page(world, page);

    if (slot && page_frame(&world->reclaim, page)->mapcount == 0)
        slot->state = SLOT_SWAPPED;
}

/* ---- mappings ---- */

static void map_page(struct reclaim_world *world, pfn_t page, enum zone_stat_item item)
{
    struct reclaim *reclaim = &world->reclaim;

    page_frame(reclaim, page)->mapcount = 1;
    inc_zone_state(&world->machine, page_zone(reclaim, page), item, world->cpu);
}

static void unmap_page(struct reclaim_world *world, pfn_t page, enum zone_stat_item item,
                       unsigned cpu)
{
    struct reclaim *reclaim = &world->reclaim;

    page_frame(reclaim, page)->mapcount = 0;
    dec_zone_state(&world->machine, page_zone(reclaim, page), item, cpu);
}

static void map_file_page(struct reclaim_world *world, struct lru_slot *slot, bool young)
{
    pfn_t page = {slot->pfn};

    get_page(&world->reclaim, page);
    map_page(world, page, NR_FILE_MAPPED);
    page_mapping_file(&world->reclaim, page)->nr_mmap = 1;
    slot->young = young;
}

void world_unmap_file_page(struct reclaim_world *world, struct lru_slot *slot)
{
    pfn_t page = {slot->pfn};

    if (!page_frame(&world->reclaim, page)->mapcount)
        return;
    if (slot->young)
        page_frame(&world->reclaim, page)->flags |= PG_referenced;
    slot->young = false;
    unmap_page(world, page, NR_FILE_MAPPED, world->cpu);
    put_page(&world->reclaim, page, world->cpu);
}

static unsigned rmap_referenced(void *context, pfn_t page)
{
    struct lru_slot *slot = world_slot_of_page(context, page);
    bool young = slot->young;

    if (slot->mlocked && slot->state == SLOT_FILE)
        return 1;
    slot->young = false;
    return young;
}

static enum swap_result rmap_unmap(void *context, pfn_t page, unsigned cpu)
{
    struct reclaim_world *world = context;
    struct lru_slot *slot = world_slot_of_page(world, page);

    if (slot->mlocked)
        return SWAP_FAIL;
    if (slot->young) {
        slot->young = false;
        return SWAP_FAIL;
    }
    if (page_frame(&world->reclaim, page)->flags & PG_swapcache) {
        slot->swap = page_owner(&world->reclaim, page)->swap;
        swap_duplicate(&world->reclaim, slot->swap);
    }
    unmap_page(world, page, slot->state == SLOT_ANON ? NR_ANON_PAGES : NR_FILE_MAPPED, cpu);
    put_page(&world->reclaim, page, cpu);
    return SWAP_SUCCESS;
}

const struct rmap_ops world_rmap_ops = {.page_referenced = rmap_referenced,
                                        .try_to_unmap = rmap_unmap};

/* ---- new pages ---- */

static struct address_space *file_of(struct reclaim_world *world, uint64_t file,
                                     const struct golden_words *words)
{
    if (file >= WORLD_FILES)
        golden_fail(words, "no such file");
    return world->files[file];
}

static const char *flags_word(const struct golden_words *words, unsigned i)
{
    if (i >= words->count)
        golden_fail(words, "the flags are missing");
    return words->word[i];
}

/* What the letters of an `lf` line ask for beside the page itself. */
static void apply_file_flags(struct reclaim_world *world, struct lru_slot *slot, const char *flags)
{
    struct reclaim *reclaim = &world->reclaim;
    pfn_t page = {slot->pfn};

    if (strpbrk(flags, "bB")) {
        get_page(reclaim, page);
        page_frame(reclaim, page)->flags |= PG_private;
        if (strchr(flags, 'B'))
            page_frame(reclaim, page)->flags |= PG_owner_priv_1;
    }
    if (strchr(flags, 'd'))
        set_page_dirty(reclaim, page, world->cpu);
    if (strchr(flags, 'm'))
        map_file_page(world, slot, strchr(flags, 'y'));
    if (strchr(flags, 'r'))
        mark_page_accessed(reclaim, page, world->cpu);
}

int64_t world_new_file_page(struct reclaim_world *world, const struct golden_words *words,
                            uint32_t number, unsigned first)
{
    struct address_space *mapping = file_of(world, golden_uint(words, first + 3), words);
    const char *flags = flags_word(words, first + 4);
    struct lru_slot *slot = world_slot(world, number);
    bool refault;
    int64_t result;

    if (slot->state != SLOT_EMPTY)
        return WORLD_BUSY;
    world->script.waits = 0;
    result = world_alloc(world, (uint32_t)golden_uint(words, first + 1), 0,
                         (int)golden_int(words, first + 2));
    if (result < 0)
        return result;
    *slot = (struct lru_slot){
        .state = SLOT_FILE, .mlocked = strchr(flags, 'l'), .pfn = (uint32_t)result};
    page_frame(&world->reclaim, (pfn_t){slot->pfn})->flags |= PG_uptodate;
    if (!add_to_page_cache(&world->reclaim, mapping, number, (pfn_t){slot->pfn}, world->cpu,
                           &refault))
        golden_fail(words, "out of memory");
    lru_cache_add(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
    apply_file_flags(world, slot, flags);
    put_page(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
    return result;
}

int64_t world_new_anon_page(struct reclaim_world *world, const struct golden_words *words,
                            uint32_t number, unsigned first)
{
    const char *flags = flags_word(words, first + 3);
    struct lru_slot *slot = world_slot(world, number);
    pfn_t page;
    int64_t result;

    if (slot->state != SLOT_EMPTY)
        return WORLD_BUSY;
    world->script.waits = 0;
    result = world_alloc(world, (uint32_t)golden_uint(words, first + 1), 0,
                         (int)golden_int(words, first + 2));
    if (result < 0)
        return result;
    page = (pfn_t){(uint32_t)result};
    *slot = (struct lru_slot){.state = SLOT_ANON,
                              .young = strchr(flags, 'y'),
                              .mlocked = strchr(flags, 'l'),
                              .pfn = page.nr,
                              .swap = SWAP_NONE,
                              .owner = world->current_pid};
    *page_owner(&world->reclaim, page) = (struct page_owner){PAGE_MAPPING_ANON, number, SWAP_NONE};
    page_frame(&world->reclaim, page)->flags |= PG_uptodate;
    lru_cache_add_active(&world->reclaim, page, world->cpu);
    map_page(world, page, NR_ANON_PAGES);
    return result;
}

/* ---- touch ---- */

/* An anonymous page of the swap cache is mapped again; the mapping's reference is taken. */
static void map_swap_page(struct reclaim_world *world, struct lru_slot *slot)
{
    pfn_t page = {slot->pfn};

    map_page(world, page, NR_ANON_PAGES);
    swap_free(&world->reclaim, slot->swap);
    slot->swap = SWAP_NONE;
    if (vm_swap_full(&world->reclaim))
        remove_exclusive_swap_page(&world->reclaim, page, world->cpu);
    slot->young = true;
}

static void touch_swap_cache(struct reclaim_world *world, struct lru_slot *slot)
{
    pfn_t page = {slot->pfn};

    get_page(&world->reclaim, page);
    mark_page_accessed(&world->reclaim, page, world->cpu);
    if (page_frame(&world->reclaim, page)->flags & PG_locked)
        put_page(&world->reclaim, page, world->cpu);
    else
        map_swap_page(world, slot);
}

/* The slot is looked at again after the allocation: its owner may have exited meanwhile. */
static int64_t swap_in(struct reclaim_world *world, uint32_t number, uint32_t gfp, int nid)
{
    struct reclaim *reclaim = &world->reclaim;
    struct lru_slot *slot = world_slot(world, number);
    pfn_t page;
    int64_t result;

    world->script.waits = 0;
    result = world_alloc(world, gfp, 0, nid);
    if (result < 0)
        return result;
    page = (pfn_t){(uint32_t)result};
    if (slot->state != SLOT_SWAPPED) {
        put_page(reclaim, page, world->cpu);
        return WORLD_FAIL;
    }
    *slot = (struct lru_slot){
        .state = SLOT_ANON, .pfn = page.nr, .swap = slot->swap, .owner = slot->owner};
    *page_owner(reclaim, page) = (struct page_owner){PAGE_MAPPING_ANON, number, SWAP_NONE};
    page_frame(reclaim, page)->flags |= PG_uptodate;
    swap_duplicate(reclaim, slot->swap);
    add_to_swap_cache(reclaim, page, slot->swap, world->cpu);
    lru_cache_add_active(reclaim, page, world->cpu);
    world->machine.vm_events[PSWPIN]++;
    mark_page_accessed(reclaim, page, world->cpu);
    map_swap_page(world, slot);
    return result;
}

int64_t world_touch(struct reclaim_world *world, uint32_t number, uint32_t gfp, int nid)
{
    struct lru_slot *slot = world_slot(world, number);
    bool mapped;

    if (slot->state == SLOT_EMPTY)
        return 0;
    if (slot->state == SLOT_SWAPPED)
        return swap_in(world, number, gfp, nid);
    mapped = page_frame(&world->reclaim, (pfn_t){slot->pfn})->mapcount;
    if (mapped) {
        slot->young = true;
    } else if (slot->state == SLOT_FILE) {
        mark_page_accessed(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
        map_file_page(world, slot, true);
    } else {
        touch_swap_cache(world, slot);
    }
    return 0;
}

/* ---- del ---- */

static void wait_for_writeback(struct reclaim_world *world, pfn_t page)
{
    uint64_t begin_us = world_now_us(world);

    if (!(page_frame(&world->reclaim, page)->flags & PG_writeback))
        return;
    while (page_frame(&world->reclaim, page)->flags & PG_writeback)
        world_next_completion(world, "a page under writeback");
    world_print(world, 1, "e wbwait %" PRIu32 " %" PRIu64 "\n", page.nr,
                world_now_us(world) - begin_us);
}

static void delete_file_page(struct reclaim_world *world, struct lru_slot *slot)
{
    struct reclaim *reclaim = &world->reclaim;
    pfn_t page = {slot->pfn};

    world_unmap_file_page(world, slot);
    trylock_page(reclaim, page);
    wait_for_writeback(world, page);
    page_frame(reclaim, page)->flags &= (uint16_t)~PG_owner_priv_1;
    try_to_release_page(reclaim, page);
    if (page_frame(reclaim, page)->flags & PG_dirty)
        cancel_dirty_page(reclaim, page, world->cpu);
    remove_from_page_cache(reclaim, page, false, world->cpu);
    unlock_page(reclaim, page);
    slot->state = SLOT_EMPTY;
    put_page(reclaim, page, world->cpu);
}

/* A page that stays in the swap cache belongs to no slot then. */
static void delete_anon_page(struct reclaim_world *world, struct lru_slot *slot)
{
    struct reclaim *reclaim = &world->reclaim;
    pfn_t page = {slot->pfn};

    if (page_frame(reclaim, page)->mapcount) {
        unmap_page(world, page, NR_ANON_PAGES, world->cpu);
    } else {
        swap_free(reclaim, slot->swap);
        get_page(reclaim, page);
    }
    slot->state = SLOT_EMPTY;
    page_owner(reclaim, page)->index = WORLD_NO_SLOT;
    if (page_frame(reclaim, page)->flags & PG_swapcache)
        remove_exclusive_swap_page(reclaim, page, world->cpu);
    put_page(reclaim, page, world->cpu);
}

void world_delete_slot(struct reclaim_world *world, uint32_t number)
{
    struct lru_slot *slot = world_slot(world, number);

    if (slot->state == SLOT_EMPTY)
        return;
    if (slot->state == SLOT_SWAPPED) {
        swap_free(&world->reclaim, slot->swap);
        slot->state = SLOT_EMPTY;
        return;
    }
    unlock_page(&world->reclaim, (pfn_t){slot->pfn});
    for (; slot->pins; slot->pins--)
        put_page(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
    if (slot->state == SLOT_FILE)
        delete_file_page(world, slot);
    else
        delete_anon_page(world, slot);
}
