/* SPDX-License-Identifier: MIT */
/* Pages that several tasks map: private mappings of files, and what forks leave of them. */
#include "lib/test.h"
#include "lib/user_builder.h"

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
    return test_run(suite);
}
