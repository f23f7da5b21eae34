/* SPDX-License-Identifier: MIT */
/* What an access does to a page that is not there, or not there for writing. */
#include "base/units.h"
#include "lib/test.h"
#include "lib/user_builder.h"

enum { MIB = 16, PAGES = 64, CLUSTER = 8 };

#define DISK_PAGE_NS UINT64_C(100000)

static const struct file_spec file = {.name = "data", .pages = PAGES};
static const struct backing_dev_spec disk = {
    .name = "disk", .nr_requests = 128, .max_request_pages = 1, .page_ns = DISK_PAGE_NS};

struct fault_case {
    struct user_world *world;
    struct test_task *task;
};

static struct fault_case boot(const struct backing_dev_spec *dev)
{
    struct user_world_spec spec = {
        .mib = MIB,
        .devices = dev,
        .nr_devices = dev ? 1 : 0,
        .swap_pages = 1024,
        .files = &file,
        .nr_files = 1,
    };
    struct fault_case c = {.world = user_world_boot(&spec)};

    c.task = user_world_task(c.world, "a");
    return c;
}

static struct fault_case boot_file(enum writepage_kind kind)
{
    static struct file_spec spec;
    struct fault_case c;

    spec = (struct file_spec){.name = "data", .pages = PAGES, .writepage = (uint8_t)kind};
    c.world = user_world_boot(&(struct user_world_spec){.mib = MIB, .files = &spec, .nr_files = 1});
    c.task = user_world_task(c.world, "a");
    return c;
}

static int64_t pages_of(const struct fault_case *c, enum zone_stat_item item)
{
    return machine_page_state_exact(&c->world->machine, item);
}

static uint64_t events_of(const struct fault_case *c, enum vm_event_item item)
{
    return c->world->machine.vm_events[item];
}

static const struct frame *frame_of(const struct fault_case *c, pfn_t page)
{
    return page_frame(&c->world->reclaim, page);
}

/* Swaps out pages of region 0, as reclaim would: to slots from 0 on, and out of the swap cache. */
static void swap_out(struct fault_case *c, struct test_task *task, uint64_t nr_pages)
{
    struct reclaim *reclaim = &c->world->reclaim;

    lru_add_drain(reclaim, 0);
    for (uint64_t i = 0; i < nr_pages; i++) {
        pfn_t page = world_page(task, 0, i);

        ck_assert(add_to_swap(reclaim, page, 0));
        get_page(reclaim, page);
        reclaim->rmap.page_referenced(reclaim->rmap.context, page);
        ck_assert_int_eq(reclaim->rmap.try_to_unmap(reclaim->rmap.context, page, 0), SWAP_SUCCESS);
        delete_from_swap_cache(reclaim, page, 0);
        put_page(reclaim, page, 0);
        put_page(reclaim, page, 0);
    }
    expect_sound_world(c->world);
}

START_TEST(first_touch_gets_a_zeroed_page)
{
    struct fault_case c = boot(NULL);
    const struct frame *frame;

    world_anon(c.world, c.task, 0, PAGES);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 0);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 3, 1, true), USER_OK);
    frame = frame_of(&c, world_page(c.task, 0, 3));
    ck_assert_uint_eq(frame->mapcount, 1);
    ck_assert_uint_eq(frame->count, 2); /* the mapping and the batch of the LRU */
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 1);
    ck_assert_uint_eq(events_of(&c, PGMAJFAULT), 0);
    ck_assert_uint_eq(c.world->machine.work.zeroed_pages, 1);
    ck_assert_uint_eq(c.world->user.work.minor_faults, 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(there_is_no_shared_zero_page)
{
    struct fault_case c = boot(NULL);

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 2, false);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 2);
    world_touch(c.world, c.task, 0, 0, 2, true);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 2);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_present_page_takes_no_fault_and_becomes_young)
{
    struct fault_case c = boot(NULL);
    struct rmap_ops *rmap = &c.world->reclaim.rmap;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(rmap->page_referenced(rmap->context, world_page(c.task, 0, 0)), 1);
    ck_assert_uint_eq(rmap->page_referenced(rmap->context, world_page(c.task, 0, 0)), 0);
    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert_uint_eq(rmap->page_referenced(rmap->context, world_page(c.task, 0, 0)), 1);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 1);
    ck_assert_uint_eq(c.world->user.work.accesses, 2);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_write_after_fork_copies_and_the_last_owner_reuses)
{
    struct fault_case c = boot(NULL);
    struct test_task *child;
    pfn_t page;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    child = user_world_fork(c.world, c.task, "b");
    page = world_page(c.task, 0, 0);
    ck_assert_uint_eq(world_page(child, 0, 0).nr, page.nr);
    ck_assert_uint_eq(frame_of(&c, page)->mapcount, 2);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);

    world_touch(c.world, child, 0, 0, 1, false);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 1);
    world_touch(c.world, child, 0, 0, 1, true);
    ck_assert_uint_ne(world_page(child, 0, 0).nr, page.nr);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 1);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 2);

    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(world_page(c.task, 0, 0).nr, page.nr);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 1);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 3);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_locked_page_is_copied_rather_than_waited_for)
{
    struct fault_case c = boot(NULL);
    pfn_t page;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    user_world_exit(c.world, user_world_fork(c.world, c.task, "b"));
    page = world_page(c.task, 0, 0);
    get_page(&c.world->reclaim, page);
    ck_assert(trylock_page(&c.world->reclaim, page));
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_ne(world_page(c.task, 0, 0).nr, page.nr);
    unlock_page(&c.world->reclaim, page);
    put_page(&c.world->reclaim, page, 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(swapin_reads_the_group_of_slots_up_to_the_first_free_one)
{
    struct fault_case c = boot(&disk);

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, CLUSTER + 5, true);
    swap_out(&c, c.task, CLUSTER + 5);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 0);

    ck_assert_int_eq(world_touch(c.world, c.task, 0, CLUSTER + 1, 1, false), USER_OK);
    ck_assert_uint_eq(events_of(&c, PSWPIN), 6);
    ck_assert_uint_eq(events_of(&c, PGMAJFAULT), 1);
    ck_assert_uint_eq(c.world->user.work.major_faults, 1);
    /* The header before slot 0 shifts the groups; its own read is the third of one page each. */
    ck_assert_uint_eq(c.task->stall_ns[STALL_SWAPIN], 3 * DISK_PAGE_NS);
    ck_assert_int_eq(pages_of(&c, NR_ANON_PAGES), 1);
    ck_assert_uint_eq(c.world->reclaim.swap.cache_pages, 6);

    world_touch(c.world, c.task, 0, CLUSTER - 1, 6, false);
    ck_assert_uint_eq(events_of(&c, PSWPIN), 6);
    ck_assert_uint_eq(events_of(&c, PGMAJFAULT), 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(page_cluster_0_reads_the_page_alone)
{
    struct fault_case c = boot(&disk);

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, CLUSTER, true);
    swap_out(&c, c.task, CLUSTER);
    c.world->machine.vm.page_cluster = 0;
    world_touch(c.world, c.task, 0, 3, 1, false);
    ck_assert_uint_eq(events_of(&c, PSWPIN), 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(the_first_group_of_slots_is_one_shorter)
{
    struct fault_case c = boot(NULL);

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, PAGES, true);
    swap_out(&c, c.task, PAGES);
    world_touch(c.world, c.task, 0, CLUSTER - 2, 1, false);
    ck_assert_uint_eq(events_of(&c, PSWPIN), CLUSTER - 1);
    world_touch(c.world, c.task, 0, CLUSTER - 1, 1, false);
    ck_assert_uint_eq(events_of(&c, PSWPIN), 2 * CLUSTER - 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_swapped_in_page_counts_as_accessed)
{
    struct fault_case c = boot(NULL);
    pfn_t page;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 3, true);
    swap_out(&c, c.task, 3);
    world_touch(c.world, c.task, 0, 1, 1, false);
    ck_assert(frame_of(&c, world_page(c.task, 0, 1))->flags & PG_referenced);
    page = lookup_swap_cache(&c.world->reclaim, 2);
    ck_assert(!(frame_of(&c, page)->flags & PG_referenced)); /* read ahead */
    world_touch(c.world, c.task, 0, 2, 1, false);
    ck_assert(frame_of(&c, page)->flags & PG_referenced);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_swapin_without_neighbours_drains_the_batches_too)
{
    struct fault_case c = boot(NULL);

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    swap_out(&c, c.task, 1);
    c.world->machine.vm.page_cluster = 0;
    world_touch(c.world, c.task, 0, 1, 1, true);
    ck_assert(!(frame_of(&c, world_page(c.task, 0, 1))->flags & PG_lru));
    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert(frame_of(&c, world_page(c.task, 0, 1))->flags & PG_lru);
    ck_assert(!(frame_of(&c, world_page(c.task, 0, 0))->flags & PG_lru));
    user_world_end(c.world);
}
END_TEST

START_TEST(a_swapped_in_page_keeps_its_slot_until_it_is_written)
{
    struct fault_case c = boot(NULL);
    pfn_t page;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    swap_out(&c, c.task, 1);
    world_touch(c.world, c.task, 0, 0, 1, false);
    page = world_page(c.task, 0, 0);
    ck_assert_uint_eq(frame_of(&c, page)->flags & (PG_swapcache | PG_dirty), PG_swapcache);
    ck_assert_uint_eq(swap_count(&c.world->reclaim, 0), 1);
    ck_assert(!(world_pte(c.task, 0, 0) & PTE_WRITE));

    /* Nobody else has the slot: the same page, now dirty in the page table only. */
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(world_page(c.task, 0, 0).nr, page.nr);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 0);
    ck_assert(world_pte(c.task, 0, 0) & PTE_DIRTY);
    user_world_end(c.world);
}
END_TEST

START_TEST(with_swap_more_than_half_full_a_swapped_in_page_gives_its_slot_back)
{
    struct fault_case c = boot(NULL);

    world_anon(c.world, c.task, 0, 600);
    world_touch(c.world, c.task, 0, 0, 600, true);
    swap_out(&c, c.task, 600);
    ck_assert(vm_swap_full(&c.world->reclaim));
    c.world->machine.vm.page_cluster = 0;
    world_touch(c.world, c.task, 0, 0, 1, false);
    /* The batch of the LRU holds a reference: not yet. */
    ck_assert(frame_of(&c, world_page(c.task, 0, 0))->flags & PG_swapcache);
    c.world->machine.vm.page_cluster = 3;
    world_touch(c.world, c.task, 0, 16, 8, false);
    ck_assert(!(frame_of(&c, world_page(c.task, 0, 16))->flags & PG_swapcache));
    ck_assert(frame_of(&c, world_page(c.task, 0, 16))->flags & PG_dirty);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_swapped_page_that_two_tasks_own_is_copied_when_one_writes)
{
    struct fault_case c = boot(NULL);
    struct test_task *child;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    child = user_world_fork(c.world, c.task, "b");
    swap_out(&c, c.task, 1);
    ck_assert_uint_eq(swap_count(&c.world->reclaim, 0), 2);
    world_touch(c.world, child, 0, 0, 1, true);
    ck_assert_uint_eq(c.world->user.work.copied_pages, 1);
    world_touch(c.world, c.task, 0, 0, 1, false);
    ck_assert_uint_eq(events_of(&c, PSWPIN), 1);
    ck_assert_uint_ne(world_page(c.task, 0, 0).nr, world_page(child, 0, 0).nr);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_read_fault_of_a_file_waits_for_its_page)
{
    struct fault_case c = boot(&disk);
    pfn_t page;

    world_mmap(c.world, c.task, 0, 0);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 1, false), USER_OK);
    page = world_page(c.task, 0, 0);
    ck_assert_uint_eq(c.world->user.files[0].mapping->nr_mmap, 1);
    ck_assert_int_eq(pages_of(&c, NR_FILE_MAPPED), 1);
    ck_assert_uint_eq(events_of(&c, PGMAJFAULT), 1);
    ck_assert_uint_gt(c.task->stall_ns[STALL_PAGE_READ], 0);
    ck_assert_uint_eq(frame_of(&c, page)->mapcount, 1);
    ck_assert(!(frame_of(&c, page)->flags & PG_dirty));
    ck_assert(!(world_pte(c.task, 0, 0) & PTE_WRITE));
    user_world_end(c.world);
}
END_TEST

START_TEST(a_write_to_a_file_mapping_dirties_the_page_again_after_each_writeback)
{
    struct user_op_spec sync = {.op = USER_FSYNC};
    struct fault_case c = boot(NULL);
    pfn_t page;

    world_mmap(c.world, c.task, 0, 0);
    world_touch(c.world, c.task, 0, 0, 1, true);
    page = world_page(c.task, 0, 0);
    ck_assert(frame_of(&c, page)->flags & PG_dirty);
    ck_assert_int_eq(pages_of(&c, NR_FILE_DIRTY), 1);
    ck_assert_int_eq(user_world_call(c.world, c.task, &sync), USER_OK);
    ck_assert(!(frame_of(&c, page)->flags & PG_dirty));
    ck_assert(!(world_pte(c.task, 0, 0) & (PTE_WRITE | PTE_DIRTY)));
    ck_assert_uint_eq(events_of(&c, PGFAULT), 1);
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 2);
    ck_assert(frame_of(&c, page)->flags & PG_dirty);
    world_touch(c.world, c.task, 0, 0, 1, true);
    ck_assert_uint_eq(events_of(&c, PGFAULT), 2);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_write_after_a_read_faults_only_where_dirty_pages_are_counted)
{
    static const enum writepage_kind kinds[] = {WRITEPAGE_WRITES, WRITEPAGE_NONE};

    for (unsigned i = 0; i < 2; i++) {
        struct fault_case c = boot_file(kinds[i]);

        world_mmap(c.world, c.task, 0, 0);
        world_touch(c.world, c.task, 0, 0, 1, false);
        world_touch(c.world, c.task, 0, 0, 1, true);
        ck_assert_uint_eq(events_of(&c, PGFAULT), 2 - i);
        ck_assert(world_pte(c.task, 0, 0) & PTE_DIRTY);
        user_world_end(c.world);
    }
}
END_TEST

START_TEST(an_access_behind_the_end_of_the_file_fails)
{
    struct user_op_spec map = {.op = USER_MMAP, .access = {.nr_pages = PAGES + 1}};
    struct fault_case c = boot(NULL);

    ck_assert_int_eq(user_world_call(c.world, c.task, &map), USER_OK);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, PAGES - 1, 0, false), USER_NO_MEMORY);
    ck_assert_uint_eq(c.world->user.work.failed_faults, 1);
    ck_assert(!pfn_is_none(world_page(c.task, 0, PAGES - 1)));
    user_world_end(c.world);
}
END_TEST

START_TEST(without_memory_a_dying_task_fails)
{
    struct fault_case c = boot(NULL);

    world_anon(c.world, c.task, 0, 2 * MIB * 256);
    c.task->task.flags |= TASK_TIF_MEMDIE;
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 0, true), USER_NO_MEMORY);
    ck_assert_uint_eq(c.world->user.work.failed_faults, 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_fault_that_read_in_vain_is_a_major_one_to_the_kernel)
{
    struct fault_case c = boot_file(WRITEPAGE_WRITES);

    world_anon(c.world, c.task, 0, 2 * MIB * 256);
    world_mmap(c.world, c.task, 1, 0);
    c.task->task.flags |= TASK_TIF_MEMDIE;
    world_touch(c.world, c.task, 0, 0, 0, true);
    ck_assert_int_eq(world_touch(c.world, c.task, 1, 0, 1, false), USER_NO_MEMORY);
    ck_assert_uint_eq(c.world->machine.vm_events[PGMAJFAULT], 1);
    ck_assert_uint_eq(c.world->user.work.major_faults, 0);
    user_world_end(c.world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault");

    TEST_CASE(suite, "anonymous", first_touch_gets_a_zeroed_page, there_is_no_shared_zero_page,
              a_present_page_takes_no_fault_and_becomes_young, without_memory_a_dying_task_fails);
    TEST_CASE(suite, "copy on write", a_write_after_fork_copies_and_the_last_owner_reuses,
              a_locked_page_is_copied_rather_than_waited_for);
    TEST_CASE(suite, "swap", swapin_reads_the_group_of_slots_up_to_the_first_free_one,
              the_first_group_of_slots_is_one_shorter, page_cluster_0_reads_the_page_alone,
              a_swapped_in_page_counts_as_accessed,
              a_swapin_without_neighbours_drains_the_batches_too,
              a_swapped_in_page_keeps_its_slot_until_it_is_written,
              with_swap_more_than_half_full_a_swapped_in_page_gives_its_slot_back,
              a_swapped_page_that_two_tasks_own_is_copied_when_one_writes);
    TEST_CASE(suite, "files", a_read_fault_of_a_file_waits_for_its_page,
              a_write_to_a_file_mapping_dirties_the_page_again_after_each_writeback,
              a_write_after_a_read_faults_only_where_dirty_pages_are_counted,
              an_access_behind_the_end_of_the_file_fails,
              a_fault_that_read_in_vain_is_a_major_one_to_the_kernel);
    return test_run(suite);
}
