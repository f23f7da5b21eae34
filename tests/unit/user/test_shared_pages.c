/* SPDX-License-Identifier: MIT */
/* Pages that several tasks map: private mappings of files, shared memory, and forks of them. */
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "lib/user_builder.h"
#include "reclaim/shmem.h"

enum { MIB = 16, PAGES = 64, SWAP_PAGES = 1024 };

static const struct file_spec file = {.name = "data", .pages = PAGES};

struct shared_case {
    struct user_world *world;
    struct test_task *task;
};

static struct shared_case boot(void)
{
    struct shared_case c;

    c.world = user_world_boot(&(struct user_world_spec){
        .mib = MIB, .swap_pages = SWAP_PAGES, .files = &file, .nr_files = 1});
    c.task = user_world_task(c.world, "a");
    return c;
}

static void map_private(const struct shared_case *c, struct test_task *task, uint32_t region)
{
    struct user_op_spec op = {.op = USER_MMAP, .region = region, .private_copy = true};

    ck_assert_int_eq(user_world_call(c->world, task, &op), USER_OK);
}

static enum user_result call(const struct shared_case *c, struct test_task *task, enum user_op op,
                             uint32_t region)
{
    struct user_op_spec spec = {.op = (uint8_t)op, .region = region};

    return user_world_call(c->world, task, &spec);
}

static int64_t pages_of(const struct shared_case *c, enum zone_stat_item item)
{
    return machine_page_state_exact(&c->world->machine, item);
}

static const struct frame *frame_of(const struct shared_case *c, pfn_t page)
{
    return page_frame(&c->world->reclaim, page);
}

static pfn_t cached(const struct shared_case *c, uint64_t index)
{
    return find_cached_page(&c->world->user.files[0], index);
}

/* ---- private mappings of files ---- */

START_TEST(a_read_of_a_private_mapping_maps_the_page_of_the_cache)
{
    struct shared_case c = boot();

    map_private(&c, c.task, 0);
    world_touch(c.world, c.task, 0, 3, 1, false);
    ck_assert_uint_eq(world_page(c.task, 0, 3).nr, cached(&c, 3).nr);
    ck_assert(!(world_pte(c.task, 0, 3) & PTE_WRITE));
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 1);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_first_write_to_a_private_mapping_copies_and_never_maps_the_files_page)
{
    struct shared_case c = boot();

    map_private(&c, c.task, 0);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 3, 1, true), USER_OK);
    ck_assert_uint_ne(world_page(c.task, 0, 3).nr, cached(&c, 3).nr);
    ck_assert_uint_eq(frame_of(&c, cached(&c, 3))->mapcount, 0);
    ck_assert(!(frame_of(&c, cached(&c, 3))->flags & (PG_dirty | PG_locked)));
    ck_assert(world_pte(c.task, 0, 3) & PTE_WRITE);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 0);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    ck_assert_int_eq(pages_of(&c, NR_FILE_DIRTY), 0);
    ck_assert_uint_eq(c.world->machine.vm_events[PGFAULT], 1);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_write_after_a_read_of_a_private_mapping_unmaps_the_files_page)
{
    struct shared_case c = boot();
    pfn_t page;

    map_private(&c, c.task, 0);
    world_touch(c.world, c.task, 0, 0, 1, false);
    page = world_page(c.task, 0, 0);
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(c.world->machine.vm_events[PGFAULT], 2);
    ck_assert_uint_ne(world_page(c.task, 0, 0).nr, page.nr);
    ck_assert_uint_eq(cached(&c, 0).nr, page.nr);
    ck_assert_uint_eq(frame_of(&c, page)->mapcount, 0);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 0);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(what_a_private_mapping_wrote_nobody_else_sees)
{
    struct shared_case c = boot();
    struct test_task *other = user_world_task(c.world, "b");

    map_private(&c, c.task, 0);
    world_mmap(c.world, other, 0, 0);
    world_touch(c.world, other, 0, 5, 1, false);
    world_touch(c.world, c.task, 0, 5, 1, false);
    ck_assert_uint_eq(frame_of(&c, cached(&c, 5))->mapcount, 2);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 1);
    world_touch(c.world, c.task, 0, 5, 1, true);
    ck_assert_uint_eq(frame_of(&c, cached(&c, 5))->mapcount, 1);
    ck_assert_uint_eq(world_page(other, 0, 5).nr, cached(&c, 5).nr);
    user_world_end(c.world);
}
END_TEST

START_TEST(the_copy_of_a_private_mapping_goes_to_swap_and_the_files_page_just_goes)
{
    struct shared_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    struct rmap_ops *rmap = &reclaim->rmap;
    pfn_t page;

    map_private(&c, c.task, 0);
    world_touch(c.world, c.task, 0, 0, 1, true);
    world_touch(c.world, c.task, 0, 1, 1, false);
    lru_add_drain(reclaim, 0);
    page = world_page(c.task, 0, 0);
    ck_assert(add_to_swap(reclaim, page, 0));
    rmap->page_referenced(rmap->context, page);
    ck_assert_int_eq(rmap->try_to_unmap(rmap->context, page, 0), SWAP_SUCCESS);
    ck_assert(world_pte(c.task, 0, 0) & PTE_SWAP);
    page = world_page(c.task, 0, 1);
    get_page(reclaim, page);
    rmap->page_referenced(rmap->context, page);
    ck_assert_int_eq(rmap->try_to_unmap(rmap->context, page, 0), SWAP_SUCCESS);
    put_page(reclaim, page, 0);
    ck_assert_uint_eq(world_pte(c.task, 0, 1), 0);
    expect_sound_world(c.world);
    world_touch(c.world, c.task, 0, 0, 2, false);
    ck_assert(page_owner_is_anon(page_owner(reclaim, world_page(c.task, 0, 0))));
    user_world_end(c.world);
}
END_TEST

START_TEST(a_locked_private_mapping_of_a_file_has_copies_and_does_not_keep_the_files_pages)
{
    struct shared_case c = boot();
    struct rmap_ops *rmap = &c.world->reclaim.rmap;
    struct test_task *other = user_world_task(c.world, "b");

    map_private(&c, c.task, 0);
    world_touch(c.world, c.task, 0, 0, PAGES / 2, false);
    ck_assert_int_eq(call(&c, c.task, USER_MLOCK, 0), USER_OK);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), PAGES);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 0);
    world_mmap(c.world, other, 0, 0);
    world_touch(c.world, other, 0, 0, 1, false);
    rmap->page_referenced(rmap->context, cached(&c, 0));
    ck_assert_uint_eq(rmap->page_referenced(rmap->context, cached(&c, 0)), 0);
    user_world_end(c.world);
}
END_TEST

/* ---- forks of them ---- */

START_TEST(a_fork_copies_a_private_mapping_only_when_something_in_it_was_written)
{
    struct shared_case c = boot();
    struct test_task *child;

    map_private(&c, c.task, 0);
    map_private(&c, c.task, 1);
    world_touch(c.world, c.task, 0, 0, 4, false);
    world_touch(c.world, c.task, 1, 0, 4, false);
    world_touch(c.world, c.task, 1, 3, 1, true);
    child = user_world_fork(c.world, c.task, "b");
    ck_assert(pfn_is_none(world_page(child, 0, 0)));
    ck_assert_uint_eq(world_page(child, 1, 0).nr, cached(&c, 0).nr);
    ck_assert_uint_eq(frame_of(&c, cached(&c, 0))->mapcount, 3);
    ck_assert_uint_eq(frame_of(&c, cached(&c, 3))->mapcount, 1);
    ck_assert_uint_eq(frame_of(&c, world_page(c.task, 1, 3))->mapcount, 2);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 4);

    world_touch(c.world, child, 1, 3, 1, true);
    ck_assert_uint_ne(world_page(child, 1, 3).nr, world_page(c.task, 1, 3).nr);
    world_touch(c.world, c.task, 1, 3, 1, true);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 2);
    user_world_exit(c.world, c.task);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 3);
    user_world_end(c.world);
}
END_TEST

/* ---- shared anonymous memory ---- */

static void map_shared(const struct shared_case *c, struct test_task *task, uint32_t region,
                       uint64_t nr_pages)
{
    struct user_op_spec op = {
        .op = USER_ANON, .region = region, .nr_pages = nr_pages, .shared = true};

    ck_assert_int_eq(user_world_call(c->world, task, &op), USER_OK);
}

static struct address_space *mapping_of(const struct test_task *task, uint32_t region)
{
    return find_vma(&task->user.mm, region)->file->mapping;
}

/* Takes the page of region 0 from whoever maps it and hands it to the swap cache, as reclaim. */
static pfn_t move_to_swap(const struct shared_case *c, struct test_task *task, uint64_t index)
{
    struct reclaim *reclaim = &c->world->reclaim;
    pfn_t page = world_page(task, 0, index);

    lru_add_drain(reclaim, 0);
    get_page(reclaim, page);
    ck_assert(trylock_page(reclaim, page));
    reclaim->rmap.page_referenced(reclaim->rmap.context, page);
    ck_assert_int_eq(reclaim->rmap.try_to_unmap(reclaim->rmap.context, page, 0), SWAP_SUCCESS);
    clear_page_dirty_for_io(reclaim, page, 0);
    ck_assert(shmem_writepage(reclaim, page, 0));
    unlock_page(reclaim, page);
    put_page(reclaim, page, 0);
    expect_sound_world(c->world);
    return page;
}

/* ... and from the swap cache, too. */
static void swap_out(const struct shared_case *c, struct test_task *task, uint64_t index)
{
    struct reclaim *reclaim = &c->world->reclaim;
    pfn_t page = move_to_swap(c, task, index);

    page_frame(reclaim, page)->flags &= (uint16_t)~PG_dirty;
    delete_from_swap_cache(reclaim, page, 0);
    put_page(reclaim, page, 0);
    expect_sound_world(c->world);
}

START_TEST(shared_memory_is_a_file_in_memory_that_forks_go_on_sharing)
{
    struct shared_case c = boot();
    struct test_task *child;
    pfn_t page;

    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 2, true);
    page = world_page(c.task, 0, 0);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 0);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 2);
    ck_assert_int_eq(pages_of(&c, NR_FILE_PAGES), 2);
    ck_assert_int_eq(pages_of(&c, NR_FILE_DIRTY), 0);
    ck_assert_uint_eq(c.world->machine.work.zeroed_pages, 2);

    child = user_world_fork(c.world, c.task, "b");
    ck_assert(pfn_is_none(world_page(child, 0, 0)));
    world_touch(c.world, child, 0, 0, 1, true);
    ck_assert_uint_eq(world_page(child, 0, 0).nr, page.nr);
    ck_assert_uint_eq(frame_of(&c, page)->mapcount, 2);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 2);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 0);
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(world_page(c.task, 0, 0).nr, page.nr);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_read_page_of_shared_memory_is_clean_and_its_first_write_needs_no_fault)
{
    struct shared_case c = boot();

    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert(!(frame_of(&c, world_page(c.task, 0, 0))->flags & PG_dirty));
    ck_assert(!(world_pte(c.task, 0, 0) & PTE_DIRTY));
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert(world_pte(c.task, 0, 0) & PTE_DIRTY);
    ck_assert_uint_eq(c.world->machine.vm_events[PGFAULT], 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(shared_memory_goes_with_its_last_region)
{
    struct shared_case c = boot();
    uint64_t free_before = (uint64_t)pages_of(&c, NR_FREE_PAGES);
    struct test_task *child;

    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, PAGES, true);
    swap_out(&c, c.task, 3);
    child = user_world_fork(c.world, c.task, "b");
    ck_assert_int_eq(call(&c, c.task, USER_UNMAP, 0), USER_OK);
    ck_assert_int_eq(pages_of(&c, NR_FILE_PAGES), PAGES - 1);
    world_touch(c.world, child, 0, 0, 2, false);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 2);
    user_world_exit(c.world, child);
    ck_assert_int_eq(pages_of(&c, NR_FILE_PAGES), 0);
    ck_assert_uint_eq(c.world->reclaim.swap.nr_free_pages, SWAP_PAGES);
    ck_assert_uint_eq((uint64_t)pages_of(&c, NR_FREE_PAGES), free_before);
    map_shared(&c, c.task, 1, 2 * PAGES);
    world_touch(c.world, c.task, 1, 0, 0, false);
    ck_assert_uint_eq(c.world->user.shmem_files.count, 1); /* used again */
    user_world_end(c.world);
}
END_TEST

START_TEST(a_page_in_the_swap_cache_belongs_to_no_file_until_it_is_wanted)
{
    struct shared_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    pfn_t page;

    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    page = move_to_swap(&c, c.task, 0);
    ck_assert_uint_eq(frame_of(&c, page)->flags & (PG_swapcache | PG_dirty),
                      PG_swapcache | PG_dirty);
    ck_assert_uint_eq(mapping_of(c.task, 0)->nrpages, 0);
    ck_assert_uint_eq(swap_count(reclaim, 0), 2);
    ck_assert_uint_eq(frame_of(&c, page)->count, 1);

    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert_uint_eq(world_page(c.task, 0, 0).nr, page.nr);
    ck_assert_uint_eq(frame_of(&c, page)->flags & (PG_swapcache | PG_dirty), PG_dirty);
    ck_assert_uint_eq(reclaim->swap.nr_free_pages, SWAP_PAGES);
    ck_assert_uint_eq(c.world->machine.vm_events[PGMAJFAULT], 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_page_on_swap_is_read_for_whoever_comes_first)
{
    struct shared_case c = boot();
    struct test_task *child = user_world_task(c.world, "b");

    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 4, true);
    user_world_exit(c.world, child);
    child = user_world_fork(c.world, c.task, "c");
    for (uint64_t i = 0; i < 4; i++)
        swap_out(&c, c.task, i);
    ck_assert_int_eq(pages_of(&c, NR_FILE_PAGES), 0);
    ck_assert_int_eq(world_touch(c.world, child, 0, 1, 1, false), USER_OK);
    ck_assert_uint_eq(c.world->machine.vm_events[PGMAJFAULT], 1);
    ck_assert_uint_eq(c.world->machine.vm_events[PSWPIN], 4);
    ck_assert(frame_of(&c, world_page(child, 0, 1))->flags & PG_dirty);
    world_touch(c.world, c.task, 0, 0, 4, true);
    ck_assert_uint_eq(c.world->machine.vm_events[PSWPIN], 4);
    ck_assert_uint_eq(c.world->machine.vm_events[PGMAJFAULT], 1);
    ck_assert_uint_eq(c.world->reclaim.swap.nr_free_pages, SWAP_PAGES);
    user_world_end(c.world);
}
END_TEST

START_TEST(without_a_free_slot_a_page_of_shared_memory_stays)
{
    struct shared_case c;
    struct reclaim *reclaim;
    pfn_t page;

    c.world = user_world_boot(&(struct user_world_spec){.mib = MIB});
    c.task = user_world_task(c.world, "a");
    reclaim = &c.world->reclaim;
    map_shared(&c, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, false);
    lru_add_drain(reclaim, 0);
    page = world_page(c.task, 0, 0);
    reclaim->rmap.page_referenced(reclaim->rmap.context, page);
    get_page(reclaim, page);
    ck_assert_int_eq(reclaim->rmap.try_to_unmap(reclaim->rmap.context, page, 0), SWAP_SUCCESS);
    ck_assert(!shmem_writepage(reclaim, page, 0));
    put_page(reclaim, page, 0);
    ck_assert_int_eq(pages_of(&c, NR_FILE_PAGES), 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(more_shared_memory_than_there_is_memory_lives_on_swap)
{
    struct shared_case c;
    uint64_t nr_pages = MIB * 256 + 2048;
    struct test_task *child;

    c.world = user_world_boot(&(struct user_world_spec){.mib = MIB, .swap_pages = 8192});
    c.task = user_world_task(c.world, "a");
    map_shared(&c, c.task, 0, nr_pages);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 0, true), USER_OK);
    ck_assert_uint_gt(c.world->machine.vm_events[PSWPOUT], 2000);
    child = user_world_fork(c.world, c.task, "b");
    ck_assert_int_eq(world_touch(c.world, child, 0, 0, 0, true), USER_OK);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 0, false), USER_OK);
    ck_assert_uint_gt(c.world->machine.vm_events[PSWPIN], 2000);
    ck_assert_uint_eq(c.world->kills, 0);
    user_world_exit(c.world, c.task);
    user_world_exit(c.world, child);
    ck_assert_uint_eq(c.world->reclaim.swap.nr_free_pages + c.world->reclaim.swap.cache_pages,
                      8192);
    user_world_end(c.world);
}
END_TEST

START_TEST(memory_that_was_only_read_is_dropped_not_swapped)
{
    struct shared_case c;

    c.world = user_world_boot(&(struct user_world_spec){.mib = MIB, .swap_pages = 8192});
    c.task = user_world_task(c.world, "a");
    map_shared(&c, c.task, 0, 2 * MIB * 256);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 0, false), USER_OK);
    ck_assert_uint_eq(c.world->machine.vm_events[PSWPOUT], 0);
    user_world_end(c.world);
}
END_TEST

/* ---- host memory ---- */

/* One call that nothing makes wait; while the host has no memory, Check has none either. */
static enum user_result plain_call(const struct shared_case *c, const struct user_op_spec *op)
{
    struct user_memory *user = &c->world->user;
    struct user_call call;
    enum user_result result;

    user_call_begin(&call, op, user, &c->task->user);
    result = user_call_step(&call, user, &c->task->user) == STEP_DONE
                 ? (enum user_result)call.result
                 : USER_KILLED;
    user_call_end(&call);
    return result;
}

/* Maps, writes and unmaps with the host's allocation `nr` failing; true: there was one. */
static bool fails_at(unsigned nr, bool of_file)
{
    struct user_op_spec map = {.op = of_file ? USER_MMAP : USER_ANON,
                               .nr_pages = PAGES,
                               .shared = !of_file,
                               .private_copy = of_file};
    struct user_op_spec touch = {.op = USER_TOUCH, .write = true};
    struct shared_case c = boot();
    bool mapped, reached;

    fail_malloc_at(nr);
    mapped = plain_call(&c, &map) == USER_OK;
    if (mapped)
        plain_call(&c, &touch);
    reached = fail_malloc_off();
    ck_assert(c.world->reclaim.out_of_memory == reached);
    c.world->reclaim.out_of_memory = false;
    expect_sound_world(c.world);
    if (mapped)
        ck_assert_int_eq(call(&c, c.task, USER_UNMAP, 0), USER_OK);
    user_world_end(c.world);
    return reached;
}

START_TEST(without_memory_of_the_host_nothing_is_lost)
{
    for (unsigned of_file = 0; of_file < 2; of_file++) {
        unsigned nr = 0;

        while (fails_at(nr, of_file))
            nr++;
        ck_assert_uint_gt(nr, 4);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shared pages");

    TEST_CASE(suite, "private file mappings",
              a_read_of_a_private_mapping_maps_the_page_of_the_cache,
              a_first_write_to_a_private_mapping_copies_and_never_maps_the_files_page,
              a_write_after_a_read_of_a_private_mapping_unmaps_the_files_page,
              what_a_private_mapping_wrote_nobody_else_sees,
              the_copy_of_a_private_mapping_goes_to_swap_and_the_files_page_just_goes,
              a_locked_private_mapping_of_a_file_has_copies_and_does_not_keep_the_files_pages,
              a_fork_copies_a_private_mapping_only_when_something_in_it_was_written);
    TEST_CASE(suite, "shared anonymous memory",
              shared_memory_is_a_file_in_memory_that_forks_go_on_sharing,
              a_read_page_of_shared_memory_is_clean_and_its_first_write_needs_no_fault,
              shared_memory_goes_with_its_last_region,
              a_page_in_the_swap_cache_belongs_to_no_file_until_it_is_wanted,
              a_page_on_swap_is_read_for_whoever_comes_first,
              without_a_free_slot_a_page_of_shared_memory_stays);
    TEST_CASE(suite, "shared memory under pressure",
              more_shared_memory_than_there_is_memory_lives_on_swap,
              memory_that_was_only_read_is_dropped_not_swapped);
    TEST_CASE(suite, "host memory", without_memory_of_the_host_nothing_is_lost);
    return test_run(suite);
}
