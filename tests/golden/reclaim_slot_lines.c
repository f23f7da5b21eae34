/* SPDX-License-Identifier: MIT */
/* The lines of the vectors that make, touch, change and delete pages of users. */
#include "reclaim_world.h"

/* ---- making and touching ---- */

static void fold(uint64_t *hash, int64_t result)
{
    *hash = (*hash ^ (uint64_t)result) * UINT64_C(0x100000001b3);
}

typedef int64_t make_page(struct reclaim_world *world, const struct golden_words *words,
                          uint32_t number, unsigned first);

static int64_t make_touch(struct reclaim_world *world, const struct golden_words *words,
                          uint32_t number, unsigned first)
{
    return world_touch(world, number, (uint32_t)golden_uint(words, first + 1),
                       (int)golden_int(words, first + 2));
}

static void print_result(struct reclaim_world *world, const struct golden_words *words,
                         int64_t result)
{
    static const char *const why[] = {"fail", "busy", "loop"};

    if (result < 0)
        fprintf(world->script.out, "%s %s %s\n", words->word[0], words->word[1], why[-result - 1]);
    else
        fprintf(world->script.out, "%s %s %" PRId64 "\n", words->word[0], words->word[1], result);
}

/* One operation: its CPU is word 2. */
static void make_one(struct reclaim_world *world, const struct golden_words *words, make_page *make)
{
    int64_t result;

    world_enter(world, (unsigned)golden_uint(words, 2));
    result = make(world, words, (uint32_t)golden_uint(words, 1), 2);
    if (make != make_touch || result != 0)
        print_result(world, words, result);
}

/* As many complete operations as word 2 says: their CPU is word 3. */
static void make_many(struct reclaim_world *world, const struct golden_words *words,
                      make_page *make)
{
    uint32_t number = (uint32_t)golden_uint(words, 1);
    uint64_t count = golden_uint(words, 2);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint64_t good = 0;
    uint64_t failed = 0;

    for (uint64_t i = 0; i < count; i++) {
        int64_t result;

        world_enter(world, (unsigned)golden_uint(words, 3));
        result = make(world, words, number + (uint32_t)i, 3);
        good += result > 0 || (result == 0 && make != make_touch);
        failed += result < 0;
        fold(&hash, result);
        world_leave(world);
    }
    fprintf(world->script.out, "%s %s %" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", words->word[0],
            words->word[1], good, failed, hash);
}

static void op_new_file_page(struct reclaim_world *world, const struct golden_words *words)
{
    make_one(world, words, world_new_file_page);
}

static void op_new_anon_page(struct reclaim_world *world, const struct golden_words *words)
{
    make_one(world, words, world_new_anon_page);
}

static void op_touch(struct reclaim_world *world, const struct golden_words *words)
{
    make_one(world, words, make_touch);
}

static void op_new_file_pages(struct reclaim_world *world, const struct golden_words *words)
{
    make_many(world, words, world_new_file_page);
}

static void op_new_anon_pages(struct reclaim_world *world, const struct golden_words *words)
{
    make_many(world, words, world_new_anon_page);
}

static void op_touches(struct reclaim_world *world, const struct golden_words *words)
{
    make_many(world, words, make_touch);
}

/* ---- operations on a slot that holds a page ---- */

typedef void page_op(struct reclaim_world *world, struct lru_slot *slot, uint64_t value);

static void access_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    (void)value;
    if (slot->state == SLOT_FILE)
        mark_page_accessed(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
}

static void dirty_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    pfn_t page = {slot->pfn};

    (void)value;
    if (slot->state == SLOT_FILE || page_frame(&world->reclaim, page)->flags & PG_swapcache)
        set_page_dirty(&world->reclaim, page, world->cpu);
}

static void unmap_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    (void)value;
    if (slot->state == SLOT_FILE)
        world_unmap_file_page(world, slot);
}

static void mlock_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    (void)world;
    slot->mlocked = value;
}

static void pin_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    (void)value;
    get_page(&world->reclaim, (pfn_t){slot->pfn});
    slot->pins++;
}

static void unpin_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    (void)value;
    if (slot->pins == 0)
        return;
    slot->pins--;
    put_page(&world->reclaim, (pfn_t){slot->pfn}, world->cpu);
}

static void lock_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    if (value)
        trylock_page(&world->reclaim, (pfn_t){slot->pfn});
    else
        unlock_page(&world->reclaim, (pfn_t){slot->pfn});
}

/* A full queue is waited for when the page is under writeback already, as in the kernel. */
static void submit_write(struct reclaim_world *world, const struct address_space *mapping,
                         pfn_t page)
{
    const struct backing_dev *dev = &world->reclaim.devices[mapping->backing_dev];
    uint64_t sector_page = mapping->first_sector_page + page_owner(&world->reclaim, page)->index;
    uint64_t begin_us = world_now_us(world);
    bool waited = false;

    while (!backing_dev_synchronous(dev) && backing_dev_full(dev, IO_WRITE, sector_page)) {
        world_next_completion(world, "a request");
        waited = true;
    }
    if (waited)
        world_print(world, 1, "e qwait %" PRIu32 " %" PRIu64 "\n", mapping->backing_dev,
                    world_now_us(world) - begin_us);
    backing_dev_submit(&world->reclaim, mapping->backing_dev, IO_WRITE, sector_page, page,
                       world->cpu);
}

/* What a flusher thread would do, one page at a time. */
static void flush_page(struct reclaim_world *world, struct lru_slot *slot, uint64_t value)
{
    struct reclaim *reclaim = &world->reclaim;
    pfn_t page = {slot->pfn};
    const struct address_space *mapping;

    (void)value;
    if (slot->state != SLOT_FILE ||
        (page_frame(reclaim, page)->flags & (PG_locked | PG_writeback | PG_dirty)) != PG_dirty)
        return;
    mapping = page_mapping_file(reclaim, page);
    if (mapping->writepage != WRITEPAGE_WRITES)
        return;
    clear_page_dirty_for_io(reclaim, page, world->cpu);
    set_page_writeback(reclaim, page, world->cpu);
    world_print(world, WORLD_TRACE_PAGES, "e write %" PRIu32 "\n", page.nr);
    submit_write(world, mapping, page);
}

static const struct {
    const char *verb;
    const char *many; /* the same on many slots: one operation */
    bool value_is_cpu;
    page_op *run; /* NULL: `del` */
} page_ops[] = {
    {"acc", "accs", true, access_page}, {"dirty", "dirtys", true, dirty_page},
    {"um", "ums", true, unmap_page},    {"ml", "mls", false, mlock_page},
    {"pin", "pins", true, pin_page},    {"unpin", "unpins", true, unpin_page},
    {"lk", "lks", false, lock_page},    {"wb", "wbs", true, flush_page},
    {"del", "dels", true, NULL},
};

static void run_on_slots(struct reclaim_world *world, const struct golden_words *words, unsigned op,
                         bool many)
{
    uint32_t first = (uint32_t)golden_uint(words, 1);
    uint64_t count = many ? golden_uint(words, 2) : 1;
    unsigned last = many ? 3 : 2;
    uint64_t value = page_ops[op].value_is_cpu ? world->cpu : 0;

    if (words->count > last || !page_ops[op].value_is_cpu)
        value = golden_uint(words, last);
    if (page_ops[op].value_is_cpu)
        world_enter(world, (unsigned)value);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t number = first + (uint32_t)i;
        struct lru_slot *slot = world_slot(world, number);

        if (!page_ops[op].run)
            world_delete_slot(world, number);
        else if (slot->state == SLOT_FILE || slot->state == SLOT_ANON)
            page_ops[op].run(world, slot, value);
    }
}

static void op_page(struct reclaim_world *world, const struct golden_words *words)
{
    for (unsigned op = 0; op < sizeof(page_ops) / sizeof(page_ops[0]); op++) {
        if (golden_is(words, page_ops[op].verb) || golden_is(words, page_ops[op].many)) {
            run_on_slots(world, words, op, golden_is(words, page_ops[op].many));
            return;
        }
    }
}

const struct world_verb world_slot_verbs[] = {
    {"lf", op_new_file_page},
    {"lfs", op_new_file_pages},
    {"la", op_new_anon_page},
    {"las", op_new_anon_pages},
    {"touch", op_touch},
    {"touchs", op_touches},
    {"acc", op_page},
    {"accs", op_page},
    {"dirty", op_page},
    {"dirtys", op_page},
    {"um", op_page},
    {"ums", op_page},
    {"ml", op_page},
    {"mls", op_page},
    {"pin", op_page},
    {"pins", op_page},
    {"unpin", op_page},
    {"unpins", op_page},
    {"lk", op_page},
    {"lks", op_page},
    {"wb", op_page},
    {"wbs", op_page},
    {"del", op_page},
    {"dels", op_page},
    {NULL, NULL},
};
