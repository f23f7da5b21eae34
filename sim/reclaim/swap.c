/* SPDX-License-Identifier: MIT */
/* Swap slots: devices by priority, clusters, use counts; and the swap cache. */
#include "reclaim/swap.h"

#include <assert.h>
#include <stdlib.h>

#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"

enum { SWAPFILE_CLUSTER = 256, SLOT_BITS = 27, WORDS_PER_BLOCK = SWAPFILE_CLUSTER / 64 };

#define SLOT_NONE   UINT32_MAX
#define DEVICE_NONE SWAP_DEVICES_MAX

static_assert(SWAP_DEVICES_MAX == 1 << (32 - SLOT_BITS), "a swap_entry holds every device number");

static uint32_t entry_slot(swap_entry entry)
{
    return entry & ((UINT32_C(1) << SLOT_BITS) - 1);
}

static struct swap_device *entry_device(struct swap *swap, swap_entry entry)
{
    SIM_ASSERT(entry >> SLOT_BITS < swap->nr_devices);
    return &swap->devices[entry >> SLOT_BITS];
}

static const struct swap_slot *slot_of(const struct reclaim *reclaim, swap_entry entry)
{
    SIM_ASSERT(entry >> SLOT_BITS < reclaim->swap.nr_devices);
    return &reclaim->swap.devices[entry >> SLOT_BITS].slots[entry_slot(entry)];
}

static uint32_t nr_blocks(const struct swap_device *dev)
{
    return (uint32_t)((dev->spec.pages + SWAPFILE_CLUSTER - 1) / SWAPFILE_CLUSTER);
}

/* ---- devices ---- */

static void device_fini(struct swap_device *dev)
{
    free(dev->slots);
    free(dev->used_map);
    free(dev->block_used);
    *dev = (struct swap_device){0};
}

static bool device_init(struct swap_device *dev, const struct swap_spec *spec)
{
    uint32_t blocks, tail;

    *dev = (struct swap_device){.spec = *spec};
    blocks = nr_blocks(dev);
    dev->slots = calloc(spec->pages, sizeof(*dev->slots));
    dev->used_map = calloc((size_t)blocks * WORDS_PER_BLOCK, sizeof(*dev->used_map));
    dev->block_used = calloc(blocks, sizeof(*dev->block_used));
    if (!dev->slots || !dev->used_map || !dev->block_used) {
        device_fini(dev);
        return false;
    }
    /* What lies past the end counts as used in its block, so that no search finds it. */
    tail = blocks * SWAPFILE_CLUSTER - (uint32_t)spec->pages;
    dev->block_used[blocks - 1] = (uint16_t)tail;
    for (uint32_t slot = (uint32_t)spec->pages; slot < blocks * SWAPFILE_CLUSTER; slot++)
        dev->used_map[slot / 64] |= UINT64_C(1) << slot % 64;
    return true;
}

/* Before those of its own priority, as the kernel does it. */
static void device_insert(struct swap *swap, uint32_t nr)
{
    struct swap_device *dev = &swap->devices[nr];
    uint32_t prev = DEVICE_NONE;
    uint32_t i = swap->nr_devices > 0 ? swap->head : DEVICE_NONE;

    while (i != DEVICE_NONE && dev->spec.priority < swap->devices[i].spec.priority) {
        prev = i;
        i = swap->devices[i].next;
    }
    dev->next = i;
    if (prev == DEVICE_NONE)
        swap->head = swap->next_device = nr;
    else
        swap->devices[prev].next = nr;
}

bool swapon(struct reclaim *reclaim, const struct swap_spec *spec)
{
    struct swap *swap = &reclaim->swap;
    uint32_t nr = swap->nr_devices;

    SIM_ASSERT(spec->pages > 0 && spec->pages < UINT64_C(1) << SLOT_BITS);
    if (nr == SWAP_DEVICES_MAX || !device_init(&swap->devices[nr], spec))
        return false;
    if (spec->priority < 0)
        swap->devices[nr].spec.priority = -(int32_t)++swap->nr_by_order;
    device_insert(swap, nr);
    swap->nr_devices++;
    swap->total_pages += spec->pages;
    swap->nr_free_pages += spec->pages;
    return true;
}

void swap_fini(struct swap *swap)
{
    for (uint32_t i = 0; i < swap->nr_devices; i++)
        device_fini(&swap->devices[i]);
    *swap = (struct swap){0};
}

/* ---- looking for a free slot ---- */

/* The first free slot at or after `from`, SLOT_NONE for none. */
static uint32_t find_free_slot(const struct swap_device *dev, uint32_t from)
{
    uint32_t words = nr_blocks(dev) * WORDS_PER_BLOCK;
    uint64_t mask = UINT64_MAX << from % 64;
    uint32_t word = from / 64;

    while (word < words) {
        uint64_t free_slots;

        if (dev->block_used[word / WORDS_PER_BLOCK] == SWAPFILE_CLUSTER) {
            word = (word / WORDS_PER_BLOCK + 1) * WORDS_PER_BLOCK;
            mask = UINT64_MAX;
            continue;
        }
        free_slots = ~dev->used_map[word] & mask;
        if (free_slots)
            return word * 64 + (uint32_t)__builtin_ctzll(free_slots);
        mask = UINT64_MAX;
        word++;
    }
    return SLOT_NONE;
}

/* Free slots at the begin (or the end) of a block. */
static uint32_t free_prefix(const struct swap_device *dev, uint32_t block)
{
    const uint64_t *map = &dev->used_map[block * WORDS_PER_BLOCK];

    for (uint32_t i = 0; i < WORDS_PER_BLOCK; i++) {
        if (map[i])
            return i * 64 + (uint32_t)__builtin_ctzll(map[i]);
    }
    return SWAPFILE_CLUSTER;
}

static uint32_t free_suffix(const struct swap_device *dev, uint32_t block)
{
    const uint64_t *map = &dev->used_map[block * WORDS_PER_BLOCK];

    for (uint32_t i = 0; i < WORDS_PER_BLOCK; i++) {
        if (map[WORDS_PER_BLOCK - 1 - i])
            return i * 64 + (uint32_t)__builtin_clzll(map[WORDS_PER_BLOCK - 1 - i]);
    }
    return SWAPFILE_CLUSTER;
}

/* The lowest run of 256 free slots, SLOT_NONE for none: it covers parts of at most two blocks. */
static uint32_t find_free_cluster(const struct swap_device *dev)
{
    uint32_t blocks = nr_blocks(dev);
    uint32_t run = 0; /* free slots up to the begin of the block */

    for (uint32_t block = dev->lowest_free / SWAPFILE_CLUSTER; block < blocks; block++) {
        uint32_t used = dev->block_used[block];

        if (used == SWAPFILE_CLUSTER) {
            run = 0;
            continue;
        }
        if (run + SWAPFILE_CLUSTER - used >= SWAPFILE_CLUSTER &&
            run + free_prefix(dev, block) >= SWAPFILE_CLUSTER)
            return block * SWAPFILE_CLUSTER - run;
        run = free_suffix(dev, block);
    }
    return SLOT_NONE;
}

static void slot_take(struct swap_device *dev, uint32_t slot)
{
    dev->slots[slot].use = 1;
    dev->used_map[slot / 64] |= UINT64_C(1) << slot % 64;
    dev->block_used[slot / SWAPFILE_CLUSTER]++;
    dev->nr_used++;
    dev->cluster_next = slot + 1;
}

/*
 * Goes on from the last slot taken; after 256 of them looks for a free cluster. Where there is
 * nothing more, the lowest free slot. The device has one.
 * Kernel: mm/swapfile.c scan_swap_map() [2.6.24]
 */
static uint32_t scan_swap_map(struct swap_device *dev)
{
    uint32_t slot = SLOT_NONE;

    if (dev->cluster_nr > 0) {
        dev->cluster_nr--;
        slot = find_free_slot(dev, dev->cluster_next);
    } else {
        dev->cluster_nr = SWAPFILE_CLUSTER - 1;
        if (dev->spec.pages - dev->nr_used >= SWAPFILE_CLUSTER)
            slot = find_free_cluster(dev);
    }
    if (slot == SLOT_NONE) {
        slot = find_free_slot(dev, dev->lowest_free);
        dev->lowest_free = slot + 1;
    } else if (slot == dev->lowest_free) {
        dev->lowest_free++;
    }
    slot_take(dev, slot);
    return slot;
}

/* The device after `nr`; `wrapped` passes through the list have ended. Only the second one goes
 * down to devices of lower priority. */
static uint32_t device_after(const struct swap *swap, uint32_t nr, unsigned *wrapped)
{
    uint32_t next = swap->devices[nr].next;

    if (next == DEVICE_NONE ||
        (*wrapped == 0 && swap->devices[nr].spec.priority != swap->devices[next].spec.priority)) {
        ++*wrapped;
        return swap->head;
    }
    return next;
}

swap_entry get_swap_page(struct reclaim *reclaim)
{
    struct swap *swap = &reclaim->swap;
    uint32_t nr = swap->next_device;
    unsigned wrapped = 0;

    if (swap->nr_free_pages == 0)
        return SWAP_NONE;
    while (wrapped < 2) {
        struct swap_device *dev = &swap->devices[nr];
        uint32_t next = device_after(swap, nr, &wrapped);

        if (dev->nr_used < dev->spec.pages) {
            swap->next_device = next;
            swap->nr_free_pages--;
            return nr << SLOT_BITS | scan_swap_map(dev);
        }
        nr = next;
    }
    SIM_ASSERT(false); /* nr_free_pages counts the free slots of all devices */
    return SWAP_NONE;
}

/* ---- uses ---- */

void swap_duplicate(struct reclaim *reclaim, swap_entry entry)
{
    struct swap_slot *slot = &entry_device(&reclaim->swap, entry)->slots[entry_slot(entry)];

    SIM_ASSERT(slot->use > 0);
    slot->use++;
}

void swap_free(struct reclaim *reclaim, swap_entry entry)
{
    struct swap *swap = &reclaim->swap;
    struct swap_device *dev = entry_device(swap, entry);
    uint32_t slot = entry_slot(entry);

    SIM_ASSERT(dev->slots[slot].use > 0);
    if (--dev->slots[slot].use > 0)
        return;
    SIM_ASSERT(dev->slots[slot].page == 0);
    dev->used_map[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    dev->block_used[slot / SWAPFILE_CLUSTER]--;
    dev->nr_used--;
    if (slot < dev->lowest_free)
        dev->lowest_free = slot;
    swap->nr_free_pages++;
    /* A better device has room again. */
    if (dev->spec.priority > swap->devices[swap->next_device].spec.priority)
        swap->next_device = entry >> SLOT_BITS;
}

uint32_t swap_count(const struct reclaim *reclaim, swap_entry entry)
{
    return slot_of(reclaim, entry)->use;
}

uint32_t swap_backing_dev(const struct reclaim *reclaim, swap_entry entry)
{
    return reclaim->swap.devices[entry >> SLOT_BITS].spec.backing_dev;
}

uint64_t swap_sector_page(const struct reclaim *reclaim, swap_entry entry)
{
    return reclaim->swap.devices[entry >> SLOT_BITS].spec.first_sector_page + entry_slot(entry);
}

bool vm_swap_full(const struct reclaim *reclaim)
{
    return reclaim->swap.nr_free_pages * 2 < reclaim->swap.total_pages;
}

/* ---- the swap cache ---- */

pfn_t lookup_swap_cache(const struct reclaim *reclaim, swap_entry entry)
{
    return (pfn_t){slot_of(reclaim, entry)->page - 1};
}

void add_to_swap_cache(struct reclaim *reclaim, pfn_t page, swap_entry entry, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct swap_slot *slot = &entry_device(&reclaim->swap, entry)->slots[entry_slot(entry)];

    SIM_ASSERT(slot->use > 0 && slot->page == 0);
    SIM_ASSERT(!(frame->flags & (PG_swapcache | PG_private)));
    slot->page = page.nr + 1;
    page_owner(reclaim, page)->swap = entry;
    frame->flags |= PG_swapcache;
    frame->count++;
    reclaim->swap.cache_pages++;
    inc_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_PAGES, cpu);
}

bool add_to_swap(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    swap_entry entry = get_swap_page(reclaim);

    if (entry == SWAP_NONE)
        return false;
    add_to_swap_cache(reclaim, page, entry, cpu);
    page_frame(reclaim, page)->flags |= PG_uptodate | PG_dirty;
    return true;
}

void delete_from_swap_cache(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    struct page_owner *owner = page_owner(reclaim, page);
    swap_entry entry = owner->swap;

    SIM_ASSERT(frame->flags & PG_swapcache && !(frame->flags & PG_writeback));
    entry_device(&reclaim->swap, entry)->slots[entry_slot(entry)].page = 0;
    owner->swap = SWAP_NONE;
    frame->flags &= (uint16_t)~PG_swapcache;
    reclaim->swap.cache_pages--;
    dec_zone_state(reclaim->machine, page_zone(reclaim, page), NR_FILE_PAGES, cpu);
    reclaim_tell_page(reclaim, RECLAIM_UNCACHE, page.nr);
    swap_free(reclaim, entry);
}

bool remove_exclusive_swap_page(struct reclaim *reclaim, pfn_t page, unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);

    if ((frame->flags & (PG_swapcache | PG_writeback)) != PG_swapcache || frame->count != 2 ||
        swap_count(reclaim, page_owner(reclaim, page)->swap) != 1)
        return false;
    delete_from_swap_cache(reclaim, page, cpu);
    frame->flags |= PG_dirty;
    frame->count--;
    return true;
}

void free_swap_and_cache(struct reclaim *reclaim, swap_entry entry, unsigned cpu)
{
    pfn_t page = lookup_swap_cache(reclaim, entry);
    struct frame *frame;

    swap_free(reclaim, entry);
    if (pfn_is_none(page) || swap_count(reclaim, entry) != 1 || !trylock_page(reclaim, page))
        return;
    frame = page_frame(reclaim, page);
    get_page(reclaim, page);
    if (!(frame->flags & PG_writeback) && (frame->count == 2 || vm_swap_full(reclaim))) {
        delete_from_swap_cache(reclaim, page, cpu);
        put_page(reclaim, page, cpu);
        frame->flags |= PG_dirty;
    }
    unlock_page(reclaim, page);
    put_page(reclaim, page, cpu);
}

/* ---- checking ---- */

static bool slot_check(const struct reclaim *reclaim, const struct swap_device *dev, uint32_t nr)
{
    const struct swap_slot *slot = &dev->slots[nr];
    bool used = dev->used_map[nr / 64] >> nr % 64 & 1;
    swap_entry entry = (swap_entry)(dev - reclaim->swap.devices) << SLOT_BITS | nr;
    pfn_t page = {slot->page - 1};

    if (used != (slot->use > 0) || (!used && nr < dev->lowest_free))
        return false;
    if (slot->page == 0)
        return true;
    return used && page_frame(reclaim, page)->flags & PG_swapcache &&
           page_owner(reclaim, page)->swap == entry;
}

static bool device_check(const struct reclaim *reclaim, const struct swap_device *dev,
                         uint64_t *cached)
{
    uint64_t used = 0;

    for (uint32_t block = 0; block < nr_blocks(dev); block++) {
        uint32_t in_block = 0;

        for (uint32_t i = 0; i < WORDS_PER_BLOCK; i++)
            in_block += (uint32_t)__builtin_popcountll(dev->used_map[block * WORDS_PER_BLOCK + i]);
        if (in_block != dev->block_used[block])
            return false;
    }
    for (uint32_t slot = 0; slot < dev->spec.pages; slot++) {
        if (!slot_check(reclaim, dev, slot))
            return false;
        used += dev->slots[slot].use > 0;
        *cached += dev->slots[slot].page != 0;
    }
    return used == dev->nr_used;
}

bool swap_check(const struct reclaim *reclaim)
{
    const struct swap *swap = &reclaim->swap;
    uint64_t free_pages = 0;
    uint64_t cached = 0;

    for (uint32_t i = 0; i < swap->nr_devices; i++) {
        if (!device_check(reclaim, &swap->devices[i], &cached))
            return false;
        free_pages += swap->devices[i].spec.pages - swap->devices[i].nr_used;
    }
    return free_pages == swap->nr_free_pages && cached == swap->cache_pages;
}
