/* SPDX-License-Identifier: MIT */
/* The checker of reclaim sees each invariant that is broken. */
#include <string.h>

#include "kernels/linux_2_6_24.h"
#include "lib/test.h"
#include "mm/gfp.h"
#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"

static const struct memory_range memory[] = {{4096, 20480, 0}};

/*
 * A booted machine with a file of 20 pages (0 and 1 dirty, 2 under writeback, 14 on the inactive
 * list, 6 in a batch), an active anonymous page, one in the swap cache, a kernel page, a block.
 */
struct check_case {
    struct machine machine;
    struct reclaim reclaim;
    struct clock clock;
    struct task task;
    struct address_space *file;
    pfn_t pages[20];
    pfn_t anon, swapped, kernel, block;
};

static struct check_case c;

static bool on_need_resched(void *context, unsigned cpu)
{
    (void)context;
    (void)cpu;
    return false;
}

static void on_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)context;
    (void)timer;
    (void)arg;
    (void)at_ns;
}

static void on_wake(void *context, struct task *task)
{
    (void)context;
    (void)task;
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)context;
    (void)kind;
    (void)arg;
}

static void on_kill(void *context, struct process *victim, bool memdie)
{
    (void)context;
    (void)victim;
    (void)memdie;
}

static unsigned on_referenced(void *context, pfn_t page)
{
    (void)context;
    (void)page;
    return 0;
}

static enum swap_result on_unmap(void *context, pfn_t page, unsigned cpu)
{
    (void)context;
    (void)page;
    (void)cpu;
    return SWAP_FAIL;
}

static pfn_t take(unsigned order)
{
    struct alloc_request request;

    alloc_request_init(&request, &c.machine, &c.task, GFP_KERNEL, order, -1);
    ck_assert_int_eq(alloc_request_step(&c.machine, &request), STEP_DONE);
    ck_assert(!pfn_is_none(request.page));
    return request.page;
}

static struct frame *frame_of(pfn_t page)
{
    return page_frame(&c.reclaim, page);
}

static struct zone *the_zone(void)
{
    return &c.machine.zones[frame_of(c.anon)->zone];
}

static void boot(void)
{
    static const struct reclaim_owner owner = {NULL,    on_need_resched, on_timer,
                                               on_wake, on_kthread,      on_kill};
    static const struct rmap_ops rmap = {.page_referenced = on_referenced,
                                         .try_to_unmap = on_unmap};
    struct machine_spec spec;
    struct sim_error err = {0};

    memset(&c, 0, sizeof(c));
    machine_spec_init(&spec, false);
    spec.memory = memory;
    spec.nr_memory = 1;
    spec.nr_cpus = 2;
    ck_assert(machine_init(&c.machine, &spec, &linux_2_6_24_ops, &c.reclaim, &c.clock, &err));
    ck_assert(reclaim_init(&c.reclaim, &c.machine, &owner, &rmap, &err));
}

static void add_file_page(uint32_t index)
{
    bool refault;

    c.pages[index] = take(0);
    ck_assert(add_to_page_cache(&c.reclaim, c.file, index, c.pages[index], index % 2, &refault));
    put_page(&c.reclaim, c.pages[index], 0);
    lru_cache_add(&c.reclaim, c.pages[index], 0);
}

static pfn_t add_anon_page(uint32_t index)
{
    pfn_t page = take(0);

    *page_owner(&c.reclaim, page) =
        (struct page_owner){.mapping = PAGE_MAPPING_ANON, .index = index, .swap = SWAP_NONE};
    frame_of(page)->mapcount = 1;
    inc_zone_state(&c.machine, page_zone(&c.reclaim, page), NR_ANON_PAGES, 0);
    lru_cache_add_active(&c.reclaim, page, 1);
    return page;
}

static void expect_sound(void)
{
    char why[256] = "";

    ck_assert_msg(reclaim_check(&c.reclaim, why, sizeof(why)), "%s", why);
}

static void expect_broken(const char *what)
{
    char why[256] = "";

    ck_assert_msg(!reclaim_check(&c.reclaim, why, sizeof(why)), "not seen: %s", what);
    ck_assert_msg(strstr(why, what) != NULL, "%s", why);
}

static void begin(void)
{
    const struct backing_dev_spec disk = {
        .name = "disk", .nr_requests = 128, .max_request_pages = 1, .page_ns = 1000};
    const struct swap_spec swap = {.pages = 300, .priority = -1};
    uint32_t dev;

    boot();
    expect_sound();
    ck_assert(reclaim_add_device(&c.reclaim, &disk, &dev));
    ck_assert(swapon(&c.reclaim, &swap));
    c.file = address_space_create(&c.reclaim, dev);
    ck_assert_ptr_nonnull(c.file);
    for (uint32_t i = 0; i < 20; i++)
        add_file_page(i);
    c.anon = add_anon_page(0);
    c.swapped = add_anon_page(1);
    lru_add_drain(&c.reclaim, 1);
    ck_assert(add_to_swap(&c.reclaim, c.swapped, 0));
    ck_assert(set_page_dirty(&c.reclaim, c.pages[0], 0));
    ck_assert(set_page_dirty(&c.reclaim, c.pages[1], 1));
    set_page_writeback(&c.reclaim, c.pages[2], 0);
    backing_dev_submit(&c.reclaim, dev, IO_WRITE, 2, c.pages[2], 0);
    c.kernel = take(0);
    c.block = take(3);
    expect_sound();
}

static void end(void)
{
    expect_sound();
    reclaim_fini(&c.reclaim);
    machine_fini(&c.machine);
}

/* ---- lists and batches ---- */

START_TEST(a_page_is_on_the_list_that_its_flags_name)
{
    begin();
    frame_of(c.anon)->flags &= (uint16_t)~PG_active;
    expect_broken("does not belong on the active list");
    frame_of(c.anon)->flags |= PG_active;
    frame_of(c.pages[0])->flags &= (uint16_t)~PG_lru;
    expect_broken("does not belong on the inactive list");
    frame_of(c.pages[0])->flags |= PG_lru;
    frame_of(c.kernel)->flags |= PG_lru;
    expect_broken("PG_lru and on no list");
    frame_of(c.kernel)->flags &= (uint16_t)~PG_lru;
    frame_of(c.pages[3])->zone++;
    expect_broken("does not belong on the inactive list");
    frame_of(c.pages[3])->zone--;
    end();
}
END_TEST

START_TEST(lists_are_sound_and_as_long_as_their_counters_say)
{
    uint32_t prev;

    begin();
    prev = frame_of(c.pages[3])->prev;
    frame_of(c.pages[3])->prev = c.pages[0].nr;
    expect_broken("is torn");
    frame_of(c.pages[3])->prev = prev;
    the_zone()->vm_stat[NR_INACTIVE]++;
    expect_broken("nr_inactive is 15, there are 14");
    the_zone()->vm_stat[NR_INACTIVE]--;
    the_zone()->pageset[1].vm_stat_diff[NR_ACTIVE]++;
    expect_broken("nr_active is 3, there are 2");
    the_zone()->pageset[1].vm_stat_diff[NR_ACTIVE]--;
    end();
}
END_TEST

START_TEST(a_page_is_in_one_batch_and_on_no_list)
{
    struct lru_pvecs *pvecs;

    begin();
    pvecs = c.reclaim.lru_pvecs;
    ck_assert_uint_eq(pvecs[0].add.nr, 6);
    pvecs[1].add.pages[pvecs[1].add.nr++] = pvecs[0].add.pages[0];
    expect_broken("is in two places");
    pvecs[1].add.pages[0] = c.anon.nr;
    expect_broken("is in two places");
    pvecs[1].add.nr = 0;
    frame_of(c.pages[19])->flags |= PG_active;
    expect_broken("is PG_lru or PG_active");
    frame_of(c.pages[19])->flags &= (uint16_t)~PG_active;
    pvecs[0].add.nr--;
    expect_broken("1 pages are on no list, 0 are isolated");
    c.reclaim.isolated_pages = 1;
    expect_sound();
    c.reclaim.isolated_pages = 0;
    pvecs[0].add.nr = PAGEVEC_SIZE;
    expect_broken("was not emptied");
    pvecs[0].add.nr = 6;
    pvecs[1].rotate.pages[pvecs[1].rotate.nr++] = c.pages[19].nr;
    expect_broken("to be rotated is not in use");
    pvecs[1].rotate.nr = 0;
    end();
}
END_TEST

/* ---- frames ---- */

START_TEST(each_page_is_free_or_in_use)
{
    struct lru_pvecs *pvecs;

    begin();
    pvecs = c.reclaim.lru_pvecs;
    frame_of(c.kernel)->count = 0;
    expect_broken("neither free nor in use");
    frame_of(c.kernel)->count = 1;
    frame_of(c.kernel)->zone++;
    expect_broken("says it is in");
    frame_of(c.kernel)->zone--;
    frame_of(c.block)->private = 2;
    expect_broken("neither free nor in use");
    frame_of(c.block)->private = 3;
    pvecs[1].add.pages[pvecs[1].add.nr++] = c.block.nr + 1; /* inside a block */
    expect_broken("are free or inside larger blocks");
    pvecs[1].add.nr = 0;
    end();
}
END_TEST

START_TEST(a_page_on_a_per_cpu_list_is_nowhere_else)
{
    pfn_t page;

    begin();
    page = take(0);
    free_hot_page(&c.machine, page, 0);
    expect_sound();
    c.reclaim.lru_pvecs[1].add.pages[c.reclaim.lru_pvecs[1].add.nr++] = page.nr;
    expect_broken("is in two places");
    c.reclaim.lru_pvecs[1].add.nr = 0;
    the_zone()->pageset[0].pcp[0].count++;
    expect_broken("per-CPU list"); /* mm's own checker */
    the_zone()->pageset[0].pcp[0].count--;
    end();
}
END_TEST

START_TEST(mappings_and_writeback_equal_their_counters)
{
    begin();
    frame_of(c.anon)->mapcount = 0;
    expect_broken("nr_anon_pages is 2, there are 1");
    frame_of(c.anon)->mapcount = 2;
    expect_broken("has 2 mappings, but 1 references");
    frame_of(c.anon)->mapcount = 1;
    frame_of(c.pages[5])->mapcount = 1;
    expect_broken("nr_mapped is 0, there are 1");
    frame_of(c.pages[5])->mapcount = 0;
    frame_of(c.pages[5])->flags |= PG_writeback;
    expect_broken("nr_writeback is 1, there are 2");
    frame_of(c.pages[5])->flags &= (uint16_t)~PG_writeback;
    end();
}
END_TEST

/* ---- files ---- */

START_TEST(a_cached_page_knows_its_place)
{
    struct page_owner *owner;

    begin();
    owner = page_owner(&c.reclaim, c.pages[7]);
    owner->index = 8;
    expect_broken("is page 7 of file 0 and does not know");
    owner->index = 7;
    owner->mapping = 2;
    expect_broken("is page 7 of file 0 and does not know");
    owner->mapping = 1;
    c.file->chunks[0]->slots[7] = CACHE_SLOT_EMPTY;
    expect_broken("file 0 has 19 pages, nrpages is 20");
    c.file->nrpages--;
    expect_broken("nr_file_pages is 21, there are 20");
    c.file->nrpages++;
    c.file->chunks[0]->slots[7] = c.pages[7].nr;
    end();
}
END_TEST

START_TEST(dirty_pages_are_tagged_and_counted)
{
    struct cache_chunk *chunk;

    begin();
    chunk = c.file->chunks[0];
    frame_of(c.pages[5])->flags |= PG_dirty;
    expect_broken("PG_dirty and the tag in file 0 differ");
    frame_of(c.pages[5])->flags &= (uint16_t)~PG_dirty;
    chunk->dirty[1] |= 1; /* of no page */
    expect_broken("has 3 dirty tags, counted as 2");
    chunk->dirty[1] = 0;
    c.file->nr_dirty++;
    expect_broken("file 0 has 2 dirty pages, nr_dirty is 3");
    c.file->nr_dirty--;
    the_zone()->vm_stat[NR_FILE_DIRTY]++;
    expect_broken("nr_dirty is 3, there are 2");
    the_zone()->vm_stat[NR_FILE_DIRTY]--;
    c.reclaim.devices[0].nr_dirty_pages++;
    expect_broken("device 0 has 2 dirty pages, counted as 3");
    c.reclaim.devices[0].nr_dirty_pages--;
    end();
}
END_TEST

START_TEST(dirty_files_are_listed_by_age)
{
    struct address_space *second;
    bool refault;
    pfn_t page;

    begin();
    second = address_space_create(&c.reclaim, 0);
    page = take(0);
    ck_assert(add_to_page_cache(&c.reclaim, second, 0, page, 0, &refault));
    put_page(&c.reclaim, page, 0);
    lru_cache_add(&c.reclaim, page, 0);
    set_page_dirty(&c.reclaim, page, 0);
    expect_sound();
    c.file->dirtied_when_ns = 1;
    expect_broken("dirty file 1 is older than the one before it");
    c.file->dirtied_when_ns = 0;
    second->prev_inode = NULL;
    expect_broken("the list of dirty files is torn at 1");
    second->prev_inode = c.file;
    c.reclaim.writeback.inodes[0][INODE_LIST_DIRTY].last = c.file;
    expect_broken("a list of dirty files of device 0 is torn at its end");
    c.reclaim.writeback.inodes[0][INODE_LIST_DIRTY].last = second;
    c.reclaim.writeback.nr_dirty_files++;
    expect_broken("2 dirty files, counted as 3");
    c.reclaim.writeback.nr_dirty_files--;
    end();
}
END_TEST

/* ---- swap, devices, sums ---- */

START_TEST(swap_cache_pages_and_slots_know_each_other)
{
    begin();
    c.reclaim.swap.nr_free_pages++;
    expect_broken("swap slots are unsound");
    c.reclaim.swap.nr_free_pages--;
    frame_of(c.swapped)->flags &= (uint16_t)~PG_swapcache;
    expect_broken("swap slots are unsound");
    frame_of(c.swapped)->flags |= PG_swapcache;
    frame_of(c.anon)->flags |= PG_swapcache;
    expect_broken("its slot does not know");
    frame_of(c.anon)->flags &= (uint16_t)~PG_swapcache;
    end();
}
END_TEST

START_TEST(queues_are_sound)
{
    begin();
    c.reclaim.devices[0].count[IO_WRITE]++;
    expect_broken("the queue of device 0 is unsound");
    c.reclaim.devices[0].count[IO_WRITE]--;
    end();
}
END_TEST

START_TEST(machine_wide_counters_are_sums)
{
    begin();
    c.machine.vm_stat[NR_SLAB_RECLAIMABLE] = 4;
    expect_broken("nr_slab_reclaimable is 4, the zones have 0");
    c.machine.vm_stat[NR_SLAB_RECLAIMABLE] = 0;
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reclaim_check");

    TEST_CASE(suite, "lists", a_page_is_on_the_list_that_its_flags_name,
              lists_are_sound_and_as_long_as_their_counters_say,
              a_page_is_in_one_batch_and_on_no_list);
    TEST_CASE(suite, "frames", each_page_is_free_or_in_use,
              a_page_on_a_per_cpu_list_is_nowhere_else,
              mappings_and_writeback_equal_their_counters);
    TEST_CASE(suite, "files", a_cached_page_knows_its_place, dirty_pages_are_tagged_and_counted,
              dirty_files_are_listed_by_age);
    TEST_CASE(suite, "others", swap_cache_pages_and_slots_know_each_other, queues_are_sound,
              machine_wide_counters_are_sums);
    return test_run(suite);
}
