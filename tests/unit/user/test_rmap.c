/* SPDX-License-Identifier: MIT */
/* What the page tables answer to reclaim. */
#include "lib/test.h"
#include "lib/user_builder.h"

enum { MIB = 16, PAGES = 64 };

static const struct file_spec file = {.name = "data", .pages = PAGES};

struct rmap_case {
    struct user_world *world;
    struct test_task *task;
    struct test_task *child;
};

/* Region 0: anonymous, its first page touched, shared by two tasks; region 1: the file. */
static struct rmap_case boot(void)
{
    struct user_world_spec spec = {.mib = MIB, .swap_pages = 1024, .files = &file, .nr_files = 1};
    struct rmap_case c = {.world = user_world_boot(&spec)};

    c.task = user_world_task(c.world, "a");
    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    c.child = user_world_fork(c.world, c.task, "b");
    return c;
}

static unsigned referenced(const struct rmap_case *c, pfn_t page)
{
    return c->world->reclaim.rmap.page_referenced(c->world->reclaim.rmap.context, page);
}

static enum swap_result unmap(const struct rmap_case *c, pfn_t page)
{
    return c->world->reclaim.rmap.try_to_unmap(c->world->reclaim.rmap.context, page, 0);
}

static enum user_result call(const struct rmap_case *c, struct test_task *task, uint8_t op,
                             uint32_t region)
{
    struct user_op_spec spec = {.op = op, .region = region};

    return user_world_call(c->world, task, &spec);
}

START_TEST(young_bits_of_all_mappings_are_summed_and_cleared)
{
    struct rmap_case c = boot();
    pfn_t page = world_page(c.task, 0, 0);

    ck_assert_uint_eq(referenced(&c, page), 1); /* fork() makes the child's entry old */
    world_touch(c.world, c.child, 0, 0, 1, false);
    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert_uint_eq(referenced(&c, page), 2);
    ck_assert_uint_eq(referenced(&c, page), 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_locked_file_mapping_counts_1_and_keeps_its_bit)
{
    struct rmap_case c = boot();
    pfn_t page;

    world_mmap(c.world, c.task, 1, 0);
    ck_assert_int_eq(call(&c, c.task, USER_MLOCK, 1), USER_OK);
    page = world_page(c.task, 1, 7);
    ck_assert_uint_eq(referenced(&c, page), 1);
    ck_assert_uint_eq(referenced(&c, page), 1);
    ck_assert(world_pte(c.task, 1, 7) & PTE_YOUNG);
    ck_assert_int_eq(unmap(&c, page), SWAP_FAIL);
    ck_assert_int_eq(call(&c, c.task, USER_MUNLOCK, 1), USER_OK);
    ck_assert_uint_eq(referenced(&c, page), 1);
    ck_assert_uint_eq(referenced(&c, page), 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_locked_anonymous_page_is_old_in_time_but_not_unmapped)
{
    struct rmap_case c = boot();
    pfn_t page;

    ck_assert_int_eq(call(&c, c.child, USER_MLOCK, 0), USER_OK);
    page = world_page(c.child, 0, 1);
    ck_assert_uint_eq(referenced(&c, page), 1);
    ck_assert_uint_eq(referenced(&c, page), 0);
    ck_assert_int_eq(unmap(&c, page), SWAP_FAIL);
    user_world_end(c.world);
}
END_TEST

START_TEST(unmapping_a_swap_page_leaves_its_slot_in_each_entry)
{
    struct rmap_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    pfn_t page = world_page(c.task, 0, 0);

    lru_add_drain(reclaim, 0);
    ck_assert(add_to_swap(reclaim, page, 0));
    referenced(&c, page);
    ck_assert_int_eq(unmap(&c, page), SWAP_SUCCESS);
    ck_assert_uint_eq(world_pte(c.task, 0, 0), mk_pte(0, PTE_SWAP));
    ck_assert_uint_eq(world_pte(c.child, 0, 0), mk_pte(0, PTE_SWAP));
    ck_assert_uint_eq(swap_count(reclaim, 0), 3);
    ck_assert_uint_eq(page_frame(reclaim, page)->mapcount, 0);
    ck_assert_uint_eq(page_frame(reclaim, page)->count, 1);
    ck_assert_int_eq(machine_page_state_exact(&c.world->machine, NR_ANON_PAGES), 0);
    expect_sound_world(c.world);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_young_mapping_fails_once_and_keeps_the_later_ones)
{
    struct rmap_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    pfn_t page = world_page(c.task, 0, 0);

    ck_assert(add_to_swap(reclaim, page, 0));
    ck_assert_int_eq(unmap(&c, page), SWAP_FAIL);
    ck_assert_uint_eq(page_frame(reclaim, page)->mapcount, 2);
    world_touch(c.world, c.child, 0, 0, 1, false);
    /* The parent's, which comes first, goes; the child's is young. */
    ck_assert_int_eq(unmap(&c, page), SWAP_FAIL);
    ck_assert_uint_eq(page_frame(reclaim, page)->mapcount, 1);
    ck_assert_int_eq(unmap(&c, page), SWAP_SUCCESS);
    expect_sound_world(c.world);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_dirty_entry_makes_the_page_dirty_when_it_goes)
{
    struct rmap_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    pfn_t page = world_page(c.task, 0, 0);

    ck_assert(add_to_swap(reclaim, page, 0));
    page_frame(reclaim, page)->flags &= (uint16_t)~PG_dirty;
    referenced(&c, page);
    ck_assert_int_eq(unmap(&c, page), SWAP_SUCCESS);
    ck_assert(page_frame(reclaim, page)->flags & PG_dirty);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_file_page_is_found_in_areas_at_any_offset)
{
    struct user_op_spec map = {
        .op = USER_MMAP, .region = 2, .access = {.first_page = 10, .nr_pages = 5}};
    struct user_op_spec elsewhere = {
        .op = USER_MMAP, .region = 3, .access = {.first_page = 20, .nr_pages = 5}};
    struct rmap_case c = boot();
    pfn_t page;

    world_mmap(c.world, c.task, 1, 0);
    user_world_call(c.world, c.task, &map);
    user_world_call(c.world, c.task, &elsewhere);
    world_touch(c.world, c.task, 1, 12, 1, false);
    world_touch(c.world, c.task, 2, 2, 1, false);
    page = world_page(c.task, 1, 12);
    ck_assert_uint_eq(world_page(c.task, 2, 2).nr, page.nr);
    ck_assert_uint_eq(page_frame(&c.world->reclaim, page)->mapcount, 2);
    ck_assert_uint_eq(referenced(&c, page), 2);
    ck_assert_int_eq(unmap(&c, page), SWAP_SUCCESS);
    ck_assert_uint_eq(world_pte(c.task, 1, 12), 0);
    ck_assert_uint_eq(world_pte(c.task, 2, 2), 0);
    ck_assert_int_eq(machine_page_state_exact(&c.world->machine, NR_FILE_MAPPED), 0);
    expect_sound_world(c.world);
    user_world_end(c.world);
}
END_TEST

START_TEST(mkclean_protects_all_mappings)
{
    struct rmap_case c = boot();
    struct rmap_ops *rmap = &c.world->reclaim.rmap;
    pfn_t page;

    world_mmap(c.world, c.task, 1, 0);
    world_mmap(c.world, c.child, 1, 0);
    world_touch(c.world, c.task, 1, 0, 1, true);
    world_touch(c.world, c.child, 1, 0, 1, true);
    page = world_page(c.task, 1, 0);
    ck_assert(rmap->page_mkclean(rmap->context, page));
    ck_assert(!(world_pte(c.task, 1, 0) & (PTE_WRITE | PTE_DIRTY)));
    ck_assert(!(world_pte(c.child, 1, 0) & (PTE_WRITE | PTE_DIRTY)));
    ck_assert(!rmap->page_mkclean(rmap->context, page));
    user_world_end(c.world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rmap");

    TEST_CASE(suite, "page_referenced", young_bits_of_all_mappings_are_summed_and_cleared,
              a_locked_file_mapping_counts_1_and_keeps_its_bit,
              a_locked_anonymous_page_is_old_in_time_but_not_unmapped);
    TEST_CASE(suite, "try_to_unmap", unmapping_a_swap_page_leaves_its_slot_in_each_entry,
              a_young_mapping_fails_once_and_keeps_the_later_ones,
              a_dirty_entry_makes_the_page_dirty_when_it_goes,
              a_file_page_is_found_in_areas_at_any_offset);
    TEST_CASE(suite, "page_mkclean", mkclean_protects_all_mappings);
    return test_run(suite);
}
