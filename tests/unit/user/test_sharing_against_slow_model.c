/* SPDX-License-Identifier: MIT */
/* Random maps, forks, swapping and exits: each page has the references of the literal model. */
#include <stdlib.h>

#include "base/rng.h"
#include "lib/slow_sharing.h"
#include "lib/test.h"
#include "lib/user_builder.h"
#include "reclaim/shmem.h"

enum { MIB = 16, SWAP_PAGES = 1024, STEPS = 150 };

static const struct file_spec file = {.name = "data", .pages = SLOW_REGION_PAGES};

struct sharing_case {
    struct user_world *world;
    struct test_task *tasks[SLOW_TASKS];
    unsigned nr_tasks; /* that ever lived */
    struct slow_sharing slow;
    struct rng rng;
    int64_t free_pages;  /* after boot */
    uint32_t *mapcounts; /* [max_pfn] recounted */
    uint32_t *counts;
};

static unsigned draw(struct sharing_case *c, unsigned n)
{
    return (unsigned)rng_below(&c->rng, n);
}

static uint32_t max_pfn(const struct sharing_case *c)
{
    return c->world->machine.frame_table.max_pfn;
}

/* ---- both sides compared ---- */

/* The places of one task: what is present where, and who maps what. */
static void count_task(struct sharing_case *c, unsigned task)
{
    for (unsigned region = 0; region < SLOW_REGIONS; region++) {
        const struct slow_region *slow = &c->slow.regions[task][region];
        const struct mm_struct *mm = &c->tasks[task]->user.mm;

        ck_assert(slow->mapped == !!find_vma(mm, region));
        for (unsigned i = 0; i < SLOW_REGION_PAGES && slow->mapped; i++) {
            pfn_t page = world_page(c->tasks[task], region, i);
            uint32_t content = slow->places[i].content;

            ck_assert(slow->places[i].present == !pfn_is_none(page));
            if (pfn_is_none(page)) {
                ck_assert(!(world_pte(c->tasks[task], region, i)) == (content == SLOW_NOTHING));
                continue;
            }
            c->mapcounts[page.nr]++;
            c->counts[page.nr]++;
            ck_assert_uint_eq(page_frame(&c->world->reclaim, page)->mapcount,
                              slow_owners(&c->slow, content, true));
            ck_assert(page_owner_is_anon(page_owner(&c->world->reclaim, page)) ==
                      (content >= SLOW_ANON));
        }
    }
}

static void count_cache(struct sharing_case *c, const struct address_space *mapping)
{
    for (size_t i = 0; i < mapping->nr_chunks; i++)
        for (unsigned k = 0; mapping->chunks[i] && k < CACHE_CHUNK_PAGES; k++)
            if (mapping->chunks[i]->slots[k] < CACHE_SLOT_EVICTED)
                c->counts[mapping->chunks[i]->slots[k]]++;
}

static void count_batch(struct sharing_case *c, const struct pagevec *pvec)
{
    for (unsigned i = 0; i < pvec->nr; i++)
        c->counts[pvec->pages[i]]++;
}

static void count_references(struct sharing_case *c)
{
    const struct reclaim *reclaim = &c->world->reclaim;

    memset(c->counts, 0, max_pfn(c) * sizeof(*c->counts));
    memset(c->mapcounts, 0, max_pfn(c) * sizeof(*c->mapcounts));
    for (unsigned task = 0; task < c->nr_tasks; task++)
        if (c->slow.live[task])
            count_task(c, task);
    for (size_t i = 0; i < reclaim->mappings.count; i++)
        count_cache(c, reclaim->mappings.items[i]);
    for (unsigned slot = 0; slot < SWAP_PAGES; slot++)
        if (reclaim->swap.devices[0].slots[slot].page)
            c->counts[reclaim->swap.devices[0].slots[slot].page - 1]++;
    count_batch(c, &reclaim->lru_pvecs[0].add);
    count_batch(c, &reclaim->lru_pvecs[0].add_active);
    count_batch(c, &reclaim->lru_pvecs[0].rotate);
}

static void expect_equal(struct sharing_case *c)
{
    const struct machine *machine = &c->world->machine;
    const struct frame *frames = machine->frame_table.frames;
    int64_t in_use = 0, anon = 0, mapped = 0;

    count_references(c);
    for (uint32_t pfn = 0; pfn < max_pfn(c); pfn++) {
        bool is_anon = page_owner_is_anon(page_owner(&c->world->reclaim, (pfn_t){pfn}));

        if (c->counts[pfn] == 0)
            continue;
        ck_assert_uint_eq(frames[pfn].count, c->counts[pfn]);
        ck_assert_uint_eq(frames[pfn].mapcount, c->mapcounts[pfn]);
        in_use++;
        anon += c->mapcounts[pfn] > 0 && is_anon;
        mapped += c->mapcounts[pfn] > 0 && !is_anon;
    }
    ck_assert_int_eq(machine_page_state_exact(machine, NR_ANON_PAGES), anon);
    ck_assert_int_eq(machine_page_state_exact(machine, NR_FILE_MAPPED), mapped);
    ck_assert_int_eq(machine_page_state_exact(machine, NR_FREE_PAGES), c->free_pages - in_use);
}

/* ---- the operations, on both sides ---- */

static void map(struct sharing_case *c, unsigned task, unsigned region)
{
    enum slow_kind kind = (enum slow_kind)draw(c, 4);
    bool of_file = kind == SLOW_FILE_PRIVATE || kind == SLOW_FILE_SHARED;
    struct user_op_spec op = {.op = of_file ? USER_MMAP : USER_ANON,
                              .region = region,
                              .nr_pages = SLOW_REGION_PAGES,
                              .shared = kind == SLOW_SHARED,
                              .private_copy = kind == SLOW_FILE_PRIVATE};

    ck_assert_int_eq(user_world_call(c->world, c->tasks[task], &op), USER_OK);
    slow_map(&c->slow, task, region, kind);
}

static void unmap(struct sharing_case *c, unsigned task, unsigned region)
{
    struct user_op_spec op = {.op = USER_UNMAP, .region = region};

    ck_assert_int_eq(user_world_call(c->world, c->tasks[task], &op), USER_OK);
    slow_unmap(&c->slow, task, region);
}

static void touch(struct sharing_case *c, unsigned task, unsigned region)
{
    unsigned first = draw(c, SLOW_REGION_PAGES);
    unsigned nr = 1 + draw(c, SLOW_REGION_PAGES - first);
    bool write = draw(c, 2);

    ck_assert_int_eq(world_touch(c->world, c->tasks[task], region, first, nr, write), USER_OK);
    for (unsigned page = first; page < first + nr; page++)
        slow_touch(&c->slow, task, region, page, write);
}

/* Into the swap cache: an anonymous page keeps its mappings until it is there, another loses them
 * first and leaves its file. */
static void take(struct sharing_case *c, pfn_t page)
{
    struct reclaim *reclaim = &c->world->reclaim;
    struct frame *frame = page_frame(reclaim, page);

    if (page_owner_is_anon(page_owner(reclaim, page)) && !(frame->flags & PG_swapcache))
        ck_assert(add_to_swap(reclaim, page, 0));
    reclaim->rmap.page_referenced(reclaim->rmap.context, page);
    ck_assert_int_eq(reclaim->rmap.try_to_unmap(reclaim->rmap.context, page, 0), SWAP_SUCCESS);
    if (frame->flags & PG_swapcache || !page_mapping_file(reclaim, page)->shmem)
        return;
    clear_page_dirty_for_io(reclaim, page, 0);
    ck_assert(shmem_writepage(reclaim, page, 0));
}

/* Reclaim takes a page from everybody; what was in the swap cache may leave memory at once. */
static void take_page(struct sharing_case *c, unsigned task, unsigned region)
{
    struct reclaim *reclaim = &c->world->reclaim;
    unsigned index = draw(c, SLOW_REGION_PAGES);
    pfn_t page = world_page(c->tasks[task], region, index);
    struct frame *frame;

    if (pfn_is_none(page))
        return;
    frame = page_frame(reclaim, page);
    lru_add_drain(reclaim, 0);
    get_page(reclaim, page);
    ck_assert(trylock_page(reclaim, page));
    slow_take(&c->slow, c->slow.regions[task][region].places[index].content);
    take(c, page);
    unlock_page(reclaim, page);
    if (frame->flags & PG_swapcache && draw(c, 2)) {
        frame->flags &= (uint16_t)~PG_dirty;
        delete_from_swap_cache(reclaim, page, 0);
        put_page(reclaim, page, 0);
    }
    put_page(reclaim, page, 0);
}

static void fork_or_exit(struct sharing_case *c, unsigned task)
{
    if (c->nr_tasks < SLOW_TASKS && draw(c, 4)) {
        c->tasks[c->nr_tasks] = user_world_fork(c->world, c->tasks[task], "child");
        slow_fork(&c->slow, task, c->nr_tasks++);
    } else if (c->nr_tasks == SLOW_TASKS && draw(c, 4) == 0 && task > 0) {
        user_world_exit(c->world, c->tasks[task]);
        slow_exit(&c->slow, task);
    }
}

static void step(struct sharing_case *c)
{
    struct user_op_spec drop = {.op = USER_DROP_CACHES, .drop = 1};
    unsigned task = draw(c, c->nr_tasks);
    unsigned region = draw(c, SLOW_REGIONS);
    unsigned what = draw(c, 20);

    if (!c->slow.live[task])
        return;
    if (what == 0)
        fork_or_exit(c, task);
    else if (what == 1)
        user_world_call(c->world, c->tasks[task], &drop);
    else if (!c->slow.regions[task][region].mapped)
        map(c, task, region);
    else if (what == 2)
        unmap(c, task, region);
    else if (what < 7)
        take_page(c, task, region);
    else
        touch(c, task, region);
}

static void exit_all(struct sharing_case *c)
{
    for (unsigned task = 0; task < c->nr_tasks; task++) {
        if (!c->slow.live[task])
            continue;
        user_world_exit(c->world, c->tasks[task]);
        slow_exit(&c->slow, task);
        expect_equal(c);
    }
}

START_TEST(every_page_has_the_references_of_the_model_and_is_freed_with_the_last)
{
    struct sharing_case c = {.nr_tasks = 1};

    c.world = user_world_boot(&(struct user_world_spec){
        .mib = MIB, .swap_pages = SWAP_PAGES, .files = &file, .nr_files = 1});
    rng_init(&c.rng, (uint64_t)_i, "sharing");
    c.free_pages = machine_page_state_exact(&c.world->machine, NR_FREE_PAGES);
    c.counts = calloc(max_pfn(&c), sizeof(*c.counts));
    c.mapcounts = calloc(max_pfn(&c), sizeof(*c.mapcounts));
    ck_assert(c.counts && c.mapcounts);
    c.tasks[0] = user_world_task(c.world, "first");
    c.slow.live[0] = true;
    for (unsigned i = 0; i < STEPS; i++) {
        step(&c);
        expect_equal(&c);
    }
    exit_all(&c);
    free(c.counts);
    free(c.mapcounts);
    user_world_end(c.world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sharing against slow model");
    TCase *tcase = tcase_create("random");

    tcase_add_loop_test(
        tcase, every_page_has_the_references_of_the_model_and_is_freed_with_the_last, 0, 6);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
