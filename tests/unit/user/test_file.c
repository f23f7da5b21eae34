/* SPDX-License-Identifier: MIT */
/* Pages of files: read, faulted in, written. */
#include "base/units.h"
#include "file_case.h"

/* ---- read() ---- */

START_TEST(page_of_a_disk_is_waited_for)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(read_pages(w, task, 0, 100, 1), 0);
    ck_assert_uint_eq(task->stalls[STALL_PAGE_READ], 1);
    ck_assert_uint_eq(task->stall_ns[STALL_PAGE_READ], SEEK_NS + PAGE_NS);
    ck_assert_uint_eq(w->user.work.cache_misses, 1);
    ck_assert_uint_eq(w->user.work.copied_pages, 1);
    ck_assert_uint_eq(cached_frame(w, 0, 100)->count, 2); /* the cache, the LRU batch */
    user_world_end(w);
}
END_TEST

START_TEST(cached_page_is_had_at_once)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 100, 1);
    read_pages(w, task, 0, 100, 1);
    ck_assert_uint_eq(task->stalls[STALL_PAGE_READ], 1);
    ck_assert_uint_eq(w->user.work.cache_hits, 1);
    ck_assert_uint_eq(w->user.work.cache_misses, 1);
    user_world_end(w);
}
END_TEST

START_TEST(synchronous_disk_is_not_waited_for)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(read_pages(w, task, 1, 0, 40), 0);
    ck_assert_uint_eq(w->clock.now_ns, 0);
    ck_assert_uint_eq(w->user.work.copied_pages, 40);
    user_world_end(w);
}
END_TEST

START_TEST(read_does_not_wait_for_the_lock_of_a_page_that_is_up_to_date)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 0, 1);
    ck_assert(trylock_page(&w->reclaim, cached_page(w, 1, 0)));
    ck_assert_uint_eq(read_pages(w, task, 1, 0, 1), 0);
    unlock_page(&w->reclaim, cached_page(w, 1, 0));
    ck_assert_uint_eq(w->user.work.copied_pages, 2);
    user_world_end(w);
}
END_TEST

static void note_gfp(struct alloc_caller *caller, const struct alloc_request *request)
{
    *(uint32_t *)caller->context = request->gfp;
}

START_TEST(only_files_in_memory_take_pages_that_cannot_be_moved)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    uint32_t gfp = 0;

    task->user.caller.request_done = note_gfp;
    task->user.caller.context = &gfp;
    write_pages(w, task, 1, 0, 1);
    ck_assert_uint_eq(gfp, GFP_HIGHUSER_MOVABLE);
    read_pages(w, task, 1, 100, 1);
    ck_assert_uint_eq(gfp, GFP_HIGHUSER_MOVABLE | GFP_BIT_COLD);
    write_pages(w, task, 2, 0, 1);
    ck_assert_uint_eq(gfp, GFP_HIGHUSER);
    read_pages(w, task, 2, 100, 1);
    ck_assert_uint_eq(gfp, GFP_HIGHUSER | GFP_BIT_COLD);
    user_world_end(w);
}
END_TEST

START_TEST(file_in_memory_reads_no_disk)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(read_pages(w, task, 2, 0, 4), 0);
    ck_assert_uint_eq(w->machine.work.io_pages, 0);
    ck_assert_uint_eq(w->user.work.cache_misses, 4);
    expect_cached(w, 2, 0, 4);
    user_world_end(w);
}
END_TEST

START_TEST(read_ends_with_the_file)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(read_pages(w, task, 1, FILE_PAGES - 1, 5), 0);
    ck_assert_uint_eq(read_pages(w, task, 1, FILE_PAGES + 9, 5), 0);
    ck_assert_uint_eq(w->user.work.copied_pages, 1);
    user_world_end(w);
}
END_TEST

START_TEST(page_read_again_is_marked_once)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    for (unsigned i = 0; i < 3; i++)
        read_pages(w, task, 1, 100, 1);
    lru_add_drain(&w->reclaim, 0);
    ck_assert(cached_frame(w, 1, 100)->flags & PG_referenced);
    read_pages(w, task, 1, 100, 1);
    ck_assert(!(cached_frame(w, 1, 100)->flags & PG_active));
    user_world_end(w);
}
END_TEST

START_TEST(page_read_between_others_becomes_active)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 100, 1);
    lru_add_drain(&w->reclaim, 0);
    read_pages(w, task, 1, 200, 1);
    read_pages(w, task, 1, 100, 1);
    ck_assert(cached_frame(w, 1, 100)->flags & PG_active);
    user_world_end(w);
}
END_TEST

START_TEST(two_readers_wait_for_one_read)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *other = user_world_task(w, "other");
    struct file_io io = {0};

    file_read_begin(&io, &w->user.files[0], 100, 1);
    user_world_start(w, other, step_read, &io);
    read_pages(w, task, 0, 100, 1);
    user_world_pass(w, 0);
    ck_assert(!other->runnable);
    ck_assert_uint_eq(w->machine.work.io_pages, 1);
    ck_assert_uint_eq(task->stalls[STALL_PAGE_READ], 1);
    ck_assert_uint_eq(other->stalls[STALL_PAGE_READ], 1);
    ck_assert_uint_eq(w->user.work.cache_hits, 1);
    user_world_end(w);
}
END_TEST

START_TEST(read_without_memory_ends_early)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct file_io io = {0};

    read_pages(w, task, 1, 100, 1);
    exhaust_memory(w, task);
    file_read_begin(&io, &w->user.files[1], 100, 3);
    user_world_run(w, task, step_read, &io);
    ck_assert_uint_eq(io.failed, 1);
    ck_assert_uint_eq(io.left, 2);
    ck_assert_uint_eq(io.index, 101);
    user_world_end(w);
}
END_TEST

/* ---- page faults ---- */

START_TEST(fault_reads_around)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct file_page get = fault_page(w, task, 0, 100);

    ck_assert(get.major && !get.was_cached);
    expect_cached(w, 0, 84, 116);
    ck_assert(cached_frame(w, 0, 100)->flags & PG_referenced);
    ck_assert_uint_eq(w->user.files[0].ra.prev_pos, 100);
    ck_assert_uint_eq(w->user.work.cache_misses, 0);
    ck_assert_uint_eq(w->user.work.readahead_pages, 31);
    user_world_end(w);
}
END_TEST

START_TEST(fault_near_the_beginning_reads_from_there)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    fault_page(w, task, 1, 3);
    expect_cached(w, 1, 0, 32);
    user_world_end(w);
}
END_TEST

START_TEST(fault_of_a_cached_page_is_minor)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    fault_page(w, task, 1, 100);

    struct file_page get = fault_page(w, task, 1, 101);

    ck_assert(!get.major && get.was_cached);
    ck_assert_int_eq(w->user.files[1].ra.mmap_miss, 0);
    ck_assert_uint_eq(w->user.files[1].mapping->nrpages, 32);
    user_world_end(w);
}
END_TEST

START_TEST(faults_that_keep_missing_read_single_pages)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    for (uint64_t i = 0; i < 100; i++)
        fault_page(w, task, 1, i * 64 + 32);
    ck_assert_int_eq(w->user.files[1].ra.mmap_miss, 100);
    ck_assert_uint_eq(w->user.files[1].mapping->nrpages, 3200);

    struct file_page get = fault_page(w, task, 1, 7000);

    /* it is found then, which takes the miss back */
    ck_assert(!get.major && !get.was_cached);
    ck_assert_uint_eq(w->user.files[1].mapping->nrpages, 3201);
    ck_assert_int_eq(w->user.files[1].ra.mmap_miss, 100);
    user_world_end(w);
}
END_TEST

START_TEST(fault_while_the_disk_is_congested_reads_one_page)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *other = user_world_task(w, "other");
    struct file_io io = {0};
    struct file_page get;

    narrow_queue(w, 1);
    file_read_begin(&io, &w->user.files[0], 5000, 1);
    user_world_start(w, other, step_read, &io);
    user_world_pass(w, 0);
    get = fault_page(w, task, 0, 100);
    ck_assert(get.major);
    ck_assert(!pfn_is_none(get.page));
    ck_assert_uint_eq(w->user.files[0].mapping->nrpages, 1 + 1);
    ck_assert_uint_eq(task->stalls[STALL_GET_REQUEST], 1);
    user_world_end(w);
}
END_TEST

START_TEST(fault_without_memory_fails)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    exhaust_memory(w, task);

    struct file_page get = fault_page(w, task, 0, 100);

    ck_assert(pfn_is_none(get.page));
    user_world_end(w);
}
END_TEST

/* ---- write() ---- */

START_TEST(write_makes_whole_pages_dirty_and_reads_nothing)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(write_pages(w, task, 0, 100, 3), 0);
    expect_cached(w, 0, 100, 103);
    ck_assert_uint_eq(w->machine.work.io_pages, 0);
    ck_assert_int_eq(machine_page_state_exact(&w->machine, NR_FILE_DIRTY), 3);
    ck_assert_uint_eq(cached_frame(w, 0, 100)->flags, PG_uptodate | PG_dirty);
    ck_assert_uint_eq(w->user.work.copied_pages, 3);
    ck_assert_uint_eq(task->reclaim_state.writing_dev, 0);
    user_world_end(w);
}
END_TEST

START_TEST(write_beyond_the_end_extends_the_file)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    write_pages(w, task, 0, FILE_PAGES + 10, 2);
    ck_assert_uint_eq(w->user.files[0].size_pages, FILE_PAGES + 12);
    user_world_end(w);
}
END_TEST

START_TEST(write_waits_for_the_read_of_its_page)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *reader = user_world_task(w, "reader");
    struct test_task *writer = user_world_task(w, "writer");
    struct file_io io = {0};

    (void)task;
    file_read_begin(&io, &w->user.files[0], 100, 1);
    user_world_start(w, reader, step_read, &io);
    user_world_pass(w, 0);
    write_pages(w, writer, 0, 100, 1);
    ck_assert_uint_eq(writer->stalls[STALL_PAGE_READ], 1);
    ck_assert_uint_eq(w->clock.now_ns, SEEK_NS + PAGE_NS);
    user_world_pass(w, 0);
    ck_assert_uint_eq(cached_frame(w, 0, 100)->flags & (PG_locked | PG_dirty), PG_dirty);
    user_world_end(w);
}
END_TEST

START_TEST(write_does_not_wait_for_writeback)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    write_pages(w, task, 0, 100, 1);

    pfn_t page = cached_page(w, 0, 100);

    clear_page_dirty_for_io(&w->reclaim, page, 0);
    set_page_writeback(&w->reclaim, page, 0);
    write_pages(w, task, 0, 100, 1);
    ck_assert_uint_eq(w->clock.now_ns, 0);
    ck_assert(page_frame(&w->reclaim, page)->flags & PG_dirty);
    end_page_writeback(&w->reclaim, page, 0);
    user_world_end(w);
}
END_TEST

START_TEST(task_bears_the_device_it_writes_to)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *reader = user_world_task(w, "reader");
    struct file_io read = {0};
    struct file_io write = {0};

    file_read_begin(&read, &w->user.files[0], 100, 1);
    user_world_start(w, reader, step_read, &read);
    user_world_pass(w, 0);
    file_write_begin(&write, &w->user.files[0], 100, 1);
    user_world_start(w, task, step_write, &write);
    user_world_pass(w, 0);
    ck_assert_uint_eq(task->reclaim_state.writing_dev, 1);
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert_uint_eq(task->reclaim_state.writing_dev, 0);
    user_world_end(w);
}
END_TEST

START_TEST(task_that_writes_to_a_file_in_memory_bears_no_device)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *writer = user_world_task(w, "writer");
    struct file_io io = {0};

    read_pages(w, task, 2, 0, 1);
    ck_assert(trylock_page(&w->reclaim, cached_page(w, 2, 0)));
    file_write_begin(&io, &w->user.files[2], 0, 1);
    user_world_start(w, writer, step_write, &io);
    user_world_pass(w, 0);
    ck_assert(writer->sleeping);
    ck_assert_uint_eq(writer->reclaim_state.writing_dev, 0);
    unlock_page(&w->reclaim, cached_page(w, 2, 0));
    user_world_pass(w, 0);
    user_world_end(w);
}
END_TEST

START_TEST(write_without_memory_ends_early)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    exhaust_memory(w, task);
    ck_assert_uint_eq(write_pages(w, task, 0, FILE_PAGES, 1), 1);
    ck_assert_uint_eq(w->user.files[0].size_pages, FILE_PAGES);
    ck_assert_uint_eq(task->reclaim_state.writing_dev, 0);
    user_world_end(w);
}
END_TEST

/* ---- under pressure ---- */

/* Reads or writes a file from end to end, some rounds, in blocks that do not fit windows. */
struct stream {
    struct file *file;
    bool write;
    bool in_block;
    unsigned rounds;
    uint64_t next;
    struct file_io io;
};

static enum step step_stream(struct user_world *w, struct test_task *task, void *context)
{
    struct stream *stream = context;

    for (; stream->rounds > 0; stream->next = 0, stream->rounds--) {
        for (; stream->next < FILE_PAGES; stream->next += 5, stream->in_block = false) {
            if (!stream->in_block)
                (stream->write ? file_write_begin : file_read_begin)(&stream->io, stream->file,
                                                                     stream->next, 5);
            stream->in_block = true;
            if ((stream->write ? step_write : step_read)(w, task, &stream->io) == STEP_BLOCKED)
                return STEP_BLOCKED;
            ck_assert_uint_eq(stream->io.failed, 0);
        }
    }
    return STEP_DONE;
}

START_TEST(streams_larger_than_memory_run_to_their_end)
{
    struct user_world *w = file_world_of(16);
    struct test_task *tasks[3];
    struct stream streams[3] = {{.file = &w->user.files[0], .rounds = 2},
                                {.file = &w->user.files[0], .rounds = 2, .next = FILE_PAGES / 2},
                                {.file = &w->user.files[1], .rounds = 2, .write = true}};

    for (unsigned i = 0; i < 3; i++) {
        tasks[i] = user_world_task(w, "stream");
        tasks[i]->task.cpu = i & 1;
        user_world_start(w, tasks[i], step_stream, &streams[i]);
    }
    for (unsigned i = 0; i < 1000; i++) {
        user_world_pass(w, NSEC_PER_SEC / 100);
        expect_sound_world(w);
    }
    for (unsigned i = 0; i < 3; i++)
        ck_assert(!tasks[i]->runnable);
    ck_assert_uint_eq(w->kills, 0);
    ck_assert_uint_gt(w->user.work.refaults, FILE_PAGES / 2);
    ck_assert_uint_eq(w->user.work.copied_pages,
                      2 * FILE_PAGES + FILE_PAGES * 3 / 2 + 2 * FILE_PAGES);
    ck_assert_uint_eq(w->user.work.cache_hits + w->user.work.cache_misses, FILE_PAGES * 7 / 2);
    ck_assert_uint_gt(w->machine.vm_events[KSWAPD_STEAL], 0);
    user_world_end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");

    TEST_CASE(suite, "read", page_of_a_disk_is_waited_for, cached_page_is_had_at_once,
              synchronous_disk_is_not_waited_for,
              read_does_not_wait_for_the_lock_of_a_page_that_is_up_to_date,
              only_files_in_memory_take_pages_that_cannot_be_moved, file_in_memory_reads_no_disk,
              read_ends_with_the_file, page_read_again_is_marked_once,
              page_read_between_others_becomes_active, two_readers_wait_for_one_read,
              read_without_memory_ends_early);
    TEST_CASE(suite, "fault", fault_reads_around, fault_near_the_beginning_reads_from_there,
              fault_of_a_cached_page_is_minor, faults_that_keep_missing_read_single_pages,
              fault_while_the_disk_is_congested_reads_one_page, fault_without_memory_fails);
    TEST_CASE(suite, "write", write_makes_whole_pages_dirty_and_reads_nothing,
              write_beyond_the_end_extends_the_file, write_waits_for_the_read_of_its_page,
              write_does_not_wait_for_writeback, task_bears_the_device_it_writes_to,
              task_that_writes_to_a_file_in_memory_bears_no_device,
              write_without_memory_ends_early);
    TEST_CASE(suite, "pressure", streams_larger_than_memory_run_to_their_end);
    return test_run(suite);
}
