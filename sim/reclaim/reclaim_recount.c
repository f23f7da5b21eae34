/* SPDX-License-Identifier: MIT */
/* Walks through everything that holds pages, and then through all pages. */
#include "reclaim/reclaim_recount.h"

#include "mm/free_area.h"
#include "mm/pcp_hotcold.h"
#include "reclaim/reclaim.h"

static struct frame *frames_of(const struct recount *count)
{
    return count->reclaim->machine->frame_table.frames;
}

static int64_t *zone_pages(struct recount *count, const struct frame *frame)
{
    return count->pages[frame->zone];
}

/* Notes where a page is; it may be in one place only. */
static bool mark(struct recount *count, uint32_t pfn, enum page_mark place)
{
    if (pfn >= count->reclaim->machine->frame_table.max_pfn)
        return recount_broken(count, "%u on a list is no page", pfn);
    if (count->marks[pfn])
        return recount_broken(count, "pfn %u is in two places (%u and %u)", pfn, count->marks[pfn],
                              place);
    count->marks[pfn] = place;
    count->listed[place]++;
    return true;
}

/* ---- lists and batches ---- */

static bool mark_pcp(struct recount *count, const struct per_cpu_pages *pcp)
{
    const struct frame *frames = frames_of(count);

    for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++) {
        uint32_t list = pcp_type_list(pcp, type);

        for (uint32_t pfn = frames[list].next; pfn != list; pfn = frames[pfn].next)
            if (!mark(count, pfn, MARK_PCP))
                return false;
    }
    return true;
}

static bool mark_lru(struct recount *count, const struct zone *zone, bool active)
{
    const uint16_t expected = PG_lru | (active ? PG_active : 0);
    const struct frame *frames = frames_of(count);
    uint32_t list = zone_lru_list(zone, active);

    for (uint32_t pfn = frames[list].next; pfn != list; pfn = frames[pfn].next) {
        const struct frame *frame = &frames[pfn];

        if (!mark(count, pfn, MARK_LRU))
            return false;
        if ((frame->flags & (PG_lru | PG_active)) != expected || frame->zone != zone->id)
            return recount_broken(count, "pfn %u does not belong on the %s list of zone %u", pfn,
                                  active ? "active" : "inactive", zone->id);
        if (frames[frame->next].prev != pfn)
            return recount_broken(count, "the %s list of zone %u is torn at pfn %u",
                                  active ? "active" : "inactive", zone->id, pfn);
        count->pages[zone->id][active ? RECOUNT_ACTIVE : RECOUNT_INACTIVE]++;
    }
    return true;
}

static bool mark_batch(struct recount *count, const struct pagevec *pvec)
{
    const struct frame *frames = frames_of(count);

    if (pvec->nr >= PAGEVEC_SIZE)
        return recount_broken(count, "a batch of %u pages was not emptied", pvec->nr);
    for (uint32_t i = 0; i < pvec->nr; i++) {
        if (!mark(count, pvec->pages[i], MARK_BATCH))
            return false;
        if (frames[pvec->pages[i]].flags & (PG_lru | PG_active))
            return recount_broken(count, "pfn %u in a batch is PG_lru or PG_active",
                                  pvec->pages[i]);
    }
    return true;
}

/* Pages to be rotated stay on their lists, but not without a reference. */
static bool check_rotate(struct recount *count, const struct pagevec *pvec)
{
    for (uint32_t i = 0; i < pvec->nr; i++) {
        uint32_t pfn = pvec->pages[i];

        if (count->marks[pfn] & (MARK_PCP | MARK_BATCH) || frames_of(count)[pfn].count == 0)
            return recount_broken(count, "pfn %u to be rotated is not in use", pfn);
    }
    return true;
}

bool recount_lists(struct recount *count)
{
    const struct reclaim *reclaim = count->reclaim;
    const struct machine *machine = reclaim->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];

        if (zone->spanned_pages == 0)
            continue;
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            if (!mark_pcp(count, &zone->pageset[cpu].pcp[PCP_HOT]) ||
                !mark_pcp(count, &zone->pageset[cpu].pcp[PCP_COLD]))
                return false;
        if (!mark_lru(count, zone, false) || !mark_lru(count, zone, true))
            return false;
    }
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
        if (!mark_batch(count, &reclaim->lru_pvecs[cpu].add) ||
            !mark_batch(count, &reclaim->lru_pvecs[cpu].add_active))
            return false;
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
        if (!check_rotate(count, &reclaim->lru_pvecs[cpu].rotate))
            return false;
    return true;
}

/* ---- page caches, the dirty list, swap, devices ---- */

static bool check_cached_page(struct recount *count, const struct address_space *mapping,
                              uint32_t index, uint32_t pfn)
{
    const struct frame *frame = &frames_of(count)[pfn];
    const struct page_owner *owner = page_owner(count->reclaim, (pfn_t){pfn});
    const struct cache_chunk *chunk = mapping->chunks[index / CACHE_CHUNK_PAGES];
    uint32_t slot = index % CACHE_CHUNK_PAGES;
    bool tagged = chunk->dirty[slot / 64] >> slot % 64 & 1;

    if (owner->mapping != mapping->id + 1 || owner->index != index)
        return recount_broken(count, "pfn %u is page %u of file %u and does not know", pfn, index,
                              mapping->id);
    if (count->marks[pfn] & (MARK_FILE | MARK_PCP) || frame->count == 0)
        return recount_broken(count, "pfn %u, page %u of file %u, is not in use", pfn, index,
                              mapping->id);
    if (tagged != (!mapping->memory_only && frame->flags & PG_dirty))
        return recount_broken(count, "pfn %u: PG_dirty and the tag in file %u differ", pfn,
                              mapping->id);
    count->marks[pfn] |= MARK_FILE;
    zone_pages(count, frame)[RECOUNT_FILE_PAGES]++;
    zone_pages(count, frame)[RECOUNT_FILE_DIRTY] += tagged;
    return true;
}

static bool check_chunk(struct recount *count, const struct address_space *mapping, size_t nr,
                        uint64_t *nrpages, uint64_t *nr_dirty)
{
    const struct cache_chunk *chunk = mapping->chunks[nr];
    uint32_t tags = 0;

    for (uint32_t slot = 0; slot < CACHE_CHUNK_PAGES; slot++) {
        uint32_t pfn = chunk->slots[slot];

        if (pfn >= CACHE_SLOT_EVICTED)
            continue;
        if (!check_cached_page(count, mapping, (uint32_t)nr * CACHE_CHUNK_PAGES + slot, pfn))
            return false;
        ++*nrpages;
    }
    for (unsigned i = 0; i < CACHE_CHUNK_PAGES / 64; i++)
        tags += (uint32_t)__builtin_popcountll(chunk->dirty[i]);
    if (tags != chunk->nr_dirty)
        return recount_broken(count, "a chunk of file %u has %u dirty tags, counted as %u",
                              mapping->id, tags, chunk->nr_dirty);
    *nr_dirty += tags;
    return true;
}

static bool check_mapping(struct recount *count, const struct address_space *mapping)
{
    uint64_t nrpages = 0;
    uint64_t nr_dirty = 0;

    for (size_t nr = 0; nr < mapping->nr_chunks; nr++)
        if (mapping->chunks[nr] && !check_chunk(count, mapping, nr, &nrpages, &nr_dirty))
            return false;
    if (nrpages != mapping->nrpages)
        return recount_broken(count, "file %u has %llu pages, nrpages is %llu", mapping->id,
                              (unsigned long long)nrpages, (unsigned long long)mapping->nrpages);
    if (nr_dirty != mapping->nr_dirty)
        return recount_broken(count, "file %u has %llu dirty pages, nr_dirty is %llu", mapping->id,
                              (unsigned long long)nr_dirty, (unsigned long long)mapping->nr_dirty);
    if (mapping->inode_list == INODE_LIST_NONE &&
        (nr_dirty > 0 || mapping->inode_dirty || mapping->being_written))
        return recount_broken(count, "dirty file %u is in no list", mapping->id);
    count->dev_dirty[mapping->backing_dev] += nr_dirty;
    return true;
}

static bool check_inode_list(struct recount *count, uint32_t dev, enum inode_list_kind kind)
{
    const struct inode_list *list = &count->reclaim->writeback.inodes[dev][kind];
    const struct address_space *prev = NULL;

    for (const struct address_space *mapping = list->first; mapping;
         mapping = mapping->next_inode) {
        if (mapping->prev_inode != prev || mapping->inode_list != kind ||
            mapping->backing_dev != dev)
            return recount_broken(count, "the list of dirty files is torn at %u", mapping->id);
        if (kind == INODE_LIST_DIRTY && prev && prev->dirtied_when_ns > mapping->dirtied_when_ns)
            return recount_broken(count, "dirty file %u is older than the one before it",
                                  mapping->id);
        prev = mapping;
    }
    if (prev != list->last)
        return recount_broken(count, "a list of dirty files of device %u is torn at its end", dev);
    return true;
}

static bool check_inode_lists(struct recount *count)
{
    const struct reclaim *reclaim = count->reclaim;
    uint64_t nr_files = 0;

    for (uint32_t dev = 0; dev < reclaim->nr_devices; dev++)
        for (unsigned kind = 0; kind < NR_INODE_LISTS; kind++)
            if (!check_inode_list(count, dev, (enum inode_list_kind)kind))
                return false;
    for (size_t i = 0; i < reclaim->mappings.count; i++)
        nr_files += reclaim->mappings.items[i]->nr_dirty > 0;
    if (nr_files != reclaim->writeback.nr_dirty_files)
        return recount_broken(count, "%llu dirty files, counted as %llu",
                              (unsigned long long)nr_files,
                              (unsigned long long)reclaim->writeback.nr_dirty_files);
    return true;
}

static bool check_devices(struct recount *count)
{
    const struct reclaim *reclaim = count->reclaim;

    for (uint32_t nr = 0; nr < reclaim->nr_devices; nr++) {
        const struct backing_dev *dev = &reclaim->devices[nr];

        if (!backing_dev_check(dev))
            return recount_broken(count, "the queue of device %u is unsound", nr);
        if (dev->nr_dirty_pages != count->dev_dirty[nr])
            return recount_broken(count, "device %u has %llu dirty pages, counted as %llu", nr,
                                  (unsigned long long)count->dev_dirty[nr],
                                  (unsigned long long)dev->nr_dirty_pages);
    }
    return true;
}

bool recount_owners(struct recount *count)
{
    const struct reclaim *reclaim = count->reclaim;

    for (size_t i = 0; i < reclaim->mappings.count; i++)
        if (!check_mapping(count, reclaim->mappings.items[i]))
            return false;
    if (!swap_check(reclaim))
        return recount_broken(count, "swap slots are unsound");
    return check_inode_lists(count) && check_devices(count);
}

/* ---- frames ---- */

static bool check_swapcache_page(struct recount *count, const struct frame *frame, pfn_t page)
{
    const struct page_owner *owner = page_owner(count->reclaim, page);

    if (owner->swap == SWAP_NONE || lookup_swap_cache(count->reclaim, owner->swap).nr != page.nr)
        return recount_broken(count, "pfn %u is PG_swapcache, its slot does not know", page.nr);
    count->swapcache_pages++;
    zone_pages(count, frame)[RECOUNT_FILE_PAGES]++;
    return true;
}

/* A page on its own, in use: its flags must agree with the lists, its users are counted. */
static bool check_page(struct recount *count, uint32_t pfn)
{
    const struct frame *frame = &frames_of(count)[pfn];
    unsigned place = count->marks[pfn] & (MARK_LRU | MARK_BATCH);
    int64_t *pages = zone_pages(count, frame);

    if (!(frame->flags & PG_lru) != !(place & MARK_LRU))
        return recount_broken(count, "pfn %u is PG_lru and on no list, or the reverse", pfn);
    if (place)
        count->found[place]++;
    if (frame->mapcount > frame->count)
        return recount_broken(count, "pfn %u has %u mappings, but %u references", pfn,
                              frame->mapcount, frame->count);
    if (frame->mapcount > 0 && page_owner_is_anon(page_owner(count->reclaim, (pfn_t){pfn})))
        pages[RECOUNT_ANON_PAGES]++;
    else if (frame->mapcount > 0)
        pages[RECOUNT_FILE_MAPPED]++;
    if (frame->flags & PG_writeback)
        pages[RECOUNT_WRITEBACK]++;
    if (frame->flags & PG_swapcache && !check_swapcache_page(count, frame, (pfn_t){pfn}))
        return false;
    if (!place &&
        (frame->mapcount > 0 || frame->flags & PG_swapcache || count->marks[pfn] & MARK_FILE))
        count->off_list_pages++;
    return true;
}

/* What begins at `pfn`: its pages in *ret_pages. */
static bool check_block(struct recount *count, const struct zone *zone, uint32_t pfn,
                        uint32_t *ret_pages)
{
    const struct frame_table *table = &count->reclaim->machine->frame_table;
    const struct frame *frame = &table->frames[pfn];

    *ret_pages = 1;
    if (pfn % MAX_ORDER_NR_PAGES == 0 &&
        table->frames[frame_of_block(table, pfn, MAX_ORDER - 1)].flags & PG_buddy) {
        *ret_pages = MAX_ORDER_NR_PAGES;
        return true;
    }
    if (frame->flags & PG_buddy) {
        *ret_pages = UINT32_C(1) << buddy_order(frame);
        return true;
    }
    if (count->marks[pfn] & MARK_PCP) {
        count->found[MARK_PCP]++;
        return true;
    }
    if (frame->count == 0)
        return recount_broken(count, "pfn %u is neither free nor in use", pfn);
    if (frame->zone != zone->id)
        return recount_broken(count, "pfn %u in zone %u says it is in %u", pfn, zone->id,
                              frame->zone);
    *ret_pages = UINT32_C(1) << frame->private;
    return frame->private > 0 || check_page(count, pfn);
}

/* Each page that boot gave to the allocator, in steps of whole blocks. */
static bool check_zone_frames(struct recount *count, const struct zone *zone)
{
    const struct machine *machine = count->reclaim->machine;
    uint64_t end_pfn = zone->start_pfn + zone->spanned_pages;
    uint64_t pfn = zone->start_pfn;
    size_t range = 0;

    while (pfn < end_pfn) {
        uint32_t pages;

        while (range < machine->nr_unavailable && machine->unavailable[range].end_pfn <= pfn)
            range++;
        if (range < machine->nr_unavailable && machine->unavailable[range].start_pfn <= pfn) {
            pfn = machine->unavailable[range].end_pfn;
            continue;
        }
        if (!check_block(count, zone, (uint32_t)pfn, &pages))
            return false;
        pfn += pages;
    }
    return true;
}

bool recount_frames(struct recount *count)
{
    const struct machine *machine = count->reclaim->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (machine->zones[id].spanned_pages && !check_zone_frames(count, &machine->zones[id]))
            return false;
    for (unsigned place = MARK_PCP; place <= MARK_BATCH; place *= 2)
        if (count->found[place] != count->listed[place])
            return recount_broken(count, "%llu pages of a list are free or inside larger blocks",
                                  (unsigned long long)(count->listed[place] - count->found[place]));
    if (count->swapcache_pages != count->reclaim->swap.cache_pages)
        return recount_broken(count, "%llu swap-cache pages, counted as %llu",
                              (unsigned long long)count->swapcache_pages,
                              (unsigned long long)count->reclaim->swap.cache_pages);
    return true;
}
